"""The live views of ReceptiveField, as HTML."""

from html import escape

import numpy as np

from course_utils.draw.field import hatched
from course_utils.draw.pictures import ALL_BUT_FEW
from course_utils.draw.style import signed_limit
from course_utils.widgets import html
from course_utils.widgets.field_words import OFF

SHOWN, MAP = 260, 200  # pixels on screen along the longer side
SHARPEST = 2 * SHOWN  # pixels sent for it


def gradient_pixels(data):
    """Return the gradient as pixels; a few extreme ones share the last colour."""
    limit = signed_limit(data.slope[data.window], ALL_BUT_FEW)
    return html.pixels(np.clip(data.slope, -limit, limit), signed=True)


def framed(pixels, data, alt):
    """Return a picture on its margin with the box framed; pointing at it chooses a unit."""
    image = hatched(pixels, data.margins)
    size = image.shape[:2]
    width = int(SHOWN * size[1] / max(size))
    top, left = data.margins[:2]
    box = (data.box[0] + top, data.box[1] + left, *data.size)
    apart = -(-max(size) // SHARPEST)  # more pixels than can be seen are not sent
    image = html.image(image[::apart, ::apart], alt, width)
    return _with_frame("picture", image, size, box, width)


def feature_map(data, state, alt):
    """Return the feature map with the unit framed; pointing at it chooses another one."""
    rows, columns = data.map.shape
    width = max(int(MAP * columns / max(rows, columns)), 1)
    image = html.image(html.pixels(data.map, signed=True), alt, width)
    return _with_frame("map", image, data.map.shape, (state.row, state.column, 1, 1), width)


def _with_frame(name, image, shape, box, width):
    """Lay a frame over an image: box is (top, left, height, width) in its pixels."""
    parts = [100 * one / shape[axis % 2] for axis, one in enumerate(box)]
    place = dict(zip(("top", "left", "height", "width"), parts))
    style = ";".join(f"{side}:{part:.3f}%" for side, part in place.items())
    frame = (
        f'<i style="position:absolute;box-sizing:border-box;pointer-events:none;{style};'
        'border:2px solid #E69F00;outline:1px solid #222"></i>'
    )
    return (
        f'<div data-pick="{name}" style="position:relative;width:{width}px;max-width:100%">'
        f"{image}{frame}</div>"
    )


def off_message(data):
    """Return the sentence that stands in place of an empty gradient."""
    height, width = (
        size + sum(data.margins[axis::2]) for axis, size in enumerate(data.picture.shape[:2])
    )
    scale = SHOWN / max(height, width)
    return (
        f'<div style="width:{int(width * scale)}px;min-height:{int(height * scale)}px;'
        f"max-width:100%;box-sizing:border-box;padding:12px;border:1px solid #888;"
        f'display:flex;align-items:center">{escape(f"{OFF}, or press Strongest place.")}</div>'
    )


def growth_table(lines):
    """Return the growth of the box as a table, the present layer last and in bold."""
    cell = 'style="width:auto;padding:0 8px;text-align:left;white-space:nowrap"'
    rows = [("layer", "box", "jump"), *lines]
    rows[-1] = tuple(f"<b>{escape(text)}</b>" for text in rows[-1])
    rows[:-1] = [tuple(escape(text) for text in row) for row in rows[:-1]]
    lines = ["".join(f"<td {cell}>{text}</td>" for text in row) for row in rows]
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
