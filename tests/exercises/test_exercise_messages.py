"""What the checks of every lesson say to answers that are none, that break, or of odd types."""

import warnings

import numpy as np
import pytest
from asking import message, returning
from every_lesson import (
    MODULES,
    answers_of,
    name_of,
    over_exercises,
    over_functions,
    over_numeric_functions,
    over_numeric_values,
    over_values,
    reference_of,
    slips_of,
)

from course_utils.exercises.answer_book import expected_outcomes
from course_utils.exercises.outcomes import agree


@over_functions
class TestFunctions:
    def test_raising(self, exercise):
        def answer(*arguments):
            raise KeyError("colour")

        text = message(exercise, answer)
        assert "KeyError" in text and "colour" in text and exercise.arguments[0] in text
        assert 'raise KeyError("colour")' in text

    def test_none(self, exercise):
        assert "is a `return` missing?" in message(exercise, returning(None))

    def test_dots(self, exercise):
        assert "replace them by your own code" in message(
            exercise, returning(...), outcome="not attempted"
        )
        message(exercise, ..., outcome="not attempted")

    def test_wrong_shape(self, exercise):
        text = message(exercise, returning(np.zeros((9, 8, 7))))
        if exercise.accept is None:
            assert "received an array of shape (9, 8, 7)" in text
            assert "array of shape (" in text or "Expected one number" in text
        assert "xpected" in text and "received" in text

    def test_empty(self, exercise):
        text = message(exercise, returning([]))
        assert "received an array of shape (0,)" in text or exercise.accept

    def test_things_that_cannot_be_read(self, exercise):
        class Hostile:
            def __array__(self, *arguments, **options):
                raise RuntimeError("no")

        assert "NumPy cannot read (RuntimeError)" in message(exercise, returning(Hostile()))

    def test_called_instead_of_passed(self, exercise):
        name = exercise.name
        for result in (12.0, np.zeros((2, 2)), None, [1]):
            text = message(exercise, result)
            assert f"`exercises.{name}.check({name})`" in text and "brackets" in text

    def test_name_as_text_and_class(self, exercise):
        assert "not its name as text" in message(exercise, exercise.name)
        assert "Received the class Hello" in message(exercise, type("Hello", (), {}))

    def test_argument_count(self, exercise):
        wanted = len(exercise.arguments)
        text = message(exercise, eval(f"lambda {', '.join(exercise.arguments)}, another: 1"))
        assert f"called with {wanted} arguments" in text and f"takes {wanted + 1}: " in text
        assert "takes none" in message(exercise, lambda: 1)

    def test_error_in_every_case_is_told_once_and_hostile_errors_are_survived(self, exercise):
        class Silent(Exception):
            def __str__(self):
                raise RuntimeError("no text")

        def answer(*arguments):
            raise Silent

        assert "Silent" in message(exercise, answer)

    def test_endless_recursion(self, exercise):
        def answer(*arguments):
            return answer(*arguments)

        assert "RecursionError" in message(exercise, answer)


@over_numeric_functions
class TestFunctionsThatGiveNumbers:
    @pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, 1e400])
    def test_not_finite(self, exercise, odd):
        reference = reference_of(exercise)
        text = message(exercise, lambda *a: np.full_like(reference(*a), odd, dtype=float))
        assert ("NaN" in text) if np.isnan(odd) else ("infinity" in text)

    @pytest.mark.parametrize("huge", [1e300, -1.7e308, 10**40])
    def test_huge_numbers_neither_pass_nor_warn(self, exercise, huge):
        reference = reference_of(exercise)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            text = message(exercise, lambda *a: np.asarray(reference(*a), float) * 0 + float(huge))
        assert "e+" in text or exercise.accept

    @pytest.mark.parametrize(
        ("odd", "words"),
        [
            ("12", "text instead of numbers"),
            (b"12", "text instead of numbers"),
            (["a", 1.0], "text instead of numbers"),
            ([[1, 2], [3]], "a list whose rows have different lengths"),
            ({"a": 1}, "a dict instead of numbers"),
            ([None, 1.0], "a list with a NoneType inside"),
            ([..., 1.0], "dots `...` are still to be replaced"),
            (True, "True or False instead of numbers"),
            (1j, "complex numbers instead of numbers"),
            ((x for x in [1]), "a generator instead of numbers"),
            (len, "a builtin_function_or_method instead of numbers"),
            (10**400, "does not turn into numbers"),
            (np.datetime64("2020-01-01"), "dates instead of numbers"),
        ],
    )
    def test_other_things_than_numbers(self, exercise, odd, words):
        assert words in message(exercise, returning(odd))


@over_values
class TestValues:
    def test_the_stub(self, exercise):
        for dots in (..., np.array(...)):
            message(exercise, dots, outcome="not attempted")

    def test_none(self, exercise):
        assert f"{exercise.name} is None" in message(exercise, None)

    def test_functions_and_classes(self, exercise):
        text = message(exercise, lambda image: image)
        assert "is to be a value. Received the function" in text
        assert "is to be a value" in message(exercise, np.zeros)
        assert "is to be a value. Received the class ndarray" in message(exercise, np.ndarray)

    def test_wrong_shape(self, exercise):
        text = message(exercise, np.zeros((9, 8, 7)))
        assert "xpected" in text
        if exercise.shape is not None:
            assert f"Expected shape {exercise.shape}" in text
            assert "received an array of shape (9, 8, 7)" in text


@over_numeric_values
class TestValuesThatAreNumbers:
    def test_other_things_than_numbers(self, exercise):
        assert "text instead of numbers" in message(exercise, exercise.name)
        assert "rows have different lengths" in message(exercise, [[0, 0], [0]])
        assert "instead of numbers" in message(exercise, {"a": 1})

    @pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
    def test_not_finite(self, exercise, odd):
        text = message(exercise, np.full_like(reference_of(exercise), odd, dtype=float))
        assert ("NaN" in text) if np.isnan(odd) else ("infinity" in text)

    def test_dots_among_numbers(self, exercise):
        value = np.array(reference_of(exercise), dtype=object)
        if value.ndim:
            value.flat[-1] = ...
            text = message(exercise, value.tolist())
            assert "dots `...` are still to be replaced" in text


@over_exercises
def test_the_last_line_repeats_the_case(exercise):
    """What the line says runs as it stands, and gives what the check received."""
    for slip in slips_of(exercise):
        lines = exercise.judge(slip.answer).details.splitlines()
        if not exercise.arguments:
            assert not lines
            continue
        start, _, call = lines[-1].partition(": ")
        number = int(lines[0].split()[1])
        assert start == "To try it yourself"
        assert f"(*exercises.{exercise.name}.case({number})" in call
        names = names_of_a_student(exercise) | {exercise.name: slip.answer}
        wanted = result_of(lambda: exercise.call(slip.answer, exercise.cases[number - 1]))
        np.testing.assert_array_equal(result_of(lambda: eval(call, names)), wanted)


def names_of_a_student(exercise):
    """Return what a lesson's cell knows: its exercises and what its references use."""
    modules = {name_of(module): module for module in MODULES}
    return vars(answers_of(exercise.lesson)) | {"exercises": modules[exercise.lesson]}


def result_of(call):
    """Return what a call gives as an array, or the text of the error that it stops with."""
    try:
        return np.asarray(call())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


@over_numeric_functions
def test_a_function_that_ignores_its_arguments_is_told(exercise):
    first, *others = expected_outcomes(exercise)
    assert not all(agree(first, other) for other in others), "every case expects the same"
    array = np.arange(12.0).reshape(3, 4) + 0.5
    said = exercise.judge(returning(array)).slip
    assert said.startswith("Your function gives the same result ")
    assert said.endswith(", or a variable from a cell above?")
    assert all(f"`{name}`" in said for name in exercise.arguments)
    nothing_to_tell = [None, ..., np.nan, "text", [[1], [2, 3]]]
    assert not any(exercise.judge(returning(value)).slip for value in nothing_to_tell)
    changing = iter(range(99))
    assert exercise.judge(lambda *arguments: array + next(changing)).slip == ""
