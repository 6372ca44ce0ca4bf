"""The confusion matrix: every count where it belongs, readable, colours that follow the counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from layout import assert_readable

from course_utils import draw
from course_utils.datasets import DIGIT_CLASSES, FASHION_CLASSES
from course_utils.draw.confusion import LEGEND, confusion_colours

MATRIX = np.diag(np.full(10, 1000)) + np.eye(10, k=1, dtype=int) * 12


@pytest.mark.parametrize("classes", [DIGIT_CLASSES, FASHION_CLASSES])
def test_all_counts_stand_in_their_cells_and_can_be_read(classes):
    shown = draw.confusion(MATRIX, classes, "A table.")
    written = assert_readable(shown)
    counts = {(text.get_position(), text.get_text()) for text in shown.figure.axes[0].texts}
    assert counts == {((c, r), f"{n:,}") for (r, c), n in np.ndenumerate(MATRIX)}
    assert {"true class", "predicted class", *classes} <= set(written)
    assert LEGEND in {text.replace("\n", " ") for text in written}


def test_two_classes_are_drawn_with_their_legend():
    assert_readable(draw.confusion(np.array([[5, 1], [0, 4]]), ["a", "b"], "A small table."))


@given(arrays(int, (4, 4), elements=st.integers(0, 10**6)))
def test_mix_ups_are_white_at_zero_and_darker_the_more_there_are(matrix):
    colours, off = confusion_colours(matrix), ~np.eye(4, dtype=bool)
    order = np.argsort(matrix[off])
    light = colours[off].sum(axis=1)[order]
    assert (np.diff(light) <= 1e-9).all()
    assert (colours[off & (matrix == 0)] == 1).all()
    blue = colours[~off]
    assert (blue[:, 2] > blue[:, 0]).all()


@pytest.mark.parametrize(
    ("matrix", "classes", "said"),
    [
        (np.eye(3, dtype=int), "ab", r"2 × 2 for as many classes. Received shape \(3, 3\)"),
        (np.zeros((0, 0), int), "", r"Received shape \(0, 0\)"),
        (np.eye(2), "ab", "whole numbers. Received float64"),
        (np.array([[1, -1], [0, 2]]), "ab", "counts from 0. Received -1"),
    ],
)
def test_what_is_no_confusion_matrix_is_refused(matrix, classes, said):
    with pytest.raises(ValueError, match=said):
        draw.confusion(matrix, list(classes), "Nothing.")
