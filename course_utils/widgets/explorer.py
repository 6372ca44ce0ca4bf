"""The contract of every explorer.

An explorer is a plain object: a frozen `state`, a pure `compute(state)`, a picture, and words. The
ipywidgets around it are made only when somebody looks (`widgets.shell`). With COURSE_HEADLESS=1 an
explorer is a PNG and its description, so a lesson reads the same on GitHub and under nbval. What is
seen where a notebook has lost its widgets is `course_utils.still`'s.

A subclass gives:
    title, try_this: its name, and a line that suggests what to try.
    compute(state) -> data: everything that is shown. Raises ValueError for an impossible state.
    describe(data, state) -> str: what is shown, in words that do not vary between machines.
    readout(data, state) -> str: the numbers of the moment.
    draw(data, state) -> Shown: the picture that stands for it where nothing moves.
    views(data, state) -> {name: html}: the live picture, in parts.
    controls() -> {field of the state: control}: see `widgets.controls`.
    actions() -> {label: function}: its buttons.
    limits() -> {field: largest value}: for counts whose limit moves with the state.
    settle(state, changes) -> state: adjust what no longer fits after a change.
    picked(name, x, y): answer a place pointed at in a view's element with data-pick="name".
    inset: another explorer, shown below this one; moved(before) keeps it in step.
    beside: names of views that stand beside the controls, in sight of a hand that draws.
    front: a module in javascript/ that computes and shows it in the browser (see `widgets.front`).
    client_inputs(alone) -> {name: value}: what that module needs besides the state, as JSON and
        bytes; `alone` when no kernel will answer.
"""

import reprlib
from dataclasses import fields, replace

import numpy as np

from course_utils.places import exported, headless


class Explorer:
    """A picture whose settings can be changed by hand, or by `set` from code."""

    title = ""
    try_this = ""
    inset = None
    beside = ()
    front = None

    def __init__(self, state):
        self.start = state
        self._shell = None
        self.state = state
        self.data = self.compute(state)

    def set(self, **changes):
        """Change settings, show the result, and return the explorer.

        Raises:
            ValueError: a setting that does not exist, or values that cannot be; the state
                and the picture then stay as they were.
        """
        known = [field.name for field in fields(self.state)]
        for name in changes:
            if name not in known:
                raise ValueError(f"Expected one of {', '.join(known)}. Received {name!r}.")
        state = self.settle(replace(self.state, **changes), changes)
        before = self.state
        self.data = self.compute(state)
        self.state = state
        self.moved(before)
        if self._shell:
            self._shell.update()
        return self

    def reset(self):
        """Return to the state that the explorer started with."""
        return self.set(**{f.name: getattr(self.start, f.name) for f in fields(self.start)})

    def settle(self, state, changes):
        """Return the state, adjusted where a change made another setting impossible."""
        return state

    def moved(self, before):
        """Bring along what depends on the state, such as `inset`, after it was `before`."""

    def limits(self):
        """Return {field: largest value} for the counts whose limit moves with the state."""
        return {}

    def actions(self):
        """Return {label: function without arguments} for the buttons."""
        return {}

    def picked(self, name, x, y):
        """Answer a place that was pointed at, x and y in 0…1 of the picture from its upper left.

        Pointing is an extra (see `widgets.pointing`): all that it does, fields and buttons do too.
        """

    @property
    def description(self):
        """What is shown, in words: the alt text and the repr."""
        return self.describe(self.data, self.state)

    def __repr__(self):
        return self.description

    def _ipython_display_(self):
        from IPython.display import display

        if exported() and self.front:
            from course_utils.widgets.front import page_piece

            piece = {"text/html": page_piece(self), "text/plain": self.description}
            display(piece, raw=True)
        elif headless():
            display(self.draw(self.data, self.state))
        else:
            from course_utils.widgets.shell import still_of

            display(self.live())
            display(still_of(self), raw=True)

    def live(self):
        """Return the widget with picture and controls; made once, shown anywhere."""
        if self._shell is None:
            from course_utils.widgets.front import front_of
            from course_utils.widgets.shell import Shell

            self._shell = front_of(self) or Shell(self)
        return self._shell.box

    @property
    def is_live(self):
        """True while there is a live widget."""
        return self._shell is not None

    def close(self):
        """Take the live widget away wherever it is shown; `live` would make another one.

        ipywidgets keeps all widgets that were ever made, and a widget keeps its explorer: without
        this, neither they nor a copied network leave the memory before the kernel does.
        """
        if self._shell:
            self._shell.close()
            self._shell = None


def numbers(what, values, kind=float):
    """Return values as an array of its own of some kind of float, which cannot be changed.

    Raises:
        ValueError: values that are no numbers, or not finite.
    """
    try:
        array = np.array(values, kind)
    except (TypeError, ValueError):
        raise ValueError(
            f"Expected {what} as numbers, in rows of one length. Received {reprlib.repr(values)}."
        ) from None
    if not np.isfinite(array).all():
        raise ValueError(f"Expected finite numbers as {what}. Received NaN or infinity.")
    array.flags.writeable = False
    return array


def require_name(what, name, known):
    """Refuse what is not one of the names, or sizes, that are known.

    Raises:
        ValueError: it names them all.
    """
    if not isinstance(name, (str, int)) or name not in known:
        names = ", ".join(str(one) for one in known)
        raise ValueError(f"Expected {what} as one of {names}. Received {name!r}.")


def require_whole(what, value, most, least=0):
    """Refuse what is not a whole number from `least` to `most`.

    Raises:
        ValueError: it says from where to where they go.
    """
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not least <= value <= most:
        raise ValueError(f"Expected {what} from {least} to {most}. Received {value!r}.")


def require_between(what, value, least, most):
    """Refuse what is not a number from `least` to `most`.

    Raises:
        ValueError: it says from where to where they go.
    """
    real = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not real or not least <= value <= most:  # not-a-number is refused as well
        raise ValueError(
            f"Expected {what} as a number from {least:g} to {most:g}. Received {value!r}."
        )
