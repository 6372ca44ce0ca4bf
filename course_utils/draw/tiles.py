"""Many kernels or feature maps in one figure, in the order of their numbers."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize

from course_utils.draw.mosaic import LEVELS, levels, mosaic, palette
from course_utils.draw.shown import Shown
from course_utils.draw.style import DOTS_PER_INCH, looks_signed, number, placed_figure

ROOM = 0.9  # inches for the colour bar
TICK = 8  # points


def tiles(values, description, by="each", crossed=(), columns=None):
    """Show many small arrays side by side, line by line.

    Signed ones are red and blue around white, others go from dark at 0 to bright; colour kernels
    are drawn as colours around middle grey.

    Args:
        values: (n, rows, columns), or (n, rows, columns, 3) for colour kernels.
        description: what there is to see.
        by: "each" gives the last colour to the largest size in each array, "all" to the largest
            in all of them, which a colour bar then names.
        crossed: numbers of arrays that are crossed out.
        columns: the most in a line; by default as many as there is room for.

    Returns:
        Shown.

    Raises:
        ValueError: another shape, numbers that are not finite, or an unknown `by`.
    """
    values = np.asarray(values, float)
    _require(values, by)
    signed = looks_signed(values)
    largest = np.abs(values).max(axis=tuple(range(1, values.ndim)), keepdims=True)
    limit = largest if by == "each" else largest.max()
    if values.ndim == 4:
        drawn = mosaic(_around_grey(values, limit), None, crossed, columns).pixels
    else:
        indices = mosaic(levels(values, limit, signed), None, crossed, columns).pixels
        drawn = palette(signed)[indices]
    height, width = (side / DOTS_PER_INCH for side in drawn.shape[:2])
    bar = ROOM if by == "all" and values.ndim == 3 else 0
    figure = placed_figure(width + bar, height)
    axes = figure.add_axes([0, 0, width / (width + bar), 1])
    axes.imshow(drawn, interpolation="nearest")
    axes.set_axis_off()
    if bar:
        _add_bar(figure, float(limit), signed, width / (width + bar), min(1, 1.6 / height))
    return Shown(figure, description)


def _around_grey(values, limit):
    """Return colour kernels as pixels: zero is middle grey."""
    scaled = values / np.where(limit > 0, limit, 1) * 127 + 128
    return scaled.astype(np.uint8)


def _add_bar(figure, limit, signed, left, height):
    """Draw a colour bar to the right with its limits in numbers."""
    lowest = -limit if signed else 0
    colours = ListedColormap(palette(signed)[:LEVELS] / 255)
    place = figure.add_axes([left + 0.015, (1 - height) / 2 + 0.04, 0.02, height - 0.08])
    bar = figure.colorbar(ScalarMappable(Normalize(lowest, limit), colours), cax=place)
    ticks = [lowest, 0, limit] if signed else [0, limit]
    bar.set_ticks(ticks, labels=[number(tick) for tick in ticks], fontsize=TICK)


def _require(values, by):
    if values.ndim not in (3, 4) or 0 in values.shape or values.ndim == 4 and values.shape[3] != 3:
        raise ValueError(
            "Expected arrays of shape (n, rows, columns), or (n, rows, columns, 3). Received shape "
            f"{values.shape}: np.moveaxis(maps, -1, 0) brings the maps of a layer to the front."
        )
    if not np.isfinite(values).all():
        raise ValueError("Expected finite numbers. Received NaN or infinity.")
    if by not in ("each", "all"):
        raise ValueError(f'Expected by as "each" or "all". Received {by!r}.')
