"""RoIAlign (He and others, Mask R-CNN, 2017, section 3): a piece of the maps for each box.

keras-cv's `_ROIAligner` lacks an axis and fails. TensorFlow's `crop_and_resize` reads between the
places of a map as RoIAlign does, but from corner to corner of a box, and finds zeros outside.
"""

import tensorflow as tf


def crop_boxes(rois, height, width, parts):
    """Return the boxes for which `crop_and_resize` takes the middles of the RoIs' parts.

    It lays its first sample on a box's corner and its last on the opposite one, and counts a map
    from 0, the middle of its first cell, to 1, the middle of its last.

    Args:
        rois: (n, 4), x1 y1 x2 y2 in cells of the map.
        parts: into how many each side of a RoI is divided.

    Returns:
        (n, 4), y1 x1 y2 x2 as shares of the map.
    """
    half = (rois[:, 2:] - rois[:, :2]) / (2 * parts)
    first, last = rois[:, :2] + half - 0.5, rois[:, 2:] - half - 0.5
    cells = tf.constant([width - 1, height - 1], rois.dtype)
    return tf.concat([first[:, ::-1] / cells[::-1], last[:, ::-1] / cells[::-1]], axis=1)


def roi_align(maps, rois, bins, samples=1):
    """Read each RoI from the maps, as bins × bins values, wherever its corners lie.

    Args:
        maps: (batch, height, width, channels).
        rois: (batch, rois, 4), x1 y1 x2 y2 in cells of the maps.
        bins: how many rows and columns each RoI is divided into.
        samples: each bin is the mean of samples × samples places.

    Returns:
        (batch · rois, bins, bins, channels).
    """
    batch, many = tf.shape(rois)[0], rois.shape[1]
    # The outermost cells once more: beyond the middles of the outermost cells these go on.
    maps = tf.pad(maps, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")
    boxes = crop_boxes(tf.reshape(rois + 1, [-1, 4]), *maps.shape[1:3], bins * samples)
    image_of_each = tf.repeat(tf.range(batch), many)
    read = tf.image.crop_and_resize(maps, boxes, image_of_each, (bins * samples, bins * samples))
    return tf.nn.avg_pool2d(read, samples, samples, "VALID") if samples > 1 else read
