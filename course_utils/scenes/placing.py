"""Where things come in a scene: inside, and with little overlap."""

import numpy as np

TRIES = 60


def place(height, width, taken, size, overlap, rng):
    """Return a box of this height and width that overlaps none much, or None if none is found.

    Args:
        height, width: pixels.
        taken: list of (x1, y1, x2, y2), the boxes that are there.
        size: pixels of the scene's side.
        overlap: the largest intersection over union that is allowed.
        rng: numpy.random.Generator.
    """
    lefts = rng.integers(0, size - width + 1, TRIES).tolist()
    tops = rng.integers(0, size - height + 1, TRIES).tolist()
    for left, top in zip(lefts, tops, strict=True):
        box = left, top, left + width, top + height
        if all(_shared(box, other) <= overlap for other in taken):
            return box
    return None


def _shared(box, other):
    """Return the intersection over union of two boxes, in plain numbers: many are tried."""
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    together = sum((each[2] - each[0]) * (each[3] - each[1]) for each in (box, other))
    return width * height / (together - width * height)


def counts(scenes, most, empty, rng):
    """Return how many things each scene gets: 1 to `most`, 0 in a share of `empty` of them.

    Returns:
        (scenes,) int64, in random order.
    """
    nothing = round(scenes * empty)
    some = rng.integers(1, most + 1, scenes - nothing)
    return rng.permutation(np.append(np.zeros(nothing, int), some))
