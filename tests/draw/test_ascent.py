"""The figure of pictures grown by gradient ascent: words that can be read, curves as given."""

import numpy as np
import pytest
from layout import assert_readable

from course_utils.draw.ascent import ascent_result

NAMES = ["without regularisers", "with shift, blur and decay"]
WORDS = ["Step 100 of 100. Mean of the map on the noise: −0.16; now 21.17 without."] * 4


def shown(count=2, shape=(28, 28), level=None, scale=1.0):
    titles = [*NAMES, "best real picture: 1234"][:count]
    pictures = {title: np.random.default_rng(0).random(shape) for title in titles}
    curves = {name: scale * np.sqrt(np.arange(40)) for name in NAMES}
    return ascent_result(pictures, curves, level, 100, WORDS[: count + 1], "words")


@pytest.mark.parametrize("shape", [(28, 28), (224, 224, 3), (10, 40), (40, 10, 3)])
@pytest.mark.parametrize("count, level", [(2, None), (3, 1.5)])
def test_everything_can_be_read(shape, count, level):
    words = assert_readable(shown(count, shape, level))
    assert "score at each step" in words and any("Step 100" in text for text in words)


@pytest.mark.parametrize("scale", [0.0, 1e-6, -1e4, 1e6])
def test_scores_of_any_size_can_be_read(scale):
    assert_readable(shown(scale=scale))


def test_both_curves_and_the_level_are_there_with_their_numbers():
    axes = shown(3, level=2.5).figure.axes[-1]
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == [f"{name}: 6.24" for name in NAMES] + ["best real: 2.5"]
    lines = axes.get_lines()
    assert [len(line.get_xdata()) for line in lines[:2]] == [40, 40]
    assert axes.get_xlim() == (0, 100) and lines[2].get_ydata()[0] == 2.5
    assert len({line.get_linestyle() for line in lines}) == 3
