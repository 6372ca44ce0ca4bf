"""Pictures as the course's networks take them, and in batches."""

import tensorflow as tf


def as_floats(pictures):
    """Return pictures as float32 in 0…1, whether they are that already or uint8."""
    return tf.image.convert_image_dtype(pictures, tf.float32)


def shuffled(arrays, batch, seed=None):
    """Return a Dataset of batches of the arrays' rows, in another order in each epoch.

    The arrays stay where they are, for a Dataset made of them would keep a copy, and shuffling it
    another one.

    Args:
        arrays: as many rows each.
        batch: how many rows at once; the last batch may have fewer.
        seed: None takes TensorFlow's own, as `keras.utils.set_random_seed` sets it.
    """
    kinds = [array.dtype for array in arrays]

    def rows(numbers):
        own = tf.numpy_function(lambda some: [each[some] for each in arrays], [numbers], kinds)
        return tuple(
            tf.ensure_shape(part, (None, *whole.shape[1:])) for part, whole in zip(own, arrays)
        )

    numbers = tf.data.Dataset.range(len(arrays[0])).shuffle(len(arrays[0]), seed=seed)
    return numbers.batch(batch).map(rows).prefetch(tf.data.AUTOTUNE)
