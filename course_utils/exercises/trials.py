"""Run an answer on every case of its exercise, each time on fresh copies."""

import copy
import inspect
import re
import traceback
from dataclasses import dataclass

import numpy as np

from course_utils.exercises.outcomes import DOTS, NOTHING, RAISED, Outcome


@dataclass(frozen=True, eq=False)
class Trial:
    """What came of one case.

    Attributes:
        case: its arguments by name.
        outcome: what is compared: the result, or what was measured of it.
        altered: the names of the arguments that the answer altered.
        result: the result itself, where something was measured of it.
    """

    case: dict
    outcome: Outcome
    altered: tuple = ()
    result: Outcome | None = None


def run_answer(exercise, answer):
    """Return a Trial for each case; after dots or None the other cases would say the same."""
    trials = []
    for case in exercise.cases:
        trials.append(_run_case(exercise, answer, case))
        if trials[-1].outcome.kind in (DOTS, NOTHING):
            break
    return trials


def _run_case(exercise, answer, case):
    given = copy.deepcopy(case)
    try:
        outcome = exercise.read(exercise.call(answer, given))
    except Exception as error:  # whatever a student's function raises is an outcome, not a failure
        outcome = Outcome(RAISED, problem=_error_text(error, answer), error=_error_kind(error))
    altered = tuple(name for name in case if not _same(case[name], given[name]))
    return Trial(case, exercise.measured(outcome, case), altered, outcome)


def _same(before, after):
    return np.array_equal(before, after)


def _error_text(error, answer):
    """Return the error's type, message and the line of the student's own code."""
    message = _message_of(error)
    text = f"{type(error).__name__}: {message}" if message else type(error).__name__
    line = _line_of(error, answer)
    text = f"`{text}`" + (f" in the line `{line}`" if line else "")
    if "ellipsis" in message.lower():
        text += " (dots `...` are still to be replaced)"
    return text


def _error_kind(error):
    """Return the error's type and message without brackets: sizes and shapes stand in them."""
    message = re.sub(r"\(.*?\)", "", _message_of(error))
    return f"{type(error).__name__}: {' '.join(message.split())}"


def _message_of(error, longest=300):
    try:
        message = str(error).strip()
    except Exception:  # an error class may fail to print itself
        return ""
    first_line = message.splitlines()[0] if message else ""
    return first_line[:longest].replace("`", "'")


def _line_of(error, answer):
    """Return the last line of the answer's own file or cell that the error passed."""
    code = getattr(inspect.unwrap(answer) if callable(answer) else None, "__code__", None)
    if code is None:
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame.line for frame in frames if frame.filename == code.co_filename]
    return (own[-1] or "").replace("`", "'") if own else ""
