"""The student edition: the course without its solutions, its tests and its workshop.

The references' code is replaced by what the references give on every case, so that the checks
still tell right from wrong and still name the likely slip.
"""

import json
import re
from importlib import import_module
from pathlib import Path

from course_utils.authoring.tree import copy_files, project_files, read_text
from course_utils.errors import CourseError

ANSWERS = Path("course_utils/exercises/answers")
LEFT_OUT = ("tests", "course_utils/authoring", ".ci", ".github")
# What of tests/ `pytest notebooks` needs, and the lessons: measurements that they show.
STILL_NEEDED = (Path("tests/nbval_sanitize.cfg"), Path("tests/benchmarks/results"))
SHORTEST_TELLING_LINE = 12
# A line that says nothing about a solution, such as `return total`.
TELLS_NOTHING = re.compile(r"(return|else|try|pass|#|import|from|def)\b[\s\w.,:]*$|\W*$")


def build_student_edition(root, out):
    """Write the student edition into an empty folder, and make sure that it holds no solution.

    Args:
        root: the course's folder.
        out: a folder that is missing or empty.

    Returns:
        The paths of the files written, relative to out.

    Raises:
        CourseError: the folder holds something, or a line of a solution stands in the edition.
    """
    out = Path(out)
    _require_empty(out)
    paths = [path for path in project_files(root) if _is_for_students(path)]
    copy_files(paths, root, out)
    recorded = [_record(path, out) for path in _answer_files(root)]
    _require_no_solution(root, out)
    return sorted([*paths, *recorded])


def _require_empty(out):
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CourseError(
            f"Expected a folder that is missing or empty for the student edition. Received {out}, "
            "which holds something: choose another, or empty it."
        )


def _is_for_students(path):
    if any(path.is_relative_to(place) for place in STILL_NEEDED):
        return True
    left_out = any(path.is_relative_to(place) for place in LEFT_OUT)
    return not left_out and not _is_answer(path)


def _is_answer(path):
    return path.parent == ANSWERS and path.suffix == ".py" and path.stem != "__init__"


def _answer_files(root):
    return [path for path in project_files(root) if _is_answer(path)]


def _record(path, out):
    """Write what the references of one lesson give into the edition."""
    from course_utils.exercises.recording import write_recorded

    target = path.with_suffix(".json")
    (out / target).parent.mkdir(parents=True, exist_ok=True)
    write_recorded(import_module(f"course_utils.exercises.{path.stem}"), out / target)
    return target


def _require_no_solution(root, out):
    leaks = solution_lines_in(out, telling_lines(root))
    if leaks:
        path, line = leaks[0]
        raise CourseError(
            f"Expected no line of a solution in the student edition, and {path} holds {line!r}: "
            "write that line differently there or in the reference, then empty the folder."
        )


def telling_lines(root):
    """Return the lines of all references that tell how an exercise is solved."""
    from course_utils.exercises.recording import solution_lines

    modules = [import_module(f"course_utils.exercises.{one.stem}") for one in _answer_files(root)]
    lines = set().union(*(solution_lines(module) for module in modules))
    return {line for line in lines if tells(line)}


def tells(line):
    """Return True for a line that is long enough, and no mere `return total` or comment."""
    return len(line) >= SHORTEST_TELLING_LINE and not TELLS_NOTHING.match(line)


def solution_lines_in(folder, lines):
    """Return (path, line) for each of the lines that stands in a text file under a folder."""
    found = []
    for path in project_files(folder):
        text = read_text(Path(folder) / path)
        if text is not None:
            found += [(path, line) for line in sorted(lines) if _stands_in(line, text)]
    return found


def _stands_in(line, text):
    return line in text or json.dumps(line, ensure_ascii=False)[1:-1] in text
