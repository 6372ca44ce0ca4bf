"""Heat maps over pictures: colours, empty maps, words in place."""

import numpy as np
import pytest
from layout import assert_readable

from course_utils.draw.heat import amount, emptiness, greyed, heat_maps, overlay, span_of

PICTURE = np.random.default_rng(0).random((9, 8))
HEAT = np.linspace(0, 3, 72).reshape(9, 8)


def test_colour_grows_with_the_map_and_leaves_the_picture_where_it_is_zero():
    one = overlay(PICTURE, HEAT)
    np.testing.assert_allclose(one[0, 0], greyed(PICTURE)[0, 0])
    np.testing.assert_allclose(one[-1, -1], [0.993248, 0.906157, 0.143936], atol=1e-4)  # viridis
    assert one.min() >= 0 and one.max() <= 1
    np.testing.assert_allclose(overlay(PICTURE, 7 * HEAT), one, atol=1e-6)  # to its own largest


def test_a_signed_map_is_red_above_and_blue_below_zero():
    signed = overlay(np.zeros((1, 3)), np.array([[-2.0, 0.0, 2.0]]), signed=True)[0]
    assert signed[0, 2] > signed[0, 0] and signed[2, 0] > signed[2, 2]
    np.testing.assert_allclose(signed[1], greyed(np.zeros((1, 1)))[0, 0])
    assert span_of(np.array([-2.0, 1.0]), True) == (-2, 2) and span_of(HEAT, False) == (0, 3)
    only_above = overlay(np.zeros((1, 2)), np.array([[0.0, 5.0]]), signed=True)[0]
    np.testing.assert_allclose(only_above[1], signed[2])


@pytest.mark.parametrize("heat, words", [
    (np.zeros((9, 8)), "all zero"), (np.full((9, 8), -3e-7), "nearly zero"), (HEAT * 1e-3, ""),
])  # fmt: skip
def test_an_empty_map_says_so_and_shows_no_colour(heat, words):
    assert emptiness(heat) == words
    shown = overlay(PICTURE, heat)
    assert (np.ptp(shown, axis=2).max() == 0) == bool(words)
    found = assert_readable(heat_maps(PICTURE, {"map": heat}, "A map."))
    assert ("all zero" in found, "nearly zero" in found) == (
        words == "all zero", words == "nearly zero",
    )  # fmt: skip


def test_colour_pictures_and_long_titles_stay_readable():
    picture = np.random.default_rng(0).random((9, 8, 3))
    titles = "saliency\ncorrelation −0.42\n", "Grad-CAM\ncorrelation −0.12\nconvolution_3"
    maps = dict(zip(titles, (HEAT, -HEAT)))
    heading, signed = "class 7, judged by its logit", list(maps)[1:]
    shown = heat_maps(picture, maps, "Two maps.", "labelled 7\n\n", heading, signed)
    found = assert_readable(shown)
    assert {"labelled 7\n\n", *maps, "0", "3", "−3", heading} <= set(found)


@pytest.mark.parametrize("value, words", [
    (0, "0"), (12.34, "12.34"), (-12.5, "−12.5"), (0.0314, "0.031"), (-4.2e-7, "−4.2e−07"),
])  # fmt: skip
def test_amounts(value, words):
    assert amount(value) == words


@pytest.mark.parametrize("maps", [{}, {"a": HEAT[1:]}, {"a": HEAT, "b": HEAT[None]}])
def test_maps_of_another_size_are_refused(maps):
    with pytest.raises(ValueError, match=r"^Expected one or more maps of shape \(9, 8\)"):
        heat_maps(PICTURE, maps, "")


def test_long_words_above_few_maps_are_broken_into_lines():
    words = "class 2, judged by its logit; random: the last 5 layers with weights, convolution_1 to scores"
    figure = heat_maps(np.zeros((6, 6)), {"a": np.ones((6, 6))}, "one", heading=words).figure
    figure.draw_without_rendering()
    box = figure._suptitle.get_window_extent()
    assert box.x0 >= 0 and box.x1 <= figure.bbox.width and "\n" in figure.get_suptitle()
    assert figure.get_suptitle().split() == words.split()
