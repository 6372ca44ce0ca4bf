"""A picture of one handwritten digit, made into what a network that learned MNIST can read."""

from course_utils.handwriting.digits import Digit, as_digit, ink_as_digit, photographed
from course_utils.handwriting.my_digits import my_digits
from course_utils.handwriting.neighbours import nearest_digits
from course_utils.handwriting.reading import read_picture

__all__ = [
    "Digit",
    "as_digit",
    "ink_as_digit",
    "my_digits",
    "nearest_digits",
    "photographed",
    "read_picture",
]
