"""NMSStepper: its rounds are those of by_hand, each detection is decided once, objects are lost."""

import asyncio

import live
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.by_hand.boxes import iou, nms, nms_by_class, soft_nms
from course_utils.widgets import NMSStepper, nms_stepper

SIDE = 40
IMAGE = np.full((SIDE, SIDE, 3), 128, np.uint8)


@st.composite
def detections(draw):
    """Some boxes, many of them near each other, with scores that may be equal, and classes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(0, 25))
    places = rng.integers(0, 4, (count, 2)) * 6 + rng.normal(0, 1.5, (count, 2)).clip(-4, 4) + 4
    sizes = rng.uniform(0, 12, (count, 2)) * (rng.random((count, 1)) > 0.1)
    boxes = np.concatenate([places, places + sizes], axis=1).clip(0, SIDE)
    scores = rng.integers(1, 9, count) / 10 if draw(st.booleans()) else rng.random(count)
    return boxes, scores, rng.integers(0, 3, count)


@settings(max_examples=60)
@given(detections(), st.floats(0, 1))
def test_what_is_kept_is_what_by_hand_keeps(found, threshold):
    boxes, scores, labels = found
    stepper = NMSStepper(IMAGE, boxes, scores, labels).set(threshold=threshold)
    assert stepper.kept == nms_by_class(boxes, scores, labels, threshold).tolist()
    stepper.set(classes="all together")
    assert stepper.kept == nms(boxes, scores, threshold).tolist()


@settings(max_examples=60)
@given(detections(), st.sampled_from([0.1, 0.5, 2.0]), st.sampled_from([0.001, 0.3]))
def test_what_soft_nms_keeps_is_what_by_hand_keeps(found, sigma, lowest):
    boxes, scores, labels = found
    stepper = NMSStepper(IMAGE, boxes, scores, labels)
    stepper.set(method="soft-NMS", classes="all together", sigma=sigma, lowest=lowest)
    kept, lowered = soft_nms(boxes, scores, sigma, lowest)
    assert stepper.kept == kept.tolist()
    np.testing.assert_array_equal(stepper.finish().data.scores[kept], lowered)
    stepper.set(classes="each class alone").finish()
    for label in set(labels.tolist()):
        members = np.flatnonzero(labels == label)
        kept, lowered = soft_nms(boxes[members], scores[members], sigma, lowest)
        assert [at for at in stepper.kept if labels[at] == label] == members[kept].tolist()
        np.testing.assert_array_equal(stepper.data.scores[members[kept]], lowered)


@settings(max_examples=40)
@given(detections())
def test_each_detection_is_decided_once_and_for_a_reason(found):
    boxes, scores, labels = found
    stepper = NMSStepper(IMAGE, boxes, scores, labels).set(threshold=0.3)
    decided = []
    for step, one in enumerate(stepper.data.rounds, start=1):
        data = stepper.set(step=step).data
        assert data.fates[one.kept] == "now"
        overlaps = iou(boxes[[one.kept]], boxes)[0]
        for at in one.gone:
            assert data.fates[at] == "goes" and labels[at] == labels[one.kept]
            assert overlaps[at] == data.overlaps[at] > 0.3 and scores[at] <= scores[one.kept]
        decided += [one.kept, *one.gone]
    assert sorted(decided) == list(range(len(boxes)))
    assert set(stepper.data.fates) <= {"now", "kept", "goes", "gone"}


@settings(max_examples=40)
@given(detections(), detections())
def test_an_object_is_lost_when_nothing_of_it_is_kept(found, objects):
    boxes, scores, labels = found
    truths = objects[0]
    stepper = NMSStepper(IMAGE, boxes, scores, labels, truths).set(threshold=0.3)
    owners = nms_stepper.owners_of(boxes, truths)
    lost = {*owners.tolist()} - {*owners[stepper.kept].tolist()} - {-1}
    assert {*stepper.finish().data.lost} == lost and len(stepper.data.lost) == len(lost)
    for step in range(1, len(stepper.data.rounds) + 1):
        for at in stepper.set(step=step).data.lost_now:
            assert at in owners[list(stepper.data.rounds[step - 1].gone)]


@pytest.fixture
def stepper():
    """Two objects that overlap, and one apart: the second one's only detection goes."""
    truths = [(4, 4, 18, 24), (8, 4, 22, 24), (28, 28, 38, 38)]
    boxes = [(4, 4, 18, 24), (5, 4, 18, 25), (8, 4, 22, 24), (28, 28, 38, 38)]
    return NMSStepper(IMAGE, boxes, [0.9, 0.6, 0.8, 0.3], ["a", "a", "a", "b"], truths)


def test_a_true_object_that_is_lost_is_marked_when_it_happens(stepper):
    assert stepper.data.lost == ()
    stepper.step()
    assert stepper.data.lost == stepper.data.lost_now == (1,)
    assert "True object 1 is lost" in live.readout(stepper)
    assert "object 1 lost" in live.pictures(stepper)[0]
    stepper.step()
    assert (stepper.data.lost, stepper.data.lost_now) == ((1,), ())
    assert "lost up to now: 1" in stepper.description
    assert stepper.set(threshold=0.6).finish().data.lost == ()


def test_steps_go_forward_and_back_to_the_ends(stepper):
    live.press(stepper, "Back")
    assert stepper.state.step == 0
    live.press(stepper, "Step")
    assert "Detection 0, class a, is kept; it suppresses 1 (IoU" in live.readout(stepper)
    live.press(stepper, "To the end")
    assert stepper.state.step == 2 and "In the end 2 are kept." in live.readout(stepper)
    live.press(stepper, "Step")
    assert stepper.state.step == 2 and live.refusal(stepper) == ""
    live.find(stepper, "Step no.").value = 1
    assert stepper.state.step == 1


def test_another_rule_may_need_fewer_steps(stepper):
    stepper.set(threshold=1).finish()
    assert stepper.state.step == 4
    stepper.set(threshold=0.5)
    assert stepper.state.step == 2
    with pytest.raises(ValueError, match="Expected step from 0 to 2. Received 3."):
        stepper.set(step=3)


def test_pointing_goes_to_the_step_that_decides(stepper):
    stepper.picked("row 3", 0.5, 0.5)
    assert stepper.state.step == 2
    stepper.picked("row 1", 0.5, 0.5)
    assert stepper.state.step == 1
    stepper.set(step=0).picked("scene", 0.8, 0.8)
    assert stepper.state.step == 2
    stepper.picked("scene", 0.99, 0.01)
    assert stepper.state.step == 2


def test_scores_that_fall_stand_beside_those_they_came_with(stepper):
    stepper.set(method="soft-NMS", step=1)
    fallen = 0.8 * np.exp(-(iou(stepper.boxes[:1], stepper.boxes[2:3])[0, 0] ** 2) / 0.5)
    assert stepper.data.scores[2] == pytest.approx(fallen)
    assert f"0.8 → {fallen:.2f}" in live.page(stepper)
    assert "it lowers 1 (IoU" in live.readout(stepper)
    stepper.set(lowest=0.5)
    assert stepper.data.fates[3] == "gone" and "its score is too low" in live.page(stepper)


def test_run_goes_to_the_end(stepper, monkeypatch):
    monkeypatch.setattr(nms_stepper, "PACE", 0)

    async def watch():
        live.press(stepper, "Run")
        await stepper._task
        assert stepper.state.step == 2

    asyncio.run(watch())


def test_words_of_classes_are_escaped():
    stepper = NMSStepper(IMAGE, [(1, 1, 9, 9)], [0.5], ["<script>x</script>"]).finish()
    assert "<script" not in live.page(stepper) and "&lt;script" in live.page(stepper)
    live.Parsed(live.page(stepper))


def test_nothing_detected():
    stepper = NMSStepper(IMAGE, [], [], [], [(1, 1, 9, 9)])
    assert stepper.finish().kept == [] and "None waits" in live.readout(stepper)
    assert stepper.draw(stepper.data, stepper.state).png()


BOX = [(1, 1, 9, 9)]


@pytest.mark.parametrize("arguments", [
    (np.zeros((4, 4, 2)), BOX, [1], [0]), (IMAGE, [(5, 1, 2, 9)], [1], [0]),
    (IMAGE, BOX, [1, 2], [0]), (IMAGE, BOX, [np.nan], [0]), (IMAGE, BOX, [1], [0, 1]),
    (IMAGE, BOX, [1], []), (IMAGE, BOX * 101, [1] * 101, [0] * 101),
    (IMAGE, BOX, [1], [0], [(1, 2, 3)]),
])  # fmt: skip
def test_impossible_detections_are_refused_in_a_sentence(arguments):
    with pytest.raises(ValueError, match=r"(?s)^Expected .*Received .*\.$"):
        NMSStepper(*arguments)


@pytest.mark.parametrize("change", [
    dict(step=-1), dict(step=1.0), dict(step=None), dict(method="hard"), dict(classes=["a"]),
    dict(threshold=-0.1), dict(threshold="high"), dict(threshold=np.nan), dict(threshold=True),
    dict(sigma=0), dict(sigma=None), dict(lowest=2),
])  # fmt: skip
def test_impossible_settings_are_refused_in_a_sentence(stepper, change):
    state = stepper.state
    with pytest.raises(ValueError, match=r"^Expected .* Received .*\.$"):
        stepper.set(**change)
    assert stepper.state is state
