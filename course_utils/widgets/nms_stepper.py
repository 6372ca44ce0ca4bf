"""NMSStepper: non-maximum suppression, one kept box at a time."""

import asyncio
from dataclasses import dataclass, replace
from html import escape

import numpy as np

from course_utils.by_hand.boxes import check_boxes, check_scores
from course_utils.draw.beside import beside
from course_utils.draw.style import number
from course_utils.widgets import nms_views, overlay
from course_utils.widgets.controls import Choice, Number, RealSlide, Slide
from course_utils.widgets.explorer import Explorer, require_between, require_name, require_whole
from course_utils.widgets.nms_rounds import Rule, owners_of, rounds
from course_utils.widgets.running import Running

MOST = 100  # detections that can be read
PACE = 1.0  # seconds between two steps of Run
METHODS = ("NMS", "soft-NMS")
CLASSES = ("each class alone", "all together")
SMALLEST = 0.01  # sigma


@dataclass(frozen=True)
class State:
    """What can be changed: see `NMSStepper`."""

    step: int
    method: str
    classes: str
    threshold: float
    sigma: float
    lowest: float


@dataclass(frozen=True, eq=False)
class Step:
    """What is shown.

    Attributes:
        rounds: all of them, `nms_rounds.Round`.
        fates: of each detection: "now", "kept", "goes", "falls", "gone" or "waiting".
        decided: (number of the kept detection that decided it or −1, step) of each, or (−1, 0).
        overlaps: (n,) IoU with the one that is kept now, NaN where they do not compete.
        scores: (n,) as they are by now.
        lost: numbers of the true objects lost up to now, and
        lost_now: in this step.
    """

    rounds: tuple
    fates: tuple
    decided: tuple
    overlaps: np.ndarray
    scores: np.ndarray
    lost: tuple
    lost_now: tuple


class NMSStepper(Running, Explorer):
    """Step through non-maximum suppression: what is kept, and what goes for it.

    Of the detections left the best one is kept, and those that overlap it too much go. Soft-NMS
    (Bodla et al., Soft-NMS: improving object detection with one line of code, 2017, equation 3)
    lowers their scores instead. Where true objects are given, one is marked as lost when the last
    detection of it goes while none was kept: it stands too near another one. A detection is one of
    the true object that it overlaps most, by an IoU of at least one half.

    Args:
        image: (height, width), or with 1 or 3 channels.
        boxes: (n, 4), x1 y1 x2 y2 in pixels, at most 100 of them.
        scores: (n,), higher for better ones.
        labels: n classes, as numbers or names.
        truths: (m, 4) boxes of the true objects, or None.

    Raises:
        ValueError: what does not fit together, or settings that cannot be.
    """

    title = "NMSStepper"
    try_this = (
        "Press Step and watch who goes for whom. Raise the threshold: which doubles stay? Let all "
        "classes compete. Then soft-NMS: nobody goes at once, but scores fall."
    )

    def __init__(self, image, boxes, scores, labels, truths=None):
        self.pixels = overlay.pixels_of(image)
        self.boxes = np.array(check_boxes(boxes), float)
        self.scores = np.array(check_scores(scores, self.boxes))
        self.labels = _names(labels, len(self.boxes))
        self.truths = np.array(check_boxes([] if truths is None else truths, "truths"), float)
        for array in (self.boxes, self.scores, self.truths):
            array.flags.writeable = False
        self._owners = owners_of(self.boxes, self.truths)
        height, width = self.pixels.shape[:2]
        self._picture = overlay.picture(self.pixels, f"a picture of {width} × {height} pixels")
        self._known = {}
        super().__init__(State(0, *(one[0] for one in (METHODS, CLASSES)), 0.5, 0.5, 0.001))

    def compute(self, state):
        require_name("method", state.method, METHODS)
        require_name("classes", state.classes, CLASSES)
        require_between("threshold", state.threshold, 0, 1)
        require_between("sigma", state.sigma, SMALLEST, 100)
        require_between("lowest", state.lowest, 0, 1)
        found = self._rounds(state)
        require_whole("step", state.step, len(found))
        return self._after(found, state)

    def _rounds(self, state):
        """Return all rounds, which stay the same from step to step."""
        rule = self._rule(state)
        if rule not in self._known:
            self._known = {rule: rounds(self.boxes, self.scores, rule, self._owners)}
        return self._known[rule]

    def _rule(self, state):
        alone = state.classes == CLASSES[0]
        groups = self.labels if alone else ("",) * len(self.labels)
        if state.method == "NMS":
            return Rule(groups, float(state.threshold), None, 0.0)
        return Rule(groups, 1.0, float(state.sigma), float(state.lowest))

    def _after(self, found, state):
        """Return what has become of all detections after so many rounds."""
        count = len(self.boxes)
        fates, decided = ["waiting"] * count, [(-1, 0)] * count
        overlaps, scores = np.full(count, np.nan), self.scores
        if state.method == "soft-NMS":
            for at in np.flatnonzero(self.scores <= state.lowest):
                fates[at] = "gone"
        for step, one in enumerate(found[: state.step], start=1):
            is_now = step == state.step
            fates[one.kept], decided[one.kept] = "now" if is_now else "kept", (-1, step)
            for at in one.gone:
                fates[at], decided[at] = "goes" if is_now else "gone", (one.kept, step)
            if is_now:
                for at in np.flatnonzero(one.scores < scores):
                    if fates[at] == "waiting":
                        fates[at], decided[at] = "falls", (one.kept, step)
                overlaps = one.overlaps
            scores = one.scores
        done = found[: state.step]
        lost = tuple(at for one in done for at in one.lost)
        return Step(found, tuple(fates), tuple(decided), overlaps, scores, lost,
                    done[-1].lost if done else ())  # fmt: skip

    def settle(self, state, changes):
        """Another rule may need fewer steps: then this is the last one."""
        if "step" in changes:
            return state
        first = self.compute(replace(state, step=0))
        return replace(state, step=min(state.step, len(first.rounds)))

    def step(self, by=1):
        """Move on by so many steps, at most to the end or to the beginning."""
        return self.set(step=min(max(self.state.step + by, 0), len(self.data.rounds)))

    def finish(self):
        """Go to the end."""
        return self.set(step=len(self.data.rounds))

    async def _keep_going(self):
        while self.state.step < len(self.data.rounds):
            self.step()
            await asyncio.sleep(PACE)

    @property
    def kept(self):
        """Numbers of the detections that are kept in the end, in the order of the steps."""
        return [one.kept for one in self.data.rounds]

    # --- what is shown ---------------------------------------------------------------------------

    def describe(self, data, state):
        how = f"IoU above {state.threshold:g} goes"
        if state.method == "soft-NMS":
            how = f"sigma {state.sigma:g}, lowest score {state.lowest:g}"
        count = len(self.boxes)
        return (
            f"{state.method} of {count} detections, {state.classes}, {how}: step {state.step}. "
            f"{self._now(data, state)} Kept boxes are blue, the one of this step with a thick "
            f"line; those that go for it are dashed in vermilion, those that "
            f"wait grey{self._truth_words(data)}. Beside them all detections by score, and what "
            "becomes of each."
        )

    def _truth_words(self, data):
        if not len(self.truths):
            return ""
        lost = ", ".join(map(str, data.lost)) or "none"
        return f", the {len(self.truths)} true objects dotted in green; lost up to now: {lost}"

    def _now(self, data, state):
        """Return what happens in this step."""
        if state.step == 0:
            return "Nothing is kept yet."
        one = data.rounds[state.step - 1]
        touched = [*one.gone, *(at for at, fate in enumerate(data.fates) if fate == "falls")]
        words = [f"{at} (IoU {number(data.overlaps[at])})" for at in touched]
        then = f"it suppresses {', '.join(words)}" if words else "nothing goes for it"
        if state.method == "soft-NMS":
            then = f"it lowers {', '.join(words)}" if words else "no score falls"
        return f"Detection {one.kept}, class {self.labels[one.kept]}, is kept; {then}."

    def readout(self, data, state):
        waiting = sum(fate in ("waiting", "falls") for fate in data.fates)
        lost = "".join(
            f" <b>True object {at} is lost: the last detection of it goes.</b>"
            for at in data.lost_now
        )
        now = escape(self._now(data, state))
        kept = "" if waiting else f" In the end {len(data.rounds)} are kept."
        wait = f"{waiting} wait{'s' * (waiting == 1)}" if waiting else "None waits"
        return f"Step {state.step} of {len(data.rounds)}. {now} {wait}.{lost}{kept}"

    def _parts(self, data, state):
        return (
            nms_views.outlines(self.boxes, self.truths, data),
            nms_views.rows(self.labels, self.scores, data, state.method),
        )

    def draw(self, data, state):
        outlines, rows = self._parts(data, state)
        sentences = [self._now(data, state)]
        sentences += [f"True object {at} is lost." for at in data.lost]
        tables = [(nms_views.HEAD, rows)]
        return beside(self.pixels, outlines, tables, sentences, self.describe(data, state))

    def views(self, data, state):
        outlines, rows = self._parts(data, state)
        size, words = self.pixels.shape[:2], self.describe(data, state)
        shapes = overlay.outlines(outlines, size)
        scene = overlay.laid_over(self._picture, shapes, size, pick="scene")
        return {
            "scene": overlay.named_figure("detections", scene, words),
            "table": overlay.table_figure("by score", nms_views.HEAD, rows),
        }

    def picked(self, name, x, y):
        """Go to the step that decides the detection pointed at."""
        at = int(name.split()[1]) if name.startswith("row") else self._at(x, y)
        if at is None:
            return
        decisive = [at == one.kept or at in one.gone for one in self.data.rounds]
        if any(decisive):
            self.set(step=decisive.index(True) + 1)

    def _at(self, x, y):
        """Return the smallest detection around a place in 0…1 of the picture, or None."""
        return overlay.smallest_around(self.boxes, x, y, self.pixels.shape[:2])

    def controls(self):
        return {
            "step": Slide("Step no.", MOST),
            "method": Choice("Method", METHODS),
            "classes": Choice("Classes", CLASSES),
            "threshold": RealSlide("Threshold"),
            "sigma": Number("Sigma", step=0.1),
            "lowest": Number("Lowest", step=0.05),
        }

    def limits(self):
        return {"step": len(self.data.rounds)}

    def actions(self):
        return {
            "Back": lambda: self.step(-1),
            "Step": self.step,
            "Run": self.run,
            "Stop": self.stop,
            "To the end": self.finish,
        }


def _names(labels, count):
    """Return the class of each detection as a text."""
    names = tuple(str(one) for one in np.asarray(labels).ravel().tolist())
    if len(names) != count:
        raise ValueError(f"Expected one label for each of {count} boxes. Received {len(names)}.")
    if count > MOST:
        raise ValueError(
            f"Expected at most {MOST} detections, so that they can be read. Received {count}: "
            "take the best ones."
        )
    return names
