"""Exercises and questions of the lessons: a check that explains, hints, a solution, a record.

A lesson imports its own module: `from course_utils.exercises import lesson_01 as exercises`, then
`exercises.value_at.check(value_at)`, `.hint()`, `.solution()` and `exercises.progress()`.
"""

from course_utils.exercises.exercise import Exercise
from course_utils.exercises.progress_report import progress
from course_utils.exercises.quiz import Option, Quiz
from course_utils.exercises.verdict import Verdict

__all__ = ["Exercise", "Option", "Quiz", "Verdict", "progress"]
