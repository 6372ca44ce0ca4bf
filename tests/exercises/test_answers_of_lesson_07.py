"""Lesson 07's exercises: slips as students write them, wrong answers, the cases, and oracles."""

import numpy as np
import pytest
from asking import require_slips_apart
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from course_utils.by_hand import masks as by_hand
from course_utils.by_hand.convolution import correlate, transpose_correlate
from course_utils.exercises import lesson_07, recording
from course_utils.exercises.answer_book import expected_outcomes
from course_utils.exercises.answers import lesson_07 as answers

EXERCISES = {item.name: item for item in recording.exercises_of(lesson_07)}


# --- slips --------------------------------------------------------------------------------------


def roof(length, middle, factor):
    return [1 - abs(place - middle) / factor for place in range(length)]


def tried(score, last=False):
    """Return an answer that chooses the threshold of the highest score, the last one if asked."""

    def answer(image, mask, thresholds):
        chosen, highest = None, -np.inf
        for threshold in thresholds:
            value = score(image > threshold, mask > 0)
            if value > highest or last and value == highest:
                chosen, highest = threshold, value
        return chosen

    return answer


def overlap(found, wanted):
    return np.sum(found & wanted) / np.sum(found | wanted)


def zoomed(order):
    """Return scipy's zoom, which enlarges about the middles of the pixels here."""
    return lambda m, f: ndimage.zoom(m * 1.0, f, order=order, grid_mode=True, mode="nearest")


def return_inside_the_loop(image, mask, thresholds):
    best, highest = thresholds[0], 0
    for threshold in thresholds:
        if overlap(image > threshold, mask == 1) > highest:
            best, highest = threshold, overlap(image > threshold, mask == 1)
        return best


def weights_like(pixels):
    weights = np.zeros_like(pixels)
    weights[pixels > 0] = np.median(pixels[pixels > 0]) / pixels[pixels > 0]
    return weights


def ious_by_loop(union):
    """Return IoUs whose union is that of a cell on the diagonal, its row and its column."""

    def answer(c):
        hits, sums = c.diagonal(), zip(c.diagonal(), c.sum(axis=1), c.sum(axis=0))
        wholes = [union(*three) for three in sums]
        return [hit / whole if whole else np.nan for hit, whole in zip(hits, wholes)]

    return answer


# Slips as students write them, each with words of what the check has to say.
SLIPS_IN_OTHER_WORDS = [
    ("as_kernel", lambda w, h, v: np.reshape(w, (v, h, -1, w.shape[-1])), "height and width"),
    ("as_kernel", lambda w, h, v: w.reshape(-1, h, v, w.shape[1]), "channels stand first"),
    ("as_kernel", lambda w, h, v: w.reshape(-1, h, v, w.shape[1]).transpose(1, 2, 0, 3),
     "channel by channel"),
    ("as_kernel", lambda w, h, v: w.T.reshape(w.shape[1], h, v, -1), "units stand first"),
    ("as_kernel", lambda w, h, v: w.T.reshape(h, v, -1, w.shape[1]), "transposed before"),
    ("as_kernel", lambda w, h, v: w.reshape(h, v, w.shape[1], -1), "shuffles"),
    ("as_kernel", lambda w, h, v: np.rot90(answers.as_kernel(w, h, v), 2), "turned by half"),
    ("as_kernel", lambda w, h, v: w[None, None, :, :], "a single place"),
    ("bilinear_row", lambda f: np.convolve(np.ones(f), np.ones(f)) / f, "an even factor, too"),
    ("bilinear_row", lambda f: roof(2 * f, f - 0.5, f), "for an odd factor"),
    ("bilinear_row", lambda f: roof(2 * f - f % 2, f, f), "not in the middle"),
    ("bilinear_row", lambda f: roof(2 * f - f % 2, (2 * f - f % 2 - 1) // 2, f), "not in the mid"),
    ("bilinear_row", lambda f: answers.bilinear_row(f) / f, "add up to 1"),
    ("bilinear_row", lambda f: by_hand.bilinear_kernel(f), "square kernel"),
    ("bilinear_row", lambda f: [1] * f, "copies"),
    ("best_threshold", tried(lambda found, wanted: np.mean(found == wanted)), "accuracy"),
    ("best_threshold", tried(overlap, last=True), "the last is returned"),
    ("best_threshold", lambda i, m, t: t[np.argmax([overlap(i >= one, m == 1) for one in t])],
     "not `>=`"),
    ("best_threshold", lambda i, m, t: max(overlap(i > one, m == 1) for one in t), "which one it"),
    ("best_threshold", lambda i, m, t: int(np.argmax([overlap(i > one, m == 1) for one in t])),
     "What stands there"),
    ("best_threshold", tried(lambda found, wanted: np.sum(found & wanted) / np.sum(wanted)),
     "only what is found"),
    ("best_threshold", tried(lambda found, wanted: -overlap(found, wanted)), "lowest IoU"),
    ("best_threshold", tried(lambda found, wanted: overlap(~found, ~wanted)), "background is comp"),
    ("best_threshold", return_inside_the_loop, "inside the loop"),
    ("enlarge_labels", lambda m, f: np.concatenate([np.concatenate([m] * f)] * f, 1), "`np.tile`"),
    ("enlarge_labels", lambda m, f: np.repeat(m, f, 1), "taller as well"),
    ("enlarge_labels", zoomed(1), "lies no class 3"),
    ("enlarge_labels", lambda m, f: zoomed(1)(m, f).round().astype(int), "lies no class 3"),
    ("enlarge_labels", lambda m, f: np.kron(m, np.ones((f, f))).T, "rows and columns"),
    ("enlarge_labels", lambda m, f: m.repeat(f), "without an axis"),
    ("enlarge_labels", lambda m, f: np.kron(m, np.eye(f * f)[0].reshape(f, f)), "zeros stand"),
    ("iou_of_classes", ious_by_loop(lambda hits, row, column: row), "recall"),
    ("iou_of_classes", ious_by_loop(lambda hits, row, column: column), "precision"),
    ("iou_of_classes", ious_by_loop(lambda hits, row, column: row + column), "counts twice"),
    ("iou_of_classes", ious_by_loop(lambda hits, row, column: row + column - 2 * hits), "missing"),
    ("iou_of_classes", lambda c: [0 if one != one else one for one in by_hand.iou_of_counts(c)],
     "a 0 would count"),
    ("iou_of_classes", lambda c: np.nanmean(by_hand.iou_of_counts(c)), "the mean is returned"),
    ("iou_of_classes", lambda c: np.trace(c) / np.sum(c), "accuracy"),
    ("class_weights", lambda p: p / np.median(p[p > 0]), "upside down"),
    ("class_weights", lambda p: p / np.sum(p), "shares"),
    ("class_weights", lambda p: answers.class_weights(p) / answers.class_weights(p).sum(),
     "add up to 1"),
    ("class_weights", lambda p: [np.mean(p[p > 0]) / n if n else 0 for n in p], "mean is taken"),
    ("class_weights", lambda p: [np.median(p) / n if n else 0 for n in p], "zeros pull it down"),
    ("class_weights", lambda p: np.median(p[p > 0]) / p, "divided by 0"),
    ("class_weights", lambda p: np.median(p[p > 0]) / p.clip(1), "has a weight"),
    ("class_weights", lambda p: np.median(p[p > 0]) / p[p > 0], "left out"),
    ("class_weights", weights_like, "whole numbers"),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize(("name", "answer", "words"), SLIPS_IN_OTHER_WORDS)
def test_slips_written_differently_are_named(name, answer, words):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "not yet" and words.lower() in verdict.slip.lower(), verdict


@pytest.mark.parametrize("name", EXERCISES)
def test_no_two_slips_are_alike(name):
    """What one slip gives is never taken for another one."""
    require_slips_apart(EXERCISES[name])


# --- no check accepts any answer ----------------------------------------------------------------

WRONG_ANSWERS = [
    ("as_kernel", lambda w, h, v: np.zeros((h, v, len(w) // (h * v), w.shape[1]))),
    ("as_kernel", lambda w, h, v: -answers.as_kernel(w, h, v)),
    ("bilinear_row", lambda f: np.hanning(2 * f - f % 2)),
    ("bilinear_row", lambda f: answers.bilinear_row(f) ** 2),
    ("best_threshold", lambda i, m, t: i.mean()),
    ("best_threshold", lambda i, m, t: np.median(t)),
    ("enlarge_labels", lambda m, f: np.full((len(m) * f, m.shape[1] * f), m[0, 0])),
    ("enlarge_labels", lambda m, f: answers.enlarge_labels(m, f)[::-1]),
    ("iou_of_classes", lambda c: np.full(len(c), np.nan)),
    ("iou_of_classes", lambda c: np.ones(len(c))),
    ("iou_of_classes", lambda c: 1 - answers.iou_of_classes(c)),
    ("class_weights", lambda p: np.ones(len(p))),
    ("class_weights", lambda p: np.zeros(len(p))),
    ("class_weights", lambda p: np.log(np.median(p[p > 0]) / p.clip(1) + 1)),
]


@pytest.mark.parametrize(("name", "answer"), WRONG_ANSWERS)
def test_other_wrong_answers_fail_with_expected_and_received(name, answer):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "not yet"
    assert "xpected" in verdict.message and "received" in verdict.message


def as_kernel_in_place(weights, height, width):
    weights.shape = (height, width, -1, weights.shape[1])
    return weights


def best_threshold_in_place(image, mask, thresholds):
    chosen = answers.best_threshold(image, mask, thresholds)
    image[image <= chosen] = 0
    return chosen


def iou_of_classes_in_place(counts):
    ious = answers.iou_of_classes(counts)
    np.fill_diagonal(counts, 0)
    return ious


def class_weights_in_place(pixels):
    weights = answers.class_weights(pixels)
    pixels[pixels == 0] = 1
    return weights


@pytest.mark.filterwarnings("ignore:Setting the shape:DeprecationWarning")
@pytest.mark.parametrize(
    ("answer", "argument"),
    [
        (as_kernel_in_place, "weights"),
        (best_threshold_in_place, "image"),
        (iou_of_classes_in_place, "counts"),
        (class_weights_in_place, "pixels"),
    ],
)
def test_an_argument_that_is_changed_in_place_is_told(answer, argument):
    verdict = EXERCISES[answer.__name__.removesuffix("_in_place")].judge(answer)
    assert verdict.outcome == "not yet"
    assert f"changes its argument `{argument}` in place" in verdict.message


# --- as_kernel ----------------------------------------------------------------------------------


def test_no_case_lets_two_lengths_pass_for_each_other():
    """In some case height and width differ, in some channels and units, in some all four."""
    lengths = [outcome.numbers.shape for outcome in expected_outcomes(lesson_07.as_kernel)]
    assert any(len(set(one)) == 4 for one in lengths)
    assert any(one[0] > one[1] for one in lengths) and any(one[0] < one[1] for one in lengths)
    assert any(one[2] > one[3] for one in lengths) and any(one[2] < one[3] for one in lengths)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.integers(1, 4))
def test_a_dense_layer_is_a_convolution_whose_window_fits_once(height, width, channels, units):
    generator = np.random.default_rng(0)
    maps = generator.normal(size=(height, width, channels))
    weights = generator.normal(size=(maps.size, units))
    kernel = answers.as_kernel(weights, height, width)
    scores = correlate(maps, kernel)
    assert scores.shape == (1, 1, units)
    np.testing.assert_allclose(scores[0, 0], maps.ravel() @ weights)
    np.testing.assert_array_equal(kernel.ravel(), weights.ravel())  # "not one number has changed"


def test_keras_agrees_and_a_larger_map_has_more_places():
    layers = pytest.importorskip("keras").layers
    generator = np.random.default_rng(1)
    maps = generator.normal(size=(1, 5, 7, 3)).astype("float32")
    weights = generator.normal(size=(4 * 6 * 3, 2)).astype("float32")
    dense, convolution = layers.Dense(2), layers.Conv2D(2, (4, 6))
    for layer, shape in ((dense, (1, 72)), (convolution, maps.shape)):
        layer.build(shape)
    bias = np.array([0.5, -1.0], "float32")
    dense.set_weights([weights, bias])
    convolution.set_weights([answers.as_kernel(weights, 4, 6), bias])
    scores = np.array(convolution(maps))
    assert scores.shape == (1, 2, 2, 2)
    for row in (0, 1):
        for column in (0, 1):
            window = layers.Flatten()(maps[:, row : row + 4, column : column + 6])
            ours = scores[:, row, column]
            np.testing.assert_allclose(ours, np.array(dense(window)), rtol=1e-4, atol=1e-4)


# --- bilinear_row -------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", range(1, 10))
def test_two_rows_make_the_bilinear_kernel(factor):
    row = answers.bilinear_row(factor)
    np.testing.assert_allclose(np.outer(row, row), by_hand.bilinear_kernel(factor))
    np.testing.assert_allclose(row, row[::-1])


@pytest.mark.parametrize("factor", range(1, 8))
def test_a_transposed_convolution_with_it_interpolates(factor):
    """Against `np.interp` at the middles of the enlarged pixels, away from the edges."""
    values = np.random.default_rng(factor).normal(size=9)
    kernel = answers.bilinear_row(factor).reshape(1, -1, 1, 1)
    enlarged = transpose_correlate(values.reshape(1, -1, 1), kernel, stride=(1, factor),
                                   padding="same")[0, :, 0]  # fmt: skip
    middles = (np.arange(9 * factor) + 0.5) / factor - 0.5
    inside = (middles >= 0) & (middles <= 8)
    np.testing.assert_allclose(enlarged[inside], np.interp(middles, np.arange(9), values)[inside])


@pytest.mark.parametrize("factor", range(1, 8))
def test_the_weights_that_an_enlarged_pixel_meets_add_up_to_one(factor):
    row = answers.bilinear_row(factor)
    for first in range(factor):
        met = row[first::factor]
        assert len(met) <= 2 and met.sum() == pytest.approx(1)
    assert 2 * factor - len(row) in (0, 1)


def test_keras_upsampling_agrees():
    layers = pytest.importorskip("keras").layers
    maps = np.random.default_rng(2).normal(size=(1, 5, 6, 1)).astype("float32")
    for factor in (2, 3, 4):
        row = answers.bilinear_row(factor)
        layer = layers.Conv2DTranspose(1, len(row), factor, padding="same", use_bias=False)
        layer.build(maps.shape)
        layer.set_weights([np.outer(row, row)[..., None, None]])
        theirs = np.array(layers.UpSampling2D(factor, interpolation="bilinear")(maps))
        inside = (slice(None), slice(factor, -factor), slice(factor, -factor))
        np.testing.assert_allclose(np.array(layer(maps))[inside], theirs[inside], atol=1e-5)


# --- best_threshold -----------------------------------------------------------------------------


def test_it_finds_what_by_hand_finds_among_all_brightnesses():
    generator = np.random.default_rng(3)
    for _ in range(20):
        mask = (generator.random((6, 7)) < 0.4).astype(int)
        image = generator.integers(0, 12, (6, 7)) + 5 * mask
        level, iou = by_hand.best_threshold(image, mask)
        chosen = answers.best_threshold(image, mask, np.unique(image))
        assert chosen == level and overlap(image > chosen, mask == 1) == pytest.approx(iou)


def test_the_cases_of_thresholds_try_each_rule():
    cases = lesson_07.best_threshold.cases
    ious = [[overlap(case["image"] > one, case["mask"] == 1) for one in case["thresholds"]]
            for case in cases]  # fmt: skip
    assert any(row.count(max(row)) > 1 for row in ious)  # of equals, the first
    assert any((np.diff(case["thresholds"]) < 0).any() for case in cases)  # which is not the lowest
    assert any(np.isin(case["image"], case["thresholds"]).any() for case in cases)
    assert all(case["mask"].any() and set(np.unique(case["mask"])) == {0, 1} for case in cases)
    best = [sorted(set(row))[-2:] for row in ious]
    assert all(second < first - 0.009 for second, first in best)


def test_on_another_part_of_the_picture_another_threshold_may_do_better():
    """The nuclei: chosen on the left, tried on the right."""
    from course_utils.datasets import load_nuclei

    image, truth = load_nuclei()
    levels, mask = np.unique(image), (truth > 0).astype(int)
    parts = slice(None, 384), slice(384, None)
    chosen = [answers.best_threshold(image[:, part], mask[:, part], levels) for part in parts]
    ious = [overlap(image[:, parts[1]] > one, mask[:, parts[1]] == 1) for one in chosen]
    assert ious[0] < ious[1]
    assert "On another part of the picture one may" in lesson_07.best_threshold.when_right


# --- enlarge_labels -----------------------------------------------------------------------------

LABELS = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=1, max_size=4)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(LABELS, st.integers(1, 5))
def test_enlarged_labels_shrink_back_and_are_whole_numbers(mask, factor):
    mask = np.array(mask, np.uint8)
    enlarged = answers.enlarge_labels(mask, factor)
    assert enlarged.dtype == mask.dtype and set(np.unique(enlarged)) == set(np.unique(mask))
    for down in range(factor):
        np.testing.assert_array_equal(enlarged[down::factor, (factor - 1) :: factor], mask)


def test_scipy_and_keras_enlarge_alike():
    layers = pytest.importorskip("keras").layers
    for case in lesson_07.enlarge_labels.cases:
        ours = answers.enlarge_labels(**case)
        np.testing.assert_array_equal(ours, zoomed(0)(case["mask"], case["factor"]))
        maps = layers.UpSampling2D(case["factor"], interpolation="nearest")(
            case["mask"][None, ..., None].astype("float32")
        )
        np.testing.assert_array_equal(ours, np.array(maps)[0, ..., 0])


def test_averages_invent_classes_in_some_case():
    case = next(one for one in lesson_07.enlarge_labels.cases if one["factor"] == 2
                and 3 not in one["mask"] and 1 not in one["mask"])  # fmt: skip
    invented = set(np.unique(np.round(zoomed(1)(**{"m": case["mask"], "f": case["factor"]}))))
    assert not invented <= set(np.unique(case["mask"]))


# --- iou_of_classes -----------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_ious_are_those_of_by_hand(seed, classes):
    generator = np.random.default_rng(seed)
    truth, predicted = generator.integers(0, generator.integers(1, classes + 1, 2)[:, None, None],
                                          (2, 5, 6))  # fmt: skip
    counts = by_hand.confusion(truth, predicted, classes)
    ours = answers.iou_of_classes(counts)
    np.testing.assert_allclose(ours, by_hand.iou_per_class(truth, predicted, classes))
    assert np.nanmean(ours) == pytest.approx(by_hand.mean_iou(truth, predicted, classes))


def test_keras_gives_the_same_mean():
    metrics = pytest.importorskip("keras").metrics
    for case in lesson_07.iou_of_classes.cases:
        counts = case["counts"]
        truth, predicted = np.repeat(np.indices(counts.shape).reshape(2, -1), counts.ravel(), 1)
        metric = metrics.MeanIoU(len(counts))  # it leaves out classes in neither, too
        metric.update_state(truth, predicted)
        ours = np.nanmean(answers.iou_of_classes(counts))
        assert ours == pytest.approx(float(metric.result()), rel=1e-5)


def test_the_cases_have_classes_missed_invented_and_absent():
    rows, columns = (np.concatenate([one["counts"].sum(axis=axis) == 0
                     for one in lesson_07.iou_of_classes.cases]) for axis in (1, 0))  # fmt: skip
    assert (rows & columns).any() and (rows & ~columns).any() and (~rows & columns).any()


@pytest.mark.parametrize("wrong", [0.0, 0.5, 1.0, -1.0, np.nan, np.inf])
@pytest.mark.parametrize("case", range(len(lesson_07.iou_of_classes.cases)))
def test_one_wrong_iou_anywhere_is_enough_to_fail(case, wrong):
    right = [answers.iou_of_classes(**one) for one in lesson_07.iou_of_classes.cases]
    for place, iou in enumerate(right[case]):
        served = [one.copy() for one in right]
        served[case][place] = wrong
        verdict = lesson_07.iou_of_classes.judge(lambda counts, row=iter(served): next(row))
        same = np.isclose(wrong, iou, equal_nan=True)
        assert verdict.outcome == ("right" if same else "not yet")


def test_a_tensor_with_nan_passes_and_a_missing_nan_is_told():
    ops = pytest.importorskip("keras").ops
    exercise = lesson_07.iou_of_classes
    tensor = exercise.judge(lambda c: ops.convert_to_tensor(answers.iou_of_classes(c), "float32"))
    assert tensor.outcome == "right"
    said = exercise.judge(lambda c: np.nan_to_num(answers.iou_of_classes(c))).message
    assert "Expected NaN at [2], received 0: the first of 1 differences in 4 values." in said


# --- class_weights ------------------------------------------------------------------------------

PIXELS = st.lists(st.integers(0, 5000), min_size=2, max_size=7).filter(any)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(PIXELS)
def test_weight_times_pixels_is_the_same_for_each_class_that_occurs(pixels):
    pixels = np.array(pixels)
    weights = answers.class_weights(pixels)
    occurs = pixels > 0
    assert (weights[~occurs] == 0).all() and np.isfinite(weights).all()
    np.testing.assert_allclose((weights * pixels)[occurs], np.median(pixels[occurs]))
    np.testing.assert_allclose(answers.class_weights(7 * pixels), weights)  # size drops out
    if occurs.sum() % 2:
        assert np.median(weights[occurs]) == pytest.approx(1)
