"""For authoring a student edition: what the checks must know, without the answers' code."""

import json
from pathlib import Path

from course_utils.exercises.answer_book import recorded_entry, reference_source
from course_utils.exercises.exercise import Exercise
from course_utils.exercises.stubs import own_lines


def exercises_of(lesson_module):
    """Return the Exercises of a lesson's module, in their order there."""
    return [item for item in vars(lesson_module).values() if isinstance(item, Exercise)]


def record(lesson_module):
    """Return expected results and slips of a lesson's exercises, as plain data for JSON."""
    entries = {item.name: recorded_entry(item) for item in exercises_of(lesson_module)}
    return {"lesson": lesson_module.__name__.rpartition(".")[2], "exercises": entries}


def write_recorded(lesson_module, path):
    """Write `record(lesson_module)` as strict JSON: `answers/lesson_01.json` of an edition."""
    text = json.dumps(record(lesson_module), allow_nan=False, sort_keys=True, indent=1)
    Path(path).write_text(text + "\n", encoding="utf-8")


def solution_lines(lesson_module):
    """Return the lines that stand in references but not in stubs: no edition may hold one."""
    sources = [reference_source(item) for item in exercises_of(lesson_module)]
    return set().union(*(own_lines(source) for source in sources))
