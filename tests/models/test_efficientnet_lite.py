"""EfficientNet-Lite0: known answers, its size, its blocks a second way, and damaged weights."""

import hashlib
import io
import pickle

import keras
import numpy as np
import pytest

from course_utils import datasets
from course_utils.by_hand.convolution import correlate, depthwise
from course_utils.errors import CourseError
from course_utils.models import efficientnet_lite
from course_utils.models.efficientnet_lite import LAYER_OF_STRIDE, STAGES, as_input
from course_utils.places import DATA

CHANNELS = {2: 16, 4: 24, 8: 40, 16: 112, 32: 320}


@pytest.fixture(scope="module")
def network():
    return efficientnet_lite.load_efficientnet_lite0()


@pytest.fixture(scope="module")
def arrays():
    """Return the shipped weights in single precision, by name."""
    shipped = datasets.verified_arrays(efficientnet_lite.SHIPPED)
    return {name: array.astype(np.float32) for name, array in shipped.items()}


# Known answers


def probabilities(network, *names):
    pictures = np.concatenate([as_input(datasets.load_photograph(name)) for name in names])
    return keras.ops.convert_to_numpy(keras.ops.softmax(network.predict(pictures, verbose=0)))


def test_it_knows_the_cat_the_espresso_and_the_tripod(network):
    classes = np.array(datasets.imagenet_classes())
    cat, coffee, camera = probabilities(network, "chelsea", "coffee", "camera")
    assert set(classes[cat.argsort()[-3:]]) == {"tabby", "tiger cat", "Egyptian cat"}
    assert cat[281:286].sum() > 0.8
    assert classes[coffee.argmax()] == "espresso" and coffee.max() > 0.9
    assert classes[camera.argmax()] == "tripod" and camera.max() > 0.9


def test_its_outputs_are_logits(network):
    assert network.output_shape == (None, 1000)
    assert network.layers[-1].activation is keras.activations.linear


# What it is made of


def test_its_parameters_are_the_published_4_65_million(network):
    """A folded normalisation has left its shift in the bias; its scale, one a channel, is gone."""
    scales = sum(layer.bias.shape[0] for layer in network.layers[:-1] if layer.weights)
    assert network.count_params() + scales == 4_652_008


def test_every_shipped_array_has_its_place(network, arrays):
    found = {}
    for layer in network.layers:
        for name, values in zip(("kernel", "bias"), layer.get_weights()):
            found[f"{layer.name}.{name}"] = values
    assert found.keys() == arrays.keys()
    assert all(np.array_equal(found[name], array) for name, array in arrays.items())


def test_the_trunk_gives_maps_at_every_stride_for_pictures_of_any_size():
    trunk = efficientnet_lite.load_efficientnet_lite0((None, None, 3), head=False)
    outputs = {stride: trunk.get_layer(name).output for stride, name in LAYER_OF_STRIDE.items()}
    maps = keras.Model(trunk.input, outputs)(np.zeros((2, 65, 130, 3), "float32"))
    for stride, channels in CHANNELS.items():
        assert maps[stride].shape == (2, -(-65 // stride), -(-130 // stride), channels)
    assert trunk.output_shape == (None, None, None, 320)


def test_the_layer_of_a_stride_is_the_last_with_maps_of_this_size(network):
    sizes = {224 // stride: name for stride, name in LAYER_OF_STRIDE.items()}
    last = {}
    for layer in network.layers:
        if layer.name.startswith("block") and layer.name.endswith(("project", "add")):
            last[layer.output.shape[1]] = layer.name
    assert last == sizes


def test_the_trunk_is_the_network_without_its_head(network):
    trunk = efficientnet_lite.load_efficientnet_lite0(head=False)
    whole = keras.Model(network.input, network.get_layer(LAYER_OF_STRIDE[32]).output)
    picture = as_input(datasets.load_photograph("rocket"))
    np.testing.assert_allclose(trunk(picture), whole(picture), atol=1e-5)


def test_another_number_of_classes():
    assert efficientnet_lite.build_efficientnet_lite0(classes=5).output_shape == (None, 5)


def test_training_changes_nothing_in_how_the_trunk_computes():
    trunk = efficientnet_lite.load_efficientnet_lite0((64, 64, 3), head=False)
    pictures = np.random.default_rng(0).random((2, 64, 64, 3), dtype=np.float32)
    np.testing.assert_array_equal(trunk(pictures, training=True), trunk(pictures))
    assert not trunk.non_trainable_weights


# The same a second way, in NumPy


def relu6(maps):
    return np.clip(maps, 0, 6)


def test_the_stem_sees_pictures_as_it_was_trained_to(network, arrays):
    """Of values 0…255 it was shown (x − 127) / 128, with zeros around them after that."""
    values = np.random.default_rng(1).integers(0, 256, (21, 30, 3))
    stem = network.get_layer("stem")
    seen = stem(network.get_layer("rescaling")(values[np.newaxis].astype("float32") / 255))
    kernel, bias = arrays["stem.kernel"], arrays["stem.bias"]
    by_hand = relu6(correlate((values - 127) / 128, kernel, bias, stride=2, padding="same"))
    np.testing.assert_allclose(seen[0], by_hand, atol=1e-4)


def block_by_hand(maps, arrays, name, stride):
    """Return what an inverted residual gives, from its arrays."""

    def weights(part):
        return arrays[f"{name}_{part}.kernel"], arrays[f"{name}_{part}.bias"]

    inner = maps
    if f"{name}_expand.kernel" in arrays:
        inner = relu6(correlate(maps, *weights("expand")))
    inner = relu6(depthwise(inner, *weights("depthwise"), stride=stride, padding="same"))
    projected = correlate(inner, *weights("project"))
    return projected + maps if projected.shape == maps.shape else projected


@pytest.mark.parametrize(
    "number, stage, stride, channels",
    [(1, 0, 1, 32), (2, 1, 2, 16), (3, 1, 1, 24), (4, 2, 2, 24), (9, 4, 1, 80)],
)
@pytest.mark.parametrize("size", [(10, 12), (7, 9)])
def test_a_block_is_what_its_formula_says(number, stage, stride, channels, size, arrays):
    name = f"block_{number}"
    start = keras.Input((*size, channels))
    end = efficientnet_lite.inverted_residual(start, STAGES[stage], stride, name)
    block = keras.Model(start, end)
    for layer in block.layers:
        if layer.weights:
            layer.set_weights([arrays[f"{layer.name}.kernel"], arrays[f"{layer.name}.bias"]])
    maps = np.random.default_rng(number).normal(size=(*size, channels)).astype(np.float32)
    by_hand = block_by_hand(maps, arrays, name, stride)
    np.testing.assert_allclose(block(maps[np.newaxis])[0], by_hand, rtol=1e-3, atol=1e-3)


# A photograph as input


def test_a_photograph_becomes_the_square_in_its_middle():
    photograph = np.zeros((100, 300, 3), np.float32)
    photograph[:, 100:200] = [0.2, 0.5, 1]
    batch = as_input(photograph, size=40)
    assert batch.shape == (1, 40, 40, 3) and batch.dtype == np.float32
    np.testing.assert_allclose(batch[0], np.broadcast_to([0.2, 0.5, 1], (40, 40, 3)), atol=1e-6)
    np.testing.assert_allclose(as_input(photograph.swapaxes(0, 1), size=40), batch, atol=1e-6)


def test_a_photograph_of_the_right_size_is_left_as_it_is():
    photograph = np.random.default_rng(2).random((224, 224, 3), dtype=np.float32)
    np.testing.assert_allclose(as_input(photograph)[0], photograph, atol=1e-6)


def test_fine_stripes_become_grey_and_not_coarse_ones():
    photograph = np.zeros((448, 448, 3), np.float32)
    photograph[:, ::2] = 1
    assert np.abs(as_input(photograph)[0, 5:-5, 5:-5] - 0.5).max() < 0.02


def test_a_grey_photograph_has_its_channel_three_times():
    batch = as_input(datasets.load_photograph("camera"))
    assert batch.shape == (1, 224, 224, 3) and 0 <= batch.min() < batch.max() <= 1
    assert np.array_equal(batch[..., 0], batch[..., 1])
    assert np.array_equal(batch[..., 0], batch[..., 2])


@pytest.mark.parametrize("shape", [(8, 8), (1, 8, 8, 3), (8, 8, 2), (8, 8, 4), ()])
def test_what_is_no_photograph_is_refused(shape):
    with pytest.raises(ValueError, match="Expected a photograph of shape .*Received") as raised:
        as_input(np.zeros(shape))
    assert str(shape) in str(raised.value)


# Weights that are not as shipped


@pytest.fixture
def other_data(tmp_path, monkeypatch):
    """Return a function that puts other bytes in the place of the weights, and lists a sum."""
    monkeypatch.setattr(datasets, "DATA", tmp_path)

    def put(content, listed):
        path = tmp_path / efficientnet_lite.SHIPPED
        path.parent.mkdir()
        if content is not None:
            path.write_bytes(content)
        (tmp_path / datasets.SUMS).write_text(f"{listed}  {efficientnet_lite.SHIPPED}\n")

    return put


def refused():
    with pytest.raises(CourseError) as raised:
        efficientnet_lite.load_efficientnet_lite0()
    sentence = str(raised.value)
    assert sentence.startswith(f"Expected data/{efficientnet_lite.SHIPPED} as the course ships it")
    assert "\n" not in sentence
    return sentence


def test_missing_weights_are_refused(other_data):
    other_data(None, "0" * 64)
    assert "no such file" in refused()


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[:-100], lambda whole: whole + b"\0", bytes.swapcase]
)
def test_damaged_weights_are_refused(damage, other_data):
    listed = datasets.read_sums(DATA / datasets.SUMS)[efficientnet_lite.SHIPPED]
    other_data(damage((DATA / efficientnet_lite.SHIPPED).read_bytes()), listed)
    assert "other content" in refused()


class Trap:
    """Unpickling it calls a function that the test can see."""

    opened = False

    def __reduce__(self):
        return setattr, (Trap, "opened", True)


def pickled_npz():
    file = io.BytesIO()
    np.savez(file, **{"stem.kernel": np.array([Trap()], dtype=object)})
    return file.getvalue()


@pytest.mark.parametrize("content", [pickled_npz(), pickle.dumps(Trap())], ids=["npz", "pickle"])
def test_pickled_objects_are_refused_even_with_a_matching_sum(content, other_data):
    Trap.opened = False
    other_data(content, hashlib.sha256(content).hexdigest())
    assert "cannot be read" in refused()
    assert not Trap.opened
