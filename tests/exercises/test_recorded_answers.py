"""A student edition has recorded results in place of answers: its checks say the same."""

import json
import shutil

import numpy as np
import pytest

from course_utils.errors import CourseError
from course_utils.exercises import answer_book, lesson_01, recording
from course_utils.exercises.answers import lesson_01 as answers

EXERCISES = recording.exercises_of(lesson_01)


def everything_said():
    """Return the text of the verdict on every reference, slip, stub and a few other answers."""
    verdicts = {}
    for exercise in EXERCISES:
        slips = [slip.answer for slip in answers.SLIPS.of(exercise.name)]
        others = [lambda *a: ..., lambda *a: None, lambda *a: 1 / 0, lambda *a: np.ones((3, 3))]
        others.append(lambda *a: int("x"))
        tried = [getattr(answers, exercise.name), *slips, *others, ..., 7]
        verdicts[exercise.name] = [repr(exercise.judge(answer)) for answer in tried]
    return verdicts


@pytest.fixture
def edition(tmp_path, monkeypatch):
    """The folder of a student edition's answers: a table and no module."""
    recording.write_recorded(lesson_01, tmp_path / "lesson_01.json")
    monkeypatch.setattr(answer_book, "FOLDER", tmp_path)
    return tmp_path


def test_both_editions_give_the_same_verdicts(tmp_path, monkeypatch):
    with_answers = everything_said()
    recording.write_recorded(lesson_01, tmp_path / "lesson_01.json")
    monkeypatch.setattr(answer_book, "FOLDER", tmp_path)
    assert everything_said() == with_answers
    assert all(said[0].startswith("Right.") for said in with_answers.values())


def test_stubs_are_the_same(tmp_path, monkeypatch):
    stubs = [exercise.stub for exercise in EXERCISES]
    recording.write_recorded(lesson_01, tmp_path / "lesson_01.json")
    monkeypatch.setattr(answer_book, "FOLDER", tmp_path)
    assert [exercise.stub for exercise in EXERCISES] == stubs


def test_an_edition_has_no_solutions(edition, capsys):
    lesson_01.value_at.solution()
    assert "edition of the course has no solutions" in capsys.readouterr().out
    assert lesson_01.value_at.reference_source is None


def test_the_table_is_strict_small_and_without_code(edition):
    text = (edition / "lesson_01.json").read_text(encoding="utf-8")

    def refuse(constant):
        raise AssertionError(constant)

    table = json.loads(text, parse_constant=refuse)
    assert set(table["exercises"]) == {exercise.name for exercise in EXERCISES}
    assert len(text) < 200_000
    assert recording.record(lesson_01) == table


def test_no_line_of_a_reference_is_in_the_table(tmp_path):
    recording.write_recorded(lesson_01, tmp_path / "table.json")
    texts = json.dumps(json.loads((tmp_path / "table.json").read_text("utf-8")), ensure_ascii=False)
    assert not [line for line in recording.solution_lines(lesson_01) if line in texts]


def test_writing_twice_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        recording.write_recorded(lesson_01, tmp_path / name)
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
