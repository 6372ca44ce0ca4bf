"""Recall of proposals, counted pixel by pixel; what is no proposal."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from course_utils.by_hand.metrics import check_proposals, proposal_recall

SIDE = 6
corner = some.integers(0, SIDE)
box = some.tuples(corner, corner, corner, corner).map(
    lambda c: (min(c[0], c[2]), min(c[1], c[3]), max(c[0], c[2]), max(c[1], c[3]))
)
picture = some.tuples(some.lists(box, max_size=4), some.lists(box, max_size=3))


def pixels(corners):
    """Return the pixels of a box of whole numbers, as a set."""
    x1, y1, x2, y2 = corners
    return {(x, y) for x in range(x1, x2) for y in range(y1, y2)}


def covered(truth, proposals, threshold):
    """Return True where a proposal shares enough pixels with an object."""
    for one in proposals:
        union = pixels(one) | pixels(truth)
        if union and len(pixels(one) & pixels(truth)) / len(union) >= threshold:
            return True
    return False


@settings(max_examples=100, deadline=None)
@given(
    pictures=some.lists(picture, min_size=1, max_size=3),
    threshold=some.sampled_from([0.25, 0.5, 1]),
)
def test_recall_is_the_share_of_objects_with_enough_pixels_in_common(pictures, threshold):
    proposals, truths = (
        [np.array(pair[part], float).reshape(-1, 4) for pair in pictures] for part in (0, 1)
    )
    found = [
        covered(truth, boxes, threshold) for boxes, objects in pictures for truth in objects
    ]
    recall = proposal_recall(proposals, truths, threshold)
    assert np.isnan(recall) if not found else recall == np.mean(found)


def test_proposals_come_back_best_first_and_without_padding():
    boxes = np.array([[(0, 0, 2, 2), (0, 0, 0, 0), (1, 1, 4, 4)], [(-1, -1, -1, -1)] * 3], float)
    scores = [[0.2, 0.9, 0.7], [0, 0, 0]]
    (first, marks), (second, none) = check_proposals(boxes, scores, 2)
    assert first.tolist() == [[1, 1, 4, 4], [0, 0, 2, 2]] and marks.tolist() == [0.7, 0.2]
    assert second.shape == (0, 4) and none.shape == (0,)


@pytest.mark.parametrize("boxes, scores, count", [
    ([[(0, 0, 1, 1)]], [[1]], 2), ([[(0, 0, 1, 1)]], [], 1), ([[(0, 0, 1, 1)]], [[1, 2]], 1),
    ([[(2, 0, 1, 1)]], [[1]], 1), ([[(0, 0, np.nan, 1)]], [[1]], 1),
])  # fmt: skip
def test_what_are_no_proposals_is_refused(boxes, scores, count):
    with pytest.raises(ValueError, match=r"^Expected .* Received "):
        check_proposals(boxes, scores, count)
