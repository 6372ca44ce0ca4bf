"""Masks over pictures: each class in a colour of its own, named below; and where one is wrong.

Classes are numbers from 0, the background, which is left as it is. Class k has the colour that
boxes of label k - 1 have in `boxes_on`; colours begin again after six. A black line runs around
each region and its number stands in it, so that regions can be told apart without colours.
"""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patheffects import withStroke
from scipy import ndimage

from course_utils.by_hand.masks import KINDS, error_kinds, require_masks
from course_utils.draw.boxes_on import colour_of
from course_utils.draw.heat import greyed
from course_utils.draw.images import drawable
from course_utils.draw.legend import Entry, draw_legend, legend_size
from course_utils.draw.rows import GAP, draw_in_row, in_rows, listed, require_lists
from course_utils.draw.shown import Shown
from course_utils.draw.style import ORANGE, PURPLE, SERIES, SKY, pixel_axes

OPACITY, ERROR_OPACITY = 0.5, 0.9  # of the colours over a picture
BAND = 2  # times the black line: how far from a region's edge its colour hides the picture
NUMBER, DEEP = 8, 8  # points; pixels from a number's middle to the nearest edge of its region
COLOURS = np.array([to_rgb(colour) for colour in SERIES], np.float32)
STRIPE = 6  # pixels from one stripe to the next
ERRORS = {
    "missed": Entry("missed: a thing taken for background", SKY),
    "invented": Entry("invented: background taken for a thing", ORANGE),
    "confused": Entry("confused: taken for another class", PURPLE, "////"),
}
TRUE_LINE = Entry("white line: the true contours", None)


def masks_on(images, masks, names=None, titles=None, description=None, columns=None):
    """Show masks over their pictures side by side, with a legend of the classes.

    Args:
        images: n pictures, (height, width), or with 1 or 3 channels: uint8, or floats in 0…1;
            or a single one.
        masks: n masks, (height, width) whole numbers, None for the picture alone; or a single one.
        names: what the classes are called, the background first. Without them up to six classes
            are named by their numbers, and more, such as a number for each nucleus, not at all.
        titles: n short texts, or None; of a single picture its text.
        description: what there is to see; by default what the colours mean.
        columns: how many pictures a row has room for; by default as many as there are, at most 4.

    Returns:
        Shown.

    Raises:
        ValueError: no pictures, a picture of another shape, a mask of another size than its
            picture, of no whole numbers or of classes without a name, or lists of another length.
    """
    if getattr(masks, "ndim", None) == 2:
        images, masks, titles = [images], [masks], None if titles is None else [titles]
    require_lists(images, masks=masks, titles=titles)
    images = [drawable(image) for image in images]
    classes = None if names is None else len(names)
    masks = [_checked(mask, image, classes) for mask, image in zip(masks, images)]
    rows = in_rows(images, titles, columns)
    drawn = [
        laid_over(image, mask, *_fineness(scale))
        for image, mask, scale in zip(images, masks, rows.scales)
    ]
    entries = _entries(masks, names)
    words = description or _describe(len(images), titles, names)
    shown = _shown(rows, images, drawn, entries, words)
    if len(entries) > 2:  # of a single class of things the outlines say enough
        for place, mask in enumerate(masks):
            _number_regions(shown.figure.axes[0], mask, rows.corners[place], rows.scales[place])
    return shown


def mask_errors(image, truth, predicted, description=None, columns=None):
    """Show which pixels of a prediction are wrong, and how, over the picture in grey.

    Args:
        image: (height, width), or with 1 or 3 channels: uint8, or floats in 0…1.
        truth: (height, width) whole numbers, 0 for the background.
        predicted: one such mask, or {title: mask} for several side by side.
        description: what there is to see; by default what the colours mean.
        columns: how many pictures a row has room for; by default as many as there are, at most 4.

    Returns:
        Shown; above each picture stands which part of its pixels is of which kind.

    Raises:
        ValueError: a picture of another shape, no prediction, or masks of another size than the
            picture or of no whole numbers.
    """
    several = predicted if isinstance(predicted, dict) else {"": predicted}
    if not several:
        raise ValueError("Expected at least one prediction. Received none.")
    image = drawable(image)
    truth = require_masks(truth, None, "truth", image.shape[:2])
    kinds = [error_kinds(truth, mask) for mask in several.values()]
    entries = _error_entries([truth, *several.values()])
    titles = [f"{name}\n{_shares(own, entries)}".strip() for name, own in zip(several, kinds)]
    images = [image] * len(kinds)
    rows = in_rows(images, titles, columns)
    fineness = _fineness(rows.scales[0])
    drawn = [errors_over(image, truth, own, *fineness) for own in kinds]
    words = description or _describe_errors([name for name in several if name])
    return _shown(rows, images, drawn, [*entries.values(), TRUE_LINE], words)


def laid_over(picture, mask, zoom=1, line=1, opacity=OPACITY):
    """Return a picture with a mask over it, (height * zoom, width * zoom, 3) floats in 0…1.

    Args:
        picture: as `drawable` returns it.
        mask: (height, width) integers.
        zoom: how often each pixel is repeated, down and across.
        line: pixels of the black line around each region.
        opacity: of the colours, 0 to 1; near a region's edge they hide the picture.
    """
    picture, mask = enlarged(coloured(picture), zoom), enlarged(mask, zoom)
    colours, things = COLOURS[(mask - 1) % len(COLOURS)], mask > 0
    shares = np.where(near_another(mask, BAND * line), 1, opacity) * things
    pixels = picture + shares[..., np.newaxis].astype(np.float32) * (colours - picture)
    pixels[outlined(mask, line)] = 0
    return pixels


def errors_over(picture, truth, kinds, zoom=1, line=1):
    """Return a picture in grey with the wrong pixels in colours, as large as `laid_over` makes it.

    Args:
        picture: as `drawable` returns it.
        truth: (height, width) integers, whose contours are drawn white.
        kinds: (height, width), as `error_kinds` gives them.
        zoom, line: as in `laid_over`.
    """
    pixels, kinds = enlarged(greyed(picture), zoom), enlarged(kinds, zoom)
    truth = enlarged(truth, zoom)
    rows, columns = np.indices(kinds.shape) // line
    striped = (rows + columns) % STRIPE < STRIPE // 3
    for kind, entry in ERRORS.items():
        here = kinds == KINDS.index(kind)
        pixels[here] += ERROR_OPACITY * (np.array(to_rgb(entry.colour)) - pixels[here])
        if entry.hatch:
            pixels[here & striped] = 0
    pixels[near_another(truth, line) & (truth > 0)] = 1
    return pixels


def outlined(mask, line):
    """Return where black lines run: beside regions, on what has the lower number.

    So the thinnest region on the background still shows its colour.
    """
    return ndimage.maximum_filter(mask, 2 * line + 1) > mask


def near_another(mask, distance):
    """Return which pixels have one of another class at most so many pixels away."""
    size = 2 * distance + 1
    return ndimage.maximum_filter(mask, size) != ndimage.minimum_filter(mask, size)


def _number_regions(axes, mask, corner, scale):
    """Write its class into each region of a mask that has the room, where it is deepest."""
    for label in np.unique(mask[mask > 0]).tolist():
        regions, count = ndimage.label(mask == label)
        depths = ndimage.distance_transform_edt(np.pad(mask == label, 1))[1:-1, 1:-1] * scale
        places = ndimage.maximum_position(depths, regions, range(1, count + 1))
        for row, column in places:
            if depths[row, column] >= DEEP:
                x, y = corner[0] + (column + 0.5) * scale, corner[1] + (row + 0.5) * scale
                axes.text(x, y, label, size=NUMBER, ha="center", va="center_baseline",
                          path_effects=[withStroke(linewidth=2.5, foreground="white")])  # fmt: skip


def enlarged(values, zoom):
    """Return values, (height, width, …), each repeated so often down and across."""
    return values.repeat(zoom, axis=0).repeat(zoom, axis=1)


def coloured(picture):
    """Return a drawable picture with three channels, (height, width, 3)."""
    return np.repeat(picture[..., np.newaxis], 3, axis=2) if picture.ndim == 2 else picture


def _fineness(scale):
    """Return (zoom, line): the line is about a pixel of the figure, after shrinking too."""
    return (int(scale), 1) if scale >= 1 else (1, round(1 / scale))


def _checked(mask, image, classes):
    size = image.shape[:2]
    if mask is None:
        return np.zeros(size, int)
    return require_masks(mask, classes, "masks", size)


def _entries(masks, names):
    """Return the legend: all classes with a name, or the numbers of those that occur."""
    if names is not None:
        named = [(label, f"{label} {name}") for label, name in enumerate(names)]
    else:
        occur = sorted({label for mask in masks for label in np.unique(mask).tolist()} | {0})
        named = [(label, f"class {label}" if label else "0 background") for label in occur]
        named = named if len(named) <= len(SERIES) + 1 else []
    return [Entry(text, colour_of(label - 1) if label else None) for label, text in named]


def _error_entries(masks):
    """Return the errors that there can be: with a single class of things none is confused."""
    least = 1 if max(np.max(mask) for mask in masks) < 2 else 0
    return dict(list(ERRORS.items())[: len(ERRORS) - least])


def _shown(rows, images, drawn, entries, words):
    """Return pictures in rows over a legend, as Shown."""
    width = rows.size[0] - 2 * GAP
    wide, tall = legend_size(entries, width)
    axes = pixel_axes(wide + 2 * GAP, rows.size[1] + tall)
    for place, (image, pixels) in enumerate(zip(images, drawn)):
        draw_in_row(axes, rows, place, image, pixels)
    draw_legend(axes, entries, (GAP, rows.size[1]), width)
    colours = dict.fromkeys(entry.colour for entry in entries if entry.colour)
    return Shown(axes.figure, words, [*colours, "black", "white"])


def _shares(kinds, entries):
    """Return "missed 4.1 %, …": which part of all pixels is of each wrong kind."""
    counts = np.bincount(kinds.ravel(), minlength=len(KINDS)) / kinds.size * 100
    return ", ".join(f"{kind} {counts[KINDS.index(kind)]:.1f}\u00a0%" for kind in entries)


def _describe(count, titles, names):
    """Say what colours mean, but not what a model found: that may vary from machine to machine."""
    listing = ", ".join(f"{label} {name}" for label, name in enumerate(names or ()) if label)
    classes = f"the classes {listing}" if listing else "classes"
    return f"{listed(count, titles)}: colours with black outlines mark {classes}."


def _describe_errors(titles):
    what = f"of {len(titles)} predictions ({', '.join(titles)})" if titles else "of a prediction"
    return (
        f"A picture in grey, and over it the errors {what}: missed pixels are light blue, invented "
        "ones orange, those of a wrong class purple with black stripes; white lines are the true "
        "contours."
    )
