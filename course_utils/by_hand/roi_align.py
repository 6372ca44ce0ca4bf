"""RoIAlign by hand: a piece of fixed size from a feature map, for a box of any size.

A feature map is `(height, width, channels)`. Boxes are `(n, 4)`: x1, y1, x2, y2 in cells of the
feature map; those of a picture are divided by the map's stride first. Cell i reaches from i to
i + 1 and its value stands at the centre, i + 0.5 (the half-pixel convention, which Detectron2 calls
aligned). The functions above the line "argument checking" are the short cores that lesson 06
teaches; those below check what they are given.

References: He, Gkioxari, Dollár and Girshick, Mask R-CNN (2017), section 3, for RoIAlign; Girshick,
Fast R-CNN (2015), section 2.1, for RoI pooling.
"""

import numpy as np

from course_utils.by_hand.boxes import check_boxes
from course_utils.by_hand.convolution import require_positive


def sample_places(starts, ends, bins, samples):
    """Where the samples lie along one axis: in the middle of equal parts, (n, bins * samples)."""
    middles = (np.arange(bins * samples) + 0.5) / (bins * samples)
    return starts[:, None] + middles * (ends - starts)[:, None]


def neighbours(places, length):
    """The cells before and after each place, and the weight of the one after.

    Beyond the outermost centres the outermost cell alone counts.
    """
    centred = np.clip(places - 0.5, 0, length - 1)  # 0 at the centre of the first cell
    before = np.floor(centred).astype(int)
    after = np.minimum(before + 1, length - 1)
    return before, after, centred - before


def bilinear(feature_map, y, x):
    """Values between the cells' centres, at each y (n, rows) with each x (n, columns)."""
    top, bottom, down = neighbours(y[:, :, None], feature_map.shape[0])
    left, right, across = neighbours(x[:, None, :], feature_map.shape[1])
    down, across = down[..., None], across[..., None]  # the same for all channels
    above = feature_map[top, left] * (1 - across) + feature_map[top, right] * across
    below = feature_map[bottom, left] * (1 - across) + feature_map[bottom, right] * across
    return above * (1 - down) + below * down


def average_bins(values, samples):
    """Mean of the samples × samples values in each bin: (n, rows, columns, channels)."""
    count, rows, columns, channels = values.shape
    bins = (count, rows // samples, samples, columns // samples, samples, channels)
    return values.reshape(bins).mean(axis=(2, 4))


def align(feature_map, boxes, rows, columns, samples):
    """RoIAlign: rows × columns bins of each box, each the mean of samples × samples places."""
    x1, y1, x2, y2 = boxes.T
    y = sample_places(y1, y2, rows, samples)
    x = sample_places(x1, x2, columns, samples)
    return average_bins(bilinear(feature_map, y, x), samples)


def round_outwards(start, end, bins, length):
    """RoI pooling along one axis: round the box to whole cells, each bin to the cells it touches.

    Returns the first cell of each bin and the one after its last: (bins,) and (bins,).
    """
    start = np.clip(int(np.floor(start + 0.5)), 0, length - 1)
    end = np.clip(int(np.floor(end + 0.5)), start + 1, length)
    edges = start + np.arange(bins + 1) * (end - start) / bins
    return np.floor(edges[:-1]).astype(int), np.ceil(edges[1:]).astype(int)


def pool(feature_map, box, rows, columns):
    """RoI pooling of one box: the largest value in each bin, (rows, columns, channels)."""
    tops, bottoms = round_outwards(box[1], box[3], rows, feature_map.shape[0])
    lefts, rights = round_outwards(box[0], box[2], columns, feature_map.shape[1])
    pooled = np.zeros((rows, columns, feature_map.shape[2]), feature_map.dtype)
    for row in range(rows):
        for column in range(columns):
            cells = feature_map[tops[row] : bottoms[row], lefts[column] : rights[column]]
            pooled[row, column] = cells.max(axis=(0, 1))
    return pooled


# --- argument checking -------------------------------------------------------------------------


def roi_align(feature_map, boxes, size, samples=2):
    """Return what lies in each box of a feature map, sampled without rounding.

    Args:
        feature_map: (height, width, channels).
        boxes: (n, 4) in cells of the feature map; beyond it its edge goes on.
        size: rows and columns of the result: one integer or a pair.
        samples: each bin is the mean of samples × samples places.

    Returns:
        (n, rows, columns, channels) float.

    Raises:
        ValueError: another shape, what are no boxes, or numbers below 1.
    """
    feature_map, boxes, rows, columns = _require(feature_map, boxes, size)
    require_positive("samples", samples)
    return align(feature_map, boxes, rows, columns, samples)


def roi_pool(feature_map, boxes, size):
    """Return the largest values in each box of a feature map, the box rounded to whole cells.

    Halves are rounded up. A box narrower than a cell becomes one cell wide, and one beyond the map
    takes the outermost cells. Fast R-CNN's own code counts x2 and y2 among the cells of a box,
    which is then one larger; keras-cv's ROIPooler rounds no box but cuts the decimals off all edges
    of bins, which then do not share cells.

    Args:
        feature_map: (height, width, channels).
        boxes: (n, 4) in cells of the feature map.
        size: rows and columns of the result: one integer or a pair.

    Returns:
        (n, rows, columns, channels) of the feature map's type.

    Raises:
        ValueError: another shape, what are no boxes, or numbers below 1.
    """
    feature_map, boxes, rows, columns = _require(feature_map, boxes, size)
    pooled = [pool(feature_map, box, rows, columns) for box in boxes]
    return np.array(pooled, feature_map.dtype).reshape(-1, rows, columns, feature_map.shape[2])


def _require(feature_map, boxes, size):
    """Return (feature map, boxes, rows, columns)."""
    feature_map = np.asarray(feature_map)
    if feature_map.ndim != 3 or 0 in feature_map.shape:
        raise ValueError(
            "Expected a feature map of shape (height, width, channels). "
            f"Received shape {feature_map.shape}: take one picture of the batch."
        )
    pair = (size, size) if np.ndim(size) == 0 else tuple(size)
    if len(pair) != 2:
        raise ValueError(f"Expected size as one integer or a pair. Received {size!r}.")
    for one in pair:
        require_positive("size", one)
    return feature_map, check_boxes(boxes), *pair
