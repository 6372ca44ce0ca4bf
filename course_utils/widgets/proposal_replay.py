"""ProposalReplay: where a region proposal network looked for objects while it trained."""

import asyncio
from dataclasses import dataclass

import numpy as np

from course_utils.by_hand.boxes import check_boxes, iou
from course_utils.by_hand.metrics import check_proposals
from course_utils.draw.images import drawable_batch
from course_utils.draw.proposals import proposals_over_training
from course_utils.widgets import overlay, proposal_views, proposal_words
from course_utils.widgets.controls import Count, RealSlide, Slide
from course_utils.widgets.explorer import Explorer, require_between, require_whole
from course_utils.widgets.running import Running

PACE = 0.5  # seconds between two pictures of Run
MOST = 100  # proposals of an image that are looked at
LOWEST = 0.05  # threshold
PANELS = 3  # moments side by side where nothing moves


@dataclass(frozen=True)
class State:
    """What can be changed: see `ProposalReplay`."""

    moment: int
    image: int
    top: int
    threshold: float


@dataclass(frozen=True, eq=False)
class Proposals:
    """The proposals of one image at one moment.

    Attributes:
        boxes: (k, 4) in pixels, best first; scores: (k,).
        covers: (k,) whether each overlaps an object by at least the threshold.
        overlaps: (m,) the largest IoU of each object with a proposal; rank: (m,) which it is, from
            0, or -1 where none touches the object.
        found: (m,) whether the object is covered.
    """

    boxes: np.ndarray
    scores: np.ndarray
    covers: np.ndarray
    overlaps: np.ndarray
    rank: np.ndarray
    found: np.ndarray


@dataclass(frozen=True, eq=False)
class Replay:
    """What is shown: the proposals of now, and the recall over all images at every moment."""

    now: Proposals
    recalls: np.ndarray
    found: int


class ProposalReplay(Running, Explorer):
    """Go back to any recorded moment of a training, and see where the network proposed to look.

    An object is found where one of the best proposals of its image overlaps it by an IoU of at
    least the threshold. Recall is the share of all objects in all images that are found: what the
    first stage of a detector misses, the second never sees.

    The state:
        moment: which of the snapshots, from 0.
        image: which image, from 0.
        top: how many proposals count, the best ones, 1 to 100.
        threshold: the IoU from which on an object is covered, 0.05 to 1.

    Args:
        images: (n, height, width), or with 1 or 3 channels: uint8, or floats in 0…1.
        truths: the true boxes of each image, (m, 4), x1 y1 x2 y2 in pixels.
        steps: the snapshots in their order, (step, boxes of each image, scores of each image), as
            `probe.ProposalRecorder` keeps them.

    Raises:
        ValueError: inputs that do not belong together, or no snapshot, or no object.

    Reference: Ren, He, Girshick and Sun, Faster R-CNN (2015), section 3.1; recall over IoU is
    their figure 4.
    """

    title = "ProposalReplay"
    try_this = (
        "Press Run, or drag along the curve: when does the network begin to look at objects? "
        "Then leave it only its best three proposals, or ask for an IoU of 0.7: which objects are "
        "lost first?"
    )

    def __init__(self, images, truths, steps, image=0, top=20, threshold=0.5):
        self.images = _pixels(images)
        self.truths = _checked_truths(truths, self.images)
        self.steps, self._history = _checked_steps(steps, len(self.images))
        self._best, self._pictures = self._best_overlaps(), {}
        super().__init__(State(len(self.steps) - 1, image, top, threshold))

    def _best_overlaps(self):
        """Return the largest IoU of each object with one of the best k proposals, for each k.

        Found once: (moments, MOST, objects of all images).
        """
        counts = [len(boxes) for boxes in self.truths]
        ends = np.cumsum(counts)
        best = np.zeros((len(self.steps), MOST, ends[-1]))
        for moment, found in enumerate(self._history):
            for (boxes, _), truths, end in zip(found, self.truths, ends):
                overlaps = np.zeros((MOST, len(truths)))
                overlaps[: len(boxes)] = iou(boxes, truths)
                best[moment, :, end - len(truths) : end] = np.maximum.accumulate(overlaps)
        return best

    # --- from state to data ----------------------------------------------------------------------

    def compute(self, state):
        self._require(state)
        covered = self._best[:, state.top - 1] >= state.threshold
        return Replay(
            self._proposals(state.moment, state), covered.mean(axis=1),
            int(covered[state.moment].sum()),
        )  # fmt: skip

    def _proposals(self, moment, state):
        """Return the proposals that count at a moment, for the state's image."""
        boxes, scores = (part[: state.top] for part in self._history[moment][state.image])
        truths = self.truths[state.image]
        overlaps = iou(boxes, truths)
        best = overlaps.max(axis=0, initial=0)
        rank = overlaps.argmax(axis=0) if len(boxes) else np.zeros(len(truths), int)
        covers = overlaps.max(axis=1, initial=0) >= state.threshold
        found = best >= state.threshold
        return Proposals(boxes, scores, covers, best, np.where(best > 0, rank, -1), found)

    def _require(self, state):
        require_whole("moment", state.moment, len(self.steps) - 1)
        require_whole("image", state.image, len(self.images) - 1)
        require_whole("top", state.top, MOST, 1)
        require_between("threshold", state.threshold, LOWEST, 1)

    # --- what to do ------------------------------------------------------------------------------

    def limits(self):
        """Return the last image."""
        return {"image": len(self.images) - 1}

    def move(self, by=1):
        """Go on by so many moments, or back; it ends at the first and the last."""
        return self.set(moment=min(max(self.state.moment + by, 0), len(self.steps) - 1))

    def next_image(self):
        """Look at the next image; after the last comes the first."""
        return self.set(image=(self.state.image + 1) % len(self.images))

    def actions(self):
        return {
            "Back": lambda: self.move(-1),
            "Step": self.move,
            "Run": self.run,
            "Stop": self.stop,
            "Next image": self.next_image,
        }

    async def _keep_going(self):
        for moment in range(len(self.steps)):
            self.set(moment=moment)
            await asyncio.sleep(PACE)

    def picked(self, name, x, y):
        """Go to the moment of the curve that is nearest to a place."""
        self.set(moment=proposal_views.moment_at(x, len(self.steps)))

    # --- what is shown ---------------------------------------------------------------------------

    def describe(self, data, state):
        return proposal_words.describe(self, state)

    def readout(self, data, state):
        return proposal_words.readout(self, data, state)

    def draw(self, data, state):
        panels = [self._panel(one, state) for one in _spread(len(self.steps), state.moment)]
        return proposals_over_training(
            self.images[state.image], panels, self.steps, data.recalls, state.moment,
            self.describe(data, state),
        )  # fmt: skip

    def _panel(self, moment, state):
        """Return a moment's title, its outlines, and whether it is the chosen one."""
        proposals = self._proposals(moment, state)
        found = f"{proposals.found.sum()} of {len(proposals.found)} found"
        outlines = proposal_views.outlines(self.truths[state.image], proposals)
        return f"step {self.steps[moment]:,}\n{found}", outlines, moment == state.moment

    def views(self, data, state):
        shapes = overlay.outlines(
            proposal_views.outlines(self.truths[state.image], data.now), self.images.shape[1:3]
        )
        scene = overlay.laid_over(self._picture(state.image), shapes, self.images.shape[1:3])
        caption = f"proposals at step {self.steps[state.moment]:,}"
        curve = proposal_views.curve(self.steps, data.recalls, state.moment)
        rows = proposal_views.rows(data.now)
        table = overlay.table_figure("objects of this image", proposal_views.HEAD, rows)
        return {
            "scene": overlay.named_figure(caption, scene, self.describe(data, state)),
            "recall": curve + table,
        }

    def _picture(self, image):
        """Return the `<img>` of an image; made once."""
        if image not in self._pictures:
            self._pictures[image] = overlay.picture(self.images[image], f"image {image}")
        return self._pictures[image]

    def controls(self):
        return {
            "moment": Slide("Moment", len(self.steps) - 1),
            "image": Count("Image"),
            "top": Count("Proposals", least=1, most=MOST),
            "threshold": RealSlide("IoU", least=LOWEST),
        }


def _spread(count, chosen):
    """Return up to PANELS moments from the first to the last, the chosen one among them."""
    moments = np.unique(np.linspace(0, count - 1, min(PANELS, count)).round().astype(int))
    if chosen not in moments:
        moments[np.abs(moments - chosen).argmin()] = chosen
    return sorted(moments.tolist())


def _pixels(images):
    """Return images as (n, height, width) or (n, height, width, 3) uint8 of their own."""
    pixels = (drawable_batch(images) * 255).round().astype(np.uint8)
    pixels.flags.writeable = False
    return pixels


def _checked_truths(truths, images):
    if len(truths) != len(images):
        raise ValueError(
            f"Expected the true boxes of each of {len(images)} images. Received {len(truths)}."
        )
    size = images.shape[1:3]
    boxes = [check_boxes(some, f"true boxes of image {number}", size)
             for number, some in enumerate(truths)]  # fmt: skip
    if not any(map(len, boxes)):
        raise ValueError(
            "Expected at least one object in the images. Received none: recall has no meaning."
        )
    return boxes


def _checked_steps(steps, count):
    """Return the step of each snapshot, and its [(boxes, scores)] of each image, best first."""
    snapshots = list(steps)
    if not snapshots:
        raise ValueError(
            "Expected at least one snapshot. Received none: hand the recorder to fit."
        )
    numbers = [int(step) for step, _, _ in snapshots]
    if sorted(set(numbers)) != numbers:
        raise ValueError(f"Expected steps in growing order. Received {numbers}.")
    found = [check_proposals(boxes, scores, count) for _, boxes, scores in snapshots]
    return numbers, [[(b[:MOST], s[:MOST]) for b, s in one] for one in found]
