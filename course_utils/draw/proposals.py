"""Proposals over training: the same image at several moments, and the curve of recall."""

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from course_utils.draw.images import colouring
from course_utils.draw.shown import Shown
from course_utils.draw.style import BLUE, ORANGE, VERMILION, new_figure

WIDTH, PANEL, CURVE = 8.6, 2.1, 1.5  # inches
COVERS = dict(edgecolor=BLUE, linewidth=1.6,
              path_effects=[withStroke(linewidth=3, foreground="white", alpha=0.6)])
OTHERS = dict(edgecolor=VERMILION, linewidth=1, linestyle=(0, (3, 2)))
BADGE = dict(facecolor="white", edgecolor="black", linewidth=0.7, pad=1.2)
FOUND, MISSED = "✓", "✗"  # a symbol besides the colour
TICKS = 12  # at most so many steps are written below the curve


def proposals_over_training(image, truths, panels, steps, recalls, moment, description):
    """Show proposals on an image at several moments, above the recall over training.

    Args:
        image: (height, width) or (height, width, 3) uint8.
        truths: (m, 4) boxes in pixels.
        panels: {title: an object with `boxes`, `covers` and `found`, as
            `widgets.proposal_replay.Proposals` has them}.
        steps: of all moments; recalls: (moments,).
        moment: which of them is marked.
        description: what there is to see.

    Returns:
        Shown.
    """
    figure = new_figure(WIDTH, PANEL + CURVE + 0.9)
    upper, lower = figure.subfigures(2, 1, height_ratios=[PANEL + 0.3, CURVE + 0.5])
    axes = upper.subplots(1, len(panels), squeeze=False)[0]
    for one, (title, proposals) in zip(axes, panels.items()):
        chosen = title == f"step {steps[moment]:,}"
        _draw_moment(one, image, truths, proposals)
        found = f"{int(proposals.found.sum())} of {len(truths)} found"
        one.set_title(f"{title}\n{found}", fontsize=9, fontweight="bold" if chosen else "normal")
    _draw_curve(lower.subplots(), steps, recalls, moment)
    return Shown(figure, description)


def _draw_moment(axes, image, truths, proposals):
    axes.imshow(image / 255, **colouring(image))
    axes.set(xticks=[], yticks=[])
    for corners, is_cover in zip(proposals.boxes, proposals.covers):
        _outline(axes, corners, **(COVERS if is_cover else OTHERS))
    for corners, is_found in zip(truths, proposals.found):
        _outline(axes, corners, edgecolor="black", linewidth=3.5)
        _outline(axes, corners, edgecolor="white", linewidth=1.5)
        axes.text(corners[2], corners[1], FOUND if is_found else MISSED, ha="right", va="top",
                  fontsize=9, fontweight="bold", clip_on=True, bbox=BADGE)
    height, width = image.shape[:2]
    axes.set(xlim=(0, width), ylim=(height, 0))


def _outline(axes, corners, **look):
    x1, y1, x2, y2 = corners
    axes.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, **look))


def _draw_curve(axes, steps, recalls, moment):
    places = np.arange(len(steps))
    axes.plot(places, recalls, "-o", color=BLUE, markersize=4)
    axes.plot(moment, recalls[moment], "o", color=ORANGE, markeredgecolor="black", markersize=10)
    axes.set(ylim=(-0.05, 1.05), xlabel="training step of each snapshot", ylabel="recall")
    apart = -(-len(steps) // TICKS)
    axes.set_xticks(places[::apart], [f"{step:,}" for step in steps[::apart]])
    axes.tick_params(labelsize=8)
    axes.grid(color="#dddddd", linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)
