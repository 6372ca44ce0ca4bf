"""Boxes over a picture, as SVG: crisp at any size, light to send, and pointed at by `data-pick`.

javascript/overlay.js makes the same pieces, letter by letter.
"""

from html import escape

import numpy as np
from PIL import Image

from course_utils.draw.images import drawable
from course_utils.draw.outlines import text_places
from course_utils.draw.style import number
from course_utils.widgets import html

SHOWN = 420  # pixels on screen along the longer side
HEAVY = 40_000  # characters of an exact picture: a photograph is sent as JPEG instead
LETTERS = 13  # pixels of height on screen
HALO = "#fff"


def pixels_of(image):
    """Return an image as (height, width) or (height, width, 3) uint8 of its own.

    Raises:
        ValueError: another shape, or values beyond 0…1.
    """
    pixels = (drawable(image) * 255).round().astype(np.uint8)
    pixels.flags.writeable = False
    return pixels


def shown_width(size):
    """Return how many pixels on screen a picture of (height, width) is wide."""
    return max(round(SHOWN * size[1] / max(size)), 1)


def picture(pixels, alt):
    """Return the `<img>` that boxes are laid over: a large one is reduced, a small one enlarged."""
    width, pixels = shown_width(pixels.shape[:2]), reduced(pixels)
    exact = html.image(pixels, alt, width)
    return exact if len(exact) < HEAVY else html.image(pixels, alt, width, photograph=True)


def reduced(pixels):
    """Return a picture as large as it is shown, where it is larger than that."""
    size = pixels.shape[:2]
    if max(size) <= SHOWN:
        return pixels
    height = max(round(SHOWN * size[0] / max(size)), 1)
    return np.asarray(Image.fromarray(pixels).resize((shown_width(size), height), Image.BOX))


def laid_over(image, shapes, size, pick=None, overflow="hidden"):
    """Return an `<img>` with shapes over it, which count in pixels of (height, width).

    Args:
        image: of `picture`.
        shapes: SVG, one text.
        pick: the name under which a place pointed at is told to the explorer.
        overflow: "visible" where shapes may reach beyond the picture.
    """
    height, width = size
    picked = f' data-pick="{pick}"' if pick else ""
    return (
        f'<div{picked} style="position:relative;width:{shown_width(size)}px;max-width:100%">'
        f'{image}<svg role="group" viewBox="0 0 {width} {height}" '
        f'style="position:absolute;left:0;top:0;width:100%;height:100%;overflow:{overflow}">'
        f"{shapes}</svg></div>"
    )


def box(corners, style):
    """Return the outline or face of a box: x1, y1, x2, y2. Lines keep their width on screen."""
    x1, y1, x2, y2 = (float(value) for value in corners)
    place = f'x="{x1:.2f}" y="{y1:.2f}" width="{x2 - x1:.2f}" height="{y2 - y1:.2f}"'
    return f'<rect {place} style="vector-effect:non-scaling-stroke;{style}"></rect>'


def outlines(many, size):
    """Return outlines with their texts, the most important first in the list and on top.

    Args:
        many: `draw.outlines.Outline`s.
        size: (height, width) of the picture.
    """
    shapes = ""
    for look in dict.fromkeys(outline.look for outline in reversed(many)):
        course = "".join(_course(outline.corners) for outline in many if outline.look == look)
        shapes += path(course, f"stroke:{HALO};stroke-width:{look.width + 2:g};opacity:0.7")
        shapes += path(course, line_style(look))
    return shapes + _texts(many, size)


def line_style(look):
    """Return the CSS of a line."""
    dashes = " ".join(map(str, look.dashes)) or "none"
    return f"stroke:{look.colour};stroke-width:{look.width:g};stroke-dasharray:{dashes}"


def _course(corners):
    x1, y1, x2, y2 = (f"{float(value):.2f}" for value in corners)
    return f"M{x1} {y1}H{x2}V{y2}H{x1}Z"


def dots(places, colour, width):
    """Return dots at (x, y) as one path; `width` in pixels on screen."""
    course = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in np.asarray(places).tolist())
    return path(course, f"stroke:{colour};stroke-width:{width};stroke-linecap:round")


def path(course, style):
    """Return a path without a face; nothing for an empty one."""
    style = f"fill:none;vector-effect:non-scaling-stroke;{style}"
    return f'<path d="{course}" style="{style}"></path>' if course else ""


def _texts(many, size):
    letter = _letter(size)
    texts = "".join(
        f'<text x="{x:.2f}" y="{y:.2f}" style="fill:{outline.look.ink}">'
        f"{escape(outline.text)}</text>"
        for outline, x, y in text_places(many, size, letter)
    )
    return f'<g style="{_lettering(letter)}">{texts}</g>'


def _letter(size):
    """Return the height of a letter on screen in pixels of a picture of (height, width)."""
    return LETTERS * size[1] / shown_width(size)


def _lettering(letter):
    """Return the CSS of words with a halo, to be read on any picture."""
    return (
        f"font:bold {letter:.2f}px sans-serif;stroke:{HALO};stroke-width:{0.25 * letter:.2f};"
        "stroke-linejoin:round;paint-order:stroke;pointer-events:none"
    )


def label(text, corners, size, colour, below=False):
    """Return words at the upper left corner of a box, or below its lower left one.

    They stay within the picture of (height, width).
    """
    x1, y1, _, y2 = (float(value) for value in corners)
    height, width = size
    letter = _letter(size)
    # Beside the corner, where a grip may lie.
    x = min(max(x1 + 0.6 * letter, 0), max(width - 0.6 * letter * len(text), 0))
    y = y2 + letter if below else y1 - 0.3 * letter
    y = min(max(y, letter), height - 0.3 * letter)
    style = f"fill:{colour};{_lettering(letter)}"
    return f'<text x="{x:.2f}" y="{y:.2f}" style="{style}">{escape(text)}</text>'


def swatch(style):
    """Return a small patch that shows in words what a colour stands for."""
    return (
        '<i style="display:inline-block;width:14px;height:14px;margin-right:6px;'
        f'vertical-align:-2px;box-sizing:border-box;{style}"></i>'
    )


def rows(lines):
    """Return a table of words: cells are html."""
    found = "".join(f"<tr>{''.join(map(_cell, line))}</tr>" for line in lines)
    return f'<table class="words">{found}</table>'


def _cell(content):
    return f"<td>{content}</td>"


def table_figure(caption, head, lines):
    """Return `draw.outlines.Row`s as a table to point at; a long one scrolls.

    Args:
        head: the names of the columns.
    """
    names = "".join(f'<th scope="col">{name}</th>' for name in ("", *head))
    table = f"<tr>{names}</tr>{''.join(map(_row, lines))}"
    style = f"max-height:{SHOWN}px;overflow:auto;max-width:100%"
    content = f'<div style="{style}"><table class="words">{table}</table></div>'
    return html.figure(caption, content)


def _row(row):
    cells = "".join(_cell(escape(text)) for text in row.cells)
    style = ' style="font-weight:bold"' * row.bold
    pick = f' data-pick="{row.pick}"' * bool(row.pick)
    return f"<tr{pick}{style}>{_cell(_sample(row.look) if row.look else '')}{cells}</tr>"


def _sample(look):
    """Return a short piece of a line, on white as all lines have white beside them."""
    return (
        '<svg role="presentation" viewBox="0 0 24 12" '
        'style="width:24px;height:12px;background:#fff;'
        f'vertical-align:-1px">{path("M1 6H23", line_style(look))}</svg>'
    )


def named_figure(caption, content, words):
    """Return content under a caption, with words for those who do not see it."""
    return (
        f'<figure class="course-view" aria-label="{escape(words)}">'
        f"<figcaption>{escape(caption)}</figcaption>{content}</figure>"
    )


def smallest_around(boxes, x, y, size):
    """Return the number of the smallest box around a place in 0…1 of a picture, or None."""
    right, down = x * size[1], y * size[0]
    x1, y1, x2, y2 = np.asarray(boxes).T
    around = np.flatnonzero((x1 <= right) & (right <= x2) & (y1 <= down) & (down <= y2))
    areas = ((x2 - x1) * (y2 - y1))[around]
    return int(around[np.argmin(areas)]) if len(around) else None


def corners_in_words(corners):
    """Return x1, y1 to x2, y2."""
    x1, y1, x2, y2 = (number(value) for value in corners)
    return f"{x1}, {y1} to {x2}, {y2}"
