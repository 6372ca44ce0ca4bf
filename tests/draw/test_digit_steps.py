"""The figure of steps and bars: every word readable, wrong shapes refused."""

import numpy as np
import pytest
from layout import assert_readable

from course_utils.draw.digit_steps import digit_steps

STEPS = {
    "as uploaded": np.full((300, 400), 0.8), "ink": np.zeros((640, 480)),
    "cut out": np.eye(20)[:, :9], "centred 28 × 28": np.eye(28),
}  # fmt: skip
CLASSES = tuple("0123456789")


@pytest.mark.parametrize("largest", [0, 9])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.999, 1.0])
def test_all_words_can_be_read(largest, share):
    values = np.full(10, (1 - share) / 9)
    values[largest] = share
    words = assert_readable(digit_steps(STEPS, values, CLASSES, "words"))
    assert {*STEPS, *CLASSES, "probability"} <= set(words)


def test_similar_digits_stand_in_a_row_below():
    nearest = {f"{place}. a 7\n0.3{place} away": np.eye(28) for place in range(1, 6)}
    shown = digit_steps(STEPS, np.full(10, 0.1), CLASSES, "words", nearest)
    assert {*STEPS, *nearest} <= set(assert_readable(shown))
    places = {axes.get_title(): axes.get_window_extent() for axes in shown.figure.axes}
    assert max(places[title].y1 for title in nearest) < min(places[name].y0 for name in STEPS)


@pytest.mark.parametrize("steps, values", [({}, np.ones(10) / 10), (STEPS, np.ones(9) / 9)])
def test_what_does_not_fit_is_refused(steps, values):
    with pytest.raises(ValueError, match=r"^Expected one or more steps and 10 .* Received"):
        digit_steps(steps, values, CLASSES, "words")
