"""Outlines of boxes on a picture, each with a short text that covers no other one.

What is drawn here for paper, `widgets.overlay` makes of the same outlines for the screen.
"""

from dataclasses import dataclass
from itertools import product

from matplotlib.colors import to_hex, to_rgb
from matplotlib.patheffects import withStroke

from course_utils.draw.boxes_on import draw_frame
from course_utils.draw.images import colouring
from course_utils.draw.labels import DARKER
from course_utils.draw.words import LETTER, LINE, POINTS

FONT = 8.5  # points
AWAY = 0.3  # of a letter's height, between a box and its text


@dataclass(frozen=True)
class Look:
    """How a line is drawn: `width` and `dashes` (on, off) in pixels on screen."""

    colour: str
    width: float = 2
    dashes: tuple = ()

    @property
    def points(self):
        """The width on paper, in points."""
        return 0.75 * self.width

    @property
    def style(self):
        """The line style of matplotlib, which counts dashes in widths of the line."""
        return (0, tuple(one / self.width for one in self.dashes)) if self.dashes else "-"

    @property
    def ink(self):
        """The colour of its words, dark enough to be read on white."""
        return to_hex([DARKER * part for part in to_rgb(self.colour)])


@dataclass(frozen=True, eq=False)
class Outline:
    """A box, x1 y1 x2 y2 in pixels of the picture, its look, and what is written at it."""

    corners: tuple
    look: Look
    text: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a table beside a picture.

    Attributes:
        cells: texts.
        look: of the outline that the row is about, or None.
        bold: whether it stands out.
        pick: the name under which it can be pointed at.
    """

    cells: tuple
    look: Look | None = None
    bold: bool = False
    pick: str = ""


def text_places(outlines, size, letter):
    """Return [(outline, x, y)]: where each text begins on its line, in pixels of the picture.

    A text stands above its box, or below or beside it where other texts are; a text that finds no
    place is left out.

    Args:
        outlines: the most important first.
        size: (height, width) of the picture, within which texts stay.
        letter: the height of a letter in pixels of the picture.
    """
    taken, found = [], []
    for outline in outlines:
        if not outline.text:
            continue
        width = letter * LETTER * len(outline.text)
        for x, y in _candidates(outline.corners, size, letter, width):
            room = (x, y - letter, x + width, y + AWAY * letter)
            if not any(_meet(room, other) for other in taken):
                taken.append(room)
                found.append((outline, x, y))
                break
    return found


def _candidates(corners, size, letter, width):
    """Yield places at the corners of a box: above and below, inside, then left and right of it."""
    x1, y1, x2, y2 = (float(value) for value in corners)
    height, across = size
    outside, inside = (y1 - AWAY * letter, y2 + letter), (y1 + letter, y2 - AWAY * letter)
    aside = x2 + AWAY * letter, x1 - AWAY * letter - width
    corners = product((*outside, *inside), (x1, x2 - width))
    for y, x in (*corners, *product(inside, aside)):
        yield (
            min(max(x, 0), max(across - width, 0)),
            min(max(y, letter), height - AWAY * letter),
        )


def _meet(one, other):
    beside = one[2] <= other[0] or other[2] <= one[0]
    return not (beside or one[3] <= other[1] or other[3] <= one[1])


def draw_outlines(axes, image, outlines):
    """Draw an image with outlines, the most important first in the list and last on the paper.

    Args:
        axes: of their final size.
        image: (height, width) or (height, width, 3) uint8.
    """
    height, width = image.shape[:2]
    grey = colouring(image) | ({"vmax": 255} if image.ndim == 2 else {})
    axes.imshow(image, extent=(0, width, height, 0), aspect="auto", **grey)
    for outline in reversed(outlines):
        look = outline.look
        draw_frame(axes, outline.corners, (0, 0, width, height), look.colour, look.style,
                   look.points, around="white")  # fmt: skip
    inches = axes.get_window_extent().width / axes.figure.dpi
    letter = FONT * LINE / POINTS / inches * width
    for outline, x, y in text_places(outlines, (height, width), letter):
        axes.text(x, y, outline.text, color=outline.look.ink, weight="bold", size=FONT,
                  path_effects=[withStroke(linewidth=2.5, foreground="white")])  # fmt: skip
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
