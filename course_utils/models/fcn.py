"""Fully convolutional networks: a class for every pixel of a picture of any size.

    network = build_fcn((80, 80), classes=5)
    train(network, scenes.images, scenes.masks)
    masks = predict(network, pictures)

Its pieces, which lesson 07 looks at one after the other, stand in `models.segmentation`.

Reference: Long, Shelhamer and Darrell, Fully convolutional networks for semantic segmentation
(2015): the coarsest scores, enlarged, and skips that add what finer maps know.
"""

import keras
import numpy as np
import tensorflow as tf

from course_utils.by_hand.convolution import require_positive
from course_utils.by_hand.masks import require_masks
from course_utils.models.classifier import learning_rates
from course_utils.models.half_precision import load_half
from course_utils.models.pictures import as_floats, shuffled
from course_utils.models.segmentation import augmenting, networks
from course_utils.models.segmentation.losses import WeightedCrossEntropy, class_weights
from course_utils.models.segmentation.move import as_convolutions
from course_utils.scenes.garments import GARMENTS

BATCH = 16
FILTERS = (16, 32, 64, 128)
FOR_GARMENTS = {"epochs": 2, "power": 0.2, "change": augmenting.half_mirrored}  # for `train`
FOR_NUCLEI = {"epochs": 10, "power": 0, "peak": 0.02}
NUCLEI_SPLIT = 384  # of the picture's 512 columns: those before it are learnt from
GARMENT_SKIPS = 3
GARMENTS_SHIPPED = "checkpoints/garment_segmenter_{skips}_skips.npz"
NUCLEI_SHIPPED = "checkpoints/nuclei_segmenter.npz"

__all__ = [
    "FCN", "as_convolutions", "build_fcn", "garment_network", "load_garment_segmenter",
    "load_nuclei_segmenter", "nuclei_network", "predict", "train",
]  # fmt: skip


@keras.saving.register_keras_serializable("course")
class FCN(keras.Model):
    """A functional model of pictures that takes them as float in 0…1, or else as uint8."""

    def call(self, pictures, training=None, mask=None):
        return super().call(as_floats(pictures), training=training, mask=mask)


def build_fcn(size, classes, channels=3, skips=2, filters=FILTERS):
    """Return a network with weights at random that gives each pixel a logit a class.

    Args:
        size: (height, width) of the pictures, or None for pictures of any size.
        classes: how many there are, the background among them.
        channels: of the pictures.
        skips: how many finer maps add their scores, from 0 to one fewer than `filters`. The
            finest scores then have the stride 2 ** (len(filters) - skips).
        filters: how many maps there are at stride 2, 4, 8 and so on.

    Returns:
        FCN: (n, height, width, channels) uint8 or float in 0…1 in, logits (n, height, width,
        classes) out.

    Raises:
        ValueError: an argument is not as described.
    """
    _require_arguments(size, classes, channels, skips, filters)
    pictures = keras.Input((*(size or (None, None)), channels), name="pictures")
    maps = networks.add_trunk(pictures, filters)
    known = networks.add_skips(maps, skips)
    finest = 2 ** (len(filters) - skips)
    logits = networks.add_scores(known, pictures, classes, finest)
    return FCN(pictures, logits, name=f"fcn_{finest}s")


def train(
    network,
    pictures,
    masks,
    epochs=2,
    peak=0.012,
    batch=BATCH,
    power=0.2,
    change=None,
    seed=0,
    callbacks=(),
):
    """Train a network on pictures and masks: Adam, `classifier.learning_rates`, weighted classes.

    Args:
        network: of `build_fcn`; it is changed in place.
        pictures: (n, height, width, channels) uint8, or float in 0…1.
        masks: (n, height, width) int, classes from 0.
        epochs, peak, batch: how often each is seen, the highest learning rate, the batches' size.
        power: how much more a pixel of a rare class counts: see `class_weights`.
        change: of `segmentation.augmenting`: what is done to each batch, pictures and masks.
        seed: of the order.
        callbacks: for `fit`.

    Returns:
        Keras' History.

    Raises:
        ValueError, TypeError: pictures or masks are not as described.
    """
    classes = network.output_shape[-1]
    require_masks(masks, classes, shape=np.shape(pictures)[:3])
    updates = epochs * -(-len(pictures) // batch)
    network.compile(
        keras.optimizers.Adam(learning_rates(updates, peak)),
        WeightedCrossEntropy(class_weights(masks, classes, power)),
        jit_compile=False,
    )
    batches = shuffled((np.asarray(pictures), np.asarray(masks)), batch, seed)
    if change:
        batches = batches.map(change).prefetch(tf.data.AUTOTUNE)
    return network.fit(batches, epochs=epochs, verbose=0, callbacks=list(callbacks), shuffle=False)


def predict(network, pictures, batch=50):
    """Return the most probable class of every pixel: (n, height, width) uint8.

    Args:
        network: of `build_fcn`.
        pictures: (n, height, width, channels) uint8, or float in 0…1.
        batch: how many are looked at together; their logits are not kept.
    """
    starts = range(0, len(pictures), batch)
    # Not `predict_on_batch`: TensorFlow warns when several networks are asked in turn.
    logits = (np.array(network(pictures[first : first + batch])) for first in starts)
    return np.concatenate([each.argmax(axis=-1).astype(np.uint8) for each in logits])


def garment_network(skips=GARMENT_SKIPS):
    """Return the network for `scenes.garment_scenes`, of any size: four classes and the ground."""
    return build_fcn(None, 1 + len(GARMENTS), skips=skips)


def nuclei_network():
    """Return the network for `datasets.load_nuclei`, of any size: ground and nucleus.

    Nuclei are small: it takes no maps of stride 16 to see a whole one.
    """
    return build_fcn(None, 2, channels=1, skips=2, filters=FILTERS[:3])


def load_garment_segmenter(skips=GARMENT_SKIPS):
    """Return the `garment_network` with so many skips, 0 to 3, that the course ships.

    All four have been trained alike.

    Raises:
        ValueError: it cannot have so many skips.
        CourseError: its weights are missing, or are not the ones that the course ships.
    """
    return load_half(garment_network(skips), GARMENTS_SHIPPED.format(skips=skips))


def load_nuclei_segmenter():
    """Return the `nuclei_network` that the course ships: it has learnt before `NUCLEI_SPLIT`.

    Raises:
        CourseError: as `load_garment_segmenter`.
    """
    return load_half(nuclei_network(), NUCLEI_SHIPPED)


def _require_arguments(size, classes, channels, skips, filters):
    """Refuse what no network can be built of."""
    for name, value in (("classes", classes), ("channels", channels)):
        require_positive(name, value)
    if size is not None and np.shape(size) != (2,):
        raise ValueError(
            f"Expected size as (height, width), or None for any. Received {size!r}: name both."
        )
    if not filters:
        raise ValueError("Expected filters as a number or more. Received none: (16, 32) has two.")
    for value in filters:
        require_positive("filters", value)
    if isinstance(skips, bool) or skips not in range(len(filters)):
        raise ValueError(
            f"Expected skips as a whole number from 0 to {len(filters) - 1}. Received {skips!r}: "
            "there is one fewer than there are numbers of filters."
        )
