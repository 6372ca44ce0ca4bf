"""Boxes by hand: how far two overlap, anchors, deltas, matching, non-maximum suppression.

Boxes are float arrays `(n, 4)`: x1, y1, x2, y2 in pixels from the picture's upper left corner.
Pixel i reaches from i to i + 1, so a box is x2 - x1 wide and 0, 0, 1, 1 is the first pixel. A box
may be empty (a line or a point); x2 < x1 is no box. The functions above the line "argument
checking" are the short cores that lesson 05 teaches; those below check what they are given:
`iou(check_boxes(boxes), check_boxes(others))`.

Where libraries differ: `nms` keeps a box whose IoU is the threshold itself, as
tf.image.non_max_suppression does; the padded version, which keras-cv's NonMaxSuppression calls,
drops it, and every box without a coordinate above 0. keras-cv's BoxMatcher, told to force matches,
also gives its first anchor an object that does not exist, and an anchor to objects that no anchor
touches; `match` does neither. keras-cv names deltas y first, and ratios of anchors as
width / height. TensorFlow's soft_nms_sigma is half of the paper's sigma.

References: Ren, He, Girshick and Sun, Faster R-CNN (2015), section 3.1, for anchors, deltas and
matching; Rezatofighi et al., Generalized intersection over union (2019); Bodla et al., Soft-NMS
(2017); Neubeck and Van Gool, Efficient non-maximum suppression (2006).
"""

import numpy as np

BACKGROUND, IGNORED = -1, -2  # what an anchor is matched to where it is matched to no object


def area(boxes):
    """Area of each box in square pixels, (n,)."""
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def intersection(boxes, others):
    """Area that each box (row) shares with each other one (column), (n, m)."""
    left_top = np.maximum(boxes[:, None, :2], others[None, :, :2])
    right_bottom = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    sides = np.clip(right_bottom - left_top, 0, None)  # nothing shared: 0, not negative
    return sides[..., 0] * sides[..., 1]


def iou(boxes, others):
    """Intersection over union of each box (row) and each other one (column), (n, m) in 0…1.

    Where both boxes are empty there is no union: 0.
    """
    shared = intersection(boxes, others)
    union = area(boxes)[:, None] + area(others)[None, :] - shared
    return shared / np.where(union > 0, union, 1)


def generalised_iou(boxes, others):
    """IoU less the share of the smallest box around both that neither covers, (n, m) in -1…1.

    It still tells near from far where IoU is 0 (Rezatofighi 2019). No area at all: 0.
    """
    shared = intersection(boxes, others)
    union = area(boxes)[:, None] + area(others)[None, :] - shared
    left_top = np.minimum(boxes[:, None, :2], others[None, :, :2])
    right_bottom = np.maximum(boxes[:, None, 2:], others[None, :, 2:])
    around = np.prod(right_bottom - left_top, axis=-1)
    uncovered = (around - union) / np.where(around > 0, around, 1)
    return shared / np.where(union > 0, union, 1) - uncovered


def clip(boxes, height, width):
    """Cut boxes off at the edges of a picture of height × width pixels."""
    return np.clip(boxes, 0, [width, height, width, height])


def anchor_shapes(sizes, ratios):
    """(height, width) of every size with every ratio height / width; the area stays size × size."""
    sizes, roots = np.array(sizes)[:, None], np.sqrt(ratios)
    return np.stack([sizes * roots, sizes / roots], axis=-1).reshape(-1, 2)


def anchor_grid(height, width, stride, sizes, ratios):
    """Boxes of all shapes around the centre of every stride × stride field of a picture, (k, 4).

    Row by row, in each field by sizes, then ratios (height / width). The last fields may reach
    beyond the picture, as padding "same" makes them.
    """
    rows = np.arange(0, height, stride) + stride / 2
    columns = np.arange(0, width, stride) + stride / 2
    y, x = (centre[..., None] for centre in np.meshgrid(rows, columns, indexing="ij"))
    heights, widths = anchor_shapes(sizes, ratios).T
    sides = x - widths / 2, y - heights / 2, x + widths / 2, y + heights / 2
    return np.stack(sides, axis=-1).reshape(-1, 4)


def centres_and_sizes(boxes):
    """(x, y) of the centre and (width, height) of each box: (n, 2) and (n, 2)."""
    sizes = boxes[:, 2:] - boxes[:, :2]
    return boxes[:, :2] + sizes / 2, sizes


def encode(boxes, anchors):
    """Deltas (tx, ty, tw, th) that turn each anchor into its box, (n, 4): Ren 2015, equation 2.

    How far to shift the centre, in widths and heights of the anchor, and the logarithm of how many
    times wider and higher to become.
    """
    centres, sizes = centres_and_sizes(boxes)
    anchor_centres, anchor_sizes = centres_and_sizes(anchors)
    shifts = (centres - anchor_centres) / anchor_sizes
    return np.concatenate([shifts, np.log(sizes / anchor_sizes)], axis=1)


def decode(deltas, anchors):
    """Boxes that the deltas (tx, ty, tw, th) make of the anchors, (n, 4): `encode` backwards."""
    anchor_centres, anchor_sizes = centres_and_sizes(anchors)
    centres = anchor_centres + deltas[:, :2] * anchor_sizes
    sizes = anchor_sizes * np.exp(deltas[:, 2:])
    return np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1)


def match(overlaps, positive=0.5, negative=0.4, force=True):
    """Object of each anchor, (k,): its number, BACKGROUND, or IGNORED in between.

    `overlaps` is the IoU of anchors (rows) with objects (columns). With `force` each object gets
    the anchor that overlaps it most (of several the first), if only a little.
    """
    matches = np.full(len(overlaps), BACKGROUND)
    if not overlaps.size:
        return matches
    highest = overlaps.max(axis=1)
    matches[highest >= negative] = IGNORED
    matches = np.where(highest >= positive, overlaps.argmax(axis=1), matches)
    if force:
        touched = np.flatnonzero(overlaps.max(axis=0) > 0)[::-1]
        matches[overlaps.argmax(axis=0)[touched]] = touched  # the first object has the last word
    return matches


def nms(boxes, scores, threshold=0.5):
    """Non-maximum suppression: indices of the boxes to keep, best score first.

    The best box stays, and those that overlap it by an IoU above the threshold go; then the best of
    the rest. Of equal scores the first box counts as better.
    """
    order = np.argsort(-scores, kind="stable")
    kept = []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(best)
        overlaps = iou(boxes[[best]], boxes[rest])[0]
        order = rest[overlaps <= threshold]
    return np.array(kept, int)


def nms_by_class(boxes, scores, labels, threshold=0.5):
    """`nms` within each class alone: indices of the boxes to keep, best score first."""
    kept = np.zeros(0, int)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        winners = nms(boxes[members], scores[members], threshold)
        kept = np.append(kept, members[winners])
    return kept[np.lexsort((kept, -scores[kept]))]  # of equal scores the first box


def soft_nms(boxes, scores, sigma=0.5, lowest=0.001):
    """Lower the scores of what overlaps a better box: kept indices, best first, and their scores.

    Each overlap costs a factor exp(-IoU² / sigma) (Bodla 2017, equation 3); a box goes when its
    score is not above `lowest`.
    """
    scores = np.array(scores, float)
    order = np.flatnonzero(scores > lowest)
    kept = []
    while len(order):
        best = order[np.argmax(scores[order])]
        kept.append(best)
        order = order[order != best]
        scores[order] *= np.exp(-(iou(boxes[[best]], boxes[order])[0] ** 2) / sigma)
        order = order[scores[order] > lowest]
    return np.array(kept, int), scores[kept]


# --- argument checking -------------------------------------------------------------------------


def check_boxes(boxes, name="boxes", size=None, allow_empty=True):
    """Return boxes as (n, 4) floats, made sure to be boxes; [] is none.

    Args:
        boxes: n times x1, y1, x2, y2 in pixels.
        name: what the error calls them.
        size: (height, width) of the picture that they must lie in; None for any place.
        allow_empty: whether a box may have no width or no height.

    Raises:
        ValueError: another shape, numbers that are not finite, x2 < x1 or y2 < y1, a box beyond
            the picture, or an empty one where none may be.
    """
    boxes = _require_rows(boxes, name)
    _require_corners(boxes, name, allow_empty)
    if size is not None:
        beyond = (boxes < 0) | (boxes > [size[1], size[0], size[1], size[0]])
        _refuse(boxes, beyond.any(axis=1), f"{name} within {size[1]} × {size[0]} pixels", "clip it")
    return boxes


def check_scores(scores, boxes):
    """Return one finite float for each box, (n,).

    Raises:
        ValueError: another shape, or numbers that are not finite.
    """
    scores = np.asarray(scores, float)
    if scores.shape != (len(boxes),):
        raise ValueError(
            f"Expected one score for each of {len(boxes)} boxes: shape ({len(boxes)},). "
            f"Received shape {scores.shape}."
        )
    if not np.isfinite(scores).all():
        raise ValueError(f"Expected finite scores. Received {scores[~np.isfinite(scores)][0]}.")
    return scores


def check_labels(labels, boxes):
    """Return the class of each box as an integer from 0, (n,).

    Raises:
        ValueError: another shape, or what is no class.
    """
    labels = np.asarray(labels)
    if labels.shape != (len(boxes),):
        raise ValueError(
            f"Expected one label for each of {len(boxes)} boxes: shape ({len(boxes)},). "
            f"Received shape {labels.shape}."
        )
    wrong = [label for label in labels.tolist() if not (label >= 0 and label % 1 == 0)]
    if wrong:
        raise ValueError(f"Expected labels as whole numbers from 0. Received {wrong[0]!r}.")
    return labels.astype(int)


def _require_rows(boxes, name):
    """Return (n, 4) floats."""
    boxes = np.asarray(boxes)
    boxes = boxes.astype(boxes.dtype if boxes.dtype.kind == "f" else float)
    if boxes.shape == (0,):
        return boxes.reshape(0, 4)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(
            f"Expected {name} of shape (n, 4): x1, y1, x2, y2. Received shape {boxes.shape}."
        )
    return boxes


def _require_corners(boxes, name, allow_empty):
    _refuse(boxes, ~np.isfinite(boxes).all(axis=1), f"finite {name}", "mend it or leave it out")
    width, height = (boxes[:, 2:] - boxes[:, :2]).T
    _refuse(boxes, (width < 0) | (height < 0), f"{name} with x1 ≤ x2 and y1 ≤ y2",
            "is it x, y, width, height, or y before x?")  # fmt: skip
    if not allow_empty:
        empty = (width == 0) | (height == 0)
        _refuse(boxes, empty, f"{name} with a width and a height", "leave it out")


def _refuse(boxes, wrong, expected, advice):
    """Raise ValueError that names the first of the boxes that are wrong."""
    if wrong.any():
        number = int(np.argmax(wrong))
        corners = ", ".join(f"{value:g}" for value in boxes[number])
        raise ValueError(f"Expected {expected}. Received box {number}: [{corners}]: {advice}.")
