"""The live views of RoIAlignLab: a box on its map, one sample's neighbours, and the results."""

from html import escape

import numpy as np

from course_utils.draw.roi import (
    CORNERS,
    LETTERS,
    bin_lines,
    is_signed,
    map_numbers,
    pale_cells,
)
from course_utils.draw.style import BLUE, ORANGE, VERMILION, number
from course_utils.widgets import html, overlay, svg

MAP, SMALLEST, LARGEST = 440, 20, 48  # pixels of the map's longer side, and of a cell's
FONT = 12  # pixels of the largest numbers
READABLE = 6.5  # pixels of the smallest
SQUARE, MARGIN = 170, 46  # pixels of the square between four neighbours, and around it

GROUND = "stroke:#fff;stroke-width:{}"  # below a line, so that it is seen on every colour
BOX = "fill:none;stroke:#000;stroke-width:3"
BINS = "stroke:#000;stroke-width:1.2"
CHOSEN = f"fill:{ORANGE};fill-opacity:0.3;stroke:#000;stroke-width:2"
WHOLE = f"fill:none;stroke:{BLUE};stroke-width:3;stroke-dasharray:7 4"
POOLED = f"fill:none;stroke:{BLUE};stroke-width:2;stroke-dasharray:2 3"
KEY = (
    "solid: the box, its bins and samples; dashed: the whole cells of RoI pooling; dotted: those "
    "of the chosen bin; A to D: the cells that the chosen sample reads"
)
FRAME = "fill:none;stroke:#000;stroke-width:1.5"
THREADS = f"stroke:{VERMILION};stroke-width:1.5"


def feature_map(data, words):
    """Return the map with box, bins and sample points; the box goes where is pointed at."""
    height, width = data.values.shape
    cell = min(max(MAP / max(height, width), SMALLEST), LARGEST)
    size = height * cell, width * cell
    parts = [
        svg.pixels((pale_cells(data.values) * 255).astype(np.uint8), size),
        overlay.path(svg.course(_grid(height, width, cell)), "stroke:#bbb;stroke-width:0.6"),
        _numbers(data.values, cell),
        *_pooling(data, cell),
        *_aligning(data, cell),
    ]
    shown = svg.drawing(size, "".join(parts), words, pick="map", still=True)
    return f'{shown}<div style="max-width:{size[1]:.0f}px">{KEY}</div>'


def _grid(height, width, cell):
    """Return the lines between cells."""
    down = [[(x * cell, 0), (x * cell, height * cell)] for x in range(width + 1)]
    return down + [[(0, y * cell), (width * cell, y * cell)] for y in range(height + 1)]


def _numbers(values, cell):
    """Return the numbers of all cells, in black: cells are pale."""
    texts = map_numbers(values, cell)
    font = min(FONT, 0.95 * cell / (0.62 * max(len(text) for text in texts.flat)))
    if font < READABLE:
        return ""
    written = "".join(
        f'<text x="{(column + 0.5) * cell:.0f}" y="{(row + 0.5) * cell + 0.35 * font:.0f}">'
        f"{text}</text>"
        for (row, column), text in np.ndenumerate(texts)
    )
    return f'<g font-size="{font:.1f}" text-anchor="middle">{written}</g>'


def _pooling(data, cell):
    """Return RoI pooling's box, and the cells of the chosen bin, dashed and dotted."""
    whole, cells = (np.multiply(corners, cell) for corners in (data.whole, data.cells))
    return [
        overlay.box(whole, "fill:none;" + GROUND.format(5)),
        overlay.box(whole, WHOLE),
        overlay.box(cells + [3, 3, -3, -3], POOLED),
    ]


def _aligning(data, cell):
    """Return RoIAlign's box, bins and points, and threads to the chosen one's neighbours."""
    x1, y1, x2, y2 = np.multiply(data.bin, cell)
    x, y = data.point * cell
    near = [((column + 0.5) * cell, (row + 0.5) * cell) for row, column in data.neighbours]
    return [
        overlay.box(np.multiply(data.box, cell), "fill:none;" + GROUND.format(6)),
        overlay.box((x1, y1, x2, y2), CHOSEN),
        overlay.path(svg.course(np.multiply(bin_lines(data.box, data.size), cell)), BINS),
        overlay.box(np.multiply(data.box, cell), BOX),
        overlay.dots(data.points.reshape(-1, 2) * cell, "#000", 3),
        overlay.dots(data.points_of_bin * cell, "#fff", 8),
        overlay.dots(data.points_of_bin * cell, "#000", 6),
        overlay.path(svg.course([(x, y), place] for place in near), THREADS),
        *_neighbour_cells(data, cell),
        svg.mark((x, y), 5, VERMILION),
    ]


def _neighbour_cells(data, cell):
    """Return frames around the cells that the sample reads, each with its letter."""
    parts = []
    for letter, (row, column) in zip(LETTERS, data.neighbours):
        x, y = column * cell, row * cell
        parts.append(overlay.box((x, y, x + cell, y + cell), FRAME))
        if data.neighbours.count((row, column)) == 1:
            parts.append(svg.words(letter, x + 6, y + 7, 9, "font-weight:bold"))
    return parts


def neighbours(data):
    """Return the square between four neighbours' middles: a weight is the area across from it."""
    side, edge = SQUARE, SQUARE + 2 * MARGIN
    right, down = data.part
    x, y = MARGIN + right * side, MARGIN + down * side
    ends = MARGIN, MARGIN + side
    parts = []
    for place, (letter, colour) in enumerate(zip(LETTERS, CORNERS)):
        row, column = divmod(place, 2)
        across = ends[1 - column], ends[1 - row]
        area = [min(x, across[0]), min(y, across[1]), max(x, across[0]), max(y, across[1])]
        parts.append(overlay.box(area, f"fill:{colour};stroke:#000;stroke-width:0.7"))
        parts.append(_area_name(area, f"{letter} {number(data.weights[place])}"))
        corner = ends[column], ends[row]
        parts.append(_corner(corner, row, letter, colour, number(data.met[place])))
    parts.append(svg.mark((x, y), 6, VERMILION))
    words = "the sample between the middles of its four neighbours; areas are weights"
    return svg.drawing((edge, edge), "".join(parts), words)


def _area_name(area, text):
    """Return the weight on its area, where it has room."""
    x1, y1, x2, y2 = area
    if x2 - x1 < 46 or y2 - y1 < 16:
        return ""
    return svg.words(text, (x1 + x2) / 2, (y1 + y2) / 2, 12)


def _corner(corner, row, letter, colour, value):
    """Return a neighbour's mark and value, above the upper ones and below the lower ones."""
    x, y = corner
    look = f"fill:{colour};stroke:#000;stroke-width:1.5"
    mark = overlay.box((x - 6, y - 6, x + 6, y + 6), look)
    return mark + svg.words(f"{letter}: {value}", x, y + (20 if row else -20), 13)


def sum_table(data):
    """Return value × weight of the four neighbours, and their sum."""
    cell = 'style="width:auto;padding:0 8px;text-align:right;white-space:nowrap"'
    rows = [("", "row", "column", "value", "weight", "product")]
    for letter, (row, column), value, weight in zip(
        LETTERS, data.neighbours, data.met, data.weights
    ):
        texts = [number(one) for one in (value, weight, value * weight)]
        rows.append((letter, str(row), str(column), *texts))
    total = number(np.dot(data.met, data.weights))
    rows.append(("", "", "", "sum", number(data.weights.sum()), f"<b>{total}</b>"))
    lines = ["".join(f"<td {cell}>{text}</td>" for text in row) for row in rows]
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def results(data, state):
    """Return the results side by side: pointing at one chooses its bin."""
    here = [(state.row, state.column)]
    views = [
        f'<div style="margin:0 14px 8px 0"><div class="caption">{escape(title)}</div><div '
        f'data-pick="bins" style="display:inline-block">{_table(title, values, here)}</div></div>'
        for title, values in data.results(state.pooling).items()
    ]
    return (
        '<div class="course-view" style="display:flex;flex-wrap:wrap;max-width:1000px">'
        f'{"".join(views)}</div>'
    )


def _table(title, values, here):
    return html.table(values, here, signed=is_signed(title, values))
