"""Curves of any numbers over others, in one pair of axes."""

import numpy as np
from matplotlib.ticker import MaxNLocator, NullLocator

from course_utils.draw.labels import end_of, label_ends, room_for
from course_utils.draw.shown import Shown
from course_utils.draw.style import SERIES, framed_axes

MARKS = "osD^vP"
FEW = 6  # places of a logarithmic axis that have room for a number each
MOST_MARKED = 40  # points of a curve that get a mark each
SIZE = (4.8, 2.6)  # inches of the axes


def lines(series, description, across="", up="", logarithmic=""):
    """Show curves in one pair of axes, told apart by colour, by mark and by the name at their end.

    Args:
        series: {name: (places, values)}, at most six; values that are not finite leave a gap.
        description: what there is to see.
        across, up: what the axes count, with its unit.
        logarithmic: the axes in powers of ten: "", "x", "y" or "xy".

    Returns:
        Shown.

    Raises:
        ValueError: no curves, more than six, or places and values that do not pair.
    """
    curves = {name: _checked(name, pair) for name, pair in series.items()}
    require_few(series, "curves")
    alone = len(series) == 1  # its name is what the axis says
    figure, axes = framed_axes(SIZE, right=0.2 if alone else room_for(series))
    ends = []
    for mark, colour, (name, (places, values)) in zip(MARKS, SERIES, curves.items()):
        axes.plot(places, values, "-", marker=mark if len(places) <= MOST_MARKED else "",
                  markersize=4.5, color=colour, linewidth=1.8, label=name)  # fmt: skip
        ends += end_of(name, places, values, colour)
    axes.set(xlabel=across, ylabel=up)
    axes.set_xscale("log" if "x" in logarithmic else "linear")
    axes.set_yscale("log" if "y" in logarithmic else "linear")
    axes.grid(color="#dddddd", linewidth=0.7)
    _tick_places(axes, np.unique(np.concatenate([places for places, _ in curves.values()])))
    label_ends(axes, [] if alone else ends)
    return Shown(figure, description)


def _tick_places(axes, places):
    """Put ticks at whole numbers where all places are whole, at the places of a short log axis."""
    if axes.get_xscale() == "log":
        if len(places) <= FEW:
            axes.set_xticks(places, [f"{place:g}" for place in places])
            axes.xaxis.set_minor_locator(NullLocator())
    elif places.dtype.kind in "iu":
        axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True))


def require_few(series, what, most=len(SERIES)):
    """Raise ValueError where there are no series, or more than there are colours for."""
    if not 1 <= len(series) <= most:
        raise ValueError(f"Expected 1 to {most} {what}. Received {len(series)}.")


def _checked(name, pair):
    """Return the places and values of a curve as arrays."""
    if len(pair) != 2 or len(pair[0]) != len(pair[1]) or not len(pair[0]):
        raise ValueError(f"Expected places and as many values for {name!r}. Received {pair!r}.")
    return np.asarray(pair[0]), np.asarray(pair[1], float)
