"""Each lesson executed once more: live, with its answers, and with the network taken away."""

import functools

import pytest
from one_run import run_once

from course_utils.authoring import lesson_files
from course_utils.authoring.solved import exercises_module

# A student should not wait longer than this without seeing that something goes on. Counted is the
# kernel's own work, so that other programs on the machine do not turn a quick cell slow.
SECONDS_WITHOUT_PROGRESS = 2.0


@pytest.fixture(scope="session")
def run_of(tmp_path_factory):
    """Return a function that runs a lesson at its first call, and remembers what was found."""
    return functools.cache(lambda path: run_once(path, tmp_path_factory.mktemp(path.stem)))


@pytest.fixture
def found(path, run_of):
    """Return what was found in the one run of a lesson."""
    return run_of(path)


def test_live_it_raises_nothing(found):
    assert found["error"] == ""


def test_with_every_reference_in_place_every_verdict_is_right(found):
    said = found["verdicts"]
    assert said
    assert {name: text for name, text in said.items() if not text.startswith("Right.")} == {}


def test_live_it_shows_progress_where_it_takes_long(found, path):
    assert found["cells"]
    slow = [(number, moved) for number, busy, moved in found["cells"]
            if busy > SECONDS_WITHOUT_PROGRESS]  # fmt: skip
    silent = [number for number, moved in slow if not moved]
    assert not silent, f"cells {silent} of {path.stem} take longer than 2 s and show no progress"


def test_it_needs_no_network(found):
    if found["plain"]:
        pytest.skip(found["plain"])
    assert "unreachable" in found["network"]
    assert found["error"] == ""


def test_every_exercise_and_question_of_the_module_stands_in_the_lesson(path):
    from course_utils.exercises import Exercise, Quiz

    items = vars(exercises_module(path)).values()
    wanted = {one.name for one in items if isinstance(one, (Exercise, Quiz))}
    cells = lesson_files.read(path).cells
    keys = ("exercise", "quiz")
    assert wanted == {n for c in cells for key in keys for n in lesson_files.names_in(c, key)}
