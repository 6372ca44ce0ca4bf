"""A set of scenes, and how one is put together: ground, things, noise."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_utils.scenes.grounds import ground
from course_utils.scenes.layout import SPLITS, require_whole
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


@dataclass(frozen=True, eq=False)
class Things:
    """What scenes are made of.

    Attributes:
        classes: tuple of names.
        labels: (n,) int, of n pictures: places in `classes`.
        cutout: (number of a picture, pixels of the longer side) -> Cutout.
    """

    classes: tuple
    labels: np.ndarray
    cutout: Callable


def make(count, seed, things, layout):
    """Return scenes; the same seed gives each split scenes of its own.

    Args:
        count: how many.
        seed: a whole number from 0.
        things: Things.
        layout: Layout.

    Raises:
        ValueError: count or seed is no such number.
    """
    require_whole("count", count, 1, "it is how many scenes are made")
    require_whole("seed", seed, 0, "any such number will do")
    rng = np.random.default_rng([seed, SPLITS.index(layout.split)])
    images = np.empty((count, layout.size, layout.size, 3), np.uint8)
    masks = np.zeros(images.shape[:3], np.uint8)
    boxes, labels = [], []
    for number, many in enumerate(counts(count, layout.most, layout.empty, rng)):
        image = ground(layout.split, layout.size, rng)
        found = add_things(image, masks[number], many, things, layout, rng)
        boxes.append(np.array([box for box, _ in found], np.float32).reshape(-1, 4))
        labels.append(np.array([label for _, label in found], np.int64))
        images[number] = noisy(image, layout.noise, rng)
    return Scenes(images, boxes, labels, masks, things.classes)


def add_things(image, mask, many, things, layout, rng):
    """Paint up to so many things on an image and into its mask; return [(box, label)]."""
    found, (low, high) = [], layout.sides
    for side in sorted(rng.integers(low, high + 1, many).tolist(), reverse=True):
        number = rng.integers(len(things.labels))
        cutout, label = things.cutout(number, side), int(things.labels[number])
        taken = [box for box, _ in found]
        box = place(*cutout.ink.shape, taken, layout.size, layout.overlap, rng)
        if box is not None:
            paint(image, cutout, *box[:2], rng)
            mask[box[1] : box[3], box[0] : box[2]][cutout.ink] = label + 1
            found.append((box, label))
    return found


def noisy(image, noise, rng):
    """Return an image in 0…1 as uint8, after Gaussian noise of this standard deviation."""
    grain = rng.standard_normal(image.shape, np.float32) * np.float32(noise)
    return np.rint(np.clip(image + grain, 0, 1) * 255).astype(np.uint8)
