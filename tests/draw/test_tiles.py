"""Kernels and maps side by side: their colours, limits and refusals."""

import io

import numpy as np
import pytest
from PIL import Image

from course_utils import draw


def pixels(shown):
    return np.asarray(Image.open(io.BytesIO(shown.png())).convert("RGB")).astype(int)


def test_signed_ones_are_red_and_blue_and_others_are_not():
    values = np.stack([np.full((3, 3), 2.0), np.full((3, 3), -2.0)])
    left, right = np.array_split(pixels(draw.tiles(values, "two")), 2, axis=1)
    middle = left.shape[0] // 2
    assert left[middle, middle, 0] > left[middle, middle, 2]
    assert right[middle, middle, 2] > right[middle, middle, 0]
    plain = pixels(draw.tiles(np.abs(values), "two"))
    assert (plain[middle, middle] == plain[middle, -middle]).all()


def test_by_all_has_a_bar_with_its_limits_and_by_each_has_none():
    values = np.random.default_rng(0).normal(size=(6, 4, 4))
    values[0, 0, 0] = -7.25
    shown = draw.tiles(values, "six", by="all")
    labels = [label.get_text() for label in shown.figure.axes[1].get_yticklabels()]
    assert labels == ["−7.25", "0", "7.25"]
    assert len(draw.tiles(values, "six").figure.axes) == 1
    shown = draw.tiles(np.abs(values), "six", by="all")
    assert [label.get_text() for label in shown.figure.axes[1].get_yticklabels()] == ["0", "7.25"]


def test_each_array_has_the_last_colour_once_where_it_goes_by_each():
    values = np.ones((2, 5, 5)) * [[[1]], [[100]]]
    picture = pixels(draw.tiles(values, "two"))
    assert (picture[30, 30] == picture[30, -30]).all()
    picture = pixels(draw.tiles(values, "two", by="all"))
    assert (picture[30, 30] != picture[30, 120]).any()


def test_colour_kernels_lie_around_grey():
    values = np.zeros((1, 3, 3, 3))
    values[0, 0, 0] = [4, -4, 0]
    picture = pixels(draw.tiles(values, "one"))
    middle = picture[picture.shape[0] // 2, picture.shape[1] // 2]
    np.testing.assert_allclose(middle, 128, atol=8)
    np.testing.assert_allclose(picture[20, 20], [255, 0, 128], atol=8)


def test_lines_are_as_long_as_is_asked_for():
    values = np.ones((12, 4, 4))
    wide, tall = (pixels(draw.tiles(values, "", columns=n)).shape for n in (6, 2))
    assert wide[1] > 2 * wide[0] and tall[0] > 2 * tall[1]


@pytest.mark.parametrize("values, words", [
    (np.ones((4, 4)), r"Received shape \(4, 4\): np.moveaxis"),
    (np.ones((2, 4, 4, 2)), "Expected arrays of shape"), (np.ones((0, 4, 4)), "Expected arrays"),
    (np.full((1, 2, 2), np.nan), "Expected finite numbers"),
])  # fmt: skip
def test_what_cannot_be_drawn_is_refused(values, words):
    with pytest.raises(ValueError, match=words):
        draw.tiles(values, "")
    with pytest.raises(ValueError, match='Expected by as "each" or "all". Received \'map\''):
        draw.tiles(np.ones((1, 2, 2)), "", by="map")
