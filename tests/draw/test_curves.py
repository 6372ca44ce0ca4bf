"""Learning curves: what is drawn is what was measured, and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layout import assert_readable
from matplotlib.colors import to_rgb

from course_utils import draw
from course_utils.draw.curves import COLOURS
from course_utils.draw.labels import DARKER, spread

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


# --- names at the ends ---------------------------------------------------------------------------


@pytest.mark.parametrize("epochs", [1, 2, 12, 60])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_names_at_the_ends_can_be_read(count, epochs):
    """Curves that end in one place, the hardest case, and curves that do not."""
    for apart in (0, 0.1):
        values = [np.geomspace(1, 0.01, epochs) + apart * n for n in range(count)]
        keys = ("loss", "val_loss", "accuracy", "val_accuracy")
        histories = {f"optimiser {n}": dict.fromkeys(keys, v) for n, v in enumerate(values)}
        shown = draw.learning_curves(histories, "Trainings that end alike.")
        written = assert_readable(shown)
        assert sum("training: " in text for text in written) == 2 * count
        assert sum("validation: " in text for text in written) == 2 * count
        assert len(shown.png()) < 40_000


def test_a_name_begins_where_its_curve_ends():
    shown = draw.learning_curves({"one": HISTORY}, "Three curves of a training.")
    for axes in shown.figure.axes:
        ends = {line.get_label(): line.get_xydata()[-1] for line in axes.lines}
        assert {text.get_text() for text in axes.texts} == set(ends)
        threads = axes.collections[0].get_segments()
        for text, (start, stop) in zip(axes.texts, threads, strict=True):
            end = axes.transData.transform(ends[text.get_text()])
            np.testing.assert_allclose(axes.transAxes.transform(start), end)
            assert 1 < stop[0] < text.get_position()[0]
            assert stop[1] == pytest.approx(text.get_position()[1])


def test_epochs_are_whole_numbers():
    shown = draw.learning_curves({"one": {"loss": [3, 2]}}, "Two epochs.")
    assert_readable(shown)
    assert all(tick == int(tick) for tick in shown.figure.axes[0].get_xticks())


@pytest.mark.parametrize("values", [[1, np.nan], [np.inf, 2, np.inf], [np.nan], [1e30, 1e-30],
                                    [0, 0], [123456.7, 123456.9]])  # fmt: skip
def test_losses_that_are_no_numbers_or_extreme(values):
    assert_readable(draw.learning_curves({"one": {"loss": values}}, "A training gone wrong."))


def test_underscores_are_no_words():
    shown = draw.learning_curves({"a": {"top_k": [1]}}, "One epoch.", metrics=("top_k",))
    assert "top k" in assert_readable(shown)


@given(st.lists(st.floats(-2, 3), min_size=1, max_size=12), st.floats(0.01, 0.2))
def test_names_keep_their_distance_and_their_order(heights, line):
    moved = spread(heights, line)
    order = np.argsort(heights, kind="stable")
    assert (np.diff(moved[order]) >= line - 1e-9).all()
    if len(heights) * line <= 1:
        assert moved.min() >= line / 2 - 1e-9 and moved.max() <= 1 - line / 2 + 1e-9
    clipped = np.clip(heights, line / 2, 1 - line / 2)
    if len(heights) == 1 or np.diff(np.sort(clipped)).min() >= line:
        np.testing.assert_allclose(moved, clipped)


@pytest.mark.parametrize("colour", COLOURS)
def test_names_in_a_curves_colour_can_be_read_on_white(colour):
    ink = [DARKER * part for part in to_rgb(colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in ink]
    luminance = np.dot(linear, [0.2126, 0.7152, 0.0722])
    assert 1.05 / (luminance + 0.05) >= 4.5  # WCAG 2.2, contrast
