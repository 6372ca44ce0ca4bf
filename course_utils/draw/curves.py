"""Learning curves: what each epoch of training did to the loss, and to what else was measured."""

import numpy as np
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from course_utils.draw.labels import end_of, label_ends, room_for
from course_utils.draw.lines import require_few
from course_utils.draw.shown import Shown
from course_utils.draw.style import SERIES, placed_figure

COLOURS = SERIES[:5]
VALIDATION = "val_"
FEW = 15  # epochs whose marks do not touch
PANEL = (2.7, 1.9)  # inches of a panel's axes
LEFT, BELOW, ABOVE = 0.75, 0.55, 0.35  # inches around them, for numbers and titles


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
    curves = [_curves_of(histories, metric) for metric in panels]
    room = room_for(name for found in curves for name, *_ in found)
    size = len(panels) * (LEFT + PANEL[0] + room), BELOW + PANEL[1] + ABOVE
    figure = placed_figure(*size)
    for place, (metric, found) in enumerate(zip(panels, curves)):
        left = LEFT + place * (LEFT + PANEL[0] + room)
        axes = figure.add_axes(
            [left / size[0], BELOW / size[1], PANEL[0] / size[0], PANEL[1] / size[1]]
        )
        _draw_panel(axes, metric.replace("_", " "), found)
    return Shown(figure, description)


def _curves_of(histories, metric):
    """Return [(name with its last number, values, colour, style)], training before validation."""
    found = []
    for colour, (name, history) in zip(COLOURS, histories.items()):
        before = f"{name}, " if len(histories) > 1 else ""
        for key, style, kind in (
            (metric, "-", "training"),
            (VALIDATION + metric, "--", "validation"),
        ):
            if key in history:
                values = np.asarray(history[key], float)
                found.append((f"{before}{kind}: {values[-1]:.3f}", values, colour, style))
    return found


def _draw_panel(axes, title, curves):
    """Draw the curves of one metric, each named at its end."""
    ends = []
    for name, values, colour, style in curves:
        epochs = np.arange(1, len(values) + 1)
        axes.plot(epochs, values, style, color=colour, marker="o", label=name,
                  markersize=4 if len(values) <= FEW else 2)  # fmt: skip
        ends += end_of(name, epochs, values, colour)
    axes.set_title(title, fontsize=11, loc="left")
    axes.set_xlabel("epoch", fontsize=9)
    axes.tick_params(labelsize=8)
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:.7g}"))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))
    axes.spines[["top", "right"]].set_visible(False)
    label_ends(axes, ends)


def _panels(histories, metrics):
    require_few(histories, "histories", len(COLOURS))
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
