"""Arguments that are made for each call: what a check does with things that no array can hold."""

import copy

import numpy as np
import pytest

from course_utils.exercises import Exercise, answer_book
from course_utils.exercises.answer_book import cases_digest
from course_utils.exercises.making import Made, arguments_of
from course_utils.exercises.slips import SlipList


def bag(*numbers):
    return {"numbers": list(numbers)}


def sum_in(bag, which):
    return sum(bag[which])


def emptied(bag, which):
    total = sum(bag[which])
    bag[which].clear()
    return total


@pytest.fixture
def sums(monkeypatch):
    """An exercise on bags, whose answers stand in a module made here."""

    class Book:
        SLIPS = SlipList()

    Book.sums = staticmethod(sum_in)
    Book.SLIPS.slip("sums", "a product", "Add them up.")(lambda bag, which: np.prod(bag[which]))
    monkeypatch.setattr(answer_book, "_written", lambda lesson: Book)
    return Exercise("sums", "lesson_99", "", ["h"], cases_of((2, 3), (4, 5, 6)))


def cases_of(*bags, which="numbers"):
    return [dict(bag=Made(bag, numbers, f"a bag of {len(numbers)}"), which=which)
            for numbers in bags]  # fmt: skip


def test_equal_recipes_make_equal_things_that_are_not_the_same():
    one, other = Made(bag, (1, 2), "a bag"), Made(bag, (1, 2), "a bag")
    assert one == other == copy.deepcopy(one) != Made(bag, (1, 3), "a bag")
    assert str(one) == "a bag" and repr(one) == "bag(1, 2)"
    (first, number), (second, _) = (arguments_of(dict(bag=one, number=7)) for _ in range(2))
    assert first == second == {"numbers": [1, 2]} and first is not second and number == 7


def test_values_go_into_a_call_as_they_are():
    array = np.arange(3)
    assert arguments_of(dict(array=array))[0] is array


def test_each_call_gets_its_own(sums):
    for _ in range(2):
        assert sums.judge(sum_in).outcome == sums.judge(emptied).outcome == "right"
    taken, which = sums.case(1)
    taken[which].clear()
    assert sums.case(1) == ({"numbers": [2, 3]}, "numbers")


def test_a_message_says_what_it_is(sums):
    verdict = sums.judge(lambda bag, which: bag["no"])
    assert "bag = a bag of 2, which = numbers" in verdict.message
    assert "bag: a bag of 2\nwhich = 'numbers'" in verdict.details
    assert "a product" in sums.judge(lambda bag, which: np.prod(bag["numbers"])).slip


def test_recorded_results_belong_to_recipes_and_texts(sums):
    def digest(cases):
        return cases_digest(Exercise("sums", "lesson_99", "", ["h"], cases))

    same = cases_of((2, 3), (4, 5, 6))
    assert digest(same) == cases_digest(sums)
    others = [cases_of((2, 4), (4, 5, 6)), cases_of((2, 3), (4, 5, 6), which="other"), same[:1]]
    assert len({digest(cases) for cases in [same, *others]}) == 4
