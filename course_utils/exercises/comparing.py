"""Say how a result differs from the expected one."""

import numpy as np

from course_utils.exercises.number_text import LARGEST, array_text, number_text, shape_text
from course_utils.exercises.outcomes import DOTS, NOTHING, NUMBERS, RAISED, close

NEARLY = 0.01
SMALL_FLOATS = ("float16", "bfloat16")


def not_numbers(outcome, wanted="numbers"):
    """Return a sentence about an outcome that is no finite numbers, or an empty string.

    `wanted` says what they stand for: text is read as numbers, too.
    """
    if outcome.kind == NUMBERS:
        return "" if outcome.finite else _not_finite(outcome.numbers)
    return {
        DOTS: f"Expected {wanted}, received dots `...`: replace the dots by your own code.",
        NOTHING: f"Expected {wanted}, received None: is a `return` missing?",
        RAISED: f"Expected {wanted}, but the call stopped with {outcome.problem}.",
    }.get(outcome.kind, f"Expected {wanted}, received {outcome.problem}.")


def difference(expected, outcome):
    """Return a sentence on how finite numbers differ from the expected ones, or an empty string."""
    wanted, came = expected.numbers, outcome.numbers
    if wanted.shape != came.shape:
        return f"Expected {shape_text(wanted)}, received {shape_text(came)}."
    wrong = ~close(wanted, came)
    if not wrong.any():
        return ""
    return _first_difference(wanted, came, wrong) + _precision_remark(wanted, outcome)


def nearly(expected, outcome):
    """Return True when numbers miss the expected ones by less than 1 % of the largest of them.

    Only then does the tolerance matter: beside larger differences it would lead astray.
    """
    wanted, came = expected.numbers, outcome.numbers
    if wanted.shape != came.shape or not wanted.size or not outcome.finite:
        return False
    with np.errstate(over="ignore"):
        return bool(np.abs(came - wanted).max() < NEARLY * np.abs(wanted).max())


def both_as_text(expected, outcome):
    """Return expected and received arrays as lines where they are small enough to compare."""
    arrays = [("expected", expected), ("received", outcome)]
    known = [(name, one.numbers) for name, one in arrays if one.kind == NUMBERS]
    shown = [pair for pair in known if pair[1].size <= LARGEST]
    return "\n".join(array_text(name, numbers) for name, numbers in shown)


def _first_difference(wanted, came, wrong):
    if wanted.shape == ():
        return f"Expected {number_text(wanted)}, received {number_text(came)}."
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = ", ".join(str(i) for i in index)
    return (
        f"Expected {number_text(wanted[index])} at [{place}], received {number_text(came[index])}: "
        f"the first of {int(wrong.sum())} differences in {wrong.size} values."
    )


def _precision_remark(wanted, outcome):
    if outcome.dtype in SMALL_FLOATS and np.allclose(wanted, outcome.numbers, rtol=0.01, atol=0.01):
        return f" {outcome.dtype} keeps too few digits: calculate in float32 or float64."
    return ""


def _not_finite(numbers):
    bad = ~np.isfinite(numbers)
    what = "NaN (not a number)" if np.isnan(numbers).any() else "infinity"
    where = ""
    if numbers.shape:
        index = ", ".join(str(int(i)) for i in np.argwhere(bad)[0])
        where = f" at [{index}], the first of {int(bad.sum())}"
    cause = "a root of a negative number, 0 / 0 and numbers that grow too large give that"
    return f"Expected finite numbers, received {what}{where}: {cause}."
