"""Progress bars: the browser's own `<progress>` element in an ipywidgets HTML.

Nothing is shown when headless or outside Jupyter, so a committed lesson holds no trace of them.
"""

import contextlib
import html
import time

from course_utils.places import headless


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
        self.label = html.escape(label)
        self.started = time.monotonic()
        self.widget = None

    def show(self, done=None, total=None):
        values = "" if done is None else f' value="{done}" max="{total}"'
        count = "" if done is None else f" {done} of {total}"
        self._put(f'<progress aria-label="{self.label}"{values}></progress> {self.label}{count} …')

    @contextlib.contextmanager
    def ending(self):
        """Replace the bar by a line when the block ends, however it ends: nothing keeps moving."""
        how = "stopped after"
        try:
            yield
            how = "done in"
        finally:
            seconds = time.monotonic() - self.started
            self._put(f"{self.label}: {how} {seconds:.0f} s.")

    def _put(self, text):
        if headless() or not _in_a_kernel():
            return
        if self.widget is None:
            import ipywidgets
            from IPython.display import display

            self.widget = ipywidgets.HTML(text)
            display(self.widget)
        self.widget.value = text


def _in_a_kernel():
    """Return True inside a Jupyter kernel, the one place where a widget can be seen."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None
