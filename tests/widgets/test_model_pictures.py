"""Pictures in the range that a network was trained on: it gets them as they are."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from keras import layers

sys.path.append(str(Path(__file__).parents[1] / "probe"))
import zoo

from course_utils.widgets import (
    Attribution,
    ErrorExplorer,
    FeatureVisualisation,
    FilterExplorer,
    ReceptiveField,
    filter_views,
)
from course_utils.widgets.model_pictures import Tones, tones_of

# How pictures of 0…1 are turned into what a network was trained on: (factor, shift, words).
RANGES = {
    "bytes": (255, 0, "black is 0, white 255"),
    "around 0": (2, -1, "black is −1, white 1"),
    "standardised": (5, -1.5, "black is −1.5, white 3.5"),
}


def pictures():
    """Four pictures whose darkest and brightest pixels are 0 and 1."""
    found = np.random.default_rng(3).random((4, 20, 22, 1), np.float32)
    found[0, 0, 0], found[1, 5, 5] = 0, 1
    return found


@pytest.fixture(scope="module")
def usual():
    keras.utils.set_random_seed(4)
    return zoo.sequential()


@pytest.fixture(params=RANGES, scope="module")
def other(request, usual):
    """(a network that knows no other pictures than those of a range, these, and the words)"""
    factor, shift, words = RANGES[request.param]
    undo = layers.Rescaling(1 / factor, -shift / factor)
    network = keras.Sequential([keras.Input((20, 22, 1)), undo, *zoo.sequential().layers])
    network.set_weights(usual.get_weights())
    return network, pictures() * factor + shift, words


def filters(network, images):
    explorer = FilterExplorer(network, images, layer="b", filter=2)
    data, state = explorer.data, explorer.state
    return explorer, [data.maps, *filter_views.patches(explorer.network, data, state)]


def field(network, images):
    explorer = ReceptiveField(network, images, layer="b", row=2, column=3)
    data = explorer.data
    return explorer, [data.picture, data.map, data.slope * np.ptp(images)]


def attribution(network, images):
    explorer = Attribution(network, images[0], ("Grad-CAM", "occlusion"))
    explorer.set(target=1, cover="grey")
    return explorer, [explorer._picture, *explorer.data.maps.values()]


def errors(network, images):
    chances = np.random.default_rng(5).dirichlet(np.ones(3), len(images))
    explorer = ErrorExplorer([0, 1, 2, 0], chances, images).largest_confusion()
    return explorer, [explorer.images]


def ascent(network, images):
    explorer = FeatureVisualisation(network, "b", 1, images=images, decay=True, steps=3)
    shown = [explorer.tones.shares(picture) for picture in explorer.data.pictures]
    return explorer, [*shown, *explorer.data.scores]


@pytest.mark.parametrize("make", [filters, field, attribution, errors, ascent])
def test_an_explorer_shows_the_same_of_the_same_in_another_range(make, usual, other, monkeypatch):
    monkeypatch.setenv("COURSE_HEADLESS", "1")  # then an ascent has gone all its steps
    network, images, words = other
    (one, expected), (two, found) = make(usual, pictures()), make(network, images)
    for first, second in zip(expected, found, strict=True):
        most = 1 if first.dtype == np.uint8 else 1e-3 * max(np.abs(first).max(), 1)
        assert np.abs(first.astype(float) - second).max() <= most
    assert two.description == one.description + f" In what is shown of the pictures {words}."
    said = [*two.views(two.data, two.state).values(), two.readout(two.data, two.state)]
    assert any(words in part for part in said)
    assert two.draw(two.data, two.state).png()


def test_a_network_gets_the_very_numbers():
    seen = FilterExplorer(zoo.sequential(), 300 * pictures() - 20)
    np.testing.assert_array_equal(seen.images, 300 * pictures() - 20)
    assert not seen.images.flags.writeable


@pytest.mark.parametrize("values, black, white", [
    ([0, 1], 0, 1), ([0.2, 0.3], 0, 1), ([0, 0], 0, 1), ([-1e-6, 1 + 1e-6], 0, 1),
    ([0, 255], 0, 255), ([30, 200], 0, 255), ([0, 1.5], 0, 1.5), ([-1, 1], -1, 1),
    ([-0.4, 0.7], -1, 1), ([-0.1, 0.1], -0.1, 0.1), ([-2, 3], -2, 3), ([7, 7], 7, 8),
    ([0, 300], 0, 300), ([-255, 0], -255, 0),
])  # fmt: skip
def test_tones_are_those_of_the_usual_range_or_of_the_values(values, black, white):
    assert tones_of(np.array(values)) == Tones(black, white)
    assert bool(Tones(black, white).words) == ((black, white) != (0, 1))


@given(arrays(np.float32, 5, elements=st.floats(-1e4, 1e4, width=32)))
def test_every_value_gets_a_tone_in_order(values):
    tones = tones_of(values)
    shares = tones.shares(values)
    assert shares.min() >= 0 and shares.max() <= 1 and tones.low < tones.high
    order = np.argsort(values, kind="stable")
    assert (np.diff(shares[order]) >= 0).all()
    assert np.allclose(tones.at(shares.astype(float)), values, atol=1e-3 * (tones.high - tones.low))


@pytest.mark.parametrize("values", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_has_no_tone(values):
    with pytest.raises(ValueError, match="^Expected finite numbers as images. Received NaN"):
        tones_of(np.array([0, values]))
