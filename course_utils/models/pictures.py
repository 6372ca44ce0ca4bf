"""Pictures as the course's networks take them."""

import tensorflow as tf


def as_floats(pictures):
    """Return pictures as float32 in 0…1, whether they are that already or uint8."""
    return tf.image.convert_image_dtype(pictures, tf.float32)
