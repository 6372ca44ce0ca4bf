"""Boxes on pictures: what was detected in colours of the classes, true boxes dashed."""

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from course_utils.by_hand.boxes import check_boxes, check_labels, check_scores
from course_utils.draw.images import drawable
from course_utils.draw.name_tags import HEIGHT, draw_tag, place_tags
from course_utils.draw.rows import GAP, draw_in_row, in_rows, listed, require_lists
from course_utils.draw.shown import Shown
from course_utils.draw.style import SERIES, pixel_axes

EDGE = 2  # pixels that a frame's line may stand out of the picture
TRUE, DARK = "white", "#202020"  # of true boxes, and of the line around that any ground shows
DASHED = dict(colour=TRUE, style=(0, (3, 5)), width=1.3)  # in the gaps one sees the frame below


def boxes_on(image, boxes, labels=None, scores=None, truths=None, truth_labels=None, names=None,
               title="", description=None):  # fmt: skip
    """Show boxes on a picture: framed in the colour of their class, with its name and the score.

    Args:
        image: (height, width), or with 1 or 3 channels: uint8, or floats in 0…1.
        boxes: (n, 4): x1, y1, x2, y2 in pixels.
        labels: (n,) classes from 0; without them all boxes have one colour and no name.
        scores: (n,), written behind the names. The best boxes get their names first; where many
            crowd, the last ones remain without.
        truths: (m, 4) true boxes, dashed.
        truth_labels: (m,) their classes, written as "true 7".
        names: what the classes are called; by default their numbers.
        title: short text above the picture.
        description: what there is to see; by default what frames and names mean.

    Returns:
        Shown.

    Raises:
        ValueError: a picture of another shape, what are no boxes, or labels, scores and names
            that do not fit them.
    """
    columns = [None if column is None else [column] for column in
               (boxes, labels, scores, truths, truth_labels)]  # fmt: skip
    return boxes_on_each([image], *columns, names, [title], description)


def boxes_on_each(images, boxes, labels=None, scores=None, truths=None, truth_labels=None,
                    names=None, titles=None, description=None, columns=None):  # fmt: skip
    """Show several pictures with boxes side by side; one entry for each as in `boxes_on`.

    Args:
        images: n pictures, (height, width), or with 1 or 3 channels.
        boxes, labels, scores, truths, truth_labels: n entries each, or None.
        names: what the classes are called; by default their numbers.
        titles: n short texts, or None.
        description: what there is to see; by default what frames and names mean.
        columns: how many pictures a row has room for; by default as many as there are, at most 4.

    Returns:
        Shown.

    Raises:
        ValueError: no pictures, a picture of another shape, lists of another length, or what does
            not fit the boxes.
    """
    images = [drawable(image) for image in images]
    given = dict(boxes=boxes, labels=labels, scores=scores, truths=truths,
                 truth_labels=truth_labels)  # fmt: skip
    require_lists(images, titles=titles, **given)
    marks = [_marks(names, **_entries(given, place)) for place in range(len(images))]
    strip = HEIGHT if any(text for frames in marks for *_, text in frames) else 0
    rows = in_rows(images, titles, columns, strip)
    axes = pixel_axes(*rows.size)
    for place, (image, frames) in enumerate(zip(images, marks)):
        draw_in_row(axes, rows, place, image)
        _draw_frames(axes, rows.box(place, image), rows.scales[place], frames, strip)
    description = description or _describe(len(images), titles, truths is not None)
    return Shown(axes.figure, description, pixelated=min(rows.scales) > 1)


def colour_of(label):
    """Return the colour of a class; after six they begin again, and the names tell them apart."""
    return SERIES[label % len(SERIES)]


def draw_frame(axes, corners, within, colour, style="-", width=2, around=DARK):
    """Frame a box, with a dark line around the line, so that any ground shows it.

    Args:
        corners: (x1, y1, x2, y2) in the axes' own numbers.
        within: (x1, y1, x2, y2) of the picture: what reaches beyond is cut off.
        around: colour of the line around, or None for none.
    """
    x1, y1, x2, y2 = corners
    frame = Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, edgecolor=colour, linewidth=width,
                      linestyle=style, zorder=3)  # fmt: skip
    if around is not None:
        frame.set_path_effects([withStroke(linewidth=width + 1.6, foreground=around)])
    axes.add_patch(frame)
    left, top, right, bottom = within
    frame.set_clip_path(Rectangle((left, top), right - left, bottom - top,
                                  transform=axes.transData))  # fmt: skip


def _marks(names, boxes, labels, scores, truths, truth_labels):
    """Return [(box, colour or None for a true one, text)]: the best box last, then true ones."""
    boxes = check_boxes([] if boxes is None else boxes)
    truths = check_boxes([] if truths is None else truths, "truths")
    texts = _names(labels, boxes, names)
    colours = [SERIES[0]] * len(boxes)
    if labels is not None:
        colours = [colour_of(label) for label in check_labels(labels, boxes)]
    order = np.arange(len(boxes))[::-1]
    if scores is not None:
        scores = check_scores(scores, boxes)
        texts = [f"{text} {score:.2f}".strip() for text, score in zip(texts, scores)]
        order = np.argsort(scores, kind="stable")
    true = _names(truth_labels, truths, names, "true ")
    frames = [(boxes[place], colours[place], texts[place]) for place in order]
    return frames + [(box, None, text) for box, text in zip(truths, true)]


def _names(labels, boxes, names, before=""):
    """Return what is written at each box; nothing without labels."""
    if labels is None:
        return [""] * len(boxes)
    labels = check_labels(labels, boxes)
    if names is not None and len(labels) and labels.max() >= len(names):
        raise ValueError(
            f"Expected a name for each class up to {labels.max()}. Received {len(names)} names."
        )
    return [f"{before}{label if names is None else names[label]}" for label in labels]


def _draw_frames(axes, within, scale, marks, strip):
    """Draw frames, then names: the best box's first, those of true boxes last.

    Args:
        within: (x1, y1, x2, y2) of the picture, in pixels of the figure.
    """
    x1, y1, x2, y2 = within
    placed = [box * scale + [x1, y1, x1, y1] for box, *_ in marks]
    for frame, (_, colour, _) in zip(placed, marks):
        look = dict(colour=colour) if colour else DASHED
        draw_frame(axes, frame, (x1 - EDGE, y1 - EDGE, x2 + EDGE, y2 + EDGE), **look)
    found = zip(placed[::-1], marks[::-1])
    named = [(frame, colour or TRUE, text) for frame, (_, colour, text) in found if text]
    named.sort(key=lambda one: one[1] == TRUE)
    limits = x1 - GAP / 2, y1 - strip, x2 + GAP / 2, y2 + strip
    corners = place_tags([text for *_, text in named], [frame for frame, *_ in named], limits)
    for (_, colour, text), place in zip(named, corners):
        if place is not None:
            draw_tag(axes, text, place, colour)


def _describe(count, titles, with_truths):
    """Say what frames mean, but not what a model found: that may vary from machine to machine."""
    truths = ", dashed frames the true ones" if with_truths else ""
    return f"{listed(count, titles)}: frames mark boxes{truths}."


def _entries(given, place):
    """Return what was given for one picture."""
    return {name: None if column is None else column[place] for name, column in given.items()}
