"""KernelLab: what a kernel does to a whole photograph."""

import random
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from course_utils import datasets, draw
from course_utils.by_hand.convolution import shift_and_add
from course_utils.by_hand.kernels import KERNELS, separate
from course_utils.draw.style import number
from course_utils.widgets import html
from course_utils.widgets.controls import Choice, KernelGrid
from course_utils.widgets.explorer import Explorer, numbers, require_name
from course_utils.widgets.javascript import handed

SHOWN = 340  # pixels on screen along the longer side
LONGEST = 256  # pixels along the longer side: larger photographs are reduced
SIZES = (3, 4, 5, 6, 7)
CUSTOM, YOURS = "my own", "your image"
COLOURS, VIEWS = ("colour", "grey"), ("as a picture", "signed")
FOUND = 0.05  # of the hidden kernel's largest weight: each weight may be off by so much
HEAVIEST = 1e6  # weights beyond it leave the range of float32 sums


@dataclass(frozen=True, eq=False)
class State:
    """What can be changed: see `KernelLab`."""

    photograph: str
    preset: str
    colours: str
    view: str
    kernel: np.ndarray
    secret: str | None = None


@dataclass(frozen=True, eq=False)
class Filtered:
    """What is shown: the pictures, how near they are, and the kernel's two factors."""

    image: np.ndarray
    output: np.ndarray
    target: np.ndarray | None
    difference: float | None
    found: bool
    factors: tuple | None


class KernelLab(Explorer):
    """Slide a kernel over a photograph: presets, or a kernel of your own from 3 × 3 to 7 × 7.

    Args:
        photograph: one of `datasets.photographs()`, or an image of your own,
            (height, width) or (height, width, 3) in 0…1.
        preset: one of `by_hand.kernels.KERNELS`.
        kernel: a kernel of your own instead, 3 to 7 values high and wide.
        colours: "colour" (each channel alone, as photo editors do) or "grey".
        view: "as a picture" (cut off at 0 and 1) or "signed" (white is 0; in colour mid-grey).
            By default signed when the kernel's values sum to 0.

    Raises:
        ValueError: an unknown name, or a kernel or image of another shape.
    """

    title = "KernelLab"
    try_this = (
        "Choose a preset, then change one number. Make the numbers sum to 0, then to 1, and watch "
        "the brightness. Guess the kernel: rebuild the hidden one from its output."
    )
    front = "lab"

    def __init__(self, photograph="camera", preset="Sobel x", kernel=None, colours="grey",
                 view=None):
        self._images, self._encoded, self._handed = {}, {}, {}
        self._own = None
        if not isinstance(photograph, str):
            self._own, photograph = _reduced(_as_photograph(photograph)), YOURS
        require_name("preset", preset, KERNELS)
        preset, kernel = (preset, KERNELS[preset]) if kernel is None else (CUSTOM, kernel)
        kernel = numbers("kernel", kernel)
        super().__init__(State(photograph, preset, colours, view or _fitting_view(kernel), kernel))

    def compute(self, state):
        require_name("preset", state.preset, [*KERNELS, CUSTOM])
        require_name("colours", state.colours, COLOURS)
        require_name("view", state.view, VIEWS)
        _require_kernel(state.kernel)
        image = self._image(state.photograph, state.colours)
        output = shift_and_add(image, state.kernel.astype(np.float32))
        target = difference = None
        if state.secret is not None:
            require_name("secret", state.secret, KERNELS)
            target = shift_and_add(image, KERNELS[state.secret].astype(np.float32))
            difference = _difference(output, target)
        found = state.secret is not None and _same(state.kernel, KERNELS[state.secret])
        return Filtered(image, output, target, difference, found, separate(state.kernel))

    def _image(self, name, colours):
        """Return the reduced photograph as float32; computed once for each pair."""
        require_name("photograph", name, self._names())
        if (name, colours) not in self._images:
            image = self._own if name == YOURS else _reduced(datasets.load_photograph(name))
            if colours == "grey":
                image = _grey(image)
            self._images[name, colours] = image
        return self._images[name, colours]

    def _names(self):
        return [*datasets.photographs(), *([YOURS] if self._own is not None else [])]

    def settle(self, state, changes):
        """A preset brings its kernel and its view; an edited kernel is no preset any more."""
        require_name("preset", state.preset, [*KERNELS, CUSTOM])
        if "preset" in changes and state.preset != CUSTOM and "kernel" not in changes:
            state = replace(state, kernel=numbers("kernel", KERNELS[state.preset]))
        elif "kernel" in changes:
            state = replace(state, kernel=numbers("kernel", state.kernel))
            if "preset" not in changes:
                state = replace(state, preset=CUSTOM)
        if "view" not in changes and "preset" in changes:
            state = replace(state, view=_fitting_view(state.kernel))
        return state

    def resize(self, size):
        """Give the kernel `size` × `size` values: zeros around it, or its middle."""
        require_name("size", size, SIZES)
        return self.set(kernel=_fitted(self.state.kernel, size))

    def guess(self, seed=None):
        """Hide a kernel and show its output: find the kernel that made it."""
        secret = random.Random(seed).choice(sorted(set(KERNELS) - {"identity"}))
        view = _fitting_view(KERNELS[secret])
        return self.set(secret=secret, preset="identity", view=view)

    def give_up(self):
        """Reveal the hidden kernel and end the game."""
        if not self.state.secret:
            raise ValueError("Expected a game in progress. Received none: press Guess first.")
        return self.set(preset=self.state.secret, secret=None)

    def describe(self, data, state):
        height, width = data.image.shape[:2]
        rows, columns = state.kernel.shape
        text = (
            f"The photograph {state.photograph} in {state.colours}, {height} × {width} pixels, "
            f"and beside it the output of the {rows} × {columns} kernel {state.preset}, "
            f"{data.output.shape[0]} × {data.output.shape[1]}, shown {state.view}. "
            f"The kernel's values sum to {number(state.kernel.sum())}."
        )
        return text + (" A third picture is the output of a hidden kernel." * bool(state.secret))

    def readout(self, data, state):
        low, high = number(data.output.min()), number(data.output.max())
        return (
            f"Output from {low} to {high}. Kernel sum {number(state.kernel.sum())}. "
            f"{_separability(state.kernel, data.factors)}{_game(data, state)}"
        )

    def draw(self, data, state):
        signed = state.view == "signed"
        if state.secret:
            yours, hidden = (html.pixels(one, signed) / 255 for one in (data.output, data.target))
            return draw.pictures(
                {"photograph": data.image, "your output": yours,
                 "the hidden kernel's output": hidden},
                self.describe(data, state),
            )
        return draw.kernel_result(
            data.image, state.kernel, data.output, state.preset, signed,
            self.describe(data, state),
        )

    def views(self, data, state):
        height, width = data.image.shape[:2]
        shown = int(SHOWN * width / max(height, width))

        def view(name, values, how, alt):
            pixels = html.pixels(values, signed=how == "signed")
            return html.figure(name, html.image(pixels, alt, shown, photograph=True))

        # The photograph itself stays: encoding it again would take as long as the output.
        source = (state.photograph, state.colours)
        if source not in self._encoded:
            alt = f"photograph {state.photograph}"
            self._encoded[source] = view("photograph", data.image, "as a picture", alt)
        hidden = "hidden kernel's output"
        return {
            "photograph": self._encoded[source],
            "output": view("output", data.output, state.view, self.describe(data, state)),
            hidden: view(hidden, data.target, state.view, hidden) if state.secret else "",
        }

    def controls(self):
        return {
            "photograph": Choice("Photograph", self._names()),
            "preset": Choice("Preset", [*KERNELS, CUSTOM]),
            "colours": Choice("Colours", COLOURS),
            "view": Choice("View", VIEWS),
            "kernel": KernelGrid(),
        }

    def client_inputs(self, alone):
        """Return what the browser needs: one photograph; another one is sent when it is chosen."""
        name = self.state.photograph
        if name not in self._handed:
            self._handed[name] = handed(self._image(name, "colour"))
        return {
            "name": name,
            "photograph": self._handed[name],
            "photographs": [name] if alone else self._names(),
            "kernels": {preset: kernel.tolist() for preset, kernel in KERNELS.items()},
            "sizes": list(SIZES),
            "custom": CUSTOM,
            "colours": list(COLOURS),
            "views": list(VIEWS),
            "luminance": datasets.LUMINANCE.tolist(),
            "found": FOUND,
            "heaviest": HEAVIEST,
            "shown": SHOWN,
            **html.client_look(),
        }

    def actions(self):
        sizes = {f"{n} × {n}": lambda n=n: self.resize(n) for n in SIZES}
        flip = {"Flip": lambda: self.set(kernel=self.state.kernel[::-1, ::-1])}
        return {**sizes, **flip, "Guess the kernel": self.guess, "Give up": self.give_up}


def _as_photograph(image):
    image = numbers("photograph", image).astype(np.float32)
    image = image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3):
        raise ValueError(
            "Expected an image of shape (height, width), or with 1 or 3 channels. Received shape "
            f"{image.shape}: image[..., :3] leaves transparency out, image[0] takes one of a batch."
        )
    if min(image.shape[:2]) < max(SIZES):
        raise ValueError(
            f"Expected an image of at least {max(SIZES)} × {max(SIZES)} pixels. "
            f"Received {image.shape[0]} × {image.shape[1]}."
        )
    if image.min() < 0 or image.max() > 1:
        raise ValueError(
            "Expected an image with values in 0…1. Received values in "
            f"{image.min():g}…{image.max():g}: divide an image of 0…255 by 255."
        )
    return image


def _grey(image):
    """Return luminance, as `datasets.load_photograph(name, grey=True)` does."""
    return image if image.ndim == 2 else (image @ datasets.LUMINANCE).astype(np.float32)


def _reduced(image):
    """Return an image of at most 256 pixels a side, float32."""
    image = image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image
    scale = LONGEST / max(image.shape[:2])
    if scale >= 1:
        return image.astype(np.float32)
    size = [max(round(n * scale), max(SIZES)) for n in image.shape[1::-1]]
    small = Image.fromarray((image * 255).round().astype(np.uint8)).resize(size, Image.BOX)
    return np.asarray(small, np.float32) / 255


def _difference(output, target):
    """Return the mean difference over the part that both outputs cover, centres aligned."""
    height, width = np.minimum(output.shape[:2], target.shape[:2])
    cuts = []
    for values in (output, target):
        top, left = (values.shape[0] - height) // 2, (values.shape[1] - width) // 2
        cuts.append(values[top : top + height, left : left + width])
    return float(np.abs(cuts[0] - cuts[1]).mean())


def _fitted(kernel, size):
    """Return a kernel as `size` × `size` values: zeros around it, or its middle."""
    wide = np.zeros((2 * max(SIZES), 2 * max(SIZES)))
    height, width = kernel.shape
    top, left = max(SIZES) - height // 2, max(SIZES) - width // 2
    wide[top : top + height, left : left + width] = kernel
    start = max(SIZES) - size // 2
    return wide[start : start + size, start : start + size]


def _same(kernel, secret):
    """Return True for the hidden kernel itself: two blurs may give nearly the same picture."""
    kernel, secret = _fitted(kernel, max(SIZES)), _fitted(secret, max(SIZES))
    return bool(np.abs(kernel - secret).max() <= FOUND * np.abs(secret).max())


def _separability(kernel, factors):
    if factors is None:
        return "Not separable: no column times row gives this kernel."
    # The last digits of a factor are noise, which must not decide how it is rounded.
    column, row = (" ".join(number(round(float(v), 9)) for v in part) for part in factors)
    return (
        f"Separable: column [{column}] times row [{row}], {sum(kernel.shape)} multiplications a "
        f"pixel instead of {kernel.size}."
    )


def _game(data, state):
    if not state.secret:
        return ""
    if data.found:
        return f" <b>Found: the hidden kernel is {state.secret}.</b>"
    return f" <b>Mean difference from the target: {data.difference:.3f}.</b>"


def _fitting_view(kernel):
    return "signed" if abs(np.sum(kernel)) < 1e-6 else "as a picture"


def _require_kernel(kernel):
    if kernel.ndim != 2 or not all(min(SIZES) <= n <= max(SIZES) for n in kernel.shape):
        raise ValueError(
            f"Expected a kernel of shape (height, width), each from {min(SIZES)} to {max(SIZES)}. "
            f"Received shape {kernel.shape}."
        )
    if np.abs(kernel).max() > HEAVIEST:
        raise ValueError(
            f"Expected numbers from {-HEAVIEST:g} to {HEAVIEST:g} in the kernel. "
            f"Received {kernel.flat[np.abs(kernel).argmax()]:g}."
        )
