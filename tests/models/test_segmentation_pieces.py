"""The pieces of lesson 07's network, a second way: the move, weights, loss, changes."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from course_utils import datasets
from course_utils.models import classifier, efficientnet_lite
from course_utils.models.segmentation import augmenting, losses
from course_utils.models.segmentation.move import as_convolution, as_convolutions
from course_utils.models.segmentation.networks import EnlargeTo

# --- the move ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def digits():
    """Return lesson 03's network as the course ships it, and as convolutions."""
    reader = classifier.build_network()
    reader.load_weights(datasets.verified_path(classifier.SHIPPED))
    return reader, as_convolutions(reader)


def test_on_a_digit_the_convolutions_say_what_the_dense_layers_say(digits):
    reader, convolutions = digits
    _, (pictures, _) = datasets.load_mnist()
    batch = classifier.as_batch(pictures[:64])
    maps = convolutions.predict(batch, verbose=0)
    assert maps.shape == (64, 1, 1, 10)
    np.testing.assert_allclose(
        maps[:, 0, 0], reader.predict(batch, verbose=0), atol=1e-5, rtol=1e-5
    )


def test_on_a_larger_scene_they_give_a_map_that_knows_where_the_digit_is(digits):
    _, convolutions = digits
    (pictures, labels), _ = datasets.load_mnist()
    scene = np.zeros((1, 56, 84), np.uint8)
    scene[0, :28, :28], scene[0, 28:, 56:] = pictures[0], pictures[1]
    maps = convolutions.predict(classifier.as_batch(scene), verbose=0)[0]
    assert maps.shape == (8, 15, 10)  # 56 pixels make 13 places at stride 4, a window takes 6
    assert maps[0, 0].argmax() == labels[0] and maps[-1, -1].argmax() == labels[1]


@pytest.fixture(scope="module")
def photographs():
    """Return EfficientNet-Lite0, and the same as convolutions."""
    network = efficientnet_lite.load_efficientnet_lite0()
    return network, as_convolutions(network)


def test_the_mean_of_the_map_of_scores_is_what_the_classifier_says(photographs):
    network, convolutions = photographs
    names = ("chelsea", "coffee")
    pictures = [efficientnet_lite.as_input(datasets.load_photograph(name)) for name in names]
    batch = np.concatenate(pictures)
    maps = convolutions.predict(batch, verbose=0)
    assert maps.shape == (2, 7, 7, 1000)
    np.testing.assert_allclose(maps.mean(axis=(1, 2)), network.predict(batch, verbose=0), atol=1e-5)


def test_a_whole_photograph_becomes_a_heat_map_of_cat(photographs):
    _, convolutions = photographs
    picture = datasets.load_photograph("chelsea")
    maps = convolutions.predict(picture[np.newaxis], verbose=0)[0]
    assert maps.shape == (10, 15, 1000)
    cat = keras.ops.convert_to_numpy(keras.ops.softmax(maps))[..., 281:286].sum(axis=-1)
    _, column = np.unravel_index(cat.argmax(), cat.shape)
    assert (
        cat.max() > 0.8 and 2 <= column <= 12
    )  # she fills the picture, and its right edge is wall


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.booleans())
@settings(max_examples=10)
def test_any_dense_layer_is_a_convolution(height, width, channels, bias):
    maps = np.random.default_rng(0).normal(size=(2, height, width, channels)).astype("float32")
    dense = layers.Dense(3, activation="relu", use_bias=bias)
    flat = dense(maps.reshape(2, -1))
    folded = as_convolution(dense, (height, width))(maps)
    np.testing.assert_allclose(folded[:, 0, 0], flat, atol=1e-5)


def ending_in(*ends):
    return keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3, name="maps"), *ends])


@pytest.mark.parametrize(
    "ends, said",
    [
        ((), "with 0"),
        ((layers.Flatten(), layers.Dense(4), layers.Flatten(), layers.Dense(2)), "with 2"),
        ((layers.Flatten(),), "Received none"),
        ((layers.Flatten(), layers.Dense(4), layers.BatchNormalization()), "BatchNormalization"),
        ((layers.GlobalAveragePooling2D(), layers.Dense(4, "softmax", name="odds")), "odds"),
    ],
)
def test_what_ends_in_another_way_is_refused(ends, said):
    with pytest.raises(ValueError, match=said):
        as_convolutions(ending_in(*ends))


# --- enlarging -----------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [2, 4])
def test_enlarging_is_keras_bilinear_upsampling(factor):
    maps = np.random.default_rng(0).normal(size=(2, 5, 3, 2)).astype("float32")
    others = np.zeros((2, 5 * factor - 1, 3 * factor, 7), "float32")
    enlarged = EnlargeTo(factor)([maps, others])
    keras_own = layers.UpSampling2D(factor, interpolation="bilinear")(maps)
    np.testing.assert_allclose(enlarged, keras_own[:, :-1], atol=1e-6)


# --- weights and loss ----------------------------------------------------------------------------


def test_rarer_classes_weigh_more_and_power_zero_weighs_all_alike():
    masks = np.repeat([0, 1, 2], [900, 90, 10]).reshape(1, 10, 100)
    weights = losses.class_weights(masks, 4)
    assert (np.diff(weights[:3]) > 0).all() and weights[3] == weights[2]
    assert weights.mean() == pytest.approx(1)
    assert (losses.class_weights(masks, 4, power=0) == 1).all()
    counts = np.array([900, 90, 10])
    whole = losses.class_weights(masks, 3, power=1) * counts
    np.testing.assert_allclose(whole, whole[0], rtol=1e-5)


@given(st.integers(0, 99))
@settings(max_examples=20)
def test_the_loss_is_keras_with_a_weight_a_pixel(seed):
    rng = np.random.default_rng(seed)
    masks, logits = rng.integers(0, 3, (2, 4, 5)), rng.normal(size=(2, 4, 5, 3)) * 5
    weights = rng.uniform(0.1, 3, 3)
    own = losses.WeightedCrossEntropy(weights)(masks, logits.astype("float32"))
    each = weights[masks]
    keras_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction=None)
    expected = (keras_loss(masks, logits).numpy() * each).sum() / each.sum()
    assert float(own) == pytest.approx(expected, rel=1e-4)


def test_the_loss_is_kept_with_its_weights():
    loss = losses.WeightedCrossEntropy([1, 2.5])
    assert type(loss).from_config(loss.get_config()).weights == [1, 2.5]


# --- changes to picture and mask together --------------------------------------------------------


def scenes_of(count):
    """Return pictures in which the colour says the class: 0, 1 and 3; and their masks."""
    mask = np.zeros((24, 32), np.uint8)
    mask[4:14, 6:20], mask[12:22, 18:30] = 1, 3
    masks = np.repeat(mask[np.newaxis], count, axis=0)
    return tf.constant(masks[..., np.newaxis] * np.uint8(50)), tf.constant(masks)


@pytest.mark.parametrize("count", [1, 6, 7])
def test_the_masks_go_where_the_pictures_go_and_half_of_them_go(count):
    pictures, masks = scenes_of(count)
    new_pictures, new_masks = augmenting.half_mirrored(pictures, masks)
    assert new_pictures.dtype == pictures.dtype and new_masks.dtype == masks.dtype
    np.testing.assert_array_equal(new_pictures[..., 0], new_masks * np.uint8(50))
    half = count // 2
    np.testing.assert_array_equal(new_masks[:half], masks[:half][:, :, ::-1])
    np.testing.assert_array_equal(new_masks[half:], masks[half:])
