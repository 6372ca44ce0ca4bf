"""Names at the ends of curves, so that nobody has to look for a colour in a legend."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.textpath import TextPath

from course_utils.draw.words import LINE, POINTS

SIZE = 8  # points
AWAY = 0.22  # inches between the axes and the names, for the threads
DARKER = 0.62  # of a colour, so that its words can be read on white


def room_for(names):
    """Return the inches that names take to the right of their axes."""
    widths = [TextPath((0, 0), name, size=SIZE).get_extents().width for name in names]
    return AWAY + max(widths) / POINTS + 0.1


def end_of(name, places, values, colour):
    """Return [(name, x, y, colour)] of a curve's last finite value; [] where it has none."""
    seen = np.flatnonzero(np.isfinite(values))  # a loss that is no number has no place
    return [(name, places[last], values[last], colour) for last in seen[-1:]]


def label_ends(axes, ends):
    """Write a name right of the axes for each curve, and lead a thread there from its end.

    Limits and place of the axes must be final. Names keep a line's height between each other.

    Args:
        ends: [(name, x, y, colour)], x and y in the axes' own numbers.
    """
    if not ends:
        return
    at = _in_parts(axes, [(x, y) for _, x, y, _ in ends])
    box = axes.get_window_extent()
    away = 1 + AWAY * axes.figure.dpi / box.width
    heights = spread(at[:, 1], SIZE * LINE / POINTS * axes.figure.dpi / box.height)
    for (name, _, _, colour), height in zip(ends, heights):
        ink = [DARKER * part for part in to_rgb(colour)]
        axes.text(away, height, name, transform=axes.transAxes, va="center", fontsize=SIZE,
                  color=ink)  # fmt: skip
    stops = np.column_stack([np.full(len(ends), 1 + (away - 1) * 0.85), heights])
    threads = LineCollection(
        np.stack([at, stops], axis=1), colors=[colour for *_, colour in ends], linewidths=0.8,
        transform=axes.transAxes, clip_on=False,
    )  # fmt: skip
    axes.add_collection(threads, autolim=False)


def _in_parts(axes, points):
    """Return points of the axes' own numbers in parts of the axes, 0…1."""
    axes.set(xlim=axes.get_xlim(), ylim=axes.get_ylim())  # fits the limits to the curves, now
    return axes.transAxes.inverted().transform(axes.transData.transform(points))


def spread(heights, line):
    """Return heights at least `line` apart, in the same order, near where they were.

    They stay within 0…1 as long as so many lines have room there.
    """
    order = np.argsort(heights, kind="stable")
    moved = np.clip(np.asarray(heights, float)[order], line / 2, 1 - line / 2)
    for place in range(1, len(moved)):  # upwards, each off the one below
        moved[place] = max(moved[place], moved[place - 1] + line)
    moved[-1] = min(moved[-1], max(1 - line / 2, len(moved) * line - line / 2))
    for place in range(len(moved) - 2, -1, -1):  # and down again from the upper edge
        moved[place] = min(moved[place], moved[place + 1] - line)
    result = np.empty(len(moved))
    result[order] = moved
    return result
