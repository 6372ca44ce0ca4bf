"""by_hand.roi_align on a ramp, against a slow loop, TensorFlow's crops and keras-cv's pooling."""

import keras
import keras_cv
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.by_hand import roi_align as by_hand

few = settings(max_examples=40, deadline=None)
seeds = st.integers(0, 2**32 - 1)
counts = st.integers(1, 5)


@st.composite
def regions(draw, least=0.0, beyond=0):
    """A feature map (height, width, channels) and boxes (n, 4) on it, up to `beyond` outside."""
    height, width, channels, boxes = (draw(st.integers(1, most)) for most in (12, 12, 3, 4))
    rng = np.random.default_rng(draw(seeds))
    low, high = np.sort(rng.random((2, boxes, 2)), axis=0)
    room = np.array([width, height]) + 2 * beyond
    boxes = np.concatenate([low * room, high * room], axis=1) - beyond
    boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + least)
    return rng.normal(size=(height, width, channels)), boxes


def slow(feature_map, box, rows, columns, samples):
    """RoIAlign as the paper says it: every sample the weighted mean of the four nearest cells."""
    height, width, channels = feature_map.shape
    aligned = np.zeros((rows, columns, channels))
    for row, column, down, across in np.ndindex(rows, columns, samples, samples):
        y = box[1] + (box[3] - box[1]) / rows * (row + (down + 0.5) / samples)
        x = box[0] + (box[2] - box[0]) / columns * (column + (across + 0.5) / samples)
        y = min(max(y, 0.5), height - 0.5)
        x = min(max(x, 0.5), width - 0.5)
        for cell_row, cell_column in np.ndindex(height, width):
            weight = max(0, 1 - abs(y - cell_row - 0.5)) * max(0, 1 - abs(x - cell_column - 0.5))
            aligned[row, column] += weight * feature_map[cell_row, cell_column] / samples**2
    return aligned


@few
@given(regions(beyond=3), counts, counts, st.integers(1, 3))
def test_roi_align_is_the_formula(region, rows, columns, samples):
    feature_map, boxes = region
    ours = by_hand.roi_align(feature_map, boxes, (rows, columns), samples)
    expected = [slow(feature_map, box, rows, columns, samples) for box in boxes]
    np.testing.assert_allclose(ours, expected, atol=1e-9)


@few
@given(regions(), counts, counts, st.integers(1, 3))
def test_roi_align_is_crop_and_resize_with_shifted_boxes(region, rows, columns, samples):
    """TensorFlow samples from the first corner to the last, and counts from cells' centres."""
    feature_map, boxes = region
    height, width = feature_map.shape[:2]
    padded = np.pad(feature_map, ((1, 1), (1, 1), (0, 0)), mode="edge").astype("float32")
    parts = np.array([columns, rows] * 2) * samples
    half = (boxes[:, 2:] - boxes[:, :2])[:, [0, 1, 0, 1]] / parts / 2 * [1, 1, -1, -1]
    shifted = (boxes + half + 0.5) / [width + 1, height + 1, width + 1, height + 1]
    middle = (boxes + boxes[:, [2, 3, 0, 1]] + 1) / 2 / (np.array([width, height] * 2) + 1)
    # A side of one sample is not sampled at its start there but in its middle.
    shifted = np.where(parts > 1, shifted, middle)
    crops = tf.image.crop_and_resize(
        padded[None], shifted[:, [1, 0, 3, 2]].astype("float32"), np.zeros(len(boxes), "int32"),
        (rows * samples, columns * samples),
    )  # fmt: skip
    pooled = keras.ops.average_pool(crops, samples, samples)
    ours = by_hand.roi_align(feature_map, boxes, (rows, columns), samples)
    np.testing.assert_allclose(ours, pooled, atol=1e-4)


def test_a_ramp_is_read_at_the_middle_of_the_bins():
    ramp = np.broadcast_to((np.arange(32) + 0.5)[None, :, None], (8, 32, 1))  # x at each centre
    box = np.array([[4.0, 1, 20, 7]])
    for samples in (1, 2, 3):
        aligned = by_hand.roi_align(ramp, box, (2, 4), samples)
        np.testing.assert_allclose(aligned[0, :, :, 0], [[6, 10, 14, 18]] * 2)
    corners = (box[:, [1, 0, 3, 2]] - 0.5) / [7, 31, 7, 31]
    crops = tf.image.crop_and_resize(
        ramp[None].astype("float32"), corners.astype("float32"), [0], (2, 4)
    )
    np.testing.assert_allclose(crops[0, :, :, 0], [[4, 28 / 3, 44 / 3, 20]] * 2, rtol=1e-5)


@pytest.mark.parametrize("shift", [0.1, 0.3, 0.49])
def test_align_follows_a_small_shift_and_pooling_does_not(shift):
    ramp = np.broadcast_to(np.arange(16.0)[None, :, None], (16, 16, 1))
    box = np.array([[4.0, 4, 12, 12]])
    moved = box + [shift, 0, shift, 0]
    aligned = by_hand.roi_align(ramp, np.concatenate([box, moved]), 4)
    np.testing.assert_allclose(aligned[1] - aligned[0], shift)
    pooled = by_hand.roi_pool(ramp, np.concatenate([box, moved]), 4)
    np.testing.assert_array_equal(pooled[1], pooled[0])


@few
@given(regions(), st.integers(1, 4))
def test_a_constant_map_stays_constant(region, size):
    feature_map, boxes = np.full_like(region[0], 3.5), region[1]
    np.testing.assert_allclose(by_hand.roi_align(feature_map, boxes, size), 3.5)
    np.testing.assert_allclose(by_hand.roi_pool(feature_map, boxes, size), 3.5)


@few
@given(seeds, st.integers(1, 3), st.integers(1, 3))
def test_roi_pool_is_keras_cv_where_nothing_is_rounded(seed, rows, columns):
    rng = np.random.default_rng(seed)
    feature_map = rng.normal(size=(16, 16, 2)).astype("float32")  # 16: it divides and multiplies
    steps, corner = rng.integers(1, 5, 2), rng.integers(0, 5, 2)
    box = np.array([[*corner, *(corner + steps * [columns, rows])]], "float32")
    layer = keras_cv.layers.ROIPooler("xyxy", (rows, columns), (16, 16, 3))
    theirs = layer(feature_map[None], box[None])[0]
    np.testing.assert_array_equal(by_hand.roi_pool(feature_map, box, (rows, columns)), theirs)


@few
@given(regions(beyond=3), counts)
def test_roi_pool_covers_every_cell_of_the_rounded_box(region, size):
    feature_map, boxes = region
    pooled = by_hand.roi_pool(feature_map, boxes, size)
    height, width = feature_map.shape[:2]
    for box, values in zip(boxes, pooled):
        x1, y1, x2, y2 = np.floor(box + 0.5).astype(int)
        y1, x1 = min(max(y1, 0), height - 1), min(max(x1, 0), width - 1)
        y2, x2 = min(max(y2, y1 + 1), height), min(max(x2, x1 + 1), width)
        whole = feature_map[y1:y2, x1:x2]
        np.testing.assert_array_equal(values.max(axis=(0, 1)), whole.max(axis=(0, 1)))
        assert np.isin(values, whole).all()


def test_roi_pool_rounds_on_paper():
    cells = np.arange(25.0).reshape(5, 5, 1)
    pooled = by_hand.roi_pool(cells, [[0.4, 0.6, 3.4, 3.6]], 2)  # rows 1…3, columns 0…2
    np.testing.assert_array_equal(pooled[0, :, :, 0], [[11, 12], [16, 17]])
    assert by_hand.roi_pool(cells, [[2.2, 2.2, 2.3, 2.3]], 2).tolist() == [[[[12]] * 2] * 2]


@pytest.mark.filterwarnings("error")
def test_no_boxes_give_nothing_and_empty_ones_a_point():
    feature_map = np.arange(12.0).reshape(3, 4, 1)
    assert by_hand.roi_align(feature_map, [], (2, 3)).shape == (0, 2, 3, 1)
    assert by_hand.roi_pool(feature_map, [], (2, 3)).shape == (0, 2, 3, 1)
    np.testing.assert_allclose(by_hand.roi_align(feature_map, [[2.5, 1.5, 2.5, 1.5]], 2), 6)
    np.testing.assert_allclose(by_hand.roi_align(feature_map, [[-9, -9, -5, -5]], 2), 0)


@pytest.mark.parametrize("function", [by_hand.roi_align, by_hand.roi_pool])
@pytest.mark.parametrize("feature_map, boxes, size, said", [
    (np.zeros((1, 4, 4, 2)), [[0, 0, 1, 1]], 2, r"Received shape \(1, 4, 4, 2\): take one picture"),
    (np.zeros((4, 4)), [[0, 0, 1, 1]], 2, r"shape \(height, width, channels\)"),
    (np.zeros((4, 4, 1)), [[2, 0, 1, 1]], 2, "x1 ≤ x2 .* box 0"),
    (np.zeros((4, 4, 1)), [[0, 0, 1, 1]], 0, "size as an integer of at least 1. Received 0"),
    (np.zeros((4, 4, 1)), [[0, 0, 1, 1]], (2, 2.5), "Received 2.5"),
    (np.zeros((4, 4, 1)), [[0, 0, 1, 1]], (2, 2, 2), "size as one integer or a pair"),
])  # fmt: skip
def test_what_cannot_be_is_refused(function, feature_map, boxes, size, said):
    with pytest.raises(ValueError, match=said):
        function(feature_map, boxes, size)


def test_samples_are_counted():
    with pytest.raises(ValueError, match="samples as an integer of at least 1. Received True"):
        by_hand.roi_align(np.zeros((4, 4, 1)), [[0, 0, 1, 1]], 2, True)
