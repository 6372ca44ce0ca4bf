"""What kinds of errors a detector makes: the mean precision of all says nothing about that.

Reference: Bolya et al., TIDE: a general toolbox for identifying object detection errors (2020),
section 2.2, whose kinds and thresholds these are, less the mixed ones.
"""

import numpy as np

from course_utils.by_hand.boxes import check_boxes, check_labels, check_scores, iou

ON_OBJECT, BESIDE_OBJECT = 0.5, 0.1  # the least IoU with it
KINDS = ("right", "doubled", "wrong class", "badly placed", "nothing", "missed")


def kind_of_detection(overlap, same_class, taken):
    """What a detection is, whose IoU with the object next to it is `overlap`.

    `same_class`: whether it names that object rightly; `taken`: whether a better one found it.
    """
    if overlap < BESIDE_OBJECT:
        return "nothing"
    if overlap < ON_OBJECT:
        return "badly placed"
    if not same_class:
        return "wrong class"
    return "doubled" if taken else "right"


def kinds_in_picture(boxes, labels, scores, truths, true_labels):
    """What each detection of a picture is, best score first, then "missed" for objects not found."""
    kinds, taken = [], np.zeros(len(truths), bool)
    for place in np.argsort(-scores, kind="stable"):
        overlaps = iou(boxes[[place]], truths)[0]
        nearest = overlaps.argmax() if len(truths) else None
        same = nearest is not None and labels[place] == true_labels[nearest]
        overlap, found = overlaps.max(initial=0), nearest is not None and taken[nearest]
        kinds.append(kind_of_detection(overlap, same, found))
        if kinds[-1] == "right":
            taken[nearest] = True
    return kinds + ["missed"] * int((~taken).sum())


def pictures_by_kind(found, truths, true_labels, least_score=0.5):
    """Return for each kind the pictures in which it occurs, as often as it does.

    Args:
        found: for each picture boxes (n, 4), labels (n,) and scores (n,).
        truths: for each picture the true boxes (m, 4), x1 y1 x2 y2 in pixels.
        true_labels: for each picture their classes (m,).
        least_score: detections below it are passed over.

    Returns:
        {kind: list of pictures' numbers} for the kinds in `KINDS`; "missed" counts objects, all
        others count detections.

    Raises:
        ValueError: lists of different lengths, or what are no boxes, scores or classes.
    """
    places = {kind: [] for kind in KINDS}
    pictures = zip(found, truths, true_labels, strict=True)
    for number, ((boxes, labels, scores), own, names) in enumerate(pictures):
        boxes, own = check_boxes(boxes), check_boxes(own, "true boxes")
        labels, names = check_labels(labels, boxes), check_labels(names, own)
        scores = check_scores(scores, boxes)
        sure = scores >= least_score
        for kind in kinds_in_picture(boxes[sure], labels[sure], scores[sure], own, names):
            places[kind].append(number)
    return places
