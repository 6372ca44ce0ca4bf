"""The words of RoIAlignLab: the box, one sample and its sum, and what rounding moves."""

import numpy as np

from course_utils.draw.roi import LETTERS
from course_utils.draw.style import number

EXACT = 1e-9


def describe(data, state):
    """Return what is shown, in words that only the settings change."""
    height, width = data.values.shape
    corners = ", ".join(number(side) for side in data.box)
    count = state.samples**2
    return (
        f"The map {state.map}, channel {state.channel}, {height} × {width} cells at stride "
        f"{state.stride:g}, with a box at x1, y1, x2, y2 = {corners} cells, cut into {state.size} "
        f"× {state.size} bins of {count} sample point{'s' * (count > 1)} each; dashed, the whole "
        f"cells that RoI pooling makes of the box. Of bin ({state.row}, {state.column}) sample "
        f"{state.sample} is chosen, with lines to its four nearest cells. Beside it what RoIAlign "
        f"gives, what RoI pooling gives by the {state.pooling} of cells, and their difference"
        f"{', and the middles of the bins' * (data.middles is not None)}."
    )


def readout(data, state):
    """Return the numbers of the moment."""
    here = state.row, state.column
    count, cells = state.samples**2, data.cells
    mean = f"the mean of {count} samples" if count > 1 else "its one sample"
    return (
        f"{sample_words(data)} Bin ({here[0]}, {here[1]}): RoIAlign gives {mean}, "
        f"<b>{number(data.aligned[here])}</b>; RoI pooling the {state.pooling} of "
        f"{cells[3] - cells[1]} × {cells[2] - cells[0]} cells, <b>{number(data.pooled[here])}</b>. "
        f"{rounding_words(data, state)}{ramp_words(data)}"
    )


def sample_words(data, between=" "):
    """Return the sum of one sample in a sentence; `between` stands in its middle."""
    terms = [
        f"{letter} {number(value)} × {number(weight)}"
        for letter, value, weight in zip(LETTERS, data.met, data.weights)
    ]
    halves = " + ".join(terms[:2]), " + ".join(terms[2:])
    return f"Sample: {halves[0]}{between}+ {halves[1]} = {number(data.met @ data.weights)}."


def rounding_words(data, state):
    """Return how far RoI pooling moves a side of the box, in cells and in pixels of the image."""
    moved = np.abs(data.whole - data.box).max()
    if moved < EXACT:
        return "The box lies on whole cells: nothing is rounded there."
    pixels = f", {number(moved * state.stride)} pixels of the image" if state.stride != 1 else ""
    return f"Rounding moves a side of the box by up to {number(moved)} cells{pixels}."


def ramp_words(data):
    """Return how far the readings of a ramp are from the truth; "" without a ramp."""
    if data.middles is None:
        return ""
    off = [np.abs(one - data.middles).max() for one in (data.aligned, data.pooled)]
    aligned, pooled = ("exact" if one < EXACT else f"up to {number(one)} off" for one in off)
    edge = ": beyond the outermost middles a ramp goes on, the map does not" * bool(off[0] >= EXACT)
    return f" On the ramp RoIAlign is {aligned}{edge}, RoI pooling {pooled}."


def map_caption(state, maps):
    """Return what the map is."""
    several = maps[state.map].shape[2] > 1
    return f"map {state.map}{f', channel {state.channel}' * several}"


def sample_caption(data, state):
    """Return which sample is looked at, and where it lies."""
    x, y = (number(place) for place in data.point)
    return f"sample {state.sample} of bin ({state.row}, {state.column}): x {x}, y {y}"
