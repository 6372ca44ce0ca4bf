"""Scenes that were never made: pictures changed, and their masks with them."""

import tensorflow as tf


def half_mirrored(pictures, masks):
    """Exchange left and right in the first half of a batch; shuffling has put them there.

    Args:
        pictures: (n, height, width, channels).
        masks: (n, height, width).
    """
    half = tf.shape(pictures)[0] // 2

    def turned(values):
        return tf.concat([tf.reverse(values[:half], [2]), values[half:]], axis=0)

    return turned(pictures), turned(masks)
