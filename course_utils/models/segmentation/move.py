"""The move (Long and others, 2015, section 3.1): what ends in dense layers becomes convolutions.

A dense layer that reads a map of 6 × 6 places is a convolution whose window has 6 × 6 places. On
the picture for which the network was built it fits once; on a larger one it fits in many places,
and there is an answer for each.
"""

import math

import keras
from keras import layers
from keras.activations import linear

ENDS = (layers.Flatten, layers.GlobalAveragePooling2D)  # what turns maps into one row of numbers


def as_convolution(dense, window=(1, 1)):
    """Return a dense layer as a convolution with the same weights, over so many places.

    Args:
        dense: a built `layers.Dense`.
        window: (height, width) of the maps that were flattened before it.
    """
    kernel, *bias = dense.get_weights()
    channels = len(kernel) // math.prod(window)
    layer = layers.Conv2D(
        dense.units, window, activation=dense.activation, use_bias=dense.use_bias, name=dense.name
    )
    layer.build((None, *window, channels))
    layer.set_weights([kernel.reshape(*window, channels, dense.units), *bias])
    return layer


def as_convolutions(classifier):
    """Return a classifier as a network of convolutions that takes pictures of any size.

    What comes before its `Flatten` or `GlobalAveragePooling2D` is copied; the dense layers after
    it become convolutions with the same weights. Without pooling there is a score a place: their
    mean is the classifier's score, for the mean of sums is the sum of means (Zhou and others,
    Learning deep features for discriminative localization, 2016). A place's score differs a little
    from what the classifier says of a picture cut out there, for that one ends in zeros.

    Args:
        classifier: a Keras model, one picture in, one row of scores out, such as
            `classifier.load_digit_reader()` or `efficientnet_lite.load_efficientnet_lite0()`.

    Returns:
        A Keras model: (n, height, width, channels) float32 in, (n, rows, columns, classes) out.

    Raises:
        ValueError: its end is another one, or has an activation after an average.
    """
    end = _end_of(classifier)
    flattened = isinstance(end, layers.Flatten)
    head = classifier.layers[classifier.layers.index(end) + 1 :]
    _require_head(head, flattened)
    pictures, maps = _copied(keras.Model(classifier.inputs[0], end.input))
    window = tuple(end.input.shape[1:3]) if flattened else (1, 1)
    for layer in head:
        if isinstance(layer, layers.Dense):
            maps = as_convolution(layer, window)(maps)
            window = (1, 1)  # the next one reads one place
    return keras.Model(pictures, maps, name=f"{classifier.name}_of_any_size")


def _end_of(classifier):
    """Return the layer that turns maps into one row of numbers."""
    ends = [layer for layer in classifier.layers if isinstance(layer, ENDS)]
    if len(ends) != 1 or len(ends[0].input.shape) != 4:
        raise ValueError(
            f"Expected a classifier with one Flatten or GlobalAveragePooling2D after its maps. "
            f"Received {classifier.name!r} with {len(ends)}: hand over a classifier of pictures."
        )
    return ends[0]


def _require_head(head, flattened):
    """Refuse a head of other layers than dense ones, or one that no map of scores equals."""
    names = [type(layer).__name__ for layer in head]
    if not set(names) <= {"Dense", "Dropout"} or "Dense" not in names:
        raise ValueError(
            f"Expected dense layers at the classifier's end. Received {', '.join(names) or 'none'}: "
            "only these are convolutions in disguise."
        )
    bent = [one.name for one in head if getattr(one, "activation", linear) is not linear]
    if not flattened and bent:
        raise ValueError(
            f"Expected logits after an average of maps. Received an activation in {bent[0]!r}: the "
            "mean of what it gives is not what it gives for the mean."
        )


def _copied(trunk):
    """Return pictures of any size, and the maps that a copy of a network makes of them."""
    pictures = keras.Input((None, None, trunk.input.shape[-1]), name="pictures")
    copy = keras.models.clone_model(trunk, input_tensors=pictures)
    copy.set_weights(trunk.get_weights())
    return copy.input, copy.output
