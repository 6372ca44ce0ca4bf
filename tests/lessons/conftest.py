"""Fixtures: every lesson, once each, and what became of its mutants."""

import tempfile
from pathlib import Path

import pytest
from lesson_list import LESSONS
from mutate_all import Mutants

BESIDE = pytest.StashKey()  # the mutants that run beside the tests, and their folder


def pytest_generate_tests(metafunc):
    if "path" in metafunc.fixturenames:
        metafunc.parametrize("path", LESSONS, ids=[path.stem for path in LESSONS])


def pytest_collection_finish(session):
    """Start the mutants now: the tests before theirs leave a core idle."""
    wanted = [one.callspec.params["path"] for one in session.items
              if "outcomes" in getattr(one, "fixturenames", ())]  # fmt: skip
    if wanted and not session.config.option.collectonly:
        folder = tempfile.TemporaryDirectory()
        session.config.stash[BESIDE] = Mutants(Path(folder.name), wanted), folder


def pytest_sessionfinish(session):
    if BESIDE in session.config.stash:
        mutants, folder = session.config.stash[BESIDE]
        mutants.stop()
        folder.cleanup()


@pytest.fixture
def outcomes(path, request):
    """Return what became of the mutants of a lesson."""
    mutants, _ = request.config.stash[BESIDE]
    return mutants.outcomes_of(path)
