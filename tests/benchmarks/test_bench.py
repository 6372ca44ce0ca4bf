"""The benchmark: what it keeps and says, never how fast something was."""

import json
import platform
import shutil
import subprocess
from pathlib import Path

import bench
import circumstances
import ipywidgets
import numpy as np
import parts
import pytest
import results
import timing
from explorer_cases import CASES, EVENTS, photograph
from parts import imports, latency, lessons

RUN = {"day": "2026-01-31", "load": 0.5, "machine": circumstances.machine()}
FIRST, SECOND = RUN | {"commit": "aaa"}, RUN | {"commit": "bbb"}
ROWS = [results.Row("a", "1 ms", "", {"median_ms": 1.0}), results.Row("b", "2 ms", "≤ 3 ms")]


@pytest.fixture(autouse=True)
def headless_again(monkeypatch):
    """The command shows live explorers; what it changes for that is put back after each test."""
    monkeypatch.setenv("COURSE_HEADLESS", "1")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Keep what a test measures out of the committed results."""
    monkeypatch.setattr(results, "FOLDER", tmp_path / "results")
    monkeypatch.setattr(results, "PAGE", tmp_path / "result.md")


# --- what is kept ---------------------------------------------------------------------------------


def test_the_table_is_markdown_with_one_line_a_row():
    results.keep("digits", "", FIRST, [*ROWS, results.Row("a longer one", "2 ms")])
    (run,) = results.read("digits")["runs"]
    lines = results.table(run["rows"]).splitlines()
    assert len(lines) == 5
    assert {line.count("|") for line in lines} == {4}
    assert len({len(line) for line in lines}) == 1


def test_a_part_measured_again_replaces_its_section_and_no_other():
    results.keep("imports", "", FIRST, ROWS)
    results.keep("digits", "", FIRST, ROWS)
    others = results.read("imports")
    results.keep("digits", "How.", SECOND, ROWS[:1])
    assert results.read("imports") == others
    assert results.read("digits") == {
        "how": "How.",
        "runs": [
            SECOND
            | {"rows": [{"what": "a", "measured": "1 ms", "goal": "", "numbers": {"median_ms": 1}}]}
        ],
    }


def test_chosen_rows_are_a_run_of_their_own():
    results.keep("lessons", "", FIRST, ROWS)
    results.keep("lessons", "", SECOND, ROWS[1:], chosen=True)
    runs = results.read("lessons")["runs"]
    kept = [(run["commit"], [row["what"] for row in run["rows"]]) for run in runs]
    assert kept == [("aaa", ["a"]), ("bbb", ["b"])]
    assert results.section("lessons", **results.read("lessons")).count("| what") == 2
    results.keep("lessons", "", SECOND, ROWS[:1], chosen=True)
    assert [run["commit"] for run in results.read("lessons")["runs"]] == ["bbb", "bbb"]
    results.keep("lessons", "", FIRST, ROWS)
    assert [run["commit"] for run in results.read("lessons")["runs"]] == ["aaa"]


def test_each_section_says_when_where_and_of_which_commit():
    results.keep("digits", "How.", FIRST, ROWS)
    results.keep("imports", "", SECOND | {"load": None}, ROWS)
    page = results.page(parts.NAMES)
    assert page.index("## imports") < page.index("## digits") and "## latency" not in page
    said = page[page.index("## digits") :]
    for words in ("How.", "Day: 2026-01-31", "Source: aaa", "Load before: 0.5 of", "Python 3."):
        assert words in said
    assert page.count("Load before") == 1


def test_the_committed_page_is_what_its_results_say(monkeypatch):
    here = Path(results.__file__).parent
    monkeypatch.setattr(results, "FOLDER", here / "results")
    assert results.page(parts.NAMES) == (here / "result.md").read_text(encoding="utf-8")
    assert {file.stem for file in results.FOLDER.iterdir()} <= set(parts.NAMES)


# --- the command ----------------------------------------------------------------------------------


def test_each_module_of_the_parts_is_one_of_them():
    there = {file.stem for file in Path(parts.__file__).parent.glob("[a-z]*.py")}
    assert there == set(parts.NAMES)
    assert all(callable(parts.part(name).rows) for name in parts.NAMES)


def test_no_word_chooses_all_parts_and_lessons_can_be_chosen_one_by_one():
    assert bench.chosen([]) == {name: [] for name in parts.NAMES}
    numbers = list(lessons.choices())[1:3]
    words = ["imports", "lessons", *numbers, "latency"]
    assert bench.chosen(words) == {"imports": [], "lessons": numbers, "latency": []}
    assert all(lessons.choices()[number].name.startswith(number) for number in numbers)


@pytest.mark.parametrize("words", [["imports", "speed"], ["00"], ["lessons", "88"]])
def test_an_unknown_word_is_refused_before_anything_is_measured(words, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["bench.py", *words])
    monkeypatch.setattr(bench, "measure", lambda *_: pytest.fail("something was measured"))
    with pytest.raises(SystemExit):
        bench.main()
    assert "expected one of imports, explorers" in capsys.readouterr().err


def test_a_part_alone_renews_its_section(monkeypatch, capsys):
    results.keep("digits", "", FIRST, ROWS)
    monkeypatch.setattr(imports, "rows", lambda: ROWS)
    monkeypatch.setattr("sys.argv", ["bench.py", "imports"])
    bench.main()
    assert results.PAGE.read_text() == results.page(parts.NAMES)
    assert results.read("digits")["runs"][0]["commit"] == "aaa"
    (run,) = json.loads((results.FOLDER / "imports.json").read_text())["runs"]
    assert [row["what"] for row in run["rows"]] == ["a", "b"]
    assert "## imports" in capsys.readouterr().out


def test_chosen_lessons_alone_are_measured(monkeypatch):
    monkeypatch.setattr(lessons, "_row", lambda path: results.Row(path.stem, "1 minute"))
    bench.measure("lessons", ["01", "00"])
    (run,) = results.read("lessons")["runs"]
    assert [row["what"][:2] for row in run["rows"]] == ["01", "00"]


def test_without_a_browser_the_section_stays(monkeypatch, capsys):
    results.keep("latency", "", FIRST, ROWS)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    bench.measure("latency", [])
    assert "latency: not measured, no " in capsys.readouterr().err
    assert results.read("latency")["runs"][0]["commit"] == "aaa"


# --- the circumstances ----------------------------------------------------------------------------


def test_the_machine_is_described_without_its_name():
    machine = circumstances.machine()
    assert machine["python"] == platform.python_version() and machine["cores"] >= 1
    assert "numpy" in machine["versions"]
    assert platform.node() not in json.dumps(machine).split('"')


def test_the_commit_is_marked_when_the_source_differs_from_it(tmp_path, monkeypatch):
    monkeypatch.setattr(circumstances, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert circumstances.commit() == "unknown"
    author = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], [*author, "commit", "-q", "--allow-empty", "-m", "one"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    clean = circumstances.commit()
    assert len(clean) == 10
    page = tmp_path / circumstances.WRITTEN[1]
    page.parent.mkdir(parents=True)
    page.write_text("what an earlier part wrote")
    assert circumstances.commit() == clean
    (tmp_path / "source.py").touch()
    assert circumstances.commit() == f"{clean} and changes that no commit has"


def test_without_git_nothing_is_said_of_a_commit(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert circumstances.commit() == "unknown"


# --- how it is measured ---------------------------------------------------------------------------


def test_every_call_is_timed():
    calls = []
    assert len(timing.seconds_of(lambda: calls.append(1), 3)) == len(calls) == 3


def test_the_photograph_has_the_size_that_the_goal_names():
    assert photograph().shape == (256, 256, 3)


def test_each_case_has_as_many_keys_as_changes():
    for case in CASES.values():
        assert len(case.changes) == len(case.keys) == EVENTS, case.what
        assert set(case.goals.values()) <= set(latency.GOALS)


def test_what_widgets_send_is_counted_in_bytes():
    words = ipywidgets.HTML()
    with timing.counted_bytes() as sent:
        words.value = "é" * 1000
    assert len(sent) == 1 and 2000 < sent[0] < 2200


def test_two_moments_are_told_each_beside_the_slower_way():
    times = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    assert latency.in_words(times) == "changed 2 / 3 ms, on screen 20 / 29 ms"
    assert latency.in_words(times, 10 * times).count("(10 ×)") == 2
    numbers = latency.numbers_of(times, 10 * times)
    assert numbers["changed_median_ms"] == 2 and numbers["screen_times_interact"] == 10
