"""What an explorer keeps from one update to the next: counted by ipywidgets and by tracemalloc."""

import gc
import tracemalloc

import ipywidgets
import numpy as np
from test_explorer_contract import (
    KERNELS,
    make_anchors,
    make_arithmetic,
    make_attribution,
    make_deep_stepper,
    make_errors,
    make_field,
    make_filters,
    make_overlap,
    make_pad,
    make_ramp,
    make_region,
    make_replay,
    make_segmentation,
    make_suppression,
    make_transposed,
    make_upload,
    make_visualisation,
)

FEW = 20  # changes after which what is kept for good has been made
# A change for each number; among some dozens of them many that no cache knows.
CHANGES = {
    make_deep_stepper: lambda n: dict(channel=n % 6, row=n % 20, bias=n / 7),
    make_arithmetic: lambda n: dict(size=3 + n % 10, row=0, column=n % 2),
    make_transposed: lambda n: dict(size=3 + n % 4, row=0, column=n % 2),
    make_filters: lambda n: dict(filter=n % 4, picture=n // 4 % 4, row=n % 8, column=n % 7),
    make_field: lambda n: dict(unit=n % 6, picture=n % 3, row=n % 8, column=n % 9),
    make_visualisation: lambda n: dict(seed=n),
    make_errors: lambda n: dict(threshold=n / 500, truth=n % 3),
    make_attribution: lambda n: dict(target=n % 3, randomised=n // 3 % 3, layer="abc"[n % 2]),
    make_overlap: lambda n: dict(box=(n / 100, 2, 20 + n / 30, 9)),
    make_anchors: lambda n: dict(stride=4 + n % 5, sizes=(8, 9 + n / 10), positive=0.5 + n / 1000),
    make_suppression: lambda n: dict(threshold=n / 1000, step=n % 2),
    make_region: lambda n: dict(x1=n / 1000, channel=n % 2),
    make_ramp: lambda n: dict(x1=n / 1000, sample=n % 4),
    make_replay: lambda n: dict(threshold=0.1 + n / 1000, moment=n % 2, top=1 + n % 9),
    make_segmentation: lambda n: dict(opacity=n / 1000, prediction=("8s", "Otsu")[n % 2]),
    make_pad: lambda n: dict(strokes=f"20,20 {30 + n / 10},80"),
    make_upload: lambda n: dict(picture=np.eye(40) * (1 - n / 1000)),
}


def changes(make, count):
    """Return what `set` is given, for so many updates of what `make` makes."""
    if make in KERNELS:
        kernel = make().state.kernel
        return [dict(kernel=kernel * (1 + number / 500)) for number in range(count)]
    return [CHANGES[make](number) for number in range(count)]


def registered():
    """Return the numbers of all widgets that ipywidgets keeps: in 7 the class has them."""
    from ipywidgets.widgets import widget

    kept = getattr(widget, "_instances", None)
    return set(ipywidgets.Widget.widgets if kept is None else kept)


def growth(make, count):
    """Return (widgets, bytes) that so many updates leave behind, beyond those of the first few."""
    todo = changes(make, count)
    explorer = make()
    explorer.live()
    tracemalloc.start()
    try:
        _do(explorer, todo[:FEW])
        widgets, kept = registered(), _held()
        _do(explorer, todo)
        more, more_widgets = _held(), registered()  # in this order: a set takes memory as well
    finally:
        tracemalloc.stop()
        explorer.close()
    return more_widgets - widgets, more - kept


def _do(explorer, todo):
    """Do the changes, and come back to the first one."""
    for one in [*todo, todo[0]]:
        explorer.set(**one)


def _held():
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
