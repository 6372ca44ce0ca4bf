"""Pictures as drawing wants them: floats in 0…1, grey ones without a channel axis."""

import numpy as np


def drawable(image):
    """Return one picture as (height, width) or (height, width, 3) floats in 0…1.

    Args:
        image: as one of `drawable_batch`.

    Raises:
        ValueError: another shape, or values beyond 0…1.
    """
    image = np.asarray(image)
    if image.ndim not in (2, 3):
        raise ValueError(
            "Expected a picture of shape (height, width), or with 1 or 3 channels. "
            f"Received shape {image.shape}."
        )
    return drawable_batch(image[np.newaxis])[0]


def drawable_batch(images):
    """Return pictures as (n, height, width) or (n, height, width, 3) floats in 0…1.

    Args:
        images: (n, height, width), or with 1 or 3 channels; uint8 or other whole numbers to
            255, or floats in 0…1.

    Raises:
        ValueError: no picture, another shape, or values beyond 0…1.
    """
    images = require_pictures(images)
    return _in_range(images, 255 if images.dtype.kind in "iu" else 1)


def require_pictures(images):
    """Return pictures as (n, height, width) or (n, height, width, 3), their values as they are.

    Raises:
        ValueError: no picture, or another shape.
    """
    images = np.asarray(images)
    if images.ndim == 4 and images.shape[3] == 1:
        images = images[..., 0]
    if 0 in images.shape or images.ndim != 3 and (images.ndim != 4 or images.shape[3] != 3):
        raise ValueError(
            "Expected pictures of shape (n, height, width), or with 1 or 3 channels, n ≥ 1. "
            f"Received shape {images.shape}."
        )
    return images


def _in_range(images, largest):
    """Return the values divided by the largest that there may be."""
    low, high = images.min(), images.max()
    if not (low >= -1e-6 and high <= largest * (1 + 1e-6)):  # not-a-number is refused as well
        raise ValueError(
            f"Expected values from 0 to {largest} in pictures of {images.dtype}. "
            f"Received {low:g} to {high:g}."
        )
    return np.clip(images / np.float32(largest), 0, 1)


def colouring(image):
    """Return what `imshow` has to know of a drawable picture: a grey one is black at 0."""
    return {"cmap": "gray", "vmin": 0, "vmax": 1} if image.ndim == 2 else {}
