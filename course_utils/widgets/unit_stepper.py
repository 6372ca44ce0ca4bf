"""From a unit of a student's network to the arithmetic behind its value, in a ConvStepper."""

import keras
import numpy as np

from course_utils.probe import biases_of, channels_of, kernels_of
from course_utils.widgets.conv_stepper import ConvStepper


def unit_stepper(network, state):
    """Return a ConvStepper at a unit: the layer's real input and weights, all channels.

    Args:
        network: a `FilterNetwork`.
        state: of a `FilterExplorer`, which says which unit.

    Raises:
        ValueError: a layer that ConvStepper cannot step through.
    """
    layer = network.weighted_layer(state)
    stride, dilation = _equal_pair("strides", layer), _equal_pair("dilation_rate", layer)
    if isinstance(layer, keras.layers.Conv2DTranspose):
        raise ValueError(
            "Expected a layer whose units look at windows. Received the transposed convolution "
            f"{state.layer!r}, whose inputs stamp kernels instead: see ConvArithmetic."
        )
    entering = network.entering(state)[..., channels_of(layer, state.filter)]
    return ConvStepper(
        entering, kernels_of(layer)[state.filter], float(biases_of(layer)[state.filter]), stride,
        layer.padding, dilation, state.row, state.column, then=_then(network, layer, state),
    )  # fmt: skip


def _then(network, layer, state):
    """Return (name, function) of what follows the layer's sum, or None."""
    activation = layer.activation
    functions = [] if activation is keras.activations.linear else [activation]
    following = network.probe.following(state.layer)
    names = [one.__name__ for one in functions] + [step.name for step in following]
    functions += [step.operation for step in following]
    maps, unit = network.probe.map_count(state.layer), state.filter

    def outcome(values):
        # Some of these know each map apart, such as a normalisation: the others are zeros.
        batch = np.zeros((1, *values.shape, maps), np.float32)
        batch[0, ..., unit] = values
        for function in functions:
            batch = function(batch)
        return np.asarray(batch)[0, ..., unit]

    return (", ".join(names), outcome) if functions else None


def _equal_pair(name, layer):
    """Return a layer's stride or dilation as one number."""
    pair = getattr(layer, name)
    if len(set(pair)) > 1:
        raise ValueError(
            f"Expected the same {name} down and across. Received {tuple(pair)} in {layer.name!r}: "
            "ConvStepper has one number for both."
        )
    return pair[0]
