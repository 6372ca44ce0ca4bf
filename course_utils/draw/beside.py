"""A picture with outlines, tables of words beside it, and sentences below."""

from matplotlib.lines import Line2D

from course_utils.draw.outlines import draw_outlines
from course_utils.draw.shown import Shown
from course_utils.draw.style import placed_figure
from course_utils.draw.words import LINE, POINTS, fold, height_of, letters_in, width_of

SIDE = 3.8  # inches along the picture's longer side
EDGE, BETWEEN, MARK, GAP = 0.1, 0.3, 0.35, 0.15  # inches: around, between, of a row's sample, cells
FONT, ROW = 8.5, 8.5 * LINE * 1.35 / POINTS  # points; inches of a row
MOST = 18  # rows of a table
DOT = 1.5  # of a marker's size, in points, for a pixel on screen


def beside(image, outlines, tables, sentences, description, dots=()):
    """Show a picture with outlines beside one or more tables.

    Args:
        image: (height, width) or (height, width, 3) uint8.
        outlines: `outlines.Outline`s, the most important first.
        tables: [(names of the columns, `outlines.Row`s)]; of many rows the first are shown.
        sentences: for below.
        description: what there is to see.
        dots: [(places (n, 2) as x and y, colour, size in pixels on screen)].

    Returns:
        Shown.
    """
    tables = [_Table(head, rows) for head, rows in tables]
    height, width = (SIDE * side / max(image.shape[:2]) for side in image.shape[:2])
    across = width + BETWEEN + max(table.width for table in tables)
    words = [fold(one, letters_in(across, FONT)) for one in sentences]
    below = sum(height_of(text, FONT) + 0.08 for text in words)
    tall = max(height, sum(table.height + BETWEEN for table in tables) - BETWEEN)
    figure = placed_figure(across + 2 * EDGE, tall + below + 3 * EDGE)
    top = tall + below + 2 * EDGE
    picture = _axes(figure, EDGE, top - height, width, height)
    draw_outlines(picture, image, outlines)
    for places, colour, size in dots:
        picture.plot(*zip(*places), ".", color=colour, markersize=DOT * size, markeredgewidth=0)
    for table in tables:
        top -= table.height
        table.draw(_axes(figure, EDGE + width + BETWEEN, top, table.width, table.height))
        top -= BETWEEN
    _say(_axes(figure, EDGE, EDGE, across, below), words)
    return Shown(figure, description)


class _Table:
    """Rows under the names of their columns, each after a sample of its line."""

    def __init__(self, head, rows):
        self.more = len(rows) - MOST
        rows = rows[:MOST]
        self.lines = [(head, None, True), *((row.cells, row.look, row.bold) for row in rows)]
        columns = [max(map(len, column)) for column in zip(*(cells for cells, *_ in self.lines))]
        self.widths = [width_of("x" * count, FONT) + GAP for count in columns]
        self.width = MARK + sum(self.widths)
        self.height = (len(self.lines) + (self.more > 0)) * ROW

    def draw(self, axes):
        for number, line in enumerate(self.lines):
            self._draw_line(axes, (number + 0.5) * ROW, *line)
        if self.more > 0:
            y = (len(self.lines) + 0.5) * ROW
            axes.text(MARK, y, f"… and {self.more} more", va="center", size=FONT)

    def _draw_line(self, axes, y, cells, look, is_bold):
        if look:
            axes.add_line(Line2D([0, MARK - 0.08], [y, y], color=look.colour,
                                 linestyle=look.style, linewidth=look.points))  # fmt: skip
        x = MARK
        for text, width in zip(cells, self.widths):
            axes.text(x, y, text, va="center", size=FONT, weight="bold" if is_bold else "normal")
            x += width


def _axes(figure, left, bottom, width, height):
    """Return axes at a place in inches, which count in inches from their upper left corner."""
    whole = figure.get_size_inches()
    axes = figure.add_axes([*([left, bottom] / whole), *([width, height] / whole)])
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    return axes


def _say(axes, words):
    y = 0
    for text in words:
        axes.text(0, y, text, va="top", size=FONT, linespacing=LINE)
        y += height_of(text, FONT) + 0.08
