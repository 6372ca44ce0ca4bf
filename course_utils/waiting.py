"""Progress bars: the browser's own `<progress>` element in an ipywidgets HTML.

Nothing is shown when headless or outside Jupyter, so a committed lesson holds no trace of them.
"""

import contextlib
import html
import time

from course_utils.places import headless
from course_utils.still import still


@contextlib.contextmanager
def waiting(label):
    """Show a moving bar while the block runs, for work whose length nobody knows."""
    bar = _Bar(label)
    bar.show()
    with bar.ending():
        yield


def track(iterable, label, length=None):
    """Yield the items of `iterable` and show how many of them are done.

    Args:
        iterable: anything to loop over.
        label: what is being done, in a few words.
        length: the number of items, for an iterable without `len`.
    """
    total = len(iterable) if length is None else length
    bar = _Bar(label)
    with bar.ending():
        for done, item in enumerate(iterable):
            bar.show(done, total)
            yield item


class _Bar:
    def __init__(self, label):
        self.label = label
        self.started = time.monotonic()
        self.text = LiveText()

    def show(self, done=None, total=None):
        count = "" if done is None else f" {done} of {total}"
        self.text.put(f"{progress(self.label, done, total)} {html.escape(self.label)}{count} …")

    @contextlib.contextmanager
    def ending(self):
        """Replace the bar by a line when the block ends, however it ends: nothing keeps moving."""
        how = "stopped after"
        try:
            yield
            how = "done in"
        finally:
            seconds = time.monotonic() - self.started
            self.text.put(f"{html.escape(self.label)}: {how} {seconds:.0f} s.")


class LiveText:
    """HTML that changes in its place, shown when it is first put; nothing where nobody looks.

    Args:
        parts: how many pieces it has, one below the other. Only the piece that changed is sent.
    """

    def __init__(self, parts=1):
        self.parts = parts
        self.widgets = []

    def put(self, text, part=0):
        if not looked_at():
            return
        if not self.widgets:
            self._show(text, part)
        elif self.widgets[part].value != text:
            self.widgets[part].value = text

    def _show(self, text, part):
        import ipywidgets
        from IPython.display import display

        self.widgets = [ipywidgets.HTML() for _ in range(self.parts)]
        self.widgets[part].value = text
        display(self.widgets[0] if self.parts == 1 else ipywidgets.VBox(self.widgets))
        display(still(), raw=True)


def progress(label, done=None, total=None):
    """Return the browser's own progress element, which moves by itself when `done` is unknown."""
    values = "" if done is None else f' value="{done}" max="{total}"'
    return f'<progress aria-label="{html.escape(label)}"{values}></progress>'


def looked_at():
    """Return True where a widget can be seen: in a Jupyter kernel that is not headless."""
    return not headless() and _in_a_kernel()


def _in_a_kernel():
    """Return True inside a Jupyter kernel, the one place where a widget can be seen."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None
