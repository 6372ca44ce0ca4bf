"""Lesson 3 with clothes in place of digits: one word is changed, and it runs to its end.

Each cell that trains is run twice, as by a student who wants to see it again.
"""

import re
from copy import deepcopy

from course_utils.authoring import lesson_files
from course_utils.authoring.execute import execute
from course_utils.authoring.tree import copy_course
from course_utils.places import ROOT

LESSON = "03_mnist_cnn.ipynb"
WORD, OTHER = 'load_pictures("mnist")', 'load_pictures("fashion")'
TRAINS = re.compile(r"^(?!def ).*(\.fit|study|validation_loss)\(", re.MULTILINE)


def test_one_word_makes_lesson_3_a_lesson_on_clothes_and_all_training_can_be_repeated(tmp_path):
    copy = tmp_path / "course"
    copy_course(ROOT, copy)
    notebook = lesson_files.read(copy / "notebooks" / LESSON)
    cells = [cell for cell in lesson_files.code_cells(notebook) if WORD in cell.source]
    assert [cell.source.count(WORD) for cell in cells] == [1]
    cells[0].source = cells[0].source.replace(WORD, OTHER)
    training = [cell for cell in lesson_files.code_cells(notebook) if TRAINS.search(cell.source)]
    assert len(training) == 8
    notebook.cells = [one for cell in notebook.cells for one in _once_or_twice(cell, training)]
    run = execute(notebook, copy / "notebooks", headless=False)
    shown = [output for cell in run.notebook.cells for output in cell.get("outputs", [])]
    assert not [one for one in shown if one.output_type == "error"]
    texts = [str(one.get("data", {}).get("text/plain")) for one in shown]
    assert texts.count("'checkpoints/fashion_reader.keras'") == 1  # the digits' stays as it is


def _once_or_twice(cell, training):
    """Yield a cell, and a copy of it if it is one of those that train."""
    yield cell
    if any(cell is one for one in training):
        again = deepcopy(cell)
        again.id += "-again"
        yield again
