"""Bars with their numbers written beside them."""

from matplotlib.ticker import LogLocator

from course_utils.draw.shown import Shown
from course_utils.draw.style import BLUE, new_figure, number


def bars(values, title, description, logarithmic=False):
    """Show one bar for each name, with its number beside it; dots on a logarithmic axis.

    Args:
        values: {name: number}, not negative.
        title: what is counted, with its unit.
        description: what there is to see.
        logarithmic: True when the values span several powers of ten; the axis says so.

    Returns:
        Shown.

    Raises:
        ValueError: no bars, a value that is negative or not finite, or 0 on a logarithmic axis.
    """
    _require_amounts(values, logarithmic)
    figure = new_figure(8, 0.7 + 0.5 * len(values))
    axes = figure.subplots()
    if logarithmic:
        _dots(axes, values)
    else:
        drawn = axes.barh(list(values), list(values.values()), color=BLUE)
        axes.bar_label(drawn, labels=[_with_commas(value) for value in values.values()], padding=4)
    axes.set_title(title, fontsize=11, loc="left")
    axes.margins(x=0.18)
    axes.set_ylim(len(values) - 0.35, -0.65)
    axes.spines[["top", "right"]].set_visible(False)
    return Shown(figure, description)


def _dots(axes, values):
    """Draw dots: a bar's length means nothing on a scale of powers of ten."""
    axes.plot(list(values.values()), list(values), "o", color=BLUE, markersize=9)
    for name, value in values.items():
        axes.annotate(_with_commas(value), (value, name), (9, 0), textcoords="offset points",
                      va="center")
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(10, numticks=30))
    axes.set_xlabel("each line is ten times the one before")
    axes.grid(axis="x", color="#cccccc")


def _with_commas(value):
    return f"{int(value):,}" if value == int(value) else number(value)


def _require_amounts(values, logarithmic):
    finite = all(0 <= value < float("inf") for value in values.values())
    if not values or not finite or logarithmic and not all(values.values()):
        least = "above 0, for a logarithmic axis" if logarithmic else "of at least 0"
        raise ValueError(f"Expected one or more numbers {least}. Received {values!r}.")
