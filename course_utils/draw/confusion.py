"""A confusion matrix: what was read as what."""

import numpy as np
from matplotlib import colormaps

from course_utils.draw.shown import Shown
from course_utils.draw.style import inks_on, new_figure
from course_utils.draw.words import fold, letters_in

CELL, NAMES, DIGIT = 0.52, 1.3, 0.085  # inches
LONG = 3  # letters: longer class names stand upright
FONT = 10  # points
LEGEND = "Blue: read correctly. Orange: mix-ups, the darker the more frequent."


def confusion(matrix, classes, description):
    """Show a confusion matrix: rows are true classes, columns predicted ones.

    The diagonal is blue; mix-ups are the more orange the more frequent they are.

    Args:
        matrix: (n, n) whole numbers, not negative.
        classes: the n names of the classes.
        description: what there is to see.

    Returns:
        Shown.

    Raises:
        ValueError: another shape, or counts that are negative or no whole numbers.
    """
    matrix, names = _checked(matrix, [str(name) for name in classes])
    cell = max(CELL, DIGIT * len(f"{matrix.max():,}") + CELL / 6)
    side = cell * len(names) + NAMES
    figure = new_figure(side, side)
    draw_confusion(figure.subplots(), matrix, names, names)
    figure.supxlabel(fold(LEGEND, letters_in(side, FONT - 1)), fontsize=FONT - 1)
    return Shown(figure, description)


def draw_confusion(axes, matrix, rows, columns):
    """Draw counts and colours of (n, n) or (n, n + 1) cells under the names of their columns."""
    colours = confusion_colours(matrix)
    axes.imshow(colours)
    inks = inks_on(colours)
    for (row, column), count in np.ndenumerate(matrix):
        axes.text(column, row, f"{count:,}", ha="center", va="center", fontsize=FONT - 1,
                  color=inks[row, column])  # fmt: skip
    axes.set_xticks(range(len(columns)), columns, fontsize=FONT)
    for label, is_upright in zip(axes.get_xticklabels(), upright(columns, len(rows))):
        label.set_rotation(90 * is_upright)
    axes.set_yticks(range(len(rows)), rows, fontsize=FONT)
    axes.set_xlabel("predicted class", fontsize=FONT + 1)
    axes.set_ylabel("true class", fontsize=FONT + 1)
    axes.tick_params(length=0)


def upright(columns, classes):
    """Return True for each name that stands upright: all classes alike, and a long one after."""
    long = max(map(len, columns[:classes])) > LONG
    return [long if place < classes else len(name) > LONG for place, name in enumerate(columns)]


def confusion_colours(matrix):
    """Return one colour a cell in 0…1: blue on the diagonal, orange beside it, white at 0.

    A column more than there are rows, of those without an answer, is grey.

    Args:
        matrix: (n, n) or (n, n + 1) counts.

    Returns:
        (n, n, 3) or (n, n + 1, 3).
    """
    classes = len(matrix)
    answers, diagonal = matrix[:, :classes], np.eye(*matrix.shape, dtype=bool)
    most = max(answers[~diagonal[:, :classes]].max(initial=0), 1)
    colours = colormaps["Oranges"](0.15 + 0.55 * matrix / most)[..., :3]
    silent = matrix[:, classes:]
    colours[:, classes:] = colormaps["Greys"](0.15 + 0.3 * silent / max(silent.max(initial=0), 1))[
        ..., :3
    ]
    colours[matrix == 0] = 1
    right = matrix / max(answers.max(), 1)
    colours[diagonal] = colormaps["Blues"](0.15 + 0.35 * right)[diagonal][:, :3]
    return colours


def _checked(matrix, names):
    matrix = np.asarray(matrix)
    if matrix.shape != (len(names), len(names)) or not names:
        raise ValueError(
            f"Expected a matrix of {len(names)} × {len(names)} for as many classes. "
            f"Received shape {matrix.shape}."
        )
    if matrix.dtype.kind not in "iu":
        raise ValueError(f"Expected counts, whole numbers. Received {matrix.dtype}.")
    if matrix.min() < 0:
        raise ValueError(f"Expected counts from 0. Received {matrix.min()}.")
    return matrix, names
