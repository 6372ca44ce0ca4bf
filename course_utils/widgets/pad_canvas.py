"""Inputs for strokes: a canvas where anywidget is installed, and always a field of text."""

import functools

import ipywidgets

from course_utils.handwriting import strokes as pen_strokes
from course_utils.places import core_widgets
from course_utils.widgets.controls import APART, Count
from course_utils.widgets.javascript import source
from course_utils.widgets.pointing import allow_on_colab

HINT = "<small>In percent, from the upper left; a semicolon lifts the pen.</small>"
_CSS = """
.course-pad { width: 280px; max-width: 100%; aspect-ratio: 1; display: block;
  margin: 6px 14px 6px 6px; box-sizing: border-box; touch-action: none;
  user-select: none; cursor: crosshair;
  background: #fff; box-shadow: 0 0 0 1px #888; }
.course-pad:focus-visible { outline: 3px solid #0072B2; outline-offset: 2px; }
.course-pad-words { min-height: 1.2em; margin: 0 6px; font-size: 12px; }
"""


class Strokes:
    """Strokes as a canvas to draw on and a field of text, which say the same."""

    def __init__(self, label):
        self.canvas = _canvas()
        self.text = ipywidgets.Text(
            description=label, placeholder=pen_strokes.TEXT, continuous_update=False,
            style={"description_width": "initial"}, layout={"width": "17rem", "max_width": "100%"},
        )
        self.box = ipywidgets.VBox([self.text, ipywidgets.HTML(HINT)], layout={"margin": APART})
        self._latest = ()

    def read(self):
        """Return what was drawn or typed last."""
        return self._latest

    def write(self, strokes):
        self.text.value = pen_strokes.as_text(strokes)
        if self.canvas:
            self.canvas.strokes = [[[*point] for point in stroke] for stroke in strokes]

    def on_change(self, callback):
        def changed(change):
            self._latest = change.new
            callback()

        self.text.observe(changed, names="value")
        if self.canvas:
            self.canvas.observe(changed, names="strokes")


class Pen(Count):
    """The pen's width, for a canvas too."""

    def __init__(self, label, canvas):
        super().__init__(label, pen_strokes.THINNEST, pen_strokes.WIDEST)
        self._canvas = canvas

    def write(self, width):
        super().write(width)
        if self._canvas:
            self._canvas.pen = width


def _canvas():
    """Return a canvas, or None where there is to be none."""
    kind = None if core_widgets() else _kind()
    return kind and kind()


@functools.cache
def _kind():
    """Return the canvas's class, or None where anywidget is missing."""
    try:
        import anywidget
        import traitlets
    except ImportError:
        return None

    class PadCanvas(anywidget.AnyWidget):
        _esm = source("pad")
        _css = _CSS
        # The browser knows what it drew: nothing is sent back to it.
        strokes = traitlets.List().tag(sync=True, echo_update=False)
        pen = traitlets.Int(8).tag(sync=True)
        most = traitlets.Int(pen_strokes.MOST).tag(sync=True)

    allow_on_colab()
    return PadCanvas
