"""Strokes of a pen: points in 0…1, as text, and as ink."""

import math
import re
import reprlib
from itertools import islice
from numbers import Real

import numpy as np
from PIL import Image, ImageDraw

SIDE = 280  # pixels of a drawn picture: a digit in a tenth of it is as fine as MNIST's
FINER = 3  # pixels drawn for each of them, along a side: edges come out smooth
MOST = 2000  # points in all: as far as twenty times around a digit
THINNEST, WIDEST = 1, 20  # percent of the side: a pen
TEXT = "20,20 80,20 40,90; 30,55 70,55"  # an example
_POINT = re.compile(r"\s*([0-9.]+)\s*,\s*([0-9.]+)(?=\s|$)")

# Digits to begin with, in percent of width and height, from the upper left; a semicolon lifts the
# pen. The last ones are hard to read.
EXAMPLES = {
    "zero": "50,18 36,24 30,40 30,60 36,76 50,82 64,76 70,60 70,40 64,24 50,18",
    "one": "50,16 50,84",
    "two": "30,32 36,20 50,16 64,20 70,32 64,48 30,82 72,82",
    "three": "32,22 50,16 66,24 66,38 50,48 66,56 70,70 52,84 30,76",
    "four": "38,18 28,54 72,54; 62,18 62,86",
    "seven": "28,20 72,20 44,84",
    "seven with a bar": "28,20 72,20 44,84; 38,52 66,52",
    "four like a nine": "55,18 38,32 34,44 62,48; 61,18 57,86",
}


def as_strokes(strokes):
    """Return strokes as a tuple of tuples of points (x, y), plain floats.

    Args:
        strokes: for each stroke its points (x, y) in 0…1 of the pad's side, from the upper left;
            or a text such as TEXT, in percent; or a name in EXAMPLES.

    Raises:
        ValueError: a stroke without points, values that are not in 0…1, or more than MOST points.
    """
    if isinstance(strokes, str):
        return _parsed(EXAMPLES.get(strokes, strokes))
    try:
        # One more than there may be, so that what has no end is refused too.
        found = tuple(
            tuple(_point(point) for point in islice(stroke, MOST + 1))
            for stroke in islice(strokes, MOST + 1)
        )
    except TypeError:
        raise ValueError(
            "Expected strokes as lists of points (x, y), such as [[(0.2, 0.2), (0.8, 0.2)]]. "
            f"Received {reprlib.repr(strokes)}: [] is an empty pad."
        ) from None
    if not all(found):
        raise ValueError(
            "Expected strokes of one or more points (x, y). Received a stroke without points: "
            "leave it out."
        )
    return _not_too_many(found)


def as_text(strokes):
    """Return strokes as text in percent, to one decimal: what `as_strokes` reads."""
    return "; ".join(
        " ".join(f"{_percent(x)},{_percent(y)}" for x, y in stroke) for stroke in strokes
    )


def drawn(strokes, pen):
    """Return strokes as ink, drawn with a round pen.

    Args:
        strokes: as `as_strokes` gives them.
        pen: its width in percent of the side.

    Returns:
        float32 (SIDE, SIDE): 0 for ground, 1 for ink, smooth edges between.
    """
    side = SIDE * FINER
    image = Image.new("L", (side, side))
    pencil, width = ImageDraw.Draw(image), pen / 100 * side
    for stroke in strokes:
        # Pillow counts from the middle of the first pixel, a stroke from its edge.
        points = [(x * side - 0.5, y * side - 0.5) for x, y in stroke]
        pencil.line(points, fill=255, width=round(width))
        for x, y in points:  # round ends, and corners that meet
            reach = (width - 1) / 2
            pencil.ellipse((x - reach, y - reach, x + reach, y + reach), fill=255)
    return np.asarray(image.reduce(FINER), np.float32) / 255


def as_pen(pen):
    """Return a pen's width as a plain whole number of percent.

    Raises:
        ValueError: not a whole number within THINNEST…WIDEST.
    """
    whole = isinstance(pen, (int, np.integer)) and not isinstance(pen, bool)
    if not whole or not THINNEST <= pen <= WIDEST:
        raise ValueError(
            f"Expected the pen's width as a whole number from {THINNEST} to {WIDEST}, in percent "
            f"of the pad's side. Received {reprlib.repr(pen)}: 8 is about MNIST's."
        )
    return int(pen)


def _point(point):
    try:
        x, y = point
    except (TypeError, ValueError):
        x = y = None
    if not all(_is_place(value) for value in (x, y)):
        raise ValueError(
            "Expected each point as two numbers (x, y) in 0…1 of the pad's side. "
            f"Received {reprlib.repr(point)}: divide pixels by the side."
        )
    return float(x), float(y)


def _is_place(value):
    known = isinstance(value, Real) and not isinstance(value, bool)
    return known and math.isfinite(value) and 0 <= value <= 1


def _parsed(text):
    """Return the strokes of a text in percent."""
    parts = [part for part in text.split(";") if part.strip()]
    return _not_too_many(tuple(_parsed_stroke(part) for part in islice(parts, MOST + 1)))


def _parsed_stroke(part):
    points, rest = [], part
    while found := _POINT.match(rest):
        points.append(tuple(_share(number) for number in found.groups()))
        rest = rest[found.end() :]
    if rest.strip() or not all(value is not None for point in points for value in point):
        raise ValueError(
            f'Expected points as in "{TEXT}": percent from 0 to 100, and a semicolon where the pen '
            f"is lifted. Received {reprlib.repr(part.strip())}: an empty text is an empty pad, and "
            f"{', '.join(EXAMPLES)} are known by name."
        )
    return tuple(points)


def _share(number):
    """Return a percentage as a part of 1, or None."""
    try:
        value = float(number) / 100
    except ValueError:
        return None
    return value if value <= 1 else None


def _percent(value):
    return f"{round(100 * value, 1):g}"


def _not_too_many(strokes):
    count = sum(map(len, strokes))
    if len(strokes) > MOST or count > MOST:
        raise ValueError(
            f"Expected at most {MOST} points. Received more: a digit needs about a hundred."
        )
    return strokes
