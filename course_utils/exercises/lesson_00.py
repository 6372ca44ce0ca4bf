"""Lesson 00: first exercises, on pictures as arrays, and questions on notebooks and networks."""

import numpy as np

from course_utils.exercises.exercise import Exercise
from course_utils.exercises.progress_report import progress  # noqa: F401, for the lesson's end
from course_utils.exercises.quiz import Option, Quiz

TITLE = "Start here"
LESSON = "lesson_00"

_PIXELS = 28 * 28


def _picture(seed, rows, columns):
    """Return whole numbers 0 to 240 as uint8, as MNIST stores pictures, and never its lightest.

    RandomState's stream is frozen (NEP 19), so recorded results stay true with every NumPy.
    """
    return np.random.RandomState(seed).randint(0, 241, (rows, columns)).astype(np.uint8)


def _classes(*numbers, dtype=np.uint8):
    """Return class numbers as MNIST stores them."""
    return np.array(numbers, dtype)


def _is_the_number_of_pixels(value):
    """Return None for the number of pixels in a digit, else what is amiss, without the number."""
    if value == _PIXELS:
        return None
    return (
        "Expected the number of pixels in a picture of 28 rows, each of 28 pixels; "
        f"received {float(value):g}."
    )


pixels = Exercise(
    "pixels",
    LESSON,
    "How many pixels a picture of 28 rows and 28 columns has",
    hints=[
        "One row has 28 pixels. How many have two rows?",
        "Each of the 28 rows has as many pixels as the first one. Python multiplies with `*`.",
    ],
    is_value=True,
    shape=(),
    accept=_is_the_number_of_pixels,
    when_right="This is what a right answer looks like. All others work in the same way.",
)

brightest = Exercise(
    "brightest",
    LESSON,
    "The largest value of a picture",
    hints=[
        "An array knows its largest value: it has a method that gives it.",
        "The method is called `max`. Without anything between its brackets it looks at all rows "
        "and columns.",
    ],
    cases=[
        dict(image=_picture(1, 3, 4)),
        dict(image=_picture(2, 5, 2)),
        dict(image=_picture(3, 4, 4)),
        dict(image=_picture(4, 2, 6)),
    ],
    when_right="A method without an axis looks at the whole array; remember the axis for later.",
)

crop = Exercise(
    "crop",
    LESSON,
    "A rectangle cut out of a picture",
    hints=[
        "A slice `a:b` takes the places from `a` up to, but not including, `b`.",
        "The first row is `top`. Which number comes after the last row?",
        "Rows and columns are cut in one step, with a comma between two slices; each slice ends "
        "where it starts plus a size.",
    ],
    cases=[
        dict(image=_picture(11, 5, 6), top=1, left=2, height=3, width=2),
        dict(image=_picture(12, 6, 5), top=2, left=1, height=2, width=3),
        dict(image=_picture(13, 7, 7), top=3, left=1, height=4, width=2),
        dict(image=_picture(14, 4, 6), top=0, left=3, height=2, width=3),
    ],
    when_right="Lesson 1 cuts thousands of such windows out of a photograph.",
)

ink_share = Exercise(
    "ink_share",
    LESSON,
    "The share of the pixels that are brighter than a threshold",
    hints=[
        "Compare the whole picture with the threshold at once: what comes back?",
        "An array of True and False. True counts as 1 and False as 0.",
        "A share is a count divided by the number of all pixels. The mean of ones and zeros is "
        "just that.",
    ],
    cases=[
        dict(image=_classes(*range(0, 240, 20)).reshape(3, 4), threshold=100),
        dict(image=np.array([[0, 0, 30], [90, 200, 90]], np.uint8), threshold=90),
        dict(image=np.array([[240, 0], [10, 60], [60, 5], [0, 80]], np.uint8), threshold=50),
        dict(image=np.array([[7, 0, 9, 8, 0], [0, 0, 3, 0, 2]], np.uint8), threshold=2),
    ],
    when_right="Compare, then take the mean: you will meet this step again as accuracy.",
)

invert = Exercise(
    "invert",
    LESSON,
    "Black turned into white, and white into black",
    hints=[
        "What should become of 0, and what of 255? And of 100?",
        "The old value and the new one add up to 255 at every pixel.",
        "Arithmetic with an array works on all its pixels at once: no loop is needed. Take care "
        "that no result lies below 0 on the way.",
    ],
    cases=[
        dict(image=np.array([[0, 100, 200], [255, 1, 30]], np.uint8)),
        dict(image=_picture(31, 3, 4)),
        dict(image=_picture(32, 4, 2)),
    ],
    when_right="MNIST's digits are white ink on black paper; now they look as they were written.",
)

count_right = Exercise(
    "count_right",
    LESSON,
    "How many predictions are right",
    hints=[
        "A prediction is right where it equals the label at the same place.",
        "Two arrays of one length can be compared with `==` in one step: True where they agree.",
        "True counts as 1: add the comparison up.",
    ],
    cases=[
        dict(labels=_classes(7, 2, 1, 0, 4), predictions=_classes(7, 2, 1, 8, 9, dtype=np.int64)),
        dict(labels=_classes(3, 3, 5, 6), predictions=_classes(3, 5, 3, 6, dtype=np.int64)),
        dict(labels=_classes(1, 4, 9, 5, 9, 0, 6),
             predictions=_classes(1, 4, 9, 6, 9, 6, 0, dtype=np.int64)),
        dict(labels=_classes(8, 0, 2), predictions=_classes(8, 0, 2, dtype=np.int64)),
    ],
    when_right="Divided by the number of labels, this is the accuracy: the next cell has it.",
)  # fmt: skip

quiz_order = Quiz(
    "quiz_order",
    LESSON,
    "Three cells stand below each other: `n = 3`, then `n = n + 1`, then `n * 10`. You run all "
    "three from top to bottom, then the second one once more, then the third. What does the third "
    "cell show now?",
    [
        Option("40", "that was its output before. The second cell has run twice since `n` was 3."),
        Option("30", "that would be so if the second cell had never run."),
        Option("50", "the kernel remembers `n` from run to run: 3, then 4, then 5.", True),
        Option("An error", "every name is known: `n` was given a value before it was used."),
    ],
)

quiz_restart = Quiz(
    "quiz_restart",
    LESSON,
    "A cell far down shows `digit.shape`, and it worked. You restart the kernel, then run this "
    "one cell. What happens?",
    [
        Option("It shows the shape, as before", "the page still shows the old output, but the new "
               "kernel has not run the cell that made `digit`."),
        Option("A NameError", "the new kernel knows no names: run the cells above first.", True),
        Option("The text of the cell is gone", "what is written in the notebook stays. Only what "
               "the kernel remembered is lost."),
        Option("It waits, with `[*]` beside it, until the cells above have run", "a kernel runs "
               "what you ask for, and does not know which cells stand above."),
    ],
)  # fmt: skip

quiz_uint8 = Quiz(
    "quiz_uint8",
    LESSON,
    "Two pictures are stored as `uint8`. At one place the first has the value 200 and the second "
    "100. What does their sum, `first + second`, have there?",
    [
        Option("44", "300 does not fit into 0…255, so the count begins again at 0: "
               "300 − 256 = 44. No error warns you.", True),
        Option("300", "that needs a larger type, such as `first.astype(int) + second`."),
        Option("255", "photo editors stop at the largest value; NumPy begins again at 0."),
        Option("An error, because 300 is too large", "arrays wrap around without a word, which is "
               "why pictures are turned into floats before we calculate."),
    ],
)  # fmt: skip

quiz_accuracy = Quiz(
    "quiz_accuracy",
    LESSON,
    "A network reads 1,000 digits and gets 15 of them wrong. What is its accuracy?",
    [
        Option("985", "that is how many are right: divide by how many there are."),
        Option("0.015", "that is the share it got wrong, the error rate."),
        Option("0.85", "that would be 150 wrong ones: 15 is a tenth of it."),
        Option("0.985", "985 of 1,000 are right, and accuracy is their share.", True),
    ],
)

quiz_no_digit = Quiz(
    "quiz_no_digit",
    LESSON,
    "You hand the digit reader a photograph of a cat, shrunk to 28 × 28. What comes out?",
    [
        Option("An error, because a cat is no digit", "the network only calculates: any 784 "
               "numbers give ten scores."),
        Option("Ten probabilities of 0.1, for it cannot know", "nothing in training taught it "
               "to doubt: some scores are higher than others, for a cat too."),
        Option("Ten probabilities that sum to 1", "softmax makes that of any ten scores. Nowhere "
               "among them is an answer that says: this is no digit.", True),
        Option("Probabilities near 0, all of them", "they sum to 1 by construction, so they "
               "cannot all be near 0."),
    ],
)  # fmt: skip
