"""A training as it is seen under its cell: progress, the numbers of the moment, learning curves.

All of it is HTML in one ipywidgets box. Progress and curves are two parts of it, so that the
curves' picture travels to the browser only when it is a new one.
"""

import html
import re
import time

import keras

from course_utils import draw
from course_utils.waiting import LiveText, progress
from course_utils.widgets.html import address
from course_utils.widgets.training_run import history_of

PAUSE = 0.2  # seconds between two states of the progress
DRAWING = 0.015  # of the time may go into drawing curves
PROGRESS, CURVES = 0, 1  # the parts of the box
BLANK = "\N{NO-BREAK SPACE}"  # an empty line: what stands below it keeps its place


class View(keras.callbacks.Callback):
    """Shows a training in a Jupyter kernel.

    Args:
        run: the `Run` that all callbacks of a training share; the others stand before this one.
    """

    def __init__(self, run):
        super().__init__()
        self.run = run

    def on_train_begin(self, logs=None):
        self.text = LiveText(parts=2)
        self.started = time.monotonic()
        self.shown = 0.0  # when progress was last shown
        self.drawing = [0.0]  # seconds that each picture of the curves took
        self.pace = Pace()
        self.steps = self.run.steps
        self.so_far = BLANK
        self.over = False
        _when_the_cell_ends(lambda: self._end("stopped after"))
        self._show()
        if self.run.earlier:
            self._draw()

    def on_train_batch_end(self, batch, logs=None):
        if time.monotonic() - self.shown >= PAUSE or self.run.interrupted:
            self._show(logs)

    def on_test_begin(self, logs=None):
        self._show(doing=", on the validation data")

    def on_epoch_end(self, epoch, logs=None):
        self.steps = self.steps or self.run.batches
        self.so_far = BLANK
        self._show()
        # One picture more takes about as long as the last one did.
        if sum(self.drawing) + self.drawing[-1] <= DRAWING * (time.monotonic() - self.started):
            self._draw()

    def on_train_end(self, logs=None):
        self._draw()
        self._end("stopped after" if self.run.stopped else "done in")

    # --- what is shown ---------------------------------------------------------------------------

    def _show(self, logs=None, doing=""):
        """Show the progress, with the logs of the present epoch where there are any."""
        self.shown = time.monotonic()
        done, total = self._batches()
        if logs:
            self.pace.note(done, self.shown)
            self.so_far = f"Epoch {self.run.epoch + 1} so far: {numbers(logs)}."
        bar = progress(self._label(), done if total else None, total)
        line = f"{self._progress(done, total)}{doing}{self._left(total)}"
        self._put([line, self.so_far, *self._finished_epoch()], bar)

    def _batches(self):
        """Return how many batches are done, and of how many, or None while nobody knows."""
        epoch, batches = self.run.epoch, self.run.batches
        if self.run.finished > epoch:
            epoch, batches = self.run.finished, 0
        steps = self.steps
        return epoch * (steps or 0) + batches, steps and steps * self.run.epochs

    def _progress(self, done, total):
        """Return the words beside the bar: the epoch, and how much of all is done."""
        epoch = min(max(self.run.epoch, self.run.finished) + 1, self.run.epochs)
        share = f"{100 * done // total} %" if total else f"batch {done}"
        return f"{self._label()}: epoch {epoch} of {self.run.epochs}, {share}"

    def _left(self, total):
        if self.run.interrupted:
            return ", stopping"
        seconds = self.pace.seconds_left(total) if total else None
        return "" if seconds is None else f", {about(seconds)} left"

    def _finished_epoch(self):
        """Return a line on the last epoch that is complete, if there is one."""
        if not self.run.logs:
            return []
        return [f"Epoch {self.run.finished}: {numbers(self.run.logs[-1])}."]

    def _end(self, how):
        """Replace the bar by a line, once: nothing keeps moving, however training ended."""
        if not self.over:
            self.over = True
            line = f"{self._label()}: {how} {time.monotonic() - self.started:.0f} s."
            self._put([line, *self._finished_epoch()])

    def _put(self, lines, bar=""):
        text = "<br>".join(map(html.escape, lines))
        said = "".join(f'<div role="status">{html.escape(s)}</div>' for s in self.run.notices)
        self.text.put(f"<div>{bar} {text}</div>{said}", PROGRESS)

    def _label(self):
        return f"Training {self.run.name}"

    def _draw(self):
        if not self.run.logs:
            return
        start = time.monotonic()
        epochs = f"{self.run.finished} of {self.run.epochs} epochs"
        shown = draw.learning_curves(
            {self.run.name: history_of(self.run.logs)},
            f"Learning curves of {self.run.name} over {epochs}.",
        )
        alt = html.escape(shown.description)
        self.text.put(f'<img src="{address(shown.png())}" alt="{alt}">', CURVES)
        self.drawing.append(time.monotonic() - start)


class Pace:
    """How fast batches go since the first one, which has TensorFlow's preparations in it."""

    def __init__(self):
        self.first = self.last = None

    def note(self, done, now):
        """Note that `done` batches were done at the time `now`, in seconds."""
        self.first = self.first or (done, now)
        self.last = done, now

    def seconds_left(self, total):
        """Return the seconds until `total` batches are done; None while too little is known."""
        if self.first is None:
            return None
        batches, seconds = (now - then for now, then in zip(self.last, self.first))
        if batches < 2 or seconds < 1:
            return None
        return seconds / batches * (total - self.last[0])


def about(seconds):
    """Return a duration as one would say it: "about 40 s"."""
    if seconds < 4:
        return "a few seconds"
    if seconds < 100:
        return f"about {5 * round(seconds / 5)} s"
    return f"about {round(seconds / 60)} min"


def numbers(logs):
    """Return logs in words: "loss 0.124, accuracy 0.962, validation loss 0.110"."""
    names = sorted(logs, key=lambda name: (name.startswith("val_"), "loss" not in name))
    return ", ".join(f"{_in_words(name)} {_short(logs[name])}" for name in names)


def _in_words(name):
    return re.sub("^val_", "validation ", name).replace("_", " ")


def _short(value):
    if not isinstance(value, (int, float)):
        return str(value)
    return f"{value:.3f}" if 0.01 <= abs(value) < 1000 else f"{value:.3g}"


def _when_the_cell_ends(function):
    """Call function after the running cell, even one that failed: `fit` tells no callback then."""
    from IPython import get_ipython

    events = getattr(get_ipython(), "events", None)
    if events is None:
        return

    def once(*_):
        events.unregister("post_run_cell", once)
        function()

    events.register("post_run_cell", once)
