"""A quiz as buttons: core ipywidgets of 7.7 and later, reachable by keyboard.

There is no Output widget here: feedback is the text of an HTML widget, which works in every
front end and is read out as a status.
"""

from functools import partial

import ipywidgets

from course_utils.exercises.showing import as_html

# A button cuts long text off unless it may wrap, and the layout traits of 7.7 cannot say so.
STYLE = (
    "<style>.course-quiz .jupyter-button{white-space:normal;height:auto;line-height:1.4;"
    "text-align:left;padding:6px 12px}</style>"
)


def build(quiz):
    """Return a VBox: the question, a button for each option, and a place for the feedback."""
    question = ipywidgets.HTML(f"{STYLE}<p><strong>{as_html(quiz.question)}</strong></p>")
    feedback = ipywidgets.HTML(_status(""))
    buttons = [_button(quiz, letter, feedback) for letter in quiz.options]
    box = ipywidgets.VBox([question, *buttons, feedback])
    box.add_class("course-quiz")
    return box


def _button(quiz, letter, feedback):
    layout = ipywidgets.Layout(width="auto", max_width="44em", height="auto")
    text = quiz.options[letter].text.replace("`", "")  # a button shows text only
    button = ipywidgets.Button(description=f"{letter}) {text}", layout=layout)
    button.on_click(partial(_choose, quiz, letter, feedback))
    return button


def _choose(quiz, letter, feedback, _button):
    verdict, trouble = quiz.answer(letter)
    remark = f"<p>{as_html(trouble)}</p>" if trouble else ""
    feedback.value = _status(verdict.to_html() + remark)


def _status(content):
    return f'<div role="status">{content}</div>'
