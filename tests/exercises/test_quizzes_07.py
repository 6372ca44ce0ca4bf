"""Lesson 07's questions: their answers hold against counts, NumPy, SciPy and by_hand."""

import re

import numpy as np
import pytest
from scipy import ndimage

from course_utils.by_hand.convolution import (
    correlate,
    inner_places,
    output_size,
    overlap_counts,
    transpose_correlate,
    window_taps,
)
from course_utils.by_hand.masks import confusion, iou_per_class, mean_iou
from course_utils.datasets import load_nuclei
from course_utils.exercises import Quiz, lesson_07

QUIZZES = {name: item for name, item in vars(lesson_07).items() if isinstance(item, Quiz)}


def right_text(quiz):
    return next(option.text for option in quiz.options.values() if option.right)


def explanation(quiz, beginning):
    """Return the explanation of the one option whose text begins so."""
    (found,) = [o.explanation for o in quiz.options.values() if o.text.startswith(beginning)]
    return found


def test_the_lesson_has_its_questions_and_no_favourite_place():
    assert set(QUIZZES) == {
        "quiz_map_size", "quiz_checkerboard", "quiz_accuracy", "quiz_touching",
    }  # fmt: skip
    assert all(len(quiz.options) == 4 for quiz in QUIZZES.values())
    places = [letter for quiz in QUIZZES.values() for letter, o in quiz.options.items() if o.right]
    assert sorted(places) == list("abcd")


# --- quiz_map_size --------------------------------------------------------------------------------

PICTURE, SCENE, STRIDE = 28, 96, 4


def square(side):
    return f"{side} × {side}"


def test_as_many_scores_as_windows_fit():
    quiz = lesson_07.quiz_map_size
    for words in (f"pictures of {square(PICTURE)}", f"stride of {STRIDE}", f"of {square(SCENE)}."):
        assert words in quiz.question
    begins = list(range(0, SCENE - PICTURE + 1, STRIDE))
    assert right_text(quiz) == square(len(begins)) == square(output_size(SCENE, PICTURE, STRIDE))
    told = explanation(quiz, right_text(quiz))
    assert f"for the last time at pixel {begins[-1]}" in told and "(96 − 28) / 4 + 1" in told
    wrong = {o.text: o.explanation for o in quiz.options.values() if not o.right}
    assert "side by side" in wrong[square(SCENE // PICTURE)]
    assert f"{SCENE} / {STRIDE}" in wrong[square(SCENE // STRIDE)]
    assert f"{SCENE} − {PICTURE} + 1" in wrong[square(output_size(SCENE, PICTURE))]


def test_the_courses_classifier_has_that_many_places():
    """Its layers in a row, and a window as large as the maps that it flattens."""
    layers = pytest.importorskip("course_utils.models.classifier").build_network().layers
    maps = layers[: [layer.name for layer in layers].index("flatten")]
    sides, stride = [PICTURE, SCENE], 1
    for layer in maps:
        kernel = getattr(layer, "kernel_size", None) or layer.pool_size
        sides = [output_size(one, kernel[0], layer.strides[0], layer.padding) for one in sides]
        stride *= layer.strides[0]
    window, side = sides
    assert stride == STRIDE
    scores = correlate(np.zeros((side, side, 1)), np.zeros((window, window, 1, 1)))
    assert square(len(scores)) == right_text(lesson_07.quiz_map_size)


# --- quiz_checkerboard ----------------------------------------------------------------------------


def sums_inside(kernel, stride):
    """Return the sums that stamps of ones leave of a map of ones, away from the edge."""
    enlarged = transpose_correlate(np.ones((9, 9, 1)), np.ones((kernel, kernel, 1, 1)),
                                   stride=stride)[..., 0]  # fmt: skip
    first, end = inner_places(9, kernel, stride)
    return enlarged[first:end, first:end].astype(int)


def settings_of(option):
    return [int(number) for number in re.fullmatch(r"(\d) × \1, stride (\d)", option.text).groups()]


def test_one_setting_leaves_a_checkerboard():
    quiz = lesson_07.quiz_checkerboard
    for option in quiz.options.values():
        sums = sums_inside(*settings_of(option))
        assert (len(np.unique(sums)) > 1) == option.right
        if not option.right:
            assert f"each sum is {sums[0, 0]}" in option.explanation
    sums = sums_inside(3, 2)
    assert set(sums.ravel()) == {1, 2, 4} and "sums are 1, 2 and 4" in explanation(quiz, "3 × 3")
    assert set(sums[:2, :2].ravel()) == {1, 2, 4}  # and the pattern of 2 × 2 goes on
    np.testing.assert_array_equal(sums, np.tile(sums[:2, :2], (9, 9))[: len(sums), : len(sums)])


def test_how_many_stamps_fall_on_a_pixel():
    quiz = lesson_07.quiz_checkerboard
    for option in quiz.options.values():
        kernel, stride = settings_of(option)
        first, end = inner_places(9, kernel, stride)
        counts = overlap_counts(window_taps(9, kernel, stride), end)[first:]
        assert (len(set(counts)) == 1) == (kernel % stride == 0)
        if "two stamps fall on every pixel" in option.explanation:
            assert set(counts) == {2} and kernel == 2 * stride
            assert f"{stride} goes into {kernel} twice" in option.explanation
    assert set(overlap_counts(window_taps(9, 2, 2), 18)) == {1}


# --- quiz_accuracy --------------------------------------------------------------------------------


def scene():
    """Return a mask of 100 pixels, 85 of them background, and an answer that sees nothing else."""
    truth = np.repeat(np.arange(5), [85, 6, 4, 3, 2]).reshape(10, 10)
    return truth, np.zeros_like(truth)


def test_background_everywhere_has_a_low_mean_iou():
    quiz, (truth, answer) = lesson_07.quiz_accuracy, scene()
    accuracy, ious = np.mean(truth == answer), iou_per_class(truth, answer, 5)
    assert accuracy == 0.85 and "pixel accuracy of 0.85" in quiz.question
    assert ious.tolist() == [0.85, 0, 0, 0, 0]
    mean = mean_iou(truth, answer, 5)
    assert f"{mean:.2g}" == right_text(quiz) and "mean of five is 0.17" in explanation(quiz, "0.17")
    assert "IoU of 0.85" in explanation(quiz, "0.17")
    counts = confusion(truth, answer, 5)
    found = np.diag(counts) / counts.sum(axis=1)
    assert found.tolist() == [1, 0, 0, 0, 0] and found.mean() == float("0.2")
    assert "1, and four times 0" in explanation(quiz, "0.2")
    given = counts[:, 0]
    assert given[0] / given.sum() == 0.85  # "15 % of what it was given is not its own"


# --- quiz_touching --------------------------------------------------------------------------------


def discs(apart):
    """Return a mask of two nuclei, 1 and 2, whose middles lie so far apart; radius 8."""
    rows, columns = np.indices((24, 48))
    mask = np.zeros((24, 48), int)
    for label, middle in ((1, 12), (2, 12 + apart)):
        mask[(rows - 12) ** 2 + (columns - middle) ** 2 <= 64] = label
    return mask


def pieces(mask):
    return ndimage.label(mask)[1]


def test_touching_nuclei_are_one_piece_of_a_perfect_mask():
    quiz = lesson_07.quiz_touching
    assert "without a single wrong pixel" in quiz.question
    apart, touching = discs(20), discs(17)
    assert len(np.unique(touching)) - 1 == 2
    assert pieces(apart > 0) == 2 and pieces(touching > 0) == 1
    gap = (touching > 0) & (np.indices(touching.shape)[1] != 20)  # a gap is made of wrong pixels
    assert pieces(gap) == 2 and mean_iou(touching > 0, gap, 2) < 1


def test_so_it_is_in_the_photograph():
    _, mask = load_nuclei()
    assert pieces(mask > 0) < len(np.unique(mask)) - 1
