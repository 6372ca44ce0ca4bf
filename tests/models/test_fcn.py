"""The segmentation network as a whole: shapes, learning, being kept and found again, refusals."""

import keras
import numpy as np
import pytest

from course_utils import datasets
from course_utils.by_hand.masks import iou_per_class, mean_iou
from course_utils.models import fcn, half_precision
from course_utils.models.segmentation import augmenting
from course_utils.scenes import garment_scenes

TINY = (4, 6, 8, 10)


def pictures_of(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def squares(count, side=32):
    """Return pictures of bright and dark squares on grey, and their masks: classes 1 and 2."""
    rng = np.random.default_rng(0)
    pictures = np.full((count, side, side, 3), 128, np.uint8)
    masks = np.zeros(pictures.shape[:3], np.uint8)
    for picture, mask in zip(pictures, masks, strict=True):
        label = rng.integers(1, 3)
        top, left = rng.integers(0, side - 12, 2)
        picture[top : top + 12, left : left + 12] = (0, 230, 30)[label]
        mask[top : top + 12, left : left + 12] = label
    return pictures, masks


# --- shapes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("skips, classes", [(0, 2), (1, 3), (2, 4), (3, 5)])
def test_every_pixel_of_every_size_gets_its_logits(skips, classes):
    network = fcn.build_fcn(None, classes, skips=skips, filters=TINY)
    for height, width in ((16, 16), (33, 47), (80, 1), (1, 1)):
        logits = network.predict(pictures_of(2, height, width, 3), verbose=0)
        assert logits.shape == (2, height, width, classes) and np.isfinite(logits).all()


def test_a_size_that_is_known_is_known_to_the_network():
    network = fcn.build_fcn((45, 30), 3, channels=1, skips=1, filters=TINY)
    assert network.input_shape == (None, 45, 30, 1)
    assert network.output_shape == (None, 45, 30, 3)
    assert network.layers[-1].output.shape == (None, 45, 30, 3)


def test_each_skip_adds_one_lateral_and_halves_the_finest_stride():
    for skips in range(4):
        network = fcn.build_fcn(None, 2, skips=skips, filters=TINY)
        laterals = [one.name for one in network.layers if one.name.startswith("lateral")]
        assert len(laterals) == 1 + skips
        assert network.get_layer("logits").factor == 16 // 2**skips
        assert network.name == f"fcn_{16 // 2**skips}s"


def test_bytes_and_floats_are_the_same_pictures():
    network = fcn.build_fcn(None, 3, filters=TINY)
    pictures = pictures_of(2, 24, 20, 3)
    some, others = (network.predict(each, verbose=0) for each in (pictures, pictures / 255))
    np.testing.assert_allclose(some, others, atol=1e-4)


def test_a_shift_by_the_coarsest_stride_shifts_the_scores():
    """That is what "convolutional" promises, away from the edges."""
    network = fcn.build_fcn(None, 2, skips=1, filters=(4, 4))
    picture = pictures_of(1, 64, 64, 3)
    logits = network.predict(picture, verbose=0)
    moved = network.predict(np.roll(picture, 8, axis=2), verbose=0)
    np.testing.assert_allclose(moved[:, 24:40, 32:48], logits[:, 24:40, 24:40], atol=1e-4)


# --- learning ------------------------------------------------------------------------------------


def test_it_learns_a_few_scenes_by_heart():
    keras.utils.set_random_seed(1)
    pictures, masks = squares(32)
    network = fcn.build_fcn(None, 3, skips=3, filters=(8, 8, 16, 16))
    history = fcn.train(network, pictures, masks, epochs=25, peak=0.01, batch=8).history
    assert history["loss"][-1] < history["loss"][0] / 3
    found = fcn.predict(network, pictures)
    assert found.shape == masks.shape and found.dtype == np.uint8
    assert mean_iou(masks, found, 3) > 0.8


def test_training_changes_everything_and_takes_scenes_as_they_are_made():
    scenes = garment_scenes(8, seed=0, size=48, sides=(20, 30))
    network = fcn.build_fcn((48, 48), 5, skips=3, filters=TINY)
    before = [values.copy() for values in network.get_weights()]
    change = augmenting.half_mirrored
    fcn.train(network, scenes.images, scenes.masks, epochs=2, batch=4, change=change)
    assert all(not np.array_equal(*pair) for pair in zip(before, network.get_weights()))


def test_the_last_batch_of_predictions_may_be_smaller():
    network = fcn.build_fcn(None, 2, filters=TINY)
    pictures = pictures_of(5, 16, 16, 3)
    assert np.array_equal(fcn.predict(network, pictures, 2), fcn.predict(network, pictures, 5))


# --- kept and found again ------------------------------------------------------------------------


def test_it_is_saved_and_found_again(tmp_path):
    network = fcn.build_fcn(None, 3, skips=2, filters=TINY)
    network.save(tmp_path / "own.keras")
    again = keras.saving.load_model(tmp_path / "own.keras")
    pictures = pictures_of(2, 21, 34, 3)
    assert isinstance(again, fcn.FCN)
    np.testing.assert_array_equal(
        network.predict(pictures, verbose=0), again.predict(pictures, verbose=0)
    )


def test_half_precision_keeps_the_logits():
    network = fcn.build_fcn(None, 3, filters=TINY)
    arrays = half_precision.half_arrays(network)
    assert all(array.dtype == np.float16 for array in arrays.values())
    other = half_precision.give_weights(fcn.build_fcn(None, 3, filters=TINY), arrays)
    pictures = pictures_of(2, 32, 32, 3)
    logits = (each.predict(pictures, verbose=0) for each in (network, other))
    np.testing.assert_allclose(*logits, atol=0.02)


def test_the_shipped_networks_know_garments_they_have_not_seen_the_better_the_more_skips():
    scenes = garment_scenes(60, seed=3, split="validation")
    found = [fcn.predict(fcn.load_garment_segmenter(k), scenes.images) for k in range(4)]
    scores = [mean_iou(scenes.masks, masks, 5) for masks in found]
    assert scores[3] > 0.8 and scores == sorted(scores)
    with pytest.raises(ValueError, match="skips"):
        fcn.load_garment_segmenter(4)


def test_the_shipped_network_finds_nuclei_better_than_any_threshold_does():
    image, mask = datasets.load_nuclei()
    seen, truth = image[:, 384:], (mask[:, 384:] > 0).astype(int)
    found = fcn.predict(fcn.load_nuclei_segmenter(), seen[np.newaxis, ..., np.newaxis])[0]
    assert iou_per_class(truth, found, 2)[1] > 0.87


# --- what cannot be ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"skips": 4}, {"skips": -1}, {"skips": 1.5}, {"classes": 0}, {"classes": True},
        {"channels": 0}, {"filters": (8, 0)}, {"filters": ()}, {"size": 80}, {"size": (80,)},
    ],
)  # fmt: skip
def test_what_no_network_can_be_built_of_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        fcn.build_fcn(**{"size": (80, 80), "classes": 2, **wrong})


@pytest.mark.parametrize(
    "masks, said",
    [
        (np.full((2, 16, 16), 3), "from 0 to 2"),
        (np.full((2, 16, 16), -1), "from 0 to 2"),
        (np.zeros((2, 16, 16)), "float64"),
        (np.zeros((2, 16, 8), int), "16, 8"),
        (np.zeros((1, 16, 16), int), "1, 16, 16"),
    ],
)
def test_masks_that_cannot_be_are_refused_before_training(masks, said):
    network = fcn.build_fcn(None, 3, filters=TINY)
    before = network.get_weights()
    with pytest.raises(ValueError, match=said):
        fcn.train(network, pictures_of(2, 16, 16, 3), masks)
    assert all(np.array_equal(*pair) for pair in zip(before, network.get_weights()))
