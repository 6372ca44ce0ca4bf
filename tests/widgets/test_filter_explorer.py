"""FilterExplorer: on models of all shapes, and down to the arithmetic of one unit."""

import sys
from pathlib import Path

import keras
import live
import numpy as np
import pytest
from keras import layers

sys.path.append(str(Path(__file__).parents[1] / "probe"))
import zoo

from course_utils import datasets
from course_utils.draw.style import number
from course_utils.widgets import ConvStepper, FilterExplorer, filter_views


def pictures_for(model, count=5, seed=0):
    shape = model.input_shape[1:]
    return np.random.default_rng(seed).random((count, *shape), np.float32)


@pytest.fixture(params=zoo.MODELS, ids=lambda make: make.__name__, scope="module")
def model(request):
    keras.utils.set_random_seed(5)
    return request.param()


@pytest.fixture
def explorer():
    keras.utils.set_random_seed(6)
    model = zoo.sequential()
    return FilterExplorer(model, pictures_for(model))


# --- any model -----------------------------------------------------------------------------------


def test_every_layer_of_every_model_is_shown(model):
    explorer = FilterExplorer(model, pictures_for(model))
    for layer in explorer.probe.convolutions:
        explorer.set(layer=layer, filter=1)
        assert explorer.draw(explorer.data, explorer.state).png()
        views = explorer.views(explorer.data, explorer.state)
        assert all("<img" in view for view in views.values())
        assert layer in explorer.description and "filter 1" in explorer.description


def test_a_unit_lands_in_the_stepper_with_its_own_value(model):
    """The sum that ConvStepper shows, with what follows it, is the value in the feature map."""
    explorer = FilterExplorer(model, pictures_for(model))
    landed = 0
    for layer, place in explorer.probe.convolutions.items():
        rows, columns, count = explorer.set(layer=layer).data.maps.shape
        for row, column, unit in [(0, 0, 0), (rows - 1, columns // 2, count - 1)]:
            explorer.set(filter=unit, row=row, column=column)
            operation = explorer.probe.steps[place].operation
            uneven = len(set(operation.strides)) > 1 or len(set(operation.dilation_rate)) > 1
            if isinstance(operation, layers.Conv2DTranspose) or uneven:
                with pytest.raises(ValueError, match="^Expected .* Received "):
                    explorer.stepper()
                continue
            stepper = explorer.stepper()
            value = stepper.data.value if stepper.then is None else stepper.data.outcome
            assert value == pytest.approx(explorer.data.value, rel=1e-4, abs=1e-5)
            assert (stepper.state.row, stepper.state.column) == (row, column)
            landed += 1
    assert landed or model.name


def test_the_best_patches_are_the_highest_places(explorer):
    explorer.set(layer="b", filter=2)
    values = [value for *_, value in explorer.data.best]
    assert values == sorted(values, reverse=True) and len(values) == 5
    for picture, row, column, value in explorer.data.best:
        maps = explorer.probe.look(explorer.images[picture])[0]["b"][..., 2]
        assert value == pytest.approx(maps.max()) == maps[row, column]


def test_a_patch_is_cut_from_its_picture(explorer):
    """A unit of the first layer sees 5 × 5 pixels, two apart."""
    picture, row, column, _ = explorer.data.best[0]
    patch = filter_views.patches(explorer.network, explorer.data, explorer.state)[0]
    expected = explorer.images[picture, 2 * row :, 2 * column :, 0][:5, :5]
    np.testing.assert_array_equal(patch[..., 0], (expected * 255).round().astype(np.uint8))


# --- colours, dead filters, checkpoints -----------------------------------------------------------


def test_colours_go_by_the_map_the_layer_or_all(explorer):
    everything, _ = explorer.probe.look(explorer.images[0])
    each = explorer.data.limit
    np.testing.assert_allclose(each, everything["a"].max(axis=(0, 1)), rtol=1e-5)
    assert explorer.set(normalise="this layer").data.limit == pytest.approx(everything["a"].max())
    largest = max(np.abs(maps).max() for maps in everything.values())
    assert explorer.set(normalise="all layers").data.limit == pytest.approx(largest)
    assert "all layers" in explorer.description and "all layers" in live.readout(explorer)


def test_dead_filters_are_counted_and_crossed():
    model = zoo.sequential()
    kernel, bias = model.get_layer("a").get_weights()
    kernel[..., 1], bias[1] = -1, -1
    kernel[..., 3], bias[3] = 0, 2  # the same everywhere: it says nothing either
    model.get_layer("a").set_weights([kernel, bias])
    explorer = FilterExplorer(model, pictures_for(model))
    assert explorer.data.dead == (1, 3)
    assert "2 of 4 filters are dead: their maps never vary (1, 3)." in live.readout(explorer)
    explorer.set(filter=1)
    assert explorer.data.value == 0 and explorer.draw(explorer.data, explorer.state).png()


def test_checkpoints_are_other_weights_of_the_same_model():
    model = zoo.sequential()
    pictures = pictures_for(model)
    start = model.get_weights()
    zeros = [np.zeros_like(weight) for weight in start]
    explorer = FilterExplorer(model, pictures, checkpoints={"nothing": zeros, "start": start})
    assert explorer.labels == ["nothing", "start", "as it is now"]
    now = explorer.data.maps
    assert "as it is now" in explorer.description
    explorer.set(checkpoint=0)
    assert explorer.data.maps.max() == 0 and len(explorer.data.dead) == 4
    assert "Weights: nothing." in live.readout(explorer)
    explorer.set(checkpoint=1)
    np.testing.assert_array_equal(explorer.data.maps, now)
    slider = live.find(explorer, "Checkpoint")
    slider.value = 0
    assert explorer.state.checkpoint == 0
    for weight, before in zip(model.get_weights(), start):
        np.testing.assert_array_equal(weight, before)


def test_a_checkpoint_seen_before_has_its_own_kernels_again():
    model = zoo.sequential()
    zeros = [np.zeros_like(weight) for weight in model.get_weights()]
    explorer = FilterExplorer(model, pictures_for(model), checkpoints={"nothing": zeros})
    kernels = explorer.data.kernels
    for checkpoint, expected in [(0, np.zeros_like(kernels)), (1, kernels)] * 2:
        np.testing.assert_array_equal(explorer.set(checkpoint=checkpoint).data.kernels, expected)
        assert np.ptp(explorer.stepper().state.kernel) == np.ptp(expected[0])


def test_what_the_model_learns_later_does_not_change_what_is_shown(explorer):
    model = zoo.sequential()
    seen = FilterExplorer(model, pictures_for(model))
    before = seen.data.maps
    model.set_weights([weight * 0 for weight in model.get_weights()])
    np.testing.assert_array_equal(seen.set(picture=1).set(picture=0).data.maps, before)


# --- pointing, buttons, the stepper below --------------------------------------------------------


def test_places_pointed_at(explorer):
    explorer.live()
    explorer.picked("map", 0.99, 0.01)
    rows, columns = explorer.data.maps.shape[:2]
    assert (explorer.state.row, explorer.state.column) == (0, columns - 1)
    explorer.picked("maps", 0.5, 0.01)
    explorer.picked("kernels", 0.99, 0.5)
    assert explorer.state.filter == 3
    before = explorer.state
    explorer.picked("kernels", 1.0, 1.0)  # whatever is there
    picture, row, column, _ = explorer.data.best[2]
    explorer.picked("best2", 0.5, 0.5)
    assert (explorer.state.picture, explorer.state.row, explorer.state.column) == (
        picture, row, column)  # fmt: skip
    assert explorer.state.layer == before.layer


def test_slices_of_a_deep_kernel_are_no_filters(explorer):
    explorer.set(layer="b", filter=4)
    explorer.picked("kernels", 0.01, 0.01)
    assert explorer.state.filter == 4
    assert "the 4 slices of the kernel of filter 4" in explorer.description


def test_the_stepper_below_follows_and_leaves(explorer):
    explorer.live()
    live.press(explorer, "Step through this unit")
    assert isinstance(explorer.inset, ConvStepper)
    assert explorer.inset.live() in list(live.walk(explorer.live()))
    below = explorer.inset
    explorer.set(row=1, column=2)
    assert explorer.inset is below and (below.state.row, below.state.column) == (1, 2)
    assert below.data.outcome == pytest.approx(explorer.data.value, abs=1e-5)
    explorer.set(filter=2)
    assert explorer.inset is None
    assert below.live() not in list(live.walk(explorer.live()))


def test_buttons(explorer):
    live.press(explorer, "Previous filter")
    assert explorer.state.filter == 3
    live.press(explorer, "Next filter")
    assert explorer.state.filter == 0
    explorer.set(row=0, column=0)
    live.press(explorer, "Strongest place")
    maps = explorer.data.maps[..., 0]
    assert explorer.data.value == maps.max()


def test_a_new_layer_brings_its_own_places(explorer):
    explorer.set(layer="b", filter=5)
    explorer.set(layer="a")
    assert explorer.state.filter == 3
    row, column = live.find(explorer, "Row"), live.find(explorer, "Column")
    assert (row.max, column.max) == tuple(size - 1 for size in explorer.data.maps.shape[:2])
    assert number(explorer.data.value) in live.readout(explorer)


# --- what is taken, and what is refused -----------------------------------------------------------


def test_pictures_with_and_without_a_channel_and_one_alone():
    model = zoo.sequential()
    pictures = pictures_for(model)
    whole = FilterExplorer(model, pictures).data.maps
    for same in (pictures[..., 0], pictures[0], pictures[0, ..., 0], pictures.tolist()):
        np.testing.assert_allclose(FilterExplorer(model, same).data.maps, whole, rtol=1e-5)


REFUSED = {
    "shape": (dict(images=np.zeros((2, 9, 9, 1))), r"shape \(n, 20, 22, 1\).*Received shape"),
    "flat": (dict(images=np.zeros(9)), "Expected pictures of shape"),
    "none": (dict(images=np.zeros((0, 20, 22, 1))), "Expected at least one picture. Received"),
    "NaN": (dict(images=np.full((1, 20, 22, 1), np.nan)), "Expected finite numbers as images"),
    "layer": (dict(layer="pool"), "Expected layer as one of a, b, c. Received 'pool'."),
    "filter": (dict(filter=4), "Expected filter from 0 to 3. Received 4."),
    "normalise": (dict(normalise="map"), "one of each map, this layer, all layers. Received 'map'"),
    "weights": (dict(checkpoints={"a": [1]}), "Expected checkpoint 'a' as model.get_weights"),
    "list": (dict(checkpoints={"a": None}), "Received something else"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_looked_at_is_refused_in_a_sentence(case):
    change, sentence = REFUSED[case]
    model = zoo.sequential()
    with pytest.raises(ValueError, match=sentence):
        FilterExplorer(model, **{"images": pictures_for(model), **change})


def test_a_model_without_convolutions_is_refused():
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(2)])
    with pytest.raises(ValueError, match="with a convolution, such as Conv2D"):
        FilterExplorer(model, np.zeros((1, 8, 8, 1)))


def test_a_frame_stays_small_and_kept_maps_are_few():
    model = keras.Sequential([
        keras.Input((160, 160, 3)), layers.Conv2D(48, 3, activation="relu", name="many"),
    ])  # fmt: skip
    photograph = datasets.load_photograph("coffee")
    pictures = [photograph[start : start + 160, 200:360] for start in range(0, 240, 30)]
    explorer = FilterExplorer(model, pictures)
    for picture in range(8):
        explorer.set(picture=picture)
    views = explorer.views(explorer.data, explorer.state)
    assert max(len(view) for view in views.values()) < 60_000
    assert len(explorer.network._seen) <= 4
