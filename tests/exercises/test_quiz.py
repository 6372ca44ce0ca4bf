"""Questions: every option explained, shown as a list or as buttons."""

import json
import subprocess
import sys

import pytest

from course_utils.by_hand.convolution import output_size, receptive_field, same_padding
from course_utils.exercises import Option, Quiz, lesson_01, progress_file, quiz as quiz_module

QUIZZES = {name: item for name, item in vars(lesson_01).items() if isinstance(item, Quiz)}
EVERY_OPTION = [(name, letter) for name, quiz in QUIZZES.items() for letter in quiz.options]


@pytest.mark.parametrize(("name", "letter"), EVERY_OPTION)
def test_every_option_is_explained(name, letter):
    quiz = QUIZZES[name]
    option, verdict = quiz.options[letter], quiz.judge(letter)
    assert verdict.outcome == ("right" if option.right else "not yet")
    assert option.explanation in verdict.message and len(option.explanation) > 30
    assert quiz.judge(f" {letter.upper()}) ") == verdict == quiz.judge(option.text)


def test_the_lesson_has_enough_questions_and_no_favourite_place():
    assert len(QUIZZES) >= 5
    assert all(name == quiz.name and quiz.lesson == "lesson_01" for name, quiz in QUIZZES.items())
    places = [letter for quiz in QUIZZES.values() for letter, o in quiz.options.items() if o.right]
    assert len(set(places)) >= 3 and max(places.count(letter) for letter in places) <= 2


@pytest.mark.parametrize("quiz", QUIZZES.values(), ids=list(QUIZZES))
def test_the_right_option_is_not_the_longest(quiz):
    lengths = [len(option.text) for option in quiz.options.values() if not option.right]
    assert len(right_text(quiz)) <= max(lengths)


@pytest.mark.parametrize("choice", ["z", "", "ab", 1, 2.5, ["a"], object(), "a" * 500])
def test_an_unknown_option_gets_a_sentence(choice):
    verdict = lesson_01.quiz_positions.judge(choice)
    assert verdict.outcome == "not attempted" and len(str(verdict)) < 150
    assert "Expected one of a, b, c, d. Received" in verdict.message


@pytest.mark.parametrize("choice", [None, ...])
def test_no_choice_is_not_attempted(choice):
    assert lesson_01.quiz_positions.judge(choice).outcome == "not attempted"


@pytest.mark.parametrize("rights", [[False, False], [True, True], [True], [True] + [False] * 6])
def test_a_quiz_has_one_right_option(rights):
    options = [Option(str(i), "because", right) for i, right in enumerate(rights)]
    with pytest.raises(ValueError, match="one of them right"):
        Quiz("q", "lesson_99", "?", options)
    with pytest.raises(ValueError, match="different"):
        Quiz("q", "lesson_99", "?", [Option("1", "x", True), Option("1", "y")])


# --- the answers hold against the course's own arithmetic ----------------------------------------


def right_text(quiz):
    return next(option.text for option in quiz.options.values() if option.right)


def test_right_options_are_right():
    assert right_text(lesson_01.quiz_positions) == str(output_size(28, 3))
    values, zeros = output_size(28, 3, stride=2, padding="same"), same_padding(28, 3, 2)
    assert (values, zeros) == (14, (0, 1))
    assert right_text(lesson_01.quiz_same_padding) == "14, with one zero at the end"
    field, _ = receptive_field([(3, 1), (3, 1)])
    assert right_text(lesson_01.quiz_receptive_field) == f"{field}×{field}"


def test_zeros_on_both_sides_give_as_many_values_one_pixel_earlier():
    """What the third option of quiz_same_padding replies."""
    both, at_the_end = (range(-zeros, 28 + 1 - 2, 2) for zeros in (1, 0))
    assert len(both) == len(at_the_end) == 14
    assert {late - early for early, late in zip(both, at_the_end)} == {1}
    reply = lesson_01.quiz_same_padding.judge("c").message
    assert "it gives 14 too" in reply and "one pixel earlier" in reply


def test_kernel_shape_is_what_keras_says():
    keras = pytest.importorskip("keras")
    layer = keras.layers.Conv2D(16, 3)
    layer.build((None, 28, 28, 3))
    assert right_text(lesson_01.quiz_keras_kernel) == str(tuple(layer.kernel.shape))
    parameters = layer.count_params()
    assert lesson_01.count_parameters.judge(lambda k, i, o: k * k * i * o + o).outcome == "right"
    assert parameters == 448


# --- shown --------------------------------------------------------------------------------------


def displayed(quiz, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda forms, raw=False: shown.append(forms))
    quiz._ipython_display_()
    (forms,) = shown
    return forms


@pytest.mark.parametrize("name", QUIZZES)
def test_headless_lists_question_options_and_how_to_answer(name, monkeypatch):
    monkeypatch.setattr(quiz_module, "in_notebook", lambda: True)
    forms = displayed(QUIZZES[name], monkeypatch)
    assert set(forms) == {"text/plain", "text/html"}
    assert forms == displayed(QUIZZES[name], monkeypatch)
    assert f'exercises.{name}.check("?")' in forms["text/plain"]
    for letter, option in QUIZZES[name].options.items():
        assert f"  {letter}) {option.text}" in forms["text/plain"]
    assert forms["text/html"].count("<li>") == len(QUIZZES[name].options)
    assert not any(o.explanation in forms["text/html"] for o in QUIZZES[name].options.values())


@pytest.fixture
def live(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_HEADLESS", "0")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setattr(progress_file, "_memory", {})
    monkeypatch.setattr(progress_file, "_told", set())
    return tmp_path / "progress.json"


@pytest.mark.parametrize("name", QUIZZES)
def test_buttons_explain_and_note_the_choice(name, live):
    from course_utils.exercises.quiz_buttons import build

    quiz = QUIZZES[name]
    question, *buttons, feedback = build(quiz).children
    assert feedback.value == '<div role="status"></div>'
    for button, (letter, option) in zip(buttons, quiz.options.items(), strict=True):
        assert button.description.startswith(f"{letter}) ") and "`" not in button.description
        button.click()
        assert feedback.value.startswith('<div role="status">')
        assert quiz.judge(letter).to_html() in feedback.value
    assert json.loads(live.read_text())["lessons"]["lesson_01"] == {name: "right"}


def test_a_record_that_cannot_be_kept_is_told_beside_the_answer(live):
    from course_utils.exercises.quiz_buttons import build

    live.mkdir()
    *_, button, feedback = build(lesson_01.quiz_positions).children
    button.click()
    assert "cannot be" in feedback.value


def test_live_form_has_the_list_for_viewers_without_widgets(live, monkeypatch):
    monkeypatch.setattr(quiz_module, "in_notebook", lambda: True)
    forms = displayed(lesson_01.quiz_positions, monkeypatch)
    assert "application/vnd.jupyter.widget-view+json" in forms
    assert "<li>26</li>" in forms["text/html"]
    monkeypatch.setattr(quiz_module, "in_notebook", lambda: False)
    assert set(displayed(lesson_01.quiz_positions, monkeypatch)) == {"text/plain", "text/html"}


def test_importing_exercises_is_light():
    """Neither TensorFlow nor matplotlib nor widgets come with the exercises."""
    code = (
        "import sys; from course_utils.exercises import lesson_01;"
        "print([m for m in ('tensorflow','keras','matplotlib','ipywidgets') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
