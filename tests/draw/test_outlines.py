"""Outlines on pictures, tables beside them, and two boxes with their numbers: all can be read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layout import cut_off, overlapping, words

from course_utils.draw.beside import MOST, beside
from course_utils.draw.outlines import Look, Outline, Row, text_places
from course_utils.draw.overlap import overlap

HEAD = ("number", "class", "what becomes of it")
SAID = ["Detection 4, class 7, is kept; it suppresses 1 (IoU 0.62), 5 (IoU 0.71)." * 2] * 2


def crowd(count, seed=0):
    """Return outlines that lie on top of each other."""
    random = np.random.default_rng(seed)
    corners = np.sort(random.random((count, 2, 2)), axis=1).reshape(-1, 4) * 80
    return [
        Outline(box, Look("#0072B2", 1 + at % 3, (4, 2) * (at % 2)), f"{at}: 0.25" * (at % 4 > 0))
        for at, box in enumerate(corners)
    ]


@given(st.integers(0, 40), st.integers(0, 99), st.floats(1, 30))
def test_no_text_covers_another_and_none_leaves_the_picture(count, seed, letter):
    outlines = crowd(count, seed)
    places = text_places(outlines, (80, 80), letter)
    rooms = [(x, y - letter, x + 0.62 * letter * len(one.text), y + 0.3 * letter)
             for one, x, y in places]  # fmt: skip
    for at, (left, top, right, bottom) in enumerate(rooms):
        assert left >= 0 and top >= -1e-9 and bottom <= 80 + 1e-9
        for other in rooms[:at]:
            apart = max(left, other[0]) >= min(right, other[2]) - 1e-9
            assert apart or max(top, other[1]) >= min(bottom, other[3]) - 1e-9
    named = [one for one in outlines if one.text]
    assert {id(one) for one, *_ in places} <= {id(one) for one in named}
    assert not named or places[0][0] is named[0]  # the most important one always has a place


@pytest.mark.parametrize("shape", [(80, 80, 3), (40, 90), (90, 40, 3)])
@pytest.mark.parametrize("rows", [0, 3, MOST + 5])
def test_everything_can_be_read(shape, rows):
    table = [
        Row((str(at), "seven", "goes: overlaps 4"), Look("#D55E00", 2, (5, 3)), at == 1)
        for at in range(rows)
    ]
    image = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    scale = np.array([shape[1], shape[0]] * 2) / 80
    outlines = [Outline(one.corners * scale, one.look, one.text) for one in crowd(9)]
    dots = [(np.array([[3, 4], [20, 30]]), "#0072B2", 5)]
    shown = beside(image, outlines, [(HEAD, table), (HEAD, table[:2])], SAID, "words", dots)
    found = words(shown.figure)
    assert (cut_off(found, shown.figure), overlapping(found)) == ([], [])
    texts = [text for text, _ in found]
    assert texts.count("what becomes of it") == 2
    assert ("… and 5 more" in texts) == (rows > MOST)
    assert shown.png()


LINES = [
    ("intersection", "12345 × 12345", "152399025"),
    ("generalised IoU", "0.16 − (152399025 − 152399025) / 152399025", "−0.16"),
    ("tx", "(123.25 − 123.25) / 123.25", "0"),
]
PAIRS = [
    [(0, 0, 40, 30), (0, 0, 40, 30)], [(0, 0, 0, 0), (40, 30, 40, 30)],
    [(5, 5, 20, 20), (10, 8, 35, 30)],
]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids=str)
@pytest.mark.parametrize("shape", [(30, 40), (30, 40, 3)])
def test_two_boxes_and_their_numbers_can_be_read(pair, shape):
    box, other = np.array(pair, float)
    boxes = (box, other, box, np.append(np.minimum(box, other)[:2], np.maximum(box, other)[2:]))
    shown = overlap(np.zeros(shape, np.uint8), boxes, LINES * 3, "words")
    found = words(shown.figure)
    assert (cut_off(found, shown.figure), overlapping(found)) == ([], [])
    assert {"box", "other", "intersection", "−0.16"} <= {text for text, _ in found}
