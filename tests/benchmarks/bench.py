"""Measure the course and print one table: what each thing takes here, beside its goal.

    make bench                              # everything; kept in tests/benchmarks/result.md
    make bench ARGS="imports explorers"     # some parts; printed only

A measurement is never a pass mark: machines differ, and no test reads the result.
"""

import argparse
import gc
import json
import os
import platform
import statistics
import subprocess
import sys
from contextlib import contextmanager
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

import numpy as np

from course_utils.places import NOTEBOOKS, ROOT

RESULT = Path(__file__).parent / "result.md"
VERSIONS = ("tensorflow-cpu", "tensorflow", "keras", "numpy", "matplotlib", "ipywidgets")
UPDATES = 50  # of an explorer
PYTHON = "median ≤ 25 ms, ≤ 60 KB"  # of an update
MINUTES = {"06": 8, "07": 8}  # 5 for the others
GIGABYTES = 1.5


# --- the parts: each returns rows (what, measured, goal) ------------------------------------------


def imports(repeats=3):
    """Starting: the package must stay light, for it is imported before anything is shown."""
    light = _import_seconds("course_utils", repeats)
    heavy = _import_seconds("tensorflow", repeats)
    return [
        ("`import course_utils`", f"{1000 * light:.1f} ms", ""),
        ("`import tensorflow`", f"{1000 * heavy:.0f} ms", ""),
        ("the first as a part of the second", f"1/{heavy / light:.0f}", "< 1/10"),
    ]


def explorers():
    """Python's side of one change of a setting: from `set` to the new picture's bytes."""
    from explorer_cases import CASES

    # Core widgets: what is computed in the browser takes nothing here.
    with patch.dict(os.environ, COURSE_CORE_WIDGETS="1"):
        rows = [(case.what, timed(case.make(), case.changes), PYTHON) for case in CASES.values()]
        return rows + _once_an_upload() + _more_updates() + _kept_memory()


def _more_updates():
    """Changes that no key makes one after the other."""
    from explorer_cases import PHOTOGRAPH, make_stepper, network_and_pictures

    from course_utils import widgets

    random = np.random.default_rng(1)
    weights = [{"kernel": random.normal(size=(3, 3, 3))} for _ in range(UPDATES)]
    training = widgets.KernelTraining(PHOTOGRAPH, step=49)
    rates = [{"rate": rate} for rate in np.linspace(0.1, 1, UPDATES)]
    growing = widgets.FeatureVisualisation(network_and_pictures()[0], "convolution_2")
    seeds = [{"seed": seed, "step": 1} for seed in range(1, UPDATES + 1)]
    return [
        ("`ConvStepper`, 16 × 16 RGB: edit the kernel", timed(make_stepper(), weights), PYTHON),
        ("`KernelTraining`, after 49 steps: edit the rate", timed(training, rates), PYTHON),
        ("`FeatureVisualisation`: another noise and one step", timed(growing, seeds), PYTHON),
    ]


def _once_an_upload():
    from course_utils import widgets
    from course_utils.datasets import load_mnist
    from course_utils.handwriting import photographed
    from course_utils.models.classifier import load_digit_reader

    upload = widgets.DigitUpload(load_digit_reader())
    photographs = [{"picture": photographed(digit)} for digit in load_mnist()[1][0][:UPDATES]]
    measured = timed(upload, photographs)
    return [("`DigitUpload`, a photograph of 300 × 400", measured, "once an upload")]


def _kept_memory(few=50, many=500):
    """What a long lesson adds up: memory after many pictures, beside that after a few."""
    import psutil
    from explorer_cases import make_filters

    explorer, held = make_filters(), {}
    explorer.live()
    for number in range(1, many + 1):
        explorer.set(picture=number, filter=number % 32)
        if number in (few, many):
            gc.collect()
            held[number] = psutil.Process().memory_info().rss / 2**20
    grown = f"{held[many] - held[few]:+.0f} MB"
    return [(f"memory of `FilterExplorer`, update {few} to {many}", grown, "none")]


def convolutions():
    """One grey photograph under one kernel, in every way that lesson 01 shows, and SciPy's."""
    import keras
    from explorer_cases import PIXELS, photograph
    from scipy.signal import correlate2d

    from course_utils.by_hand import convolution

    image = photograph().mean(axis=-1)
    kernel = np.random.default_rng(1).normal(size=(7, 7)).astype("float32")
    layer = keras.layers.Conv2D(1, 7, use_bias=False)
    batch = keras.ops.convert_to_tensor(image[None, ..., None])
    layer.build(batch.shape)
    layer.set_weights([kernel[..., None, None]])
    ways = {
        "`slide`: two loops over the image (speed 1)": lambda: convolution.slide(image, kernel),
        "`shift_and_add`: loops over the kernel": lambda: convolution.shift_and_add(image, kernel),
        "`correlate`: no loop": lambda: convolution.correlate(
            image[..., None], kernel[..., None, None]
        ),
        "`keras.layers.Conv2D`": lambda: np.asarray(layer(batch)),
        "`scipy.signal.correlate2d`": lambda: correlate2d(image, kernel, "valid"),
    }
    expected = np.squeeze(ways["`scipy.signal.correlate2d`"]())
    for name, way in ways.items():
        assert np.allclose(np.squeeze(way()), expected, atol=1e-3), f"{name} differs from SciPy"
    seconds = {name: statistics.median(seconds_of(way, 7)) for name, way in ways.items()}
    loops = next(iter(seconds.values()))
    what = f"{PIXELS} × {PIXELS} grey, 7 × 7 kernel, "
    return [
        (what + name, f"{1000 * taken:.2f} ms, speed {loops / taken:.0f}", "")
        for name, taken in seconds.items()
    ]


def lessons():
    """Each lesson as *Run all* would, in a fresh kernel, without widgets."""
    import nbformat

    from course_utils.authoring.execute import execute, terminal_bar

    rows = []
    for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        run = execute(notebook, NOTEBOOKS, path.stem, report=terminal_bar(path.stem))
        minutes, peak = sum(run.seconds) / 60, run.peak_megabytes
        memory = "memory not told here" if peak is None else f"{peak / 1024:.2f} GB"
        goal = f"≤ {MINUTES.get(path.name[:2], 5)} minutes, ≤ {GIGABYTES} GB"
        rows.append((f"lesson {path.stem}", f"{minutes:.2f} minutes, {memory}", goal))
    return rows


def digits(seeds=(1, 2, 3)):
    """Training on all of MNIST: lesson 03's network beside two well-known ones, in turn."""
    runs = {name: [] for name in ("snippet", "course", "mnist_convnet")}
    for seed in seeds:  # in turn, so that a busy minute does not meet one network alone
        for name, measured in runs.items():
            measured.append(_training(name, seed))
            print(f"  {name}, seed {seed}: {measured[-1]['seconds']:.0f} s", file=sys.stderr)
    middle = {
        name: {key: statistics.median(one[key] for one in measured) for key in measured[0]}
        for name, measured in runs.items()
    }
    rows = []
    for name, one in middle.items():
        ratio = one["seconds"] / middle["snippet"]["seconds"]
        goal = "≥ 99.2 % in ≤ 1.00" if name == "course" else ""
        said = f"{one['seconds']:.0f} s ({ratio:.2f} of the snippet's), {one['accuracy']:.2%}"
        what = f"MNIST, `{name}`, median of {len(seeds)} seeds"
        rows.append((what, f"{said}, {one['megabytes'] / 1024:.2f} GB", goal))
    return rows


def _training(name, seed):
    """Return what `digits.py` measured, in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("digits.py")), name, str(seed)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def latency():
    """From a key to changed pixels in JupyterLab, beside `interact`: see latency.py."""
    from latency import rows

    return rows()


PARTS = {
    part.__name__: part for part in (imports, explorers, latency, convolutions, digits, lessons)
}


# --- how it is measured ---------------------------------------------------------------------------


def timed(explorer, changes):
    """Return median and 95th percentile of `explorer.set` over the changes, and what it sends."""
    explorer.live()
    explorer.set(**changes[-1])  # the first call fills caches
    explorer.reset()
    taken, sent = [], []
    for change in changes:
        with counted_bytes() as count:
            taken += seconds_of(lambda change=change: explorer.set(**change), 1)
        sent.append(sum(count))
    middle, slow = 1000 * np.percentile(taken, [50, 95])
    most = max(sent) / 1000
    return f"median {middle:.1f} ms, 95th percentile {slow:.1f} ms, at most {most:.0f} KB"


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


def seconds_of(function, repeats):
    """Return the seconds that each of so many calls took."""
    taken = []
    for _ in range(repeats):
        started = perf_counter()
        function()
        taken.append(perf_counter() - started)
    return taken


def _import_seconds(module, repeats):
    """Return the median seconds of an import in a fresh Python, Python's own start left out."""
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    command = [sys.executable, "-c", code]
    runs = [
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        for _ in range(repeats + 1)
    ]
    return statistics.median(float(seconds) for seconds in runs[1:])  # the first reads the disk


# --- the table ------------------------------------------------------------------------------------


def machine():
    """Return the machine in words: cores, memory, system, Python and versions; no names."""
    words = [f"{os.cpu_count()} cores ({platform.machine()})", *_memory()]
    words += [platform.system(), f"Python {platform.python_version()}", *map(_version, VERSIONS)]
    return ", ".join(word for word in words if word)


def _memory():
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return []
    return [f"{size / 2**30:.0f} GB of memory"]


def load():
    """Return what else the machine was doing when the run began, or "" where it does not tell."""
    if not hasattr(os, "getloadavg"):
        return ""
    return f" Load before the run: {os.getloadavg()[0]:.1f} of {os.cpu_count()} cores."


def _version(package):
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""


def table(rows):
    """Return rows of three texts as a Markdown table with aligned columns."""
    rows = [("what", "measured", "goal"), *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [" | ".join(text.ljust(width) for text, width in zip(row, widths)) for row in rows]
    rule = " | ".join("-" * width for width in widths)
    return "\n".join(f"| {line} |" for line in [lines[0], rule, *lines[1:]])


def report(rows, before):
    """Return the whole result as a Markdown page; `before` is what `load` said at the start."""
    from latency import HOW

    return f"""# What the course takes

Written by `make bench`, all rows in one run. Machines differ: read it for what is large and what is
small. The goals are the budgets of CONTRIBUTING.md; nothing passes or fails by this page.

{HOW}
Machine: {machine()}. Day: {date.today().isoformat()}.{before}

{table(rows)}
"""


def main():
    """Measure the chosen parts and print them; a full run is kept."""
    parser = argparse.ArgumentParser(description="Measure the course; print one table.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    chosen = parser.parse_args().parts or list(PARTS)
    for part in chosen:
        if part not in PARTS:
            parser.error(f"expected one of {', '.join(PARTS)}, received {part}")
    # As in a lesson: TensorFlow is quiet, and explorers make the widgets that a student sees.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.pop("COURSE_HEADLESS", None)
    rows, before = [], load()
    for part in chosen:
        print(f"measuring {part} …", file=sys.stderr)
        rows += PARTS[part]()
    page = report(rows, before)
    print(page)
    if set(chosen) == set(PARTS):
        RESULT.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
