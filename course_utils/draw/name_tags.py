"""Names at boxes: each on a ground of the box's colour, near a corner, and none on another."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.textpath import TextPath

from course_utils.draw.style import DOTS_PER_INCH, inks_on
from course_utils.draw.words import POINTS

SIZE = 8  # points
AROUND = 2  # pixels of ground on each side of the letters
HEIGHT = 15  # pixels of a tag
NEAR = 60  # pixels from its box, at most: a name further off would belong to another


def tag_width(text):
    """Return the pixels that a name takes, its ground included."""
    letters = TextPath((0, 0), plain(text), size=SIZE).get_extents().width
    return letters * DOTS_PER_INCH / POINTS + 2 * AROUND + 2


def plain(text):
    """Return text in which a dollar sign begins no formula."""
    return str(text).replace("$", r"\$")


def place_tags(texts, boxes, limits):
    """Find a place for the name of each box where it covers no other, the first names first.

    Args:
        texts: a name for each box.
        boxes: (x1, y1, x2, y2) in pixels of the figure, y downwards.
        limits: (x1, y1, x2, y2) within which the names must stay.

    Returns:
        For each the corner (x, y), left and top; None where there is no room near its box.
    """
    taken, corners = np.zeros((0, 4)), []
    for text, box in zip(texts, boxes):
        size = np.array([tag_width(text), HEIGHT])
        places = _within(_places(box, size), size, limits)
        spans = np.concatenate([places, places + size], axis=1)
        free = np.flatnonzero(~_touch(spans, taken).any(axis=1) & _fits(spans, limits))
        corners.append(tuple(places[free[0]]) if len(free) else None)
        taken = np.concatenate([taken, spans[free[:1]]])
    return corners


def draw_tag(axes, text, corner, colour):
    """Write a name on its ground, with its left upper corner there, in pixels of the figure."""
    width, height = axes.figure.get_size_inches() * DOTS_PER_INCH
    x, y = corner[0] + AROUND + 1, corner[1] + HEIGHT / 2
    ground = dict(facecolor=colour, edgecolor="none", boxstyle=f"square,pad={AROUND / 10}")
    axes.figure.text(x / width, 1 - y / height, plain(text), fontsize=SIZE, ha="left",
                     va="center_baseline", color=str(inks_on(np.array(to_rgb(colour)))),
                     bbox=ground)  # fmt: skip


def _places(box, size):
    """Return the corners (n, 2) where a name may stand, best first: at corners, then nearby."""
    x1, y1, x2, y2 = box
    width, height = size
    rows, columns = (y1 - height, y2, y1, y2 - height), (x1, x2 - width)
    corners = [(x, y) for y in rows for x in columns]
    steps = np.arange(-NEAR, NEAR + 1, 5)
    around = np.stack(np.meshgrid(steps + x1, steps + y1 - height), axis=-1).reshape(-1, 2)
    nearest = np.argsort(np.abs(around - [x1, y1 - height]).sum(axis=1), kind="stable")
    return np.concatenate([corners, around[nearest]])


def _within(places, size, limits):
    """Return the places moved so that the name does not leave the limits."""
    return np.maximum(np.minimum(places, np.array(limits[2:]) - size), limits[:2])


def _fits(spans, limits):
    return (spans[:, 2:] <= np.array(limits[2:]) + 0.5).all(axis=1)


def _touch(spans, taken):
    """Return (n, m) booleans: which places would cover which names that stand already."""
    left_top = np.maximum(spans[:, None, :2], taken[None, :, :2])
    right_bottom = np.minimum(spans[:, None, 2:], taken[None, :, 2:])
    return (right_bottom > left_top).all(axis=-1)
