"""Learning curves: what each epoch of training did to the loss, and to what else was measured."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_utils.draw.shown import Shown
from course_utils.draw.style import BLUE, GREEN, ORANGE, PURPLE, VERMILION, new_figure

COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE)
VALIDATION = "val_"
PANEL = (4.2, 2.7)  # inches


def learning_curves(histories, description, metrics=("loss", "accuracy")):
    """Show what was measured after each epoch: training solid, validation dashed.

    Args:
        histories: {name: {metric: [a number an epoch]}}, as `History.history` of Keras; of the
            validation split under "val_" and the metric.
        description: what there is to see.
        metrics: a panel for each; those that no history has are left out.

    Returns:
        Shown.

    Raises:
        ValueError: no histories, more than five, none of the metrics, or curves without epochs.
    """
    panels = _panels(histories, metrics)
    figure = new_figure(PANEL[0] * len(panels), PANEL[1])
    for axes, metric in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels):
        for colour, (name, history) in zip(COLOURS, histories.items()):
            _draw_pair(axes, history, metric, colour, f"{name}, " if len(histories) > 1 else "")
        axes.set_title(metric, fontsize=11, loc="left")
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(fontsize=8, frameon=False, handlelength=3)
    return Shown(figure, description)


def _draw_pair(axes, history, metric, colour, name):
    """Draw training and validation of one metric, whichever a history has."""
    for key, style, kind in (
        (metric, "-", "training"),
        (VALIDATION + metric, "--", "validation"),
    ):
        if key in history:
            _draw_curve(axes, history[key], colour, style, name + kind)


def _draw_curve(axes, values, colour, style, label):
    """Draw one curve; the legend tells its last number."""
    values = np.asarray(values, float)
    epochs = np.arange(1, len(values) + 1)
    axes.plot(epochs, values, style, color=colour, marker="o", markersize=4,
              label=f"{label}: {values[-1]:.3f}")


def _panels(histories, metrics):
    if not 1 <= len(histories) <= len(COLOURS):
        raise ValueError(f"Expected 1 to {len(COLOURS)} histories. Received {len(histories)}.")
    keys = {key for history in histories.values() for key in history}
    panels = [one for one in metrics if keys & {one, VALIDATION + one}]
    if not panels:
        raise ValueError(f"Expected one of {', '.join(metrics)}. Received {sorted(keys)}.")
    shown = {key for one in panels for key in (one, VALIDATION + one)}
    for name, history in histories.items():
        for key in shown & set(history):
            if np.ndim(history[key]) != 1 or not len(history[key]):
                raise ValueError(f"Expected numbers of one or more epochs as {key!r} of {name!r}.")
    return panels
