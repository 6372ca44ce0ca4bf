"""Pictures that explorers of a student's own model are given: checked, and made to be seen."""

import numpy as np

from course_utils.widgets.explorer import numbers

ROUNDING = 1e-5  # so far beyond 0…1 a picture comes by being made smaller


def checked_pictures(probe, images):
    """Return pictures as an array of their own, which cannot be changed: (n, h, w, channels).

    Args:
        probe: a `probe.Probe` of the model that is to see them.
        images: what the student gave: a batch, with or without the axis of one channel, or one
            picture.

    Raises:
        ValueError: no pictures, a shape that the model does not take, or values beyond 0…1.
    """
    images = numbers("images", images).astype(np.float32)
    if not images.size:
        raise ValueError("Expected at least one picture. Received none.")
    channels = probe.model.inputs[0].shape[3]
    if images.ndim == 3:
        images = images[np.newaxis] if images.shape[2] == channels else images[..., np.newaxis]
    probe.outputs(images[:1])  # refuses another shape
    if images.min() < -ROUNDING or images.max() > 1 + ROUNDING:
        raise ValueError(
            f"Expected images with values in 0…1. Received values in {images.min():g}…"
            f"{images.max():g}: divide those of 0…255 by 255; what else a model needs belongs "
            "into its first layer, such as Rescaling."
        )
    images = np.clip(images, 0, 1)
    images.flags.writeable = False
    return images


def drawable(image):
    """Return (height, width) or (height, width, 3) of a picture; other channels as their mean."""
    if image.shape[2] == 3:
        return image
    return image.mean(axis=2)
