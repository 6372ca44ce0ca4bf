"""Lesson 01: the exercises and questions on convolution."""

import numpy as np

from course_utils.by_hand.convolution import slide
from course_utils.exercises.exercise import Exercise
from course_utils.exercises.progress_report import progress  # noqa: F401, for the lesson's end
from course_utils.exercises.quiz import Option, Quiz

TITLE = "Convolution"
LESSON = "lesson_01"


def _picture(seed, *shape):
    """Return whole numbers 0 to 9 as a float array: short in a message, exact in any order.

    RandomState's stream is frozen (NEP 19), so recorded results stay true with every NumPy.
    """
    return np.random.RandomState(seed).randint(0, 10, shape).astype(float)


# No kernel here equals its mirror image or its transpose: each way of turning it shows.
_SLOPE = np.array([[1.0, 2, 0], [0, -1, 3], [-2, 1, 4]])
_CORNER = np.array([[2.0, -1], [0, 3]])
_LOW = np.array([[1.0, -2, 3], [4, 0, -1]])
_TALL = np.array([[0.5, 1], [-1, 2], [3, 0.25]])

value_at = Exercise(
    "value_at",
    LESSON,
    "One value of the output",
    hints=[
        "Cut the window out of the image first. Which rows and which columns does it cover?",
        "The window is as high and as wide as the kernel, and starts at `(row, column)`. "
        "A slice `a:b` covers `b - a` places.",
        "Window and kernel have the same shape now: multiply them place by place with `*`, "
        "then add everything up.",
    ],
    cases=[
        dict(image=_picture(1, 5, 5), kernel=_SLOPE, row=1, column=2),
        dict(image=_picture(2, 4, 6), kernel=_SLOPE, row=0, column=3),
        dict(image=_picture(3, 6, 4), kernel=_LOW, row=3, column=1),
        dict(image=_picture(4, 5, 7), kernel=_TALL, row=2, column=4),
        dict(image=_picture(5, 3, 3), kernel=_SLOPE, row=0, column=0),
    ],
    when_right="Everything else in this lesson repeats this one step.",
)

shift_left = Exercise(
    "shift_left",
    LESSON,
    "A kernel that moves the picture one pixel to the left",
    hints=[
        "One weight is 1 and the others are 0. What does such a kernel copy, and from where?",
        "The output at a place has to show what the image has one place to the right of it.",
        "The middle of the kernel lies on the place itself. Put the 1 on that place's right "
        "neighbour.",
    ],
    cases=[dict(image=_picture(11, 5, 6)), dict(image=_picture(12, 4, 4))],
    is_value=True,
    shape=(3, 3),
    apply=lambda kernel, image: slide(image, kernel),
    call_text="slide(image, shift_left)",
    when_right="The kernel takes its value from the right, so the picture moves to the left.",
)

output_width = Exercise(
    "output_width",
    LESSON,
    "How many values a row of the output has",
    hints=[
        "Begin without zeros and with stride 1. At how many places can the window start?",
        "The zeros make the row longer, on the left and on the right. The last start is where "
        "the window touches the right end.",
        "With a stride, count the starts 0, stride, 2 · stride … up to the last one. A step "
        "that would pass it does not count: `//` rounds down.",
    ],
    cases=[
        dict(size=28, kernel=3, stride=1, padding=0),
        dict(size=28, kernel=3, stride=2, padding=1),
        dict(size=10, kernel=4, stride=3, padding=2),
        dict(size=32, kernel=5, stride=2, padding=0),
        dict(size=7, kernel=3, stride=3, padding=0),
        dict(size=227, kernel=11, stride=4, padding=0),
    ],
    when_right="227, 11 and 4 are the first layer of AlexNet, a famous network of 2012 (its paper "
    "misprints 224): 55 values a row.",
)

edge_strength = Exercise(
    "edge_strength",
    LESSON,
    "How strong the edge is at every place, whatever its direction",
    hints=[
        "One Sobel kernel answers to vertical edges, the other to horizontal ones. You need both "
        "answers.",
        "Take the two answers as the legs of a right triangle: the strength is the longest side.",
        "Square both maps, add them, and take the square root, all of it place by place.",
    ],
    cases=[
        dict(image=_picture(21, 5, 6)),
        dict(image=np.repeat([[0.0, 0, 0, 9, 9, 9]], 4, axis=0)),
        dict(image=np.repeat([[0.0], [0], [5], [5], [5]], 4, axis=1)),
        dict(image=np.full((4, 5), 6.0)),
        dict(image=_picture(22, 7, 4) / 10),
    ],
    when_right="A slanting edge is now as visible as a vertical or a horizontal one.",
)

colour_correlate = Exercise(
    "colour_correlate",
    LESSON,
    "Correlate a colour image with a kernel of three channels",
    hints=[
        "Each channel of the image has its own channel of the kernel. What is `image[:, :, 0]`?",
        "`slide` each channel of the image with the same channel of the kernel: three maps.",
        "The three maps have one shape. Add them place by place: one map is left.",
    ],
    cases=[
        dict(image=_picture(31, 4, 5, 3), kernel=_picture(32, 3, 3, 3) - 4),
        dict(image=_picture(33, 5, 4, 3), kernel=_picture(34, 2, 3, 3) - 4),
        dict(image=_picture(35, 3, 3, 3), kernel=_picture(36, 3, 3, 3) - 4),
        dict(image=_picture(37, 4, 6, 3) / 10, kernel=_picture(38, 3, 2, 3) - 4),
    ],
    when_right="A filter sees all channels and gives one map: 16 filters give 16 maps.",
)

count_parameters = Exercise(
    "count_parameters",
    LESSON,
    "How many numbers a Conv2D layer learns",
    hints=[
        "Count one filter first: how many weights does it have in one channel?",
        "A filter has a window of weights for each input channel, and one bias.",
        "The layer has as many filters as output channels, each with weights and a bias of its "
        "own.",
    ],
    cases=[
        dict(kernel=3, channels_in=3, channels_out=16),
        dict(kernel=5, channels_in=1, channels_out=8),
        dict(kernel=1, channels_in=64, channels_out=10),
        dict(kernel=3, channels_in=16, channels_out=32),
    ],
    when_right="The size of the image plays no part: the same filters serve every place.",
)

convolve = Exercise(
    "convolve",
    LESSON,
    "Convolution as mathematics defines it",
    hints=[
        "Convolution differs from correlation only in how the kernel lies on the image.",
        "The kernel is turned by 180 degrees: its first row comes last, and its first column too.",
        "A slice `[::-1]` turns one axis round. Do that to both axes of the kernel, then `slide`.",
    ],
    cases=[
        dict(image=_picture(41, 5, 5), kernel=_SLOPE),
        dict(image=_picture(42, 4, 6), kernel=_LOW),
        dict(image=_picture(43, 6, 4), kernel=_TALL),
        dict(image=_picture(44, 5, 4), kernel=_CORNER),
    ],
    when_right="Turned twice, the kernel is itself again: that is all that separates the two.",
)

quiz_positions = Quiz(
    "quiz_positions",
    LESSON,
    "A window of 3×3 slides along a row of 28 pixels and stays inside. "
    "How many positions does it have?",
    [
        Option("25", "28 - 3 leaves out the position at the very start. From 0 to 25 are 26."),
        Option("26", "it starts at 0, 1, … 25: the last start leaves room for three pixels.", True),
        Option("28", "the window would reach past the end: that count needs zeros around the row."),
        Option("9", "that counts windows side by side. Ours moves by one pixel and overlaps."),
    ],
)

quiz_even_wall = Quiz(
    "quiz_even_wall",
    LESSON,
    "The weights of a kernel add up to 0. What does it give on an evenly grey wall of value 0.5?",
    [
        Option("0.5 everywhere", "that is a kernel whose weights add up to 1, such as a blur."),
        Option("4.5, from nine pixels of 0.5", "that adds up the pixels without their weights, or "
               "with weights that are all 1."),
        Option("It depends on the kernel's size", "every product is weight × 0.5, and their sum is "
               "0.5 × the sum of the weights, whatever their number."),
        Option("0 everywhere", "all products share the factor 0.5, and the weights add up to 0: "
               "such a kernel sees differences only.", True),
    ],
)  # fmt: skip

quiz_same_padding = Quiz(
    "quiz_same_padding",
    LESSON,
    'Keras slides a 3×3 kernel over 28 pixels with `padding="same"` and `strides=2`. How many '
    "values come out, and where do the zeros stand?",
    [
        Option("14, with one zero at the end", "28 / 2 = 14 values. The last window starts at "
               "26 and needs pixel 28: one zero, which Keras puts after the row.", True),
        Option("28, with one zero on each side", "that is `same` with stride 1. With stride 2 the "
               "output is half as long."),
        Option("14, with one zero on each side", "other libraries do this, and it gives 14 too, "
               "but windows start one pixel earlier. Keras adds only the zero it needs: 13 steps "
               "of 2 and a window of 3 cover 29 places."),
        Option("13, with no zeros", 'that is `padding="valid"`: the last pixel stays unseen.'),
    ],
)  # fmt: skip

quiz_keras_kernel = Quiz(
    "quiz_keras_kernel",
    LESSON,
    "A `Conv2D` layer has 16 filters of 3×3 and reads an RGB image. "
    "Which shape does the layer's whole kernel array have in Keras?",
    [
        Option("(16, 3, 3)", "this forgets the colours: each filter has weights for each channel."),
        Option("(3, 3, 16)", "this forgets the colours too: a filter on RGB is 3×3×3."),
        Option("(3, 3, 3, 16)", "height, width, input channels, filters: the filters come last.",
               True),
        Option("(16, 3, 3, 3)", "all numbers are there, but in the order of another library "
               "(PyTorch): Keras puts the filters last."),
    ],
)  # fmt: skip

quiz_flipping = Quiz(
    "quiz_flipping",
    LESSON,
    "Keras calls its layer convolution, but computes correlation. Why does that do no harm?",
    [
        Option("The two give the same values", "only for kernels that are equal to themselves "
               "turned by 180 degrees. You saw them differ."),
        Option("Training finds the turned weights instead", "a layer that flips would learn the "
               "same weights, turned by 180 degrees, and give the same output.", True),
        Option("Keras flips the image instead", "nothing is flipped: the kernel lies on the window "
               "as it is stored."),
        Option("Training makes every kernel symmetric, so both agree", "nothing asks for that: a "
               "learned edge detector is not symmetric."),
    ],
)  # fmt: skip

quiz_receptive_field = Quiz(
    "quiz_receptive_field",
    LESSON,
    "Two layers of 3×3 with stride 1 are stacked. "
    "How large is the patch of the image that one output value sees?",
    [
        Option("3×3", "that much it sees of the first layer's output, whose values see 3×3 each."),
        Option("6×6", "the two windows overlap: the second one adds one pixel on each side."),
        Option("9×9", "that multiplies, as if the windows of the first layer lay side by side."),
        Option("5×5", "3×3 values of the first layer, each with one more pixel around it.", True),
    ],
)
