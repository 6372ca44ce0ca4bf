"""Attribution: where a network looks for a class, by four methods, and when their maps lie."""

from dataclasses import dataclass, replace
from html import escape

import numpy as np

from course_utils.by_hand.ranks import rank_correlation
from course_utils.draw.heat import amount, colours_of, emptiness, heat_maps, overlay, span_of
from course_utils.draw.probabilities import share
from course_utils.draw.style import number
from course_utils.widgets import html
from course_utils.widgets.controls import Choice, Count, Number
from course_utils.widgets.explorer import Explorer, numbers, require_name, require_whole
from course_utils.widgets.model_pictures import drawable, tones_of

METHODS = ("saliency", "SmoothGrad", "Grad-CAM", "occlusion")
SIGNED = ("occlusion",)  # methods whose maps tell what speaks for a class, and what against
COVERS = {"black": 0.0, "grey": 0.5, "white": 1.0}
SHOWN = 168  # pixels on screen along the longer side of a map
PLACES = 28  # squares along a side, at the most: larger pictures are covered in longer steps
KEPT = 100  # maps that are remembered
SEED = 0  # of the noise, and of new weights
NOISIEST = 1.0


@dataclass(frozen=True)
class State:
    """What can be changed: see `Attribution`."""

    target: int
    score: str
    layer: str
    randomised: int = 0
    noise: float = 0.15
    window: int = 5
    cover: str = "black"


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is shown.

    Attributes:
        logit, probability: of the class, from the network as shown; the logit may be None.
        predicted: the class that this network prefers.
        maps: {method: (height, width)}.
        alike: {method: rank correlation with the trained network's map}, None where one of them
            is empty; no methods while nothing is randomised.
    """

    logit: float | None
    probability: float
    predicted: int
    maps: dict
    alike: dict


class Attribution(Explorer):
    """Ask a network where it looks for a class, by several methods, and put them to the test.

    Settings: `target` (the class, by number or name), `score` ("logit" or "probability"), `layer`
    (of Grad-CAM), `randomised` (how many of the last layers with weights are drawn anew),
    `noise` (SmoothGrad's, as a share of the picture's range), `window` and `cover` (of occlusion).

    Attributes:
        weighted: the names of the layers that can be randomised, the first one first.

    Args:
        model: a classifier as `probe.Attributor` takes it; it is never changed.
        image: one picture of the shape that the model takes, such as (28, 28, 1).
        methods: which of `METHODS` to show; by default all. Occlusion asks the network once for
            each of up to 28 × 28 squares: leave it out where that takes long.
        classes: the names of the classes; by default their numbers.
        label: the picture's true class, by number or name, to be told with it.

    Raises:
        ValueError: a model that is no classifier of pictures with a convolution, an image of
            another shape, or names that are unknown.
    """

    title = "Attribution"
    try_this = (
        "Ask for another class. Change the score from logit to probability: which maps go empty? "
        "Then randomise layer after layer, from the last one: a map that hardly changes shows the "
        "picture, not what the network has learned."
    )

    def __init__(self, model, image, methods=None, classes=None, label=None):
        from course_utils.probe import Attributor  # loads Keras
        from course_utils.probe.randomised import layers_with_weights

        self.model, self.weighted = model, layers_with_weights(model)
        self._trained, self._copied, self._drawn = Attributor(model), None, 0
        self._known, self._scores = {}, None
        self.methods = _require_methods(methods)
        self.classes = _require_names(classes, self._trained.classes)
        self.image = _require_image(image, model.inputs[0].shape[1:])
        self.label = None if label is None else self._number(label)
        self.tones = tones_of(self.image)
        self._picture = drawable(self.tones.shares(self.image))
        score, layer = self._trained.scores_known[0], self._trained.layers[-1]
        predicted = int(self._trained.scores(self.image[np.newaxis])[1][0].argmax())
        window = min(State.window, *self.image.shape[:2])
        super().__init__(State(predicted, score, layer, window=window))

    def compute(self, state):
        self._require(state)
        self._forget_if_learned()
        logits, probabilities = self._once(
            "scores", replace(state, target=0, score=""), (),
            lambda: self._network(state.randomised).scores(self.image[np.newaxis]),
        )
        maps = {method: self._map(method, state) for method in self.methods}
        alike = {}
        if state.randomised:
            trained = replace(state, randomised=0)
            alike = {m: _alike(maps[m], self._map(m, trained)) for m in self.methods}
        logit = None if logits is None else float(logits[0, state.target])
        probability = float(probabilities[0, state.target])
        return Evidence(logit, probability, int(probabilities[0].argmax()), maps, alike)

    def settle(self, state, changes):
        """A class may be called by its name."""
        return replace(state, target=self._number(state.target)) if "target" in changes else state

    def describe(self, data, state):
        height, width = self.image.shape[:2]
        labelled = "" if self.label is None else f", labelled {self.classes[self.label]},"
        maps = "; ".join(self._in_words(method, data, state) for method in self.methods)
        return (
            f"A picture of {height} × {width} pixels{labelled} and beside it, in colours over a "
            f"grey copy, where the network looks for the class {self.classes[state.target]}, "
            f"judged by its {state.score}. {maps}. Each map is scaled to its own largest value."
            f"{self._randomised_words(state)}{self.tones.sentence}"
        )

    def readout(self, data, state):
        logit = "" if data.logit is None else f"logit {amount(data.logit)}, "
        drawn = " with random layers" * bool(state.randomised)
        return escape(
            f"Class {self.classes[state.target]}: {logit}probability {share(data.probability)}. "
            f"The network{drawn} reads the picture as {self.classes[data.predicted]}."
            f"{_alike_words(data.alike)}{_empty_words(data.maps)}",
            quote=False,
        )

    def draw(self, data, state):
        maps = {self._title(method, data, state): heat for method, heat in data.maps.items()}
        heading = f"class {self.classes[state.target]}, judged by its {state.score}"
        if state.randomised:
            heading += f"; random: {self._random_layers(state)}"
        padded = self._caption() + "\n" * next(iter(maps)).count("\n")
        signed = [self._title(method, data, state) for method in self.methods if method in SIGNED]
        return heat_maps(self._picture, maps, self.describe(data, state), padded, heading, signed)

    def _caption(self):
        return "picture" if self.label is None else f"labelled {self.classes[self.label]}"

    def _title(self, method, data, state):
        """Return a map's title, of as many lines as those of the other maps."""
        lines = [method]
        if state.randomised:
            lines.append(f"correlation {_correlation(data.alike[method])}")
        if "Grad-CAM" in self.methods:
            lines.append(state.layer if method == "Grad-CAM" else "")
        return "\n".join(lines)

    def views(self, data, state):
        height, width = self.image.shape[:2]
        shown = max(int(SHOWN * width / max(height, width)), 1)
        words = self.describe(data, state)
        whole = html.image(_bytes(self._picture), words, shown)
        tones = f" ({self.tones.words})" * bool(self.tones.words)
        views = {"picture": html.figure(self._caption() + tones, whole)}
        for method, heat in data.maps.items():
            signed, place = method in SIGNED, f" at {state.layer}" * (method == "Grad-CAM")
            coloured = _bytes(overlay(self._picture, heat, signed))
            picture = html.image(coloured, f"{method} map", shown)
            views[method] = html.figure(method + place, picture + _scale(heat, signed, shown))
        return views

    def controls(self):
        names = [(name, number) for number, name in enumerate(self.classes)]
        controls = {
            "target": Choice("Class", names),
            "score": Choice("Score", self._trained.scores_known),
            "randomised": Count("Random layers", most=len(self.weighted)),
        }
        if "Grad-CAM" in self.methods:
            controls["layer"] = Choice("Grad-CAM at", self._trained.layers)
        if "SmoothGrad" in self.methods:
            controls["noise"] = Number("Noise")
        if "occlusion" in self.methods:
            controls["window"] = Count("Square", least=1, most=min(self.image.shape[:2]))
            controls["cover"] = Choice("Covered in", COVERS)
        return controls

    # --- maps, each made once ------------------------------------------------------------------

    def _map(self, method, state):
        """Return one map, read-only, from the network that the state asks for."""
        make, settings = {
            "saliency": (self._saliency, ()),
            "SmoothGrad": (self._smooth, (state.noise,)),
            "Grad-CAM": (self._grad_cam, (state.layer,)),
            "occlusion": (self._occlusion, (state.window, state.cover)),
        }[method]
        return self._once(method, state, settings, lambda: _fixed(make(state)))

    def _once(self, what, state, settings, make):
        key = (what, state.target, state.score, state.randomised, *settings)
        if key not in self._known:
            if len(self._known) >= KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[key] = make()
        return self._known[key]

    def _looked(self, state):
        """Return the gradient and all layers' Grad-CAM, which one pass gives together."""
        network = self._network(state.randomised)
        return self._once(
            "look", state, (), lambda: network.look(self.image, state.target, state.score)
        )

    def _saliency(self, state):
        from course_utils.probe.attribution import strength

        return strength(self._looked(state)[0])

    def _grad_cam(self, state):
        from course_utils.probe.attribution import resized

        return resized(self._looked(state)[1][state.layer], self.image.shape[:2])

    def _smooth(self, state):
        from course_utils.probe.attribution import strength

        network = self._network(state.randomised)
        return strength(
            network.smooth_gradient(self.image, state.target, state.score, state.noise, seed=SEED)
        )

    def _occlusion(self, state):
        from course_utils.probe.attribution import resized

        height, width = self.image.shape[:2]
        fill = self.tones.at(COVERS[state.cover])
        drops = self._network(state.randomised).occlusion(
            self.image, state.target, state.score, state.window,
            stride=-(-max(height, width) // PLACES), fill=fill,
        )
        return drops if drops.shape == (height, width) else resized(drops, (height, width))

    # --- networks ------------------------------------------------------------------------------

    def _network(self, randomised):
        """Return what asks the trained network, or a copy with so many random layers."""
        if not randomised:
            return self._trained
        from course_utils.probe import Attributor
        from course_utils.probe.randomised import copy_of, randomise

        if self._copied is None:
            self._copied = Attributor(copy_of(self.model))
        if self._drawn != randomised:
            randomise(self._copied.probe.model, self.model, randomised, SEED)
            self._drawn = randomised
        return self._copied

    def _forget_if_learned(self):
        """Drop what is remembered once the network answers otherwise: it was trained on."""
        _, probabilities = self._trained.scores(self.image[np.newaxis])
        if self._scores is None or (self._scores != probabilities).any():
            self._known.clear()
            self._scores, self._drawn = probabilities, 0

    # --- words and refusals --------------------------------------------------------------------

    def _number(self, target):
        """Return a class as its number."""
        if isinstance(target, str):
            require_name("class", target, self.classes)
            return self.classes.index(target)
        return self._trained.require_class(target)

    def _require(self, state):
        self._trained.require_class(state.target)
        self._trained.require_score(state.score)
        require_name("layer", state.layer, self._trained.layers)
        require_name("cover", state.cover, COVERS)
        most = min(self.image.shape[:2])
        require_whole("randomised as a whole number", state.randomised, len(self.weighted))
        require_whole("window as a whole number", state.window, most, least=1)
        real = isinstance(state.noise, (int, float, np.integer, np.floating))
        if not real or isinstance(state.noise, bool) or not 0 <= state.noise <= NOISIEST:
            raise ValueError(
                f"Expected noise as a number from 0 to {NOISIEST:g}, a share of the picture's "
                f"range. Received {state.noise!r}."
            )

    def _random_layers(self, state):
        names = self.weighted[len(self.weighted) - state.randomised :]
        if len(names) == 1:
            return f"the last layer with weights, {names[0]}"
        return f"the last {len(names)} layers with weights, {names[0]} to {names[-1]}"

    def _randomised_words(self, state):
        if not state.randomised:
            return ""
        return (
            f" The weights of {self._random_layers(state)}, are random: the correlation under each "
            "name tells how alike the map ranks the pixels to that of the trained network."
        )

    def _in_words(self, method, data, state):
        words = {
            "saliency": "Saliency: the size of the gradient at each pixel",
            "SmoothGrad": "SmoothGrad: the same, of the mean gradient over noisy copies",
            "Grad-CAM": f"Grad-CAM: the feature maps of {state.layer} that speak for the class",
            "occlusion": f"Occlusion: red where a {state.cover} square of {state.window} × "
            f"{state.window} pixels lowers the {state.score}, blue where it raises it",
        }[method]
        empty = emptiness(data.maps[method])
        return f"{words}; this map is {empty}" if empty else words


def _scale(heat, signed, width):
    """Return the colours of a map with their numbers; for an empty map the words instead."""
    empty = emptiness(heat)
    if empty:
        return f"<div><b>{empty}</b></div>"
    ends = "".join(f"<span>{amount(end)}</span>" for end in span_of(heat, signed))
    strip = html.image(html.strip(colours_of(signed)), "scale of colours", width)
    return (
        f'<div style="margin-top:4px">{strip}</div><div style="display:flex;'
        f'justify-content:space-between;width:{width}px">{ends}</div>'
    )


def _alike(one, other):
    """Return the rank correlation of two maps, or None: rounding errors have an order as well."""
    if emptiness(one) or emptiness(other):
        return None
    return rank_correlation(one, other)


def _correlation(value):
    return "none" if value is None else number(value)


def _alike_words(alike):
    if not alike:
        return ""
    words = ", ".join(f"{method} {_correlation(value)}" for method, value in alike.items())
    return f" Rank correlation with the trained network's maps: {words}."


def _empty_words(maps):
    empty = [f"{method} is {emptiness(heat)}" for method, heat in maps.items() if emptiness(heat)]
    return f" Nothing to see: {', '.join(empty)}." if empty else ""


def _bytes(picture):
    return (np.clip(picture, 0, 1) * 255).round().astype(np.uint8)


def _fixed(values):
    values = np.array(values)
    values.flags.writeable = False
    return values


def _require_image(image, wanted):
    image = numbers("image", image, np.float32)
    fits = len(image.shape) == len(wanted) and all(
        size in (None, given) for size, given in zip(wanted, image.shape)
    )
    if not fits:
        sizes = ", ".join("any" if size is None else str(size) for size in wanted)
        raise ValueError(
            f"Expected one image of shape ({sizes}), as the model takes it. Received shape "
            f"{image.shape}: image[..., None] adds a channel, images[0] takes one of a batch."
        )
    return image


def _require_methods(methods):
    methods = METHODS if methods is None else methods
    methods = (methods,) if isinstance(methods, str) else tuple(methods)
    for method in methods:
        require_name("methods", method, METHODS)
    if not methods:
        raise ValueError(f"Expected one or more methods of {', '.join(METHODS)}. Received none.")
    return tuple(dict.fromkeys(methods))


def _require_names(names, count):
    names = [str(name) for name in (range(count) if names is None else names)]
    if len(names) != count:
        raise ValueError(
            f"Expected {count} names of classes, one for each score of the model. "
            f"Received {len(names)}."
        )
    return names
