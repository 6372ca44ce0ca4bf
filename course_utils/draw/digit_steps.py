"""How a picture becomes a digit, and what a network makes of it."""

import numpy as np

from course_utils.draw.images import drawable
from course_utils.draw.probabilities import share
from course_utils.draw.shown import Shown
from course_utils.draw.style import BLUE, ORANGE, new_figure

HEIGHT, WIDTH, BARS = 2.3, 1.6, 1.9  # inches: of all, of a step, of the bars
FONT, TITLE = 9, 10  # points


def digit_steps(steps, probabilities, classes, description):
    """Show the steps from a picture to a digit from left to right, then a bar for each class.

    Args:
        steps: {name: picture}: (height, width), 0…1.
        probabilities: (classes,), summing to 1.
        classes: their names.
        description: what there is to see.

    Returns:
        Shown.

    Raises:
        ValueError: no step, or not one probability for each class.
    """
    probabilities = np.asarray(probabilities, float)
    if not steps or probabilities.shape != (len(classes),):
        raise ValueError(
            f"Expected one or more steps and {len(classes)} probabilities. Received {len(steps)} "
            f"steps and probabilities of shape {probabilities.shape}."
        )
    figure = new_figure(WIDTH * len(steps) + BARS, HEIGHT)
    widths = [WIDTH] * len(steps) + [BARS]
    *places, bars = figure.subplots(1, len(widths), width_ratios=widths, squeeze=False)[0]
    for axes, (name, picture) in zip(places, steps.items()):
        axes.imshow(drawable(picture), cmap="gray", vmin=0, vmax=1)
        axes.set_title(name, fontsize=TITLE)
        axes.set_anchor("N")  # all titles in one line
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_color("#999999")  # white paper ends somewhere too
    _draw_bars(bars, probabilities, [str(name) for name in classes])
    return Shown(figure, description)


def _draw_bars(axes, values, classes):
    """Draw a bar with its number for each class; the largest is orange and bold."""
    rows, largest = np.arange(len(values)), int(np.argmax(values))
    axes.barh(rows, values, color=[ORANGE if row == largest else BLUE for row in rows])
    axes.set(xlim=(0, 1.35), ylim=(len(values) - 0.5, -0.5), xticks=[])
    axes.set_title("probability", fontsize=TITLE)
    axes.set_yticks(rows, classes, fontsize=FONT)
    axes.tick_params(length=0)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    for row, value in zip(rows, values):
        weight = "bold" if row == largest else "normal"
        axes.annotate(share(value), (value, row), (3, 0), textcoords="offset points",
                      va="center_baseline", fontsize=FONT, fontweight=weight)
