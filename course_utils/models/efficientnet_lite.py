"""EfficientNet-Lite0, trained on ImageNet: a network that knows 1000 classes of photographs.

References: Tan and Le, EfficientNet: rethinking model scaling for convolutional neural networks
(2019), section 4 and table 1. Its blocks are the inverted residuals of Sandler and others,
MobileNetV2 (2018), section 3.3. EfficientNet-Lite (Google, 2020) makes it fit for small devices:
ReLU6 in place of swish, no squeeze-and-excitation, and the same stem and head at every size.

Each batch normalisation is folded into the convolution before it, which therefore has a bias: at
inference the two are one convolution, and nothing behaves otherwise while something is trained.
"""

from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

from course_utils.models.half_precision import load_half

SHIPPED = "checkpoints/efficientnet_lite0.npz"
SIZE = 224  # pixels along each side of the pictures that it was trained on

# By stride, the layer that gives the last maps of this size; their channels: 16, 24, 40, 112, 320.
LAYER_OF_STRIDE = {
    2: "block_1_project",
    4: "block_3_add",
    8: "block_5_add",
    16: "block_11_add",
    32: "block_16_project",
}


@dataclass(frozen=True)
class Stage:
    """A line of the paper's table 1: so many blocks alike, of which the first has the stride."""

    blocks: int
    kernel: int
    stride: int
    expansion: int
    channels: int


STAGES = (
    Stage(blocks=1, kernel=3, stride=1, expansion=1, channels=16),
    Stage(blocks=2, kernel=3, stride=2, expansion=6, channels=24),
    Stage(blocks=2, kernel=5, stride=2, expansion=6, channels=40),
    Stage(blocks=3, kernel=3, stride=2, expansion=6, channels=80),
    Stage(blocks=3, kernel=5, stride=1, expansion=6, channels=112),
    Stage(blocks=4, kernel=5, stride=2, expansion=6, channels=192),
    Stage(blocks=1, kernel=3, stride=1, expansion=6, channels=320),
)


def build_efficientnet_lite0(classes=1000, input_shape=(SIZE, SIZE, 3), head=True):
    """Return the network with weights at random.

    Args:
        classes: how many logits the head gives.
        input_shape: (height, width, 3); height and width may be None, for pictures of any size.
        head: False leaves out what follows the last block.

    Returns:
        A Keras model that takes (n, height, width, 3) float32 in 0…1. With a head it gives logits
        (n, classes); without, maps (n, height / 32, width / 32, 320), rounded up.
        `LAYER_OF_STRIDE` names the layers that give larger maps.
    """
    pictures = keras.Input(input_shape, name="pictures")
    # Of a picture x in 0…255 it was trained on (x − 127) / 128.
    maps = layers.Rescaling(255 / 128, offset=-127 / 128, name="rescaling")(pictures)
    maps = _convolution(maps, 32, kernel=3, stride=2, name="stem")
    number = 0
    for stage in STAGES:
        for repeat in range(stage.blocks):
            number += 1
            stride = 1 if repeat else stage.stride
            maps = inverted_residual(maps, stage, stride, name=f"block_{number}")
    outputs = _head(maps, classes) if head else maps
    return keras.Model(pictures, outputs, name="efficientnet_lite0")


def inverted_residual(maps, stage, stride, name):
    """Expand to many channels, filter each alone, project to few; add the input where it fits."""
    channels = maps.shape[-1]
    inner = maps
    if stage.expansion > 1:
        inner = _convolution(maps, channels * stage.expansion, name=f"{name}_expand")
    inner = layers.DepthwiseConv2D(
        stage.kernel, stride, padding="same", activation="relu6", name=f"{name}_depthwise"
    )(inner)
    inner = _convolution(inner, stage.channels, activation=None, name=f"{name}_project")
    if stride == 1 and channels == stage.channels:
        return layers.Add(name=f"{name}_add")([maps, inner])
    return inner


def _convolution(maps, filters, name, kernel=1, stride=1, activation="relu6"):
    layer = layers.Conv2D(filters, kernel, stride, padding="same", activation=activation, name=name)
    return layer(maps)


def _head(maps, classes):
    """From the last maps to one score a class: 1280 features, each the mean of its map."""
    maps = _convolution(maps, 1280, name="head")
    features = layers.GlobalAveragePooling2D(name="pooling")(maps)
    features = layers.Dropout(0.2, name="dropout")(features)
    return layers.Dense(classes, name="scores")(features)


def load_efficientnet_lite0(input_shape=(SIZE, SIZE, 3), head=True):
    """Return the network with the weights that the course ships, trained on ImageNet.

    Args:
        input_shape, head: as for `build_efficientnet_lite0`.

    Returns:
        A Keras model; with a head it gives 1000 logits, in the order of
        `datasets.imagenet_classes()`.

    Raises:
        CourseError: the file of weights is missing or is not the one that the course ships.
    """
    return load_half(build_efficientnet_lite0(input_shape=input_shape, head=head), SHIPPED)


def as_input(photograph, size=SIZE):
    """Return the largest square in the middle of a photograph as a batch of one.

    Args:
        photograph: (height, width, 3) or (height, width, 1) float in 0…1, as `load_photograph`
            gives it.
        size: pixels along each side of what is returned.

    Returns:
        (1, size, size, 3) float32 in 0…1; a grey photograph has its channel three times.

    Raises:
        ValueError: it is no single photograph.
    """
    photograph = np.asarray(photograph, dtype=np.float32)
    if photograph.ndim != 3 or photograph.shape[2] not in (1, 3):
        raise ValueError(
            f"Expected a photograph of shape (height, width, 3) or (height, width, 1). "
            f"Received shape {photograph.shape}: hand over one of `load_photograph`."
        )
    colour = np.broadcast_to(photograph, (*photograph.shape[:2], 3))
    resized = keras.ops.image.resize(
        colour[np.newaxis], (size, size), antialias=True, crop_to_aspect_ratio=True
    )
    return keras.ops.convert_to_numpy(resized)
