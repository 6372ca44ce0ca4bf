"""DigitPad: draw a digit, and see live how it is centred, read, and what it resembles."""

import reprlib
from dataclasses import dataclass, replace
from html import escape

import numpy as np

from course_utils import datasets, draw
from course_utils.draw.digit_steps import digit_steps
from course_utils.handwriting import ink_as_digit, my_digits, nearest_digits
from course_utils.handwriting.my_digits import KeptDigit, add_digits, place
from course_utils.handwriting.neighbours import SEARCHED, Neighbours
from course_utils.handwriting.strokes import EXAMPLES, as_pen, as_strokes, drawn
from course_utils.widgets import html
from course_utils.widgets.controls import NARROW, Choice
from course_utils.widgets.digit_reading import (
    Reading,
    bars,
    bars_view,
    compiled,
    read_digit,
    reading_words,
    step_view,
)
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.pad_canvas import Pen, Strokes

PEN = 8  # percent of the pad's side: about as wide as MNIST's
NEIGHBOUR = 84  # pixels on screen of a training digit
VIEWS = ("ink", "cut out", "centred 28 × 28", "probability", "nearest")
NOTHING = "Draw a digit."
UNKNOWN = "none"  # the name of no digit in particular


@dataclass(frozen=True)
class State:
    """What can be changed: see `DigitPad`."""

    strokes: tuple
    pen: int
    meant: int | None


@dataclass(frozen=True, eq=False)
class Drawing:
    """What is shown: the ink and, where there is some, how it is read and what it resembles."""

    ink: np.ndarray
    reading: Reading | None
    nearest: Neighbours | None


class DigitPad(Explorer):
    """Draw a digit with mouse, finger or keys, and have a network read it at every stroke.

    Args:
        network: a Keras model that gives 10 logits for a batch (n, 28, 28, 1) of float32 in 0…1.
            One that ends in softmax is taken as well: its probabilities stay as they are.
        strokes: what is drawn at the start: strokes of points (x, y) in 0…1 of the pad's side,
            from the upper left; a text such as "20,20 80,20 40,90; 30,55 70,55", in percent; or a
            name in `DigitPad.EXAMPLES`, such as "four like a nine".
        pen: its width in percent of the pad's side, a whole number from 1 to 20.
        meant: the digit that is meant, or None.

    Attributes:
        kept: the list of `KeptDigit` that `keep` has kept since the pad was made.

    Raises:
        ValueError: a network that gives something else, or strokes, a pen or a digit that
            cannot be.
    """

    title = "DigitPad"
    try_this = (
        "Draw a 7, then give it a bar. Draw a 4 and close it at the top, little by little: when "
        "does it become a 9? Draw a digit very small, or in a corner. Choose what you meant, and "
        "keep what fools the network."
    )
    beside = ("probability",)
    EXAMPLES = EXAMPLES
    kept_digits = staticmethod(my_digits)

    def __init__(self, network, strokes=(), pen=PEN, meant=None):
        self.network = network
        self.kept = []
        self._saved = 0
        self._read = compiled(network)
        super().__init__(State(as_strokes(strokes), as_pen(pen), _as_meant(meant)))

    def settle(self, state, changes):
        """Read what was given, in whatever form, as plain numbers."""
        readers = {"strokes": as_strokes, "pen": as_pen, "meant": _as_meant}
        return replace(state, **{name: readers[name](value) for name, value in changes.items()})

    def compute(self, state):
        ink = drawn(state.strokes, state.pen)
        if not state.strokes:
            return Drawing(ink, None, None)
        digit = ink_as_digit(ink)
        return Drawing(ink, read_digit(self._read, digit), nearest_digits(digit.pixels))

    def describe(self, data, state):
        if data.reading is None:
            return "An empty pad, 280 × 280 pixels: draw a digit, and its steps and bars appear."
        count = len(state.strokes)
        meant = "" if state.meant is None else f", meant as a {state.meant}"
        return (
            f"A digit{meant}, drawn in {count} stroke{'s' * (count > 1)} with a pen of {state.pen} "
            "% of the pad's side, becomes one as MNIST has them, in three steps side by side: the "
            "ink, white on black; the digit cut out, 20 pixels on its longer side; and the digit "
            "with its centre of mass in the middle of 28 × 28 pixels. Beside them, ten bars: the "
            "network's probability of each digit from 0 to 9. Below, the five of the first "
            f"{SEARCHED:,} training digits that are nearest by pixel distance."
        )

    def readout(self, data, state):
        if data.reading is None:
            return NOTHING + self._kept_words()
        labels = ", ".join(map(str, data.nearest.labels))
        return (
            f"{_fooled(data.reading, state.meant)}{reading_words(data.reading)} Nearest training "
            f"digits: {labels}.{self._kept_words()}"
        )

    def _kept_words(self):
        if not self.kept:
            return ""
        unsaved = len(self.kept) - self._saved
        where = f"not yet saved: {unsaved}" if unsaved else f"all saved in {escape(str(place()))}"
        return f" Kept: {len(self.kept)}; {where}."

    def draw(self, data, state):
        words = self.describe(data, state)
        if data.reading is None:
            return draw.pictures({"an empty pad: draw a digit": data.ink}, words)
        titles = {
            f"{place}. a {label}\n{distance:.2f} away": picture
            for place, (picture, label, distance) in enumerate(_each(data.nearest), start=1)
        }
        return digit_steps(
            data.reading.digit.steps, data.reading.probabilities, datasets.DIGIT_CLASSES, words,
            titles,
        )

    def views(self, data, state):
        words = self.describe(data, state)
        if data.reading is None:
            shown = {"ink": step_view("ink", data.ink), "probability": bars_view(NOTHING, words)}
            return {**dict.fromkeys(VIEWS, ""), **shown}
        steps = {name: step_view(name, one) for name, one in data.reading.digit.steps.items()}
        return {
            **steps,
            "probability": bars_view(bars(data.reading), words),
            "nearest": _nearest_view(data.nearest),
        }

    def controls(self):
        strokes = Strokes("Points")
        return {"pen": Pen("Pen", strokes.canvas), "meant": Meant(), "strokes": strokes}

    def actions(self):
        return {"Undo": self.undo, "Clear": self.clear, "Keep": self.keep, "Save": self.save}

    def undo(self):
        """Take back the last stroke."""
        return self.set(strokes=self.state.strokes[:-1])

    def clear(self):
        """Empty the pad."""
        return self.set(strokes=())

    def keep(self):
        """Add the digit, what was meant and what was read to `kept`.

        Raises:
            ValueError: nothing is drawn, nothing is meant, or the same was kept just before.
        """
        reading, meant = self.data.reading, self.state.meant
        if reading is None or meant is None:
            missing = "no digit: draw one" if reading is None else "none: choose it under Meant"
            raise ValueError(
                f"Expected a digit, and which one was meant, to keep. Received {missing}."
            )
        image = (reading.digit.pixels * 255).round().astype(np.uint8)
        if self.kept and self.kept[-1].label == meant and (self.kept[-1].image == image).all():
            raise ValueError(
                "Expected a digit that is not kept yet. Received the last one again: change it."
            )
        read_as = int(reading.order[0])
        probability = float(reading.probabilities[read_as])
        self.kept.append(KeptDigit(image, meant, read_as, probability))
        return self.set()

    def save(self):
        """Add what was kept since the last time to `my_digits.npz`; `my_digits()` reads it.

        Raises:
            ValueError: there is nothing to save, or no way to; the file then stays as it was.
        """
        if len(self.kept) == self._saved:
            raise ValueError(
                "Expected kept digits that are not saved yet. Received none: draw one, choose "
                "what you meant, and press Keep."
            )
        add_digits(self.kept[self._saved :], place())
        self._saved = len(self.kept)
        return self.set()



class Meant(Choice):
    """The digit that was meant, or none."""

    def __init__(self):
        super().__init__("Meant", [UNKNOWN, *datasets.DIGIT_CLASSES])
        self.box.layout.width = NARROW

    def read(self):
        value = super().read()
        return None if value == UNKNOWN else int(value)

    def write(self, meant):
        super().write(UNKNOWN if meant is None else str(meant))


def _as_meant(meant):
    """Return the digit that is meant, which NumPy may have given, or None."""
    if meant is None:
        return None
    whole = isinstance(meant, (int, np.integer)) and not isinstance(meant, bool)
    if not whole or not 0 <= meant <= 9:
        raise ValueError(
            "Expected the digit that is meant as a whole number from 0 to 9, or None. "
            f"Received {reprlib.repr(meant)}: take one of these."
        )
    return int(meant)


def _fooled(reading, meant):
    """Return a sentence where the network read something else than was meant."""
    read_as = reading.order[0]
    if meant is None or read_as == meant:
        return ""
    return f"<b>It was fooled: you meant a {meant}, it reads a {read_as}.</b> "


def _each(nearest):
    return zip(nearest.pictures, nearest.labels, nearest.distances)


def _nearest_view(nearest):
    cells = []
    for picture, label, distance in _each(nearest):
        pixels = html.pixels(picture, signed=False)
        image = html.image(pixels, f"a {label} at distance {distance:.2f}", NEIGHBOUR)
        cells.append(f'<div>{image}<b>{label}</b>, {distance:.2f}</div>')
    row = f'<div style="display:flex;flex-wrap:wrap;gap:8px">{"".join(cells)}</div>'
    return html.figure("nearest training digits, and how far away", row)
