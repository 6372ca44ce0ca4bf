"""FilterExplorer: a network's filters, their feature maps, and the patches that they like best."""

from dataclasses import replace

import numpy as np

from course_utils.probe import kernels_of
from course_utils.widgets import filter_views, filter_words
from course_utils.widgets.controls import Choice, Count, Slide
from course_utils.widgets.explorer import Explorer, require_name, require_whole
from course_utils.widgets.filter_network import FilterNetwork
from course_utils.widgets.filter_state import (
    NORMALISE,
    Filters,
    State,
    best_places,
    dead_filters,
    limit,
)
from course_utils.widgets.pointing import cell_at
from course_utils.widgets.stepping import require_place
from course_utils.widgets.unit_stepper import unit_stepper


class FilterExplorer(Explorer):
    """Look into a network of your own: kernels, feature maps, and what each filter likes best.

    Choose a filter and a place in its map; the pixels that this unit sees are framed, and
    `step_through` shows the arithmetic behind its value, all input channels summed.

    Args:
        model: a built Keras model, Sequential or functional, with convolutions of any kind. It
            is copied: what it learns afterwards is seen by an explorer that is made anew.
        images: (n, height, width, channels) as the model takes them, in the range that it was
            trained on, or without the channel axis; or one picture. The best patches are looked
            for among the first 1000.
        layer: the name of a convolution, by default the first; "inner/name" inside a model.
        checkpoints: {label: weights}, earlier states of the same model: lists as
            `model.get_weights()` gives them.

    Raises:
        ValueError: a model without convolutions, pictures of another shape, a layer that does
            not exist (those that do are named), or weights of another model.
    """

    title = "FilterExplorer"
    try_this = (
        "Choose a layer, then a filter whose map is bright where you would not expect it. Look at "
        "the patches it likes best. Press Step through this unit to see the sum behind its value."
    )

    def __init__(
        self, model, images, layer=None, checkpoints=None, filter=0, picture=0, normalise="each map"
    ):
        self.network = FilterNetwork(model, images, checkpoints)
        self.probe, self.images = self.network.probe, self.network.images
        self.labels = self.network.labels
        layer = layer or next(iter(self.probe.convolutions))
        start = State(layer, filter, picture, 0, 0, normalise, len(self.labels) - 1)
        self._require(start)
        super().__init__(self._at_strongest(start))

    def compute(self, state):
        self._require(state)
        everything, peaks = self.network.look(state), self.network.peaks(state)
        maps = everything[state.layer]
        require_place(state, maps.shape[:2])
        return Filters(
            kernels_of(self.network.weighted_layer(state)), maps, limit(everything, state),
            float(maps[state.row, state.column, state.filter]),
            self.network.box(state.layer, state.row, state.column),
            peaks, dead_filters(peaks), best_places(peaks, state.filter),
        )  # fmt: skip

    # --- the state ----------------------------------------------------------------------------

    def _require(self, state):
        require_name("layer", state.layer, self.probe.convolutions)
        require_name("normalise", state.normalise, NORMALISE)
        require_whole("picture", state.picture, len(self.images) - 1)
        require_whole("checkpoint", state.checkpoint, len(self.labels) - 1)
        require_whole("filter", state.filter, self.probe.map_count(state.layer) - 1)

    def settle(self, state, changes):
        """A new layer keeps the filter's number if it can; a new map shows its strongest place."""
        require_name("layer", state.layer, self.probe.convolutions)
        if "layer" in changes and "filter" not in changes:
            last = self.probe.map_count(state.layer) - 1
            state = replace(state, filter=min(state.filter, last))
        if changes.keys() & {"layer", "picture"} and not changes.keys() & {"row", "column"}:
            self._require(state)
            return self._at_strongest(state)
        return state

    def _at_strongest(self, state):
        maps = self.network.look(state)[state.layer][..., state.filter]
        row, column = np.unravel_index(int(np.argmax(maps)), maps.shape)
        return replace(state, row=int(row), column=int(column))

    def strongest(self):
        """Go to the place where the filter's map of this picture is highest."""
        found = self._at_strongest(self.state)
        return self.set(row=found.row, column=found.column)

    def next_filter(self, by=1):
        """Go on to the next filter; after the last comes the first."""
        return self.set(filter=(self.state.filter + by) % len(self.data.kernels))

    def picked(self, name, x, y):
        if name == "maps":
            found = filter_views.map_mosaic(self.data, self.state).place_at(x, y)
            if found:
                self.set(filter=found[0], row=found[1], column=found[2])
        elif name == "kernels":
            room = filter_views.BESIDE
            found = filter_views.kernel_mosaic(self.data, self.state, room=room).place_at(x, y)
            if found and not self.data.is_deep:
                self.set(filter=found[0])
        elif name == "map":
            row, column = cell_at(x, y, self.data.maps.shape[:2])
            self.set(row=row, column=column)
        elif name.startswith("best"):
            picture, row, column, _ = self.data.best[int(name.removeprefix("best"))]
            self.set(picture=picture, row=row, column=column)

    # --- into the arithmetic ------------------------------------------------------------------

    def stepper(self):
        """Return a ConvStepper at the unit: the layer's real input and weights, all channels.

        Raises:
            ValueError: a layer that ConvStepper cannot step through.
        """
        return unit_stepper(self.network, self.state)

    def step_through(self):
        """Show `stepper` below; it follows the row and the column."""
        self.inset = self.stepper()
        return self.set()

    def moved(self, before):
        """Keep the stepper below at the same unit, or put it away when it is of another map."""
        same = all(
            getattr(self.state, name) == getattr(before, name)
            for name in ("layer", "filter", "picture", "checkpoint")
        )
        if self.inset and same:
            self.inset.set(row=self.state.row, column=self.state.column)
        elif self.inset:
            self.inset = None

    # --- words, pictures, controls ------------------------------------------------------------

    def describe(self, data, state):
        return filter_words.description(self.network, data, state)

    def readout(self, data, state):
        return filter_words.readout(self.network, data, state)

    def draw(self, data, state):
        return filter_views.figure(self.network, data, state, self.describe(data, state))

    def views(self, data, state):
        return filter_views.views(self.network, data, state, self.describe(data, state))

    def controls(self):
        several = len(self.labels) > 1
        return {
            "layer": Choice("Layer", self.probe.convolutions),
            "filter": Count("Filter"),
            "picture": Count("Picture", most=len(self.images) - 1),
            "row": Count("Row"),
            "column": Count("Column"),
            "normalise": Choice("Colours by", NORMALISE),
            **({"checkpoint": Slide("Checkpoint", len(self.labels) - 1)} if several else {}),
        }

    def limits(self):
        rows, columns, count = self.data.maps.shape
        return {"filter": count - 1, "row": rows - 1, "column": columns - 1}

    def actions(self):
        return {
            "Previous filter": lambda: self.next_filter(-1),
            "Next filter": self.next_filter,
            "Strongest place": self.strongest,
            "Step through this unit": self.step_through,
        }
