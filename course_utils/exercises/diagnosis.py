"""Name the likely slip behind a wrong answer, from what it gives on every case."""

from course_utils.exercises.outcomes import (
    NUMBERS,
    RAISED,
    Outcome,
    agree,
    comparable,
    fail_alike,
)


def diagnose(exercise, slips, trials, expected):
    """Return the likely slip by name and where to look, or an empty string."""
    slip = find_slip(slips, trials, expected)
    if slip:
        return f"{slip.name}. {slip.sentence}"
    if not exercise.is_value and ignores_its_arguments(trials, expected):
        return _ignored(exercise.arguments)
    return ""


def find_slip(slips, trials, expected):
    """Return the slip whose results the answer gives on every case, or None."""
    received = [comparable(trial.outcome) for trial in trials]
    return next((slip for slip in slips if _is_likely(*_parts(slip, received, expected))), None)


def ignores_its_arguments(trials, expected):
    """Return True when every case gives the same numbers, though other ones are expected."""
    results = [trial.result or trial.outcome for trial in trials]
    if len(trials) < len(expected) or not all(agree(results[0], one) for one in results):
        return False
    return not all(agree(expected[0], wanted) for wanted in expected)


def _parts(slip, received, expected):
    """Return a slip's outcomes, an answer's and the expected ones, cut to what it is about."""
    return [[_part(one, slip.part) for one in row] for row in (slip.outcomes, received, expected)]


def _part(outcome, part):
    if not part or outcome.kind != NUMBERS or outcome.numbers.size <= max(part):
        return outcome
    return Outcome(NUMBERS, outcome.numbers.ravel()[list(part)], dtype=outcome.dtype)


def _is_likely(theirs, received, expected):
    """Compare a slip's outcomes with an answer's, case by case.

    Where the slip gives numbers, the answer has to give the same ones. If these differ from the
    reference somewhere, that is proof enough: an answer written otherwise may break elsewhere, or
    not break. If they never do, the answer has to break wherever the slip does, and alike.
    """
    cases = list(zip(theirs, received, expected))
    valued = [case for case in cases if case[0].kind != RAISED]
    broken = [case for case in cases if case[0].kind == RAISED]
    if not all(agree(slip, answer) for slip, answer, _ in valued):
        return False
    if any(not agree(slip, wanted) for slip, _, wanted in valued):
        return True
    # With no number to compare, the type of the error alone would prove too little.
    by_message = not valued
    return bool(broken) and all(fail_alike(slip, answer, by_message) for slip, answer, _ in broken)


def _ignored(arguments):
    names = [f"`{name}`" for name in arguments]
    if arguments == ["image"]:
        where, whose = "for every image", f"its argument {names[0]}"
    elif len(names) == 1:
        where, whose = "in every case", f"its argument {names[0]}"
    else:
        where, whose = "in every case", f"its arguments {', '.join(names[:-1])} and {names[-1]}"
    return (
        f"Your function gives the same result {where}: does it use {whose}, or a variable from a "
        "cell above?"
    )
