"""Models of all shapes that a probe must look into, small and untrained."""

import keras
from keras import layers


def sequential(channels=1):
    return keras.Sequential([
        keras.Input((20, 22, channels)),
        layers.Conv2D(4, 5, strides=2, activation="relu", name="a"),
        layers.Conv2D(6, 3, padding="same", activation="relu", name="b"),
        layers.MaxPooling2D(2, name="pool"), layers.Conv2D(5, 3, padding="same", name="c"),
        layers.Flatten(), layers.Dense(3, name="scores"),
    ])  # fmt: skip


def colour():
    return sequential(channels=3)


def branching():
    """A functional model with an addition, a joining, and an operator."""
    start = keras.Input((20, 22, 3))
    stem = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu", name="stem")(start)
    long = layers.Conv2D(4, 3, padding="same", name="long_1")(stem)
    long = layers.Conv2D(4, 3, padding="same", name="long_2")(layers.ReLU(name="r")(long))
    both = layers.Concatenate(name="join")([layers.Add(name="sum")([stem, long]), long]) * 2
    end = layers.Conv2D(3, 3, strides=2, name="last")(both)
    return keras.Model(start, layers.Dense(2)(layers.GlobalMaxPooling2D()(end)))


def nested_and_shared():
    inner = keras.Sequential(
        [keras.Input((9, 10, 4)), layers.Conv2D(4, 3, padding="same", name="c")], name="inner"
    )
    shared = layers.Conv2D(4, (3, 2), padding="same", name="shared")
    start = keras.Input((18, 20, 1))
    stem = layers.Conv2D(4, 3, strides=2, padding="same", name="stem")(start)
    end = shared(shared(inner(inner(stem))))
    return keras.Model(start, layers.Dense(2)(layers.Flatten()(end)))


def separable():
    """Depthwise, separable and grouped convolutions, normalised, with the activation apart."""
    return keras.Sequential([
        keras.Input((20, 22, 4)),
        layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", name="depthwise"),
        layers.BatchNormalization(name="normal"), layers.ReLU(6.0, name="cut"),
        layers.SeparableConv2D(6, 3, strides=2, depth_multiplier=2, name="separable"),
        layers.Conv2D(4, 3, groups=2, use_bias=False, name="grouped"),
        layers.LeakyReLU(name="leak"), layers.AveragePooling2D(2, padding="same"), layers.GlobalAveragePooling2D(),
    ])  # fmt: skip


def dilated():
    return keras.Sequential([
        keras.Input((24, 26, 1)), layers.ZeroPadding2D((1, 2)), layers.Cropping2D(1),
        layers.Conv2D(3, 3, dilation_rate=2, padding="same", activation="relu", name="two"),
        layers.Conv2D(3, 3, dilation_rate=(3, 1), name="three"), layers.UpSampling2D(2),
        layers.AveragePooling2D(3, strides=1), layers.Conv2D(3, 2, strides=3, name="third"),
        layers.GlobalMaxPooling2D(),
    ])  # fmt: skip


def transposed():
    return keras.Sequential([
        keras.Input((10, 11, 2)), layers.Conv2D(3, 3, strides=2, padding="same", name="down"),
        layers.Conv2DTranspose(4, 3, strides=2, padding="same", name="up"),
        layers.Conv2DTranspose(2, 4, strides=3, name="higher"), layers.GlobalMaxPooling2D(),
    ])  # fmt: skip


MODELS = [
    sequential, colour, branching, nested_and_shared, separable, dilated, transposed,
]  # fmt: skip
