"""Scenes and crops of handwritten digits: MNIST's, on photographs."""

import functools

import numpy as np

from course_utils.datasets import DIGIT_CLASSES, load_mnist
from course_utils.scenes.layout import Layout
from course_utils.scenes.making import Things, make
from course_utils.scenes.painting import enlarged, extent, trimmed

INK = 0.3  # of full ink: what counts as ink
VALIDATION = 10_000  # of the training digits, the last


def digit_scenes(
    count,
    seed,
    split="train",
    size=80,
    most=5,
    sides=(20, 40),
    empty=0.05,
    overlap=0.05,
    noise=0.04,
):
    """Make scenes of real digits on real photographs.

    Args:
        count: how many scenes.
        seed: a whole number from 0; the same one gives the same scenes.
        split: "train" and "validation" have MNIST's training digits (the last 10,000 are for
            validation), "test" its test digits; each has its own regions of the photographs.
        size: pixels of a scene's side.
        most: a scene has 1 to `most` digits, fewer where no room is found for another.
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
    layout = Layout(split, size, most, sides, empty, overlap, noise)
    return make(count, seed, digits(split), layout)


def digit_crops(count, seed, split="train", size=40, sides=(20, 40), empty=0.0, noise=0.04):
    """Make pictures of one digit each, in the style of the scenes.

    Args:
        count, seed, split, size, sides, noise: as for `digit_scenes`.
        empty: share of pictures without a digit; their label is 10, one beyond the digits'.

    Returns:
        images (count, size, size, 3) uint8, labels (count,) int64.

    Raises:
        ValueError: an argument is not as described.
        CourseError: a file of data/ is missing or is not the one that the course ships.
    """
    layout = Layout(split, size, 1, sides, empty, 0.0, noise)
    crops = make(count, seed, digits(split), layout)
    labels = [each[0] if len(each) else len(DIGIT_CLASSES) for each in crops.labels]
    return crops.images, np.array(labels, np.int64)


@functools.cache
def digits(split):
    """Return MNIST's digits of a split, as Things; the arrays are read once."""
    (pictures, labels), test = load_mnist()
    parts = {
        "train": (pictures[:-VALIDATION], labels[:-VALIDATION]),
        "validation": (pictures[-VALIDATION:], labels[-VALIDATION:]),
        "test": test,
    }
    pictures, labels = parts[split]
    return Things(DIGIT_CLASSES, labels, functools.partial(digit_cutout, pictures))


def digit_cutout(pictures, number, side):
    """Return one of MNIST's digits as a cutout whose longer side has `side` pixels, or some less.

    Args:
        pictures: (n, 28, 28) uint8.
        number: which of them.
        side: pixels.
    """
    cover = pictures[number].astype(np.float32) / 255
    return trimmed(enlarged(cover, extent(cover >= INK), side), INK)
