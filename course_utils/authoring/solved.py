"""The solved run: a lesson in which an answer follows each exercise and each question.

The cells that students get stay as they are. So one run shows both: that nothing untouched raises
an error, and that every reference is right where its stub stands.
"""

from copy import deepcopy
from importlib import import_module

from course_utils.authoring.kept import replace_definition
from course_utils.authoring.lesson_files import code_cells, names_in
from course_utils.errors import CourseError

ANSWER = "answer"


def exercises_module(path):
    """Return the module of a lesson's exercises: `course_utils.exercises.lesson_01`."""
    return import_module(f"course_utils.exercises.lesson_{path.stem[:2]}")


def solved(notebook, exercises):
    """Return a copy of a lesson with all exercises and questions answered.

    After an exercise's cell stands the same cell once more, the reference in the stub's place;
    after a question's cell, one that answers it. Both carry the tag `answer`.

    Args:
        notebook: the lesson as students get it.
        exercises: the module of its exercises; questions that the metadata names must be there.

    Raises:
        CourseError: a stub in the lesson differs from the exercise's own.
    """
    answered = deepcopy(notebook)
    cells = enumerate(answered.cells, 1)
    answered.cells = [one for n, cell in cells for one in (cell, *_answers(cell, exercises, n))]
    return answered


def numbers(answered):
    """Return for each cell of a solved lesson its number in the lesson, an answer's like its cell's."""
    counted, number = [], 0
    for cell in answered.cells:
        number += not is_answer(cell)
        counted.append(number)
    return counted


def is_answer(cell):
    """Return True for a cell that `solved` added."""
    return ANSWER in cell.metadata.get("tags", [])


def _answers(cell, exercises, number):
    """Return the cells that answer one cell: one, or none."""
    asked, questions = names_in(cell, "exercise"), names_in(cell, "quiz")
    if not asked and not questions:
        return []
    answer = deepcopy(cell)
    answer.id = f"{cell.get('id', number)}-{ANSWER}"
    answer.metadata["tags"] = [*cell.metadata.get("tags", []), ANSWER]
    for name in asked:
        answer.source = _with_reference(answer.source, getattr(exercises, name), f"Cell {number}")
    checks = [_right_answer(getattr(exercises, name)) for name in questions]
    answer.source = "\n".join([answer.source, *checks] if asked else checks)
    return [answer]


def _right_answer(quiz):
    letter = next(letter for letter, option in quiz.options.items() if option.right)
    return f"exercises.{quiz.name}.check({letter!r})"


def _with_reference(source, exercise, where):
    if exercise.stub not in source:
        raise CourseError(
            f"{where} was expected to hold the stub of {exercise.name} as the exercise has it "
            f"and does not: write it there, that is\n{exercise.stub}"
        )
    return replace_definition(source, exercise.name, exercise.reference_source, where)


def verdicts(notebook):
    """Return {name: text} of what the checks said last in an executed lesson."""
    said = {}
    for cell in code_cells(notebook):
        texts = [one.data.get("text/plain", "") for one in cell.outputs if "data" in one]
        for name in [*names_in(cell, "exercise"), *names_in(cell, "quiz")]:
            said[name] = texts[-1] if texts else ""
    return said
