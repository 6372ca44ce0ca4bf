"""Verdicts, hints and solutions as they are shown."""

import re

import pytest
from every_lesson import over_exercises

from course_utils.exercises import Verdict, lesson_01, showing
from course_utils.exercises.answers import lesson_01 as answers
from course_utils.exercises.verdict import BADGES, BARS, SIGNS

HOSTILE = "<script>alert(1)</script> & `a < b`"


@pytest.fixture
def value_at(monkeypatch):
    monkeypatch.setattr(lesson_01.value_at, "_hints_given", 0)
    return lesson_01.value_at


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """WCAG 2, relative luminance and contrast ratio."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("outcome", SIGNS)
def test_the_card_is_readable_on_light_and_dark(outcome):
    assert contrast(BADGES[outcome], "#ffffff") >= 4.5
    for page in ("#ffffff", "#111111"):  # JupyterLab's light and dark
        assert contrast(BARS[outcome], page) >= 3
    card = Verdict(outcome, HOSTILE, HOSTILE, HOSTILE).to_html()
    assert outcome.capitalize() in card and "<script" not in card
    assert "<code>a &lt; b</code>" in card
    outside_badge = re.sub(r"<strong style=.*?</strong>", "", card)  # white on its own colour
    assert re.findall(r"[^-]color:(\w+)", outside_badge) == ["inherit", "inherit"]


def test_verdict_text_and_outcomes():
    verdict = Verdict("not yet", "Expected 1.", slip="a slip", details="case")
    assert str(verdict) == "Not yet. Expected 1.\nLikely slip: a slip\n\ncase"
    bundle = verdict._repr_mimebundle_()
    assert bundle["text/plain"] == str(verdict) and set(bundle) == {"text/plain", "text/html"}
    with pytest.raises(ValueError, match="Expected an outcome of"):
        Verdict("perhaps", "")


def test_check_prints_and_returns_nothing(value_at, capsys):
    assert value_at.check(answers.value_at) is None
    assert value_at.check(lambda image, kernel, row, column: ...) is None
    out = capsys.readouterr().out
    assert out.startswith("Right. value_at") and "Not attempted." in out


def test_check_displays_in_ipython(value_at, monkeypatch):
    shown = []
    monkeypatch.setattr(showing, "running_shell", lambda: object())
    monkeypatch.setattr("IPython.display.display", lambda thing, **_: shown.append(thing))
    value_at.check(answers.value_at)
    value_at.hint()
    value_at.solution()
    assert [type(thing).__name__ for thing in shown] == ["Verdict", "Note", "Source"]
    assert all("text/plain" in thing._repr_mimebundle_() for thing in shown)


@over_exercises
def test_hints_come_one_by_one_and_end_at_the_solution(exercise, capsys, monkeypatch):
    monkeypatch.setattr(exercise, "_hints_given", 0)
    for _ in range(len(exercise.hints) + 2):
        exercise.hint()
    lines = capsys.readouterr().out.splitlines()
    for number, hint in enumerate(exercise.hints):
        assert lines[number] == f"Hint {number + 1} of {len(exercise.hints)}: {hint}"
    assert lines[-1] == lines[-2]
    assert "no more hints" in lines[-1] and f"exercises.{exercise.name}.solution()" in lines[-1]


@over_exercises
def test_solution_prints_the_references_source(exercise, capsys):
    exercise.solution()
    out = capsys.readouterr().out
    assert out.strip() == exercise.reference_source
    assert "slip" not in out


@over_exercises
def test_an_instructor_can_hide_solutions(exercise, capsys, monkeypatch):
    monkeypatch.setenv("COURSE_HIDE_SOLUTIONS", "1")
    exercise.solution()
    assert "instructor has hidden" in capsys.readouterr().out
    monkeypatch.setenv("COURSE_HIDE_SOLUTIONS", "0")
    exercise.solution()
    assert exercise.stub.splitlines()[0].removesuffix(" ...") in capsys.readouterr().out


@over_exercises
def test_repr_names_the_three_calls(exercise):
    assert f".check({exercise.name})" in repr(exercise) and ".hint()" in repr(exercise)
    assert ".solution()" in repr(exercise)
