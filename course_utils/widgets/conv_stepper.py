"""ConvStepper: a convolution one window at a time, every number in sight."""

import secrets
from dataclasses import dataclass, replace
from html import escape

import numpy as np

from course_utils import draw
from course_utils.by_hand import convolution
from course_utils.draw.grids import padding_mask
from course_utils.draw.style import channel_label, looks_signed, number
from course_utils.widgets import html
from course_utils.widgets.controls import Choice, Count, KernelGrid, Number
from course_utils.widgets.explorer import Explorer, numbers, require_whole
from course_utils.widgets.javascript import handed
from course_utils.widgets.stepping import PACE, Stepping, require_place

LARGEST = 16  # cells along a side that can be read at once, padding included
DEEPEST = 4  # channels that can be read at once
UNREADABLE = (
    f"Expected a window that spans at most {LARGEST} × {LARGEST} cells, so that the numbers can be "
    "read. Received {rows} × {columns}: take a smaller kernel or dilation."
)
LINE = 8  # sums of channels in a line
CAPTION, GAP = 22, 8  # pixels above and below each table
VIEW = "margin:0 16px 0 0"
FRAME = "outline:3px solid #E69F00;outline-offset:-3px"  # of the window and of its output


@dataclass(frozen=True, eq=False)
class State:
    """What can be changed: see `ConvStepper`."""

    kernel: np.ndarray
    bias: float
    stride: int
    padding: str
    dilation: int
    row: int
    column: int
    channel: int


@dataclass(frozen=True, eq=False)
class Step:
    """What is shown: of a large image the piece around the window, of many channels one.

    Attributes:
        padded: the piece of the padded image, (height, width, channels shown).
        zeros: ((top, bottom), (left, right)) rows and columns of padding in it.
        corner: the piece's first row and column in the image; less than 0 in the padding.
        taps: (row indices, column indices) in the piece that the window covers.
        weights: of the channels shown.
        output: the outputs whose windows are in the piece.
        first: the first of these, (row, column) in the whole output.
        places: how many outputs there are in all, (rows, columns).
        sums: what each channel of the window adds, all channels, (channels,).
        value: the sum of these and the bias.
        outcome: the value after what follows the convolution, or None.
    """

    padded: np.ndarray
    zeros: tuple
    corner: tuple
    taps: tuple
    weights: np.ndarray
    output: np.ndarray
    first: tuple
    places: tuple
    sums: np.ndarray
    value: float
    outcome: float | None

    @property
    def is_deep(self):
        """True where more channels go into the sum than are shown."""
        return len(self.sums) > self.padded.shape[2]


class ConvStepper(Stepping, Explorer):
    """Step through a convolution: window × kernel = products, and their sum.

    Args:
        image: (height, width) or (height, width, channels). Of a large one the 16 × 16 cells
            around the window are shown, of more than 4 channels one at a time; all count.
        kernel: (height, width), or (height, width, channels) for an image with channels.
        bias: added to each output value.
        stride, dilation: integers of at least 1.
        padding: "valid" or "same".
        row, column: the output value to look at.
        channel: the channel that is shown of more than 4.
        then: (name, function) of what follows in a network, such as ("relu", relu): the function
            takes all outputs, (rows, columns), and returns as many.

    Raises:
        ValueError: shapes or settings that do not fit together, with what was expected.
    """

    title = "ConvStepper"
    try_this = (
        "Press Step and watch the frame. Point at any output value to see its window. Try a "
        "kernel of ones, then stride 2, then padding same."
    )

    def __init__(self, image, kernel, bias=0.0, stride=1, padding="valid", dilation=1, row=0,
                 column=0, channel=0, then=None):
        self.image = _with_channels("image", numbers("image", image))
        self.then = then
        self._whole = {}
        self._name = f"course-{secrets.token_hex(3)}"  # of its tables: see `_marks`
        kernel, bias = numbers("kernel", kernel), _as_bias(bias)
        super().__init__(State(kernel, bias, stride, padding, dilation, row, column, channel))

    @property
    def front(self):
        """The browser shows it by itself, but for many channels and what follows in a network."""
        return None if self.then or self.image.shape[2] > DEEPEST else "stepper"

    def compute(self, state):
        weights = _with_channels("kernel", state.kernel)
        zeros, output, outcome = self._outputs(weights, state)
        require_place(state, output.shape)
        require_whole("channel", state.channel, self.image.shape[2] - 1)
        place = (state.row, state.column)
        spans = [state.dilation * (size - 1) + 1 for size in weights.shape[:2]]
        _require_readable(spans)
        firsts = [at * state.stride - before for at, (before, _) in zip(place, zeros)]
        sizes = self.image.shape[:2]
        pieces = [
            _piece(size, margins, first, span)
            for size, margins, first, span in zip(sizes, zeros, firsts, spans)
        ]
        taps = tuple(
            first - piece.start + state.dilation * np.arange(size)
            for first, piece, size in zip(firsts, pieces, weights.shape)
        )
        seen = [
            _outputs_inside(piece, before, span, state.stride, count)
            for piece, (before, _), span, count in zip(pieces, zeros, spans, output.shape)
        ]
        whole, margins = self._cut(pieces)
        sums = (whole[np.ix_(*taps)] * weights).sum(axis=(0, 1))
        shown = self._channels(state)
        return Step(
            whole[..., shown], margins, tuple(piece.start for piece in pieces), taps,
            weights[..., shown], output[np.ix_(*seen)], tuple(int(at[0]) for at in seen),
            output.shape, sums, output[place], None if outcome is None else float(outcome[place]),
        )

    def _outputs(self, weights, state):
        """Return (zeros of the padding, all outputs, all outcomes), kept for the next steps."""
        setting = dict(stride=state.stride, padding=state.padding, dilation=state.dilation)
        # As text: what is no number is refused below, and need not be hashable.
        key = (state.kernel.tobytes(), state.kernel.shape, state.bias, repr(setting))
        if key not in self._whole:
            axes = list(zip(self.image.shape[:2], weights.shape[:2]))
            for size, kernel in axes:
                convolution.output_size(size, kernel, **setting)  # refuses what cannot be
            output = convolution.correlate(self.image, weights[..., None], **setting)[..., 0]
            output = output + state.bias
            outcome = np.asarray(self.then[1](output)) if self.then else None
            self._whole = {key: (self._zeros(axes, state), output, outcome)}
        return self._whole[key]

    def _channels(self, state):
        channels = self.image.shape[2]
        return slice(None) if channels <= DEEPEST else slice(state.channel, state.channel + 1)

    def _cut(self, pieces):
        """Return a piece of the padded image, and its ((top, bottom), (left, right)) padding."""
        sizes = self.image.shape[:2]
        margins = tuple(
            (max(-piece.start, 0), max(piece.stop - size, 0)) for piece, size in zip(pieces, sizes)
        )
        inside = tuple(
            slice(max(piece.start, 0), min(piece.stop, size)) for piece, size in zip(pieces, sizes)
        )
        return np.pad(self.image[inside], [*margins, (0, 0)]), margins

    @staticmethod
    def _zeros(axes, state):
        if state.padding == "valid":
            return [(0, 0), (0, 0)]
        return [convolution.same_padding(*axis, state.stride, state.dilation) for axis in axes]

    def settle(self, state, changes):
        """Take kernel and bias as numbers, and stay within the output."""
        if "kernel" in changes:
            state = replace(state, kernel=numbers("kernel", state.kernel))
        if "bias" in changes:
            state = replace(state, bias=_as_bias(state.bias))
        return super().settle(state, changes)

    def describe(self, data, state):
        height, width, channels = self.image.shape
        rows, columns = data.places
        size = " × ".join(str(n) for n in data.weights.shape[:2])
        then = f"; {self.then[0]} makes {number(data.outcome)} of it" if self.then else ""
        return (
            f"An image of {height} × {width} values in {channels} channel{'s' * (channels > 1)}, "
            f"a {size} "
            f"kernel, stride {state.stride}, padding {state.padding}, dilation {state.dilation}, "
            f"bias {number(state.bias)}. The output has {rows} × {columns} values. "
            f"{self._piece_words(data, state)}The window of "
            f"output row {state.row}, column {state.column} is framed; it gives "
            f"{number(data.value)}{then}."
        )

    def _piece_words(self, data, state):
        """Return which part is shown, or nothing where all of it is."""
        words = []
        if self._is_large(data):
            (top, left), (height, width) = data.corner, data.padded.shape[:2]
            words += [f"rows {top} to {top + height - 1}, columns {left} to {left + width - 1}"]
        if data.is_deep:
            words += [f"channel {state.channel}"]
        return f"Shown of the image: {', '.join(words)}. ".replace("-", "−") if words else ""

    @staticmethod
    def _is_large(data):
        return data.output.shape != data.places

    def readout(self, data, state):
        then = f" Then {self.then[0]}: <b>{number(data.outcome)}</b>." if self.then else ""
        return (
            f"Row {state.row}, column {state.column}: {self._sum(data, state)} = "
            f"<b>{number(data.value)}</b>{'.' * bool(then)}{then}"
        )

    @staticmethod
    def _sum(data, state):
        """Return the sum in words: products of a small window, channel sums of a deep one."""
        patch = data.padded[np.ix_(*data.taps)]
        products = patch * data.weights
        if data.is_deep:
            text = f"the sums of {len(data.sums)} channels, together {number(data.sums.sum())}"
        elif products.shape[2] == 1 and products.size <= 9:
            pairs = zip(patch.ravel(), data.weights.ravel())
            text = " + ".join(f"{number(pixel)}×{number(weight)}" for pixel, weight in pairs)
        elif products.shape[2] == 1:
            text = f"sum of {products.size} products {number(products.sum())}"
        else:
            names = [channel_label("sum", i, len(data.sums)) for i in range(len(data.sums))]
            text = " + ".join(f"{name} {number(total)}" for name, total in zip(names, data.sums))
        return text + f" + bias {number(state.bias)}"

    @staticmethod
    def _image_name(data, state):
        return f"image, channel {state.channel}" if data.is_deep else "image"

    def draw(self, data, state):
        cell = (state.row - data.first[0], state.column - data.first[1])
        return draw.convolution_step(
            data.padded, data.zeros, data.taps, data.weights, data.output, cell,
            self.describe(data, state), state.bias, data.sums if data.is_deep else None,
            self._image_name(data, state),
        )

    def views(self, data, state):
        patch = data.padded[np.ix_(*data.taps)]
        products = patch * data.weights
        signed = looks_signed(data.weights) or looks_signed(data.output)
        tall = data.padded.shape[0]
        outside = padding_mask(data.padded.shape, data.zeros)
        image = _blocks(self._image_name(data, state), data.padded, tall, hatched=outside)
        output = _block("output", html.table(data.output, signed=signed), tall)
        # These three stay in one line, to be read as one equation.
        step = (
            _part(_blocks("window", patch, tall, hatched=outside[np.ix_(*data.taps)]))
            + _part(_blocks("× kernel", data.weights, tall, signed=True))
            + _part(_blocks("= products", products, tall, signed=True))
        )
        words = escape(self.describe(data, state))
        # It changes neither image nor output: what is framed in them is told here.
        return {
            "image": _figure(f"{self._name}-image", image + _hover_frames(data)),
            "output": _figure(
                f"{self._name}-output", _hover_rules(self._name, data, state) + output
            ),
            "step": _group(words, _marks(self._name, data, state) + step),
            **({"sums": _sums(data.sums, state.channel)} if data.is_deep else {}),
        }

    def controls(self):
        return {
            "row": Count("Row"),
            "column": Count("Column"),
            "stride": Count("Stride", least=1, most=8),
            "padding": Choice("Padding", convolution.PADDINGS),
            "dilation": Count("Dilation", least=1, most=8),
            "bias": Number("Bias"),
            # A kernel of many channels has too many fields: it stays as it came.
            **({"channel": Count("Channel")} if self.data.is_deep else {"kernel": KernelGrid()}),
        }

    def client_inputs(self, alone):
        return {
            "image": handed(self.image),
            "name": self._name,
            "paddings": list(convolution.PADDINGS),
            "largest": LARGEST,
            "unreadable": UNREADABLE,
            "caption": CAPTION,
            "gap": GAP,
            "pace": PACE,
            **html.client_look(),
        }

    def limits(self):
        """Return the largest row and column of the output, and of many channels the last."""
        channels = self.image.shape[2]
        return super().limits() | ({"channel": channels - 1} if self.data.is_deep else {})


def _marks(name, data, state):
    """Return the style that frames the window in each channel, and the output that it gives.

    Rules instead of classes in the cells: large tables are then neither sent nor laid out again.
    """
    rows, columns = (_every(taps) for taps in data.taps)
    row, column = (at - first + 1 for at, first in zip((state.row, state.column), data.first))
    return (
        f"<style>.{name}-image tr{rows} td{columns},"
        f".{name}-output tr:nth-child({row}) td:nth-child({column}){{{FRAME}}}</style>"
    )


def _every(taps):
    """Return the CSS that selects these rows or columns, which lie equally far apart."""
    apart = taps[1] - taps[0] if len(taps) > 1 else 1
    return f":nth-child({apart}n+{taps[0] + 1}):nth-child(-n+{taps[-1] + 1})"


def _hover_frames(data):
    """Return a frame for each channel, which `_hover_rules` places and shows."""
    pitch = _pitch(data.padded.shape[0])
    height, width = (
        (taps[-1] - taps[0] + 1) * size
        for taps, size in zip(data.taps, (html.CELL_HEIGHT, html.CELL_WIDTH))
    )
    style = f"width:{width}px;height:{height}px;margin-top"
    return "".join(
        f'<i class="course-hover" style="{style}:{CAPTION + channel * pitch}px"></i>'
        for channel in range(data.padded.shape[2])
    )


def _hover_rules(name, data, state):
    """Return the style that frames the window of the output value that is pointed at."""
    own = (state.row - data.first[0], state.column - data.first[1])
    rows, columns = (
        (int(taps[0]) + (np.arange(count) - here) * state.stride).tolist()
        for taps, count, here in zip(data.taps, data.output.shape, own)
    )
    down = [
        f".course-explorer:has(.{name}-output tr:nth-child({at}) td:hover) .{name}-image i"
        f"{{display:block;top:{row * html.CELL_HEIGHT}px}}"
        for at, row in enumerate(rows, 1)
    ]
    across = [
        f".course-explorer:has(.{name}-output td:nth-child({at}):hover) .{name}-image i"
        f"{{left:{column * html.CELL_WIDTH}px}}"
        for at, column in enumerate(columns, 1)
    ]
    return f"<style>{''.join(down + across)}</style>"


def _figure(name, content):
    return f'<figure class="course-view {name}" style="{VIEW}">{content}</figure>'


def _group(words, content):
    style = "display:flex;flex-wrap:wrap;margin:0"
    start = f'<div class="course-view" role="group" aria-label="{words}" style="{style}">'
    return f"{start}{content}</div>"


def _part(content):
    return f'<div style="{VIEW}">{content}</div>'


def _blocks(name, values, tall, **table):
    """Return an array's channels as tables under each other, each as high as `tall` cells."""
    channels = values.shape[2]
    return "".join(
        _block(channel_label(name, i, channels), html.table(values[..., i], **table), tall)
        for i in range(channels)
    )


def _block(caption, table, tall):
    return (
        f'<div style="height:{_pitch(tall)}px"><div class="caption" '
        f'style="height:{CAPTION}px">{caption}</div>{table}</div>'
    )


def _pitch(tall):
    """Return the pixels from one channel's caption to the next one's."""
    return CAPTION + tall * html.CELL_HEIGHT + GAP


def _with_channels(what, values):
    values = values[..., None] if values.ndim == 2 else values
    if values.ndim != 3 or 0 in values.shape:
        raise ValueError(
            f"Expected {what} of shape (height, width) or (height, width, channels). "
            f"Received shape {values.shape}."
        )
    return values


def _as_bias(bias):
    bias = numbers("bias", bias)
    if bias.shape:
        raise ValueError(f"Expected bias as one number. Received shape {bias.shape}.")
    return float(bias)


def _piece(size, margins, first, span):
    """Return the slice of one padded axis that is shown: all of it, or what is around a window.

    Counted from the image's first row, so that padding before it is below 0.
    """
    start, stop = -margins[0], size + margins[1]
    if stop - start <= LARGEST:
        return slice(start, stop)
    start = min(max(first + span // 2 - LARGEST // 2, start), stop - LARGEST)
    return slice(start, start + LARGEST)


def _outputs_inside(piece, before, span, stride, count):
    """Return the places along one axis of the outputs whose windows lie in the piece."""
    firsts = np.arange(count) * stride - before
    return np.flatnonzero((firsts >= piece.start) & (firsts + span <= piece.stop))


def _sums(sums, channel):
    """Return what each channel adds, as a table of lines that is read like a text."""
    lines = np.full((-(-len(sums) // LINE), LINE), np.nan)
    lines.flat[: len(sums)] = sums
    lines = lines[:, : min(len(sums), LINE)]
    place = [divmod(channel, LINE)]
    empty = np.isnan(lines)
    table = html.table(np.nan_to_num(lines), place, "now", signed=True, hatched=empty)
    name = f"sum of each channel, 0 to {len(sums) - 1}, line by line"
    return f'<div class="course-view">{_block(name, table, len(lines))}</div>'


def _require_readable(spans):
    if max(spans) > LARGEST:
        raise ValueError(UNREADABLE.format(rows=spans[0], columns=spans[1]))
