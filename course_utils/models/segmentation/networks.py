"""The network: maps that become smaller and know more, and skips that bring back where it is."""

import keras
import tensorflow as tf
from keras import layers


def convolution(maps, filters, name, strides=1):
    """A 3 × 3 convolution and ReLU; weights drawn so that signals keep their size (He, 2015)."""
    layer = layers.Conv2D(
        filters,
        3,
        strides,
        padding="same",
        activation="relu",
        kernel_initializer="he_normal",
        name=name,
    )
    return layer(maps)


def add_trunk(pictures, filters):
    """Return maps of strides 2, 4, 8 and so on, one for each number of filters, fine to coarse."""
    maps = layers.Rescaling(4, offset=-2, name="centred")(pictures)  # 0…1 becomes -2…2
    found = []
    for number, count in enumerate(filters, start=1):
        stride = 2**number
        maps = convolution(maps, count, f"to_stride_{stride}", strides=2)
        if number > 2:  # where maps are small, another one costs little
            maps = convolution(maps, count, f"stride_{stride}")
        found.append(maps)
    return found


def add_skips(maps, width, skips):
    """Return scores of the coarsest maps, to which so many finer ones have added theirs."""
    scores = layers.Conv2D(width, 1, name=f"scores_{2 ** len(maps)}")(maps[-1])
    for number in range(len(maps) - 1, len(maps) - 1 - skips, -1):
        finer, stride = maps[number - 1], 2**number
        scores = enlarged(scores, finer, 2, f"to_{stride}")
        own = layers.Conv2D(width, 1, name=f"scores_{stride}")(finer)
        scores = layers.Add(name=f"skip_{stride}")([scores, own])
    return scores


def enlarged(maps, others, factor, name):
    """Enlarge maps bilinearly to the size of others; odd sides have made them a little larger."""
    maps = layers.UpSampling2D(factor, interpolation="bilinear", name=f"enlarged_{name}")(maps)
    return CutLike(name=f"cut_{name}")([maps, others])


@keras.saving.register_keras_serializable("course")
class CutLike(layers.Layer):
    """Cut maps on the right and below to the size of others: CutLike()([maps, others])."""

    def call(self, pair):
        maps, others = pair
        height, width = tf.unstack(tf.shape(others)[1:3])
        return maps[:, :height, :width]

    def compute_output_shape(self, shapes):
        maps, others = shapes
        return (maps[0], *others[1:3], maps[3])
