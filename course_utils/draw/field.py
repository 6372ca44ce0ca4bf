"""A receptive field: its box on the picture, the unit's gradient, and how boxes grow."""

import numpy as np

from course_utils.draw.grids import frame
from course_utils.draw.pictures import draw_picture
from course_utils.draw.shown import Shown
from course_utils.draw.style import BLUE, ORANGE, new_figure
from course_utils.draw.words import fold

PALE, DARK = 235, 205  # greys of the hatching
CHECKS = 60  # about so many squares of it along the longer side
THIN = 0.14  # a frame's line, as around cells of so many inches
LETTERS, NAME = 58, 23  # in a line of the words beside the table; in a layer's name


def hatched(pixels, margins):
    """Return uint8 pixels on a hatched margin: there is no picture, only padding.

    Args:
        pixels: (height, width) or (height, width, 3).
        margins: (top, left, bottom, right) in pixels.
    """
    top, left, bottom, right = margins
    height, width = pixels.shape[:2]
    size = top + height + bottom, left + width + right
    rows, columns = (np.arange(one) // (1 + max(size) // CHECKS) for one in size)
    ground = np.where((rows[:, None] + columns) % 2, PALE, DARK).astype(np.uint8)
    if pixels.ndim == 3:
        ground = np.repeat(ground[..., None], 3, axis=2)
    ground[top : top + height, left : left + width] = pixels
    return ground


def receptive_field(picture, slope, values, box, here, margins, words, table, description):
    """Show a unit's box on the picture and on its gradient, its feature map, and the growth.

    Args:
        picture: (height, width) or (height, width, 3) in 0…1.
        slope: (height, width), signed; None for a unit that is off.
        values: (rows, columns), the feature map.
        box: (top, left, bottom, right) in pixels, the last two excluded.
        here: (row, column) of the unit.
        margins: (top, left, bottom, right) in pixels around the picture, to show the box on.
        words: sentences for below.
        table: [(layer, box, jump)] as texts, the present layer last.
        description: what there is to see.

    Returns:
        Shown.
    """
    figure = new_figure(8.4, 4.6)
    places = figure.add_gridspec(2, 3, height_ratios=[1.5, 1], width_ratios=[1.15, 1.3, 1.1])
    axes = [figure.add_subplot(places[0, column]) for column in range(3)]
    _draw_on_margin(axes[0], picture, margins)
    axes[0].set_title("picture and box", fontsize=10)
    if slope is None:
        _say_off(axes[1], picture.shape, margins)
    else:
        _draw_gradient(figure, axes[1], slope, box, margins)
    for one in axes[:2]:
        frame(one, *box[:2], box[2] - box[0], box[3] - box[1], ORANGE, THIN)
    draw_picture(figure, axes[2], "feature map", values, signed=True)
    frame(axes[2], *here, 1, 1, ORANGE, THIN)
    _write(figure.add_subplot(places[1, :]), words, table)
    return Shown(figure, description)


def _draw_on_margin(axes, picture, margins):
    pixels = hatched((np.clip(picture, 0, 1) * 255).astype(np.uint8), margins)
    top, left = margins[:2]
    height, width = pixels.shape[:2]
    extent = (-left - 0.5, width - left - 0.5, height - top - 0.5, -top - 0.5)
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, extent=extent)
    axes.set_axis_off()


def _draw_gradient(figure, axes, slope, box, margins):
    """Draw the gradient in its box, with colours for what is there, and white around it."""
    height, width = slope.shape
    top, left, bottom, right = np.clip(box, 0, [height, width, height, width])
    _draw_on_margin(axes, np.ones(slope.shape), margins)
    inside = slope[top:bottom, left:right]
    draw_picture(figure, axes, "how pixels change the unit", inside, signed=True)
    axes.images[-1].set_extent((left - 0.5, right - 0.5, bottom - 0.5, top - 0.5))
    _widen(axes, slope.shape, margins)


def _widen(axes, shape, margins):
    """Show so much around the picture as there is in the first panel."""
    top, left, bottom, right = margins
    axes.set(xlim=(-left - 0.5, shape[1] + right - 0.5), ylim=(shape[0] + bottom - 0.5, -top - 0.5))


def _say_off(axes, shape, margins):
    axes.set_title("how pixels change the unit", fontsize=10)
    axes.set_aspect("equal")
    _widen(axes, shape, margins)
    axes.set(xticks=[], yticks=[])
    axes.text(0.5, 0.5, "this unit is off:\nno pixel changes it", transform=axes.transAxes,
              ha="center", va="center", fontsize=9, zorder=4,
              bbox=dict(facecolor="white", edgecolor="none"))  # fmt: skip


def _write(axes, words, table):
    """Write the table of layers on the left and the sentences on the right."""
    axes.set_axis_off()
    rows = [("layer", "box", "jump"), *((_short(name), *sizes) for name, *sizes in table)]
    size = min(9, 90 / len(rows))
    for number, row in enumerate(rows):
        last = number == len(rows) - 1
        for across, text in zip((0, 0.24, 0.36), row):
            axes.text(across, 1 - number / len(rows), text, transform=axes.transAxes, va="top",
                      fontsize=size, color=BLUE if last else "black",
                      weight="bold" if last or not number else "normal")  # fmt: skip
    lines = "\n".join(fold(text, LETTERS) for text in words)
    axes.text(0.5, 1, lines, transform=axes.transAxes, va="top", fontsize=9, linespacing=1.4)


def _short(name):
    """Keep the end of a long name, which tells layers apart."""
    return name if len(name) <= NAME else "…" + name[1 - NAME :]
