"""Masks over a picture, what is said of one pixel, and a table of IoUs, on one sheet."""

import numpy as np
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from course_utils.draw.error_sheet import part
from course_utils.draw.mask_layers import class_palette
from course_utils.draw.probabilities import draw_bars
from course_utils.draw.shown import Shown
from course_utils.draw.style import ORANGE, placed_figure
from course_utils.draw.words import fold, height_of, letters_in, width_of

PICTURE, GAP, MARGIN = 2.6, 0.25, 0.1  # inches: the longer side of a picture, between, around
BARS, NUMBER = 1.3, 0.5  # inches of a probability of 1, and of the number beside it
LINE, COLUMN, PATCH = 0.24, 0.75, 0.2  # inches: a line; a column at least; a patch of colour
FONT, TITLE = 9, 10  # points
ERRORS = 3.4  # inches of the words that explain them
EDGE = 0.1  # inches right of the last column
NARROWEST = 1.4  # inches that a picture's title has at least
FRAME = 0.11  # inches of the frame around the chosen pixel, at least


def segmentation_sheet(pictures, place, pixel, table, errors, description):
    """Show pictures with a frame around one pixel, what is said of it, and IoUs.

    Args:
        pictures: {title: (height, width, 3) in 0…1}, all of one size.
        place: (row, column) of the pixel's middle in parts of the picture, 0…1.
        pixel: a title, the names of all classes, and their probabilities there (classes,); or, in
            place of these, words.
        table: {name of a prediction: (classes + 1,) IoUs, the mean last}, and which of them stands
            out.
        errors: `draw.legend.Entry`s that explain the first picture.
        description: what there is to see.

    Returns:
        Shown.
    """
    title, classes, chances = pixel
    columns, lines = Columns(pictures, classes, table[0], errors), len(classes) + 2
    titles = [fold(text, letters_in(columns.picture[0], TITLE)) for text in pictures]
    title = fold(title, letters_in(columns.names + BARS + NUMBER, TITLE))
    head = max(height_of(text, TITLE) for text in [*titles, title]) + 0.15
    below = head + max(columns.picture[1], len(classes) * LINE) + GAP
    figure = placed_figure(columns.width, below + lines * LINE + MARGIN)
    for x, text, picture in zip(columns.pictures, titles, pictures.values()):
        _draw_picture(_axes(figure, (x, head), columns.picture), picture, text, place)
    _write(figure, (columns.bars - columns.names, head - 0.08), title)
    _draw_pixel(_axes(figure, (columns.bars, head), (BARS, len(classes) * LINE)), classes, chances)
    size = columns.table, lines * LINE
    _write_table(_axes(figure, (MARGIN, below), size), table, classes, columns.names)
    if errors:
        corner = MARGIN + columns.table + 2 * GAP, below + LINE
        _explain(_axes(figure, corner, (ERRORS, len(errors) * LINE)), errors)
    return Shown(figure, description, _kept(len(classes), errors))


def _kept(classes, errors):
    """Return the colours of the samples: each must stay what it is in the picture's file."""
    colours = {to_hex(colour) for colour in class_palette()[1:classes] / 255}
    return sorted(colours | {entry.colour or "white" for entry in errors})


class Columns:
    """Where things stand, in inches from the left, and how wide they are.

    Attributes:
        picture: (width, height) of each picture.
        pictures: where each begins.
        names: width of the classes' names.
        bars: where the bars begin, right of the names.
        table: width of the table.
        width: of all.
    """

    def __init__(self, pictures, classes, predictions, errors):
        height, width = np.shape(next(iter(pictures.values())))[:2]
        self.picture = tuple(PICTURE * side / max(height, width) for side in (width, height))
        pitch = max(self.picture[0], NARROWEST) + GAP
        self.pictures = [MARGIN + place * pitch for place in range(len(pictures))]
        self.names = max(width_of(name, FONT) for name in [*classes, "mean"]) + 0.15
        self.bars = MARGIN + len(pictures) * pitch + self.names
        self.table = PATCH + self.names + sum(map(_width_of_column, predictions)) + EDGE
        explained = self.table + 2 * GAP + ERRORS if errors else self.table
        self.width = max(self.bars + BARS + NUMBER, MARGIN + explained) + MARGIN


def _axes(figure, corner, size):
    """Return axes of `size` inches with their upper left corner at (x, y), y downwards."""
    width, height = figure.get_size_inches()
    (x, y), (wide, high) = corner, size
    return figure.add_axes([x / width, 1 - (y + high) / height, wide / width, high / height])


def _draw_picture(axes, picture, title, place):
    """Draw a picture with a frame, white on black, around one of its pixels."""
    height, width = picture.shape[:2]
    axes.imshow(picture, extent=(0, width, height, 0), aspect="auto")
    inch = axes.get_window_extent().width / axes.figure.dpi / width
    side = FRAME / inch
    corner = place[1] * width - side / 2, place[0] * height - side / 2
    for colour, line in (("black", 4.5), ("white", 1.8)):
        axes.add_patch(Rectangle(corner, side, side, fill=False, edgecolor=colour, linewidth=line,
                                 joinstyle="miter", clip_on=False))  # fmt: skip
    axes.set(xticks=[], yticks=[], xlim=(0, width), ylim=(height, 0))
    axes.set_title(title, fontsize=TITLE, loc="left")
    axes.spines[:].set_color("#999999")


def _write(figure, corner, text):
    """Write a title whose last line stands on (x, y), in inches, y downwards."""
    width, height = figure.get_size_inches()
    figure.text(corner[0] / width, 1 - corner[1] / height, text, fontsize=TITLE, va="bottom")


def _draw_pixel(axes, classes, chances):
    """Draw bars of probability, or words in place of them."""
    if isinstance(chances, str):
        axes.set_axis_off()
        axes.text(0, 1, chances, fontsize=FONT, va="top", transform=axes.transAxes)
    else:
        draw_bars(axes, chances, classes)


def _width_of_column(name):
    return max(width_of(name, FONT) + 0.25, COLUMN)


def _write_table(axes, table, classes, names):
    """Write IoUs, a line for each class and one for the mean; one column stands out."""
    columns, chosen = table
    colours = class_palette() / 255
    end = axes.get_window_extent().width / axes.figure.dpi
    axes.set(xlim=(0, end), ylim=(len(classes) + 2, 0))
    axes.set_axis_off()
    axes.text(0, 0.5, "IoU", va="center", size=FONT, weight="bold")
    for row, name in enumerate([*classes, "mean"], start=1):
        if row <= len(classes):
            face, line = colours[row - 1], "-" if row > 1 else ":"
            axes.add_patch(Rectangle((0.02, row + 0.25), 0.13, 0.5, facecolor=face, linestyle=line,
                                     edgecolor="black"))  # fmt: skip
        axes.text(PATCH, row + 0.5, name, va="center", size=FONT)
    x = PATCH + names
    for name, values in columns.items():
        weight = "bold" if name == chosen else "normal"
        wide = _width_of_column(name)
        if name == chosen:
            axes.add_patch(Rectangle((x + 0.1, 0), wide - 0.05, len(classes) + 2, alpha=0.25,
                                     facecolor=ORANGE, linewidth=0))  # fmt: skip
        x += wide
        for row, text in enumerate([name, *map(part, values)]):
            axes.text(x, row + 0.5, text, va="center", ha="right", size=FONT, weight=weight)


def _explain(axes, errors):
    """Draw samples of the errors one below the other, each with its words."""
    axes.set(xlim=(0, axes.get_window_extent().width / axes.figure.dpi), ylim=(len(errors), 0))
    axes.set_axis_off()
    for line, entry in enumerate(errors):
        axes.add_patch(Rectangle((0.02, line + 0.2), 0.14, 0.6, facecolor=entry.colour or "white",
                                 edgecolor="black", hatch=entry.hatch))  # fmt: skip
        axes.text(PATCH + 0.05, line + 0.5, entry.text, va="center", size=FONT)
