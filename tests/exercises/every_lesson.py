"""What the tests of exercises go through: the modules, exercises and questions of all lessons.

A lesson brings `course_utils/exercises/lesson_0N.py`, `answers/lesson_0N.py` beside it, and
`right_answers/lesson_0N.py` here; the tests over all lessons then hold it, too. What belongs to one
lesson alone stands in a file of its own, such as `test_answers_of_lesson_01.py`.
"""

import ast
import inspect
import json
from importlib import import_module
from importlib.util import find_spec

import pytest

from course_utils import places
from course_utils.exercises import Quiz, recording
from course_utils.exercises.progress_report import lesson_modules

# Not every module: one whose answers are missing is told by
# test_every_lesson_has_references_and_right_answers, and nothing else can be asked of it.
MODULES = lesson_modules()


def name_of(module):
    """Return a module's name without its package: "lesson_01"."""
    return module.__name__.rpartition(".")[2]


def has_answers(module):
    """Return True where a lesson has references and slips."""
    return find_spec(f"course_utils.exercises.answers.{name_of(module)}") is not None


def answers_of(lesson):
    """Return the module of a lesson's references and slips, of "lesson_01" for example."""
    return import_module(f"course_utils.exercises.answers.{lesson}")


def reference_of(exercise):
    """Return the reference itself: a function, or a value."""
    return getattr(answers_of(exercise.lesson), exercise.name)


def slips_of(exercise):
    """Return the slips that an exercise's check knows."""
    return answers_of(exercise.lesson).SLIPS.of(exercise.name)


def right_answers_of(lesson):
    """Return [(name, answer), …] of `right_answers/`, none where a lesson has no such file."""
    name = f"right_answers.{lesson}"
    return import_module(name).RIGHT_ANSWERS if find_spec(name) else []


def imported_names(lesson):
    """Return what the references of a lesson import, by name: the lesson's cells have it, too."""
    module = answers_of(lesson)
    tree = ast.parse(inspect.getsource(module))
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = [alias.asname or alias.name for node in imports for alias in node.names]
    return {name: vars(module)[name] for name in names if name != "SlipList"}


def seen_by_students():
    """Return {path: text} of the course's modules but for the answers, and of all lessons."""
    answer_folder = places.ROOT / "course_utils" / "exercises" / "answers"
    sources = {
        path: path.read_text(encoding="utf-8")
        for path in (places.ROOT / "course_utils").rglob("*.py")
        if answer_folder not in path.parents
    }
    for path in places.NOTEBOOKS.glob("[0-9]*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources[path] = "\n".join("".join(cell["source"]) for cell in cells)
    return sources


def label(item):
    """Return how a test names an exercise, a question or a slip: "01 value_at"."""
    return f"{item.lesson[-2:]} {item.name}"


LESSONS = [module for module in MODULES if has_answers(module)]
EXERCISES = [item for module in LESSONS for item in recording.exercises_of(module)]
FUNCTIONS = [item for item in EXERCISES if not item.is_value]
VALUES = [item for item in EXERCISES if item.is_value]
# Answers that are finite numbers, and not text, or NaN, that is read as numbers.
NUMERIC = [item for item in EXERCISES if item.reading is None]
NUMERIC_FUNCTIONS = [item for item in NUMERIC if not item.is_value]
NUMERIC_VALUES = [item for item in NUMERIC if item.is_value]
# An exercise with many right answers has its own judge of results: no other result is *the* right.
COMPARED = [item for item in NUMERIC_FUNCTIONS if item.accept is None]
QUIZZES = [item for module in MODULES for item in vars(module).values() if isinstance(item, Quiz)]

over_modules = pytest.mark.parametrize("module", MODULES, ids=name_of)
over_lessons = pytest.mark.parametrize("module", LESSONS, ids=name_of)
over_exercises = pytest.mark.parametrize("exercise", EXERCISES, ids=label)
over_functions = pytest.mark.parametrize("exercise", FUNCTIONS, ids=label)
over_values = pytest.mark.parametrize("exercise", VALUES, ids=label)
over_numeric = pytest.mark.parametrize("exercise", NUMERIC, ids=label)
over_numeric_functions = pytest.mark.parametrize("exercise", NUMERIC_FUNCTIONS, ids=label)
over_numeric_values = pytest.mark.parametrize("exercise", NUMERIC_VALUES, ids=label)
over_compared = pytest.mark.parametrize("exercise", COMPARED, ids=label)
over_quizzes = pytest.mark.parametrize("quiz", QUIZZES, ids=label)
