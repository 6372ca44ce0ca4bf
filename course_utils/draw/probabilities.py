"""Pictures beside what a network says about them: one bar for each class."""

import numpy as np

from course_utils.by_hand.metrics import are_probabilities
from course_utils.draw.images import colouring, drawable
from course_utils.draw.shown import Shown
from course_utils.draw.style import BLUE, ORANGE, placed_figure
from course_utils.draw.words import fold, height_of, letters_in, width_of

PICTURE, BARS, NUMBER, GAP = 1.25, 1.5, 0.45, 0.25  # inches
MARGIN = 0.1  # inches left of all
LINE, WIDEST_LINE = 0.155, 0.24  # inches for each class: at least, and where there are few
FONT, TITLE = 8, 10  # points
LARGEST_WIDTH = 8.6  # inches in all
GREY = "#666666"


def probabilities(images, probabilities, classes, description):
    """Show each picture with the probability of every class; the largest stands out.

    Args:
        images: {title: picture}: (height, width), or with 1 or 3 channels; uint8, or 0…1.
        probabilities: {title: (classes,)}: for the same titles, each summing to 1.
        classes: the names of the classes.
        description: what there is to see.

    Returns:
        Shown.

    Raises:
        ValueError: no pictures, titles that differ, or rows that are no probabilities.
    """
    classes = [str(name) for name in classes]
    rows = _checked(images, probabilities, classes)
    names = max(width_of(name, FONT) for name in classes) + 0.15
    block = (PICTURE + names + BARS + NUMBER, max(len(classes) * LINE, PICTURE))
    columns = min(len(rows), max(int((LARGEST_WIDTH + GAP) / (block[0] + GAP)), 1), 2)
    titles = [fold(title, letters_in(block[0], TITLE)) for title in rows]
    head = max(height_of(title, TITLE) for title in titles) + 0.12
    lines = -(-len(rows) // columns)
    pitch = block[0] + GAP, block[1] + head + GAP / 2
    figure = placed_figure(columns * pitch[0] + MARGIN, lines * pitch[1])
    for place, (title, row) in enumerate(zip(titles, rows.values())):
        left, top = place % columns * pitch[0] + MARGIN, place // columns * pitch[1] + head
        _draw_picture(_axes(figure, (left, top), (PICTURE, block[1])), title, row[0])
        high = min(block[1], len(classes) * WIDEST_LINE)
        bars = _axes(figure, (left + PICTURE + names, top), (BARS, high))
        draw_bars(bars, row[1], classes)
    return Shown(figure, description)


def _axes(figure, corner, size):
    """Return axes of `size` inches with their upper left corner at (x, y), y downwards."""
    width, height = figure.get_size_inches()
    (x, y), (wide, high) = corner, size
    return figure.add_axes([x / width, 1 - (y + high) / height, wide / width, high / height])


def _draw_picture(axes, title, image):
    axes.imshow(image, **colouring(image))
    axes.set_anchor("N")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_color("#999999")  # a white picture ends somewhere too
    figure, box = axes.figure, axes.get_position(original=True)
    figure.text(box.x0, box.y1 + 0.05 / figure.get_figheight(), title, fontsize=TITLE, va="bottom",
                linespacing=1.1)


def draw_bars(axes, values, classes):
    """Draw one bar for each class with its number; the largest is orange and bold."""
    largest = int(np.argmax(values))
    places = np.arange(len(values))
    colours = [ORANGE if place == largest else BLUE for place in places]
    axes.barh(places, values, color=colours, height=0.75)
    axes.set(xlim=(0, 1), ylim=(len(values) - 0.5, -0.5))
    axes.set_yticks(places, classes, fontsize=FONT)
    axes.set_xticks([])
    axes.tick_params(length=0, pad=3)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.get_yticklabels()[largest].set_fontweight("bold")
    for place, value in enumerate(values):
        weight = {"fontweight": "bold"} if place == largest else {"color": GREY}
        axes.annotate(share(value), (value, place), (3, 0), textcoords="offset points",
                      va="center_baseline", fontsize=FONT, **weight)


def share(value):
    """Return a probability in two decimals; what is not 0 or 1 is not called so."""
    if 0 < value < 0.005:
        return "<0.01"
    if 0.995 <= value < 1:
        return ">0.99"
    return f"{value:.2f}"


def _checked(images, probabilities, classes):
    """Return {title: (picture, probabilities)}."""
    if not images or images.keys() != probabilities.keys():
        raise ValueError(
            "Expected one or more pictures, and probabilities under the same titles. "
            f"Received {list(images)} and {list(probabilities)}."
        )
    rows = {title: np.asarray(values, float) for title, values in probabilities.items()}
    for title, values in rows.items():
        if values.shape != (len(classes),) or not classes:
            raise ValueError(
                f"Expected {len(classes)} probabilities for {title!r}, one for each class. "
                f"Received shape {values.shape}."
            )
        if not are_probabilities(values):
            raise ValueError(
                f"Expected probabilities for {title!r}: none below 0, and 1 in all. Received "
                f"{values.min():g} to {values.max():g}, {values.sum():g} in all: "
                "logits need softmax first."
            )
    return {title: (drawable(images[title]), values) for title, values in rows.items()}
