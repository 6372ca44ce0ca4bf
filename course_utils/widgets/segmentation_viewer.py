"""SegmentationViewer: what several networks say about every pixel, held against the truth."""

from dataclasses import dataclass, replace
from html import escape

import numpy as np

from course_utils.by_hand.masks import KINDS, error_kinds, iou_per_class, mean_iou, require_masks
from course_utils.draw.error_sheet import part
from course_utils.draw.heat import greyed
from course_utils.draw.mask_layers import (
    class_layer,
    class_palette,
    error_layer,
    error_palette,
    with_layer,
)
from course_utils.draw.masks import ERRORS, TRUE_LINE
from course_utils.draw.probabilities import share
from course_utils.draw.segmentation_sheet import segmentation_sheet
from course_utils.widgets import html, overlay, segmentation_views
from course_utils.widgets.controls import Choice, Count, RealSlide
from course_utils.widgets.explorer import (
    Explorer,
    require_between,
    require_name,
    require_whole,
)
from course_utils.widgets.pointing import cell_at
from course_utils.widgets.segmentation_inputs import (
    as_probabilities,
    class_names,
    mask_of,
    read_predictions,
)

OVERLAY, ERROR_MAP = "overlay", "error map"
VIEWS = (OVERLAY, ERROR_MAP)


@dataclass(frozen=True)
class State:
    """What can be changed: see `SegmentationViewer`."""

    prediction: str
    view: str
    opacity: float
    row: int
    column: int


@dataclass(frozen=True, eq=False)
class Answer:
    """What is shown of one prediction.

    mask: (height, width), the class that it gives each pixel.
    kinds: (height, width), what each of these is: a place in `by_hand.masks.KINDS`.
    counts: {kind: pixels}.
    true, said: the classes of the chosen pixel, in truth and in the prediction.
    chances: (classes,) the probabilities at the chosen pixel; None for a mask, which has none.
    """

    mask: np.ndarray
    kinds: np.ndarray
    counts: dict
    true: int
    said: int
    chances: np.ndarray | None


class SegmentationViewer(Explorer):
    """Compare networks, or any other methods, that give each pixel of one image a class.

    The state:
        prediction: the name of the one that is shown.
        view: "overlay" for its classes over the image; "error map" for where it is wrong: things
            missed (taken for class 0, the background), things invented (background taken for
            one), and things of one class confused with another.
        opacity: of what lies over the image, 0 to 1.
        row, column: the chosen pixel, from 0.

    Attributes:
        overlaps: (classes, predictions), the IoU of each class; NaN for one that occurs neither in
            the truth nor in the prediction.
        means: (predictions,), the mean of those that there are.

    Args:
        image: (height, width), or with 1 or 3 channels: uint8, or floats in 0…1.
        predictions: {name: prediction}: scores (height, width, classes), logits or probabilities;
            or a mask, whole numbers (height, width), class 0 being the background. Scores that
            do not sum to 1 at each pixel are taken for logits.
        truth: (height, width), the mask that would be right.
        classes: the names of the classes, that of the background first; by default their numbers.

    Raises:
        ValueError: inputs that do not belong together, or masks that are no whole numbers.

    Reference: Long, Shelhamer and Darrell, Fully convolutional networks for semantic segmentation
    (2015), section 5.
    """

    title = "SegmentationViewer"
    try_this = (
        "Press Next prediction several times: what becomes sharper, and which class gains most in "
        "the table? Drag over an outline: how do the probabilities change hands? Then choose the "
        "error map, and press Surest mistake."
    )

    def __init__(self, image, predictions, truth, classes=None):
        self.image = overlay.pixels_of(image)
        self._picture, size = self.image / np.float32(255), self.image.shape[:2]
        names = None if classes is None else [str(name) for name in classes]
        known = None if names is None else len(names)
        self.truth = require_masks(truth, known, "truth", size)
        found = read_predictions(predictions, size, known)
        self.classes = class_names(names, self.truth, found)
        self.scores = as_probabilities(found, len(self.classes))
        self.masks = {name: mask_of(values) for name, values in found.items()}
        self._ground = segmentation_views.ground(self.image)
        pairs = [(self.truth, mask, len(self.classes)) for mask in self.masks.values()]
        self.overlaps = np.column_stack([iou_per_class(*pair) for pair in pairs])
        self.means = np.array([mean_iou(*pair) for pair in pairs])
        for fixed in (self.truth, *self.scores.values(), *self.masks.values(), self.overlaps):
            fixed.flags.writeable = False
        height, width = size
        super().__init__(State(next(iter(found)), OVERLAY, 0.6, height // 2, width // 2))

    # --- from state to data ----------------------------------------------------------------------

    def compute(self, state):
        self._require(state)
        mask, here = self.masks[state.prediction], (state.row, state.column)
        kinds = error_kinds(self.truth, mask)
        counts = np.bincount(kinds.ravel(), minlength=len(KINDS)).tolist()
        true, said = int(self.truth[here]), int(mask[here])
        scores = self.scores.get(state.prediction)
        chances = None if scores is None else scores[here].astype(float)
        return Answer(mask, kinds, dict(zip(KINDS, counts)), true, said, chances)

    def _require(self, state):
        require_name("prediction", state.prediction, self.masks)
        require_name("view", state.view, VIEWS)
        require_between("opacity", state.opacity, 0, 1)
        for name, most in self.limits().items():
            require_whole(name, getattr(state, name), most)

    # --- what to do ------------------------------------------------------------------------------

    def limits(self):
        """Return the last row and column."""
        height, width = self.truth.shape
        return {"row": height - 1, "column": width - 1}

    def next_prediction(self):
        """Show the next prediction; after the last comes the first."""
        names = list(self.masks)
        return self.set(prediction=names[(names.index(self.state.prediction) + 1) % len(names)])

    def surest_mistake(self):
        """Go to the wrong pixel whose class has the highest probability; then to the next lower.

        A mask is as sure of all its pixels: there the wrong ones follow each other line by line.

        Raises:
            ValueError: every pixel is right.
        """
        wrong = np.flatnonzero(self.data.kinds)
        if not len(wrong):
            raise ValueError(
                f"Expected a pixel where {self.state.prediction} is wrong. Received none: choose "
                "another prediction, or be content."
            )
        chances = self.scores.get(self.state.prediction)
        sure = np.zeros(len(wrong)) if chances is None else chances.max(axis=2).flat[wrong]
        order = wrong[np.argsort(-sure, kind="stable")].tolist()
        here = self.state.row * self.truth.shape[1] + self.state.column
        place = order[(order.index(here) + 1) % len(order)] if here in order else order[0]
        row, column = divmod(place, self.truth.shape[1])
        return self.set(row=row, column=column)

    def actions(self):
        return {"Next prediction": self.next_prediction, "Surest mistake": self.surest_mistake}

    def picked(self, name, x, y):
        """Choose a pixel of a picture, or a prediction in the table."""
        kind, *place = name.split()
        if kind == "column":
            self.set(prediction=list(self.masks)[int(place[0])])
        else:
            row, column = cell_at(x, y, self.truth.shape)
            self.set(row=row, column=column)

    # --- what is shown ---------------------------------------------------------------------------

    def describe(self, data, state):
        height, width = self.truth.shape
        how = "with its classes as bars of probability"
        if data.chances is None:
            how = "with its class alone, for a mask has no probabilities"
        return (
            f"A picture of {height} × {width} pixels. {self._picture_words(state)} Beside it the "
            f"classes of the truth: {', '.join(self.classes)}. The pixel at row {state.row}, "
            f"column {state.column}, in truth {self.classes[data.true]}, is framed in both, and "
            f"stands beside them {how}. Below, the IoU of each class and their mean for "
            f"{len(self.masks)} predictions: {', '.join(self.masks)}; that of {state.prediction} "
            "stands out."
        )

    @staticmethod
    def _picture_words(state):
        if state.view == OVERLAY:
            return (
                f"Over it, with opacity {state.opacity:.10g}, the classes that {state.prediction} "
                "gives its pixels, each in a colour with black outlines; class 0 is clear."
            )
        return (
            f"Over a grey copy, with opacity {state.opacity:.10g}, the pixels where "
            f"{state.prediction} is wrong: missed ones light blue, invented ones orange, those of "
            "a wrong class purple with black stripes; white lines are the true contours."
        )

    def readout(self, data, state):
        said, true = self.classes[data.said], self.classes[data.true]
        sure = "" if data.chances is None else f" with probability {share(data.chances[data.said])}"
        mean = part(self.means[list(self.masks).index(state.prediction)])
        words = (
            f"Row {state.row}, column {state.column}: in truth {true}; {state.prediction} says "
            f"{said}{sure}, which is {KINDS[data.kinds[state.row, state.column]]}. Of "
            f"{self.truth.size:,} pixels {self._counts_words(data)}; mean IoU {mean}."
        )
        return escape(words, quote=False)

    @staticmethod
    def _counts_words(data):
        return ", ".join(f"{count:,} {kind}" for kind, count in data.counts.items())

    def _caption(self, state):
        what = "where it is wrong" if state.view == ERROR_MAP else "classes"
        return f"{state.prediction}: {what}"

    def draw(self, data, state):
        over = {self._caption(state): self._over(data, state), "truth": self._truth_over(state)}
        place = np.add((state.row, state.column), 0.5) / self.truth.shape
        table = dict(zip(self.masks, np.vstack([self.overlaps, self.means]).T))
        return segmentation_sheet(
            over, place, self._pixel(data, state), (table, state.prediction),
            self._errors(data, state), self.describe(data, state),
        )  # fmt: skip

    def _over(self, data, state):
        """Return the picture with what is chosen over it."""
        zoom = segmentation_views.zoom_of(self.truth.shape)
        if state.view == OVERLAY:
            layer = class_layer(data.mask, zoom)
            return with_layer(self._picture, layer, class_palette(), state.opacity)
        layer = error_layer(self.truth, data.kinds, zoom)
        return with_layer(greyed(self._picture), layer, error_palette(), state.opacity)

    def _truth_over(self, state):
        layer = class_layer(self.truth, segmentation_views.zoom_of(self.truth.shape))
        return with_layer(self._picture, layer, class_palette(), state.opacity)

    @staticmethod
    def _errors(data, state):
        """Return the legend of the error map with the count of each kind; none of an overlay."""
        if state.view == OVERLAY:
            return []
        counted = [
            replace(entry, text=f"{data.counts[kind]:,} {entry.text}")
            for kind, entry in ERRORS.items()
        ]
        return [*counted, TRUE_LINE]

    def _pixel(self, data, state):
        """Return the title, the classes, and what is said of the chosen pixel."""
        title = f"{self._pixel_caption(state)}: in truth {self.classes[data.true]}"
        said = f"class {self.classes[data.said]}:\na mask has no\nprobabilities"
        return title, self.classes, said if data.chances is None else data.chances

    @staticmethod
    def _pixel_caption(state):
        return f"row {state.row}, column {state.column}"

    def views(self, data, state):
        words = self.describe(data, state)
        shown, errors = segmentation_views.classes_over(self, data.mask, state, words), ""
        if state.view == ERROR_MAP:
            shown = segmentation_views.errors_over(self, data, state, words)
            errors = html.figure("pixels of each kind", segmentation_views.errors(data))
        truth = segmentation_views.classes_over(self, self.truth, state, "classes of the truth")
        pixel = segmentation_views.pixel(data, self.classes)
        table = segmentation_views.table(self, state.prediction)
        return {
            "ground": self._ground,
            "picture": html.figure(self._caption(state), shown),
            "truth": html.figure("truth", truth),
            "pixel": html.figure(self._pixel_caption(state), pixel),
            "table": html.figure(f"IoU of each class; shown: {state.prediction}", table),
            "errors": errors,
        }

    def controls(self):
        return {
            "prediction": Choice("Prediction", self.masks),
            "view": Choice("Show", VIEWS),
            "opacity": RealSlide("Opacity"),
            "row": Count("Row"),
            "column": Count("Column"),
        }
