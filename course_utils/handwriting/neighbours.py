"""The training digits that look most like a given one."""

import functools
from dataclasses import dataclass

import numpy as np

from course_utils import datasets

SEARCHED = 10_000  # of the training digits: 31 MB as float32


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Training digits, the nearest first.

    Attributes:
        pictures: (n, 28, 28) float32 in 0…1.
        labels: (n,) what they are.
        distances: (n,) 0 for the same picture, 1.41 for one that shares no ink with it.
    """

    pictures: np.ndarray
    labels: np.ndarray
    distances: np.ndarray


def nearest_digits(pixels, count=5):
    """Return the nearest of MNIST's first 10,000 training digits, by pixel distance.

    Each picture's 784 pixels are one vector, divided by its length, so that a wide pen is no
    farther away than a thin one; the distance is that between the two ends, √(2 − 2 cos).

    Args:
        pixels: (28, 28) floats, not all 0.
        count: how many.

    Returns:
        Neighbours.

    Reference: Cover and Hart, Nearest neighbor pattern classification (1967).
    """
    units, lengths, labels = _training_digits()
    wanted = np.asarray(pixels, np.float32).ravel()
    alike = units @ (wanted / np.linalg.norm(wanted))
    order = np.argsort(-alike, kind="stable")[:count]
    # Rounding may leave a product a little above 1.
    distances = np.sqrt(np.maximum(2 - 2 * alike[order], 0))
    pictures = (units[order] * lengths[order, None]).reshape(-1, *np.shape(pixels))
    return Neighbours(pictures, labels[order], distances)


@functools.cache
def _training_digits():
    """Return (SEARCHED, 784) vectors of length 1, the lengths that they had, and the labels."""
    (digits, labels), _ = datasets.load_mnist()
    units = np.divide(digits[:SEARCHED].reshape(SEARCHED, -1), 255, dtype=np.float32)
    lengths = np.linalg.norm(units, axis=1)
    units /= lengths[:, None]
    return units, lengths, labels[:SEARCHED].copy()
