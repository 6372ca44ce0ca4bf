"""Judge an answer: try it on every case, tell the first difference and the likely slip."""

from course_utils.exercises.answer_book import expected_outcomes, known_slips
from course_utils.exercises.comparing import both_as_text, difference, nearly, not_numbers
from course_utils.exercises.diagnosis import diagnose
from course_utils.exercises.number_text import array_text
from course_utils.exercises.outcomes import (
    ABSOLUTE_TOLERANCE,
    DOTS,
    NUMBERS,
    RAISED,
    RELATIVE_TOLERANCE,
)
from course_utils.exercises.refusals import not_attempted, refuse
from course_utils.exercises.trials import run_answer
from course_utils.exercises.verdict import NOT_YET, RIGHT, Verdict

TOLERANCE = f"Tolerance: {RELATIVE_TOLERANCE:g} of the value + {ABSOLUTE_TOLERANCE:g}"


def judge(exercise, answer):
    """Return the Verdict on an answer; nothing is shown and nothing is kept."""
    refusal = refuse(exercise, answer)
    if refusal:
        return refusal
    trials = run_answer(exercise, answer)
    if trials[0].outcome.kind == DOTS:
        return not_attempted(exercise)
    expected = expected_outcomes(exercise)
    for number, (trial, wanted) in enumerate(zip(trials, expected), start=1):
        message = _complaint(exercise, trial, wanted)
        if message:
            return _not_yet(exercise, number, message, trials, expected)
    return Verdict(RIGHT, _praise(exercise))


def _complaint(exercise, trial, wanted):
    """Return what is wrong with one trial, or an empty string."""
    message = not_numbers(trial.outcome, exercise.wanted)
    if not message and exercise.accept is not None:
        message = exercise.accept(trial.outcome.numbers, **trial.case) or ""
    elif not message and exercise.reading is not None:
        message = exercise.reading.difference(wanted.numbers, trial.outcome.numbers)
    elif not message:
        message = difference(wanted, trial.outcome)
    if trial.altered:
        altered = " and ".join(f"`{name}`" for name in trial.altered)
        message += (
            f" Your function changes its argument {altered} in place: calculate on a copy, "
            "so that the caller's array stays as it is."
        )
    return message.strip()


def _not_yet(exercise, number, message, trials, expected):
    trial, wanted = trials[number - 1], expected[number - 1]
    if trial.outcome.kind == RAISED and trial.case:
        message += f" The arguments: {_shapes(trial.case)}."
    return Verdict(
        NOT_YET,
        f"{exercise.name}: {message}",
        slip=diagnose(exercise, known_slips(exercise), trials, expected),
        details=_details(exercise, number, trial, wanted),
    )


def _shapes(case):
    texts = []
    for name, value in case.items():
        shape = getattr(value, "shape", ())
        texts.append(f"{name} of shape {shape}" if shape else f"{name} = {value}")
    return ", ".join(texts)


def _details(exercise, number, trial, wanted):
    """Return the case that failed as lines: the call, its arguments, expected and received."""
    if not trial.case:
        return ""
    lines = [f"Case {number} of {len(exercise.cases)}: {exercise.call_text} with"]
    lines += [array_text(name, value) for name, value in trial.case.items()]
    compared = exercise.accept is exercise.reading is None
    if compared and trial.outcome.kind == NUMBERS:
        lines.append(both_as_text(wanted, trial.outcome))
        if nearly(wanted, trial.outcome):
            lines.append(TOLERANCE)
    lines.append(f"To try it yourself: {exercise.call_of_case(number)}")
    return "\n".join(lines)


def _praise(exercise):
    cases = f" on {len(exercise.cases)} cases" if exercise.arguments else ""
    return f"{exercise.name} gives what is expected{cases}. {exercise.when_right}".strip()
