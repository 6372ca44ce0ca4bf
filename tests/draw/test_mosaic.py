"""Mosaics: each value where it belongs, and found again by the place that shows it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.draw.mosaic import (
    CROSS,
    FRAME,
    GROUND,
    LEVELS,
    LINE,
    framed,
    levels,
    mosaic,
    palette,
)
from course_utils.draw.style import inks_on


@st.composite
def tile_sets(draw):
    count = draw(st.integers(1, 40))
    sides = draw(st.tuples(st.integers(1, 90), st.integers(1, 90)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.integers(0, LEVELS, (count, *sides), dtype=np.uint8)


@given(tile_sets(), st.data())
def test_a_place_that_shows_a_value_is_the_value_s_own(tiles, data):
    drawn = mosaic(tiles)
    number = data.draw(st.integers(0, len(tiles) - 1))
    steps = drawn.step
    rows, columns = (side // step for side, step in zip(drawn.tile, steps))
    row, column = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
    down, across = divmod(number, drawn.columns)
    y = down * drawn.pitch[0] + LINE + (row + 0.5) * drawn.zoom
    x = across * drawn.pitch[1] + LINE + (column + 0.5) * drawn.zoom
    height, width = drawn.pixels.shape
    expected = (number, row * steps[0], column * steps[1])
    assert drawn.place_at(x / width, y / height) == expected
    block = tiles[number][expected[1] :, expected[2] :][: steps[0], : steps[1]]
    assert drawn.pixels[int(y), int(x)] == int(block.mean())


@given(tile_sets(), st.floats(0, 1), st.floats(0, 1))
def test_every_place_is_a_tile_s_or_nobody_s(tiles, x, y):
    place = mosaic(tiles).place_at(x, y)
    assert place is None or all(0 <= at < size for at, size in zip(place, tiles.shape))


def test_the_place_after_the_last_tile_is_nobody_s():
    drawn = mosaic(np.zeros((13, 60, 60), np.uint8))
    assert drawn.columns == 7  # two rows of nearly one length
    assert drawn.place_at(1, 1) is None
    assert drawn.pixels[-10, -10] == GROUND


def test_the_chosen_tile_is_framed_and_others_are_crossed():
    tiles = np.zeros((6, 8, 8), np.uint8)
    drawn = mosaic(tiles, chosen=1, crossed=(4,))
    height, width = drawn.pitch
    rows, columns = np.nonzero(drawn.pixels == FRAME)
    assert (rows < height).all() and (columns >= width).all() and (columns < 2 * width).all()
    crossed = np.argwhere(drawn.pixels == CROSS)
    down, across = divmod(4, drawn.columns)
    assert ((crossed // (height, width)) == (down, across)).all() and len(crossed) > 8


def test_many_large_maps_stay_small():
    assert mosaic(np.zeros((600, 112, 112), np.uint8)).pixels.size < 250_000
    assert mosaic(np.zeros((3, 300, 200), np.uint8)).pixels.size < 150_000


def test_colours_keep_their_three_channels():
    kernels = np.random.default_rng(0).integers(0, 255, (4, 3, 3, 3), dtype=np.uint8)
    drawn = mosaic(kernels, chosen=0)
    assert drawn.pixels.shape[2] == 3
    assert (drawn.pixels[LINE + 1, LINE + 1] == kernels[0, 0, 0]).all()


def test_levels_are_white_at_zero_and_darkest_at_the_limits():
    signed, plain = palette(True), palette(False)
    middle = levels(np.array([0.0]), 3.0, True)
    assert (signed[middle] > 240).all()
    ends = signed[levels(np.array([-3.0, 3.0, 9.0]), 3.0, True)]
    assert ends[0][2] > ends[0][0] and ends[1][0] > ends[1][2] and (ends[1] == ends[2]).all()
    assert list(levels(np.array([-1.0, 0, 2, 5]), 2.0, False)) == [0, 0, LEVELS - 1, LEVELS - 1]
    assert (levels(np.zeros(3), 0.0, False) == 0).all()  # a map of zeros has no largest value
    brightness = plain[:LEVELS].astype(int).sum(axis=1)
    assert brightness[-1] > brightness[0]
    assert set(inks_on(plain[[0, LEVELS - 1]] / 255)) == {"white", "black"}


@pytest.mark.parametrize("box, seen", [
    ((1, 1, 3, 4), True), ((-2, -2, 2, 2), True), ((-9, -9, -5, -5), False), ((5, 5, 20, 30), True),
])  # fmt: skip
def test_a_frame_lies_around_its_box_and_changes_nothing_inside(box, seen):
    pixels = np.random.default_rng(0).integers(0, 200, (8, 9), dtype=np.uint8)
    large = framed(pixels, box, 251, zoom=5)
    plain = pixels.repeat(5, axis=0).repeat(5, axis=1)
    assert (large == 251).any() == seen
    top, left, bottom, right = (max(at, 0) * 5 for at in box)
    np.testing.assert_array_equal(large[top:bottom, left:right], plain[top:bottom, left:right])
