"""Scenes of garments: Fashion-MNIST's, on photographs, with a class for each pixel."""

import functools

import numpy as np
from scipy import ndimage

from course_utils.datasets import FASHION_CLASSES, load_fashion
from course_utils.scenes.layout import Layout
from course_utils.scenes.making import Things, make
from course_utils.scenes.painting import enlarged, extent, trimmed

GARMENTS = ("T-shirt/top", "Trouser", "Bag", "Ankle boot")  # told apart by their outlines
VALIDATION = 800  # of the 4,000 training garments, the last
INK = 0.06  # of full ink: what counts as ink; white cloth has little more
HOLE = 12  # pixels of 28 × 28: a smaller hole is a print, a larger one a handle
SHADE = 0.5  # of the garment's own light and dark


def garment_scenes(
    count,
    seed,
    split="train",
    size=80,
    most=4,
    sides=(24, 48),
    empty=0.05,
    overlap=0.05,
    noise=0.04,
):
    """Make scenes of real garments on real photographs: four classes and the ground.

    Args:
        split: "train" and "validation" have Fashion-MNIST's training garments that are in data/
            (the last 800 are for validation), "test" its test garments; each has its own regions
            of the photographs.
        count, seed, size, most, sides, empty, overlap, noise: as for `digit_scenes`.

    Returns:
        Scenes; their masks have 0 for the ground and 1 to 4 for the classes.

    Raises:
        ValueError: an argument is not as described.
        CourseError: a file of data/ is missing or is not the one that the course ships.
    """
    layout = Layout(split, size, most, sides, empty, overlap, noise)
    return make(count, seed, garments(split), layout)


@functools.cache
def garments(split):
    """Return the garments of a split that are of the four classes, as Things."""
    (pictures, labels), test = load_fashion()
    parts = {
        "train": (pictures[:-VALIDATION], labels[:-VALIDATION]),
        "validation": (pictures[-VALIDATION:], labels[-VALIDATION:]),
        "test": test,
    }
    pictures, labels = parts[split]
    places = [FASHION_CLASSES.index(name) for name in GARMENTS]
    chosen = np.isin(labels, places)
    outlines = np.stack([outline(picture) for picture in pictures[chosen]])
    cutout = functools.partial(garment_cutout, pictures[chosen], outlines)
    return Things(GARMENTS, np.searchsorted(places, labels[chosen]), cutout)


def outline(picture):
    """Return where a garment is: its ink, and holes too small to be a handle's.

    Args:
        picture: (28, 28) uint8.

    Returns:
        (28, 28) float32, 0 or 1.
    """
    ink = picture >= INK * 255
    holes, _ = ndimage.label(~np.pad(ink, 1))
    sizes = np.bincount(holes.ravel())
    return (ink | (sizes[holes[1:-1, 1:-1]] <= HOLE)).astype(np.float32)


def garment_cutout(pictures, outlines, number, side):
    """Return one garment as a cutout, shaded, whose longer side has `side` pixels, or some less.

    Args:
        pictures: (n, 28, 28) uint8.
        outlines: (n, 28, 28) float32, what `outline` gives for each.
        number: which of them.
        side: pixels.
    """
    box = extent(outlines[number] > 0)
    light = enlarged(pictures[number].astype(np.float32) / 255, box, side)
    cover = enlarged(outlines[number], box, side)
    return trimmed(cover, 0.5, SHADE * (light - light[cover >= 0.5].mean()))
