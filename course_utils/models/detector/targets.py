"""What each anchor and each RoI should answer, and which of them are asked."""

import keras_cv
import tensorflow as tf

from course_utils.models.detector.anchors import encode

POSITIVE, NEGATIVE, IGNORED = 1, -1, -2  # a box shows an object, none, or part of one


def overlaps_of(boxes, truths):
    """Return the IoU of boxes (rows) and objects (columns): (batch, boxes, objects)."""
    return keras_cv.bounding_box.compute_iou(boxes, truths, bounding_box_format="xyxy")


def match(overlaps, positive=0.5, negative=0.4):
    """Return the object that each box overlaps most, and whether it shows it.

    Two times (batch, boxes) int: numbers of objects; and POSITIVE from an IoU of `positive` on,
    NEGATIVE below `negative`, IGNORED in between.
    """
    matcher = keras_cv.layers.BoxMatcher([negative, positive], [NEGATIVE, IGNORED, POSITIVE])
    return matcher(overlaps)


def force(overlaps, objects, values):
    """Give each object the box that overlaps it most, if only a little; else all as it was.

    keras-cv's own `force_match_for_each_col` makes box 0 positive too, for no object.
    """
    touched = tf.reduce_max(overlaps, axis=1, keepdims=True) > 0
    best = tf.one_hot(tf.argmax(overlaps, axis=1), tf.shape(overlaps)[1], axis=1)
    best = tf.where(touched, best, 0.0)  # (batch, boxes, objects)
    forced = tf.reduce_max(best, axis=-1) > 0
    objects = tf.where(forced, tf.argmax(best, axis=-1, output_type=objects.dtype), objects)
    return objects, tf.where(forced, POSITIVE, values)


def sample(values, count, share):
    """Draw boxes of each image: at most this share of positives, then negatives.

    Returns numbers of boxes (batch, count), and where False there were too few (batch, count).
    """
    lots = tf.random.uniform(tf.shape(values), minval=0.01)
    positive, negative = values == POSITIVE, values == NEGATIVE
    most = int(count * share)
    enough = tf.math.top_k(tf.where(positive, lots, 0.0), most + 1).values[:, most:]
    ranks = tf.where(negative, lots + 1, 0.0)
    ranks = tf.where(positive & (lots > enough), lots + 2, ranks)
    ranks, drawn = tf.math.top_k(ranks, count)
    return drawn, ranks > 0


def rpn_targets(anchors, truths, count=64, share=0.5):
    """Draw anchors, and say what the region proposal network should answer for them.

    Returns numbers of anchors, whether each shows an object, whether it is asked (batch, count),
    and the deltas that lead from it to its object (batch, count, 4).
    """
    overlaps = overlaps_of(anchors, truths)
    objects, values = force(overlaps, *match(overlaps))
    drawn, asked = sample(values, min(count, len(anchors)), share)
    shows = tf.gather(values, drawn, batch_dims=1) == POSITIVE
    own = tf.gather(truths, tf.gather(objects, drawn, batch_dims=1), batch_dims=1)
    return drawn, shows, asked, encode(own, tf.gather(anchors, drawn))


def moved(truths, copies=3, most=0.15):
    """Return copies of true boxes, each corner moved by at most this share of the box's sides.

    The heads learn from them how to mend a box, even while proposals are still poor.
    """
    many = tf.tile(truths, [1, copies, 1])
    sides = tf.tile(many[..., 2:] - many[..., :2], [1, 1, 2])
    return many + sides * tf.random.uniform(tf.shape(many), -most, most)


def roi_targets(candidates, truths, labels, count=32, share=0.5):
    """Draw RoIs from candidates, and say what the heads should answer for them.

    Returns RoIs (batch, count, 4), classes from 1 with 0 for background, whether each is asked
    (batch, count), and the deltas that lead to their objects (batch, count, 4).
    """
    objects, values = match(overlaps_of(candidates, truths), negative=0.5)
    sides = candidates[..., 2:] - candidates[..., :2]  # of what only fills up a batch: 0
    values = tf.where(tf.reduce_all(sides > 0, axis=-1), values, IGNORED)
    drawn, asked = sample(values, count, share)
    rois = tf.gather(candidates, drawn, batch_dims=1)
    shown = tf.gather(objects, drawn, batch_dims=1)
    shows = tf.gather(values, drawn, batch_dims=1) == POSITIVE
    classes = tf.where(shows, tf.gather(labels, shown, batch_dims=1) + 1, 0)
    return rois, classes, asked, encode(tf.gather(truths, shown, batch_dims=1), rois)
