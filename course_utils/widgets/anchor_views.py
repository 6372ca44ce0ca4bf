"""What AnchorExplorer shows: outlines and dots on the picture, rows of objects and of anchors."""

import numpy as np

from course_utils.by_hand.boxes import BACKGROUND, IGNORED
from course_utils.draw.outlines import Look, Outline, Row
from course_utils.draw.style import BLUE, GREEN, ORANGE, PURPLE, VERMILION, number

OBJECT, CHOSEN = Look(GREEN, 3), Look(VERMILION, 4, (8, 4))
POSITIVE, FORCED = Look(BLUE, 1.5), Look(PURPLE, 2, (5, 3))
OTHERS, NEGATIVE = Look(ORANGE, 1.2), "#777777"  # ignored anchors; dots of the background
MOST = 60  # outlines of one kind, the best ones: more cannot be told apart
BEST = 6  # rows of anchors
DENSE = 1_500  # fields: of more, those of the background get no dot
SHOWS = ("positive anchors", "ignored anchors", "anchors of the chosen field")
OBJECTS = ("object", "width × height", "best IoU", "IoU with chosen", "anchors", "by the rule")
ANCHORS = ("anchor", "width × height", "IoU", "outcome")


def outlines(boxes, names, data, state):
    """Return the outlines, the chosen anchor first, then the objects."""
    found = []
    if len(data.anchors):
        found.append(Outline(data.anchors[state.anchor], CHOSEN, f"anchor {state.anchor}"))
    found += [Outline(box, OBJECT, name) for box, name in zip(boxes, names)]
    return [*found, *(Outline(data.anchors[at], look) for at, look in _shown(data, state))]


def _shown(data, state):
    """Return (anchor, look) of the anchors that are drawn."""
    if state.show == SHOWS[2]:
        field = state.anchor // data.shapes
        return [(at, OTHERS) for at in range(field * data.shapes, (field + 1) * data.shapes)]
    if state.show == SHOWS[1]:
        return [(at, OTHERS) for at in _best(np.flatnonzero(data.matches == IGNORED), data)]
    taken = _best(np.flatnonzero(data.matches >= 0), data)
    return [(at, FORCED if data.by_rule[at] else POSITIVE) for at in taken]


def _best(anchors, data):
    order = np.argsort(-data.highest[anchors], kind="stable")
    return anchors[order[:MOST]].tolist()


def dots(data):
    """Return [(places of fields, colour, size)]: by the best outcome among a field's anchors."""
    best = data.matches.reshape(-1, data.shapes)
    kinds = np.where((best >= 0).any(axis=1), 2, (best == IGNORED).any(axis=1))
    looks = enumerate([(NEGATIVE, 3), (OTHERS.colour, 5), (POSITIVE.colour, 7)])
    found = [(data.centres[kinds == kind], colour, size) for kind, (colour, size) in looks]
    return [one for one in found[len(best) > DENSE :] if len(one[0])]


def object_rows(boxes, names, data, state):
    """Return a row for each object."""
    found = []
    for at, (name, box) in enumerate(zip(names, boxes)):
        best = number(data.overlaps[:, at].max(initial=0))
        chosen = number(data.overlaps[state.anchor, at])
        own = data.matches == at
        cells = (name, sides(box), best, chosen, f"{own.sum()}", f"{(own & data.by_rule).sum()}")
        found.append(Row(cells, OBJECT, at == state.object, f"object {at}"))
    return found


def anchor_rows(data, state):
    """Return a row for each of the anchors that overlap the chosen object most."""
    if not data.overlaps.shape[1]:
        return []
    overlaps = data.overlaps[:, state.object]
    order = np.argsort(-overlaps, kind="stable")[:BEST].tolist()
    return [
        Row((str(at), sides(data.anchors[at]), number(overlaps[at]), outcome(at, data)),
            CHOSEN if at == state.anchor else _look(at, data), at == state.anchor, f"anchor {at}")
        for at in order
    ]  # fmt: skip


def _look(at, data):
    if data.matches[at] < 0:
        return OTHERS if data.matches[at] == IGNORED else None
    return FORCED if data.by_rule[at] else POSITIVE


def outcome(at, data):
    """Return what an anchor is matched to, in a few words."""
    match = data.matches[at]
    if match < 0:
        return "negative" if match == BACKGROUND else "ignored"
    return f"takes object {match}{' by the rule' * bool(data.by_rule[at])}"


def sides(box):
    """Return width × height."""
    x1, y1, x2, y2 = box.tolist()
    return f"{number(x2 - x1)} × {number(y2 - y1)}"
