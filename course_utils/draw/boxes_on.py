"""Boxes on pictures: what was detected in colours of the classes, true boxes dashed."""

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from course_utils.by_hand.boxes import check_boxes, check_labels, check_scores
from course_utils.draw.images import colouring, drawable
from course_utils.draw.name_tags import HEIGHT, draw_tag, place_tags, plain
from course_utils.draw.shown import Shown
from course_utils.draw.style import DOTS_PER_INCH, SERIES, pixel_axes
from course_utils.draw.words import fold, height_of, letters_in

WIDTH = 8.4 * DOTS_PER_INCH  # pixels of a full row
LARGEST = 400  # pixels of a single picture's longer side; small ones are enlarged to about that
GAP = 10  # pixels between pictures, into which names may reach a little
EDGE = 2  # pixels that a frame's line may stand out of the picture
TITLE = 10  # points
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
                    names=None, titles=None, description=None, columns=4):  # fmt: skip
    """Show several pictures with boxes side by side; one entry for each as in `boxes_on`.

    Args:
        images: n pictures, (height, width), or with 1 or 3 channels.
        boxes, labels, scores, truths, truth_labels: n entries each, or None.
        names: what the classes are called; by default their numbers.
        titles: n short texts, or None.
        description: what there is to see; by default what frames and names mean.
        columns: the most pictures in a row.

    Returns:
        Shown.

    Raises:
        ValueError: no pictures, a picture of another shape, lists of another length, or what does
            not fit the boxes.
    """
    images = [drawable(image) for image in images]
    given = dict(boxes=boxes, labels=labels, scores=scores, truths=truths,
                 truth_labels=truth_labels)  # fmt: skip
    _require_lists(images, titles=titles, **given)
    marks = [_marks(names, **_entries(given, place)) for place in range(len(images))]
    columns = min(max(columns, 1), len(images))
    scales = [_scale(image.shape, min(WIDTH / columns - GAP, LARGEST)) for image in images]
    sizes = [np.array(image.shape[:2]) * scale for image, scale in zip(images, scales)]
    cell = max(width for _, width in sizes)
    titles = titles if titles is not None else [""] * len(images)
    lines = [fold(title, letters_in(cell / DOTS_PER_INCH, TITLE)) for title in titles]
    strip = HEIGHT if any(text for frames in marks for *_, text in frames) else 0
    corners, size = _layout(sizes, lines, columns, cell, strip)
    axes = pixel_axes(*size)
    for image, corner, scale, line, frames in zip(images, corners, scales, lines, marks):
        _draw_picture(axes, image, corner, scale, line, strip)
        _draw_frames(axes, image.shape, corner, scale, frames, strip)
    return Shown(axes.figure, description or _describe(titles, truths is not None))


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


def _scale(shape, room):
    """Return how many pixels of the figure one of the picture takes, whole where it is enlarged."""
    scale = room / max(shape[:2])
    return int(scale) if scale >= 1 else scale


def _layout(sizes, lines, columns, cell, strip):
    """Return [(x, y)] of the pictures' corners and the figure's (width, height), in pixels."""
    corners, y = [], GAP
    for start in range(0, len(sizes), columns):
        row = range(start, min(start + columns, len(sizes)))
        above = max(height_of(lines[place], TITLE) if lines[place] else 0 for place in row)
        y += above * DOTS_PER_INCH + strip
        corners += [(GAP + (place - start) * (cell + GAP), y) for place in row]
        y += max(sizes[place][0] for place in row) + strip + GAP
    return corners, (GAP + columns * (cell + GAP), y)


def _draw_picture(axes, image, corner, scale, title, strip):
    """Draw a picture with its upper left corner at (x, y) and its title above."""
    (x, y), (height, width) = corner, np.array(image.shape[:2]) * scale
    limits = axes.get_xlim(), axes.get_ylim()
    axes.imshow(image, extent=(x, x + width, y + height, y), aspect="auto", **colouring(image))
    axes.set(xlim=limits[0], ylim=limits[1])  # imshow would fit them to itself
    axes.figure.text((x + width / 2) / limits[0][1], 1 - (y - strip - 3) / limits[1][0],
                     plain(title), ha="center", va="bottom", fontsize=TITLE,
                     linespacing=1.1)  # fmt: skip


def _draw_frames(axes, shape, corner, scale, marks, strip):
    """Draw frames, then names: the best box's first, those of true boxes last."""
    placed = [box * scale + np.tile(corner, 2) for box, *_ in marks]
    (x, y), (height, width) = corner, np.array(shape[:2]) * scale
    for frame, (_, colour, _) in zip(placed, marks):
        look = dict(colour=colour) if colour else DASHED
        draw_frame(axes, frame, (x - EDGE, y - EDGE, x + width + EDGE, y + height + EDGE), **look)
    found = zip(placed[::-1], marks[::-1])
    named = [(frame, colour or TRUE, text) for frame, (_, colour, text) in found if text]
    named.sort(key=lambda one: one[1] == TRUE)
    limits = x - GAP / 2, y - strip, x + width + GAP / 2, y + height + strip
    corners = place_tags([text for *_, text in named], [frame for frame, *_ in named], limits)
    for (_, colour, text), place in zip(named, corners):
        if place is not None:
            draw_tag(axes, text, place, colour)


def _describe(titles, with_truths):
    """Say what frames mean, but not what a model found: that may vary from machine to machine."""
    what = "A picture" if len(titles) == 1 else f"{len(titles)} pictures side by side"
    titled = f" ({', '.join(map(str, titles))})" if any(titles) else ""
    truths = ", dashed frames the true ones" if with_truths else ""
    return f"{what}{titled}: frames mark boxes{truths}."


def _entries(given, place):
    """Return what was given for one picture."""
    return {name: None if column is None else column[place] for name, column in given.items()}


def _require_lists(images, **columns):
    if not images:
        raise ValueError("Expected at least one picture. Received none.")
    for name, column in columns.items():
        if column is not None and len(column) != len(images):
            raise ValueError(
                f"Expected one entry of {name} for each of {len(images)} pictures. "
                f"Received {len(column)}."
            )
