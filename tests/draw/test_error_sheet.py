"""The sheet of ErrorExplorer: every word can be read, axes hold what they show."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layout import assert_readable

from course_utils.by_hand.metrics import precision_recall
from course_utils.datasets import FASHION_CLASSES
from course_utils.draw.error_sheet import BOUNDS, curve_limits, error_sheet, part

RANDOM = np.random.default_rng(4)
WORDS = "A matrix, a curve, images."


def some(classes, curve=True):
    """Return data as the explorer's, of so many classes."""
    matrix = RANDOM.integers(0, 30, (classes, classes + 1))
    matrix[np.diag_indices(classes)] += 1000
    truth, scores = RANDOM.random(200) < 0.8, RANDOM.random(200)
    points = np.stack(precision_recall(truth, scores)) if curve else np.empty((3, 0))
    point = (points[1, 50], points[2, 50]) if curve else (np.nan, 0.0)
    return SimpleNamespace(matrix=matrix, cell=(0, classes), subject=0, curve=points, point=point)


def sheet(classes, images=20, curve=True, titles="Ankle boot? >0.99"):
    page = np.full((images, 28, 28), 90, np.uint8), [titles] * images, 3
    heading = f"True {classes[0]}, no answer: images 0 to 19 of 1,000, least certain first"
    columns = [*classes, "no answer"]
    data = some(len(classes), curve)
    return error_sheet(data, classes, columns, page, heading, WORDS, 0.123456789)


@pytest.mark.parametrize("classes", ["ab", "0123456789", FASHION_CLASSES], ids=len)
@pytest.mark.parametrize("images, curve", [(20, True), (3, False), (0, True)])
def test_words_and_numbers_can_be_read(classes, images, curve):
    shown = sheet(list(classes), images, curve)
    written = assert_readable(shown)
    assert {*classes, "no answer", "recall", "precision"} <= set(written)
    assert ("This cell is empty." in written) == (images == 0)
    assert any("never answered" in text for text in written) == (not curve)
    assert shown.description == WORDS and len(shown.png()) < 80_000


@given(st.integers(0, 10**6), st.integers(1, 60))
def test_the_axes_begin_below_the_point_and_all_mistakes(seed, count):
    rng = np.random.default_rng(seed)
    truth = rng.random(count) < 0.7
    truth[0] = True
    curve = np.stack(precision_recall(truth, rng.integers(0, 9, count)))
    place = rng.integers(0, curve.shape[1])
    data = SimpleNamespace(curve=curve, point=curve[1:, place])
    left, bottom = curve_limits(data)
    assert {left, bottom} <= set(BOUNDS)
    assert bottom <= curve[1].min() and left <= data.point[1]
    assert (curve[1][curve[2] < left] == 1).all()


def test_no_share_has_a_dash():
    assert (part(np.nan), part(0.5), part(1)) == ("–", "0.500", "1.000")
