"""Questions: every option explained, shown as a list or as buttons."""

import json
import subprocess
import sys

import pytest
from every_lesson import MODULES, QUIZZES, label, name_of, over_modules, over_quizzes

from course_utils.exercises import Option, Quiz, lesson_01, progress_file, quiz as quiz_module

EVERY_OPTION = [
    pytest.param(quiz, letter, id=f"{label(quiz)} {letter}")
    for quiz in QUIZZES
    for letter in quiz.options
]


@pytest.mark.parametrize(("quiz", "letter"), EVERY_OPTION)
def test_every_option_is_explained(quiz, letter):
    option, verdict = quiz.options[letter], quiz.judge(letter)
    assert verdict.outcome == ("right" if option.right else "not yet")
    assert option.explanation in verdict.message and len(option.explanation) > 30
    assert quiz.judge(f" {letter.upper()}) ") == verdict == quiz.judge(option.text)


@over_quizzes
def test_one_option_is_right_and_has_a_letter(quiz):
    assert list(quiz.options) == list("abcdef")[: len(quiz.options)]
    assert sum(option.right for option in quiz.options.values()) == 1
    assert len(quiz.options) >= 3 and quiz.question


@over_modules
def test_no_place_is_the_favourite_of_right_options(module):
    quizzes = [quiz for quiz in QUIZZES if quiz.lesson == name_of(module)]
    places = [letter for quiz in quizzes for letter, o in quiz.options.items() if o.right]
    assert len(set(places)) >= 2
    assert max(places.count(letter) for letter in places) <= (len(places) + 1) // 2


@over_quizzes
def test_the_right_option_is_not_the_longest(quiz):
    lengths = [len(option.text) for option in quiz.options.values() if not option.right]
    right = next(option.text for option in quiz.options.values() if option.right)
    assert len(right) <= max(lengths)


@pytest.mark.parametrize("choice", ["z", "", "ab", 1, 2.5, ["a"], object(), "a" * 500])
@over_quizzes
def test_an_unknown_option_gets_a_sentence(quiz, choice):
    verdict = quiz.judge(choice)
    assert verdict.outcome == "not attempted" and len(str(verdict)) < 150
    assert f"Expected one of {', '.join(quiz.options)}. Received" in verdict.message


@pytest.mark.parametrize("choice", [None, ...])
@over_quizzes
def test_no_choice_is_not_attempted(quiz, choice):
    assert quiz.judge(choice).outcome == "not attempted"


@pytest.mark.parametrize("rights", [[False, False], [True, True], [True], [True] + [False] * 6])
def test_a_quiz_has_one_right_option(rights):
    options = [Option(str(i), "because", right) for i, right in enumerate(rights)]
    with pytest.raises(ValueError, match="one of them right"):
        Quiz("q", "lesson_99", "?", options)
    with pytest.raises(ValueError, match="different"):
        Quiz("q", "lesson_99", "?", [Option("1", "x", True), Option("1", "y")])


# --- shown --------------------------------------------------------------------------------------


def displayed(quiz, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda forms, raw=False: shown.append(forms))
    quiz._ipython_display_()
    return shown[0] if len(shown) == 1 else shown


@over_quizzes
def test_headless_lists_question_options_and_how_to_answer(quiz, monkeypatch):
    monkeypatch.setattr(quiz_module, "in_notebook", lambda: True)
    forms = displayed(quiz, monkeypatch)
    assert set(forms) == {"text/plain", "text/html"}
    assert forms == displayed(quiz, monkeypatch)
    assert f'exercises.{quiz.name}.check("?")' in forms["text/plain"]
    for letter, option in quiz.options.items():
        assert f"  {letter}) {option.text}" in forms["text/plain"]
    assert forms["text/html"].count("<li>") == len(quiz.options)
    assert not any(o.explanation in forms["text/html"] for o in quiz.options.values())


@pytest.fixture
def live(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_HEADLESS", "0")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setattr(progress_file, "_memory", {})
    monkeypatch.setattr(progress_file, "_told", set())
    return tmp_path / "progress.json"


@over_quizzes
def test_buttons_explain_and_note_the_choice(quiz, live):
    from course_utils.exercises.quiz_buttons import build

    question, *buttons, feedback = build(quiz).children
    assert feedback.value == '<div role="status"></div>'
    for button, (letter, option) in zip(buttons, quiz.options.items(), strict=True):
        assert button.description.startswith(f"{letter}) ") and "`" not in button.description
        button.click()
        assert feedback.value.startswith('<div role="status">')
        assert quiz.judge(letter).to_html() in feedback.value
    assert json.loads(live.read_text())["lessons"][quiz.lesson] == {quiz.name: "right"}


def test_a_record_that_cannot_be_kept_is_told_beside_the_answer(live):
    from course_utils.exercises.quiz_buttons import build

    live.mkdir()
    *_, button, feedback = build(lesson_01.quiz_positions).children
    button.click()
    assert "cannot be" in feedback.value


def test_live_form_has_the_list_for_viewers_without_widgets(live, monkeypatch):
    monkeypatch.setattr(quiz_module, "in_notebook", lambda: True)
    forms, still = displayed(lesson_01.quiz_positions, monkeypatch)
    assert "application/vnd.jupyter.widget-view+json" in forms
    assert "<li>26</li>" in forms["text/html"] and "<li>26</li>" in still["text/html"]
    monkeypatch.setattr(quiz_module, "in_notebook", lambda: False)
    assert set(displayed(lesson_01.quiz_positions, monkeypatch)) == {"text/plain", "text/html"}


def test_importing_exercises_is_light():
    """Neither TensorFlow nor matplotlib nor widgets come with the exercises."""
    names = ", ".join(name_of(module) for module in MODULES)
    code = (
        f"import sys; from course_utils.exercises import {names};"
        "print([m for m in ('tensorflow','keras','matplotlib','ipywidgets') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
