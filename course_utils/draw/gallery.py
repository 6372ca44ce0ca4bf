"""Many small pictures at once, each under a short title."""

import numpy as np
from matplotlib.patches import Rectangle

from course_utils.draw.images import colouring, drawable_batch
from course_utils.draw.shown import Shown
from course_utils.draw.style import DOTS_PER_INCH, ORANGE, pixel_axes
from course_utils.draw.words import LETTER, POINTS, fold, height_of, letters_in, longest_word

WIDTH = 8.4  # inches of a full row
GAP = 8  # pixels between pictures
LARGEST = 112  # pixels of a picture's side: a few digits need not fill the row
TITLE = 9  # points
THIN = dict(edgecolor="#999999", linewidth=0.7)  # a white picture ends somewhere too


def gallery(images, titles, description, columns=10, marked=()):
    """Show small pictures in rows, each under its title.

    Args:
        images: (n, height, width), (n, height, width, 1) or (n, height, width, 3): uint8, or
            floats in 0…1.
        titles: n short texts or numbers; "\\n" begins a new line.
        description: what there is to see.
        columns: the most pictures in a row; fewer where titles need the room.
        marked: indices of pictures that get an orange frame.

    Returns:
        Shown.

    Raises:
        ValueError: no pictures, another shape, values beyond 0…1, no column, or titles and marks
            that do not fit the pictures.
    """
    images = drawable_batch(images)
    _require_count(columns)
    titles = _titles(titles, len(images))
    marked = _indices(marked, len(images))
    columns = min(columns, len(images), _most_columns(titles))
    cell = _cell(images.shape[1:3], columns)
    letters = letters_in((cell[1] + GAP / 2) / DOTS_PER_INCH, TITLE)
    lines = [fold(title, letters) for title in titles]
    corners, bottom = _corners(lines, columns, cell)
    axes = pixel_axes(columns * (cell[1] + GAP) + GAP, bottom)
    for index, corner in enumerate(corners):
        _draw(axes, images[index], corner, cell, lines[index], index in marked)
    return Shown(axes.figure, description)


def _corners(lines, columns, cell):
    """Return [(x, y)] of the pictures and where the last row ends, in pixels from the top left."""
    corners, y = [], 0
    for start in range(0, len(lines), columns):
        row = lines[start : start + columns]
        y += max(height_of(text, TITLE) for text in row) * DOTS_PER_INCH + GAP
        corners += [(column * (cell[1] + GAP) + GAP, y) for column in range(len(row))]
        y += cell[0]
    return corners, y + GAP


def _draw(axes, image, corner, cell, title, is_marked):
    """Draw one picture with its upper left corner at (x, y), and its title above."""
    (x, y), (height, width) = corner, cell
    axes.imshow(image, extent=(x, x + width, y + height, y), aspect="auto", **colouring(image))
    full_width, full_height = axes.get_xlim()[1], axes.get_ylim()[0]
    axes.figure.text((x + width / 2) / full_width, 1 - (y - 3) / full_height, title,
                     ha="center", va="bottom", fontsize=TITLE, linespacing=1.1)
    grow, line = (1.5, dict(edgecolor=ORANGE, linewidth=3)) if is_marked else (0, THIN)
    axes.add_patch(Rectangle((x - grow, y - grow), width + 2 * grow, height + 2 * grow, fill=False,
                             zorder=3, **line))
    axes.set(xlim=(0, full_width), ylim=(full_height, 0))  # imshow would fit them to itself


def _cell(size, columns):
    """Return (height, width) of a picture in pixels: a whole multiple of its own, if it can be."""
    room = min(WIDTH * DOTS_PER_INCH / columns - GAP, LARGEST)
    scale = room / max(size)
    scale = int(scale) if scale >= 1 else scale
    return round(size[0] * scale) or 1, round(size[1] * scale) or 1


def _most_columns(titles):
    """Return how many columns leave room for the longest word among the titles."""
    longest = max(longest_word(title) for title in titles)
    needed = longest * TITLE * LETTER / POINTS + 2 * GAP / DOTS_PER_INCH
    return max(int(WIDTH / needed), 1)


def _require_count(columns):
    if not isinstance(columns, (int, np.integer)) or columns < 1:
        raise ValueError(
            f"Expected columns as an integer of at least 1. Received {columns!r}."
        )


def _titles(titles, count):
    titles = [str(title) for title in titles]
    if len(titles) != count:
        raise ValueError(
            f"Expected one title for each of {count} pictures. Received {len(titles)}."
        )
    return [title or " " for title in titles]


def _indices(marked, count):
    """Return the set of marked pictures; a mask of booleans says the same."""
    marked = np.asarray(marked)
    if marked.dtype == bool and marked.shape == (count,):
        marked = np.flatnonzero(marked)
    if marked.size and (marked.dtype.kind not in "iu" or marked.min() < 0 or marked.max() >= count):
        raise ValueError(
            f"Expected marks as indices from 0 to {count - 1}. Received {marked.tolist()}."
        )
    return set(marked.ravel().tolist())
