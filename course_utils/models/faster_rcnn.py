"""Faster R-CNN: where could something be, and then: what is it, and where exactly?

    detector = FasterRCNN(classes=10, size=(80, 80))
    pretrain(detector, crops, labels)
    train(detector, scenes)
    found = detector.predict(pictures)[0]  # found.boxes, found.labels, found.scores

Its pieces, which lesson 06 looks at one after the other, stand in `models.detector`.

Reference: Ren and others, Faster R-CNN: towards real-time object detection with region proposal
networks (2015). RoIs are read as in Mask R-CNN (He and others, 2017).
"""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from course_utils.by_hand.convolution import require_positive
from course_utils.datasets import DIGIT_CLASSES, verified_path
from course_utils.models.classifier import learning_rates
from course_utils.models.detector import checking, networks, steps
from course_utils.models.detector.anchors import anchor_grid
from course_utils.models.detector.proposals import propose
from course_utils.models.pictures import as_floats

BATCH, EPOCHS = 16, 3
SHIPPED = "checkpoints/digit_detector.weights.h5"


class Detections(NamedTuple):
    """What is seen in one picture, best first.

    Attributes:
        boxes: (n, 4) float32, x1 y1 x2 y2 in pixels.
        labels: (n,) int, classes from 0.
        scores: (n,) float32 from 0 to 1.
    """

    boxes: np.ndarray
    labels: np.ndarray
    scores: np.ndarray


@keras.saving.register_keras_serializable("course")
class FasterRCNN(keras.Model):
    """A two-stage detector.

    Args:
        classes: how many classes of objects there are; the background is not one of them.
        size: (height, width) of the pictures, multiples of 8.
        channels: of the pictures.
        anchor_sizes: sides in pixels; an anchor of size s covers s² pixels.
        anchor_ratios: height / width of anchors.
        filters: how many maps the trunk's four sizes of layers have.
        bins: rows and columns that RoIAlign makes of a RoI.
        units: of the heads' two dense layers.
        rois: how many RoIs of each picture the heads are trained on.
        proposals: how many the first stage makes of each picture, no fewer than `rois`; and how
            many objects can be found in it.

    Raises:
        ValueError: an argument is not as described.
    """

    def __init__(
        self,
        classes,
        size=(80, 80),
        channels=3,
        anchor_sizes=(18, 30),
        anchor_ratios=(1.0, 2.0),
        filters=(16, 32, 48, 64),
        bins=8,
        units=128,
        rois=24,
        proposals=48,
        **settings,
    ):
        super().__init__(**settings)
        self._arguments = {
            "classes": classes, "size": tuple(size), "channels": channels,
            "anchor_sizes": tuple(anchor_sizes), "anchor_ratios": tuple(anchor_ratios),
            "filters": tuple(filters), "bins": bins, "units": units, "rois": rois,
            "proposals": proposals,
        }  # fmt: skip
        _require_arguments(**self._arguments)
        self.classes, self.size, self.channels = classes, tuple(size), channels
        self.bins, self.rois, self.proposals = bins, rois, proposals
        self.anchors = anchor_grid(*size, networks.COARSE, anchor_sizes, anchor_ratios)
        self.trunk = networks.build_trunk(channels, filters)
        self.rpn = networks.build_rpn(filters[3], len(anchor_sizes) * len(anchor_ratios))
        self.heads = networks.build_heads(bins, filters[2], classes, units=units)
        self.supports_jit = False  # non-maximum suppression ends when it has enough
        self.built = True

    def call(self, pictures):
        """Return padded boxes, labels and scores, and how many are found in each picture."""
        return steps.detect(self, as_floats(pictures))

    def train_step(self, batch):
        return steps.update(self, *as_truths(*batch))

    def test_step(self, batch):
        losses = steps.all_losses(self, *as_truths(*batch))
        return {"loss": tf.add_n(list(losses.values())), **losses}

    def fit(self, pictures, boxes=None, labels=None, batch_size=BATCH, seed=0, **settings):
        """Train as `keras.Model.fit` does, after a look at everything it is given.

        Args:
            pictures: (n, height, width, channels) uint8, or float in 0…1; or else a Dataset of
                batches as `scenes.read_records` gives them, without boxes and labels.
            boxes: for each picture (objects, 4) float, x1 y1 x2 y2 in pixels.
            labels: for each picture (objects,) int from 0.
            batch_size, seed: how many pictures a batch has, and how they are shuffled.
            settings: epochs, callbacks, verbose, validation_data (a Dataset): Keras' own.

        Returns:
            Keras' History.

        Raises:
            ValueError: a picture, a box or a label cannot be; the message names it.
        """
        batches = self._batches(pictures, boxes, labels, batch_size, seed)
        settings.setdefault("shuffle", False)  # the batches are shuffled already
        return super().fit(batches, **settings)

    def evaluate(self, pictures, boxes=None, labels=None, batch_size=BATCH, **settings):
        """Return the losses, as `keras.Model.evaluate` does; arguments as for `fit`."""
        batches = self._batches(pictures, boxes, labels, batch_size, seed=0)
        return super().evaluate(batches, **settings)

    def _batches(self, pictures, boxes, labels, batch_size, seed):
        if isinstance(pictures, tf.data.Dataset):
            return checking.check_batches(pictures, self)
        pictures = checking.check_pictures(pictures, self.size, self.channels)
        checking.require_objects(len(pictures), boxes, labels)
        checking.check_objects(boxes, labels, self.size, self.classes)
        return checking.as_batches(pictures, boxes, labels, batch_size, seed)

    def predict(self, pictures, least_score=0.02, batch_size=50):
        """Return what is seen in each picture.

        Args:
            pictures: (n, height, width, channels) uint8, or float in 0…1.
            least_score: detections with a lower score are left out.
            batch_size: how many pictures are looked at together.

        Returns:
            A list of Detections, one a picture.

        Raises:
            ValueError: they are no such pictures.
        """
        pictures = checking.check_pictures(pictures, self.size, self.channels)
        padded = super().predict(pictures, batch_size=batch_size, verbose=0)
        found = []
        for boxes, labels, scores, count in zip(*padded, strict=True):
            kept = scores[:count] >= least_score
            found.append(
                Detections(boxes[:count][kept], labels[:count][kept], scores[:count][kept])
            )
        return found

    def propose(self, pictures):
        """Return what the first stage proposes: boxes (n, proposals, 4), scores (n, proposals).

        Best first; zeros where there are fewer. Raises ValueError as `predict`.
        """
        pictures = checking.check_pictures(pictures, self.size, self.channels)
        _, coarse = self.trunk(as_floats(pictures))
        boxes, scores = propose(*self.rpn(coarse), self.anchors, self.size, self.proposals)
        return boxes.numpy(), scores.numpy()

    def get_config(self):
        return {**super().get_config(), **self._arguments}


def as_truths(pictures, objects):
    """Return pictures, boxes and labels, at least one of each; padding has no area."""
    labels = tf.pad(objects["classes"], [[0, 0], [0, 1]], constant_values=checking.PADDING)
    boxes = tf.pad(objects["boxes"], [[0, 0], [0, 1], [0, 0]])
    boxes = tf.where(labels[..., tf.newaxis] == checking.PADDING, 0.0, boxes)
    return as_floats(pictures), boxes, labels


def pretrain(detector, crops, labels, epochs=1, peak=0.002, batch=32):
    """Train the trunk to classify small pictures of one object each, before it is to find any.

    Args:
        detector: a FasterRCNN; its trunk is changed in place.
        crops: (n, side, side, channels) uint8, or float in 0…1.
        labels: (n,) classes from 0.
        epochs, peak, batch: how often each is seen, the highest learning rate, the batches' size.

    Returns:
        Keras' History.
    """
    reader = networks.build_crop_reader(detector.trunk, int(max(labels)) + 1, crops.shape[1])
    reader.compile(
        keras.optimizers.Adam(learning_rates(epochs * -(-len(crops) // batch), peak)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    batches = checking.shuffled((crops, np.asarray(labels)), batch)
    batches = batches.map(lambda pictures, own: (as_floats(pictures), own))
    return reader.fit(batches, epochs=epochs, shuffle=False, verbose=0)


def train(detector, scenes, epochs=EPOCHS, peak=0.006, batch=BATCH, callbacks=()):
    """Train a detector on scenes: Adam, `classifier.learning_rates`.

    Args:
        detector: a FasterRCNN; it is changed in place.
        scenes: what has `images`, `boxes` and `labels`, such as `scenes.Scenes`.
        epochs, peak, batch: how often each is seen, the highest learning rate, the batches' size.
        callbacks: for `fit`.

    Returns:
        Keras' History: the sum of the losses, and each of the four.
    """
    updates = epochs * -(-len(scenes.images) // batch)
    detector.compile(keras.optimizers.Adam(learning_rates(updates, peak)))
    return detector.fit(
        scenes.images,
        scenes.boxes,
        scenes.labels,
        batch_size=batch,
        epochs=epochs,
        callbacks=list(callbacks),
        verbose=0,
    )


def load_digit_detector():
    """Return the detector that the course ships: lesson 06's, trained on scenes of 80 × 80 pixels.

    Raises:
        CourseError: its weights are missing, or are not the ones that the course ships.
    """
    detector = FasterRCNN(classes=len(DIGIT_CLASSES))
    detector.load_weights(verified_path(SHIPPED))
    return detector


def _require_arguments(classes, size, channels, anchor_sizes, anchor_ratios, **counts):
    """Refuse what no detector can be built of."""
    numbers = {name: counts[name] for name in ("bins", "units", "rois", "proposals")}
    whole = {"classes": classes, "channels": channels, **numbers}
    for name, value in whole.items():
        require_positive(name, value)
    if len(size) != 2 or any(side < 8 or side % networks.COARSE for side in size):
        raise ValueError(
            f"Expected size as (height, width), multiples of {networks.COARSE}. Received {size!r}: "
            "cut or pad the pictures."
        )
    for name, values in (("anchor_sizes", anchor_sizes), ("anchor_ratios", anchor_ratios)):
        if not values or not all(value > 0 for value in values):
            raise ValueError(f"Expected {name} as numbers above 0. Received {values!r}.")
    if counts["proposals"] < counts["rois"]:
        raise ValueError(
            f"Expected at least as many proposals as rois. Received {counts['proposals']} and "
            f"{counts['rois']}."
        )
    if len(counts["filters"]) != 4:
        raise ValueError(f"Expected four numbers of filters. Received {counts['filters']!r}.")
