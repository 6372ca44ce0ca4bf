"""What the benchmark kept, as lessons read it."""

import json

import pytest

from course_utils import measured as module
from course_utils.errors import CourseError
from course_utils.measured import measured
from course_utils.places import RESULTS


def test_each_part_that_was_kept_gives_its_rows():
    parts = [path.stem for path in RESULTS.glob("*.json")]
    assert {"digits", "lessons"} <= set(parts)
    for part in parts:
        assert all({"what", "measured", "goal", "numbers"} == set(row) for row in measured(part))


def test_rows_of_all_runs_come_in_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "RESULTS", tmp_path)
    runs = [{"rows": [{"what": "a"}]}, {"rows": [{"what": "b"}, {"what": "c"}]}]
    (tmp_path / "some.json").write_text(json.dumps({"how": "", "runs": runs}))
    assert [row["what"] for row in measured("some")] == ["a", "b", "c"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"runs": 3}', '{"runs": [{}]}', "\x00"])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path, monkeypatch, text):
    monkeypatch.setattr(module, "RESULTS", tmp_path)
    (tmp_path / "some.json").write_text(text)
    with pytest.raises(CourseError, match=r"some\.json.*make bench"):
        measured("some")


def test_a_part_that_was_never_measured_is_told():
    with pytest.raises(CourseError, match="never.json"):
        measured("never")
