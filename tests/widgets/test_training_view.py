"""A training as it is seen: in a kernel that is pretended, then in a real one that is stopped."""

import math
import re
from types import SimpleNamespace

import pytest
from jupyter_client.manager import start_new_kernel
from test_training import EPOCHS, INPUTS, LABELS, STEPS, When, fit, interrupted, network

from course_utils import draw, places, waiting
from course_utils.widgets import training_view, watching


@pytest.fixture
def texts(tmp_path, monkeypatch):
    """Pretend that a kernel is there; return the texts that each part of the view has had."""
    monkeypatch.delenv("COURSE_HEADLESS", raising=False)
    monkeypatch.setenv("COURSE_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setattr(waiting, "_in_a_kernel", lambda: True)
    seen = ([], [])

    def watch(box, raw=False):
        if raw:  # what stands for it when it is gone
            return
        for widget, texts in zip(box.children, seen, strict=True):
            texts.append(widget.value)
            widget.observe(lambda change, texts=texts: texts.append(change.new), names="value")

    monkeypatch.setattr("IPython.display.display", watch)
    return SimpleNamespace(progress=seen[0], curves=seen[1])


@pytest.fixture
def clock(monkeypatch):
    """Let a second pass whenever somebody looks at the clock."""
    seconds = iter(range(10**6))
    monkeypatch.setattr(training_view, "time", SimpleNamespace(monotonic=lambda: next(seconds)))


@pytest.fixture
def drawn(monkeypatch):
    """Return the histories of which curves were drawn, without the work of drawing them."""
    histories = []

    def note(history, description):
        histories.append(history["tiny"])
        return draw.Shown(picture.figure, description)

    picture = draw.bars({"a": 1}, "a", "a")
    monkeypatch.setattr(draw, "learning_curves", note)
    return histories


def bars(texts):
    """Return (done, total) of each progress element."""
    found = [re.search(r'<progress [^>]*value="(\d+)" max="(\d+)"', text) for text in texts]
    return [tuple(map(int, match.groups())) for match in found if match]


def statuses(text):
    return re.findall(r'<div role="status">(.*?)</div>', text)


# --- progress ------------------------------------------------------------------------------------


def test_progress_goes_from_nothing_to_all(texts, clock, drawn):
    fit(network(), validation_split=0.34)
    shown = bars(texts.progress)
    done, totals = zip(*shown)
    assert {*totals} == {2 * EPOCHS} and {*done} == {*range(2 * EPOCHS + 1)}
    assert list(done) == sorted(done)
    assert texts.progress[0].startswith('<div><progress aria-label="Training tiny" value="0"')
    assert "Training tiny: epoch 1 of 4, 0 %" in texts.progress[0]
    assert "Training tiny: epoch 2 of 4, 37 %, about 20 s left" in "".join(texts.progress)
    assert any("epoch 1 of 4, 25 %, on the validation data" in text for text in texts.progress)


def test_the_numbers_of_the_moment(texts, clock, drawn):
    fit(network(), validation_split=0.34)
    number = r"-?\d+\.\d{3}"
    both = rf"loss {number}, accuracy {number}"
    now = rf"Epoch 2 so far: {both}\."
    before = rf"Epoch 1: {both}, validation loss {number}, validation accuracy {number}\."
    text = next(text for text in texts.progress if "Epoch 2 so far" in text)
    assert re.search(now, text) and re.search(before, text)


def test_it_ends_with_the_time_that_it_took(texts, drawn):
    fit(network())
    assert re.search(r"<div> Training tiny: done in \d+ s\.<br>", texts.progress[-1])
    assert "<progress" not in texts.progress[-1] and statuses(texts.progress[-1]) == []


def test_five_times_a_second_at_most(texts, drawn, monkeypatch):
    """A batch takes 0.06 s: every fourth one is shown."""
    now = [0.0]
    monkeypatch.setattr(training_view, "time", SimpleNamespace(monotonic=lambda: now[0]))

    class Tick(When):
        def _act(self, batch):
            now[0] += 0.06

    shown = []
    monkeypatch.setattr(training_view.View, "_show", counting(training_view.View._show, shown))
    trained = network()
    trained.fit(INPUTS, LABELS, batch_size=1, epochs=1, steps_per_epoch=12, verbose=0,
                callbacks=[Tick(0, 0, None), *watching("tiny")])  # fmt: skip
    during_batches = [logs for logs in shown if logs]
    assert len(during_batches) == 3


def counting(function, calls):
    def counted(self, logs=None, doing=""):
        calls.append(logs)
        function(self, logs, doing)

    return counted


def test_steps_that_nobody_knows(texts, clock, drawn):
    """A bar that moves by itself in the first epoch, a count from then on."""
    callbacks = watching("tiny")
    view = callbacks[-1]
    view.run.begin(2, None)
    view.on_train_begin()
    view.run.batches = 3
    view.on_train_batch_end(2, {"loss": 1.0})
    bar = '<progress aria-label="Training tiny"></progress>'
    assert f"{bar} Training tiny: epoch 1 of 2, batch 3" in texts.progress[-1]
    view.run.finished = 1
    view.on_epoch_end(0)
    assert bars(texts.progress) == [(3, 6)]


# --- sentences -----------------------------------------------------------------------------------


def test_a_stop_and_what_follows(texts, clock, drawn, capsys):
    fit(network(), interrupted(2))
    assert any("epoch 3 of 4, 66 %, stopping" in text for text in texts.progress)
    assert re.search(r"Training tiny: stopped after \d+ s\.", texts.progress[-1])
    assert statuses(texts.progress[-1]) == [
        "Stopped in epoch 3 of 4. Run the cell again to go on from the start of epoch 3."
    ]
    texts.progress.clear()
    fit(network())
    assert bars(texts.progress)[0] == (2 * STEPS, EPOCHS * STEPS)
    assert "Training tiny: epoch 3 of 4, 50 %" in texts.progress[0]
    assert statuses(texts.progress[0])[0].startswith("Resumed after epoch 2 of 4, as it was kept")
    assert "watching(&quot;tiny&quot;, resume=False)" in texts.progress[-1]
    assert capsys.readouterr() == ("", "")


def test_two_callbacks_of_one_list_show_twice(texts, drawn):
    callbacks = watching("tiny")
    for _ in range(2):
        network().fit(INPUTS, LABELS, epochs=1, verbose=0, callbacks=callbacks)
    assert sum("done in" in text for text in texts.progress) == 2


# --- curves --------------------------------------------------------------------------------------


def test_curves_grow_and_have_an_alt_text(texts, clock):
    fit(network(), validation_split=0.34)
    image = r'<img src="data:image/png;base64,[\w+/=]+" alt="([^"]+)">'
    (alt,) = re.findall(image, texts.curves[-1])
    assert alt.startswith("Learning curves of tiny over 4 of 4 epochs.")
    assert "over 1 of 4 epochs" in texts.curves[1]


def test_resumed_curves_have_the_earlier_epochs(texts, clock, drawn):
    fit(network(), interrupted(2))
    assert [len(history["loss"]) for history in drawn] == [1, 2]
    drawn.clear()
    fit(network())
    assert [len(history["loss"]) for history in drawn] == [2, 4]


def test_no_finished_epoch_no_curves(texts, clock, drawn):
    fit(network(), interrupted(0))
    assert drawn == [] and texts.curves == [""]


def test_drawing_takes_little_of_the_time(texts, drawn, monkeypatch):
    """Epochs of 1 s and pictures of 0.08 s: the first, the last, and one in between."""
    now = [0.0]
    monkeypatch.setattr(training_view, "time", SimpleNamespace(monotonic=lambda: now[0]))
    draw_one = draw.learning_curves

    def slowly(history, description):
        now[0] += 0.08
        return draw_one(history, description)

    class Second(training_view.keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            now[0] += 1

    monkeypatch.setattr(draw, "learning_curves", slowly)
    trained = network()
    trained.fit(INPUTS, LABELS, batch_size=12, epochs=12, verbose=0,
                callbacks=[Second(), *watching("tiny")])  # fmt: skip
    assert [len(history["loss"]) for history in drawn] == [1, 11, 12]


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "seconds, said",
    [
        (0, "a few seconds"), (3.9, "a few seconds"), (4, "about 5 s"), (42, "about 40 s"),
        (58, "about 60 s"), (99, "about 100 s"), (100, "about 2 min"), (3600, "about 60 min"),
    ],
)  # fmt: skip
def test_how_long(seconds, said):
    assert training_view.about(seconds) == said


def test_numbers_in_words():
    logs = {"val_top_5": 1.0, "loss": 0.12345, "learning_rate": 1e-4, "big": 12345.6}
    assert training_view.numbers(logs) == (
        "loss 0.123, learning rate 0.0001, big 1.23e+04, validation top 5 1.000"
    )
    odd = {"matrix": [1, 2], "zero": 0.0, "no": math.nan}
    assert training_view.numbers(odd) == "matrix [1, 2], zero 0, no nan"


def test_the_pace():
    pace = training_view.Pace()
    assert pace.seconds_left(100) is None
    pace.note(1, 5.0)
    assert pace.seconds_left(100) is None
    pace.note(3, 5.5)
    assert pace.seconds_left(100) is None
    pace.note(21, 15.0)
    assert pace.seconds_left(101) == pytest.approx(40)


# --- a real kernel -------------------------------------------------------------------------------

START = '''
import os
import time
from pathlib import Path
from course_utils.startup import start_keras
from course_utils.widgets import watching
os.environ["COURSE_CHECKPOINTS"] = str(Path({folder!r}) / "checkpoints")
start_keras()
import keras, numpy

class Slow(keras.callbacks.Callback):
    """The first time, the second epoch leaves time for an interrupt on any machine."""
    runs = 0

    def on_epoch_begin(self, epoch, logs=None):
        Slow.runs += epoch == 1
        self.pause = 0.5 if (epoch, Slow.runs) == (1, 1) else 0.01

    def on_train_batch_begin(self, batch, logs=None):
        time.sleep(self.pause)
'''
TRAIN = """
network = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
network.compile("sgd", "mse")
history = network.fit(numpy.zeros((40, 2)), numpy.zeros(40), batch_size=1, epochs=3, verbose=0,
                      callbacks=[*watching("kernel"), Slow()])
print("then", history.epoch)
"""
FAIL = """
network = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
network.compile("sgd", "mse")

class Failing(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise RuntimeError("out of memory")

def fail():
    callbacks = [*watching("failing"), Failing()]
    network.fit(numpy.zeros((4, 2)), numpy.zeros(4), verbose=0, callbacks=callbacks)
fail()
"""
# An interrupt after a fit that failed, in the same cell: nobody has put the handler back.
SLEEP = """
import ipywidgets
try:
    fail()
except RuntimeError:
    asleep = ipywidgets.HTML("asleep")
    time.sleep(60)
print("not interrupted")
"""


class Kernel:
    """A kernel, and the texts of its HTML widgets as a page would have them."""

    def __init__(self, manager, client):
        self.manager, self.client = manager, client

    def run(self, code, interrupt_at=None):
        """Run a cell; interrupt it once when a widget says so. Return (status, output, texts)."""
        request = self.client.execute(code)
        texts, output = [], []
        while True:
            message = self._message(self.client.get_iopub_msg, request)
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return self.status(request), "".join(output), texts
            output += [content["text"]] if kind == "stream" else []
            text = content.get("data", {}).get("state", {}).get("value")
            texts += [text] if isinstance(text, str) else []
            if interrupt_at and text and interrupt_at in text:
                self.manager.interrupt_kernel()
                interrupt_at = None

    def status(self, request):
        """Return how a request ended."""
        return self._message(self.client.get_shell_msg, request)["content"]["status"]

    @staticmethod
    def _message(get, request):
        """Return the next message on a request; those on others, such as the start's, go by."""
        while True:
            message = get(timeout=120)
            if message["parent_header"].get("msg_id") == request:
                return message


@pytest.fixture
def kernel(monkeypatch):
    monkeypatch.delenv("COURSE_HEADLESS", raising=False)
    manager, client = start_new_kernel(cwd=str(places.ROOT))
    yield Kernel(manager, client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_stop_and_run_again_in_a_kernel(kernel, tmp_path):
    status, _, _ = kernel.run(START.format(folder=str(tmp_path)))
    assert status == "ok"
    status, output, texts = kernel.run(TRAIN, interrupt_at="epoch 2 of 3")
    assert (status, output) == ("ok", "then [0, 1]\n")
    said = [text for text in texts if "Stopped" in text][-1]
    assert "Stopped in epoch 2 of 3. Run the cell again to go on from the start of epoch 2." in said
    assert re.search(r"Training kernel: stopped after \d+ s\.", said)
    status, output, texts = kernel.run(TRAIN)
    assert (status, output) == ("ok", "then [0, 1, 2]\n")
    said = [text for text in texts if "done in" in text][-1]
    assert "Resumed after epoch 1 of 3" in said
    assert len([text for text in texts if "<img" in text]) >= 2


def test_after_a_fit_that_failed_a_kernel_is_as_before(kernel, tmp_path):
    kernel.run(START.format(folder=str(tmp_path)))
    status, _, texts = kernel.run(FAIL)
    assert status == "error"
    assert re.search(r"Training failing: stopped after \d+ s\.", texts[-1])
    assert "<progress" not in texts[-1]
    status, output, _ = kernel.run(SLEEP, interrupt_at="asleep")
    assert (status, output) == ("error", "")
