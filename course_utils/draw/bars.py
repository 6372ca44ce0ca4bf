"""Bars with their numbers written beside them."""

from course_utils.draw.shown import Shown
from course_utils.draw.style import BLUE, new_figure


def bars(values, title, description, logarithmic=False):
    """Show one bar for each name, with its number beside it.

    Args:
        values: {name: number}, not negative.
        title: what is counted, with its unit.
        description: what there is to see.
        logarithmic: True when the values span several powers of ten; the axis says so.

    Returns:
        Shown.
    """
    figure = new_figure(8, 0.7 + 0.5 * len(values))
    axes = figure.subplots()
    drawn = axes.barh(list(values), list(values.values()), color=BLUE, log=logarithmic)
    axes.bar_label(drawn, labels=[f"{value:,}" for value in values.values()], padding=4)
    axes.invert_yaxis()
    axes.set_xlabel("each step to the right is ten times as many" if logarithmic else "")
    axes.set_title(title, fontsize=11, loc="left")
    axes.margins(x=0.18)
    axes.spines[["top", "right"]].set_visible(False)
    return Shown(figure, description)
