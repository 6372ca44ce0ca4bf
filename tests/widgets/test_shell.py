"""What stands around an explorer: an update changes widgets, and makes none."""

import ipywidgets

from course_utils.widgets import ConvStepper


def test_an_update_makes_no_widget(monkeypatch):
    stepper = ConvStepper([[n * m for n in range(5)] for m in range(4)], [[1, 0], [0, -1]])
    stepper.live()
    made = []
    monkeypatch.setattr(ipywidgets.Widget, "open", lambda widget: made.append(widget))
    stepper.set(row=1).set(column=2, bias=0.5).step()
    assert made == []
