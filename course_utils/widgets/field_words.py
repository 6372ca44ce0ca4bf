"""The words of ReceptiveField: boxes, jumps, and where the gradient lies."""

import numpy as np

from course_utils.draw.style import number

FIRST, LAST = 3, 7  # layers of the table, where there are more: so many from each end
BETWEEN = ("…", "", "")  # layers that are left out
OFF = "This unit is off on this picture: nothing changes it a little. Choose another place"


def by(size):
    """Return sizes as text: 5 × 5."""
    return " × ".join(str(one) for one in size)


def signed(place):
    """Return a whole number with a real minus sign."""
    return str(place).replace("-", "−")


def range_of(values):
    """Return the smallest and the largest value as text."""
    return f"{number(values.min())} to {number(values.max())}"


def box_words(data, state):
    """Return the box in a sentence."""
    text = (
        f"Row {state.row}, column {state.column} of filter {state.unit}: a box of "
        f"{by(data.size)} pixels"
    )
    if data.inside == data.size:
        return f"{text}."
    return f"{text}, {by(data.inside)} of them in the picture: it reaches into the padding."


def jump_words(data):
    """Return how far apart boxes lie, in a sentence."""
    if None in data.jump:
        return "The next unit's box does not lie at an even distance."
    return f"The next unit's box lies {jump_text(data.jump)} pixels on."


def effective_words(data, state):
    """Return the unit's value and where its gradient lies, or that it is off."""
    value = f"The unit's value is {number(data.map[state.row, state.column])}."
    if data.off:
        return f"{value} {OFF}."
    seen = int(np.prod(data.inside))
    return (
        f"{value} 90 % of the gradient lies on {data.effective} of {seen} pixels: "
        f"{data.effective / seen:.0%} of the box."
    )


def jump_text(jump):
    """Return a jump as text: one number where both axes agree."""
    texts = ["–" if one is None else str(one) for one in jump]
    return texts[0] if texts[0] == texts[1] else by(texts)


def growth_lines(growth):
    """Return [(layer, box, jump)] as texts: where the box grows, and the last layer.

    Of many the middle is left out.
    """
    sizes = [None] + [(one.size, one.jump) for one in growth]
    growing = [one for one, before in zip(growth[:-1], sizes) if (one.size, one.jump) != before]
    found = [(one.name, by(one.size), jump_text(one.jump)) for one in (*growing, growth[-1])]
    return found if len(found) <= FIRST + LAST else [*found[:FIRST], BETWEEN, *found[-LAST:]]
