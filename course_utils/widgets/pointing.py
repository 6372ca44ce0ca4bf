"""Pointing at a picture: an extra where anywidget is installed, never the only way.

The views stay ipywidgets' HTML. One small widget listens beside them, so that where a notebook
cannot load it, everything else still works.
"""

from course_utils.widgets.extra import extra
from course_utils.widgets.javascript import source

EXPLORER = "course-explorer"  # the CSS class of an explorer's box, as in pointing.js


def pointer(answer):
    """Return the listener as a list: of one widget, or of none where anywidget is missing.

    Args:
        answer: called with (name, x, y): the `data-pick` of what was pointed at, and the place in
            0…1 of its width and height.
    """
    kind = _kind()
    if kind is None:
        return []
    listener = kind()
    listener.observe(lambda change: answer(*change.new[:3]), names="place")
    return [listener]


def cell_at(x, y, places):
    """Return the (row, column) at a place in 0…1 of a picture of so many (rows, columns)."""
    rows, columns = places
    return min(int(y * rows), rows - 1), min(int(x * columns), columns - 1)


@extra
def _kind(anywidget, traitlets):
    """Return the listener's class."""

    class Pointer(anywidget.AnyWidget):
        _esm = source("pointing")
        # The last number counts, so that the same place pointed at twice is news.
        place = traitlets.List(["", 0.0, 0.0, 0]).tag(sync=True)

    return Pointer
