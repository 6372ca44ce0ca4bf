"""What stands for a widget in a notebook that is opened again: its words and sizes.

How it looks, and gives way to a widget, is seen in tests/browser/test_lessons_in_browser.py.
"""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from course_utils.exercises import lesson_01
from course_utils.still import NOTE, still
from course_utils.widgets import ConvStepper, KernelLab

WIDGET = "application/vnd.jupyter.widget-view+json"
LARGEST = 150_000  # characters, for two photographs
STEPPER = [[1, 0], [2, 3]], [[1]]


def shown(thing):
    """Return what each output of displaying a thing holds."""
    InteractiveShell.instance()
    with capture_output() as captured:
        thing._ipython_display_()
    return [one.data for one in captured.outputs]


@pytest.mark.parametrize("make", [lambda: ConvStepper(*STEPPER), lambda: KernelLab("coffee")])
def test_an_explorer_shows_its_widget_and_a_still(monkeypatch, make):
    monkeypatch.delenv("COURSE_HEADLESS")
    explorer = make()
    widget, left = shown(explorer)
    assert WIDGET in widget and WIDGET not in left
    assert left["text/plain"] == explorer.description
    assert all(view in left["text/html"] for view in views(explorer)) and NOTE in left["text/html"]
    assert len(left["text/html"]) < LARGEST and "<script" not in left["text/html"]


def views(explorer):
    return explorer.views(explorer.data, explorer.state).values()


def test_headless_there_is_a_picture_and_no_still(monkeypatch):
    monkeypatch.setenv("COURSE_HEADLESS", "1")
    (only,) = shown(ConvStepper(*STEPPER))
    assert set(only) == {"image/png", "text/plain"}


def test_a_question_leaves_its_list(monkeypatch):
    monkeypatch.delenv("COURSE_HEADLESS")
    monkeypatch.setattr("course_utils.exercises.quiz.in_notebook", lambda: True)
    quiz = lesson_01.quiz_positions
    widget, left = shown(quiz)
    assert WIDGET in widget and quiz.to_html() in left["text/html"]


def test_nothing_is_left_where_nothing_was_worth_keeping():
    assert still()["text/html"].endswith('<div class="course-still"></div>')
    assert still()["text/plain"] == ""
