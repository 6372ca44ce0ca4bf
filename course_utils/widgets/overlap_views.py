"""The live views of IoUPlayground, as HTML; javascript/overlap.js makes the same."""

from course_utils.draw.overlap import BOX, ENCLOSING, INTERSECTION, OTHER, UNION
from course_utils.widgets import html, overlay
from course_utils.widgets.overlap_words import lines

TINT = 0.45  # opacity of the union
FACES = {
    "intersection": f"background:{INTERSECTION};border:1px solid #555",
    "union": f"background:{UNION};border:1px solid #555",
    "box around both": f"background:#fff;border:2px dotted {ENCLOSING}",
}


def scene(image, data, state, size, words):
    """Return the picture with both boxes, their union and their intersection."""
    shapes = _shapes(data, state, size)
    content = overlay.laid_over(image, shapes, size, overflow="visible")  # for grips at the edge
    return overlay.named_figure("box and other", content, words)


def _shapes(data, state, size):
    """Return the SVG: both faces in a group, so that the union has one tint."""
    union = overlay.box(state.other, f"fill:{UNION}") + overlay.box(state.box, f"fill:{UNION}")
    return "".join(
        [
            f'<g style="opacity:{TINT}">{union}</g>',
            overlay.box(data.shared, f"fill:{INTERSECTION};fill-opacity:0.75"),
            overlay.box(data.enclosing, _line(ENCLOSING, 1.5, "2 4")),
            overlay.box(state.other, _line(OTHER, 3, "9 4")),
            overlay.box(state.box, _line(BOX, 3)),
            overlay.label("other", state.other, size, OTHER, below=True),
            overlay.label("box", state.box, size, BOX),
        ]
    )


def _line(colour, width, dashes="none"):
    return f"fill:none;stroke:{colour};stroke-width:{width};stroke-dasharray:{dashes}"


def numbers(data, state):
    """Return how each number comes about, as a table."""
    found = [
        (overlay.swatch(FACES[name]) + name if name in FACES else name, how, f"<b>{value}</b>")
        for name, how, value in lines(data, state)
    ]
    caption = "how they overlap, and the deltas of box as seen from other"
    return html.figure(caption, overlay.rows(found))
