"""The student edition holds no solution, and its checks still tell right from wrong."""

import ast
import json
import subprocess
import sys
from importlib import import_module

import pytest

from course_utils.authoring.student import (
    ANSWERS,
    build_student_edition,
    solution_lines_in,
    telling_lines,
    tells,
)
from course_utils.authoring.tree import project_files
from course_utils.errors import CourseError
from course_utils.exercises.recording import exercises_of
from course_utils.places import ROOT

LESSONS = sorted(path.stem for path in (ROOT / ANSWERS).glob("lesson_*.py"))
# Both run where the edition is the course. The first prints what the checks say of sources.
JUDGE = """
import json, sys
from importlib import import_module

import course_utils
assert course_utils.__file__.startswith(sys.argv[1]), course_utils.__file__
said = []
for lesson, name, source in json.load(sys.stdin):
    exercise = getattr(import_module(f"course_utils.exercises.{lesson}"), name)
    names = {}
    exec(source, names)
    verdict = exercise.judge(names[name])
    said.append([verdict.outcome, verdict.slip, exercise.reference_source])
print(json.dumps(said))
"""
# The second prints what they say of the slips in a file of answers that is not the edition's own.
NAME_SLIPS = """
import json, sys
from importlib import import_module
from runpy import run_path

import course_utils
assert course_utils.__file__.startswith(sys.argv[1]), course_utils.__file__
exercises = import_module(f"course_utils.exercises.{sys.argv[2]}")
said = []
for slip in run_path(sys.argv[3])["SLIPS"]:
    verdict = getattr(exercises, slip.exercise).judge(slip.answer)
    said.append([slip.name, verdict.outcome, verdict.slip])
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    out = tmp_path_factory.mktemp("editions") / "student"
    build_student_edition(ROOT, out)
    return out


def run_in(folder, script, *arguments, given=""):
    """Run a script with a folder's own course_utils; return what it prints, read as JSON."""
    command = [sys.executable, "-c", script, str(folder), *arguments]
    done = subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def judged(edition, answers):
    """Return [outcome, slip, reference] for each (lesson, name, source) in the edition."""
    return run_in(edition, JUDGE, given=json.dumps(answers))


def exercises():
    modules = [import_module(f"course_utils.exercises.{lesson}") for lesson in LESSONS]
    return [exercise for module in modules for exercise in exercises_of(module)]


def imports_of(lesson):
    """Return what the references of a lesson import, as the lesson's cells do."""
    tree = ast.parse((ROOT / ANSWERS / f"{lesson}.py").read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    lines = [ast.unparse(node) for node in imports]
    return "\n".join(line for line in lines if "exercises" not in line)


def test_there_are_references_to_leave_out():
    lines = telling_lines(ROOT)
    assert len(lines) >= len(exercises()) - 2


def test_no_line_of_a_solution_stands_in_it(edition):
    assert solution_lines_in(edition, telling_lines(ROOT)) == []
    assert not [path for path in project_files(edition) if path.parent.name == "authoring"]
    assert not list((edition / ANSWERS).glob("lesson_*.py"))


def test_no_whole_solution_stands_in_it_either(edition):
    """Even a solution of lines too short to tell must not stand there as a whole."""
    bodies = [_body(exercise) for exercise in exercises()]
    texts = [(path, _spaceless(edition / path)) for path in project_files(edition)]
    assert [path for path, text in texts for body in bodies if body in text] == []


def _body(exercise):
    """Return a reference without its stub's lines, spaces left out."""
    shown = set(exercise.stub.splitlines())
    lines = [line for line in exercise.reference_source.splitlines() if line not in shown]
    return "".join("".join(lines).split())


def _spaceless(path):
    return "".join(path.read_text(encoding="utf-8", errors="ignore").replace("\\n", "").split())


def test_the_course_itself_is_no_student_edition():
    assert solution_lines_in(ROOT, telling_lines(ROOT))


def test_references_are_right_there(edition):
    answers = [
        (one.lesson, one.name, f"{imports_of(one.lesson)}\n{one.reference_source}")
        for one in exercises()
    ]
    assert {outcome for outcome, _, _ in judged(edition, answers)} == {"right"}


def test_stubs_are_not_attempted_and_solutions_unknown_there(edition):
    answers = [(one.lesson, one.name, one.stub) for one in exercises()]
    said = judged(edition, answers)
    assert {outcome for outcome, _, _ in said} == {"not attempted"}
    assert {source for _, _, source in said} == {None}


@pytest.mark.parametrize("lesson", LESSONS)
def test_slips_are_told_by_name_there_as_here(edition, lesson):
    answers = ROOT / ANSWERS / f"{lesson}.py"
    there = run_in(edition, NAME_SLIPS, lesson, str(answers))
    here = run_in(ROOT, NAME_SLIPS, lesson, str(answers))
    assert there == here and len(there) >= 4
    assert {outcome for _, outcome, _ in there} == {"not yet"}
    assert all(slip for _, _, slip in there)


def test_it_refuses_a_folder_that_holds_something(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CourseError, match="missing or empty"):
        build_student_edition(ROOT, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("line", ["return total", "for x in y:", "else:", "# explained", "])))"])
def test_lines_that_tell_nothing(line):
    assert not tells(line)


def test_lines_that_tell():
    assert tells("return np.sum(window * kernel)") and tells("return slide(image, kernel[::-1])")


def test_files_that_git_ignores_stay_out(toy, tmp_path):
    out = tmp_path / "out"
    build_student_edition(toy, out)
    names = {path.name for path in out.rglob("*")}
    assert "01_toy.ipynb" in names and "ignored.txt" not in names
