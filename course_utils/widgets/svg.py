"""A picture in SVG on white: what `widgets.overlay` lays over an image, without an image below."""

from html import escape

import numpy as np
from PIL import Image

from course_utils.widgets import html


def drawing(size, content, words, pick=None, still=False):
    """Return a picture, as wide as its own units in pixels, or narrower.

    Args:
        size: (height, width) in units of the content.
        content: the SVG inside.
        words: what is seen.
        pick: the name under which a place pointed at is told to the explorer (`picked`).
        still: True for what is dragged: then a finger on it does not scroll the page.
    """
    height, width = size
    picked = f' data-pick="{escape(pick)}"' if pick else ""
    style = (
        f"display:block;width:{width:g}px;max-width:100%;height:auto;color:#000;background:#fff;"
        f"user-select:none;-webkit-user-select:none{';touch-action:none' * still}"
    )
    return (
        f'<svg role="img" aria-label="{escape(words)}" viewBox="0 0 {width:g} {height:g}"{picked} '
        f'style="{style}" font-family="sans-serif">{content}</svg>'
    )


def pixels(array, size):
    """Return (rows, columns, 3) uint8 over a drawing of (height, width), each pixel a square."""
    source = html.address(html.saved(Image.fromarray(array), "PNG", compress_level=1))
    return (
        f'<image href="{source}" width="{size[1]:g}" height="{size[0]:g}" '
        'preserveAspectRatio="none" style="image-rendering:pixelated"></image>'
    )


def course(lines):
    """Return broken lines, each a sequence of (x, y), as the course of `overlay.path`."""
    lines = (np.asarray(line, float).tolist() for line in lines)
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line) for line in lines)


def mark(place, radius, colour):
    """Return a disc with a black edge."""
    x, y = place
    style = f"fill:{colour};stroke:#000;stroke-width:1.5"
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" style="{style}"></circle>'


def words(text, x, y, size, style="", anchor="middle"):
    """Return a text whose middle, start or end lies at x, and its middle line at y."""
    return (
        f'<text x="{x:.1f}" y="{y + 0.35 * size:.1f}" font-size="{size:g}" '
        f'text-anchor="{anchor}" style="{style}">{escape(text)}</text>'
    )
