"""From scored anchors to proposals, and from scored RoIs to detections.

keras-cv's ROIGenerator and NonMaxSuppression give the same boxes, but take about thirty times as
long on a processor, for they compare all pairs. TensorFlow's `combined_non_max_suppression` stops
when it has enough. Its boxes are y1 x1 y2 x2, but which axis comes first makes no difference to it.
"""

import tensorflow as tf

from course_utils.models.detector.anchors import clip, decode


def best_boxes(objectness, deltas, anchors, size, count=200):
    """Return the boxes of the anchors with the best scores, cut off at the picture's edges.

    Boxes (batch, count, 4), scores (batch, count) from 0 to 1; `size` is (height, width).
    """
    count = min(count, len(anchors))
    scores, best = tf.math.top_k(tf.sigmoid(objectness), count)
    boxes = decode(tf.gather(deltas, best, batch_dims=1), tf.gather(anchors, best))
    return clip(boxes, *size), scores


def propose(objectness, deltas, anchors, size, count=48, threshold=0.7):
    """Return the boxes that most likely show an object, any object, without near copies.

    Boxes (batch, count, 4) and scores (batch, count), best first; zeros where there are fewer.
    """
    boxes, scores = best_boxes(objectness, deltas, anchors, size, 4 * count)
    boxes, scores, _, _ = tf.image.combined_non_max_suppression(
        boxes[:, :, tf.newaxis], scores[:, :, tf.newaxis], count, count, threshold, clip_boxes=False
    )
    return boxes, scores


def detections(logits, boxes, count=48, least_score=0.02, threshold=0.5):
    """Return what is seen in each picture: non-maximum suppression, class by class.

    Boxes (batch, count, 4), labels and scores (batch, count), best first, and how many of them are
    found (batch,); the rest is padding.
    """
    scores = tf.nn.softmax(logits)[..., 1:]  # without the background's
    boxes, scores, labels, found = tf.image.combined_non_max_suppression(
        boxes[:, :, tf.newaxis], scores, count, count, threshold, least_score, clip_boxes=False
    )
    return boxes, tf.cast(labels, tf.int32), scores, found
