"""Arrays in, a described picture out: matplotlib figures that say in words what they show."""

from course_utils.draw.anchors import draw_anchors
from course_utils.draw.architecture import architecture
from course_utils.draw.average_precision import draw_average_precision
from course_utils.draw.bars import bars
from course_utils.draw.box_pairs import draw_pairs
from course_utils.draw.boxes import draw_boxes, draw_boxes_grid
from course_utils.draw.confusion import confusion
from course_utils.draw.curves import learning_curves
from course_utils.draw.gallery import gallery
from course_utils.draw.grids import convolution_step, number_grids
from course_utils.draw.landscape import landscape
from course_utils.draw.lines import lines
from course_utils.draw.pictures import kernel_result, pictures
from course_utils.draw.probabilities import probabilities
from course_utils.draw.shown import Shown
from course_utils.draw.tiles import tiles

__all__ = [
    "Shown",
    "architecture",
    "bars",
    "confusion",
    "convolution_step",
    "draw_anchors",
    "draw_average_precision",
    "draw_boxes",
    "draw_boxes_grid",
    "draw_pairs",
    "gallery",
    "kernel_result",
    "landscape",
    "learning_curves",
    "lines",
    "number_grids",
    "pictures",
    "probabilities",
    "tiles",
]
