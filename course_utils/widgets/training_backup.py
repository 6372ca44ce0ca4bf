"""A training on disk: after each epoch, what is needed to go on with it.

Keras' BackupAndRestore writes and reads each epoch's weights and optimizer state, in a folder of
its own. `record.json` says which folder counts, and is replaced in one piece once that folder is
complete: whatever ends the kernel, one whole backup is there.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
from dataclasses import asdict, dataclass

import keras

from course_utils import places

RECORD = "record.json"
DAMAGED = "is damaged"


@dataclass
class Record:
    """What is known of a kept training beside Keras' own files.

    Args:
        finished: epochs; Keras' files are in the folder epoch_<finished>.
        plan: what a training must share to go on with it; see `plan_of`.
        files: digest of Keras' files.
        rates: learning rates that were seen, None for one with a schedule.
        seeds: states of the network's random number generators, which Keras does not keep.
        logs: {metric: value} of each finished epoch.
    """

    finished: int
    plan: str
    files: str
    rates: list
    seeds: list
    logs: list

    def __post_init__(self):
        logs_are_numbers = isinstance(self.logs, list) and all(
            isinstance(epoch, dict) and all(isinstance(v, (int, float)) for v in epoch.values())
            for epoch in self.logs
        )
        lists = isinstance(self.rates, list) and isinstance(self.seeds, list)
        if type(self.finished) is not int or self.finished < 0 or not lists or not logs_are_numbers:
            raise ValueError("Expected a record of a training. Received something else.")


class Backup(keras.callbacks.Callback):
    """Keeps a training after each epoch, and goes on with a kept one.

    Args:
        run: the `Run` that all callbacks of a training share; `Stopping` stands before this one.
    """

    def __init__(self, run):
        super().__init__()
        self.run = run
        self.place = places.checkpoints() / run.name

    def on_train_begin(self, logs=None):
        self.works = self._is_ready()
        self.rates = [_rate(self.model)]
        self.plan = plan_of(self.model, self.run.steps)
        if not (self.works and self._go_on()):
            self._delete()
            self._keep()

    def _is_ready(self):
        """Return True where all weights exist, the optimizer's too; say so where they do not."""
        if not (self.model.built and all(layer.built for layer in self.model.layers)):
            self.run.say(
                "This training cannot be kept, for the network has no weights before it sees its "
                "first batch: begin it with keras.layers.Input(shape)."
            )
            return False
        if self.model.optimizer is not None and not self.model.optimizer.built:
            self.model.optimizer.build(self.model.trainable_variables)
        return True

    def on_epoch_begin(self, epoch, logs=None):
        # Set by BackupAndRestore, read by `fit`, reset by neither: a later fit would begin there.
        self.model._initial_epoch = None

    def on_epoch_end(self, epoch, logs=None):
        if not self.run.cut_short and self.run.finished < self.run.epochs:
            self._keep()

    def on_train_end(self, logs=None):
        if not self.run.stopped:
            self._delete()
        elif self.run.kept is not None:
            self._try(lambda: self._write(self.run.kept))  # with what other callbacks did since

    # --- keeping ---------------------------------------------------------------------------------

    def _keep(self):
        self._try(self._write_all)

    def _try(self, write):
        """Write. Where that fails, say so once; training goes on all the same."""
        if not self.works:
            return
        try:
            write()
        except Exception as error:  # a full disk, a folder without permission: h5py has many names
            self.works = False
            self.run.say(
                f"This training cannot be kept in {self._where()} ({type(error).__name__}): "
                "it goes on, and what follows is lost when it is stopped."
            )

    def _write_all(self):
        folder = self._folder(self.run.finished)
        _keras_backup(folder, self.model).on_epoch_end(self.run.finished - 1)
        self.files, self.seeds = _digest(folder), [_values(v) for v in _seeds(self.model)]
        self._write(self.run.finished)
        self.run.kept = self.run.finished
        self._delete(but=folder)

    def _write(self, finished):
        self.rates = [*dict.fromkeys([*self.rates, _rate(self.model)])]
        logs = [_numbers(epoch) for epoch in self.run.logs]
        record = Record(finished, self.plan, self.files, self.rates, self.seeds, logs)
        unfinished = self.place / "record.new"
        unfinished.write_text(json.dumps(asdict(record)), encoding="utf-8")
        os.replace(unfinished, self.place / RECORD)

    def _delete(self, but=None):
        """Delete what this class has written, and nothing else that is there.

        Args:
            but: a folder to leave, and the record with it.
        """
        with contextlib.suppress(OSError):
            if but is None:
                (self.place / RECORD).unlink(missing_ok=True)
            for path in self.place.glob("epoch_*"):
                if path != but and re.fullmatch(r"epoch_\d+", path.name):
                    shutil.rmtree(path)
            if not any(self.place.iterdir()):
                self.place.rmdir()

    # --- going on --------------------------------------------------------------------------------

    def _go_on(self):
        """Go on with the kept training; return False where there is none that fits."""
        if not self.run.resume or not (self.place / RECORD).exists():
            return False
        record = self._read()
        trouble = self._misfit(record)
        if not trouble and not self._restore(record):
            trouble = DAMAGED
        if trouble:
            self.run.say(f"The training kept in {self._where()} {trouble}: training begins anew.")
            return False
        self.files, self.seeds, self.rates = record.files, record.seeds, record.rates
        self.run.go_on(record.finished, record.logs)
        self.run.say_resumed()
        return True

    def _read(self):
        """Return the record, or None for a damaged one."""
        try:
            content = json.loads((self.place / RECORD).read_text(encoding="utf-8"))
            return Record(**content)
        except (OSError, ValueError, TypeError, RecursionError):
            return None

    def _misfit(self, record):
        """Return why a kept training cannot be gone on with, or ""."""
        if record is None or _digest(self._folder(record.finished)) != record.files:
            return DAMAGED
        if record.plan != self.plan or _rate(self.model) not in record.rates:
            return "has another network, optimizer, loss or number of batches"
        if record.finished >= self.run.epochs:
            return f"has {record.finished} epochs already, and epochs={self.run.epochs}"
        return ""

    def _restore(self, record):
        """Load a kept training; return False, with the network as it was, where that fails."""
        variables = [*self.model.variables, *getattr(self.model.optimizer, "variables", ())]
        before = [keras.ops.convert_to_numpy(variable) for variable in variables]
        try:
            _keras_backup(self._folder(record.finished), self.model).on_train_begin()
            for variable, values in zip(_seeds(self.model), record.seeds, strict=True):
                variable.assign(values)
        except Exception:  # of another version of Keras, say: there is no list of what may come
            for variable, values in zip(variables, before):
                variable.assign(values)
            self.model._initial_epoch = None
            return False
        return True

    def _folder(self, finished):
        return self.place / f"epoch_{finished}"

    def _where(self):
        inside = self.place.is_relative_to(places.ROOT)
        return (self.place.relative_to(places.ROOT) if inside else self.place).as_posix()


def plan_of(model, steps):
    """Return a digest of what two runs of one training have in common.

    That is the network's layers, the shapes of all weights, the optimizer and its settings (but
    for a plain learning rate, which training may change), the loss, and the batches an epoch.

    Args:
        model: a compiled Keras model.
        steps: batches in an epoch, or None.
    """
    try:
        text = model.to_json()
    except Exception:  # a class of the student's own need not be able to describe itself
        text = type(model).__name__
    text = re.sub(r'_\d+"', '"', text)  # dense_1, dense_2: names count up in each kernel
    text = re.sub(r'"learning_rate": [-+.\deE]+|0x[\da-f]+', "", text)
    variables = [*model.weights, *getattr(model.optimizer, "variables", ())]
    shapes = [(tuple(variable.shape), str(variable.dtype)) for variable in variables]
    return hashlib.sha256(repr((text, shapes, steps)).encode()).hexdigest()


def _keras_backup(folder, model):
    """Return Keras' own callback, which writes at an epoch's end and reads as training begins."""
    backup = keras.callbacks.BackupAndRestore(str(folder))
    backup.set_model(model)
    return backup


def _digest(folder):
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _seeds(model):
    """Return the variables that are no weights: states of random numbers, as Dropout has."""
    weights = {id(weight) for weight in model.weights}
    return [variable for variable in model.variables if id(variable) not in weights]


def _values(variable):
    return keras.ops.convert_to_numpy(variable).tolist()


def _rate(model):
    """Return the learning rate, or None where it follows a schedule or cannot be told."""
    try:
        rate = model.optimizer.get_config()["learning_rate"]
    except Exception:  # no optimizer, or one with a schedule that cannot describe itself
        return None
    return rate if isinstance(rate, float) else None


def _numbers(logs):
    return {name: float(value) for name, value in logs.items() if isinstance(value, (int, float))}
