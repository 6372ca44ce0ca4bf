"""Lesson 02: the exercises and questions on the layers of a CNN, and on learning a kernel."""

import numpy as np

from course_utils.by_hand.convolution import output_size
from course_utils.exercises.exercise import Exercise
from course_utils.exercises.progress_report import progress  # noqa: F401, for the lesson's end
from course_utils.exercises.quiz import Option, Quiz

TITLE = "Layers of a CNN"
LESSON = "lesson_02"


def _numbers(seed, *shape, least=0):
    """Return whole numbers from `least` to 9 as floats: short in a message, exact in any order.

    RandomState's stream is frozen (NEP 19), so recorded results stay true with every NumPy.
    """
    return np.random.RandomState(seed).randint(least, 10, shape).astype(float)


# --- ReLU and pooling ----------------------------------------------------------------------------

split_signs = Exercise(
    "split_signs",
    LESSON,
    "Two maps without negative values that keep all edges",
    hints=[
        "The first map is what `relu` keeps. What would the edges have to look like so that `relu` "
        "keeps the others?",
        "Turn the sign of every value: what was below 0 is above 0 now.",
        "The two maps have one shape; a pair of them, or `np.stack`, makes one result.",
    ],
    cases=[
        dict(edges=_numbers(1, 3, 4, least=-9)),
        dict(edges=_numbers(2, 4, 3, least=-9) / 10),
        dict(edges=_numbers(3, 3, 5, least=-9)),
        dict(edges=np.array([[-2.0, 0, 3]])),
    ],
    when_right="Nothing is lost: the first map minus the second is the map you were given.",
)

average_pool = Exercise(
    "average_pool",
    LESSON,
    "Keep the mean of each block",
    hints=[
        "It differs from `max_pool` in a single place.",
        "How many whole blocks fit along the rows, how many along the columns? Rounding down "
        "leaves out what does not fill a block.",
        "Cut out each block, as `max_pool` does, and take its `.mean()`.",
    ],
    cases=[
        dict(image=_numbers(11, 4, 6), size=2),
        dict(image=_numbers(12, 5, 7), size=2),
        dict(image=_numbers(13, 7, 6), size=3),
        dict(image=_numbers(14, 4, 4), size=4),
        dict(image=_numbers(15, 6, 8, least=-9) / 10, size=2),
    ],
    when_right="A mean lets every value count; the largest value says whether anything was there.",
)

# --- the receptive field -------------------------------------------------------------------------


def _stack(kernels, strides):
    return dict(kernels=np.array(kernels), strides=np.array(strides))


stack_field = Exercise(
    "stack_field",
    LESSON,
    "How many pixels across one value of the last layer sees",
    hints=[
        "Before the first layer, a value is a pixel: it sees 1, and its neighbour is 1 away.",
        "Go through the layers from first to last; `zip(kernels, strides)` gives both numbers.",
        "`grow_field` gives the two numbers after a layer from those before it: hand it what it "
        "gave last. In the end only the field is asked for.",
    ],
    cases=[
        _stack([3, 3], [1, 1]),
        _stack([3, 3, 2, 3], [1, 1, 2, 1]),
        _stack([5, 3, 2, 3], [2, 1, 2, 1]),
        _stack([7, 3, 3], [2, 2, 1]),
        _stack([11, 3, 5, 3, 3, 3, 3, 3], [4, 2, 1, 2, 1, 1, 1, 2]),
    ],
    when_right="The last case is AlexNet (2012) up to its last pooling: 195 of 227 pixels.",
)

# --- shapes and parameters -----------------------------------------------------------------------

_LAYERS = ("convolution_1", "convolution_2", "pooling", "convolution_3")
_LEARNING = ("convolution_1", "convolution_2", "convolution_3", "dense", "scores")


def _shapes():
    """Return rows, columns and maps after each of the first four layers."""
    first = output_size(28, 5, stride=2)
    pooled = output_size(first, 2, stride=2)
    sizes, maps = (first, first, pooled, pooled), (16, 32, 32, 64)
    return [(size, size, count) for size, count in zip(sizes, maps)]


def _parameters():
    """Return the weights and biases of each layer that learns."""
    windows = ((5, 1, 16), (3, 16, 32), (3, 32, 64))
    convolutions = [(side * side * maps + 1) * filters for side, maps, filters in windows]
    flat = int(np.prod(_shapes()[-1]))
    return [*convolutions, (flat + 1) * 64, (64 + 1) * 10]


def _shapes_complaint(shapes):
    """Return what is amiss with predicted shapes, layer by layer, without giving them away."""
    parts = ("rows", "columns", "maps")
    for name, right, given in zip(_LAYERS, _shapes(), shapes):
        for part, wanted, came in zip(parts, right, given):
            if wanted != came:
                return f"Expected another number of {part} after {name}, received {came:g}."
    return None


def _parameters_complaint(counts):
    """Return what is amiss with predicted counts, without giving them away."""
    for name, right, given in zip(_LEARNING, _parameters(), counts):
        if right != given:
            return f"Expected another number of parameters for {name}, received {given:,.0f}."
    return None


output_shapes = Exercise(
    "output_shapes",
    LESSON,
    "Rows, columns and maps after each of four layers",
    hints=[
        "Each layer reads what the one before it gives: begin with 28 × 28 and go down the list.",
        "Without zeros around it, a row of `size` pixels gives `(size - kernel) // stride + 1` "
        "values; `same` with stride 1 keeps the size.",
        "A convolution gives as many maps as it has filters. Pooling works on each map alone: "
        "half as many rows and columns, and all the maps.",
    ],
    is_value=True,
    shape=(4, 3),
    accept=_shapes_complaint,
    when_right="These are the shapes that Keras will print below.",
)

parameter_counts = Exercise(
    "parameter_counts",
    LESSON,
    "How many numbers each of five layers learns",
    hints=[
        "A filter has a weight for each place of its window in each map that it reads, and a bias.",
        "A unit of a dense layer has a weight for each number that it reads, and a bias.",
        "Flatten puts all the values of all the maps in a row: multiply the three numbers of the "
        "last shape. So many numbers does `dense` read.",
    ],
    is_value=True,
    shape=(5,),
    accept=_parameters_complaint,
    when_right="Add them up, and look where most of them are.",
)

# --- learning ------------------------------------------------------------------------------------


def _learning_case(seed, size, kernel, nudge):
    """Return a problem on which no two ways of taking slopes agree by chance."""
    target = [n - k + 1 for n, k in zip(size, kernel)]
    return dict(
        image=_numbers(seed, *size),
        target=_numbers(seed + 1, *target),
        kernel=_numbers(seed + 2, *kernel, least=-9) / 4,
        nudge=nudge,
    )


loss_slopes = Exercise(
    "loss_slopes",
    LESSON,
    "The slope of the loss for each weight, found by poking",
    hints=[
        "Begin with one weight. Make a copy of the kernel in which it is `nudge` larger, and a "
        "copy in which it is `nudge` smaller.",
        "Each copy has a loss: slide it over the image, and compare what comes out with the "
        "target. By how much do the two losses differ, and how far apart are the two weights?",
        "`kernel.copy()` makes a copy. Two loops, over rows and columns, do the same for each "
        "weight; `np.zeros(kernel.shape)` makes room for the slopes.",
    ],
    cases=[
        _learning_case(21, (5, 5), (3, 3), 0.5),
        _learning_case(31, (4, 6), (2, 3), 0.1),
        _learning_case(41, (6, 4), (3, 2), 1.0),
        _learning_case(51, (3, 3), (1, 2), 0.01),
    ],
    when_right="It is exact here for any nudge, because each weight enters the loss as a square.",
)

# --- questions -----------------------------------------------------------------------------------

quiz_second_layer = Quiz(
    "quiz_second_layer",
    LESSON,
    "A first layer gives 4 feature maps. A second `Conv2D` layer has 8 filters. What leaves it?",
    [
        Option("32 maps, one for each map and each filter", "a filter does not give a map for each "
               "map that it reads: it adds up what it finds in all of them."),
        Option("8 maps, each made of all 4", "a filter has a window of weights for each of the 4 "
               "maps, and adds everything up to one map.", True),
        Option("8 maps, each made of one of the 4", "then 4 maps could not be combined at all: "
               "such layers exist (depthwise), but `Conv2D` is none."),
        Option("12 maps, the 4 old ones and 8 new ones", "a layer hands on what it has made "
               "itself; what it has read is gone unless the network keeps it."),
    ],
)  # fmt: skip

quiz_threshold = Quiz(
    "quiz_threshold",
    LESSON,
    "At one place the products of window and kernel sum to 0.3. The bias is -0.5, and ReLU "
    "follows. What comes out?",
    [
        Option("-0.2", "that is what ReLU is given; it cuts off what lies below 0."),
        Option("0.3", "the bias comes first: it is added to the sum before ReLU sees it."),
        Option("0", "0.3 - 0.5 is below 0. With this bias only sums above 0.5 get through.", True),
        Option("0.2", "that drops the sign. ReLU gives 0 for what is negative, not its size."),
    ],
)

quiz_pooled_shape = Quiz(
    "quiz_pooled_shape",
    LESSON,
    "Eight maps of 15×15 go through `MaxPooling2D(2)`. What comes out, and how many numbers does "
    "the layer learn?",
    [
        Option("7×7, 8 maps; nothing", "7 whole blocks fit along 15 values, each map is pooled "
               "alone, and taking the largest has no weights.", True),
        Option("8×8, 8 maps; nothing", 'the last row does not fill a block. `padding="same"` would '
               "pool it too; the default is `valid`."),
        Option("7×7, 4 maps; nothing", "pooling halves rows and columns; maps are not mixed, and "
               "none is left out."),
        Option("7×7, 8 maps; 32 weights", "four places in each of eight windows, but nothing is "
               "weighed there: the largest value is picked."),
    ],
)  # fmt: skip

quiz_layers_needed = Quiz(
    "quiz_layers_needed",
    LESSON,
    "Layers of 3×3 with stride 1 and nothing else: how many does it take until one value sees all "
    "28 pixels across?",
    [
        Option("10", "28 / 3, rounded up, counts windows side by side. Stacked layers overlap, and "
               "each adds only two pixels."),
        Option("13", "they see 1 + 2 · 13 = 27 pixels: one is missing."),
        Option("28", "each layer adds a pixel on each side, so half as many are enough."),
        Option("14", "1 + 2 · 14 = 29. With stride or pooling in between, far fewer are enough.",
               True),
    ],
)

quiz_larger_pictures = Quiz(
    "quiz_larger_pictures",
    LESSON,
    "The same network is built for pictures of 56×56 in place of 28×28. Which parameter counts "
    "change?",
    [
        Option("Those of all layers but the pooling", "a filter has as many weights on a large "
               "picture as on a small one: it slides over more places."),
        Option("Only that of `dense`", "it has a weight for each of its inputs, and larger maps "
               "make more of them. `scores` still reads the 64 numbers of `dense`.", True),
        Option("Only those of the convolutions", "they slide: neither window nor maps nor filters "
               "have changed."),
        Option("Those of `dense` and `scores`", "`scores` reads the 64 numbers that `dense` gives, "
               "whatever the picture's size."),
    ],
)  # fmt: skip

quiz_turned_teacher = Quiz(
    "quiz_turned_teacher",
    LESSON,
    "The teacher now computes a true convolution: it turns Sobel x by 180 degrees before it "
    "slides. Our kernel slides as it is, and learns from the teacher's outputs. What does it "
    "become?",
    [
        Option("Sobel x with its signs turned", "it becomes the weights that the teacher slides "
               "with. Sobel x turned by 180 degrees has minus where plus was.", True),
        Option("Sobel x, as before", "then its outputs would have the wrong sign everywhere, and "
               "the loss would be large."),
        Option("Sobel y, for the kernel has been turned", "Sobel y is a quarter turn away; this is "
               "half a turn, and left and right change places."),
        Option("Nothing useful: it never fits", "the outputs were made by sliding nine numbers: "
               "there are nine numbers that fit exactly."),
    ],
)  # fmt: skip

quiz_growing_loss = Quiz(
    "quiz_growing_loss",
    LESSON,
    "The loss grows with every step. What is the first thing to try?",
    [
        Option("More steps: it will come down in the end", "each step makes it worse; more steps "
               "make it worse still."),
        Option("A larger learning rate, to get there sooner", "the steps are too long already: "
               "they land on the far side of the valley, higher up."),
        Option("A smaller learning rate", "the slope points the right way, but the step passes the "
               "lowest point and climbs the other side.", True),
        Option("Another start, for the zeros are at fault", "a bad start makes the way longer. It "
               "does not turn downhill into uphill."),
    ],
)  # fmt: skip
