"""ConvStepper: a convolution one window at a time, every number in sight."""

import asyncio
from dataclasses import dataclass, replace
from html import escape

import numpy as np

from course_utils import draw
from course_utils.by_hand import convolution
from course_utils.draw.grids import padding_mask
from course_utils.draw.style import channel_label, looks_signed, number
from course_utils.widgets import html
from course_utils.widgets.controls import Choice, Count, KernelGrid, Number
from course_utils.widgets.explorer import Explorer, numbers
from course_utils.widgets.javascript import handed
from course_utils.widgets.running import Running

LARGEST, DEEPEST = 16, 4  # cells along a side, padding included; channels: more cannot be read
UNREADABLE = (
    f"Expected at most {LARGEST} × {LARGEST} cells with padding, and {DEEPEST} channels, so that "
    "the numbers can be read. Received {rows} × {columns} with {channels} channels: "
    "cut out a piece, as in image[100:108, 60:68]."
)
CAPTION, GAP = 22, 8  # pixels above and below each table
PACE = 0.5  # seconds between two steps of Run


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


@dataclass(frozen=True, eq=False)
class Step:
    """What is shown: the padded image, the window's rows and columns in it, and all outputs."""

    padded: np.ndarray
    zeros: tuple
    taps: tuple
    weights: np.ndarray
    output: np.ndarray
    value: float


class ConvStepper(Running, Explorer):
    """Step through a convolution: window × kernel = products, and their sum.

    Args:
        image: (height, width) or (height, width, channels), at most 16 × 16 with its padding:
            cut a piece out of a photograph.
        kernel: (height, width), or (height, width, channels) for an image with channels.
        bias: added to each output value.
        stride, dilation: integers of at least 1.
        padding: "valid" or "same".
        row, column: the output value to look at.

    Raises:
        ValueError: shapes or settings that do not fit together, with what was expected.
    """

    title = "ConvStepper"
    try_this = (
        "Press Step and watch the frame. Point at any output value to see its window. Try a "
        "kernel of ones, then stride 2, then padding same."
    )
    front = "stepper"

    def __init__(self, image, kernel, bias=0.0, stride=1, padding="valid", dilation=1, row=0,
                 column=0):
        self.image = _with_channels("image", numbers("image", image))
        kernel, bias = numbers("kernel", kernel), _as_bias(bias)
        super().__init__(State(kernel, bias, stride, padding, dilation, row, column))

    def compute(self, state):
        weights = _with_channels("kernel", state.kernel)
        setting = dict(stride=state.stride, padding=state.padding, dilation=state.dilation)
        axes = list(zip(self.image.shape[:2], weights.shape[:2]))
        for size, kernel in axes:
            convolution.output_size(size, kernel, **setting)  # refuses what cannot be
        output = convolution.correlate(self.image, weights[..., None], **setting)[..., 0]
        output = output + state.bias
        zeros = self._zeros(axes, state)
        padded = np.pad(self.image, [*zeros, (0, 0)])
        _require_readable(padded.shape)
        _require_place(state, output.shape)
        taps = tuple(
            place * state.stride + state.dilation * np.arange(size)
            for place, (_, size) in zip((state.row, state.column), axes)
        )
        return Step(padded, zeros, taps, weights, output, output[state.row, state.column])

    @staticmethod
    def _zeros(axes, state):
        if state.padding == "valid":
            return [(0, 0), (0, 0)]
        return [convolution.same_padding(*axis, state.stride, state.dilation) for axis in axes]

    def settle(self, state, changes):
        """Move a row or column that a new setting left outside back to the last one."""
        if "kernel" in changes:
            state = replace(state, kernel=numbers("kernel", state.kernel))
        if "bias" in changes:
            state = replace(state, bias=_as_bias(state.bias))
        free = {name: 0 for name in ("row", "column") if name not in changes}
        if not free:
            return state
        rows, columns = self.compute(replace(state, **free)).output.shape
        inside = dict(row=min(state.row, rows - 1), column=min(state.column, columns - 1))
        return replace(state, **{name: inside[name] for name in free})

    def step(self, by=1):
        """Move on by so many windows, row by row; after the last comes the first."""
        rows, columns = self.data.output.shape
        place = (self.state.row * columns + self.state.column + by) % (rows * columns)
        return self.set(row=place // columns, column=place % columns)

    def describe(self, data, state):
        height, width, channels = self.image.shape
        rows, columns = data.output.shape
        size = " × ".join(str(n) for n in data.weights.shape[:2])
        return (
            f"An image of {height} × {width} values in {channels} channel{'s' * (channels > 1)}, "
            f"a {size} "
            f"kernel, stride {state.stride}, padding {state.padding}, dilation {state.dilation}, "
            f"bias {number(state.bias)}. The output has {rows} × {columns} values. The window of "
            f"output row {state.row}, column {state.column} is framed; it gives "
            f"{number(data.value)}."
        )

    def readout(self, data, state):
        return (
            f"Row {state.row}, column {state.column}: {self._sum(data, state)} = "
            f"<b>{number(data.value)}</b>"
        )

    @staticmethod
    def _sum(data, state):
        """Return the sum in words: products of a small window, channel sums of a deep one."""
        products = data.padded[np.ix_(*data.taps)] * data.weights
        if products.shape[2] == 1 and products.size <= 9:
            patch = data.padded[np.ix_(*data.taps)].ravel()
            pairs = zip(patch, data.weights.ravel())
            text = " + ".join(f"{number(pixel)}×{number(weight)}" for pixel, weight in pairs)
        elif products.shape[2] == 1:
            text = f"sum of {products.size} products {number(products.sum())}"
        else:
            sums = products.sum(axis=(0, 1))
            names = [channel_label("sum", i, len(sums)) for i in range(len(sums))]
            text = " + ".join(f"{name} {number(total)}" for name, total in zip(names, sums))
        return text + f" + bias {number(state.bias)}"

    def draw(self, data, state):
        return draw.convolution_step(
            data.padded, data.zeros, data.taps, data.weights, data.output, (state.row, state.column),
            self.describe(data, state), state.bias,
        )

    def views(self, data, state):
        here = [(row, column) for row in data.taps[0] for column in data.taps[1]]
        patch = data.padded[np.ix_(*data.taps)]
        products = patch * data.weights
        # Image and output share one view: hovering an output value frames its window.
        hover = _HoverFrames(data, state)
        signed = looks_signed(data.weights) or looks_signed(data.output)
        now = [(state.row, state.column)]
        output = html.table(data.output, now, "now", hover.frames(), signed=signed)
        tall = data.padded.shape[0]
        outside = padding_mask(data.padded.shape, data.zeros)
        image = _stack("image", data.padded, tall, marked=here, hatched=outside)
        return {
            "image and output": (
                f'<figure class="course-view" aria-label="{escape(self.describe(data, state))}" '
                f'style="display:flex;margin:0 16px 0 0">'
                f'{hover.style}{image}{_block("output", output, tall)}</figure>'
            ),
            "window": _stack("window", patch, tall, hatched=outside[np.ix_(*data.taps)]),
            "kernel": _stack("× kernel", data.weights, tall, signed=True),
            "products": _stack("= products", products, tall, signed=True),
        }

    def controls(self):
        return {
            "row": Count("Row"),
            "column": Count("Column"),
            "stride": Count("Stride", least=1, most=8),
            "padding": Choice("Padding", convolution.PADDINGS),
            "dilation": Count("Dilation", least=1, most=8),
            "bias": Number("Bias"),
            "kernel": KernelGrid(),
        }

    def client_inputs(self, alone):
        return {
            "image": handed(self.image),
            "paddings": list(convolution.PADDINGS),
            "largest": LARGEST,
            "unreadable": UNREADABLE,
            "caption": CAPTION,
            "gap": GAP,
            "pace": PACE,
            **html.client_look(),
        }

    def limits(self):
        """Return the largest row and column of the present output."""
        rows, columns = self.data.output.shape
        return {"row": rows - 1, "column": columns - 1}

    def actions(self):
        return {
            "Back": lambda: self.step(-1),
            "Step": self.step,
            "Run": self.run,
            "Stop": self.stop,
        }

    async def _keep_going(self):
        # Once through and no further: an explorer that nobody looks at any more comes to rest.
        for _ in range(self.data.output.size):
            self.step()
            await asyncio.sleep(PACE)


class _HoverFrames:
    """A frame around its window for each output value, shown by the browser while hovered.

    Done in CSS, so it needs no round trip to the kernel and works in an exported page.
    """

    def __init__(self, data, state):
        self.data, self.state = data, state
        self.channels = data.padded.shape[2]
        self.style = (
            "<style>.course-hover{display:none;position:absolute;pointer-events:none;"
            "background:#D55E0033;outline:3px dashed #D55E00;outline-offset:-2px;z-index:2}"
            "td:hover>.course-hover{display:block}</style>"
        )

    def frames(self):
        """Return {(row, column): html}, one frame per channel."""
        spans = [taps[-1] - taps[0] + 1 for taps in self.data.taps]
        size = (
            f"width:{spans[1] * html.CELL_WIDTH}px;height:{spans[0] * html.CELL_HEIGHT}px"
        )
        return {place: self._frame(place, size) for place in np.ndindex(self.data.output.shape)}

    def _frame(self, place, size):
        top, left = (index * self.state.stride for index in place)
        pitch = _pitch(self.data.padded.shape[0])
        return "".join(
            f'<i class="course-hover" style="left:{left * html.CELL_WIDTH}px;'
            f'top:{CAPTION + channel * pitch + top * html.CELL_HEIGHT}px;{size}"></i>'
            for channel in range(self.channels)
        )


def _stack(name, values, tall, **table):
    """Return an array's channels as tables under each other, each as high as `tall` cells."""
    channels = values.shape[2]
    blocks = [
        _block(channel_label(name, i, channels), html.table(values[..., i], **table), tall)
        for i in range(channels)
    ]
    place = "position:static;margin:0 16px 0 0"
    return f'<div class="course-view" style="{place}">{"".join(blocks)}</div>'


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


def _require_readable(shape):
    if max(shape[:2]) > LARGEST or shape[2] > DEEPEST:
        rows, columns, channels = shape
        raise ValueError(UNREADABLE.format(rows=rows, columns=columns, channels=channels))


def _require_place(state, shape):
    for name, size in zip(("row", "column"), shape):
        place = getattr(state, name)
        if not isinstance(place, (int, np.integer)) or not 0 <= place < size:
            raise ValueError(f"Expected {name} from 0 to {size - 1}. Received {place!r}.")
