"""KernelTraining: a kernel that starts from zeros learns what another one does, step by step."""

import asyncio
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.ticker import MaxNLocator, NullFormatter

from course_utils import datasets
from course_utils.by_hand.convolution import shift_and_add
from course_utils.by_hand.kernels import KERNELS
from course_utils.by_hand.learning import learn_kernel, squared_error
from course_utils.draw.grids import draw_grid
from course_utils.draw.pictures import draw_picture
from course_utils.draw.shown import Shown
from course_utils.draw.style import BLUE, new_figure, number
from course_utils.widgets import html
from course_utils.widgets.controls import Choice, Count, KernelGrid, Number
from course_utils.widgets.explorer import Explorer, numbers, require_name
from course_utils.widgets.kernel_lab import CUSTOM
from course_utils.widgets.running import Running

SHOWN = 300  # pixels on screen along the longer side: all parts in a row of 1100
LONGEST = 96  # pixels along the longer side: a step takes less than a millisecond
MOST_STEPS, FASTEST, HEAVIEST = 1000, 100.0, 1e3
LOST = 1e6  # a loss so many times the first one has left the picture for good
FOUND, LEAST = 0.01, 1e-12  # how near each weight comes in the end; the smallest loss drawn
PACE, GROWTH = 0.15, 1.15  # seconds between two pictures of Run; so much more steps in each
CURVE = (120, 240)  # pixels of the live loss curve
PRESETS = tuple(name for name, kernel in KERNELS.items() if kernel.shape == (3, 3))


@dataclass(frozen=True, eq=False)
class State:
    """What can be changed: see `KernelTraining`."""

    photograph: str
    preset: str
    rate: float
    step: int
    kernel: np.ndarray


@dataclass(frozen=True, eq=False)
class Training:
    """What is shown: the kernel learned so far, what it gives, what it should give, all losses."""

    learned: np.ndarray
    output: np.ndarray
    target: np.ndarray
    losses: np.ndarray

    @property
    def diverged(self):
        """True where the loss grew beyond all measure, and training ended early."""
        return bool(self.losses[-1] > LOST * self.losses[0] > 0)


class KernelTraining(Running, Explorer):
    """Watch gradient descent find a kernel from a photograph and what the kernel makes of it.

    The kernel to be found, the teacher's, makes the outputs wanted. The one that learns has zeros
    at first, and changes at each step against the slope of the mean squared error.

    Args:
        photograph: one of `datasets.photographs()`; reduced to at most 96 pixels a side, in grey,
            with its mean taken off.
        preset: the teacher's kernel, one of those of 3 × 3 in `by_hand.kernels.KERNELS`.
        kernel: a kernel of your own as the teacher's instead, (3, 3).
        rate: the learning rate, above 0.
        step: how many steps have been taken, 0 to 1000.

    Raises:
        ValueError: an unknown name, or a number or kernel that cannot be.
    """

    title = "KernelTraining"
    try_this = (
        "The kernel in the fields is the teacher's: it makes the output that is wanted. Press Step "
        "a few times, then Run. Then try a learning rate of 4 and of 0.1, and a kernel of your own."
    )

    def __init__(self, photograph="coins", preset="Sobel x", kernel=None, rate=1.5, step=0):
        self._pasts = {}
        require_name("preset", preset, PRESETS)
        preset, kernel = (preset, KERNELS[preset]) if kernel is None else (CUSTOM, kernel)
        super().__init__(State(photograph, preset, rate, step, numbers("kernel", kernel)))

    def compute(self, state):
        _require_state(state)
        image = _prepared(state.photograph)
        target = shift_and_add(image, state.kernel)
        kernels, losses = self._past(state, image, target)
        learned = kernels[min(state.step, len(kernels) - 1)]
        output = shift_and_add(image, learned)
        return Training(learned, output, target, np.array(losses[: state.step + 1]))

    def _past(self, state, image, target):
        """Return all kernels and losses up to the state's step; each step is taken only once."""
        setting = (state.photograph, float(state.rate), state.kernel.tobytes())
        if setting not in self._pasts:
            start = np.zeros_like(state.kernel)
            self._pasts = {setting: ([start], [squared_error(0, target)])}
        kernels, losses = self._pasts[setting]
        while len(kernels) <= state.step and losses[-1] <= LOST * losses[0]:
            kernels.append(learn_kernel(image, target, kernels[-1], state.rate, steps=1)[-1])
            losses.append(squared_error(shift_and_add(image, kernels[-1]), target))
        return kernels, losses

    def settle(self, state, changes):
        """A preset brings its kernel; an edited kernel is no preset any more."""
        if "kernel" in changes:
            state = replace(state, kernel=numbers("kernel", state.kernel))
            return state if "preset" in changes else replace(state, preset=CUSTOM)
        if "preset" in changes and state.preset != CUSTOM:
            require_name("preset", state.preset, PRESETS)
            return replace(state, kernel=numbers("kernel", KERNELS[state.preset]))
        return state

    def take(self, steps=1):
        """Go on by so many steps, and no further than the last one."""
        return self.set(step=min(self.state.step + steps, MOST_STEPS))

    def describe(self, data, state):
        height, width = data.output.shape
        steps = "1 step" if state.step == 1 else f"{state.step} steps"
        lost = ", at which the loss grows beyond all measure," * data.diverged
        return (
            f"A 3 × 3 kernel that started from zeros, after {steps} of gradient descent at "
            f"learning rate {state.rate:g}{lost} towards the kernel {state.preset}, "
            f"whose values sum to {number(state.kernel.sum())}, on the photograph "
            f"{state.photograph}: the numbers of both, the loss at each step, and their outputs, "
            f"{height} × {width}."
        )

    def readout(self, data, state):
        if data.diverged:
            return (
                f"After {len(data.losses) - 1} steps the loss is more than {LOST:,.0f} times what "
                "it was: <b>each step goes too far. Choose a smaller learning rate.</b>"
            )
        furthest = np.abs(data.learned - state.kernel).max()
        found = " <b>Found: every weight is as near as 0.01.</b>" if furthest < FOUND else ""
        return (
            f"Step {state.step}: loss {data.losses[-1]:.2g}, at first {data.losses[0]:.2g}. The "
            f"weight that is furthest from the teacher's is {number(furthest)} away.{found}"
        )

    def draw(self, data, state):
        figure = new_figure(8, 4)
        places = figure.add_gridspec(2, 3, width_ratios=[1, 1, 1.2])
        kernels = {
            f"learned, step {len(data.losses) - 1}": data.learned,
            f"teacher's: {state.preset}": state.kernel,
        }
        maps = {"its output": data.output, "output wanted": data.target}
        for column, (title, kernel) in enumerate(kernels.items()):
            axes = figure.add_subplot(places[0, column])
            draw_grid(axes, kernel, title, signed=True, cell=0.6)
        for column, (title, values) in enumerate(maps.items()):
            axes = figure.add_subplot(places[1, column])
            draw_picture(figure, axes, title, values, signed=True)
        _draw_losses(figure.add_subplot(places[:, 2]), data.losses)
        return Shown(figure, self.describe(data, state))

    def views(self, data, state):
        words = self.describe(data, state)
        width = int(SHOWN * data.output.shape[1] / max(data.output.shape))

        def picture(name, values, alt):
            return html.figure(name, html.image(html.pixels(values, signed=True), alt, width))

        alt = "the loss at each step, falling or growing"
        curve = html.image(_curve(data.losses), alt, CURVE[1])
        return {
            "learned": html.figure("learned kernel", html.table(data.learned, signed=True)),
            "losses": html.figure("loss, each line a tenth of the one above", curve),
            "output": picture("its output", data.output, words),
            "target": picture("output wanted", data.target, "what the teacher's kernel gives"),
        }

    def controls(self):
        return {
            "photograph": Choice("Photograph", datasets.photographs()),
            "preset": Choice("Teacher", [*PRESETS, CUSTOM]),
            "rate": Number("Learning rate"),
            "step": Count("Steps", most=MOST_STEPS),
            "kernel": KernelGrid(),
        }

    def actions(self):
        return {
            "Step": self.take,
            "10 steps": lambda: self.take(10),
            "100 steps": lambda: self.take(100),
            "Run": self.run,
            "Stop": self.stop,
        }

    async def _keep_going(self):
        while not self._at_rest():
            # The first steps are seen one by one; later ones change little, so more are taken.
            self.take(max(1, int(self.state.step * (GROWTH - 1))))
            await asyncio.sleep(PACE)

    def _at_rest(self):
        near = np.abs(self.data.learned - self.state.kernel).max() < FOUND / 10
        return near or self.data.diverged or self.state.step >= MOST_STEPS


def _prepared(photograph):
    """Return a photograph in grey with every nth pixel, minus its mean: (rows, columns)."""
    image = datasets.load_photograph(photograph, grey=True)
    apart = -(-max(image.shape) // LONGEST)
    image = image[::apart, ::apart].astype(float)
    return image - image.mean()


def _draw_losses(axes, losses):
    losses = np.maximum(losses, LEAST)
    axes.plot(losses, color=BLUE, marker="." if len(losses) < 12 else "")
    axes.set_yscale("log")
    lowest, highest = np.log10([losses.min(), losses.max()])
    axes.set_ylim(10 ** np.floor(lowest), 10 ** np.ceil(highest + 0.01))
    axes.yaxis.set_minor_formatter(NullFormatter())  # within one power of ten they would crowd
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_title("loss at each step", fontsize=10)
    axes.set_xlabel("step", fontsize=9)
    axes.tick_params(labelsize=8)
    axes.grid(color="#cccccc")
    axes.spines[["top", "right"]].set_visible(False)


def _curve(losses):
    """Return the losses as a picture, (height, width) uint8: dark line, a grey line each tenth."""
    tenths = np.log10(np.maximum(losses, LEAST))
    top, bottom = np.ceil(tenths.max()) + 0.2, min(np.floor(tenths.min()), tenths.max() - 3) - 0.2
    height, width = CURVE
    pixels = np.full(CURVE, 255, np.uint8)

    def row(tenth):
        return ((top - tenth) / (top - bottom) * (height - 1)).round().astype(int)

    pixels[row(np.arange(np.ceil(bottom), top))] = 200
    columns = np.linspace(0, max(len(tenths) - 1, 1), width)
    line = row(np.interp(columns, np.arange(len(tenths)), tenths))[columns <= len(tenths) - 1]
    for column, (here, before) in enumerate(zip(line, [line[0], *line[:-1]])):
        pixels[min(here, before) : max(here, before) + 2, column] = 40
    return pixels


def _require_state(state):
    require_name("photograph", state.photograph, datasets.photographs())
    require_name("preset", state.preset, [*PRESETS, CUSTOM])
    real = (int, float, np.integer, np.floating)
    _require_number("rate as a number above 0, at most", state.rate, real, 0, FASTEST)
    whole = (int, np.integer)
    _require_number("step as a whole number from 0 to", state.step, whole, -1, MOST_STEPS)
    if state.kernel.shape != (3, 3) or np.abs(state.kernel).max() > HEAVIEST:
        raise ValueError(
            f"Expected a kernel of shape (3, 3) with numbers from {-HEAVIEST:g} to {HEAVIEST:g}. "
            f"Received shape {state.kernel.shape}, largest number "
            f"{np.abs(state.kernel).max(initial=0):g}."
        )


def _require_number(words, value, kinds, above, most):
    right_kind = isinstance(value, kinds) and not isinstance(value, bool)
    if not right_kind or not above < value <= most:
        raise ValueError(f"Expected {words} {most:g}. Received {value!r}.")
