"""Grids of numbers on colour: an image, a kernel, an output that can be read off."""

import textwrap

import numpy as np
from matplotlib.patches import Rectangle

from course_utils.draw.shown import Shown
from course_utils.draw.style import (
    ORANGE,
    cell_colours,
    cell_text,
    channel_label,
    inks_on,
    looks_signed,
    new_figure,
    number,
)

CELL = 0.42  # inches
LARGEST = 16  # cells along a side
POINTS = 72  # an inch
DIGIT, LETTER = 0.64, 0.62  # widths in parts of the font's size, on average
TITLE, STEP_FONT = 10, 8  # points
FEWEST = 14  # letters in a line of a title, before it is broken
SMALLEST = 4.5  # points: smaller numbers cannot be read and are left out


def number_grids(grids, description, windows=None):
    """Show small arrays as grids of numbers, side by side, each under its name.

    Args:
        grids: {title: (height, width) array}, at most 16 × 16 each. Values below zero switch
            a grid to signed colours.
        description: what there is to see.
        windows: {title: (top, left, height, width)} to frame in that grid.

    Returns:
        Shown.
    """
    arrays = {title: np.asarray(grid, float) for title, grid in grids.items()}
    _require_matrices(arrays)
    sizes = [a.shape[1] for a in arrays.values()]
    titles = [wrap_title(title, size * CELL) for title, size in zip(arrays, sizes)]
    widths = wide_enough(sizes, titles, CELL)
    more_lines = max(title.count("\n") for title in titles)
    height = _height(arrays.values()) + more_lines * TITLE * 1.6 / POINTS
    figure = new_figure(sum(widths) * CELL + 0.3 * len(widths), height)
    panels = figure.subplots(1, len(arrays), width_ratios=widths, squeeze=False)[0]
    for axes, (title, array), lines in zip(panels, arrays.items(), titles):
        draw_grid(axes, array, lines, signed=looks_signed(array), cell=CELL)
        if windows and title in windows:
            frame(axes, *windows[title], colour=ORANGE)
    return Shown(figure, description)


def convolution_step(padded, zeros, taps, kernel, output, cell, description, bias=0.0,
                     all_sums=None, name="image"):
    """Show one step of a convolution: window, products, and the value they sum to.

    Args:
        padded: (height, width, channels), zeros of the padding included.
        zeros: ((top, bottom), (left, right)) rows and columns of padding, drawn hatched.
        taps: (row indices, column indices) in `padded` that the window covers.
        kernel: (kernel_height, kernel_width, channels).
        output: (rows, columns), the whole result.
        cell: (row, column) of the value that this step computes.
        description: what there is to see.
        bias: added to the sum.
        name: of what is padded.
        all_sums: (n,) what each of n channels adds, where more go into the sum than are shown.
    """
    patch = padded[np.ix_(*taps)]
    channels = padded.shape[2]
    height = channels * (padded.shape[0] * CELL + 0.5)
    figure = new_figure(10.4, min(max(height, 2.6), 9.5))
    titles = _step_titles(name, patch * kernel, bias, all_sums)
    shapes = [padded.shape, kernel.shape, kernel.shape, kernel.shape, output.shape]
    ratios = sizes = [shape[1] for shape in shapes]
    for _ in range(8):  # a wider panel makes all cells smaller, and titles need more of them
        ratios = wide_enough(sizes, titles, figure.get_figwidth() / sum(ratios))
    panels = figure.subplots(channels, 5, width_ratios=ratios, squeeze=False)
    cells = _cell_sizes(shapes, ratios, figure.get_figwidth(), figure.get_figheight() / channels)
    for channel, row in enumerate(panels):
        title = channel_label(name, channel, channels)
        _draw_channel(row, title, padded[..., channel], taps, patch[..., channel],
                      kernel[..., channel], cells)
        outside = padding_mask(padded.shape, zeros)
        hatch(row[0], outside)
        hatch(row[1], outside[np.ix_(*taps)])
    for axes in panels[:-1, 4]:
        axes.set_axis_off()
    last = panels[-1, 4]
    signed = looks_signed(kernel) or looks_signed(output)
    draw_grid(last, output, titles[-1], signed, STEP_FONT, cells[4])
    frame(last, *cell, 1, 1, colour=ORANGE, cell=cells[4])
    return Shown(figure, description)


def _step_titles(name, products, bias, all_sums):
    """Return the title of each column, the longest where channels differ."""
    total = products.sum() if all_sums is None else np.sum(all_sums)
    over = "sum" if all_sums is None else f"sum over {len(all_sums)} channels"
    sums = [f"= products\nsum {number(total)}" for total in products.sum(axis=(0, 1))]
    image = max((channel_label(name, i, len(sums)) for i in range(len(sums))), key=len)
    ending = f" + bias {number(bias)}\n" if bias else " "
    output = f"output\n{over}{ending}= {number(total + bias)}"
    return [image, "window", "× kernel", max(sums, key=len), output]


def _draw_channel(row, name, image, taps, patch, kernel, cells):
    """Draw one channel's image with its window, the patch, the kernel and their products."""
    draw_grid(row[0], image, name, looks_signed(image), STEP_FONT, cells[0])
    for tap_row in taps[0]:
        for tap_column in taps[1]:
            frame(row[0], tap_row, tap_column, 1, 1, colour=ORANGE, cell=cells[0])
    products = patch * kernel
    draw_grid(row[1], patch, "window", looks_signed(patch), STEP_FONT, cells[1])
    draw_grid(row[2], kernel, "× kernel", True, STEP_FONT, cells[2])
    title = f"= products\nsum {number(products.sum())}"
    draw_grid(row[3], products, title, True, STEP_FONT, cells[3])


def padding_mask(shape, zeros):
    """Return (height, width) booleans: True where padding added a zero."""
    (top, bottom), (left, right) = zeros
    mask = np.ones(shape[:2], bool)
    mask[top : shape[0] - bottom, left : shape[1] - right] = False
    return mask


def hatch(axes, cells):
    """Hatch the cells that padding added, so that they are not read as pixels."""
    for row, column in np.argwhere(cells):
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor="#dddddd",
                                 edgecolor="#bbbbbb", hatch="////", linewidth=0))
    for text in axes.texts:
        column, row = text.get_position()
        if cells[row, column]:
            text.set_color("black")


def draw_grid(axes, values, title, signed=False, fontsize=9, cell=CELL, colours=None):
    """Draw one grid of numbers or words; ink is black or white, whichever reads better.

    Args:
        colours: (height, width, 3) in 0…1, in place of those that the numbers give.
        fontsize: points; less where a number is too long for a cell of `cell` inches.
    """
    colours = cell_colours(values, signed) if colours is None else colours
    inks = inks_on(colours)
    axes.imshow(colours, interpolation="nearest")
    fontsize = min(fontsize, _fitting_size(values, cell))
    written = np.ndenumerate(values) if fontsize >= SMALLEST else ()
    for (row, column), value in written:
        axes.text(column, row, cell_text(value), ha="center", va="center", fontsize=fontsize,
                  color=str(inks[row, column]))
    axes.set_title(title, fontsize=TITLE)
    axes.set_xticks(np.arange(-0.5, values.shape[1]), labels=[])
    axes.set_yticks(np.arange(-0.5, values.shape[0]), labels=[])
    axes.grid(color="#888888", linewidth=0.5)
    axes.tick_params(length=0)


def frame(axes, top, left, height, width, colour, cell=CELL):
    """Frame a window of cells."""
    axes.add_patch(Rectangle((left - 0.5, top - 0.5), width, height, fill=False,
                             edgecolor=colour, linewidth=min(3, cell * POINTS / 6), zorder=3))


def _height(arrays):
    return max(a.shape[0] for a in arrays) * CELL + 0.5


def _fitting_size(values, cell):
    """Return the font size at which the longest text fits into a cell of so many inches."""
    longest = max(max(len(cell_text(value)) for value in values.flat), 1)
    return 0.97 * cell * POINTS / (DIGIT * longest)


def _cell_sizes(shapes, ratios, width, height):
    """Return the side of a cell, in inches, of panels that share a row of `width` × `height`."""
    widths = [0.95 * width * ratio / sum(ratios) for ratio in ratios]
    return [min(wide / shape[1], (height - 0.5) / shape[0]) for wide, shape in zip(widths, shapes)]


def wrap_title(title, inches):
    """Return a title in lines that fit into so many inches; a long word stays whole."""
    letters = max(int(inches * POINTS / (TITLE * LETTER)), FEWEST)
    longest = max(map(len, title.split()), default=1)
    return textwrap.fill(title, max(letters, longest), break_long_words=False)


def wide_enough(sizes, titles, cell):
    """Return a width in cells of `cell` inches for each panel, so that titles do not touch."""
    letters = [max(map(len, title.split("\n"))) for title in titles]
    needed = [(n + 1) * TITLE * LETTER / POINTS / cell for n in letters]
    return [max(size, need) for size, need in zip(sizes, needed)]


def _require_matrices(arrays):
    if not arrays:
        raise ValueError("Expected at least one grid. Received none.")
    for title, array in arrays.items():
        if array.ndim != 2 or 0 in array.shape or max(array.shape) > LARGEST:
            raise ValueError(
                f"Expected {title!r} of shape (height, width), at most {LARGEST} × {LARGEST}. "
                f"Received shape {array.shape}."
            )
