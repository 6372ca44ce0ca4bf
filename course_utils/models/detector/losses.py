"""The four losses of a two-stage detector (Ren and others, Faster R-CNN, 2015, section 3.1.2)."""

import tensorflow as tf


def mean_where(values, chosen):
    """Return the mean of the chosen values, and 0 where there are none: not 0 / 0."""
    chosen = tf.cast(chosen, values.dtype)
    return tf.reduce_sum(values * chosen) / tf.maximum(tf.reduce_sum(chosen), 1.0)


def objectness_loss(shows, logits, asked):
    """Binary cross-entropy of the anchors that are asked: an object or none?"""
    shows = tf.cast(shows, logits.dtype)
    losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=shows, logits=logits)
    return mean_where(losses, asked)


def class_loss(classes, logits, asked):
    """Cross-entropy of the RoIs that are asked: which class, or background?"""
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits)
    return mean_where(losses, asked)


def box_loss(wanted, deltas, shows, turn=0.1):
    """Smooth L1 of the deltas, where a box shows an object (Girshick, Fast R-CNN, equation 3).

    A parabola up to an error of `turn`, and from there on a line.
    """
    errors = tf.abs(wanted - deltas)
    smooth = tf.where(errors < turn, errors**2 / (2 * turn), errors - turn / 2)
    return mean_where(tf.reduce_sum(smooth, axis=-1), shows)
