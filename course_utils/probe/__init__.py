"""Looking into a trained network: its kernels, feature maps, receptive fields and gradients."""

from course_utils.probe.attribution import Attributor
from course_utils.probe.kernels import biases_of, channels_of, is_convolution, kernels_of
from course_utils.probe.looking import Peaks, Probe
from course_utils.probe.proposals import ProposalRecorder
from course_utils.probe.randomised import randomised
from course_utils.probe.receptive import jump_of, receptive_box, windows_until
from course_utils.probe.visualise import Ascent, Climb

__all__ = [
    "Ascent", "Attributor", "Climb", "Peaks", "Probe", "ProposalRecorder", "biases_of",
    "channels_of", "is_convolution", "jump_of", "kernels_of", "randomised", "receptive_box", "windows_until",
]  # fmt: skip
