"""The ipywidgets around an explorer: controls, live picture, readout, refusals, reset."""

import html

import ipywidgets

from course_utils.still import still
from course_utils.widgets.controls import KernelGrid, close_all
from course_utils.widgets.html import cell_rules
from course_utils.widgets.pointing import EXPLORER, pointer


class Shell:
    """Shows an explorer and keeps controls, picture and state in step.

    Views are HTML whose text is sent only when it changed: no Output widget and no display
    update, which flicker, pile up on Colab and hide errors.
    """

    def __init__(self, explorer):
        self.explorer = explorer
        self.controls = explorer.controls()
        self.views = {}
        self.readout = ipywidgets.HTML()
        self.refusal = ipywidgets.HTML()
        self.inset = ipywidgets.VBox([])
        self._below, self._made_here = None, False
        self._updating = False
        self.update()
        for name, control in self.controls.items():
            control.on_change(lambda name=name: self._changed(name))
        self.box = self._arrange()

    def update(self):
        """Show the explorer's present state everywhere."""
        self._updating = True
        try:
            limits = self.explorer.limits()
            for name, control in self.controls.items():
                if name in limits:
                    control.limit(limits[name])
                control.write(getattr(self.explorer.state, name))
        finally:
            self._updating = False
        data, state = self.explorer.data, self.explorer.state
        for name, text in self.explorer.views(data, state).items():
            if name not in self.views:  # a widget that is made is never given back
                self.views[name] = ipywidgets.HTML()
            self._put(self.views[name], text)
        status = f'<div role="status" aria-live="polite">{self.explorer.readout(data, state)}</div>'
        self._put(self.readout, status)
        self._put(self.refusal, "")
        self._show_below(self.explorer.inset)

    def close(self):
        """Close all widgets."""
        self._show_below(None)
        close_all(self.box)

    def _show_below(self, explorer):
        """Show another explorer below; the one before is closed, if it was shown nowhere else."""
        if explorer is self._below:
            return
        before = self._below if self._made_here else None
        self._below, self._made_here = explorer, bool(explorer) and not explorer.is_live
        self.inset.children = (explorer.live(),) if explorer else ()
        if before:
            before.close()

    def _changed(self, name):
        if not self._updating:
            self._try(lambda: self.explorer.set(**{name: self.controls[name].read()}))

    def _try(self, action):
        """Do it, or say why not and leave the last picture standing."""
        try:
            action()
        except ValueError as error:
            text = f'<div role="alert" class="course-refusal">{_text(error)}</div>'
            self._put(self.refusal, text)

    def _arrange(self):
        heading = ipywidgets.HTML(
            f"{STYLE}<b>{_text(self.explorer.title)}</b><br>{_text(self.explorer.try_this)}"
        )
        wrap = {"flex_flow": "row wrap", "align_items": "flex-start"}
        actions = self._actions().items()
        buttons = ipywidgets.Box([self._button(*action) for action in actions], layout=wrap)
        beside = [self.views[name] for name in self.explorer.beside]
        views = [view for view in self.views.values() if view not in beside]
        parts = [
            heading,
            self._inputs(wrap, beside),
            buttons,
            self.refusal,
            ipywidgets.Box(views, layout=wrap),
            self.readout,
            self.inset,
        ]
        box = ipywidgets.VBox([*parts, *pointer(self._pointed)])
        box.add_class(EXPLORER)
        return box

    def _inputs(self, wrap, beside):
        """Return the controls, what is drawn on first, then the views that stand beside them."""
        controls = self.controls.values()
        canvases = [control.canvas for control in controls if getattr(control, "canvas", None)]
        boxes = {name: control.box for name, control in self.controls.items()}
        # A kernel is tall: it stands beside the other inputs, not in a line with them.
        tall = [name for name, control in self.controls.items() if isinstance(control, KernelGrid)]
        kernel = [boxes.pop(name) for name in tall]
        fields = ipywidgets.Box(list(boxes.values()), layout=wrap)
        if kernel or canvases:
            fields.layout.max_width = "36rem"
        inputs = ipywidgets.Box([fields, *kernel], layout=wrap)
        if not canvases and not beside:
            return inputs
        column = ipywidgets.VBox([inputs, *beside], layout={"flex": "1 1 17rem", "min_width": "0"})
        return ipywidgets.Box([*canvases, column], layout=wrap)

    def _pointed(self, name, x, y):
        self._try(lambda: self.explorer.picked(name, x, y))

    def _actions(self):
        return {**self.explorer.actions(), "Reset": self.explorer.reset}

    def _button(self, label, action):
        button = ipywidgets.Button(description=label, layout={"width": "auto"})
        button.on_click(lambda _: self._try(action))
        return button

    @staticmethod
    def _put(widget, text):
        if widget.value != text:
            widget.value = text


def still_of(explorer):
    """Return an explorer's present views, for when its widget is gone: see `course_utils.still`."""
    views = "".join(explorer.views(explorer.data, explorer.state).values())
    content = f'{STYLE}<b>{_text(explorer.title)}</b><div class="course-views">{views}</div>'
    return still(content, explorer.description)


STYLE = f"<style>\n{cell_rules()}" + """
.course-explorer .widget-html .widget-html-content { line-height: 1.4; }
.course-refusal { border-left: 4px solid #D55E00; padding: 4px 8px; }
.course-view { position: relative; margin: 4px 16px 4px 0; line-height: 1.2; }
.course-view figcaption { font-weight: 600; margin-bottom: 2px; }
.course-view table { border-collapse: collapse; }
.course-view td { border: 1px solid #888; width: 42px; min-width: 42px; height: 26px; padding: 0;
  text-align: center; font: 12px/1 monospace; box-sizing: border-box; }
.course-view table.words :is(td, th) { width: auto; min-width: 0; padding: 1px 8px;
  text-align: left; white-space: nowrap; font: inherit; }
.course-view.squares td { width: 26px; min-width: 26px; }
.course-view td.zero { color: #222; background: repeating-linear-gradient(
  135deg, #ddd 0 4px, #bbb 4px 6px); }
.course-view td.here, .course-view td.now { outline: 3px solid #E69F00; outline-offset: -3px; }
.course-view .course-hover { display: none; position: absolute; pointer-events: none; z-index: 2;
  background: #D55E0033; outline: 3px dashed #D55E00; outline-offset: -2px; }
.course-view td:hover > .course-hover { display: block; }
.course-view img, .course-view canvas { display: block; max-width: 100%;
  image-rendering: pixelated; }
.course-view [data-pick] { cursor: pointer; touch-action: manipulation; }
.course-views { display: flex; flex-flow: row wrap; align-items: flex-start; }
.course-still .course-view td { text-align: center; }
.course-view .caption { font-weight: 600; white-space: nowrap; padding-right: 8px; }
</style>"""


def _text(value):
    return html.escape(str(value))
