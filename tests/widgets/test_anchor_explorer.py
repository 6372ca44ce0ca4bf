"""AnchorExplorer: the outcome of every anchor, recall, and what is chosen by hand."""

import live
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.by_hand.boxes import BACKGROUND, IGNORED, anchor_grid, iou, match
from course_utils.widgets import AnchorExplorer

IMAGE = np.full((40, 60, 3), 128, np.uint8)
BOXES = [(2, 3, 20, 24), (30, 8, 52, 20), (24, 30, 29, 34)]


@pytest.fixture
def explorer():
    return AnchorExplorer(IMAGE, BOXES, ["seven", "two", "one"])


@settings(max_examples=30)
@given(st.integers(4, 60), st.floats(0.05, 1), st.floats(0, 1), st.booleans(), st.integers(0, 3))
def test_each_anchor_has_the_outcome_of_by_hand(stride, positive, share, force, count):
    setting = dict(positive=positive, negative=share * positive, force=force)
    explorer = AnchorExplorer(IMAGE, BOXES[:count], None, stride, (8, 20), 1, **setting)
    data = explorer.data
    np.testing.assert_array_equal(data.anchors, anchor_grid(40, 60, stride, (8, 20), (1,)))
    overlaps = iou(data.anchors, np.array(BOXES[:count], float).reshape(-1, 4))
    thresholds = positive, share * positive
    np.testing.assert_array_equal(data.matches, match(overlaps, *thresholds, force))
    plain, ruled = (match(overlaps, *thresholds, rule) for rule in (False, True))
    assert data.found == (len({*plain} - {-1, -2}), len({*ruled} - {-1, -2}))
    counts = [(data.matches >= 0).sum(), (data.matches == IGNORED).sum(),
              (data.matches == BACKGROUND).sum()]  # fmt: skip
    assert list(data.counts) == counts and sum(counts) == len(data.anchors)
    by_rule = (data.matches != plain) & (data.matches >= 0)
    np.testing.assert_array_equal(data.by_rule, by_rule)
    assert force or not by_rule.any()


def test_the_rule_saves_the_small_object(explorer):
    plain, ruled = explorer.data.found
    assert (plain, ruled) == (2, 3)
    assert "2 of 3 objects (67%) have an anchor by the thresholds alone" in live.readout(explorer)
    assert "3 of 3 (100%) with the rule" in live.readout(explorer)
    live.find(explorer, "Each object gets its best anchor").value = False
    assert not (explorer.data.matches == 2).any()


def test_a_higher_threshold_leaves_fewer_anchors(explorer):
    counts = [explorer.set(positive=share / 10, negative=0.3).data.counts[0] for share in
              range(3, 10)]  # fmt: skip
    assert counts == sorted(counts, reverse=True) and counts[0] > counts[-1]


def test_one_threshold_pushes_the_other(explorer):
    live.find(explorer, "Negative").value = 0.7
    assert (explorer.state.positive, explorer.state.negative) == (0.7, 0.7)
    live.find(explorer, "Positive").value = 0.2
    assert (explorer.state.positive, explorer.state.negative) == (0.2, 0.2)
    assert live.refusal(explorer) == "" and not (explorer.data.matches == IGNORED).any()
    with pytest.raises(ValueError, match="Expected negative at most as large as positive, 0.1."):
        explorer.set(positive=0.1, negative=0.3)


def test_pointing_at_a_field_chooses_its_best_anchor(explorer):
    shapes = explorer.data.shapes
    for x, y in [(41, 14), (0, 0), (60, 40), (25, 31)]:
        explorer.picked("scene", x / 60, y / 40)
        field = explorer.state.anchor // shapes
        assert field == np.abs(explorer.data.centres - [x, y]).sum(axis=1).argmin()
        inside = explorer.data.highest[field * shapes : (field + 1) * shapes]
        assert explorer.data.highest[explorer.state.anchor] == inside.max()


def test_pointing_at_rows_chooses_objects_and_anchors(explorer):
    explorer.picked("object 1", 0.5, 0.5)
    assert explorer.state.object == 1 and "best anchors of object 1" in live.page(explorer)
    best = int(explorer.data.overlaps[:, 1].argmax())
    assert f'data-pick="anchor {best}"' in live.page(explorer)
    explorer.picked(f"anchor {best}", 0.5, 0.5)
    assert explorer.state.anchor == best
    explorer.set(anchor=0)
    live.press(explorer, "Best anchor")
    assert explorer.state.anchor == best


def test_another_grid_keeps_what_is_most_alike(explorer):
    explorer.picked("object 1", 0, 0)
    before = explorer.take_best().data.anchors[explorer.state.anchor]
    explorer.set(stride=9)
    overlaps = iou(before[None], explorer.data.anchors)[0]
    assert overlaps[explorer.state.anchor] == overlaps.max() > 0.5


def test_what_is_drawn(explorer):
    def outlines():
        return len(explorer._parts(explorer.data, explorer.state)[0])

    positive, ignored, _ = explorer.data.counts
    assert outlines() == 1 + 3 + positive
    explorer.set(show="ignored anchors")
    assert outlines() == 1 + 3 + ignored
    explorer.set(show="anchors of the chosen field")
    assert outlines() == 1 + 3 + explorer.data.shapes


def test_sizes_by_hand(explorer):
    live.find(explorer, "Sizes").value = "8; 16"
    assert "Expected sizes as numbers with commas between them. Received" in live.refusal(explorer)
    live.find(explorer, "Sizes").value = "8, 16.5 30"
    assert explorer.state.sizes == (8, 16.5, 30) and explorer.data.shapes == 9
    live.find(explorer, "Ratios").value = ""
    assert "Expected 1 to 6 ratios, all above 0." in live.refusal(explorer)


def test_a_scene_without_objects():
    explorer = AnchorExplorer(IMAGE, [])
    assert explorer.data.counts == (0, 0, len(explorer.data.anchors))
    assert "There is no object" in live.readout(explorer)
    with pytest.raises(ValueError, match="Expected a scene with objects. Received one without"):
        explorer.take_best()
    assert explorer.draw(explorer.data, explorer.state).png()


def test_words_of_classes_are_escaped():
    explorer = AnchorExplorer(IMAGE, BOXES[:1], ["<script>x</script>"])
    assert "<script" not in live.page(explorer)
    live.Parsed(live.page(explorer))


def test_many_anchors_make_a_light_frame(explorer):
    explorer.set(stride=3, sizes=range(8, 48, 8), show="ignored anchors", positive=0.9, negative=0)
    assert len(explorer.data.anchors) > 4_000
    views = explorer.views(explorer.data, explorer.state)
    assert max(map(len, views.values())) < 60_000


@pytest.mark.parametrize("arguments", [
    dict(boxes=[(5, 1, 2, 9)]), dict(boxes=[(0, 0, 61, 9)]), dict(boxes=[(0, 0, 6)]),
    dict(labels=["one"]), dict(boxes=BOXES * 11), dict(stride=0), dict(stride=61),
    dict(stride=2.0), dict(stride=1), dict(sizes=[]), dict(sizes=[0]), dict(sizes="large"),
    dict(ratios=[-1]), dict(ratios=range(1, 9)), dict(positive=1.2), dict(negative=None),
    dict(positive=0.3), dict(force=1), dict(image=np.zeros((4, 4, 2))),
])  # fmt: skip
def test_impossible_scenes_are_refused_in_a_sentence(arguments):
    with pytest.raises(ValueError, match=r"(?s)^Expected .*Received .*\.$"):
        AnchorExplorer(**(dict(image=IMAGE, boxes=BOXES) | arguments))


@pytest.mark.parametrize("change", [
    dict(anchor=-1), dict(anchor=10**6), dict(anchor=1.5), dict(object=3), dict(object=None),
    dict(show="all"), dict(stride=1), dict(sizes=None), dict(positive=np.nan), dict(force="yes"),
])  # fmt: skip
def test_impossible_settings_are_refused_in_a_sentence(explorer, change):
    state = explorer.state
    with pytest.raises(ValueError, match=r"^Expected .* Received .*\.$"):
        explorer.set(**change)
    assert explorer.state is state
