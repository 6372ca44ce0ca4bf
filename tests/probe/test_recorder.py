"""ProposalRecorder: when it looks, what it keeps, and whom it works with."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from course_utils.models.faster_rcnn import FasterRCNN
from course_utils.probe import ProposalRecorder
from course_utils.probe.proposals import one_two_five
from course_utils.widgets.proposal_replay import ProposalReplay

IMAGES = np.zeros((2, 8, 8, 3), np.uint8)


class Counting:
    """Proposes one box for each call so far, and padding."""

    def __init__(self):
        self.calls = 0

    def __call__(self, images):
        self.calls += 1
        boxes = np.zeros((len(images), 9, 4))
        boxes[:, : self.calls] = [1, 1, 5, 5]
        return tf.constant(boxes), tf.constant(np.tile(np.arange(9) / 9, (len(images), 1)))


@pytest.fixture
def model():
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def fit(model, recorder, batches=5, epochs=1):
    data = np.zeros((batches, 1))
    model.fit(data, data, batch_size=1, epochs=epochs, verbose=0, callbacks=[recorder])


def test_it_records_before_training_at_the_wanted_steps_and_at_the_end(model):
    recorder = ProposalRecorder(Counting(), IMAGES, at=[0, 2, 3, 50])
    fit(model, recorder, epochs=2)
    assert [step for step, _, _ in recorder.snapshots] == [0, 2, 3, 10]
    assert [len(boxes[0]) for _, boxes, _ in recorder.snapshots] == [1, 2, 3, 4]
    fit(model, recorder)  # steps go on, and nothing is recorded twice
    assert [step for step, _, _ in recorder.snapshots] == [0, 2, 3, 10, 15]


def test_by_default_it_looks_less_and_less_often(model):
    assert one_two_five(60) == [0, 1, 2, 5, 10, 20, 50]
    recorder = ProposalRecorder(Counting(), IMAGES)
    fit(model, recorder, 12)
    assert [step for step, _, _ in recorder.snapshots] == [0, 1, 2, 5, 10, 12]


def test_what_it_keeps_is_what_the_explorer_takes(model):
    recorder = ProposalRecorder(Counting(), IMAGES)
    fit(model, recorder)
    replay = ProposalReplay(IMAGES, [[(1, 1, 5, 5)], []], recorder.snapshots)
    assert replay.steps == [0, 1, 2, 5] and replay.data.recalls.tolist() == [1, 1, 1, 1]
    scores = replay.data.now.scores
    assert len(scores) == 4 and (np.diff(scores) < 0).all()


def test_a_loop_of_ones_own_needs_no_model():
    recorder = ProposalRecorder(Counting(), IMAGES)
    for step in (0, 7):
        recorder.record(step)
    assert [step for step, _, _ in recorder.snapshots] == [0, 7]


def test_a_function_that_proposes_something_else_is_refused_before_training(model):
    weights = [w.copy() for w in model.get_weights()]
    with pytest.raises(ValueError, match="Expected boxes and scores of 2 pictures"):
        fit(model, ProposalRecorder(lambda images: (np.zeros((1, 3, 4)), np.zeros((1, 3))), IMAGES))
    for before, after in zip(weights, model.get_weights()):
        np.testing.assert_array_equal(before, after)


def test_it_takes_what_the_courses_detector_proposes():
    detector = FasterRCNN(classes=2, size=(32, 32), filters=(4, 4, 4, 4), units=4)
    images = np.random.default_rng(1).integers(0, 256, (2, 32, 32, 3), np.uint8)
    recorder = ProposalRecorder(detector.propose, images)
    recorder.record(0)
    replay = ProposalReplay(images, [[(4, 4, 20, 20)], []], recorder.snapshots)
    assert replay.steps == [0] and len(replay.data.now.boxes)
