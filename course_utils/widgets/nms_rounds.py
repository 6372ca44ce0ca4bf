"""Non-maximum suppression as `by_hand.boxes` does it, with an account of each round."""

from dataclasses import dataclass

import numpy as np

from course_utils.by_hand.boxes import iou

OWN = 0.5  # the IoU with a true object from which on a detection is one of it


@dataclass(frozen=True, eq=False)
class Round:
    """What happens while one detection is kept.

    Attributes:
        kept: its number.
        overlaps: (n,) its IoU with each detection that it competes with, NaN for the others.
        gone: numbers of those that go.
        scores: (n,) of all detections afterwards.
        lost: numbers of the true objects whose last detection goes, while none was kept.
    """

    kept: int
    overlaps: np.ndarray
    gone: tuple
    scores: np.ndarray
    lost: tuple


@dataclass(frozen=True)
class Rule:
    """How detections compete: those of the same group, by a threshold or by lower scores.

    Attributes:
        groups: one a detection.
        threshold: the IoU above which a detection goes.
        sigma: of soft-NMS, or None.
        lowest: the score at which soft-NMS gives a detection up.
    """

    groups: tuple
    threshold: float
    sigma: float | None
    lowest: float


def rounds(boxes, scores, rule, owners=None):
    """Return all rounds of a suppression, best detection first.

    Args:
        boxes: (n, 4) pixels.
        scores: (n,).
        rule: a Rule.
        owners: (n,) number of the true object that each detection belongs to, −1 for none.
    """
    between, groups = iou(boxes, boxes), np.array(rule.groups)
    scores = np.array(scores, float)
    waits = scores > rule.lowest if rule.sigma else np.ones(len(scores), bool)
    found, safe = [], set()
    while waits.any():
        best = int(np.argmax(np.where(waits, scores, -np.inf)))
        waits[best] = False
        rivals = waits & (groups == groups[best])
        overlaps = np.where(rivals, between[best], np.nan)
        if rule.sigma:
            fall = np.exp(-(between[best] ** 2) / rule.sigma)
            scores = np.where(rivals, scores * fall, scores)
            gone = rivals & (scores <= rule.lowest)
        else:
            gone = rivals & (between[best] > rule.threshold)
        waits = waits & ~gone
        lost = ()
        if owners is not None:
            safe.add(int(owners[best]))
            lost = tuple(sorted({*owners[gone].tolist()} - {*owners[waits].tolist()} - safe - {-1}))
        gone = tuple(np.flatnonzero(gone).tolist())
        found.append(Round(best, overlaps, gone, scores, lost))
    return tuple(found)


def owners_of(boxes, truths):
    """Return the true object that each detection overlaps most, (n,); −1 below an IoU of one half.

    Args:
        boxes: (n, 4) pixels.
        truths: (m, 4) pixels.
    """
    if not len(truths):
        return np.full(len(boxes), -1)
    overlaps = iou(boxes, truths)
    return np.where(overlaps.max(axis=1) >= OWN, overlaps.argmax(axis=1), -1)
