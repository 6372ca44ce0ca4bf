"""Messages, slip by slip and case by case: lesson 01's exercises serve as the example."""

from fractions import Fraction

import numpy as np
import pytest
from asking import message, returning

from course_utils.exercises import Exercise, answer_book, lesson_01
from course_utils.exercises.answers import lesson_01 as answers
from course_utils.exercises.diagnosis import find_slip
from course_utils.exercises.outcomes import Outcome
from course_utils.exercises.slips import SlipList
from course_utils.exercises.trials import Trial

value_at, shift_left = lesson_01.value_at, lesson_01.shift_left


def test_keyboard_interrupt_is_not_swallowed():
    def answer(*arguments):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        value_at.judge(answer)


def test_dots_left_inside_a_function():
    def answer(image, kernel, row, column):
        return image * ...

    assert "dots `...` are still to be replaced" in message(value_at, answer)


def test_dots_on_a_later_case_are_not_yet():
    def answer(image, kernel, row, column):
        return answers.value_at(image, kernel, row, column) if row else ...

    assert "received dots" in message(value_at, answer)


def test_arguments_in_another_order():
    def answer(kernel, image, row, column):
        return 0

    assert "in the order image, kernel, row, column" in message(value_at, answer)


def test_arguments_with_defaults_and_stars_are_fine():
    def stars(*arguments):
        return answers.value_at(*arguments)

    def defaults(image, kernel, row=0, column=0, scale=1):
        return scale * answers.value_at(image, kernel, row, column)

    assert value_at.judge(stars).outcome == value_at.judge(defaults).outcome == "right"


def test_callable_objects_and_builtins_without_signature():
    class Answer:
        def __call__(self, image, kernel, row, column):
            return answers.value_at(image, kernel, row, column)

    assert value_at.judge(Answer()).outcome == "right"
    assert value_at.judge(Answer().__call__).outcome == "right"
    message(value_at, max)
    message(value_at, np.add)


def test_changing_an_argument_in_place_is_told_and_does_no_harm():
    def answer(image, kernel):
        kernel[...] = kernel[::-1, ::-1].copy()
        return answers.slide(image, kernel)

    for _ in range(2):
        text = message(lesson_01.convolve, answer)
        assert "changes its argument `kernel` in place" in text
    assert lesson_01.convolve.judge(answers.convolve).outcome == "right"


def test_first_difference_has_index_and_arguments():
    def answer(image, kernel):
        out = answers.convolve(image, kernel)
        out[1, 2] += 1
        return out

    text = message(lesson_01.convolve, answer)
    assert "at [1, 2]" in text and "the first of 1 differences in 9 values" in text
    assert "Case 1 of 4: convolve(image, kernel)" in text and "kernel =\n[[ 1,  2,  0]" in text
    assert "received =" in text and "expected =" in text


def test_large_results_are_not_printed():
    assert len(message(lesson_01.convolve, returning(np.zeros((300, 300))))) < 1000


def test_tolerance_is_stated_and_float16_is_explained():
    text = message(lesson_01.edge_strength, lambda i: answers.edge_strength(i).astype("f2"))
    assert "float16 keeps too few digits" in text
    assert "Tolerance: 0.0001 of the value + 1e-05" in text


def test_the_tolerance_is_left_out_beside_large_differences():
    def off_by(factor):
        return lambda image: answers.edge_strength(image) * factor

    for factor, stated in ((1.002, True), (0.998, True), (1.02, False), (0, False), (-1, False)):
        text = message(lesson_01.edge_strength, off_by(factor))
        assert ("Tolerance" in text) == stated
    for odd in (np.zeros((2, 2)), [], 1e308, -1e308):
        assert "Tolerance" not in message(lesson_01.edge_strength, returning(odd))


def test_the_line_is_as_a_student_would_type_it():
    details = value_at.judge(returning(0)).details
    assert details.endswith("\nTo try it yourself: value_at(*exercises.value_at.case(1))")
    details = shift_left.judge(np.ones((3, 3))).details
    assert "slide(*exercises.shift_left.case(1), shift_left)" in details


def test_a_slip_that_breaks_on_some_cases_is_still_named():
    """A matrix product of window and kernel has no result where they are not square."""

    def answer(image, kernel, row, column):
        height, width = kernel.shape
        return float((image[row : row + height, column : column + width] @ kernel).sum())

    assert "matrix product" in value_at.judge(answer).slip


def test_a_slip_that_breaks_wherever_it_differs_proves_nothing():
    outcomes = answer_book.expected_outcomes(value_at)
    broken = Outcome("raised")
    trials = [Trial({}, outcome) for outcome in [outcomes[0], *[broken] * 4]]
    slips = [answer_book.KnownSlip("odd", "Look again.", [outcomes[0], *[broken] * 4])]
    assert find_slip(slips, trials, outcomes) is None
    other = Outcome("numbers", numbers=outcomes[0].numbers + 1)
    slips = [answer_book.KnownSlip("odd", "Look again.", [other, *[broken] * 4])]
    assert find_slip(slips, [Trial({}, other), *trials[1:]], outcomes) is slips[0]


def raising(error):
    def answer(*arguments):
        raise error

    return answer


def test_a_slip_that_always_breaks_is_known_by_its_message():
    """Any other ValueError is no sign that the whole image went into `slide`."""
    sentence = "`slide` takes two-dimensional arrays"
    colour = lesson_01.colour_correlate
    other_python = ValueError("too many values to unpack (expected 2, got 3)")
    assert sentence in colour.judge(raising(other_python)).slip
    for other in (ValueError("no"), TypeError("too many values to unpack (expected 2)")):
        assert colour.judge(raising(other)).slip == ""


def test_a_slip_that_breaks_is_known_by_the_cases_where_it_breaks():
    """Right on kernels of 3 × 3, and broken on the others: the window has a fixed size."""

    def answering(on_other_kernels):
        def answer(image, kernel, row, column):
            square = kernel.shape == (3, 3)
            return (answers.value_at if square else on_other_kernels)(image, kernel, row, column)

        return value_at.judge(answer).slip

    assert "always 3 × 3" in answering(raising(ValueError("no")))
    assert answering(raising(KeyError("no"))) == answering(returning(0.5)) == ""
    assert value_at.judge(raising(ValueError("no"))).slip == ""


def test_for_images_it_says_image():
    said = lesson_01.edge_strength.judge(returning(np.ones((26, 26)))).slip
    assert said == (
        "Your function gives the same result for every image: does it use its argument `image`, "
        "or a variable from a cell above?"
    )
    said = lesson_01.convolve.judge(returning(1)).slip
    assert "in every case: does it use its arguments `image` and `kernel`, or" in said


def test_a_constant_is_told_only_where_other_numbers_are_expected(lesson_99, monkeypatch):
    def always_two(number):
        return 2

    answer_book._written("lesson_99").always_two = always_two
    cases = [dict(number=1), dict(number=2)]
    exercise = Exercise("always_two", "lesson_99", "", ["h"], cases)
    assert exercise.judge(returning(3)).slip == "" and exercise.judge(always_two).slip == ""


def test_two_slips_at_once_are_not_given_a_name():
    def answer(image, kernel, row, column):
        return answers.value_at(image, kernel[::-1, ::-1], row, column) / kernel.size

    verdict = value_at.judge(answer)
    assert verdict.outcome == "not yet" and verdict.slip == ""


# --- values -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "shift_left is None"),
        (lambda image: image, "is to be a value. Received the function"),
        (np.zeros, "is to be a value"),
        (np.ndarray, "is to be a value. Received the class ndarray"),
        ("left", "text instead of numbers"),
        ([[0, 0, 1]], "Expected shape (3, 3), received an array of shape (1, 3)"),
        (1, "Expected shape (3, 3), received one number"),
        ([[0, 0], [0]], "rows have different lengths"),
        ([[0, 0, 0], [0, 0, np.nan], [0, 0, 0]], "NaN"),
        ([[0, 0, 0], [0, 0, ...], [0, 0, 0]], "dots `...` are still to be replaced"),
    ],
)
def test_values_that_are_none(answer, words):
    assert words in message(shift_left, answer)


@pytest.mark.parametrize("dots", [..., np.array(...)])
def test_value_stub(dots):
    message(shift_left, dots, outcome="not attempted")


def test_fractions_are_numbers():
    kernel = [[Fraction(0)] * 3, [Fraction(0), Fraction(0), Fraction(1)], [0, 0, 0]]
    assert shift_left.judge(kernel).outcome == "right"


def test_a_value_message_does_not_give_the_value_away():
    text = message(shift_left, np.zeros((3, 3)))
    assert "slide(image, shift_left)" in text and "[1, 2]" not in text


# --- many right answers, and values that are compared themselves ---------------------------------


@pytest.fixture
def lesson_99(tmp_path, monkeypatch):
    """A lesson whose answers stand in a module made here."""

    class Book:
        SLIPS = SlipList()
        blind = np.array([-1.0, 1.0])
        answer_to_all = 42

    Book.SLIPS.slip("blind", "a blur", "Its weights add up to 1.")(np.array([0.5, 0.5]))
    Book.SLIPS.slip("answer_to_all", "off by one", "Count again.")(41)
    monkeypatch.setattr(answer_book, "_written", lambda lesson: Book)


def sums_to_zero(weights):
    if weights.ndim != 1:
        return f"Expected a row of weights, received shape {weights.shape}."
    total = weights.sum()
    return None if abs(total) < 1e-6 else f"Expected weights that add up to 0, received {total:g}."


def test_accept_judges_many_right_answers(lesson_99):
    blind = Exercise("blind", "lesson_99", "", ["h"], is_value=True, accept=sums_to_zero)
    for right in ([-1, 1], [1, -2, 1], [0.0], np.array([3, -3], "f4")):
        assert blind.judge(right).outcome == "right"
    assert "add up to 0, received 1" in message(blind, [0.5, 0.5])
    assert "a blur" in message(blind, [0.5, 0.5])
    assert "received 7" in message(blind, [7]) and "Likely slip" not in message(blind, [7])
    assert "received shape ()" in message(blind, 3)
    message(blind, ..., outcome="not attempted")


def test_a_plain_value_is_compared_itself(lesson_99):
    exercise = Exercise("answer_to_all", "lesson_99", "", ["h"], is_value=True)
    assert exercise.judge(42.0).outcome == exercise.judge(np.int8(42)).outcome == "right"
    assert "Expected 42, received 41" in message(exercise, 41)
    assert "off by one" in message(exercise, 41)


def test_numbers_are_written_short():
    from course_utils.exercises.number_text import array_text, number_text

    assert [number_text(n) for n in (0.0, -0.0, 1, 2.5, 1e300)] == ["0", "0", "1", "2.5", "1e+300"]
    assert array_text("a", [1, -20]) == "a = [  1, -20]"
    assert array_text("a", np.zeros((0, 2))) == "a: an array of shape (0, 2)"
    assert eval(array_text("a", [[1, 2], [3, 4.5]]).partition("=")[2]) == [[1, 2], [3, 4.5]]
    assert "a[:, :, 2] =" in array_text("a", np.ones((2, 2, 3)))
