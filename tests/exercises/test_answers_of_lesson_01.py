"""Lesson 01's exercises: slips as students write them, wrong answers, and the cases."""

import inspect

import numpy as np
import pytest
from every_lesson import seen_by_students
from hypothesis import given, settings
from hypothesis import strategies as st
from right_answers.lesson_01 import colour_einsum, sobel_scipy
from scipy import signal

from course_utils.exercises import lesson_01, recording
from course_utils.exercises.answers import lesson_01 as answers

EXERCISES = {item.name: item for item in recording.exercises_of(lesson_01)}
SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


# --- slips --------------------------------------------------------------------------------------

# Slips as students write them, each with words of what the check has to say.
SLIPS_IN_OTHER_WORDS = [
    ("value_at", lambda i, k, r, c: np.multiply(i[r : r + 3, c : c + 3], k).sum(), "always 3 × 3"),
    ("value_at", lambda i, k, r, c: np.vdot(i[r : r + 3, c : c + 3], k), "always 3 × 3"),
    ("value_at", lambda i, k, r, c: sum(
        i[r + m][c + n] * k[m][n] for n in range(3) for m in range(3)), "`kernel.shape`"),
    ("value_at", lambda i, k, r, c: (i[r : len(k), c : len(k[0])] * k).sum(), "`row + height`"),
    ("value_at", lambda i, k, r, c: (i[r : r + len(k), c : c + len(k[0])] * k).sum(axis=0),
     "`np.sum` adds everything"),
    ("shift_left", [[0, 0, 1]] * 3, "three pixels"),
    ("shift_left", np.eye(9)[5].reshape(3, 3) * 9, "nine times as bright"),
    ("shift_left", -np.eye(9)[5].reshape(3, 3), "bright and dark"),
    ("output_width", lambda s, k, stride, p: 2 * p + (s - k + stride) // stride, "after dividing"),
    ("output_width", lambda s, k, stride, p: (p + s + p) // stride, "kernel is forgotten"),
    ("output_width", lambda s, k, stride, p: -(-s // stride), "Keras' `same`"),
    ("edge_strength", lambda image: np.hypot(
        signal.correlate2d(image, [[-1, 0, 1]] * 3, "valid"),
        signal.correlate2d(image, [[-1] * 3, [0] * 3, [1] * 3], "valid")), "2 in the middle"),
    ("edge_strength", lambda image: answers.slide(image, np.hypot(SOBEL, SOBEL.T)), "squared"),
    ("edge_strength", lambda image: abs(answers.slide(image, SOBEL)), "Horizontal edges are"),
    ("edge_strength", lambda image: answers.slide(image, SOBEL.T), "Vertical edges are missing"),
    ("colour_correlate", lambda i, k: sum(answers.slide(i, k) for _ in range(3)), "one channel at"),
    ("colour_correlate", lambda i, k: sum(map(answers.slide, i, k)), "`image[:, :, c]`"),
    ("colour_correlate", lambda i, k: signal.correlate2d(i[:, :, -1], k[:, :, -1], "valid"),
     "In a loop"),
    ("colour_correlate", lambda i, k: answers.slide(i @ [1, 1, 1], k @ [1, 1, 1]),
     "before they meet the kernel"),
    ("count_parameters", lambda k, i, o: o + i * k**2, "weights of one filter only"),
    ("convolve", lambda image, kernel: signal.convolve2d(image, kernel), "larger than `slide`'s"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answer", "words"), SLIPS_IN_OTHER_WORDS)
def test_slips_written_differently_are_named(name, answer, words):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "not yet" and words in verdict.slip


# --- no check accepts any answer ----------------------------------------------------------------


WRONG_ANSWERS = [
    ("value_at", lambda i, k, r, c: i[r, c]),
    ("value_at", lambda i, k, r, c: 0),
    ("value_at", lambda i, k, r, c: np.sum(i) * np.sum(k)),
    ("value_at", lambda i, k, r, c: signal.correlate2d(i, k, mode="valid")),
    ("shift_left", np.zeros((3, 3))),
    ("shift_left", [[0, 0, 0], [0, 0, 0.99], [0, 0, 0]]),
    ("shift_left", [[0, 0, 0], [0, 0, 1], [0, 0, 0.01]]),
    ("shift_left", [0, 0, 1]),
    ("output_width", lambda s, k, stride, p: s),
    ("output_width", lambda s, k, stride, p: 26),
    ("edge_strength", lambda image: image),
    ("edge_strength", lambda image: image[1:-1, 1:-1]),
    ("edge_strength", lambda image: sobel_scipy(image) / 8),
    ("edge_strength", lambda image: sobel_scipy(np.pad(image, 1))),
    ("colour_correlate", lambda i, k: colour_einsum(i, k)[:, :, None]),
    ("colour_correlate", lambda i, k: colour_einsum(i, k).T),
    ("colour_correlate", lambda i, k: colour_einsum(i, k[::-1])),
    ("count_parameters", lambda k, i, o: k * k + i + o),
    ("count_parameters", lambda k, i, o: 448),
    ("convolve", lambda image, kernel: signal.convolve2d(image, kernel, mode="same")),
    ("convolve", lambda image, kernel: -signal.convolve2d(image, kernel, mode="valid")),
]


@pytest.mark.parametrize(("name", "answer"), WRONG_ANSWERS)
def test_other_wrong_answers_fail_with_expected_and_received(name, answer):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "not yet"
    assert "xpected" in verdict.message and "received" in verdict.message


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.integers(-2, 2), min_size=9, max_size=9))
def test_only_the_one_kernel_shifts_to_the_left(weights):
    kernel = np.reshape(weights, (3, 3))
    right = np.array_equal(kernel, np.eye(9)[5].reshape(3, 3))
    assert (lesson_01.shift_left.judge(kernel).outcome == "right") == right


# --- the cases ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["value_at", "convolve", "colour_correlate"])
def test_cases_show_every_way_of_turning(name):
    cases = EXERCISES[name].cases
    assert any(case["image"].shape[0] != case["image"].shape[1] for case in cases)
    assert any(case["kernel"].shape[0] != case["kernel"].shape[1] for case in cases)
    for case in cases:
        kernel = case["kernel"]
        for turned in (kernel[::-1], kernel[:, ::-1], kernel[::-1, ::-1], kernel.swapaxes(0, 1)):
            assert not np.array_equal(turned, kernel)


def test_there_are_seven_exercises():
    assert len(EXERCISES) == 7


def test_not_even_a_short_line_of_a_reference_stands_where_students_look():
    lines = recording.solution_lines(lesson_01)
    texts = seen_by_students().items()
    assert not [(path.name, line) for path, text in texts for line in lines if line in text]


def test_references_use_only_what_the_lesson_has():
    for name in EXERCISES:
        reference = getattr(answers, name)
        if inspect.isfunction(reference):
            assert set(reference.__code__.co_names) & set(vars(answers)) <= {"np", "slide"}
