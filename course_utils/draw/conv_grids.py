"""The arithmetic of a convolution as grids of cells: kernel, input, output, overlap counts."""

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_rgb

from course_utils.draw.grids import CELL, draw_grid, frame, hatch, wide_enough, wrap_title
from course_utils.draw.shown import Shown
from course_utils.draw.style import ORANGE, SKY, new_figure

WIDEST = 10.4  # inches of all cells together
GAP, ABOVE = 0.3, 0.8  # inches beside each grid, and above it for the title


def conv_grids(weights, met, padding, places, cell, counts, counted, titles,
               description):
    """Show which inputs one output value uses, and how often the windows overlap.

    Args:
        weights: (kernel, kernel) letters, the names of the kernel's weights.
        met: (height, width) letters: the weight that each input cell meets, "" for none.
        padding: (height, width) booleans, True for a zero that padding added, drawn hatched.
        places: (rows, columns) of the output.
        cell: (row, column) of the output value that is looked at.
        counts: (height, width) integers, the overlaps.
        counted: [(row, column)] of counts to frame as well.
        titles: of the kernel, the input, the output and the counts.
        description: what there is to see.

    Returns:
        Shown.
    """
    grids = [weights, met, np.full(places, ""), counts]
    colours = [letter_colours(grid) for grid in grids[:3]] + [count_colours(counts)]
    sizes = [grid.shape[1] for grid in grids]
    side = min(CELL, WIDEST / sum(sizes))
    titles = [wrap_title(title, size * side) for title, size in zip(titles, sizes)]
    widths = wide_enough(sizes, titles, side)
    height = max(grid.shape[0] for grid in grids) * side + ABOVE
    figure = new_figure(sum(widths) * side + GAP * len(widths), height)
    panels = figure.subplots(1, len(grids), width_ratios=widths)
    for axes, grid, title, colour in zip(panels, grids, titles, colours):
        draw_grid(axes, grid, title, cell=side, colours=colour)
    hatch(panels[1], padding)
    for axes, marked in zip(panels[1:], (np.argwhere(met != ""), [cell], counted)):
        for place in marked:
            frame(axes, *place, 1, 1, colour=ORANGE, cell=side)
    return Shown(figure, description)


def letter_colours(letters):
    """Return (height, width, 3) in 0…1: blue where a letter stands, white elsewhere."""
    return np.where((letters != "")[..., None], to_rgb(SKY), 1.0)


def count_colours(counts):
    """Return (height, width, 3) in 0…1: dark blue for 0, yellow for the largest count."""
    return colormaps["cividis"](counts / max(np.max(counts), 1))[..., :3]
