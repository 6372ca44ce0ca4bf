"""Proposals over training: the same image at several moments, and the curve of recall."""

import numpy as np

from course_utils.draw.outlines import draw_outlines
from course_utils.draw.shown import Shown
from course_utils.draw.style import BLUE, ORANGE, placed_figure

WIDTH, GAP, TITLE, CURVE = 8.6, 0.12, 0.42, 1.4  # inches
WIDEST = 1.8  # inches of a panel
LEFT, BELOW = 0.6, 0.5  # inches beside and below the curve
TICKS = 12  # at most so many steps are written below it


def proposals_over_training(image, panels, steps, recalls, moment, description):
    """Show outlines on an image at several moments, above the recall over training.

    Args:
        image: (height, width) or (height, width, 3) uint8.
        panels: [(title, `outlines.Outline`s, whether it is the chosen moment)].
        steps: of all moments; recalls: (moments,).
        moment: which of them is marked.
        description: what there is to see.

    Returns:
        Shown.
    """
    width = min((WIDTH - GAP) / len(panels) - GAP, WIDEST)
    height = width * image.shape[0] / image.shape[1]
    tall = TITLE + height + 0.2 + CURVE + BELOW
    figure = placed_figure(WIDTH, tall)
    for place, (title, outlines, is_chosen) in enumerate(panels):
        corner = GAP + place * (width + GAP), tall - TITLE - height
        axes = _axes(figure, corner, (width, height))
        draw_outlines(axes, image, outlines)
        axes.set_title(title, fontsize=9, fontweight="bold" if is_chosen else "normal")
    _draw_curve(_axes(figure, (LEFT, BELOW), (WIDTH - LEFT - GAP, CURVE)), steps, recalls, moment)
    return Shown(figure, description, pixelated=True)


def _axes(figure, corner, size):
    """Return axes of `size` inches with their lower left corner at (x, y)."""
    whole = figure.get_size_inches()
    return figure.add_axes([*(corner / whole), *(size / whole)])


def _draw_curve(axes, steps, recalls, moment):
    places = np.arange(len(steps))
    axes.plot(places, recalls, "-o", color=BLUE, markersize=4, clip_on=False)
    axes.plot(moment, recalls[moment], "o", color=ORANGE, markeredgecolor="black", markersize=10,
              clip_on=False, zorder=4)
    axes.set(ylim=(0, 1), xlim=(-0.5, len(steps) - 0.5))
    axes.set_xlabel("training step of each snapshot", fontsize=9)
    axes.set_ylabel("recall, all images", fontsize=9)
    apart = -(-len(steps) // TICKS)
    axes.set_xticks(places[::apart], [f"{step:,}" for step in steps[::apart]])
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.tick_params(labelsize=8)
    axes.grid(color="#dddddd", linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)
