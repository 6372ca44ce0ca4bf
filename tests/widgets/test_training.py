"""Training that is watched: real fits on tiny data, stopped, gone on with, and disturbed."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from course_utils import places
from course_utils.startup import load_keras
from course_utils.widgets import watching

keras = load_keras()
EXAMPLES, BATCH, EPOCHS = 12, 4, 4
STEPS = EXAMPLES // BATCH
CHANCE = np.random.default_rng(3)
INPUTS = CHANCE.normal(size=(EXAMPLES, 5)).astype(np.float32)
LABELS = CHANCE.integers(0, 3, EXAMPLES)
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Return where trainings are kept; as outside Jupyter, and with widgets allowed."""
    monkeypatch.delenv("COURSE_HEADLESS", raising=False)
    monkeypatch.setenv("COURSE_CHECKPOINTS", str(tmp_path / "checkpoints"))
    return tmp_path / "checkpoints"


@pytest.fixture(autouse=True)
def interrupts_as_before():
    """Every test leaves the handler of SIGINT as it was."""
    former = signal.getsignal(signal.SIGINT)
    yield
    assert signal.getsignal(signal.SIGINT) is former


def network(seed=1, units=4, dropout=0.2, rate=0.05, loss=LOSS, rich=False):
    """Return a tiny network; a rich one has batch statistics and a schedule in it."""
    keras.utils.set_random_seed(seed)
    layers = [
        keras.layers.Input((5,)),
        keras.layers.Dense(units, activation="relu"),
        *([keras.layers.BatchNormalization()] if rich else []),
        keras.layers.Dropout(dropout),
        keras.layers.Dense(3),
    ]
    network = keras.Sequential(layers)
    optimizer = keras.optimizers.Adam(scheduled()) if rich else keras.optimizers.SGD(rate, 0.9)
    # Eagerly: for so few batches that is faster than making a graph first.
    network.compile(optimizer, loss, metrics=["accuracy"], run_eagerly=not rich)
    return network


def scheduled(epochs=EPOCHS):
    return keras.optimizers.schedules.CosineDecay(0.05, STEPS * epochs)


class When(keras.callbacks.Callback):
    """Does something just before a batch of an epoch, or before an epoch's validation."""

    def __init__(self, epoch, batch, action):
        super().__init__()
        self.place, self.action = (epoch, batch), action

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        self._act(batch)

    def on_test_begin(self, logs=None):
        self._act("validation")

    def _act(self, batch):
        if (self.epoch, batch) == self.place:
            self.action()


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def interrupted(epoch, batch=1):
    return When(epoch, batch, interrupt)


def fit(network, *others, name="tiny", resume=True, epochs=EPOCHS, **settings):
    return network.fit(
        INPUTS, LABELS, batch_size=BATCH, epochs=epochs, verbose=0, shuffle=False,
        callbacks=[*watching(name, resume), *others], **settings,
    )  # fmt: skip


def state(network):
    """Return all that a training changes: weights and the optimizer's variables."""
    variables = [*network.weights, *network.optimizer.variables]
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(state(one), state(other), strict=True))


def kept(folder, name="tiny"):
    """Return the files that are kept of a training."""
    return sorted(path.relative_to(folder / name).as_posix() for path in folder.rglob("*/*.*"))


@pytest.fixture(scope="module")
def stopped_once(tmp_path_factory):
    """Return a folder with what a training keeps that is stopped in its third epoch."""
    folder = tmp_path_factory.mktemp("stopped")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COURSE_HEADLESS", raising=False)
        patch.setenv("COURSE_CHECKPOINTS", str(folder / "checkpoints"))
        fit(network(), interrupted(2))
    return folder / "checkpoints"


@pytest.fixture
def stopped(stopped_once, folder):
    """Return where a training is kept that has finished two epochs."""
    shutil.copytree(stopped_once, folder)
    return folder / "tiny"


# --- the name and what comes back ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b", "ä", "a.b", "a\n", None, 3, ["a"]])
def test_a_name_that_is_none(name):
    with pytest.raises(ValueError, match="Expected a name of letters, digits, _ and -. Received"):
        watching(name)


def test_importing_the_room_loads_no_keras():
    code = (
        "import sys, course_utils.widgets; course_utils.widgets.watching; "
        "print({'keras', 'tensorflow'} & {*sys.modules})"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=places.ROOT)
    assert said.stdout.decode().strip() == "set()"


def test_training_is_what_it_is_without(folder, capsys):
    watched, plain = network(), network()
    history = fit(watched, validation_split=0.25)
    expected = plain.fit(INPUTS, LABELS, batch_size=BATCH, epochs=EPOCHS, verbose=0, shuffle=False,
                         validation_split=0.25)  # fmt: skip
    assert same(watched, plain)
    assert history.history == expected.history
    assert not (folder / "tiny").exists()
    assert capsys.readouterr() == ("", "")


# --- stopping ------------------------------------------------------------------------------------


def test_an_interrupt_ends_the_training_without_traceback(capsys):
    stopped = network()
    history = fit(stopped, interrupted(epoch=2))
    assert history.epoch == [0, 1, 2]
    assert stopped.optimizer.iterations == 2 * STEPS + 2
    assert capsys.readouterr().out == (
        "Stopped in epoch 3 of 4. Run the cell again to go on from the start of epoch 3.\n"
    )


def test_an_interrupt_during_validation_keeps_the_whole_epoch(folder, capsys):
    history = fit(network(), interrupted(1, "validation"), validation_split=0.25)
    assert history.epoch == [0, 1] and len(history.history["val_loss"]) == 2
    assert "Stopped after epoch 2 of 4." in capsys.readouterr().out
    assert "epoch_2/latest.weights.h5" in kept(folder)


@pytest.mark.parametrize("batch", [STEPS - 1, "validation"])
def test_an_interrupt_after_the_last_batch_is_no_stop(folder, capsys, batch):
    history = fit(network(), interrupted(EPOCHS - 1, batch), validation_data=(INPUTS, LABELS))
    assert history.epoch == [0, 1, 2, 3]
    assert capsys.readouterr().out == ""
    assert not (folder / "tiny").exists()


def test_a_second_interrupt_is_the_usual_one(folder):
    def twice():
        interrupt()
        interrupt()

    with pytest.raises(KeyboardInterrupt):
        fit(network(), When(1, 1, twice))
    assert "epoch_1/latest.weights.h5" in kept(folder)


def test_an_interrupt_after_a_fit_that_failed_is_the_usual_one():
    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fit(network(), When(1, 1, fail))
    with pytest.raises(KeyboardInterrupt):
        interrupt()


def test_a_fit_that_failed_is_gone_on_with(capsys):
    def fail():
        raise ZeroDivisionError

    callbacks = watching("tiny")
    for others in ([When(2, 1, fail)], []):
        settings = {"batch_size": BATCH, "epochs": EPOCHS, "verbose": 0}
        try:
            history = network().fit(INPUTS, LABELS, callbacks=[*callbacks, *others], **settings)
        except ZeroDivisionError:
            pass
    assert history.epoch == [0, 1, 2, 3]
    assert capsys.readouterr().out.startswith("Resumed after epoch 2 of 4")
    assert signal.getsignal(signal.SIGINT) is not callbacks[0]._interrupted


# --- going on ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rich, epoch, batch", [(1, 2, 0), (0, 0, 1), (0, 1, 0), (0, 3, 1)])
def test_stopped_and_resumed_is_as_never_stopped(rich, epoch, batch):
    """With dropout, momentum, and a schedule and batch statistics if rich: bit for bit."""
    whole, stopped, resumed = network(rich=rich), network(rich=rich), network(seed=2, rich=rich)
    expected = fit(whole, name="whole")
    fit(stopped, interrupted(epoch, batch))
    assert not same(whole, stopped)
    history = fit(resumed)
    assert same(whole, resumed)
    assert history.history == expected.history and history.epoch == expected.epoch


def test_the_same_network_resumes_at_the_beginning_of_the_epoch():
    whole, stopped = network(), network()
    fit(whole, name="whole")
    for epoch in (1, 1, 3):
        fit(stopped, interrupted(epoch))
    history = fit(stopped)
    assert same(whole, stopped) and history.epoch == [0, 1, 2, 3]


def test_it_says_that_it_resumes(stopped, capsys):
    fit(network())
    assert capsys.readouterr().out == (
        "Resumed after epoch 2 of 4, as it was kept when training ended early; to begin anew: "
        'watching("tiny", resume=False).\n'
    )


def test_a_plain_learning_rate_that_another_callback_changes():
    def halving():
        return keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)

    whole, stopped, resumed = (network(rate=0.5) for _ in range(3))
    fit(whole, halving(), name="whole")
    fit(stopped, halving(), interrupted(2))
    history = fit(stopped, halving(), interrupted(3))
    assert history.history["learning_rate"] == [0.25, 0.125, 0.0625, 0.03125]
    history = fit(resumed, halving())
    assert same(whole, resumed)
    assert history.history["learning_rate"] == [0.25, 0.125, 0.0625, 0.03125]


def test_more_epochs_go_on_too(stopped):
    assert fit(network(), epochs=6).epoch == [0, 1, 2, 3, 4, 5]


def test_a_finished_training_is_no_backup():
    trained = network()
    fit(trained, interrupted(2))
    fit(trained)
    again = fit(trained)
    assert again.epoch == [0, 1, 2, 3]
    plain = trained.fit(INPUTS, LABELS, batch_size=BATCH, epochs=2, verbose=0)
    assert plain.epoch == [0, 1]
    assert trained.optimizer.iterations == (2 * EPOCHS + 2) * STEPS


def test_names_do_not_meet(stopped, capsys):
    fit(network(), name="other")
    assert capsys.readouterr().out == ""
    fit(network())
    assert "Resumed" in capsys.readouterr().out


def test_to_begin_anew(folder, capsys):
    whole, anew = network(), network()
    fit(whole, name="whole")
    fit(network(seed=2), interrupted(2))
    fit(anew, interrupted(3), resume=False)
    said = capsys.readouterr().out
    assert said.endswith("again, without resume=False, to go on from the start of epoch 4.\n")
    assert "epoch_3/latest.weights.h5" in kept(folder)
    fit(anew)
    assert same(whole, anew)


def test_early_stopping_is_an_end(folder):
    bored = keras.callbacks.EarlyStopping("loss", min_delta=100, patience=1)
    fit(network(), bored)
    assert not (folder / "tiny").exists()


def test_steps_that_nobody_knows(folder):
    def batches():
        for start in range(0, EXAMPLES, BATCH):
            yield INPUTS[start : start + BATCH], LABELS[start : start + BATCH]

    import tensorflow

    shapes = (tensorflow.TensorSpec((None, 5)), tensorflow.TensorSpec((None,), tensorflow.int64))
    data = tensorflow.data.Dataset.from_generator(batches, output_signature=shapes)
    whole, trained = network(), network()
    whole.fit(data, epochs=EPOCHS, verbose=0)
    for others in ([interrupted(2)], [interrupted(3, 0)], []):
        trained.fit(data, epochs=EPOCHS, verbose=0, callbacks=[*watching("tiny"), *others])
    assert same(whole, trained)


# --- what does not fit ---------------------------------------------------------------------------


def begins_anew(capsys, trained, why, epochs=EPOCHS):
    """Assert that training begins as if nothing were kept, and says why. Ends after a batch."""
    capsys.readouterr()
    before, seen = state(trained), []

    def look():
        seen.extend(state(trained))
        trained.stop_training = True

    assert fit(trained, When(0, 0, look), epochs=epochs).epoch == [0]
    said = capsys.readouterr().out
    assert re.fullmatch(rf"The training kept in \S+/tiny {why}: training begins anew\.\n", said)
    assert all(map(np.array_equal, before, seen[: len(before)]))


ANOTHER = "has another network, optimizer, loss or number of batches"
DIFFERENT = {
    "units": {"units": 6},
    "dropout": {"dropout": 0.5},
    "rate": {"rate": 0.01},
    "schedule": {"rate": scheduled()},
    "loss": {"loss": keras.losses.SparseCategoricalCrossentropy()},
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_another_network_optimizer_or_loss(stopped, capsys, what):
    begins_anew(capsys, network(**DIFFERENT[what]), ANOTHER)


def test_another_schedule(capsys):
    fit(network(rate=scheduled()), interrupted(2))
    begins_anew(capsys, network(rate=scheduled(epochs=2 * EPOCHS)), ANOTHER)


def test_another_optimizer(stopped, capsys):
    other = network()
    other.compile("adam", LOSS, metrics=["accuracy"], run_eagerly=True)
    begins_anew(capsys, other, ANOTHER)


def test_another_number_of_batches(stopped, capsys):
    network().fit(INPUTS[:4], LABELS[:4], batch_size=2, verbose=0, callbacks=watching("tiny"))
    assert ANOTHER in capsys.readouterr().out
    assert not stopped.exists()


@pytest.mark.parametrize("epochs", [1, 2])
def test_fewer_epochs_than_there_are(stopped, capsys, epochs):
    begins_anew(capsys, network(), f"has 2 epochs already, and epochs={epochs}", epochs=epochs)


def damage_text(place):
    (place / "record.json").write_text("{")


def damage_deeply(place):
    (place / "record.json").write_text("[" * 100_000)


def damage_encoding(place):
    (place / "record.json").write_bytes(b"\xff\xfe\x00")


def damage_weights(place):
    """Change one bit, in the middle of the numbers."""
    path = place / "epoch_2" / "latest.weights.h5"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut_weights(place):
    path = place / "epoch_2" / "latest.weights.h5"
    path.write_bytes(path.read_bytes()[:1000])


def lose_weights(place):
    (place / "epoch_2" / "latest.weights.h5").unlink()


def lose_all(place):
    shutil.rmtree(place / "epoch_2")


def change_epoch(place):
    (place / "epoch_2" / "training_metadata.json").write_text('{"epoch": 3, "batch": 0}')


DAMAGES = [
    damage_text, damage_deeply, damage_encoding, damage_weights, cut_weights, lose_weights,
    lose_all, change_epoch,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup(stopped, capsys, damage):
    damage(stopped)
    begins_anew(capsys, network(), "is damaged")
    assert not stopped.exists()


RECORDS = {
    "finished": ["2", -1, None, 2.0, True],
    "logs": [None, {}, [1], [{"loss": "x"}], [{"loss": None}]],
    "rates": [None, 1],
    "seeds": [None, 1],
    "other": [1],
}


@pytest.mark.parametrize("field, value", [(f, v) for f, values in RECORDS.items() for v in values])
def test_a_record_of_something_else(folder, field, value):
    from course_utils.widgets.training_backup import Record

    whole = {"finished": 2, "plan": "p", "files": "f", "rates": [], "seeds": [], "logs": []}
    Record(**whole)
    with pytest.raises((ValueError, TypeError)):
        Record(**{**whole, field: value})


def test_files_that_keras_cannot_read(stopped, capsys):
    """Whole by their digest and made by another version, say: the network stays as it was."""
    from course_utils.widgets import training_backup

    cut_weights(stopped)
    record = json.loads((stopped / "record.json").read_text())
    record["files"] = training_backup._digest(stopped / "epoch_2")
    (stopped / "record.json").write_text(json.dumps(record))
    begins_anew(capsys, network(), "is damaged")


def test_seeds_of_another_shape(stopped, capsys):
    """Noticed only after Keras has loaded the weights: they are put back."""
    record = json.loads((stopped / "record.json").read_text())
    (stopped / "record.json").write_text(json.dumps({**record, "seeds": [[1, 2, 3]]}))
    begins_anew(capsys, network(), "is damaged")


# --- where nothing can be kept -------------------------------------------------------------------


def test_a_folder_that_cannot_be_written(folder, capsys):
    folder.write_text("a file where the folder should be")
    history = fit(network(), interrupted(2))
    assert history.epoch == [0, 1, 2]
    first, last = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        r"This training cannot be kept in \S+/tiny \(\w+Error\): it goes on, and what follows is "
        "lost when it is stopped.",
        first,
    )
    assert last == "Stopped in epoch 3 of 4. Run the cell again to begin anew."
    assert folder.read_text() == "a file where the folder should be"


@pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(folder, capsys):
    folder.mkdir()
    folder.chmod(0o500)
    try:
        assert fit(network()).epoch == [0, 1, 2, 3]
    finally:
        folder.chmod(0o700)
    assert "(PermissionError)" in capsys.readouterr().out


def test_a_disk_that_fills_up(folder, capsys, monkeypatch):
    """What was kept before stays, and is what the next run goes on from."""
    from course_utils.widgets import training_backup

    def full(*arguments):
        raise OSError(28, "No space left on device")

    def fill():
        monkeypatch.setattr(training_backup.os, "replace", full)

    fit(network(), When(1, 0, fill), interrupted(3))
    first, last = capsys.readouterr().out.splitlines()
    assert "cannot be kept" in first and "(OSError)" in first
    assert last == "Stopped in epoch 4 of 4. Run the cell again to go on from the start of epoch 2."
    monkeypatch.undo()
    monkeypatch.setenv("COURSE_CHECKPOINTS", str(folder))
    monkeypatch.delenv("COURSE_HEADLESS", raising=False)
    fit(network())
    assert "Resumed after epoch 1 of 4" in capsys.readouterr().out


def test_a_file_of_the_students_own_stays(folder, stopped):
    (stopped / "epoch_best").mkdir()
    (stopped / "mine.keras").write_text("mine")
    fit(network())
    assert kept(folder) == ["mine.keras"] and (stopped / "epoch_best").is_dir()


def test_a_model_that_cannot_describe_itself(capsys):
    class Own(keras.Model):
        def __init__(self, units):
            super().__init__()
            self.layer = keras.layers.Dense(units)
            self(INPUTS[:1])

        def call(self, inputs):
            return self.layer(inputs)

        def get_config(self):
            raise NotImplementedError

    def own():
        keras.utils.set_random_seed(1)
        model = Own(3)
        model.compile("adam", LOSS, run_eagerly=True)
        return model

    whole, resumed = own(), own()
    fit(whole, name="whole")
    fit(own(), interrupted(2))
    fit(resumed)
    assert same(whole, resumed)


def test_a_schedule_that_cannot_describe_itself():
    class Own(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.1 / (1 + keras.ops.cast(step, "float32"))

    whole, resumed = network(rate=Own()), network(rate=Own())
    fit(whole, name="whole")
    fit(network(rate=Own()), interrupted(2))
    assert fit(resumed).epoch == [0, 1, 2, 3]
    assert same(whole, resumed)


def test_a_network_without_weights_yet(folder, capsys):
    """Keras would build it from the first batch; building the optimizer before breaks that."""
    model = keras.Sequential([keras.layers.Dense(3)])
    model.compile("adam", LOSS)
    assert fit(model, interrupted(2)).epoch == [0, 1, 2]
    first, last = capsys.readouterr().out.splitlines()
    assert "begin it with keras.layers.Input(shape)" in first
    assert last.endswith("Run the cell again to begin anew.") and not folder.exists()


def test_on_another_thread_an_interrupt_is_not_ours():
    seen = []
    work = threading.Thread(target=lambda: seen.append(fit(network()).epoch))
    work.start()
    work.join()
    assert seen == [[0, 1, 2, 3]]


# --- headless ------------------------------------------------------------------------------------


def test_headless_nothing_is_kept_read_or_said(stopped, capsys, monkeypatch):
    before = {path: path.read_bytes() for path in stopped.rglob("*.*")}
    monkeypatch.setenv("COURSE_HEADLESS", "1")
    whole, headless = network(), network()
    whole.fit(INPUTS, LABELS, batch_size=BATCH, epochs=EPOCHS, verbose=0, shuffle=False)
    assert fit(headless).epoch == [0, 1, 2, 3]
    assert same(whole, headless)
    assert {path: path.read_bytes() for path in stopped.rglob("*.*")} == before
    assert capsys.readouterr() == ("", "")


def test_headless_an_interrupt_stops_too(folder, capsys, monkeypatch):
    monkeypatch.setenv("COURSE_HEADLESS", "1")
    assert fit(network(), interrupted(1)).epoch == [0, 1]
    said = capsys.readouterr().out
    assert said == "Stopped in epoch 2 of 4. Run the cell again to begin anew.\n"
    assert not folder.exists()


def test_without_a_setting_trainings_are_kept_beside_the_notebooks(monkeypatch):
    monkeypatch.delenv("COURSE_CHECKPOINTS")
    assert places.checkpoints() == places.NOTEBOOKS / "checkpoints"
    monkeypatch.setenv("COURSE_CHECKPOINTS", "elsewhere")
    assert places.checkpoints() == Path.cwd() / "elsewhere"
