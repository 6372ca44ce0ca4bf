"""The picture that a feature map answers to most: gradient ascent on the pixels, from noise.

References: Erhan, Bengio, Courville and Vincent, Visualizing higher-layer features of a deep
network (2009); Yosinski and others, Understanding neural networks through deep visualization
(2015), section 3, for blur and decay; Olah, Mordvintsev and Schubert, Feature visualization,
Distill (2017), for shifts.
"""

import numpy as np
import tensorflow as tf

from course_utils.probe.looking import BATCH, PerLayer

RATE = 0.05  # how far the pixels go in one step: the root of the mean of their squares
MEMORY = 24e6  # bytes of the pictures that one climb keeps
FARTHEST = 2  # pixels of a shift, up, down, left or right
BLUR, DECAY = 0.15, 0.03  # share of the blurred picture that is mixed in; share that is taken off
OPEN = 96  # pixels a side, for a model that takes pictures of any size
_TENT = np.outer([1, 2, 1], [1, 2, 1]).astype(np.float32) / 16


class Ascent:
    """Changes a picture so that the mean of one feature map grows, step by step.

    The mean over all places of the map is its score: no place is preferred, so the pattern that
    the filter looks for appears all over the picture. All pixels stay within a range, which is the
    one that the network was trained on.

    Args:
        probe: a `Probe`.
        size: (height, width) of the picture where the model leaves them open.
        low, high: the values of the darkest and the brightest pixel.

    Attributes:
        shape: (height, width, channels) of the picture.
    """

    def __init__(self, probe, size=(OPEN, OPEN), low=0.0, high=1.0):
        self.probe, self.low, self.high = probe, low, high
        *sides, channels = probe.model.inputs[0].shape[1:]
        self.shape = (*(side or given for side, given in zip(sides, size)), channels)
        self._step = PerLayer(self._moved)
        self._means = PerLayer(self._means_of_maps)

    def noise(self, seed):
        """Return the picture that a seed starts from: each value at random in the range."""
        shares = np.random.default_rng(seed).random(self.shape, np.float32)
        return self.low + np.float32(self.high - self.low) * shares

    def step(self, picture, name, channel, shift=(0, 0), blur=0.0, decay=0.0, rate=RATE):
        """Take one step up the gradient of a map's mean.

        Args:
            picture: of `shape`, float32 in the range.
            name: of a convolution.
            channel: which of its feature maps.
            shift: (down, right) in pixels: the network sees the picture moved around so far.
            blur: how much of the picture is replaced by its blurred self, 0…1.
            decay: how much of each pixel's value above the darkest is taken off, 0…1.
            rate: how far the pixels go, as the root of the mean of their squares, where the range
                is 0…1; in a wider one so much farther.

        Returns:
            (picture, score, slope): the new picture, the mean of the map on it, and the size of
            the gradient on the old one; at 0 no pixel changes the map, and none is moved by it.
        """
        numbers = [tf.constant(value, tf.float32) for value in (blur, decay, rate)]
        picture, score, slope = self._step[name](
            tf.convert_to_tensor(picture)[tf.newaxis], tf.constant(channel, tf.int32),
            tf.constant(shift, tf.int32), *numbers,
        )  # fmt: skip
        return picture[0].numpy(), float(score), float(slope)

    def scores(self, images, name):
        """Return the mean of each feature map of a convolution on each picture: (n, maps).

        Args:
            images: (n, height, width, channels) float32.
        """
        parts = [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
        means = self._means[name]
        return np.concatenate([means(tf.convert_to_tensor(part)).numpy() for part in parts])

    def _moved(self, name, picture, channel, shift, blur, decay, rate):
        moved = tf.roll(picture, shift, axis=(1, 2))
        with tf.GradientTape() as tape:
            tape.watch(moved)
            score = self._means_of_maps(name, moved)[0, channel]
        slope = tape.gradient(score, moved, unconnected_gradients="zero")
        size = tf.sqrt(tf.reduce_mean(slope**2))
        way = tf.math.divide_no_nan(tf.roll(slope, -shift, axis=(1, 2)), size)
        picture += rate * (self.high - self.low) * way
        picture += blur * (_blurred(picture) - picture)
        picture = self.low + (picture - self.low) * (1 - decay)
        picture = tf.clip_by_value(picture, self.low, self.high)
        return picture, self._means_of_maps(name, picture)[0, channel], size

    def _means_of_maps(self, name, images):
        return tf.reduce_mean(self.probe.value_of(name, images), axis=(1, 2))


class Climb:
    """One ascent from noise: each step is taken once, and each can be looked at again.

    Args:
        ascent: an `Ascent`.
        name, channel: of the feature map whose mean is to grow.
        seed: of the noise and of the shifts.
        steps: how many there are at most.
        shift: True moves the picture at random, by up to 2 pixels, before each step.
        blur: True blurs the picture a little after each step.
        decay: True makes the picture a little darker after each step.

    Attributes:
        scores: of the noise, and after each step taken so far.
        slopes: the size of the gradient on the noise, and in each step taken so far.
    """

    def __init__(self, ascent, name, channel, seed, steps, shift=False, blur=False, decay=False):
        self._ascent, self._map = ascent, (name, channel)
        self._weights = dict(blur=BLUR * blur, decay=DECAY * decay)
        chance = np.random.default_rng([seed, 1])
        self._shifts = shift * chance.integers(-FARTHEST, FARTHEST + 1, (steps, 2))
        noise = ascent.noise(seed)
        # Of a long climb with large pictures only every second is kept, or third …
        self._apart = int(np.ceil(steps * noise.nbytes / MEMORY))
        self._kept, self._last = {0: noise}, noise
        _, score, slope = ascent.step(noise, *self._map, rate=0.0)
        self.scores, self.slopes = [score], [slope]

    @property
    def reached(self):
        """How many steps have been taken."""
        return len(self.scores) - 1

    def picture(self, step):
        """Return the picture after so many steps, taking those that are missing."""
        while self.reached < step:
            self._last, score, slope = self._next(self._last, self.reached)
            self.scores.append(score)
            self.slopes.append(slope)
            if self.reached % self._apart == 0:
                self._kept[self.reached] = self._last
        start = step - step % self._apart
        picture = self._kept[start]
        for at in range(start, step):
            picture, _, _ = self._next(picture, at)
        return picture

    def silent(self, step):
        """Return True where in none of the first steps any pixel changed the map."""
        return not any(self.slopes[: step + 1])

    def _next(self, picture, at):
        return self._ascent.step(picture, *self._map, self._shifts[at], **self._weights)


def _blurred(picture):
    """Blur each channel with (1 2 1) × (1 2 1) / 16, the edge repeated beyond itself."""
    kernel = tf.tile(_TENT[:, :, np.newaxis, np.newaxis], [1, 1, picture.shape[3], 1])
    wide = tf.pad(picture, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")
    return tf.nn.depthwise_conv2d(wide, kernel, [1, 1, 1, 1], "VALID")
