"""The solved run: a lesson in which every reference stands in its stub's place."""

from copy import deepcopy
from importlib import import_module

from course_utils.authoring.kept import replace_definition
from course_utils.authoring.lesson_files import code_cells, names_in
from course_utils.errors import CourseError


def exercises_module(path):
    """Return the module of a lesson's exercises: `course_utils.exercises.lesson_01`."""
    return import_module(f"course_utils.exercises.lesson_{path.stem[:2]}")


def solved(notebook, exercises):
    """Return a copy of a lesson with all exercises and questions answered.

    Args:
        notebook: the lesson as students get it.
        exercises: the module of its exercises; questions that the metadata names must be there.

    Raises:
        CourseError: a stub in the lesson differs from the exercise's own.
    """
    answered = deepcopy(notebook)
    for number, cell in enumerate(answered.cells, 1):
        for name in names_in(cell, "exercise"):
            cell.source = _with_reference(cell.source, getattr(exercises, name), f"Cell {number}")
        for name in names_in(cell, "quiz"):
            cell.source += f"\nexercises.{name}.check({_right_letter(getattr(exercises, name))!r})"
    return answered


def _with_reference(source, exercise, where):
    if exercise.stub not in source:
        raise CourseError(
            f"{where} was expected to hold the stub of {exercise.name} as the exercise has it "
            f"and does not: write it there, that is\n{exercise.stub}"
        )
    return replace_definition(source, exercise.name, exercise.reference_source, where)


def _right_letter(quiz):
    return next(letter for letter, option in quiz.options.items() if option.right)


def verdicts(notebook):
    """Return {name: text} of what the checks said last in an executed lesson."""
    said = {}
    for cell in code_cells(notebook):
        texts = [one.data.get("text/plain", "") for one in cell.outputs if "data" in one]
        for name in [*names_in(cell, "exercise"), *names_in(cell, "quiz")]:
            said[name] = texts[-1] if texts else ""
    return said
