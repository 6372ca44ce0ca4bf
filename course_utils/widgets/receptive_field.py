"""ReceptiveField: which pixels a unit of a network can see, and which of them it listens to."""

from dataclasses import dataclass, replace

import numpy as np

from course_utils.draw.field import receptive_field
from course_utils.probe import Probe, jump_of, receptive_box, windows_until
from course_utils.widgets import html
from course_utils.widgets.controls import Choice, Count
from course_utils.widgets.explorer import Explorer, require_name, require_whole
from course_utils.widgets.field_views import (
    feature_map,
    framed,
    gradient_pixels,
    growth_table,
    off_message,
)
from course_utils.widgets.field_words import (
    box_words,
    by,
    effective_words,
    growth_lines,
    jump_words,
    range_of,
    signed,
)
from course_utils.widgets.model_pictures import checked_pictures, drawable, tones_of
from course_utils.widgets.pointing import cell_at

MOST = 0.9  # the share of the gradient that makes up the effective field


@dataclass(frozen=True, eq=False)
class State:
    """What can be changed: see `ReceptiveField`."""

    picture: int
    layer: str
    unit: int
    row: int
    column: int


@dataclass(frozen=True)
class Growth:
    """How large the boxes of a layer are: (height, width), and how far apart: (down, right)."""

    name: str
    size: tuple
    jump: tuple


@dataclass(frozen=True, eq=False)
class Field:
    """What is shown.

    Attributes:
        picture: (height, width) or (height, width, 3) in 0…1, from black to white.
        map: (rows, columns), the filter's feature map.
        slope: (height, width), how the unit changes when a pixel grows in all its channels.
        strengths: (height, width), the sizes of the gradient, summed over channels.
        box: (top, left, bottom, right) in pixels, the last two excluded.
        jump: (down, right) in pixels from one unit's box to the next, None where it varies.
        margins: (top, left, bottom, right), how far boxes of this layer reach over the edges.
        growth: of all layers up to this one.
    """

    picture: np.ndarray
    map: np.ndarray
    slope: np.ndarray
    strengths: np.ndarray
    box: tuple
    jump: tuple
    margins: tuple
    growth: tuple

    @property
    def off(self):
        """True where no pixel changes the unit: its gradient is exactly zero."""
        return not self.strengths.any()

    @property
    def size(self):
        """Height and width of the box."""
        return self.box[2] - self.box[0], self.box[3] - self.box[1]

    @property
    def window(self):
        """The part of the box that lies in the picture, as slices of rows and columns."""
        height, width = self.picture.shape[:2]
        top, left, bottom, right = np.clip(self.box, 0, [height, width, height, width])
        return slice(int(top), int(bottom)), slice(int(left), int(right))

    @property
    def inside(self):
        """Height and width of the part of the box that lies in the picture."""
        return tuple(one.stop - one.start for one in self.window)

    @property
    def effective(self):
        """How many pixels, the strongest first, carry 90 % of the gradient."""
        carried = np.cumsum(np.sort(self.strengths, axis=None)[::-1], dtype=float)
        return 0 if self.off else int(np.searchsorted(carried, MOST * carried[-1])) + 1


class ReceptiveField(Explorer):
    """Look at the receptive field of any unit of your own network.

    The box holds all pixels that can change the unit: it follows from kernels, strides and
    dilations alone. The gradient shows which of them do change it on this picture; most of it
    often lies in a small part of the box, the effective receptive field.
    References: Araujo, Norris and Sim, Computing receptive fields of convolutional neural
    networks, Distill (2019); Luo, Li, Urtasun and Zemel, Understanding the effective receptive
    field in deep convolutional neural networks (2016).

    Args:
        model: a built Sequential or functional Keras model with a convolution.
        images: (n, height, width, channels) as the model takes them, in the range that it was
            trained on; or one picture.
        layer: the name of a convolution; by default the last one.
        row, column: the unit's place in its feature map; by default in the middle.
        unit: which filter of the layer.

    Raises:
        ValueError: a model or images that cannot be looked into, or a place that does not exist.
    """

    title = "ReceptiveField"
    try_this = (
        "Choose the first layer, then the next ones, and watch the box grow. Point at the feature "
        "map to choose another unit: at a corner the box leaves the picture."
    )

    def __init__(self, model, images, layer=None, row=None, column=None, unit=0):
        self.probe = Probe(model)
        self.images = checked_pictures(self.probe, images)
        self.tones = tones_of(self.images)
        _, self._sizes = self.probe.look(self.images[0])
        self._known = {}
        layer = list(self.probe.convolutions)[-1] if layer is None else layer
        super().__init__(self._in_the_middle(State(0, layer, unit, row, column)))

    def compute(self, state):
        place = self._require(state)
        image = self.images[state.picture]
        growth, margins = self._geometry(place)
        here = (state.row, state.column)
        slope = self.probe.unit_gradient(image, state.layer, *here, state.unit)
        values = self.probe.look(image)[0][state.layer][..., state.unit]
        if not (np.isfinite(slope).all() and np.isfinite(values).all()):
            raise ValueError(
                f"Expected a network of finite numbers. Received NaN or infinity in {state.layer!r}"
                ": its training went wrong, train it again with a smaller learning rate."
            )
        picture, strengths = drawable(self.tones.shares(image)), np.abs(slope).sum(axis=-1)
        return Field(
            picture, values, slope.sum(axis=-1), strengths, self._box(place, *here),
            growth[-1].jump, margins, growth,
        )  # fmt: skip

    def _box(self, place, row, column):
        return receptive_box(self.probe.steps, place, row, column, self._sizes)

    def _geometry(self, place):
        """Return (growth, margins) of a layer, which no picture changes: found once."""
        if place not in self._known:
            steps = self.probe.steps
            growth = tuple(self._growth(at) for at in windows_until(steps, place))
            self._known[place] = growth, self._margins(place)
        return self._known[place]

    def _growth(self, place):
        rows, columns = self._sizes[place]
        top, left, bottom, right = self._box(place, rows // 2, columns // 2)
        jump = jump_of(self.probe.steps, place, self._sizes)
        return Growth(self.probe.steps[place].name, (bottom - top, right - left), jump)

    def _margins(self, place):
        height, width = self.images.shape[1:3]
        rows, columns = self._sizes[place]
        top, left, *_ = self._box(place, 0, 0)
        *_, bottom, right = self._box(place, rows - 1, columns - 1)
        # One pixel more keeps the frame's line away from the edge of the view.
        return tuple(max(far, 0) + 1 for far in (-top, -left, bottom - height, right - width))

    def settle(self, state, changes):
        """Another layer is looked at over the same pixels; a filter that it lacks is its last."""
        if "layer" in changes:
            require_name("layer", state.layer, self.probe.convolutions)
            if "unit" not in changes:
                state = replace(state, unit=min(state.unit, self.probe.map_count(state.layer) - 1))
            top, left, bottom, right = self.data.box
            above = self._above(state.layer, (top + bottom) / 2, (left + right) / 2)
            moved = {name: at for name, at in above.items() if name not in changes}
            state = replace(state, **moved)
        return self._in_the_middle(state)

    def _in_the_middle(self, state):
        """Fill in a row or column that is None."""
        require_name("layer", state.layer, self.probe.convolutions)
        sizes = self._sizes[self.probe.convolutions[state.layer]]
        middle = {name: size // 2 for name, size in zip(("row", "column"), sizes)}
        return replace(state, **{k: v for k, v in middle.items() if getattr(state, k) is None})

    def _above(self, layer, down, right):
        """Return {"row": …, "column": …} of the unit whose box's middle is nearest to a point."""
        place = self.probe.convolutions[layer]
        found = {}
        for axis, (name, aim) in enumerate({"row": down, "column": right}.items()):
            size = self._sizes[place][axis]
            boxes = [self._box(place, *((at, 0), (0, at))[axis]) for at in range(size)]
            middles = np.array([(box[axis] + box[axis + 2]) / 2 for box in boxes])
            nearest = int(np.abs(middles - aim).argmin())
            found[name] = nearest if np.ptp(middles) else size // 2  # all see everything
        return found

    def strongest(self):
        """Go to the place where the filter answers most on this picture."""
        values = self.data.map
        if not values.max() > 0 and self.data.off:
            raise ValueError(
                f"Expected a filter that answers somewhere on this picture. Received filter "
                f"{self.state.unit} of {self.state.layer}, which is off at every place: choose "
                "another filter or picture."
            )
        row, column = np.unravel_index(values.argmax(), values.shape)
        return self.set(row=int(row), column=int(column))

    def picked(self, name, x, y):
        """Choose the unit pointed at, or the one that looks at the pixel pointed at."""
        if name == "map":
            row, column = cell_at(x, y, self.data.map.shape)
            self.set(row=row, column=column)
        else:
            top, left, bottom, right = self.data.margins
            height, width = self.images.shape[1:3]
            down, across = y * (top + height + bottom) - top, x * (left + width + right) - left
            self.set(**self._above(self.state.layer, down, across))

    def describe(self, data, state):
        height, width = self.images.shape[1:3]
        top, left, bottom, right = data.box
        padding = ", of which a part lies outside, in the padding" * (data.inside != data.size)
        sizes = ", ".join(f"{name} {box}".strip() for name, box, _ in growth_lines(data.growth))
        return (
            f"Picture {state.picture} of {len(self.images)}, {height} × {width} pixels, with the "
            f"receptive field of the unit at row {state.row}, column {state.column} of filter "
            f"{state.unit} in {state.layer} framed: rows {signed(top)} to {signed(bottom - 1)}, "
            f"columns {signed(left)} to {signed(right - 1)}, {by(data.size)} pixels{padding}. "
            f"Beside it how the unit changes with each pixel, in red and blue around white, and "
            f"its feature map, {by(data.map.shape)}, with the unit framed. The boxes layer by "
            f"layer: {sizes}.{self.tones.sentence}"
        )

    def readout(self, data, state):
        return f"{box_words(data, state)} {jump_words(data)} {effective_words(data, state)}"

    def draw(self, data, state):
        words = [box_words(data, state), effective_words(data, state)]
        table = growth_lines(data.growth)
        here = (state.row, state.column)
        return receptive_field(
            data.picture, None if data.off else data.slope, data.map, data.box, here, data.margins,
            words, table, self.describe(data, state),
        )  # fmt: skip

    def views(self, data, state):
        words, picture = self.describe(data, state), html.pixels(data.picture, signed=False)
        changes = "how pixels change the unit" + f", {range_of(data.slope)}" * (not data.off)
        gradient = off_message(data) if data.off else framed(gradient_pixels(data), data, changes)
        answers = f"feature map of filter {state.unit}, {range_of(data.map)}"
        return {
            "picture": html.figure(self._caption(), framed(picture, data, words)),
            "gradient": html.figure(changes, gradient),
            "map": html.figure(answers, feature_map(data, state, answers)),
            "growth": html.figure("box, layer by layer", growth_table(growth_lines(data.growth))),
        }

    def _caption(self):
        return "picture and box" + f" ({self.tones.words})" * bool(self.tones.words)

    def controls(self):
        return {
            "picture": Count("Picture"),
            "layer": Choice("Layer", self.probe.convolutions),
            "unit": Count("Filter"),
            "row": Count("Row"),
            "column": Count("Column"),
        }

    def limits(self):
        """Return the largest numbers of the present layer."""
        rows, columns = self.data.map.shape
        return {"picture": len(self.images) - 1, "unit": self.probe.map_count(self.state.layer) - 1,
                "row": rows - 1, "column": columns - 1}  # fmt: skip

    def actions(self):
        return {"Strongest place": self.strongest}

    def _require(self, state):
        """Refuse what does not exist; return the layer's place."""
        require_name("layer", state.layer, self.probe.convolutions)
        place = self.probe.convolutions[state.layer]
        rows, columns = self._sizes[place]
        counts = dict(picture=len(self.images), unit=self.probe.map_count(state.layer), row=rows,
                      column=columns)  # fmt: skip
        for name, count in counts.items():
            require_whole(name, getattr(state, name), count - 1)
        return place
