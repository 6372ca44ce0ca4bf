"""Lesson 05's questions: their answers hold against counts, NumPy and by_hand."""

import re

import numpy as np
import pytest
from asking import explanation, right_text

from course_utils.by_hand.boxes import decode, encode, iou, match, nms
from course_utils.by_hand.metrics import average_precision, match_detections
from course_utils.exercises import Quiz, lesson_05
from course_utils.exercises.answers.lesson_05 import windows_of

QUIZZES = {name: item for name, item in vars(lesson_05).items() if isinstance(item, Quiz)}


def box(*corners):
    return np.array([corners], float)


def test_the_lesson_has_its_questions_and_no_favourite_place():
    assert set(QUIZZES) == {
        "quiz_how_many", "quiz_shifted", "quiz_ignored", "quiz_crowd", "quiz_what_lowers",
        "quiz_logarithm",
    }  # fmt: skip
    assert all(len(quiz.options) == 4 for quiz in QUIZZES.values())
    places = [letter for quiz in QUIZZES.values() for letter, o in quiz.options.items() if o.right]
    assert len(set(places)) == 4 and max(places.count(letter) for letter in places) <= 2


# --- quiz_how_many --------------------------------------------------------------------------------


def lesson_windows(stride):
    """Return the windows of the lesson's three sizes in a scene of 80 × 80 pixels."""
    return np.concatenate([windows_of(80, 80, size, stride) for size in (20, 28, 36)])


def looks(windows):
    """Count for each pixel how many windows show it."""
    seen = np.zeros((80, 80), int)
    for x1, y1, x2, y2 in windows:
        seen[y1:y2, x1:x2] += 1
    return seen


def test_half_the_stride_makes_about_four_times_as_many_windows():
    coarse, fine = lesson_windows(4), lesson_windows(2)
    often, oftener = looks(coarse).mean(), looks(fine).mean()
    quiz = lesson_05.quiz_how_many
    told = explanation(quiz, right_text(quiz))
    assert f"{len(fine):,} in place of {len(coarse)}" in told
    assert f"{oftener:.0f} times in place of {often:.0f}" in told
    assert 3.5 < len(fine) / len(coarse) < 4 and 3.5 < oftener / often < 4
    assert right_text(quiz).startswith("About four times as many; each pixel four times")


def test_a_row_of_windows_doubles_but_for_its_first():
    for size in (20, 28, 36):
        row, finer = (len(windows_of(size, 80, size, stride)) for stride in (4, 2))
        assert finer - 1 == 2 * (row - 1)
    told = explanation(lesson_05.quiz_how_many, right_text(lesson_05.quiz_how_many))
    assert "but for the first of each" in told


# --- quiz_shifted ---------------------------------------------------------------------------------


def test_half_a_width_apart():
    one, other = box(0, 0, 4, 3), box(2, 0, 6, 3)
    value, shared, whole = iou(one, other)[0, 0], 6, 12
    quiz = lesson_05.quiz_shifted
    assert value == pytest.approx(eval(right_text(quiz)))
    assert "half its width" in quiz.question
    wrong = {o.text: o.explanation for o in quiz.options.values() if not o.right}
    assert shared / whole == eval("1/2") and "half of one box" in wrong["1/2"]
    assert shared / (2 * whole) == eval("1/4") and "divided by two boxes" in wrong["1/4"]
    assert 1 - value == pytest.approx(eval("2/3")) and "not share" in wrong["2/3"]


# --- quiz_ignored ---------------------------------------------------------------------------------


def test_a_window_in_between_looks_much_like_either_kind():
    """Shift a window step by step: what it shows hardly changes where its task does."""
    limits = re.findall(r"`(\w+)` (0\.\d)", lesson_05.quiz_ignored.question)
    negative, positive = (float(value) for _, value in limits)
    assert [name for name, _ in limits] == ["negative", "positive"]
    shifts = np.arange(0, 20, 0.1)
    windows = np.stack([shifts, 0 * shifts, shifts + 20, 0 * shifts + 20], axis=1)
    overlaps = iou(windows, box(0, 0, 20, 20))
    tasks = match(overlaps, positive, negative, force=False)
    kinds = [shifts[tasks == kind] for kind in (0, -2, -1)]
    middle = shifts[np.argmin(np.abs(overlaps[:, 0] - 0.5))]
    assert match(iou(windows[[np.argmin(abs(shifts - middle))]], box(0, 0, 20, 20)),
                 positive, negative, force=False) == -2  # fmt: skip
    assert middle - kinds[0].max() < 2 and kinds[2].min() - middle < 2.1  # of 20 pixels
    told = explanation(lesson_05.quiz_ignored, right_text(lesson_05.quiz_ignored))
    for value in re.findall(r"of (0\.\d\d)", told):
        assert positive < float(value) < positive + 0.02 or negative - 0.02 < float(value) < 0.4
    # around a single digit there are such windows, too
    assert len(kinds[1]) > 0
    assert "Around a single digit" in explanation(lesson_05.quiz_ignored, "Such an anchor lies")


def test_the_number_of_windows_that_learn_is_the_lessons():
    told = explanation(lesson_05.quiz_ignored, "There would be too many")
    assert "16 of each kind are drawn" in told


# --- quiz_crowd -----------------------------------------------------------------------------------


def test_one_of_two_true_boxes_is_lost():
    """Of two boxes 8 wide that are shifted by a quarter, 6 columns of 10 are shared."""
    truths = np.array([[0, 0, 8, 10], [2, 0, 10, 10]], float)
    assert iou(truths, truths)[0, 1] == pytest.approx(0.6)
    quiz, scores = lesson_05.quiz_crowd, np.array([0.9, 0.8])
    question = quiz.question
    assert "IoU of 0.6" in question and "0.9 and 0.8" in question and "threshold of 0.5" in question
    assert nms(truths, scores, 0.5).tolist() == [0] and nms(truths, scores, 0.7).tolist() == [0, 1]
    assert right_text(quiz).startswith("The one with 0.9 stays")
    told = explanation(quiz, right_text(quiz))
    assert "threshold of 0.7 both would stay" in told
    second = np.array([[0, 0, 8, 10], [1.5, 0, 9.5, 10], [2, 0, 10, 10]], float)  # two on one
    assert iou(second, second)[0, 1] < 0.7 and 0 in nms(second, np.array([0.9, 0.7, 0.8]), 0.7)
    lone = second[:2]
    assert len(nms(lone, np.array([0.9, 0.7]), 0.7)) == 2  # "so would second boxes on one person"


# --- quiz_what_lowers -----------------------------------------------------------------------------

SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
RIGHT, OBJECTS = lesson_05._RIGHT, lesson_05._OBJECTS


def scene(fit=0.9):
    """Return true boxes, six boxes that are right or wrong as in the table, and their scores."""
    truths = np.array([[30 * k, 0, 30 * k + 20, 20] for k in range(OBJECTS)], float)
    width = 20 * fit  # a box inside the true one: its IoU is the share of the width
    found, boxes = 0, []
    for right in RIGHT:
        left = truths[found, 0] if right else 1000 + 30 * len(boxes)
        boxes.append([left, 0, left + width, 20])
        found += right
    return truths, np.array(boxes)


def judged(truths, boxes, scores):
    return average_precision(match_detections(boxes, scores, truths), scores, len(truths))


def test_only_one_change_lowers_average_precision():
    quiz = lesson_05.quiz_what_lowers
    truths, boxes = scene()
    before = judged(truths, boxes, SCORES)
    assert before == average_precision(RIGHT, SCORES, OBJECTS)
    halved = judged(truths, boxes, SCORES / 2)
    looser = judged(*scene(fit=0.6), SCORES)
    overlaps = iou(scene(fit=0.6)[1][:1], truths)[0, 0]
    assert overlaps == pytest.approx(0.6) and halved == looser == before

    def with_second_box(score):
        return judged(truths, np.vstack([boxes, boxes[:1]]), np.append(SCORES, score))

    assert with_second_box(0.3) == before > with_second_box(0.85) + 0.05
    texts = {o.text: o.right for o in quiz.options.values()}
    scores = {float(re.search(r"score of (0\.\d+)", text)[1]): right
              for text, right in texts.items() if "second box" in text}  # fmt: skip
    assert scores == {0.85: True, 0.3: False}


def test_what_its_explanations_count():
    quiz = lesson_05.quiz_what_lowers
    assert "before three right ones" in explanation(quiz, right_text(quiz))
    assert (RIGHT & (SCORES < 0.85)).sum() == 3 and SCORES.min() > 0.3
    truths, boxes = scene(fit=0.6)
    strict = match_detections(boxes, SCORES, truths, threshold=0.75)
    assert not strict.any() and match_detections(scene()[1], SCORES, truths, 0.75).sum() == 4


# --- quiz_logarithm -------------------------------------------------------------------------------


def test_twice_and_half_are_equally_far_from_no_change():
    anchor = box(0, 0, 10, 10)
    twice, half = box(-5, 0, 15, 10), box(2.5, 0, 7.5, 10)
    far = [encode(one, anchor)[0, 2] for one in (twice, half)]
    told = explanation(lesson_05.quiz_logarithm, right_text(lesson_05.quiz_logarithm))
    assert far[0] == -far[1] and f"{far[0]:.2f} and −{-far[1]:.2f}" in told
    assert abs(2 - 1) == 1 and abs(1 / 2 - 1) == 1 / 2 and "lie 1 and 1/2 away" in told
    answers = np.zeros((3, 4))
    answers[:, 2] = -30, 0, 5
    widths = np.diff(decode(answers, np.repeat(anchor, 3, axis=0))[:, [0, 2]])
    assert (widths >= 0).all() and (anchor[0, 2] * np.exp(answers[:, 2]) > 0).all()


def test_ratios_know_no_pixels_and_least_squares_takes_them():
    anchor = box(0, 0, 10, 10)
    ratio, larger = ((b[0, 2] - b[0, 0]) / (a[0, 2] - a[0, 0]) for b, a in (
        (box(0, 0, 13, 10), anchor), (box(0, 0, 130, 100), 10 * anchor)))  # fmt: skip
    assert ratio == larger
    generator = np.random.default_rng(5)
    features = np.column_stack([generator.normal(size=(200, 3)), np.ones(200)])
    weights = np.array([0.2, -0.1, 0.3, 1.5])  # the bias moves the numbers to around 1.5
    found = np.linalg.lstsq(features, features @ weights, rcond=None)[0]
    np.testing.assert_allclose(found, weights)
    assert "a bias moves them" in explanation(lesson_05.quiz_logarithm, "Because least squares")
