"""Scenes that were never made: moved, enlarged and mirrored by chance, their masks with them.

A picture is enlarged bilinearly, its mask by nearest neighbour: half-way between class 1 and class
3 lies no class 2. What changes a scene takes (picture, mask, chance): (height, width, channels)
float32 in 0…1, (height, width) int, and a seed (2,); it returns the first two.
"""

import tensorflow as tf

from course_utils.scenes.augmenting import window_in


def zoomed(picture, mask, chance):
    """Cut the same window out of both, and enlarge it to the size that they have."""
    size = tf.shape(mask)
    corner, sides = window_in(tf.cast(size, tf.float32), chance)
    top, left, height, width = tf.unstack(tf.cast(tf.concat([corner, sides], 0), tf.int32))
    part = picture[top : top + height, left : left + width]
    own = mask[top : top + height, left : left + width, tf.newaxis]
    enlarged = tf.image.resize(own, size, "nearest")[..., 0]
    return (
        tf.ensure_shape(tf.image.resize(part, size), picture.shape),
        tf.ensure_shape(enlarged, mask.shape),
    )


def mirrored(picture, mask, chance):
    """Exchange left and right in both, or not."""
    if tf.random.stateless_uniform((), chance + 2) < 0.5:
        return picture, mask
    return picture[:, ::-1], mask[:, ::-1]


def augmented(scenes, changes, seed):
    """Return a Dataset whose scenes are changed anew in each epoch.

    Args:
        scenes: tf.data.Dataset of (picture, mask).
        changes: functions such as those above, in order.
        seed: a whole number.
    """
    chances = tf.data.Dataset.random(seed, rerandomize_each_iteration=True).batch(2)

    def change(scene, chance):
        picture, mask = scene
        for one in changes:
            picture, mask = one(picture, mask, chance)
        return picture, mask

    return tf.data.Dataset.zip((scenes, chances)).map(change, num_parallel_calls=tf.data.AUTOTUNE)
