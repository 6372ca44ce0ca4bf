"""Pieces of a live picture in HTML: number tables and images with alt text."""

import base64
import functools
import html
import io

import numpy as np
from matplotlib import colormaps
from PIL import Image

from course_utils.draw.style import SIGNED, cell_text, inks_on, looks_signed, signed_limit

CELL_WIDTH, CELL_HEIGHT = 42, 26  # pixels, as in shell.STYLE
PHOTOGRAPH = 40_000  # bytes of a file; with what stands around it, 60 KB of a message
STRIP = 14  # pixels of height, for 256 of width, of a strip of colours
LONGEST_TEXT = 5  # characters that fit in a cell at full size
SMALLEST_TEXT = 16  # characters of the smallest size that has a class
# The colours of signed values, (256, 3) uint8.
SIGNED_TABLE = (colormaps[SIGNED](np.arange(256))[:, :3] * 255).round().astype(np.uint8)
GREY_TABLE = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1)
CLASSES = {kind: np.array([f"{kind}{n}" for n in range(256)], object) for kind in "sg"}


def client_look():
    """Return colours and sizes for the pieces that the browser makes itself: see html.js."""
    return {
        "table": {"kind": "raw", "bytes": SIGNED_TABLE.tobytes()},
        "cell": [CELL_HEIGHT, CELL_WIDTH],
        "longest": LONGEST_TEXT,
        "smallest": SMALLEST_TEXT,
    }


def cell_rules():
    """Return the CSS of the classes in a table: s0 … s255, g0 … g255, and n6 … of long texts.

    A colour written in each cell would make a table three times as large.
    """
    rules = []
    for kind, levels in (("s", SIGNED_TABLE), ("g", GREY_TABLE)):
        styles = _styles(levels / 255)
        rules += [f".course-view .{kind}{n}{{{style}}}" for n, style in enumerate(styles)]
    sizes = range(LONGEST_TEXT + 1, SMALLEST_TEXT + 1)
    return "\n".join([*rules, *(f".course-view .n{n}{{{_text_size(n)}}}" for n in sizes)])


def figure(caption, content):
    """Return content under a caption."""
    caption = f"<figcaption>{html.escape(caption)}</figcaption>"
    return f'<figure class="course-view">{caption}{content}</figure>'


def table(values, marked=(), mark="here", extras=None, signed=None, hatched=None, colours=None):
    """Return a table of numbers, coloured as `draw.number_grids` colours them: see `cell_rules`.

    Args:
        values: (height, width) numbers, or words that are written as they are.
        marked: the (row, column) cells to outline, with the CSS class `mark`.
        extras: {(row, column): html} to add to a cell.
        signed: True for red and blue around white; by default when there are negative values.
        hatched: (height, width) booleans, True for a zero that padding added.
        colours: (height, width, 3) in 0…1, in place of those that the numbers give.
    """
    styles, kinds = np.full((2, *values.shape), "", object)
    if colours is None:
        kinds[:] = _colour_classes(values, looks_signed(values) if signed is None else signed)
    else:
        styles.flat = _styles(colours.reshape(-1, 3))
    if hatched is not None:
        styles[hatched], kinds[hatched] = "", "zero"
    for place in marked:
        kinds[place] = f"{kinds[place]} {mark}".strip()
    extras = extras or {}
    rows = [
        "".join(
            _cell(*cell, extras.get((row, column), "")) for column, cell in enumerate(zip(*line))
        )
        for row, line in enumerate(zip(values.tolist(), styles.tolist(), kinds.tolist()))
    ]
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def hover_frame(left, top, width, height):
    """Return a frame, in pixels of its view, that is seen while its cell is pointed at.

    Done in CSS (`shell.STYLE`), so it needs no round trip to the kernel and works in an exported
    page.
    """
    place = f"left:{left}px;top:{top}px;width:{width}px;height:{height}px"
    return f'<i class="course-hover" style="{place}"></i>'


def _styles(colours):
    """Return the CSS of each colour, (n, 3) in 0…1, with the ink that is read on it."""
    levels, inks = (colours * 255).round().astype(int).tolist(), inks_on(colours).tolist()
    return [
        f"background:#{red:02x}{green:02x}{blue:02x};color:{ink}"
        for (red, green, blue), ink in zip(levels, inks)
    ]


def _colour_classes(values, signed):
    """Return the class of each cell's colour: that of `draw.style.cell_colours`."""
    if signed:
        levels = np.clip(np.floor((values / signed_limit(values) / 2 + 0.5) * 256), 0, 255)
    else:
        levels = (np.clip(values / max(1, np.max(values, initial=1)), 0, 1) * 255).round()
    return CLASSES["s" if signed else "g"][np.nan_to_num(levels).astype(int)]


def _text_size(length):
    """Return the CSS of a long text. A cell never grows: the frames drawn count on its size."""
    return f"font-size:{12 * LONGEST_TEXT / length:.1f}px"


def _cell(value, style, kind, extra):
    text = html.escape(cell_text(value))
    if len(text) > SMALLEST_TEXT:
        style += f";{_text_size(len(text))}"
    elif len(text) > LONGEST_TEXT:
        kind += f" n{len(text)}"
    named = f' class="{kind}"' if kind else ""
    styled = f' style="{style}"' if style else ""
    return f"<td{named}{styled}>{text}{extra}</td>"


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
        photograph: True for one that need not be exact where it is large: see `_jpeg`.
        pick: the name under which a place pointed at is told to the explorer (`picked`).
        clear: (height, width) booleans, True where the page is seen through a PNG; where there is
            a palette, these pixels have an index of their own.
    """
    width = width or pixels.shape[1]
    source = address_of(pixels, palette, photograph, clear)
    picked = f' data-pick="{html.escape(pick)}"' if pick else ""
    return (
        f'<img src="{source}" alt="{html.escape(alt)}"{picked} '
        f'style="width:{width}px{";image-rendering:auto" if pixels.shape[1] > width else ""}">'
    )


def address_of(pixels, palette=None, photograph=False, clear=None):
    """Return the address of what `image` shows, which holds it."""
    if clear is not None and palette is None:
        pixels = np.dstack([pixels, np.where(clear, 0, 255).astype(np.uint8)])
    drawn = Image.fromarray(pixels)
    if palette is not None:
        drawn.putpalette(palette.tobytes())
    how = {"compress_level": 1}  # from the same machine: speed matters more than size
    if clear is not None and palette is not None and clear.any():
        how["transparency"] = int(pixels[clear][0])
    if photograph and pixels.nbytes > PHOTOGRAPH:
        return address(_jpeg(drawn), "jpeg")
    return address(saved(drawn, "PNG", **how))


def _jpeg(drawn):
    """Return a JPEG of the best quality that fits in PHOTOGRAPH bytes, colours as sharp as grey."""
    for quality in range(95, 0, -10):
        file = saved(drawn, "JPEG", quality=quality, subsampling=0)
        if len(file) <= PHOTOGRAPH:
            break
    return file


def address(file, kind="png"):
    """Return a picture's file as an address that holds it: nothing is fetched."""
    return f"data:image/{kind};base64,{base64.b64encode(file).decode()}"


def saved(drawn, kind, **how):
    """Return a picture of PIL as the bytes of a file."""
    stream = io.BytesIO()
    drawn.save(stream, format=kind, **how)
    return stream.getvalue()
