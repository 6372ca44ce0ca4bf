"""The weights of convolutions of all kinds, in one form.

A separable convolution is a depthwise one and a 1 × 1 one after it, without an activation between:
together they weigh a window by one kernel, which is the sum of products taken here.
Reference: Chollet, Xception: deep learning with depthwise separable convolutions (2017), section 1.
"""

import keras
import numpy as np

TRANSPOSED = (keras.layers.Conv2DTranspose,)
DEPTHWISE = (keras.layers.DepthwiseConv2D,)
SEPARABLE = (keras.layers.SeparableConv2D,)
PLAIN = (keras.layers.Conv2D,)


def is_convolution(layer):
    """Return True for a two-dimensional convolution of any kind."""
    return isinstance(layer, (*PLAIN, *DEPTHWISE, *SEPARABLE, *TRANSPOSED))


def kernels_of(layer):
    """Return the weights behind each feature map of a convolution.

    Returns:
        (maps, height, width, n) float32: n input channels are weighed for each map, see
        `channels_of`. A transposed convolution's kernel is what one input value stamps.
    """
    if isinstance(layer, DEPTHWISE):
        kernel = _array(layer.kernel)
        return np.moveaxis(kernel.reshape(*kernel.shape[:2], -1, 1), 2, 0)
    if isinstance(layer, SEPARABLE):
        depthwise = _array(layer.depthwise_kernel)
        pointwise = _array(layer.pointwise_kernel)[0, 0].reshape(*depthwise.shape[2:], -1)
        return np.einsum("ijcm,cmf->fijc", depthwise, pointwise)
    if isinstance(layer, TRANSPOSED):
        return np.moveaxis(_array(layer.kernel), 2, 0)
    return np.moveaxis(_array(layer.kernel), 3, 0)


def channels_of(layer, unit):
    """Return the input channels that one feature map weighs, as a slice."""
    if isinstance(layer, DEPTHWISE):
        channel = unit // layer.depth_multiplier
        return slice(channel, channel + 1)
    groups = getattr(layer, "groups", 1)
    if groups == 1:
        return slice(None)
    width = layer.kernel.shape[2]
    group = unit // (layer.filters // groups)
    return slice(group * width, (group + 1) * width)


def biases_of(layer):
    """Return the bias of each feature map: (maps,) float32, zeros where a layer has none."""
    if layer.use_bias:
        return _array(layer.bias)
    return np.zeros(len(kernels_of(layer)), np.float32)


def _array(variable):
    return np.asarray(variable, np.float32)
