"""The network: maps that become smaller and know more, and skips that bring back where it is."""

import keras
import tensorflow as tf
from keras import layers

DROPPED = 0.1  # of what the coarsest maps know, while training: it helps on things not yet seen


def convolution(maps, filters, name, strides=1, kernel=3):
    """A convolution, batch normalisation, ReLU; weights that keep a signal's size (He, 2015)."""
    layer = layers.Conv2D(
        filters,
        kernel,
        strides,
        padding="same",
        use_bias=False,  # the normalisation has one
        kernel_initializer="he_normal",
        name=name,
    )
    maps = layers.BatchNormalization(momentum=0.9, name=f"{name}_normal")(layer(maps))
    return layers.ReLU(name=f"{name}_relu")(maps)


def add_trunk(pictures, filters):
    """Return maps of strides 2, 4, 8 and so on, one for each number of filters, fine to coarse.

    The first window is 5 × 5, the others are 3 × 3. From stride 4 on one more layer follows.
    """
    maps = layers.Rescaling(4, offset=-2, name="centred")(pictures)  # 0…1 becomes -2…2
    found = []
    for number, count in enumerate(filters, start=1):
        stride = 2**number
        maps = convolution(maps, count, f"to_stride_{stride}", strides=2, kernel=max(3, 7 - stride))
        if stride > 2:
            maps = convolution(maps, count, f"stride_{stride}")
        found.append(maps)
    return found


def add_skips(maps, skips, width=32):
    """Return what the coarsest maps know, enlarged, to which so many finer ones have added theirs.

    The paper adds scores of classes. Sums of `width` maps, of which the last layer makes scores,
    take hardly longer, and learn in fewer steps.
    """
    *finer, coarsest = maps
    coarsest = layers.Dropout(DROPPED, name="dropout")(coarsest)
    known = layers.Conv2D(width, 1, name=f"lateral_{2 ** len(maps)}")(coarsest)
    for number in range(len(finer), len(finer) - skips, -1):
        stride = 2**number
        own = layers.Conv2D(width, 1, name=f"lateral_{stride}")(finer[number - 1])
        known = EnlargeTo(name=f"enlarged_to_{stride}")([known, own])
        known = layers.Add(name=f"skip_{stride}")([known, own])
    return known


def add_scores(known, pictures, classes, factor):
    """Return a logit a class for each pixel: scores at the finest stride, enlarged by so much."""
    known = layers.ReLU(name="known")(known)
    scores = layers.Conv2D(classes, 1, name="scores")(known)
    return EnlargeTo(factor, name="logits")([scores, pictures])


@keras.saving.register_keras_serializable("course")
class EnlargeTo(layers.Layer):
    """Enlarge maps bilinearly, and cut them to the size of others: EnlargeTo(2)([maps, others]).

    Where a picture has odd sides, halving has rounded up. `UpSampling2D` in its place fails on
    pictures whose size is known only when they come, and it cannot cut.

    Args:
        factor: by which both sides grow before they are cut.
    """

    def __init__(self, factor=2, **settings):
        super().__init__(**settings)
        self.factor = factor

    def call(self, pair):
        maps, others = pair
        enlarged = tf.image.resize(maps, self.factor * tf.shape(maps)[1:3])
        height, width = tf.unstack(tf.shape(others)[1:3])
        return enlarged[:, :height, :width]

    def compute_output_shape(self, shapes):
        maps, others = shapes
        return (maps[0], *others[1:3], maps[3])

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}
