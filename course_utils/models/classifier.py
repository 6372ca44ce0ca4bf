"""The network that reads digits: built, trained and judged in lesson 03, used in all later ones.

Its forerunner is LeNet-5 (LeCun and others, Gradient-based learning applied to document
recognition, 1998, section II): convolutions, pooling, dense layers.
"""

import keras
import numpy as np
from keras import layers

from course_utils.datasets import verified_path
from course_utils.places import checkpoints

OWN = checkpoints() / "digit_reader.keras"
SHIPPED = "checkpoints/digit_reader.weights.h5"
BATCH, EPOCHS = 128, 5


def as_batch(pictures):
    """Give grey pictures a channel axis, and let 0 to 255 become 0 to 1."""
    return np.divide(pictures[..., np.newaxis], 255, dtype="float32")


def build_network(classes=10):
    """Three convolutions, one pooling, two dense layers: a picture in, one score a class out."""
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(16, 5, strides=2, activation="relu", name="convolution_1"),
        layers.Conv2D(32, 3, padding="same", activation="relu", name="convolution_2"),
        layers.MaxPooling2D(2, name="pooling"),
        layers.Conv2D(64, 3, padding="same", activation="relu", name="convolution_3"),
        layers.Flatten(name="flatten"),
        layers.Dense(64, activation="relu", name="dense"),
        layers.Dense(classes, name="scores"),
    ])  # fmt: skip


def learning_rates(updates, peak=0.003):
    """Rise to the peak during the first 15 % of the updates, then fall along half a cosine."""
    rising = round(0.15 * updates)
    return keras.optimizers.schedules.CosineDecay(
        peak / 20, updates - rising, warmup_target=peak, warmup_steps=rising
    )


def train(network, pictures, labels, epochs=EPOCHS, callbacks=()):
    """Train a network as lesson 03 does: pictures shifted at random, Adam, `learning_rates`.

    Args:
        network: of `build_network`; it is changed in place.
        pictures: (n, 28, 28, 1) float32 in 0…1, as `as_batch` gives them.
        labels: (n,) class numbers.
        epochs: how often each picture is seen.
        callbacks: for `fit`, such as `widgets.watching(name)`.

    Returns:
        Keras' History.
    """
    shift = layers.RandomTranslation(1 / 28, 1 / 28, fill_mode="constant", name="shift")
    pupil = keras.Sequential([keras.Input(network.input_shape[1:]), shift, network])
    updates = epochs * -(-len(pictures) // BATCH)
    pupil.compile(
        keras.optimizers.Adam(learning_rates(updates)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return pupil.fit(
        pictures, labels, batch_size=BATCH, epochs=epochs, verbose=0, callbacks=list(callbacks)
    )


def load_digit_reader():
    """Return the trained network of lesson 03: the student's own, or else the course's.

    Returns:
        A Keras network that gives 10 logits for (n, 28, 28, 1) float32 in 0…1. A network of the
        student's own that cannot be read, or reads other pictures, is passed over with a sentence.

    Raises:
        CourseError: the course's weights are missing or are not the ones that it ships.
    """
    if OWN.is_file():
        own = _own_network()
        if own is not None:
            return own
    network = build_network()
    network.load_weights(verified_path(SHIPPED))
    return network


def _own_network():
    try:
        network = keras.saving.load_model(OWN)
        shapes = network.input_shape[1:], network.output_shape[1:]
    except Exception as problem:  # zip, JSON, HDF5 and Keras raise errors of many kinds
        shapes = type(problem).__name__
    if shapes == ((28, 28, 1), (10,)):
        return network
    print(f"Your own {OWN.name} does not read digits ({shapes}): here is the course's network.")
    return None
