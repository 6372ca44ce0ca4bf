"""Slips: wrong answers, each with the one mistake that it models."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Slip:
    """A wrong answer to the exercise named.

    Attributes:
        exercise: the exercise's name.
        name: the mistake in a few words.
        sentence: where to look, without the code that mends it.
        answer: the wrong function, or the wrong value.
        part: the places of the numbers that the slip is about, whatever the others are, counted
            along all axes; all of them unless given.
    """

    exercise: str
    name: str
    sentence: str
    answer: object
    part: tuple = ()


class SlipList(list):
    """The slips of a lesson, filled by decorating wrong functions."""

    def slip(self, exercise, name, sentence, part=()):
        """Return a decorator that files a wrong function, or a call that files a wrong value."""

        def file_answer(answer):
            self.append(Slip(exercise, name, sentence, answer, tuple(part)))
            return answer

        return file_answer

    def of(self, exercise):
        """Return the slips of one exercise, in their order."""
        return [slip for slip in self if slip.exercise == exercise]
