"""What NMSStepper shows of a step: outlines on the picture, and a row for each detection."""

import numpy as np

from course_utils.draw.outlines import Look, Outline, Row
from course_utils.draw.style import BLUE, GREEN, ORANGE, PURPLE, VERMILION, number

NOW, KEPT, WAITING = Look(BLUE, 4), Look(BLUE, 2.5), Look("#444444", 1.5)
GOES, FALLS = Look(VERMILION, 3, (6, 4)), Look(ORANGE, 2.5, (6, 3))
GONE = Look("#777777", 1, (2, 4))
TRUE, LOST = Look(GREEN, 2.5, (2, 4)), Look(PURPLE, 4, (10, 4))
LOOKS = {"now": NOW, "kept": KEPT, "waiting": WAITING, "goes": GOES, "falls": FALLS, "gone": GONE}
HEAD = ("number", "class", "score", "IoU", "what becomes of it")


def outlines(boxes, truths, data):
    """Return the outlines, what happens now first."""
    found = [
        Outline(truth, LOST if at in data.lost else TRUE, _truth_text(at, data))
        for at, truth in enumerate(truths)
    ]
    found += [
        Outline(boxes[at], LOOKS[data.fates[at]], _text(at, data)) for at in range(len(boxes))
    ]
    return sorted(found, key=_importance)


def _importance(outline):
    return [LOST, NOW, GOES, FALLS, KEPT, TRUE, WAITING, GONE].index(outline.look)


def _truth_text(at, data):
    return f"object {at} lost" if at in data.lost else ""


def _text(at, data):
    """Return what is written at a box: its number, and what changes now."""
    fate = data.fates[at]
    if fate in ("goes", "falls"):
        return f"{at}: {number(data.overlaps[at])}"
    return str(at) * (fate != "gone")


def rows(labels, scores, data, method):
    """Return a row for each detection, by the scores that they came with."""
    found = []
    for at in np.argsort(-scores, kind="stable").tolist():
        fate = data.fates[at]
        overlap = "" if np.isnan(data.overlaps[at]) else number(data.overlaps[at])
        score = number(scores[at])
        if data.scores[at] != scores[at]:
            score += f" → {number(data.scores[at])}"
        cells = (str(at), labels[at], score, overlap, _what(at, data, method))
        bold = fate in ("now", "goes")
        found.append(Row(cells, LOOKS[fate], bold, f"row {at}"))
    return found


def _what(at, data, method):
    """Return what becomes of a detection, in a few words."""
    by, step = data.decided[at]
    return {
        "now": "is kept",
        "kept": f"kept in step {step}",
        "goes": f"goes: overlaps {by}" if method == "NMS" else "goes: its score is too low",
        "falls": f"its score falls: overlaps {by}",
        "gone": f"went in step {step}, for {by}" if by >= 0 else "its score is too low",
        "waiting": "waits",
    }[data.fates[at]]
