"""What RoIAlign and RoI pooling read in a box on a map, with all that lies between."""

from dataclasses import dataclass

import numpy as np

from course_utils.by_hand.roi_align import align, neighbours, round_outwards, sample_places
from course_utils.draw.roi import DIFFERENCE

POOLINGS = {"maximum": np.max, "mean": np.mean}


@dataclass(frozen=True, eq=False)
class Region:
    """What is shown; all places are x, y in cells of the map.

    Attributes:
        values: (height, width), one channel of the map.
        box: (4,) x1 y1 x2 y2; `bin`: that of the chosen bin.
        size: bins along a side.
        points: (size, size, samples², 2), where RoIAlign samples, bin by bin.
        points_of_bin, point: those of the chosen bin, (samples², 2), and the chosen one, (2,).
        part: (right, down) in 0…1, how far the chosen one lies from its first neighbour's middle.
        neighbours: four (row, column): upper left, upper right, lower left, lower right.
        weights, met: (4,) their weights, and their values.
        whole: (4,) the box as RoI pooling rounds it.
        cells: (4,) the cells from which RoI pooling takes the chosen bin.
        aligned, pooled: (size, size), what RoIAlign and RoI pooling give.
        middles: (size, size), the values of the ramp in the middles of bins; None without a ramp.
    """

    values: np.ndarray
    box: np.ndarray
    bin: np.ndarray
    size: int
    points: np.ndarray
    points_of_bin: np.ndarray
    point: np.ndarray
    part: np.ndarray
    neighbours: tuple
    weights: np.ndarray
    met: np.ndarray
    whole: np.ndarray
    cells: np.ndarray
    aligned: np.ndarray
    pooled: np.ndarray
    middles: np.ndarray

    def results(self, pooling):
        """Return {title: (size, size)} of all that is compared."""
        found = {"RoIAlign": self.aligned, f"RoI pooling, {pooling}": self.pooled}
        found[DIFFERENCE] = self.pooled - self.aligned
        truth = {} if self.middles is None else {"ramp in the bins’ middles": self.middles}
        return found | truth


def read_region(values, box, size, samples, pooling, here, is_ramp):
    """Return the Region of a box.

    Args:
        values: (height, width), one channel of a map.
        box: (4,) x1 y1 x2 y2 in its cells.
        size, samples: bins along a side, and samples along a side of a bin.
        pooling: one of POOLINGS.
        here: (row, column, sample), the chosen bin and which of its samples.
        is_ramp: whether each value is the x of its cell's middle.
    """
    row, column, sample = here
    points = _points(box, size, samples)
    point = points[row, column, sample]
    around, part, weights = _around(point, values.shape)
    tops, bottoms = round_outwards(box[1], box[3], size, values.shape[0])
    lefts, rights = round_outwards(box[0], box[2], size, values.shape[1])
    return Region(
        values, box, _bin(box, size, row, column), size, points, points[row, column], point, part,
        around, weights, np.array([values[place] for place in around]),
        np.array([lefts[0], tops[0], rights[-1], bottoms[-1]]),
        np.array([lefts[column], tops[row], rights[column], bottoms[row]]),
        align(values[..., None], box[None], size, size, samples)[0, ..., 0],
        _pooled(values, (tops, bottoms), (lefts, rights), POOLINGS[pooling]),
        _middles(box, size) if is_ramp else None,
    )  # fmt: skip


def _points(box, size, samples):
    """Return the sample points of each bin, line by line: (size, size, samples², 2)."""
    x = sample_places(box[None, 0], box[None, 2], size, samples).reshape(1, size, 1, samples)
    y = sample_places(box[None, 1], box[None, 3], size, samples).reshape(size, 1, samples, 1)
    pairs = np.stack(np.broadcast_arrays(x, y), axis=-1)
    return pairs.reshape(size, size, samples**2, 2)


def _around(point, shape):
    """Return a point's four neighbours, its (right, down) between them, and their weights."""
    (left, right, across), (top, bottom, down) = (
        neighbours(place, length) for place, length in zip(point, shape[::-1])
    )
    around = [(int(row), int(column)) for row in (top, bottom) for column in (left, right)]
    weights = np.outer([1 - down, down], [1 - across, across]).ravel()
    return tuple(around), np.array([across, down]), weights


def _bin(box, size, row, column):
    """Return x1 y1 x2 y2 of one bin."""
    steps = np.array([column, row, column + 1, row + 1]) / size
    return np.tile(box[:2], 2) + steps * np.tile(box[2:] - box[:2], 2)


def _pooled(values, rows, columns, pool):
    """Return what `pool` takes of the cells of each bin, as `by_hand.roi_align.pool` does."""
    return np.array([
        [pool(values[top:bottom, left:right]) for left, right in zip(*columns)]
        for top, bottom in zip(*rows)
    ], float)  # fmt: skip


def _middles(box, size):
    """Return the ramp's values in the middles of bins: their x."""
    x = box[0] + (np.arange(size) + 0.5) / size * (box[2] - box[0])
    return np.tile(x, (size, 1))
