"""The three networks of a two-stage detector: trunk, region proposal network, heads.

None has batch normalisation: a trunk that first learnt to classify does without, and training
takes less time.
"""

import keras
from keras import layers

FINE, COARSE = 4, 8  # strides of the maps: RoIs are read from the fine, anchors lie on the coarse


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


def build_trunk(channels=3, filters=(16, 32, 48, 64)):
    """Return the network that turns pictures of any size into fine and coarse maps."""
    pictures = keras.Input((None, None, channels), name="pictures")
    maps = layers.Rescaling(4, offset=-2, name="centred")(pictures)  # 0…1 becomes -2…2
    maps = convolution(maps, filters[0], "convolution_1", strides=2)
    maps = convolution(maps, filters[1], "convolution_2", strides=2)
    fine = convolution(maps, filters[2], "convolution_3")
    coarse = convolution(fine, filters[3], "convolution_4", strides=2)
    coarse = convolution(coarse, filters[3], "convolution_5")
    # What the coarse maps know is added to the fine ones, as in a feature pyramid.
    known = layers.Conv2D(filters[2], 1, name="top_down")(coarse)
    fine = layers.Add(name="pyramid")([fine, layers.UpSampling2D(2, name="enlarged")(known)])
    return keras.Model(pictures, [fine, coarse], name="trunk")


def build_rpn(channels, shapes, filters=64):
    """Return the region proposal network: coarse maps in, a logit and 4 deltas an anchor out."""
    maps = keras.Input((None, None, channels), name="coarse_maps")
    seen = convolution(maps, filters, "window")
    small = keras.initializers.RandomNormal(stddev=0.01)
    logits = layers.Conv2D(shapes, 1, kernel_initializer=small, name="objectness")(seen)
    deltas = layers.Conv2D(shapes * 4, 1, kernel_initializer=small, name="deltas")(seen)
    logits = layers.Reshape((-1,), name="logit_of_each")(logits)
    deltas = layers.Reshape((-1, 4), name="deltas_of_each")(deltas)
    return keras.Model(maps, [logits, deltas], name="region_proposals")


def build_heads(bins, channels, classes, filters=32, units=128):
    """Return the two heads: a RoI's features in, a logit a class and 4 deltas out."""
    features = keras.Input((bins, bins, channels), name="features")
    seen = convolution(features, filters, "reduced", strides=2)
    seen = layers.Flatten(name="flatten")(seen)
    for name in ("dense_1", "dense_2"):
        seen = layers.Dense(units, "relu", kernel_initializer="he_normal", name=name)(seen)
    small = keras.initializers.RandomNormal(stddev=0.01)
    logits = layers.Dense(1 + classes, kernel_initializer=small, name="class")(seen)
    deltas = layers.Dense(4, kernel_initializer=small, name="box")(seen)
    return keras.Model(features, [logits, deltas], name="heads")


def build_crop_reader(trunk, classes, size=40):
    """Return a classifier of small pictures that learns the trunk's layers, all but `top_down`."""
    seen = keras.Model(trunk.input, trunk.get_layer("convolution_5").output, name="below")
    crops = keras.Input((size, size, trunk.input_shape[-1]), name="crops")
    features = layers.Flatten(name="flatten")(seen(crops))
    small = keras.initializers.RandomNormal(stddev=0.01)
    logits = layers.Dense(classes, kernel_initializer=small, name="class")(features)
    return keras.Model(crops, logits, name="crop_reader")
