"""Fixtures: every lesson, once each."""

from lesson_list import LESSONS


def pytest_generate_tests(metafunc):
    if "path" in metafunc.fixturenames:
        metafunc.parametrize("path", LESSONS, ids=[path.stem for path in LESSONS])
