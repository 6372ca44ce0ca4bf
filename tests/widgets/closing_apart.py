"""What explorers leave behind: nothing that grows with updates, and nothing after `close`."""

import asyncio
import gc
import weakref

import numpy as np
import pytest
from growing import CHANGES, changes, growth, registered
from test_explorer_contract import (
    MAKERS,
    make_arithmetic,
    make_attribution,
    make_colour_stepper,
    make_field,
    make_filters,
    make_lab,
    make_pad,
    make_stepper,
    make_visualisation,
)

from course_utils.widgets import ErrorExplorer

LEAK = 1500  # bytes an update: any array that is shown has more, and a widget four times as many
SLOW = {make_colour_stepper, make_visualisation, make_pad, *CHANGES} - {make_arithmetic}


@pytest.fixture(params=MAKERS, ids=lambda make: make.__name__)
def make(request):
    return request.param


def test_updates_leave_nothing_behind(make):
    count = 50 if make in SLOW else 100
    widgets, grown = growth(make, count)
    assert not widgets and grown < LEAK * count


@pytest.mark.parametrize("core", [True, False])
def test_close_takes_everything_away(make, core, monkeypatch):
    if not core:
        pytest.importorskip("anywidget")
        monkeypatch.delenv("COURSE_CORE_WIDGETS")
    there = registered()
    explorer = make()
    explorer.close()  # of what nobody looked at: nothing happens
    box = explorer.live()
    _, one, other = changes(make, 3)
    explorer.set(**one)
    explorer.close()
    assert registered() == there and not explorer.is_live
    assert explorer.live() is not box
    explorer.set(**other).close()
    assert registered() == there
    left = weakref.ref(explorer)
    del explorer, box
    gc.collect()
    assert left() is None


@pytest.mark.parametrize("make, find", [
    (make_filters, lambda explorer: explorer.network.model),
    (make_field, lambda explorer: explorer.probe.model),
    (make_visualisation, lambda explorer: explorer.probe.model),
    (make_attribution, lambda explorer: explorer._copied.probe.model),
])  # fmt: skip
def test_a_networks_memory_is_given_back(make, find):
    explorer = make()
    explorer.live()
    explorer.set(**changes(make, 5)[-1])
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
