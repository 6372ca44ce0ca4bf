"""The judge against average precision by hand, threshold by threshold, and on hostile input."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.by_hand import metrics
from course_utils.errors import CourseError
from course_utils.judge import coco_scores

THRESHOLDS = np.linspace(0.5, 0.95, 10)


def shaken(rng, boxes, copies):
    """Return boxes, some of them several times, moved by a little of their size."""
    boxes = boxes[rng.integers(0, len(boxes), copies)] if len(boxes) else boxes
    return boxes + rng.normal(0, 0.06, boxes.shape) * np.tile(boxes[:, 2:] - boxes[:, :2], 2)


@st.composite
def pictures(draw):
    """What `coco_scores` takes: a few pictures, of up to three classes, some without objects."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    steps = draw(st.sampled_from([4, 1000]))
    columns = [], [], [], [], []
    for _ in range(draw(st.integers(1, 5))):
        corner, sides = rng.uniform(0, 60, (2, draw(st.integers(0, 4)), 2))
        truths = np.concatenate([corner, corner + sides + 2], axis=1)
        boxes = shaken(rng, truths, draw(st.integers(0, 6)))
        labels = [rng.integers(0, 3, len(some)) for some in (truths, boxes)]
        scores = rng.integers(0, steps, len(boxes)) / steps
        for column, some in zip(columns, (truths, labels[0], boxes, scores, labels[1])):
            column.append(some)
    return columns


def by_hand(truth_boxes, truth_labels, boxes, scores, labels, label, threshold):
    """Average precision of one class over all pictures."""
    correct, marks, count = [np.zeros(0, bool)], [np.zeros(0)], 0
    for picture, truths in enumerate(truth_boxes):
        truths, mine = truths[truth_labels[picture] == label], labels[picture] == label
        count += len(truths)
        marks.append(scores[picture][mine])
        found = boxes[picture][mine], scores[picture][mine]
        correct.append(metrics.match_detections(*found, truths, threshold))
    return metrics.average_precision(np.concatenate(correct), np.concatenate(marks), count)


@settings(max_examples=40, deadline=None)
@given(pictures())
def test_average_precision_is_that_of_pycocotools(columns):
    judged = coco_scores(*columns)
    classes = sorted({*np.concatenate(columns[1]).tolist()})
    assert list(judged["per class"]) == classes
    table = np.array([[by_hand(*columns, label, one) for one in THRESHOLDS] for label in classes])
    if not classes:
        assert np.isnan([judged[name] for name in ("AP", "AP50", "AP75", "small")]).all()
        return
    np.testing.assert_allclose(list(judged["per class"].values()), table.mean(axis=1))
    np.testing.assert_allclose(list(judged["per threshold"].values()), table.mean(axis=0))
    named = judged["AP"], judged["AP50"], judged["AP75"]
    np.testing.assert_allclose(named, (table.mean(), table[:, 0].mean(), table[:, 5].mean()))


def test_perfect_missed_and_doubled():
    boxes, labels = [np.array([[0, 0, 10, 10], [20, 20, 60, 60]]), []], [[0, 1], []]
    perfect = coco_scores(boxes, labels, boxes, [[0.9, 0.8], []], labels)
    names = "AP", "AP50", "AP75", "small", "medium"
    assert [perfect[name] for name in names] == pytest.approx([1] * 5)
    assert np.isnan(perfect["large"]) and perfect["per class"] == pytest.approx({0: 1, 1: 1})
    missed = coco_scores(boxes, labels, [[], []], [[], []], [[], []])
    assert missed["AP"] == 0 and missed["per class"] == {0: 0, 1: 0}
    nothing = coco_scores([[]], [[]], [[[0, 0, 1, 1]]], [[0.5]], [[3]])
    assert np.isnan(nothing["AP"]) and nothing["per class"] == {}
    doubled = coco_scores([boxes[0][:1]], [[0]], [boxes[0][[0, 0]]], [[0.9, 0.8]], [[0, 0]])
    assert doubled["AP"] == pytest.approx(1)  # the second comes when all are found
    first_wrong = coco_scores([boxes[0][:1]], [[0]], [boxes[0]], [[0.8, 0.9]], [[0, 0]])
    assert first_wrong["AP"] == pytest.approx(0.5)


def test_areas_part_small_from_large():
    truths = [np.array([[0, 0, 8, 8], [20, 20, 40, 40.0], [0, 50, 30, 80]])]
    found = [truths[0][[0, 2]]]
    judged = coco_scores(truths, [[0, 0, 0]], found, [[0.9, 0.8]], [[0, 0]], areas=(100, 500))
    found = judged["small"], judged["medium"], judged["large"]
    assert found == pytest.approx((1, 0, 1))


def test_it_is_quiet_and_leaves_what_it_is_given(capfd):
    boxes, labels = [np.array([[0.0, 0, 10, 10]])], [np.array([4])]
    coco_scores(boxes, labels, boxes, [np.ones(1)], labels)
    assert capfd.readouterr() == ("", "")
    assert boxes[0].tolist() == [[0, 0, 10, 10]] and labels[0].tolist() == [4]


ONE = [[[0, 0, 2, 2]]]


@pytest.mark.parametrize("arguments, said", [
    (([[]], [[]], [[]], [[]], []), "one entry for each picture in all five lists.*1, 1, 1, 1, 0"),
    ((ONE, [[0]], [[[3, 0, 2, 2]]], [[1]], [[0]]), "detections of picture 0 with x1 ≤ x2.* box 0"),
    (([[], [[0, 0, 1]]], [[], [0]], ONE * 2, [[1]] * 2, [[0]] * 2), "true boxes of picture 1 of"),
    ((ONE, [[0, 1]], ONE, [[1]], [[0]]), "one label for each of 1 boxes"),
    ((ONE, [[0]], ONE, [[np.nan]], [[0]]), "finite scores"),
    ((ONE, [[0]], ONE, [[1]], [[-1]]), "labels as whole numbers from 0"),
    ((ONE, [[0]], ONE, [[1]], [[0]], (50, 20)), "two areas that grow"),
])  # fmt: skip
def test_what_cannot_be_judged_is_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        coco_scores(*arguments)


def test_without_pycocotools_a_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "pycocotools.coco", None)
    with pytest.raises(CourseError, match="pip install pycocotools"):
        coco_scores(ONE, [[0]], ONE, [[1]], [[0]])
