"""What came of a call: numbers, or one of the things that are not numbers yet."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

# Wide enough for float32 throughout, narrow enough for every slip.
RELATIVE_TOLERANCE = 1e-4
ABSOLUTE_TOLERANCE = 1e-5

NOT_FINITE = "not finite"
NUMBERS, DOTS, NOTHING, RAISED, UNREADABLE = "numbers", "dots", "nothing", "raised", "unreadable"


@dataclass(frozen=True, eq=False)
class Outcome:
    """One result.

    Attributes:
        kind: "numbers", "dots" (the stub's `...`), "nothing" (None), "raised" or "unreadable".
        numbers: float64 array of any shape when the kind is "numbers".
        problem: for "raised" and "unreadable", a sentence's end that says what came.
        dtype: the name of the type in which the numbers came.
        error: for "raised", "type: message" of the error, without what changes from case to case;
            "not finite", or the problem, where `comparable` gave it.
    """

    kind: str
    numbers: np.ndarray | None = None
    problem: str = ""
    dtype: str = ""
    error: str = ""

    @property
    def finite(self):
        return self.kind == NUMBERS and bool(np.isfinite(self.numbers).all())


def close(expected, received):
    """Return where two arrays of one shape agree within the tolerance of all checks."""
    with np.errstate(all="ignore"):
        return np.isclose(received, expected, RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE)


def agree(expected, received):
    """Return True when two outcomes are numbers of one shape and one value."""
    if expected.kind != NUMBERS or received.kind != NUMBERS:
        return False
    same_shape = expected.numbers.shape == received.numbers.shape
    return same_shape and bool(close(expected.numbers, received.numbers).all())


def comparable(outcome):
    """Return finite numbers as they are, and anything else as a call that failed.

    So NaN, which equals nothing, still shows by where it comes which slip it may be, and so does
    what NumPy cannot read.
    """
    if outcome.finite:
        return outcome
    error = NOT_FINITE if outcome.kind == NUMBERS else outcome.error or outcome.problem
    return Outcome(RAISED, error=error)


def fail_alike(one, other, by_message=True):
    """Return True when two calls stopped with one type of error, and with one message if asked."""
    if not (one.kind == other.kind == RAISED and one.error and other.error):
        return False
    if by_message:
        return one.error == other.error
    return one.error.partition(":")[0] == other.error.partition(":")[0]


def read_outcome(returned):
    """Return the Outcome of whatever a student's function returned: lists and tensors are fine."""
    if returned is Ellipsis:
        return Outcome(DOTS)
    if returned is None:
        return Outcome(NOTHING)
    try:
        array = np.asarray(returned)
    except Exception as error:  # a student's object may raise anything here
        return Outcome(UNREADABLE, problem=_why_no_array(returned, error))
    return _read_array(array, type(returned).__name__)


def _why_no_array(returned, error):
    if isinstance(returned, (list, tuple)):
        return "a list whose rows have different lengths"
    return f"a {type(returned).__name__} that NumPy cannot read ({type(error).__name__})"


def _read_array(array, type_name):
    if array.shape == () and array.dtype == object and array.item() is Ellipsis:
        return Outcome(DOTS)
    problem = _not_numbers(array, type_name)
    if problem:
        return Outcome(UNREADABLE, problem=problem)
    try:
        return Outcome(NUMBERS, numbers=array.astype(np.float64), dtype=array.dtype.name)
    except (TypeError, ValueError, OverflowError):
        return Outcome(UNREADABLE, problem=f"a {type_name} that does not turn into numbers")


def _not_numbers(array, type_name):
    """Return what stands in the place of numbers, or an empty string."""
    kinds = {"U": "text", "S": "text", "b": "True or False", "c": "complex numbers"}
    kinds |= {"M": "dates", "m": "spans of time"}
    if array.dtype.kind in kinds:
        return f"{kinds[array.dtype.kind]} instead of numbers"
    if array.dtype != object:
        return ""
    if any(item is Ellipsis for item in array.flat):
        return "an array in which dots `...` are still to be replaced by numbers"
    strangers = [item for item in array.flat if not isinstance(item, Real)]
    if not strangers:
        return ""
    within = "" if array.shape == () else f" with a {type(strangers[0]).__name__} inside"
    return f"a {type_name}{within} instead of numbers"
