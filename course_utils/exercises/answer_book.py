"""What a check holds an answer against: references and slips, or their recorded results.

The course has `answers/lesson_01.py`: reference functions and slips. A student edition has
`answers/lesson_01.json` instead: what they give on every case, and none of their code.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np

from course_utils.errors import CourseError
from course_utils.exercises.making import Made
from course_utils.exercises.outcomes import NUMBERS, RAISED, Outcome, comparable
from course_utils.exercises.stubs import source_of, stub_of
from course_utils.exercises.trials import run_answer

FOLDER = Path(__file__).parent / "answers"


@dataclass(frozen=True)
class KnownSlip:
    """A slip with what it gives on every case."""

    name: str
    sentence: str
    outcomes: list
    part: tuple = ()


def expected_outcomes(exercise):
    """Return the reference's Outcome on every case."""
    written = _written(exercise.lesson)
    if written is None:
        return [_decoded(item) for item in _recorded(exercise)["expected"]]
    return _run_reference(exercise)


def known_slips(exercise):
    """Return the exercise's slips, each with its Outcome on every case."""
    written = _written(exercise.lesson)
    if written is None:
        return [_recorded_slip(slip) for slip in _recorded(exercise)["slips"]]
    return _run_slips(exercise)


def reference_source(exercise):
    """Return the reference's source, or None in an edition without solutions."""
    written = _written(exercise.lesson)
    return None if written is None else source_of(written, exercise.name)


def stub_source(exercise):
    """Return the stub as it stands in the lesson's cell."""
    source = reference_source(exercise)
    return _recorded(exercise)["stub"] if source is None else stub_of(source)


def recorded_entry(exercise):
    """Return what an edition without answers has to know about one exercise, ready for JSON."""
    return {
        "cases": cases_digest(exercise),
        "stub": stub_source(exercise),
        "expected": [_encoded(outcome) for outcome in expected_outcomes(exercise)],
        "slips": [
            {
                "name": slip.name,
                "sentence": slip.sentence,
                "outcomes": [_encoded(outcome) for outcome in slip.outcomes],
                "part": list(slip.part),
            }
            for slip in known_slips(exercise)
        ],
    }


def cases_digest(exercise):
    """Return a checksum of the cases, so that results of other cases are never compared."""
    digest = hashlib.sha256()
    for case in exercise.cases:
        for name, value in case.items():
            digest.update(_bytes_of(name, value))
    return digest.hexdigest()[:16]


def _bytes_of(name, value):
    if isinstance(value, (str, Made)):
        return f"{name} {value!r} ".encode()
    array = np.asarray(value, dtype="<f8")
    return f"{name} {array.shape} ".encode() + array.tobytes()


@cache  # a reference gives the same each time; one that builds networks takes its time
def _run_reference(exercise):
    answer = getattr(_written(exercise.lesson), exercise.name)
    return [trial.outcome for trial in run_answer(exercise, answer)]


@cache
def _run_slips(exercise):
    return [
        KnownSlip(slip.name, slip.sentence, _slip_outcomes(exercise, slip.answer), slip.part)
        for slip in _written(exercise.lesson).SLIPS.of(exercise.name)
    ]


def _recorded_slip(entry):
    outcomes = [_decoded(one) for one in entry["outcomes"]]
    return KnownSlip(entry["name"], entry["sentence"], outcomes, tuple(entry["part"]))


def _slip_outcomes(exercise, answer):
    """Run a slip; where it gives no finite numbers, there are none to compare."""
    return [comparable(trial.outcome) for trial in run_answer(exercise, answer)]


def _encoded(outcome):
    if outcome.kind != NUMBERS:
        return {"error": outcome.error}
    return {"shape": list(outcome.numbers.shape), "values": outcome.numbers.ravel().tolist()}


def _decoded(item):
    if "error" in item:
        return Outcome(RAISED, error=item["error"])
    numbers = np.array(item["values"], dtype=np.float64).reshape(item["shape"])
    return Outcome(NUMBERS, numbers=numbers, dtype="float64")


def _written(lesson):
    """Return the module of references and slips, or None in an edition without it."""
    if not (FOLDER / f"{lesson}.py").exists():
        return None
    return import_module(f"course_utils.exercises.answers.{lesson}")


def _recorded(exercise):
    path = FOLDER / f"{exercise.lesson}.json"
    mend = "fetch the file again with `git checkout -- course_utils`, or build the edition anew"
    try:
        entry = json.loads(path.read_text(encoding="utf-8"))["exercises"][exercise.name]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CourseError(
            f"Expected the results that {exercise.name} is checked against in {path}. "
            f"Received {type(error).__name__}: {mend}."
        ) from None
    if entry["cases"] != cases_digest(exercise):
        raise CourseError(
            f"Expected {path} to fit the cases of {exercise.name}. It does not: {mend}."
        )
    return entry
