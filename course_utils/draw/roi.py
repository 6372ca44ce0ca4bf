"""A box on a feature map: its bins and sample points, and what RoIAlign and RoI pooling read."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from course_utils.draw.grids import draw_grid, frame
from course_utils.draw.shown import Shown
from course_utils.draw.style import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    cell_colours,
    looks_signed,
    new_figure,
    number,
)
from course_utils.draw.words import fold, letters_in

DIFFERENCE = "pooling − RoIAlign"
PALE = 0.45  # how much of a cell's colour is left: black words and lines are seen on all
LETTERS = "ABCD"  # the neighbours: upper left, upper right, lower left, lower right
CORNERS = (SKY, ORANGE, GREEN, PURPLE)  # their colours
MAP = 4.2  # inches
WIDE_CELL = 30  # pixels: smaller cells show one decimal
FONT, SMALLEST, LABEL = 8, 4.5, 9  # points


def pale_cells(values):
    """Return the colours of a map's cells, (height, width, 3) in 0…1, on which black is read."""
    return 1 - PALE * (1 - cell_colours(values, looks_signed(values)))


def map_numbers(values, cell):
    """Return the values as texts, with as many decimals as cells of so many pixels hold."""
    decimals = 2 if cell >= WIDE_CELL else 1
    return np.array([[number(round(float(one), decimals)) for one in line] for line in values])


def bin_lines(box, size):
    """Return the lines between `size` × `size` bins of a box, as pairs of (x, y)."""
    x1, y1, x2, y2 = box
    inner = np.arange(1, size) / size
    upright = [[(x, y1), (x, y2)] for x in x1 + inner * (x2 - x1)]
    return upright + [[(x1, y), (x2, y)] for y in y1 + inner * (y2 - y1)]


def region(data, results, here, words, description):
    """Show a box on its map, and grids of what is read there.

    Args:
        data: an object with `values`, `box`, `size`, `bin`, `points`, `point`, `neighbours`,
            `met`, `weights`, `whole` and `cells`, as `widgets.roi_region.Region` has them.
        results: {title: (size, size) numbers}.
        here: (row, column) of the chosen bin.
        words: a sentence for below.
        description: what there is to see.

    Returns:
        Shown.
    """
    figure = new_figure(9.2, 5.6)
    left, right = figure.subfigures(1, 2, width_ratios=[1.15, 1])
    axes = left.subplots()
    _draw_map(axes, data)
    axes.set_xlabel(fold(words, letters_in(MAP, LABEL)), fontsize=LABEL)
    panels = right.subplots(2, 2).ravel()
    cell = 1.7 / data.size
    for panel, (title, values) in zip(panels, results.items()):
        draw_grid(panel, values, title, is_signed(title, values), FONT, cell)
        frame(panel, *here, 1, 1, ORANGE, cell)
    if len(results) < len(panels):
        _draw_weights(panels[-1], data)
    return Shown(figure, description)


def is_signed(title, values):
    """Return True where 0 is to be white: in differences, and where values lie below it."""
    return title == DIFFERENCE or looks_signed(values)


def _draw_weights(axes, data):
    """Draw the sample's neighbours as letters with their weights."""
    texts = [f"{letter} {number(weight)}" for letter, weight in zip(LETTERS, data.weights)]
    colours = np.array([to_rgb(colour) for colour in CORNERS]).reshape(2, 2, 3)
    draw_grid(axes, np.reshape(texts, (2, 2)), "weights of the sample", fontsize=10, cell=0.8,
              colours=colours)


def _draw_map(axes, data):
    height, width = data.values.shape
    axes.imshow(pale_cells(data.values), extent=(0, width, height, 0), interpolation="nearest")
    cell = MAP / max(height, width)
    axes.set_xticks(range(width + 1), labels=[])
    axes.set_yticks(range(height + 1), labels=[])
    axes.grid(color="#bbbbbb", linewidth=0.5)
    axes.tick_params(length=0)
    _outline(axes, data.whole, edgecolor=BLUE, linewidth=2.5, linestyle="--")
    _outline(axes, data.bin, facecolor=ORANGE, alpha=0.35, fill=True)
    _outline(axes, data.box, edgecolor="black", linewidth=2.5)
    for line in bin_lines(data.box, data.size):
        axes.plot(*np.transpose(line), color="black", linewidth=1)
    axes.plot(*data.points.reshape(-1, 2).T, ".", color="black", markersize=2)
    axes.plot(*data.points_of_bin.T, ".", color="black", markersize=6)
    _draw_sample(axes, data, cell)
    _write(axes, map_numbers(data.values, 96 * cell), cell)
    axes.set_title("feature map, box and sample points", fontsize=10)


def _draw_sample(axes, data, cell):
    """Draw the chosen point with threads to the middles of its neighbours, which are framed."""
    x, y = data.point
    for letter, (row, column) in zip(LETTERS, data.neighbours):
        axes.plot([x, column + 0.5], [y, row + 0.5], color=VERMILION, linewidth=1.2)
        _outline(axes, (column, row, column + 1, row + 1), edgecolor="black", linewidth=1.5)
        if data.neighbours.count((row, column)) == 1:
            axes.text(column + 0.06, row + 0.05, letter, fontsize=min(7, 24 * cell), va="top",
                      fontweight="bold")
    axes.plot(x, y, "o", color=VERMILION, markeredgecolor="black", markersize=8)


def _write(axes, texts, cell):
    size = min(FONT, 0.95 * cell * 72 / (0.62 * max(len(text) for text in texts.flat)))
    for (row, column), text in np.ndenumerate(texts) if size >= SMALLEST else ():
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=size)


def _outline(axes, corners, fill=False, **look):
    x1, y1, x2, y2 = corners
    axes.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, fill=fill, **look))
