"""What ProposalReplay shows: outlines on an image, the curve of recall, a row for each object."""

import numpy as np

from course_utils.draw.outlines import Look, Outline, Row
from course_utils.draw.style import BLUE, GREEN, ORANGE, PURPLE, VERMILION, number
from course_utils.widgets import html, overlay, svg

CURVE = (230, 380)  # pixels, height and width
LEFT, RIGHT, ABOVE, BELOW = 46, 14, 12, 44  # pixels around the axes
TICKS = 8  # at most so many steps are written below the curve
FOUND, MISSED = Look(GREEN, 3), Look(PURPLE, 4, (10, 4))
COVERS, OTHERS = Look(BLUE, 2), Look(VERMILION, 1.2, (5, 4))
OUTCOMES = ("missed", "found")  # beside the colours
HEAD = ("object", "largest IoU", "by proposal", "score", "outcome")


def outlines(truths, proposals):
    """Return the outlines of true boxes, of proposals that cover one, and of the others."""
    found = [
        Outline(box, FOUND if is_found else MISSED, f"{at} {OUTCOMES[is_found]}")
        for at, (box, is_found) in enumerate(zip(truths, proposals.found.tolist()))
    ]
    found += [Outline(box, COVERS) for box in proposals.boxes[proposals.covers]]
    return found + [Outline(box, OTHERS) for box in proposals.boxes[~proposals.covers]]


def rows(proposals):
    """Return a row for each object."""
    found = []
    for at, (overlap, rank) in enumerate(zip(proposals.overlaps, proposals.rank.tolist())):
        by = (str(rank), number(proposals.scores[rank])) if rank >= 0 else ("–", "–")
        is_found = bool(proposals.found[at])
        cells = (str(at), number(overlap), *by, OUTCOMES[is_found])
        found.append(Row(cells, FOUND if is_found else MISSED, is_found))
    return found


def curve(steps, recalls, moment):
    """Return the recall at every moment, with a mark at this one: pointing goes to a moment."""
    x, y = _places(len(steps)), ABOVE + (1 - recalls) * _inner(0)
    points = np.column_stack([x, y])
    parts = [
        _axes(steps, x),
        overlay.path(svg.course([points]), f"stroke:{BLUE};stroke-width:2.5"),
        overlay.dots(points, BLUE, 6),
        svg.mark(points[moment], 7, ORANGE),
    ]
    words = f"recall from step {steps[0]:,} to step {steps[-1]:,}, a mark at {steps[moment]:,}"
    shown = svg.drawing(CURVE, "".join(parts), words, pick="curve", still=True)
    return html.figure("recall over all images", shown)


def _axes(steps, x):
    """Return the lines and numbers behind the curve."""
    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = ABOVE + (1 - share) * _inner(0)
        parts.append(overlay.path(f"M{LEFT} {y:.1f}H{CURVE[1] - RIGHT}", "stroke:#ddd"))
        parts.append(svg.words(number(share), LEFT - 8, y, 11, anchor="end"))
    apart = -(-len(steps) // TICKS)
    for place in range(0, len(steps), apart):
        parts.append(svg.words(f"{steps[place]:,}", x[place], CURVE[0] - BELOW + 14, 11))
    middle = (LEFT + CURVE[1] - RIGHT) / 2
    parts.append(svg.words("training step of each snapshot", middle, CURVE[0] - 10, 12))
    return "".join(parts)


def _inner(axis):
    """Return the height (0) or width (1) of the axes in pixels."""
    return CURVE[axis] - (ABOVE + BELOW, LEFT + RIGHT)[axis]


def _places(count):
    """Return x of each moment in pixels: evenly apart, whatever their steps are."""
    return LEFT + (np.arange(count) + 0.5) / count * _inner(1)


def moment_at(x, count):
    """Return the moment that is nearest to x in 0…1 of the curve's picture."""
    return int(np.abs(_places(count) - x * CURVE[1]).argmin())
