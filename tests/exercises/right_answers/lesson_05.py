"""Correct answers to lesson 05's exercises, written without a look at the references."""

import math
from fractions import Fraction

import keras
import numpy as np

from course_utils.by_hand.boxes import iou

# --- windows_of ---------------------------------------------------------------------------------


def windows_by_loops(height, width, size, stride):
    boxes = []
    y = 0
    while y + size <= height:
        x = 0
        while x + size <= width:
            boxes.append([x, y, x + size, y + size])
            x += stride
        y += stride
    return boxes


def windows_by_meshgrid(height, width, size, stride):
    lengths = width - size + 1, height - size + 1
    x, y = np.meshgrid(*(np.arange(0, length, stride) for length in lengths))
    corners = np.stack([x.ravel(), y.ravel()], axis=1)
    return np.hstack([corners, corners + size]).astype("float32")


def windows_by_indices(height, width, size, stride):
    places = np.indices(((height - size) // stride + 1, (width - size) // stride + 1)) * stride
    top, left = places.reshape(2, -1)
    return np.array([left, top, left + size, top + size]).T


def windows_by_division(height, width, size, stride):
    columns = (width - size) // stride + 1
    count = columns * ((height - size) // stride + 1)
    corners = [(n % columns * stride, n // columns * stride) for n in range(count)]
    return tuple((x, y, x + size, y + size) for x, y in corners)


# --- overlap ------------------------------------------------------------------------------------


def overlap_step_by_step(box, other):
    ax1, ay1, ax2, ay2 = box
    bx1, by1, bx2, by2 = other
    if ax2 <= bx1 or bx2 <= ax1 or ay2 <= by1 or by2 <= ay1:
        return 0
    shared = (min(ax2, bx2) - max(ax1, bx1)) * (min(ay2, by2) - max(ay1, by1))
    return shared / ((ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - shared)


def overlap_counted(box, other):
    """Count fields of half a pixel: all corners of the cases lie on such a grid."""
    x, y = (np.arange(0, 25, 0.5) + 0.25, (np.arange(0, 25, 0.5) + 0.25)[:, None])
    one, two = (((x > b[0]) & (x < b[2]) & (y > b[1]) & (y < b[3])) for b in (box, other))
    return (one & two).sum() / (one | two).sum()


def overlap_in_float32(box, other):
    box, other = box.astype("f4"), other.astype("f4")
    shared = np.prod(np.maximum(np.minimum(box, other)[2:] - np.maximum(box, other)[:2], 0))
    return shared / (np.prod(box[2:] - box[:2]) + np.prod(other[2:] - other[:2]) - shared)


def overlap_as_fraction(box, other):
    (a, b, c, d), (e, f, g, h) = ([Fraction(n) for n in one.tolist()] for one in (box, other))
    shared = max(0, min(c, g) - max(a, e)) * max(0, min(d, h) - max(b, f))
    return shared / ((c - a) * (d - b) + (g - e) * (h - f) - shared)


# --- task_of ------------------------------------------------------------------------------------


def task_by_loop(overlaps, positive, negative):
    tasks = []
    for row in overlaps.tolist():
        if max(row) >= positive:
            tasks.append(row.index(max(row)))
        elif max(row) < negative:
            tasks.append(-1)
        else:
            tasks.append(-2)
    return tasks


def task_by_masks(overlaps, positive, negative):
    highest = np.amax(overlaps, 1)
    tasks = np.argmax(overlaps, 1)
    tasks[highest < positive] = -2
    tasks[highest < negative] = -1
    return tasks.astype(np.int8)


def task_by_select(overlaps, positive, negative):
    above = [(overlaps >= positive).any(axis=1), (overlaps < negative).all(axis=1)]
    return np.select(above, [overlaps.argmax(axis=1), -1], default=-2)


def task_in_keras(overlaps, positive, negative):
    overlaps = keras.ops.convert_to_tensor(overlaps, "float32")
    highest = keras.ops.max(overlaps, axis=1)
    nothing = keras.ops.where(highest < negative, -1, -2)
    return keras.ops.where(highest >= positive, keras.ops.argmax(overlaps, axis=1), nothing)


# --- suppress -----------------------------------------------------------------------------------


def suppress_with_mask(boxes, scores, threshold):
    left, stay = np.ones(len(boxes), bool), []
    while left.any():
        best = np.where(left, scores, -1).argmax()
        stay.append(best)
        left &= iou(boxes[[best]], boxes)[0] <= threshold
        left[best] = False
    return np.array(stay, float)


def suppress_one_by_one(boxes, scores, threshold):
    stay = []
    for place in sorted(range(len(scores)), key=lambda k: scores[k], reverse=True):
        if all(overlap_step_by_step(boxes[place], boxes[k]) <= threshold for k in stay):
            stay.append(place)
    return stay


def suppress_by_recursion(boxes, scores, threshold, places=None):
    places = np.arange(len(boxes)) if places is None else places
    if not len(places):
        return []
    best = places[scores[places].argmax()]
    rest = places[places != best]
    rest = rest[iou(boxes[rest], boxes[[best]])[:, 0] <= threshold]
    return [int(best), *suppress_by_recursion(boxes, scores, threshold, rest)]


def suppress_with_arrays(boxes, scores, threshold):
    order = scores.argsort()[::-1]
    stay = []
    while order.size > 0:
        stay.append(order[0])
        overlaps = iou(boxes[order[:1]], boxes[order[1:]]).ravel()
        order = order[1:][~(overlaps > threshold)]
    return tuple(stay)


def suppress_in_float32(boxes, scores, threshold):
    table = iou(boxes.astype("f4"), boxes.astype("f4"))
    stay = np.zeros(len(boxes), bool)
    for place in np.argsort(-scores.astype("f4")):
        stay[place] = not (table[place, stay] > threshold).any()
    return [place for place in np.argsort(-scores) if stay[place]]


# --- on_paper -----------------------------------------------------------------------------------

PRECISIONS = [1, 1 / 2, 2 / 3, 3 / 4, 3 / 5, 4 / 6]
RECALLS = [1 / 5, 1 / 5, 2 / 5, 3 / 5, 3 / 5, 4 / 5]
HEIGHTS = [
    max([p for p, recall in zip(PRECISIONS, RECALLS) if recall >= step / 5], default=0)
    for step in (1, 2, 3, 4, 5)
]

# --- to_deltas ----------------------------------------------------------------------------------


def deltas_step_by_step(box, anchor):
    x1, y1, x2, y2 = box
    width, height = x2 - x1, y2 - y1
    centre_x, centre_y = x1 + width / 2, y1 + height / 2
    a, b, c, d = anchor
    tx = (centre_x - (a + (c - a) / 2)) / (c - a)
    ty = (centre_y - (b + (d - b) / 2)) / (d - b)
    return tx, ty, math.log(width / (c - a)), math.log(height / (d - b))


def deltas_in_place(box, anchor):
    deltas = np.empty(4, np.float32)
    for axis in (0, 1):
        size, measure = box[axis + 2] - box[axis], anchor[axis + 2] - anchor[axis]
        deltas[axis] = (box[axis] + box[axis + 2] - anchor[axis] - anchor[axis + 2]) / 2 / measure
        deltas[axis + 2] = np.log(size) - np.log(measure)
    return deltas


def deltas_by_matrix(box, anchor):
    """Both boxes as centre and size, by one matrix."""
    matrix = np.array([[0.5, 0, 0.5, 0], [0, 0.5, 0, 0.5], [-1, 0, 1, 0], [0, -1, 0, 1]])
    wanted, given = matrix @ box, matrix @ anchor
    return [*((wanted - given)[:2] / given[2:]), *np.log(wanted[2:] / given[2:])]


def deltas_in_keras(box, anchor):
    box, anchor = (keras.ops.reshape(keras.ops.cast(b, "float32"), (2, 2)) for b in (box, anchor))
    size, measure = box[1] - box[0], anchor[1] - anchor[0]
    way = keras.ops.mean(box, axis=0) - keras.ops.mean(anchor, axis=0)
    return keras.ops.concatenate([way / measure, keras.ops.log(size / measure)])


RIGHT_ANSWERS = [
    ("windows_of", windows_by_loops),
    ("windows_of", windows_by_meshgrid),
    ("windows_of", windows_by_indices),
    ("windows_of", windows_by_division),
    ("overlap", overlap_step_by_step),
    ("overlap", overlap_counted),
    ("overlap", overlap_in_float32),
    ("overlap", overlap_as_fraction),
    ("overlap", lambda box, other: iou(box[None], other[None])[0, 0]),
    ("task_of", task_by_loop),
    ("task_of", task_by_masks),
    ("task_of", task_by_select),
    ("task_of", task_in_keras),
    ("suppress", suppress_with_mask),
    ("suppress", suppress_one_by_one),
    ("suppress", suppress_by_recursion),
    ("suppress", suppress_with_arrays),
    ("suppress", suppress_in_float32),
    ("on_paper", round(sum(HEIGHTS) / 5, 2)),
    ("on_paper", np.float32(sum(height * 0.2 for height in HEIGHTS))),
    ("on_paper", Fraction(19, 30)),
    ("on_paper", 0.633),
    ("to_deltas", deltas_step_by_step),
    ("to_deltas", deltas_in_place),
    ("to_deltas", deltas_by_matrix),
    ("to_deltas", deltas_in_keras),
]
