"""Inputs for strokes: a canvas where anywidget is installed, and always a field of text."""

import ipywidgets

from course_utils.handwriting import strokes as pen_strokes
from course_utils.widgets.controls import APART, Count
from course_utils.widgets.extra import extra
from course_utils.widgets.javascript import source

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
    """Strokes as a canvas to draw on and a field of text, which say the same.

    What a canvas sends may be late: drawn before the kernel cleared it, and delivered after. So
    each sheet has a number, the canvas says on which one it drew, and older ones are thrown away.
    """

    def __init__(self, label):
        self.canvas = _canvas()
        self.text = ipywidgets.Text(
            description=label, placeholder=pen_strokes.TEXT, continuous_update=False,
            style={"description_width": "initial"}, layout={"width": "17rem", "max_width": "100%"},
        )
        self.box = ipywidgets.VBox([self.text, ipywidgets.HTML(HINT)], layout={"margin": APART})
        self._latest, self._there, self._handing_over = (), [], False

    def read(self):
        """Return what was drawn or typed last."""
        return self._latest

    def write(self, strokes):
        self.text.value = pen_strokes.as_text(strokes)
        if self.canvas and not self._handing_over:
            self._show([[[*point] for point in stroke] for stroke in strokes])

    def on_change(self, callback):
        self.text.observe(lambda change: self._hand_over(change.new, callback), names="value")
        if self.canvas:
            self.canvas.observe(lambda change: self._hear(change.new, callback), names="drawn")

    def _show(self, strokes):
        """Lay a new sheet with strokes on the canvas, if others are there; an empty one always."""
        if not strokes or strokes != self._there:
            self._there = strokes
            with self.canvas.hold_sync():
                self.canvas.strokes = strokes
                self.canvas.sheet += 1

    def _hear(self, drawn, callback):
        """Take what was drawn on the sheet that lies there now."""
        if drawn["sheet"] == self.canvas.sheet:
            self._there = drawn["strokes"]
            self._hand_over(drawn["strokes"], callback, from_canvas=True)

    def _hand_over(self, strokes, callback, from_canvas=False):
        self._latest, self._handing_over = strokes, from_canvas
        try:
            callback()
        finally:
            self._handing_over = False


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
    kind = _kind()
    return kind and kind()


@extra
def _kind(anywidget, traitlets):
    """Return the canvas's class."""

    class PadCanvas(anywidget.AnyWidget):
        _esm = source("pad")
        _css = _CSS
        # What lies there at first, and what the browser has drawn on it, all strokes each time.
        strokes = traitlets.List().tag(sync=True)
        sheet = traitlets.Int(0).tag(sync=True)
        drawn = traitlets.Dict().tag(sync=True, echo_update=False)
        pen = traitlets.Int(8).tag(sync=True)
        most = traitlets.Int(pen_strokes.MOST).tag(sync=True)

    return PadCanvas
