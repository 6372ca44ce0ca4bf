"""Where does the network look? Maps of the pixels on which one class's score depends.

References:
    Simonyan, Vedaldi and Zisserman, Deep inside convolutional networks (2014), section 3: saliency.
    Smilkov and others, SmoothGrad: removing noise by adding noise (2017).
    Selvaraju and others, Grad-CAM: visual explanations from deep networks via gradient-based
    localization (2017), section 3.
    Zeiler and Fergus, Visualizing and understanding convolutional networks (2014), section 4.
"""

from dataclasses import replace

import numpy as np
import tensorflow as tf

from course_utils.models.graph import run_steps
from course_utils.probe.endings import ending_of
from course_utils.probe.looking import BATCH, Probe, compiled

SCORES = ("logit", "probability")
ANY_SIZE = 128  # pixels of a trial picture's side, where a model takes any


class Attributor:
    """Asks a classifier which pixels speak for a class, through functions compiled once.

    Every map is made for a class, from its logit or from its softmax probability.

    Args:
        model: a built Sequential or functional model that takes pictures (n, height, width,
            channels) and gives one score for each class: logits, or their softmax. It is
            called as it is now: what it learns later is seen as well.

    Attributes:
        probe: the model's `Probe`.
        classes: how many there are.
        layers: the names of the convolutions, in order.
        scores_known: those of "logit" and "probability" that the model's end gives away.

    Raises:
        ValueError: what `Probe` refuses, fewer than two scores, or another activation at the end.
    """

    def __init__(self, model):
        self.probe = Probe(model)
        self.layers = tuple(self.probe.convolutions)
        self.classes = _count_classes(self.probe)
        taken = model.inputs[0]
        batch = tf.TensorSpec((None, *taken.shape[1:]), taken.dtype)
        asked = [batch, tf.TensorSpec((), tf.int32), tf.TensorSpec((), tf.bool)]
        self._ending = self._tried(ending_of(self.probe.steps), taken)
        self._both = compiled(self._both_scores, [batch])
        self._slopes = compiled(self._slopes_of_score, asked)
        self._look = compiled(self._slopes_and_cams, asked)
        self.scores_known = SCORES if self._ending.has_logits else SCORES[1:]

    def scores(self, images):
        """Return (logits, probabilities) of pictures, each (n, classes); logits may be None."""
        parts = [[part.numpy() for part in self._both(batch)] for batch in self._batches(images)]
        logits, probabilities = (np.concatenate(part) for part in zip(*parts))
        return (logits if self._ending.has_logits else None), probabilities

    def gradient(self, image, target, score="logit"):
        """Return how a class's score changes with each value of a picture.

        Args:
            image: (height, width, channels), as the model takes it.
            target: the class, from 0.
            score: "logit" or "probability".

        Returns:
            The picture's shape.

        Raises:
            ValueError: another shape, no such class, or a score that the model does not give away.
        """
        return self._slopes(*self._asked(image, target, score))[0].numpy()

    def saliency(self, image, target, score="logit"):
        """Return the size of the gradient, (height, width): the largest over the channels."""
        return strength(self.gradient(image, target, score))

    def look(self, image, target, score="logit"):
        """Return `gradient`, and Grad-CAM at each convolution's own size, in one pass.

        Returns:
            ((height, width, channels), {layer: (rows, columns)}).
        """
        gradient, cams = self._look(*self._asked(image, target, score))
        return gradient[0].numpy(), {name: cam[0].numpy() for name, cam in cams.items()}

    def grad_cam(self, image, target, score="logit", layer=None):
        """Return Grad-CAM, (height, width): what the feature maps of a layer say for a class.

        Each map is weighed by the mean of the score's gradient over it. What is negative in the
        sum is cut off; the rest is resized bilinearly to the picture.

        Args:
            image, target, score: as for `gradient`.
            layer: the name of a convolution; by default the last one.

        Raises:
            ValueError: as for `gradient`, or no such layer.
        """
        layer = self.layers[-1] if layer is None else layer
        if layer not in self.layers:
            raise ValueError(
                f"Expected layer as one of {', '.join(self.layers)}. Received {layer!r}."
            )
        return resized(self.look(image, target, score)[1][layer], np.shape(image)[:2])

    def smooth_gradient(self, image, target, score="logit", spread=0.15, copies=25, seed=0):
        """Return the mean gradient over noisy copies of a picture: SmoothGrad.

        Args:
            image, target, score: as for `gradient`.
            spread: standard deviation of the noise, as a share of the picture's range of values.
            copies: how many; they go through the network as one batch.
            seed: of the noise.

        Returns:
            The picture's shape; `strength` makes a map of it.
        """
        images, *asked = self._asked(image, target, score)
        noise = np.random.default_rng(seed).normal(size=(copies, *np.shape(image)))
        noise *= spread * np.ptp(np.asarray(image, np.float32))
        noisy = tf.cast(tf.cast(images, tf.float32) + noise.astype(np.float32), images.dtype)
        return tf.reduce_mean(self._slopes(noisy, *asked), axis=0).numpy()

    def occlusion(self, image, target, score="logit", window=5, stride=1, fill=0.0):
        """Return by how much a class's score falls when a square of the picture is covered.

        Args:
            image, target, score: as for `gradient`.
            window: the square's side in pixels; at the edges it reaches beyond the picture.
            stride: pixels from one square's middle to the next.
            fill: the value that covers.

        Returns:
            (height, width): at each pixel for the square around it; with a stride above 1 fewer
            rows and columns. Below zero where covering raises the score.
        """
        _, target, _ = self._asked(image, target, score)
        image, which, target = np.asarray(image, np.float32), SCORES.index(score), int(target)
        places = np.mgrid[: image.shape[0] : stride, : image.shape[1] : stride]
        flat, after = places.reshape(2, -1).T, []
        for start in range(0, len(flat), BATCH):
            covered = _covered(image, flat[start : start + BATCH] - window // 2, window, fill)
            after.append(self.scores(covered)[which][:, target])
        before = self.scores(image[np.newaxis])[which][0, target]
        return (before - np.concatenate(after)).reshape(places.shape[1:])

    def require_class(self, target):
        """Return the number of a class as an int.

        Raises:
            ValueError: no whole number, or none of the model's classes.
        """
        whole = isinstance(target, (int, np.integer)) and not isinstance(target, bool)
        if not whole or not 0 <= target < self.classes:
            raise ValueError(
                f"Expected a class from 0 to {self.classes - 1}. Received {target!r}."
            )
        return int(target)

    def require_score(self, score):
        """Refuse a score that does not exist, or that the model does not give away.

        Raises:
            ValueError: it names those that do.
        """
        if score not in SCORES:
            raise ValueError(f"Expected score as one of {', '.join(SCORES)}. Received {score!r}.")
        if score not in self.scores_known:
            step = self._ending.step
            raise ValueError(
                f"Expected score as 'probability', for the logits of {self.probe.model.name!r} "
                f"cannot be found: its outputs are probabilities, but its last step {step.name!r} "
                f"({step.kind}) is no Dense layer with softmax and no softmax on its own. "
                "Received 'logit'."
            )

    def _asked(self, image, target, score):
        """Return what the compiled functions take: a batch of one, the class, from its logit."""
        self.require_score(score)
        target = tf.constant(self.require_class(target), tf.int32)
        (images,) = self._batches(np.asarray(image)[np.newaxis])
        return images, target, tf.constant(score == "logit")

    def _batches(self, images):
        return [
            self.probe.batch(images[start : start + BATCH])
            for start in range(0, len(images), BATCH)
        ]

    def _tried(self, ending, taken):
        """Return the ending after a trial: probabilities of unknown making are no logits."""
        trial = np.full([size or ANY_SIZE for size in taken.shape[1:]], 0.5, np.float32)
        model, trial = self.probe.model, self.probe.batch(trial[np.newaxis])
        outputs = np.asarray(model(trial, training=False), float)[0]
        if not ending.softmax and outputs.min() >= 0 and abs(outputs.sum() - 1) < 1e-3:
            return replace(ending, softmax=True, has_logits=False)
        return ending

    def _both_scores(self, images):
        """Return (logits, probabilities) of a batch; outputs stand in where no logits are."""
        return self._scores_of(run_steps(self.probe.steps, images))

    def _scores_of(self, values):
        outputs, logits = tf.cast(values[-1], tf.float32), None
        if self._ending.has_logits:
            logits = tf.cast(self._ending.logits(values), tf.float32)
        probabilities = outputs if self._ending.softmax else tf.nn.softmax(outputs)
        return (outputs if logits is None else logits), probabilities

    def _score_of(self, values, target, from_logit):
        """Return the sum over the batch: each picture's score depends on that picture alone."""
        logits, probabilities = self._scores_of(values)
        return tf.reduce_sum(tf.where(from_logit, logits, probabilities)[:, target])

    def _slopes_of_score(self, images, target, from_logit):
        with tf.GradientTape() as tape:
            tape.watch(images)
            values = run_steps(self.probe.steps, images)
            score = self._score_of(values, target, from_logit)
        return tf.cast(tape.gradient(score, images, unconnected_gradients="zero"), tf.float32)

    def _slopes_and_cams(self, images, target, from_logit):
        """Return the gradient and {layer: Grad-CAM} of a batch; one way back gives them all."""
        with tf.GradientTape() as tape:
            tape.watch(images)
            values = run_steps(self.probe.steps, images)
            score = self._score_of(values, target, from_logit)
        maps = [values[end] for end in self.probe.ends.values()]
        gradient, *slopes = tape.gradient(score, [images, *maps], unconnected_gradients="zero")
        return tf.cast(gradient, tf.float32), dict(zip(self.layers, map(_cam, maps, slopes)))


def strength(gradient):
    """Return the size of a gradient (height, width, channels): the largest over the channels."""
    return np.abs(gradient).max(axis=-1)


def resized(values, size):
    """Return a map (rows, columns) bilinearly resized to `size`."""
    values = np.asarray(values, np.float32)[..., np.newaxis]
    return tf.image.resize(values, size, method="bilinear")[..., 0].numpy()


def _cam(maps, slopes):
    """Return Grad-CAM of a batch, (n, rows, columns): equations 1 and 2 of the paper."""
    maps, slopes = tf.cast(maps, tf.float32), tf.cast(slopes, tf.float32)
    weights = tf.reduce_mean(slopes, axis=(1, 2), keepdims=True)
    return tf.nn.relu(tf.reduce_sum(weights * maps, axis=3))


def _covered(image, corners, window, fill):
    """Return a copy of a picture for each upper left corner, with a square covered there."""
    copies = np.repeat(image[np.newaxis], len(corners), axis=0)
    for copy, (top, left) in zip(copies, corners):
        copy[max(top, 0) : top + window, max(left, 0) : left + window] = fill
    return copies


def _count_classes(probe):
    shape = probe.steps[-1].shape
    if len(shape) != 1 or shape[0] is None or shape[0] < 2:
        raise ValueError(
            "Expected a model that gives one score for each of two or more classes. Received "
            f"{probe.model.name!r}, which gives {shape} for a picture."
        )
    return shape[0]
