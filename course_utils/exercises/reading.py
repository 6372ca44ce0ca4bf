"""Answers that are text, or hold NaN: read as numbers, so that a check works on them as on all."""

from dataclasses import dataclass

import numpy as np

from course_utils.exercises.number_text import number_text, shape_text
from course_utils.exercises.outcomes import NUMBERS, UNREADABLE, Outcome, close, read_outcome


@dataclass(frozen=True)
class Words:
    """An answer that is one of a few words. Its place among them stands for it.

    Attributes:
        words: the words, in any order; an answer has to be written as they are.
    """

    words: tuple

    @property
    def wanted(self):
        return "one of the words " + ", ".join(f'"{word}"' for word in self.words)

    def read(self, returned):
        """Return the Outcome: a single number, or what came in place of such a word."""
        text = _text_in(returned)
        if isinstance(text, Outcome):
            return text
        if text not in self.words:
            return Outcome(UNREADABLE, problem=f'"{text}"')
        return Outcome(NUMBERS, np.array(float(self.words.index(text))), dtype="text")

    def difference(self, expected, received):
        """Return a sentence where two words differ, given as numbers, or an empty string."""
        if expected == received:
            return ""
        wanted, came = self.words[int(expected)], self.words[int(received)]
        return f'Expected "{wanted}", received "{came}".'


@dataclass(frozen=True)
class Letters:
    """An answer that is a choice of letters. Each possible one has a number: 1 if it is chosen.

    Order, case and what stands between the letters make no difference; a list of letters will do.

    Attributes:
        letters: all that can be chosen, "abcd".
    """

    letters: str

    @property
    def wanted(self):
        return f"a string of letters from {self.letters[0]} to {self.letters[-1]}"

    def read(self, returned):
        """Return the Outcome: a 1 or a 0 for each possible letter, or what came instead."""
        text = _text_in(_joined(returned))
        if isinstance(text, Outcome):
            return text
        chosen = {letter for letter in text.lower() if letter.isalnum()}
        strange = sorted(chosen - set(self.letters))
        if strange:
            return Outcome(UNREADABLE, problem=f'"{strange[0]}", which is none of them')
        marks = [float(letter in chosen) for letter in self.letters]
        return Outcome(NUMBERS, np.array(marks), dtype="text")


class NumbersOrNaN:
    """An answer of numbers among which NaN may be right, such as the share of nothing.

    Two numbers stand for each, so that NaN can be compared and recorded: the number itself and 0,
    or 0 and 1 for NaN.
    """

    wanted = "numbers"

    def read(self, returned):
        """Return the Outcome: an array with one axis more than the answer, of length 2."""
        outcome = read_outcome(returned)
        if outcome.kind != NUMBERS or np.isinf(outcome.numbers).any():
            return outcome
        missing = np.isnan(outcome.numbers)
        pairs = np.stack([np.where(missing, 0, outcome.numbers), missing], axis=-1)
        return Outcome(NUMBERS, pairs, dtype=outcome.dtype)

    def difference(self, expected, received):
        """Return a sentence on how numbers differ, given as pairs, or an empty string."""
        wanted, came = expected[..., 0], received[..., 0]
        if wanted.shape != came.shape:
            return f"Expected {shape_text(wanted)}, received {shape_text(came)}."
        wrong = np.argwhere(~close(expected, received).all(axis=-1))
        if not len(wrong):
            return ""
        index = tuple(wrong[0])
        place = f" at [{', '.join(str(i) for i in index)}]" if index else ""
        text, other = (_number_or_nan(pairs[index]) for pairs in (expected, received))
        count = f": the first of {len(wrong)} differences in {wanted.size} values" if place else ""
        return f"Expected {text}{place}, received {other}{count}."


def _number_or_nan(pair):
    number, missing = pair
    return "NaN" if missing else number_text(number)


def _joined(returned):
    """Return a list or set of texts as one text, and anything else as it is."""
    several = isinstance(returned, (list, tuple, set, frozenset)) and len(returned)
    texts = several and all(isinstance(one, str) for one in returned)
    return "".join(sorted(returned)) if texts else returned


def _text_in(returned):
    """Return a text as it is; of anything else, the Outcome that says what it is."""
    outcome = read_outcome(returned)
    if outcome.kind == NUMBERS:
        return Outcome(UNREADABLE, problem=shape_text(outcome.numbers))
    if outcome.kind != UNREADABLE:
        return outcome
    item = _single_item(returned)
    if isinstance(item, bytes):  # a tensor's text
        item = item.decode(errors="replace")
    if isinstance(item, str):
        return item
    return Outcome(UNREADABLE, problem=outcome.problem.removesuffix(" instead of numbers"))


def _single_item(returned):
    """Return what stands in an array or tensor of no dimensions, or None."""
    try:
        array = np.asarray(returned)
    except Exception:  # a student's object may raise anything here
        return None
    return array.item() if array.shape == () else None
