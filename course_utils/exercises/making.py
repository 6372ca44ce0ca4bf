"""Arguments that no array can hold: made for every call, so that nothing done to them stays."""

from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True, repr=False)
class Made:
    """An argument of a case, such as a network, that `make(*arguments)` gives.

    Attributes:
        make: a function; what it needs, such as Keras, it imports itself: exercises load without.
        arguments: plain values, hashable; equal ones make equal things.
        text: what it is, for messages.
    """

    make: Callable
    arguments: tuple
    text: str

    def __str__(self):
        return self.text

    def __repr__(self):
        return f"{self.make.__name__}{self.arguments!r}"


def arguments_of(case):
    """Return a case's arguments as a call gets them: its values, and what is Made for this call."""
    values = case.values()
    return tuple(one.make(*one.arguments) if isinstance(one, Made) else one for one in values)
