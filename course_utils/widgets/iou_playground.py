"""IoUPlayground: two boxes, how far they overlap, and how one is told by the other."""

from dataclasses import dataclass, replace

import numpy as np

from course_utils.by_hand import boxes as by_hand
from course_utils.draw.overlap import overlap
from course_utils.draw.style import number
from course_utils.widgets import overlap_views, overlay
from course_utils.widgets.controls import BoxFields, Choice
from course_utils.widgets.explorer import Explorer, numbers, require_name
from course_utils.widgets.overlap_words import lines, relation

PAPER, RULED = (180, 240), 20  # pixels of the paper that lies there without an image; its lines
ACROSS, DOWN = 12, 9  # the presets count in twelfths of the width and ninths of the height
# Box and other, x1 y1 x2 y2 each.
PRESETS = {
    "IoU one half": ((2, 2, 8, 6), (4, 2, 10, 6)),
    "a quarter of each": ((2, 1, 6, 5), (4, 3, 8, 7)),
    "touching": ((1, 2, 6, 6), (6, 2, 11, 7)),
    "nested": ((2, 1, 10, 8), (4, 3, 7, 6)),
    "disjoint": ((1, 1, 4, 4), (8, 5, 11, 8)),
    "identical": ((3, 2, 9, 7), (3, 2, 9, 7)),
    "one empty": ((3, 2, 9, 7), (6, 4, 6, 4)),
}
CUSTOM = "my own"
COARSE = 160  # pixels: on a longer picture a drag goes by whole ones, on a smaller one by quarters
OUTSIDE = "Expected {name} within the picture, x from 0 to {width} and y from 0 to {height}. "
TURNED = "Expected {name} with x1 ≤ x2 and y1 ≤ y2. "
RECEIVED = "Received {corners}."


@dataclass(frozen=True, eq=False)
class State:
    """What can be changed: see `IoUPlayground`."""

    preset: str
    box: np.ndarray
    other: np.ndarray


@dataclass(frozen=True, eq=False)
class Overlap:
    """What is shown.

    Attributes:
        areas: of box and other, in square pixels, as the three that follow.
        intersection, union, around: their areas; `around` is the smallest box around both.
        iou, giou: intersection over union, and the generalised one.
        shared: (4,) the intersection; without area where they share none.
        enclosing: (4,) the smallest box around both.
        deltas: (4,) tx, ty, tw, th of box as seen from other; None where one is empty.
    """

    areas: tuple
    intersection: float
    union: float
    around: float
    iou: float
    giou: float
    shared: np.ndarray
    enclosing: np.ndarray
    deltas: np.ndarray | None


class IoUPlayground(Explorer):
    """Drag two boxes, or type their corners, and read how far they overlap.

    Intersection over union is their common measure; the generalised one (Rezatofighi et al. 2019)
    still tells near from far where nothing overlaps. The deltas say where `box` lies as seen from
    `other`, as a detector tells an object by an anchor (Ren et al. 2015, equation 2).

    Args:
        image: (height, width), or with 1 or 3 channels, to lay the boxes on; by default ruled
            paper of 240 × 180 pixels.
        box, other: x1, y1, x2, y2 in pixels; by default two with an IoU of one half.

    Raises:
        ValueError: an image that is none, or less than 12 × 9 pixels; no box, or one beyond the
            image.
    """

    title = "IoUPlayground"
    try_this = (
        "Drag a box or one of its corners, or type numbers. Keep the intersection and make a box "
        "larger: what becomes of the IoU? Pull the boxes apart: which number still changes?"
    )
    front = "overlap"

    def __init__(self, image=None, box=None, other=None):
        self.pixels = _paper() if image is None else overlay.pixels_of(image)
        self.size = self.pixels.shape[:2]
        _require_room(self.size)
        ground = "ruled paper" if image is None else "a picture"
        alt = f"{ground} of {self.size[1]} × {self.size[0]} pixels"
        self._picture = overlay.picture(self.pixels, alt)
        self.presets = {name: _scaled(pair, self.size) for name, pair in PRESETS.items()}
        first = next(iter(PRESETS))
        corners = [
            numbers(name, default if one is None else one)
            for name, one, default in zip(("box", "other"), (box, other), self.presets[first])
        ]
        super().__init__(State(first if box is other is None else CUSTOM, *corners))

    def compute(self, state):
        require_name("preset", state.preset, [*PRESETS, CUSTOM])
        self._require_box("box", state.box)
        self._require_box("other", state.other)
        box, other = state.box[None], state.other[None]
        areas = tuple(float(by_hand.area(one)[0]) for one in (box, other))
        shared = _shared(state.box, state.other)
        enclosing = np.append(*_outermost(state.box, state.other))
        intersection = float(by_hand.intersection(box, other)[0, 0])
        return Overlap(
            areas, intersection, areas[0] + areas[1] - intersection,
            float(by_hand.area(enclosing[None])[0]), float(by_hand.iou(box, other)[0, 0]),
            float(by_hand.generalised_iou(box, other)[0, 0]), shared, enclosing,
            by_hand.encode(box, other)[0] if all(areas) else None,
        )  # fmt: skip

    def _require_box(self, name, corners):
        if corners.shape != (4,):
            raise ValueError(
                f"Expected {name} as four numbers, x1, y1, x2, y2. Received shape {corners.shape}."
            )
        x1, y1, x2, y2 = corners
        height, width = self.size
        came = RECEIVED.format(corners=", ".join(number(value) for value in corners))
        if x2 < x1 or y2 < y1:
            raise ValueError(TURNED.format(name=name) + came)
        if x1 < 0 or y1 < 0 or x2 > width or y2 > height:
            raise ValueError(OUTSIDE.format(name=name, width=width, height=height) + came)

    def settle(self, state, changes):
        """A preset brings its boxes; boxes that were moved are no preset any more."""
        moved = [name for name in ("box", "other") if name in changes]
        state = replace(state, **{name: numbers(name, getattr(state, name)) for name in moved})
        if moved and "preset" not in changes:
            return replace(state, preset=CUSTOM)
        if "preset" in changes and not moved and state.preset in list(PRESETS):
            box, other = self.presets[state.preset]
            return replace(state, box=box, other=other)
        return state

    def swap(self):
        """Exchange the two: IoU stays, the deltas do not."""
        return self.set(box=self.state.other, other=self.state.box)

    def describe(self, data, state):
        height, width = self.size
        return (
            f"Two boxes on a picture of {width} × {height} pixels, {state.preset}: box from "
            f"{overlay.corners_in_words(state.box)}, other from "
            f"{overlay.corners_in_words(state.other)}; {relation(data)}. Their intersection is "
            f"filled in orange, their union tinted, the smallest box around both dotted. IoU "
            f"{number(data.iou)}, generalised IoU {number(data.giou)}."
        )

    def readout(self, data, state):
        deltas = ", ".join(f"{name} {value}" for name, _, value in lines(data, state)[5:])
        return (
            f"IoU <b>{number(data.iou)}</b>, generalised IoU <b>{number(data.giou)}</b>: "
            f"{relation(data)}. Intersection {number(data.intersection)}, union "
            f"{number(data.union)} square pixels. Deltas of box as seen from other: {deltas}."
        )

    def draw(self, data, state):
        boxes = (state.box, state.other, data.shared, data.enclosing)
        return overlap(self.pixels, boxes, lines(data, state), self.describe(data, state))

    def views(self, data, state):
        words = self.describe(data, state)
        return {
            "scene": overlap_views.scene(self._picture, data, state, self.size, words),
            "numbers": overlap_views.numbers(data, state),
        }

    def controls(self):
        return {
            "preset": Choice("Preset", [*PRESETS, CUSTOM]),
            "box": BoxFields("Box"),
            "other": BoxFields("Other"),
        }

    def actions(self):
        return {"Swap": self.swap}

    def client_inputs(self, alone):
        return {
            "picture": self._picture,
            "size": list(self.size),
            "shown": overlay.shown_width(self.size),
            "presets": {
                name: [box.tolist() for box in pair] for name, pair in self.presets.items()
            },
            "custom": CUSTOM,
            "grid": 1 if max(self.size) >= COARSE else 0.25,
            "sentences": {"outside": OUTSIDE, "turned": TURNED, "received": RECEIVED},
            "faces": overlap_views.FACES,
        }


def _paper():
    """Return white paper with a line every `RULED` pixels, (height, width) uint8."""
    paper = np.full(PAPER, 255, np.uint8)
    paper[::RULED] = paper[:, ::RULED] = paper[-1] = paper[:, -1] = 220
    paper.flags.writeable = False
    return paper


def _require_room(size):
    if size[0] < DOWN or size[1] < ACROSS:
        raise ValueError(
            f"Expected an image of at least {ACROSS} × {DOWN} pixels. "
            f"Received {size[1]} × {size[0]}."
        )


def _scaled(pair, size):
    """Return a preset's boxes in whole pixels of a picture of (height, width)."""
    step = np.array([size[1] // ACROSS, size[0] // DOWN] * 2, float)
    return [numbers("box", corners * step) for corners in np.array(pair)]


def _shared(box, other):
    """Return the box that both cover; where they do not meet, one without area between them."""
    left_top = np.maximum(box[:2], other[:2])
    return np.append(left_top, np.maximum(left_top, np.minimum(box[2:], other[2:])))


def _outermost(box, other):
    """Return the upper left and the lower right corner of the smallest box around both."""
    return np.minimum(box[:2], other[:2]), np.maximum(box[2:], other[2:])
