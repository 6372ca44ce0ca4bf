"""Legends: what each colour of a picture means, in words, in lines below it."""

from dataclasses import dataclass

from matplotlib.patches import Rectangle
from matplotlib.textpath import TextPath

from course_utils.draw.name_tags import plain
from course_utils.draw.style import DOTS_PER_INCH
from course_utils.draw.words import POINTS

FONT = 9  # points
SWATCH, APART, LINE = 13, 16, 22  # pixels: a sample's side, between two entries, of a line
SPACE = 6  # pixels between a sample and its words


@dataclass(frozen=True)
class Entry:
    """A sample and its words: `colour` None for what is left as it is, `hatch` as matplotlib's."""

    text: str
    colour: str | None
    hatch: str = ""

    @property
    def width(self):
        """Pixels of the sample, the words and the gap after them."""
        letters = TextPath((0, 0), plain(self.text), size=FONT).get_extents().width
        return SWATCH + SPACE + letters * DOTS_PER_INCH / POINTS + APART


def legend_size(entries, width):
    """Return (width, height) in pixels of a legend where so many are there, or what it takes."""
    places = _places(entries, width)
    widest = max((entry.width for entry in entries), default=0)
    return max(width, widest), (places[-1][1] + LINE if places else 0)


def draw_legend(axes, entries, corner, width):
    """Draw samples with their words from a corner (x, y) on, left and top, in so wide lines.

    Args:
        axes: `style.pixel_axes`.
    """
    right, bottom = axes.get_xlim()[1], axes.get_ylim()[0]
    for entry, (across, down) in zip(entries, _places(entries, width)):
        x, y = corner[0] + across, corner[1] + down
        axes.add_patch(Rectangle(
            (x, y), SWATCH, SWATCH, facecolor=entry.colour or "white", edgecolor="black",
            hatch=entry.hatch, linewidth=1, linestyle="-" if entry.colour else (0, (2, 2)),
        ))  # fmt: skip
        axes.figure.text((x + SWATCH + SPACE) / right, 1 - (y + SWATCH / 2) / bottom,
                         plain(entry.text), fontsize=FONT, va="center_baseline")  # fmt: skip


def _places(entries, width):
    """Return [(x, y)] of the entries, one after the other in lines of so many pixels."""
    places, x, y = [], 0, 0
    for entry in entries:
        if x and x + entry.width - APART > width:
            x, y = 0, y + LINE
        places.append((x, y))
        x += entry.width
    return places
