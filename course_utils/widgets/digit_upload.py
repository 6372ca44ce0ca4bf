"""DigitUpload: a picture of the student's own, the steps to a digit, and the network's answer."""

from dataclasses import dataclass, replace

import ipywidgets
import numpy as np

from course_utils import datasets
from course_utils.draw.digit_steps import digit_steps
from course_utils.handwriting import as_digit, photographed, read_picture
from course_utils.widgets.digit_reading import (
    bars,
    bars_view,
    read_digit,
    reading_words,
    step_view,
)
from course_utils.widgets.explorer import Explorer

EXAMPLE = 0  # of MNIST's test digits: the picture to start with


@dataclass(frozen=True, eq=False)
class State:
    """What can be changed: the picture, (height, width) float32 in 0…1."""

    picture: np.ndarray


class DigitUpload(Explorer):
    """Have a network read a handwritten digit: upload a photograph, or set it from code.

    Args:
        network: a Keras model that gives 10 logits for a batch (n, 28, 28, 1) of float32 in 0…1.
            One that ends in softmax is taken as well: its probabilities stay as they are.
        picture: as `handwriting.read_picture` takes it: a path, the bytes of a file, an array. By
            default a test digit of MNIST, made to look like a photograph.

    Raises:
        ValueError: a network that gives something else, or a picture in which there is no digit.
    """

    title = "DigitUpload"
    try_this = (
        "Write a digit on white paper with a thick pen, photograph it from above, and upload the "
        "picture. Then try a thin pen, a tilted digit, a letter, your keys. (If nothing happens, "
        "the file was too large for the connection: run the cell again, and choose one below "
        "10 MB.)"
    )

    def __init__(self, network, picture=None):
        self.network = network
        if picture is None:
            (_, _), (digits, _) = datasets.load_mnist()
            picture = photographed(digits[EXAMPLE])
        super().__init__(State(_fixed(picture)))

    def compute(self, state):
        return read_digit(self.network, as_digit(state.picture))

    def settle(self, state, changes):
        """Read what was given as a picture."""
        return replace(state, picture=_fixed(state.picture)) if "picture" in changes else state

    def describe(self, data, state):
        height, width = state.picture.shape
        return (
            f"A picture of {height} × {width} pixels becomes a digit as MNIST has them, in four "
            "steps side by side: the picture as uploaded; the ink alone, white on black; the digit "
            "cut out, 20 pixels on its longer side; and the digit with its centre of mass in the "
            "middle of 28 × 28 pixels. Beside them, ten bars: the network's probability of each "
            "digit from 0 to 9."
        )

    def readout(self, data, state):
        return reading_words(data)

    def draw(self, data, state):
        return digit_steps(
            data.digit.steps, data.probabilities, datasets.DIGIT_CLASSES,
            self.describe(data, state),
        )

    def views(self, data, state):
        steps = {name: step_view(name, picture) for name, picture in data.digit.steps.items()}
        return {**steps, "probability": bars_view(bars(data), self.describe(data, state))}

    def controls(self):
        return {"picture": Upload("Upload a picture")}


class Upload:
    """A button that takes one file; ipywidgets 7 and 8 hand it over in different shapes."""

    def __init__(self, label):
        self.box = ipywidgets.FileUpload(
            description=label, accept="image/*", multiple=False,
            layout={"width": "auto", "margin": "2px 16px 2px 0"},
        )
        self._handing_over = False

    def read(self):
        """Return the bytes of the file that was chosen."""
        files = self.box.value
        (file,) = files.values() if isinstance(files, dict) else files
        return bytes(file["content"])

    def write(self, picture):
        """Forget the file where the picture came from elsewhere: it can then be chosen again."""
        if self.box.value and not self._handing_over:
            _empty(self.box)

    def on_change(self, callback):
        self.box.observe(lambda change: self._hand_over(callback), names="value")

    def _hand_over(self, callback):
        if not self.box.value:
            return
        self._handing_over = True
        try:
            callback()
        finally:
            self._handing_over = False


def _empty(box):
    if isinstance(box.value, dict):  # ipywidgets 7: the value follows these three
        box.metadata, box.data = [], []
        box._counter = 0
    else:
        box.value = ()


def _fixed(picture):
    """Return a picture as grey values of its own, which cannot be changed afterwards."""
    picture = read_picture(picture).copy()
    picture.flags.writeable = False
    return picture
