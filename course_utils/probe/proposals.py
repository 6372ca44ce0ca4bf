"""What a region proposal network proposes, again and again while it trains."""

import itertools

import keras

from course_utils.by_hand.metrics import check_proposals

MOST_STEPS = 10**6


def one_two_five(most=MOST_STEPS):
    """Return 0, 1, 2, 5, 10, 20, 50, …: most of what a training changes, it changes early."""
    tens = itertools.takewhile(lambda ten: ten <= most, (10**n for n in itertools.count()))
    return [0, *(step for ten in tens for step in (ten, 2 * ten, 5 * ten) if step <= most)]


class ProposalRecorder(keras.callbacks.Callback):
    """Keeps the proposals for a few images while training goes on, for `widgets.ProposalReplay`.

    It is a callback for `fit`, of any model. In a loop of your own call `record(step)`.

    Args:
        propose: a function of the images that returns boxes (n, k, 4) in pixels and scores (n, k),
            or lists of (k, 4) and (k,), as the network has them at that moment.
        images: (n, height, width, channels), as `propose` takes them.
        at: the steps after which to record, counted from the first batch; 0 is before it. By
            default 0, 1, 2, 5, 10, 20, 50, …. The last step is recorded in any case.

    Attributes:
        snapshots: [(step, [boxes of each image], [scores of each image])], best proposals first.

    Raises:
        ValueError: `propose` returns something else; before the first step, if 0 is in `at`.
    """

    def __init__(self, propose, images, at=None):
        super().__init__()
        self._propose, self._images = propose, images
        self._at = set(one_two_five() if at is None else at)
        self._step, self.snapshots = 0, []

    def record(self, step):
        """Keep what is proposed now as that of a step; a step is recorded once."""
        if self.snapshots and self.snapshots[-1][0] == step:
            return
        found = check_proposals(*self._propose(self._images), len(self._images))
        boxes, scores = ([pair[part] for pair in found] for part in range(2))
        self.snapshots.append((step, boxes, scores))

    def on_train_begin(self, logs=None):
        self._record_if_wanted()

    def on_train_batch_end(self, batch, logs=None):
        self._step += 1
        self._record_if_wanted()

    def on_train_end(self, logs=None):
        self.record(self._step)

    def _record_if_wanted(self):
        if self._step in self._at:
            self.record(self._step)
