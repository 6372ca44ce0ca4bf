"""What explorers leave behind, counted in a process in which nothing else has been made."""

import subprocess
import sys
from pathlib import Path

CHECKS = Path(__file__).with_name("closing_apart.py")


def test_updates_leave_nothing_behind_and_close_gives_everything_back():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", CHECKS]
    done = subprocess.run(command, capture_output=True, text=True, cwd=CHECKS.parents[2])
    assert done.returncode == 0, done.stdout[-6000:]
