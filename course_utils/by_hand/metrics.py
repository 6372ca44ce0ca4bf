"""How good a classifier is: the numbers that Keras prints, one readable step at a time.

Labels and predictions are class numbers `(n,)` from 0; logits and probabilities `(n, classes)`.
The functions above the line "argument checking" are the short cores that lessons show; those below
check what they are given: `accuracy(*check_classes(labels, predictions))`.

Reference: Goodfellow, Bengio and Courville, Deep Learning (2016): section 4.1 for the stable
softmax, sections 5.5 and 6.2.2.3 for the cross-entropy, section 11.1 for precision and recall.
How good a detector is, is judged as by COCO: Lin et al., Microsoft COCO (2014), and pycocotools.
"""

import numpy as np

from course_utils.by_hand.boxes import area, check_boxes, check_scores, iou

RECALLS = np.linspace(0, 1, 101)  # where COCO reads the precision
ROUNDING = 0.015  # by which a row may miss 1: half precision, or a third written as 0.33


def accuracy(labels, predictions):
    """Share of the predictions that are right, 0 to 1."""
    return np.mean(np.equal(labels, predictions))


def softmax(logits):
    """Turn logits into probabilities: none below 0, and 1 in all along the last axis."""
    largest = np.max(logits, axis=-1, keepdims=True)
    powers = np.exp(logits - largest)  # at most exp(0) = 1, however large the logits are
    return powers / np.sum(powers, axis=-1, keepdims=True)


def cross_entropy(labels, probabilities):
    """Mean of -log(probability that the right class was given)."""
    rows = np.arange(len(labels))
    right = probabilities[rows, labels]
    return np.mean(-np.log(right))


def confusion_matrix(labels, predictions, classes):
    """Count how often each class (row) was predicted as each class (column)."""
    matrix = np.zeros((classes, classes), int)
    for label, prediction in zip(labels, predictions):
        matrix[label, prediction] += 1
    return matrix


def precision_recall(truth, scores):
    """What it takes to say "yes" from each score on: how many are right, how many are found.

    Precision is the share of the yeses that are right; recall the share of the true ones that get
    a yes. Equal scores get it together. Above the highest score nobody gets one: precision would
    be 0 / 0, so the curve begins at the highest score.

    Args:
        truth: (n,) booleans, True for at least one.
        scores: (n,) numbers, higher where "yes" is more certain.

    Returns:
        thresholds, precision, recall: one of each for every score that occurs, highest first.
    """
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(truth[order])
    last = np.append(np.diff(scores[order]) != 0, True)  # of those with equal scores
    yeses = np.arange(1, len(scores) + 1)
    return scores[order][last], (found / yeses)[last], (found / found[-1])[last]


def match_detections(boxes, scores, truths, threshold=0.5):
    """Which detections of one class in one picture are right, (n,) booleans.

    Best score first, each takes the true box that it overlaps most of those not yet taken, if
    their IoU reaches the threshold; a second detection of the same object is wrong. Of equal
    overlaps the first true box is taken (pycocotools: the last).
    """
    overlaps = iou(boxes, truths)
    correct = np.zeros(len(boxes), bool)
    for detection in np.argsort(-scores, kind="stable") if len(truths) else []:
        truth = overlaps[detection].argmax()
        if overlaps[detection, truth] >= threshold:
            correct[detection] = True
            overlaps[:, truth] = -1  # taken
    return correct


def detection_curve(correct, scores, truths_count):
    """Precision and recall of the best detection alone, of the best two, …: (n,) and (n,).

    Unlike in `precision_recall` there are true objects without any score, those that nothing
    detects, so that recall may end below 1. Of equal scores the first counts as better.
    """
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(correct[order])
    return found / np.arange(1, len(scores) + 1), found / truths_count


def average_precision(correct, scores, truths_count):
    """Mean, over 101 recalls from 0 to 1, of the best precision at that recall or a higher one.

    Recalls that are not reached count 0. Without a true object there is no recall: NaN.
    """
    if truths_count == 0:
        return np.nan
    precision, recall = detection_curve(correct, scores, truths_count)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    reached = np.searchsorted(recall, RECALLS)  # the first place with at least that recall
    return np.mean(np.append(best_from_here, 0)[reached])


def proposal_recall(proposals, truths, threshold=0.5):
    """Share of all true boxes that a proposal covers with an IoU of at least the threshold.

    Proposals and true boxes are (n, 4) arrays, one of each for every picture. Two objects may be
    covered by the same proposal: it only says where to look. Without a true object: NaN.
    """
    covered = [
        iou(boxes, objects).max(axis=0, initial=0) >= threshold
        for boxes, objects in zip(proposals, truths)
    ]
    return np.mean(np.concatenate(covered)) if any(map(len, covered)) else np.nan


# --- argument checking -------------------------------------------------------------------------


def check_classes(labels, predictions, classes=None):
    """Return labels and predictions as (n,) integers, made sure to belong together.

    The cores would compute without a word: NumPy pairs (n,) with (n, 1) to n × n comparisons, and
    reads class -1 as the last one.

    Args:
        labels, predictions: n class numbers each.
        classes: how many classes there are; None for as many as it takes.

    Raises:
        ValueError: other shapes, no rows, or what is not the number of a class.
    """
    labels = _require_classes("labels", labels, classes)
    predictions = _require_classes("predictions", predictions, classes)
    if labels.shape != predictions.shape:
        raise ValueError(
            f"Expected one prediction for each of {len(labels)} labels. "
            f"Received {len(predictions)}."
        )
    return labels, predictions


def check_probabilities(labels, probabilities):
    """Return labels as (n,) integers and probabilities as (n, classes) floats that fit them.

    Raises:
        ValueError: other shapes, labels beyond the columns, or rows that are no probabilities.
    """
    probabilities = np.asarray(probabilities)
    if probabilities.ndim != 2 or 0 in probabilities.shape:
        raise ValueError(
            f"Expected probabilities of shape (n, classes). Received shape {probabilities.shape}."
        )
    labels = _require_classes("labels", labels, probabilities.shape[1])
    if len(labels) != len(probabilities):
        raise ValueError(
            f"Expected one row of probabilities for each of {len(labels)} labels. "
            f"Received {len(probabilities)}."
        )
    return labels, _require_sums(probabilities)


def check_detections(correct, scores, truths_count):
    """Return which detections are right as (n,) booleans, scores as (n,) floats, and the count.

    Raises:
        ValueError: other shapes, scores that are not finite, or more right ones than objects.
    """
    correct, scores = np.asarray(correct), check_scores(scores, correct)
    if not np.isin(correct, [False, True]).all():
        raise ValueError(f"Expected True or False for each detection. Received {correct!r}.")
    if not correct.sum() <= truths_count:
        raise ValueError(
            f"Expected at most one right detection for each of {truths_count} true objects. "
            f"Received {int(correct.sum())}."
        )
    return correct.astype(bool), scores, int(truths_count)


def check_proposals(boxes, scores, count):
    """Return [(boxes, scores)] of so many pictures, best first, without padding.

    Args:
        boxes: (count, k, 4), or a list of (k, 4); boxes without an area only fill up a batch, and
            are left out.
        scores: (count, k), or a list of (k,).

    Raises:
        ValueError: not one of each for every picture, or what are no boxes or scores.
    """
    if not len(boxes) == len(scores) == count:
        raise ValueError(
            f"Expected boxes and scores of {count} pictures. "
            f"Received boxes of {len(boxes)} and scores of {len(scores)}."
        )
    found = []
    for some, marks in zip(boxes, scores):
        some = check_boxes(some, "proposals")
        marks = check_scores(marks, some)
        real = np.flatnonzero(area(some) > 0)
        best_first = real[np.argsort(-marks[real], kind="stable")]
        found.append((some[best_first], marks[best_first]))
    return found


def are_probabilities(rows):
    """Return True where no number is below 0 and each row (the last axis) sums to 1.

    Rounding is passed over; what is not a number is not.
    """
    rows = np.asarray(rows)
    away = np.abs(rows.sum(axis=-1, dtype=float) - 1)
    return bool(rows.min() >= 0 and away.max() <= ROUNDING)


def _require_classes(name, values, classes):
    """Return class numbers as integers from 0 to classes - 1."""
    values = np.asarray(values)
    if values.ndim != 1 or not len(values):
        raise ValueError(f"Expected {name} of shape (n,), n ≥ 1. Received shape {values.shape}.")
    whole = values.dtype.kind in "iu" or values.dtype.kind == "f" and (values % 1 == 0).all()
    if not whole:
        raise ValueError(f"Expected {name} as whole numbers. Received {values.dtype} {values!r}.")
    last = classes - 1 if classes else values.max()
    outside = values[(values < 0) | (values > last)]
    if len(outside):
        raise ValueError(f"Expected {name} from 0 to {last}. Received {outside[0]} among them.")
    return values.astype(int)


def _require_sums(probabilities):
    """Return rows that are not negative and sum to 1; logits, the usual slip, do not."""
    if not are_probabilities(probabilities):
        sums = probabilities.sum(axis=1, dtype=float)
        raise ValueError(
            "Expected rows of probabilities, none below 0 and 1 in all. Received a row with the "
            f"sum {sums[np.argmax(np.abs(sums - 1))]:g}: logits need softmax first."
        )
    return probabilities
