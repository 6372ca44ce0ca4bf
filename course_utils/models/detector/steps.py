"""A step of training, and what is seen in pictures: the pieces put together.

`detector` is a `models.faster_rcnn.FasterRCNN`: here its networks `trunk`, `rpn` and `heads`, its
`anchors` and its `size` are used.
"""

import tensorflow as tf

from course_utils.models.detector.anchors import clip, decode, widen
from course_utils.models.detector.losses import box_loss, class_loss, objectness_loss
from course_utils.models.detector.networks import FINE
from course_utils.models.detector.proposals import detections, propose
from course_utils.models.detector.roi_align import roi_align
from course_utils.models.detector.targets import moved, roi_targets, rpn_targets

SMALL = (0.1, 0.1, 0.2, 0.2)  # the heads move RoIs a little: their deltas are multiples of it
MARGIN = 0.125  # share of a RoI's sides that is read around it: where does the object end?


def read_rois(detector, fine, rois):
    """Return the heads' logits (batch, rois, 1 + classes) and deltas (batch, rois, 4)."""
    features = roi_align(fine, widen(rois, MARGIN) / FINE, detector.bins)
    logits, deltas = detector.heads(features)
    grid = [-1, rois.shape[1]]
    logits = tf.reshape(logits, [*grid, logits.shape[-1]])
    return logits, tf.reshape(deltas, [*grid, 4]) * SMALL


def rpn_losses(detector, objectness, deltas, truths):
    """Return the two losses of the region proposal network: is it an object, and where exactly."""
    drawn, shows, asked, wanted = rpn_targets(detector.anchors, truths)
    objectness = tf.gather(objectness, drawn, batch_dims=1)
    deltas = tf.gather(deltas, drawn, batch_dims=1)
    return {
        "objectness": objectness_loss(shows, objectness, asked),
        "proposal": box_loss(wanted, deltas, shows & asked),
    }


def head_losses(detector, fine, proposals, truths, labels):
    """Return the two losses of the heads: which class, and where exactly."""
    proposals = tf.stop_gradient(proposals)  # where to look is the first stage's task
    beside = clip(moved(truths), *detector.size)
    candidates = tf.concat([truths, beside, proposals], axis=1)
    rois, classes, asked, wanted = roi_targets(candidates, truths, labels, detector.rois)
    logits, deltas = read_rois(detector, fine, rois)
    return {
        "class": class_loss(classes, logits, asked),
        "box": box_loss(wanted / SMALL, deltas / SMALL, (classes > 0) & asked),
    }


def all_losses(detector, pictures, truths, labels):
    """Return the four losses of a batch: truths (batch, objects, 4), labels (batch, objects)."""
    fine, coarse = detector.trunk(pictures)
    objectness, deltas = detector.rpn(coarse)
    proposals, _ = propose(objectness, deltas, detector.anchors, detector.size, detector.proposals)
    return rpn_losses(detector, objectness, deltas, truths) | head_losses(
        detector, fine, proposals, truths, labels
    )


def update(detector, pictures, truths, labels):
    """One step of training: all weights move against the gradient of the sum of the losses."""
    with tf.GradientTape() as tape:
        losses = all_losses(detector, pictures, truths, labels)
        loss = tf.add_n(list(losses.values()))
    weights = detector.trainable_variables
    gradients = tape.gradient(loss, weights)
    detector.optimizer.apply_gradients(zip(gradients, weights))
    return {"loss": loss, **losses}


def detect(detector, pictures, passes=2):
    """Return padded boxes, labels, scores of what is seen, and how many are found in each picture.

    In each pass the heads look at the RoIs that the pass before has moved; the classes are what all
    passes say together.
    """
    fine, coarse = detector.trunk(pictures)
    objectness, deltas = detector.rpn(coarse)
    rois, _ = propose(objectness, deltas, detector.anchors, detector.size, detector.proposals)
    said = 0.0
    for _ in range(passes):
        logits, deltas = read_rois(detector, fine, rois)
        rois = clip(decode(deltas, rois), *detector.size)
        said += tf.nn.log_softmax(logits) / passes
    return detections(said, rois, detector.proposals)
