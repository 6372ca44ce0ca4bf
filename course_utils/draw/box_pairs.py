"""Pairs of boxes, what they share, and their intersection over union in numbers."""

import numpy as np
from matplotlib.patches import Rectangle

from course_utils.by_hand.boxes import area, check_boxes, intersection, iou
from course_utils.draw.name_tags import plain
from course_utils.draw.shown import Shown
from course_utils.draw.style import BLUE, DOTS_PER_INCH, VERMILION, number, pixel_axes
from course_utils.draw.words import fold, height_of, letters_in

SIDE = 150  # pixels of a panel
GAP = 18
TEXT = 9  # points
SHARED = "#F0E442"  # yellow, the palette's lightest
MARGIN = 0.06  # of a panel, around its boxes


def box_pairs(boxes, others, titles=None, description=None, columns=4, answer=True):
    """Show pairs of boxes, the area they share shaded, above it as a fraction: their IoU.

    Args:
        boxes: (n, 4), blue: x1, y1, x2, y2 in pixels; all panels have one scale.
        others: (n, 4), vermilion and dashed: box i is drawn with box i of these.
        titles: n short texts, or None.
        description: what there is to see; by default the list of the IoUs.
        columns: the most panels in a row.
        answer: False leaves the IoU out, for a question; then the pairs need titles.

    Returns:
        Shown.

    Raises:
        ValueError: no boxes, what are no boxes, or other numbers of boxes or titles.
    """
    boxes, others = check_boxes(boxes), check_boxes(others, "others")
    named = boxes if titles is None and answer else titles or []
    if not len(boxes) == len(others) == len(named) > 0:
        raise ValueError(
            "Expected pairs: as many boxes as others, and as titles. "
            f"Received {len(boxes)} and {len(others)}, titles {titles!r}."
        )
    columns = min(max(columns, 1), len(boxes))
    letters = letters_in((SIDE + GAP / 2) / DOTS_PER_INCH, TEXT)
    texts = [fold(text, letters) for text in _texts(boxes, others, titles, answer)]
    above = max(height_of(text, TEXT) for text in texts) * DOTS_PER_INCH + 4
    rows = -(-len(boxes) // columns)
    axes = pixel_axes(columns * (SIDE + GAP) + GAP, rows * (SIDE + above + GAP))
    span = max(np.ptp(pair.reshape(2, -1, 2), axis=(0, 1)).max() for pair in
               _together(boxes, others))  # fmt: skip
    for place, pair in enumerate(_together(boxes, others)):
        row, column = divmod(place, columns)
        corner = GAP + column * (SIDE + GAP), above + row * (SIDE + above + GAP)
        _draw_pair(axes, pair, corner, span or 1)
        _write(axes, texts[place], corner)
    return Shown(axes.figure, description or _describe(texts))


def _together(boxes, others):
    """Return the corners (n, 2 boxes, 4) of the pairs."""
    return np.stack([boxes, others], axis=1).astype(float)


def _draw_pair(axes, pair, corner, span):
    """Draw two boxes and what they share, in the middle of their panel."""
    points = pair.reshape(-1, 2)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    scale = SIDE * (1 - 2 * MARGIN) / span
    placed = (pair - np.tile(middle, 2)) * scale + np.tile(np.array(corner) + SIDE / 2, 2)
    shared = [*placed[:, :2].max(axis=0), *placed[:, 2:].min(axis=0)]
    if shared[2] > shared[0] and shared[3] > shared[1]:
        _rectangle(axes, shared, facecolor=SHARED, edgecolor="none")
    _rectangle(axes, placed[0], fill=False, edgecolor=BLUE, linewidth=2)
    _rectangle(axes, placed[1], fill=False, edgecolor=VERMILION, linewidth=2, linestyle=(0, (5, 2)))


def _rectangle(axes, corners, **look):
    x1, y1, x2, y2 = corners
    axes.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, **look))


def _write(axes, text, corner):
    width, height = axes.get_xlim()[1], axes.get_ylim()[0]
    axes.figure.text((corner[0] + SIDE / 2) / width, 1 - (corner[1] - 4) / height, plain(text),
                     ha="center", va="bottom", fontsize=TEXT)  # fmt: skip


def _texts(boxes, others, titles, answer):
    """Return what stands above each pair: title, and if wanted areas and IoU."""
    if not answer:
        return list(titles)
    shared = np.diag(intersection(boxes, others))
    unions = area(boxes) + area(others) - shared
    overlaps = np.diag(iou(boxes, others))
    fractions = [
        f"IoU = {number(part)} / {number(whole)} = {value:.2f}" if whole > 0 else "no area: IoU = 0"
        for part, whole, value in zip(shared, unions, overlaps)
    ]
    if titles is None:
        return fractions
    return [f"{title}\n{fraction}" for title, fraction in zip(titles, fractions)]


def _describe(texts):
    flat = "; ".join(text.replace("\n", " ") for text in texts)
    return f"Pairs of boxes, one solid and one dashed, with what they share shaded: {flat}."
