"""Scenes that were never made: pictures changed by chance, and their masks with them.

A change takes (pictures, masks, chance): (n, height, width, channels), (n, height, width) and a
seed (2,); it returns the first two.
"""

import tensorflow as tf


def mirrored(pictures, masks, chance):
    """Exchange left and right in about half of the pictures, and in their masks."""
    turned = tf.random.stateless_uniform(tf.shape(masks)[:1], chance) < 0.5
    turned = turned[:, tf.newaxis, tf.newaxis]
    return (
        tf.where(turned[..., tf.newaxis], pictures[:, :, ::-1], pictures),
        tf.where(turned, masks[:, :, ::-1], masks),
    )


def augmented(batches, changes, seed):
    """Return a Dataset whose batches are changed anew in each epoch.

    Args:
        batches: tf.data.Dataset of (pictures, masks).
        changes: functions such as `mirrored`, in order.
        seed: a whole number.
    """
    chances = tf.data.Dataset.random(seed, rerandomize_each_iteration=True).batch(2)

    def change(batch, chance):
        for one in changes:
            batch = one(*batch, chance)
        return batch

    return tf.data.Dataset.zip((batches, chances)).map(change)
