"""A student edition has recorded results in place of answers: its checks say the same."""

import json
import shutil

import numpy as np
import pytest
from every_lesson import LESSONS, name_of, over_lessons, reference_of, slips_of

from course_utils.errors import CourseError
from course_utils.exercises import answer_book, lesson_01, recording
from course_utils.exercises.answers import lesson_01 as answers


def everything_said(module):
    """Return the text of the verdict on every reference, slip, stub and a few other answers."""
    verdicts = {}
    for exercise in recording.exercises_of(module):
        slips = [slip.answer for slip in slips_of(exercise)]
        others = [lambda *a: ..., lambda *a: None, lambda *a: 1 / 0, lambda *a: np.ones((3, 3))]
        others.append(lambda *a: int("x"))
        tried = [reference_of(exercise), *slips, *others, ..., 7]
        verdicts[exercise.name] = [repr(exercise.judge(answer)) for answer in tried]
    return verdicts


@pytest.fixture
def edition(tmp_path, monkeypatch):
    """The folder of a student edition's answers: a table for each lesson, and no module."""
    for module in LESSONS:
        recording.write_recorded(module, tmp_path / f"{name_of(module)}.json")
    monkeypatch.setattr(answer_book, "FOLDER", tmp_path)
    return tmp_path


@over_lessons
def test_both_editions_give_the_same_verdicts(module, tmp_path, monkeypatch):
    with_answers = everything_said(module)
    recording.write_recorded(module, tmp_path / f"{name_of(module)}.json")
    monkeypatch.setattr(answer_book, "FOLDER", tmp_path)
    assert everything_said(module) == with_answers
    assert all(said[0].startswith("Right.") for said in with_answers.values())


@over_lessons
def test_stubs_are_the_same(module, tmp_path, monkeypatch):
    stubs = [exercise.stub for exercise in recording.exercises_of(module)]
    recording.write_recorded(module, tmp_path / f"{name_of(module)}.json")
    monkeypatch.setattr(answer_book, "FOLDER", tmp_path)
    assert [exercise.stub for exercise in recording.exercises_of(module)] == stubs


@over_lessons
def test_an_edition_has_no_solutions(module, edition, capsys):
    for exercise in recording.exercises_of(module):
        exercise.solution()
        assert "edition of the course has no solutions" in capsys.readouterr().out
        assert exercise.reference_source is None


@over_lessons
def test_the_table_is_strict_small_and_without_code(module, edition):
    text = (edition / f"{name_of(module)}.json").read_text(encoding="utf-8")

    def refuse(constant):
        raise AssertionError(constant)

    table = json.loads(text, parse_constant=refuse)
    names = {exercise.name for exercise in recording.exercises_of(module)}
    assert set(table["exercises"]) == names
    assert len(text) < 200_000
    assert recording.record(module) == table


@over_lessons
def test_no_line_of_a_reference_is_in_the_table(module, tmp_path):
    recording.write_recorded(module, tmp_path / "table.json")
    texts = json.dumps(json.loads((tmp_path / "table.json").read_text("utf-8")), ensure_ascii=False)
    assert not [line for line in recording.solution_lines(module) if line in texts]


@over_lessons
def test_writing_twice_gives_the_same_bytes(module, tmp_path):
    for name in ("one", "two"):
        recording.write_recorded(module, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("content", [None, "{", "[]", "{}", '{"exercises": {}}'])
def test_a_missing_or_broken_table_gets_one_sentence(edition, content):
    path = edition / "lesson_01.json"
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(CourseError, match="lesson_01.json"):
        lesson_01.value_at.judge(answers.value_at)


def test_a_table_of_other_cases_is_refused(edition, monkeypatch):
    monkeypatch.setattr(lesson_01.value_at, "cases", lesson_01.value_at.cases[1:])
    with pytest.raises(CourseError, match="to fit the cases of value_at"):
        lesson_01.value_at.judge(answers.value_at)


def test_the_module_wins_where_both_stand(edition):
    shutil.copy(answers.__file__, edition / "lesson_01.py")
    (edition / "lesson_01.json").write_text("{")
    assert lesson_01.value_at.judge(answers.value_at).outcome == "right"
