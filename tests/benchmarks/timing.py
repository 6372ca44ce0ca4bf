"""How time, and what widgets send, is measured."""

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

import numpy as np
from results import Row

from course_utils.places import ROOT


def update_row(what, explorer, changes, goal):
    """Return the row of `explorer.set` over the changes: its seconds, and what it sends."""
    explorer.live()
    explorer.set(**changes[-1])  # the first call fills caches
    explorer.reset()
    taken, sent = [], []
    for change in changes:
        with counted_bytes() as count:
            taken += seconds_of(lambda change=change: explorer.set(**change), 1)
        sent.append(sum(count))
    middle, late = 1000 * np.percentile(taken, [50, 95])
    most = max(sent) / 1000
    words = f"median {middle:.1f} ms, 95th percentile {late:.1f} ms, at most {most:.0f} KB"
    return Row(what, words, goal, rounded(median_ms=middle, p95_ms=late, most_kb=most))


@contextmanager
def counted_bytes():
    """Yield a list to which each message that widgets send adds its bytes; none is sent."""
    from ipywidgets import Widget

    sent = []

    def note(widget, message, buffers=None):
        text = json.dumps(message, ensure_ascii=False)
        sent.append(len(text.encode()) + sum(map(len, buffers or [])))

    with patch.object(Widget, "_send", note):
        yield sent


def measured_apart(script, name, *arguments):
    """Return what a script of this folder measured, in a process of its own."""
    path = Path(__file__).with_name(script)
    command = [sys.executable, str(path), name, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    measured = json.loads(done.stdout.splitlines()[-1])
    words = " ".join(map(str, (name, *arguments)))
    print(f"  {words}: {measured['seconds']:.0f} s", file=sys.stderr)
    return measured


def seconds_of(function, repeats):
    """Return the seconds that each of so many calls took."""
    taken = []
    for _ in range(repeats):
        started = perf_counter()
        function()
        taken.append(perf_counter() - started)
    return taken


def rounded(**numbers):
    """Return numbers to be kept: four digits say what a measurement can."""
    return {name: float(f"{value:.4g}") for name, value in numbers.items()}
