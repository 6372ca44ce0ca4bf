"""ProposalReplay: its recall against the function by hand, its words, its refusals."""

import asyncio

import live
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from course_utils.by_hand.boxes import iou
from course_utils.by_hand.metrics import proposal_recall
from course_utils.datasets import load_photograph
from course_utils.widgets import proposal_replay
from course_utils.widgets.proposal_replay import MOST, ProposalReplay

SIZE, COUNT = 40, 4


def random_boxes(random, count, largest=20):
    corners = random.uniform(0, SIZE - 2, (count, 2))
    ends = np.minimum(corners + random.uniform(1, largest, (count, 2)), SIZE)
    return np.concatenate([corners, ends], axis=1)


def recording(seed=0, moments=5, proposals=12):
    """Return images, truths (one image has none), and snapshots of proposals that come nearer."""
    random = np.random.default_rng(seed)
    truths = [random_boxes(random, count) for count in (2, 0, 1, 3)]
    steps = []
    for moment in range(moments):
        boxes = [random_boxes(random, proposals) for _ in truths]
        for some_boxes, objects in zip(boxes, truths):
            near = some_boxes[: len(objects)]
            near += (objects - near) * moment / max(moments - 1, 1)
        steps.append((moment**2, boxes, [random.random(proposals) for _ in truths]))
    return random.integers(0, 256, (COUNT, SIZE, SIZE, 3), np.uint8), truths, steps


@pytest.fixture
def replay():
    return ProposalReplay(*recording())


@settings(max_examples=25, deadline=None)
@given(seed=some.integers(0, 99), top=some.integers(1, 14), threshold=some.floats(0.05, 1))
def test_recall_is_that_of_the_function_by_hand(seed, top, threshold):
    images, truths, steps = recording(seed, moments=3)
    replay = ProposalReplay(images, truths, steps, top=top, threshold=threshold)
    for (_, boxes, scores), found in zip(steps, replay.data.recalls):
        best = [b[np.argsort(-s, kind="stable")][:top] for b, s in zip(boxes, scores)]
        assert np.isclose(found, proposal_recall(best, truths, threshold))


def test_what_is_said_of_an_image_is_what_its_boxes_give(replay):
    replay.set(image=3, moment=3, top=5, threshold=0.3)
    now, (_, boxes, scores) = replay.data.now, recording()[2][3]
    order = np.argsort(-scores[3])[:5]
    overlaps = iou(boxes[3][order], replay.truths[3])
    np.testing.assert_array_equal(now.boxes, boxes[3][order])
    np.testing.assert_array_equal(now.covers, overlaps.max(axis=1) >= 0.3)
    np.testing.assert_array_equal(now.overlaps, overlaps.max(axis=0))
    for column, rank in enumerate(now.rank):
        assert rank == -1 or overlaps[rank, column] == now.overlaps[column]
    said = replay.readout(replay.data, replay.state)
    assert f"{now.found.sum()} of 3 objects found, by {now.covers.sum()} of 5 proposals" in said


def test_recall_grows_with_proposals_and_falls_with_the_threshold(replay):
    few = replay.set(top=1).data.recalls
    many = replay.set(top=MOST).data.recalls
    strict = replay.set(threshold=0.9).data.recalls
    assert (few <= many).all() and (strict <= many).all()


def test_padding_is_no_proposal():
    images, truths, steps = recording()
    padded = [
        (step, np.pad(boxes, [(0, 0), (0, 4), (0, 0)]), np.pad(scores, [(0, 0), (0, 4)]))
        for step, boxes, scores in steps
    ]
    one, other = ProposalReplay(images, truths, steps), ProposalReplay(images, truths, padded)
    live.same(one.data, other.data)


def test_without_a_proposal_nothing_is_found():
    none = (0, [np.zeros((3, 4)), []], [np.zeros(3), []])
    replay = ProposalReplay(np.zeros((2, 8, 8)), [[(1, 1, 4, 4)], []], [none])
    assert replay.data.recalls.tolist() == [0] and replay.data.now.rank.tolist() == [-1]
    assert live.pictures(replay) and replay.draw(replay.data, replay.state).png()
    replay.set(image=1)
    assert "0 of 0 objects found, by 0 of 0 proposals" in live.readout(replay)
    assert replay.draw(replay.data, replay.state).png()


def test_it_starts_at_the_end_of_training_and_buttons_go_back(replay):
    assert replay.state.moment == 4
    live.press(replay, "Step")
    assert replay.state.moment == 4
    live.press(replay, "Back")
    assert replay.state.moment == live.find(replay, "Moment").value == 3
    live.press(replay, "Next image")
    assert replay.state.image == 1
    assert "Step 9, image 1: 0 of 0 objects" in live.readout(replay)


def test_pointing_at_the_curve_goes_to_the_nearest_moment(replay):
    seen = []
    for x in np.linspace(0, 1, 21):
        replay.picked("curve", x, 0.5)
        seen.append(replay.state.moment)
    assert seen == sorted(seen) and set(seen) == set(range(5))


def test_run_goes_through_all_moments_and_ends(replay, monkeypatch):
    monkeypatch.setattr(proposal_replay, "PACE", 0)
    seen = []
    monkeypatch.setattr(replay, "moved", lambda before: seen.append(replay.state.moment))

    async def run():
        replay.run()
        await replay._task

    asyncio.run(run())
    assert seen == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("size", [80, 96, 256])
def test_the_largest_frame_is_small(size):
    random = np.random.default_rng(1)
    images = load_photograph("coffee")[np.newaxis, -size:, :size]
    boxes = [random_boxes(random, MOST)]
    steps = [(step, boxes, [random.random(MOST)]) for step in range(40)]
    replay = ProposalReplay(images, [boxes[0][:5]], steps, top=MOST)
    assert sum(map(len, replay.views(replay.data, replay.state).values())) < 60_000


@pytest.mark.parametrize("moments", [1, 2, 5, 30])
def test_few_and_many_moments_are_drawn(moments):
    replay = ProposalReplay(*recording(moments=moments))
    for moment in {0, moments // 2, moments - 1}:
        replay.set(moment=moment)
        bold = [axes.get_title() for axes in replay.draw(replay.data, replay.state).figure.axes
                if axes.title.get_fontweight() == "bold"]  # fmt: skip
        assert len(bold) == 1 and bold[0].startswith(f"step {moment**2:,}\n")


# --- hostile input -------------------------------------------------------------------------------


def broken(**parts):
    images, truths, steps = recording()
    found = {"images": images, "truths": truths, "steps": steps}
    return {name: parts.get(name, lambda value: value)(value) for name, value in found.items()}


@pytest.mark.parametrize("parts", [
    dict(images=lambda a: a[0, 0]), dict(images=lambda a: a / 2.0), dict(images=lambda a: a[:3]),
    dict(truths=lambda t: t[:3]), dict(truths=lambda t: [[]] * 4),
    dict(truths=lambda t: [t[0] + 30, *t[1:]]), dict(truths=lambda t: [t[0][:, ::-1], *t[1:]]),
    dict(steps=lambda s: []), dict(steps=lambda s: s[::-1]), dict(steps=lambda s: [s[0], s[0]]),
    dict(steps=lambda s: [(0, s[0][1][:2], s[0][2])]),
    dict(steps=lambda s: [(0, s[0][1], [np.ones(3)] * 4)]),
    dict(steps=lambda s: [(0, s[0][1], [np.full(12, np.nan)] * 4)]),
    dict(steps=lambda s: [(0, [b[:, ::-1] for b in s[0][1]], s[0][2])]),
])  # fmt: skip
def test_what_does_not_belong_together_is_refused(parts):
    with pytest.raises(ValueError, match=r"^Expected .*\.? ?Received .*\.$"):
        ProposalReplay(**broken(**parts))


@pytest.mark.parametrize("change", [
    dict(moment=5), dict(moment=-1), dict(moment=1.5), dict(image=4), dict(top=0), dict(top=101),
    dict(threshold=0), dict(threshold=1.1), dict(threshold="half"), dict(threshold=np.nan),
])  # fmt: skip
def test_settings_that_cannot_be_are_refused(replay, change):
    with pytest.raises(ValueError, match=r"^Expected .* Received .*\.$"):
        replay.set(**change)


def test_what_was_handed_over_may_change_afterwards():
    images, truths, steps = recording()
    replay = ProposalReplay(images, truths, steps)
    before = replay.data
    images[:] = 0
    for boxes in (*truths, *steps[-1][1]):
        boxes[:] = 0
    live.same(replay.set().data, before)
    assert replay.images.any()
