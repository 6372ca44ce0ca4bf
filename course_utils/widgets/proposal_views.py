"""The live views of ProposalReplay: an image with its proposals, the curve, and the objects."""

import numpy as np

from course_utils.draw.proposals import FOUND, MISSED
from course_utils.draw.style import BLUE, ORANGE, VERMILION, number
from course_utils.widgets import html, svg

SHOWN = 380  # pixels of an image's longer side
CURVE = (230, 380)  # pixels, height and width
LEFT, RIGHT, ABOVE, BELOW = 46, 14, 12, 44  # pixels around the axes
TICKS = 8  # at most so many steps are written below the curve
GROUND = "stroke:#fff;stroke-opacity:0.7"
COVERS, OTHERS = f"stroke:{BLUE};stroke-width:2.5", f"stroke:{VERMILION};stroke-dasharray:5 4"


def picture(image, truths, proposals, step, words):
    """Return an image with its true boxes and proposals."""
    scale = SHOWN / max(image.shape[:2])
    size = tuple(side * scale for side in image.shape[:2])
    parts = [svg.photograph(image, size)]
    for covers, ground, look in ((False, 2.5, OTHERS + ";stroke-width:1.5"), (True, 5, COVERS)):
        lines = [_outline(box * scale) for box in proposals.boxes[proposals.covers == covers]]
        parts += [svg.path(lines, f"{GROUND};stroke-width:{ground}"), svg.path(lines, look)]
    for number_of, (box, found) in enumerate(zip(truths * scale, proposals.found)):
        parts.append(svg.box(box, "fill:none;stroke:#000;stroke-width:5"))
        parts.append(svg.box(box, "fill:none;stroke:#fff;stroke-width:2"))
        parts.append(_badge(f"{number_of} {FOUND if found else MISSED}", *box[2:0:-1]))
    return html.figure(f"proposals at step {step:,}", svg.drawing(size, "".join(parts), words))


def _badge(text, right, top):
    """Return a text on white in the upper right corner of a box."""
    left = right - 6 - 9 * len(text)
    face = svg.box((left, top, right, top + 18), "fill:#fff;stroke:#000;stroke-width:1.5")
    return face + svg.words(text, (left + right) / 2, top + 9, 13, "font-weight:bold")


def _outline(box):
    x1, y1, x2, y2 = box
    return [(x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1)]


def curve(steps, recalls, moment):
    """Return the recall at every moment, with a mark at this one: pointing goes to a moment."""
    x, y = _places(len(steps)), ABOVE + (1 - recalls) * _inner(0)
    points = list(zip(x, y))
    parts = [_axes(steps, x)]
    parts.append(svg.path([points], f"stroke:{BLUE};stroke-width:2.5"))
    parts.append(svg.dots(points, 3, f"fill:{BLUE}"))
    parts.append(svg.dots([points[moment]], 7, f"fill:{ORANGE};stroke:#000;stroke-width:1.5"))
    words = f"recall from step {steps[0]:,} to step {steps[-1]:,}, a mark at {steps[moment]:,}"
    shown = svg.drawing(CURVE, "".join(parts), words, pick="curve", still=True)
    return html.figure("recall over all images", shown)


def _axes(steps, x):
    """Return the lines and numbers behind the curve."""
    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = ABOVE + (1 - share) * _inner(0)
        parts.append(svg.path([[(LEFT, y), (CURVE[1] - RIGHT, y)]], "stroke:#ddd"))
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


def objects(proposals):
    """Return what is found, object by object, as a table."""
    cell = 'style="width:auto;padding:0 8px;text-align:left;white-space:nowrap"'
    rows = [("object", "largest IoU", "with proposal", "")]
    for place, (overlap, rank) in enumerate(zip(proposals.overlaps, proposals.rank)):
        found = f"<b>{FOUND} found</b>" if proposals.found[place] else f"{MISSED} missed"
        by = f"{rank}, score {number(proposals.scores[rank])}" if rank >= 0 else "–"
        rows.append((str(place), number(overlap), by, found))
    lines = ["".join(f"<td {cell}>{text}</td>" for text in row) for row in rows]
    table = f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
    return html.figure("objects of this image", table)
