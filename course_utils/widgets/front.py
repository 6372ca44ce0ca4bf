"""Explorers that are computed in the browser: they answer within a frame, and need no kernel.

An explorer class that names a `front`, a module in javascript/, and gives `client_inputs(alone)`
is shown by that module where anywidget is installed; elsewhere, and with COURSE_CORE_WIDGETS=1, by
core widgets (`widgets.shell`). In an exported page the same module stands in the page itself.
"""

import base64
import html
import json
from dataclasses import fields

from course_utils.widgets.controls import close_all
from course_utils.widgets.extra import extra
from course_utils.widgets.javascript import source
from course_utils.widgets.shell import STYLE


class Front:
    """Shows an explorer in the browser and keeps what is shown there and its state in step.

    Messages in both directions are states with a `turn`, which counts the changes that came from
    code. What the browser sends while such a change is on its way to it carries an older turn, and
    is dropped: both sides end at the same state.
    """

    def __init__(self, explorer, kind):
        self.explorer = explorer
        self._turn = 0
        state = {"turn": self._turn, "values": client_state(explorer.state)}
        self.box = kind(explorer, inputs=_inputs(explorer, alone=False), state=state)
        self.box.observe(lambda change: self._moved(change.new), names="state")
        self.box.on_msg(lambda _, content, buffers: self._pressed(content))

    def update(self):
        """Send the explorer's present state, unless it is what the browser shows."""
        values = client_state(self.explorer.state)
        with self.box.hold_sync():
            self.box.inputs = _inputs(self.explorer, alone=False)
            if values != self.box.state.get("values"):
                self._send(values)

    def close(self):
        """Close the widget."""
        close_all(self.box)

    def _moved(self, message):
        """Follow what was done in the browser; where that cannot be, move the browser back."""
        ours, values = client_state(self.explorer.state), message.get("values")
        if message.get("turn") != self._turn or not isinstance(values, dict):
            self._send(ours)
        elif values != ours:
            self._follow(values, ours)

    def _follow(self, values, ours):
        try:
            self.explorer.set(**values)
        except ValueError:
            self._send(ours)

    def _send(self, values):
        self._turn += 1
        self.box.state = {"turn": self._turn, "values": values}

    def _pressed(self, content):
        """Do what a button does that the browser cannot do alone."""
        label = content.get("press") if isinstance(content, dict) else None
        actions = self.explorer.actions()
        if label in list(actions):
            actions[label]()


def front_of(explorer):
    """Return a Front, or None where an explorer has none or the browser is not to be asked."""
    kind = explorer.front and _kind(explorer.front)
    return kind and Front(explorer, kind)


def page_piece(explorer):
    """Return an explorer as HTML for an exported page, which starts it by `page_script`.

    What is inside is shown where no script runs.
    """
    handed = {
        "inputs": _inputs(explorer, alone=True),
        "state": {"turn": 0, "values": client_state(explorer.state)},
    }
    # As JSON allows, without the letter that could end the script.
    text = json.dumps(handed, default=_as_base64, ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<div data-front="{explorer.front}"><p>{html.escape(explorer.description)}</p>'
        f'<script type="application/json">{text}</script></div>'
    )


def page_script(front):
    """Return the script that starts all pieces of one front in an exported page."""
    module = source(front).replace("export default", "const shown =")
    return f'<script type="module">\n{source("page")}\n{module}\nstart("{front}", shown)\n</script>'


def client_state(state):
    """Return a state as plain values: numbers, names, and arrays as nested lists."""
    pairs = {field.name: getattr(state, field.name) for field in fields(state)}
    return {k: v.tolist() if hasattr(v, "tolist") else v for k, v in pairs.items()}


def _inputs(explorer, alone):
    """Return what the browser needs besides the state."""
    return {
        "title": explorer.title,
        "try_this": explorer.try_this,
        "style": STYLE,
        "start": client_state(explorer.start),
        **explorer.client_inputs(alone),
    }


def _as_base64(value):
    return {"base64": base64.b64encode(value).decode()}


@extra
def _kind(anywidget, traitlets, name):
    """Return the widget class that runs a module."""

    class Computed(anywidget.AnyWidget):
        _esm = source(name)
        inputs = traitlets.Dict().tag(sync=True)
        state = traitlets.Dict().tag(sync=True)

        def __init__(self, explorer, **traits):
            self._explorer = explorer
            super().__init__(**traits)

        def __repr__(self):
            return repr(self._explorer)

    return Computed
