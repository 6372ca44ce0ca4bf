"""Asking a check what it says, and a question for its answer: shared by several tests."""

from course_utils.exercises.answer_book import expected_outcomes, known_slips
from course_utils.exercises.diagnosis import find_slip
from course_utils.exercises.trials import Trial


def message(exercise, answer, outcome="not yet"):
    """Return all that a check says to an answer, which must have this outcome."""
    verdict = exercise.judge(answer)
    assert verdict.outcome == outcome, verdict
    return str(verdict)


def returning(value):
    """Return a function that gives the same value whatever it is asked."""
    return lambda *arguments: value


def right_text(quiz):
    """Return the text of a question's right option."""
    return next(option.text for option in quiz.options.values() if option.right)


def explanation(quiz, beginning):
    """Return the explanation of the one option whose text begins so."""
    (found,) = [o.explanation for o in quiz.options.values() if o.text.startswith(beginning)]
    return found


def require_slips_apart(exercise, parts_too=True):
    """Fail where what one slip gives is taken for another one, or is not taken for itself.

    Args:
        parts_too: False leaves out, as others, slips of a part, which may fit several.
    """
    slips, expected = known_slips(exercise), expected_outcomes(exercise)
    for one in slips:
        trials = [Trial({}, outcome) for outcome in one.outcomes]
        others = [other for other in slips if other.name != one.name]
        others = [other for other in others if parts_too or not other.part]
        assert find_slip([one], trials, expected) is one
        assert find_slip(others, trials, expected) is None, one.name
        assert parts_too or find_slip(slips, trials, expected).name == one.name
