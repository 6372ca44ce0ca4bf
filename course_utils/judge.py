"""Detections judged as the field judges them: COCO's average precision, by pycocotools.

Reference: Lin et al., Microsoft COCO (2014); the measures are described at cocodataset.org.
"""

import contextlib
import io

import numpy as np

from course_utils.by_hand.boxes import check_boxes, check_labels, check_scores
from course_utils.errors import CourseError

SIZES = ("small", "medium", "large")
COCO_AREAS = (32**2, 96**2)  # square pixels, for photographs of about 640 × 480
MOST = 100  # detections of a picture and class that count, best first


def coco_scores(truth_boxes, truth_labels, boxes, scores, labels, areas=COCO_AREAS):
    """Return how good detections are, judged by pycocotools.

    Average precision (AP) is the mean over IoU thresholds 0.5, 0.55 … 0.95 and over the classes
    that have a true object. Only the best 100 detections of a picture and class count.

    Args:
        truth_boxes: for each picture (m, 4): x1, y1, x2, y2 in pixels; [] for no object.
        truth_labels: for each picture (m,): classes from 0.
        boxes, scores, labels: for each picture what was detected: (n, 4), (n,) and (n,).
        areas: (largest of small, smallest of large) in square pixels; all between is medium.

    Returns:
        {"AP", "AP50", "AP75", "small", "medium", "large": float, "per class": {class: AP},
        "per threshold": {0.5: AP, …}}; NaN where there is no true object.

    Raises:
        ValueError: lists of different lengths, what are no boxes, scores or classes, or areas
            that do not grow.
        CourseError: pycocotools is missing.
    """
    _require_lengths(truth_boxes, truth_labels, boxes, scores, labels)
    if not 0 < areas[0] <= areas[1]:
        raise ValueError(f"Expected two areas that grow, above 0. Received {areas!r}.")
    truths = _annotations("true boxes", truth_boxes, truth_labels)
    found = _annotations("detections", boxes, labels, scores)
    classes = sorted({one["category_id"] for one in truths})
    if not classes:
        return _summary(np.full((10, 101, 0, 4, 1), -1.0), [])
    return _summary(_evaluate(truths, found, len(truth_boxes), classes, areas), classes)


def _evaluate(truths, found, pictures, classes, areas):
    """Return COCO's precisions, (thresholds, recalls, classes, sizes, 1); -1 is none."""
    coco, evaluation = _load()
    with contextlib.redirect_stdout(io.StringIO()):  # it reports each step
        sides = [_indexed(coco(), one, pictures, classes) for one in (truths, found)]
        judge = evaluation(*sides, iouType="bbox")
        judge.params.maxDets = [MOST]
        limits = [0, *areas, np.inf]
        judge.params.areaRng = [[0, np.inf], *zip(limits, limits[1:])]
        judge.params.areaRngLbl = ["all", *SIZES]
        judge.evaluate()
        judge.accumulate()
    return judge.eval["precision"]


def _load():
    """Return pycocotools' classes COCO and COCOeval."""
    try:
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    except ImportError as error:
        raise CourseError(
            "pycocotools is missing, which judges detections: run "
            "`pip install pycocotools`, restart the kernel, and run the lesson again."
        ) from error
    return COCO, COCOeval


def _indexed(table, annotations, pictures, classes):
    """Return a COCO table with its annotations, which may be none."""
    table.dataset = {
        "images": [{"id": number} for number in range(pictures)],
        "categories": [{"id": label} for label in classes],
        "annotations": annotations,
    }
    table.createIndex()
    return table


def _annotations(name, boxes, labels, scores=None):
    """Return a list of boxes as COCO writes them; their numbers start at 1, for 0 means none."""
    rows = []
    for picture, (some, classes) in enumerate(zip(boxes, labels)):
        some = check_boxes(some, f"{name} of picture {picture}").astype(float)
        classes = check_labels(classes, some)
        marks = check_scores(scores[picture], some) if scores is not None else np.ones(len(some))
        for (x1, y1, x2, y2), label, mark in zip(some.tolist(), classes.tolist(), marks.tolist()):
            sides = x2 - x1, y2 - y1
            rows.append(dict(id=len(rows) + 1, image_id=picture, category_id=label, score=mark,
                             bbox=[x1, y1, *sides], area=sides[0] * sides[1],
                             iscrowd=0))  # fmt: skip
    return rows


def _summary(precisions, classes):
    """Return the means of COCO's precisions that there are."""
    everything = precisions[:, :, :, 0, 0]
    thresholds = np.linspace(0.5, 0.95, 10).round(2).tolist()
    return {
        "AP": _mean(everything),
        "AP50": _mean(everything[0]),
        "AP75": _mean(everything[5]),
        **{size: _mean(precisions[:, :, :, place, 0]) for place, size in enumerate(SIZES, 1)},
        "per class": {label: _mean(everything[:, :, place]) for place, label in enumerate(classes)},
        "per threshold": {one: _mean(row) for one, row in zip(thresholds, everything)},
    }


def _mean(precisions):
    there = precisions[precisions > -1]
    return float(there.mean()) if there.size else float("nan")


def _require_lengths(*lists):
    if len({len(one) for one in lists}) != 1:
        raise ValueError(
            "Expected one entry for each picture in all five lists: true boxes, true labels, "
            f"boxes, scores, labels. Received {', '.join(str(len(one)) for one in lists)}."
        )
