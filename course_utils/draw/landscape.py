"""The loss of two weights as a landscape, and the paths of those who walk down."""

import numpy as np

from course_utils.draw.lines import COLOURS, MARKS
from course_utils.draw.shown import Shown
from course_utils.draw.style import new_figure

LEVELS = 22


def landscape(losses, across, up, paths, description):
    """Show a loss over two weights in level lines, and paths through it.

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
    figure = new_figure(7.6, 4.6)
    axes = figure.subplots()
    heights = np.quantile(losses, np.linspace(0, 1, LEVELS) ** 1.5)
    axes.contourf(across, up, losses, np.unique(heights), cmap="Greys_r", alpha=0.55)
    axes.contour(across, up, losses, np.unique(heights), colors="white", linewidths=0.6)
    for index, (name, path) in enumerate(paths.items()):
        axes.plot(path[:, 0], path[:, 1], "-", marker=MARKS[index], markersize=3.5, linewidth=1.6,
                  color=COLOURS[index], label=name)
    start = next(iter(paths.values()))[0]
    axes.plot(*start, "k*", markersize=14, label="start")
    axes.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]), xlabel="weight 1",
             ylabel="weight 2")
    axes.legend(fontsize=10, loc="lower left")
    return Shown(figure, description)


def _checked(losses, across, up, paths):
    losses = np.asarray(losses, float)
    if losses.shape != (len(up), len(across)) or not np.isfinite(losses).all():
        raise ValueError(
            f"Expected a finite loss at each of {len(up)} × {len(across)} places. "
            f"Received shape {losses.shape}."
        )
    if not 1 <= len(paths) <= len(COLOURS):
        raise ValueError(f"Expected 1 to {len(COLOURS)} paths. Received {len(paths)}.")
    paths = {name: np.asarray(path, float) for name, path in paths.items()}
    for name, path in paths.items():
        if path.ndim != 2 or path.shape[1] != 2 or not len(path):
            raise ValueError(
                f"Expected the path of {name!r} as (steps + 1, 2). Received shape {path.shape}."
            )
    return losses, paths
