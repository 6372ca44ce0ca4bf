"""Explorers of core widgets, which Python can look into: the browser's have tests of their own."""

import pytest


@pytest.fixture(autouse=True)
def core_widgets(monkeypatch):
    monkeypatch.setenv("COURSE_CORE_WIDGETS", "1")
