"""Many small maps in one picture: as plain pixels, for speed, and to be pointed at.

Scalar maps become indices into a palette, which makes small files; colour kernels are RGB.
"""

from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps

from course_utils.draw.style import ORANGE, SIGNED

LEVELS = 250  # of the colour map; the indices above it are for what is drawn around the maps
GROUND, FRAME, CROSS = 250, 251, 252
WIDTH, AREA = 620, 130_000  # pixels of a mosaic: its width, and about all its tiles together
VALUES = 30_000  # values shown in all: what is sent to the browser stays small
SMALLEST, LARGEST = 20, 72  # pixels of a tile's longer side on screen
LINE = 3  # pixels of a frame


def palette(signed):
    """Return the colours of the indices, (253, 3) uint8: white is 0 where signed, else viridis."""
    colours = colormaps[SIGNED if signed else "viridis"](np.linspace(0, 1, LEVELS))[:, :3]
    orange = [int(ORANGE[i : i + 2], 16) for i in (1, 3, 5)]
    around = [[255, 255, 255], orange, [150, 150, 150]]
    return np.vstack([(colours * 255).round(), around]).astype(np.uint8)


def levels(values, limit, signed):
    """Return values as indices into the palette.

    Args:
        values: any shape.
        limit: the size of a value that gets the last colour; a number, or an array that fits.
        signed: True where the middle of the palette is 0.
    """
    scaled = values / np.where(np.asarray(limit) > 0, limit, 1)
    scaled = scaled / 2 + 0.5 if signed else scaled
    return (np.clip(scaled, 0, 1) * (LEVELS - 1)).round().astype(np.uint8)


@dataclass(frozen=True, eq=False)
class Mosaic:
    """Tiles in rows, each enlarged by whole pixels, with room for a frame around each.

    Attributes:
        pixels: (height, width) indices, or (height, width, 3) colours.
        gaps: (height, width) booleans, True where there is neither a tile nor a frame.
        tile: (rows, columns) of a map, before it is thinned out and enlarged.
        step: so many (rows, columns) are shown as one, by their mean.
        zoom: pixels on screen for a value shown.
        columns, count: tiles in a row, and in all.
    """

    pixels: np.ndarray
    gaps: np.ndarray
    tile: tuple
    step: tuple
    zoom: int
    columns: int
    count: int

    @property
    def pitch(self):
        """Pixels from one tile to the next, down and across."""
        sides = (side // step for side, step in zip(self.tile, self.step))
        return tuple(side * self.zoom + 2 * LINE for side in sides)

    def place_at(self, x, y):
        """Return (tile, row, column) at a place in 0…1 of the mosaic, or None between tiles."""
        height, width = self.pixels.shape[:2]
        places = []
        axes = zip((y, x), (height, width), self.pitch, self.tile, self.step)
        for at, size, pitch, side, step in axes:
            tile, inside = divmod(min(int(at * size), size - 1), pitch)
            value = (inside - LINE) // self.zoom * step
            places.append((tile, min(max(value, 0), side - 1)))
        (down, row), (across, column) = places
        number = down * self.columns + across
        return (number, row, column) if across < self.columns and number < self.count else None


def mosaic(tiles, chosen=None, crossed=(), columns=None, room=WIDTH):
    """Lay tiles out in rows.

    Args:
        tiles: (n, rows, columns) palette indices, or (n, rows, columns, 3) colours, uint8.
        chosen: the number of the tile that is framed.
        crossed: numbers of tiles that are crossed out.
        columns: the most tiles in a row; by default as many as there is room for, in even rows.
        room: pixels of width.

    Returns:
        Mosaic.
    """
    count, *tile = tiles.shape[:3]
    side = min(max(int(np.sqrt(AREA / count)), SMALLEST), LARGEST)
    most = max(-(-max(tile) // side), int(np.ceil(np.sqrt(count * tile[0] * tile[1] / VALUES))))
    step = tuple(min(most, size) for size in tile)
    tiles = _thinned(tiles, step)
    zoom = max(side // max(tiles.shape[1:3]), 1)
    tiles = tiles.repeat(zoom, axis=1).repeat(zoom, axis=2)
    height, width = (side + 2 * LINE for side in tiles.shape[1:3])
    if columns is None:
        columns = min(count, max(room // width, 1))
        columns = -(-count // -(-count // columns))  # rows of nearly one length
    shape = -(-count // columns) * height, columns * width
    pixels, gaps = _laid_out(tiles, shape, chosen, crossed)
    return Mosaic(pixels, gaps, tuple(tile), step, zoom, columns, count)


def _laid_out(tiles, shape, chosen, crossed):
    """Return (pixels, gaps) of tiles in rows that fill a shape, each with room for its frame."""
    ground, frame, cross = (palette(True) if tiles.ndim == 4 else np.arange(CROSS + 1))[GROUND:]
    pixels = np.empty((*shape, *tiles.shape[3:]), np.uint8)
    pixels[:], gaps = ground, np.ones(shape, bool)
    height, width = (side + 2 * LINE for side in tiles.shape[1:3])
    for number, one in enumerate(tiles):
        down, across = divmod(number, shape[1] // width)
        place = np.s_[down * height :, across * width :]
        around, gap = pixels[place][:height, :width], gaps[place][:height, :width]
        inside = np.s_[LINE:-LINE, LINE:-LINE]
        if number == chosen:
            around[:], gap[:] = frame, False
        around[inside], gap[inside] = one, False
        if number in crossed:
            _cross(around[inside], cross)
    return pixels, gaps


def _thinned(tiles, step):
    """Return tiles of the means of blocks of (rows, columns); what is left over at the end goes."""
    if step == (1, 1):
        return tiles
    (down, across), (height, width) = step, tiles.shape[1:3]
    rows, columns = height // down, width // across
    blocks = tiles[:, : rows * down, : columns * across]
    blocks = blocks.reshape(len(tiles), rows, down, columns, across, *tiles.shape[3:])
    return blocks.mean(axis=(2, 4)).astype(np.uint8)


def _cross(place, colour):
    """Draw both diagonals."""
    height, width = place.shape[:2]
    rows = np.arange(height)
    columns = rows * (width - 1) // max(height - 1, 1)
    for shift in (0, 1):
        across = np.minimum(columns + shift, width - 1)
        place[rows, across] = place[rows, width - 1 - across] = colour


def framed(pixels, box, colour, zoom=1):
    """Return pixels enlarged, with a box framed; what of the box lies outside is left out.

    Args:
        pixels: (height, width) or (height, width, 3).
        box: (top, left, bottom, right) in pixels before enlarging, the last two excluded.
        colour: of the frame: an index, or three numbers.
        zoom: how often to enlarge.
    """
    large = pixels.repeat(zoom, axis=0).repeat(zoom, axis=1)
    inner = large.copy()
    (top, bottom), (left, right) = (
        (max(start * zoom, 0), min(end * zoom, size))
        for start, end, size in zip(box[:2], box[2:], large.shape)
    )
    if bottom <= top or right <= left:
        return large
    large[max(top - LINE, 0) : bottom + LINE, max(left - LINE, 0) : right + LINE] = colour
    large[top:bottom, left:right] = inner[top:bottom, left:right]
    return large
