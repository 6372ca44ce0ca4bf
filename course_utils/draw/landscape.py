"""The loss of two weights as a landscape, and the paths of those who walk down."""

import numpy as np

from course_utils.draw.lines import MARKS, require_few
from course_utils.draw.shown import Shown
from course_utils.draw.style import SERIES, new_figure

LEVELS = 22
DENSER = 1.5  # above 1: level lines are denser where the loss is low
PANEL = (3.6, 2.5)  # inches of a path's panel
COLUMNS = 2


def landscape(losses, across, up, paths, description):
    """Show a loss over two weights in level lines, dark where it is high, and paths through it.

    Each path has a panel of its own; a star marks its start, a cross the lowest place.

    Args:
        losses: (rows, columns), the loss at each place; level lines are denser where it is low.
        across: (columns,) values of the first weight, rising.
        up: (rows,) values of the second weight, rising.
        paths: {name: (steps + 1, 2)}, at most six: the two weights at the start and after every
            step.
        description: what there is to see.

    Returns:
        Shown.

    Raises:
        ValueError: losses that do not fit the axes, no paths, or paths of another shape.
    """
    losses, paths = _checked(losses, across, up, paths)
    columns = min(COLUMNS, len(paths))
    rows = -(-len(paths) // columns)
    figure = new_figure(columns * PANEL[0], rows * PANEL[1])
    panels = [*figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).flat]
    row, column = np.unravel_index(losses.argmin(), losses.shape)
    for axes, mark, colour, (name, path) in zip(panels, MARKS, SERIES, paths.items()):
        _draw_levels(axes, losses, across, up)
        axes.plot(*path.T, "-", marker=mark, markersize=3.5, linewidth=1.5, color=colour)
        axes.plot(*path[0], "*", color="black", markersize=13)
        axes.plot(across[column], up[row], "x", color="black", markersize=9, markeredgewidth=2)
        axes.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
        axes.set_title(name, fontsize=11, loc="left")
    for axes in panels[len(paths) :]:
        axes.set_visible(False)
    figure.supxlabel("weight 1   (★ start, × lowest loss)", fontsize=10)
    figure.supylabel("weight 2", fontsize=10)
    return Shown(figure, description)


def _draw_levels(axes, losses, across, up):
    heights = np.unique(np.quantile(losses, np.linspace(0, 1, LEVELS) ** DENSER))
    if len(heights) > 1:  # a plain has no levels
        axes.contourf(across, up, losses, heights, cmap="Greys", alpha=0.55)
        axes.contour(across, up, losses, heights, colors="white", linewidths=0.6)


def _checked(losses, across, up, paths):
    losses = np.asarray(losses, float)
    if losses.shape != (len(up), len(across)) or not np.isfinite(losses).all():
        raise ValueError(
            f"Expected a finite loss at each of {len(up)} × {len(across)} places. "
            f"Received shape {losses.shape}."
        )
    require_few(paths, "paths")
    paths = {name: np.asarray(path, float) for name, path in paths.items()}
    for name, path in paths.items():
        if path.ndim != 2 or path.shape[1] != 2 or not len(path):
            raise ValueError(
                f"Expected the path of {name!r} as (steps + 1, 2). Received shape {path.shape}."
            )
    return losses, paths
