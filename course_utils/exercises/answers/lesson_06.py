"""Lesson 06: a reference for each exercise, and the slips that its check knows by name.

The reference's source is what `.solution()` shows, and what a solved run puts into the lesson's
cells: it uses only what stands there, and that is `np`.
"""

from itertools import zip_longest

import numpy as np

from course_utils.exercises.slips import SlipList

SLIPS = SlipList()

# --- pad ---------------------------------------------------------------------------------------


def pad(lists):
    """Return lists of class numbers as one array, filled up with -1 at their ends.

    lists: n lists or arrays of whole numbers, some empty; returns (n, length of the longest).
    """
    longest = max(len(one) for one in lists)
    padded = np.full((len(lists), longest), -1)
    for row, one in zip(padded, lists):
        row[: len(one)] = one
    return padded


def _rows(lists, length, filling=-1):
    """Return lists filled up to a length, which may be shorter than some of them."""
    return np.array([[*one, *[filling] * length][:length] for one in lists])


def _longest(lists):
    return max(map(len, lists))


@SLIPS.slip(
    "pad",
    "zeros are filled in",
    "Zero is a digit: whoever reads the batch would find digits 0 that are not there.",
)
def pad_with_zeros(lists):
    return _rows(lists, _longest(lists), 0)


@SLIPS.slip(
    "pad",
    "the lists are filled up at their beginning",
    "The numbers come first, what is filled in comes behind them.",
)
def pad_in_front(lists):
    length = _longest(lists)
    return np.array([[*[-1] * (length - len(one)), *one] for one in lists])


@SLIPS.slip(
    "pad",
    "the lists are cut down to the shortest",
    "Then objects are lost, and with an empty list all of them: go by the longest list.",
)
def pad_to_shortest(lists):
    return _rows(lists, min(map(len, lists)))


_FIRST_DECIDES = (
    "the first list decides how long the rows are",
    "The longest may stand anywhere: look at the lengths of all lists.",
)


@SLIPS.slip("pad", *_FIRST_DECIDES)
def pad_to_first(lists):
    return _rows(lists, len(lists[0]))


@SLIPS.slip("pad", *_FIRST_DECIDES)
def pad_into_first(lists):
    padded = np.full((len(lists), len(lists[0])), -1)
    for row, one in zip(padded, lists):
        row[: len(one)] = one
    return padded


@SLIPS.slip(
    "pad",
    "there is a column too many",
    "The longest list needs no filling: its last number stands in the last column.",
)
def pad_with_column(lists):
    return _rows(lists, _longest(lists) + 1)


@SLIPS.slip(
    "pad",
    "the lists stand in columns",
    "Each list is to be a row. `zip` goes through the lists side by side and gives the first "
    "numbers of all, then the second ones.",
)
def pad_in_columns(lists):
    return np.array(list(zip_longest(*lists, fillvalue=-1)))


@SLIPS.slip(
    "pad",
    "the lists are joined to one",
    "Then nobody knows which object belongs to which scene: each list keeps a row of its own.",
)
def pad_joined(lists):
    return np.concatenate([np.array(one, int) for one in lists])


@SLIPS.slip(
    "pad",
    "empty lists are left out",
    "A scene without objects is a scene: its row holds -1 in all places.",
)
def pad_without_empty(lists):
    return _rows([one for one in lists if len(one)], _longest(lists))


@SLIPS.slip(
    "pad",
    "the numbers are repeated to fill the row",
    "That would double objects. In each place behind the list stands -1.",
)
def pad_repeated(lists):
    length = _longest(lists)
    return np.array([np.resize(one, length) if len(one) else [-1] * length for one in lists])


@SLIPS.slip(
    "pad",
    "the last number is repeated to fill the row",
    "That would double objects. In each place behind the list stands -1.",
)
def pad_with_last(lists):
    length = _longest(lists)
    return np.array([[*one, *[[*one, -1][max(len(one) - 1, 0)]] * length][:length]
                     for one in lists])  # fmt: skip


@SLIPS.slip(
    "pad",
    "the rows are as long as there are lists",
    "`len(lists)` counts the lists. How long a row is, the longest of them says.",
)
def pad_square(lists):
    return _rows(lists, len(lists))


@SLIPS.slip(
    "pad",
    "lists of different lengths are given to `np.array`",
    "An array has no ragged edges: fill the lists up first.",
)
def pad_ragged(lists):
    return np.array([list(one) for one in lists], dtype=int)


_AS_IF_LISTS = (
    "something is appended to arrays as if they were lists",
    "Some of the lists are arrays, which have no `append`, and to which `+` adds number by number.",
)


@SLIPS.slip("pad", *_AS_IF_LISTS)
def pad_added(lists):
    return np.array([one + [-1] * (_longest(lists) - len(one)) for one in lists])


@SLIPS.slip("pad", *_AS_IF_LISTS)
def pad_appended(lists):
    longest = _longest(lists)
    for one in lists:
        for _ in range(longest - len(one)):
            one.append(-1)
    return np.array(lists)


# --- fair_sample -------------------------------------------------------------------------------


def fair_sample(positive, count, share, random):
    """Return the places of `count` drawn anchors: positives as far as allowed, the rest others.

    positive: (n,) booleans; at most count * share of the drawn are positive. None is drawn twice.
    """
    with_object, others = np.flatnonzero(positive), np.flatnonzero(~positive)
    number = min(int(count * share), len(with_object))
    drawn = random.choice(with_object, number, replace=False)
    rest = random.choice(others, count - number, replace=False)
    return np.concatenate([drawn, rest])


def _kinds(positive):
    return np.flatnonzero(positive), np.flatnonzero(~positive)


def _draw(kinds, numbers, random):
    """Draw so many of each kind: of all, where there are fewer."""
    drawn = [random.permutation(kind)[:number] for kind, number in zip(kinds, numbers)]
    return np.concatenate(drawn)


def _allowed(positive, count, share):
    return min(int(count * share), int(positive.sum()))


@SLIPS.slip(
    "fair_sample",
    "the first ones are taken, and none is drawn",
    "Then the same anchors are asked in each batch, all of them at the top of the picture: let "
    "`random` choose.",
)
def sample_first(positive, count, share, random):
    (positives, others), number = _kinds(positive), _allowed(positive, count, share)
    return np.concatenate([positives[:number], others[: count - number]])


@SLIPS.slip(
    "fair_sample",
    "only the positives are drawn by chance",
    "The first others are always the same ones, at the top of the picture.",
)
def sample_first_others(positive, count, share, random):
    (positives, others), number = _kinds(positive), _allowed(positive, count, share)
    return np.concatenate([random.permutation(positives)[:number], others[: count - number]])


@SLIPS.slip(
    "fair_sample",
    "only the others are drawn by chance",
    "Where there are more positives than allowed, all of them are to have the same chance.",
)
def sample_first_positives(positive, count, share, random):
    (positives, others), number = _kinds(positive), _allowed(positive, count, share)
    return np.concatenate([positives[:number], random.permutation(others)[: count - number]])


_TWICE = (
    "an anchor may be drawn twice",
    "`random.choice` puts each one back before it draws the next, unless you tell it otherwise; "
    "`random.integers` always does.",
)


@SLIPS.slip("fair_sample", *_TWICE)
def sample_with_replacement(positive, count, share, random):
    number = _allowed(positive, count, share)
    places = zip(_kinds(positive), (number, count - number))
    return np.concatenate([random.choice(kind, size) if size else kind[:0]
                           for kind, size in places])  # fmt: skip


@SLIPS.slip(
    "fair_sample",
    "as many positives are drawn as there are",
    "More than count · share of them are too many: the two numbers compete, and the smaller wins.",
)
def sample_all_positives(positive, count, share, random):
    number = min(count, int(positive.sum()))
    return _draw(_kinds(positive), (number, count - number), random)


@SLIPS.slip(
    "fair_sample",
    "the allowed number is rounded up",
    "At most count · share may be positive: half an anchor more would be too many.",
)
def sample_rounded_up(positive, count, share, random):
    number = min(int(np.ceil(count * share)), int(positive.sum()))
    return _draw(_kinds(positive), (number, count - number), random)


@SLIPS.slip(
    "fair_sample",
    "missing positives are not made up for",
    "Where there are few positives, more others are drawn, so that there are `count` in all.",
)
def sample_not_filled_up(positive, count, share, random):
    number = int(count * share)
    return _draw(_kinds(positive), (number, count - number), random)


@SLIPS.slip(
    "fair_sample",
    "there are as many others as positives",
    "`share` says how many may be positive at most. All the rest up to `count` are others.",
)
def sample_balanced(positive, count, share, random):
    number = _allowed(positive, count, share)
    return _draw(_kinds(positive), (number, number), random)


@SLIPS.slip(
    "fair_sample",
    "a share of the positives is drawn",
    "`share` is a share of the drawn ones: it belongs to `count`, not to how many positives there "
    "are.",
)
def sample_share_of_positives(positive, count, share, random):
    number = min(int(positive.sum() * share), count)
    return _draw(_kinds(positive), (number, count - number), random)


@SLIPS.slip(
    "fair_sample",
    "positives are left out",
    "The places where `positive` is True come first, as many as are allowed.",
)
def sample_no_positives(positive, count, share, random):
    return _draw(_kinds(positive), (0, count), random)


@SLIPS.slip(
    "fair_sample",
    "the two kinds are mixed up",
    "Where `positive` is True there is an object: of these at most count · share are drawn.",
)
def sample_mixed_up(positive, count, share, random):
    number = _allowed(~positive, count, share)
    return _draw(_kinds(positive)[::-1], (number, count - number), random)


_KINDS_IGNORED = (
    "the draw does not look at `positive`",
    "Then nearly all that are drawn show nothing, as nearly all anchors do: draw from the two "
    "kinds one after the other.",
)


@SLIPS.slip("fair_sample", *_KINDS_IGNORED)
def sample_any(positive, count, share, random):
    return random.choice(len(positive), count, replace=False)


@SLIPS.slip("fair_sample", *_KINDS_IGNORED)
def sample_any_permuted(positive, count, share, random):
    return random.permutation(len(positive))[:count]


@SLIPS.slip(
    "fair_sample",
    "it stops where there are fewer positives than allowed",
    "None can be drawn twice, so no more can be drawn than there are: compare the two numbers "
    "first.",
)
def sample_too_many_wanted(positive, count, share, random):
    number = int(count * share)
    positives, others = _kinds(positive)
    drawn = random.choice(positives, number, replace=False)
    return np.concatenate([drawn, random.choice(others, count - number, replace=False)])


_FRACTION = (
    "the number of positives is no whole number",
    "count · share may be 7.5, and even 32.0 is a float: make it an `int`, which cuts off.",
)


@SLIPS.slip("fair_sample", *_FRACTION)
def sample_fraction_of_choice(positive, count, share, random):
    return random.choice(np.flatnonzero(positive), count * share, replace=False)


@SLIPS.slip("fair_sample", *_FRACTION)
def sample_fraction(positive, count, share, random):
    number = np.minimum(count * share, positive.sum() + 0.0)
    positives = random.permutation(np.flatnonzero(positive))
    return positives[:number]


@SLIPS.slip(
    "fair_sample",
    "True and False are returned",
    "Which anchors were drawn is to be said by their places: whole numbers, `count` of them.",
)
def sample_as_mask(positive, count, share, random):
    mask = np.zeros(len(positive), dtype=bool)
    mask[sample_first(positive, count, share, random)] = True
    return mask


@SLIPS.slip(
    "fair_sample",
    "the others are counted among themselves",
    "The third of the others is not anchor 3: the draw has to return places among all anchors.",
)
def sample_ranks(positive, count, share, random):
    number = _allowed(positive, count, share)
    return np.r_[random.permutation(positive.sum())[:number],
                 random.permutation((~positive).sum())[: count - number]]  # fmt: skip


@SLIPS.slip(
    "fair_sample",
    "the two draws are not put together",
    "One row of `count` places is wanted: `np.concatenate` makes one of two.",
)
def sample_in_two(positive, count, share, random):
    number = _allowed(positive, count, share)
    positives, others = (random.permutation(kind).tolist() for kind in _kinds(positive))
    return [positives[:number], others[: count - number]]


# --- read_between ------------------------------------------------------------------------------


def read_between(four, right, down):
    """Return the value at a place between the middles of four cells.

    four: (2, 2), as the cells lie; right, down: from 0 to 1; returns a number.
    """
    upper, lower = four[:, 0] + right * (four[:, 1] - four[:, 0])
    return upper + down * (lower - upper)


def _mixed(four, right, down):
    return np.array([1 - down, down]) @ four @ np.array([1 - right, right])


@SLIPS.slip(
    "read_between",
    "right and down are mixed up",
    "`right` leads from the first column to the second, `down` from the first row to the second.",
)
def between_swapped(four, right, down):
    return _mixed(four, down, right)


@SLIPS.slip(
    "read_between",
    "the far cell counts more than the near one",
    "At `right` = 0 the left cells alone are to count: which weight is 0 there?",
)
def between_turned(four, right, down):
    return _mixed(four, 1 - right, 1 - down)


@SLIPS.slip(
    "read_between",
    "up and down are turned around",
    "At `down` = 0 the upper cells alone are to count.",
)
def between_upside_down(four, right, down):
    return _mixed(four, right, 1 - down)


@SLIPS.slip(
    "read_between",
    "left and right are turned around",
    "At `right` = 0 the left cells alone are to count.",
)
def between_mirrored(four, right, down):
    return _mixed(four, 1 - right, down)


_NEAREST = (
    "the nearest cell alone is read",
    "That is rounding, the way of RoI pooling: all four have a say.",
)


@SLIPS.slip("read_between", *_NEAREST)
def between_rounded(four, right, down):
    return four[round(down), round(right)]


@SLIPS.slip("read_between", *_NEAREST)
def between_nearest(four, right, down):
    return four[int(down + 0.5), int(right + 0.5)]


@SLIPS.slip(
    "read_between",
    "the four count alike",
    "That is the value in their midst. The nearer a middle, the more it counts.",
)
def between_mean(four, right, down):
    return np.mean(four)


@SLIPS.slip(
    "read_between",
    "the place is looked for along one axis only",
    "You have mixed from left to right in the upper row. There is a lower row, too.",
)
def between_upper_row(four, right, down):
    return _mixed(four, right, 0)


@SLIPS.slip(
    "read_between",
    "the two rows are not mixed",
    "Each row has given a number: how far down the place lies says how much each of them counts.",
)
def between_two_numbers(four, right, down):
    return four @ np.array([1 - right, right])


@SLIPS.slip(
    "read_between",
    "the lower right cell has no say",
    "From the upper left value one goes to the right and down, as on a slope. But four values "
    "rarely lie on one slope: the fourth counts as well.",
)
def between_slope(four, right, down):
    return four[0, 0] + right * (four[0, 1] - four[0, 0]) + down * (four[1, 0] - four[0, 0])


@SLIPS.slip(
    "read_between",
    "the weights do not sum to 1",
    "Where one cell has the weight `right`, its neighbour has what is left of 1.",
)
def between_unbalanced(four, right, down):
    return four[0, 0] + right * four[0, 1] + down * four[1, 0] + right * down * four[1, 1]


@SLIPS.slip(
    "read_between",
    "the results of both axes are added",
    "Mix along one axis first; what comes out, two numbers, is mixed along the other.",
)
def between_added(four, right, down):
    return _mixed(four, right, 0) + _mixed(four, 0, down)


@SLIPS.slip(
    "read_between",
    "the mean of both axes is taken",
    "Mix along one axis first; what comes out, two numbers, is mixed along the other.",
)
def between_averaged(four, right, down):
    return (_mixed(four, right, 0) + _mixed(four, 0, down)) / 2


# --- smooth_l1 ---------------------------------------------------------------------------------


def smooth_l1(errors, turn):
    """Return the loss of each error: a parabola up to the size `turn`, then a straight line.

    Where |error| < turn: error² / (2 · turn); otherwise |error| - turn / 2; the same shape.
    """
    sizes = np.abs(errors)
    parabola = sizes * sizes / (2 * turn)
    return np.where(sizes < turn, parabola, sizes - turn / 2)


def _piecewise(sizes, turn, parabola, line):
    return np.where(sizes < turn, parabola, line)


@SLIPS.slip(
    "smooth_l1",
    "errors below 0 are all taken for small ones",
    "−3 is less than `turn`, but it is a large error: compare its size.",
)
def smooth_signed_comparison(errors, turn):
    sizes = np.abs(errors)
    return np.where(errors < turn, sizes**2 / (2 * turn), sizes - turn / 2)


@SLIPS.slip(
    "smooth_l1",
    "the line goes on with the sign of the error",
    "A large error below 0 would be a gain: the line needs its size.",
)
def smooth_signed_line(errors, turn):
    return _piecewise(np.abs(errors), turn, errors**2 / (2 * turn), errors - turn / 2)


@SLIPS.slip(
    "smooth_l1",
    "the branches are mixed up",
    "Below `turn` lies the parabola, beyond it the line.",
)
def smooth_turned(errors, turn):
    sizes = np.abs(errors)
    return _piecewise(sizes, turn, sizes - turn / 2, errors**2 / (2 * turn))


@SLIPS.slip(
    "smooth_l1",
    "the parabola is not divided",
    "Then the branches do not meet at `turn`: half the square, divided by `turn`, is what fits.",
)
def smooth_plain_square(errors, turn):
    return _piecewise(np.abs(errors), turn, errors**2, np.abs(errors) - turn / 2)


@SLIPS.slip(
    "smooth_l1",
    "the 2 in the parabola is missing",
    "At `turn` the parabola would give `turn`, and the line gives half of it: a jump.",
)
def smooth_without_half(errors, turn):
    return _piecewise(np.abs(errors), turn, errors**2 / turn, np.abs(errors) - turn / 2)


_READ_WRONGLY = (
    "it is divided by 2, then multiplied by `turn`",
    "`a / 2 * turn` is read from left to right. What is divided by both needs brackets around "
    "them.",
)


@SLIPS.slip("smooth_l1", *_READ_WRONGLY)
def smooth_without_brackets(errors, turn):
    return _piecewise(np.abs(errors), turn, errors**2 / 2 * turn, np.abs(errors) - turn / 2)


@SLIPS.slip(
    "smooth_l1",
    "the parabola is not divided by `turn`",
    "Half the square fits where `turn` is 1. For any other the branches do not meet.",
)
def smooth_for_one(errors, turn):
    return _piecewise(np.abs(errors), turn, errors**2 / 2, np.abs(errors) - turn / 2)


@SLIPS.slip(
    "smooth_l1",
    "the line is not lowered",
    "At `turn` the parabola gives `turn` / 2, and your line gives twice as much: a jump.",
)
def smooth_high_line(errors, turn):
    return _piecewise(np.abs(errors), turn, errors**2 / (2 * turn), np.abs(errors))


@SLIPS.slip(
    "smooth_l1",
    "the line is lowered by all of `turn`",
    "At `turn` your line gives 0, and the parabola gives half of it: a jump.",
)
def smooth_low_line(errors, turn):
    return _piecewise(np.abs(errors), turn, errors**2 / (2 * turn), np.abs(errors) - turn)


@SLIPS.slip(
    "smooth_l1",
    "this is Huber's loss, `turn` times as large",
    "Both have the same form. Here the line has the slope 1, whatever `turn` is.",
)
def smooth_huber(errors, turn):
    return turn * smooth_l1(errors, turn)


_ONE_NUMBER = (
    "a single number is returned",
    "The mean comes later, and only over those that show an object. Here each error keeps its "
    "loss.",
)


@SLIPS.slip("smooth_l1", *_ONE_NUMBER)
def smooth_mean(errors, turn):
    return smooth_l1(errors, turn).mean()


@SLIPS.slip("smooth_l1", *_ONE_NUMBER)
def smooth_sum(errors, turn):
    return smooth_l1(errors, turn).sum()


@SLIPS.slip(
    "smooth_l1",
    "an `if` asks a whole array",
    "Some of the errors are small and others are large: choose error by error.",
)
def smooth_by_if(errors, turn):
    if abs(errors) < turn:
        return errors**2 / (2 * turn)
    return abs(errors) - turn / 2


@SLIPS.slip(
    "smooth_l1",
    "all errors are on the parabola",
    "From `turn` on it goes straight, or few large errors rule the rest.",
)
def smooth_parabola_only(errors, turn):
    return errors**2 / (2 * turn)


@SLIPS.slip(
    "smooth_l1",
    "all errors are on the line",
    "Below `turn` there is a parabola: it is flat at 0, and never negative.",
)
def smooth_line_only(errors, turn):
    return np.abs(errors) - turn / 2


# --- kind_of -----------------------------------------------------------------------------------


def kind_of(overlap, same_class, taken):
    """Return what a detection is: "right", "doubled", "wrong class", "badly placed" or "nothing".

    overlap: IoU with the true object that it overlaps most; same_class: whether it names it
    rightly; taken: whether a better detection has found this object already.
    From 0.5 on it is on the object: then "wrong class" comes before "doubled". From 0.1 to 0.5 it
    is "badly placed", whatever it says; below that there is "nothing".
    """
    if overlap < 0.5:
        return "badly placed" if overlap >= 0.1 else "nothing"
    on_object = "doubled" if taken else "right"
    return on_object if same_class else "wrong class"


def _kind(overlap, same_class, taken, on=0.5, beside=0.1):
    """Return the kind with other thresholds."""
    if overlap < on:
        return "badly placed" if overlap >= beside else "nothing"
    if not same_class:
        return "wrong class"
    return "doubled" if taken else "right"


@SLIPS.slip(
    "kind_of",
    "an overlap of exactly 0.5 or 0.1 falls into the range below",
    "From 0.5 on means that 0.5 is in: compare with `>=`, or with `<` the other way round.",
)
def kind_strict(overlap, same_class, taken):
    beside, on = np.nextafter([0.1, 0.5], 1)
    return _kind(overlap, same_class, taken, on, beside)


@SLIPS.slip(
    "kind_of",
    "an overlap of exactly 0.5 is not on the object",
    "From 0.5 on means that 0.5 is in.",
)
def kind_strict_above(overlap, same_class, taken):
    return _kind(overlap, same_class, taken, on=np.nextafter(0.5, 1))


@SLIPS.slip(
    "kind_of",
    "an overlap of exactly 0.1 is taken for nothing",
    "From 0.1 to 0.5 means that 0.1 is in.",
)
def kind_strict_below(overlap, same_class, taken):
    return _kind(overlap, same_class, taken, beside=np.nextafter(0.1, 1))


@SLIPS.slip(
    "kind_of",
    '"doubled" comes before "wrong class"',
    "A wrong name is no second find of the object: ask for the name first.",
)
def kind_doubled_first(overlap, same_class, taken):
    if overlap >= 0.5 and taken:
        return "doubled"
    return _kind(overlap, same_class, taken)


@SLIPS.slip(
    "kind_of",
    "the name is asked for before the place",
    "A box beside the object, or on nothing, is that whatever it says.",
)
def kind_name_first(overlap, same_class, taken):
    return _kind(overlap, same_class, taken) if same_class else "wrong class"


@SLIPS.slip(
    "kind_of",
    "a wrong name comes before a poor place",
    "Below 0.5 the box is not on the object, and its name does not count.",
)
def kind_name_from_a_tenth(overlap, same_class, taken):
    if overlap >= 0.1 and not same_class:
        return "wrong class"
    return _kind(overlap, same_class, taken)


@SLIPS.slip(
    "kind_of",
    "whether the object is taken is asked first",
    "A box beside the object, or on nothing, is that whether somebody found the object or not.",
)
def kind_taken_first(overlap, same_class, taken):
    return "doubled" if taken else _kind(overlap, same_class, taken)


@SLIPS.slip(
    "kind_of",
    "second boxes on an object pass for right",
    "An object counts once: `taken` says that a better detection has it already.",
)
def kind_never_doubled(overlap, same_class, taken):
    return _kind(overlap, same_class, False)


@SLIPS.slip(
    "kind_of",
    "the name is not looked at",
    "On the object, `same_class` says whether the name is right.",
)
def kind_any_name(overlap, same_class, taken):
    return _kind(overlap, True, taken)


@SLIPS.slip(
    "kind_of",
    "all below 0.5 is badly placed",
    "Who hardly touches an object did not mean it: below 0.1 there is nothing.",
)
def kind_never_nothing(overlap, same_class, taken):
    return _kind(overlap, same_class, taken, beside=0)


@SLIPS.slip(
    "kind_of",
    "all below 0.5 is nothing",
    "From 0.1 on the box has caught a part of the object: it is badly placed, which is to be "
    "mended otherwise.",
)
def kind_never_badly_placed(overlap, same_class, taken):
    return _kind(overlap, same_class, taken, beside=0.5)


@SLIPS.slip(
    "kind_of",
    "0.1 is the threshold for being on the object",
    "Two thresholds make three ranges: on the object from 0.5 on, beside it from 0.1 on.",
)
def kind_on_from_a_tenth(overlap, same_class, taken):
    return _kind(overlap, same_class, taken, on=0.1)


@SLIPS.slip(
    "kind_of",
    "`taken` is turned around",
    "Who finds a taken object has doubled it; the first one is right.",
)
def kind_taken_turned(overlap, same_class, taken):
    return _kind(overlap, same_class, not taken)


@SLIPS.slip(
    "kind_of",
    "`same_class` is turned around",
    "It is True where the name is right.",
)
def kind_class_turned(overlap, same_class, taken):
    return _kind(overlap, not same_class, taken)


@SLIPS.slip(
    "kind_of",
    "badly placed and nothing are mixed up",
    "From 0.1 on the box has caught a part of the object; below that it lies on nothing.",
)
def kind_below_turned(overlap, same_class, taken):
    if overlap < 0.5:
        return "nothing" if overlap >= 0.1 else "badly placed"
    return _kind(overlap, same_class, taken)


# --- true_claims -------------------------------------------------------------------------------

true_claims = "abcde"

SLIPS.slip(
    "true_claims",
    "every claim is taken for true",
    "Most of them are. Three sound like advice, and the detector of this lesson does without it.",
)("abcdefgh")
SLIPS.slip(
    "true_claims",
    "these are the claims that are false",
    "You may have found out all of it, and written down the others.",
)("fgh")
SLIPS.slip(
    "true_claims",
    "f is not true",
    "NASNetMobile has about four million weights, and the detector of this lesson has fewer than "
    "one million in all. Small backbones are in use wherever a detector runs on a telephone.",
    part=[5],
)("abcdef")
SLIPS.slip(
    "true_claims",
    "g is not true",
    "The detector of this lesson is trained by Adam, as many are. What an optimizer makes smaller "
    "is the loss: if that asks the wrong question, no other optimizer will help.",
    part=[6],
)("abcdeg")
SLIPS.slip(
    "true_claims",
    "h is not true",
    "Most detectors begin with weights from ImageNet: a trunk that knows things already needs "
    "fewer boxes. In section 6.1 it named cat and espresso, without any training for it.",
    part=[7],
)("abcdeh")
SLIPS.slip(
    "true_claims",
    "a is missing",
    "Look at the last layer. How many numbers come out for a picture, and does any of them stand "
    "for a corner or a side of a box?",
    part=[0],
)("bcde")
SLIPS.slip(
    "true_claims",
    "b is missing",
    "A two-stage detector has a first stage that says where to look. Which line would that be, and "
    "what reads a box from the feature map?",
    part=[1],
)("acde")
SLIPS.slip(
    "true_claims",
    "c is missing",
    "A `TFRecordDataset` gives each record as it is in the file. What stood between reading and "
    "`batch` in section 6.2?",
    part=[2],
)("abde")
SLIPS.slip(
    "true_claims",
    "d is missing",
    "`GlobalAveragePooling2D` leaves one row of numbers for the whole picture, and softmax makes "
    "one answer of it, whose shares sum to 1.",
    part=[3],
)("abce")
SLIPS.slip(
    "true_claims",
    "e is missing",
    "After softmax, one class can only gain what others lose. Binary cross-entropy asks about each "
    "class whether it is there, and two may be there at once.",
    part=[4],
)("abcd")
