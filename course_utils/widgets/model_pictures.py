"""Pictures that explorers of a student's own model are given: checked, and made to be seen.

One rule for all: a network gets the numbers that it is given, for nobody else knows what it was
trained on. How they are shown follows from them (`tones_of`), and is said where it is not 0…1.
"""

from dataclasses import dataclass

import numpy as np

from course_utils.widgets.explorer import numbers

ROUNDING = 1e-5  # of a range: so far beyond it pictures come by being made smaller
RANGES = ((0, 1), (-1, 1), (0, 255))  # in which pictures are usually kept


@dataclass(frozen=True)
class Tones:
    """The values that are shown as black and as white."""

    low: float
    high: float

    def shares(self, values):
        """Return values as float32 shares of the way from black to white, cut off at both."""
        values = np.asarray(values, np.float32)
        return np.clip((values - self.low) / np.float32(self.high - self.low), 0, 1)

    def pixels(self, values):
        """Return values as uint8, from 0 for black to 255 for white."""
        return (self.shares(values) * 255).round().astype(np.uint8)

    def at(self, share):
        """Return the value that lies at a share of the way from black to white."""
        return self.low + share * (self.high - self.low)

    @property
    def words(self):
        """Say which values these are: "" for the usual 0 and 1."""
        if (self.low, self.high) == RANGES[0]:
            return ""
        return f"black is {self.low:.3g}, white {self.high:.3g}".replace("-", "−")

    @property
    def sentence(self):
        """The same as an addition to a description."""
        return f" In what is shown of the pictures {self.words}." if self.words else ""


def tones_of(images):
    """Return the tones of pictures, which all of them share.

    They are those of the usual range that the values keep to: 0…1; else -1…1 or 0…255, where the
    values fill half of it. Values that keep to none, such as standardised ones, are shown from the
    lowest to the highest.

    Raises:
        ValueError: NaN or infinity.
    """
    low, high = float(np.min(images)), float(np.max(images))
    if not np.isfinite([low, high]).all():
        raise ValueError("Expected finite numbers as images. Received NaN or infinity.")
    for black, white in RANGES:
        slack = ROUNDING * (white - black)
        inside = black - slack <= low and high <= white + slack
        if inside and ((black, white) == RANGES[0] or high - low >= (white - black) / 2):
            return Tones(black, white)
    return Tones(low, high if high > low else low + 1)


def checked_pictures(probe, images):
    """Return pictures as an array of their own, which cannot be changed: (n, h, w, channels).

    Args:
        probe: a `probe.Probe` of the model that is to see them.
        images: what the student gave, in the range that the model was trained on: a batch or one
            picture, with or without the axis of one channel.

    Raises:
        ValueError: no pictures, a shape that the model does not take, or numbers that are not
            finite.
    """
    images = numbers("images", images, np.float32)
    if not images.size:
        raise ValueError("Expected at least one picture. Received none.")
    if images.ndim < 3 or images.shape[-1] != probe.model.inputs[0].shape[3]:
        images = images[..., np.newaxis]
    images = images[np.newaxis] if images.ndim == 3 else images
    probe.outputs(images[:1])  # refuses another shape
    return images


def drawable(image):
    """Return (height, width) or (height, width, 3) of a picture; other channels as their mean."""
    if image.shape[2] == 3:
        return image
    return image.mean(axis=2)
