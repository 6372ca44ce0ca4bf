"""The benchmark's table: what it says, never how fast something was."""

import importlib.util
import platform
from pathlib import Path

import pytest

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
    assert bench.photograph().shape == (256, 256, 3)
