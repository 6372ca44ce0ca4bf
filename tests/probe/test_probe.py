"""What a probe sees, against Keras and against arithmetic by hand."""

import keras
import numpy as np
import pytest
import zoo
from keras import layers

from course_utils.by_hand import convolution
from course_utils.models.graph import run_steps
from course_utils.probe import Probe, biases_of, channels_of, kernels_of, receptive_box


@pytest.fixture(params=zoo.MODELS, ids=lambda make: make.__name__, scope="module")
def probe(request):
    keras.utils.set_random_seed(3)
    return Probe(request.param())


def picture_for(probe, seed=0):
    shape = probe.model.input_shape[1:]
    return np.random.default_rng(seed).random(shape, np.float32)


def by_hand(layer, entering, unit):
    """Compute one feature map of a convolution without Keras, before its activation."""
    kernel, bias = kernels_of(layer)[unit], biases_of(layer)[unit]
    entering = entering[..., channels_of(layer, unit)]
    setting = dict(stride=layer.strides, padding=layer.padding, dilation=layer.dilation_rate)
    if isinstance(layer, layers.Conv2DTranspose):
        maps = convolution.transpose_correlate(entering, kernel[:, :, None, :], **setting)
    else:
        maps = convolution.correlate(entering, kernel[..., None], **setting)
    return maps[..., 0] + bias


def test_each_map_is_what_its_kernel_gives(probe):
    picture = picture_for(probe)
    values = run_steps(probe.steps, picture[None])
    for name, place in probe.convolutions.items():
        layer = probe.steps[place].operation
        entering, outcome = probe.entering(picture, name), np.asarray(values[place][0])
        activation = layer.activation
        for unit in range(outcome.shape[-1]):
            expected = activation(by_hand(layer, entering, unit).astype("float32"))
            np.testing.assert_allclose(outcome[..., unit], expected, rtol=1e-4, atol=1e-5)


def test_maps_are_those_after_what_follows_the_convolution(probe):
    picture = picture_for(probe)
    values = run_steps(probe.steps, picture[None])
    maps, _ = probe.look(picture)
    assert list(maps) == list(probe.convolutions)
    for name, place in probe.convolutions.items():
        expected = np.asarray(values[place])
        for step in probe.following(name):
            expected = np.asarray(step.operation(expected))
        np.testing.assert_allclose(maps[name], expected[0], rtol=1e-5, atol=1e-6)


def test_what_follows_is_named():
    probe = Probe(zoo.separable())
    followers = {name: [s.name for s in probe.following(name)] for name in probe.convolutions}
    assert followers == {"depthwise": ["normal", "cut"], "separable": [], "grouped": ["leak"]}
    assert Probe(zoo.branching()).following("long_1")[0].kind == "ReLU"
    assert Probe(zoo.branching()).following("stem") == []  # two steps use it: which is its own?


def test_peaks_are_the_extremes_of_the_maps(probe):
    pictures = np.stack([picture_for(probe, seed) for seed in range(4)])
    peaks = probe.peaks(pictures)
    for name, peak in peaks.items():
        maps = np.stack([probe.look(picture)[0][name] for picture in pictures])
        np.testing.assert_allclose(peak.high, maps.max(axis=(1, 2)), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(peak.low, maps.min(axis=(1, 2)), rtol=1e-5, atol=1e-6)
        n, unit = np.indices(peak.high.shape)
        there = maps[n, peak.row, peak.column, unit]
        np.testing.assert_allclose(there, peak.high, rtol=1e-5, atol=1e-6)


def test_peaks_of_many_pictures_come_in_parts():
    probe = Probe(zoo.sequential())
    pictures = np.random.default_rng(0).random((230, 20, 22, 1), np.float32)
    all_at_once, few = probe.peaks(pictures)["b"], probe.peaks(pictures[205:])["b"]
    np.testing.assert_allclose(all_at_once.high[205:], few.high, rtol=1e-5, atol=1e-6)


# --- gradients and receptive fields --------------------------------------------------------------


def test_gradients_agree_with_finite_differences():
    probe, step = Probe(zoo.branching()), 1e-2
    picture = picture_for(probe)
    slope = probe.unit_gradient(picture, "last", 2, 2, 1)
    places = np.argwhere(np.abs(slope) > np.abs(slope).max() / 3)[:6]
    for place in map(tuple, places):
        ends = []
        for sign in (1, -1):
            moved = picture.copy()
            moved[place] += sign * step
            ends.append(probe.look(moved)[0]["last"][2, 2, 1])
        measured = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(slope[place], measured, rtol=0.05, atol=1e-3)


def test_a_unit_sees_its_box_and_nothing_else(probe):
    """With weights above zero every pixel that a unit sees has a slope."""
    keep = [weight.numpy() for weight in probe.model.weights]
    probe.model.set_weights([np.abs(weight) + 0.1 for weight in keep])
    picture = picture_for(probe)
    _, sizes = probe.look(picture)
    checked = 0
    for name, place in probe.convolutions.items():
        rows, columns = sizes[place]
        for row, column in {(0, 0), (rows // 2, columns // 2), (rows - 1, columns - 1)}:
            box = receptive_box(probe.steps, place, row, column, sizes)
            slope = probe.unit_gradient(picture, name, row, column, 0)
            checked += compare(box, np.abs(slope).sum(axis=-1) > 0)
    probe.model.set_weights(keep)
    assert checked >= 1


def compare(box, seen):
    """Assert what is seen lies in the box, and fills it where all of it is inside."""
    top, left, bottom, right = box
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    inside = top >= 0 and left >= 0 and bottom <= seen.shape[0] and right <= seen.shape[1]
    assert rows[0] >= top and rows[-1] < bottom and columns[0] >= left and columns[-1] < right
    if inside:
        assert (rows[0], rows[-1] + 1, columns[0], columns[-1] + 1) == (top, bottom, left, right)
    return inside


def test_a_step_that_moves_pixels_in_unknown_ways_is_refused():
    start = keras.Input((8, 8, 2))
    turned = keras.ops.transpose(start, (0, 2, 1, 3))
    probe = Probe(keras.Model(start, layers.Conv2D(2, 3, name="c")(turned)))
    with pytest.raises(ValueError, match="Received 'transpose', of the kind Transpose, of which"):
        receptive_box(probe.steps, 1, 0, 0, probe.look(np.zeros((8, 8, 2)))[1])


# --- refusals ------------------------------------------------------------------------------------


def test_models_that_cannot_be_looked_into_are_refused():
    dense = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(2)])
    vector = keras.Sequential([keras.Input((8,)), layers.Dense(2)])
    with pytest.raises(ValueError, match="with a convolution, such as Conv2D.*Flatten, Dense"):
        Probe(dense)
    with pytest.raises(ValueError, match=r"takes pictures: \(height, width, channels\).*takes 8"):
        Probe(vector)


@pytest.mark.parametrize("shape", [(20, 22), (20, 22, 3), (21, 22, 1), (1, 20, 22, 1)])
def test_a_picture_of_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"Expected pictures of shape \(n, 20, 22, 1\).*Received"):
        Probe(zoo.sequential()).look(np.zeros(shape, np.float32))
