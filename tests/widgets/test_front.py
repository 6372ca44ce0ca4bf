"""Explorers in the browser, from Python's side: what is sent, what comes back, what is refused."""

import base64
import json
import re

import ipywidgets
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from course_utils.widgets import ConvStepper, IoUPlayground, KernelLab, KernelTraining, front
from course_utils.widgets.shell import Shell

HOSTILE = "</script><script>alert(1)</script> & <!-- \" '"


@pytest.fixture(autouse=True)
def in_the_browser(monkeypatch):
    pytest.importorskip("anywidget", reason="anywidget is not installed: explorers use ipywidgets")
    monkeypatch.delenv("COURSE_CORE_WIDGETS", raising=False)


@pytest.fixture
def stepper():
    return ConvStepper(np.arange(30).reshape(5, 6) / 30, [[1, 0, -1], [2, 0, -2]], bias=0.5)


@pytest.fixture
def lab():
    return KernelLab("coins", preset="sharpen")


@pytest.fixture
def sent(monkeypatch):
    """Return a list of (names of traits) of each message to the browser, echoes aside."""
    if ipywidgets.__version__.startswith("7."):
        pytest.skip("ipywidgets 7 sends nothing where there is no kernel")
    messages = []

    def note(widget, message, buffers=None):
        if message["method"] == "update":
            messages.append(sorted(message["state"]))

    monkeypatch.setattr("ipywidgets.Widget._send", note)
    return messages


def move(explorer, turn=0, **changes):
    """Have a message come from the browser, which did these changes."""
    values = json.loads(json.dumps(front.client_state(explorer.state))) | changes
    explorer.live().set_state({"state": {"turn": turn, "from": "x", "values": values}})


def shown(explorer):
    """Return the state that the browser shows, as far as Python knows."""
    return explorer.live().state["values"]


# --- which kind ----------------------------------------------------------------------------------


def test_the_widget_is_made_once_and_says_what_it_shows(stepper):
    box = stepper.live()
    assert stepper.live() is box
    assert repr(box) == stepper.description
    assert "export default" in box._esm


def test_core_widgets_stand_in(stepper, lab, monkeypatch):
    monkeypatch.setattr(front, "_kind", lambda name: None)
    stepper.live()
    assert isinstance(stepper._shell, Shell)
    monkeypatch.undo()
    monkeypatch.setenv("COURSE_CORE_WIDGETS", "1")
    lab.live()
    assert isinstance(lab._shell, Shell)


def test_explorers_without_a_front_stay_as_they_are():
    training = KernelTraining("coins", step=1)
    training.live()
    assert training.front is None and isinstance(training._shell, Shell)


# --- both directions -----------------------------------------------------------------------------


def test_what_is_done_in_the_browser_arrives_and_is_not_sent_back(stepper, sent):
    stepper.live()
    sent.clear()
    move(stepper, row=1, column=2, bias=-2)
    assert (stepper.state.row, stepper.state.column, stepper.state.bias) == (1, 2, -2.0)
    assert stepper.data.value == stepper.compute(stepper.state).output[1, 2]
    move(stepper, kernel=[[1, 2], [3, 4]], padding="same")
    assert stepper.state.kernel.tolist() == [[1, 2], [3, 4]]
    assert stepper.data.output.shape == (5, 6)
    assert sent == []


def test_exact_numbers_survive_the_way(lab, sent):
    third = 1 / 3
    move(lab, kernel=[[third, 0.1, -1e-17]] * 3, preset="my own")
    sent.clear()
    move(lab)
    assert lab.state.kernel[0].tolist() == [third, 0.1, -1e-17] and sent == []


def test_dragged_boxes_arrive_and_impossible_ones_go_back(sent):
    playground = IoUPlayground()
    start = shown(playground)
    move(playground, preset="my own", box=[10, 20, 30.5, 40])
    assert playground.state.box.tolist() == [10, 20, 30.5, 40] and playground.data.iou == 0
    playground.reset()
    assert shown(playground) == start
    move(playground, turn=playground.live().state["turn"], box=[10, 20, 5, 40])
    assert shown(playground) == start and playground.data.iou == 0.5


def test_set_from_code_moves_the_browser_once(stepper, sent):
    stepper.live()
    sent.clear()
    stepper.set(row=2, bias=1)
    assert sent == [["state"]] and shown(stepper)["row"] == 2
    stepper.set(row=2)
    assert sent == [["state"]]
    stepper.reset()
    assert shown(stepper)["row"] == 0


def test_what_crosses_a_change_from_code_is_dropped_and_both_agree(stepper, sent):
    stepper.live()
    stepper.set(row=2)
    sent.clear()
    move(stepper, turn=0, row=1)
    assert stepper.state.row == shown(stepper)["row"] == 2 and sent == [["state"]]
    move(stepper, turn=stepper.live().state["turn"], row=1)
    assert stepper.state.row == 1


@pytest.mark.parametrize("changes", [
    dict(row=99), dict(row=-1), dict(row="1"), dict(row=None), dict(row=0.5), dict(stride=0),
    dict(stride={}), dict(dilation=50), dict(padding=["same"]), dict(padding=HOSTILE),
    dict(bias=None), dict(bias=[1]), dict(kernel=[]), dict(kernel=[[1], [1, 2]]), dict(kernel="x"),
    dict(kernel=[[None]]), dict(speed=3), dict(kernel={"a": 1}),
])  # fmt: skip
def test_what_cannot_be_moves_the_browser_back(stepper, changes):
    state, data = stepper.state, stepper.data
    move(stepper, **changes)
    assert stepper.state is state and stepper.data is data
    assert shown(stepper) == front.client_state(state)


def test_moving_the_browser_back_takes_one_message(stepper, sent):
    stepper.live()
    sent.clear()
    move(stepper, row=99)
    assert sent == [["state"]]


@pytest.mark.parametrize("message", [
    {}, {"turn": 0}, {"values": {}}, {"turn": 0, "values": None}, {"turn": 0, "values": [1]},
    {"turn": "0", "values": {"row": 1}}, {"turn": None, "values": {"row": 1}},
])  # fmt: skip
def test_a_message_of_another_form_changes_nothing(stepper, message):
    stepper.live().set_state({"state": message})
    assert stepper.state.row == 0 and shown(stepper) == front.client_state(stepper.state)
    stepper.set(row=1)
    assert shown(stepper)["row"] == 1


def test_a_photograph_is_sent_when_it_is_chosen(lab, sent):
    lab.live()
    sent.clear()
    move(lab, photograph="coffee")
    assert sent == [["inputs"]]
    inputs = lab.live().inputs
    assert inputs["name"] == "coffee" and inputs["photograph"]["shape"][2] == 3
    sent.clear()
    lab.set(photograph="camera")
    assert sent == [["inputs", "state"]]


@pytest.mark.parametrize("changes", [
    dict(photograph="cat"), dict(photograph=["coins"]), dict(preset=HOSTILE), dict(secret="x"),
    dict(kernel=[[1]]), dict(kernel=[[1e300] * 3] * 3), dict(view=None), dict(colours={}),
])  # fmt: skip
def test_the_lab_refuses_too(lab, changes):
    state = lab.state
    move(lab, **changes)
    assert lab.state is state and shown(lab) == front.client_state(state)


def test_stop_reaches_what_python_runs(stepper, monkeypatch):
    stopped = []
    monkeypatch.setattr(stepper, "stop", lambda: stopped.append(1))
    handle = stepper.live()._handle_custom_msg
    for content in ({"press": "Stop"}, {"press": "Leave"}, {}, None, {"press": ["Stop"]}, "Stop"):
        handle(content, [])
    assert stopped == [1]


# --- pages ---------------------------------------------------------------------------------------


def handed(piece):
    return json.loads(re.search(r'json">(.*?)</script>', piece, re.DOTALL)[1])


def test_a_piece_of_a_page_holds_state_and_pixels(lab):
    lab.set(preset="emboss")
    piece = front.page_piece(lab)
    values = handed(piece)["state"]["values"]
    assert values == front.client_state(lab.state)
    inputs = handed(piece)["inputs"]
    assert inputs["photographs"] == ["coins"] and inputs["start"]["preset"] == "sharpen"
    pixels = np.frombuffer(base64.b64decode(inputs["photograph"]["bytes"]["base64"]), np.uint8)
    np.testing.assert_allclose(pixels / 255, lab.data.image.ravel(), atol=1e-7)


def test_no_word_ends_the_script_of_a_piece(stepper, monkeypatch):
    monkeypatch.setattr(ConvStepper, "try_this", HOSTILE)
    monkeypatch.setattr(ConvStepper, "describe", lambda *_: HOSTILE)
    piece = front.page_piece(stepper)
    assert piece.count("</script") == piece.count("<script") == 1 and "<!--" not in piece
    assert handed(piece)["inputs"]["try_this"] == HOSTILE


def test_on_a_page_only_explorers_with_a_front_move(stepper, monkeypatch):
    monkeypatch.setenv("COURSE_HEADLESS", "1")
    monkeypatch.setenv("COURSE_PAGE", "1")
    InteractiveShell.instance()
    with capture_output() as captured:
        stepper._ipython_display_()
        KernelTraining("coins", step=1)._ipython_display_()
    moving, picture = (set(output.data) for output in captured.outputs)
    assert moving == {"text/html", "text/plain"} and picture == {"image/png", "text/plain"}
