"""How scenes are laid out, and what cannot be."""

import math
import reprlib
from dataclasses import dataclass
from numbers import Real

import numpy as np

SPLITS = ("train", "validation", "test")
SMALLEST = 8  # pixels: of less, some digits leave no ink


@dataclass(frozen=True)
class Layout:
    """What is chosen about scenes, whatever is in them; `digit_scenes` describes each.

    Raises:
        ValueError: one of them cannot be.
    """

    split: str
    size: int
    most: int
    sides: tuple
    empty: float
    overlap: float
    noise: float

    def __post_init__(self):
        require_split(self.split)
        require_whole("size", self.size, SMALLEST, "it is a scene's side in pixels")
        require_whole("most", self.most, 1, "empty=1.0 asks for scenes without any object")
        require_sides(self.sides, self.size)
        for name in ("empty", "overlap", "noise"):
            require_share(name, getattr(self, name))


def require_split(split):
    """Refuse what is not the name of a split."""
    if not isinstance(split, str) or split not in SPLITS:
        raise ValueError(
            f"Expected the name of a split. Received {reprlib.repr(split)}: "
            f"choose one of {', '.join(SPLITS)}."
        )


def require_whole(name, value, least, hint):
    """Refuse what is not a whole number of at least `least`."""
    if not _is_whole(value) or value < least:
        raise ValueError(
            f"Expected {name} as a whole number of at least {least}. "
            f"Received {reprlib.repr(value)}: {hint}."
        )


def require_sides(sides, size):
    """Refuse what is not the smallest and the largest side, in pixels, of what fits a scene."""
    whole = isinstance(sides, (tuple, list)) and len(sides) == 2 and all(map(_is_whole, sides))
    if not whole or not SMALLEST <= sides[0] <= sides[1] <= size:
        raise ValueError(
            f"Expected sides as the smallest and the largest side of an object, two whole numbers "
            f"from {SMALLEST} to the scene's {size} pixels. Received {reprlib.repr(sides)}: "
            "choose smaller objects or a larger size."
        )


def require_share(name, value):
    """Refuse what is not a number from 0 to 1."""
    real = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    if not real or not 0 <= value <= 1:
        raise ValueError(
            f"Expected {name} as a number from 0 to 1. Received {reprlib.repr(value)}: "
            "divide a percentage by 100."
        )


def _is_whole(value):
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)
