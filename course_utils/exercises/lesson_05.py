"""Lesson 05: the exercises and questions on boxes, from sliding windows to average precision."""

import numpy as np

from course_utils.exercises.exercise import Exercise
from course_utils.exercises.progress_report import progress  # noqa: F401, for the lesson's end
from course_utils.exercises.quiz import Option, Quiz

TITLE = "Boxes"
LESSON = "lesson_05"


def _boxes(*rows):
    """Return boxes x1 y1 x2 y2 as floats: one row a box, or a single box."""
    return np.array(rows, float)


# --- windows and how far they agree ---------------------------------------------------------------

windows_of = Exercise(
    "windows_of",
    LESSON,
    "The boxes of all windows that fit into a picture",
    hints=[
        "How far down may the last window begin, if all of it is to fit? And how far to the right?",
        "`range(0, end, stride)` stops before `end`. So the end is one more than the last place "
        "where a window may begin.",
        "Row by row: the outer loop goes down, the inner one to the right. Each place gives one "
        "box, and its right and bottom edge lie `size` further on than its left and top edge.",
    ],
    cases=[
        dict(height=5, width=7, size=3, stride=2),
        dict(height=6, width=4, size=2, stride=2),
        dict(height=6, width=9, size=4, stride=3),
        dict(height=5, width=4, size=3, stride=1),
        dict(height=9, width=12, size=4, stride=4),
    ],
    when_right="There are as many of them as the output of a convolution with this kernel size and "
    "stride has values.",
)

overlap = Exercise(
    "overlap",
    LESSON,
    "The intersection over union of two boxes",
    hints=[
        "What both cover begins where the later one begins, and ends where the earlier one ends: "
        "in x, and in y by itself.",
        "If it would end before it begins, nothing is shared. A width or a height below 0 has to "
        "become 0, each before you multiply them.",
        "Both areas together count what is shared twice: take it off once, and you have the union.",
    ],
    cases=[
        dict(box=_boxes(0, 0, 4, 3), other=_boxes(2, 1, 6, 5)),
        dict(box=_boxes(0, 0, 8, 6), other=_boxes(2, 1, 4, 4)),
        dict(box=_boxes(0, 0, 2, 2), other=_boxes(5, 4, 8, 6)),
        dict(box=_boxes(7, 1, 9, 3), other=_boxes(0, 0, 4, 4)),
        dict(box=_boxes(1, 1, 4, 3), other=_boxes(4, 0, 6, 3)),
        dict(box=_boxes(3, 2, 7, 9), other=_boxes(3, 2, 7, 9)),
        dict(box=_boxes(12.5, 8, 20, 17.5), other=_boxes(10, 5.5, 15, 12)),
    ],
    when_right="All that follows is measured by it: what an anchor learns, which boxes are thinned "
    "out, and when a detection is right.",
)

# --- what an anchor learns ------------------------------------------------------------------------

task_of = Exercise(
    "task_of",
    LESSON,
    "What each anchor shall learn",
    hints=[
        "One row is one anchor. Two things of each row matter: its highest IoU, and the place of "
        "it, the number of the object.",
        "`max` and `argmax` along the axis of the objects give both. Compare the highest IoU with "
        "the two thresholds; the number of the object matters in one of three cases only.",
        "`np.where(condition, one, other)` chooses place by place, and `other` may come from a "
        "second `np.where`. Exactly `positive` is positive; exactly `negative` is no background "
        "any more.",
    ],
    cases=[
        dict(overlaps=np.array([[0.7, 0.1], [0.3, 0.2], [0.1, 0.2], [0, 0.5], [0.25, 0], [0.4, 0.6],
                                [0.2, 0.4]]), positive=0.5, negative=0.25),
        dict(overlaps=np.array([[0.76, 0.1, 0.8], [0.5, 0.3, 0.2], [0, 0, 0], [0.1, 0.75, 0.3],
                                [0.2, 0.74, 0.6], [0.49, 0.4, 0.45]]), positive=0.75, negative=0.5),
        dict(overlaps=np.array([[0.3], [0.9], [0.05], [0.5], [0.45]]),
             positive=0.5, negative=0.375),
        dict(overlaps=np.array([[0.1, 0.6, 0.5], [0.5, 0.4, 0.1], [0.2, 0.1, 0.45], [0, 0, 0.05]]),
             positive=0.5, negative=0.5),
        dict(overlaps=np.array([[0, 0.55], [0.45, 0.3], [0.1, 0.15]]),
             positive=0.625, negative=0.25),
    ],
    when_right="Most anchors of a picture are background: that is why the lesson draws as many of "
    "one kind as of the other.",
)  # fmt: skip

# --- the same digit, ten times --------------------------------------------------------------------

suppress = Exercise(
    "suppress",
    LESSON,
    "Non-maximum suppression",
    hints=[
        "Put the places of the boxes in an order first: the best score at the front. All else "
        "follows this list.",
        "The first of the list stays. Which of the others stay in the list for the next round, and "
        "when does it end?",
        "A `while` loop runs as long as the list has something in it. In each round: note the "
        "first place, compute its IoU with all boxes, keep those places after it whose IoU is not "
        "above `threshold`.",
    ],
    cases=[
        dict(boxes=_boxes([0, 0, 4, 4], [10, 0, 14, 4], [1, 0, 5, 4]),
             scores=np.array([0.7, 0.8, 0.9]), threshold=0.5),
        dict(boxes=_boxes([6, 0, 16, 10], [0, 0, 10, 10], [3, 0, 13, 10]),
             scores=np.array([0.7, 0.9, 0.8]), threshold=0.5),
        dict(boxes=_boxes([0, 0, 4, 4], [0, 0, 8, 4], [20, 0, 24, 4]),
             scores=np.array([0.6, 0.9, 0.7]), threshold=0.5),
        dict(boxes=_boxes([2, 0, 12, 10], [1, 1, 11, 11], [0, 0, 10, 10], [20, 5, 30, 15],
                          [22, 6, 32, 16], [40, 0, 44, 9]),
             scores=np.array([0.6, 0.95, 0.5, 0.85, 0.9, 0.4]), threshold=0.3),
        dict(boxes=_boxes([0, 0, 3, 3], [3, 0, 6, 3], [2, 2, 5, 5], [9, 9, 10, 10]),
             scores=np.array([0.3, 0.8, 0.5, 0.1]), threshold=0.0),
        dict(boxes=_boxes([2, 2, 6, 6], [0, 0, 8, 8], [0, 0, 8, 7], [4, 4, 12, 12]),
             scores=np.array([0.95, 0.6, 0.7, 0.65]), threshold=0.75),
    ],
    when_right="A box that has gone takes no others with it: what only it overlapped may stay.",
)  # fmt: skip

# --- how good a detector is -----------------------------------------------------------------------

_RIGHT = np.array([True, False, True, True, False, True])  # the lesson's six boxes, the best first
_OBJECTS = 5


def _area():
    """Return the area under the staircase: a step for each object, none below a later one."""
    precision = np.cumsum(_RIGHT) / np.arange(1, len(_RIGHT) + 1)
    best_from_each_on = np.maximum.accumulate(precision[::-1])[::-1]
    return best_from_each_on[_RIGHT].sum() / _OBJECTS


def _two_decimals(value):
    return np.round(value, 2)


def _is_the_area(value):
    """Return None for the area under the staircase, else what is amiss, without the number."""
    if value == _two_decimals(_area()):
        return None
    return (
        f"Expected the area of {_OBJECTS} steps, each 1/{_OBJECTS} wide and as high as the best "
        f"precision that can be had there; received {float(value):g}."
    )


on_paper = Exercise(
    "on_paper",
    LESSON,
    "Average precision on paper",
    hints=[
        "Each right box makes recall grow by one step, and wrong ones by none. So there is one "
        "step for each true object, and four of the five are reached.",
        "A step is as high as the best precision among the pairs with this recall or a higher one. "
        "The step that is never reached has the height 0.",
        "Add the five heights, and multiply by the width of a step.",
    ],
    is_value=True,
    shape=(),
    apply=_two_decimals,
    accept=_is_the_area,
    when_right="One number for six boxes: it asks that the right ones come first, and that none is "
    "missing.",
)

# --- from box to deltas ---------------------------------------------------------------------------

to_deltas = Exercise(
    "to_deltas",
    LESSON,
    "The deltas that turn an anchor into a box",
    hints=[
        "Four numbers of each box are needed: the centre, x and y, and the sizes, width and "
        "height. The centre lies half-way between two edges.",
        "The anchor is the measure of everything: the way from its centre to that of the box is "
        "divided by its width, for y by its height.",
        "`np.log` is the natural logarithm. It is taken of a quotient, the box's size over the "
        "anchor's: equal sizes give 0.",
    ],
    cases=[
        dict(box=_boxes(3, 4, 11, 6), anchor=_boxes(0, 0, 8, 4)),
        dict(box=_boxes(10, 20, 34, 52), anchor=_boxes(12, 24, 32, 44)),
        dict(box=_boxes(1.5, 4.2, 20.1, 18.6), anchor=_boxes(5.5, 3, 25.5, 13)),
        dict(box=_boxes(4, 8, 24, 32), anchor=_boxes(4, 8, 24, 32)),
        dict(box=_boxes(30, 10, 33, 50), anchor=_boxes(20, 20, 40, 40)),
    ],
    when_right="A box and an anchor that are both twice as large, and twice as far away, have the "
    "same deltas: pixels have dropped out.",
)

# --- questions ------------------------------------------------------------------------------------

quiz_how_many = Quiz(
    "quiz_how_many",
    LESSON,
    "The windows seldom fit well, so you halve the stride: a window every two pixels in place of "
    "every four. How many windows are there now, and how often is each pixel looked at?",
    [
        Option("Twice as many; each pixel twice as often", "that is so along one row of windows. "
               "There are twice as many rows, too."),
        Option("About four times as many; each pixel just as often as before", "the windows are as "
               "large as before, and lie in the same scene: more windows look at each pixel more "
               "often."),
        Option("About four times as many; each pixel four times as often", "twice as many to the "
               "right and twice as many down, but for the first of each: 2,219 in place of 596. "
               "And each pixel is looked at 256 times in place of 69. A finer grid is dear.", True),
        Option("Half as many; each pixel half as often", "the stride is the way from one window to "
               "the next: shorter steps, more windows."),
    ],
)  # fmt: skip

quiz_shifted = Quiz(
    "quiz_shifted",
    LESSON,
    "Two boxes are equally large, and one is shifted to the right by half its width. What is their "
    "IoU?",
    [
        Option("1/2", "half of one box is shared. The union is larger than one box, so the share "
               "of it is smaller."),
        Option("1/3", "half a box is shared, and both together cover one and a half.", True),
        Option("1/4", "that is half a box, divided by two boxes. What is shared would count twice "
               "in the union: take it off once."),
        Option("2/3", "of three halves, two are covered by one box alone: that is what they do "
               "not share."),
    ],
)  # fmt: skip

quiz_ignored = Quiz(
    "quiz_ignored",
    LESSON,
    "The best IoU of an anchor is 0.5, between `negative` 0.4 and `positive` 0.6. In training it "
    "is ignored. Why?",
    [
        Option("It looks much like anchors of either kind: both answers would be unfair", "one "
               "of 0.61 looks like it and shall name the digit, one of 0.39 looks like it and "
               "shall say nothing here. Left out, it contradicts neither.", True),
        Option("The network shall learn to say of such windows that it does not know", "it has no "
               "such class, and in training it never sees them. When it is used, it is asked there "
               "as well, and answers something."),
        Option("There would be too many anchors, and training would take too long", "how many take "
               "part is settled otherwise: 16 of each kind are drawn, however many there are."),
        Option("Such an anchor lies between two digits, and it is open which one is meant", "the "
               "digit of the highest IoU is meant. Around a single digit there are anchors of 0.5, "
               "too: they have caught a part of it."),
    ],
)  # fmt: skip

quiz_crowd = Quiz(
    "quiz_crowd",
    LESSON,
    "One person stands behind another, and their true boxes overlap by an IoU of 0.6. The network "
    "finds both, with boxes that fit exactly and scores of 0.9 and 0.8. What does non-maximum "
    "suppression with a threshold of 0.5 make of them?",
    [
        Option("Both stay: each is the best box of a person", "it knows boxes and scores, and no "
               "persons. The second box overlaps a better one by more than 0.5."),
        Option("One box between the two stays, with the mean of the scores", "nothing is averaged: "
               "a box stays as it is, or goes."),
        Option("Both go: each of them overlaps another one by more than the threshold", "only the "
               "box with the lower score goes. The best one of all always stays."),
        Option("The one with 0.9 stays: a person who was found is lost", "0.6 is above 0.5. With a "
               "threshold of 0.7 both would stay, and so would second boxes on one person.", True),
    ],
)  # fmt: skip

quiz_what_lowers = Quiz(
    "quiz_what_lowers",
    LESSON,
    "The detector with the six boxes of the table is changed in one thing. A box is right from an "
    "IoU of 0.5 on. Which change lowers its average precision?",
    [
        Option("All its scores are halved", "the order of the boxes is the same, and nothing else "
               "of the scores counts."),
        Option("It draws a second box on the object of the first, with a score of 0.85", "the "
               "object is found already, so the box is wrong, and it stands before three right "
               "ones: their precision falls.", True),
        Option("It draws a second box on the object of the first, with a score of 0.3", "wrong as "
               "well, but it comes last: recall has reached its end, and each step has its height "
               "already."),
        Option("Its right boxes fit less well, with an IoU of 0.6 each in place of 0.9", "0.6 is "
               "enough to be right here. One sees the difference where more is asked for, say an "
               "IoU of 0.75."),
    ],
)  # fmt: skip

quiz_logarithm = Quiz(
    "quiz_logarithm",
    LESSON,
    "Why do the deltas hold the logarithm of how many times wider and higher, and not that number "
    "itself?",
    [
        Option("So that the numbers do not depend on how many pixels the anchor has across it",
               "dividing by the anchor's size sees to that: a ratio knows no pixels."),
        Option("Because the answers of a network are logits, logarithms of probabilities", "these "
               "four numbers are no probabilities, and no softmax follows them."),
        Option("Because least squares finds weights only for numbers around 0", "it finds the best "
               "weights for any numbers, and a bias moves them where they need to be."),
        Option("Twice and half as wide are equally far from 0, and no width gets negative", "the "
               "logarithms are 0.69 and −0.69, where the ratios 2 and 1/2 lie 1 and 1/2 away from "
               "no change. And the exponential of any answer is above 0.", True),
    ],
)  # fmt: skip
