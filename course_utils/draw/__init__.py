"""Arrays in, a described picture out: matplotlib figures that say in words what they show."""

from course_utils.draw.anchors_on import anchors_on
from course_utils.draw.architecture import architecture
from course_utils.draw.bars import bars
from course_utils.draw.box_pairs import box_pairs
from course_utils.draw.boxes_on import boxes_on, boxes_on_each
from course_utils.draw.confusion import confusion
from course_utils.draw.curves import learning_curves
from course_utils.draw.gallery import gallery
from course_utils.draw.grids import convolution_step, number_grids
from course_utils.draw.landscape import landscape
from course_utils.draw.lines import lines
from course_utils.draw.masks import mask_errors, masks_on
from course_utils.draw.pictures import kernel_result, pictures
from course_utils.draw.precision_staircase import precision_staircase
from course_utils.draw.probabilities import probabilities
from course_utils.draw.shown import Shown
from course_utils.draw.tiles import tiles

__all__ = [
    "Shown",
    "anchors_on",
    "architecture",
    "bars",
    "box_pairs",
    "boxes_on",
    "boxes_on_each",
    "confusion",
    "convolution_step",
    "gallery",
    "kernel_result",
    "landscape",
    "learning_curves",
    "lines",
    "mask_errors",
    "masks_on",
    "number_grids",
    "pictures",
    "precision_staircase",
    "probabilities",
    "tiles",
]
