"""by_hand.learning against finite differences, TensorFlow's gradient, Keras and least squares."""

import keras
import numpy as np
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate2d

from course_utils.by_hand.learning import kernel_gradient, learn_kernel, squared_error


@st.composite
def problems(draw):
    """An image, a kernel to begin with and a target, (rows, columns) each."""
    height, width = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    size = draw(st.integers(height, 9)), draw(st.integers(width, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    target = rng.normal(size=(size[0] - height + 1, size[1] - width + 1))
    return rng.normal(size=size), rng.normal(size=(height, width)), target


def error_of(image, kernel, target):
    return correlate2d(image, kernel, mode="valid") - target


def loss_of(image, kernel, target):
    return float(keras.losses.MeanSquaredError()(error_of(image, kernel, target), target * 0))


@settings(max_examples=100, deadline=None)
@given(problems())
def test_squared_error_is_keras_mean_squared_error(problem):
    image, kernel, target = problem
    output = correlate2d(image, kernel, mode="valid")
    theirs = np.mean(keras.losses.mean_squared_error(target, output))
    np.testing.assert_allclose(squared_error(output, target), theirs, rtol=1e-5)


@settings(max_examples=100, deadline=None)
@given(problems(), st.sampled_from([1e-3, 0.1, 2.0]))
def test_the_gradient_is_what_poking_finds(problem, nudge):
    """The loss is quadratic in each weight: a central difference is exact for any nudge."""
    image, kernel, target = problem
    slopes = np.zeros(kernel.shape)
    for place in np.ndindex(kernel.shape):
        losses = []
        for sign in (1, -1):
            poked = kernel.copy()
            poked[place] += sign * nudge
            losses.append(np.mean(error_of(image, poked, target) ** 2))
        slopes[place] = (losses[0] - losses[1]) / (2 * nudge)
    ours = kernel_gradient(image, error_of(image, kernel, target))
    np.testing.assert_allclose(ours, slopes, rtol=1e-6, atol=1e-8)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_gradient_is_tensorflows(problem):
    image, kernel, target = problem
    weights = tensorflow.Variable(kernel[..., None, None])
    with tensorflow.GradientTape() as tape:
        output = keras.ops.conv(image[None, ..., None], weights, padding="valid")
        loss = keras.ops.mean((output[0, ..., 0] - target) ** 2)
    theirs = np.asarray(tape.gradient(loss, weights))[..., 0, 0]
    ours = kernel_gradient(image, error_of(image, kernel, target))
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(problems(), st.integers(0, 5))
def test_a_small_step_never_raises_the_loss(problem, steps):
    image, kernel, target = problem
    # Below 1 / (half the largest curvature), which the image's energy bounds from above.
    rate = 0.5 * target.size / (kernel.size * (image**2).sum() + 1e-9)
    kernels = learn_kernel(image, target, kernel, rate, steps)
    losses = [np.mean(error_of(image, one, target) ** 2) for one in kernels]
    assert len(kernels) == steps + 1
    assert all(after <= before + 1e-12 for before, after in zip(losses, losses[1:]))


def test_learning_is_keras_sgd():
    rng = np.random.default_rng(4)
    image, target = rng.normal(size=(12, 9)), rng.normal(size=(10, 8))
    layer = keras.layers.Conv2D(1, (3, 2), use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([layer])
    model.compile(keras.optimizers.SGD(0.05), "mse")
    for _ in range(8):
        model.train_on_batch(image[None, ..., None], target[None, ..., None])
    ours = learn_kernel(image, target, np.zeros((3, 2)), 0.05, 8)[-1]
    np.testing.assert_allclose(ours, np.asarray(layer.kernel)[..., 0, 0], atol=1e-5)


def test_in_the_end_it_is_the_least_squares_solution():
    """Also where no kernel gives the target: the loss then stays above 0."""
    rng = np.random.default_rng(5)
    image, target = rng.normal(size=(15, 15)), rng.normal(size=(13, 13))
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3)).reshape(-1, 9)
    best = np.linalg.lstsq(windows, target.ravel(), rcond=None)[0].reshape(3, 3)
    learned = learn_kernel(image, target, np.zeros((3, 3)), 0.3, 400)[-1]
    np.testing.assert_allclose(learned, best, atol=1e-6)
    assert loss_of(image, learned, target) > 0.1


def test_nothing_that_was_handed_over_changes():
    rng = np.random.default_rng(6)
    image, target, kernel = rng.normal(size=(6, 6)), rng.normal(size=(4, 4)), np.zeros((3, 3))
    copies = [one.copy() for one in (image, target, kernel)]
    kernels = learn_kernel(image, target, kernel, 0.1, 3)
    for one, copy in zip((image, target, kernel), copies):
        np.testing.assert_array_equal(one, copy)
    assert kernels[0] is kernel and not any(one is kernel for one in kernels[1:])
