"""by_hand.masks against Keras, SciPy, scikit-image and counts in a loop."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage.segmentation import find_boundaries

from course_utils.by_hand import masks as by_hand
from course_utils.datasets import load_nuclei
from course_utils.scenes import garment_scenes

few = settings(max_examples=60, deadline=None)
seeds = st.integers(0, 2**32 - 1)
ALL = (by_hand.confusion, by_hand.iou_per_class, by_hand.mean_iou, by_hand.boundary_iou_per_class,
       by_hand.boundary_iou)  # fmt: skip


@st.composite
def pairs(draw):
    """Two masks of one shape, in any type of integers, and how many classes there are.

    Often not all classes occur; often both are alike.
    """
    classes = draw(st.integers(1, 6))
    shape = draw(st.sampled_from([(), (1,), (3,)]))
    shape += draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    rng = np.random.default_rng(draw(seeds))
    kind = draw(st.sampled_from([np.uint8, np.int32, np.int64, np.uint64]))
    present = rng.permutation(classes)[: rng.integers(1, classes + 1)]
    truth, other = (rng.choice(present, shape).astype(kind) for _ in range(2))
    alike = rng.random(shape) < draw(st.sampled_from([0, 0.5, 1]))
    return truth, np.where(alike, truth, other), classes


# --- confusion and IoU ---------------------------------------------------------------------------


@few
@given(pairs())
def test_confusion_is_a_count_and_the_one_of_tensorflow(pair):
    truth, predicted, classes = pair
    ours = by_hand.confusion(truth, predicted, classes)
    theirs = tf.math.confusion_matrix(truth.ravel().astype(int), predicted.ravel().astype(int),
                                      classes)  # fmt: skip
    np.testing.assert_array_equal(ours, theirs)
    assert ours.dtype.kind == "i" and ours.sum() == truth.size


def test_confusion_of_many_classes_in_small_numbers():
    """255 × 256 is more than uint8 holds."""
    truth = np.arange(256, dtype=np.uint8).reshape(16, 16)
    matrix = by_hand.confusion(truth, truth[::-1], 256)
    assert matrix.sum() == 256 and matrix[255, 15] == 1


@few
@given(pairs())
def test_mean_iou_is_keras_mean_iou(pair):
    truth, predicted, classes = pair
    theirs = keras.metrics.MeanIoU(classes)(truth.astype(int), predicted.astype(int))
    assert by_hand.mean_iou(truth, predicted, classes) == pytest.approx(float(theirs), abs=1e-6)


@few
@given(pairs())
def test_iou_per_class_is_keras_iou_and_a_count(pair):
    truth, predicted, classes = pair
    ours = by_hand.iou_per_class(truth, predicted, classes)
    assert ours.shape == (classes,)
    for label, overlap in enumerate(ours):
        either = np.sum((truth == label) | (predicted == label))
        if not either:
            assert np.isnan(overlap)
            continue
        assert overlap == np.sum((truth == label) & (predicted == label)) / either
        theirs = keras.metrics.IoU(classes, [label])(truth.astype(int), predicted.astype(int))
        assert overlap == pytest.approx(float(theirs), abs=1e-6)


@few
@given(pairs(), st.integers(1, 3))
def test_the_order_of_masks_and_of_classes_does_not_matter(pair, distance):
    truth, predicted, classes = pair
    order = np.random.default_rng(0).permutation(classes)
    for measure in (
        by_hand.iou_per_class,
        lambda *given: by_hand.boundary_iou_per_class(*given, distance=distance),
    ):
        overlaps = measure(truth, predicted, classes)
        np.testing.assert_array_equal(measure(predicted, truth, classes), overlaps)
        renamed = measure(order[truth.astype(int)], order[predicted.astype(int)], classes)
        np.testing.assert_array_equal(renamed[order], overlaps)
    swapped = by_hand.confusion(predicted, truth, classes)
    np.testing.assert_array_equal(swapped, by_hand.confusion(truth, predicted, classes).T)


@few
@given(pairs(), st.integers(0, 3))
@pytest.mark.filterwarnings("error")
def test_the_mean_is_a_number_and_1_only_for_the_same(pair, more):
    """More classes than occur change nothing: what is in neither mask does not count."""
    truth, predicted, classes = pair
    for measure in (by_hand.mean_iou, by_hand.boundary_iou):
        mean = measure(truth, predicted, classes + more)
        assert mean == measure(truth, predicted, classes) and isinstance(mean, float)
        assert 0 <= mean <= 1 == measure(truth, truth, classes)
    same = by_hand.mean_iou(truth, predicted, classes) == 1
    assert same == np.array_equal(truth, predicted)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (2, 5, 3)])
def test_background_alone(shape):
    ground, things = np.zeros(shape, int), np.full(shape, 2)
    np.testing.assert_array_equal(by_hand.iou_per_class(ground, ground, 3), [1, np.nan, np.nan])
    np.testing.assert_array_equal(by_hand.iou_per_class(ground, things, 3), [0, np.nan, 0])
    for mean in (by_hand.mean_iou, by_hand.boundary_iou):
        assert mean(ground, ground, 3) == 1 and mean(ground, things, 3) == 0


def test_iou_on_paper():
    truth = np.array([[0, 0, 1, 1], [0, 0, 1, 1]])
    predicted = np.array([[0, 0, 0, 1], [0, 0, 1, 2]])
    overlaps = by_hand.iou_per_class(truth, predicted, 4)
    np.testing.assert_array_equal(overlaps, [4 / 5, 2 / 4, 0, np.nan])
    assert by_hand.mean_iou(truth, predicted, 4) == pytest.approx((4 / 5 + 2 / 4) / 3)


def test_several_masks_are_judged_as_one_large_one():
    """Not picture by picture: a small thing that one picture misses would weigh too much."""
    truth, predicted = np.random.default_rng(2).integers(0, 3, (2, 5, 4, 6))
    for measure in (by_hand.confusion, by_hand.mean_iou):
        together = measure(truth, predicted, 3)
        wide = measure(np.hstack(truth), np.hstack(predicted), 3)
        np.testing.assert_array_equal(together, wide)
    separate = [by_hand.mean_iou(*one, 3) for one in zip(truth, predicted)]
    assert by_hand.mean_iou(truth, predicted, 3) != pytest.approx(np.mean(separate))


# --- contours ------------------------------------------------------------------------------------


@few
@given(pairs(), st.integers(1, 4))
def test_rims_are_what_scipy_erodes(pair, distance):
    truth, _, classes = pair
    for mask in truth.reshape(-1, *truth.shape[-2:]) == classes - 1:
        inner = ndimage.binary_erosion(mask, np.ones((3, 3)), distance, border_value=0)
        np.testing.assert_array_equal(by_hand.rim(mask, distance), mask & ~inner)
    whole = [by_hand.rim(mask, distance) for mask in truth.reshape(-1, *truth.shape[-2:]) > 0]
    np.testing.assert_array_equal(by_hand.rim(truth > 0, distance).reshape(np.shape(whole)), whole)


@few
@given(pairs())
def test_the_thinnest_rim_is_scikit_image_inner_boundary(pair):
    for mask in pair[0].reshape(-1, *pair[0].shape[-2:]) > 0:
        theirs = find_boundaries(np.pad(mask, 1), connectivity=2, mode="inner")[1:-1, 1:-1]
        np.testing.assert_array_equal(by_hand.rim(mask, 1), theirs)


@few
@given(pairs(), st.integers(1, 3))
def test_rims_are_near_what_is_outside(pair, distance):
    """The definition, by distances: at most so many pixels to the nearest one not of the mask."""
    for mask in pair[0].reshape(-1, *pair[0].shape[-2:]) > 0:
        away = ndimage.distance_transform_cdt(np.pad(mask, 1), "chessboard")[1:-1, 1:-1]
        np.testing.assert_array_equal(by_hand.rim(mask, distance), mask & (away <= distance))


@few
@given(pairs())
def test_a_rim_as_wide_as_the_picture_is_the_whole_mask(pair):
    truth, predicted, classes = pair
    overlaps = by_hand.boundary_iou_per_class(truth, predicted, classes, distance=12)
    np.testing.assert_array_equal(overlaps, by_hand.iou_per_class(truth, predicted, classes))


@few
@given(pairs(), st.integers(1, 3))
def test_boundary_iou_is_the_iou_of_the_rims(pair, distance):
    truth, predicted, classes = pair
    overlaps = by_hand.boundary_iou_per_class(truth, predicted, classes, distance)
    for label, overlap in enumerate(overlaps):
        rims = [by_hand.rim(mask == label, distance) for mask in (truth, predicted)]
        expected = by_hand.iou_per_class(*rims, 2)[1]
        np.testing.assert_equal(overlap, expected)
    assert by_hand.boundary_iou(truth, predicted, classes, distance) == np.nanmean(overlaps)


@pytest.mark.parametrize("side", [20, 40, 60])
def test_at_the_contour_a_shift_costs_a_large_thing_as_much_as_a_small_one(side):
    truth = np.zeros((80, 80), int)
    truth[5 : 5 + side, 5 : 5 + side] = 1
    moved = np.roll(truth, 1, axis=1)
    whole = by_hand.iou_per_class(truth, moved, 2)[1]
    assert whole == pytest.approx((side - 1) / (side + 1))  # the larger, the less it costs
    contour = by_hand.boundary_iou_per_class(truth, moved, 2)[1]
    assert contour < 0.74 and contour < whole


# --- kinds of errors -----------------------------------------------------------------------------


@few
@given(pairs())
def test_every_pixel_is_of_one_kind(pair):
    truth, predicted, classes = pair
    kinds = by_hand.error_kinds(truth, predicted)
    matrix = by_hand.confusion(truth, predicted, classes)
    counts = dict(zip(by_hand.KINDS, np.bincount(kinds.ravel(), minlength=4)))
    things = matrix[1:, 1:]
    assert kinds.shape == truth.shape and len(by_hand.KINDS) == 4
    assert counts == {
        "right": np.trace(matrix),
        "missed": matrix[1:, 0].sum(),
        "invented": matrix[0, 1:].sum(),
        "confused": things.sum() - np.trace(things),
    }


# --- bilinear upsampling -------------------------------------------------------------------------


def upsampled(maps, kernel, factor):
    """Return what Keras' transposed convolution makes of maps with a kernel, each map alone."""
    channels = maps.shape[-1]
    layer = keras.layers.Conv2DTranspose(channels, len(kernel), factor, "same", use_bias=False)
    layer.build(maps.shape)
    layer.set_weights([kernel[..., None, None] * np.eye(channels)])
    return np.asarray(layer(maps))


@pytest.mark.parametrize("factor", range(1, 9))
def test_the_kernel_does_what_keras_bilinear_upsampling_does_away_from_the_edge(factor):
    maps = np.random.default_rng(1).normal(size=(2, 6, 5, 3)).astype("float32")
    ours = upsampled(maps, by_hand.bilinear_kernel(factor), factor)
    theirs = keras.layers.UpSampling2D(factor, interpolation="bilinear")(maps)
    edge = factor // 2
    inside = np.s_[:, edge : 6 * factor - edge, edge : 5 * factor - edge]
    np.testing.assert_allclose(ours[inside], theirs[inside], atol=1e-5)
    if factor > 1:  # at the edge upsampling goes on with the outermost pixel
        assert np.abs(ours - theirs).max() > 0.05


@given(st.integers(1, 40))
def test_the_kernel_spreads_every_pixel_and_changes_no_plain_map(factor):
    kernel = by_hand.bilinear_kernel(factor)
    assert kernel.shape == (2 * factor - factor % 2,) * 2 and kernel.min() > 0
    np.testing.assert_array_equal(kernel, kernel.T)
    np.testing.assert_array_equal(kernel, kernel[::-1, ::-1])
    phases = np.pad(kernel, (0, factor % 2)).reshape(2, factor, 2, factor).sum(axis=(0, 2))
    np.testing.assert_allclose(phases, 1)  # what each pixel of the result is given in all


def test_the_kernels_on_paper():
    np.testing.assert_array_equal(by_hand.bilinear_kernel(1), [[1]])
    np.testing.assert_array_equal(by_hand.bilinear_kernel(2)[0] * 16, [1, 3, 3, 1])
    np.testing.assert_allclose(by_hand.bilinear_kernel(3)[2] * 3, [1, 2, 3, 2, 1])


# --- thresholds ----------------------------------------------------------------------------------


@few
@given(seeds, st.sampled_from([2, 5, 1000]), st.sampled_from([(4, 7), (2, 3, 5)]))
def test_no_other_threshold_is_better(seed, levels, shape):
    rng = np.random.default_rng(seed)
    image = (rng.integers(0, levels, shape) / levels).astype("float32")
    foreground = rng.random(shape) < image
    foreground.flat[0] = True
    level, overlap = by_hand.best_threshold(image, foreground)
    assert overlap == by_hand.iou_per_class(foreground, image > level, 2)[1]
    others = [by_hand.iou_per_class(foreground, image > one, 2)[1] for one in np.unique(image)]
    assert overlap == max(others)


def test_the_best_threshold_of_the_nuclei():
    image, mask = load_nuclei()
    level, overlap = by_hand.best_threshold(image, mask > 0)
    tried = [by_hand.iou_per_class(mask > 0, image > one / 255, 2)[1] for one in range(20, 80, 5)]
    assert 0 < level < 1 and max(tried) <= overlap < 0.8  # far from what a network reaches


# --- what is refused -----------------------------------------------------------------------------

GOOD = np.zeros((4, 5), int)


def with_pixel(value, kind=int):
    mask = np.zeros((4, 5), kind)
    mask[1, 2] = value
    return mask


@pytest.mark.parametrize("bad, said", [
    (with_pixel(3), "from 0 to 2 in {}. Received 3 among them"),
    (with_pixel(255, np.uint8), "from 0 to 2 in {}. Received 255 among them"),
    (with_pixel(-1), "from 0 to 2 in {}. Received -1 among them"),
    (with_pixel(2**63, np.uint64), f"Received {2**63} among them"),
    (with_pixel(1, float), "Expected {} as whole numbers, .* Received float64: argmax"),
    (np.zeros((4, 5, 3), "float32"), "Received float32: argmax over the last axis makes classes"),
    (with_pixel(np.nan, float), "Received float64"),
    (with_pixel("1", object), "Received object"),
    (np.full((4, 5), "a"), "Received <U1"),
    (np.zeros((4, 5, 1), int), r"shape \(4, 5, 1\)"),
    (np.zeros((5, 4), int), r"shape \(5, 4\)"),
    (np.zeros(20, int), r"Received shape \(20,\)"),
    (np.zeros((1, 1, 4, 5), int), r"Received shape \(1, 1, 4, 5\)"),
    (np.zeros((0, 5), int), r"Received shape \(0, 5\)"),
    (np.int64(0), r"Received shape \(\)"),
])  # fmt: skip
@pytest.mark.parametrize("measure", ALL)
def test_what_is_no_mask_of_these_classes_is_refused(measure, bad, said):
    with pytest.raises(ValueError, match=said.format("truth")):
        measure(bad, GOOD, 3)
    if said.startswith("from"):
        said = "in predicted. Received"
    with pytest.raises(ValueError, match=said.format("predicted")):
        measure(GOOD, bad, 3)


@pytest.mark.parametrize("bad, said", [
    (np.zeros((3, 5), int), r"predicted of shape \(4, 5\).*Received shape \(3, 5\): resize"),
    (with_pixel(-2), "from 0 in predicted. Received -2"), (with_pixel(0.5, float), "float64"),
])  # fmt: skip
def test_kinds_of_errors_refuse_the_same(bad, said):
    with pytest.raises(ValueError, match=said):
        by_hand.error_kinds(GOOD, bad)


@pytest.mark.parametrize("value", [0, -1, 2.0, "3", None, True])
def test_numbers_are_counts(value):
    for measure in (by_hand.boundary_iou, by_hand.boundary_iou_per_class):
        with pytest.raises(ValueError, match="Expected distance as an integer of at least 1"):
            measure(GOOD, GOOD, 3, value)
    with pytest.raises(ValueError, match=f"factor as an integer of at least 1. Received {value!r}"):
        by_hand.bilinear_kernel(value)
    if value is not None:
        for measure in ALL:
            with pytest.raises(ValueError, match="Expected classes as an integer of at least 1"):
                measure(GOOD, GOOD, value)


@pytest.mark.parametrize("image, foreground, said", [
    (np.ones((4, 5)), GOOD, "foreground of one pixel or more. Received none"),
    (np.full((4, 5), np.nan), GOOD + 1, "finite brightness. Received NaN"),
    (np.ones((4, 4)), GOOD + 1, r"foreground of shape \(4, 4\).* Received shape \(4, 5\)"),
    (np.ones((4, 5)), GOOD + 2, "from 0 to 1 in foreground. Received 2"),
    (np.ones((4, 5)), np.ones((4, 5)), "Received float64"),
])  # fmt: skip
def test_thresholds_need_a_foreground(image, foreground, said):
    with pytest.raises(ValueError, match=said):
        by_hand.best_threshold(image, foreground)


def test_masks_of_other_kinds_are_taken():
    mask = [[0, 1], [1, 0]]
    for same in (mask, np.array(mask, bool), np.array(mask, np.int8), tf.constant(mask)):
        checked = by_hand.require_masks(same)
        assert checked.dtype == int and checked.tolist() == mask
        assert by_hand.mean_iou(mask, same, 2) == 1


def test_masks_may_be_asked_to_fit_a_picture():
    assert by_hand.require_masks(GOOD, 1, "truth", (4, 5)).shape == (4, 5)
    with pytest.raises(ValueError, match=r"Expected truth of shape \(8, 5\).*Received shape \(4, "):
        by_hand.require_masks(GOOD, 1, "truth", (8, 5))


def test_nothing_that_is_given_is_changed():
    scenes = garment_scenes(2, 0)
    before = scenes.masks.copy()
    for measure in ALL:
        measure(scenes.masks, scenes.masks[::-1], 5)
    by_hand.error_kinds(scenes.masks, scenes.masks[::-1])
    by_hand.best_threshold(scenes.images[..., 0], scenes.masks > 0)
    np.testing.assert_array_equal(scenes.masks, before)
