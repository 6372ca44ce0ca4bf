"""Probabilities beside their pictures: bars as long as the numbers say, the largest first seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layout import assert_readable
from matplotlib.colors import to_hex

from course_utils import datasets, draw
from course_utils.by_hand.metrics import softmax
from course_utils.draw import style
from course_utils.draw.probabilities import share

WORDS = "Pictures and what was made of them."
RANDOM = np.random.default_rng(6)


def some(count, classes, title="picture"):
    """Return pictures and probabilities under the same titles."""
    titles = [f"{title} {n}" for n in range(count)]
    logits = RANDOM.normal(size=(count, classes)) * 3
    return dict(zip(titles, RANDOM.random((count, 28, 28)))), dict(zip(titles, softmax(logits)))


LONG = "the digit that somebody wrote with the mouse, in a hurry, number"


@pytest.mark.parametrize("classes", [range(10), datasets.FASHION_CLASSES, ["horizontal", "other"],
                                     range(30), ["only"]], ids=len)  # fmt: skip
@pytest.mark.parametrize("count", [1, 2, 5, 6])
def test_words_and_numbers_can_be_read(count, classes):
    images, chances = some(count, len(classes), LONG if count == 2 else "picture")
    picture = draw.probabilities(images, chances, classes, WORDS)
    written = assert_readable(picture)
    for title, values in chances.items():
        assert title in [text.replace("\n", " ") for text in written]
        assert {share(value) for value in values} <= set(written)
    assert {str(name) for name in classes} <= set(written)
    assert len(picture.png()) < 40_000


def test_bars_are_as_long_as_the_numbers_and_the_largest_stands_out():
    images, chances = some(3, 10)
    picture = draw.probabilities(images, chances, range(10), WORDS)
    panels = picture.figure.axes[1::2]
    for axes, values in zip(panels, chances.values(), strict=True):
        assert axes.get_xlim() == (0, 1)
        np.testing.assert_allclose([bar.get_width() for bar in axes.patches], values)
        places = [bar.get_y() + bar.get_height() / 2 for bar in axes.patches]
        np.testing.assert_allclose(places, range(10), atol=1e-9)
        assert axes.yaxis_inverted()  # class 0 above
        colours = [to_hex(bar.get_facecolor()).upper() for bar in axes.patches]
        bold = [text.get_fontweight() == "bold" for text in axes.texts]
        assert np.flatnonzero(np.array(colours) == style.ORANGE).tolist() == [values.argmax()]
        assert np.flatnonzero(bold).tolist() == [values.argmax()]
        assert set(colours) <= {style.ORANGE, style.BLUE}


def test_each_picture_stands_left_of_its_bars():
    images, chances = some(4, 10)
    chances = dict(reversed(chances.items()))
    axes = draw.probabilities(images, chances, range(10), WORDS).figure.axes
    for picture, bars in zip(axes[::2], axes[1::2], strict=True):
        left, right = picture.get_position(), bars.get_position()
        assert left.x1 < right.x0 and left.y1 == pytest.approx(right.y1)
        shown = np.asarray(picture.images[0].get_array())
        (title,) = [name for name, image in images.items() if np.allclose(image, shown, atol=1e-6)]
        np.testing.assert_allclose([bar.get_width() for bar in bars.patches], chances[title])


@pytest.mark.parametrize("value, text", [
    (0, "0.00"), (1, "1.00"), (0.5, "0.50"), (0.004, "<0.01"), (0.996, ">0.99"), (0.994, "0.99"),
    (np.float32(1e-30), "<0.01"), (1 - 1e-9, ">0.99"), (0.005, "0.01"),
])  # fmt: skip
def test_what_is_almost_certain_is_not_called_certain(value, text):
    assert share(value) == text


@given(st.floats(0, 1))
def test_numbers_are_right_to_two_decimals(value):
    text = share(value)
    if text[0] in "<>":
        assert (0 < value < 0.01) if text[0] == "<" else (0.99 < value < 1)
    else:
        assert float(text) == pytest.approx(value, abs=0.00501)


@pytest.mark.parametrize("image", [
    np.zeros((28, 28), np.uint8), np.ones((28, 28, 1)), np.ones((40, 30, 3)), np.ones((3, 200)),
    [[0, 255]],
])  # fmt: skip
def test_pictures_of_every_kind(image):
    picture = draw.probabilities({"a": image}, {"a": [0.25, 0.75]}, "xy", WORDS)
    assert_readable(picture)


def test_classes_may_be_numbers_or_come_once_only():
    for classes in (np.arange(2), iter("xy"), ("x", "y")):
        assert_readable(
            draw.probabilities({"a": np.zeros((2, 2))}, {"a": [0.5, 0.5]}, classes, WORDS)
        )


def wrong(values, title="a", image=np.zeros((4, 4)), classes="xy"):
    return {"a": image}, {title: values}, classes


@pytest.mark.parametrize("arguments, said", [
    (({}, {}, "xy"), "one or more pictures"),
    (wrong([0.5, 0.5], title="b"), r"same titles. Received \['a'\] and \['b'\]"),
    (wrong([0.5, 0.5, 0]), r"2 probabilities for 'a', one for each class. Received shape \(3,\)"),
    (wrong([[0.5, 0.5]]), r"Received shape \(1, 2\)"), (wrong([], classes=""), "Expected 0 prob"),
    (wrong([3.0, -2.0]), "logits need softmax"), (wrong([2.0, 3.0]), "5 in all: logits"),
    (wrong([np.nan, 1]), "nan in all"),
    (wrong([0.5, 0.5], image=np.zeros(4)), r"a picture of shape .* Received shape \(4,\)"),
    (wrong([0.5, 0.5], image=np.full((4, 4), 9.0)), "from 0 to 1"),
])  # fmt: skip
def test_what_is_no_probability_is_refused(arguments, said):
    with pytest.raises(ValueError, match=f"Expected.*{said}|{said}"):
        draw.probabilities(*arguments, WORDS)
