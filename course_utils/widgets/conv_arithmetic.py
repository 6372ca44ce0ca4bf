"""ConvArithmetic: how size, padding, stride and dilation decide which inputs an output sees."""

import string
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

import numpy as np

from course_utils.by_hand import convolution
from course_utils.draw.conv_grids import conv_grids, count_colours, letter_colours
from course_utils.draw.grids import padding_mask
from course_utils.widgets import arithmetic_words, html
from course_utils.widgets.controls import Choice, Count, Switch
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.stepping import Stepping, require_place

LARGEST = 16  # cells along a side, padding included: more cannot be read
WIDEST_KERNEL = 7  # so that each weight has a letter of its own
CELL, CAPTION = html.CELL_HEIGHT, 22  # pixels: the cells are square
LETTERS = np.array(list(string.ascii_letters))


@dataclass(frozen=True)
class State:
    """What can be changed: see `ConvArithmetic`."""

    size: int
    kernel: int
    stride: int
    padding: str
    dilation: int
    transposed: bool
    row: int
    column: int


class Axis(NamedTuple):
    """One axis; rows and columns are alike.

    Args:
        output: how many values the output has.
        zeros: (before, after) that padding adds to the input.
        cut: (before, after) places that padding="same" cuts off the stamps.
        meetings: for each output value the (inputs, weights) that it multiplies.
        counts: how many products each input takes part in; transposed: that each output adds up.
        inner: those counts that are away from the edges.
    """

    output: int
    zeros: tuple
    cut: tuple
    meetings: list
    counts: np.ndarray
    inner: np.ndarray


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """What is shown: letters of the kernel, those that the input meets, and overlap counts."""

    axis: Axis
    weights: np.ndarray
    met: np.ndarray
    counts: np.ndarray

    @property
    def places(self):
        """How many (rows, columns) of outputs there are."""
        return self.axis.output, self.axis.output


class ConvArithmetic(Stepping, Explorer):
    """See which inputs an output value uses, and how often windows overlap.

    Args:
        size: input cells along a side; with padding, and in the output, at most 16.
        kernel: weights along a side, at most 7.
        stride, dilation: integers of at least 1, and at most 16.
        padding: "valid" or "same".
        transposed: True for a transposed convolution: each input stamps the kernel.
        row, column: the output cell to look at.

    Raises:
        ValueError: settings that do not fit together or cannot be read, with what was expected.

    Reference: Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016);
    Odena, Dumoulin and Olah, Deconvolution and checkerboard artifacts (2016).
    """

    title = "ConvArithmetic"
    try_this = (
        "Press Step, or point at any output cell: which inputs does it use, with which weights? "
        "Set size 6 and stride 2, and find the inputs that no window uses. Then choose transposed, "
        "and compare the counts of kernel 3 and kernel 4."
    )

    def __init__(self, size=5, kernel=3, stride=1, padding="valid", dilation=1, transposed=False,
                 row=0, column=0):
        super().__init__(State(size, kernel, stride, padding, dilation, transposed, row, column))

    def compute(self, state):
        _require_setting(state)
        axis = _transposed_axis(state) if state.transposed else _axis(state)
        require_place(state, (axis.output, axis.output))
        weights = LETTERS[: state.kernel**2].reshape(state.kernel, state.kernel)
        met = np.full((state.size + sum(axis.zeros),) * 2, "", weights.dtype)
        (rows, down), (columns, across) = axis.meetings[state.row], axis.meetings[state.column]
        met[np.ix_(rows + axis.zeros[0], columns + axis.zeros[0])] = weights[np.ix_(down, across)]
        return Arithmetic(axis, weights, met, np.outer(axis.counts, axis.counts))

    def describe(self, data, state):
        return arithmetic_words.describe(data, state)

    def readout(self, data, state):
        return arithmetic_words.readout(data, state)

    def draw(self, data, state):
        return conv_grids(
            data.weights, data.met, self._padding(data), data.places, (state.row, state.column),
            data.counts, _counted(state), self._titles(data, state).values(),
            self.describe(data, state),
        )

    @staticmethod
    def _padding(data):
        return padding_mask(data.met.shape, (data.axis.zeros, data.axis.zeros))

    @staticmethod
    def _titles(data, state):
        padded = " and its padding" if sum(data.axis.zeros) else ""
        counted = "products in each output" if state.transposed else "windows on each input"
        return {
            "kernel": f"kernel {state.kernel} × {state.kernel}",
            "input": f"input {state.size} × {state.size}{padded}",
            "output": f"output {data.axis.output} × {data.axis.output}",
            "counts": counted,
        }

    def views(self, data, state):
        titles = self._titles(data, state)
        used = [tuple(place) for place in np.argwhere(data.met != "").tolist()]
        image = html.table(data.met, used, hatched=self._padding(data),
                           colours=letter_colours(data.met))  # fmt: skip
        blank = np.full(data.places, "")
        output = html.table(blank, [(state.row, state.column)], "now", _frames(data.axis),
                            colours=letter_colours(blank))  # fmt: skip
        kernel = html.table(data.weights, colours=letter_colours(data.weights))
        counts = html.table(data.counts, _counted(state), "now",
                            colours=count_colours(data.counts))  # fmt: skip
        # Input and output share one view: pointing at an output cell frames what it uses.
        both = _block(titles["input"], image) + _block(titles["output"], output)
        return {
            "kernel": _view(_block(titles["kernel"], kernel)),
            "input and output": _view(both, self.describe(data, state)),
            "counts": _view(_block(titles["counts"], counts)),
        }

    def controls(self):
        return {
            "size": Count("Size", least=1, most=LARGEST),
            "kernel": Count("Kernel", least=1, most=WIDEST_KERNEL),
            "stride": Count("Stride", least=1, most=LARGEST),
            "dilation": Count("Dilation", least=1, most=LARGEST),
            "padding": Choice("Padding", convolution.PADDINGS),
            "transposed": Switch("Transposed"),
            "row": Count("Row"),
            "column": Count("Column"),
        }


def _require_setting(state):
    """Refuse what cannot be, or cannot be read."""
    limits = dict(size=LARGEST, kernel=WIDEST_KERNEL, stride=LARGEST, dilation=LARGEST)
    if not isinstance(state.transposed, (bool, np.bool_)):
        raise ValueError(f"Expected transposed as True or False. Received {state.transposed!r}.")
    size_of = convolution.transposed_size if state.transposed else convolution.output_size
    output = size_of(state.size, state.kernel, state.stride, state.padding, state.dilation)
    for name, most in limits.items():
        if getattr(state, name) > most:
            raise ValueError(
                f"Expected {name} of at most {most}, so that the cells can be read. "
                f"Received {getattr(state, name)}."
            )
    _require_readable(state.size + sum(_zeros(state)), output)


def _require_readable(padded, output):
    if max(padded, output) > LARGEST:
        raise ValueError(
            f"Expected at most {LARGEST} cells along a side, so that they can be read. Received "
            f"{padded} of the input with its padding and {output} of the output: choose a smaller "
            "size."
        )


def _zeros(state):
    """Return the zeros before and after the input along one axis."""
    if state.transposed or state.padding == "valid":
        return 0, 0
    return convolution.same_padding(state.size, state.kernel, state.stride, state.dilation)


def _axis(state):
    """Return one axis of a convolution: its windows lie on the input."""
    size, zeros = state.size, _zeros(state)
    setting = state.kernel, state.stride, state.dilation
    output = convolution.count_positions(size + sum(zeros), *setting)
    taps = convolution.window_taps(output, *setting) - zeros[0]
    meetings = [(window, np.arange(state.kernel)) for window in taps]
    counts = convolution.overlap_counts(taps, size)
    inner = _inner(counts, zeros[0], *convolution.inner_places(output, *setting))
    return Axis(output, zeros, (0, 0), meetings, counts, inner)


def _transposed_axis(state):
    """Return one axis of a transposed convolution: its stamps lie on the output."""
    size, setting = state.size, (state.kernel, state.stride, state.dilation)
    before, output = convolution.transposed_axis(
        size, state.kernel, state.stride, state.padding, state.dilation
    )
    _, whole = convolution.transposed_axis(size, *setting[:2], dilation=state.dilation)
    taps = convolution.window_taps(size, *setting) - before
    meetings = [convolution.stamps_on(place, taps) for place in range(output)]
    counts = convolution.overlap_counts(taps, output)
    inner = _inner(counts, before, *convolution.inner_places(size, *setting))
    return Axis(output, (0, 0), (before, whole - output - before), meetings, counts, inner)


def _inner(counts, cut, first, end):
    """Return the counts from place `first` to `end`; `cut` places were cut off before them."""
    return counts[max(first - cut, 0) : max(end - cut, 0)]


def _counted(state):
    """Return the cells to mark among the counts: those of a transposed output are its own."""
    return [(state.row, state.column)] if state.transposed else []


def _frames(axis):
    """Return {(row, column): html}: a frame around the inputs that each output cell uses."""
    spans = {
        place: ((min(inputs) + axis.zeros[0]) * CELL, (np.ptp(inputs) + 1) * CELL)
        for place, (inputs, _) in enumerate(axis.meetings)
        if len(inputs)
    }
    return {
        (row, column): html.hover_frame(left, top + CAPTION, width, height)
        for row, (top, height) in spans.items()
        for column, (left, width) in spans.items()
    }


def _view(content, words=""):
    """Return grids side by side; `words` are for who cannot see them."""
    label = f' aria-label="{escape(words)}"' if words else ""
    style = "display:flex;flex-wrap:wrap;margin:0"
    return f'<figure class="course-view squares"{label} style="{style}">{content}</figure>'


def _block(caption, table):
    caption = f'<div class="caption" style="height:{CAPTION}px">{caption}</div>'
    return f'<div style="margin:0 16px 8px 0">{caption}{table}</div>'
