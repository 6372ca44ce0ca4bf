"""The benchmark's table: what it says, never how fast something was."""

import importlib.util
import platform
import shutil
from pathlib import Path

import ipywidgets
import latency
import numpy as np
import pytest
from explorer_cases import CASES, EVENTS, photograph

SPEC = importlib.util.spec_from_file_location("bench", Path(__file__).with_name("bench.py"))
bench = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(bench)


def test_the_table_is_markdown_with_one_line_a_row():
    lines = bench.table([("a", "1 ms", ""), ("a longer one", "2 ms", "≤ 3 ms")]).splitlines()
    assert len(lines) == 4
    assert {line.count("|") for line in lines} == {4}
    assert len({len(line) for line in lines}) == 1


def test_the_machine_is_described_without_its_name():
    words = bench.machine()
    assert f"Python {platform.python_version()}" in words
    assert "cores" in words
    assert platform.node() not in words.split()


def test_an_unknown_part_is_refused_before_anything_is_measured(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["bench.py", "imports", "speed"])
    with pytest.raises(SystemExit):
        bench.main()
    assert "expected one of imports, explorers" in capsys.readouterr().err


def test_every_call_is_timed():
    calls = []
    assert len(bench.seconds_of(lambda: calls.append(1), 3)) == len(calls) == 3


def test_the_photograph_has_the_size_that_the_goal_names():
    assert photograph().shape == (256, 256, 3)


def test_each_case_has_as_many_keys_as_changes():
    for case in CASES.values():
        assert len(case.changes) == len(case.keys) == EVENTS, case.what
        assert set(case.goals.values()) <= set(latency.GOALS)


def test_what_widgets_send_is_counted_in_bytes():
    words = ipywidgets.HTML()
    with bench.counted_bytes() as sent:
        words.value = "é" * 1000
    assert len(sent) == 1 and 2000 < sent[0] < 2200


def test_two_moments_are_told_each_beside_the_slower_way():
    times = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    assert latency.in_words(times) == "changed 2 / 3 ms, on screen 20 / 29 ms"
    assert latency.in_words(times, 10 * times).count("(10 ×)") == 2


def test_without_a_browser_the_table_says_so(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    ((_, words, _),) = latency.rows()
    assert words.startswith("not measured: no ")
