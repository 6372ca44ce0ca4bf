"""Learning curves: what is drawn is what was measured, and nothing else."""

import numpy as np
import pytest

from course_utils import draw

HISTORY = {"loss": [0.5, 0.3, 0.2], "accuracy": [0.8, 0.9, 0.95], "val_loss": [0.6, 0.4, 0.45]}


def lines_of(shown):
    """Return {(panel, legend's text): (x, y)} of a figure."""
    return {
        (axes.get_title(loc="left"), line.get_label()): (line.get_xdata(), line.get_ydata())
        for axes in shown.figure.axes
        for line in axes.lines
    }


def test_curves_hold_the_numbers_by_epoch_from_1():
    found = lines_of(draw.learning_curves({"one": HISTORY}, "Three curves of a training."))
    assert set(found) == {
        ("loss", "training: 0.200"), ("loss", "validation: 0.450"), ("accuracy", "training: 0.950")
    }  # fmt: skip
    x, y = found["loss", "validation: 0.450"]
    assert x.tolist() == [1, 2, 3] and y.tolist() == HISTORY["val_loss"]


def test_several_histories_are_told_apart_by_name_and_colour():
    shown = draw.learning_curves({"a": HISTORY, "b": HISTORY}, "Two trainings, a and b.")
    labels = [label for _, label in lines_of(shown)]
    assert sum(label.startswith("a, ") for label in labels) == len(labels) / 2
    colours = {line.get_color() for line in shown.figure.axes[0].lines}
    assert len(colours) == 2


@pytest.mark.parametrize("epochs", [1, 40])
def test_short_and_long_trainings_can_be_seen(epochs):
    values = {"loss": np.geomspace(1, 0.01, epochs).tolist()}
    shown = draw.learning_curves({"one": values}, "One training, short or long.")
    assert len(shown.figure.axes) == 1
    assert shown.figure.axes[0].lines[0].get_marker() == "o"
    assert len(shown.png()) < 40_000


@pytest.mark.parametrize(
    "histories, said",
    [
        ({}, "1 to 5 histories"),
        ({str(n): HISTORY for n in range(6)}, "1 to 5 histories"),
        ({"one": {"error": [1]}}, "one of loss, accuracy"),
        ({"one": {"loss": []}}, "one or more epochs"),
        ({"one": {"loss": 3.0}}, "one or more epochs"),
    ],
)
def test_what_is_no_history_is_refused(histories, said):
    with pytest.raises(ValueError, match=said):
        draw.learning_curves(histories, "What does not exist.")
