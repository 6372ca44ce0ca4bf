"""Starting: the package must stay light, for it is imported before anything is shown."""

import statistics
import subprocess
import sys

from results import Row
from timing import rounded

from course_utils.places import ROOT


def rows(repeats=3):
    """Return the milliseconds of two imports, and their ratio."""
    light = 1000 * _import_seconds("course_utils", repeats)
    heavy = 1000 * _import_seconds("tensorflow", repeats)
    ratio = heavy / light
    return [
        Row("`import course_utils`", f"{light:.1f} ms", "", rounded(median_ms=light)),
        Row("`import tensorflow`", f"{heavy:.0f} ms", "", rounded(median_ms=heavy)),
        Row("the first as a part of the second", f"1/{ratio:.0f}", "< 1/10", rounded(ratio=ratio)),
    ]


def _import_seconds(module, repeats):
    """Return the median seconds of an import in a fresh Python, Python's own start left out."""
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    command = [sys.executable, "-c", code]
    runs = [
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        for _ in range(repeats + 1)
    ]
    return statistics.median(float(seconds) for seconds in runs[1:])  # the first reads the disk
