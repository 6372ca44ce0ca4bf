"""Paper without its ink: light and shadow, estimated and taken out."""

import numpy as np
from PIL import Image, ImageFilter
from scipy import ndimage

COARSE = 160  # pixels along the longer side: noise is averaged out, a shadow's edge stays sharp
COARSEST = 40  # the same, where only dark or light is asked
WIDEST = 0.4  # of the longer side: what is wider is ground and not ink
MOST = 0.6  # of the longer side: the window in which ground is the more frequent
SMOOTH = 0.03  # how far half of the pixels may lie off a smooth course of light
DARKEST = 0.05  # a ground that reflects less than this is called black


def evened(picture):
    """Return how much of the ground's light each pixel lacks; for light ink, the negative's.

    Args:
        picture: (height, width) in 0…1.

    Returns:
        (height, width): about 0 for ground, 1 for ink that swallows all light; below 0 where a
        pixel is lighter than the ground around it.
    """
    paper = 1 - picture if has_light_ink(picture) else picture
    coarse = _reduced(paper, COARSE)
    # The trend goes first: closing knows nothing of what lies beyond the picture's edges.
    trend = np.maximum(_terms(coarse.shape) @ _trend(_reduced(paper, COARSEST)), DARKEST)
    closed = Image.fromarray((_closed(coarse / trend) * trend).astype(np.float32))
    ground = np.asarray(closed.resize(paper.shape[::-1], Image.Resampling.BILINEAR))
    return (ground - paper) / np.maximum(ground, DARKEST)


def _trend(coarse):
    """Return the weights of the curved surface that most of the picture lies on, or of an even one.

    A shadow with an edge lies on no such surface; closing alone follows it better.
    """
    terms, values = _terms(coarse.shape).reshape(-1, 6), coarse.ravel()
    kept = np.ones(values.size, bool)
    for _ in range(5):  # ink bends the surface: what lies far off is left out, then less far
        weights = np.linalg.lstsq(terms[kept], values[kept], rcond=None)[0]
        far = np.abs(values - terms @ weights)
        kept = far <= max(2.5 * np.median(far), 0.01)
    return weights if np.median(far) < SMOOTH else np.eye(6)[0]


def _terms(shape):
    """Return 1, y, x, y², xy and x² of each pixel, (height, width, 6), for y and x in −1…1."""
    sides = ((np.arange(size) + 0.5) / size * 2 - 1 for size in shape)
    y, x = np.meshgrid(*sides, indexing="ij")
    return np.stack([np.ones(shape), y, x, y * y, x * y, x * x], axis=-1)


def has_light_ink(picture):
    """Return True when what stands out from the ground is lighter than it.

    The median of a wide window is ground, in a shadow as well. Of the differences from it, cubes
    let the strong ones decide: they are the ink's.
    """
    coarse = _reduced(picture, COARSEST)
    size = _odd(MOST * max(coarse.shape))
    ground = np.asarray(Image.fromarray(coarse).filter(ImageFilter.MedianFilter(size)))
    return bool(np.sum((coarse - ground) ** 3) > 0)


def _closed(paper):
    """Return paper without what is dark and narrow.

    Reference: closing, in Serra, Image Analysis and Mathematical Morphology (1982), chapter II.
    """
    return ndimage.grey_closing(paper, _odd(WIDEST * max(paper.shape)), mode="nearest")


def _reduced(picture, longest):
    """Return means of blocks, so that the longer side has at most so many."""
    image = Image.fromarray(picture.astype(np.float32))
    return np.asarray(image.reduce(-(-max(picture.shape) // longest)))


def _odd(size):
    return int(size) // 2 * 2 + 1
