"""Boxes over a picture, as SVG: crisp at any size, light to send, and pointed at by `data-pick`.

javascript/overlay.js makes the same pieces, letter by letter.
"""

from html import escape

import numpy as np
from PIL import Image

from course_utils.draw.images import drawable
from course_utils.draw.style import number
from course_utils.widgets import html

SHOWN = 420  # pixels on screen along the longer side
HEAVY = 40_000  # characters of an exact picture: a photograph is sent as JPEG instead
LETTERS = 13  # pixels of height on screen
INK, HALO = "#111", "#fff"  # of words, which must be read on any picture


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
    size = pixels.shape[:2]
    width = shown_width(size)
    if max(size) > SHOWN:
        height = max(round(SHOWN * size[0] / max(size)), 1)
        pixels = np.asarray(Image.fromarray(pixels).resize((width, height), Image.BOX))
    exact = html.image(pixels, alt, width)
    return exact if len(exact) < HEAVY else html.image(pixels, alt, width, photograph=True)


def laid_over(image, shapes, size, pick=None):
    """Return an `<img>` with shapes over it, which count in pixels of (height, width).

    Args:
        image: of `picture`.
        shapes: SVG, one text.
        pick: the name under which a place pointed at is told to the explorer.
    """
    height, width = size
    picked = f' data-pick="{pick}"' if pick else ""
    return (
        f'<div{picked} style="position:relative;width:{shown_width(size)}px;max-width:100%">'
        f'{image}<svg viewBox="0 0 {width} {height}" style="position:absolute;left:0;top:0;'
        f'width:100%;height:100%;overflow:visible">{shapes}</svg></div>'
    )


def box(corners, style):
    """Return the outline or face of a box: x1, y1, x2, y2. Lines keep their width on screen."""
    x1, y1, x2, y2 = (float(value) for value in corners)
    place = f'x="{x1:.2f}" y="{y1:.2f}" width="{x2 - x1:.2f}" height="{y2 - y1:.2f}"'
    return f'<rect {place} style="vector-effect:non-scaling-stroke;{style}"></rect>'


def boxes(many, style):
    """Return the outlines of many boxes as one path."""
    parts = [
        f"M{x1:.1f} {y1:.1f}H{x2:.1f}V{y2:.1f}H{x1:.1f}Z" for x1, y1, x2, y2 in np.asarray(many)
    ]
    return path("".join(parts), style)


def dots(places, style):
    """Return dots at (x, y) as one path; `style` has their width in pixels on screen."""
    parts = [f"M{x:.1f} {y:.1f}h0" for x, y in np.asarray(places)]
    return path("".join(parts), f"stroke-linecap:round;{style}")


def path(course, style):
    """Return a path without a face; nothing for an empty one."""
    style = f"fill:none;vector-effect:non-scaling-stroke;{style}"
    return f'<path d="{course}" style="{style}"></path>' if course else ""


def label(text, corners, size, colour=INK, below=False):
    """Return words at the upper left corner of a box, or below its lower left one.

    They stay within the picture of (height, width), and have a halo to be read on it.
    """
    x1, y1, _, y2 = (float(value) for value in corners)
    height, width = size
    letter = LETTERS * width / shown_width(size)  # pixels on screen in pixels of the picture
    x = min(max(x1, 0), max(width - 0.6 * letter * len(text), 0))
    y = y2 + letter if below else y1 - 0.3 * letter
    y = min(max(y, letter), height - 0.3 * letter)
    style = (
        f"font:bold {letter:.2f}px sans-serif;fill:{colour};stroke:{HALO};"
        f"stroke-width:{0.25 * letter:.2f};stroke-linejoin:round;paint-order:stroke;"
        "pointer-events:none"
    )
    return f'<text x="{x:.2f}" y="{y:.2f}" style="{style}">{escape(text)}</text>'


def swatch(style):
    """Return a small patch that shows in words what a colour stands for."""
    return (
        '<i style="display:inline-block;width:14px;height:14px;margin-right:6px;'
        f'vertical-align:-2px;box-sizing:border-box;{style}"></i>'
    )


def rows(lines, head=None):
    """Return a table of words: cells are html, the first of each line its name."""
    cell = "width:auto;padding:1px 8px;text-align:left;white-space:nowrap;font:inherit"
    text = ""
    if head:
        names = "".join(f'<th scope="col" style="{cell}"><b>{name}</b></th>' for name in head)
        text = f"<tr>{names}</tr>"
    for line in lines:
        text += "<tr>" + "".join(f'<td style="{cell}">{part}</td>' for part in line) + "</tr>"
    return f"<table>{text}</table>"


def corners_in_words(corners):
    """Return x1, y1 to x2, y2."""
    x1, y1, x2, y2 = (number(value) for value in corners)
    return f"{x1}, {y1} to {x2}, {y2}"
