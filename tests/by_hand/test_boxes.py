"""by_hand.boxes against keras-cv, Keras, TensorFlow and pycocotools."""

from functools import cache

import keras
import keras_cv
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pycocotools import mask

from course_utils.by_hand import boxes as by_hand
from course_utils.by_hand.boxes import BACKGROUND, IGNORED

few = settings(max_examples=60, deadline=None)
seeds = st.integers(0, 2**32 - 1)
FORMAT = {"bounding_box_format": "xyxy"}
DELTAS = {"anchor_format": "xyxy", "box_format": "xyxy"}
Y_FIRST = [1, 0, 3, 2]  # keras-cv's deltas, and TensorFlow's boxes, name y before x


@st.composite
def some_boxes(draw, least=0, most=9, sides=0):
    """(n, 4) boxes on a coarse grid, so that many touch, are alike, or are empty; or anywhere."""
    count, coarse = draw(st.integers(least, most)), draw(st.booleans())
    rng = np.random.default_rng(draw(seeds))
    corners = rng.integers(0, 5, (2, count, 2)) if coarse else rng.uniform(-20, 60, (2, count, 2))
    low, high = np.sort(corners, axis=0)
    return np.concatenate([low, high + sides], axis=1).astype(float)


@st.composite
def scored(draw, **kwargs):
    """Boxes and their scores, float32; among few steps, so that many are equal."""
    boxes = draw(some_boxes(**kwargs)).astype("float32")
    steps = draw(st.sampled_from([3, 1000]))
    rng = np.random.default_rng(draw(seeds))
    return boxes, (rng.integers(1, steps, len(boxes)) / steps).astype("float32")


# --- overlap -------------------------------------------------------------------------------------


@few
@given(some_boxes(), some_boxes())
def test_iou_is_that_of_keras_cv_keras_and_coco(boxes, others):
    ours = by_hand.iou(boxes, others)
    assert ours.shape == (len(boxes), len(others))
    if not ours.size:  # their functions want a box
        return
    # Theirs add 1e-7 to the union, which only a tiny union feels.
    one, other = boxes.astype("float32"), others.astype("float32")
    large = by_hand.area(boxes)[:, None] + by_hand.area(others) > 0.1
    for theirs in (
        keras_cv.bounding_box.compute_iou(one, other, "xyxy"),
        keras.utils.bounding_boxes.compute_iou(one, other, "xyxy"),
    ):
        np.testing.assert_allclose(ours[large], np.asarray(theirs)[large], atol=2e-4)
    sizes = [np.hstack([some[:, :2], some[:, 2:] - some[:, :2]]) for some in (boxes, others)]
    coco = np.array(mask.iou(*sizes, [0] * len(others)))
    np.testing.assert_allclose(ours[large], coco[large], atol=1e-9)


@given(some_boxes(least=1), some_boxes(least=1))
def test_iou_is_symmetric_within_0_and_1_and_1_for_a_box_with_itself(boxes, others):
    ours = by_hand.iou(boxes, others)
    assert ((ours >= 0) & (ours <= 1)).all()
    np.testing.assert_allclose(ours, by_hand.iou(others, boxes).T)
    np.testing.assert_array_equal(np.diag(by_hand.iou(boxes, boxes)), by_hand.area(boxes) > 0)


@given(some_boxes(least=1))
def test_iou_counts_cells(boxes):
    boxes = np.round(np.clip(boxes, 0, 12))
    cells = np.zeros((len(boxes), 12, 12), bool)
    for cell, (x1, y1, x2, y2) in zip(cells, boxes.astype(int)):
        cell[y1:y2, x1:x2] = True
    cells = cells.reshape(len(boxes), -1)
    shared = (cells[:, None] & cells).sum(axis=-1)
    either = (cells[:, None] | cells).sum(axis=-1)
    np.testing.assert_array_equal(by_hand.area(boxes), cells.sum(axis=-1))
    np.testing.assert_array_equal(by_hand.intersection(boxes, boxes), shared)
    np.testing.assert_allclose(by_hand.iou(boxes, boxes), shared / np.maximum(either, 1))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("other, expected", [
    ([0, 0, 4, 4], 1), ([4, 0, 8, 4], 0), ([4, 4, 8, 8], 0), ([2, 0, 6, 4], 1 / 3),
    ([1, 1, 3, 3], 1 / 4), ([0, 0, 0, 0], 0), ([2, 1, 2, 3], 0), ([9, 9, 12, 12], 0),
])  # fmt: skip
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_iou_on_paper(other, expected, dtype):
    ours = by_hand.iou(np.array([[0, 0, 4, 4]], dtype), np.array([other], dtype))
    assert ours.dtype == dtype
    np.testing.assert_allclose(ours, [[expected]], rtol=1e-6)


@few
@given(some_boxes(least=1, sides=1), st.data())
def test_generalised_iou_is_that_of_keras_cv(boxes, data):
    others = data.draw(some_boxes(least=len(boxes), most=len(boxes), sides=1))
    ours = by_hand.generalised_iou(boxes, others)
    loss = keras_cv.losses.GIoULoss("xyxy", axis="no_reduction", reduction="none")
    with pytest.warns(UserWarning, match="temporary"):
        theirs = 1 - np.asarray(loss(boxes.astype("float32"), others.astype("float32")))
    np.testing.assert_allclose(np.diag(ours), theirs, atol=1e-4)


@pytest.mark.filterwarnings("error")
@given(some_boxes(), some_boxes())
def test_generalised_iou_is_at_most_iou(boxes, others):
    ours, plain = by_hand.generalised_iou(boxes, others), by_hand.iou(boxes, others)
    assert ((ours >= -1) & (ours <= plain + 1e-12)).all()
    alike = by_hand.generalised_iou(boxes, boxes)
    np.testing.assert_allclose(np.diag(alike), (by_hand.area(boxes) > 0).astype(float))


def test_generalised_iou_tells_near_from_far():
    box = np.array([[0.0, 0, 2, 2]])
    others = np.array([[2.0, 0, 4, 2], [4, 0, 6, 2], [8, 0, 10, 2]])
    assert by_hand.iou(box, others).max() == 0
    np.testing.assert_allclose(by_hand.generalised_iou(box, others), [[0, -1 / 3, -3 / 5]])


@few
@given(some_boxes(least=1), st.integers(1, 40), st.integers(1, 40))
def test_clip_is_that_of_keras(boxes, height, width):
    ours = by_hand.clip(boxes, height, width)
    by_hand.check_boxes(ours, size=(height, width))
    labelled = {"boxes": boxes.astype("float32"), "labels": np.zeros(len(boxes), "float32")}
    theirs = keras.utils.bounding_boxes.clip_to_image_size(labelled, height, width)
    there = np.asarray(theirs["labels"]) >= 0  # Keras drops those that nothing is left of
    np.testing.assert_array_equal(there, by_hand.area(ours) > 0)
    np.testing.assert_allclose(ours[there], np.asarray(theirs["boxes"])[there], rtol=1e-6)


# --- anchors and deltas --------------------------------------------------------------------------


@few
@given(
    st.integers(1, 50), st.integers(1, 50), st.integers(1, 16),
    st.lists(st.floats(1, 60), min_size=1, max_size=3),
    st.lists(st.sampled_from([0.25, 0.5, 1.0, 1.5, 2.0]), min_size=1, max_size=3),
)  # fmt: skip
def test_anchors_are_those_of_keras_cv(height, width, stride, sizes, ratios):
    theirs = keras_cv.layers.AnchorGenerator(
        sizes=[1.0], scales=sizes, strides=[stride], **FORMAT,
        aspect_ratios=[1 / ratio for ratio in ratios],  # width / height there
    )(image_shape=(height, width, 3))[0]  # fmt: skip
    ours = by_hand.anchor_grid(height, width, stride, sizes, ratios)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_anchors_stand_around_the_fields_of_a_picture():
    anchors = by_hand.anchor_grid(20, 30, 10, sizes=[8, 16], ratios=[0.5, 1, 2])
    assert anchors.shape == (2 * 3 * 2 * 3, 4)
    centres, sizes = by_hand.centres_and_sizes(anchors.reshape(2, 3, 6, 4)[1, 2])
    np.testing.assert_allclose(centres, [[25, 15]] * 6)
    np.testing.assert_allclose(sizes[:, 1] / sizes[:, 0], [0.5, 1, 2] * 2)
    np.testing.assert_allclose(sizes.prod(axis=1), [64] * 3 + [256] * 3)


@few
@given(some_boxes(least=1, sides=1), st.data())
def test_deltas_are_those_of_keras_cv_and_keras(boxes, data):
    anchors = data.draw(some_boxes(least=len(boxes), most=len(boxes), sides=1))
    pair = anchors.astype("float32"), boxes.astype("float32")
    ours = by_hand.encode(boxes, anchors)
    cv, own = keras_cv.src.bounding_box.converters, keras.utils.bounding_boxes
    for encode, decode in (
        (cv._encode_box_to_deltas, cv._decode_deltas_to_boxes),
        (own.encode_box_to_deltas, own.decode_deltas_to_boxes),
    ):
        theirs = np.asarray(encode(*pair, **DELTAS))
        np.testing.assert_allclose(ours[:, Y_FIRST], theirs, atol=1e-4)
        back = np.asarray(decode(pair[0], theirs, **DELTAS))
        np.testing.assert_allclose(by_hand.decode(ours, anchors), back, atol=1e-3)


@given(some_boxes(sides=0.01), st.data())
def test_decode_brings_back_what_encode_was_given(boxes, data):
    anchors = data.draw(some_boxes(least=len(boxes), most=len(boxes), sides=0.01))
    back = by_hand.decode(by_hand.encode(boxes, anchors), anchors)
    np.testing.assert_allclose(back, boxes, atol=1e-6)


def test_deltas_on_paper():
    anchor = np.array([[10.0, 10, 30, 20]])  # 20 wide, 10 high
    same, shifted = anchor, anchor + [5, 0, 5, 0]
    higher = np.array([[10.0, 5, 30, 25]])
    deltas = by_hand.encode(np.concatenate([same, shifted, higher]), anchor.repeat(3, axis=0))
    np.testing.assert_allclose(deltas, [[0, 0, 0, 0], [0.25, 0, 0, 0], [0, 0, 0, np.log(2)]])


# --- matching ------------------------------------------------------------------------------------


@st.composite
def overlaps(draw):
    """IoU of anchors and objects, (k, objects), with many alike."""
    shape = draw(st.integers(1, 12)), draw(st.integers(0, 5))
    rng = np.random.default_rng(draw(seeds))
    return (rng.integers(0, 11, shape) / 10).astype("float32")


def by_keras_cv(table, positive, negative, force):
    values = [BACKGROUND, IGNORED, 0]
    matcher = keras_cv.layers.BoxMatcher([negative, positive], values, force)
    columns, found = (np.asarray(some) for some in matcher(table))
    return np.where(found == 0, columns, found)


@few
@given(overlaps(), st.sampled_from([(0.5, 0.4), (0.7, 0.3), (0.5, 0.5)]))
def test_matches_are_those_of_keras_cv(table, thresholds):
    ours = by_hand.match(table, *thresholds, force=False)
    np.testing.assert_array_equal(ours, by_keras_cv(table, *thresholds, force=False))


@few
@given(overlaps(), st.sampled_from([(0.5, 0.4), (0.7, 0.3)]))
def test_forced_matches_are_those_of_keras_cv_but_for_its_first_anchor(table, thresholds):
    """keras-cv 0.9.0 also forces a column of its own making; it and untouched objects get row 0."""
    ours, theirs = by_hand.match(table, *thresholds), by_keras_cv(table, *thresholds, force=True)
    np.testing.assert_array_equal(ours[1:], theirs[1:])
    untouched = np.flatnonzero(table.max(axis=0) == 0) if table.size else []
    wanted = np.flatnonzero(table.argmax(axis=0) == 0) if table.size else []
    if table.shape[1]:
        assert theirs[0] == (min(wanted) if len(wanted) else table.shape[1])
    assert not set(ours) & set(untouched)


@given(overlaps())
def test_every_object_that_an_anchor_touches_gets_its_best_one(table):
    assume(table.size)
    matches = by_hand.match(table)
    best = table.argmax(axis=0)
    for number in np.flatnonzero(table.max(axis=0) > 0):
        assert 0 <= matches[best[number]] <= number and best[matches[best[number]]] == best[number]


def test_thresholds_belong_to_what_lies_above():
    table = np.array([[0.5], [0.49], [0.4], [0.39]])
    np.testing.assert_array_equal(by_hand.match(table), [0, IGNORED, IGNORED, BACKGROUND])


def test_an_object_far_below_the_threshold_gets_its_best_anchor():
    table = np.array([[0.1, 0.9], [0.2, 0.0], [0.2, 0.6]])
    np.testing.assert_array_equal(by_hand.match(table), [1, 0, 1])
    np.testing.assert_array_equal(by_hand.match(table, force=False), [1, BACKGROUND, 1])


# --- non-maximum suppression ---------------------------------------------------------------------


def by_tensorflow(boxes, scores, threshold):
    return tf.image.non_max_suppression(boxes[:, Y_FIRST], scores, 100, threshold).numpy()


@few
@given(scored(least=1), st.sampled_from([0.0, 0.25, 0.37, 0.5, 0.7, 1.0]))
def test_nms_is_that_of_tensorflow(detections, threshold):
    boxes, scores = detections
    theirs = by_tensorflow(boxes, scores, threshold)
    np.testing.assert_array_equal(by_hand.nms(boxes, scores, threshold), theirs)


@cache
def keras_cv_nms(threshold):
    """Return the layer, one for each threshold: it traces its graph once."""
    return keras_cv.layers.NonMaxSuppression(
        from_logits=False, iou_threshold=threshold, confidence_threshold=0.0, **FORMAT
    )


@few
@given(scored(least=8, most=8), st.sampled_from([0.3, 0.5]))
def test_nms_is_that_of_keras_cv(detections, threshold):
    """Its padded algorithm drops a box at the threshold itself, and boxes without a corner > 0."""
    boxes, scores = detections[0] + np.float32([20, 20, 21, 21]), detections[1]
    assume(not np.isclose(by_hand.iou(boxes, boxes), threshold).any())
    theirs = keras_cv_nms(threshold)(boxes[None], scores[None, :, None])
    count = int(theirs["num_detections"][0])
    kept = by_hand.nms(boxes, scores, threshold)
    np.testing.assert_array_equal(boxes[kept], np.asarray(theirs["boxes"])[0, :count])


@given(scored(), st.floats(0, 1))
def test_nms_keeps_far_ones_and_drops_what_a_better_one_covers(detections, threshold):
    boxes, scores = detections
    kept = by_hand.nms(boxes, scores, threshold)
    assert (np.diff(scores[kept]) <= 0).all()
    table = by_hand.iou(boxes, boxes)
    assert (table[np.ix_(kept, kept)] <= threshold)[~np.eye(len(kept), dtype=bool)].all()
    for gone in set(range(len(boxes))) - set(kept):
        better = kept[scores[kept] >= scores[gone]]
        assert table[gone, better].max() > threshold


def test_of_equal_scores_the_first_box_stays_and_the_threshold_itself_may_stay():
    boxes = np.array([[0, 0, 4, 4], [0, 0, 4, 4], [0, 0, 4, 2]], "float32")  # IoU 1 and 1 / 2
    scores = np.array([0.5, 0.5, 0.4], "float32")
    np.testing.assert_array_equal(by_hand.nms(boxes, scores, 0.5), [0, 2])
    np.testing.assert_array_equal(by_tensorflow(boxes, scores, 0.5), [0, 2])
    np.testing.assert_array_equal(by_hand.nms(boxes, scores, 0.499), [0])
    padded, count = tf.image.non_max_suppression_padded(
        boxes[:, Y_FIRST], scores, 3, 0.5, pad_to_max_output_size=True
    )
    np.testing.assert_array_equal(padded[: int(count)], [0])


@given(scored(), st.sampled_from([0.3, 0.5]), seeds)
def test_nms_by_class_is_nms_of_boxes_moved_apart(detections, threshold, seed):
    boxes, scores = detections
    labels = np.random.default_rng(seed).integers(0, 3, len(boxes))
    apart = boxes.astype(float) + 1000 * labels[:, None]
    ours = by_hand.nms_by_class(boxes.astype(float), scores, labels, threshold)
    np.testing.assert_array_equal(ours, by_hand.nms(apart, scores, threshold))


@few
@given(scored(least=1), st.sampled_from([0.1, 0.5, 2.0]), st.sampled_from([0.001, 0.2]))
def test_soft_nms_is_that_of_tensorflow(detections, sigma, lowest):
    """TensorFlow writes exp(-IoU² / (2 sigma)): its sigma is half of Bodla's."""
    boxes, scores = detections
    scores = scores + np.linspace(0, 1e-3, len(scores), dtype="float32")  # no ties
    kept, lowered = by_hand.soft_nms(boxes, scores, sigma, lowest)
    theirs, their_scores = tf.image.non_max_suppression_with_scores(
        boxes[:, Y_FIRST], scores, 100, iou_threshold=1.0, score_threshold=lowest,
        soft_nms_sigma=sigma / 2,
    )  # fmt: skip
    np.testing.assert_allclose(lowered, their_scores, atol=1e-5)
    np.testing.assert_array_equal(kept, theirs)


def test_soft_nms_lowers_what_overlaps_a_better_box():
    boxes = np.array([[0.0, 0, 4, 4], [0, 0, 4, 2], [9, 9, 12, 12]])
    kept, scores = by_hand.soft_nms(boxes, np.array([0.9, 0.8, 0.7]), sigma=0.5)
    np.testing.assert_array_equal(kept, [0, 2, 1])
    np.testing.assert_allclose(scores, [0.9, 0.7, 0.8 * np.exp(-0.5)])


@pytest.mark.parametrize("function", [by_hand.nms, by_hand.soft_nms])
def test_suppression_leaves_what_it_is_given(function):
    boxes, scores = np.array([[0.0, 0, 4, 4], [0, 0, 4, 3]]), np.array([0.5, 0.9])
    before = boxes.copy(), scores.copy()
    function(boxes, scores)
    np.testing.assert_array_equal(boxes, before[0])
    np.testing.assert_array_equal(scores, before[1])


@pytest.mark.filterwarnings("error")
def test_no_boxes_are_no_trouble():
    none, boxes = np.zeros((0, 4)), np.array([[0.0, 0, 1, 1]])
    assert by_hand.iou(none, boxes).shape == by_hand.generalised_iou(none, boxes).shape == (0, 1)
    assert by_hand.clip(none, 4, 4).shape == by_hand.encode(none, none).shape == (0, 4)
    assert by_hand.decode(none, none).shape == (0, 4)
    np.testing.assert_array_equal(by_hand.match(by_hand.iou(boxes, none)), [BACKGROUND])
    assert by_hand.match(by_hand.iou(none, boxes)).shape == (0,)
    empty = np.zeros(0)
    for kept in (by_hand.nms(none, empty), by_hand.nms_by_class(none, empty, empty),
                 by_hand.soft_nms(none, empty)[0]):  # fmt: skip
        assert kept.shape == (0,) and kept.dtype.kind == "i"


# --- argument checking ---------------------------------------------------------------------------


@pytest.mark.parametrize("given", [[], np.zeros((0, 4)), [[1, 2, 3, 4]], [[1, 1, 1, 1]],
                                   tf.constant([[0.0, 0, 1, 1]])])  # fmt: skip
def test_boxes_become_floats(given):
    checked = by_hand.check_boxes(given)
    assert checked.shape[1] == 4 and checked.dtype.kind == "f"


def test_boxes_keep_their_precision_and_the_original():
    given = np.zeros((1, 4), "float32")
    checked = by_hand.check_boxes(given)
    checked += 1
    assert checked.dtype == "float32" and given.max() == 0


@pytest.mark.parametrize("boxes, said", [
    ([1, 2, 3, 4], r"boxes of shape \(n, 4\): x1, y1, x2, y2. Received shape \(4,\)"),
    (np.zeros((2, 5)), r"Received shape \(2, 5\)"), (np.zeros((1, 2, 4)), r"shape \(1, 2, 4\)"),
    ([[0, 0, 1, 1], [5, 0, 3, 1]], r"x1 ≤ x2 and y1 ≤ y2. Received box 1: \[5, 0, 3, 1\]"),
    ([[0, 2, 1, 1]], r"box 0: \[0, 2, 1, 1\]: is it x, y, width, height"),
    ([[0, 0, 1, np.nan]], r"finite boxes. Received box 0: \[0, 0, 1, nan\]"),
    ([[0, 0, np.inf, 1]], "finite boxes. Received box 0"),
])  # fmt: skip
def test_what_is_no_box_is_refused(boxes, said):
    with pytest.raises(ValueError, match=f"Expected .*{said}"):
        by_hand.check_boxes(boxes)


@pytest.mark.parametrize("box", [[-1, 0, 2, 2], [0, 0, 7, 2], [0, 0, 2, 5]])
def test_boxes_beyond_the_picture_are_refused(box):
    by_hand.check_boxes([[0, 0, 6, 4]], size=(4, 6))
    with pytest.raises(ValueError, match="truths within 6 × 4 pixels. Received box 1: .* clip it"):
        by_hand.check_boxes([[0, 0, 1, 1], box], "truths", size=(4, 6))


@pytest.mark.parametrize("box", [[1, 0, 1, 2], [0, 1, 2, 1], [1, 1, 1, 1]])
def test_empty_boxes_are_refused_where_asked(box):
    with pytest.raises(ValueError, match="boxes with a width and a height. Received box 0"):
        by_hand.check_boxes([box], allow_empty=False)


@pytest.mark.parametrize("scores, said", [
    ([0.5], r"one score for each of 2 boxes: shape \(2,\). Received shape \(1,\)"),
    ([[0.5], [0.5]], r"Received shape \(2, 1\)"), ([0.5, np.nan], "finite scores. Received nan"),
])  # fmt: skip
def test_scores_that_do_not_fit_are_refused(scores, said):
    with pytest.raises(ValueError, match=f"Expected {said}|{said}"):
        by_hand.check_scores(scores, np.zeros((2, 4)))


@pytest.mark.parametrize("labels, said", [
    ([1], r"one label for each of 2 boxes: shape \(2,\). Received shape \(1,\)"),
    ([0, -1], "whole numbers from 0. Received -1"), ([0.5, 1], "Received 0.5"),
    ([0, np.nan], "Received nan"),
])  # fmt: skip
def test_labels_that_do_not_fit_are_refused(labels, said):
    with pytest.raises(ValueError, match=said):
        by_hand.check_labels(labels, np.zeros((2, 4)))
    assert by_hand.check_labels([2.0, 0], np.zeros((2, 4))).dtype == int
