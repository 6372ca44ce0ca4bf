"""Ink on a ground: cut out of a small picture, enlarged, coloured so that it can be seen."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from course_utils.datasets import LUMINANCE

CONTRAST = (0.3, 0.7)  # of luminance, between the ink and the mean of the ground under it
TINT = 0.25  # how far a colour's red, green and blue may lie from its luminance


@dataclass(frozen=True, eq=False)
class Cutout:
    """What is laid on a ground; all arrays are (height, width) and fit the ink exactly.

    Attributes:
        cover: float32, 0 where the ground shows through, 1 where it does not.
        ink: bool, what the box and the mask are made of.
        shade: float32, lighter (above 0) or darker than the ink's colour; None for flat ink.
    """

    cover: np.ndarray
    ink: np.ndarray
    shade: np.ndarray | None = None


def extent(ink):
    """Return the box of what is True: `(x1, y1, x2, y2)`, the last two one beyond the last pixel.

    Args:
        ink: (height, width) bool, True somewhere.
    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def enlarged(values, box, side):
    """Return a box of a picture so that its longer side has `side` pixels, bilinearly.

    Args:
        values: (height, width) float32.
        box: x1 y1 x2 y2 in pixels.
        side: pixels of the longer side; the shorter keeps the proportion, and has at least 2.
    """
    width, height = box[2] - box[0], box[3] - box[1]
    scale = side / max(width, height)
    shape = max(2, round(width * scale)), max(2, round(height * scale))
    return np.asarray(Image.fromarray(values).resize(shape, Image.Resampling.BILINEAR, box=box))


def trimmed(cover, threshold, shade=None):
    """Return the cutout of what is covered by at least `threshold`, to its last pixel."""
    x1, y1, x2, y2 = extent(cover >= threshold)
    cover = cover[y1:y2, x1:x2]
    return Cutout(cover, cover >= threshold, None if shade is None else shade[y1:y2, x1:x2])


def paint(image, cutout, left, top, rng):
    """Lay a cutout on an image, in a colour that stands out from the ground there.

    Args:
        image: (height, width, 3) float32 in 0…1; it is changed.
        cutout: Cutout.
        left, top: pixels, where its corner comes.
        rng: numpy.random.Generator.
    """
    height, width = cutout.cover.shape
    part = image[top : top + height, left : left + width]
    colour = ink_colour(part, rng)
    if cutout.shade is not None:
        colour = np.clip(colour + cutout.shade[..., np.newaxis], 0, 1)
    part += cutout.cover[..., np.newaxis] * (colour - part)


def ink_colour(ground, rng):
    """Return a colour lighter or darker than a ground, by more where the ground is uneven.

    Args:
        ground: (height, width, 3) float32 in 0…1.
        rng: numpy.random.Generator.

    Returns:
        (3,) float32 in 0…1.
    """
    light = ground @ LUMINANCE.astype(np.float32)
    mean, least = float(light.mean()), min(0.5, CONTRAST[0] + float(light.std()))
    # Of black and white one is always 0.5 away or more.
    sides = [side for side in (-mean, 1 - mean) if abs(side) >= least]
    room = sides[rng.integers(len(sides))]
    difference = min(abs(room), rng.uniform(least, max(least, CONTRAST[1])))
    return tinted(mean + np.copysign(difference, room), rng)


def tinted(luminance, rng):
    """Return a colour of this luminance: (3,) float32 in 0…1, paler where it would leave 0…1."""
    tint = rng.uniform(-TINT, TINT, 3)
    tint -= tint @ LUMINANCE
    room = np.where(tint > 0, 1 - luminance, luminance)
    share = np.min(room / np.maximum(np.abs(tint), 1e-9))
    colour = luminance + tint * np.clip(share, 0, 1)
    return np.clip(colour, 0, 1).astype(np.float32)  # rounding may leave it by the last digit
