"""models.layer_table: what a layer is, what leaves it, what it holds; Keras is the oracle."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers

from course_utils.models.layer_table import LayerRow, layer_rows


def sequential(*parts, shape=(28, 28, 1)):
    return keras.Sequential([keras.Input(shape), *parts])


def one(layer, shape=(28, 28, 3)):
    """Return the row of a single layer."""
    rows = layer_rows(sequential(layer, shape=shape))
    assert len(rows) == 2
    return rows[1]


SNIPPET = [
    layers.Conv2D(32, 3, activation="relu", name="convolution"),
    layers.MaxPooling2D(2, name="pooling"),
    layers.Flatten(name="flatten"),
    layers.Dense(10, activation="softmax", name="classes"),
]


def test_the_well_known_snippet():
    assert layer_rows(sequential(*SNIPPET)) == (
        LayerRow("input", "Input", "", (28, 28, 1), 0),
        LayerRow("convolution", "Conv2D", "32 filters 3 × 3, relu", (26, 26, 32), 320),
        LayerRow("pooling", "MaxPooling2D", "2 × 2", (13, 13, 32), 0),
        LayerRow("flatten", "Flatten", "", (5408,), 0),
        LayerRow("classes", "Dense", "10 units, softmax", (10,), 54090),
    )


# --- what a layer is set to ----------------------------------------------------------------------

DETAILS = [
    (layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
     "16 filters 3 × 3, stride 2, same, relu"),
    (layers.Conv2D(1, (1, 5), strides=(1, 2), use_bias=False),
     "1 filter 1 × 5, stride 1 × 2, no bias"),
    (layers.Conv2D(6, 3, dilation_rate=2, groups=3), "6 filters 3 × 3, dilation 2, 3 groups"),
    (layers.Conv2D(6, 3, activation=layers.LeakyReLU()), "6 filters 3 × 3, LeakyReLU"),
    (layers.Conv2D(6, 3, activation=keras.activations.gelu), "6 filters 3 × 3, gelu"),
    (layers.Conv2D(6, 3, activation=lambda x: 2 * x), "6 filters 3 × 3, lambda"),
    (layers.Conv2DTranspose(2, 4, strides=2), "2 filters 4 × 4, stride 2"),
    (layers.SeparableConv2D(8, 3, activation="relu"), "8 filters 3 × 3, relu"),
    (layers.SeparableConv2D(8, 3, depth_multiplier=2), "8 filters 3 × 3, 2 maps of each channel"),
    (layers.DepthwiseConv2D(3), "1 filter 3 × 3 for each channel"),
    (layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same"),
     "2 filters 3 × 3 for each channel, same"),
    (layers.MaxPooling2D(2), "2 × 2"),
    (layers.MaxPooling2D(3, strides=2, padding="same"), "3 × 3, stride 2, same"),
    (layers.AveragePooling2D((2, 4)), "2 × 4"),
    (layers.GlobalAveragePooling2D(), ""),
    (layers.GlobalMaxPooling2D(keepdims=True), ""),
    (layers.Flatten(), ""),
    (layers.Dense(1, use_bias=False, activation="tanh"), "1 unit, no bias, tanh"),
    (layers.Dropout(0.25), "rate 0.25"),
    (layers.SpatialDropout2D(0.5), "rate 0.5"),
    (layers.GaussianNoise(0.1), "spread 0.1"),
    (layers.GaussianDropout(0.1), "rate 0.1"),
    (layers.BatchNormalization(), ""),
    (layers.LayerNormalization(), ""),
    (layers.Activation("relu"), "relu"),
    (layers.ReLU(), ""),
    (layers.Softmax(), ""),
    (layers.Rescaling(1 / 255), "× 0.00392"),
    (layers.Rescaling(2, offset=-1), "× 2 − 1"),
    (layers.Rescaling(2, offset=0.5), "× 2 + 0.5"),
    (layers.Rescaling([1.0, 2.0, 3.0]), "each channel its own"),
    (layers.RandomTranslation(0.1, 0.05), "height ±0.1, width ±0.05"),
    (layers.RandomTranslation((-0.1, 0.2), 0.05), "height −0.1 to 0.2, width ±0.05"),
    (layers.RandomRotation(0.1), "±0.1"),
    (layers.RandomZoom(0.2), "±0.2"),
    (layers.RandomFlip(), ""),
    (layers.Reshape((28, 84)), "to 28 × 84"),
    (layers.Reshape((-1, 3)), "to any × 3"),
    (layers.ZeroPadding2D(), "1 on each side"),
    (layers.ZeroPadding2D(((1, 0), (2, 0))), "1 above, 0 below, 2 left, 0 right"),
    (layers.UpSampling2D(2), "× 2"),
    (layers.UpSampling2D((1, 3)), "× 1 × 3"),
]  # fmt: skip


@pytest.mark.parametrize("layer, said", DETAILS, ids=lambda part: getattr(part, "name", part))
def test_a_layers_settings_in_words(layer, said):
    model = sequential(layer, shape=(28, 28, 3))
    row = layer_rows(model)[1]
    assert (row.kind, row.detail) == (type(layer).__name__, said)
    assert row.shape == model.output_shape[1:]
    assert row.parameters == model.count_params()


def test_sequences_and_vectors_have_shapes_too():
    row = one(layers.Conv1D(4, 3, name="c"), (20, 2))
    assert row == LayerRow("c", "Conv1D", "4 filters 3", (18, 4), 28)
    assert one(layers.Dense(3), (7,)).shape == (3,)


# --- shapes and parameters are Keras' own --------------------------------------------------------


def every_kind():
    """Return a network with all kinds of layers, some in models inside the model."""
    block = keras.Sequential([
        layers.Conv2D(4, 3, padding="same", use_bias=False), layers.BatchNormalization(),
        layers.ReLU(), keras.Sequential([layers.DepthwiseConv2D(3), layers.Activation("relu")]),
    ])  # fmt: skip
    return sequential(
        layers.Rescaling(1 / 255), layers.RandomTranslation(0.1, 0.1), block, layers.Dropout(0.5),
        layers.SeparableConv2D(6, 3), layers.ZeroPadding2D(1), layers.UpSampling2D(2),
        layers.AveragePooling2D(2), layers.MaxPooling2D(2), layers.Conv2D(5, 1),
        layers.GlobalAveragePooling2D(), layers.Reshape((5, 1)), layers.Flatten(),
        layers.Dense(10),
    )  # fmt: skip


def leaves(model):
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from leaves(layer)
        else:
            yield layer


def test_each_layer_gives_what_the_table_says():
    model = every_kind()
    rows = layer_rows(model)
    values = np.zeros((2, 28, 28, 1), "float32")
    for layer, row in zip(leaves(model), rows[1:], strict=True):
        values = np.asarray(layer(values))
        assert (row.name, row.shape) == (layer.name, values.shape[1:])
        assert row.parameters == sum(int(np.prod(weight.shape)) for weight in layer.weights)
    assert sum(row.parameters for row in rows) == model.count_params()


def test_inner_models_are_taken_apart_also_when_they_have_a_shape_of_their_own():
    inner = sequential(layers.Conv2D(2, 3), layers.MaxPooling2D(2), shape=(None, None, 1))
    rows = layer_rows(sequential(inner, layers.Flatten(), layers.Dense(1)))
    assert [row.kind for row in rows] == ["Input", "Conv2D", "MaxPooling2D", "Flatten", "Dense"]
    assert [row.shape for row in rows[1:3]] == [(26, 26, 2), (13, 13, 2)]


def test_a_linear_functional_model():
    start = keras.Input((8, 8, 3))
    maps = keras.ops.relu(layers.Conv2D(4, 3, name="c")(start)) / 2
    model = keras.Model(start, layers.Dense(3)(layers.Flatten()(every_part(maps))))
    rows = layer_rows(model)
    assert [row.kind for row in rows][:3] == ["Input", "Conv2D", "Relu"]
    assert rows[2].shape == (6, 6, 4) and rows[-1].shape == (3,)
    assert sum(row.parameters for row in rows) == model.count_params()


def every_part(maps):
    return keras.Sequential([layers.Conv2D(2, 1), layers.ReLU()])(maps)


def test_a_layer_that_stands_twice_has_its_weights_once():
    shared = layers.Dense(4)
    start = keras.Input((4,))
    model = keras.Model(start, shared(shared(start)))
    assert [row.parameters for row in layer_rows(model)] == [0, 20, 0]
    assert model.count_params() == 20


def test_any_size_of_picture_is_none():
    rows = layer_rows(sequential(layers.Conv2D(2, 3), shape=(None, None, 3)))
    assert [row.shape for row in rows] == [(None, None, 3), (None, None, 2)]


def test_a_model_that_was_built_by_its_first_batch():
    model = keras.Sequential([layers.Conv2D(2, 3), layers.Flatten()])
    model(np.zeros((1, 5, 5, 1), "float32"))
    assert [row.shape for row in layer_rows(model)] == [(5, 5, 1), (3, 3, 2), (18,)]


def test_the_model_itself_is_left_alone():
    model = every_kind()
    before = [weight.numpy() for weight in model.weights]
    assert layer_rows(model) == layer_rows(model)
    for old, new in zip(before, model.weights, strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_row_cannot_be_changed():
    with pytest.raises(AttributeError):
        layer_rows(sequential(*SNIPPET))[0].parameters = 3


# --- what is no sequence of layers ---------------------------------------------------------------


def branching():
    start = keras.Input((8, 8, 1))
    return keras.Model(start, layers.Add()([layers.Conv2D(1, 1)(start), start]))


def two_outputs():
    start = keras.Input((8,))
    return keras.Model(start, [layers.Dense(1)(start), layers.Dense(2)(start)])


def two_inputs():
    one, other = keras.Input((8,)), keras.Input((8,))
    return keras.Model([one, other], layers.Add()([one, other]))


class Own(keras.Model):
    def call(self, values):
        return values


NO_SEQUENCE = {
    "not built": (lambda: keras.Sequential([layers.Dense(1)]), "built.*keras.Input"),
    "empty": (keras.Sequential, "built"),
    "of one's own class": (Own, "built"),
    "a branch": (branching, "follow one another. Received 'add.*' with 2 inputs"),
    "a branch inside": (lambda: sequential(branching(), shape=(8, 8, 1)), "with 2 inputs"),
    "two outputs": (two_outputs, "1 inputs, 2 outputs"),
    "two inputs": (two_inputs, "2 inputs, 1 outputs"),
    "a layer": (lambda: layers.Dense(1), "a Keras model. Received Dense"),
    "a list": (list, "a Keras model. Received list"),
    "nothing": (lambda: None, "a Keras model. Received NoneType"),
}


@pytest.mark.parametrize("make, said", NO_SEQUENCE.values(), ids=NO_SEQUENCE)
def test_what_is_no_sequence_of_layers_is_refused(make, said):
    with pytest.raises(ValueError, match=f"(?s)Expected.*{said}") as caught:
        layer_rows(make())
    assert "\n" not in str(caught.value)


def test_the_table_itself_loads_no_keras():
    code = (
        "import sys; import course_utils.models, course_utils.models.layer_table\n"
        "print([m for m in ('keras', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
