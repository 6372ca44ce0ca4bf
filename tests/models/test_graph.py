"""Steps of models of all shapes, against what the models themselves compute."""

import keras
import numpy as np
import pytest
from keras import layers

from course_utils.models.graph import INPUT, run_steps, steps_of


def branching():
    """An inner model and a shared layer, each used twice, operators, an addition, a joining."""
    inner = keras.Sequential(
        [keras.Input((14, 14, 8)), layers.Conv2D(8, 3, padding="same", name="c")], name="inner"
    )
    shared = layers.Conv2D(8, 3, padding="same", name="shared")
    start = keras.Input((28, 28, 1))
    stem = layers.Conv2D(8, 3, 2, padding="same", name="stem")(start)
    one, other = inner(inner(stem)), shared(shared(stem))
    both = layers.Add(name="sum")([one, other]) * 2 + 1
    both = layers.Concatenate(name="join")([keras.ops.relu(both), other])
    end = layers.Dense(3, name="scores")(layers.GlobalAveragePooling2D(name="mean")(both))
    return keras.Model(start, end, name="branching")


def test_each_use_of_each_layer_is_a_step_after_its_sources():
    steps = steps_of(branching())
    names = [step.name for step in steps]
    assert names[:6] == ["stem", "inner/c", "inner/c (use 2)", "shared", "shared (use 2)", "sum"]
    sources = {step.name: [names[s] if s != INPUT else "" for s in step.sources] for step in steps}
    assert sources["stem"] == [""] and sources["inner/c (use 2)"] == ["inner/c"]
    assert sources["sum"] == ["inner/c (use 2)", "shared (use 2)"]
    assert sources["join"] == ["relu", "shared (use 2)"] and names[-1] == "scores"
    assert all(source < place for place, step in enumerate(steps) for source in step.sources)
    assert steps[0].shape == (14, 14, 8) and steps[0].kind == "Conv2D"


def test_the_last_step_gives_what_the_model_gives():
    model = branching()
    images = np.random.default_rng(0).random((3, 28, 28, 1), np.float32)
    values = run_steps(steps_of(model), images)
    np.testing.assert_allclose(values[-1], model(images), rtol=1e-5, atol=1e-6)
    twice = model.get_layer("shared")(model.get_layer("shared")(values[0]))
    np.testing.assert_allclose(values[4], twice, rtol=1e-5, atol=1e-6)


def test_layers_that_only_train_do_nothing_here():
    model = keras.Sequential([
        keras.Input((8, 8, 1)), layers.RandomTranslation(0.5, 0.5), layers.Conv2D(2, 3),
        layers.BatchNormalization(), layers.Dropout(0.9), layers.Flatten(), layers.Dense(2),
    ])  # fmt: skip
    images = np.random.default_rng(0).random((2, 8, 8, 1), np.float32)
    values = run_steps(steps_of(model), images)
    np.testing.assert_array_equal(values[0], images)
    np.testing.assert_allclose(values[-1], model(images, training=False), rtol=1e-5, atol=1e-6)


def test_a_deep_model_is_no_trouble():
    model = keras.Sequential([keras.Input((2,)), *(layers.Identity() for _ in range(250))])
    assert len(steps_of(model)) == 250


def test_models_without_a_graph_are_refused():
    unbuilt = keras.Sequential([layers.Dense(2)], name="unbuilt")
    starts = [keras.Input((2,)), keras.Input((2,))]
    two = keras.Model(starts, starts[0] + starts[1], name="two")
    cases = {"unbuilt": unbuilt, "2 inputs, 1 outputs": two, "Received list": [1]}
    for words, model in cases.items():
        with pytest.raises(ValueError, match=rf"^Expected a .*model.*{words}"):
            steps_of(model)
