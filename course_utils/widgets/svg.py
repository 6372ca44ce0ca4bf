"""Pieces of a live picture in SVG: lines, marks and words that lie exactly on what they mean."""

import base64
import io
from html import escape

from PIL import Image

SHARPEST = 400  # pixels of a photograph's longer side


def drawing(size, content, words, pick=None, still=False):
    """Return a picture in SVG on white, as wide as its own units in pixels, or narrower.

    Args:
        size: (height, width) in units of the content.
        content: the SVG inside.
        words: what is seen.
        pick: the name under which a place pointed at is told to the explorer (`picked`).
        still: True for what is dragged: then a finger on it does not scroll the page.
    """
    height, wide = size
    picked = f' data-pick="{escape(pick)}"' if pick else ""
    style = (
        f"display:block;width:{wide:g}px;max-width:100%;height:auto;color:#000;background:#fff;"
        f"user-select:none;-webkit-user-select:none{';touch-action:none' * still}"
    )
    return (
        f'<svg role="img" aria-label="{escape(words)}" viewBox="0 0 {wide:g} {height:g}"{picked} '
        f'style="{style}" font-family="sans-serif">{content}</svg>'
    )


def pixels(array, size):
    """Return (rows, columns, 3) uint8 over a drawing of (height, width), each pixel a square."""
    return _image(array, size, "PNG", compress_level=1)


def photograph(array, size):
    """Return a photograph, grey or colour, over a drawing of (height, width), at a fair size."""
    apart = -(-max(array.shape[:2]) // SHARPEST)  # more pixels than can be seen are not sent
    return _image(array[::apart, ::apart], size, "JPEG", quality=85, subsampling=0)


def _image(array, size, kind, **how):
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, format=kind, **how)
    source = base64.b64encode(stream.getvalue()).decode()
    return (
        f'<image href="data:image/{kind.lower()};base64,{source}" width="{size[1]:g}" '
        f'height="{size[0]:g}" preserveAspectRatio="none" style="image-rendering:pixelated"/>'
    )


def box(corners, style):
    """Return a frame: corners x1 y1 x2 y2."""
    x1, y1, x2, y2 = corners
    return (
        f'<rect x="{x1:.2f}" y="{y1:.2f}" width="{x2 - x1:.2f}" height="{y2 - y1:.2f}" '
        f'style="{style}"/>'
    )


def path(lines, style):
    """Return broken lines: each is a sequence of (x, y)."""
    parts = ["M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in line) for line in lines]
    return f'<path d="{"".join(parts)}" style="fill:none;{style}"/>' if parts else ""


def dots(places, radius, style):
    """Return a disc at each (x, y)."""
    return "".join(
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:g}" style="{style}"/>' for x, y in places
    )


def words(text, x, y, size, style="", anchor="middle"):
    """Return a text whose middle, start or end lies at x, and its middle line at y."""
    return (
        f'<text x="{x:.1f}" y="{y + 0.35 * size:.1f}" font-size="{size:g}" '
        f'text-anchor="{anchor}" style="{style}">{escape(text)}</text>'
    )
