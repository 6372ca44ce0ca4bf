"""The detector as a whole: it learns, never gives NaN, is kept and found again, and refuses."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.by_hand.boxes import iou
from course_utils.models import faster_rcnn
from course_utils.models.detector import steps
from course_utils.models.faster_rcnn import FasterRCNN, as_truths
from course_utils.scenes import digit_crops, digit_scenes, read_records, write_records

TINY = {"filters": (4, 4, 8, 8), "units": 8, "rois": 8, "bins": 3}


@pytest.fixture(scope="module")
def scenes():
    return digit_scenes(24, seed=0)


@pytest.fixture(scope="module")
def tiny():
    """Return a detector that is compiled and that tests may train."""
    keras.utils.set_random_seed(0)
    detector = FasterRCNN(3, size=(32, 32), **TINY)
    detector.compile(keras.optimizers.Adam(0.01))
    return detector


def found_alike(some, others):
    pairs = zip(some, others, strict=True)
    return all(np.array_equal(a, b) for one, other in pairs for a, b in zip(one, other))


# --- what it can ---------------------------------------------------------------------------------


def test_it_learns_a_few_scenes_by_heart():
    """Bright squares of two sizes: 120 steps suffice for their classes, and boxes that fit."""
    keras.utils.set_random_seed(1)
    images, boxes, labels = squares(32)
    detector = FasterRCNN(2, size=(32, 32), anchor_sizes=(8, 16), anchor_ratios=(1,), bins=4)
    detector.compile(keras.optimizers.Adam(0.003))
    history = detector.fit(images, boxes, labels, batch_size=8, epochs=30, verbose=0).history
    assert history["loss"][-1] < history["loss"][0] / 2
    assert set(history) == {"loss", "objectness", "proposal", "class", "box"}
    found = detector.predict(images)
    assert all(each.labels[0] == label[0] for each, label in zip(found, labels, strict=True))
    overlaps = [iou(each.boxes[:1], box)[0, 0] for each, box in zip(found, boxes, strict=True)]
    assert np.mean(overlaps) > 0.7
    assert all((np.diff(each.scores) <= 0).all() for each in found)


def squares(count):
    rng = np.random.default_rng(0)
    images, boxes = np.zeros((count, 32, 32, 3), np.uint8), []
    labels = [np.array([number % 2]) for number in range(count)]
    for image, label in zip(images, labels, strict=True):
        side = (8, 16)[label[0]]
        x, y = rng.integers(0, 32 - side, 2)
        image[y : y + side, x : x + side] = 200
        boxes.append(np.array([[x, y, x + side, y + side]], np.float32))
    return images, boxes, labels


def test_the_trunk_learns_from_crops_first():
    keras.utils.set_random_seed(0)
    detector = FasterRCNN(10, **TINY)
    before = [weights.copy() for weights in detector.trunk.get_weights()]
    history = faster_rcnn.pretrain(detector, *digit_crops(64, 0), epochs=2)
    changed = [not np.array_equal(*pair) for pair in zip(before, detector.trunk.get_weights())]
    assert len(history.history["loss"]) == 2 and sum(changed) == len(changed) - 2  # not top_down


def test_training_with_the_courses_settings_changes_everything(scenes):
    detector = FasterRCNN(10, **TINY)
    before = [weights.copy() for weights in detector.get_weights()]
    faster_rcnn.train(detector, scenes, epochs=2)
    changed = [not np.array_equal(*pair) for pair in zip(before, detector.get_weights())]
    assert all(changed)


def test_the_four_losses_are_summed_and_evaluated(scenes):
    detector = FasterRCNN(10, **TINY)
    detector.compile("adam")
    values = detector.evaluate(
        scenes.images, scenes.boxes, scenes.labels, verbose=0, return_dict=True
    )
    four = [float(values[name]) for name in ("objectness", "proposal", "class", "box")]
    assert float(values["loss"]) == pytest.approx(sum(four), rel=1e-4)


def test_proposals_are_boxes_in_the_picture_best_first(scenes):
    boxes, scores = FasterRCNN(10, proposals=20, **TINY).propose(scenes.images[:3])
    assert boxes.shape == (3, 20, 4) and (boxes >= 0).all() and (boxes <= 80).all()
    assert (np.diff(scores, axis=1) <= 0).all()


# --- what others bring ---------------------------------------------------------------------------


def test_records_are_read_as_they_are(scenes, tmp_path):
    path = tmp_path / "digits.tfrecord"
    write_records(path, scenes)
    detector = FasterRCNN(10, **TINY)
    detector.compile("adam")
    history = detector.fit(read_records(path, batch=8, seed=0, augment=True), epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()


@pytest.mark.parametrize("size, channels, classes", [((48, 64), 1, 1), ((16, 24), 4, 7)])
def test_other_data_sets_are_a_matter_of_arguments(size, channels, classes):
    detector = FasterRCNN(classes, size, channels, (6, 12), (0.5, 1, 2), **TINY)
    detector.compile("adam")
    images = np.random.default_rng(0).uniform(size=(4, *size, channels)).astype("float32")
    boxes, labels = [np.array([[1, 2, 9, 14.0]])] * 4, [np.array([classes - 1])] * 4
    detector.fit(images, boxes, labels, verbose=0)
    assert len(detector.predict(images)) == 4


def test_bytes_and_floats_are_the_same_pictures(tiny):
    images = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype(np.uint8)
    some, others = tiny.predict(images), tiny.predict(images / 255)
    for one, other in zip(some, others, strict=True):
        np.testing.assert_allclose(one.scores, other.scores, atol=1e-5)


@pytest.mark.parametrize("kind", ["keras", "weights"])
def test_it_is_saved_and_found_again(tmp_path, kind):
    tiny = FasterRCNN(3, size=(32, 32), anchor_ratios=(1, 3), **TINY)
    images = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3)).astype(np.uint8)
    if kind == "keras":
        tiny.save(tmp_path / "detector.keras")
        again = keras.saving.load_model(tmp_path / "detector.keras")
    else:
        tiny.save_weights(tmp_path / "detector.weights.h5")
        again = FasterRCNN.from_config(tiny.get_config())
        again.load_weights(tmp_path / "detector.weights.h5")
    assert again.get_config() == tiny.get_config()
    assert found_alike(tiny.predict(images), again.predict(images))


# --- never NaN -----------------------------------------------------------------------------------

edge = st.sampled_from([0.0, 0.5, 1, 16, 31, 31.99, 32])


@st.composite
def batches(draw):
    """One to three pictures of noise or nothing; boxes of any kind that x1 ≤ x2, y1 ≤ y2 allows."""
    count, most = draw(st.integers(1, 3)), draw(st.integers(0, 3))
    seed = draw(st.integers(0, 99))
    images = np.random.default_rng(seed).uniform(size=(count, 32, 32, 3)).astype("float32")
    images *= draw(st.sampled_from([0, 1]))
    corners = draw(st.lists(edge, min_size=count * most * 4, max_size=count * most * 4))
    corners = np.sort(np.array(corners, "float32").reshape(count, most, 2, 2), axis=2)
    classes = st.lists(st.integers(-1, 2), min_size=count * most, max_size=count * most)
    classes = np.array(draw(classes), "int64").reshape(count, most)
    return images, {"boxes": corners.reshape(count, most, 4), "classes": classes}


@settings(max_examples=40)
@given(batches())
def test_no_batch_gives_nan(tiny, batch):
    losses = train_on(tiny, batch)
    assert np.isfinite(losses).all()
    assert all(np.isfinite(weights).all() for weights in tiny.get_weights())


_STEP = {}


def train_on(detector, batch):
    """Train a step, compiled once for pictures and boxes of any number."""
    if id(detector) not in _STEP:
        objects = {
            "boxes": tf.TensorSpec((None, None, 4)),
            "classes": tf.TensorSpec((None, None), tf.int64),
        }
        signature = [tf.TensorSpec((None, 32, 32, 3)), objects]
        _STEP[id(detector)] = tf.function(
            lambda *given: steps.update(detector, *as_truths(*given)), input_signature=signature
        )
    return [float(loss) for loss in _STEP[id(detector)](*batch).values()]


@pytest.mark.parametrize(
    "box", [[0, 0, 1, 1], [31, 31, 32, 32], [0, 0, 32, 32], [0, 0, 32, 0.25], [7, 7, 7.01, 7.01]]
)
def test_one_odd_box_is_trained_on_without_nan(tiny, box):
    batch = np.zeros((1, 32, 32, 3), np.uint8), [np.array([box])], [np.array([0])]
    history = tiny.fit(*batch, epochs=2, verbose=0).history
    assert all(np.isfinite(losses).all() for losses in history.values())


def test_nothing_but_empty_scenes_is_trained_on(tiny):
    nothing = [np.zeros((0, 4))] * 3, [np.zeros(0, int)] * 3
    history = tiny.fit(np.zeros((3, 32, 32, 3), np.uint8), *nothing, epochs=2, verbose=0).history
    assert history["box"] == history["proposal"] == [0, 0]
    assert np.isfinite(history["loss"]).all()


def test_black_pictures_and_weights_that_saturate_are_predicted_on():
    detector = FasterRCNN(3, size=(32, 32), **TINY)
    for weights in detector.rpn.weights + detector.heads.weights:
        weights.assign(weights * 1e4)
    rng = np.random.default_rng(0)
    images = np.stack([np.zeros((32, 32, 3)), rng.uniform(size=(32, 32, 3))])
    for found in detector.predict(images):
        assert np.isfinite(found.boxes).all() and np.isfinite(found.scores).all()


# --- what cannot be ------------------------------------------------------------------------------

GOOD = [[0, 0, 8, 8], [4, 4, 20, 30]]


@pytest.mark.parametrize(
    "box, label",
    [
        ([8, 4, 2, 9], 0),  # x2 < x1
        ([2, 9, 8, 4], 0),  # y2 < y1
        ([4, 4, 4, 9], 0),  # nothing
        ([-1, 0, 8, 8], 0),
        ([0, 0, 33, 8], 0),
        ([0, np.nan, 8, 8], 0),
        ([0, 0, np.inf, 8], 0),
        ([0, 0, 8, 8], 3),
        ([0, 0, 8, 8], -1),
    ],
)
def test_what_cannot_be_is_refused_and_named(tiny, box, label):
    boxes = [np.array(GOOD), np.array([*GOOD, box])]
    labels = [np.array([0, 1]), np.array([0, 1, label])]
    before = tiny.get_weights()
    with pytest.raises(ValueError, match="in image 1") as problem:
        tiny.fit(np.zeros((2, 32, 32, 3)), boxes, labels)
    assert "box 2" in str(problem.value) or f"label {label}" in str(problem.value)
    assert all(np.array_equal(*pair) for pair in zip(before, tiny.get_weights()))


def test_a_dataset_is_looked_at_before_training(tiny):
    boxes = np.array([[[0, 0, 8, 8]], [[0, 0, 40, 8]]], "float32")
    objects = {"boxes": boxes, "classes": np.zeros((2, 1), "int64")}
    batches = tf.data.Dataset.from_tensor_slices((np.zeros((2, 32, 32, 3), "float32"), objects))
    with pytest.raises(ValueError, match="box 0 .* in image 1"):
        tiny.fit(batches.batch(1))
    with pytest.raises(ValueError, match="leave out `repeat`"):
        tiny.fit(batches.batch(1).repeat())
    with pytest.raises(ValueError, match="read_records"):
        tiny.fit(tf.data.Dataset.from_tensor_slices(np.zeros((2, 32, 32, 3))).batch(1))


@pytest.mark.parametrize(
    "images, said",
    [
        (np.zeros((2, 32, 40, 3)), "32, 32, 3"),
        (np.zeros((32, 32, 3)), "32, 32, 3"),
        (np.full((2, 32, 32, 3), 255.0), "image 0"),
        (np.stack([np.zeros((32, 32, 3)), np.full((32, 32, 3), np.nan)]), "image 1"),
    ],
)
def test_pictures_of_another_kind_are_refused(tiny, images, said):
    with pytest.raises(ValueError, match=said):
        tiny.predict(images)
    with pytest.raises(ValueError, match=said):
        tiny.fit(images, [np.array(GOOD)] * 2, [np.array([0, 1])] * 2)


def test_boxes_belong_to_pictures(tiny):
    images = np.zeros((2, 32, 32, 3))
    for boxes, labels in ((None, None), ([np.array(GOOD)], [np.array([0, 1])])):
        with pytest.raises(ValueError, match="each of 2 images"):
            tiny.fit(images, boxes, labels)


@pytest.mark.parametrize(
    "wrong",
    [
        {"classes": 0}, {"classes": True}, {"size": (80,)}, {"size": (81, 80)}, {"channels": 0},
        {"anchor_sizes": ()}, {"anchor_ratios": (0,)}, {"filters": (8, 8)}, {"rois": 0},
        {"proposals": 7}, {"bins": 0}, {"units": 0},
    ],
)  # fmt: skip
def test_what_no_detector_can_be_built_of_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        FasterRCNN(**{"classes": 2, **wrong})
