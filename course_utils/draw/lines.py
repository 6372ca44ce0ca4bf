"""Curves of any numbers over others, in one pair of axes."""

import numpy as np

from course_utils.draw.shown import Shown
from course_utils.draw.style import SERIES, new_figure

MARKS = "osD^vP"
MOST_MARKED = 40  # points of a curve that get a mark each


def lines(series, description, across="", up="", logarithmic=""):
    """Show curves in one pair of axes, told apart by colour and by mark.

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
    _require_pairs(series)
    figure = new_figure(7.2, 3.4)
    axes = figure.subplots()
    for index, (name, (places, values)) in enumerate(series.items()):
        mark = MARKS[index] if len(places) <= MOST_MARKED else ""
        axes.plot(np.asarray(places), np.asarray(values, float), "-", marker=mark, markersize=4.5,
                  color=SERIES[index], linewidth=1.8, label=name)
    axes.set(xlabel=across, ylabel=up)
    axes.set_xscale("log" if "x" in logarithmic else "linear")
    axes.set_yscale("log" if "y" in logarithmic else "linear")
    axes.grid(color="#dddddd", linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)
    if len(series) > 1:
        axes.legend(frameon=False, fontsize=10)
    return Shown(figure, description)


def _require_pairs(series):
    if not 1 <= len(series) <= len(SERIES):
        raise ValueError(f"Expected 1 to {len(SERIES)} curves. Received {len(series)}.")
    for name, pair in series.items():
        if len(pair) != 2 or len(pair[0]) != len(pair[1]) or not len(pair[0]):
            raise ValueError(f"Expected places and as many values for {name!r}. Received {pair!r}.")
