"""Attribution maps against finite differences, a second way in Keras, closed forms and loops."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import zoo
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers
from PIL import Image

from course_utils.by_hand.metrics import softmax
from course_utils.models.classifier import build_network
from course_utils.probe import Attributor
from course_utils.probe.attribution import resized, strength

SENTENCE = r"^Expected .*\. Received .*\.$"


def softmax_inside():
    """The digit network, with softmax in its last Dense layer."""
    network = build_network()
    body, scores = network.layers[:-1], network.layers[-1]
    end = layers.Dense(10, activation="softmax", name="scores")
    ended = keras.Sequential([keras.Input((28, 28, 1)), *body, end])
    end.set_weights(scores.get_weights())
    return network, ended


@pytest.fixture(scope="module")
def pair():
    """Return the same small network, ending in logits and in softmax."""
    keras.utils.set_random_seed(5)
    return softmax_inside()


@pytest.fixture(scope="module")
def digit():
    return np.random.default_rng(2).random((28, 28, 1), np.float32)


@pytest.fixture(scope="module")
def attributor(pair):
    return Attributor(pair[0])


@pytest.fixture(params=zoo.MODELS, ids=lambda make: make.__name__, scope="module")
def any_model(request):
    keras.utils.set_random_seed(3)
    return Attributor(request.param())


def picture_for(attributor, seed=0):
    shape = attributor.probe.model.input_shape[1:]
    return np.random.default_rng(seed).random(shape, np.float32)


def slope_with_keras(model, layer, image, target, score):
    """Return (a layer's maps, d score / d maps, d score / d image) through a second model."""
    two_ends = keras.Model(model.inputs, [model.get_layer(layer).output, model.outputs[0]])
    start = tf.constant(image[None])
    with tf.GradientTape() as tape:
        tape.watch(start)
        maps, outputs = two_ends(start, training=False)
        outputs = tf.nn.softmax(outputs) if score == "probability" else outputs
        value = outputs[0, target]
    return [part[0].numpy() for part in (maps, *tape.gradient(value, [maps, start]))]


# --- gradients -----------------------------------------------------------------------------------


@pytest.mark.parametrize("score", ["logit", "probability"])
def test_the_gradient_is_that_of_keras(attributor, digit, score):
    _, _, expected = slope_with_keras(attributor.probe.model, "convolution_1", digit, 4, score)
    found = attributor.gradient(digit, 4, score)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(attributor.look(digit, 4, score)[0], expected, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("score", ["logit", "probability"])
def test_the_gradient_agrees_with_finite_differences(any_model, score):
    picture, step = picture_for(any_model), 2e-3
    slope = any_model.gradient(picture, 1, score)
    which = ("logit", "probability").index(score)
    for place in map(tuple, np.argwhere(np.abs(slope) > np.abs(slope).max() / 2)[:4]):
        moved = np.stack([picture] * 3)
        moved[(0, *place)] -= step
        moved[(2, *place)] += step
        slopes = np.diff(any_model.scores(moved)[which][:, 1]) / step
        # At a kink of pooling or ReLU the two sides differ: the gradient is that of one of them.
        nearest = slopes[np.abs(slopes - slope[place]).argmin()]
        np.testing.assert_allclose(slope[place], nearest, rtol=0.05, atol=2e-3)


def test_saliency_is_the_largest_size_over_the_channels():
    attributor = Attributor(zoo.colour())
    picture = picture_for(attributor)
    gradient = attributor.gradient(picture, 2)
    expected = [[max(abs(value) for value in pixel) for pixel in row] for row in gradient]
    np.testing.assert_array_equal(attributor.saliency(picture, 2), np.array(expected, np.float32))


def test_the_gradient_of_softmax_is_what_the_logits_gradients_make_of_it(attributor, digit):
    """d p_c = p_c · (d z_c − Σ p_k d z_k); with two classes p (1 − p) times their difference."""
    slopes = np.stack([attributor.gradient(digit, one) for one in range(10)])
    p = softmax(attributor.scores(digit[None])[0][0].astype(float))
    for target in (0, 3):
        expected = p[target] * (slopes[target] - np.tensordot(p, slopes, axes=1))
        found = attributor.gradient(digit, target, "probability")
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-8)


def test_with_two_classes_it_is_p_times_one_minus_p():
    keras.utils.set_random_seed(3)
    attributor = Attributor(zoo.branching())
    picture = picture_for(attributor)
    p = attributor.scores(picture[None])[1][0, 0]
    difference = attributor.gradient(picture, 0) - attributor.gradient(picture, 1)
    found = attributor.gradient(picture, 0, "probability")
    np.testing.assert_allclose(found, p * (1 - p) * difference, rtol=1e-3, atol=1e-7)


def test_a_saturated_softmax_has_no_gradient_left_and_the_logit_has():
    model = zoo.sequential()
    kernel, bias = model.get_layer("scores").get_weights()
    model.get_layer("scores").set_weights([kernel, bias + [200, 0, 0]])
    attributor = Attributor(model)
    picture = picture_for(attributor)
    assert attributor.saliency(picture, 0, "probability").max() == 0
    assert attributor.grad_cam(picture, 0, "probability").max() == 0
    assert attributor.saliency(picture, 0, "logit").max() > 0


# --- endings -------------------------------------------------------------------------------------


def endings(network):
    """Yield the same network with its softmax in different places."""
    yield keras.Sequential([network, layers.Softmax()])
    yield keras.Sequential([network, layers.Activation("softmax", dtype="float32")])
    yield keras.Sequential([network, layers.Softmax(), layers.Dropout(0.5), layers.Identity()])
    start = keras.Input((28, 28, 1))
    yield keras.Model(start, keras.ops.softmax(network(start)))
    yield keras.Sequential([network, layers.Activation("linear")])


def test_logits_are_found_wherever_softmax_stands(pair, attributor, digit):
    logits, probabilities = attributor.scores(digit[None])
    np.testing.assert_allclose(softmax(logits), probabilities, rtol=1e-5)
    for model in (pair[1], *endings(pair[0])):
        other = Attributor(model)
        assert other.scores_known == ("logit", "probability")
        np.testing.assert_allclose(other.scores(digit[None])[0], logits, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(other.scores(digit[None])[1], probabilities, rtol=1e-4)
        for score in other.scores_known:
            expected = attributor.gradient(digit, 3, score)
            found = other.gradient(digit, 3, score)
            np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-7)


def averaged():
    """Probabilities at each place, then their mean: no logits that a softmax would turn into it."""
    return keras.Sequential([
        keras.Input((None, None, 1)), layers.Conv2D(3, 3, activation="softmax", name="c"),
        layers.GlobalAveragePooling2D(name="mean"),
    ])  # fmt: skip


def test_probabilities_of_another_making_have_no_logits():
    attributor = Attributor(averaged())
    picture = np.random.default_rng(0).random((9, 8, 1), np.float32)
    assert attributor.scores_known == ("probability",)
    assert attributor.scores(picture[None])[0] is None
    np.testing.assert_allclose(attributor.scores(picture[None])[1].sum(), 1, rtol=1e-5)
    assert attributor.saliency(picture, 0, "probability").shape == (9, 8)
    with pytest.raises(ValueError, match=r"logits of .* cannot be found.*'mean' \(GlobalAverage"):
        attributor.gradient(picture, 0)


# --- Grad-CAM ------------------------------------------------------------------------------------


@pytest.mark.parametrize("score", ["logit", "probability"])
@pytest.mark.parametrize("layer", ["convolution_1", "convolution_2", "convolution_3"])
def test_grad_cam_is_that_of_a_second_model(attributor, digit, layer, score):
    maps, slope, _ = slope_with_keras(attributor.probe.model, layer, digit, 6, score)
    expected = np.zeros(maps.shape[:2])
    for unit in range(maps.shape[2]):
        expected += slope[..., unit].mean() * maps[..., unit]
    expected = np.maximum(expected, 0).astype(np.float32)
    found = attributor.look(digit, 6, score)[1][layer]
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-7)
    enlarged = Image.fromarray(expected).resize((28, 28), Image.BILINEAR)
    found = attributor.grad_cam(digit, 6, score, layer)
    np.testing.assert_allclose(found, np.asarray(enlarged), rtol=1e-3, atol=1e-6)


def test_grad_cam_of_a_linear_end_is_the_class_activation_map():
    """Zhou and others (2016): Σ w_k A_k; Grad-CAM: its positive part over the number of places."""
    model = keras.Sequential([
        keras.Input((12, 10, 2)), layers.Conv2D(5, 3, padding="same", name="maps"),
        layers.GlobalAveragePooling2D(), layers.Dense(3, name="scores"),
    ])  # fmt: skip
    attributor = Attributor(model)
    picture = picture_for(attributor)
    maps = attributor.probe.look(picture)[0]["maps"]
    kernel = model.get_layer("scores").kernel.numpy()
    for target in range(3):
        expected = np.maximum(maps @ kernel[:, target], 0) / 120
        found = attributor.grad_cam(picture, target)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-7)


def test_a_convolution_that_leads_nowhere_near_the_class_has_an_empty_map():
    model = zoo.sequential()
    scores = model.get_layer("scores")
    scores.set_weights([np.zeros_like(scores.kernel), np.zeros(3)])
    attributor = Attributor(model)
    picture = picture_for(attributor)
    for layer in attributor.layers:
        assert attributor.grad_cam(picture, 0, layer=layer).max() == 0


# --- SmoothGrad and occlusion --------------------------------------------------------------------


def test_without_noise_smooth_grad_is_the_gradient(attributor, digit):
    found = attributor.smooth_gradient(digit, 2, spread=0, copies=4)
    np.testing.assert_allclose(found, attributor.gradient(digit, 2), rtol=1e-4, atol=1e-7)


def test_smooth_grad_is_the_mean_over_its_copies(attributor, digit):
    found = attributor.smooth_gradient(digit, 2, "probability", spread=0.3, copies=6, seed=9)
    noise = np.random.default_rng(9).normal(size=(6, 28, 28, 1)) * 0.3 * np.ptp(digit)
    each = [attributor.gradient(digit + one, 2, "probability") for one in noise]
    np.testing.assert_allclose(found, np.mean(each, axis=0), rtol=1e-3, atol=1e-7)
    again = attributor.smooth_gradient(digit, 2, "probability", spread=0.3, copies=6, seed=9)
    np.testing.assert_array_equal(found, again)
    other = attributor.smooth_gradient(digit, 2, "probability", spread=0.3, copies=6, seed=8)
    assert np.abs(found - other).max() > 0


@pytest.mark.parametrize("window, stride, fill", [(5, 1, 0.0), (4, 3, 0.5), (1, 7, 1.0)])
@pytest.mark.parametrize("score", ["logit", "probability"])
def test_occlusion_by_a_loop(pair, attributor, digit, window, stride, fill, score):
    found = attributor.occlusion(digit, 1, score, window, stride, fill)
    model = pair[score == "probability"]
    before = model(digit[None])[0, 1]
    for i, row in enumerate(range(0, 28, stride)):
        for j, column in enumerate(range(0, 28, stride)):
            if (i + 3 * j) % 17:  # some of them: each is a pass through the network
                continue
            covered = digit.copy()
            for y in range(row - window // 2, row - window // 2 + window):
                for x in range(column - window // 2, column - window // 2 + window):
                    if 0 <= y < 28 and 0 <= x < 28:
                        covered[y, x] = fill
            drop = float(before - model(covered[None])[0, 1])
            np.testing.assert_allclose(found[i, j], drop, rtol=1e-3, atol=1e-5)
    assert found.shape == (-(-28 // stride),) * 2


def test_covering_nothing_new_changes_nothing(attributor):
    black = np.zeros((28, 28, 1), np.float32)
    np.testing.assert_allclose(attributor.occlusion(black, 0, stride=4), 0, atol=1e-5)


# --- any model -----------------------------------------------------------------------------------


@pytest.mark.parametrize("score", ["logit", "probability"])
def test_every_map_of_every_model_fits_its_picture(any_model, score):
    picture = picture_for(any_model)
    size, target = picture.shape[:2], any_model.classes - 1
    maps = [any_model.grad_cam(picture, target, score, layer) for layer in any_model.layers]
    maps += [
        any_model.saliency(picture, target, score),
        strength(any_model.smooth_gradient(picture, target, score, copies=2)),
        resized(any_model.occlusion(picture, target, score, stride=6), size),
    ]
    assert all(one.shape == size and np.isfinite(one).all() for one in maps)


def test_what_the_model_learns_later_is_seen(digit):
    model = build_network()
    attributor = Attributor(model)
    before = attributor.gradient(digit, 0)
    model.set_weights([2 * weight for weight in model.get_weights()])
    assert np.abs(attributor.gradient(digit, 0) - before).max() > 0


@settings(max_examples=20)
@given(st.tuples(st.integers(1, 9), st.integers(1, 9)), st.integers(-5, 5))
def test_an_even_map_stays_even_when_resized(size, value):
    np.testing.assert_allclose(resized(np.full((3, 4), value), size), np.full(size, value), 1e-6)


def test_many_models_in_one_session_bring_no_warning(caplog):
    for _ in range(6):
        attributor = Attributor(zoo.transposed())
        attributor.saliency(picture_for(attributor), 0)
        attributor.grad_cam(picture_for(attributor), 0)
    assert "retracing" not in caplog.text


# --- refusals ------------------------------------------------------------------------------------


def ending_in(*end):
    return keras.Sequential([keras.Input((9, 9, 1)), layers.Conv2D(2, 3, name="c"), *end])


@pytest.mark.parametrize("make, words", [
    (lambda: ending_in(layers.Flatten(), layers.Dense(1)), r"two or more classes.*gives \(1,\)"),
    (lambda: ending_in(), r"two or more classes.*gives \(7, 7, 2\)"),
    (lambda: ending_in(layers.Flatten(), layers.Dense(3, activation="sigmoid", name="end")),
     "logits or in softmax.*'end' applies sigmoid"),
    (lambda: ending_in(layers.Flatten(), layers.Dense(3), layers.Activation("relu", name="cut")),
     "logits or in softmax.*'cut' applies relu"),
    (lambda: keras.Sequential([keras.Input((9, 9, 1)), layers.Flatten(), layers.Dense(3)]),
     "a model with a convolution"),
    (lambda: "network", "a Keras model"),
])  # fmt: skip
def test_models_that_cannot_be_asked_are_refused(make, words):
    with pytest.raises(ValueError, match=words) as refusal:
        Attributor(make())
    assert refusal.match(SENTENCE)


@pytest.mark.parametrize("target", [-1, 10, 1.0, "3", None, True])
def test_a_class_that_does_not_exist_is_refused(attributor, digit, target):
    with pytest.raises(ValueError, match=r"^Expected a class from 0 to 9\. Received .*\.$"):
        attributor.occlusion(digit, target)


def test_other_refusals(attributor, digit):
    with pytest.raises(ValueError, match="one of convolution_1, convolution_2, convolution_3. Rec"):
        attributor.grad_cam(digit, 0, layer="dense")
    with pytest.raises(ValueError, match="one of logit, probability. Received 'loss'"):
        attributor.gradient(digit, 0, "loss")
    with pytest.raises(ValueError, match=r"\(n, 28, 28, 1\).*Received shape \(1, 28, 27, 1\)"):
        attributor.gradient(digit[:, 1:], 0)
