"""What a `FilterExplorer` is set to, and what it shows: plain values, nothing is drawn."""

from dataclasses import dataclass

import numpy as np

from course_utils.probe import Peaks

NORMALISE = ("each map", "this layer", "all layers")
BEST = 9  # patches


@dataclass(frozen=True, eq=False)
class State:
    """What can be changed: see `FilterExplorer`."""

    layer: str
    filter: int
    picture: int
    row: int
    column: int
    normalise: str
    checkpoint: int


@dataclass(frozen=True, eq=False)
class Filters:
    """What is shown.

    Attributes:
        kernels: (filters, height, width, channels) of the layer.
        maps: (rows, columns, filters) of the picture, after what follows the convolution.
        limit: the size of a value that gets the last colour: (filters,) or one for all.
        value: of the unit.
        box: (top, left, bottom, right) of the pixels that the unit sees.
        peaks: of the layer, over all pictures searched.
        dead: numbers of the filters whose maps never vary.
        best: ((picture, row, column, value), …) of the filter's highest places, one a picture.
    """

    kernels: np.ndarray
    maps: np.ndarray
    limit: np.ndarray
    value: float
    box: tuple
    peaks: Peaks
    dead: tuple
    best: tuple

    @property
    def is_deep(self):
        """True where a kernel has too many channels to be shown in colours."""
        return self.kernels.shape[3] not in (1, 3)

    def limit_of(self, unit):
        """Return the value of the last colour in one filter's map."""
        return float(np.broadcast_to(self.limit, len(self.kernels))[unit])


def limit(everything, state):
    """Return the value of the last colour: one for each map, or one for all.

    Args:
        everything: {layer: (rows, columns, filters)} of the picture.
    """
    maps = everything[state.layer]
    if state.normalise == "each map":
        return np.abs(maps).max(axis=(0, 1))
    shown = everything.values() if state.normalise == "all layers" else [maps]
    return max(np.abs(one).max() for one in shown)


def dead_filters(peaks):
    """Return the numbers of the filters whose maps never vary, over all pictures and places."""
    varies = peaks.high.max(axis=0) - peaks.low.min(axis=0)
    dead = np.flatnonzero(varies <= 1e-6 * max(np.abs(peaks.high).max(), 1e-6))
    return tuple(dead.tolist())


def best_places(peaks, unit):
    """Return ((picture, row, column, value), …) of the pictures on which a filter is highest."""
    high = peaks.high[:, unit]
    order = np.argsort(-high, kind="stable")[:BEST]
    return tuple(
        (int(n), int(peaks.row[n, unit]), int(peaks.column[n, unit]), float(high[n])) for n in order
    )
