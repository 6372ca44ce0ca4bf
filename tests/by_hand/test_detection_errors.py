"""Kinds of detection errors, held against the matching that judges detections."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.by_hand.boxes import iou
from course_utils.by_hand.detection_errors import KINDS, kind_of_detection, pictures_by_kind
from course_utils.by_hand.metrics import match_detections

TRUTHS = [np.array([[0.0, 0, 10, 10], [20, 0, 30, 10]])]
NAMES = [np.array([3, 5])]


def count_kinds(*arguments):
    """Return how often each kind occurs."""
    return {kind: len(pictures) for kind, pictures in pictures_by_kind(*arguments).items()}


def one(box, label, score=0.9):
    return np.array([box], float), np.array([label]), np.array([score])


@pytest.mark.parametrize(
    "box, label, kind",
    [
        ((0, 0, 10, 10), 3, "right"),
        ((0, 0, 10, 10), 5, "wrong class"),
        ((0, 0, 5, 10), 3, "right"),  # an IoU of one half counts
        ((5, 0, 12, 10), 3, "badly placed"),
        ((40, 40, 50, 50), 3, "nothing"),
    ],
)
def test_each_kind(box, label, kind):
    counts = count_kinds([one(box, label)], TRUTHS, NAMES)
    found = kind == "right"
    assert counts == dict.fromkeys(KINDS, 0) | {kind: 1, "missed": 2 - found}


def test_the_better_of_two_is_right_and_the_other_doubled():
    boxes = np.array([[0.0, 0, 9, 10], [0, 0, 10, 10]])
    found = [(boxes, np.array([3, 3]), np.array([0.8, 0.9]))]
    counts = count_kinds(found, TRUTHS, NAMES)
    assert counts["right"] == counts["doubled"] == counts["missed"] == 1


def test_low_scores_are_passed_over_and_nothing_is_missed_in_an_empty_picture():
    empty = np.zeros((0, 4)), np.zeros(0, int), np.zeros(0)
    unsure = one((0, 0, 10, 10), 3, score=0.3)
    assert count_kinds([unsure], TRUTHS, NAMES) == dict.fromkeys(KINDS, 0) | {"missed": 2}
    assert sum(count_kinds([empty], [empty[0]], [empty[1]]).values()) == 0
    assert count_kinds([one((0, 0, 1, 1), 0)], [empty[0]], [empty[1]])["nothing"] == 1


@given(st.integers(0, 2**32 - 1))
def test_as_the_matching_of_one_class_where_objects_lie_apart(seed):
    # Apart, so that no detection reaches the threshold with two objects: there the judge may give
    # it the second one, and here it is doubled.
    random = np.random.default_rng(seed)
    truths = np.array([[40.0 * k, 0, 40 * k + 20, 20] for k in range(4)])
    boxes = truths[random.integers(4, size=6)] + random.integers(-6, 7, (6, 4))
    scores = random.random(6)
    counts = count_kinds([(boxes, np.zeros(6, int), scores)], [truths], [np.zeros(4, int)], 0)
    right = match_detections(boxes, scores, truths)
    assert counts["right"] == right.sum() and counts["missed"] == 4 - right.sum()
    on = iou(boxes, truths).max(axis=1) >= 0.5
    assert counts["doubled"] == (on & ~right).sum()
    assert sum(counts.values()) == 6 + counts["missed"]


def test_each_picture_is_named_as_often_as_it_has_the_kind():
    nothing = (np.array([[50.0, 50, 60, 60], [70, 50, 80, 60]]), np.array([3, 3]), np.ones(2))
    right = one((0, 0, 10, 10), 3)
    places = pictures_by_kind([right, nothing, right], TRUTHS * 3, NAMES * 3)
    assert places == dict.fromkeys(KINDS, []) | {
        "right": [0, 2], "nothing": [1, 1], "missed": [0, 1, 1, 2]
    }  # fmt: skip


def test_kinds_come_in_the_order_in_which_they_are_asked():
    assert kind_of_detection(0.05, True, False) == "nothing"
    assert kind_of_detection(0.3, False, True) == "badly placed"
    assert kind_of_detection(0.7, False, True) == "wrong class"
    assert kind_of_detection(0.7, True, True) == "doubled"


@pytest.mark.parametrize(
    "found, truths, names",
    [
        ([one((0, 0, 1, 1), 0)] * 2, TRUTHS, NAMES),
        ([one((5, 0, 1, 1), 0)], TRUTHS, NAMES),
        ([one((0, 0, 1, 1), -1)], TRUTHS, NAMES),
        ([one((0, 0, 1, 1), 0)], TRUTHS, [np.array([1])]),
        ([one((0, 0, 1, 1), 0, np.nan)], TRUTHS, NAMES),
    ],
)
def test_what_does_not_fit_is_refused(found, truths, names):
    with pytest.raises(ValueError):
        count_kinds(found, truths, names)
