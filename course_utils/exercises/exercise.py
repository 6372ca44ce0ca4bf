"""An exercise: what is asked, its hints, the cases it is tried on, and its check."""

import copy
import os
import re

import numpy as np

from course_utils.exercises import answer_book, progress_file
from course_utils.exercises.judging import judge
from course_utils.exercises.making import arguments_of
from course_utils.exercises.outcomes import Outcome, read_outcome
from course_utils.exercises.showing import Note, Source, show


class Exercise:
    """One exercise of a lesson. The answer is a function, or a value.

    Args:
        name: the name that the student defines, and of the exercise in its lesson's module.
        lesson: the module's name, "lesson_01".
        title: what the student writes, in a few words.
        hints: sentences, from gentle to nearly there.
        cases: dicts of arguments by name, in the order of the call: numbers, arrays, text, and
            `making.Made` for what each call gets afresh. A value exercise may have none: then the
            value itself is compared.
        is_value: True when the answer is a value.
        shape: for a value, the shape that it must have; None for any.
        apply: for a value, a function of the value and of a case's arguments: its result is
            compared in place of the value, so that no message gives the value away.
        call_text: how a case is written in a message; the plain call unless given. It names the
            arguments one after the other, as they stand in the cases.
        accept: a judge for exercises with many right answers: a function of the result and of a
            case's arguments that returns None, or a sentence that says what is amiss.
        measure: where chance has a part in a result: a function of the result, of any shape, and
            of a case's arguments that returns numbers, in which chance has no part. They are
            compared in place of the result, and they are what `accept` gets.
        reading: for an answer that is text, how it is read: `reading.Words` or `reading.Letters`;
            for numbers among which NaN is right, `reading.NumbersOrNaN`.
        when_right: a sentence to end on.
    """

    def __init__(
        self, name, lesson, title, hints, cases=({},), *, is_value=False, shape=None,
        apply=None, call_text="", accept=None, measure=None, reading=None, when_right="",
    ):  # fmt: skip
        self.name, self.lesson, self.title = name, lesson, title
        self.hints, self.cases = tuple(hints), tuple(cases)
        self.is_value, self.shape, self.apply, self.accept = is_value, shape, apply, accept
        self.measure, self.reading = measure, reading
        self.arguments = list(self.cases[0])
        self.call_text = call_text or f"{name}({', '.join(self.arguments)})"
        self.when_right = when_right
        self._hints_given = 0

    def __repr__(self):
        name = f"exercises.{self.name}"
        return f"{self.title}: {name}.check({self.name}), {name}.hint(), {name}.solution()"

    def check(self, answer):
        """Judge an answer, show the verdict, and note it in the student's progress."""
        verdict = self.judge(answer)
        show(verdict)
        trouble = progress_file.note(self.lesson, self.name, verdict.outcome)
        if trouble:
            show(Note(trouble))

    def judge(self, answer):
        """Return the Verdict on an answer; nothing is shown and nothing is kept."""
        return judge(self, answer)

    def hint(self):
        """Show the next hint; after the last one, say where to look."""
        self._hints_given += 1
        number, total = self._hints_given, len(self.hints)
        if number <= total:
            show(Note(f"Hint {number} of {total}: {self.hints[number - 1]}"))
            return
        show(Note(f"There are no more hints: `exercises.{self.name}.solution()` shows one way."))

    def solution(self):
        """Show the reference's source, unless the instructor or the edition withholds it."""
        source = self.reference_source
        if source is None:
            show(Note("This edition of the course has no solutions: ask your instructor."))
        elif os.environ.get("COURSE_HIDE_SOLUTIONS", "") not in ("", "0"):
            show(Note("Your instructor has hidden the solutions: try the hints, or ask."))
        else:
            show(Source(source))

    def case(self, number):
        """Return copies of the arguments of one case as a tuple; the first case is 1.

        Raises:
            ValueError: there is no such case.
        """
        if number not in range(1, len(self.cases) + 1):
            raise ValueError(
                f"Expected the number of a case, 1 to {len(self.cases)}. Received {number!r}."
            )
        return arguments_of(copy.deepcopy(self.cases[number - 1]))

    def call_of_case(self, number):
        """Return the code that repeats one case in the student's notebook."""
        arguments = re.escape(", ".join(self.arguments))
        case = f"*exercises.{self.name}.case({number})"
        return re.sub(rf"\b{arguments}\b", case, self.call_text, count=1)

    @property
    def stub(self):
        """The source that the lesson's cell begins with: what the student replaces dots in."""
        return answer_book.stub_source(self)

    @property
    def reference_source(self):
        """The source to put in the stub's place in a solved run; None in a student edition."""
        return answer_book.reference_source(self)

    @property
    def wanted(self):
        """What an answer is to be, for messages."""
        return self.reading.wanted if self.reading else "numbers"

    def read(self, returned):
        """Return the Outcome of whatever an answer gives."""
        return self.reading.read(returned) if self.reading else read_outcome(returned)

    def measured(self, outcome, case):
        """Return what is compared of an outcome: itself, or what was measured of it."""
        if self.measure is None or not outcome.finite:
            return outcome
        numbers = np.asarray(self.measure(outcome.numbers, **case), dtype=np.float64)
        return Outcome(outcome.kind, numbers, dtype=outcome.dtype)

    def call(self, answer, case):
        """Return what an answer gives for one case."""
        if not self.is_value:
            return answer(*arguments_of(case))
        return self.apply(np.asarray(answer, dtype=float), **case) if self.apply else answer
