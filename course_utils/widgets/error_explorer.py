"""ErrorExplorer: what a classifier took for what, how sure it was, and the pictures themselves."""

from dataclasses import dataclass, replace
from html import escape

import numpy as np

from course_utils.by_hand.metrics import check_probabilities, precision_recall
from course_utils.draw.error_sheet import error_sheet, part
from course_utils.draw.images import require_pictures
from course_utils.draw.probabilities import share
from course_utils.widgets import error_views
from course_utils.widgets.controls import Choice, Count, Number
from course_utils.widgets.explorer import Explorer, numbers, require_between, require_name
from course_utils.widgets.model_pictures import tones_of

PAGE = 20  # images
NO_ANSWER = "no answer"
ORDERS = ("most certain first", "least certain first")


@dataclass(frozen=True)
class State:
    """What can be changed: see `ErrorExplorer`."""

    truth: str
    predicted: str
    threshold: float
    order: str
    page: int
    image: int


@dataclass(frozen=True, eq=False)
class Errors:
    """What is shown.

    matrix: (classes, classes + 1) counts; the last column is of images without an answer.
    cell: (row, column) of the chosen cell.
    members: (m,) the numbers of its images, in order.
    subject: the class that precision and recall are about.
    curve: thresholds, precision and recall of its answers, the most certain first.
    point: (precision, recall) at the threshold; NaN for 0 / 0.
    """

    matrix: np.ndarray
    cell: tuple
    members: np.ndarray
    subject: int
    curve: tuple
    point: tuple


class ErrorExplorer(Explorer):
    """Go from a confusion matrix to the images of a cell, and from one of them into the network.

    The network answers with its most probable class. An answer less probable than the threshold
    does not count: the image moves to the column "no answer". So precision is a column of the
    matrix (of all answers "9", how many are 9s), recall is a row (of all 9s, how many were
    answered "9"), and each threshold is one point of the curve of precision over recall.

    The state:
        truth, predicted: the cell, by the names of its classes; predicted may be "no answer". The
            curve is of the predicted class; where there is no answer, of the true one.
        threshold: 0 to 1.
        order: "most certain first" or "least certain first".
        page: of 20 images of the cell, from 0.
        image: which image of the cell is chosen, from 0 in this order.

    Args:
        labels: (n,) class numbers from 0.
        probabilities: (n, classes), as softmax gives them.
        images: (n, height, width), or with 1 or 3 channels: uint8, or floats in any range.
        classes: the names of the classes; by default their numbers.
        look_inside: a function that makes another explorer of an image's number (0 to n - 1).

    Raises:
        ValueError: inputs that do not belong together, or rows that are no probabilities.
    """

    title = "ErrorExplorer"
    try_this = (
        "Press Largest confusion several times: would you have read these images? Point at any "
        "cell or image. Then raise the threshold, or point at the curve: what becomes right, and "
        "what does it cost?"
    )

    def __init__(self, labels, probabilities, images, classes=None, look_inside=None):
        probabilities = numbers("probabilities", probabilities)
        self.labels, self.probabilities = check_probabilities(labels, probabilities)
        self.images, self.tones = _pixels(images, len(self.labels))
        self.classes = _names(classes, self.probabilities.shape[1])
        self.answers = self.probabilities.argmax(axis=1)
        self.certainty = self.probabilities.max(axis=1)
        self.look_inside = look_inside
        self._inside = None, None
        first = self.classes[0]
        super().__init__(State(first, first, 0.0, ORDERS[0], 0, 0))

    @property
    def chosen(self):
        """The number of the chosen image, 0 to n - 1, or None where the cell is empty."""
        members = self.data.members
        return int(members[self.state.image]) if len(members) else None

    @property
    def inset(self):
        """The explorer that looks inside at the chosen image; None when another is chosen."""
        index, explorer = self._inside
        return explorer if index == self.chosen else None

    # --- from state to data ----------------------------------------------------------------------

    def compute(self, state):
        self._require(state)
        row, column = cell = self._cell(state)
        members = self._members(state)
        _require_place("image", state.image, max(len(members) - 1, 0))
        if state.page != state.image // PAGE:
            raise ValueError(
                f"Expected the page of image {state.image}, which is {state.image // PAGE}. "
                f"Received {state.page!r}: set only one of page and image."
            )
        answered = np.where(self._answered(state), self.answers, len(self.classes))
        wide = len(self.classes) + 1
        counts = np.bincount(self.labels * wide + answered, minlength=len(self.classes) * wide)
        matrix = counts.reshape(-1, wide)
        subject = column if column < len(self.classes) else row
        right = matrix[subject, subject]
        point = _share(right, matrix[:, subject].sum()), _share(right, matrix[subject].sum())
        return Errors(matrix, cell, members, subject, self._curve(subject), point)

    def _answered(self, state):
        return self.certainty >= state.threshold

    def _cell(self, state):
        columns = [*self.classes, NO_ANSWER]
        return self.classes.index(state.truth), columns.index(state.predicted)

    def _members(self, state):
        """Return the numbers of the cell's images in their order."""
        row, column = self._cell(state)
        inside, answered = self.labels == row, self._answered(state)
        inside &= ~answered if column == len(self.classes) else answered & (self.answers == column)
        members = np.flatnonzero(inside)
        sign = -1 if state.order == ORDERS[0] else 1
        return members[np.argsort(sign * self.certainty[members], kind="stable")]

    def _curve(self, subject):
        """Return thresholds, precision and recall of the answers that are this class."""
        truth, said = self.labels == subject, self.answers == subject
        if not truth.any() or not said.any():
            return np.empty((3, 0))
        # Where something else was answered, no threshold makes it this class: 0 is below all.
        thresholds, precision, recall = precision_recall(truth, np.where(said, self.certainty, 0))
        points = thresholds > 0
        return np.stack([thresholds, precision, recall])[:, points]

    def _require(self, state):
        require_name("truth", state.truth, self.classes)
        require_name("predicted", state.predicted, [*self.classes, NO_ANSWER])
        require_name("order", state.order, ORDERS)
        require_between("threshold", state.threshold, 0, 1)

    def settle(self, state, changes):
        """A class may be given by its number; page and image follow each other and the cell."""
        state = replace(state, truth=self._name(state.truth), predicted=self._name(state.predicted))
        self._require(state)
        if "page" in changes and "image" in changes:
            return state
        last = max(len(self._members(state)) - 1, 0)
        if "page" in changes:
            _require_place("page", state.page, last // PAGE)
            return replace(state, image=state.page * PAGE)
        image = state.image
        if "image" not in changes:
            moved = {"truth", "predicted", "order"} & set(changes)
            image = 0 if moved else min(image, last)
        _require_place("image", image, last)
        return replace(state, image=image, page=image // PAGE)

    def _name(self, value):
        """Return the name of a class that is given by its name or its number."""
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            return value
        if str(value) in self.classes or not 0 <= value < len(self.classes):
            return str(value)
        return self.classes[value]

    # --- what to do ------------------------------------------------------------------------------

    def limits(self):
        """Return the last image and page of the present cell."""
        last = max(len(self.data.members) - 1, 0)
        return {"image": last, "page": last // PAGE}

    def turn(self, by=1):
        """Show the next page of the cell's images; after the last comes the first."""
        return self.set(page=(self.state.page + by) % (self.limits()["page"] + 1))

    def largest_confusion(self):
        """Choose the cell with the most images read wrongly; from one of them, the next smaller.

        Raises:
            ValueError: nothing that was answered is wrong.
        """
        counts = self.data.matrix[:, :-1] * ~np.eye(len(self.classes), dtype=bool)
        order = np.argsort(-counts, axis=None, kind="stable")[: np.count_nonzero(counts)]
        places = [divmod(int(place), len(self.classes)) for place in order]
        if not places:
            raise ValueError(
                "Expected a wrong answer among those that count. Received none at threshold "
                f"{self.state.threshold:.10g}: lower the threshold, or be content."
            )
        here = places.index(self.data.cell) if self.data.cell in places else -1
        row, column = places[(here + 1) % len(places)]
        return self.set(truth=self.classes[row], predicted=self.classes[column])

    def look(self):
        """Show below what `look_inside` makes of the chosen image.

        Raises:
            ValueError: the cell is empty, or what comes is no explorer.
        """
        if self.chosen is None:
            raise ValueError(
                "Expected a chosen image. Received an empty cell: choose one that has images."
            )
        if self.inset is None:
            explorer = self.look_inside(self.chosen)
            if not isinstance(explorer, Explorer):
                raise ValueError(
                    "Expected look_inside to return an explorer. "
                    f"Received {type(explorer).__name__}: make it end in return."
                )
            self._inside = self.chosen, explorer
        return self.set()

    def actions(self):
        inside = {"Look inside": self.look} if self.look_inside else {}
        return {
            "Largest confusion": self.largest_confusion,
            "Previous page": lambda: self.turn(-1),
            "Next page": self.turn,
            **inside,
        }

    def picked(self, name, x, y):
        """Choose a cell, an image, or the threshold of the nearest point of the curve."""
        kind, *places = name.split()
        if kind == "cell":
            row, column = map(int, places)
            self.set(truth=self.classes[row], predicted=[*self.classes, NO_ANSWER][column])
        elif kind == "image":
            self.set(image=int(places[0]))
        elif self.data.curve.size:
            self.set(threshold=error_views.threshold_at(self.data, x, y))

    # --- what is shown ---------------------------------------------------------------------------

    def describe(self, data, state):
        return (
            f"A confusion matrix of {len(self.classes)} classes and {len(self.labels):,} images, "
            "true classes in rows, predicted ones in columns, with a last column for images whose "
            f"answer is less probable than the threshold {state.threshold:.10g}. The cell of true "
            f"class {state.truth}, {self._read_as(state)}, is framed. Beside it, the curve of "
            f"precision over recall of class {self.classes[data.subject]}, with a mark at the "
            f"threshold; below, up to {PAGE} images of the cell from number {state.page * PAGE} "
            f"on, {state.order}, each with the probability of its answer; number {state.image} is "
            f"framed.{self.tones.sentence}"
        )

    @staticmethod
    def _read_as(state):
        return NO_ANSWER if state.predicted == NO_ANSWER else f"read as {state.predicted}"

    def readout(self, data, state):
        answered = int(data.matrix[:, :-1].sum())
        right, silent = int(np.trace(data.matrix)), len(self.labels) - answered
        count = len(data.members)
        return (
            f"True {escape(state.truth)}, {escape(self._read_as(state))}: <b>{count:,} "
            f"image{'s' * (count != 1)}</b>. {self._point_words(data)} "
            f"In all: {right:,} right, {answered - right:,} wrong, {silent:,} without an answer."
            f"{self._choice_words(data, state)}"
        )

    def _point_words(self, data):
        name = escape(self.classes[data.subject])
        right = data.matrix[data.subject, data.subject]
        said, there = data.matrix[:, data.subject].sum(), data.matrix[data.subject].sum()
        precision, recall = (part(value) for value in data.point)
        return (
            f"Class {name}: precision {precision} ({right:,} of {said:,} answers are right), "
            f"recall {recall} ({right:,} of {there:,} are found)."
        )

    def _choice_words(self, data, state):
        if not len(data.members):
            return ""
        index = data.members[state.image]
        answer, truth = (
            escape(share(self.probabilities[index, place]))
            for place in (self.answers[index], data.cell[0])
        )
        name = escape(self.classes[self.answers[index]])
        return (
            f" Chosen: image {index} of all, {name} with probability {answer}; its true class "
            f"gets {truth}."
        )

    def _page(self, data, state):
        """Return the page's pictures, their titles, and which of them is chosen."""
        start = state.page * PAGE
        shown = data.members[start : start + PAGE]
        titles = [share(self.certainty[index]) for index in shown]
        if state.predicted == NO_ANSWER:  # elsewhere the cell says it
            names = [self.classes[self.answers[index]] for index in shown]
            titles = [f"{name}? {title}" for name, title in zip(names, titles)]
        return self.images[shown], titles, state.image - start

    def _heading(self, data, state):
        """Say which images these are."""
        start, count = state.page * PAGE, len(data.members)
        which = f"True {state.truth}, {self._read_as(state)}"
        if not count:
            return f"{which}: no images"
        end = min(start + PAGE, count) - 1
        tones = f" ({self.tones.words})" * bool(self.tones.words)
        return f"{which}: images {start} to {end} of {count:,}, {state.order}{tones}"

    def draw(self, data, state):
        return error_sheet(
            data, self.classes, [*self.classes, NO_ANSWER], self._page(data, state),
            self._heading(data, state), self.describe(data, state), state.threshold,
        )

    def views(self, data, state):
        words = self.describe(data, state)
        columns = [*self.classes, NO_ANSWER]
        subject = self.classes[data.subject]
        return {
            "matrix": error_views.matrix(data, self.classes, columns, words),
            "curve": error_views.curve(data, subject, state.threshold),
            "images": error_views.pictures(
                *self._page(data, state), state.page * PAGE, self._heading(data, state)
            ),
        }

    def controls(self):
        return {
            "truth": Choice("True class", self.classes),
            "predicted": Choice("Read as", [*self.classes, NO_ANSWER]),
            "threshold": Number("Threshold", step=0.05),
            "order": Choice("Order", ORDERS),
            "page": Count("Page"),
            "image": Count("Image"),
        }


def _pixels(images, count):
    """Return (pictures as uint8 of their own, one for each label, and their tones)."""
    images = require_pictures(images)
    if len(images) != count:
        raise ValueError(
            f"Expected one image for each of {count} labels. Received {len(images)}: hand over "
            "the images that the probabilities belong to, in the same order."
        )
    if images.dtype == np.uint8:  # of bytes everybody knows what is black and white
        images = images / np.float32(255)
    tones = tones_of(images)
    pixels = tones.pixels(images)
    pixels.flags.writeable = False
    return pixels, tones


def _names(classes, count):
    """Return the names of the classes, each different."""
    names = [str(name) for name in (range(count) if classes is None else classes)]
    if len(names) != count or len({*names, NO_ANSWER}) != count + 1:
        raise ValueError(
            f"Expected {count} different names of classes, one for each column of probabilities, "
            f"none of them {NO_ANSWER!r}. Received {names}."
        )
    return names


def _share(part, whole):
    return part / whole if whole else np.nan


def _require_place(name, value, last):
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not 0 <= value <= last:
        raise ValueError(
            f"Expected {name} as a whole number from 0 to {last}, for so many are in this cell. "
            f"Received {value!r}."
        )
