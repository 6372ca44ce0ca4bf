"""The record of what is solved: kept, merged, and never in the way of a check."""

import json
import os

import pytest
from every_lesson import MODULES, name_of, over_lessons, reference_of

from course_utils.exercises import Exercise, Quiz, lesson_01, progress, progress_file
from course_utils.exercises.answers import lesson_01 as answers

WRONG = [[0, 0, 0], [1, 0, 0], [0, 0, 0]]
TOTAL = sum(
    isinstance(item, (Exercise, Quiz)) for module in MODULES for item in vars(module).values()
)


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A student at work, with a progress file of their own and an empty memory."""
    path = tmp_path / "progress.json"
    monkeypatch.setenv("COURSE_HEADLESS", "0")
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    monkeypatch.setattr(progress_file, "_memory", {})
    monkeypatch.setattr(progress_file, "_told", set())
    return path


def restart(monkeypatch):
    """Forget what the kernel remembers."""
    monkeypatch.setattr(progress_file, "_memory", {})
    monkeypatch.setattr(progress_file, "_told", set())


def test_outcomes_are_kept_and_right_stays_right(file, monkeypatch):
    lesson_01.shift_left.check(WRONG)
    assert json.loads(file.read_text())["lessons"] == {"lesson_01": {"shift_left": "not yet"}}
    lesson_01.shift_left.check(answers.shift_left)
    restart(monkeypatch)
    lesson_01.shift_left.check(WRONG)
    lesson_01.value_at.check(...)
    lesson_01.quiz_positions.check("a")
    kept = json.loads(file.read_text())["lessons"]["lesson_01"]
    assert kept == {"shift_left": "right", "quiz_positions": "not yet"}
    assert os.listdir(file.parent) == [file.name]


def test_report_names_solved_tried_and_open(file):
    assert str(progress()).startswith("Progress: nothing solved yet.")
    lesson_01.shift_left.check(answers.shift_left)
    lesson_01.quiz_positions.check("a")
    report = lesson_01.progress()
    text, page = str(report), report._repr_mimebundle_()["text/html"]
    assert text.startswith(f"Progress: 1 of {TOTAL} solved.")
    assert "solved: shift_left\n" in text and "tried: quiz_positions\n" in text
    assert "open: value_at, output_width" in text and "Lesson 01" in text
    assert '<th scope="col">Solved</th>' in page and "shift_left" in page


def test_lesson_01_has_thirteen_things_to_solve():
    items = [item for item in vars(lesson_01).values() if isinstance(item, (Exercise, Quiz))]
    assert len(items) == 13


@over_lessons
def test_a_whole_lesson_is_kept_and_reported(module, file, monkeypatch):
    items = [item for item in vars(module).values() if isinstance(item, (Exercise, Quiz))]
    for item in items:
        right = right_choice(item) if isinstance(item, Quiz) else reference_of(item)
        item.check(right)
    wanted = {item.name: "right" for item in items}
    assert json.loads(file.read_text())["lessons"] == {name_of(module): wanted}
    restart(monkeypatch)
    report = str(module.progress())
    assert report.startswith(f"Progress: {len(items)} of {TOTAL} solved.")
    own = report[report.index(f"Lesson {name_of(module)[-2:]}, {module.TITLE}\n") :].splitlines()
    names = ", ".join(item.name for item in items)
    assert own[1:4] == [f"  solved: {names}", "  tried: -", "  open: -"]


def right_choice(quiz):
    return next(letter for letter, option in quiz.options.items() if option.right)


def test_headless_reads_and_writes_nothing(file, monkeypatch):
    file.write_text(json.dumps({"lessons": {"lesson_01": {"shift_left": "right"}}}))
    before = file.read_bytes()
    monkeypatch.setenv("COURSE_HEADLESS", "1")
    lesson_01.value_at.check(answers.value_at)
    assert file.read_bytes() == before and progress_file._memory == {}
    assert str(progress()) == (
        "Progress: nothing solved yet. Solved exercises are kept beside the notebooks and listed "
        "here."
    )
    assert "<table" not in progress().to_html()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b"12", b'{"lessons": []}', b'{"lessons": {"lesson_01": 3}}',
        b'{"lessons": {"lesson_01": {"value_at": "wonderful"}}}', b"\xff\xfe\x00\x80",
        b'{"lessons": {"lesson_01": {"value_at": {}}}}', b"[" * 100_000, b'{"other": 1}',
    ],
)  # fmt: skip
def test_a_corrupt_file_is_told_once_and_left_alone(file, content, capsys):
    file.write_bytes(content)
    lesson_01.value_at.check(answers.value_at)
    lesson_01.shift_left.check(answers.shift_left)
    out = capsys.readouterr().out
    assert out.count("Right.") == 2 and out.count("cannot be read") == 1
    assert "delete the file" in out and str(file) in out
    assert file.read_bytes() == content
    assert "solved: value_at, shift_left" in str(progress()) and "cannot be read" in str(progress())


def test_a_corrupt_file_that_is_deleted_is_begun_anew(file):
    file.write_text("{")
    lesson_01.value_at.check(answers.value_at)
    file.unlink()
    lesson_01.shift_left.check(answers.shift_left)
    assert set(json.loads(file.read_text())["lessons"]["lesson_01"]) == {"value_at", "shift_left"}


@pytest.mark.parametrize("place", ["folder", "below a file"])
def test_a_place_that_cannot_be_written(file, place, monkeypatch, capsys):
    if place == "folder":
        file.mkdir()
    else:
        file.write_text(json.dumps({"lessons": {}}))
        monkeypatch.setenv("COURSE_PROGRESS", str(file / "progress.json"))
    lesson_01.value_at.check(answers.value_at)
    lesson_01.value_at.check(answers.value_at)
    out = capsys.readouterr().out
    assert out.count("Right.") == 2 and out.count("cannot be") == 1
    assert "solved: value_at" in str(progress())


def test_a_full_disk_leaves_the_old_file_whole(file, monkeypatch, capsys):
    lesson_01.value_at.check(answers.value_at)
    before = file.read_bytes()

    def no_space(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(json, "dump", no_space)
    lesson_01.shift_left.check(answers.shift_left)
    assert file.read_bytes() == before and os.listdir(file.parent) == [file.name]
    assert "cannot be written (OSError)" in capsys.readouterr().out
    assert "solved: value_at, shift_left" in str(progress())


def test_a_write_is_one_replacement(file, monkeypatch):
    """Whoever reads at any moment finds the old file or the new one."""
    lesson_01.value_at.check(answers.value_at)
    before, seen = file.read_bytes(), []
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda *a: (seen.append(file.read_bytes()), replace(*a)))
    lesson_01.shift_left.check(answers.shift_left)
    assert seen == [before] and b"shift_left" in file.read_bytes()


def test_two_kernels_do_not_forget_each_others_work(file, monkeypatch):
    lesson_01.value_at.check(answers.value_at)
    memory = progress_file._memory
    restart(monkeypatch)
    lesson_01.shift_left.check(answers.shift_left)
    monkeypatch.setattr(progress_file, "_memory", memory)
    lesson_01.convolve.check(answers.convolve)
    kept = json.loads(file.read_text())["lessons"]["lesson_01"]
    assert set(kept) == {"value_at", "shift_left", "convolve"}


def test_lessons_of_a_newer_course_are_kept(file):
    file.write_text(json.dumps({"lessons": {"lesson_42": {"later": "right"}}}))
    lesson_01.value_at.check(answers.value_at)
    assert json.loads(file.read_text())["lessons"]["lesson_42"] == {"later": "right"}
    assert f"1 of {TOTAL}" in str(progress())


def test_a_link_stays_a_link(file):
    target = file.parent / "elsewhere.json"
    try:
        file.symlink_to(target)
    except OSError:
        pytest.skip("no links here")
    lesson_01.value_at.check(answers.value_at)
    assert file.is_symlink() and "value_at" in target.read_text()


def test_the_file_stands_beside_the_notebooks(monkeypatch):
    from course_utils import places

    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    assert progress_file.progress_path() == places.NOTEBOOKS / ".progress.json"
