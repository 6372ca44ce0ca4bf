"""Outlines of boxes on a picture, each with a short text that covers no other one.

What is drawn here for paper, `widgets.overlay` makes of the same outlines for the screen.
"""

from dataclasses import dataclass
from itertools import product

from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

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
    """Yield places at the corners of a box, outside it first."""
    x1, y1, x2, y2 = (float(value) for value in corners)
    height, across = size
    outside, inside = (y1 - AWAY * letter, y2 + letter), (y1 + letter, y2 - AWAY * letter)
    for y, x in product((*outside, *inside), (x1, x2 - width)):
        yield (
            min(max(x, 0), max(across - width, 0)),
            min(max(y, letter), height - AWAY * letter),
        )


def _meet(one, other):
    return (
        min(one[2], other[2]) > max(one[0], other[0])
        and min(one[3], other[3]) > max(one[1], other[1])
    )


def draw_outlines(axes, image, outlines):
    """Draw an image with outlines, the most important first in the list and last on the paper.

    Args:
        axes: of their final size.
        image: (height, width) or (height, width, 3) uint8.
    """
    height, width = image.shape[:2]
    look = colouring(image) | ({"vmax": 255} if image.ndim == 2 else {})
    axes.imshow(image, extent=(0, width, height, 0), aspect="auto", **look)
    for outline in reversed(outlines):
        _add(axes, outline)
    inches = axes.get_window_extent().width / axes.figure.dpi
    letter = FONT * LINE / POINTS / inches * width
    for outline, x, y in text_places(outlines, (height, width), letter):
        axes.text(x, y, outline.text, color=outline.look.ink, weight="bold", size=FONT,
                  path_effects=[withStroke(linewidth=2.5, foreground="white")])  # fmt: skip
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()


def _add(axes, outline):
    x1, y1, x2, y2 = (float(value) for value in outline.corners)
    look = outline.look
    # A pixel on screen is 3/4 point; dashes are counted in widths of the line.
    dashes = (0, tuple(one / look.width for one in look.dashes)) if look.dashes else "solid"
    under = [withStroke(linewidth=0.75 * look.width + 1.5, foreground="white", alpha=0.7)]
    axes.add_patch(
        Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, edgecolor=look.colour, clip_on=True,
                  linewidth=0.75 * look.width, linestyle=dashes, path_effects=under)
    )  # fmt: skip
