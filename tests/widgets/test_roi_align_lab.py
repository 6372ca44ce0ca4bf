"""RoIAlignLab against RoIAlign and RoI pooling by hand; its box, its bins, its refusals."""

import live
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from course_utils.by_hand.roi_align import roi_align, roi_pool
from course_utils.widgets.roi_align_lab import MOST, MOST_BINS, MOST_SAMPLES, RoIAlignLab

HEIGHT, WIDTH = 8, 11
VALUES = np.random.default_rng(2).normal(size=(HEIGHT, WIDTH, 3))
share = some.floats(0, 1)


@pytest.fixture
def lab():
    return RoIAlignLab(VALUES, (2.5, 1.5, 8, 6.2), size=3, channel=1)


def boxes(least=0.01):
    """Draw a box on the map, x1 y1 x2 y2."""
    corners = some.tuples(share, share, share, share).map(
        lambda parts: np.sort(np.multiply(parts, [WIDTH, WIDTH, HEIGHT, HEIGHT]).reshape(2, 2))
    )
    kept = corners.filter(lambda sides: np.diff(sides).min() >= least)
    return kept.map(lambda sides: tuple(sides.T.ravel().tolist()))


counts = some.integers(1, MOST_BINS), some.integers(1, MOST_SAMPLES)


@settings(max_examples=60, deadline=None)
@given(box=boxes(), size=counts[0], samples=counts[1], stride=some.sampled_from([1, 4, 16]))
def test_it_gives_what_the_functions_by_hand_give(box, size, samples, stride):
    lab = RoIAlignLab(VALUES, np.multiply(box, stride), size, samples, stride, channel=2)
    cells = np.array([box])
    aligned = roi_align(VALUES, cells, size, samples)[0, ..., 2]
    pooled = roi_pool(VALUES, cells, size)[0, ..., 2]
    np.testing.assert_allclose(lab.data.aligned, aligned, atol=1e-12)
    np.testing.assert_array_equal(lab.data.pooled, pooled)


@settings(max_examples=30, deadline=None)
@given(box=boxes(), samples=counts[1], row=some.integers(0, 1), column=some.integers(0, 1))
def test_a_bin_is_the_mean_of_the_sums_of_its_samples(box, samples, row, column):
    lab = RoIAlignLab(VALUES, box, 2, samples).set(row=row, column=column)
    sums = []
    for _ in range(samples**2):
        assert lab.data.weights.min() >= 0 and np.isclose(lab.data.weights.sum(), 1)
        x1, y1, x2, y2 = lab.data.bin
        x, y = lab.data.point
        assert x1 <= x <= x2 and y1 <= y <= y2
        sums.append(lab.data.weights @ lab.data.met)
        lab.next_sample()
    assert lab.state.sample == 0
    assert np.isclose(np.mean(sums), lab.data.aligned[row, column])


@settings(max_examples=30, deadline=None)
@given(box=boxes(), size=counts[0], samples=counts[1])
def test_a_ramp_is_read_exactly_between_the_outermost_middles(box, size, samples):
    x1, _, x2, _ = box
    lab = RoIAlignLab(VALUES, box, size, samples).set(map="ramp")
    exact = np.allclose(lab.data.aligned, lab.data.middles, atol=1e-9)
    assert exact or x1 < 0.5 or x2 > WIDTH - 0.5
    assert ("RoIAlign is exact" in lab.readout(lab.data, lab.state)) == exact


def test_rounding_is_all_that_is_left_of_pooling_by_the_mean_of_whole_bins():
    """Where bins are whole cells, their mean is that of samples in the cells' middles."""
    lab = RoIAlignLab(VALUES, (2, 1, 8, 7), size=3, samples=2).set(pooling="mean")
    np.testing.assert_allclose(lab.data.pooled, lab.data.aligned)
    lab.nudge(right=0.4)
    before = lab.data.aligned
    assert not np.allclose(lab.data.pooled, before)
    lab.round_box()
    np.testing.assert_allclose(lab.data.pooled, lab.data.aligned)
    assert "nothing is rounded there" in lab.readout(lab.data, lab.state)


def test_the_cells_of_a_pooled_bin_hold_its_maximum(lab):
    for row, column in np.ndindex(3, 3):
        lab.set(row=row, column=column)
        x1, y1, x2, y2 = lab.data.cells
        assert VALUES[y1:y2, x1:x2, 1].max() == lab.data.pooled[row, column]


def test_at_the_edge_the_outermost_cells_alone_count():
    lab = RoIAlignLab(VALUES, (0, 0, 0.6, 0.6), size=1, samples=1)
    assert lab.data.weights[0] == 1 and lab.data.aligned[0, 0] == VALUES[0, 0, 0]
    lab = RoIAlignLab(VALUES, (WIDTH - 0.6, HEIGHT - 0.6, WIDTH, HEIGHT), size=1, samples=1)
    assert set(lab.data.neighbours) == {(HEIGHT - 1, WIDTH - 1)}
    assert lab.data.aligned[0, 0] == VALUES[-1, -1, 0]
    assert lab.draw(lab.data, lab.state).png() and lab.views(lab.data, lab.state)


# --- what a change brings along ------------------------------------------------------------------


def test_another_stride_leaves_the_box_on_its_cells(lab):
    before = lab.data
    lab.set(stride=8)
    assert (lab.state.x1, lab.state.y2) == (20, 49.6)
    np.testing.assert_allclose(lab.data.box, before.box)
    assert "pixels of the image" in lab.readout(lab.data, lab.state)


def test_a_box_around_the_whole_map_is_that_at_every_stride(lab):
    lab.set(x1=0, y1=0, x2=WIDTH, y2=HEIGHT)
    for stride in (1.7, 1, 3.3, 7, 1.1, 64):
        lab.set(stride=stride)
        np.testing.assert_allclose(lab.data.box, (0, 0, WIDTH, HEIGHT))


def test_fewer_bins_samples_or_channels_choose_the_last_that_is_left(lab):
    lab.set(row=2, column=2, sample=3)
    lab.set(size=2, samples=1)
    assert (lab.state.row, lab.state.column, lab.state.sample) == (1, 1, 0)
    lab.set(map="peak")
    assert lab.state.channel == 0


def test_the_box_is_nudged_no_further_than_the_edge(lab):
    size = lab.data.box[2:] - lab.data.box[:2]
    for change in (dict(right=100), dict(down=100), dict(right=-100), dict(down=-100)):
        lab.nudge(**change)
        np.testing.assert_allclose(lab.data.box[2:] - lab.data.box[:2], size)
    assert (lab.state.x1, lab.state.y1) == (0, 0)


@pytest.mark.parametrize("place, box", [
    ((2.4, 1.6), (2.4, 1.6, 8, 6.2)),  # a corner
    ((8.5, 7), (2.5, 1.5, 8.5, 7)),  # the opposite one
    ((1, 3.9), (1, 1.5, 8, 6.2)),  # a side
    ((5.25, 1), (2.5, 1, 8, 6.2)),  # another one
    ((6.25, 4.85), (3.5, 2.5, 9, 7.2)),  # the middle, and the whole box
    ((0, 0), (0, 0, 8, 6.2)),  # a corner of the map
])  # fmt: skip
def test_pointing_brings_the_nearest_handle(lab, place, box):
    lab.picked("map", place[0] / WIDTH, place[1] / HEIGHT)
    np.testing.assert_allclose([lab.state.x1, lab.state.y1, lab.state.x2, lab.state.y2], box)


@given(
    places=some.lists(some.tuples(share, share), min_size=1, max_size=6),
    stride=some.sampled_from([1, 1.00005, 16]),
)
@settings(max_examples=40, deadline=None)
def test_wherever_a_hand_goes_there_is_a_box_in_the_map(places, stride):
    lab = RoIAlignLab(VALUES, stride=stride)
    for x, y in places:
        lab.picked("map", x, y)
    x1, y1, x2, y2 = lab.data.box
    assert 0 <= x1 < x2 <= WIDTH + 1e-9 and 0 <= y1 < y2 <= HEIGHT + 1e-9


def test_pointing_at_a_result_chooses_its_bin(lab):
    lab.picked("bins", 0.99, 0.4)
    assert (lab.state.row, lab.state.column) == (1, 2)
    lab.picked("bins", 1, 1)
    assert (lab.state.row, lab.state.column) == (2, 2)


# --- what is shown -------------------------------------------------------------------------------


def test_buttons_do_what_they_say(lab):
    live.press(lab, "Box right")
    assert lab.state.x1 == 2.6 and lab.state.x2 == 8.1
    live.press(lab, "Box up")
    assert lab.state.y1 == 1.4
    live.press(lab, "Round the box")
    assert (lab.state.x1, lab.state.y1, lab.state.x2, lab.state.y2) == (3, 1, 8, 6)
    live.press(lab, "Next sample")
    assert live.find(lab, "Sample").value == 1


def test_a_slider_and_its_field_are_one(lab):
    live.find(lab, "x1 on a slider").value = 3.05
    assert lab.state.x1 == live.find(lab, "x1").value == 3.05
    live.find(lab, "x1").value = 1.5
    assert lab.state.x1 == live.find(lab, "x1 on a slider").value == 1.5
    assert live.find(lab, "y2").max == HEIGHT


def test_a_slider_beyond_the_other_side_is_refused_in_a_sentence(lab):
    live.find(lab, "x1 on a slider").value = 9
    assert "Expected a box with 0 ≤ x1 &lt; x2 ≤ 11" in live.refusal(lab)
    assert lab.state.x1 == 2.5


def test_the_largest_frame_is_small():
    lab = RoIAlignLab(np.random.default_rng(1).normal(size=(MOST, MOST)), None, MOST_BINS, 4)
    views = lab.views(lab.data, lab.state)
    assert sum(map(len, views.values())) < 60_000


@pytest.mark.parametrize("shape", [(2, 2), (2, 24), (24, 3, 5), (24, 24)])
def test_maps_of_all_shapes_are_drawn(shape):
    lab = RoIAlignLab(1000 * np.random.default_rng(1).normal(size=shape), size=7)
    assert lab.draw(lab.data, lab.state).png() and live.pictures(lab)


# --- hostile input -------------------------------------------------------------------------------


@pytest.mark.parametrize("feature_map", [
    np.zeros(9), np.zeros((1, 5)), np.zeros((5, 25)), np.zeros((5, 5, 0)), np.zeros((1, 5, 5, 2)),
    [[np.nan, 1], [1, 1]], [["a", "b"]], None, "hill", {},
])  # fmt: skip
def test_what_is_no_map_is_refused(feature_map):
    with pytest.raises(ValueError, match=r"^Expected .*\. ?Received .*\.$"):
        RoIAlignLab(feature_map)


@pytest.mark.parametrize("settings", [
    dict(box=(1, 1, 2)), dict(box=(5, 1, 2, 3)), dict(box=(1, 1, 1, 3)), dict(box=(0, 0, 12, 4)),
    dict(box=(-1, 0, 3, 4)), dict(box=(0, 0, np.inf, 4)), dict(box="all"), dict(size=0),
    dict(size=8), dict(size=2.5), dict(samples=0), dict(samples=5), dict(samples=True),
    dict(stride=0), dict(stride="16"), dict(stride=np.nan), dict(channel=3), dict(channel=-1),
])  # fmt: skip
def test_settings_that_cannot_be_are_refused(settings):
    with pytest.raises(ValueError, match=r"^Expected .*\. ?Received .*\.$"):
        RoIAlignLab(VALUES, **settings)


def test_what_was_handed_over_may_change_afterwards():
    values, box = VALUES.copy(), np.array([1.0, 1, 5, 5])
    lab = RoIAlignLab(values, box)
    values[:], box[:] = 0, 0
    assert lab.maps["yours"].any() and lab.state.x2 == 5
