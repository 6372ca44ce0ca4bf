"""What keras-cv's models need to be trained beside the course's: backbone, frame, deadline."""

import math
from time import perf_counter

import keras
import numpy as np


class Deadline(keras.callbacks.Callback):
    """Stop after so many seconds; until then the rate falls along half a cosine of the time.

    The clock starts after the first batch, for building the graph takes keras-cv's models long.
    """

    def __init__(self, seconds, peak):
        super().__init__()
        self.seconds, self.peak, self.started = seconds, peak, None

    def on_train_batch_begin(self, batch, logs=None):
        if self.started is None:
            return
        share = min(1.0, (perf_counter() - self.started) / self.seconds)
        self.model.optimizer.learning_rate = self.peak * (1 + math.cos(math.pi * share)) / 2
        self.model.stop_training = share >= 1

    def on_train_batch_end(self, batch, logs=None):
        self.started = self.started or perf_counter()


def framed(images):
    """Return pictures as float32 in 0…1 with a grey margin on the right and below.

    Its detectors and DeepLab take sides that are multiples of 32.
    """
    margin = [-side % 32 for side in images.shape[1:3]]
    widened = np.pad(images, [(0, 0), *((0, more) for more in margin), (0, 0)], constant_values=128)
    return widened / np.float32(255)


def small_resnet():
    """Return a backbone of random weights, for framed pictures of 80 × 80 pixels."""
    import keras_cv

    return keras_cv.models.ResNetBackbone(
        stackwise_filters=[16, 32, 64, 128],
        stackwise_blocks=[1, 1, 1, 1],
        stackwise_strides=[1, 2, 2, 2],
        include_rescaling=False,
        input_shape=(96, 96, 3),
    )
