"""Pictures side by side in rows: small ones enlarged, each under its title."""

from dataclasses import dataclass

import numpy as np

from course_utils.draw.images import colouring
from course_utils.draw.name_tags import plain
from course_utils.draw.style import DOTS_PER_INCH
from course_utils.draw.words import fold, height_of, letters_in

WIDTH = 8.4 * DOTS_PER_INCH  # pixels of a full row
LARGEST = 400  # pixels of a single picture's height; small ones are enlarged to about that
GAP = 10  # pixels between pictures, into which names may reach a little
TITLE = 10  # points
MOST = 4  # pictures in a row, where nobody says otherwise


@dataclass(frozen=True)
class Rows:
    """Where each picture stands, in pixels of the figure.

    Attributes:
        scales: how many pixels one of each picture takes, whole where it is enlarged.
        corners: (x, y) of each, left and top.
        titles: each in lines that fit.
        strip: pixels left free above and below each picture.
        size: (width, height) of them all.
    """

    scales: list
    corners: list
    titles: list
    strip: float
    size: tuple

    def box(self, place, image):
        """Return (x1, y1, x2, y2) of a picture."""
        (x, y), (height, width) = self.corners[place], np.array(image.shape[:2])
        return x, y, x + width * self.scales[place], y + height * self.scales[place]


def in_rows(images, titles, columns, strip=0):
    """Return the Rows of pictures.

    Args:
        images: n arrays (height, width, …), of which only the sizes count.
        titles: n short texts, or None.
        columns: how many pictures a row has room for; None is as many as there are, at most 4.
        strip: pixels to leave free above and below each picture.
    """
    columns = min(MOST, len(images)) if columns is None else max(columns, 1)
    scales = [_scale(image.shape, WIDTH / columns - GAP) for image in images]
    sizes = [np.array(image.shape[:2]) * scale for image, scale in zip(images, scales)]
    cell = max(width for _, width in sizes)
    titles = titles if titles is not None else [""] * len(images)
    lines = [fold(title, letters_in(cell / DOTS_PER_INCH, TITLE)) for title in titles]
    corners, y = [], GAP
    for start in range(0, len(sizes), columns):
        row = range(start, min(start + columns, len(sizes)))
        above = max(height_of(lines[place], TITLE) if lines[place] else 0 for place in row)
        y += above * DOTS_PER_INCH + strip
        corners += [(GAP + (place - start) * (cell + GAP), y) for place in row]
        y += max(sizes[place][0] for place in row) + strip + GAP
    return Rows(scales, corners, lines, strip, (GAP + columns * (cell + GAP), y))


def _scale(shape, room):
    scale = min(room / shape[1], min(room, LARGEST) / shape[0])
    return int(scale) if scale >= 1 else scale


def draw_in_row(axes, rows, place, image, pixels=None):
    """Draw a picture in its place and its title above.

    Args:
        axes: `style.pixel_axes` of at least the rows' size.
        rows: Rows.
        place: number of the picture.
        image: (height, width, …), as its size was given to `in_rows`.
        pixels: what is drawn in its place; by default the image.
    """
    pixels = image if pixels is None else pixels
    x1, y1, x2, y2 = rows.box(place, image)
    limits = axes.get_xlim(), axes.get_ylim()
    axes.imshow(pixels, extent=(x1, x2, y2, y1), aspect="auto", **colouring(pixels))
    axes.set(xlim=limits[0], ylim=limits[1])  # imshow would fit them to itself
    axes.figure.text((x1 + x2) / 2 / limits[0][1], 1 - (y1 - rows.strip - 3) / limits[1][0],
                     plain(rows.titles[place]), ha="center", va="bottom", fontsize=TITLE,
                     linespacing=1.1)  # fmt: skip


def listed(count, titles=None):
    """Return how a description begins: how many pictures there are, and their titles."""
    what = "A picture" if count == 1 else f"{count} pictures side by side"
    titled = titles is not None and any(titles)
    return f"{what} ({', '.join(map(str, titles))})" if titled else what


def require_lists(images, **columns):
    """Refuse no pictures at all, and lists that have not one entry for each.

    Raises:
        ValueError: it names the list.
    """
    if not len(images):
        raise ValueError("Expected at least one picture. Received none.")
    for name, column in columns.items():
        if column is not None and len(column) != len(images):
            raise ValueError(
                f"Expected one entry of {name} for each of {len(images)} pictures. "
                f"Received {len(column)}."
            )
