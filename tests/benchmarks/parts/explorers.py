"""Python's side of one change of a setting: from `set` to the new picture's bytes."""

import gc
import os
import sys
from pathlib import Path
from unittest.mock import patch

import numpy as np
from results import Row
from timing import rounded, update_row

UPDATES = 50
PYTHON = "median ≤ 25 ms, ≤ 60 KB"  # of an update
FEW, MANY = 50, 500  # updates between which memory is compared
CHECKS = Path(__file__).parents[2] / "widgets"  # how growth is counted


def rows():
    """Return a row for each change of each explorer, and for the memory that they keep."""
    from explorer_cases import CASES

    # Core widgets: what is computed in the browser takes nothing here.
    with patch.dict(os.environ, COURSE_CORE_WIDGETS="1"):
        found = [update_row(one.what, one.make(), one.changes, PYTHON) for one in CASES.values()]
        return found + _once_an_upload() + _more_updates() + _kept_memory() + _growth()


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
    stepper = "`ConvStepper`, 16 × 16 RGB: edit the kernel"
    return [
        update_row(stepper, make_stepper(), weights, PYTHON),
        update_row("`KernelTraining`, after 49 steps: edit the rate", training, rates, PYTHON),
        update_row("`FeatureVisualisation`: another noise and one step", growing, seeds, PYTHON),
    ]


def _once_an_upload():
    from course_utils import widgets
    from course_utils.datasets import load_mnist
    from course_utils.handwriting import photographed
    from course_utils.models.classifier import load_digit_reader

    upload = widgets.DigitUpload(load_digit_reader())
    photographs = [{"picture": photographed(digit)} for digit in load_mnist()[1][0][:UPDATES]]
    what = "`DigitUpload`, a photograph of 300 × 400"
    return [update_row(what, upload, photographs, "once an upload")]


def _kept_memory():
    """What a long lesson adds up: memory after many pictures, beside that after a few."""
    import psutil
    from explorer_cases import make_filters

    explorer, held = make_filters(), {}
    explorer.live()
    for number in range(1, MANY + 1):
        explorer.set(picture=number, filter=number % 32)
        if number in (FEW, MANY):
            gc.collect()
            held[number] = psutil.Process().memory_info().rss / 2**20
    grown = held[MANY] - held[FEW]
    what = f"memory of `FilterExplorer`, update {FEW} to {MANY}"
    return [Row(what, f"{grown:+.0f} MB", "none", rounded(grown_mb=grown))]


def _growth():
    """What each explorer of the tests keeps of an update, by Python's own count of what is held."""
    if str(CHECKS) not in sys.path:
        sys.path.append(str(CHECKS))
    from growing import growth
    from test_explorer_contract import MAKERS

    found = []
    for make in MAKERS:
        _, kept = growth(make, MANY)
        each = kept / MANY / 1000
        name = make.__name__.removeprefix("make_").replace("_", " ")
        what = f"kept of each of {MANY} updates: {name} of the tests"
        found.append(Row(what, f"{each:+.2f} KB each", "none", rounded(each_kb=each)))
    return found
