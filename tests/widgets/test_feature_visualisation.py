"""FeatureVisualisation: both pictures against the probe's climbs; Run, Stop, memory, refusals."""

import asyncio
import sys
from pathlib import Path

import keras
import live
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parents[1] / "probe"))
import zoo

from course_utils.draw.ascent import COLOURS, CURVE, _bytes, curve_pixels
from course_utils.probe import Climb
from course_utils.widgets import feature_visualisation
from course_utils.widgets.feature_visualisation import FeatureVisualisation

STEPS = 6


def pictures(count=5):
    return np.random.default_rng(0).random((count, 20, 22, 1), np.float32)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(4)
    return zoo.sequential()


@pytest.fixture(scope="module")
def once(model):
    return FeatureVisualisation(model, "b", steps=STEPS, images=pictures(), channel=1)


@pytest.fixture
def shown(once):
    """Return an explorer where nothing moves: all steps are taken at once."""
    return once.reset()


@pytest.fixture
def moving(model, monkeypatch):
    """Return an explorer as in a notebook that is used: at the noise, with its box made."""
    monkeypatch.setenv("COURSE_HEADLESS", "0")
    monkeypatch.setattr(feature_visualisation, "PAUSE", 0)
    explorer = FeatureVisualisation(model, "b", steps=STEPS, channel=1)
    explorer.live()
    return explorer


def climb_of(explorer, **restraints):
    state = explorer.state
    return Climb(explorer._ascent, state.layer, state.channel, state.seed, STEPS, **restraints)


def test_both_pictures_are_the_climbs(shown):
    assert shown.state.step == STEPS
    climbs = climb_of(shown), climb_of(shown, shift=True, blur=True)
    for climb, picture, scores in zip(climbs, shown.data.pictures, shown.data.scores, strict=True):
        np.testing.assert_array_equal(picture, climb.picture(STEPS))
        np.testing.assert_array_equal(scores, climb.scores)
    shown.set(decay=True, shift=False)
    np.testing.assert_array_equal(shown.data.pictures[0], climbs[0].picture(STEPS))
    expected = climb_of(shown, blur=True, decay=True).picture(STEPS)
    np.testing.assert_array_equal(shown.data.pictures[1], expected)
    assert "with blur and decay" in shown.description


def test_with_nothing_switched_on_both_are_alike(shown):
    shown.set(shift=False, blur=False)
    np.testing.assert_array_equal(*shown.data.pictures)
    assert "on the right with none chosen" in shown.description
    assert shown.draw(shown.data, shown.state).png()


def test_steps_can_be_gone_through(shown):
    last = shown.data
    for step in (0, 3, STEPS):
        shown.set(step=step)
        assert [len(scores) for scores in shown.data.scores] == [step + 1] * 2
        np.testing.assert_array_equal(shown.data.scores[1], last.scores[1][: step + 1])
    np.testing.assert_array_equal(shown.data.pictures[1], last.pictures[1])
    shown.set(step=0)
    np.testing.assert_array_equal(*shown.data.pictures)
    np.testing.assert_array_equal(shown.data.pictures[0], shown._ascent.noise(0))


def test_the_best_real_picture_is_named(shown):
    means = [shown.probe.look(one)[0]["b"][..., 1].mean() for one in shown.images]
    assert shown.data.best == int(np.argmax(means))
    assert shown.data.best_score == pytest.approx(max(means), rel=1e-4)
    assert f"number {np.argmax(means)}" in shown.readout(shown.data, shown.state)
    assert "real" in shown.views(shown.data, shown.state)


@pytest.mark.parametrize("make", zoo.MODELS, ids=lambda make: make.__name__)
def test_models_of_all_kinds_have_pictures(make):
    explorer = FeatureVisualisation(make(), steps=2)
    explorer.live()
    assert explorer.data.pictures[1].shape == explorer.probe.model.input_shape[1:]
    assert explorer.draw(explorer.data, explorer.state).png()
    assert "real" not in explorer.views(explorer.data, explorer.state)


def test_a_dead_filter_is_told():
    model = zoo.sequential()
    kernel, _ = model.get_layer("b").get_weights()
    model.get_layer("b").set_weights([0 * kernel, np.full(6, -1, np.float32)])
    with np.errstate(all="raise"):
        explorer = FeatureVisualisation(model, "b", steps=2, shift=False, blur=False)
        explorer.live()
        assert explorer.data.silent == (True, True)
        assert "Silent so far: the filter is off" in live.readout(explorer)
        assert explorer.draw(explorer.data, explorer.state).png()
        np.testing.assert_array_equal(explorer.data.pictures[0], explorer._ascent.noise(0))


def test_a_network_of_nans_is_told():
    model = zoo.sequential()
    model.get_layer("a").set_weights([w * np.nan for w in model.get_layer("a").get_weights()])
    with pytest.raises(ValueError, match="NaN or infinity in its feature maps: its training"):
        FeatureVisualisation(model, steps=1)


def test_few_climbs_are_kept(shown):
    for channel in range(6):
        shown.set(channel=channel)
        assert len(shown._climbs) <= feature_visualisation.KEPT
    assert {key[1] for key in shown._climbs} == {4, 5}


def test_a_step_function_serves_all_channels_and_seeds(shown):
    shown.set(channel=2)
    step = shown._ascent._step["b"]
    before = step.experimental_get_tracing_count()
    for changes in (dict(channel=3), dict(seed=9), dict(decay=True), dict(shift=False)):
        shown.set(**changes)
    assert step.experimental_get_tracing_count() == before


# --- live ----------------------------------------------------------------------------------------


def test_live_it_begins_with_the_noise_and_steps_go_on(moving):
    assert moving.state.step == 0 and moving._reached(moving.state) == 0
    live.press(moving, "One step")
    assert moving.state.step == live.find(moving, "Step").value == 1
    assert live.find(moving, "Step").max == 1
    for _ in range(STEPS + 2):
        live.press(moving, "One step")
    assert moving.state.step == live.find(moving, "Step").max == STEPS
    live.find(moving, "Step").value = 2
    assert "Step 2 of 6" in live.readout(moving)


def test_live_another_filter_begins_with_the_noise(moving):
    moving.set(step=STEPS)
    live.find(moving, "Filter").value = 4
    assert moving.state.step == 0
    live.find(moving, "Filter").value = 1  # which is still kept
    live.find(moving, "Decay").value = True
    assert moving.state.step == 0
    moving.set(channel=4, step=3)
    assert moving.state.step == 3


def run_until_rest(explorer, also=lambda: None):
    async def watch():
        live.press(explorer, "Run")
        live.press(explorer, "Run")  # a second press does not double the pace
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0)
            also()

    asyncio.run(watch())


def test_run_goes_on_to_the_last_step_and_then_begins_again(moving):
    seen = []
    run_until_rest(moving, lambda: seen.append(moving.state.step))
    assert seen[0] <= 1 and seen == sorted(seen) and moving.state.step == STEPS
    seen.clear()
    run_until_rest(moving, lambda: seen.append(moving.state.step))
    assert seen[0] <= 2 and moving.state.step == STEPS


def test_run_shows_the_first_step_alone_and_several_pictures_on_the_way(moving, monkeypatch):
    monkeypatch.setattr(feature_visualisation, "WORK", 1e9)
    monkeypatch.setattr(feature_visualisation, "PICTURES", 2)
    taken, real = [], moving.take
    monkeypatch.setattr(moving, "take", lambda steps=1: taken.append(steps) or real(steps))
    run_until_rest(moving)
    assert taken == [1, 2, 3] and moving.state.step == STEPS


def test_stop_ends_run(moving, monkeypatch):
    monkeypatch.setattr(feature_visualisation, "WORK", 0)

    async def watch():
        live.press(moving, "Run")
        while moving.state.step < 2:
            await asyncio.sleep(0)
        live.press(moving, "Stop")
        stopped = moving.state
        for _ in range(5):
            await asyncio.sleep(0)
        assert moving.state is stopped and stopped.step < STEPS
        live.press(moving, "Stop")
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(watch())


def test_fields_follow_the_layer(moving):
    live.find(moving, "Filter").value = 5
    live.find(moving, "Layer").value = "a"
    assert live.find(moving, "Filter").max == moving.state.channel == 3
    live.find(moving, "Seed").value = 8
    np.testing.assert_array_equal(moving.data.pictures[0], moving._ascent.noise(8))
    assert live.refusal(moving) == ""


# --- refusals ------------------------------------------------------------------------------------


IMPOSSIBLE = {
    "unknown layer": dict(layer="pool"), "no layer": dict(layer=None), "list": dict(layer=["b"]),
    "channel beyond": dict(channel=6), "channel below": dict(channel=-1),
    "channel True": dict(channel=True), "channel array": dict(channel=[1]),
    "step beyond": dict(step=STEPS + 1), "half a step": dict(step=0.5),
    "step None": dict(step=None),
    "seed below": dict(seed=-1), "seed text": dict(seed="luck"), "seed huge": dict(seed=10**9),
    "shift number": dict(shift=2), "blur text": dict(blur="yes"), "decay None": dict(decay=None),
}  # fmt: skip


@pytest.mark.parametrize("changes", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
@pytest.mark.parametrize("waits", [False, True])
def test_what_cannot_be_is_refused_and_nothing_moves(shown, changes, waits, monkeypatch):
    monkeypatch.setattr(shown, "_waits", waits)
    before, data = shown.state, shown.data
    with pytest.raises(ValueError, match=r"^Expected .* Received .*\.$"):
        shown.set(**changes)
    assert shown.state is before and shown.data is data


@pytest.mark.parametrize("steps", [0, -1, 1001, 2.5, None, "many", True])
def test_steps_that_cannot_be_are_refused(model, steps):
    with pytest.raises(ValueError, match=r"^Expected steps from 1 to 1000.* Received .*\.$"):
        FeatureVisualisation(model, steps=steps)


@pytest.mark.parametrize("images", [np.zeros((2, 9, 9, 1)), pictures() * np.nan, "real", []])
def test_images_that_cannot_be_are_refused(model, images):
    with pytest.raises(ValueError, match=r"^Expected .*\. ?Received .*\.$"):
        FeatureVisualisation(model, images=images)


# --- the live curve ------------------------------------------------------------------------------


scores = st.lists(st.floats(-1e3, 1e3, width=32), min_size=1, max_size=9).map(np.array)


@given(scores, scores, st.none() | st.floats(-1e3, 1e3))
def test_the_curve_begins_and_ends_where_the_scores_do(plain, chosen, level):
    pixels, (low, high) = curve_pixels([plain, chosen], level, 8)
    assert pixels.shape == (*CURVE, 3)
    values = (0, *plain, *chosen, level or 0)
    assert (low, high) == (min(values), max(values))
    first = np.flatnonzero((pixels[:, 0] == _bytes(COLOURS[1])).all(axis=1))
    expected = (high - chosen[0]) / ((high - low) or 1) * (CURVE[0] - 2)
    assert abs(first[0] - expected) <= 1
