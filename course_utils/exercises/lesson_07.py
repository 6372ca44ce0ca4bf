"""Lesson 07: the exercises and questions on segmentation, from the dense layer to mean IoU."""

import numpy as np

from course_utils.exercises.exercise import Exercise
from course_utils.exercises.progress_report import progress  # noqa: F401, for the lesson's end
from course_utils.exercises.quiz import Option, Quiz
from course_utils.exercises.reading import NumbersOrNaN

TITLE = "Every pixel gets a class"
LESSON = "lesson_07"

# RandomState's stream is frozen (NEP 19), so recorded results stay true with every NumPy.


def _tenths(seed, *shape):
    """Return numbers from -4 to 4 with one decimal: short in a message."""
    return np.random.RandomState(seed).randint(-40, 41, shape) / 10


# --- the move -------------------------------------------------------------------------------------


def _dense(seed, height, width, channels, units):
    """Return a case: the weights of a dense layer that reads maps of this size."""
    weights = _tenths(seed, height * width * channels, units)
    return dict(weights=weights, height=height, width=width)


as_kernel = Exercise(
    "as_kernel",
    LESSON,
    "A dense layer's weights as the kernel of a convolution",
    hints=[
        "In what order does `Flatten` put the numbers of a map in a row? Try it on paper, with two "
        "rows, three columns and two channels.",
        "Row by row, in a row pixel by pixel, and of each pixel all channels. `reshape` reads and "
        "writes in just this order, so nothing has to change places.",
        "The last axis, the units, stays as it is. How many channels there are need not be known: "
        "`reshape` finds one length by itself where -1 stands for it.",
    ],
    cases=[
        dict(weights=np.arange(24.0).reshape(12, 2), height=2, width=3),
        _dense(1, 3, 2, channels=1, units=4),
        _dense(2, 2, 2, channels=3, units=1),
        _dense(3, 1, 4, channels=2, units=3),
        _dense(4, 3, 3, channels=2, units=2),
    ],
    when_right="Not one number has changed: a dense layer behind a Flatten is a convolution whose "
    "window fits once.",
)

# --- enlarging ------------------------------------------------------------------------------------

bilinear_row = Exercise(
    "bilinear_row",
    LESSON,
    "The weights of a transposed convolution that interpolates",
    hints=[
        "Draw what a single 1 among zeros becomes when it is enlarged linearly: a roof. Its top "
        "lies in the middle, and it goes down to 0 at the neighbours, `factor` pixels away.",
        "Weight number k lies some way from the middle of the row. Where is the middle of four "
        "weights, between which two? And that of five?",
        "With `np.arange(number)` less half of the last place, and `np.abs`, you have the ways. "
        "Every pixel of the way takes 1 / `factor` off the height of 1.",
    ],
    cases=[dict(factor=factor) for factor in (2, 3, 4, 5, 8, 1)],
    when_right="So each enlarged pixel is a mean of the two nearest values, weighted by how near "
    "they are. Training may begin here, and find better weights.",
)

# --- a baseline -----------------------------------------------------------------------------------


def _digits(*rows):
    """Return an image or a mask from its rows, a digit a pixel: so one sees what it shows."""
    return np.array([[int(digit) for digit in row] for row in rows])


def _nuclei(image, mask, *thresholds):
    return dict(image=image, mask=mask, thresholds=np.array(thresholds))


best_threshold = Exercise(
    "best_threshold",
    LESSON,
    "The threshold that fits a mask best",
    hints=[
        "For one threshold: which pixels are brighter? Which of them are foreground in the mask "
        "as well, and which pixels are one or the other?",
        "`&` and `|` between two arrays of True and False give what both have and what either has; "
        "`np.sum` counts. `mask == 1` makes True and False of the mask.",
        "Put the IoU of each threshold into a list. `np.argmax` says at which place the highest "
        "one stands, the first if there are several. What stands there in `thresholds`?",
    ],
    cases=[
        _nuclei(_digits("11872", "21296", "01385"), _digits("00110", "00011", "00011"),
                1, 3, 4, 6, 8),
        _nuclei(_digits("250324", "464606", "355227"), _digits("010100", "010101", "100001"),
                0, 2, 4, 6, 7, 8),
        _nuclei(_digits("6138", "4454", "5361"), _digits("1001", "1000", "1110"),
                6, 2, 8, 7, 3, 1),
        _nuclei(_digits("1248", "3690", "2581") / 10, _digits("0001", "0110", "0010"),
                0.15, 0.35, 0.55, 0.75),
        _nuclei(_digits("00000000", "01220300", "12985100", "02796530", "01346874", "00125663",
                        "00002310"),
                _digits("00000000", "00000000", "00111000", "00111000", "00001110", "00001110",
                        "00000000"), 7, 6, 5, 4, 3, 2, 1, 0),
    ],
    when_right="None of them does better where it was chosen. On another part of the picture one "
    "may: a baseline has its test split, too.",
)  # fmt: skip

# --- masks of another size ------------------------------------------------------------------------


enlarge_labels = Exercise(
    "enlarge_labels",
    LESSON,
    "A mask, enlarged",
    hints=[
        "What happens along one axis? Each row comes `factor` times, one right behind the other, "
        "before the next row begins.",
        "`np.repeat` does that, and `np.tile` does something else: try both on [1, 2]. Which axis "
        "is meant, `axis` says.",
        "First all rows, then, in what has come out, all columns.",
    ],
    cases=[
        dict(mask=_digits("013", "240"), factor=2),
        dict(mask=_digits("40", "12", "03"), factor=3),
        dict(mask=_digits("0402"), factor=2),
        dict(mask=_digits("3301", "4102"), factor=3),
        dict(mask=_digits("2", "4"), factor=5),
    ],
    when_right="No class is there that was not there before: half-way between shirt and shoe lies "
    "no dress.",
)

# --- how good a mask is ---------------------------------------------------------------------------

iou_of_classes = Exercise(
    "iou_of_classes",
    LESSON,
    "The IoU of each class, from a confusion matrix",
    hints=[
        "Take one class. Its row says where its true pixels went, its column where the pixels "
        "come from that got this answer. In which cell do the two cross, and what does it count?",
        "Row and column together hold all that is in either mask, and the cell where they cross "
        "twice.",
        "A class in neither mask has 0 / 0. NumPy gives NaN for it, with a warning: that is what "
        "is wanted. `np.where` or an `if` does it without.",
    ],
    cases=[
        dict(counts=np.array([[50, 4, 6], [2, 20, 3], [5, 1, 9]])),
        dict(counts=np.array([[30, 2, 0, 1], [3, 12, 0, 5], [0, 0, 0, 0], [4, 0, 0, 8]])),
        dict(counts=np.array([[70, 10, 4], [0, 0, 0], [6, 2, 8]])),
        dict(counts=np.array([[85, 0, 0, 0], [9, 0, 0, 1], [0, 0, 0, 0], [2, 0, 0, 3]])),
        dict(counts=np.array([[400, 0], [0, 0]])),
        dict(counts=np.array([[9, 1], [20, 70]])),
        dict(counts=np.diag([900, 40, 25, 30, 5])),
    ],
    reading=NumbersOrNaN(),
    when_right="Their mean, over the classes that have one, is the mean IoU: `np.nanmean`.",
)

# --- rare classes ---------------------------------------------------------------------------------

class_weights = Exercise(
    "class_weights",
    LESSON,
    "Weights of rare classes",
    hints=[
        "Ten times fewer pixels are to give a weight ten times higher. So what is done with the "
        "number of pixels?",
        "`np.median` of an array is its middle number, when they are sorted. Zeros are to have no "
        "say: `pixels[pixels > 0]` leaves them out.",
        "Begin with an array of zeros, floats, one for each class. Then write a weight only where "
        "there are pixels: an array of True and False chooses places on both sides of `=`.",
    ],
    cases=[
        dict(pixels=np.array([800, 100, 50, 40, 20])),
        dict(pixels=np.array([600, 30, 0, 60, 120, 0])),
        dict(pixels=np.array([0, 90, 10, 40])),
        dict(pixels=np.array([400, 0, 0])),
        dict(pixels=np.array([25, 25, 25])),
        dict(pixels=np.array([5440, 210, 480, 150, 120])),
    ],
    when_right="Weight times number of pixels is now the same for each class that occurs: none is "
    "outvoted.",
)

# --- questions ------------------------------------------------------------------------------------

quiz_map_size = Quiz(
    "quiz_map_size",
    LESSON,
    "A classifier of pictures of 28 × 28 pixels has a total stride of 4. Its dense layers have "
    "become convolutions, and it is shown a scene of 96 × 96. How many scores does it give for "
    "each class?",
    [
        Option("3 × 3", "so often 28 pixels fit side by side. Windows may overlap: the next one "
               "begins 4 pixels further on, not 28."),
        Option("18 × 18", "a window of 28 begins every 4 pixels, for the last time at pixel 68: "
               "(96 − 28) / 4 + 1 places along each side.", True),
        Option("24 × 24", "that is a score for every 4 pixels, 96 / 4. But a window begins only "
               "where all its 28 pixels fit into the scene."),
        Option("69 × 69", "that would be a window at each pixel, 96 − 28 + 1 along each side. Two "
               "neighbours lie a total stride apart."),
    ],
)  # fmt: skip

quiz_checkerboard = Quiz(
    "quiz_checkerboard",
    LESSON,
    "A transposed convolution whose weights are all 1 is shown a map of ones. With which kernel "
    "and stride do its sums leave a checkerboard, away from the edge?",
    [
        Option("4 × 4, stride 2", "along each side two stamps fall on every pixel, for 2 goes into "
               "4 twice. So each sum is 4."),
        Option("2 × 2, stride 2", "the stamps lie side by side and share nothing: each sum is 1. "
               "What is learned may still have a pattern, the same in each stamp."),
        Option("3 × 3, stride 2", "two stamps overlap by one row or column, and the next pixel has "
               "one stamp alone: the sums are 1, 2 and 4 in turn. 2 does not divide 3.", True),
        Option("6 × 6, stride 3", "along each side two stamps fall on every pixel, for 3 goes into "
               "6 twice. So each sum is 4."),
    ],
)  # fmt: skip

quiz_accuracy = Quiz(
    "quiz_accuracy",
    LESSON,
    "85 % of the pixels are background, and the rest belongs to four classes, all of which occur. "
    "A network that calls every pixel background has a pixel accuracy of 0.85. What is its mean "
    "IoU over the five classes?",
    [
        Option("0.17", "the background has an IoU of 0.85, for 15 % of what it was given is not "
               "its own. The four others have 0, and the mean of five is 0.17.", True),
        Option("0.2", "that is the mean share of the true pixels that were found: 1, and four "
               "times 0. The IoU also counts what the background was given in error."),
        Option("0.85", "that is the IoU of the background. Each class counts alike in the mean, "
               "however few pixels it has: that is what it is for."),
        Option("0", "four of the five have an IoU of 0. The background has not, and counts as a "
               "class."),
    ],
)  # fmt: skip

quiz_touching = Quiz(
    "quiz_touching",
    LESSON,
    "A network has told nuclei from the ground without a single wrong pixel. Two of the nuclei "
    "touch, and whoever counts the connected pieces of its mask counts one too few. Why?",
    [
        Option("Its scores are too coarse: with a stride of 1 the two would come apart", "no pixel "
               "is wrong, so it is as fine as the truth. In the truth the two hang together, too."),
        Option("It has seen too few nuclei that touch", "more of them would teach it the same: "
               "nucleus, on this side of the border and on that."),
        Option("The threshold of the scores is too low: above a higher one a gap would open", "the "
               "gap would be pixels of nuclei that are called ground: wrong ones. Here there is "
               "none."),
        Option("Both have the same class, and a mask of classes says no more of a pixel", "between "
               "them lies no ground, and so nothing says where one ends. Instance segmentation asks "
               "whose each pixel is; a detector draws a box around each.", True),
    ],
)  # fmt: skip
