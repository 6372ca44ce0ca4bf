"""Show a thing in the notebook, or print it where there is none."""

import html
import re
import sys


def running_shell():
    """Return IPython's shell when the code runs in one, else None; never imports IPython."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get_ipython() if get_ipython else None


def in_notebook():
    """Return True when a kernel runs the code, so that somebody may see widgets."""
    return getattr(running_shell(), "kernel", None) is not None


def show(thing):
    """Display a thing with all its forms; outside IPython print its text."""
    if running_shell() is None:
        print(thing)
        return
    from IPython.display import display

    display(thing)


def as_html(text):
    """Escape plain text for HTML; what stands between `backticks` becomes code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


class Note:
    """A sentence for the student, shown as plain text and as HTML."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": self.text, "text/html": f"<p>{as_html(self.text)}</p>"}


class Source:
    """Python source, shown highlighted where Markdown is."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": self.text, "text/markdown": f"```python\n{self.text}\n```"}
