"""What can be said of an answer before it is tried: is it an answer at all?"""

import inspect
import types

from course_utils.exercises.comparing import not_numbers
from course_utils.exercises.number_text import shape_text
from course_utils.exercises.outcomes import DOTS
from course_utils.exercises.verdict import NOT_ATTEMPTED, NOT_YET, Verdict


def not_attempted(exercise):
    """Return the verdict on an untouched stub."""
    what = "values" if exercise.is_value else "code"
    message = f"{exercise.name} still holds the dots `...`: replace them by your own {what}."
    return Verdict(NOT_ATTEMPTED, message)


def refuse(exercise, answer):
    """Return a verdict on what is no possible answer, or None where it can be tried."""
    if answer is Ellipsis:
        return not_attempted(exercise)
    refuse_kind = _refuse_value if exercise.is_value else _refuse_function
    message = refuse_kind(exercise, answer)
    if message is None and exercise.is_value and exercise.read(answer).kind == DOTS:
        return not_attempted(exercise)
    return Verdict(NOT_YET, message) if message else None


def _refuse_value(exercise, answer):
    name = exercise.name
    if isinstance(answer, (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)):
        return f"{name} is to be a value. Received the {_kind(answer)} {_name(answer)}."
    outcome = exercise.read(answer)
    if outcome.kind == DOTS:
        return None
    if answer is None:
        return f"{name} is None: give it its value, then run the cell again."
    problem = not_numbers(outcome, exercise.wanted)
    if problem:
        return f"{name}: {problem}"
    if exercise.shape is not None and outcome.numbers.shape != exercise.shape:
        return f"{name}: Expected shape {exercise.shape}, received {shape_text(outcome.numbers)}."
    return None


def _refuse_function(exercise, answer):
    call = f"`exercises.{exercise.name}.check({exercise.name})`"
    if isinstance(answer, type):
        return f"The check takes a function. Received the class {_name(answer)}: write {call}."
    if isinstance(answer, str):
        return f"The check takes the function itself, not its name as text: write {call}."
    if not callable(answer):
        return (
            f"The check takes the function itself, not what it returns: write {call}, with no "
            f"brackets after the inner {exercise.name}. Received a {type(answer).__name__}."
        )
    return _refuse_arguments(exercise, answer)


def _refuse_arguments(exercise, answer):
    """Compare the signature with the arguments of the cases, where there is one to read."""
    try:
        signature = inspect.signature(answer)
    except Exception:  # some callables, NumPy's among them, have none: then the trial decides
        return None
    wanted, named = exercise.arguments, list(signature.parameters)
    try:
        signature.bind(*wanted)
    except TypeError:
        return (
            f"{exercise.name} is called with {len(wanted)} arguments: {', '.join(wanted)}. "
            f"Yours takes {_listed(named)}."
        )
    if sorted(named) == sorted(wanted) and named != wanted:
        return (
            f"{exercise.name} is called with its arguments in the order {', '.join(wanted)}. "
            f"Yours takes them in the order {', '.join(named)}."
        )
    return None


def _listed(names):
    return f"{len(names)}: {', '.join(names)}" if names else "none"


def _kind(answer):
    return "class" if isinstance(answer, type) else "function"


def _name(answer):
    return getattr(answer, "__name__", type(answer).__name__)
