"""How a picture becomes a digit, what a network makes of it, and which digits look like it."""

import numpy as np

from course_utils.draw.images import drawable
from course_utils.draw.probabilities import draw_bars
from course_utils.draw.shown import Shown
from course_utils.draw.style import new_figure

HEIGHT, WIDTH, BARS = 2.3, 1.6, 1.9  # inches: of all, of a step, of the bars
NEAREST, NEIGHBOUR = 1.9, 1.15  # inches: of the row below, of a picture in it
FONT, TITLE = 9, 10  # points


def digit_steps(steps, probabilities, classes, description, nearest=None):
    """Show the steps from a picture to a digit from left to right, then a bar for each class.

    Args:
        steps: {name: picture}: (height, width), 0…1.
        probabilities: (classes,), summing to 1.
        classes: their names.
        description: what there is to see.
        nearest: {title: picture}: similar digits, for a row below.

    Returns:
        Shown.

    Raises:
        ValueError: no step, or not one probability for each class.
    """
    probabilities = np.asarray(probabilities, float)
    _require_all(steps, probabilities, classes)
    width, below = WIDTH * len(steps) + BARS, NEAREST if nearest else 0
    figure = new_figure(max(width, NEIGHBOUR * len(nearest or ())), HEIGHT + below)
    upper = figure
    if nearest:
        upper, lower = figure.subfigures(2, 1, height_ratios=[HEIGHT, NEAREST])
        _draw_nearest(lower, nearest)
    widths = [WIDTH] * len(steps) + [BARS]
    *places, bars = upper.subplots(1, len(widths), width_ratios=widths, squeeze=False)[0]
    for axes, (name, picture) in zip(places, steps.items()):
        _draw_picture(axes, name, picture, TITLE)
    bars.set_title("probability", fontsize=TITLE)
    draw_bars(bars, probabilities, [str(name) for name in classes])
    return Shown(figure, description)


def _require_all(steps, probabilities, classes):
    if not steps or probabilities.shape != (len(classes),):
        raise ValueError(
            f"Expected one or more steps and {len(classes)} probabilities. Received {len(steps)} "
            f"steps and probabilities of shape {probabilities.shape}."
        )


def _draw_nearest(figure, nearest):
    figure.suptitle("nearest training digits, and how far away", fontsize=TITLE)
    places = figure.subplots(1, len(nearest), squeeze=False)[0]
    for axes, (title, picture) in zip(places, nearest.items()):
        _draw_picture(axes, title, picture, FONT)


def _draw_picture(axes, title, picture, size):
    axes.imshow(drawable(picture), cmap="gray", vmin=0, vmax=1)
    axes.set_title(title, fontsize=size)
    axes.set_anchor("N")  # all titles in one line
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_color("#999999")  # white paper ends somewhere too
