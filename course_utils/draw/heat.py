"""Heat maps laid over a picture: coloured where they are strong, the picture in grey elsewhere."""

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from course_utils.datasets import LUMINANCE
from course_utils.draw.images import colouring, drawable
from course_utils.draw.shown import Shown
from course_utils.draw.style import SIGNED, new_figure, number
from course_utils.draw.words import fold, height_of, letters_in

STRONG = "viridis"
DARK, LIGHT = 0.2, 0.65  # the greys of black and white under a heat map
FAINT = 1e-5  # a map nowhere above it is as good as empty: rounding errors come near it
PANEL, HEIGHT, TITLE = 1.75, 2.75, 10  # inches of a picture's part, of the row; points
_COLOURS = {
    name: colormaps[name](np.arange(256))[:, :3].astype(np.float32) for name in (STRONG, SIGNED)
}


def emptiness(heat):
    """Return "all zero" or "nearly zero" for a map in which there is nothing to see, else ""."""
    largest = np.abs(heat).max()
    if largest == 0:
        return "all zero"
    return "nearly zero" if largest < FAINT else ""


def greyed(picture):
    """Return a drawable picture in soft greys, (height, width, 3), for colours to stand out."""
    grey = picture if picture.ndim == 2 else picture @ LUMINANCE.astype(np.float32)
    return np.repeat((DARK + (LIGHT - DARK) * grey)[..., np.newaxis], 3, axis=2)


def overlay(picture, heat, signed=False):
    """Return a heat map laid over a picture: the stronger, the less of the picture shows through.

    Args:
        picture: as `drawable` returns it.
        heat: (height, width).
        signed: True for red above and blue below zero.

    Returns:
        (height, width, 3) floats in 0…1; an empty map leaves the greyed picture.
    """
    below = greyed(picture)
    if emptiness(heat):
        return below
    share = heat / np.abs(heat).max()
    place = (np.clip(share / 2 + 0.5 if signed else share, 0, 1) * 255).round().astype(np.uint8)
    opacity = np.sqrt(np.abs(share))[..., np.newaxis]  # what is half as strong must still be seen
    return below + opacity * (_COLOURS[colours_of(signed)][place] - below)


def colours_of(signed):
    """Return the name of a heat map's colours."""
    return SIGNED if signed else STRONG


def span_of(heat, signed):
    """Return (lowest, highest) of a heat map's colours: symmetric where it is signed."""
    largest = float(np.abs(heat).max())
    return (-largest if signed else 0.0), largest


def amount(value):
    """Return a number in two decimals, small ones in two digits: −12.25, 0.031, 4.2e−07."""
    return number(value) if abs(value) >= 0.1 else f"{value:.2g}".replace("-", "−")


def heat_maps(picture, maps, description, title="", heading="", signed=()):
    """Show a picture and beside it heat maps over it, each with its own scale of colours.

    Args:
        picture: (height, width), or with 1 or 3 channels, as `drawable` takes it.
        maps: {title: (height, width)}.
        description: what there is to see.
        title: of the picture.
        heading: words above them all.
        signed: the titles of maps whose colours tell what is above and below zero.

    Returns:
        Shown.

    Raises:
        ValueError: no map, or one of another size than the picture.
    """
    picture = drawable(picture)
    _require_sizes(picture, maps)
    width = PANEL * (len(maps) + 1)
    heading = fold(heading, letters_in(width, TITLE + 1))
    more = height_of(heading, TITLE + 1) - height_of("", TITLE + 1)
    figure = new_figure(width, HEIGHT + more)
    if heading:
        figure.suptitle(heading, fontsize=TITLE + 1)
    first, *others = figure.subplots(1, len(maps) + 1, squeeze=False)[0]
    first.imshow(picture, **colouring(picture))
    _finish(first, title)
    for axes, (name, heat) in zip(others, maps.items()):
        axes.imshow(overlay(picture, heat, name in signed))
        _finish(axes, name)
        _draw_scale(figure, axes, heat, name in signed)
    return Shown(figure, description)


def _finish(axes, title):
    axes.set_title(title, fontsize=TITLE)
    axes.set_anchor("N")  # all titles in one line
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_color("#999999")


def _draw_scale(figure, axes, heat, signed):
    """Draw colours with their numbers below a map; where it is empty, say so."""
    if emptiness(heat):
        axes.set_xlabel(emptiness(heat), fontsize=TITLE, fontweight="bold")
        return
    low, high = span_of(heat, signed)
    colours = ScalarMappable(Normalize(low, high), colours_of(signed))
    bar = figure.colorbar(colours, ax=axes, location="bottom", ticks=[low, high], pad=0.03,
                          aspect=14, shrink=0.8)
    bar.ax.set_xticklabels([amount(low), amount(high)], fontsize=8)


def _require_sizes(picture, maps):
    sizes = [np.shape(heat) for heat in maps.values()]
    if not sizes or set(sizes) != {picture.shape[:2]}:
        raise ValueError(
            f"Expected one or more maps of shape {picture.shape[:2]}, the picture's size. "
            f"Received shapes {sizes}."
        )
