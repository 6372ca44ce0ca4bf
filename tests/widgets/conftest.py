"""Explorers of core widgets, which can be looked into: those in the browser have their own tests."""

import pytest


@pytest.fixture(autouse=True)
def core_widgets(monkeypatch):
    monkeypatch.setenv("COURSE_CORE_WIDGETS", "1")
