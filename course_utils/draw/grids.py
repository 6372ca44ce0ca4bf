"""Grids of numbers on colour: an image, a kernel, an output that can be read off."""

import numpy as np
from matplotlib.patches import Rectangle

from course_utils.draw.shown import Shown
from course_utils.draw.style import (
    BLUE,
    ORANGE,
    cell_colours,
    ink_on,
    looks_signed,
    new_figure,
    number,
)

CELL = 0.42  # inches


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
    widths = [a.shape[1] for a in arrays.values()]
    figure = new_figure(sum(widths) * CELL + 0.3 * len(widths), _height(arrays.values()))
    panels = figure.subplots(1, len(arrays), width_ratios=widths, squeeze=False)[0]
    for axes, (title, array) in zip(panels, arrays.items()):
        draw_grid(axes, array, title, signed=looks_signed(array))
        if windows and title in windows:
            frame(axes, *windows[title], colour=ORANGE)
    return Shown(figure, description)


def convolution_step(padded, zeros, taps, kernel, output, cell, description, bias=0.0):
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
    """
    patch = padded[np.ix_(*taps)]
    channels = padded.shape[2]
    height = channels * (padded.shape[0] * CELL + 0.5)
    figure = new_figure(10.4, min(max(height, 2.6), 9.5))
    ratios = [padded.shape[1], kernel.shape[1], kernel.shape[1], kernel.shape[1], output.shape[1]]
    panels = figure.subplots(channels, 5, width_ratios=ratios, squeeze=False)
    small = 8 if max(padded.shape[:2]) <= 10 else 6.5
    for channel, row in enumerate(panels):
        name = f"channel {channel}, " if channels > 1 else ""
        _draw_channel(row, name, padded[..., channel], taps, patch[..., channel],
                      kernel[..., channel], small)
        _hatch_padding(row[0], padded.shape, zeros)
    for axes in panels[:-1, 4]:
        axes.set_axis_off()
    total = (patch * kernel).sum() + bias
    ending = f" + bias {number(bias)}" if bias else ""
    last = panels[-1, 4]
    draw_grid(last, output, f"output\nsum{ending} = {number(total)}", looks_signed(output), small)
    frame(last, *cell, 1, 1, colour=BLUE)
    return Shown(figure, description)


def _draw_channel(row, name, image, taps, patch, kernel, fontsize):
    """Draw one channel's image with its window, the patch, the kernel and their products."""
    draw_grid(row[0], image, f"{name}image", looks_signed(image), fontsize)
    for tap_row in taps[0]:
        for tap_column in taps[1]:
            frame(row[0], tap_row, tap_column, 1, 1, colour=ORANGE)
    products = patch * kernel
    draw_grid(row[1], patch, "window", looks_signed(patch), fontsize)
    draw_grid(row[2], kernel, "× kernel", True, fontsize)
    draw_grid(row[3], products, f"= products\nsum {number(products.sum())}", True, fontsize)


def _hatch_padding(axes, shape, zeros):
    """Hatch the cells that padding added, so that they are not read as pixels."""
    (top, bottom), (left, right) = zeros
    for row, column in np.ndindex(shape[:2]):
        inside = top <= row < shape[0] - bottom and left <= column < shape[1] - right
        if not inside:
            axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor="#dddddd",
                                     edgecolor="#888888", hatch="////", linewidth=0))


def draw_grid(axes, values, title, signed=False, fontsize=9):
    """Draw one grid of numbers; ink is black or white, whichever reads better."""
    colours = cell_colours(values, signed)
    axes.imshow(colours, interpolation="nearest")
    for (row, column), value in np.ndenumerate(values):
        axes.text(column, row, number(value), ha="center", va="center", fontsize=fontsize,
                  color=ink_on(colours[row, column]))
    axes.set_title(title, fontsize=10)
    axes.set_xticks(np.arange(-0.5, values.shape[1]), labels=[])
    axes.set_yticks(np.arange(-0.5, values.shape[0]), labels=[])
    axes.grid(color="#888888", linewidth=0.5)
    axes.tick_params(length=0)


def frame(axes, top, left, height, width, colour):
    """Frame a window of cells."""
    axes.add_patch(Rectangle((left - 0.5, top - 0.5), width, height, fill=False,
                             edgecolor=colour, linewidth=3, zorder=3))


def _height(arrays):
    return max(a.shape[0] for a in arrays) * CELL + 0.5
