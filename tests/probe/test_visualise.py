"""Gradient ascent on pixels, against finite differences, SciPy and NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import zoo
from keras import layers
from scipy import ndimage

from course_utils.probe import Ascent, Climb, Probe, visualise


@pytest.fixture(scope="module")
def ascent():
    keras.utils.set_random_seed(3)
    return Ascent(Probe(zoo.branching()))


def pale(ascent, seed=0):
    """A picture that no small step takes out of 0…1."""
    return 0.3 + 0.4 * ascent.noise(seed)


@pytest.mark.parametrize("make", zoo.MODELS, ids=lambda make: make.__name__)
def test_the_mean_rises_in_models_of_all_kinds(make):
    keras.utils.set_random_seed(3)
    probe = Probe(make())
    name = list(probe.convolutions)[-1]
    ascent = Ascent(probe)
    channel = int(ascent.scores(ascent.noise(0)[None], name).argmax())
    climb = Climb(ascent, name, channel, seed=0, steps=8)
    picture = climb.picture(8)
    assert picture.shape == ascent.shape == probe.model.input_shape[1:]
    assert 0 <= picture.min() and picture.max() <= 1
    assert not climb.silent(8) and climb.scores[-1] > climb.scores[0]
    means = probe.look(picture)[0][name].mean(axis=(0, 1))
    assert climb.scores[-1] == pytest.approx(means[channel], rel=1e-4)


def test_a_step_goes_along_the_gradient(ascent):
    picture, rate, apart = pale(ascent), 1e-2, 1e-2
    moved, _, size = ascent.step(picture, "last", 1, rate=rate)
    slope = (moved - picture) / rate * size
    assert np.sqrt(np.mean(slope**2)) == pytest.approx(size, rel=1e-3)
    for place in np.argsort(-np.abs(slope), axis=None)[:6]:
        nudge = np.zeros_like(picture)
        nudge.flat[place] = apart
        ends = ascent.scores(np.stack([picture + nudge, picture - nudge]), "last")[:, 1]
        assert slope.flat[place] == pytest.approx((ends[0] - ends[1]) / 2 / apart, rel=0.05)


def test_scores_are_the_means_of_the_maps(ascent):
    pictures = np.stack([ascent.noise(seed) for seed in range(3)])
    expected = [ascent.probe.look(one)[0]["long_1"].mean(axis=(0, 1)) for one in pictures]
    np.testing.assert_allclose(ascent.scores(pictures, "long_1"), expected, rtol=1e-4, atol=1e-6)
    many = np.repeat(pictures, 40, axis=0)
    np.testing.assert_allclose(ascent.scores(many, "long_1")[::40], expected, rtol=1e-4, atol=1e-6)


# --- what holds it back ---------------------------------------------------------------------------


def test_blur_is_scipys(ascent):
    picture = ascent.noise(1)
    blurred, _, _ = ascent.step(picture, "last", 0, blur=1.0, rate=0.0)
    kernel = np.outer([1, 2, 1], [1, 2, 1])[..., None] / 16
    expected = ndimage.convolve(picture, kernel, mode="reflect")
    np.testing.assert_allclose(blurred, expected, atol=1e-6)
    half, _, _ = ascent.step(picture, "last", 0, blur=0.5, rate=0.0)
    np.testing.assert_allclose(half, (picture + expected) / 2, atol=1e-6)


def test_decay_takes_a_share_off(ascent):
    picture = ascent.noise(1)
    darker, _, _ = ascent.step(picture, "last", 0, decay=0.25, rate=0.0)
    np.testing.assert_allclose(darker, 0.75 * picture, atol=1e-6)


def test_a_shift_moves_what_the_network_sees(ascent):
    picture, shift = pale(ascent), (2, -1)
    moved, _, _ = ascent.step(picture, "last", 1, shift=shift)
    seen, _, _ = ascent.step(np.roll(picture, shift, (0, 1)), "last", 1)
    expected = np.roll(seen, (-2, 1), (0, 1))
    np.testing.assert_allclose(moved, expected, atol=1e-5)


@pytest.mark.parametrize("name", ["shift", "blur", "decay"])
def test_each_regulariser_changes_the_picture(ascent, name):
    plain = Climb(ascent, "last", 1, seed=0, steps=3)
    held = Climb(ascent, "last", 1, seed=0, steps=3, **{name: True})
    assert np.abs(plain.picture(3) - held.picture(3)).max() > 0.01
    np.testing.assert_array_equal(plain.picture(0), held.picture(0))


# --- a climb and its memory ----------------------------------------------------------------------


def test_without_a_step_there_is_the_seeds_noise(ascent):
    climb = Climb(ascent, "last", 0, seed=7, steps=3)
    expected = np.random.default_rng(7).random((20, 22, 3), np.float32)
    np.testing.assert_array_equal(climb.picture(0), expected)
    assert climb.reached == 0
    assert climb.scores == [pytest.approx(ascent.scores(expected[None], "last")[0, 0], abs=1e-6)]


def test_a_seed_gives_the_same_picture_each_time(ascent):
    setting = dict(steps=4, shift=True, blur=True)
    one, other = (Climb(ascent, "last", 0, seed=2, **setting) for _ in range(2))
    np.testing.assert_array_equal(one.picture(4), other.picture(4))
    assert one.scores == other.scores
    assert np.abs(Climb(ascent, "last", 0, seed=3, **setting).picture(4) - one.picture(4)).max() > 0


def test_little_memory_gives_the_same_pictures(ascent, monkeypatch):
    whole = Climb(ascent, "last", 0, seed=2, steps=7, shift=True)
    monkeypatch.setattr(visualise, "MEMORY", 3 * ascent.noise(0).nbytes)
    sparse = Climb(ascent, "last", 0, seed=2, steps=7, shift=True)
    for step in (5, 0, 7, 4, 3):
        np.testing.assert_array_equal(sparse.picture(step), whole.picture(step))
    assert len(sparse._kept) == 3 and len(whole._kept) == 8
    assert sparse.scores == whole.scores


def test_no_step_is_taken_twice(ascent, monkeypatch):
    climb = Climb(ascent, "last", 0, seed=2, steps=6)
    taken, real = [], ascent.step
    monkeypatch.setattr(ascent, "step", lambda *a, **k: taken.append(1) or real(*a, **k))
    for step in (4, 2, 6, 4):
        climb.picture(step)
    assert len(taken) == climb.reached == 6


@pytest.mark.parametrize("bias", [-1.0, 0.5])
def test_a_filter_that_nothing_changes_is_silent(bias):
    model = zoo.sequential()
    kernel, _ = model.get_layer("b").get_weights()
    model.get_layer("b").set_weights([0 * kernel, np.full(6, bias, np.float32)])
    climb = Climb(Ascent(Probe(model)), "b", 2, seed=0, steps=3)
    np.testing.assert_array_equal(climb.picture(3), climb.picture(0))
    assert climb.silent(3) and climb.scores == [max(bias, 0)] * 4 and climb.slopes == [0] * 4


def test_models_of_open_size_get_a_size():
    open_model = keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(2, 3, name="c")])
    assert Ascent(Probe(open_model)).shape == (visualise.OPEN, visualise.OPEN, 1)
    ascent = Ascent(Probe(open_model), size=(12, 15))
    assert Climb(ascent, "c", 0, seed=0, steps=1).picture(1).shape == (12, 15, 1)


def test_tensorflow_does_not_complain_of_many_layers(caplog):
    model = keras.Sequential([keras.Input((6, 6, 1))])
    for number in range(9):
        model.add(layers.Conv2D(1, 3, padding="same", name=f"layer_{number}"))
    ascent = Ascent(Probe(model))
    logger = tf.get_logger()
    logger.addHandler(caplog.handler)
    try:
        for name in ascent.probe.convolutions:
            ascent.step(ascent.noise(0), name, 0)
            ascent.scores(ascent.noise(0)[None], name)
            ascent.probe.unit_gradient(ascent.noise(0), name, 1, 1, 0)
    finally:
        logger.removeHandler(caplog.handler)
    assert caplog.records == []
