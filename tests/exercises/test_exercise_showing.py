"""Verdicts, hints and solutions as they are shown."""

import re

import pytest

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


def test_hints_come_one_by_one_and_end_at_the_solution(value_at, capsys):
    for _ in range(len(value_at.hints) + 2):
        value_at.hint()
    lines = capsys.readouterr().out.splitlines()
    for number, hint in enumerate(value_at.hints):
        assert lines[number] == f"Hint {number + 1} of {len(value_at.hints)}: {hint}"
    assert lines[-1] == lines[-2]
    assert "no more hints" in lines[-1] and "exercises.value_at.solution()" in lines[-1]


@pytest.mark.parametrize("name", ["value_at", "shift_left"])
def test_solution_prints_the_references_source(name, capsys):
    getattr(lesson_01, name).solution()
    out = capsys.readouterr().out
    assert out.strip() == getattr(lesson_01, name).reference_source
    assert "slip" not in out


def test_an_instructor_can_hide_solutions(value_at, capsys, monkeypatch):
    monkeypatch.setenv("COURSE_HIDE_SOLUTIONS", "1")
    value_at.solution()
    assert "instructor has hidden" in capsys.readouterr().out
    monkeypatch.setenv("COURSE_HIDE_SOLUTIONS", "0")
    value_at.solution()
    assert "def value_at" in capsys.readouterr().out


def test_repr_names_the_three_calls(value_at):
    assert ".check(value_at)" in repr(value_at) and ".hint()" in repr(value_at)
