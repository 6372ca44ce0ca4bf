"""Scenes of handwritten digits: MNIST's on photographs, with boxes."""

import functools

import numpy as np

from course_utils.datasets import DIGIT_CLASSES, load_mnist
from course_utils.scenes.making import Recipe, make
from course_utils.scenes.painting import enlarged, extent, trimmed

INK = 0.3  # of full ink: what counts as ink
VALIDATION = 10_000  # of the training digits, the last


@functools.cache
def digits(split):
    """Return MNIST's digits of a split: (n, 28, 28) uint8 and their labels (n,) uint8.

    "train" is the training digits without the last 10,000, which are "validation".
    """
    (pictures, labels), test = load_mnist()
    parts = {
        "train": (pictures[:-VALIDATION], labels[:-VALIDATION]),
        "validation": (pictures[-VALIDATION:], labels[-VALIDATION:]),
        "test": test,
    }
    return parts[split]


def digit_scenes(
    count, seed, split="train", size=80, most=5, sides=(20, 40), empty=0.05, overlap=0.05, noise=0.04
):
    """Make scenes of real digits on real photographs.

    Args:
        count: how many scenes.
        seed: a whole number; the same one gives the same scenes.
        split: "train" and "validation" have MNIST's training digits (the last 10,000 are for
            validation), "test" its test digits; each has its own regions of the photographs.
        size: pixels of a scene's side.
        most: a scene has 1 to `most` digits, fewer where no room is left for another.
        sides: the smallest and the largest longer side of a digit, in pixels.
        empty: share of scenes without any digit.
        overlap: the largest intersection over union of two boxes.
        noise: standard deviation of the noise, where black is 0 and white is 1.

    Returns:
        Scenes.

    Raises:
        ValueError: an argument is not as described.
        CourseError: a file of data/ is missing or is not the one that the course ships.
    """
    pictures, labels = digits(split)
    cutout = functools.partial(digit_cutout, pictures)
    return make(
        count,
        seed,
        Recipe(DIGIT_CLASSES, cutout, labels, split, size, most, sides, empty, overlap, noise),
    )


def digit_cutout(pictures, number, side):
    """Return one of MNIST's digits as a cutout whose longer side has about `side` pixels."""
    cover = pictures[number].astype(np.float32) / 255
    return trimmed(np.clip(enlarged(cover, extent(cover >= INK), side), 0, 1), INK)
