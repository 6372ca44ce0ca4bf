"""Precision over recall of a few detections, and what COCO's average precision makes of it."""

import numpy as np

from course_utils.by_hand import metrics
from course_utils.draw.shown import Shown
from course_utils.draw.style import BLUE, GREEN, SKY, VERMILION, framed_axes
from course_utils.draw.words import LINE, POINTS

SIZE = (4.6, 2.9)  # inches of the axes
LIMITS = (-0.02, 1.02), (-0.03, 1.1)
FEW = 20  # detections that have room for a number each
WORDS = 9  # points
RIGHT = 2.6  # inches beside the axes, for words


def precision_staircase(correct, scores, truths_count, description=None):
    """Show precision over recall after each detection, and the 101 readings whose mean is AP.

    Args:
        correct: (n,) booleans: which detections are right.
        scores: (n,); the detections are numbered from the best.
        truths_count: true objects, at least 1.
        description: what there is to see; by default the order of right and wrong, and AP.

    Returns:
        Shown.

    Raises:
        ValueError: no true object, or columns that do not fit together.
    """
    correct, scores, truths_count = metrics.check_detections(correct, scores, truths_count)
    if truths_count < 1:
        raise ValueError("Expected at least 1 true object: without one there is no recall. "
                         f"Received {truths_count}.")  # fmt: skip
    precision, recall = metrics.detection_curve(correct, scores, truths_count)
    ranked = correct[np.argsort(-scores, kind="stable")]
    value = metrics.average_precision(correct, scores, truths_count)
    figure, axes = framed_axes(SIZE, right=RIGHT, above=0.2)
    _draw_readings(axes, precision, recall)
    _draw_detections(axes, precision, recall, ranked)
    if len(ranked) <= FEW:
        _number(axes, precision, recall, ranked)
    axes.set(xlim=LIMITS[0], ylim=LIMITS[1], xlabel="recall", ylabel="precision")
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.set_yticks(np.linspace(0, 1, 6))
    _write(axes, value, len(ranked))
    return Shown(figure, description or _describe(ranked, truths_count, value))


def _draw_readings(axes, precision, recall):
    """Draw the best precision from each recall on, and shade what lies below it: AP."""
    best = np.append(np.maximum.accumulate(precision[::-1])[::-1], 0)
    readings = best[np.searchsorted(recall, metrics.RECALLS)]
    axes.fill_between(metrics.RECALLS, readings, step="pre", color=SKY, alpha=0.35, linewidth=0)
    axes.plot(metrics.RECALLS, readings, ".", markersize=4, color=BLUE)


def _draw_detections(axes, precision, recall, ranked):
    """Draw the curve and a mark for each detection."""
    axes.plot(recall, precision, "-", color="#666666", linewidth=1)
    for right, mark, colour in ((True, "o", GREEN), (False, "X", VERMILION)):
        some = ranked == right
        axes.plot(recall[some], precision[some], mark, color=colour, markersize=7,
                  markeredgecolor="white")  # fmt: skip


def _number(axes, precision, recall, ranked):
    """Write its number at each detection, as long as no other number stands there."""
    inches = np.column_stack([recall, precision]) / np.ptp(LIMITS, axis=1) * SIZE
    points = inches * POINTS
    taken = np.full((0, 2), np.inf)
    for place, right in enumerate(ranked):
        shift = (0, 6) if right else (9, -4)  # points; wrong ones stand below the one before
        away = np.abs(taken - points[place] - shift) / [2 * WORDS, WORDS + 2]
        if (away >= 1).any(axis=1).all():
            axes.annotate(str(place + 1), (recall[place], precision[place]), xytext=shift,
                          textcoords="offset points", ha="center", fontsize=WORDS)  # fmt: skip
            taken = np.concatenate([taken, [points[place] + shift]])


def _write(axes, value, count):
    """Name the marks beside the axes."""
    lines = [
        (f"AP = {value:.3f}", "black", 13),
        ("the mean of the dots:", "black", WORDS),
        ("at 101 recalls the best precision\nat that recall or a higher one", BLUE, WORDS),
        ("● a right detection", "#006B4E", WORDS),
        ("✖ a wrong one", VERMILION, WORDS),
        ("numbered from the best score" if count <= FEW else "", "black", WORDS),
    ]
    height = 1.0
    for text, colour, size in lines:
        axes.text(1.07, height, text, transform=axes.transAxes, va="top", fontsize=size,
                  color=colour)  # fmt: skip
        height -= (text.count("\n") + 1) * size * LINE / POINTS / SIZE[1] + 0.04


def _describe(ranked, truths_count, value):
    order = ", ".join("right" if one else "wrong" for one in ranked[:FEW].tolist())
    more = " …" if len(ranked) > FEW else ""
    return (
        f"Precision over recall of {len(ranked)} detections of {truths_count} true objects, from "
        f"the best score on: {order or 'none'}{more}. AP, the mean of 101 readings: {value:.3f}."
    )
