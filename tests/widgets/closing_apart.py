"""What explorers leave behind: nothing that grows with updates, and nothing after `close`."""

import asyncio
import gc
import tracemalloc
import weakref

import ipywidgets
import numpy as np
import pytest
from test_explorer_contract import (
    KERNELS,
    MAKERS,
    make_anchors,
    make_arithmetic,
    make_attribution,
    make_colour_stepper,
    make_deep_stepper,
    make_errors,
    make_field,
    make_filters,
    make_lab,
    make_overlap,
    make_pad,
    make_stepper,
    make_suppression,
    make_transposed,
    make_upload,
    make_visualisation,
)

from course_utils.widgets import ErrorExplorer

LEAK = 1500  # bytes an update: any array that is shown has more, and a widget four times as many
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
    make_overlap: lambda n: dict(box=(n / 100, 2, 20 + n / 10, 9)),
    make_anchors: lambda n: dict(stride=4 + n % 5, sizes=(8, 9 + n / 10), positive=0.5 + n / 500),
    make_suppression: lambda n: dict(threshold=n / 500, step=n % 2),
    make_pad: lambda n: dict(strokes=f"20,20 {30 + n / 10},80"),
    make_upload: lambda n: dict(picture=np.eye(40) * (1 - n / 500)),
}
SLOW = {make_colour_stepper, make_visualisation, make_pad, *CHANGES} - {make_arithmetic}


def registered():
    """Return the numbers of all widgets that ipywidgets keeps: in 7 the class has them."""
    from ipywidgets.widgets import widget

    kept = getattr(widget, "_instances", None)
    return set(ipywidgets.Widget.widgets if kept is None else kept)


@pytest.fixture(params=MAKERS, ids=lambda make: make.__name__)
def make(request):
    return request.param


def change(make, number):
    if make in KERNELS:
        return dict(kernel=make().state.kernel * (1 + number / 500))
    return CHANGES[make](number)


def test_updates_leave_nothing_behind(make):
    changes = [change(make, number) for number in range(50 if make in SLOW else 100)]
    explorer = make()
    explorer.live()
    tracemalloc.start()
    try:
        before = state_of_memory(explorer, changes[:20])
        after = state_of_memory(explorer, changes)
    finally:
        tracemalloc.stop()
        explorer.close()
    assert after[0] == before[0]
    assert after[1] - before[1] < LEAK * len(changes)


def state_of_memory(explorer, changes):
    """Do the changes, come back to the first one, and return (widgets, bytes)."""
    for one in [*changes, changes[0]]:
        explorer.set(**one)
    gc.collect()
    return registered(), tracemalloc.get_traced_memory()[0]


@pytest.mark.parametrize("core", [True, False])
def test_close_takes_everything_away(make, core, monkeypatch):
    if not core:
        pytest.importorskip("anywidget")
        monkeypatch.delenv("COURSE_CORE_WIDGETS")
    there = registered()
    explorer = make()
    explorer.close()  # of what nobody looked at: nothing happens
    box = explorer.live()
    explorer.set(**change(make, 1))
    explorer.close()
    assert registered() == there and not explorer.is_live
    assert explorer.live() is not box
    explorer.set(**change(make, 2)).close()
    assert registered() == there
    left = weakref.ref(explorer)
    del explorer, box
    gc.collect()
    assert left() is None


@pytest.mark.parametrize("make, find", [
    (make_filters, lambda explorer: explorer.model),
    (make_field, lambda explorer: explorer.probe.model),
    (make_visualisation, lambda explorer: explorer.probe.model),
    (make_attribution, lambda explorer: explorer._copied.probe.model),
])  # fmt: skip
def test_a_networks_memory_is_given_back(make, find):
    explorer = make()
    explorer.live()
    explorer.set(**change(make, 4))
    network = weakref.ref(find(explorer))
    explorer.close()
    del explorer
    gc.collect()
    assert network() is None


def test_a_kernel_of_another_size_leaves_no_fields():
    lab = make_lab()
    lab.live()
    there = len(registered())
    for size in (5, 7, 3):
        lab.resize(size)
    assert len(registered()) == there
    lab.close()


def test_what_stood_below_goes_with_its_unit():
    explorer = make_filters()
    explorer.live()
    there = registered()
    for number in (1, 2, 3):
        explorer.set(filter=number).step_through()
        inset = explorer.inset
        assert inset.is_live and registered() > there
    explorer.set(filter=0)
    assert registered() == there and not inset.is_live
    explorer.step_through().close()
    assert not registered() & there


def test_what_is_shown_elsewhere_stays():
    chances = np.eye(3)[[0, 0, 1, 2]]
    own = make_stepper()
    own.live()
    errors = ErrorExplorer([0, 0, 1, 2], chances, np.ones((4, 6, 8)), look_inside=lambda index: own)
    errors.live()
    errors.look().set(image=1)
    assert own.is_live
    errors.look().close()
    assert own.is_live and not errors.is_live
    own.close()


def test_closing_ends_a_run():
    async def run_and_close():
        stepper = make_stepper()
        stepper.run()
        await asyncio.sleep(0)
        stepper.close()
        place = stepper.state
        await asyncio.sleep(0.7)  # longer than Run's pace
        assert stepper.state is place and stepper._task is None

    asyncio.run(run_and_close())
