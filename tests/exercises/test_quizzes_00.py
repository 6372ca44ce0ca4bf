"""Lesson 00's questions: their answers hold against Python, NumPy and the course's arithmetic."""

import re
import subprocess
import sys

import numpy as np
import pytest
from asking import right_text
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import places
from course_utils.authoring import lesson_files
from course_utils.by_hand.metrics import accuracy, softmax
from course_utils.exercises import Quiz, lesson_00

QUIZZES = {name: item for name, item in vars(lesson_00).items() if isinstance(item, Quiz)}


def test_the_lesson_has_enough_questions_and_no_favourite_place():
    assert len(QUIZZES) >= 5
    places = [letter for quiz in QUIZZES.values() for letter, o in quiz.options.items() if o.right]
    assert len(set(places)) >= 3 and max(places.count(letter) for letter in places) <= 2


def run_cells(*cells, kernel=None):
    """Run cells one after the other in one kernel's names; return the last one's value."""
    kernel = {} if kernel is None else kernel
    for cell in cells[:-1]:
        exec(cell, kernel)
    return eval(cells[-1], kernel)


def test_the_order_of_running_counts():
    first, again, last = "n = 3", "n = n + 1", "n * 10"
    question = lesson_00.quiz_order.question
    assert all(f"`{cell}`" in question for cell in (first, again, last))
    assert right_text(lesson_00.quiz_order) == str(run_cells(first, again, last, again, last))
    # The other options: before the second run, and without it.
    assert lesson_00.quiz_order.options["a"].text == str(run_cells(first, again, last))
    assert lesson_00.quiz_order.options["b"].text == str(run_cells(first, last))


def test_a_new_kernel_knows_no_names():
    assert "`digit.shape`" in lesson_00.quiz_restart.question
    kernel = {}
    run_cells("import numpy as np", "digit = np.zeros((28, 28))", "digit.shape", kernel=kernel)
    assert "digit" in kernel
    with pytest.raises(NameError):
        run_cells("digit.shape")
    assert right_text(lesson_00.quiz_restart) == "A NameError"


def test_uint8_begins_again_at_0():
    first, second = np.array([200], np.uint8), np.array([100], np.uint8)
    assert right_text(lesson_00.quiz_uint8) == str((first + second)[0])
    wider = first.astype(int) + second  # what the second option's reply recommends
    assert lesson_00.quiz_uint8.options["b"].text == str(wider[0])


def test_accuracy_is_what_the_course_computes():
    labels = np.zeros(1000, int)
    predictions = np.arange(1000) < 15  # 15 of class 1, all of them wrong
    assert right_text(lesson_00.quiz_accuracy) == f"{accuracy(labels, predictions):g}"
    assert lesson_00.quiz_accuracy.options["a"].text == str(np.sum(labels == predictions))
    assert lesson_00.quiz_accuracy.options["b"].text == f"{np.mean(labels != predictions):g}"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.floats(-1e4, 1e4), min_size=10, max_size=10))
def test_any_ten_scores_give_probabilities_that_sum_to_1(scores):
    chances = softmax(np.array([scores]))[0]
    assert chances.min() >= 0 and abs(chances.sum() - 1) < 1e-6
    assert not (chances < 0.1 - 1e-9).all()  # "near 0, all of them" cannot be
    assert right_text(lesson_00.quiz_no_digit) == "Ten probabilities that sum to 1"


def test_the_value_of_the_first_exercise_is_counted():
    assert lesson_00.pixels.judge(np.zeros((28, 28)).size).outcome == "right"
    wrong = [784 + step for step in (-1, 1, 0.5, 784)] + [0, -784, 1e300]
    assert {lesson_00.pixels.judge(value).outcome for value in wrong} == {"not yet"}
    assert "784" not in str(lesson_00.pixels.judge(56))


# --- what the lesson asks to be typed ------------------------------------------------------------


def lesson_prose():
    notebook = lesson_files.read(places.NOTEBOOKS / "00_start_here.ipynb")
    return "\n".join(cell.source for cell in lesson_files.markdown_cells(notebook))


def test_the_lines_for_a_report_run_and_tell_versions_and_device():
    pytest.importorskip("keras")
    lines = re.findall(r"^```python\n(.*?)^```", lesson_prose(), re.MULTILINE | re.DOTALL)
    assert len(lines) == 1
    known = "import numpy as np\nfrom course_utils import gpu\n"
    command = [sys.executable, "-c", known + lines[0]]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=places.ROOT)
    assert sys.version.splitlines()[0] in run.stdout and np.__version__ in run.stdout
    assert run.stdout.splitlines()[-1].startswith("This kernel computes on ")


def test_lessons_that_the_prose_leads_to_are_here():
    named = set(re.findall(r"\]\(([^):]+\.ipynb)\)", lesson_prose()))
    assert named and {name for name in named if not (places.NOTEBOOKS / name).exists()} == set()


def test_modules_that_the_prose_asks_to_run_are_here():
    for module in re.findall(r"`python -m ([\w.]+)`", lesson_prose()):
        assert (places.ROOT / f"{module.replace('.', '/')}.py").exists()
