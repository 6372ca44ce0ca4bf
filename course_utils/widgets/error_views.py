"""The live pictures of ErrorExplorer: a matrix, a curve and images that can be pointed at."""

from html import escape

import numpy as np
from PIL import Image, ImageDraw

from course_utils.draw.confusion import confusion_colours, upright
from course_utils.draw.error_sheet import curve_limits, part
from course_utils.draw.style import BLUE, ORANGE, inks_on
from course_utils.widgets import html

CURVE = (200, 260)  # pixels on screen, height and width
ASIDE = 66  # pixels for the numbers left of the curve
WITHIN = 8  # pixels from the edge of the picture to the ends of the axes: half a mark
SHARP = 2  # pixels sent for each on screen: enough for screens of twice the density
SHOWN, ROW = 64, 760  # pixels on screen along the longer side of an image, and of a row of ten
FRAME = "outline:3px solid #000;outline-offset:-3px"  # orange would not show on orange


def matrix(data, rows, columns, words):
    """Return the confusion matrix as a table of places to point at, the chosen cell framed."""
    colours = confusion_colours(data.matrix)
    levels, inks = (colours * 255).round().astype(int).tolist(), inks_on(colours).tolist()
    lines = [_head(columns, len(rows))]
    for row, name in enumerate(rows):
        cells = [
            _cell((row, column), count, levels[row][column], inks[row][column], data.cell)
            for column, count in enumerate(data.matrix[row].tolist())
        ]
        lines.append(f"<tr>{_row_name(name, row == data.cell[0])}{''.join(cells)}</tr>")
    return (
        f'<figure class="course-view" aria-label="{escape(words)}">'
        "<figcaption>true class (rows), predicted class (columns)</figcaption>"
        f"<table>{''.join(lines)}</table></figure>"
    )


def _cell(place, count, colour, ink, chosen):
    (row, column), (red, green, blue) = place, colour
    return (
        f'<td data-pick="cell {row} {column}" style="background-color:rgb({red},{green},{blue});'
        f'color:{ink};{FRAME * (place == chosen)}">{count:,}</td>'
    )


def _row_name(name, is_chosen):
    style = f"font-weight:{_weight(is_chosen)};text-align:right;white-space:nowrap"
    return f'<th scope="row" style="{style};padding-right:6px">{escape(name)}</th>'


def _weight(is_chosen):
    return "bold" if is_chosen else "normal"


def _head(columns, classes):
    """Return the names of the columns; long ones stand upright."""
    turned = "writing-mode:vertical-rl;transform:rotate(180deg);display:inline-block"
    cells = [
        '<th scope="col" style="font-weight:normal;vertical-align:bottom;text-align:center">'
        f'<span style="{turned * is_upright}">{escape(name)}</span></th>'
        for name, is_upright in zip(columns, upright(columns, classes))
    ]
    return f"<tr><td style=\"border:0\"></td>{''.join(cells)}</tr>"


def curve(data, name, threshold):
    """Return precision over recall of a class, with a mark at the threshold."""
    caption = f"precision and recall of {name}"
    if not data.curve.size:
        words = f"Class {name} never occurs, or is never answered: there is no curve."
        return html.figure(caption, f"<p>{escape(words)}</p>")
    alt = f"precision over recall of class {name}, a mark at the threshold"
    picture = html.image(_curve_pixels(data), alt, CURVE[1])
    precision, recall = map(part, data.point)
    words = f"threshold {threshold:.10g}: precision {precision}, recall {recall}"
    return html.figure(caption, _axes(picture, *curve_limits(data), words))


def _axes(picture, left, bottom, words):
    """Return the curve to point at with the ends of its axes, and words below."""
    aside = f"margin-left:{ASIDE + 4}px"
    ends = "display:flex;justify-content:space-between"
    return (
        f'<div style="display:flex"><div style="{ends};flex-direction:column;text-align:right;'
        f'width:{ASIDE}px;margin-right:4px"><span>1</span><span>precision</span>'
        f'<span>{bottom:g}</span></div><div data-pick="curve" style="width:{CURVE[1]}px">'
        f'{picture}</div></div><div style="{ends};width:{CURVE[1]}px;{aside}">'
        f'<span>{left:g}</span><span>recall</span><span>1</span></div>'
        f'<div style="{aside}">{words}</div>'
    )


def _curve_pixels(data):
    """Return the curve as (height, width, 3) uint8 pixels."""
    height, width = (SHARP * side for side in CURVE)
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    for tenth in np.arange(11) / 10:
        x, y = (place * side for place, side in zip(_within(tenth, tenth), (width, height)))
        pen.line([(0, y), (width, y)], "#dddddd")
        pen.line([(x, 0), (x, height)], "#dddddd")
    pen.rectangle([0, 0, width - 1, height - 1], outline="#888888", width=SHARP)
    x, y = _places(data, data.curve[2], data.curve[1])
    points = np.column_stack([x * width, y * height])
    pen.line([tuple(point) for point in points.tolist()], BLUE, 2 * SHARP)
    if np.isfinite(data.point).all():
        x, y = _places(data, data.point[1], data.point[0])
        _mark(pen, x * width, y * height)
    return np.asarray(picture)


def _mark(pen, x, y):
    size = 6 * SHARP
    pen.ellipse([x - size, y - size, x + size, y + size], ORANGE, "#000000", SHARP)


def _places(data, recall, precision):
    """Return where in the picture these are, 0…1 from its upper left corner."""
    left, bottom = curve_limits(data)
    return _within((recall - left) / (1 - left), (1 - precision) / (1 - bottom))


def _within(x, y):
    """Return places between the ends of the axes as places in the picture, 0…1 both."""
    return [
        (WITHIN + place * (side - 2 * WITHIN)) / side for place, side in zip((x, y), CURVE[::-1])
    ]


def threshold_at(data, x, y):
    """Return the shortest threshold that gives the point of the curve nearest to (x, y)."""
    thresholds = data.curve[0]
    across, down = _places(data, data.curve[2], data.curve[1])
    nearest = int(np.argmin((across - x) ** 2 + (down - y) ** 2))
    below = thresholds[nearest + 1] if nearest + 1 < len(thresholds) else -1
    return _shortest_between(below, thresholds[nearest])


def _shortest_between(below, most):
    """Return the number with the fewest decimals above `below` that is at most `most`."""
    for decimals in range(16):
        short = float(np.floor(most * 10**decimals) / 10**decimals)
        if below < short <= most:
            return short
    return float(most)


def pictures(images, titles, chosen, start, heading):
    """Return the images of a page, each under its title, to point at; the chosen one framed."""
    if not len(images):
        return html.figure(heading, "<p>This cell is empty.</p>")
    shown = "".join(
        _picture(image, title, start + place, place == chosen)
        for place, (image, title) in enumerate(zip(images, titles))
    )
    style = "display:flex;flex-wrap:wrap;align-items:flex-end;gap:4px 10px;padding:0 4px 4px"
    return html.figure(heading, f'<div style="{style};max-width:{ROW}px">{shown}</div>')


def _picture(image, title, number, is_chosen):
    height, width = image.shape[:2]
    stride = -(-max(height, width) // (SHARP * SHOWN))
    shown = max(round(SHOWN * width / max(height, width)), 1)
    frame = f"outline:4px solid {ORANGE}" if is_chosen else "outline:1px solid #999"
    picture = html.image(image[::stride, ::stride], f"image {number}, {title}", shown)
    style = f"width:{SHOWN}px;font-weight:{_weight(is_chosen)};font-size:11px"
    return (
        f'<div style="{style}"><div style="margin:6px 0 5px">{escape(title)}</div>'
        f'<div data-pick="image {number}" style="width:{shown}px;{frame}">{picture}</div></div>'
    )
