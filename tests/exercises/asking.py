"""Asking a check what it says, and a question for its answer: shared by several tests."""


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
