"""Every kernel and test process that pytest starts runs without widgets and without noise.

What a student has solved and trained is neither read nor written.
"""

import os
import tempfile

import pytest

_OWN = tempfile.TemporaryDirectory(prefix="course_tests_")  # goes when pytest ends

os.environ["COURSE_HEADLESS"] = "1"
os.environ["COURSE_PROGRESS"] = os.path.join(_OWN.name, "progress.json")
os.environ["COURSE_CHECKPOINTS"] = os.path.join(_OWN.name, "checkpoints")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"


@pytest.hookimpl(tryfirst=True)  # before nbval starts a lesson's kernel
def pytest_runtest_setup(item):
    """Give each lesson a folder for trainings of its own: none needs another to have run."""
    place = os.path.join(_OWN.name, item.path.stem if item.path.suffix == ".ipynb" else "")
    os.makedirs(place, exist_ok=True)
    os.environ["COURSE_CHECKPOINTS"] = os.path.join(place, "checkpoints")
