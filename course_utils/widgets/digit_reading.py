"""What a network reads in a digit: its probabilities as words and bars, and the digit's steps."""

import sys
from dataclasses import dataclass
from html import escape

import numpy as np

from course_utils import datasets
from course_utils.by_hand.metrics import are_probabilities, softmax
from course_utils.draw.probabilities import share
from course_utils.draw.style import BLUE, ORANGE
from course_utils.handwriting import Digit
from course_utils.widgets import html

SHOWN = 170  # pixels on screen along the longer side of a step
SHARPEST = 2 * SHOWN  # pixels sent for it: enough for screens of twice the density
BAR = 120  # pixels on screen of a probability of 1


@dataclass(frozen=True, eq=False)
class Reading:
    """What is shown: the digit with its steps, and the probability of each class."""

    digit: Digit
    probabilities: np.ndarray

    @property
    def order(self):
        """The classes, the most probable first."""
        return np.argsort(-self.probabilities, kind="stable")


def read_digit(network, digit):
    """Return what a network makes of a digit.

    Raises:
        ValueError: a network that gives something else than 10 finite scores.
    """
    # A call: `predict` builds a pipeline for each picture, which takes ten times longer.
    scores = np.asarray(network(digit.pixels[None, ..., None], training=False), float)
    if scores.shape != (1, 10) or not np.isfinite(scores).all():
        raise ValueError(
            "Expected a network that gives 10 finite scores for a batch of shape (1, 28, 28, 1). "
            f"Received shape {scores.shape}, from {scores.min(initial=0):g} to "
            f"{scores.max(initial=0):g}: look at its last layer."
        )
    return Reading(digit, scores[0] if are_probabilities(scores) else softmax(scores[0]))


def compiled(network):
    """Return a Keras network as a graph, 6 times faster for one digit; another callable as it is.

    The graph reads the network's weights anew each time, so that training it further shows.
    """
    keras = sys.modules.get("keras")  # where nobody has loaded Keras, this is no network of its
    if keras is None or not isinstance(network, keras.Model):
        return network
    import tensorflow

    graph = tensorflow.function(lambda batch: network(batch, training=False))
    return lambda batch, training: graph(batch)


def reading_words(reading):
    """Return the readout's sentences, as HTML."""
    first, second = reading.order[:2]
    return (
        f"Read as <b>{first}</b> with probability {escape(share(reading.probabilities[first]))}. "
        f"Next comes {second} with {escape(share(reading.probabilities[second]))}."
    )


def step_view(name, picture):
    """Return one step as a picture under its name."""
    height, width = picture.shape
    stride = -(-max(height, width) // SHARPEST)
    shown = max(round(SHOWN * width / max(height, width)), 1)
    pixels = (picture[::stride, ::stride] * 255).round().astype(np.uint8)
    return html.figure(name, html.image(pixels, f"{name}, {height} × {width} pixels", shown))


def bars_view(content, description):
    """Return bars under their caption; the figure carries the explorer's description."""
    return (
        f'<figure class="course-view" aria-label="{escape(description)}">'
        f"<figcaption>probability</figcaption>{content}</figure>"
    )


def bars(reading):
    """Return a line for each class: its name, a bar, its number."""
    lines = [
        _bar(name, value, place == reading.order[0])
        for place, (name, value) in enumerate(zip(datasets.DIGIT_CLASSES, reading.probabilities))
    ]
    return f'<div style="line-height:17px">{"".join(lines)}</div>'


def _bar(name, value, is_largest):
    colour, weight = (ORANGE, "bold") if is_largest else (BLUE, "normal")
    bar = (
        f'<span style="display:inline-block;height:12px;margin:0 6px;vertical-align:middle;'
        f'width:{max(BAR * value, 1):.0f}px;background:{colour}"></span>'
    )
    return f'<div style="font-weight:{weight}">{name}{bar}{escape(share(value))}</div>'
