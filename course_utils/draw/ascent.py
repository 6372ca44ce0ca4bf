"""Pictures grown by gradient ascent, and how their scores rose."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.ticker import MaxNLocator

from course_utils.draw.pictures import draw_picture
from course_utils.draw.shown import Shown
from course_utils.draw.style import BLUE, VERMILION, number, placed_figure
from course_utils.draw.words import fold, letters_in

COLOURS, STYLES = (BLUE, VERMILION), ("-", "--")
GREY = "#777777"
SIDE, GAP, PLOT, LEFT = 1.75, 0.2, 2.5, 0.5  # inches: a picture, a gap, the curves, left of them
ABOVE, BELOW, EDGE = 0.5, 1.2, 0.15  # inches for titles, for words, and at both sides
WORDS, LETTERS = 9, 22  # the words' points; letters in a line of a title
CURVE = (150, 240)  # pixels of the live curve
DASH = 6  # pixels on, and as many off


def ascent_result(pictures, curves, level, steps, words, description):
    """Show the pictures side by side, the scores over steps, and sentences below.

    Args:
        pictures: {title: (height, width) or (height, width, 3) in 0…1}.
        curves: {name: scores from step 0 on}, two of them.
        level: the score of the best real picture, or None.
        steps: where the axis of steps ends.
        words: sentences.
        description: what there is to see.

    Returns:
        Shown.
    """
    height = ABOVE + SIDE + BELOW
    wide = len(pictures) * (SIDE + GAP)
    figure = placed_figure(EDGE + wide + LEFT + PLOT + EDGE, height)

    def add_axes(left, width):
        across = figure.get_figwidth()
        box = (EDGE + left) / across, BELOW / height, width / across, SIDE / height
        return figure.add_axes(box)

    for place, (title, picture) in enumerate(pictures.items()):
        axes = add_axes(place * (SIDE + GAP), SIDE)
        draw_picture(figure, axes, fold(title, LETTERS), picture, signed=False)
    _draw_curves(add_axes(wide + LEFT, PLOT), curves, level, steps)
    text = fold(" ".join(words), letters_in(wide, WORDS))
    figure.text(EDGE / figure.get_figwidth(), (BELOW - GAP) / height, text, fontsize=WORDS,
                va="top", linespacing=1.3)  # fmt: skip
    return Shown(figure, description)


def _draw_curves(axes, curves, level, steps):
    for (name, scores), colour, style in zip(curves.items(), COLOURS, STYLES):
        axes.plot(scores, style, color=colour, label=f"{name}: {number(scores[-1])}")
    if level is not None:
        axes.axhline(level, color=GREY, linestyle=":", label=f"best real: {number(level)}")
    axes.set_xlim(0, steps)
    axes.margins(y=0.05)
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.set_title("score at each step", fontsize=10)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.12), fontsize=8, frameon=False)


def curve_pixels(curves, level, steps):
    """Return the same curves as uint8 pixels, and the values at the lower and the upper edge.

    Args:
        curves: two arrays of scores from step 0 on.
        level: a score to draw a grey line at, or None.
        steps: the step at the right edge.
    """
    values = np.concatenate([*curves, [] if level is None else [level]])
    low, high = float(min(values.min(), 0)), float(max(values.max(), 0))
    height, width = CURVE
    pixels = np.full((height, width, 3), 255, np.uint8)

    def row(score):
        share = (high - np.asarray(score)) / ((high - low) or 1)
        return (share * (height - 2)).round().astype(int)

    if level is not None:
        pixels[row(level)] = _bytes(GREY)
    places = np.linspace(0, steps, width)
    for dashed, scores in enumerate(curves):
        reached = places <= len(scores) - 1
        line = row(np.interp(places, np.arange(len(scores)), scores))[reached]
        for column, (here, before) in enumerate(zip(line, [line[0], *line[:-1]])):
            if not dashed or column // DASH % 2 == 0:
                pixels[min(here, before) : max(here, before) + 2, column] = _bytes(COLOURS[dashed])
    return pixels, (low, high)


def _bytes(colour):
    return np.round(np.multiply(to_rgb(colour), 255)).astype(np.uint8)
