"""Pointing at a picture: an extra where anywidget is installed, never the only way.

The views stay ipywidgets' HTML. One small widget listens beside them, so that where a notebook
cannot load it, everything else still works.
"""

import functools
import sys

from course_utils.places import core_widgets
from course_utils.widgets.javascript import source

EXPLORER = "course-explorer"  # the CSS class of an explorer's box, as in pointing.js


def pointer(answer):
    """Return the listener as a list: of one widget, or of none where anywidget is missing.

    Args:
        answer: called with (name, x, y): the `data-pick` of what was pointed at, and the place in
            0…1 of its width and height.
    """
    kind = None if core_widgets() else _kind()
    if kind is None:
        return []
    listener = kind()
    listener.observe(lambda change: answer(*change.new[:3]), names="place")
    return [listener]


@functools.cache
def _kind():
    """Return the listener's class, or None."""
    try:
        import anywidget
        import traitlets
    except ImportError:
        return None

    class Pointer(anywidget.AnyWidget):
        _esm = source("pointing")
        # The last number counts, so that the same place pointed at twice is news.
        place = traitlets.List(["", 0.0, 0.0, 0]).tag(sync=True)

    allow_on_colab()
    return Pointer


def allow_on_colab():
    """Colab shows widgets that are not ipywidgets' own only when it is told to."""
    if "google.colab" in sys.modules:
        from google.colab import output

        output.enable_custom_widget_manager()
