"""Jupyter's stop button ends a training as if it were complete: no traceback, nothing lost."""

import signal
import threading

import keras

from course_utils.widgets.training_run import history_of


class Stopping(keras.callbacks.Callback):
    """Follows a training and ends it after the batch in which SIGINT came.

    Args:
        run: the `Run` that all callbacks of a training share.
    """

    def __init__(self, run):
        super().__init__()
        self.run = run
        self.former = None  # the handler of SIGINT to restore; None while ours is not there

    def on_train_begin(self, logs=None):
        self.run.begin(self.params["epochs"], self.params.get("steps"))
        self._listen()

    def on_epoch_begin(self, epoch, logs=None):
        self.run.epoch, self.run.batches, self.run.cut_short = epoch, 0, False

    def on_train_batch_end(self, batch, logs=None):
        self.run.batches = batch + 1
        if self.run.interrupted:
            # Decided here, not in the handler: so it is known which batches an epoch has had.
            self.run.cut_short = self.run.batches != self.run.steps
            self.model.stop_training = True

    def on_epoch_end(self, epoch, logs=None):
        if not self.run.cut_short:
            self.run.finished = epoch + 1
            self.run.logs.append(logs)  # not a copy: other callbacks may add to it
        if self.run.interrupted:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self._restore()
        self._complete_history()
        if self.run.stopped:
            self.run.say_stopped()

    def _complete_history(self):
        """Put the epochs of former runs before those of this one, in what `fit` returns."""
        history = getattr(self.model, "history", None)
        if history is None or not self.run.earlier:
            return
        before, after = history_of(self.run.earlier), history.history
        names = dict.fromkeys([*before, *after])
        history.history = {name: before.get(name, []) + after.get(name, []) for name in names}
        start = history.epoch[0] - len(self.run.earlier)
        history.epoch = [*range(start, history.epoch[0]), *history.epoch]

    def _listen(self):
        """Take SIGINT, on the main thread, which alone may; None was not set from Python."""
        on_main_thread = threading.current_thread() is threading.main_thread()
        present = signal.getsignal(signal.SIGINT)
        if on_main_thread and present not in (None, self._interrupted):
            self.former = signal.signal(signal.SIGINT, self._interrupted)

    def _restore(self):
        if self.former is not None:
            signal.signal(signal.SIGINT, self.former)
            self.former = None

    def _interrupted(self, number, frame):
        """Note the first interrupt. The former handler is back for the second one.

        `fit` tells no callback when it fails, so this handler may have outlived it.
        """
        self._restore()
        if _runs_fit(self.model, frame):
            self.run.interrupted = True
        else:
            signal.raise_signal(number)


def _runs_fit(model, frame):
    """Return True where a frame, or one that called it, is the model's `fit`."""
    while frame is not None:
        if frame.f_code.co_name == "fit" and frame.f_locals.get("self") is model:
            return True
        frame = frame.f_back
    return False
