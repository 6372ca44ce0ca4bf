"""The pieces of the detector, each held against the one by hand or against keras-cv's."""

import keras
import keras_cv
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_utils.by_hand import boxes as by_hand
from course_utils.by_hand.roi_align import roi_align as roi_align_by_hand
from course_utils.models.detector import anchors, losses, proposals, targets
from course_utils.models.detector.roi_align import roi_align

few = settings(max_examples=40)


@st.composite
def boxes(draw, least=1, most=6, smallest=0.5):
    """Boxes with an area inside 80 × 80."""
    count = draw(st.integers(least, most))
    corner = draw(arrays(np.float32, (count, 2), elements=st.floats(0, 60, width=32)))
    sides = draw(arrays(np.float32, (count, 2), elements=st.floats(smallest, 20, width=32)))
    return np.concatenate([corner, corner + sides], axis=1)


def random_boxes(rng, *shape):
    corner = rng.uniform(0, 50, (*shape, 2))
    return np.concatenate([corner, corner + rng.uniform(4, 30, corner.shape)], -1).astype("float32")


@pytest.mark.parametrize("height, width, stride", [(80, 80, 8), (40, 64, 8), (16, 16, 16)])
@pytest.mark.parametrize("sizes, ratios", [((18, 30), (1, 2)), ((12,), (0.5, 1, 3.2))])
def test_anchors_are_those_by_hand(height, width, stride, sizes, ratios):
    ours = anchors.anchor_grid(height, width, stride, sizes, ratios)
    wanted = by_hand.anchor_grid(height, width, stride, sizes, ratios)
    np.testing.assert_allclose(ours, wanted, atol=1e-4)


@few
@given(boxes(4, 4), boxes(4, 4))
def test_deltas_are_those_by_hand_and_lead_back(some, others):
    deltas = anchors.encode(some, others)
    np.testing.assert_allclose(deltas, by_hand.encode(some, others), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(anchors.decode(deltas, others), some, atol=1e-2)
    np.testing.assert_allclose(
        anchors.decode(deltas, others), by_hand.decode(np.array(deltas), others), atol=1e-2
    )


def test_no_side_and_no_growth_is_too_extreme():
    empty, box = np.zeros((1, 4), "float32"), np.array([[0, 0, 8, 8]], "float32")
    for one, other in ((empty, box), (box, empty), (empty, empty)):
        assert np.isfinite(anchors.encode(one, other)).all()
    huge = anchors.decode(np.full((1, 4), 1e4, "float32"), box)
    assert np.isfinite(huge).all()


def test_widened_boxes_keep_their_centres():
    rng = np.random.default_rng(0)
    some = random_boxes(rng, 2, 5)
    wide = np.array(anchors.widen(some, 0.25))
    np.testing.assert_allclose(
        wide[..., :2] + wide[..., 2:], some[..., :2] + some[..., 2:], rtol=1e-5
    )
    sides = some[..., 2:] - some[..., :2]
    np.testing.assert_allclose(wide[..., 2:] - wide[..., :2], 1.5 * sides, rtol=1e-4)


def test_clipping_is_that_by_hand():
    wild = np.random.default_rng(0).normal(20, 60, (50, 4)).astype("float32")
    np.testing.assert_array_equal(anchors.clip(wild, 40, 60), by_hand.clip(wild, 40, 60))


@few
@given(boxes(1, 30), boxes(1, 5), st.booleans())
def test_matching_is_that_by_hand(candidates, truths, forced):
    overlaps = targets.overlaps_of(candidates[np.newaxis], truths[np.newaxis])
    np.testing.assert_allclose(overlaps[0], by_hand.iou(candidates, truths), atol=1e-4)
    objects, values = targets.match(overlaps)
    if forced:
        objects, values = targets.force(overlaps, objects, values)
    ours = np.where(values[0] == targets.POSITIVE, objects[0], values[0])
    wanted = by_hand.match(np.array(overlaps[0]), force=forced)
    np.testing.assert_array_equal(ours, wanted)


def test_padding_is_matched_to_nothing():
    candidates = random_boxes(np.random.default_rng(0), 1, 50)
    overlaps = targets.overlaps_of(candidates, np.zeros((1, 3, 4), "float32"))
    _, values = targets.force(overlaps, *targets.match(overlaps))
    assert (np.array(values) == targets.NEGATIVE).all()


def test_keras_cvs_own_forcing_invents_an_object():
    """Why `force` is ours. When this fails, keras-cv was mended, and can be used."""
    matcher = keras_cv.layers.BoxMatcher([0.4, 0.5], [-1, -2, 1], force_match_for_each_col=True)
    objects, values = matcher(np.array([[0.0], [0.9], [0.0]], "float32"))
    assert values[0] == 1 and objects[0] == 1, "row 0 shows object 1 of 1"


@few
@given(
    arrays(np.int32, (3, 20), elements=st.sampled_from([1, -1, -2])),
    st.integers(1, 20),
    st.sampled_from([0.25, 0.5, 0.9]),
)
def test_a_sample_has_at_most_its_share_of_positives_and_none_twice(values, count, share):
    drawn, asked = (np.array(each) for each in targets.sample(tf.constant(values), count, share))
    for own, indices, real in zip(values, drawn, asked, strict=True):
        got = own[indices[real]]
        positives, negatives = (own == 1).sum(), (own == -1).sum()
        assert len(set(indices)) == count and (got != -2).all()
        assert (got == 1).sum() == min(positives, int(count * share))
        assert (got == -1).sum() == min(negatives, count - (got == 1).sum())


def test_each_of_many_is_drawn_at_some_time():
    values = tf.constant(np.repeat([[1] * 6 + [-1] * 6], 200, axis=0))
    drawn, _ = targets.sample(values, 4, 0.5)
    assert set(np.array(drawn).ravel()) == set(range(12))


def test_targets_lead_from_anchors_and_rois_to_their_objects():
    rng = np.random.default_rng(1)
    grid = anchors.anchor_grid(80, 80, 8, (18, 30), (1, 2))
    truths, labels = random_boxes(rng, 2, 3), np.array([[3, 1, 4], [1, 5, 9]])
    drawn, shows, asked, deltas = targets.rpn_targets(grid, truths)
    led = np.array(anchors.decode(deltas, tf.gather(grid, drawn)))
    for own, seen, boxes_led in zip(truths, np.array(shows & asked), led, strict=True):
        assert seen.sum() >= 3  # each object has an anchor
        assert np.isclose(by_hand.iou(boxes_led[seen], own).max(axis=1), 1, atol=1e-3).all()
    candidates = np.concatenate([truths, random_boxes(rng, 2, 40)], axis=1)
    rois, classes, asked, deltas = targets.roi_targets(candidates, truths, labels)
    led = np.array(anchors.decode(deltas, rois))
    for number in range(2):
        seen = np.array(classes[number]) > 0
        objects = by_hand.iou(led[number][seen], truths[number]).argmax(axis=1)
        np.testing.assert_array_equal(classes[number][seen], labels[number][objects] + 1)
        overlaps = by_hand.iou(np.array(rois[number]), truths[number]).max(axis=1)
        assert (overlaps[seen] >= 0.499).all() and (overlaps[~seen] < 0.501).all()


@few
@given(boxes(3, 3))
def test_moved_boxes_still_show_their_objects(truths):
    copies = np.array(targets.moved(truths[np.newaxis], copies=4)[0]).reshape(4, 3, 4)
    for own in copies:
        overlaps = np.diag(by_hand.iou(own, truths))
        assert (overlaps > 0.48).all() and not np.array_equal(own, truths)  # 0.7² at worst


@pytest.mark.parametrize("samples", [1, 2, 3])
@pytest.mark.parametrize("shape", [(10, 10), (5, 12), (2, 2)])
def test_roi_align_is_that_by_hand(samples, shape):
    rng = np.random.default_rng(samples)
    maps = rng.normal(size=(2, *shape, 3)).astype("float32")
    corner = rng.uniform(0, [shape[1], shape[0]], (2, 7, 2))
    end = rng.uniform(corner, [shape[1], shape[0]])
    rois = np.concatenate([corner, end], axis=-1).astype("float32")
    rois[:, 0] = [0, 0, shape[1], shape[0]]  # to the very edges
    rois[:, 1] = 0  # padding
    ours = roi_align(maps, rois, bins=4, samples=samples)
    wanted = [roi_align_by_hand(*pair, 4, samples) for pair in zip(maps, rois, strict=True)]
    np.testing.assert_allclose(ours, np.concatenate(wanted), atol=1e-4)


def test_on_a_ramp_roi_align_reads_where_the_middles_are():
    ramp = np.broadcast_to(np.arange(32, dtype="float32") + 0.5, (1, 32, 32))[..., np.newaxis]
    read = roi_align(ramp, np.array([[[4, 4, 20, 20]]], "float32"), bins=4)
    np.testing.assert_allclose(read[0, 0, :, 0], [6, 10, 14, 18], atol=1e-5)


def test_beyond_the_maps_roi_align_reads_zeros():
    read = roi_align(tf.ones((1, 4, 4, 1)), tf.constant([[[-5.0, 0, 3, 4]]]), bins=4)
    np.testing.assert_allclose(read[0, :, :, 0], [[0, 0, 1, 1]] * 4)


def test_the_gradient_of_roi_align_reaches_the_maps_that_were_read():
    maps = tf.random.stateless_normal((1, 8, 8, 2), (1, 2))
    with tf.GradientTape() as tape:
        tape.watch(maps)
        read = tf.reduce_sum(roi_align(maps, tf.constant([[[0.0, 0, 4, 4]]]), bins=4, samples=2))
    gradient = np.array(tape.gradient(read, maps))
    assert gradient.sum() == pytest.approx(4 * 4 * 2, rel=1e-4)
    assert (gradient[0, :3, :3] > 0).all() and (gradient[0, 5:] == 0).all()


def scored_anchors(seed, batch=2):
    rng = np.random.default_rng(seed)
    grid = anchors.anchor_grid(80, 80, 8, (18, 30), (1, 2))
    logits = rng.normal(size=(batch, len(grid))).astype("float32")
    deltas = rng.normal(0, 0.2, (batch, len(grid), 4)).astype("float32")
    return logits, deltas, grid


@pytest.mark.parametrize("seed", range(3))
def test_proposals_are_those_by_hand_and_those_of_keras_cv(seed):
    logits, deltas, grid = scored_anchors(seed)
    ours, ours_scores = proposals.propose(logits, deltas, grid, (80, 80), count=30)
    candidates, scores = proposals.best_boxes(logits, deltas, grid, (80, 80), 120)
    generator = keras_cv.layers.ROIGenerator(
        "xyxy", pre_nms_topk_test=120, post_nms_topk_test=30, nms_iou_threshold_test=0.7
    )
    theirs, _ = generator(candidates, scores, training=False)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    for number, (own, own_scores) in enumerate(zip(np.array(candidates), np.array(scores))):
        kept = by_hand.nms(own, own_scores, 0.7)[:30]
        np.testing.assert_allclose(ours[number][: len(kept)], own[kept], atol=1e-4)
        np.testing.assert_allclose(ours_scores[number][: len(kept)], own_scores[kept], atol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_detections_are_those_by_hand(seed):
    rng = np.random.default_rng(seed)
    logits, rois = rng.normal(0, 2, (1, 30, 5)).astype("float32"), random_boxes(rng, 1, 30)
    boxes_, labels, scores, found = (
        np.array(each)[0] for each in proposals.detections(logits, rois, count=120, least_score=0.1)
    )
    probabilities = np.array(tf.nn.softmax(logits))[0, :, 1:]
    rows, classes = np.nonzero(probabilities > 0.1)
    kept = by_hand.nms_by_class(rois[0][rows], probabilities[rows, classes], classes, 0.5)
    assert found == len(kept)
    np.testing.assert_allclose(boxes_[:found], rois[0][rows[kept]], atol=1e-5)
    np.testing.assert_array_equal(labels[:found], classes[kept])
    np.testing.assert_allclose(scores[:found], probabilities[rows, classes][kept], atol=1e-6)


def test_keras_cvs_non_maximum_suppression_keeps_the_same_boxes():
    rng = np.random.default_rng(3)
    candidates, scores = random_boxes(rng, 1, 40), rng.uniform(size=(1, 40, 1)).astype("float32")
    layer = keras_cv.layers.NonMaxSuppression("xyxy", from_logits=False, max_detections=40)
    theirs = layer(box_prediction=candidates, class_prediction=scores)
    logits = np.concatenate([np.zeros_like(scores), np.log(scores / (1 - scores))], axis=-1)
    ours, _, _, found = proposals.detections(logits, candidates, least_score=0.5)
    np.testing.assert_allclose(ours[0, : found[0]], theirs["boxes"][0][: found[0]], atol=1e-4)
    assert int(found[0]) == int(theirs["num_detections"][0])


def test_the_losses_are_those_of_keras():
    rng = np.random.default_rng(0)
    logits, shows = rng.normal(size=(3, 5)).astype("float32"), rng.uniform(size=(3, 5)) > 0.5
    asked = rng.uniform(size=(3, 5)) > 0.3
    binary = keras.losses.BinaryCrossentropy(from_logits=True)
    wanted = binary(shows[asked][:, np.newaxis], logits[asked][:, np.newaxis])
    np.testing.assert_allclose(losses.objectness_loss(shows, logits, asked), wanted, rtol=1e-5)
    many, classes = rng.normal(size=(3, 5, 4)).astype("float32"), rng.integers(4, size=(3, 5))
    wanted = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(
        classes[asked], many[asked]
    )
    np.testing.assert_allclose(losses.class_loss(classes, many, asked), wanted, rtol=1e-5)
    other = many + rng.normal(0, 0.3, many.shape).astype("float32")
    huber = keras.losses.Huber(delta=0.1, reduction="sum")  # `turn` times smooth L1, mean of 4
    wanted = huber(other[asked], many[asked]) * 4 / 0.1 / asked.sum()
    np.testing.assert_allclose(losses.box_loss(other, many, asked), wanted, rtol=1e-4)
    assert float(losses.box_loss(other, many, np.zeros((3, 5), bool))) == 0
