"""A set of scenes, and how one is put together: ground, things, noise."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_utils.scenes.grounds import REGIONS, ground
from course_utils.scenes.painting import paint
from course_utils.scenes.placing import counts, place


@dataclass(frozen=True, eq=False)
class Scenes:
    """Pictures of several things, each with its box and its pixels.

    Attributes:
        images: (count, size, size, 3) uint8.
        boxes: a list of (n, 4) float32, x1 y1 x2 y2 in pixels, around the ink of each thing.
        labels: a list of (n,) int64, places in `classes`.
        masks: (count, size, size) uint8, 0 for the ground, label + 1 where there is ink; of
            things that overlap, the upper one's.
        classes: tuple of names.
    """

    images: np.ndarray
    boxes: list
    labels: list
    masks: np.ndarray
    classes: tuple

    def __len__(self):
        return len(self.images)


@dataclass(frozen=True)
class Recipe:
    """What scenes are made of.

    Attributes:
        classes: tuple of names.
        cutout: (place in the pictures, pixels of the longer side) -> Cutout.
        labels: (n,) int, of the pictures.
        split, size, most, sides, empty, overlap, noise: as `digit_scenes` has them.
    """

    classes: tuple
    cutout: Callable
    labels: np.ndarray
    split: str
    size: int
    most: int
    sides: tuple
    empty: float
    overlap: float
    noise: float


def make(count, seed, recipe):
    """Return `count` scenes by a recipe; a seed gives each split scenes of its own."""
    rng = np.random.default_rng([seed, list(REGIONS).index(recipe.split)])
    size = recipe.size
    images = np.empty((count, size, size, 3), np.uint8)
    masks = np.zeros((count, size, size), np.uint8)
    boxes, labels = [], []
    for number, things in enumerate(counts(count, recipe.most, recipe.empty, rng)):
        image = ground(recipe.split, size, rng)
        found = add_things(image, masks[number], things, recipe, rng)
        boxes.append(np.array([box for box, _ in found], np.float32).reshape(-1, 4))
        labels.append(np.array([label for _, label in found], np.int64))
        images[number] = noisy(image, recipe.noise, rng)
    return Scenes(images, boxes, labels, masks, recipe.classes)


def add_things(image, mask, things, recipe, rng):
    """Paint up to this many things on an image and into its mask; return [(box, label)]."""
    found = []
    low, high = recipe.sides
    for side in sorted(rng.integers(low, high + 1, things).tolist(), reverse=True):
        picture = rng.integers(len(recipe.labels))
        cutout, label = recipe.cutout(picture, side), int(recipe.labels[picture])
        height, width = cutout.ink.shape
        box = place(width, height, [box for box, _ in found], len(image), recipe.overlap, rng)
        if box is not None:
            paint(image, cutout, *box[:2], rng)
            mask[box[1] : box[3], box[0] : box[2]][cutout.ink] = label + 1
            found.append((box, label))
    return found


def noisy(image, noise, rng):
    """Return an image in 0…1 as uint8, after Gaussian noise of this standard deviation."""
    grain = rng.standard_normal(image.shape, np.float32) * np.float32(noise)
    return np.rint(np.clip(image + grain, 0, 1) * 255).astype(np.uint8)
