"""FeatureVisualisation: the picture that a filter answers to most, grown from noise."""

import asyncio
import time
from dataclasses import dataclass, replace

import numpy as np

from course_utils.draw.ascent import ascent_result, curve_pixels
from course_utils.draw.style import number
from course_utils.places import headless
from course_utils.probe import Ascent, Climb, Probe
from course_utils.widgets import html
from course_utils.widgets.controls import Choice, Count, Switch
from course_utils.widgets.explorer import Explorer, require_name, require_whole
from course_utils.widgets.model_pictures import Tones, checked_pictures, drawable, tones_of
from course_utils.widgets.running import Running

SHOWN = 210  # pixels on screen along the longer side
MOST_STEPS, MOST_SEED = 1000, 9999
KEPT = 4  # climbs, so that memory stays small
WORK, PAUSE = 0.1, 0.05  # seconds between two pictures of Run: steps, then a look at the buttons
PICTURES = 25  # of Run at least: quick steps are watched too
REGULARISERS = ("shift", "blur", "decay")
PLAIN = "without regularisers"


@dataclass(frozen=True, eq=False)
class State:
    """What can be changed: see `FeatureVisualisation`."""

    layer: str
    channel: int
    step: int
    seed: int
    shift: bool
    blur: bool
    decay: bool


@dataclass(frozen=True, eq=False)
class Result:
    """What is shown; pairs have what grew without regularisers first.

    Attributes:
        pictures: both, (height, width, channels) in the range of the real pictures, or 0…1.
        scores: the mean of the map on the noise and after each step, of both.
        silent: of both, True where no pixel ever changed the map.
        best, best_score: the number and score of the best real picture, or None.
    """

    pictures: tuple
    scores: tuple
    silent: tuple
    best: int | None
    best_score: float | None


class FeatureVisualisation(Running, Explorer):
    """Grow the picture on which the mean of a feature map is largest, by gradient ascent.

    The left picture grows without regularisers, the right one with those chosen: **shift** moves
    the picture at random before each step, **blur** mixes in a blurred copy after it, **decay**
    makes all pixels a little darker. Pixels stay within 0…1, or in the range that the real pictures
    have. Make a new explorer after the network has learned on.
    References: Erhan, Bengio, Courville and Vincent, Visualizing higher-layer features of a deep
    network (2009); Yosinski and others, Understanding neural networks through deep visualization
    (2015), section 3; Olah, Mordvintsev and Schubert, Feature visualization, Distill (2017).

    Args:
        model: a built Sequential or functional Keras model with a convolution.
        layer: the name of a convolution; by default the last one.
        channel: which of its feature maps.
        steps: how many steps there are, 1 to 1000.
        seed: of the noise at the start, and of the shifts.
        images: real pictures to compare with, (n, height, width, channels), in the range that the
            model was trained on: what grows keeps to it too.
        shift, blur, decay: True switches a regulariser on for the right picture.

    Raises:
        ValueError: a model or images that cannot be used, or a number that cannot be.
    """

    title = "FeatureVisualisation"
    try_this = (
        "Press Run and watch noise become what the filter looks for. Then switch shift, blur and "
        "decay off and on. Which layer has edges, which has shapes?"
    )

    def __init__(self, model, layer=None, channel=0, steps=100, seed=0, images=None, shift=True,
                 blur=True, decay=False):
        require_whole("steps", steps, MOST_STEPS, least=1)
        self.probe, self.steps = Probe(model), int(steps)
        self.images, self.tones, limits = None, Tones(0, 1), {}
        if images is not None:
            self.images = checked_pictures(self.probe, images)
            self.tones = tones_of(self.images)
            size = self.images.shape[1:3]
            limits = {"size": size, "low": self.tones.low, "high": self.tones.high}
        self._ascent = Ascent(self.probe, **limits)
        self._climbs, self._real = {}, {}
        # Where nothing moves all steps are taken at once; where Run can be pressed, none is.
        self._waits = not headless()
        layer = list(self.probe.convolutions)[-1] if layer is None else layer
        step = 0 if self._waits else self.steps
        super().__init__(State(layer, channel, step, seed, shift, blur, decay))

    def compute(self, state):
        self._require(state)
        climbs = self._pair(state)
        pictures = tuple(climb.picture(state.step) for climb in climbs)
        scores = tuple(np.array(climb.scores[: state.step + 1]) for climb in climbs)
        _require_finite(climbs)
        silent = tuple(climb.silent(state.step) for climb in climbs)
        best = best_score = None
        if self.images is not None:
            real = self._real_scores(state.layer)[:, state.channel]
            best, best_score = int(real.argmax()), float(real.max())
        return Result(pictures, scores, silent, best, best_score)

    def _pair(self, state):
        """Return the two climbs of a state, the one without regularisers first."""
        off = dict.fromkeys(REGULARISERS, False)
        return [self._climb(replace(state, **off)), self._climb(state)]

    def _climb(self, state):
        """Return a climb: one that was begun, or a new one in place of the oldest."""
        restraints = {name: bool(getattr(state, name)) for name in REGULARISERS}
        setting = (state.layer, int(state.channel), int(state.seed))
        key = (*setting, *restraints.values())
        climb = self._climbs.pop(key, None)
        if climb is None:
            climb = Climb(self._ascent, *setting, self.steps, **restraints)
        self._climbs[key] = climb  # the last one used is the last one
        for oldest in list(self._climbs)[:-KEPT]:
            del self._climbs[oldest]
        return climb

    def _real_scores(self, layer):
        if layer not in self._real:
            self._real[layer] = self._ascent.scores(self.images, layer)
        return self._real[layer]

    def settle(self, state, changes):
        """A channel that another layer lacks is its last; what is new begins with the noise."""
        require_name("layer", state.layer, self.probe.convolutions)
        if "layer" in changes and "channel" not in changes:
            last = self.probe.map_count(state.layer) - 1
            state = replace(state, channel=min(state.channel, last))
        if self._waits and "step" not in changes:
            self._require(state)
            state = replace(state, step=min(state.step, self._reached(state)))
        return state

    def _reached(self, state):
        return min(climb.reached for climb in self._pair(state))

    def take(self, steps=1):
        """Go on by so many steps, and no further than the last one."""
        return self.set(step=min(self.state.step + steps, self.steps))

    def run(self):
        """Go on until the last step or until `stop`; from the last step, begin again."""
        if self.state.step == self.steps:
            self.set(step=0)
        super().run()

    async def _keep_going(self):
        by, most = 1, max(self.steps // PICTURES, 1)
        while self.state.step < self.steps:
            start = time.monotonic()
            self.take(by)
            # As many steps between two pictures as there is time for: one of a large network.
            by = max(1, min(int(by * WORK / max(time.monotonic() - start, 1e-3)), 2 * by, most))
            await asyncio.sleep(PAUSE)  # a press of Stop is seen here

    def describe(self, data, state):
        size = " × ".join(str(one) for one in self._ascent.shape[:2])
        best = ""
        if self.images is not None:
            best = f", and beside them the one of {len(self.images)} real pictures that does best"
        steps = "no step" if not state.step else f"step {state.step} of {self.steps}"
        return (
            f"Two pictures of {size} pixels{best}. Both began as the noise of seed {state.seed} "
            f"and, by gradient ascent, come to raise the mean of feature map {state.channel} of "
            f"{state.layer}: shown after {steps}, on the left {PLAIN}, on the right "
            f"{_restraints(state)}. A curve has both scores at each step.{self.tones.sentence}"
        )

    def readout(self, data, state):
        return " ".join(self._sentences(data, state))

    def _sentences(self, data, state):
        """Return what there is to say: how far it is, both scores, and the real pictures'."""
        first = number(data.scores[0][0])
        plain, chosen = (
            number(scores[-1]) + " (no pixel changes it)" * silent
            for scores, silent in zip(data.scores, data.silent)
        )
        yield f"Step {state.step} of {self.steps}. Mean of the map on the noise: {first};"
        yield f"now {plain} {PLAIN}, {chosen} {_restraints(state)}."
        if self.tones.words:
            yield f"In the pictures {self.tones.words}."
        if data.best is not None:
            yield (
                f"The best of {len(self.images)} real pictures reaches {number(data.best_score)}: "
                f"number {data.best}."
            )
        if all(data.silent):
            yield (
                "Silent so far: the filter is off on this noise, or dead, and the gradient shows "
                "no way up. Blur or decay may wake it; else choose another seed or filter."
            )

    def draw(self, data, state):
        pictures = {
            name: drawable(self.tones.shares(one))
            for name, one in self._pictures(data, state).items()
        }
        curves = dict(zip((PLAIN, _restraints(state)), data.scores))
        return ascent_result(
            pictures, curves, data.best_score, self.steps, list(self._sentences(data, state)),
            self.describe(data, state),
        )  # fmt: skip

    def _pictures(self, data, state):
        """Return {title: picture}: a real one, with its number, at the end."""
        pictures = dict(zip((PLAIN, _restraints(state)), data.pictures))
        if data.best is not None:
            pictures[f"best real picture: {data.best}"] = self.images[data.best]
        return pictures

    def views(self, data, state):
        words = self.describe(data, state)
        titles = list(self._pictures(data, state).items())
        alts = [f"the picture {PLAIN}", words, "the real picture that reaches most"]
        shown = [
            _picture(title, self.tones.shares(one), alt) for (title, one), alt in zip(titles, alts)
        ]
        names = ("plain", "chosen", "real")
        scores = _curve(data, self.steps)
        return {**dict(zip(names, shown)), "scores": html.figure("score at each step", scores)}

    def controls(self):
        return {
            "layer": Choice("Layer", self.probe.convolutions),
            "channel": Count("Filter"),
            "step": Count("Step"),
            "seed": Count("Seed", most=MOST_SEED),
            **{name: Switch(name.capitalize()) for name in REGULARISERS},
        }

    def limits(self):
        """Return the last filter, and the last step that both pictures have taken."""
        last = self.probe.map_count(self.state.layer) - 1
        return {"channel": last, "step": self._reached(self.state)}

    def actions(self):
        return {"One step": self.take, "Run": self.run, "Stop": self.stop}

    def _require(self, state):
        require_name("layer", state.layer, self.probe.convolutions)
        require_whole("channel", state.channel, self.probe.map_count(state.layer) - 1)
        require_whole("step", state.step, self.steps)
        require_whole("seed", state.seed, MOST_SEED)
        for name in REGULARISERS:
            if not isinstance(getattr(state, name), (bool, np.bool_)):
                raise ValueError(
                    f"Expected {name} as True or False. Received {getattr(state, name)!r}."
                )


def _restraints(state):
    """Return "with shift and blur", or what else is on."""
    on = [name for name in REGULARISERS if getattr(state, name)]
    if not on:
        return "with none chosen"
    return f"with {', '.join(on[:-1])}{' and ' * (len(on) > 1)}{on[-1]}"


def _require_finite(climbs):
    if not all(np.isfinite([*climb.scores, *climb.slopes]).all() for climb in climbs):
        raise ValueError(
            "Expected a network of finite numbers. Received NaN or infinity in its feature maps: "
            "its training went wrong, train it again with a smaller learning rate."
        )


def _picture(title, picture, alt):
    picture = drawable(picture)
    height, width = picture.shape[:2]
    shown = max(int(SHOWN * width / max(height, width)), 1)
    return html.figure(title, html.image(html.pixels(picture, signed=False), alt, shown))


def _curve(data, steps):
    """Return both curves as a picture with its numbers, and what is what below."""
    pixels, (low, high) = curve_pixels(data.scores, data.best_score, steps)
    alt = f"both scores from step 0 to {steps}, between {number(low)} and {number(high)}"
    axis = (
        '<div style="display:flex;flex-direction:column;justify-content:space-between;'
        f'text-align:right;padding-right:4px;font-size:12px"><span>{number(high)}</span>'
        f"<span>{number(low)}</span></div>"
    )
    key = "blue: without, dashed red: with regularisers"
    if data.best is not None:
        key += f"<br>grey: best real picture, {number(data.best_score)}"
    picture = html.image(pixels, alt, pixels.shape[1])
    return (
        f'<div style="display:flex">{axis}<div style="border:1px solid #888">{picture}</div></div>'
        f'<div style="font-size:12px">step 0 to {steps}; {key}</div>'
    )
