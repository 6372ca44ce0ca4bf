"""RoIAlign (He and others, Mask R-CNN, 2017, section 3): a piece of the maps for each box.

keras-cv's `_ROIAligner` lacks an axis and fails. TensorFlow's `crop_and_resize` reads between the
places of a map as RoIAlign does, but from corner to corner of a box, and finds zeros outside.
"""

import tensorflow as tf


def crop_boxes(rois, height, width, parts):
    """Return the boxes whose corners are the middles of the RoIs' first and last parts, (n, 4).

    `rois` are x1 y1 x2 y2 in cells of a map, each side divided into so many parts. What is returned
    is y1 x1 y2 x2, from 0, the middle of the map's first cell, to 1, the middle of its last.
    """
    half = (rois[:, 2:] - rois[:, :2]) / (2 * parts)
    first, last = rois[:, :2] + half - 0.5, rois[:, 2:] - half - 0.5
    cells = tf.constant([width - 1, height - 1], rois.dtype)
    return tf.concat([(first / cells)[:, ::-1], (last / cells)[:, ::-1]], axis=1)


def roi_align(maps, rois, bins, samples=1):
    """Read RoIs (batch, n, 4) from maps, wherever their corners lie: (batch * n, bins, bins, c).

    Each bin is the mean of samples × samples places. RoIs are x1 y1 x2 y2 in cells of the maps. The
    edge goes on for half a cell, and further out there is nothing: zeros.
    """
    maps = tf.pad(maps, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")
    flat, parts = tf.reshape(rois + 1, [-1, 4]), bins * samples
    picture_of_each = tf.repeat(tf.range(tf.shape(rois)[0]), rois.shape[1])
    boxes = crop_boxes(flat, *maps.shape[1:3], parts)
    read = tf.image.crop_and_resize(maps, boxes, picture_of_each, (parts, parts))
    return tf.nn.avg_pool2d(read, samples, samples, "VALID") if samples > 1 else read
