"""Controls with one protocol: `box` to show, `read`, `write` and `on_change`.

Only core widgets of ipywidgets 7.7.1 are used. Each input has a label that a screen reader finds.
"""

import ipywidgets
import numpy as np

from course_utils.draw.style import channel_label

NARROW, WIDE = "9rem", "16rem"
CORNERS = ("x1", "y1", "x2", "y2")  # of a box, in the order of its numbers
APART = "2px 16px 2px 2px"  # margin: keeps a label away from the field before it


class Field:
    """One ipywidgets input."""

    def __init__(self, widget):
        self.box = widget

    def read(self):
        return self.box.value

    def write(self, value):
        self.box.value = value

    def on_change(self, callback):
        self.box.observe(lambda change: callback(), names="value")


class Count(Field):
    """A whole number within limits that move with the state; arrow keys step it."""

    def __init__(self, label, least=0, most=100):
        super().__init__(
            ipywidgets.BoundedIntText(
                value=least, min=least, max=most, description=label, style=_wide_label(),
                layout={"width": NARROW, "margin": APART},
            )
        )

    def limit(self, most):
        self.box.max = most


class Slide:
    """A whole number on a slider, and in a field beside it: a slider's own name is not read out."""

    kinds = ipywidgets.BoundedIntText, ipywidgets.IntSlider

    def __init__(self, label, most, least=0, step=1):
        field, slider = self.kinds
        bounds = {"value": least, "min": least, "max": most, "step": step}
        self._field = field(
            description=label, style=_wide_label(), layout={"width": NARROW, "margin": APART},
            **bounds,
        )
        self._slider = slider(
            readout=False, description=f"{label} on a slider", style={"description_width": "0"},
            layout={"width": NARROW, "margin": APART}, **bounds,
        )
        self.box = ipywidgets.HBox([self._field, self._slider])

    def read(self):
        return self._field.value

    def write(self, value):
        self._field.value = self._slider.value = value

    def limit(self, most):
        self._field.max = self._slider.max = most

    def on_change(self, callback):
        self._field.observe(lambda change: callback(), names="value")
        self._slider.observe(self._moved, names="value")

    def _moved(self, change):
        self._field.value = change.new


class RealSlide(Slide):
    """A real number, likewise."""

    kinds = ipywidgets.BoundedFloatText, ipywidgets.FloatSlider

    def __init__(self, label, most=1.0, least=0.0, step=0.05):
        super().__init__(label, most, least, step)


class Number(Field):
    """A real number."""

    def __init__(self, label, step=0.25):
        super().__init__(
            ipywidgets.FloatText(
                description=label, step=step, style=_wide_label(),
                layout={"width": NARROW, "margin": APART},
            )
        )


class NumberList:
    """A few numbers in a field of text, with commas between them."""

    def __init__(self, label):
        self._label = label
        self.box = ipywidgets.Text(
            description=label, continuous_update=False, style=_wide_label(),
            layout={"width": WIDE, "margin": APART},
        )

    def read(self):
        """Return the numbers as a tuple.

        Raises:
            ValueError: a text that is none.
        """
        try:
            return tuple(float(part) for part in self.box.value.replace(",", " ").split())
        except ValueError:
            raise ValueError(
                f"Expected {self._label.lower()} as numbers with commas between them. "
                f"Received {self.box.value!r}."
            ) from None

    def write(self, values):
        self.box.value = ", ".join(f"{value:g}" for value in values)

    def on_change(self, callback):
        self.box.observe(lambda change: callback(), names="value")


class BoxFields:
    """A box as four number fields: its corners x1, y1 and x2, y2 in pixels."""

    def __init__(self, label):
        self.label = label
        self._cells = [Number(f"{label} {corner}", step=1) for corner in CORNERS]
        wrap = {"flex_flow": "row wrap"}
        self.box = ipywidgets.Box([cell.box for cell in self._cells], layout=wrap)

    def read(self):
        """Return the corners, (4,)."""
        return np.array([cell.read() for cell in self._cells])

    def write(self, corners):
        for cell, value in zip(self._cells, corners.tolist()):
            cell.write(value)

    def on_change(self, callback):
        for cell in self._cells:
            cell.on_change(callback)


class Choice(Field):
    """One of several names."""

    def __init__(self, label, options):
        super().__init__(
            ipywidgets.Dropdown(
                options=list(options), description=label, style=_wide_label(),
                layout={"width": WIDE, "margin": APART},
            )
        )


class Switch(Field):
    """On or off."""

    def __init__(self, label):
        super().__init__(
            ipywidgets.Checkbox(
                description=label, indent=False, layout={"width": "auto", "margin": APART}
            )
        )


class KernelGrid:
    """A kernel as a grid of number fields, one grid for each channel."""

    def __init__(self, label="Kernel"):
        self.label = label
        self.box = ipywidgets.HBox([])
        # By place; no array of objects, whose cycles Python never clears away.
        self._cells, self._built = {}, None
        self._callback = lambda: None
        self._writing = False

    def read(self):
        """Return the kernel in the shape in which it was written."""
        return self._exact.reshape(self._shape)

    def write(self, kernel):
        self._shape = kernel.shape
        self._exact = np.array(kernel, float)
        if kernel.ndim == 2:
            self._exact = self._exact[..., None]
        self._writing = True
        try:
            if self._exact.shape != self._built:
                self._build(self._exact.shape)
            # A field shows four decimals; the exact value is kept until somebody edits it.
            for place, cell in self._cells.items():
                cell.value = round(float(self._exact[place]), 4)
        finally:
            self._writing = False

    def on_change(self, callback):
        self._callback = callback

    def _build(self, shape):
        before = self.box.children
        self._cells = {place: self._cell(place, shape[2]) for place in np.ndindex(shape)}
        self._built = shape
        self.box.children = [self._grid(channel, shape) for channel in range(shape[2])]
        for grid in before:
            close_all(grid)

    def _cell(self, place, channels):
        row, column, channel = place
        name = channel_label(f"{self.label} row {row}, column {column}", channel, channels)
        # The label stays for screen readers, at a width of nothing.
        cell = ipywidgets.FloatText(
            description=name, step=0.25, style={"description_width": "0"},
            layout={"width": "3.9rem", "margin": "1px"},
        )
        cell.observe(lambda change: self._cell_changed(place, change.new), names="value")
        return cell

    def _grid(self, channel, shape):
        heading = channel_label(self.label, channel, shape[2])
        grid = ipywidgets.GridBox(
            [cell for place, cell in self._cells.items() if place[2] == channel],
            layout={"grid_template_columns": f"repeat({shape[1]}, 4.1rem)"},
        )
        title = ipywidgets.HTML(f"<b>{heading}</b>")
        return ipywidgets.VBox([title, grid], layout={"margin": APART})

    def _cell_changed(self, place, value):
        if not self._writing:
            self._exact = self._exact.copy()
            self._exact[place] = value
            self._callback()


def close_all(widget):
    """Close a widget and what it contains, and their layouts and styles, widgets of their own."""
    for child in getattr(widget, "children", ()):
        close_all(child)
    for part in (getattr(widget, "layout", None), getattr(widget, "style", None), widget):
        if part is not None:
            part.close()


def _wide_label():
    return {"description_width": "initial"}
