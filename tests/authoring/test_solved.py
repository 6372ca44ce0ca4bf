"""In a solved lesson every untouched cell is there, and an answer after each that asks."""

from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils.authoring.solved import is_answer, numbers, solved, verdicts
from course_utils.errors import CourseError
from course_utils.exercises import Option

STUB = 'def twice(number):\n    """Twice a number."""\n    return ...'
REFERENCE = STUB.replace("...", "number * 2")
EXERCISES = SimpleNamespace(
    twice=SimpleNamespace(name="twice", stub=STUB, reference_source=REFERENCE),
    half=SimpleNamespace(name="half", stub="half = ...", reference_source="half = 0.5"),
    quiz_size=SimpleNamespace(
        name="quiz_size", options={"a": Option("1", "no"), "b": Option("2", "yes", True)}
    ),
)


@pytest.fixture
def lesson():
    cells = [
        new_markdown_cell("# Twice"),
        new_code_cell(f"{STUB}\n\n\nexercises.twice.check(twice)", metadata={"exercise": "twice"}),
        new_code_cell("exercises.quiz_size", metadata={"quiz": "quiz_size", "tags": ["kept"]}),
        new_code_cell("half = ...\nexercises.half.check(half)", metadata={"exercise": ["half"]}),
        new_code_cell("exercises.progress()"),
    ]
    return new_notebook(cells=cells)


def test_every_cell_stays_and_answers_follow(lesson):
    answered = solved(lesson, EXERCISES)
    assert [cell for cell in answered.cells if not is_answer(cell)] == lesson.cells
    assert numbers(answered) == [1, 2, 2, 3, 3, 4, 4, 5]
    assert [is_answer(cell) for cell in answered.cells] == [0, 0, 1, 0, 1, 0, 1, 0]
    answers = [cell.source for cell in answered.cells if is_answer(cell)]
    assert answers == [
        f"{REFERENCE}\n\n\nexercises.twice.check(twice)",
        "exercises.quiz_size.check('b')",
        "half = 0.5\nexercises.half.check(half)",
    ]
    assert len({cell.id for cell in answered.cells}) == len(answered.cells)


def test_the_last_verdict_counts(lesson):
    answered = solved(lesson, EXERCISES)
    for cell in answered.cells:
        if cell.cell_type == "code":
            said = "Right." if is_answer(cell) else "Not attempted."
            cell.outputs = [new_output("display_data", {"text/plain": said})]
    assert verdicts(answered) == dict.fromkeys(("twice", "quiz_size", "half"), "Right.")


def test_a_stub_that_differs_is_told(lesson):
    lesson.cells[1].source = lesson.cells[1].source.replace("Twice a", "Double a")
    with pytest.raises(CourseError, match="Cell 2 was expected to hold the stub of twice"):
        solved(lesson, EXERCISES)
