"""by_hand.metrics against Keras, TensorFlow and a count by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.by_hand import metrics
from course_utils.judge import coco_scores

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 12)


@st.composite
def answers(draw):
    """Labels, predictions and the number of classes."""
    classes = draw(sizes)
    column = st.lists(st.integers(0, classes - 1), min_size=1, max_size=40)
    labels = draw(column)
    predictions = draw(st.lists(st.integers(0, classes - 1), min_size=len(labels),
                                max_size=len(labels)))  # fmt: skip
    return np.array(labels), np.array(predictions), classes


@st.composite
def scores(draw):
    """Labels and logits of a batch, up to ±1000, in either precision."""
    rows, classes = draw(sizes), draw(sizes)
    rng = np.random.default_rng(draw(seeds))
    scale = draw(st.sampled_from([0.0, 1.0, 30.0, 1000.0]))
    logits = rng.uniform(-scale, scale, (rows, classes))
    dtype = draw(st.sampled_from(["float32", "float64"]))
    return rng.integers(0, classes, rows), logits.astype(dtype)


# --- softmax -------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis")  # of a single class
@settings(max_examples=200, deadline=None)
@given(scores())
def test_softmax_is_keras_softmax(batch):
    _, logits = batch
    ours = metrics.softmax(logits)
    assert ours.dtype == logits.dtype
    theirs = np.asarray(keras.ops.softmax(logits.astype("float32")))
    np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=1e-6)


@given(scores(), st.floats(-500, 500))
def test_softmax_gives_probabilities_that_a_shift_does_not_change(batch, shift):
    logits = batch[1].astype(float)
    ours = metrics.softmax(logits)
    assert (ours >= 0).all()
    np.testing.assert_allclose(ours.sum(axis=-1), 1)
    np.testing.assert_allclose(metrics.softmax(logits + shift), ours, atol=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.filterwarnings("error")
def test_softmax_of_large_logits_does_not_overflow(dtype):
    logits = np.array([[1000, -1000, 0], [-1000, -1000, -1000]], dtype)
    np.testing.assert_allclose(metrics.softmax(logits), [[1, 0, 0], [1 / 3] * 3], rtol=1e-6)


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 4, 4, 3)])
def test_softmax_works_on_the_last_axis(shape):
    logits = np.random.default_rng(0).normal(size=shape)
    rows = metrics.softmax(logits.reshape(-1, 3))
    np.testing.assert_allclose(metrics.softmax(logits), rows.reshape(shape))


def test_softmax_takes_lists_and_tensors():
    for logits in ([1.0, 2.0], [[1, 2], [3, 4]], tf.constant([[1.0, 2.0]])):
        theirs = keras.ops.softmax(keras.ops.convert_to_tensor(logits, "float32"))
        np.testing.assert_allclose(metrics.softmax(logits), theirs, rtol=1e-6)


# --- cross-entropy -------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(scores())
def test_cross_entropy_is_the_one_of_keras(batch):
    labels, logits = batch
    probabilities = 0.98 * metrics.softmax(logits.astype(float)) + 0.02 / logits.shape[1]
    theirs = keras.losses.SparseCategoricalCrossentropy()(labels, probabilities)
    ours = metrics.cross_entropy(labels, probabilities)
    assert ours == pytest.approx(float(theirs), rel=1e-4, abs=1e-5)


@settings(max_examples=100, deadline=None)
@given(scores())
def test_cross_entropy_after_softmax_is_keras_loss_from_logits(batch):
    labels, logits = batch
    logits = logits / max(1, np.abs(logits).max() / 30)  # so that no probability becomes 0
    theirs = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits)
    ours = metrics.cross_entropy(labels, metrics.softmax(logits))
    assert ours == pytest.approx(float(theirs), rel=1e-4, abs=1e-5)


@given(sizes, st.integers(1, 20))
def test_cross_entropy_of_even_chances_is_the_logarithm_of_their_number(rows, classes):
    labels = np.arange(rows) % classes
    even = np.full((rows, classes), 1 / classes)
    assert metrics.cross_entropy(labels, even) == pytest.approx(np.log(classes))


def test_cross_entropy_of_certainty():
    certain = np.array([[1.0, 0.0]])
    assert metrics.cross_entropy([0], certain) == 0
    with np.errstate(divide="ignore"):
        assert metrics.cross_entropy([1], certain) == np.inf


# --- accuracy and confusion matrix ---------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(answers())
def test_confusion_matrix_is_a_count_and_the_one_of_tensorflow(problem):
    labels, predictions, classes = problem
    ours = metrics.confusion_matrix(labels, predictions, classes)
    for true in range(classes):
        for predicted in range(classes):
            pairs = zip(labels, predictions)
            assert ours[true, predicted] == sum(pair == (true, predicted) for pair in pairs)
    np.testing.assert_array_equal(ours, tf.math.confusion_matrix(labels, predictions, classes))
    assert ours.shape == (classes, classes) and ours.dtype.kind == "i"


@settings(max_examples=100, deadline=None)
@given(answers())
def test_accuracy_is_the_share_on_the_diagonal(problem):
    labels, predictions, classes = problem
    matrix = metrics.confusion_matrix(labels, predictions, classes)
    ours = metrics.accuracy(labels, predictions)
    assert ours == pytest.approx(np.trace(matrix) / matrix.sum())
    assert ours == pytest.approx(sum(a == b for a, b in zip(labels, predictions)) / len(labels))
    assert ours == metrics.accuracy(labels.tolist(), predictions.tolist())
    assert ours == metrics.accuracy(labels.astype("uint8"), tf.constant(predictions))


def test_rows_are_the_true_classes():
    matrix = metrics.confusion_matrix([0, 0, 0, 2], [1, 1, 0, 2], 3)
    assert matrix.tolist() == [[1, 2, 0], [0, 0, 0], [0, 0, 1]]


def test_labels_as_bytes_count_beyond_255():
    labels = np.zeros(700, "uint8")
    assert metrics.confusion_matrix(labels, labels, 2)[0, 0] == 700


# --- precision and recall ------------------------------------------------------------------------


@st.composite
def questions(draw):
    """Truth, at least once True, and scores of which some may be equal."""
    levels = draw(st.sampled_from([1, 2, 5, 1000]))
    truth = np.array(draw(st.lists(st.booleans(), min_size=1, max_size=40)))
    truth[draw(st.integers(0, len(truth) - 1))] = True
    rng = np.random.default_rng(draw(seeds))
    return truth, (rng.integers(0, levels, len(truth)) / levels - draw(st.sampled_from([0, 0.5])))


@settings(max_examples=200, deadline=None)
@given(questions())
def test_precision_and_recall_are_what_counting_gives(question):
    truth, scores = question
    thresholds, precision, recall = metrics.precision_recall(truth, scores)
    assert thresholds.tolist() == sorted(set(scores.tolist()), reverse=True)
    for threshold, right, found in zip(thresholds, precision, recall, strict=True):
        yes = [bool(true) for true, score in zip(truth, scores) if score >= threshold]
        assert right == pytest.approx(sum(yes) / len(yes))
        assert found == pytest.approx(sum(yes) / sum(map(bool, truth)))


@settings(max_examples=100, deadline=None)
@given(questions(), seeds)
def test_precision_and_recall_do_not_hang_on_the_order_or_the_scale_of_scores(question, seed):
    truth, scores = question
    shuffled = np.random.default_rng(seed).permutation(len(truth))
    _, *first = metrics.precision_recall(truth, scores)
    _, *second = metrics.precision_recall(truth[shuffled], np.exp(scores[shuffled]))
    np.testing.assert_array_equal(first, second)
    precision, recall = first
    assert (np.diff(recall) >= 0).all() and recall[-1] == 1
    assert precision[-1] == pytest.approx(truth.mean())
    assert (0 <= precision).all() and (precision <= 1).all()


def test_precision_and_recall_are_those_of_keras():
    rng = np.random.default_rng(3)
    truth, scores = rng.integers(0, 2, 50) == 1, rng.random(50).astype("float32")
    for threshold, right, found in list(zip(*metrics.precision_recall(truth, scores)))[::7]:
        # Keras says yes above its threshold, not at it.
        below = float(np.nextafter(threshold, np.float32(0)))
        precision, recall = keras.metrics.Precision(below), keras.metrics.Recall(below)
        precision.update_state(truth, scores)
        recall.update_state(truth, scores)
        assert (right, found) == pytest.approx((float(precision.result()), float(recall.result())))


@pytest.mark.filterwarnings("error")
def test_who_is_always_right_has_precision_1_and_equal_scores_make_one_point():
    truth = np.array([True, False, True])
    _, precision, recall = metrics.precision_recall(truth, truth.astype(float))
    assert (precision.tolist(), recall.tolist()) == ([1, pytest.approx(2 / 3)], [1, 1])
    one = [values.tolist() for values in metrics.precision_recall(truth, np.full(3, 0.5))]
    assert one == [[0.5], [pytest.approx(2 / 3)], [1]]


# --- argument checking ---------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(answers(), st.sampled_from(["uint8", "int64", "float32"]))
def test_checked_classes_give_the_same_numbers(problem, dtype):
    labels, predictions, classes = problem
    checked = metrics.check_classes(labels.astype(dtype), predictions.astype(dtype), classes)
    assert metrics.accuracy(*checked) == metrics.accuracy(labels, predictions)
    theirs = metrics.confusion_matrix(labels, predictions, classes)
    np.testing.assert_array_equal(metrics.confusion_matrix(*checked, classes), theirs)


def test_what_the_check_is_for():
    """The cores compare (n,) with (n, 1) to n × n, and take class -1 for the last."""
    labels, column = np.arange(4), np.arange(4)[:, np.newaxis]
    assert metrics.accuracy(labels, labels) == 1
    assert metrics.accuracy(labels, column) == 1 / 4
    assert metrics.confusion_matrix([-1], [-1], 3)[2, 2] == 1


WRONG_CLASSES = {
    "a column": ([0, 1], [[0], [1]], 2, r"predictions of shape \(n,\).*Received shape \(2, 1\)"),
    "a row of each": (np.eye(2), [0, 1], 2, r"labels of shape \(n,\).*Received shape \(2, 2\)"),
    "no rows": ([], [], 2, r"labels of shape \(n,\), n ≥ 1. Received shape \(0,\)"),
    "a number alone": (1, 1, 2, r"Received shape \(\)"),
    "fewer predictions": ([0, 1, 1], [0], 2, "each of 3 labels. Received 1"),
    "negative": ([0, -1], [0, 1], 2, "labels from 0 to 1. Received -1"),
    "beyond the last": ([0, 1], [0, 2], 2, "predictions from 0 to 1. Received 2"),
    "negative, any number": ([0, -1], [0, 1], None, "labels from 0 .*Received -1"),
    "parts": ([0.5, 1], [0, 1], 2, "labels as whole numbers"),
    "no number": ([np.nan, 1], [0, 1], 2, "labels as whole numbers"),
    "texts": (["0", "1"], [0, 1], 2, "labels as whole numbers"),
}


@pytest.mark.parametrize("labels, predictions, classes, said", WRONG_CLASSES.values(),
                         ids=WRONG_CLASSES)  # fmt: skip
def test_what_is_no_class_is_refused(labels, predictions, classes, said):
    with pytest.raises(ValueError, match=f"Expected.*{said}"):
        metrics.check_classes(labels, predictions, classes)


@settings(max_examples=100, deadline=None)
@given(scores())
def test_checked_probabilities_give_the_same_numbers(batch):
    labels, logits = batch
    probabilities = metrics.softmax(logits / max(1, np.abs(logits).max() / 30))
    checked = metrics.check_probabilities(labels.tolist(), probabilities.tolist())
    theirs = metrics.cross_entropy(labels, probabilities)
    assert metrics.cross_entropy(*checked) == pytest.approx(theirs, rel=1e-5)


HALF = np.full((2, 2), 0.5)
WRONG_PROBABILITIES = {
    "a column of labels": ([[0], [1]], HALF, r"labels of shape \(n,\).*Received shape \(2, 1\)"),
    "label beyond": ([0, 2], HALF, "labels from 0 to 1. Received 2"),
    "negative label": ([0, -1], HALF, "labels from 0 to 1. Received -1"),
    "fewer rows": ([0, 1, 1], HALF, "each of 3 labels. Received 2"),
    "one row alone": ([0], HALF[0], r"\(n, classes\). Received shape \(2,\)"),
    "no classes": ([0], np.zeros((1, 0)), r"Received shape \(1, 0\)"),
    "logits": ([0, 1], np.array([[3.0, -2.0], [0.5, 0.5]]), "logits need softmax first"),
    "sums of 2": ([0, 1], 2 * HALF, "with the sum 2: logits"),
    "not a number": ([0, 1], HALF * np.nan, "with the sum nan"),
}


@pytest.mark.parametrize("labels, probabilities, said", WRONG_PROBABILITIES.values(),
                         ids=WRONG_PROBABILITIES)  # fmt: skip
def test_what_is_no_probability_is_refused(labels, probabilities, said):
    with pytest.raises(ValueError, match=f"Expected.*{said}"):
        metrics.check_probabilities(labels, probabilities)


# --- what are probabilities ----------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_softmax_in_any_precision_gives_probabilities(dtype):
    logits = np.random.default_rng(1).normal(size=(200, 10)) * 5
    assert metrics.are_probabilities(metrics.softmax(logits.astype(dtype)))


@pytest.mark.parametrize("rows, right", [
    ([0.33, 0.33, 0.33], True), ([[1, 0], [0, 1]], True), ([0.5, 0.48], False),
    ([1.5, -0.5], False), ([[0.5, 0.5], [0.5, 0.6]], False), ([np.nan, 1], False), ([np.inf, 0], False),
    ([-1e-9, 1], False),
])  # fmt: skip
def test_rounding_is_passed_over_and_nothing_else(rows, right):
    assert metrics.are_probabilities(rows) is right


# --- detections ----------------------------------------------------------------------------------


@st.composite
def detections(draw):
    """Right or wrong, a score each, and how many objects there are."""
    count = draw(st.integers(0, 30))
    rng = np.random.default_rng(draw(seeds))
    correct = rng.random(count) < draw(st.sampled_from([0.0, 0.3, 0.7, 1.0]))
    marks = rng.integers(0, draw(st.sampled_from([3, 1000])), count) / 1000
    return correct, marks, int(correct.sum()) + draw(st.integers(0, 4))


@given(detections())
def test_average_precision_is_the_mean_of_101_readings(found):
    correct, marks, truths = found
    if truths == 0:
        assert np.isnan(metrics.average_precision(*found))
        return
    order = sorted(range(len(marks)), key=lambda index: -marks[index])
    best = [0.0] * 101
    for length in range(1, len(order) + 1):
        right = sum(correct[index] for index in order[:length])
        for step in range(101):
            if right / truths >= metrics.RECALLS[step]:
                best[step] = max(best[step], right / length)
    assert metrics.average_precision(*found) == pytest.approx(sum(best) / 101)


def test_average_precision_on_paper():
    marks = np.array([0.9, 0.8, 0.7, 0.6])
    correct = np.array([True, False, True, False])
    precision, recall = metrics.detection_curve(correct, marks, truths_count=4)
    np.testing.assert_allclose(precision, [1, 1 / 2, 2 / 3, 1 / 2])
    np.testing.assert_allclose(recall, [1 / 4, 1 / 4, 2 / 4, 2 / 4])
    # Precision 1 at the recalls 0…0.25, 2 / 3 at 0.26…0.5, 0 above.
    expected = (26 + 25 * 2 / 3) / 101
    assert metrics.average_precision(correct, marks, 4) == pytest.approx(expected)


@given(detections())
def test_the_curve_is_precision_recall_where_all_objects_are_found(found):
    correct, marks, _ = found
    if not correct.any():
        return
    marks = marks + np.arange(len(marks)) * 1e-6  # no ties
    _, precision, recall = metrics.precision_recall(correct, marks)
    ours = metrics.detection_curve(correct, marks, int(correct.sum()))
    np.testing.assert_allclose(ours, [precision, recall])


def test_the_best_detection_takes_the_object_and_a_second_one_is_wrong():
    truths = np.array([[0.0, 0, 4, 4], [10, 0, 14, 4]])
    boxes = np.array([[0.0, 0, 4, 3], [0, 0, 4, 4], [10, 0, 14, 2], [20, 0, 24, 4]])
    right = metrics.match_detections(boxes, np.array([0.6, 0.5, 0.4, 0.9]), truths)
    assert right.tolist() == [True, False, True, False]
    assert metrics.match_detections(boxes, np.array([0.6, 0.7, 0.4, 0.9]), truths).tolist() == [
        False, True, True, False,
    ]  # fmt: skip
    above = metrics.match_detections(boxes, np.array([0.6, 0.5, 0.4, 0.9]), truths, 0.51)
    assert above.tolist() == [True, False, False, False]  # the threshold itself was enough


def test_a_detection_may_take_the_next_best_object():
    truths = np.array([[0.0, 0, 10, 10], [2, 0, 12, 10]])
    boxes = np.array([[0.0, 0, 10, 10], [1, 0, 10, 10]])
    right = metrics.match_detections(boxes, np.array([0.9, 0.8]), truths)
    assert right.tolist() == [True, True]


def test_of_equal_overlaps_the_first_object_is_taken():
    """pycocotools takes the last one, and then finds both."""
    truths = np.array([[0.0, 0, 4, 2], [0, 2, 4, 4]])
    boxes = np.array([[0.0, 0, 4, 4], [0, 0, 4, 2]])  # the first: IoU 1 / 2 with either
    marks = np.array([0.9, 0.8])
    assert metrics.match_detections(boxes, marks, truths).tolist() == [True, False]
    scored = coco_scores([truths], [[0, 0]], [boxes], [marks], [[0, 0]])
    assert scored["AP50"] == pytest.approx(1)


@pytest.mark.filterwarnings("error")
def test_no_detections_and_no_objects():
    none, nothing = np.zeros((0, 4)), np.zeros(0)
    box = np.array([[0.0, 0, 1, 1]])
    assert metrics.match_detections(none, nothing, box).shape == (0,)
    assert metrics.match_detections(box, np.ones(1), none).tolist() == [False]
    assert metrics.average_precision(np.zeros(0, bool), nothing, 3) == 0
    assert np.isnan(metrics.average_precision(np.zeros(1, bool), np.ones(1), 0))


@pytest.mark.parametrize("correct, marks, count, said", [
    ([True], [0.5, 0.6], 3, r"one score for each of 1 boxes: shape \(1,\)"),
    ([True, True], [0.5, 0.6], 1, "at most one right detection for each of 1 true objects"),
    ([True, 2], [0.5, 0.6], 3, "True or False"), ([True], [np.nan], 3, "finite scores"),
])  # fmt: skip
def test_detections_that_do_not_fit_are_refused(correct, marks, count, said):
    with pytest.raises(ValueError, match=said):
        metrics.check_detections(correct, marks, count)
    checked = metrics.check_detections([1, 0], [1, 2], 3)
    assert checked[0].dtype == bool and checked[1].dtype == float and checked[2] == 3
