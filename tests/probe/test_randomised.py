"""Copies of a model with random layers: what is drawn, what stays, what is never changed."""

import keras
import numpy as np
import pytest
import zoo
from keras import layers

from course_utils.models.graph import steps_of
from course_utils.probe import randomised
from course_utils.probe.randomised import layers_with_weights


@pytest.fixture(params=zoo.MODELS, ids=lambda make: make.__name__)
def model(request):
    keras.utils.set_random_seed(1)
    made = request.param()
    chance = np.random.default_rng(0)
    made.set_weights([weight + chance.random(weight.shape) for weight in made.get_weights()])
    return made


def picture_for(model):
    return np.random.default_rng(0).random((1, *model.input_shape[1:]), np.float32)


def weights_by_layer(model):
    """Return {name: weights} of the layers, by a walk of its own."""
    operations = {step.name.partition(" (use")[0]: step.operation for step in steps_of(model)}
    return {
        name: [np.asarray(weight) for weight in one.weights]
        for name, one in operations.items()
        if getattr(one, "weights", None)
    }


def changed(model, other):
    """Return the names of the layers whose weights are not all the same."""
    ours, theirs = weights_by_layer(model), weights_by_layer(other)
    return {
        name for name in ours
        if any((a != b).any() for a, b in zip(ours[name], theirs[name], strict=True))
    }  # fmt: skip


def test_without_random_layers_it_is_a_copy(model):
    copy = randomised(model, 0, seed=0)
    assert copy is not model and changed(model, copy) == set()
    np.testing.assert_allclose(copy(picture_for(model)), model(picture_for(model)), rtol=1e-5)
    assert not {id(one) for one in copy.weights} & {id(one) for one in model.weights}


def test_the_last_layers_are_random_and_the_others_stay(model):
    names = layers_with_weights(model)
    assert set(names) == set(weights_by_layer(model)) and len(set(names)) == len(names)
    for count in {1, 2, len(names)}:
        copy = randomised(model, count, seed=4)
        assert changed(model, copy) == set(names[len(names) - count :])
        assert np.isfinite(np.asarray(copy(picture_for(model)))).all()


def test_the_model_is_never_changed(model):
    before, nodes = model.get_weights(), [len(one._inbound_nodes) for one in model.layers]
    answer = np.asarray(model(picture_for(model)))
    copy = randomised(model, len(layers_with_weights(model)), seed=0)
    copy(picture_for(model))
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert [len(one._inbound_nodes) for one in model.layers] == nodes
    np.testing.assert_array_equal(model(picture_for(model)), answer)


def test_a_seed_gives_the_same_weights_and_more_layers_keep_them(model):
    count = len(layers_with_weights(model))
    one, again = randomised(model, count, seed=2), randomised(model, count, seed=2)
    assert changed(one, again) == set()
    fewer = randomised(model, 1, seed=2)
    assert layers_with_weights(model)[-1] not in changed(one, fewer)
    assert changed(one, randomised(model, count, seed=3))


def test_the_global_state_of_chance_is_left_alone():
    model = zoo.sequential()
    keras.utils.set_random_seed(0)
    expected = np.random.random(), keras.random.uniform(())
    keras.utils.set_random_seed(0)
    drawn = randomised(model, 3, seed=0).get_weights()
    assert len(drawn) == 8 and np.random.random() == expected[0]


def test_weights_are_drawn_by_the_layers_own_initialisers():
    model = keras.Sequential([
        keras.Input((9, 9, 1)),
        layers.Conv2D(40, 3, kernel_initializer=keras.initializers.RandomUniform(2, 3, seed=1)),
        layers.DepthwiseConv2D(3, depthwise_initializer="ones"), layers.BatchNormalization(),
        layers.Flatten(),
        layers.Dense(2, kernel_initializer="ones", bias_initializer=keras.initializers.Constant(7)),
    ])  # fmt: skip
    model.set_weights([np.full(weight.shape, 0.5) for weight in model.get_weights()])
    kernel, bias, *others, dense, shift = randomised(model, 4, seed=0).get_weights()
    assert kernel.min() >= 2 and kernel.max() <= 3 and len(np.unique(kernel)) == kernel.size
    assert [set(part.ravel()) for part in (bias, *others)] == [{0}, {1}, {0}, {1}, {0}, {0}, {1}]
    assert set(dense.ravel()) == {1} and set(shift) == {7}


@keras.saving.register_keras_serializable("tests")
class Scale(keras.layers.Layer):
    """A layer that says nothing of how its weights start."""

    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],), name="factor")

    def call(self, values):
        return values * self.factor


def test_weights_of_unknown_beginnings_are_shuffled_and_settings_stay():
    setting = layers.Normalization(mean=[0.5], variance=[4.0])
    model = keras.Sequential([
        keras.Input((9, 9, 1)), setting, layers.Conv2D(9, 3, name="c"), Scale(name="s"),
        layers.GlobalMaxPooling2D(),
    ])  # fmt: skip
    assert layers_with_weights(model) == ["c", "s"]
    model.get_layer("s").set_weights([np.arange(9.0)])
    (found,) = randomised(model, 1, seed=0).get_layer("s").get_weights()
    assert sorted(found) == list(range(9)) and found.tolist() != list(range(9))


SHIFT = 0.25


def test_a_lambda_is_copied_with_what_it_knows_of_the_notebook():
    inner = keras.Sequential([keras.Input((7, 7, 2)), layers.Lambda(lambda maps: maps + SHIFT)])
    model = keras.Sequential([
        keras.Input((9, 9, 1)), layers.Conv2D(2, 3), inner, layers.GlobalMaxPooling2D(),
    ])  # fmt: skip
    picture = picture_for(model)
    np.testing.assert_allclose(randomised(model, 0, seed=0)(picture), model(picture), rtol=1e-5)


class Closed(keras.layers.Layer):
    """A layer that does not tell its settings."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, values):
        return values * self.factor


def test_a_layer_that_cannot_be_copied_is_refused():
    model = keras.Sequential([keras.Input((9, 9, 1)), layers.Conv2D(2, 3), Closed(2)])
    with pytest.raises(ValueError, match=r"^Expected .*can be copied\. Received .*get_config"):
        randomised(model, 0, seed=0)


@pytest.mark.parametrize("count", [-1, 5, 1.0, "2", None, True])
def test_a_number_of_layers_that_there_are_not_is_refused(count):
    with pytest.raises(ValueError, match=r"^Expected from 0 to 4 layers, .*\. Received .*\.$"):
        randomised(zoo.sequential(), count, seed=0)
