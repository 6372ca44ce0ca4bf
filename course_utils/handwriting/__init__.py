"""A picture of one handwritten digit, made into what a network that learned MNIST can read."""

from course_utils.handwriting.digits import Digit, as_digit, photographed
from course_utils.handwriting.reading import read_picture

__all__ = ["Digit", "as_digit", "photographed", "read_picture"]
