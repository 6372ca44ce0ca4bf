"""Lesson 05: a reference for each exercise, and the slips that its check knows by name.

The reference's source is what `.solution()` shows, and what a solved run puts into the lesson's
cells: it uses only what stands there, `np`, and `iou` where the lesson has it.
"""

import numpy as np

from course_utils.by_hand.boxes import iou
from course_utils.by_hand.metrics import average_precision, detection_curve
from course_utils.exercises.slips import SlipList

SLIPS = SlipList()

# --- windows_of --------------------------------------------------------------------------------


def windows_of(height, width, size, stride):
    """Return the boxes of all square windows that fit into a picture, row by row.

    height, width, size, stride: whole numbers of pixels; returns (n, 4): x1 y1 x2 y2.
    """
    tops = range(0, height - size + 1, stride)
    lefts = range(0, width - size + 1, stride)
    return np.array([(x, y, x + size, y + size) for y in tops for x in lefts])


def _windows(tops, lefts, size):
    return np.array([(x, y, x + size, y + size) for y in tops for x in lefts])


_LAST_MISSING = (
    "the last windows are missing",
    "`range` stops before its end: the last place where a whole window fits is left out.",
)


@SLIPS.slip("windows_of", *_LAST_MISSING)
def windows_without_last(height, width, size, stride):
    return _windows(range(0, height - size, stride), range(0, width - size, stride), size)


_BEYOND = (
    "windows reach beyond the picture",
    "A window that begins at the last pixel ends outside. Only whole windows count: how far may "
    "the last one begin?",
)


@SLIPS.slip("windows_of", *_BEYOND)
def windows_beyond(height, width, size, stride):
    return _windows(range(0, height, stride), range(0, width, stride), size)


@SLIPS.slip("windows_of", *_BEYOND)
def windows_cut_off(height, width, size, stride):
    boxes = windows_beyond(height, width, size, stride)
    return np.minimum(boxes, [width, height, width, height])


@SLIPS.slip(
    "windows_of",
    "the windows come column by column",
    "Row by row means: first all windows of the first row, from left to right. The outer loop goes "
    "down.",
)
def windows_by_column(height, width, size, stride):
    tops, lefts = range(0, height - size + 1, stride), range(0, width - size + 1, stride)
    return np.array([(x, y, x + size, y + size) for x in lefts for y in tops])


@SLIPS.slip(
    "windows_of",
    "y stands before x",
    "An array is indexed by row and column, y before x. A box begins with x.",
)
def windows_y_first(height, width, size, stride):
    return windows_of(height, width, size, stride)[:, [1, 0, 3, 2]]


@SLIPS.slip(
    "windows_of",
    "height and width are mixed up",
    "How far the windows go to the right depends on the width, how far down on the height.",
)
def windows_of_turned_picture(height, width, size, stride):
    return windows_of(width, height, size, stride)


@SLIPS.slip(
    "windows_of",
    "the last two numbers are width and height",
    "Such boxes are in use as well. Here the last two numbers are the right and the bottom edge.",
)
def windows_with_sizes(height, width, size, stride):
    boxes = windows_of(height, width, size, stride)
    boxes[:, 2:] = size
    return boxes


@SLIPS.slip(
    "windows_of",
    "the right and bottom edge are one pixel short",
    "Pixel i reaches from i to i + 1, so a window of 3 pixels that begins at 0 ends at 3.",
)
def windows_to_last_pixel(height, width, size, stride):
    return windows_of(height, width, size, stride) - [0, 0, 1, 1]


@SLIPS.slip(
    "windows_of",
    "the stride is forgotten",
    "A window does not begin at every pixel: the step from one to the next is `stride`.",
)
def windows_at_every_pixel(height, width, size, stride):
    return windows_of(height, width, size, 1)


@SLIPS.slip(
    "windows_of",
    "the windows lie side by side",
    "The step from one window to the next is `stride`, not `size`: windows may overlap.",
)
def windows_side_by_side(height, width, size, stride):
    return windows_of(height, width, size, size)


@SLIPS.slip(
    "windows_of",
    "the edges are numbers of steps, not pixels",
    "Window number 2 in a row begins at 2 strides: count the places in pixels.",
)
def windows_in_steps(height, width, size, stride):
    rows, columns = (height - size) // stride + 1, (width - size) // stride + 1
    return _windows(range(rows), range(columns), size)


_RETURNED_EARLY = (
    "it ends before all windows are there",
    "A `return` inside a loop ends the function at once: it belongs behind both loops.",
)


@SLIPS.slip("windows_of", *_RETURNED_EARLY)
def windows_of_first_row(height, width, size, stride):
    return _windows([0], range(0, width - size + 1, stride), size)


@SLIPS.slip("windows_of", *_RETURNED_EARLY)
def windows_first_only(height, width, size, stride):
    return _windows([0], [0], size)


@SLIPS.slip(
    "windows_of",
    "only the last row of windows is left",
    "The list begins anew in each row: make it empty once, before both loops.",
)
def windows_of_last_row(height, width, size, stride):
    last = (height - size) // stride * stride
    return _windows([last], range(0, width - size + 1, stride), size)


@SLIPS.slip(
    "windows_of",
    "the boxes stand in a table of rows and columns",
    "One long list of boxes is wanted, (n, 4): `reshape(-1, 4)` makes one of it.",
)
def windows_in_a_table(height, width, size, stride):
    rows = (height - size) // stride + 1
    return windows_of(height, width, size, stride).reshape(rows, -1, 4)


@SLIPS.slip(
    "windows_of",
    "the number of windows is returned",
    "Where they are is wanted, not only how many.",
)
def windows_counted(height, width, size, stride):
    return ((height - size) // stride + 1) * ((width - size) // stride + 1)


# --- overlap -----------------------------------------------------------------------------------


def overlap(box, other):
    """Return the intersection over union of two boxes, 0 to 1.

    box, other: four numbers x1 y1 x2 y2 with x1 < x2 and y1 < y2.
    """
    left, top = np.maximum(box[:2], other[:2])
    right, bottom = np.minimum(box[2:], other[2:])
    shared = max(right - left, 0) * max(bottom - top, 0)
    both = [(x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in (box, other)]
    return shared / (sum(both) - shared)


def _area(box):
    return (box[2] - box[0]) * (box[3] - box[1])


def _sides(box, other):
    """Return width and height of what both cover; below 0 where nothing is shared."""
    return np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2])


def _shared(box, other):
    return np.clip(_sides(box, other), 0, None).prod()


_NEGATIVE_SIDES = (
    "boxes that lie apart share something",
    "Between them the width of the intersection is below 0, or its height. Two such numbers even "
    "make a positive area: each has to become 0 before you multiply.",
)


@SLIPS.slip("overlap", *_NEGATIVE_SIDES)
def overlap_unclipped(box, other):
    shared = _sides(box, other).prod()
    return shared / (_area(box) + _area(other) - shared)


@SLIPS.slip("overlap", *_NEGATIVE_SIDES)
def overlap_clipped_late(box, other):
    shared = max(_sides(box, other).prod(), 0)
    return shared / (_area(box) + _area(other) - shared)


@SLIPS.slip("overlap", *_NEGATIVE_SIDES)
def overlap_of_sizes(box, other):
    shared = np.abs(_sides(box, other)).prod()
    return shared / (_area(box) + _area(other) - shared)


@SLIPS.slip(
    "overlap",
    "what is shared counts twice in the union",
    "Both areas together hold it once for each box: take it off once.",
)
def overlap_over_sum(box, other):
    return _shared(box, other) / (_area(box) + _area(other))


@SLIPS.slip(
    "overlap",
    "what is shared is taken off twice",
    "Then it is missing in the union, and it belongs to it: take it off once.",
)
def overlap_over_unshared(box, other):
    shared = _shared(box, other)
    rest = _area(box) + _area(other) - 2 * shared
    return shared / rest if rest else 1.0


@SLIPS.slip(
    "overlap",
    "it is divided by the area of the first box",
    "Then a small box inside a large one agrees with it perfectly, one way round. Divide by what "
    "at least one of them covers.",
)
def overlap_over_first(box, other):
    return _shared(box, other) / _area(box)


@SLIPS.slip(
    "overlap",
    "it is divided by the area of the second box",
    "Then the value depends on which box comes first. Divide by what at least one of them covers.",
)
def overlap_over_second(box, other):
    return _shared(box, other) / _area(other)


@SLIPS.slip(
    "overlap",
    "it is divided by the smaller area",
    "Then a small box inside a large one gets 1, though they agree badly: the union is larger.",
)
def overlap_over_smaller(box, other):
    return _shared(box, other) / min(_area(box), _area(other))


@SLIPS.slip(
    "overlap",
    "it is divided by the larger area",
    "The union is larger still: it holds what sticks out of the larger box, too.",
)
def overlap_over_larger(box, other):
    return _shared(box, other) / max(_area(box), _area(other))


@SLIPS.slip(
    "overlap",
    "it is divided by the box around both",
    "Its corners may belong to neither: the union is the two areas, less what is shared.",
)
def overlap_over_hull(box, other):
    around = np.maximum(box[2:], other[2:]) - np.minimum(box[:2], other[:2])
    return _shared(box, other) / around.prod()


@SLIPS.slip(
    "overlap",
    "twice what is shared is divided by the sum of the areas",
    "That is the Dice coefficient, a cousin: it gives larger values.",
)
def overlap_dice(box, other):
    return 2 * _shared(box, other) / (_area(box) + _area(other))


@SLIPS.slip(
    "overlap",
    "the intersection begins too early and ends too late",
    "That is the box around both. What both cover begins where the *later* one begins.",
)
def overlap_of_hull(box, other):
    around = (np.maximum(box[2:], other[2:]) - np.minimum(box[:2], other[:2])).prod()
    return around / (_area(box) + _area(other) - around)


@SLIPS.slip(
    "overlap",
    "the area that both share is returned",
    "It says much for small boxes and little for large ones: divide it by the union.",
)
def overlap_undivided(box, other):
    return _shared(box, other)


@SLIPS.slip(
    "overlap",
    "the share that does not agree is returned",
    "That is 1 minus the IoU: equal boxes are to get 1.",
)
def overlap_distance(box, other):
    return 1 - overlap(box, other)


@SLIPS.slip(
    "overlap",
    "one pixel is added to each width and height",
    "That was the custom where x2 named the last pixel. Here x2 is an edge: the width is x2 − x1.",
)
def overlap_with_pixels(box, other):
    shared = np.clip(_sides(box, other) + 1, 0, None).prod()
    areas = sum((one[2:] - one[:2] + 1).prod() for one in (box, other))
    return shared / (areas - shared)


# --- task_of -----------------------------------------------------------------------------------


def task_of(overlaps, positive, negative):
    """Return what each anchor shall learn: the number of an object, -1 for background, -2 ignored.

    It is the object of the highest IoU if that is at least `positive`; background if all are below
    `negative`; ignored otherwise. (Leave the last rule, the best anchor of each object, aside.)
    overlaps: (anchors, objects), at least one object; returns (anchors,) whole numbers.
    """
    best_iou = np.max(overlaps, axis=1)
    without_object = np.where(best_iou < negative, -1, -2)
    return np.where(best_iou >= positive, np.argmax(overlaps, axis=1), without_object)


def _tasks(overlaps, is_positive, is_background):
    """Return the tasks by two masks; where both hold, the object wins."""
    without_object = np.where(is_background, -1, -2)
    return np.where(is_positive, overlaps.argmax(axis=1), without_object)


@SLIPS.slip(
    "task_of",
    "exactly `positive` is not positive",
    "The IoU has to be *at least* `positive`: equal is enough.",
)
def task_above_positive(overlaps, positive, negative):
    highest = overlaps.max(axis=1)
    return _tasks(overlaps, highest > positive, highest < negative)


@SLIPS.slip(
    "task_of",
    "exactly `negative` is background",
    "Background is what lies *below* `negative`: equal is ignored.",
)
def task_up_to_negative(overlaps, positive, negative):
    highest = overlaps.max(axis=1)
    return _tasks(overlaps, highest >= positive, highest <= negative)


@SLIPS.slip(
    "task_of",
    "the anchors in between are background",
    "They have caught too much of an object for that: from `negative` on they are ignored.",
)
def task_without_ignored(overlaps, positive, negative):
    highest = overlaps.max(axis=1)
    return _tasks(overlaps, highest >= positive, highest < positive)


@SLIPS.slip(
    "task_of",
    "the anchors in between get their object",
    "They overlap it too little for that: below `positive` they are ignored.",
)
def task_positive_in_between(overlaps, positive, negative):
    highest = overlaps.max(axis=1)
    return _tasks(overlaps, highest >= negative, highest < negative)


@SLIPS.slip(
    "task_of",
    "all anchors below `positive` are ignored",
    "Does a later line write over the background again? Ignored are only those from `negative` on.",
)
def task_without_background(overlaps, positive, negative):
    highest = overlaps.max(axis=1)
    return _tasks(overlaps, highest >= positive, highest < 0)


@SLIPS.slip(
    "task_of",
    "every anchor gets the object that it overlaps most",
    "`argmax` always names one, even where nothing overlaps: the thresholds decide first.",
)
def task_always_object(overlaps, positive, negative):
    return overlaps.argmax(axis=1)


@SLIPS.slip(
    "task_of",
    "background and ignored are mixed up",
    "−1 is background, −2 is ignored.",
)
def task_mixed_up(overlaps, positive, negative):
    tasks = task_of(overlaps, positive, negative)
    return np.where(tasks < 0, -3 - tasks, tasks)


@SLIPS.slip(
    "task_of",
    "the objects are counted from 1",
    "The first column is object 0.",
)
def task_from_one(overlaps, positive, negative):
    tasks = task_of(overlaps, positive, negative)
    return tasks + (tasks >= 0)


@SLIPS.slip(
    "task_of",
    "all positive anchors get one number",
    "Yes or no is not enough: *which* object is it that the anchor overlaps most?",
)
def task_yes_or_no(overlaps, positive, negative):
    tasks = task_of(overlaps, positive, negative)
    return np.where(tasks >= 0, 1, tasks)


_NOT_THE_BEST = (
    "it is not the best object that is taken",
    "Where an anchor overlaps two objects enough, neither the first nor the last decides, but the "
    "one with the higher IoU.",
)


@SLIPS.slip("task_of", *_NOT_THE_BEST)
def task_first_enough(overlaps, positive, negative):
    first = (overlaps >= positive).argmax(axis=1)
    tasks = task_of(overlaps, positive, negative)
    return np.where(tasks >= 0, first, tasks)


@SLIPS.slip("task_of", *_NOT_THE_BEST)
def task_last_enough(overlaps, positive, negative):
    from_behind = (overlaps >= positive)[:, ::-1].argmax(axis=1)
    tasks = task_of(overlaps, positive, negative)
    return np.where(tasks >= 0, overlaps.shape[1] - 1 - from_behind, tasks)


@SLIPS.slip(
    "task_of",
    "background needs only one object that is far",
    "One object is always far from somewhere. Background is an anchor that *no* object overlaps "
    "by `negative` or more.",
)
def task_background_by_lowest(overlaps, positive, negative):
    far = overlaps.min(axis=1) < negative
    return _tasks(overlaps, overlaps.max(axis=1) >= positive, far)


_LAST_RULE = (
    "each object gets its best anchor, too",
    "That rule is left aside here: the thresholds alone decide.",
)


@SLIPS.slip("task_of", *_LAST_RULE)
def task_with_last_rule(overlaps, positive, negative):
    tasks = task_of(overlaps, positive, negative)
    tasks[overlaps.argmax(axis=0)] = np.arange(overlaps.shape[1])
    return tasks


@SLIPS.slip("task_of", *_LAST_RULE)
def task_with_last_rule_backwards(overlaps, positive, negative):
    tasks = task_of(overlaps, positive, negative)
    tasks[overlaps.argmax(axis=0)[::-1]] = np.arange(overlaps.shape[1])[::-1]
    return tasks


_DOWN_THE_ANCHORS = (
    "for each object an anchor is sought",
    "Each *anchor* looks for its object: go along the axis of the objects, and leave that of the "
    "anchors.",
)


@SLIPS.slip("task_of", *_DOWN_THE_ANCHORS)
def task_down_the_anchors(overlaps, positive, negative):
    return task_of(overlaps.T, positive, negative)


@SLIPS.slip("task_of", *_DOWN_THE_ANCHORS)
def task_best_anchors(overlaps, positive, negative):
    return overlaps.argmax(axis=0)


@SLIPS.slip(
    "task_of",
    "the thresholds are taken object by object",
    "An anchor has one task: of its row, only the highest IoU counts.",
)
def task_of_each_pair(overlaps, positive, negative):
    return np.where(overlaps >= positive, 1, np.where(overlaps < negative, -1, -2))


# --- suppress ----------------------------------------------------------------------------------


def suppress(boxes, scores, threshold):
    """Return the places of the boxes that stay, the best score first.

    A box goes if its IoU with a better one that stays is above `threshold`.
    boxes: (n, 4); scores: (n,), no two alike; returns whole numbers.
    """
    candidates, stay = list(np.argsort(-scores)), []
    while candidates:
        best = candidates.pop(0)
        stay.append(best)
        with_best = iou(boxes[[best]], boxes)[0]
        candidates = [place for place in candidates if with_best[place] <= threshold]
    return stay


def _survivors(boxes, order, threshold):
    """Return the places that stay, when they are looked at in this order."""
    table, stay = iou(boxes, boxes), []
    for place in order:
        if not stay or table[place, stay].max() <= threshold:
            stay.append(place)
    return np.array(stay)


_BY_SCORE = (
    "the boxes are looked at in the order in which they stand",
    "The *best* of those that are left comes next: sort the places by their scores first.",
)


@SLIPS.slip("suppress", *_BY_SCORE)
def suppress_unsorted(boxes, scores, threshold):
    return _survivors(boxes, range(len(boxes)), threshold)


@SLIPS.slip("suppress", *_BY_SCORE)
def suppress_unsorted_until_the_end(boxes, scores, threshold):
    stay = suppress_unsorted(boxes, scores, threshold)
    return stay[np.argsort(-scores[stay])]


_LOWEST_FIRST = (
    "the box with the lowest score begins",
    "`np.argsort` puts the smallest first, and the highest score comes first here.",
)


@SLIPS.slip("suppress", *_LOWEST_FIRST)
def suppress_lowest_first(boxes, scores, threshold):
    return _survivors(boxes, np.argsort(scores), threshold)


@SLIPS.slip("suppress", *_LOWEST_FIRST)
def suppress_lowest_first_turned(boxes, scores, threshold):
    return suppress_lowest_first(boxes, scores, threshold)[::-1]


@SLIPS.slip(
    "suppress",
    "boxes that have gone still take others with them",
    "Only a box that *stays* removes others. What overlapped nothing but a box that is gone stays.",
)
def suppress_by_all_better(boxes, scores, threshold):
    better = scores[None, :] > scores[:, None]
    gone = (better & (iou(boxes, boxes) > threshold)).any(axis=1)
    return np.array([place for place in np.argsort(-scores) if not gone[place]])


@SLIPS.slip(
    "suppress",
    "a box goes at the threshold already",
    "It goes if the IoU is *above* the threshold. At 0, boxes that share nothing stay.",
)
def suppress_at_threshold(boxes, scores, threshold):
    order = np.argsort(-scores)
    table, stay = iou(boxes, boxes), []
    for place in order:
        if not stay or table[place, stay].max() < threshold:
            stay.append(place)
    return np.array(stay)


@SLIPS.slip(
    "suppress",
    "only the best box of all removes others",
    "After it, the best of what is left stays and removes others in its turn, until nothing is "
    "left.",
)
def suppress_once(boxes, scores, threshold):
    order = np.argsort(-scores)
    with_best = iou(boxes[order[:1]], boxes)[0]
    return np.array([order[0], *(one for one in order[1:] if with_best[one] <= threshold)])


@SLIPS.slip(
    "suppress",
    "a box is compared only with the last one that stays",
    "It may overlap one that was kept long before: compare it with all that stay.",
)
def suppress_by_last(boxes, scores, threshold):
    table, stay = iou(boxes, boxes), []
    for place in np.argsort(-scores):
        if not stay or table[place, stay[-1]] <= threshold:
            stay.append(place)
    return np.array(stay)


@SLIPS.slip(
    "suppress",
    "a box is compared only with the one before it",
    "Its neighbour in the list of scores may be anywhere in the picture: compare it with all that "
    "stay.",
)
def suppress_by_neighbour(boxes, scores, threshold):
    order = np.argsort(-scores)
    pairs = [(order[0], None), *zip(order[1:], order[:-1])]
    table = iou(boxes, boxes)
    return np.array([p for p, before in pairs if before is None or table[p, before] <= threshold])


@SLIPS.slip(
    "suppress",
    "what overlaps stays, and the rest goes",
    "It is the other way round: what overlaps the best box means the same object, most likely.",
)
def suppress_the_rest(boxes, scores, threshold):
    order, stay = np.argsort(-scores), []
    table = iou(boxes, boxes)
    while len(order):
        best, order = order[0], order[1:]
        stay.append(best)
        order = order[table[best, order] > threshold]
    return np.array(stay)


@SLIPS.slip(
    "suppress",
    "places are counted through the sorted list",
    "Sorting moves the boxes: 0 is the best one then. The places in `boxes` as it came are wanted.",
)
def suppress_sorted_places(boxes, scores, threshold):
    order = np.argsort(-scores)
    return _survivors(boxes[order], range(len(order)), threshold)


@SLIPS.slip(
    "suppress",
    "the places are not in the order of the scores",
    "These are the right boxes. The best score is to come first.",
)
def suppress_by_place(boxes, scores, threshold):
    return np.sort(suppress(boxes, scores, threshold))


@SLIPS.slip(
    "suppress",
    "the best score comes last",
    "These are the right boxes, in the opposite order.",
)
def suppress_reversed(boxes, scores, threshold):
    return suppress(boxes, scores, threshold)[::-1]


@SLIPS.slip(
    "suppress",
    "all boxes are returned",
    "Sorted by score, and nothing is removed.",
)
def suppress_nothing(boxes, scores, threshold):
    return np.argsort(-scores)


@SLIPS.slip(
    "suppress",
    "only one box is returned",
    "The best of all stays; of what it leaves, the best stays again, and so on.",
)
def suppress_all_but_one(boxes, scores, threshold):
    return np.argsort(-scores)[:1]


@SLIPS.slip(
    "suppress",
    "the boxes are returned",
    "Their places are wanted: with them one finds the scores and the classes as well.",
)
def suppress_boxes(boxes, scores, threshold):
    return boxes[suppress(boxes, scores, threshold)]


@SLIPS.slip(
    "suppress",
    "the scores are returned",
    "The places of these boxes are wanted: with them one finds the scores, too.",
)
def suppress_scores(boxes, scores, threshold):
    return scores[suppress(boxes, scores, threshold)]


@SLIPS.slip(
    "suppress",
    "True and False are returned",
    "Which box stays is not all: the places are wanted, the best score first.",
)
def suppress_mask(boxes, scores, threshold):
    return np.isin(np.arange(len(boxes)), suppress(boxes, scores, threshold))


# --- on_paper ----------------------------------------------------------------------------------

on_paper = 0.63

_RIGHT = np.array([True, False, True, True, False, True])  # the lesson's six boxes, the best first
_OBJECTS = 5
_SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
_PRECISION, _RECALL = detection_curve(_RIGHT, _SCORES, _OBJECTS)
_HEIGHTS = np.maximum.accumulate(_PRECISION[::-1])[::-1][_RIGHT]
_LOWEST = [_PRECISION[recall == _RECALL].min() for recall in np.unique(_RECALL)]


def _file(name, sentence, *values):
    """File the values that one mistake may give."""
    for value in values:
        SLIPS.slip("on_paper", name, sentence)(value)


_file(
    "it is divided by the objects that are found",
    "One object is never found, and counts as well: there are five steps, and the last one has the "
    "height 0.",
    _HEIGHTS.mean(),
)
_file(
    "it is the mean of all six precisions",
    "At a wrong box recall does not grow, so there is no step. Five steps, one for each object.",
    _PRECISION.mean(),
)
_file(
    "higher recalls are left out",
    "The precision at this recall *or a higher one*: who accepts one more box may be right more "
    "often, and nobody would stop before. A step is never lower than one further to the right.",
    _PRECISION[_RIGHT].sum() / _OBJECTS,
)
_file(
    "the step of a recall has its lowest precision",
    "Several scores have the same recall. The best precision that can be had there is the height.",
    sum(_LOWEST) / _OBJECTS,
)
_file(
    "the last fifth is not left at 0",
    "No score reaches a recall above 4/5: there is no box to be precise there.",
    (_HEIGHTS.sum() + _PRECISION[-1]) / _OBJECTS,
)
_file(
    "the heights are added up, and that is all",
    "An area is height times width, and each step is only 1/5 wide.",
    _HEIGHTS.sum(),
)
_file(
    "it is the mean at 101 recalls",
    "That is what the program below computes, and it comes close. On paper it is the area itself: "
    "five steps.",
    average_precision(_RIGHT, _SCORES, _OBJECTS),
)
_file(
    "it is the precision of all six boxes",
    "That is one pair of six, the one at the lowest score. All steps count.",
    _PRECISION[-1],
)
_file(
    "it is the recall of all six boxes",
    "That is how wide the part is in which the staircase has a height. How high is it?",
    _RECALL[-1],
)
_file(
    "it is in percent",
    "A precision of 1 is the highest there is, and the whole square has the area 1.",
    *(np.round(100 * _HEIGHTS.sum() / _OBJECTS, decimals) for decimals in (0, 1, 2)),
)

# --- to_deltas ---------------------------------------------------------------------------------


def to_deltas(box, anchor):
    """Return the deltas (tx, ty, tw, th) that turn an anchor into a box.

    tx, ty: how far the centre moves, in widths and in heights of the anchor; tw, th: natural
    logarithm of the box's width over the anchor's, and of the heights.
    box, anchor: four numbers x1 y1 x2 y2; returns four numbers.
    """
    size, anchor_size = box[2:] - box[:2], anchor[2:] - anchor[:2]
    way = (box[:2] + box[2:]) / 2 - (anchor[:2] + anchor[2:]) / 2
    return np.concatenate([way / anchor_size, np.log(size / anchor_size)])


def _parts(box, anchor):
    """Return the way between the centres, the size of the box, and that of the anchor."""
    way = (box[:2] + box[2:] - anchor[:2] - anchor[2:]) / 2
    return way, box[2:] - box[:2], anchor[2:] - anchor[:2]


def _four(shift, scale):
    return np.concatenate([shift, scale])


@SLIPS.slip(
    "to_deltas",
    "the centre moves by pixels",
    "The network cannot know how large the anchor was: divide by the anchor's width and height.",
)
def deltas_in_pixels(box, anchor):
    way, size, anchor_size = _parts(box, anchor)
    return _four(way, np.log(size / anchor_size))


@SLIPS.slip(
    "to_deltas",
    "the way is measured in widths of the box",
    "The box is what we look for. What we have, and measure by, is the anchor.",
)
def deltas_by_box(box, anchor):
    way, size, anchor_size = _parts(box, anchor)
    return _four(way / size, np.log(size / anchor_size))


@SLIPS.slip(
    "to_deltas",
    "it is the upper left corner that moves",
    "A corner moves also where a box only grows: take the way from centre to centre.",
)
def deltas_of_corner(box, anchor):
    _, size, anchor_size = _parts(box, anchor)
    return _four((box[:2] - anchor[:2]) / anchor_size, np.log(size / anchor_size))


@SLIPS.slip(
    "to_deltas",
    "half the width is taken for the centre",
    "Half the width is how far the centre lies from the left edge. Where is that edge?",
)
def deltas_of_half_sizes(box, anchor):
    _, size, anchor_size = _parts(box, anchor)
    return _four((size - anchor_size) / 2 / anchor_size, np.log(size / anchor_size))


@SLIPS.slip(
    "to_deltas",
    "the logarithm is missing",
    "Equal sizes are to give 0, and their quotient is 1: take its logarithm.",
)
def deltas_of_ratios(box, anchor):
    way, size, anchor_size = _parts(box, anchor)
    return _four(way / anchor_size, size / anchor_size)


@SLIPS.slip(
    "to_deltas",
    "the sizes are compared by a difference",
    "Twice as wide gives 1 then, and half as wide −1/2: the logarithm of the quotient makes them "
    "equally far from 0.",
)
def deltas_of_differences(box, anchor):
    way, size, anchor_size = _parts(box, anchor)
    return _four(way / anchor_size, size / anchor_size - 1)


_OTHER_BASE = (
    "the logarithm has another base",
    "The natural one is wanted, to the base e: `decode` takes `np.exp` of it.",
)


@SLIPS.slip("to_deltas", *_OTHER_BASE)
def deltas_to_base_2(box, anchor):
    way, size, anchor_size = _parts(box, anchor)
    return _four(way / anchor_size, np.log2(size / anchor_size))


@SLIPS.slip("to_deltas", *_OTHER_BASE)
def deltas_to_base_10(box, anchor):
    way, size, anchor_size = _parts(box, anchor)
    return _four(way / anchor_size, np.log10(size / anchor_size))


@SLIPS.slip(
    "to_deltas",
    "the logarithm is taken of the box's size alone",
    "Divide it by the anchor's size first: only then does no change give 0.",
)
def deltas_of_own_size(box, anchor):
    way, size, anchor_size = _parts(box, anchor)
    return _four(way / anchor_size, np.log(size))


@SLIPS.slip(
    "to_deltas",
    "the quotient of the sizes is upside down",
    "A box that is larger than its anchor gets a number above 0: the box's size stands above.",
)
def deltas_upside_down(box, anchor):
    way, size, anchor_size = _parts(box, anchor)
    return _four(way / anchor_size, np.log(anchor_size / size))


@SLIPS.slip(
    "to_deltas",
    "the centre moves the other way",
    "From the anchor to the box: a box further to the right gets a number above 0.",
)
def deltas_backwards(box, anchor):
    way, size, anchor_size = _parts(box, anchor)
    return _four(-way / anchor_size, np.log(size / anchor_size))


@SLIPS.slip(
    "to_deltas",
    "box and anchor are mixed up",
    "These are the deltas that turn the box into the anchor: who is to be moved?",
)
def deltas_mixed_up(box, anchor):
    return to_deltas(anchor, box)


@SLIPS.slip(
    "to_deltas",
    "y stands before x",
    "Some libraries have that order. Here it is tx ty tw th.",
)
def deltas_y_first(box, anchor):
    return to_deltas(box, anchor)[[1, 0, 3, 2]]


@SLIPS.slip(
    "to_deltas",
    "width and height of the anchor are mixed up",
    "What moves to the right is divided by the width, what moves down by the height.",
)
def deltas_by_other_side(box, anchor):
    way, size, anchor_size = _parts(box, anchor)
    return _four(way / anchor_size[::-1], np.log(size / anchor_size))


@SLIPS.slip(
    "to_deltas",
    "both ways are divided by the width",
    "Of a flat anchor, a small step down is much: the way down is measured in heights.",
)
def deltas_by_width(box, anchor):
    way, size, anchor_size = _parts(box, anchor)
    return _four(way / anchor_size[0], np.log(size / anchor_size))


@SLIPS.slip(
    "to_deltas",
    "each edge has a delta of its own",
    "That is another way to say it, and a box could turn inside out. Here it is centre and size.",
)
def deltas_of_edges(box, anchor):
    return (box - anchor) / np.tile(anchor[2:] - anchor[:2], 2)


@SLIPS.slip(
    "to_deltas",
    "the deltas are divided by variances",
    "Some libraries make the numbers larger that way, by 0.1 and 0.2. Leave them as they are.",
)
def deltas_with_variances(box, anchor):
    return to_deltas(box, anchor) / [0.1, 0.1, 0.2, 0.2]
