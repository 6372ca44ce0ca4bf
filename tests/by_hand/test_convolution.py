"""by_hand.convolution against Keras and SciPy, over drawn settings."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate2d

from course_utils.by_hand import convolution

SETTINGS = 500
axis = st.integers(1, 3)


@st.composite
def problems(draw):
    """An image, window size, stride, padding, dilation and seed; the kernel always fits."""
    kernel = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    stride, dilation = draw(st.tuples(axis, axis)), draw(st.tuples(axis, axis))
    padding = draw(st.sampled_from(convolution.PADDINGS))
    spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation)]
    # With "same" padding an image may well be smaller than the kernel.
    least = [1, 1] if padding == "same" else spans
    size = [draw(st.integers(n, 14)) if n <= 14 else n for n in least]
    channels, filters = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    image = rng.normal(size=(*size, channels)).astype("float32")
    weights = rng.normal(size=(*kernel, channels, filters)).astype("float32")
    bias = rng.normal(size=filters).astype("float32")
    return image, weights, bias, dict(stride=stride, padding=padding, dilation=dilation)


def with_holes(kernel, dilation):
    """The dilated kernel written out: Keras refuses stride and dilation together."""
    spans = [d * (k - 1) + 1 for k, d in zip(kernel.shape, dilation)]
    spread = np.zeros((*spans, *kernel.shape[2:]), kernel.dtype)
    spread[:: dilation[0], :: dilation[1]] = kernel
    return spread


def keras_answer(operation, image, kernel, setting):
    """Keras' own answer, with its dilation where it has one, else with the kernel's holes."""
    stride, dilation = setting["stride"], setting["dilation"]
    native = stride == (1, 1) and operation is not keras.ops.conv_transpose
    kernel, dilation = (kernel, dilation) if native else (with_holes(kernel, dilation), 1)
    answer = operation(
        image[None], kernel, strides=stride, padding=setting["padding"], dilation_rate=dilation
    )
    return np.asarray(answer)[0]


def assert_same(ours, theirs):
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


@settings(max_examples=SETTINGS, deadline=None)
@given(problems())
def test_correlate_is_keras_conv2d(problem):
    image, kernel, bias, setting = problem
    ours = convolution.correlate(image, kernel, bias, **setting)
    assert_same(ours, keras_answer(keras.ops.conv, image, kernel, setting) + bias)


@settings(max_examples=SETTINGS, deadline=None)
@given(problems())
def test_output_size_is_the_size_keras_gives(problem):
    image, kernel, _, setting = problem
    theirs = keras_answer(keras.ops.conv, image, kernel, setting).shape[:2]
    axes = zip(image.shape, kernel.shape, setting["stride"], setting["dilation"])
    ours = [
        convolution.output_size(size, k, stride, setting["padding"], dilation)
        for size, k, stride, dilation in axes
    ]
    assert tuple(ours) == theirs


@settings(max_examples=SETTINGS, deadline=None)
@given(problems())
def test_depthwise_is_keras_depthwise(problem):
    image, kernel, _, setting = problem
    # TensorFlow's depthwise kernel takes one stride for both axes.
    setting = dict(setting, stride=(setting["stride"][0],) * 2)
    ours = convolution.depthwise(image, kernel, **setting)
    assert_same(ours, keras_answer(keras.ops.depthwise_conv, image, kernel, setting))


@settings(max_examples=SETTINGS, deadline=None)
@given(problems())
def test_transpose_is_keras_conv2d_transpose(problem):
    image, kernel, _, setting = problem
    kernel = np.swapaxes(kernel, 2, 3)
    ours = convolution.transpose_correlate(image, kernel, **setting)
    # The oracle's padding is that of the written-out kernel, which is what dilation means.
    assert_same(ours, keras_answer(keras.ops.conv_transpose, image, kernel, setting))


@settings(max_examples=100, deadline=None)
@given(problems())
def test_slide_and_shift_and_add_are_scipy_correlate2d(problem):
    image, kernel, _, setting = problem
    image, kernel = image[..., 0], kernel[..., 0, 0]
    if any(k > n for k, n in zip(kernel.shape, image.shape)):
        kernel = kernel[:1, :1]
    theirs = correlate2d(image, kernel, mode="valid")
    assert_same(convolution.slide(image, kernel), theirs)
    assert_same(convolution.shift_and_add(image, kernel), theirs)


def test_shift_and_add_treats_each_channel_alone():
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=(9, 8, 3)), rng.normal(size=(3, 2))
    maps = convolution.shift_and_add(image, kernel)
    for channel in range(3):
        assert_same(maps[..., channel], correlate2d(image[..., channel], kernel, mode="valid"))


layers = st.tuples(st.integers(1, 7), st.integers(1, 3), st.integers(1, 3))


@settings(max_examples=100, deadline=None)
@given(st.lists(layers, min_size=1, max_size=4))
def test_receptive_field_is_where_the_gradient_reaches(stack):
    """Correlate with ones back from one output: the pixels reached are the receptive field."""
    field, jump = convolution.receptive_field(stack)
    reached = np.ones((2, 1, 1))  # two neighbouring outputs
    for kernel, stride, dilation in reversed(stack):
        ones = np.ones((kernel, 1, 1, 1))
        reached = convolution.stamp(reached, ones, (stride, 1), (dilation, 1))
    assert reached.shape[0] == field + jump


@settings(max_examples=100, deadline=None)
@given(st.lists(layers, min_size=1, max_size=4))
def test_growing_the_field_layer_by_layer_is_the_same(stack):
    field, jump = 1, 1
    for kernel, stride, dilation in stack:
        assert convolution.grow_field(field, jump, kernel) == (field + (kernel - 1) * jump, jump)
        field, jump = convolution.grow_field(field, jump, kernel, stride, dilation)
    assert (field, jump) == convolution.receptive_field(stack)


def test_receptive_field_of_known_stacks():
    assert convolution.receptive_field([(3, 1), (3, 1)]) == (5, 1)
    assert convolution.receptive_field([(3, 1), (2, 2), (3, 1)]) == (8, 2)
    # VGG-16 up to its last pooling: Simonyan and Zisserman (2014), table 1, column D.
    blocks = [2, 2, 3, 3, 3]
    vgg = [layer for n in blocks for layer in [(3, 1)] * n + [(2, 2)]]
    assert convolution.receptive_field(vgg) == (212, 32)


IMAGE, KERNEL = np.zeros((5, 5, 2)), np.zeros((3, 3, 2, 4))
IMPOSSIBLE = {
    "kernel larger than the image": (dict(kernel=np.zeros((6, 3, 2, 1))), "spans at most the 5"),
    "dilation too large": (dict(dilation=3), "Received one that spans 7"),
    "stride 0": (dict(stride=0), "stride.*Received 0"),
    "negative stride": (dict(stride=(1, -1)), "stride.*Received -1"),
    "stride of three numbers": (dict(stride=(1, 1, 1)), "a pair"),
    "half a stride": (dict(stride=0.5), "Received 0.5"),
    "true as a stride": (dict(stride=True), "Received True"),
    "dilation 0": (dict(dilation=0), "dilation.*Received 0"),
    "unknown padding": (dict(padding="full"), "Received 'full'"),
    "mismatched channels": (dict(kernel=np.zeros((3, 3, 3, 4))), "2 channels.*for 3"),
    "2-D image": (dict(image=np.zeros((5, 5))), r"Received shape \(5, 5\)"),
    "empty image": (dict(image=np.zeros((0, 5, 2))), r"Received shape \(0, 5, 2\)"),
    "2-D kernel": (dict(kernel=np.zeros((3, 3))), r"Received shape \(3, 3\)"),
    "bias of the wrong length": (dict(bias=np.zeros(3)), r"Received shape \(3,\)"),
}


@pytest.mark.parametrize("change, message", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_impossible_settings_say_what_came(change, message):
    with pytest.raises(ValueError, match=f"Expected.*{message}"):
        convolution.correlate(**{"image": IMAGE, "kernel": KERNEL, **change})


@pytest.mark.parametrize(
    "function, kernel",
    [(convolution.depthwise, (3, 3, 3, 1)), (convolution.transpose_correlate, (3, 3, 4, 3))],
)
def test_relatives_refuse_mismatched_channels(function, kernel):
    with pytest.raises(ValueError, match="2 channels.*for 3"):
        function(IMAGE, np.zeros(kernel))


@pytest.mark.parametrize("bad", [0, -1, 2.0, "3", None])
@pytest.mark.parametrize("name", ["size", "kernel", "stride", "dilation"])
def test_output_size_refuses_what_is_no_count(name, bad):
    with pytest.raises(ValueError, match=f"Expected {name}"):
        convolution.output_size(**{"size": 9, "kernel": 3, name: bad})


def test_output_size_refuses_a_kernel_that_does_not_fit():
    with pytest.raises(ValueError, match="at most the 4 pixels.*spans 5"):
        convolution.output_size(4, 5)


@pytest.mark.parametrize("layer", [(3,), (3, 0), (0, 1), (3, 1, 1, 1), (3, 1, 0)])
def test_receptive_field_refuses_a_bad_layer(layer):
    with pytest.raises(ValueError, match="Expected"):
        convolution.receptive_field([(3, 1), layer])
