"""Answers that are text or hold NaN, results in which chance has a part, and slips of a part."""

import json

import numpy as np
import pytest
from asking import message, returning

from course_utils.exercises import Exercise, answer_book
from course_utils.exercises.making import Made
from course_utils.exercises.outcomes import DOTS, NOTHING, NUMBERS, UNREADABLE
from course_utils.exercises.reading import Letters, NumbersOrNaN, Words
from course_utils.exercises.slips import SlipList

SIZES = Words(("small", "large"))
CHOICE = Letters("abcd")


def size_of(number):
    return "large" if number > 5 else "small"


def shuffled(numbers, random):
    return random.permutation(numbers)


def roots_of(numbers):
    return np.array([np.sqrt(one) if one >= 0 else np.nan for one in numbers])


@pytest.fixture
def book(monkeypatch):
    """The answers of a lesson that is made here."""

    class Book:
        SLIPS = SlipList()
        chosen = "bd"

    for function in (size_of, shuffled, roots_of):
        setattr(Book, function.__name__, staticmethod(function))
    Book.SLIPS.slip("size_of", "turned", "Look again.")(
        lambda number: "small" if number > 5 else "large"
    )
    Book.SLIPS.slip("shuffled", "sorted", "Chance has no order.")(lambda n, random: np.sort(n)[:2])
    Book.SLIPS.slip("chosen", "a is false", "Read a again.", part=[0])("abd")
    Book.SLIPS.slip("chosen", "d is missing", "Read d again.", part=[3])("b")
    Book.SLIPS.slip("roots_of", "0 for NaN", "There is none.")(
        lambda numbers: np.nan_to_num(roots_of(numbers))
    )
    monkeypatch.setattr(answer_book, "_written", lambda lesson: Book)
    monkeypatch.setattr(answer_book, "stub_source", lambda exercise: f"{exercise.name} = ...")


@pytest.fixture
def sizes(book):
    cases = [dict(number=1), dict(number=9), dict(number=6)]
    return Exercise("size_of", "lesson_99", "", ["h"], cases, reading=SIZES)


@pytest.fixture
def choice(book):
    def complaint(marks):
        right = np.array_equal(marks, [0, 1, 0, 1])
        return None if right else f"Expected others, received {marks.sum():g}."

    return Exercise("chosen", "lesson_99", "", ["h"], is_value=True, reading=CHOICE,
                    accept=complaint)  # fmt: skip


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [str, np.str_, np.array, lambda word: word.encode()])
def test_words_in_all_forms(sizes, form):
    assert sizes.judge(lambda number: form(size_of(number))).outcome == "right"


def test_words_that_differ_and_words_that_are_none(sizes):
    assert message(sizes, returning("small")).startswith(
        'Not yet. size_of: Expected "large", received "small".'
    )
    assert "turned. Look again." in message(
        sizes, lambda number: np.str_("large" if number < 5 else "small")
    )
    assert "same result in every case" in message(sizes, returning("small"))


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        ("Small", '"Small"'),
        (3, "one number"),
        ([], "an array of shape (0,)"),
        (["small"], "text"),
        (True, "True or False"),
        (b"\xff", '"\ufffd"'),
    ],
)
def test_what_is_no_word_is_told(sizes, odd, told):
    said = message(sizes, returning(odd))
    assert f'Expected one of the words "small", "large", received {told}.' in said


@pytest.mark.parametrize(
    ("returned", "kind"),
    [
        (..., DOTS),
        (None, NOTHING),
        ("small", NUMBERS),
        ("big", UNREADABLE),
        (object(), UNREADABLE),
    ],
)
def test_what_is_read(returned, kind):
    assert SIZES.read(returned).kind == kind


def test_recorded_words_are_numbers(sizes):
    entry = json.loads(json.dumps(answer_book.recorded_entry(sizes)))
    assert [one["values"] for one in entry["expected"]] == [[0.0], [1.0], [1.0]]


# --- letters --------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["bd", "DB", "b, d", "b d b", ["b", "d"], {"d", "b"}, ("bd",),
                                    frozenset("bd"), np.str_("db"), b"bd"])  # fmt: skip
def test_letters_in_all_forms(choice, answer):
    assert choice.judge(answer).outcome == "right"


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        ("bx", '"x", which is none of them'),
        ("b1", '"1", which is none of them'),
        (7, "one number"),
        ([1, 2], "an array of shape (2,)"),
        ([], "an array of shape (0,)"),
    ],
)
def test_what_are_no_letters_is_told(choice, odd, told):
    said = message(choice, odd)
    assert f"chosen: Expected a string of letters from a to d, received {told}." in said


def test_a_choice_that_differs_and_one_that_is_none(choice):
    assert "received 3" in message(choice, "abd")
    for dots in (..., np.array(...)):
        message(choice, dots, outcome="not attempted")
    assert "chosen is None" in message(choice, None)


def test_a_slip_of_a_part_is_named_whatever_the_rest_is(choice):
    for answer in ("a", "ab", "abcd", "acd"):
        assert choice.judge(answer).slip == "a is false. Read a again."
    assert choice.judge("bc").slip == choice.judge("").slip == "d is missing. Read d again."
    assert choice.judge("bcd").slip == ""


def test_an_edition_without_answers_knows_the_parts(choice, tmp_path, monkeypatch):
    table = {"lesson": "lesson_99", "exercises": {"chosen": answer_book.recorded_entry(choice)}}
    (tmp_path / "lesson_99.json").write_text(json.dumps(table), encoding="utf-8")
    monkeypatch.setattr(answer_book, "_written", lambda lesson: None)
    monkeypatch.setattr(answer_book, "FOLDER", tmp_path)
    assert choice.judge("acd").slip == "a is false. Read a again."
    assert choice.judge("db").outcome == "right"


# --- NaN ------------------------------------------------------------------------------------------


@pytest.fixture
def roots(book):
    cases = [dict(numbers=np.array(one)) for one in ([4.0, -4, 9], [-1, 0, 1, 25])]
    return Exercise("roots_of", "lesson_99", "", ["h"], cases, reading=NumbersOrNaN())


@pytest.mark.parametrize(
    "form", [list, tuple, np.float32, lambda r: r * (1 + 5e-5), lambda r: -(-r)]
)
def test_nan_where_it_is_expected_is_right(roots, form):
    assert roots.judge(lambda numbers: form(roots_of(numbers))).outcome == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda r: np.nan_to_num(r), "Expected NaN at [1], received 0: the first of 1 differences"),
        (lambda r: np.where(np.isnan(r), 1, r), "Expected NaN at [1], received 1: the first of 1 "),
        (lambda r: r * np.nan, "Expected 2 at [0], received NaN: the first of 2 differences in 3"),
        (lambda r: r + 0.5, "Expected 2 at [0], received 2.5"),
        (lambda r: r[:2], "Expected an array of shape (3,), received an array of shape (2,)."),
        (lambda r: r[:, None], "received an array of shape (3, 1)."),
        (lambda r: np.nan, "Expected an array of shape (3,), received one number."),
        (lambda r: r[0], "received one number."),
        (lambda r: np.where(np.isnan(r), np.inf, r), "received infinity at [1]"),
        (lambda r: np.where(np.isnan(r), -np.inf, np.nan), "received"),
        (lambda r: ["a"], "Expected numbers, received text instead of numbers"),
        (lambda r: None, "Expected numbers, received None"),
        (lambda r: [], "Expected an array of shape (3,), received an array of shape (0,)."),
    ],
)
def test_nan_elsewhere_and_other_things_are_told(roots, answer, words):
    assert words in message(roots, lambda numbers: answer(roots_of(numbers)))


def test_a_single_nan_is_compared_as_well():
    reading = NumbersOrNaN()
    numbers = {
        name: reading.read(value).numbers for name, value in dict(a=np.nan, b=0, c=2).items()
    }
    assert reading.difference(numbers["a"], numbers["a"]) == ""
    assert reading.difference(numbers["a"], numbers["b"]) == "Expected NaN, received 0."
    assert reading.difference(numbers["c"], numbers["a"]) == "Expected 2, received NaN."


def test_a_slip_about_nan_is_named(roots):
    said = roots.judge(lambda numbers: [0 if n < 0 else n**0.5 for n in numbers]).slip
    assert said == "0 for NaN. There is none."


def test_recorded_nan_is_strict_json(roots, tmp_path, monkeypatch):
    entry = json.loads(json.dumps(answer_book.recorded_entry(roots), allow_nan=False))
    assert entry["expected"][0] == {"shape": [3, 2], "values": [2.0, 0.0, 0.0, 1.0, 3.0, 0.0]}
    table = {"lesson": "lesson_99", "exercises": {"roots_of": entry}}
    (tmp_path / "lesson_99.json").write_text(json.dumps(table), encoding="utf-8")
    monkeypatch.setattr(answer_book, "_written", lambda lesson: None)
    monkeypatch.setattr(answer_book, "FOLDER", tmp_path)
    assert roots.judge(roots_of).outcome == "right"
    assert "0 for NaN" in roots.judge(lambda numbers: np.nan_to_num(roots_of(numbers))).slip


# --- what is measured -----------------------------------------------------------------------------


@pytest.fixture
def shuffle(book):
    def measure(result, numbers, random):
        return np.array([result.size, result.sum()])

    def complaint(measured, numbers, random):
        size, total = measured
        if size == len(numbers) and total == sum(numbers):
            return None
        return f"Expected {len(numbers)} numbers, received {size:g} with the sum {total:g}."

    random = Made(np.random.default_rng, (5,), "np.random.default_rng(5)")
    cases = [dict(numbers=np.array(numbers), random=random) for numbers in ([1, 2, 4], [3, 5, 9])]
    return Exercise("shuffled", "lesson_99", "", ["h"], cases, measure=measure, accept=complaint)


def test_any_order_passes_and_measures_are_told(shuffle):
    assert shuffle.judge(lambda numbers, random: numbers[::-1]).outcome == "right"
    assert shuffle.judge(shuffled).outcome == "right"
    said = message(shuffle, lambda numbers, random: numbers[1:])
    assert "Expected 3 numbers, received 2 with the sum 6." in said
    assert "random: np.random.default_rng(5)" in said


def test_a_slip_is_known_by_what_is_measured(shuffle):
    said = shuffle.judge(lambda numbers, random: random.permutation(numbers[:2])).slip
    assert said == "sorted. Chance has no order."


def test_nothing_is_measured_of_what_is_no_number(shuffle):
    assert "is a `return` missing?" in message(shuffle, returning(None))
    message(shuffle, returning(...), outcome="not attempted")
    assert "NaN" in message(shuffle, returning([np.nan]))
    assert "text instead of numbers" in message(shuffle, returning("12"))
    assert "same result in every case" in message(shuffle, returning(np.arange(3)))
