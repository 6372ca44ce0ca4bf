"""The figure of a receptive field: margins, frames, and words that can be read."""

import numpy as np
import pytest
from layout import assert_readable
from matplotlib.patches import Rectangle

from course_utils.draw.field import NAME, hatched, receptive_field

WORDS = ["Row 0, column 0 of filter 3: a box of 9 × 9 pixels, 5 × 5 of them in the picture."] * 2
TABLE = [("convolution_1", "5 × 5", "2"), ("block_11_depthwise_long", "339 × 339", "16")]


def shown(shape=(12, 12), box=(-3, -3, 6, 6), slope=True, rows=2):
    random = np.random.default_rng(0)
    gradient = random.standard_normal(shape[:2]) if slope else None
    return receptive_field(
        random.random(shape), gradient, random.random((4, 4)), box, (1, 2), (4, 4, 1, 1), WORDS,
        (TABLE * 6)[-rows:], "words",
    )  # fmt: skip


@pytest.mark.parametrize("shape", [(12, 12), (12, 12, 3), (10, 30), (30, 10, 3)])
@pytest.mark.parametrize("slope", [True, False])
def test_everything_can_be_read(shape, slope):
    words = assert_readable(shown(shape, slope=slope))
    assert {"picture and box", "feature map", "convolution_1", "339 × 339"} <= set(words)
    assert any("this unit is off" in text for text in words) != slope


def test_long_tables_can_be_read():
    assert_readable(shown(rows=11))


def test_long_names_keep_their_end(monkeypatch):
    name = "encoder/stage_3/residual_block_12/convolution_with_a_name"
    monkeypatch.setitem(globals(), "TABLE", [(name, "339 × 339", "16")])
    (found,) = [text for text in assert_readable(shown(rows=1)) if text.endswith("with_a_name")]
    assert len(found) == NAME and found.startswith("…")


def test_the_box_is_framed_in_picture_and_gradient_and_lies_within_the_view():
    for axes in shown().figure.axes[:2]:
        (frame,) = (patch for patch in axes.patches if isinstance(patch, Rectangle))
        assert frame.get_bbox().bounds == (-3.5, -3.5, 9, 9)
        assert axes.get_xlim() == (-4.5, 12.5) and axes.get_ylim() == (12.5, -4.5)


def test_the_gradient_lies_where_its_pixels_do():
    axes = shown(box=(2, 3, 7, 9)).figure.axes[1]
    drawn = axes.images[-1]
    assert drawn.get_array().shape == (5, 6)
    assert tuple(drawn.get_extent()) == (2.5, 8.5, 6.5, 1.5)


@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 3)])
def test_a_picture_stands_on_its_margin(shape):
    pixels = np.full(shape, 7, np.uint8)
    wide = hatched(pixels, (1, 2, 3, 4))
    assert wide.shape[:2] == (7, 10) and wide.dtype == np.uint8
    np.testing.assert_array_equal(wide[1:4, 2:6], pixels)
    outside = np.ones(wide.shape, bool)
    outside[1:4, 2:6] = False
    assert set(np.unique(wide[outside])) == {205, 235}
    np.testing.assert_array_equal(hatched(pixels, (0, 0, 0, 0)), pixels)
