"""Anchors over a picture: where they stand, which shapes they have, which take an object."""

import numpy as np
from matplotlib.lines import Line2D

from course_utils.by_hand.boxes import BACKGROUND, IGNORED, centres_and_sizes, check_boxes
from course_utils.draw.boxes_on import DARK, DASHED, TRUE, draw_frame
from course_utils.draw.images import colouring, drawable
from course_utils.draw.name_tags import plain
from course_utils.draw.shown import Shown
from course_utils.draw.style import ORANGE, SKY, new_figure
from course_utils.draw.words import fold, letters_in

SIZE = 4.6  # inches of the picture's longer side
ENLARGED = 200  # pixels: smaller pictures are drawn at twice their size or more
ABOVE, LINE = 0.45, 0.19  # inches for the title, and for each line of the legend
TITLE, LEGEND = 10, 9  # points
EDGE = 0.005  # of the picture's side, that a frame's line may stand out of it
DOTS = dict(marker="o", linestyle="", markersize=3.5, color="white", markeredgecolor=DARK,
            markeredgewidth=0.7)  # fmt: skip
MATCHED = dict(colour=SKY, width=1.4)
LEFT_OUT = dict(colour=ORANGE, style=(0, (1, 1.5)), width=1.2, around=None)


def anchors_on(image, anchors, matches=None, truths=None, title="", description=None):
    """Show the centres of all anchors, and the boxes of some.

    Without matches these are the shapes at the centre next to the picture's middle. With matches
    they are the anchors that take an object, and dotted those that training ignores.

    Args:
        image: (height, width), or with 1 or 3 channels: uint8, or floats in 0…1.
        anchors: (k, 4): x1, y1, x2, y2 in pixels, at least one; what reaches beyond the picture is
            cut off.
        matches: (k,) as `by_hand.boxes.match` gives them, or None.
        truths: (m, 4) true boxes, dashed.
        title: short text above the picture.
        description: what there is to see; by default what the marks mean, with their numbers.

    Returns:
        Shown.

    Raises:
        ValueError: a picture of another shape, no anchors, what are no boxes, or matches that do
            not fit.
    """
    image, anchors = drawable(image), check_boxes(anchors, "anchors")
    truths = check_boxes([] if truths is None else truths, "truths")
    kinds = [*_chosen(anchors, matches, image.shape), ("true boxes", truths, DASHED)]
    kinds = [kind for kind in kinds if len(kind[1])]
    axes = _picture(image, title, lines=len(kinds) + 1)
    centres = np.unique(centres_and_sizes(anchors)[0].round(6), axis=0)
    axes.plot(*centres.T, **DOTS)
    height, width = image.shape[:2]
    edge = EDGE * max(height, width)
    for _, boxes, look in kinds:
        for box in boxes:
            draw_frame(axes, box, (-edge, -edge, width + edge, height + edge), **look)
    words = [f"centres: {len(centres)}, of {len(anchors)} anchors"]
    words += [f"{name}: {len(boxes)}" for name, boxes, _ in kinds]
    _add_legend(axes.figure, words, [look for *_, look in kinds])
    description = description or f"Anchors over a picture; {'; '.join(words)}."
    return Shown(axes.figure, description, pixelated=max(image.shape[:2]) < ENLARGED)


def _chosen(anchors, matches, shape):
    """Return [(what they are, boxes, look)] of the anchors to frame."""
    if matches is None:
        if not len(anchors):
            raise ValueError("Expected at least one anchor. Received none.")
        centres, _ = centres_and_sizes(anchors)
        away = np.abs(centres - np.array([shape[1], shape[0]]) / 2).sum(axis=1).round(6)
        nearest = (centres == centres[away.argmin()]).all(axis=1)
        return [("shapes at one centre", anchors[nearest], MATCHED)]
    matches = _require_matches(matches, len(anchors))
    return [
        ("ignored", anchors[matches == IGNORED], LEFT_OUT),
        ("matched with an object", anchors[matches >= 0], MATCHED),
    ]


def _picture(image, title, lines):
    """Return axes that show a picture and count in its pixels, with room for a legend's lines."""
    height, width = image.shape[:2]
    sides = np.array([width, height]) / max(width, height) * SIZE
    figure = new_figure(max(sides[0], SIZE / 2), sides[1] + ABOVE + lines * LINE)
    axes = figure.add_subplot()
    axes.imshow(image, extent=(0, width, height, 0), **colouring(image))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    axes.set_title(plain(fold(title, letters_in(sides[0], TITLE))), fontsize=TITLE)
    return axes


def _add_legend(figure, words, looks):
    """Name the marks below the picture: dots first, then the frames."""
    handles = [Line2D([], [], **DOTS)]
    for look in looks:
        colour = DARK if look["colour"] == TRUE else look["colour"]
        style = look.get("style", "-")
        handles.append(Line2D([], [], color=colour, linestyle=style, linewidth=look["width"]))
    figure.legend(handles, words, loc="outside lower center", fontsize=LEGEND, frameon=False)


def _require_matches(matches, count):
    matches = np.asarray(matches)
    if matches.shape != (count,) or matches.dtype.kind not in "iu" or (matches < IGNORED).any():
        raise ValueError(
            f"Expected one whole number for each of {count} anchors: that of an object, "
            f"{BACKGROUND} or {IGNORED}. Received {matches.dtype} of shape {matches.shape}."
        )
    return matches
