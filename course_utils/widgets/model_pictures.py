"""Pictures that explorers of a student's own model are given: checked, and made to be seen."""

import numpy as np

from course_utils.widgets.explorer import numbers


def checked_pictures(probe, images):
    """Return pictures as an array of their own, which cannot be changed: (n, h, w, channels).

    Args:
        probe: a `probe.Probe` of the model that is to see them.
        images: what the student gave.

    Raises:
        ValueError: no pictures, a shape that the model does not take, or values beyond 0…1.
    """
    images = numbers("images", images).astype(np.float32)
    if not images.size:
        raise ValueError("Expected at least one picture. Received none.")
    probe.batch(images[:1])
    if images.min() < 0 or images.max() > 1:
        raise ValueError(
            f"Expected images with values in 0…1. Received values in {images.min():g}…"
            f"{images.max():g}: divide those of 0…255 by 255; what else a model needs belongs "
            "into its first layer, such as Rescaling."
        )
    images.flags.writeable = False
    return images


def drawable(image):
    """Return (height, width) or (height, width, 3) of a picture; other channels as their mean."""
    if image.shape[2] == 3:
        return image
    return image.mean(axis=2)


def require_whole(name, value, most, least=0):
    """Refuse what is no whole number from `least` to `most`.

    Raises:
        ValueError: it names both.
    """
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not least <= value <= most:
        raise ValueError(
            f"Expected {name} as a whole number from {least} to {most}. Received {value!r}."
        )
