"""Crops of the picture of nuclei are parts of it, and their boxes are those of their masks."""

import numpy as np
import pytest

from course_utils.datasets import load_nuclei
from course_utils.scenes.nuclei import nuclei_crops, without_slivers


@pytest.fixture(scope="module")
def picture():
    return load_nuclei()


def test_crops_are_scenes_of_one_class(picture):
    scenes = nuclei_crops(*picture, count=12, seed=0, size=64)
    assert scenes.images.shape == (12, 64, 64, 1) and scenes.images.dtype == np.uint8
    assert scenes.classes == ("nucleus",) and len(scenes) == 12
    for boxes, labels, mask in zip(scenes.boxes, scenes.labels, scenes.masks, strict=True):
        assert (labels == 0).all() and len(labels) == len(boxes)
        assert (boxes >= 0).all() and (boxes <= 64).all() and (boxes[:, :2] < boxes[:, 2:]).all()
        inside = np.zeros((64, 64), bool)
        for x1, y1, x2, y2 in boxes.astype(int):
            inside[y1:y2, x1:x2] = True
        assert not mask[~inside].any() and bool(len(boxes)) == bool(mask.any())


def test_the_same_seed_gives_the_same_crops_and_another_one_others(picture):
    some, again, others = (nuclei_crops(*picture, 3, seed, 48) for seed in (1, 1, 2))
    assert np.array_equal(some.images, again.images)
    assert not np.array_equal(some.images, others.images)


def test_a_crop_is_a_part_of_the_picture_in_one_of_eight_ways():
    rng = np.random.default_rng(0)
    image = np.rint(rng.uniform(size=(40, 50)) * 255) / 255
    mask = np.zeros((40, 50), int)
    crops = nuclei_crops(image, mask, count=64, seed=0, size=39)
    ways = set()
    for crop in crops.images[..., 0]:
        ways.add(way_of(crop / 255, image))
    assert len(ways) == 8
    assert all(len(boxes) == 0 for boxes in crops.boxes)


def way_of(crop, image):
    """Return in which of the eight ways a crop lies in a picture; it must lie in it."""
    for turns in range(4):
        for mirrored in (False, True):
            back = np.rot90(crop[:, ::-1] if mirrored else crop, -turns)
            windows = np.lib.stride_tricks.sliding_window_view(image, back.shape)
            if np.isclose(windows, back).all(axis=(2, 3)).any():
                return turns, mirrored
    raise AssertionError("no part of the picture")


def test_what_a_part_hardly_shows_is_left_out():
    mask = np.zeros((4, 20), int)
    mask[:, 2:12], mask[:, 14:18] = 1, 2
    assert set(np.unique(without_slivers(mask[:, :4], mask))) == {0}  # a fifth
    assert set(np.unique(without_slivers(mask[:, :5], mask))) == {0, 1}  # three tenths
    assert np.array_equal(without_slivers(mask, mask), mask)


def test_a_sliver_of_a_nucleus_does_not_count():
    image, mask = np.zeros((9, 30)), np.zeros((9, 30), int)
    mask[:, 10:20] = 1  # 90 pixels: a crop of 9 × 9 shows from none to 81 of them
    for boxes in nuclei_crops(image, mask, count=200, seed=0, size=9).boxes:
        shown = 0 if not len(boxes) else np.prod(boxes[0, 2:] - boxes[0, :2])
        assert shown == 0 or shown >= 0.3 * 90
    image, mask = image[:, :12], mask[:, :12]  # of 18 pixels, all that there is of it here
    assert any(len(boxes) for boxes in nuclei_crops(image, mask, 50, 0, 9).boxes)


@pytest.mark.parametrize("change", [{"size": 513}, {"size": 0}, {"count": 0}, {"seed": -1}])
def test_what_cannot_be_cut_is_refused(picture, change):
    with pytest.raises(ValueError, match="Expected"):
        nuclei_crops(*picture, **{"count": 1, "seed": 0, **change})


def test_image_and_mask_belong_together(picture):
    with pytest.raises(ValueError, match="one shape"):
        nuclei_crops(picture[0], picture[1][:100], 1, 0)
