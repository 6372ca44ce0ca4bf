"""Lesson 06: the exercises and questions on a two-stage detector, and on its errors."""

import numpy as np

from course_utils.exercises.exercise import Exercise
from course_utils.exercises.making import Made
from course_utils.exercises.number_text import shape_text
from course_utils.exercises.progress_report import progress  # noqa: F401, for the lesson's end
from course_utils.exercises.quiz import Option, Quiz
from course_utils.exercises.reading import Letters, Words

TITLE = "A two-stage detector"
LESSON = "lesson_06"

# RandomState's stream is frozen (NEP 19), so recorded results stay true with every NumPy.


def _tenths(seed, *shape, least=-4.0, most=4.0):
    """Return numbers with one decimal: short in a message."""
    return np.random.RandomState(seed).randint(round(10 * least), round(10 * most) + 1, shape) / 10


# --- how detection data travels -------------------------------------------------------------------


def _as_lists(*rows):
    return [list(row) for row in rows]


def _as_arrays(*rows):
    return [np.array(row, dtype=int) for row in rows]


def _lists(make, *rows):
    """Return lists of different lengths, which no array can hold: lists or arrays themselves."""
    text = ", ".join(str(list(row)) for row in rows)
    return Made(make, rows, f"[{text}]" if make is _as_lists else f"arrays of [{text}]")


pad = Exercise(
    "pad",
    LESSON,
    "A batch of lists as one array",
    hints=[
        "How many rows and columns has the result? `len` counts the lists, and the numbers in each "
        "of them.",
        "`np.full(shape, value)` makes an array that holds the same value everywhere. Begin with "
        'one that says "no object" in all places.',
        "Then write each list over the beginning of its row: a slice of the row that is as long as "
        "the list. An empty list writes nothing.",
    ],
    cases=[
        dict(lists=_lists(_as_lists, (3, 0, 7), (5,), (1, 4))),
        dict(lists=_lists(_as_arrays, (0, 9), (), (2, 0, 6, 8), (4,))),
        dict(lists=_lists(_as_lists, (), (7,))),
        dict(lists=_lists(_as_arrays, (2, 2, 5), (8, 1, 3))),
        dict(lists=_lists(_as_arrays, (6,), (0, 1, 2, 3, 4, 5), (9, 9))),
    ],
    when_right="This is what `padded_batch` of tf.data does with the classes, and with the boxes.",
)

# --- the first stage ------------------------------------------------------------------------------

_FEW = 20  # of fewer places one cannot tell whether chance chose them


def _drawn_by_chance(places, members):
    """Return False for places that no fair draw gives: a stretch of the members, or every third.

    A fair draw gives what is called unfair here less often than once in a million times.
    """
    ranks = np.flatnonzero(np.isin(members, places))
    drawn, all_of_them = len(ranks), len(members)
    if drawn < _FEW or all_of_them < 2 * drawn:
        return True
    off_the_middle = abs(ranks.mean() - (all_of_them - 1) / 2)
    spread = np.sqrt((all_of_them + 1) * (all_of_them - drawn) / (12 * drawn))
    gaps = np.diff(ranks)
    return bool(off_the_middle < 6 * spread and gaps.std() > 0.2 * gaps.mean())


def _about_draw(drawn, positive, count, share, random):
    """Return what must hold of a draw, however it was made; other shapes stay as they are.

    How many were drawn, how many are no places of anchors, whether any came twice, how many show
    an object, and whether chance chose among the positives and among the others.
    """
    if drawn.ndim != 1:
        return drawn
    inside = (drawn >= 0) & (drawn < len(positive)) & (np.floor(drawn) == drawn)
    places = drawn[inside].astype(int)
    kinds = np.flatnonzero(positive), np.flatnonzero(~positive)
    return np.array([
        len(drawn), len(drawn) - len(places), len(set(places.tolist())) < len(places),
        positive[places].sum(), *(_drawn_by_chance(places, kind) for kind in kinds),
    ])  # fmt: skip


def _draw_complaint(about, positive, count, share, random):
    """Return what is amiss with a draw, or None."""
    if about.ndim != 1:
        return f"Expected a row of {count} places, received {shape_text(about)}."
    drawn, strange, twice, positives, fair_positives, fair_others = about
    wanted = min(int(count * share), positive.sum())
    if strange:
        return (
            f"Expected whole numbers from 0 to {len(positive) - 1}, places of anchors; received "
            f"{strange:g} that are none."
        )
    if twice:
        return "Expected each anchor at most once, received one that is drawn twice."
    if positives != wanted:
        return f"Expected {wanted} positives among the drawn, received {positives:g}."
    if drawn != count:
        return f"Expected {count} places, received {drawn:g}."
    for fair, kind in ((fair_positives, "positives"), (fair_others, "others")):
        if not fair:
            return f"Expected {kind} drawn by chance, received ones that follow a pattern."
    return None


def _draw_case(seed, anchors, positives, count, share):
    """Return a case with so many positives among so many anchors."""
    positive = np.zeros(anchors, dtype=bool)
    positive[np.random.RandomState(seed).permutation(anchors)[:positives]] = True
    random = Made(np.random.default_rng, (seed,), f"np.random.default_rng({seed})")
    return dict(positive=positive, count=count, share=share, random=random)


fair_sample = Exercise(
    "fair_sample",
    LESSON,
    "A fair sample of anchors",
    hints=[
        "There are two draws: one among the positives, one among the others. `np.flatnonzero` "
        "gives the places where an array is True.",
        "How many positives may be drawn, and how many are there? The smaller number counts, as a "
        "whole number that is not rounded up. What is missing to `count` are others.",
        "`random.choice(places, number, replace=False)` draws so many of the places, none twice; "
        "`np.concatenate` puts two arrays one behind the other.",
    ],
    cases=[
        _draw_case(1, 10, 4, 4, 0.5),
        _draw_case(2, 400, 120, 64, 0.5),
        _draw_case(3, 400, 5, 64, 0.5),
        _draw_case(4, 100, 0, 24, 0.5),
        _draw_case(5, 200, 30, 15, 0.5),
        _draw_case(6, 400, 150, 40, 1.0),
        _draw_case(7, 300, 60, 32, 0.25),
    ],
    measure=_about_draw,
    accept=_draw_complaint,
    when_right="Drawn anew for each batch, all anchors are asked sooner or later, and in each "
    "batch the positives count.",
)

# --- the second stage -----------------------------------------------------------------------------

read_between = Exercise(
    "read_between",
    LESSON,
    "The value at a place between four cells",
    hints=[
        "Go along one axis first. Between two values, `right` of the way from the left one to the "
        "right one: how much of each is in the mixture?",
        "In the upper row that gives one number, in the lower row another one. Mix these two in "
        "the same manner, by `down`.",
        "The four weights are products: (1 − right) or right, times (1 − down) or down. For the "
        "middle of the four each weight is 1/4.",
    ],
    cases=[
        dict(four=np.array([[1.0, 3], [5, 9]]), right=0.25, down=0.5),
        dict(four=_tenths(11, 2, 2), right=0.7, down=0.2),
        dict(four=_tenths(12, 2, 2), right=0.0, down=0.4),
        dict(four=_tenths(13, 2, 2), right=1.0, down=1.0),
        dict(four=_tenths(14, 2, 2), right=0.9, down=0.6),
        dict(four=np.array([[0.0, 0], [0, 8]]), right=0.5, down=0.25),
    ],
    when_right="RoIAlign reads every sample so, in each of the channels.",
)

# --- losses ---------------------------------------------------------------------------------------

smooth_l1 = Exercise(
    "smooth_l1",
    LESSON,
    "Smooth L1: round at 0, straight further out",
    hints=[
        "Both branches need the size of each error, whatever its sign: `np.abs`.",
        "An `if` asks once for the whole array. `np.where(condition, one, other)` chooses error by "
        "error.",
        "Where they meet, at the size `turn`, both branches give `turn` / 2. Try yours there: a "
        "jump tells which of them is off.",
    ],
    cases=[
        dict(errors=np.array([0.5, -0.5, 3.0, -3.0, 0.0]), turn=1.0),
        dict(errors=_tenths(21, 6), turn=2.0),
        dict(errors=_tenths(22, 2, 4, least=-1.0, most=1.0), turn=0.5),
        dict(errors=np.array([0.02, -0.08, 0.1, -0.3, 0.25]), turn=0.1),
        dict(errors=_tenths(23, 5) * 10, turn=4.0),
    ],
    when_right="Far out its slope is 1 or −1, however far: a box that is way off pulls no harder "
    "than others.",
)

# --- judged ---------------------------------------------------------------------------------------

_KINDS = Words(("right", "doubled", "wrong class", "badly placed", "nothing"))


def _detection(overlap, same_class, taken):
    return dict(overlap=overlap, same_class=same_class, taken=taken)


kind_of = Exercise(
    "kind_of",
    LESSON,
    "What kind of error a detection is",
    hints=[
        "Begin with the place: does the box lie on the object, beside it, or on nothing? Only on "
        "an object do name and `taken` count.",
        "Two comparisons divide the overlaps into three ranges; 0.1 and 0.5 themselves belong to "
        "the range above them.",
        "On an object three words are left. Ask for the name before you ask whether the object is "
        "taken: a wrong name is a wrong name, found before or not.",
    ],
    cases=[
        _detection(0.82, True, False),
        _detection(0.74, True, True),
        _detection(0.66, False, False),
        _detection(0.58, False, True),
        _detection(0.32, True, False),
        _detection(0.45, False, False),
        _detection(0.27, True, True),
        _detection(0.04, True, False),
        _detection(0.0, False, False),
        _detection(0.5, True, False),
        _detection(0.1, False, True),
        _detection(0.06, True, True),
    ],
    reading=_KINDS,
    when_right="With these words a mean becomes a list of things to do.",
)

# --- a false detector -----------------------------------------------------------------------------

_CLAIMS = Letters("abcdefgh")
_HOLDS = np.array([True, True, True, True, True, False, False, False])


def _claims_complaint(chosen):
    """Return what is amiss with a choice of claims, or None; no letter is named."""
    chosen = chosen > 0
    if np.array_equal(chosen, _HOLDS):
        return None
    letters = "".join(np.array(list(_CLAIMS.letters))[chosen])
    false, missing = (chosen & ~_HOLDS).sum(), (_HOLDS & ~chosen).sum()
    counts = [f"{false} of them false"] * bool(false) + [f"{missing} missing"] * bool(missing)
    return f'Expected all true claims and no others, received "{letters}": {", ".join(counts)}.'


true_claims = Exercise(
    "true_claims",
    LESSON,
    "What is wrong with a false Faster R-CNN",
    hints=[
        "Follow one picture with three objects through the recipe, line by line: which shape comes "
        "out of each line?",
        "Then follow the data: what is in a record, who reads it, and what would `fit` compare the "
        "scores with?",
        "Some claims sound like advice, and this lesson has done otherwise: look at how large its "
        "detector is, how it is trained, and what looked at the cat in section 6.1.",
    ],
    is_value=True,
    reading=_CLAIMS,
    accept=_claims_complaint,
    when_right="What it lacks is what this lesson has built, piece by piece.",
)

# --- questions ------------------------------------------------------------------------------------

quiz_shared_work = Quiz(
    "quiz_shared_work",
    LESSON,
    "R-CNN has 150 proposals on a photograph. What does it compute again and again, although once "
    "would be enough?",
    [
        Option("The regions of like pixels from which the proposals come", "these are computed "
               "once for the photograph, before the network is asked for the first time."),
        Option("The weights of the network, which it has to learn anew for each piece", "nothing "
               "is learned here. The weights stay as they are, for all pieces and all "
               "photographs."),
        Option("The convolutions over pixels that lie in many proposals", "the proposals overlap, "
               "and each pixel goes through all layers once for each proposal that it lies in. A "
               "feature map of the whole photograph would have served them all.", True),
        Option("The IoU of all pairs of boxes, for non-maximum suppression", "that happens once, "
               "at the end, and takes some ten thousand divisions. A single look of the network "
               "takes hundreds of millions of products."),
    ],
)  # fmt: skip

quiz_objectness = Quiz(
    "quiz_objectness",
    LESSON,
    "In another scene, of 400 anchors, 6 show an object. Suppose all of them were asked, the loss "
    "were the mean of "
    "their cross-entropies, and the network could not tell them apart yet: it gives every anchor "
    "the same probability of an object. Which one makes the loss least?",
    [
        Option("0.5: that is fair as long as it knows nothing", "the loss is then 0.69 for each "
               "anchor. Saying with some confidence that nothing is there is right 394 times, "
               "wrong 6 times, and costs less."),
        Option("0.015, the share of positives among those asked", "6/400: by saying nothing "
               "everywhere it is nearly always right, and the positives hardly have a say. Among "
               "64 that are drawn, the 6 are 9 %.", True),
        Option("0: no object is the most likely answer for each of them", "then the six positives "
               "have a probability of 0 for what is true, and the logarithm of 0 is minus "
               "infinity."),
        Option("0.1: there are ten classes, and any of them may be there", "which class it is, the "
               "first stage is not asked. A digit is a digit to it, and a place worth a look."),
    ],
)  # fmt: skip

quiz_one_sample = Quiz(
    "quiz_one_sample",
    LESSON,
    "On the ramp, one sample in the middle of each bin gives exactly what 2 × 2 samples give. Why?",
    [
        Option("One sample is always enough: more of them only cost time", "choose the map peak "
               "in the explorer: with one sample a bin can miss a cell that others of its samples "
               "would find."),
        Option("All samples of a bin lie between the same four cells", "a bin of this box is wider "
               "than a cell: its samples read different cells."),
        Option("Mixing four cells and taking the mean of four samples is the same", "the first "
               "weighs by nearness, around one place; the second takes places that lie further "
               "apart. On most maps the results differ."),
        Option("On a straight line, the mean around a middle is its value", "as much as one sample "
               "lies higher, another lies lower. Where a map bends, more samples see more of it.",
               True),
    ],
)  # fmt: skip

quiz_next_step = Quiz(
    "quiz_next_step",
    LESSON,
    "On pictures that it has not seen, a detector has an AP50 of 0.96 and an AP75 of 0.40. Where "
    "do you look first?",
    [
        Option("At the places: the losses of the boxes, the anchors, the labels", "nearly every "
               "object is found, and named rightly. Only where an IoU of 0.75 is asked for, most "
               "boxes are not good enough.", True),
        Option("At the classes: a better trunk, and more examples of what is mixed up", "a wrong "
               "name is wrong at every threshold. With many of them, AP50 would be low as well."),
        Option("At non-maximum suppression: objects are found twice", "the second box on an object "
               "counts as wrong at 0.5, too. Many of them would show in AP50."),
        Option("At the threshold of the scores: unsure detections should be left out", "average "
               "precision goes down the list from the best score on. Cutting off its end takes "
               "right ones away, and never raises it."),
    ],
)  # fmt: skip

quiz_one_stage = Quiz(
    "quiz_one_stage",
    LESSON,
    "10,000 anchors show nothing, and the network says so with a probability of 0.99. Ten show an "
    "object, and it gives that only 0.1. Their cross-entropies add up to about 100 and 23. The "
    "focal loss multiplies each of them by (1 − p)², where p is the probability of the right "
    "answer. What are the sums then?",
    [
        Option("About 1 and 21", "that is 1 − p without the square: 0.01 and 0.9."),
        Option("About 99 and 0.23", "that is p², turned around: it would make those count that are "
               "right already, and hush the others."),
        Option("About 0.01 and 19", "0.01² and 0.9² are the factors. Before, all that was right "
               "already outweighed the ten objects; now it hardly counts.", True),
        Option("0 and 23", "nothing is left out, and nothing stays as it is: the factor goes "
               "smoothly from 1, where p is 0, down to 0, where p is 1."),
    ],
)  # fmt: skip
