"""Arrays in, a described picture out: matplotlib figures that say in words what they show."""

from course_utils.draw.bars import bars
from course_utils.draw.grids import convolution_step, number_grids
from course_utils.draw.pictures import kernel_result, pictures
from course_utils.draw.shown import Shown

__all__ = ["Shown", "bars", "convolution_step", "kernel_result", "number_grids", "pictures"]
