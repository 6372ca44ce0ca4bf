"""Anchors, and boxes as deltas from them (Ren and others, Faster R-CNN, 2015, section 3.1)."""

import math

import keras_cv
import tensorflow as tf

LARGEST_GROWTH = math.log(1000 / 16)  # of a side, as a logarithm: exp must not overflow
SMALLEST_SIDE = 0.01  # in pixels: a side of nothing has no logarithm


def anchor_grid(height, width, stride, sizes, ratios):
    """Return the anchors of all places of a map, row by row: (places * sizes * ratios, 4).

    An anchor of size s covers s * s pixels. `ratios` are height / width; keras-cv's are width /
    height.
    """
    generator = keras_cv.layers.AnchorGenerator(
        "xyxy",
        sizes=[1.0],
        scales=list(sizes),
        aspect_ratios=[1 / ratio for ratio in ratios],
        strides=[stride],
    )
    return generator(image_shape=(height, width, 3))[0]


def centres_and_sizes(boxes):
    """Return (x, y) of each box's centre and its (width, height): (..., 2) and (..., 2)."""
    left_top, right_bottom = tf.split(boxes, 2, axis=-1)
    return (left_top + right_bottom) / 2, right_bottom - left_top


def encode(boxes, anchors):
    """Return the deltas (tx, ty, tw, th) that lead from each anchor to its box: equation 2."""
    centres, sizes = centres_and_sizes(boxes)
    anchor_centres, anchor_sizes = centres_and_sizes(anchors)
    anchor_sizes = tf.maximum(anchor_sizes, SMALLEST_SIDE)
    shifts = (centres - anchor_centres) / anchor_sizes
    growths = tf.math.log(tf.maximum(sizes, SMALLEST_SIDE) / anchor_sizes)
    return tf.concat([shifts, growths], axis=-1)


def decode(deltas, anchors):
    """Return the boxes to which the deltas lead from their anchors."""
    shifts, growths = tf.split(deltas, 2, axis=-1)
    anchor_centres, anchor_sizes = centres_and_sizes(anchors)
    centres = anchor_centres + shifts * anchor_sizes
    halves = anchor_sizes * tf.exp(tf.minimum(growths, LARGEST_GROWTH)) / 2
    return tf.concat([centres - halves, centres + halves], axis=-1)


def clip(boxes, height, width):
    """Cut boxes off at the edges of a picture of height × width pixels."""
    return tf.clip_by_value(boxes, 0.0, tf.constant([width, height, width, height], tf.float32))


def widen(boxes, share):
    """Move each corner of the boxes outwards by this share of their sides."""
    sides = boxes[..., 2:] - boxes[..., :2]
    return boxes + share * tf.concat([-sides, sides], axis=-1)
