"""The loss of two weights as a landscape, and the paths of those who walk down."""

import numpy as np

from course_utils.draw.labels import label_ends, room_for
from course_utils.draw.lines import MARKS, require_few
from course_utils.draw.shown import Shown
from course_utils.draw.style import SERIES, framed_axes

LEVELS = 22
DENSER = 1.5  # above 1: level lines are denser where the loss is low
SIZE = (5.6, 3.6)  # inches of the axes


def landscape(losses, across, up, paths, description):
    """Show a loss over two weights in level lines, dark where it is high, and paths through it.

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
    figure, axes = framed_axes(SIZE, right=room_for(paths))
    heights = np.unique(np.quantile(losses, np.linspace(0, 1, LEVELS) ** DENSER))
    axes.contourf(across, up, losses, heights, cmap="Greys", alpha=0.55)
    axes.contour(across, up, losses, heights, colors="white", linewidths=0.6)
    for mark, colour, (name, path) in zip(MARKS, SERIES, paths.items()):
        axes.plot(*path.T, "-", marker=mark, markersize=3.5, linewidth=1.6, color=colour,
                  label=name)  # fmt: skip
    start = next(iter(paths.values()))[0]
    axes.plot(*start, "*", color="black", markersize=14)
    axes.annotate("start", start, (9, 0), textcoords="offset points", va="center", fontsize=10)
    axes.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]), xlabel="weight 1",
             ylabel="weight 2")  # fmt: skip
    label_ends(axes, [(name, *path[-1], colour) for colour, (name, path) in
                      zip(SERIES, paths.items())])  # fmt: skip
    return Shown(figure, description)


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
