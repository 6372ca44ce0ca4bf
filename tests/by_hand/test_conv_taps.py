"""Which inputs meet which weights in which output: by_hand.convolution against Keras.

Keras is asked with a kernel of 1, 2, 3… and one-hot inputs along one axis, all at once: its answer
names, for each pair of input and output, the weight between them, and 0 stands for none.
"""

from itertools import product

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.by_hand import convolution

KERNELS, STRIDES, DILATIONS = range(1, 6), range(1, 5), range(1, 4)
SIZES = (3, 4, 5, 6, 7, 8, 9)


def keras_weights(operation, size, kernel, stride, padding, dilation):
    """Return (input, output) integers; the dilated kernel is written out, as Keras needs it."""
    spread = np.zeros((dilation * (kernel - 1) + 1, 1, 1, 1), "float32")
    spread[::dilation, 0, 0, 0] = np.arange(1, kernel + 1)
    inputs = np.eye(size, dtype="float32")[:, :, None, None]
    answer = operation(inputs, spread, strides=(stride, 1), padding=padding)
    return np.asarray(answer)[..., 0, 0].round().astype(int)


def possible(padding):
    """Yield (size, kernel, stride, padding, dilation) whose window fits."""
    for setting in product(SIZES, KERNELS, STRIDES, [padding], DILATIONS):
        size, kernel, _, _, dilation = setting
        if padding == "same" or dilation * (kernel - 1) + 1 <= size:
            yield setting


@pytest.mark.parametrize("padding", convolution.PADDINGS)
def test_windows_meet_what_they_meet_in_keras(padding):
    for setting in possible(padding):
        size, kernel, stride, _, dilation = setting
        theirs = keras_weights(keras.ops.conv, *setting)
        output = convolution.output_size(*setting)
        zeros = convolution.same_padding(size, kernel, stride, dilation)[0]
        taps = convolution.window_taps(output, kernel, stride, dilation)
        taps = taps - (zeros if padding == "same" else 0)
        ours = np.zeros((size, output), int)
        for window, weight in np.argwhere((taps >= 0) & (taps < size)):
            ours[taps[window, weight], window] = weight + 1
        np.testing.assert_array_equal(ours, theirs, str(setting))
        counts = convolution.overlap_counts(taps, size)
        np.testing.assert_array_equal(counts, (theirs > 0).sum(axis=1), str(setting))


@pytest.mark.parametrize("padding", convolution.PADDINGS)
def test_stamps_meet_what_they_meet_in_keras(padding):
    for setting in product(SIZES, KERNELS, STRIDES, [padding], DILATIONS):
        size, kernel, stride, _, dilation = setting
        theirs = keras_weights(keras.ops.conv_transpose, *setting)
        cut, output = convolution.transposed_axis(*setting)
        assert output == convolution.transposed_size(*setting) == theirs.shape[1], setting
        taps = convolution.window_taps(size, kernel, stride, dilation) - cut
        ours = np.zeros((size, output), int)
        for place in range(output):
            inputs, weights = convolution.stamps_on(place, taps)
            ours[inputs, place] = weights + 1
        np.testing.assert_array_equal(ours, theirs, str(setting))
        counts = convolution.overlap_counts(taps, output)
        np.testing.assert_array_equal(counts, (theirs > 0).sum(axis=0), str(setting))


axis = st.integers(1, 9)


@given(axis, axis, axis, st.integers(1, 4))
def test_more_windows_reach_all_but_the_inner_places(windows, kernel, stride, dilation):
    first, end = convolution.inner_places(windows, kernel, stride, dilation)
    beyond = convolution.window_taps(windows + 2, kernel, stride, dilation) - stride
    assert max(beyond[0, -1] + 1, 0) == first  # where the window before the first one ends
    assert beyond[-1, 0] == end


@given(axis, axis, axis)
def test_overlaps_are_even_when_the_stride_divides_the_kernel(kernel, stride, periods):
    windows = kernel + periods  # enough for a whole period inside
    taps = convolution.window_taps(windows, kernel, stride)
    counts = convolution.overlap_counts(taps, taps.max() + 1)
    inner = counts[slice(*convolution.inner_places(windows, kernel, stride))]
    assert (inner.min() == inner.max() and len(inner) >= stride) == (kernel % stride == 0)


@settings(max_examples=50)
@given(axis, axis, axis, st.integers(1, 4), st.integers(0, 20), st.integers(1, 30))
def test_what_lies_outside_is_not_counted(windows, kernel, stride, dilation, start, length):
    taps = convolution.window_taps(windows, kernel, stride, dilation)
    whole = convolution.overlap_counts(taps, 200)
    assert whole.sum() == windows * kernel
    part = convolution.overlap_counts(taps - start, length)
    np.testing.assert_array_equal(part, whole[start : start + length])


@pytest.mark.parametrize("wrong, sentence", [
    (dict(size=0), "Expected size as an integer of at least 1. Received 0."),
    (dict(kernel=2.0), r"Expected kernel as an integer of at least 1. Received 2.0."),
    (dict(stride=True), "Expected stride as an integer of at least 1. Received True."),
    (dict(dilation="2"), "Expected dilation as an integer of at least 1. Received '2'."),
    (dict(padding="full"), 'Expected padding "valid" or "same". Received \'full\'.'),
    (dict(padding=["same", "valid"]), 'Expected padding "valid" or "same". Received '),
    (dict(padding=np.array(["same", "valid"])), 'Expected padding "valid" or "same". Received '),
])  # fmt: skip
def test_sizes_of_what_cannot_be_are_refused(wrong, sentence):
    for size_of in (convolution.output_size, convolution.transposed_size):
        with pytest.raises(ValueError, match=sentence):
            size_of(**{"size": 5, "kernel": 3, **wrong})
