"""Where things are, and whether anybody is there to look at widgets."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
NOTEBOOKS = ROOT / "notebooks"


def headless():
    """Return True when COURSE_HEADLESS=1: pictures instead of widgets, nothing that moves."""
    return os.environ.get("COURSE_HEADLESS") == "1"
