"""Each lesson as it is committed: executed, within its budgets, its kept code up to date."""

import os
import re
import subprocess
import sys

import pytest
from lesson_list import LESSONS

from course_utils.authoring import budgets, lesson_files
from course_utils.authoring.kept import kept_names, write_kept
from course_utils.authoring.normalise import normalise
from course_utils.places import ROOT


def test_there_are_lessons():
    assert LESSONS


def test_kept_code_equals_the_modules(path):
    notebook = lesson_files.read(path)
    assert kept_names(notebook)
    assert write_kept(notebook, ROOT) == [], "run `make lessons`"


def test_budgets_are_kept(path):
    assert budgets.complaints(lesson_files.read(path)) == []


def test_few_lines_are_repeated_between_lessons():
    notebooks = [lesson_files.read(path) for path in LESSONS]
    assert budgets.repeated_share(notebooks) <= budgets.REPEATED_SHARE


def test_the_file_is_in_its_normal_form(path):
    notebook = lesson_files.read(path)
    assert lesson_files.to_bytes(normalise(notebook, lesson_files.read(path))) == path.read_bytes()


def test_the_first_code_cell_is_the_same_but_for_the_number(path):
    first = lesson_files.code_cells(lesson_files.read(path))[0]
    assert lesson_files.is_first_cell(first)
    assert first.source == _with_number(_first_source(LESSONS[0]), int(path.stem[:2]))


def _first_source(path):
    return lesson_files.code_cells(lesson_files.read(path))[0].source


def _with_number(source, number):
    changed, places = re.subn(r"\bstart\(\d+\)", f"start({number})", source)
    assert places == 1
    return changed


def test_nbval_compares_every_code_cell(path):
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", str(path)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ)
    collected = re.findall(r"\.ipynb::.*Cell \d+", found.stdout)
    cells = lesson_files.code_cells(lesson_files.read(path))
    assert len(collected) == len(cells), found.stdout[-2000:]
    assert all(cell.execution_count for cell in cells)
    marks = "nbval-skip|nbval-ignore-output|raises-exception|NBVAL_"
    assert not re.search(marks, path.read_text(encoding="utf-8"))
    assert "--nbval-lax" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", ["exercise", "quiz"])
def test_metadata_names_each_exercise_and_question_once(path, key):
    cells = lesson_files.read(path).cells
    names = [name for cell in cells for name in lesson_files.names_in(cell, key)]
    assert len(names) == len(set(names))
