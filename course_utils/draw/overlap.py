"""Two boxes on a picture: what they share, what they cover, and the numbers that follow."""

from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from course_utils.draw.images import colouring
from course_utils.draw.shown import Shown
from course_utils.draw.style import BLUE, ORANGE, SKY, VERMILION, placed_figure
from course_utils.draw.words import LINE, POINTS, width_of

BOX, OTHER, INTERSECTION, UNION, ENCLOSING = BLUE, VERMILION, ORANGE, SKY, "#555555"
SIDE = 3.6  # inches along the picture's longer side
ABOVE, BELOW, BETWEEN = 0.3, 0.3, 0.35  # inches: room for names at the edges, and for the table
NAMES, VALUES = 1.5, 0.75  # inches of the table's first and last column
FONT = 9.5  # points
OUTSIDE = dict(
    xycoords="data", textcoords="offset points", annotation_clip=False, weight="bold", size=FONT,
    path_effects=[withStroke(linewidth=2.5, foreground="white")],
)  # fmt: skip


def overlap(image, boxes, lines, description):
    """Show two boxes with their intersection and union, and a table of numbers beside them.

    Args:
        image: (height, width) or (height, width, 3) uint8.
        boxes: box, other, their intersection, and the smallest box around both: (4,) each,
            x1 y1 x2 y2 in pixels.
        lines: [(name, how it is computed, value)] as texts.
        description: what there is to see.

    Returns:
        Shown.
    """
    height, width = (SIDE * side / max(image.shape[:2]) for side in image.shape[:2])
    table = len(lines) * FONT * 1.6 * LINE / POINTS
    tall = max(height, table)
    end = NAMES + max(width_of(how, FONT) for _, how, _ in lines) + VALUES
    figure = placed_figure(width + BETWEEN + end + 0.2, tall + ABOVE + BELOW)
    _draw_boxes(_axes(figure, 0.1, (tall - height) / 2 + BELOW, width, height), image, boxes)
    _write(_axes(figure, 0.1 + width + BETWEEN, (tall - table) / 2 + BELOW, end, table), lines)
    return Shown(figure, description)


def _axes(figure, left, bottom, width, height):
    """Return axes at a place in inches."""
    whole = figure.get_size_inches()
    axes = figure.add_axes([*([left, bottom] / whole), *([width, height] / whole)])
    axes.set_axis_off()
    return axes


def _draw_boxes(axes, image, boxes):
    box, other, shared, around = boxes
    height, width = image.shape[:2]
    look = colouring(image) | ({"vmax": 255} if image.ndim == 2 else {})
    axes.imshow(image, extent=(0, width, height, 0), aspect="auto", **look)
    union = Path.make_compound_path(_outline(other), _outline(box))
    # Both outlines run the same way around: their union is filled once, in one tint.
    axes.add_patch(PathPatch(union, facecolor=UNION, edgecolor="none", alpha=0.45))
    _add(axes, shared, facecolor=INTERSECTION, edgecolor="none", alpha=0.75)
    _add(axes, around, fill=False, edgecolor=ENCLOSING, linewidth=1.5, linestyle=":")
    _add(axes, other, fill=False, edgecolor=OTHER, linewidth=2.5, linestyle="--")
    _add(axes, box, fill=False, edgecolor=BOX, linewidth=2.5)
    axes.annotate("box", box[:2], (0, 4), color=BOX, **OUTSIDE)
    axes.annotate("other", other[[0, 3]], (0, -12), color=OTHER, **OUTSIDE)
    axes.set(xlim=(0, width), ylim=(height, 0))


def _outline(corners):
    x1, y1, x2, y2 = corners
    return Path([(x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1)], closed=True)


def _add(axes, corners, **look):
    x1, y1, x2, y2 = corners
    axes.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, clip_on=False, **look))


def _write(axes, lines):
    """Write the table; a patch before a name shows its colour."""
    end = axes.get_window_extent().width / axes.figure.dpi
    axes.set(xlim=(0, end), ylim=(len(lines), 0))
    faces = {
        "intersection": dict(facecolor=INTERSECTION), "union": dict(facecolor=UNION, alpha=0.6),
        "box around both": dict(fill=False, linestyle=":"),
    }  # fmt: skip
    for row, (name, how, value) in enumerate(lines):
        if name in faces:
            patch = Rectangle((0, row + 0.25), 0.18, 0.5, edgecolor=ENCLOSING, **faces[name])
            axes.add_patch(patch)
        axes.text(0.25, row + 0.5, name, va="center", size=FONT)
        axes.text(NAMES, row + 0.5, how, va="center", size=FONT)
        axes.text(end - VALUES, row + 0.5, value, va="center", size=FONT, weight="bold")
