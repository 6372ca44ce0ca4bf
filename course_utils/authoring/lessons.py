"""Making lessons: kept code written in, executed, normalised, written back if all went well."""

import json
from dataclasses import dataclass

from course_utils.authoring import lesson_files
from course_utils.authoring.execute import execute, terminal_bar
from course_utils.authoring.kept import write_kept
from course_utils.authoring.normalise import normalise


@dataclass(frozen=True)
class Made:
    """What came of making or measuring a lesson: its name, seconds, peak megabytes, new or not."""

    lesson: str
    seconds: float
    peak_megabytes: float | None
    changed: bool

    def __str__(self):
        memory = "" if self.peak_megabytes is None else f", at most {self.peak_megabytes:.0f} MB"
        state = "new bytes" if self.changed else "the same bytes as before"
        return f"{self.lesson}: {self.seconds / 60:.1f} minutes{memory}, {state}"


def make_lesson(path, root, report=None):
    """Write kept code into a lesson, execute it and write it back normalised.

    The file is touched only after every cell has run.

    Raises:
        CourseError: a kept name that leads nowhere, or a cell that failed.
    """
    notebook, run = _made(path, root, report)
    changed = lesson_files.write(notebook, path)
    return Made(path.stem, sum(run.seconds), run.peak_megabytes, changed)


def measure_lesson(path, root, report=None):
    """Do all that `make_lesson` does but write: for the minutes and the memory."""
    notebook, run = _made(path, root, report)
    changed = path.read_bytes() != lesson_files.to_bytes(notebook)
    return Made(path.stem, sum(run.seconds), run.peak_megabytes, changed)


def _made(path, root, report):
    former, notebook = lesson_files.read(path), lesson_files.read(path)
    write_kept(notebook, root)
    bar = report or terminal_bar(path.stem)
    run = execute(notebook, path.parent, path.stem, report=bar)
    return normalise(run.notebook, former), run


def as_json(measured):
    """Return measurements as JSON text: minutes and megabytes by lesson."""
    table = {
        one.lesson: {
            "minutes": round(one.seconds / 60, 2),
            "megabytes": one.peak_megabytes and round(one.peak_megabytes),
        }
        for one in measured
    }
    return json.dumps(table, indent=1, sort_keys=True) + "\n"
