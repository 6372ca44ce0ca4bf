"""A network as a drawing: feature maps as stacked sheets, vectors as bars, numbers as words."""

from dataclasses import dataclass

import numpy as np
from matplotlib.patches import FancyArrowPatch, Rectangle

from course_utils.draw.shown import Shown
from course_utils.draw.style import BLUE, GREEN, ORANGE, placed_figure
from course_utils.draw.words import LINE, fold, height_of, letters_in, width_of

COLUMN, MOST = 1.2, 8  # inches of a layer's column; layers in a row
SIDE, OFFSET = 0.78, 0.05  # inches: the largest sheet's side, from one sheet to the next
ZONE = 1.25  # inches of height for what is drawn of a layer
BAR, LEAST = 0.16, 0.3  # inches: a vector's width, and the height of a single number
FONT, NAME = 7.5, 8.5  # points
BOLD = 1.12  # how much wider bold letters are
FEW = 16  # numbers of a vector that are drawn one by one
PALE, GREY = "#d5d5d5", "#555555"
FIELDS = ("name", "kind", "detail", "shape", "parameters")

# By a word in the layer's class: what computes with weights, what shrinks, what decides.
COLOURS = {"Conv": BLUE, "Pooling": GREEN, "Dense": ORANGE}


@dataclass(frozen=True)
class Column:
    """A layer with its words broken into lines that fit its column."""

    row: object
    name: str
    facts: str
    detail: str


def architecture(rows, description=None):
    """Draw a network, layer by layer from left to right, in as many rows as it takes.

    The side of a sheet follows the square root of the map's height and width, the number of
    sheets the logarithm of the channels, a bar's height the logarithm of a vector's length.

    Args:
        rows: of `models.layer_table.layer_rows`, or anything with name, kind, detail, shape
            (without the batch) and parameters.
        description: what there is to see; by default every layer, its shape and parameters.

    Returns:
        Shown.

    Raises:
        ValueError: no rows, or what is no row of a layer table.
    """
    rows = _checked(rows)
    lines = -(-len(rows) // MOST)
    width = -(-len(rows) // lines)  # rows of equal length look better than a short last one
    parts = [[_column(row) for row in rows[at : at + width]] for at in range(0, len(rows), width)]
    heights = [_heights(part) for part in parts]
    wide = max(width * COLUMN, width_of(_total(rows), NAME * BOLD) + 0.2)
    foot = fold(_legend(rows), letters_in(wide - 0.2, FONT))
    size = (wide, sum(map(sum, heights)) + 0.3 + height_of(foot, FONT))
    axes = _canvas(placed_figure(*size), size)
    top = 0.0
    for part, height in zip(parts, heights):
        for place, column in enumerate(part):
            _draw(axes, column, (place * COLUMN, top), height, _scales(rows))
            if top or place:
                _arrow(axes, place * COLUMN or 0.08, top + height[0] + ZONE / 2)
        top += sum(height)
    axes.text(0.1, top, _total(rows), fontsize=NAME, fontweight="bold", va="top")
    axes.text(0.1, top + 0.21, foot, fontsize=FONT, color=GREY, va="top")
    return Shown(axes.figure, description or _in_words(rows))


def _column(row):
    """Break a layer's words into lines."""
    letters = letters_in(COLUMN - 0.06, FONT)
    facts = fold(f"{_size(row.shape)}\n{_parameters(row)}", letters)
    name = fold(row.name, letters_in(COLUMN - 0.06, NAME * BOLD))
    return Column(row, name, facts, fold("\n".join(filter(None, (row.kind, row.detail))), letters))


def _heights(part):
    """Return the inches that a row's names, drawings and words take."""
    names = max(height_of(column.name, NAME) for column in part)
    facts = max(height_of(column.facts, FONT) for column in part)
    details = max(height_of(column.detail, FONT) for column in part)
    return names + 0.12, ZONE, facts, details + 0.25


def _canvas(figure, size):
    """Return axes that count in inches, from the figure's upper left corner."""
    axes = figure.add_axes([0, 0, 1, 1])
    axes.set(xlim=(0, size[0]), ylim=(size[1], 0))
    axes.set_axis_off()
    return axes


def _draw(axes, column, corner, heights, scales):
    """Draw one layer into its column: name, sheets or bar, facts, detail."""
    (left, top), (names, zone, facts, _) = corner, heights
    middle = left + COLUMN / 2
    words = dict(ha="center", linespacing=LINE * 0.9)
    axes.text(middle, top + names, column.name, va="bottom", fontsize=NAME, fontweight="bold",
              **words)
    _draw_shape(axes, column.row, (middle, top + names + zone / 2), scales)
    below = top + names + zone
    axes.text(middle, below, column.facts, va="top", fontsize=FONT, **words)
    axes.text(middle, below + facts + 0.04, column.detail, va="top", fontsize=FONT, color=GREY,
              **words)


def _draw_shape(axes, row, middle, scales):
    """Draw maps as sheets, the first in front, and vectors as a bar."""
    colour = next((COLOURS[word] for word in COLOURS if word in row.kind), PALE)
    if len(row.shape) < 2:
        _draw_bar(axes, row.shape[0] if row.shape else 1, middle, colour, scales[1])
        return
    height, width = (_side(length, scales[0]) for length in (*row.shape, 1)[:2])
    sheets = count_sheets(row.shape[2] if len(row.shape) > 2 else 1)
    offset = min(OFFSET, (COLUMN - 0.2 - width) / max(sheets - 1, 1))
    for sheet in reversed(range(sheets)):
        shift = (sheet - (sheets - 1) / 2) * offset
        corner = middle[0] - width / 2 + shift, middle[1] - height / 2 - shift
        axes.add_patch(Rectangle(corner, width, height, facecolor=colour, edgecolor="white",
                                 linewidth=0.8, zorder=2))


def _draw_bar(axes, length, middle, colour, longest):
    """Draw a vector: its single numbers where they are few."""
    height = LEAST + (ZONE - 0.1 - LEAST) * np.log(length or 1) / max(np.log(longest), 1)
    left, top = middle[0] - BAR / 2, middle[1] - height / 2
    axes.add_patch(Rectangle((left, top), BAR, height, facecolor=colour, edgecolor="none"))
    cuts = np.arange(1, length) / length if length and length <= FEW else ()
    for cut in cuts:
        axes.plot([left, left + BAR], [top + cut * height] * 2, color="white", linewidth=0.8)


def _arrow(axes, x, y):
    """Draw the arrow that leads into a layer's column at x."""
    axes.add_patch(FancyArrowPatch((x - 0.08, y), (x + 0.09, y), arrowstyle="-|>",
                                   mutation_scale=7, color=GREY, linewidth=1))


def count_sheets(channels):
    """Return how many sheets stand for so many channels: one, and one more each doubling."""
    return 1 + round(float(np.log2(channels or 1)))


def _side(length, largest):
    """Return the inches of a map's side; one that any size fits is drawn at the largest."""
    return SIDE * np.sqrt((length or largest) / largest)


def _scales(rows):
    """Return the longest side of all maps and the longest of all vectors."""
    sides = [length or 1 for row in rows if len(row.shape) > 1 for length in row.shape[:2]]
    lengths = [row.shape[0] or 1 for row in rows if len(row.shape) == 1]
    return max(sides, default=1), max(lengths, default=1)


def _size(shape):
    """Return 26 × 26 × 32; a single number for a vector."""
    return " × ".join("any" if length is None else f"{length:,}" for length in shape) or "1"


def _parameters(row):
    if row.kind == "Input":
        return ""
    return _counted(row.parameters, "parameter") if row.parameters else "no parameters"


def _total(rows):
    layers = sum(row.kind != "Input" for row in rows)
    parameters = sum(row.parameters for row in rows)
    return f"{_counted(layers, 'layer')}, {_counted(parameters, 'parameter')} in all"


def _counted(number, noun):
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _legend(rows):
    """Say how sizes were drawn, of what there is."""
    deep = any(len(row.shape) > 2 for row in rows)
    return "One more sheet each time the number of maps doubles." if deep else ""


def _in_words(rows):
    """Describe every layer, its shape and its parameters, and the total."""
    layers = [_layer_in_words(row) for row in rows]
    return f"A network, layer by layer. {'; '.join(layers)}. {_total(rows)}."


def _layer_in_words(row):
    kind = ", ".join(filter(None, (row.kind, row.detail)))
    label = row.name if row.kind == "Input" else f"{row.name} ({kind})"
    parameters = f", {_parameters(row)}" if row.parameters else ""
    return f"{label}: {_size(row.shape)}{parameters}"


def _checked(rows):
    """Return the rows as a tuple, each made sure to have what is drawn of it."""
    rows = tuple(rows) if isinstance(rows, (list, tuple)) else rows
    if isinstance(rows, tuple) and rows and all(hasattr(r, f) for r in rows for f in FIELDS):
        return rows
    received = f"{len(rows)} other things" if isinstance(rows, tuple) else type(rows).__name__
    raise ValueError(
        "Expected the rows of a layer table, such as models.layer_table.layer_rows(model). "
        f"Received {received}."
    )
