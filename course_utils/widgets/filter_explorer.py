"""FilterExplorer: a network's filters, their feature maps, and the patches that they like best."""

from dataclasses import dataclass, replace

import keras
import numpy as np

from course_utils.draw.filters import filter_figure
from course_utils.draw.mosaic import FRAME, Mosaic, framed, levels, mosaic, palette
from course_utils.draw.style import looks_signed, number, signed_limit
from course_utils.probe import Peaks, Probe, biases_of, channels_of, kernels_of, receptive_box
from course_utils.probe.randomised import copy_of
from course_utils.widgets import html
from course_utils.widgets.controls import Choice, Count, Slide
from course_utils.widgets.conv_stepper import ConvStepper
from course_utils.widgets.explorer import Explorer, require_name, require_whole
from course_utils.widgets.pointing import cell_at
from course_utils.widgets.stepping import require_place

NORMALISE = ("each map", "this layer", "all layers")
SEARCHED = 1000  # pictures in which the best patches are looked for
BEST = 9  # patches
SHOWN = 176  # pixels on screen along the longer side of the picture and of the large map
PATCH = 54  # pixels on screen of a patch
SHARPEST = 2 * PATCH  # pixels sent for it
BESIDE = 500  # pixels of width on screen that the kernels take beside the other parts
KEPT = 4  # pictures whose maps are kept
NOW = "as it is now"


@dataclass(frozen=True, eq=False)
class State:
    """What can be changed: see `FilterExplorer`."""

    layer: str
    filter: int
    picture: int
    row: int
    column: int
    normalise: str
    checkpoint: int


@dataclass(frozen=True, eq=False)
class Filters:
    """What is shown.

    Attributes:
        kernels: (filters, height, width, channels) of the layer.
        maps: (rows, columns, filters) of the picture, after what follows the convolution.
        limit: the size of a value that gets the last colour: (filters,) or one for all.
        value: of the unit.
        box: (top, left, bottom, right) of the pixels that the unit sees.
        peaks: of the layer, over all pictures searched.
        dead: numbers of the filters whose maps never vary.
        best: ((picture, row, column, value), …) of the filter's highest places, one a picture.
    """

    kernels: np.ndarray
    maps: np.ndarray
    limit: np.ndarray
    value: float
    box: tuple
    peaks: Peaks
    dead: tuple
    best: tuple


class FilterExplorer(Explorer):
    """Look into a network of your own: kernels, feature maps, and what each filter likes best.

    Choose a filter and a place in its map; the pixels that this unit sees are framed, and
    `step_through` shows the arithmetic behind its value, all input channels summed.

    Args:
        model: a built Keras model, Sequential or functional, with convolutions of any kind. It
            is copied: what it learns afterwards is seen by an explorer that is made anew.
        images: (n, height, width, channels) as the model takes them, or without the channel axis;
            or one picture. The best patches are looked for among the first 1000.
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

    def __init__(self, model, images, layer=None, checkpoints=None, filter=0, picture=0,
                 normalise="each map"):
        self.model = copy_of(model)
        self.probe = Probe(self.model)
        self.images = _as_images(images, self.probe)
        self.labels = [*(checkpoints or {}), NOW]
        self._weights = _checked(checkpoints or {}, self.model)
        self._weights.append(self.model.get_weights())
        self._loaded = len(self.labels) - 1
        self._seen, self._peaks = {}, {}
        layer = layer or next(iter(self.probe.convolutions))
        start = State(layer, filter, picture, 0, 0, normalise, self._loaded)
        self._require(start)
        super().__init__(self._at_strongest(start))

    # --- the network --------------------------------------------------------------------------

    def compute(self, state):
        self._require(state)
        layer = self._layer(state)
        everything, sizes = self._look(state)
        maps = everything[state.layer]
        require_place(state, maps.shape[:2])
        peaks = self._layer_peaks(state)
        box = receptive_box(
            self.probe.steps, self.probe.convolutions[state.layer], state.row, state.column, sizes
        )
        varies = peaks.high.max(axis=0) - peaks.low.min(axis=0)
        dead = np.flatnonzero(varies <= 1e-6 * max(np.abs(peaks.high).max(), 1e-6))
        return Filters(
            kernels_of(layer), maps, _limit(everything, state), float(maps[_unit(state)]), box,
            peaks, tuple(dead.tolist()), _best(peaks, state.filter),
        )

    def _layer(self, state):
        return self.probe.steps[self.probe.convolutions[state.layer]].operation

    def _look(self, state):
        """Return ({layer: maps}, {place: sizes}) of the picture; a few pictures are kept."""
        key = (state.checkpoint, state.picture)
        if key not in self._seen:
            self._load(state.checkpoint)
            self._seen[key] = self.probe.look(self.images[state.picture])
            _forget(self._seen, KEPT)
        return self._seen[key]

    def _layer_peaks(self, state):
        if state.checkpoint not in self._peaks:
            self._load(state.checkpoint)
            self._peaks[state.checkpoint] = self.probe.peaks(self.images[:SEARCHED])
        return self._peaks[state.checkpoint][state.layer]

    def _load(self, checkpoint):
        """Give the copy the weights of a checkpoint."""
        if checkpoint != self._loaded:
            self.model.set_weights(self._weights[checkpoint])
            self._loaded = checkpoint

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
        maps = self._look(state)[0][state.layer][..., state.filter]
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
        if name in ("kernels", "maps"):
            tiles = _map_mosaic(self.data, self.state)
            if name == "kernels":
                tiles = self._kernel_mosaic(self.data, self.state, room=BESIDE)
            found = tiles.place_at(x, y)
            if found and not (name == "kernels" and _is_deep(self.data)):
                place = {"row": found[1], "column": found[2]} if name == "maps" else {}
                self.set(filter=found[0], **place)
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
        state, layer = self.state, self._layer(self.state)
        stride, dilation = _equal_pair("strides", layer), _equal_pair("dilation_rate", layer)
        if isinstance(layer, keras.layers.Conv2DTranspose):
            raise ValueError(
                "Expected a layer whose units look at windows. Received the transposed convolution "
                f"{state.layer!r}, whose inputs stamp kernels instead: see ConvArithmetic."
            )
        self._load(state.checkpoint)
        entering = self.probe.entering(self.images[state.picture], state.layer)
        return ConvStepper(
            entering[..., channels_of(layer, state.filter)], self.data.kernels[state.filter],
            float(biases_of(layer)[state.filter]), stride, layer.padding, dilation,
            state.row, state.column, then=self._then(state),
        )

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

    def _then(self, state):
        """Return (name, function) of what follows the layer's sum, or None."""
        activation = self._layer(state).activation
        functions = [] if activation is keras.activations.linear else [activation]
        following = self.probe.following(state.layer)
        names = [one.__name__ for one in functions] + [step.name for step in following]
        functions += [step.operation for step in following]
        maps, unit = len(self.data.kernels), state.filter

        def outcome(values):
            # Some of these know each map apart, such as a normalisation: the others are zeros.
            batch = np.zeros((1, *values.shape, maps), np.float32)
            batch[0, ..., unit] = values
            for function in functions:
                batch = function(batch)
            return np.asarray(batch)[0, ..., unit]

        return (", ".join(names), outcome) if functions else None

    # --- words --------------------------------------------------------------------------------

    def describe(self, data, state):
        count, height, width, channels = data.kernels.shape
        rows, columns = data.maps.shape[:2]
        top, left, bottom, right = data.box
        kind = self.probe.steps[self.probe.convolutions[state.layer]].kind
        kernels = f"the {count} kernels, {height} × {width}"
        if _is_deep(data):
            kernels = f"the {channels} slices of the kernel of filter {state.filter}"
        return (
            f"Layer {state.layer} ({kind}) of a network, on picture {state.picture} of "
            f"{len(self.images)}: {kernels}; the {count} feature maps, {rows} × {columns}, "
            f"coloured by the largest value of {state.normalise}; the map of filter {state.filter} "
            f"large, with the unit at row {state.row}, column {state.column} framed, and in the "
            f"picture the {bottom - top} × {right - left} pixels that it sees; and the "
            f"{len(data.best)} patches that filter {state.filter} likes best among "
            f"{len(data.peaks.high)} pictures.{self._checkpoint_words(state)}"
        )

    def _checkpoint_words(self, state):
        return f" Weights: {self.labels[state.checkpoint]}." if len(self.labels) > 1 else ""

    def readout(self, data, state):
        highest = data.peaks.high[:, state.filter].max()
        dead = f"{len(data.dead)} of {len(data.kernels)} filters are dead: their maps never vary"
        which = f" ({_list(data.dead)})" if data.dead else ""
        return (
            f"Filter {state.filter} at row {state.row}, column {state.column}: "
            f"<b>{number(data.value)}</b>. Its highest on {len(data.peaks.high)} pictures: "
            f"{number(highest)}. {dead}{which}. The last colour stands for "
            f"{number(float(np.broadcast_to(data.limit, len(data.kernels))[state.filter]))} "
            f"({state.normalise}).{self._checkpoint_words(state)}"
        )

    # --- pictures -----------------------------------------------------------------------------

    def draw(self, data, state):
        values = np.array([value for *_, value in data.best])
        return filter_figure(
            self._framed_picture(data, state),
            _coloured(self._kernel_mosaic(data, state), True),
            _coloured(_map_mosaic(data, state), looks_signed(data.maps)),
            palette(looks_signed(data.maps))[_large_map(data, state)],
            self._patches(data, state), values, self._titles(data, state), self.describe(data, state),
        )

    def _titles(self, data, state):
        """Return the names of the five parts."""
        deep = _is_deep(data)
        return {
            "picture": f"picture {state.picture}: what the unit sees",
            "kernels": f"filter {state.filter}: a slice for each channel" if deep else "kernels",
            "maps": f"feature maps of {state.layer}, colours by {state.normalise}",
            "map": f"map of filter {state.filter}",
            "best": f"filter {state.filter} likes best",
        }

    def views(self, data, state):
        titles, signed = self._titles(data, state), looks_signed(data.maps)
        maps, kernels = _map_mosaic(data, state), self._kernel_mosaic(data, state, room=BESIDE)
        unit = f"row {state.row}, column {state.column}"
        return {
            "picture": html.figure(f"seen in picture {state.picture}", html.image(
                self._framed_picture(data, state),
                f"picture {state.picture}, the box of {unit} framed",
                photograph=max(self.images.shape[1:3]) > SHOWN)),
            "map": html.figure(titles["map"], html.image(
                _large_map(data, state), f"{titles['map']}, {unit} framed", None, palette(signed),
                "map")),
            "best": html.figure(titles["best"], self._best_html(data, state)),
            "kernels": html.figure(titles["kernels"], html.image(
                kernels.pixels, titles["kernels"], None, _palette_of(kernels, True), "kernels")),
            "maps": html.figure(titles["maps"], html.image(
                maps.pixels, self.describe(data, state), None, _palette_of(maps, signed), "maps")),
        }  # fmt: skip

    def _best_html(self, data, state):
        patches = self._patches(data, state)
        parts = [
            '<div style="text-align:center;margin:0 6px 6px 0">'
            + html.image(patch, f"patch of picture {picture}", PATCH, pick=f"best{place}")
            + f"{number(value)}</div>"
            for place, (patch, (picture, *_, value)) in enumerate(zip(patches, data.best))
        ]
        return (
            f'<div style="display:grid;grid-template-columns:repeat(3,{PATCH + 6}px)">'
            f'{"".join(parts)}</div>'
        )

    def _framed_picture(self, data, state):
        picture = _pixels(self.images[state.picture])
        zoom = max(SHOWN // max(picture.shape[:2]), 1)
        return framed(picture, data.box, palette(True)[FRAME], zoom)

    def _kernel_mosaic(self, data, state, **room):
        """Return all kernels, or the slices of one where they are too deep for colours."""
        kernels = data.kernels
        limit = np.abs(kernels).max() if state.normalise != "each map" else _each(kernels)
        if _is_deep(data):
            slices = np.moveaxis(kernels[state.filter], 2, 0)
            return mosaic(levels(slices, signed_limit(slices), True), **room)
        chosen = state.filter
        if kernels.shape[3] == 1:
            indices = levels(kernels[..., 0], np.reshape(limit, (-1, 1, 1)), True)
            return mosaic(indices, chosen, **room)
        scaled = kernels / np.reshape(limit, (-1, 1, 1, 1)) * 127 + 128
        return mosaic(scaled.astype(np.uint8), chosen, **room)

    def _patches(self, data, state):
        """Return the best patches as (height, width, 3) pixels, each with its own box."""
        sizes = self._look(state)[1]
        return [self._patch(state.layer, place, sizes) for place in data.best]

    def _patch(self, layer, place, sizes):
        picture, row, column, _ = place
        at = self.probe.convolutions[layer]
        top, left, bottom, right = receptive_box(self.probe.steps, at, row, column, sizes)
        pixels = _pixels(self.images[picture])
        inside = pixels[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
        patch = np.full((bottom - top, right - left, 3), 128, np.uint8)  # grey: beyond the picture
        patch[max(-top, 0) :, max(-left, 0) :][: inside.shape[0], : inside.shape[1]] = inside
        return patch[:: -(-len(patch) // SHARPEST), :: -(-len(patch) // SHARPEST)]

    # --- controls -----------------------------------------------------------------------------

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


def _as_images(images, probe):
    """Return pictures as the model takes them, of their own; one picture becomes a batch."""
    images = np.array(images, np.float32)
    wanted = probe.model.inputs[0].shape
    if images.shape[-1:] != (wanted[3],) or images.ndim < 3:
        images = images[..., np.newaxis]
    images = images[np.newaxis] if images.ndim == 3 else images
    if not len(images) or not np.isfinite(images).all():
        raise ValueError("Expected one or more pictures of finite numbers. Received none, or NaN.")
    probe.look(images[0])  # refuses another shape
    images.flags.writeable = False
    return images


def _checked(checkpoints, model):
    """Return the weights of each checkpoint as a list of arrays."""
    shapes = [weight.shape for weight in model.get_weights()]
    for label, weights in checkpoints.items():
        if not isinstance(weights, (list, tuple)) or [np.shape(w) for w in weights] != shapes:
            raise ValueError(
                f"Expected checkpoint {label!r} as model.get_weights() gives it, {len(shapes)} "
                "arrays of this model's shapes. Received something else."
            )
    return [[np.array(weight) for weight in weights] for weights in checkpoints.values()]


def _forget(kept, most):
    while len(kept) > most:
        kept.pop(next(iter(kept)))


def _unit(state):
    return state.row, state.column, state.filter


def _limit(everything, state):
    """Return the value of the last colour: one for each map, or one for all."""
    maps = everything[state.layer]
    if state.normalise == "each map":
        return np.abs(maps).max(axis=(0, 1))
    shown = everything.values() if state.normalise == "all layers" else [maps]
    return max(np.abs(one).max() for one in shown)


def _best(peaks, unit):
    """Return ((picture, row, column, value), …) of the pictures on which a filter is highest."""
    high = peaks.high[:, unit]
    order = np.argsort(-high, kind="stable")[:BEST]
    return tuple(
        (int(n), int(peaks.row[n, unit]), int(peaks.column[n, unit]), float(high[n])) for n in order
    )


def _is_deep(data):
    return data.kernels.shape[3] not in (1, 3)


def _each(kernels):
    """Return the largest weight of each kernel; 1 where all are 0."""
    largest = np.abs(kernels).max(axis=(1, 2, 3))
    return np.where(largest > 0, largest, 1)


def _map_mosaic(data, state):
    maps = levels(data.maps, data.limit, looks_signed(data.maps))
    return mosaic(np.moveaxis(maps, 2, 0), state.filter, data.dead)


def _large_map(data, state):
    """Return the filter's map enlarged, as indices, its unit framed."""
    limit = np.broadcast_to(data.limit, data.maps.shape[2])[state.filter]
    values = data.maps[..., state.filter]
    indices = levels(values, limit, looks_signed(data.maps))
    zoom = max(SHOWN // max(indices.shape), 1)
    return framed(indices, (state.row, state.column, state.row + 1, state.column + 1), FRAME, zoom)


def _coloured(tiles: Mosaic, signed):
    return tiles.pixels if tiles.pixels.ndim == 3 else palette(signed)[tiles.pixels]


def _palette_of(tiles, signed):
    return None if tiles.pixels.ndim == 3 else palette(signed)


def _pixels(picture):
    """Return a picture as (height, width, 3) pixels; one beyond 0…1 is scaled to fit."""
    low, high = min(picture.min(), 0), max(picture.max(), 1)
    picture = np.broadcast_to(picture[..., :3], (*picture.shape[:2], 3)) if (
        picture.shape[2] in (1, 3)) else np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2)
    return ((picture - low) / (high - low) * 255).round().astype(np.uint8)


def _list(numbers):
    shown = ", ".join(str(one) for one in numbers[:8])
    return shown + (", …" if len(numbers) > 8 else "")


def _equal_pair(name, layer):
    """Return a layer's stride or dilation as one number."""
    pair = getattr(layer, name)
    if len(set(pair)) > 1:
        raise ValueError(
            f"Expected the same {name} down and across. Received {tuple(pair)} in {layer.name!r}: "
            "ConvStepper has one number for both."
        )
    return pair[0]
