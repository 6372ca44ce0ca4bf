"""The figures of RoIAlignLab and ProposalReplay: words that can be read, on colours for them."""

import numpy as np
import pytest
from layout import assert_readable, cut_off, overlapping, words
from matplotlib.colors import to_rgb

from course_utils.draw.roi import CORNERS, bin_lines, map_numbers, pale_cells
from course_utils.draw.style import inks_on
from course_utils.widgets import ProposalReplay, RoIAlignLab

RANDOM = np.random.default_rng(3)


def shown(explorer):
    return explorer.draw(explorer.data, explorer.state)


@pytest.mark.parametrize("explorer", [
    RoIAlignLab("ramp"), RoIAlignLab("edge", (0, 0, 10, 10), size=1, samples=1),
    RoIAlignLab(RANDOM.normal(size=(12, 9, 2)), size=5, stride=16),
])  # fmt: skip
def test_words_beside_the_map_can_be_read(explorer):
    found = words_outside_the_map(explorer)
    assert {"RoIAlign", "pooling − RoIAlign"} <= set(found)
    assert "weights of the sample" in found or explorer.data.middles is not None


def words_outside_the_map(explorer):
    """Return the words of the figure without those of the map, on which lines and points lie."""
    figure = shown(explorer)
    axes = figure.figure.axes[0]
    for text in list(axes.texts):
        text.remove()
    return assert_readable(figure)


def test_black_is_read_on_every_pale_cell_and_corner():
    for values in (np.linspace(0, 9, 40), np.linspace(-3, 3, 40)):
        assert set(inks_on(pale_cells(values.reshape(5, 8))).ravel()) == {"black"}
    assert set(inks_on(np.array([to_rgb(colour) for colour in CORNERS]))) == {"black"}


def test_small_cells_have_one_decimal():
    values = np.array([[1.26, -0.04]])
    assert map_numbers(values, 40).tolist() == [["1.26", "−0.04"]]
    assert map_numbers(values, 20).tolist() == [["1.3", "0"]]


def test_bins_are_equal_parts_of_the_box():
    lines = bin_lines((1, 2, 7, 4), 3)
    assert np.allclose(lines, [[(3, 2), (3, 4)], [(5, 2), (5, 4)],
                               [(1, 2 + 2 / 3), (7, 2 + 2 / 3)], [(1, 2 + 4 / 3), (7, 2 + 4 / 3)]])


@pytest.mark.parametrize("moments", [1, 3, 40])
@pytest.mark.parametrize("size", [(60, 60), (40, 90), (90, 50)])
def test_words_of_a_replay_can_be_read(moments, size):
    height, width = size
    truths = [(4, 14, 24, 34), (24, 4, 40, 30)]
    steps = [(10**5 + n, [np.add(truths, n / 5)], [[0.5, 0.6]]) for n in range(moments)]
    figure = shown(ProposalReplay(np.zeros((1, height, width)), [truths], steps)).figure
    found = words(figure)
    assert (cut_off(found, figure), overlapping(found)) == ([], [])
    texts = {text for text, _ in found}
    assert "recall, all images" in texts and any("of 2 found" in text for text in texts)
