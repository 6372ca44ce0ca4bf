"""Where things are, and whether anybody is there to look at widgets."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
NOTEBOOKS = ROOT / "notebooks"
RESULTS = ROOT / "tests" / "benchmarks" / "results"  # of make bench


def checkpoints():
    """Return where a student's trainings are kept: COURSE_CHECKPOINTS, or beside the notebooks."""
    return Path(os.environ.get("COURSE_CHECKPOINTS") or NOTEBOOKS / "checkpoints").absolute()


def headless():
    """Return True when COURSE_HEADLESS=1: pictures instead of widgets, nothing that moves."""
    return os.environ.get("COURSE_HEADLESS") == "1"


def exported():
    """Return True when COURSE_PAGE=1: what is shown goes into a page that no kernel answers."""
    return os.environ.get("COURSE_PAGE") == "1"


def core_widgets():
    """Return True when COURSE_CORE_WIDGETS=1: explorers use nothing but ipywidgets' own."""
    return os.environ.get("COURSE_CORE_WIDGETS") == "1"
