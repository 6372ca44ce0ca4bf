"""The loss of a segmentation: cross-entropy of every pixel, rare classes with more weight."""

import keras
import numpy as np
import tensorflow as tf


def class_weights(masks, classes, power=0.2):
    """Return the weight of each class: (mean count / its count) ** power, their mean made 1.

    Args:
        masks: (…, height, width) int.
        classes: how many there are; one that no pixel has counts as the rarest of the others.
        power: 0 weighs all pixels alike, 1 all classes (SegNet's median frequency balancing, but
            for the median); what lies between gives fewer false alarms in the background.

    Returns:
        (classes,) float32.
    """
    counts = np.bincount(np.ravel(masks), minlength=classes).astype(float)
    counts[counts == 0] = counts[counts > 0].min()
    weights = counts**-power
    return (weights / weights.mean()).astype(np.float32)


@keras.saving.register_keras_serializable("course")
class WeightedCrossEntropy(keras.losses.Loss):
    """Mean of the pixels' cross-entropies, each weighted as its class.

    Args:
        weights: a number for each class, as `class_weights` returns them.
    """

    def __init__(self, weights, name="weighted_cross_entropy", **settings):
        super().__init__(name=name, **settings)
        self.weights = [float(weight) for weight in weights]

    def call(self, masks, logits):
        masks = tf.cast(masks, tf.int32)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(masks, logits)
        weights = tf.gather(self.weights, masks)
        return tf.reduce_sum(weights * losses) / tf.reduce_sum(weights)

    def get_config(self):
        return {**super().get_config(), "weights": self.weights}
