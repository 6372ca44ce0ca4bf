"""Explorers: pictures that answer when a setting is changed, by hand or from code."""

from course_utils.widgets.conv_stepper import ConvStepper
from course_utils.widgets.digit_upload import DigitUpload
from course_utils.widgets.kernel_lab import KernelLab
from course_utils.widgets.kernel_training import KernelTraining
from course_utils.widgets.training import watching

__all__ = ["ConvStepper", "DigitUpload", "KernelLab", "KernelTraining", "watching"]
