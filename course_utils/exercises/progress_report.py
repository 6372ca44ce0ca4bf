"""What is solved, lesson by lesson."""

import html
import pkgutil
import re
from importlib import import_module
from pathlib import Path

from course_utils import places
from course_utils.exercises.exercise import Exercise
from course_utils.exercises.progress_file import noted
from course_utils.exercises.quiz import Quiz
from course_utils.exercises.showing import as_html
from course_utils.exercises.verdict import RIGHT


# A run without a student keeps no record; its text stands in the committed lessons, so it never
# changes.
HEADLESS = (
    "Progress: nothing solved yet. Solved exercises are kept beside the notebooks and listed here."
)


def progress():
    """Return what is solved, tried and still open in every lesson, as text and as a table."""
    if places.headless():
        return Report([], HEADLESS)
    known, trouble = noted()
    rows = [_row(module, known) for module in lesson_modules()]
    solved = sum(len(row["solved"]) for row in rows)
    total = sum(len(names) for row in rows for names in _groups(row).values())
    summary = f"{solved} of {total} solved" if solved else "nothing solved yet"
    sentence = f"Progress: {summary}."
    return Report(rows, f"{sentence} {trouble}" if trouble else sentence)


def lesson_modules():
    """Return the modules of all lessons that have exercises, in order."""
    names = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    lessons = sorted(name for name in names if re.fullmatch(r"lesson_\d\d", name))
    return [import_module(f"course_utils.exercises.{name}") for name in lessons]


class Report:
    """A table of lessons, shown as text and as HTML."""

    def __init__(self, rows, sentence):
        self.rows, self.sentence = rows, sentence

    def __repr__(self):
        lines = [self.sentence]
        for row in self.rows:
            lines.append(row["title"])
            for state, names in _groups(row).items():
                lines.append(f"  {state}: {', '.join(names) or '-'}")
        return "\n".join(lines)

    def to_html(self):
        """Return the sentence and, where there are rows, a table with a header."""
        if not self.rows:
            return f"<p>{as_html(self.sentence)}</p>"
        names = ("Lesson", "Solved", "Tried", "Open")
        heads = "".join(f'<th scope="col">{name}</th>' for name in names)
        body = "".join(_html_row(row) for row in self.rows)
        return (
            f"<p>{as_html(self.sentence)}</p><table><thead><tr>{heads}</tr></thead>"
            f"<tbody>{body}</tbody></table>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": repr(self), "text/html": self.to_html()}


def _row(module, known):
    items = [item.name for item in vars(module).values() if isinstance(item, (Exercise, Quiz))]
    lesson = module.__name__.rpartition(".")[2]
    outcomes = known.get(lesson, {})
    return {
        "title": f"Lesson {lesson[-2:]}, {module.TITLE}",
        "solved": [name for name in items if outcomes.get(name) == RIGHT],
        "tried": [name for name in items if name in outcomes and outcomes[name] != RIGHT],
        "open": [name for name in items if name not in outcomes],
    }


def _groups(row):
    return {state: row[state] for state in ("solved", "tried", "open")}


def _html_row(row):
    cells = [", ".join(names) or "-" for names in _groups(row).values()]
    columns = "".join(f'<td style="text-align:left">{html.escape(cell)}</td>' for cell in cells)
    return f'<tr><th scope="row">{html.escape(row["title"])}</th>{columns}</tr>'
