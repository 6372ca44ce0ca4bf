"""RoIAlignLab: what RoIAlign reads from a box on a feature map, and what rounding would cost."""

from dataclasses import dataclass, replace

import numpy as np

from course_utils.draw.roi import region
from course_utils.widgets import html, roi_views, roi_words
from course_utils.widgets.controls import Choice, Count, Number, RealSlide
from course_utils.widgets.explorer import (
    Explorer,
    numbers,
    require_between,
    require_name,
    require_whole,
)
from course_utils.widgets.roi_region import POOLINGS, read_region

YOURS, RAMP = "yours", "ramp"
SIDE, LEAST, MOST = 10, 2, 24  # cells of a preset's side by default; of any map
MOST_BINS, MOST_SAMPLES, MOST_STRIDE = 7, 4, 64
SIDES = ("x1", "y1", "x2", "y2")
BOX = (0.17, 0.23, 0.81, 0.74)  # of the map's width and height: the first box
NUDGE = 0.1  # cells


@dataclass(frozen=True)
class State:
    """What can be changed: see `RoIAlignLab`."""

    map: str
    channel: int
    x1: float
    y1: float
    x2: float
    y2: float
    stride: float
    size: int
    samples: int
    pooling: str
    row: int
    column: int
    sample: int

    @property
    def box(self):
        """The box in cells of the map: (4,) x1 y1 x2 y2."""
        return np.array([self.x1, self.y1, self.x2, self.y2], float) / self.stride


class RoIAlignLab(Explorer):
    """Put a box on a small feature map, and follow every number that RoIAlign makes of it.

    Each bin is the mean of sample points at even distances; each sample is the sum of its four
    nearest cells' values, weighted by how near their middles are. RoI pooling rounds the box to
    whole cells, and each bin again, and takes the maximum. The map called "ramp" has the place of
    each cell's middle as its value, so a reading is right where it gives the middle of its bin.

    The state:
        map: "yours", the one that was handed over, "ramp", "edge" or "peak".
        channel: of your map, from 0.
        x1, y1, x2, y2: the box, in cells times the stride: pixels of the image.
        stride: pixels of the image for each cell. When it changes, the box stays on its cells.
        size: bins along a side, 1 to 7.
        samples: along a side of each bin, 1 to 4.
        pooling: what RoI pooling takes of a bin's cells, "maximum", or "mean" to see what
            rounding does alone.
        row, column, sample: the chosen bin, and which of its sample points, line by line.

    Args:
        feature_map: (height, width) or (height, width, channels), 2 to 24 cells along a side; or
            the name of a map, which then has 10 × 10 cells.
        box: x1 y1 x2 y2 in pixels of the image.

    Raises:
        ValueError: a map of another shape, or settings that cannot be.

    References: He, Gkioxari, Dollár and Girshick, Mask R-CNN (2017), section 3; Girshick, Fast
    R-CNN (2015), section 2.1.
    """

    title = "RoIAlignLab"
    try_this = (
        "Choose the ramp: RoIAlign reads the middle of every bin. Then nudge the box to the right, "
        "a tenth of a cell each time: when does RoI pooling notice? Point at a result to see where "
        "it comes from, and drag the box by its corners or its middle."
    )

    def __init__(self, feature_map=RAMP, box=None, size=3, samples=2, stride=1, channel=0):
        named = isinstance(feature_map, str)
        given = None if named else _checked_map(feature_map)
        shape = (SIDE, SIDE) if named else given.shape[:2]
        self.maps = ({} if named else {YOURS: given}) | _presets(*shape)
        self.shape = shape
        box = numbers("box", self._first_box(stride) if box is None else box)
        if box.shape != (4,):
            raise ValueError(f"Expected box as x1, y1, x2, y2. Received shape {box.shape}.")
        name = feature_map if named else YOURS
        super().__init__(
            State(name, channel, *box.tolist(), stride, size, samples, "maximum", 0, 0, 0)
        )

    def _first_box(self, stride):
        require_between("stride", stride, 1, MOST_STRIDE)
        return np.round(np.multiply(BOX, self.shape[::-1] * 2), 1) * stride

    # --- from state to data ----------------------------------------------------------------------

    def compute(self, state):
        self._require(state)
        values = self.maps[state.map][..., state.channel]
        here = state.row, state.column, state.sample
        return read_region(values, state.box, state.size, state.samples, state.pooling, here,
                           is_ramp=state.map == RAMP)  # fmt: skip

    def _require(self, state):
        require_name("map", state.map, self.maps)
        require_name("pooling", state.pooling, POOLINGS)
        require_between("stride", state.stride, 1, MOST_STRIDE)
        require_whole("size", state.size, MOST_BINS, 1)
        require_whole("samples", state.samples, MOST_SAMPLES, 1)
        for name, most in self._most(state).items():
            require_whole(name, getattr(state, name), most)
        self._require_box(state)

    def _require_box(self, state):
        """Refuse a box that is no box, or leaves the map."""
        x1, y1, x2, y2 = corners = numbers("box", [getattr(state, side) for side in SIDES])
        height, width = (side * state.stride for side in self.shape)
        if not (0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height):
            raise ValueError(
                f"Expected a box with 0 ≤ x1 < x2 ≤ {width:g} and 0 ≤ y1 < y2 ≤ {height:g}. "
                f"Received {', '.join(f'{corner:g}' for corner in corners)}."
            )

    def _most(self, state):
        """Return {field: largest number} of what is counted from 0."""
        last = state.size - 1
        return {"channel": self.maps[state.map].shape[2] - 1, "row": last, "column": last,
                "sample": state.samples**2 - 1}  # fmt: skip

    def settle(self, state, changes):
        """The box stays on its cells; what no longer exists becomes the last that does."""
        require_name("map", state.map, self.maps)
        require_between("stride", state.stride, 1, MOST_STRIDE)
        require_whole("size", state.size, MOST_BINS, 1)
        require_whole("samples", state.samples, MOST_SAMPLES, 1)
        if "stride" in changes and not set(SIDES) & set(changes):
            sides = self.state.box * state.stride
            edges = np.multiply(self.shape[::-1] * 2, state.stride)  # not passed by rounding
            state = replace(state, **dict(zip(SIDES, np.minimum(sides, edges).tolist())))
        most = self._most(state)
        inside = {name: min(getattr(state, name), last) for name, last in most.items()
                  if name not in changes}  # fmt: skip
        return replace(state, **inside)

    # --- what to do ------------------------------------------------------------------------------

    def limits(self):
        """Return the largest numbers of the present map, box and bins."""
        height, width = (side * self.state.stride for side in self.shape)
        return {**self._most(self.state), "x1": width, "x2": width, "y1": height, "y2": height}

    def nudge(self, right=0, down=0):
        """Move the box by so many cells, and no further than the edge of the map."""
        return self._place(self.state.box + [right, down, right, down])

    def round_box(self):
        """Move the sides of the box to whole cells, as RoI pooling does."""
        return self._place(self.data.whole)

    def next_sample(self):
        """Choose the bin's next sample point; after the last comes the first."""
        return self.set(sample=(self.state.sample + 1) % self.state.samples**2)

    def actions(self):
        return {
            "Box left": lambda: self.nudge(right=-NUDGE),
            "Box right": lambda: self.nudge(right=NUDGE),
            "Box up": lambda: self.nudge(down=-NUDGE),
            "Box down": lambda: self.nudge(down=NUDGE),
            "Round the box": self.round_box,
            "Next sample": self.next_sample,
        }

    def picked(self, name, x, y):
        """Choose a bin of the results, or bring the box's nearest handle to a place on the map."""
        if name == "map":
            height, width = self.shape
            self._place(_dragged(self.state.box, np.array([x * width, y * height])))
        else:
            row, column = (min(int(place * self.state.size), self.state.size - 1)
                           for place in (y, x))  # fmt: skip
            self.set(row=row, column=column)

    def _place(self, box):
        """Put the box, in cells, where it stays in the map; its size stays."""
        far = np.array(self.shape[::-1])
        shift = np.maximum(-box[:2], 0) - np.maximum(box[2:] - far, 0)
        moved = np.round((box + np.tile(shift, 2)) * self.state.stride, 3)
        inside = np.minimum(moved, np.tile(far * self.state.stride, 2))
        return self.set(**dict(zip(SIDES, inside.tolist())))

    # --- what is shown ---------------------------------------------------------------------------

    def describe(self, data, state):
        return roi_words.describe(data, state)

    def readout(self, data, state):
        return roi_words.readout(data, state)

    def draw(self, data, state):
        sums = roi_words.sample_words(data, between="\n")  # two short lines
        words = "\n".join([sums, roi_words.rounding_words(data, state)])
        return region(data, data.results(state.pooling), (state.row, state.column), words,
                      self.describe(data, state))  # fmt: skip

    def views(self, data, state):
        shown = roi_views.feature_map(data, self.describe(data, state))
        sample = roi_views.neighbours(data) + roi_views.sum_table(data)
        return {
            "map": html.figure(roi_words.map_caption(state, self.maps), shown),
            "sample": html.figure(roi_words.sample_caption(data, state), sample),
            "results": roi_views.results(data, state),
        }

    def controls(self):
        return {
            "map": Choice("Map", self.maps),
            "channel": Count("Channel"),
            **{side: RealSlide(side) for side in SIDES},
            "stride": Number("Stride", step=1),
            "size": Count("Size", least=1, most=MOST_BINS),
            "samples": Count("Samples", least=1, most=MOST_SAMPLES),
            "pooling": Choice("Pooling", POOLINGS),
            "row": Count("Row"),
            "column": Count("Column"),
            "sample": Count("Sample"),
        }


# --- boxes and maps ------------------------------------------------------------------------------


def _dragged(box, place):
    """Return the box with the nearest of corners, sides' middles and middle brought to a place."""
    grips = np.array([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)])
    x1, y1, x2, y2 = box
    places = np.array([[(x1, (x1 + x2) / 2, x2)[a], (y1, (y1 + y2) / 2, y2)[b]] for a, b in grips])
    across, down = grips[np.argmin(((places - place) ** 2).sum(axis=1))]
    if (across, down) == (1, 1):
        return box + np.tile(place - places[4], 2)
    moved = box.copy()
    for axis, grip in enumerate((across, down)):
        if grip != 1:
            moved[axis + grip] = place[axis]
    lower, upper = np.minimum(moved[:2], moved[2:]), np.maximum(moved[:2], moved[2:])
    return np.concatenate([lower, np.maximum(upper, lower + 0.05)])


def _presets(height, width):
    """Return {name: (height, width, 1)} of maps on which one sees what a reading does."""
    x = np.tile(np.arange(width) + 0.5, (height, 1))
    peak = np.zeros((height, width))
    peak[height // 2, width // 2] = 1
    made = {RAMP: x, "edge": (x > width / 2).astype(float), "peak": peak}
    return {name: one[..., None] for name, one in made.items()}


def _checked_map(feature_map):
    """Return a map as (height, width, channels) floats."""
    array = numbers("feature_map", feature_map)
    array = array[..., None] if array.ndim == 2 else array
    if array.ndim != 3 or array.shape[2] < 1 or not all(
        LEAST <= side <= MOST for side in array.shape[:2]
    ):
        raise ValueError(
            f"Expected a feature map of shape (height, width, channels), {LEAST} to {MOST} cells "
            f"along a side. Received shape {array.shape}: cut a piece out of a larger one."
        )
    return array
