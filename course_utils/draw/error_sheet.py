"""A confusion matrix, the curve of one class and the images of one cell, on one sheet."""

import numpy as np
from matplotlib.patches import Rectangle

from course_utils.draw.confusion import CELL, FONT, draw_confusion
from course_utils.draw.images import colouring
from course_utils.draw.shown import Shown
from course_utils.draw.style import BLUE, ORANGE, placed_figure
from course_utils.draw.words import fold, height_of, letters_in, width_of

CURVE, BESIDE = 2.6, 1.0  # inches of the curve's sides, and between it and the matrix
PICTURE, GAP, ROW = 0.72, 0.14, 10  # inches of an image, between two; images in a row
TITLE, HEADING = 8, 10  # points
BOUNDS = (0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99)  # where an axis of the curve may begin


def error_sheet(data, rows, columns, page, heading, description, threshold):
    """Show a confusion matrix, precision over recall, and images.

    Args:
        data: an object with `matrix`, `cell`, `curve`, `point` and `subject`, as
            `widgets.error_explorer.Errors` has them.
        rows, columns: the names of the matrix's rows and columns.
        page: the images (n, height, width) or (n, height, width, 3) uint8, their n titles, and the
            place of the chosen one.
        heading: which images these are.
        description: what there is to see.
        threshold: from which probability on an answer counts.

    Returns:
        Shown.
    """
    size = len(columns) * CELL, len(rows) * CELL
    names = max(width_of(name, FONT) for name in rows) + 0.6
    above = max(width_of(name, FONT) for name in columns) + 0.5
    titles = [fold(title, letters_in(PICTURE + GAP, TITLE)) for title in page[1]]
    pitch = PICTURE + max([height_of(title, TITLE) for title in titles], default=0) + GAP
    lines = max(-(-len(titles) // ROW), 1)
    tall = max(size[1], CURVE + 0.4)
    width = max(names + size[0] + BESIDE + CURVE, ROW * (PICTURE + GAP)) + 0.3
    figure = placed_figure(width, above + tall + 0.9 + lines * pitch + 0.2)
    _draw_matrix(_axes(figure, (names, above), size), data, rows, columns)
    place = names + size[0] + BESIDE, above
    _draw_curve(_axes(figure, place, (CURVE, CURVE)), data, rows[data.subject], threshold)
    _draw_page(figure, above + tall + 0.5, (page[0], titles, page[2]), pitch, heading)
    return Shown(figure, description)


def _draw_matrix(axes, data, rows, columns):
    axes.xaxis.tick_top()  # first: names are turned where they then stand
    axes.xaxis.set_label_position("top")
    draw_confusion(axes, data.matrix, rows, columns)
    row, column = data.cell
    axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, linewidth=3, zorder=3,
                             clip_on=False))


def _draw_curve(axes, data, name, threshold):
    """Draw precision over recall of a class with a mark at the threshold."""
    title = (
        f"class {name}, threshold {threshold:.10g}:\nprecision {part(data.point[0])}, "
        f"recall {part(data.point[1])}"
    )
    axes.set_title(fold(title, letters_in(CURVE + 0.2, HEADING)), fontsize=HEADING, loc="left")
    axes.set_xlabel("recall", fontsize=9)
    axes.set_ylabel("precision", fontsize=9)
    axes.tick_params(labelsize=8)
    axes.grid(color="#dddddd", linewidth=0.7)
    axes.set_axisbelow(True)
    left, bottom = curve_limits(data) if data.curve.size else (0, 0)
    axes.set(xlim=(left, 1), ylim=(bottom, 1))
    axes.locator_params(nbins=5)
    axes.plot(data.curve[2], data.curve[1], color=BLUE, linewidth=2)
    axes.plot(*data.point[::-1], "o", color=ORANGE, markeredgecolor="black", markersize=9,
              clip_on=False, zorder=4)
    if not data.curve.size:
        axes.text((left + 1) / 2, (bottom + 1) / 2, "no curve:\nthe class never occurs,\n"
                  "or is never answered", ha="center", va="center", fontsize=HEADING)


def curve_limits(data):
    """Return where recall and precision begin, so that what is traded can be seen.

    Left of the first mistake the curve is flat at 1; it is left out, unless the threshold is there.
    """
    _, precision, recall = data.curve
    flat = np.append(np.flatnonzero(precision < 1), len(recall) - 1)[0]
    point = [value for value in data.point if np.isfinite(value)]
    starts = min(recall[flat], *point[1:], 1), min(precision.min(), *point[:1], 1)
    return tuple(max(bound for bound in BOUNDS if bound <= start) for start in starts)


def part(value):
    """Return a share in three decimals; a dash where it is 0 / 0."""
    return f"{value:.3f}" if np.isfinite(value) else "–"


def _draw_page(figure, top, page, pitch, heading):
    """Draw the images in rows under a heading, `top` inches from the upper edge."""
    images, titles, chosen = page
    height = figure.get_figheight()
    figure.text(0.15 / figure.get_figwidth(), 1 - top / height, heading, fontsize=HEADING,
                va="bottom", fontweight="bold")
    top += 0.05
    if not titles:
        figure.text(0.15 / figure.get_figwidth(), 1 - (top + 0.1) / height, "This cell is empty.",
                    fontsize=HEADING, va="top")
    for place, (image, title) in enumerate(zip(images, titles)):
        line, column = divmod(place, ROW)
        corner = 0.15 + column * (PICTURE + GAP), top + (line + 1) * pitch - PICTURE
        _draw_image(_axes(figure, corner, (PICTURE, PICTURE)), image / 255, title, place == chosen)


def _draw_image(axes, image, title, is_chosen):
    axes.imshow(image, **colouring(image))
    axes.set(xticks=[], yticks=[])
    axes.set_title(title, fontsize=TITLE, pad=3, fontweight="bold" if is_chosen else "normal")
    axes.spines[:].set(color=ORANGE if is_chosen else "#999999", linewidth=4 if is_chosen else 0.7)


def _axes(figure, corner, size):
    """Return axes of `size` inches with their upper left corner at (x, y), y downwards."""
    width, height = figure.get_size_inches()
    (x, y), (wide, high) = corner, size
    return figure.add_axes([x / width, 1 - (y + high) / height, wide / width, high / height])
