"""A question with a few answers, each of them explained."""

from dataclasses import dataclass
from string import ascii_lowercase

from course_utils import places
from course_utils.exercises import progress_file
from course_utils.exercises.showing import Note, as_html, in_notebook, show
from course_utils.exercises.verdict import NOT_ATTEMPTED, NOT_YET, RIGHT, Verdict
from course_utils.still import still


@dataclass(frozen=True)
class Option:
    """One answer: its text, why it is right or which slip leads to it, and whether it is right."""

    text: str
    explanation: str
    right: bool = False


class Quiz:
    """A question of a lesson. It displays itself: as buttons, or as a list where nobody clicks.

    Args:
        name: the name of the quiz in its lesson's module.
        lesson: the module's name, "lesson_01".
        question: plain text; what stands between backticks is shown as code.
        options: two to six Options, one of them right, in the order in which they are shown.

    Raises:
        ValueError: not exactly one right option, or too few, too many or equal ones.
    """

    def __init__(self, name, lesson, question, options):
        self.name, self.lesson, self.question = name, lesson, question
        self.options = dict(zip(ascii_lowercase, options))
        rights = sum(option.right for option in options)
        texts = {option.text for option in options}
        if rights != 1 or not 2 <= len(options) <= 6 or len(texts) != len(options):
            raise ValueError(
                f"Expected 2 to 6 different options for {name}, one of them right. "
                f"Received {len(options)}, {len(texts)} different and {rights} right."
            )

    @property
    def title(self):
        """The question: what the report of progress and a reader of the module see."""
        return self.question

    def __repr__(self):
        listed = [f"  {letter}) {option.text}" for letter, option in self.options.items()]
        how = f'Answer with {self._how()}, a letter in place of "?".'
        return "\n".join([self.question, *listed, how])

    def to_html(self):
        """Return question and options as a list, with the call that answers."""
        listed = "".join(f"<li>{as_html(option.text)}</li>" for option in self.options.values())
        return (
            f'<div><p><strong>{as_html(self.question)}</strong></p><ol type="a">{listed}</ol>'
            f"<p>Answer with <code>{as_html(self._how())}</code>, a letter in place of "
            "<code>?</code>.</p></div>"
        )

    def judge(self, choice):
        """Return the Verdict on a choice, a letter or an option's text; nothing is kept."""
        if choice is None or choice is Ellipsis:
            return Verdict(NOT_ATTEMPTED, f"Choose one of {', '.join(self.options)}.")
        letter = self._letter(choice)
        if letter is None:
            letters = ", ".join(self.options)
            return Verdict(NOT_ATTEMPTED, f"Expected one of {letters}. Received {_short(choice)}.")
        option = self.options[letter]
        outcome = RIGHT if option.right else NOT_YET
        return Verdict(outcome, f"{letter}) {option.text}: {option.explanation}")

    def check(self, choice):
        """Judge a choice, show the verdict, and note it in the student's progress."""
        verdict, trouble = self.answer(choice)
        show(verdict)
        if trouble:
            show(Note(trouble))

    def answer(self, choice):
        """Judge a choice and note it; return (verdict, what went wrong with the note or "")."""
        verdict = self.judge(choice)
        return verdict, progress_file.note(self.lesson, self.name, verdict.outcome)

    def _ipython_display_(self):
        from IPython.display import display

        forms = {"text/plain": repr(self), "text/html": self.to_html()}
        if places.headless() or not in_notebook():
            display(forms, raw=True)
            return
        from course_utils.exercises.quiz_buttons import build

        # The list stays beside the buttons, for viewers that have no widgets.
        model = {"version_major": 2, "version_minor": 0, "model_id": build(self).model_id}
        display({**forms, "application/vnd.jupyter.widget-view+json": model}, raw=True)
        display(still(self.to_html(), repr(self)), raw=True)

    def _letter(self, choice):
        text = str(choice).strip() if isinstance(choice, str) else ""
        by_text = {option.text: letter for letter, option in self.options.items()}
        letter = by_text.get(text, text.rstrip(").").lower())
        return letter if letter in self.options else None

    def _how(self):
        return f'exercises.{self.name}.check("?")'


def _short(choice, longest=40):
    try:
        text = repr(choice)
    except Exception:  # an object that fails to print itself is no choice either
        text = f"a {type(choice).__name__}"
    return text if len(text) <= longest else text[:longest] + "…"
