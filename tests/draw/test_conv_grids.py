"""The figure of a convolution's arithmetic: words can be read, marks are in place."""

import numpy as np
import pytest
from layout import assert_readable

from course_utils.draw.conv_grids import conv_grids, count_colours, letter_colours
from course_utils.draw.grids import padding_mask

TITLES = ["kernel 3 × 3", "input 5 × 5 and its padding", "output 5 × 5", "windows on each input"]


def grids(kernel, size, zeros, places, counted=()):
    """Return the figure of a window in the upper left corner, all counts two digits long."""
    weights = np.array(list("abcdefghijklmnopqrstuvwxyABCDEFGHIJKLMNOPQRSTUVWXY"))
    weights = weights[: kernel**2].reshape(kernel, kernel)
    met = np.full((size + 2 * zeros,) * 2, "", weights.dtype)
    met[:kernel, :kernel] = weights
    padding = padding_mask(met.shape, ((zeros, zeros),) * 2)
    counts = np.arange(size**2).reshape(size, size) % 50
    return conv_grids(weights, met, padding, (places, places), (1, 0), counts, counted, TITLES,
                      "A window in a corner.")  # fmt: skip


@pytest.mark.parametrize("kernel, size, zeros, places", [
    (3, 5, 1, 5), (1, 1, 0, 2), (7, 10, 3, 16), (2, 16, 0, 15),
])  # fmt: skip
def test_all_words_can_be_read(kernel, size, zeros, places):
    found = assert_readable(grids(kernel, size, zeros, places))
    assert {"a", "0"} <= set(found)
    assert sum(word.isalpha() and len(word) == 1 for word in found) == 2 * kernel**2


def marks(axes):
    """Return the cells that are framed, and how many are hatched."""
    framed = [p for p in axes.patches if not p.get_fill()]
    cells = [(int(p.get_y() + 0.5), int(p.get_x() + 0.5)) for p in framed]
    return cells, sum(p.get_hatch() is not None for p in axes.patches)


def test_used_cells_the_output_and_its_count_are_framed_and_padding_is_hatched():
    kernel, image, output, counts = grids(2, 4, 1, 5, counted=[(3, 2)]).figure.axes
    assert marks(kernel) == ([], 0)
    assert marks(image) == ([(0, 0), (0, 1), (1, 0), (1, 1)], 36 - 16)
    assert marks(output) == ([(1, 0)], 0)
    assert marks(counts) == ([(3, 2)], 0)


def test_colours_tell_letters_from_none_and_few_from_many():
    letters = letter_colours(np.array([["a", ""], ["", "b"]]))
    assert (letters[0, 1] == 1).all() and (letters[0, 0] == letters[1, 1]).all()
    assert letters[0, 0, 0] < 0.5
    brightness = count_colours(np.array([[0, 1], [2, 4]])).sum(axis=-1).ravel()
    assert (np.diff(brightness) > 0).all()
    assert count_colours(np.zeros((2, 2), int)).shape == (2, 2, 3)
