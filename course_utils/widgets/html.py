"""Pieces of a live picture in HTML: number tables and images with alt text."""

import base64
import functools
import html
import io

import numpy as np
from matplotlib import colormaps
from PIL import Image

from course_utils.draw.style import (
    SIGNED,
    cell_colours,
    cell_text,
    inks_on,
    looks_signed,
    signed_limit,
)

CELL_WIDTH, CELL_HEIGHT = 42, 26  # pixels, as in shell.STYLE
HOVER_STYLE = (
    "<style>.course-hover{display:none;position:absolute;pointer-events:none;"
    "background:#D55E0033;outline:3px dashed #D55E00;outline-offset:-2px;z-index:2}"
    "td:hover>.course-hover{display:block}</style>"
)
STRIP = 14  # pixels of height, for 256 of width, of a strip of colours
LONGEST_TEXT = 5  # characters that fit in a cell at full size
# The colours of signed values, (256, 3) uint8.
SIGNED_TABLE = (colormaps[SIGNED](np.arange(256))[:, :3] * 255).round().astype(np.uint8)


def client_look():
    """Return colours and sizes for the pieces that the browser makes itself: see html.js."""
    return {
        "table": {"kind": "raw", "bytes": SIGNED_TABLE.tobytes()},
        "cell": [CELL_HEIGHT, CELL_WIDTH],
        "longest": LONGEST_TEXT,
    }


def figure(caption, content):
    """Return content under a caption."""
    caption = f"<figcaption>{html.escape(caption)}</figcaption>"
    return f'<figure class="course-view">{caption}{content}</figure>'


def table(values, marked=(), mark="here", extras=None, signed=None, hatched=None, colours=None):
    """Return a table of numbers, coloured as `draw.number_grids` colours them.

    Args:
        values: (height, width) numbers, or words that are written as they are.
        marked: the (row, column) cells to outline, with the CSS class `mark`.
        extras: {(row, column): html} to add to a cell.
        signed: True for red and blue around white; by default when there are negative values.
        hatched: (height, width) booleans, True for a zero that padding added.
        colours: (height, width, 3) in 0…1, in place of those that the numbers give.
    """
    if colours is None:
        colours = cell_colours(values, looks_signed(values) if signed is None else signed)
    styles = _styles(colours)
    hatched = np.zeros(values.shape, bool) if hatched is None else hatched
    kinds = np.where(hatched, "zero", "").astype(object)
    for place in marked:
        kinds[place] += f" {mark}"
    extras = extras or {}
    rows = [
        "".join(
            _cell(value, styles[row][column], kinds[row, column], extras.get((row, column), ""))
            for column, value in enumerate(line)
        )
        for row, line in enumerate(values)
    ]
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def hover_frame(left, top, width, height):
    """Return a frame, in pixels of its view, that is seen while its cell is pointed at.

    Done in CSS (`HOVER_STYLE`), so it needs no round trip to the kernel and works in an exported
    page.
    """
    place = f"left:{left}px;top:{top}px;width:{width}px;height:{height}px"
    return f'<i class="course-hover" style="{place}"></i>'


def _styles(colours):
    """Return the CSS of each cell; for all at once, which a table of 256 cells needs."""
    levels, inks = (colours * 255).round().astype(int).tolist(), inks_on(colours).tolist()
    return [
        [f"background-color:rgb({r},{g},{b});color:{ink}" for (r, g, b), ink in zip(*line)]
        for line in zip(levels, inks)
    ]


def _cell(value, style, kind, extra):
    style = "" if "zero" in kind else style
    text = html.escape(cell_text(value))
    if len(text) > LONGEST_TEXT:
        # A cell never grows: the frames that the browser draws count on its size.
        style += f";font-size:{12 * LONGEST_TEXT / len(text):.1f}px"
    return f'<td class="{kind}" style="{style}">{text}{extra}</td>'


def pixels(values, signed):
    """Return values as uint8 pixels by a look-up: drawing with matplotlib takes ten times longer.

    Args:
        values: (height, width) or (height, width, 3).
        signed: True for white at 0, red above and blue below; in colour mid-grey at 0. Otherwise 0
            is black and 1 white, and what lies beyond is cut off.
    """
    if not signed:
        return (np.clip(values, 0, 1) * 255).astype(np.uint8)
    scaled = values * (127 / signed_limit(values)) + 128
    scaled = scaled.astype(np.uint8)
    return SIGNED_TABLE[scaled] if values.ndim == 2 else scaled


@functools.cache
def strip(name):
    """Return a matplotlib colour map as uint8 pixels from its first colour to its last."""
    line = (colormaps[name](np.arange(256))[:, :3] * 255).round().astype(np.uint8)
    return np.repeat(line[np.newaxis], STRIP, axis=0)


def image(pixels, alt, width=None, palette=None, pick=None, photograph=False, clear=None):
    """Return an `<img>`: pixels that are enlarged stay squares, reduced ones are averaged.

    Args:
        pixels: (height, width) or (height, width, 3) uint8; indices where a palette is given.
        alt: what is seen.
        width: on screen in pixels; by default as many as there are.
        palette: (colours, 3) uint8. Maps drawn so make the smallest files.
        photograph: True for JPEG, which makes a large photograph small and need not be exact.
        pick: the name under which a place pointed at is told to the explorer (`picked`).
        clear: (height, width) booleans, True where the page is seen through a PNG; where there is
            a palette, these pixels have an index of their own.
    """
    width = width or pixels.shape[1]
    if clear is not None and palette is None:
        pixels = np.dstack([pixels, np.where(clear, 0, 255).astype(np.uint8)])
    drawn = Image.fromarray(pixels)
    if palette is not None:
        drawn.putpalette(palette.tobytes())
    stream = io.BytesIO()
    kind = "JPEG" if photograph else "PNG"
    # The browser gets the picture from the same machine: speed matters more than size.
    how = dict(quality=85) if photograph else dict(compress_level=1)
    if clear is not None and palette is not None and clear.any():
        how["transparency"] = int(pixels[clear][0])
    drawn.save(stream, format=kind, **how)
    source = base64.b64encode(stream.getvalue()).decode()
    picked = f' data-pick="{html.escape(pick)}"' if pick else ""
    return (
        f'<img src="data:image/{kind.lower()};base64,{source}" alt="{html.escape(alt)}"{picked} '
        f'style="width:{width}px{";image-rendering:auto" if pixels.shape[1] > width else ""}">'
    )
