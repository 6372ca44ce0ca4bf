"""The sanity check for maps: does a map change when the network forgets what it has learned?

Reference: Adebayo and others, Sanity checks for saliency maps (2018), section 3: weights are
re-initialised from the last layer down, one layer more at a time.
"""

import keras
import numpy as np

from course_utils.models.graph import steps_of


def layers_with_weights(model):
    """Return a model's layers that have learned, in order; a layer used twice counts once."""
    return list(dict.fromkeys(name for name, _ in _learned(model)))


def randomised(model, layers, seed):
    """Return a copy of a model whose last layers are as if they had never been trained.

    Args:
        model: a built Sequential or functional Keras model; it is not changed.
        layers: how many of its layers with weights, counted from the end, 0 for none.
        seed: of the new weights. More layers with the same seed keep what was drawn for fewer.

    Raises:
        ValueError: what `steps_of` refuses, or fewer layers than that.
    """
    return randomise(copy_of(model), model, layers, seed)


def copy_of(model):
    """Return a copy of a model with layers and weights of its own.

    Raises:
        ValueError: what `steps_of` refuses, or a layer that cannot be made a second time.
    """
    steps_of(model)
    try:
        copy = keras.models.clone_model(model, clone_function=_twin, recursive=True)
    except (NotImplementedError, TypeError, ValueError) as problem:
        reason = " ".join(str(problem).split())[:120]
        raise ValueError(
            f"Expected a model of layers that can be copied. Received {model.name!r}, in which "
            f"one cannot: give it a get_config. Keras says: {reason}"
        ) from None
    copy.set_weights(model.get_weights())
    return copy


def _twin(layer):
    """Return a layer of the same settings."""
    if isinstance(layer, keras.layers.Lambda):  # by its settings Keras makes no Lambda again
        return keras.layers.Lambda(layer.function, arguments=layer.arguments, name=layer.name)
    return type(layer).from_config(layer.get_config())


def randomise(copy, model, layers, seed):
    """Give a copy the model's weights, but draw those of its last layers anew; return the copy.

    Args:
        copy: of `copy_of`; what was compiled for it stays valid.
        model, layers, seed: as for `randomised`.
    """
    copied = _learned(copy)
    whole = isinstance(layers, (int, np.integer)) and not isinstance(layers, bool)
    if not whole or not 0 <= layers <= len(copied):
        raise ValueError(
            f"Expected from 0 to {len(copied)} layers, as many as have weights. "
            f"Received {layers!r}."
        )
    copy.set_weights(model.get_weights())
    for place, (_, layer) in enumerate(copied[::-1][:layers]):
        chance = np.random.default_rng([seed, place])
        for variable in layer.weights:
            variable.assign(_drawn(layer, variable, chance))
    return copy


def _learned(model):
    """Return [(name, layer)] by the last use of each layer."""
    found = {}
    for step in reversed(steps_of(model)):
        layer = step.operation
        # A normalisation of the pictures is a setting: nobody draws it at random.
        if getattr(layer, "weights", None) and not isinstance(layer, keras.layers.Normalization):
            found.setdefault(id(layer), (step.name.partition(" (use ")[0], layer))
    return list(found.values())[::-1]


def _drawn(layer, variable, chance):
    """Return new values by the layer's own initialiser; its old ones, shuffled, if it has none."""
    initialiser = _initialiser(layer, variable.name)
    if initialiser is None:
        values = np.asarray(variable)
        return chance.permutation(values.ravel()).reshape(values.shape)
    setting = initialiser.get_config()
    if "seed" in setting:
        setting = {**setting, "seed": int(chance.integers(2**31))}
    return type(initialiser).from_config(setting)(variable.shape, dtype=variable.dtype)


def _initialiser(layer, name):
    """Return what draws a weight of a layer at first, or None if the layer does not tell."""
    names = [f"{name.removesuffix('_kernel')}_initializer"]
    if name == "kernel":  # of a DepthwiseConv2D too, which names the initialiser otherwise
        names.append("depthwise_initializer")
    found = (getattr(layer, name, None) for name in names)
    return next((one for one in found if isinstance(one, keras.Initializer)), None)
