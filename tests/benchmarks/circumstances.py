"""What is true of a run besides its numbers: the day, the source, the machine and its load."""

import os
import platform
import subprocess
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from course_utils.places import ROOT

PACKAGES = ("tensorflow-cpu", "tensorflow", "keras", "numpy", "matplotlib", "ipywidgets")
WRITTEN = ("tests/benchmarks/results", "tests/benchmarks/result.md")  # by earlier parts


def circumstances():
    """Return {"day", "commit", "load", "machine"} of a run that begins now."""
    return {
        "day": date.today().isoformat(),
        "commit": commit(),
        "load": load(),
        "machine": machine(),
    }


def commit():
    """Return the short hash of the source, marked where files differ; "unknown" without git."""
    short = _git("rev-parse", "--short=10", "HEAD")
    if short is None:
        return "unknown"
    changed = _git("status", "--porcelain", "--", ".", *(f":!{path}" for path in WRITTEN))
    return f"{short} and changes that no commit has" if changed else short


def load():
    """Return how many programs wanted to run in the minute before, or None where nothing tells."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None


def machine():
    """Return the machine: cores, memory, system, Python and versions; no names."""
    return {
        "cores": os.cpu_count(),
        "architecture": platform.machine(),
        "memory_gb": _memory(),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {package: found for package in PACKAGES if (found := _version(package))},
    }


def _memory():
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    return round(size / 2**30)


def _version(package):
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _git(*words):
    """Return what git says in the course's folder, or None."""
    try:
        done = subprocess.run(
            ["git", *words], cwd=ROOT, check=False, capture_output=True, text=True
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
