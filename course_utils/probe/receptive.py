"""The receptive field of one unit: which pixels can change it, found by walking back the graph.

Reference: Araujo, Norris and Sim, Computing receptive fields of convolutional neural networks,
Distill (2019).
"""

import numpy as np

from course_utils.by_hand.convolution import same_padding
from course_utils.models.graph import INPUT

EVERYTHING = (-(10**9), 10**9)  # along one axis: a unit that sees it all
NEIGHBOURS = 9  # units in a row whose boxes are compared
# Kinds of steps in whose outputs each value comes from the same place of each input.
IN_PLACE = {
    "Activation", "ActivityRegularization", "Add", "AlphaDropout", "Average", "BatchNormalization",
    "Concatenate", "Divide", "Dropout", "ELU", "GaussianDropout", "GaussianNoise", "Identity",
    "LayerNormalization", "LeakyReLU", "Maximum", "Minimum", "Multiply", "Normalization", "PReLU",
    "ReLU", "Relu", "Relu6", "Rescaling", "SpatialDropout2D", "Subtract", "UnitNormalization",
}  # fmt: skip
# Kinds that mix all places.
MIXING = {
    "Dense", "Flatten", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Reshape", "Softmax",
}


def receptive_box(steps, place, row, column, sizes):
    """Return the box of the pixels that one unit of a step can see.

    Args:
        steps: of `models.graph.steps_of`.
        place: of the step in them.
        row, column: the unit's place in its feature map.
        sizes: {place: (rows, columns)} of every step before it, INPUT for the picture.

    Returns:
        (top, left, bottom, right) in pixels, the last two excluded. It may reach beyond the
        picture, where padding adds zeros; for a unit that sees everything it is the picture.

    Raises:
        ValueError: a layer on the way of which it is not known what it does to places.
    """
    spans = {place: ((row, row), (column, column))}
    for at in range(place, INPUT, -1):
        if at in spans:
            for source in steps[at].sources:
                back = tuple(
                    _back(steps[at], axis, span, sizes[source][axis])
                    for axis, span in enumerate(spans[at])
                )
                spans[source] = _joined(spans.get(source), back)
    return _box(spans[INPUT], sizes[INPUT])


def jump_of(steps, place, sizes):
    """Return how far the boxes of neighbouring units lie apart, in pixels: (down, right).

    None for an axis along which that varies, as behind an upsampling, or where all units see all.
    """
    boxes = np.array([receptive_box(steps, place, at, at, sizes) for at in range(NEIGHBOURS)])
    apart = np.diff(boxes, axis=0)
    even = (apart == apart[0]).all(axis=0) & (apart[0] > 0)
    down, right = ((even[i] and even[i + 2]) for i in (0, 1))
    return int(apart[0, 0]) if down else None, int(apart[0, 1]) if right else None


def windows_until(steps, place):
    """Return the places of all windows between the picture and a step, which is the last of them.

    A window is a convolution or a pooling: what lets a unit see more than one place.
    """
    needed = {place}
    for at in range(place, INPUT, -1):
        if at in needed:
            needed.update(steps[at].sources)
    found = [at for at in sorted(needed - {INPUT, place}) if _window(steps[at].operation)]
    return [*found, place]


def _box(spans, picture):
    (top, bottom), (left, right) = (
        (0, size - 1) if span[0] <= EVERYTHING[0] or span[1] >= EVERYTHING[1] else span
        for span, size in zip(spans, picture)
    )
    return top, left, bottom + 1, right + 1


def _joined(one, other):
    """Return the spans that cover both, axis by axis; one may be missing."""
    if one is None:
        return other
    return tuple((min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(one, other))


def _back(step, axis, span, before):
    """Return the span of what comes in (inclusive) that a span of one axis of the output sees."""
    layer, kind = step.operation, step.kind
    if kind in MIXING or EVERYTHING[0] in span or EVERYTHING[1] in span:
        return EVERYTHING
    if kind in IN_PLACE or kind.startswith("Random"):
        return span
    if kind == "ZeroPadding2D":
        return tuple(at - layer.padding[axis][0] for at in span)
    if kind == "Cropping2D":
        return tuple(at + layer.cropping[axis][0] for at in span)
    if kind == "UpSampling2D" and layer.interpolation == "nearest":
        return tuple(at // layer.size[axis] for at in span)
    if kind == "Conv2DTranspose":
        return _back_transposed(layer, axis, span)
    window = _window(layer)
    if window is None:
        raise ValueError(
            "Expected layers that keep places, such as Conv2D, pooling, Add or ReLU. Received "
            f"{step.name!r}, of the kind {kind}, of which it is not known which pixels it sees."
        )
    return _back_window(layer, window[axis], axis, span, before)


def _window(layer):
    """Return (height, width) of a layer's window, or None."""
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    return window if window is not None and len(window) == 2 else None


def _back_window(layer, window, axis, span, before):
    """Return what a window sees: a convolution's, or a pooling's."""
    stride, dilation = layer.strides[axis], _dilation(layer, axis)
    zeros = 0
    if layer.padding == "same":
        zeros = same_padding(before, window, stride, dilation)[0]
    return span[0] * stride - zeros, span[1] * stride - zeros + dilation * (window - 1)


def _back_transposed(layer, axis, span):
    """Return which inputs stamp into the outputs: each covers dilation × (kernel − 1) + 1."""
    stride, reach = layer.strides[axis], _dilation(layer, axis) * (layer.kernel_size[axis] - 1)
    cut = max(reach + 1 - stride, 0) // 2 if layer.padding == "same" else 0
    return -((reach - span[0] - cut) // stride), (span[1] + cut) // stride


def _dilation(layer, axis):
    dilation = getattr(layer, "dilation_rate", 1)
    return dilation if isinstance(dilation, int) else dilation[axis]
