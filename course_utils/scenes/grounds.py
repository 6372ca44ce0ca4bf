"""Grounds for scenes: crops of the course's photographs, each split with regions of its own."""

import functools

import numpy as np
from PIL import Image

from course_utils.datasets import load_photograph

# Not coins, which look like zeros, nor text, which is handwriting, nor a face.
PHOTOGRAPHS = (
    "brick", "camera", "chelsea", "china", "coffee", "flower", "grass", "gravel", "rocket",
)  # fmt: skip
# Share of a photograph's width, from the left: no pixel of a test ground is in a training ground.
REGIONS = {"train": (0.0, 0.6), "validation": (0.6, 0.8), "test": (0.8, 1.0)}
ZOOM = (0.6, 1.4)  # pixels of the photograph for one of the ground
CONTRAST = (0.4, 0.9)  # of the photograph's own
TINT = 0.2  # how much of a colour a grey photograph may lose


@functools.cache
def regions(split):
    """Return the part of each photograph that belongs to a split, as RGB pictures of PIL."""
    return tuple(_region(load_photograph(name), *REGIONS[split]) for name in PHOTOGRAPHS)


def _region(pixels, left, right):
    width = pixels.shape[1]
    part = pixels[:, round(left * width) : round(right * width)]
    colours = np.broadcast_to(part, (*part.shape[:2], 3))
    return Image.fromarray(np.rint(colours * 255).astype(np.uint8))


def ground(split, size, rng):
    """Return a crop of a photograph at a random place, zoom, contrast and tint.

    Args:
        split: "train", "validation" or "test".
        size: pixels of a side.
        rng: numpy.random.Generator.

    Returns:
        (size, size, 3) float32 in 0…1.
    """
    region = regions(split)[rng.integers(len(PHOTOGRAPHS))]
    side = min(size * rng.uniform(*ZOOM), *region.size)
    left, top = rng.uniform(0, np.subtract(region.size, side))
    window = (left, top, left + side, top + side)
    pixels = np.asarray(region.resize((size, size), Image.Resampling.BILINEAR, box=window))
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
    return _varied(pixels.astype(np.float32) / 255, rng)


def _varied(pixels, rng):
    """Return a crop with less contrast and another tint."""
    mean = pixels.mean(axis=(0, 1))
    pixels = mean + (pixels - mean) * np.float32(rng.uniform(*CONTRAST))
    return pixels * rng.uniform(1 - TINT, 1, 3).astype(np.float32)
