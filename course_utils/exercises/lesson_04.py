"""Lesson 04: the exercises and questions on looking inside the trained network."""

import numpy as np

from course_utils.exercises.exercise import Exercise
from course_utils.exercises.making import Made
from course_utils.exercises.progress_report import progress  # noqa: F401, for the lesson's end
from course_utils.exercises.quiz import Option, Quiz

TITLE = "Inside the network that you trained"
LESSON = "lesson_04"

# RandomState's stream is frozen (NEP 19), so recorded results stay true with every NumPy.


def _tenths(seed, *shape, least=-4.0):
    """Return numbers from `least` to 4 with one decimal: short in a message."""
    return np.random.RandomState(seed).randint(round(10 * least), 41, shape) / 10


def _distinct(seed, *shape):
    """Return numbers with one decimal around 0, no two of them equal."""
    numbers = np.random.RandomState(seed).permutation(np.prod(shape)).reshape(shape)
    return (numbers - numbers.size // 2) / 10


def _pixels(seed, *shape):
    """Return values from 0 to 1 with two decimals."""
    return np.random.RandomState(seed).randint(0, 101, shape) / 100


def _build(seed, side, filters):
    """Return a Keras network like the lesson's, but small, with one convolution for each number.

    A convolution has so many filters; pictures have `side` × `side` pixels and one channel.
    """
    import keras  # exercises load without it, and no other check needs it

    convolutions = [
        keras.layers.Conv2D(number, 3, padding="same", activation="relu", name=f"convolution_{k}")
        for k, number in enumerate(filters, start=1)
    ]
    network = keras.Sequential([
        keras.Input((side, side, 1)), *convolutions,
        keras.layers.GlobalAveragePooling2D(name="pooling"), keras.layers.Dense(2, name="scores"),
    ], name="network")  # fmt: skip
    network.set_weights([
        _tenths(seed + place, *weights.shape, least=-3.0)
        for place, weights in enumerate(network.get_weights())
    ])  # fmt: skip
    return network


def _network(seed, side, *filters):
    names = [f"convolution_{number}" for number, _ in enumerate(filters, start=1)]
    listed = ", ".join([*names, "pooling", "scores"])
    return Made(_build, (seed, side, filters), f"a small network ({listed})")


def _sixteenths(*rows):
    """Return rows of probabilities from how many sixteenths each class gets: exact as floats."""
    return np.array(rows) / 16


# --- filters learned without labels ---------------------------------------------------------------

even_out = Exercise(
    "even_out",
    LESSON,
    "Patches with mean 0 and spread 1",
    hints=[
        "Each patch is a row, and is judged by itself: along which axis do mean and spread go?",
        "`keepdims=True` keeps that axis with length 1, so that each row gets its own mean taken "
        "off, and is divided by its own spread.",
        "A patch that is the same everywhere has the spread 0, and 0 / 0 is not a number. Divide "
        "by something else there, whatever it is: what you divide is 0 anyway.",
    ],
    cases=[
        dict(patches=np.array([[1.0, 2, 3, 6], [0, 4, 4, 0], [5, 5, 5, 9]])),
        dict(patches=_tenths(1, 4, 9)),
        dict(patches=np.array([[2.0, 0, 1], [3, 3, 3], [0, 0, 0], [1, 5, 0]])),
        dict(patches=_pixels(2, 2, 5)),
    ],
    when_right="Now a faint stroke and a strong one are the same stroke: k-means will group the "
    "patches by their pattern.",
)

# --- feature maps ---------------------------------------------------------------------------------

maps_of = Exercise(
    "maps_of",
    LESSON,
    "The feature maps that a layer gives for pictures",
    hints=[
        "A deep layer does not read pictures: it reads the maps of the layer before it. So the "
        "pictures have to go in at the front, and the maps come out in the middle.",
        "A Keras network knows where it begins, `network.inputs[0]`, and each of its layers knows "
        "what it gives, `.output`. `network.get_layer(name)` finds the layer.",
        "`keras.Model(beginning, end)` is a network that shares its layers, and their weights, "
        "with the one you took beginning and end from. Call it on all the pictures.",
    ],
    cases=[
        dict(network=_network(20, 6, 2, 3), name="convolution_2", pictures=_pixels(28, 2, 6, 6, 1)),
        dict(network=_network(340, 5, 2, 1, 2), name="convolution_3",
             pictures=_pixels(348, 3, 5, 5, 1)),
        dict(network=_network(70, 4, 3), name="convolution_1", pictures=_pixels(78, 2, 4, 4, 1)),
    ],
    when_right="No layer is computed twice for it, and nothing is copied: the network inside the "
    "network has the weights that you trained.",
)  # fmt: skip

likes_best = Exercise(
    "likes_best",
    LESSON,
    "The pictures on which a filter answers most strongly",
    hints=[
        "First find one number for each picture: how strongly does the filter answer there, at the "
        "place where it answers most strongly?",
        "The maximum over two axes at once: `axis=(1, 2)` leaves the axis of the pictures.",
        "`np.argsort` gives the numbers of the pictures, the smallest value first. Turn that "
        "around, or sort the negative values, then keep the first `count`.",
    ],
    cases=[
        dict(maps=_distinct(41, 4, 2, 3), count=2),
        dict(maps=_distinct(42, 6, 3, 3), count=3),
        dict(maps=_distinct(43, 5, 2, 2), count=1),
        dict(maps=_distinct(44, 5, 4, 3) - 4.5, count=4),
    ],
    when_right="`pictures[likes_best(maps, 9)]` are then the nine that this filter likes best.",
)

# --- a picture that a filter likes ----------------------------------------------------------------

climb = Exercise(
    "climb",
    LESSON,
    "One step up the slope, for the pixels of a picture",
    hints=[
        "The slope says in which direction each pixel makes the value grow. Its size is of no use: "
        "it may be tiny or huge. Which one number measures it?",
        "Square, take the mean, then the root: divide by that, and the step is as long as `rate` "
        "says, whatever the slope. Add it, and keep the pixels within 0 to 1.",
        "Where all slopes are 0, the root is 0 as well, and 0 / 0 is not a number. A divisor that "
        "is never below some tiny number is enough.",
    ],
    cases=[
        dict(picture=_pixels(51, 2, 3), slope=_tenths(52, 2, 3), rate=0.1),
        dict(picture=_pixels(53, 3, 3), slope=_tenths(54, 3, 3, least=-2.0), rate=0.5),
        dict(picture=_pixels(55, 3, 4), slope=np.zeros((3, 4)), rate=0.2),
        dict(picture=_pixels(56, 4, 3, 1), slope=_tenths(57, 4, 3, 1) / 4, rate=0.25),
        dict(picture=_pixels(58, 2, 4), slope=_tenths(59, 2, 4) * 100, rate=0.05),
    ],
    when_right="It is gradient descent's step with the other sign, and it moves pixels in place of "
    "weights.",
)

# --- where the network looks ----------------------------------------------------------------------

grad_cam = Exercise(
    "grad_cam",
    LESSON,
    "Where in a picture the feature maps speak for a class",
    hints=[
        "Each map gets one weight: does the class gain where this map grows, or lose? The slopes "
        "of the map say so, place by place; a mean makes one number of them.",
        "Rows and columns are the axes 0 and 1: the mean over both leaves one weight for each map.",
        "Multiply each map by its weight and add the maps up, place by place, along the last "
        "axis. What speaks against the class is negative in that sum: cut it off at the end.",
    ],
    cases=[
        dict(maps=_tenths(99, 2, 3, 2, least=0), slopes=_tenths(100, 2, 3, 2)),
        dict(maps=_tenths(63, 3, 3, 3, least=0), slopes=_tenths(64, 3, 3, 3)),
        dict(maps=_tenths(65, 4, 2, 3), slopes=_tenths(66, 4, 2, 3)),
        dict(maps=_tenths(67, 2, 2, 2, least=0.5), slopes=-_tenths(68, 2, 2, 2, least=0.5)),
    ],
    when_right="These are equations 1 and 2 of the paper (Selvaraju and others, 2017).",
)

# --- where it fails -------------------------------------------------------------------------------

safe_threshold = Exercise(
    "safe_threshold",
    LESSON,
    "The threshold that refuses every mistake",
    hints=[
        "An answer is given when its probability is above the threshold. So which probability must "
        "the threshold reach for every mistake to be refused?",
        "Of each picture you need the answer, `argmax` of its row, and its certainty, `max` of its "
        "row. The answers that differ from the labels are the mistakes.",
        "The most certain mistake decides: all the others fall with it. Where there are no "
        "mistakes, nothing need be refused. `max` of nothing is an error unless you tell it where "
        "to begin.",
    ],
    cases=[
        dict(labels=np.array([1, 0, 2, 1]),
             probabilities=_sixteenths([2, 13, 1], [5, 9, 2], [3, 2, 11], [7, 4, 5])),
        dict(labels=np.array([0, 3, 2, 1, 0]),
             probabilities=_sixteenths([12, 2, 1, 1], [1, 4, 9, 2], [7, 1, 6, 2], [1, 14, 1, 0],
                                       [2, 1, 2, 11])),
        dict(labels=np.array([2, 0, 1]),
             probabilities=_sixteenths([3, 4, 9], [8, 5, 3], [1, 15, 0])),
        dict(labels=np.array([0, 1]), probabilities=_sixteenths([6, 10], [12, 4])),
        dict(labels=np.array([2, 1, 0, 2]),
             probabilities=_sixteenths([5, 5, 6], [15, 1, 0], [10, 4, 2], [1, 1, 14])),
    ],
    when_right="One mistake with a probability near 1, and hardly an answer is left: a network may "
    "be wrong and sure of it.",
)  # fmt: skip

nudge = Exercise(
    "nudge",
    LESSON,
    "Pictures moved a little in the direction in which the loss grows",
    hints=[
        "Every pixel moves by the same amount, `size`. Only the direction is taken from its "
        "slope: up, down, or not at all.",
        "`np.sign` makes 1, -1 and 0 of the slopes.",
        "The loss is to grow, so go along with the slopes. Afterwards every pixel has to be one "
        "that a picture may have, from 0 to 1.",
    ],
    cases=[
        dict(pictures=_pixels(71, 2, 3), slopes=_tenths(72, 2, 3) / 100, size=0.1),
        dict(pictures=_pixels(73, 3, 4), slopes=_tenths(74, 3, 4, least=-1.0), size=0.25),
        dict(pictures=_pixels(75, 2, 4),
             slopes=np.array([[0.0, 0.3, -0.2, 0], [-0.1, 0, 0, 0.5]]), size=0.05),
        dict(pictures=_pixels(76, 2, 3, 3, 1), slopes=_tenths(77, 2, 3, 3, 1), size=0.15),
    ],
    when_right="This is the fast gradient sign method of Goodfellow, Shlens and Szegedy (2015).",
)  # fmt: skip

# --- questions ------------------------------------------------------------------------------------

quiz_dead_filter = Quiz(
    "quiz_dead_filter",
    LESSON,
    "After ReLU, one filter's map is 0 everywhere, on all of 1,000 pictures. Its bias is −3. What "
    "can you leave out, without changing any answer to these pictures?",
    [
        Option("Nothing: on another picture the filter may well answer", "that is true, and a good "
               "reason to keep it. The question is about these pictures, on which it adds nothing "
               "to anything."),
        Option("The filter, and all the weights that read its map in the next layer", "each of "
               "those weights is multiplied by 0, so its value does not matter. On pictures of "
               "another kind the filter may answer, and then it would be missed.", True),
        Option("The filter, if its bias of −3 is added to the biases of the next layer", "the bias "
               "is added before ReLU, and ReLU has made 0 of the sum. Nothing of −3 gets through."),
        Option("Its bias only, for the bias is what keeps the filter silent", "without −3, sums "
               "from 0 to 3 get through ReLU, and the next layer reads values that it never read "
               "before: answers may change."),
    ],
)  # fmt: skip

quiz_nine_patches = Quiz(
    "quiz_nine_patches",
    LESSON,
    "From 1,000 pictures you take the nine patches on which a filter answers most strongly. All "
    "nine show a slanted stroke. What may you conclude?",
    [
        Option("It detects slanted strokes, and leaves everything else unanswered", "you have seen "
               "the nine highest values of very many. A filter may answer to other things nearly "
               "as strongly."),
        Option("It is needed to read digits with slanted strokes", "that takes another experiment: "
               "silence the filter and count the mistakes. Others may do the same work."),
        Option("It has learned this: a filter with random weights has no favourites", "every "
               "filter has nine highest values, and the patches that give them look alike, trained "
               "or not."),
        Option("Among these pictures, slanted strokes give its highest values", "no more than "
               "that. What gives it half as much, and what the network does with it, is open.",
               True),
    ],
)  # fmt: skip

quiz_softmax_slope = Quiz(
    "quiz_softmax_slope",
    LESSON,
    "The network gives a digit's class the probability p = 0.9999. You take the slope of p for "
    "each pixel, and all are nearly 0. Why, and what do you do?",
    [
        Option("The network is sure, so no pixel matters: there is nothing to see", "pixels matter "
               "as much as ever. Erase a few strokes and the answer changes; a slope tells about "
               "tiny changes only."),
        Option("The slopes have vanished on their way through the layers: take fewer layers", "the "
               "slopes of the class's logit pass through the same layers, and are not small."),
        Option("Softmax is flat here, by the factor p (1 − p): take the logit's slope", "p's slope "
               "along its own logit is 0.9999 × 0.0001, about 0.0001. The logit's slope for each "
               "pixel does not have this factor.", True),
        Option("float32 has too few digits for them: calculate in float64", "a float32 holds "
               "numbers down to 1e-38. The slopes are that small in float64, too."),
    ],
)  # fmt: skip

quiz_random_weights = Quiz(
    "quiz_random_weights",
    LESSON,
    "You draw all weights of the network anew, at random. The map that explains its answer looks "
    "just as before. What does that tell you?",
    [
        Option("The map shows the picture, such as its edges, not what was learned", "whatever the "
               "network knew is gone, and the map has not noticed. It cannot explain an answer "
               "that depends on what was learned.", True),
        Option("The map is reliable: it does not depend on chance, nor on one training",
               "the network with random weights gives other answers. A map that explains them "
               "has to be another one, too."),
        Option("The network had hardly learned anything: random weights are as good", "its share "
               "of right answers tells that, and it falls to chance. The map alone says nothing "
               "about it."),
        Option("By chance the new weights were much like those before", "in thousands of weights "
               "that does not happen. Draw once more, and the map is still the same."),
    ],
)  # fmt: skip

quiz_many_small = Quiz(
    "quiz_many_small",
    LESSON,
    "A picture has 28 × 28 = 784 pixels, and a logit's slope for each of them is 0.02 or −0.02. "
    "You move every pixel by 0.1, up or down. By how much does the logit change, if each pixel "
    "goes up where its slope is positive and down where it is negative? And by about how much if "
    "a coin decides for each pixel?",
    [
        Option("0.002, and 0.002 with coins", "that is one pixel: 0.1 × 0.02. There are 784 of "
               "them, and their changes add up."),
        Option("1.57, and about 0.06 with coins", "784 × 0.1 × 0.02 = 1.568 when all pull "
               "together. With coins most cancel; what is left grows with the root of their "
               "number: 28 × 0.1 × 0.02 = 0.056.", True),
        Option("1.57, and exactly 0 with coins", "on average over many trials it is 0. In one "
               "trial ups and downs are hardly ever equal: about 28 pixels' worth is left."),
        Option("1.57, and just as much with coins", "that holds if every change pulls in one "
               "direction. With coins about half of them pull back."),
    ],
)  # fmt: skip
