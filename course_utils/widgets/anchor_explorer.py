"""AnchorExplorer: a grid of anchors over a scene, and which of them takes which object."""

from dataclasses import dataclass, replace

import numpy as np

from course_utils.by_hand.boxes import (
    BACKGROUND,
    IGNORED,
    anchor_grid,
    centres_and_sizes,
    check_boxes,
    iou,
    match,
)
from course_utils.draw.beside import beside
from course_utils.draw.style import number
from course_utils.widgets import anchor_views, overlay
from course_utils.widgets.anchor_views import SHOWS
from course_utils.widgets.controls import Choice, Count, NumberList, RealSlide, Switch
from course_utils.widgets.explorer import (
    Explorer,
    numbers,
    require_between,
    require_name,
    require_whole,
)

MOST_ANCHORS, MOST_OBJECTS = 10_000, 30
MOST_SHAPES = 6  # sizes, and ratios
SHARES = (0.25, 0.4)  # of the picture's longer side: the sizes at first
FIELDS = 10  # along the longer side, at first


@dataclass(frozen=True)
class State:
    """What can be changed: see `AnchorExplorer`."""

    stride: int
    sizes: tuple
    ratios: tuple
    positive: float
    negative: float
    force: bool
    object: int
    anchor: int
    show: str


@dataclass(frozen=True, eq=False)
class Anchored:
    """What is shown.

    Attributes:
        anchors: (k, 4), and
        shapes: how many of them each field has.
        centres: of the fields, (fields, 2) as x and y.
        overlaps: (k, objects) IoU.
        highest: (k,) the largest of each anchor, 0 where there is no object.
        matches: (k,) number of the object, BACKGROUND or IGNORED.
        by_rule: (k,) True where only the rule gives an anchor its object.
        counts: how many anchors are positive, ignored, negative.
        found: how many objects have an anchor: by the thresholds alone, and with the rule.
    """

    anchors: np.ndarray
    shapes: int
    centres: np.ndarray
    overlaps: np.ndarray
    highest: np.ndarray
    matches: np.ndarray
    by_rule: np.ndarray
    counts: tuple
    found: tuple


class AnchorExplorer(Explorer):
    """Lay anchors over a scene and see which of them take which object.

    An anchor whose IoU with an object reaches the positive threshold takes it; below the negative
    one it is background; in between it is ignored. By the rule, each object also gets the anchor
    that overlaps it most (Ren et al., Faster R-CNN, 2015, section 3.1.2).

    Args:
        image: (height, width), or with 1 or 3 channels.
        boxes: (n, 4) of the objects, x1 y1 x2 y2 in pixels within the image, at most 30; or none.
        labels: n classes, as numbers or names, or None.
        stride: pixels from one field's centre to the next; by default a tenth of the longer side.
        sizes: of anchors, in pixels: the root of their area; by default 0.25 and 0.4 of it.
        ratios: height / width.
        positive, negative: thresholds of the IoU.
        force: whether the rule holds.

    Raises:
        ValueError: what does not fit together, more than 10,000 anchors, or settings that cannot
            be.
    """

    title = "AnchorExplorer"
    try_this = (
        "Point at the picture to choose an anchor; the next number is the next shape in its field. "
        "Point at an object's row for its best ones. Make the stride larger: which object loses "
        "its anchors first, and does the rule save it?"
    )

    def __init__(self, image, boxes, labels=None, stride=None, sizes=None, ratios=(0.5, 1, 2),
                 positive=0.5, negative=0.4, force=True):
        self.pixels = overlay.pixels_of(image)
        self.size = height, width = self.pixels.shape[:2]
        self.boxes = np.array(check_boxes(boxes, size=self.size), float)
        self.boxes.flags.writeable = False
        self.names = _names(labels, len(self.boxes))
        self._picture = overlay.picture(self.pixels, f"a picture of {width} × {height} pixels")
        self._grids = {}
        longest = max(self.size)
        stride = max(longest // FIELDS, 1) if stride is None else stride
        sizes = [max(round(share * longest), 1) for share in SHARES] if sizes is None else sizes
        start = State(stride, _several("sizes", sizes), _several("ratios", ratios), positive,
                      negative, force, 0, 0, SHOWS[0])  # fmt: skip
        super().__init__(replace(start, anchor=self._first(start)))

    def _first(self, state):
        """Return the anchor that overlaps the first object most, or one in the middle."""
        anchors, overlaps = self._grid(state)
        return int(overlaps[:, 0].argmax()) if len(self.boxes) else len(anchors) // 2

    def compute(self, state):
        self._require(state)
        anchors, overlaps = self._grid(state)
        require_whole("anchor", state.anchor, len(anchors) - 1)
        plain, ruled = (
            match(overlaps, state.positive, state.negative, force) for force in (False, True)
        )
        matches = ruled if state.force else plain
        counts = [matches >= 0, matches == IGNORED, matches == BACKGROUND]
        shapes = len(state.sizes) * len(state.ratios)
        return Anchored(
            anchors, shapes, centres_and_sizes(anchors[::shapes])[0], overlaps,
            overlaps.max(axis=1, initial=0), matches, (matches >= 0) & (plain != matches),
            tuple(int(one.sum()) for one in counts),
            tuple(len({*one[one >= 0].tolist()}) for one in (plain, ruled)),
        )  # fmt: skip

    def _grid(self, state):
        """Return (anchors, overlaps), which no threshold changes."""
        setting = (state.stride, state.sizes, state.ratios)
        self._require_grid(state)
        if setting not in self._grids:
            anchors = anchor_grid(*self.size, *setting)
            self._grids = {setting: (anchors, iou(anchors, self.boxes))}
        return self._grids[setting]

    def _require_grid(self, state):
        require_whole("stride", state.stride, max(self.size), least=1)
        fields = np.prod([-(-side // state.stride) for side in self.size])
        count = int(fields) * len(state.sizes) * len(state.ratios)
        if count > MOST_ANCHORS:
            raise ValueError(
                f"Expected at most {MOST_ANCHORS:,} anchors. Received {count:,}: take a larger "
                "stride, or fewer sizes and ratios."
            )

    def _require(self, state):
        require_name("show", state.show, SHOWS)
        require_between("positive", state.positive, 0, 1)
        require_between("negative", state.negative, 0, 1)
        if state.negative > state.positive:
            raise ValueError(
                f"Expected negative at most as large as positive, {state.positive:g}. "
                f"Received {state.negative:g}."
            )
        if not isinstance(state.force, (bool, np.bool_)):
            raise ValueError(f"Expected force as True or False. Received {state.force!r}.")
        require_whole("object", state.object, max(len(self.boxes) - 1, 0))

    def settle(self, state, changes):
        """One threshold pushes the other one; in another grid the most similar anchor is chosen."""
        for name in {"sizes", "ratios"} & changes.keys():
            state = replace(state, **{name: _several(name, getattr(state, name))})
        state = self._pushed(state, changes)
        if {"stride", "sizes", "ratios"} & changes.keys() and "anchor" not in changes:
            before = self.data.anchors[[self.state.anchor]]
            return replace(state, anchor=int(iou(before, self._grid(state)[0])[0].argmax()))
        return state

    def _pushed(self, state, changes):
        """Keep negative at most as large as positive, where only one of them was changed."""
        moved = [name for name in ("positive", "negative") if name in changes]
        if len(moved) != 1:
            return state
        require_between(moved[0], getattr(state, moved[0]), 0, 1)
        if state.negative <= state.positive:
            return state
        return replace(state, positive=getattr(state, moved[0]), negative=getattr(state, moved[0]))

    def take_best(self):
        """Choose the anchor that overlaps the chosen object most."""
        if not len(self.boxes):
            raise ValueError("Expected a scene with objects. Received one without any.")
        return self.set(anchor=int(self.data.overlaps[:, self.state.object].argmax()))

    def picked(self, name, x, y):
        """Choose the object or anchor of a row, or the best anchor of the field pointed at."""
        kind, *number = name.split()
        if kind != "scene":
            self.set(**{kind: int(number[0])})
            return
        place = np.array([x * self.size[1], y * self.size[0]])
        field = int(np.square(self.data.centres - place).sum(axis=1).argmin())
        first, last = field * self.data.shapes, (field + 1) * self.data.shapes
        self.set(anchor=first + int(self.data.highest[first:last].argmax()))

    # --- what is shown ---------------------------------------------------------------------------

    def describe(self, data, state):
        positive, ignored, negative = data.counts
        height, width = self.size
        rule = "each object gets its best anchor" if state.force else "by the thresholds alone"
        return (
            f"A scene of {width} × {height} pixels with {len(self.boxes)} objects framed in green, "
            f"and {len(data.anchors):,} anchors: stride {state.stride}, sizes "
            f"{_listed(state.sizes)}, ratios {_listed(state.ratios)}. From IoU {state.positive:g} "
            f"on an anchor is positive, below {state.negative:g} negative; {rule}. {positive} "
            f"are positive, {ignored} ignored, {negative:,} negative; drawn: {state.show}. A dot "
            f"is the centre of each field. Anchor {state.anchor} is framed in vermilion; it "
            f"{self._outcome(data, state)}. Beside it the objects with their IoUs."
        )

    @staticmethod
    def _outcome(data, state):
        words = anchor_views.outcome(state.anchor, data)
        return words if words.startswith("takes") else f"is {words}"

    def _recall(self, data):
        """Return how many objects have an anchor, in a sentence."""
        plain, ruled = data.found
        count = len(self.boxes)
        if not count:
            return "There is no object: all anchors are background."
        return (
            f"Recall: {plain} of {count} objects ({plain / count:.0%}) have an anchor by the "
            f"thresholds alone, {ruled} of {count} ({ruled / count:.0%}) with the rule."
        )

    def readout(self, data, state):
        positive, ignored, negative = data.counts
        overlap = ""
        if len(self.boxes):
            share = number(data.overlaps[state.anchor, state.object])
            overlap = f", IoU {share} with object {state.object}"
        return (
            f"<b>{positive}</b> positive, <b>{ignored}</b> ignored, <b>{negative:,}</b> negative. "
            f"{self._recall(data)} Anchor {state.anchor}, "
            f"{anchor_views.sides(data.anchors[state.anchor])} pixels{overlap}: "
            f"{anchor_views.outcome(state.anchor, data)}."
        )

    def draw(self, data, state):
        outlines, *rows = self._parts(data, state)
        tables = [*zip((anchor_views.OBJECTS, anchor_views.ANCHORS), rows)]
        positive, ignored, negative = data.counts
        sentences = [
            f"{positive} positive, {ignored} ignored, {negative:,} negative anchors; drawn: "
            f"{state.show}.", self._recall(data),
        ]  # fmt: skip
        return beside(self.pixels, outlines, tables, sentences, self.describe(data, state),
                      anchor_views.dots(data))  # fmt: skip

    def _parts(self, data, state):
        """Return the outlines, the rows of objects, and those of the chosen object's anchors."""
        return (
            anchor_views.outlines(self.boxes, self.names, data, state),
            anchor_views.object_rows(self.boxes, self.names, data, state),
            anchor_views.anchor_rows(data, state),
        )

    def views(self, data, state):
        outlines, objects, best = self._parts(data, state)
        dots = "".join(overlay.dots(*one) for one in anchor_views.dots(data))
        shapes = dots + overlay.outlines(outlines, self.size)
        scene = overlay.laid_over(self._picture, shapes, self.size, pick="scene")
        caption = f"best anchors of object {state.object}" if best else "no object, no anchors"
        return {
            "scene": overlay.named_figure("anchors", scene, self.describe(data, state)),
            "tables": overlay.table_figure("objects", anchor_views.OBJECTS, objects)
            + overlay.table_figure(caption, anchor_views.ANCHORS, best),
        }

    def controls(self):
        return {
            "stride": Count("Stride", least=1, most=max(self.size)),
            "sizes": NumberList("Sizes"),
            "ratios": NumberList("Ratios"),
            "positive": RealSlide("Positive"),
            "negative": RealSlide("Negative"),
            "force": Switch("Each object gets its best anchor"),
            "object": Count("Object"),
            "anchor": Count("Anchor", most=MOST_ANCHORS),
            "show": Choice("Drawn", SHOWS),
        }

    def limits(self):
        return {"object": max(len(self.boxes) - 1, 0), "anchor": len(self.data.anchors) - 1}

    def actions(self):
        return {"Best anchor": self.take_best}


def _names(labels, count):
    """Return what is written at each object: its number, and its class where that is known."""
    if count > MOST_OBJECTS:
        raise ValueError(
            f"Expected at most {MOST_OBJECTS} objects, so that they can be told apart. "
            f"Received {count}."
        )
    if labels is None:
        return [f"object {at}" for at in range(count)]
    names = [str(one) for one in np.asarray(labels).ravel().tolist()]
    if len(names) != count:
        raise ValueError(f"Expected one label for each of {count} boxes. Received {len(names)}.")
    return [f"object {at}: {name}" for at, name in enumerate(names)]


def _several(name, values):
    """Return a few numbers above 0 as a tuple."""
    values = np.atleast_1d(numbers(name, values))
    if values.ndim != 1 or not 0 < len(values) <= MOST_SHAPES or values.min() <= 0:
        raise ValueError(
            f"Expected 1 to {MOST_SHAPES} {name}, all above 0. Received {values.tolist()}."
        )
    return tuple(values.tolist())


def _listed(values):
    return ", ".join(f"{value:g}" for value in values)
