"""IoUPlayground: areas counted pixel by pixel, deltas that lead back, presets, what is refused."""

import live
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.by_hand.boxes import decode
from course_utils.widgets import IoUPlayground, iou_playground
from course_utils.widgets.iou_playground import CUSTOM, PRESETS

HEIGHT, WIDTH = 18, 24
corners = st.tuples(
    st.lists(st.integers(0, WIDTH), min_size=2, max_size=2).map(sorted),
    st.lists(st.integers(0, HEIGHT), min_size=2, max_size=2).map(sorted),
).map(lambda pairs: [pairs[0][0], pairs[1][0], pairs[0][1], pairs[1][1]])


@pytest.fixture
def playground():
    return IoUPlayground()


def covered(box):
    """Return which pixels a box of whole numbers covers."""
    x1, y1, x2, y2 = (int(value) for value in box)
    pixels = np.zeros((HEIGHT, WIDTH), bool)
    pixels[y1:y2, x1:x2] = True
    return pixels


@given(corners, corners)
def test_areas_are_those_of_counted_pixels(box, other):
    data = IoUPlayground(np.zeros((HEIGHT, WIDTH)), box, other).data
    one, two = covered(box), covered(other)
    shared, union = (one & two).sum(), (one | two).sum()
    assert (data.intersection, data.union, data.areas) == (shared, union, (one.sum(), two.sum()))
    assert covered(data.shared).sum() == shared
    around = covered([*np.minimum(box, other)[:2], *np.maximum(box, other)[2:]])
    assert covered(data.enclosing).tolist() == around.tolist() and data.around == around.sum()
    iou = shared / union if union else 0
    assert data.iou == pytest.approx(iou)
    uncovered = (around.sum() - union) / around.sum() if around.any() else 0
    assert data.giou == pytest.approx(iou - uncovered)
    if one.any() and two.any():
        np.testing.assert_allclose(decode(data.deltas[None], np.array([other]))[0], box, atol=1e-9)
    else:
        assert data.deltas is None


@pytest.mark.parametrize("size", [(9, 12), (180, 240), (80, 80), (61, 400), (300, 13)])
def test_presets_are_what_they_are_called_on_any_picture(size):
    playground = IoUPlayground(np.zeros(size))
    found = {name: playground.set(preset=name).data for name in PRESETS}
    assert found["IoU one half"].iou == 0.5
    assert found["a quarter of each"].iou == pytest.approx(1 / 7)
    touching, apart = found["touching"], found["disjoint"]
    assert touching.iou == apart.iou == 0 and -1 < apart.giou < touching.giou < 0
    assert touching.shared[0] == touching.shared[2] and touching.shared[1] < touching.shared[3]
    assert found["nested"].intersection == min(found["nested"].areas)
    assert found["identical"].iou == found["identical"].giou == 1
    assert found["one empty"].iou == 0 and found["one empty"].deltas is None


def test_a_preset_brings_its_boxes_and_moved_boxes_are_no_preset(playground):
    playground.set(preset="nested")
    assert "one lies inside the other" in live.readout(playground)
    playground.set(box=(0, 0, 20, 20))
    assert playground.state.preset == CUSTOM
    playground.set(preset=CUSTOM)
    assert playground.state.box.tolist() == [0, 0, 20, 20]
    playground.set(preset="nested", other=(0, 0, 1, 1))
    assert (playground.state.preset, playground.state.box.tolist()) == ("nested", [0, 0, 20, 20])


def test_swapping_keeps_the_iou_and_turns_the_deltas(playground):
    before = playground.set(preset="a quarter of each").data
    live.press(playground, "Swap")
    assert playground.data.iou == before.iou
    np.testing.assert_allclose(playground.data.deltas, -before.deltas)


def test_boxes_typed_by_hand(playground):
    live.find(playground, "Box x2").value = 80
    assert playground.state.box.tolist() == [40, 40, 80, 120] and playground.data.iou == 0
    assert "they share no area" in live.readout(playground)
    live.find(playground, "Other y2").value = 40
    assert "an empty box has none" in live.page(playground)
    live.find(playground, "Preset").value = "identical"
    assert live.find(playground, "Box x2").value == 180
    live.find(playground, "Box x1").value = 181
    assert live.refusal(playground) == (
        "Expected box with x1 ≤ x2 and y1 ≤ y2. Received 181, 40, 180, 140."
    )
    assert playground.data.iou == 1


@pytest.mark.parametrize("change, sentence", [
    (dict(box=[1, 2, 3]), r"Expected box as four numbers, x1, y1, x2, y2. Received shape \(3,\)."),
    (dict(box=7), r"Expected box as four numbers.* Received shape \(\)."),
    (dict(other=[[1, 2, 3, 4]]), r"Expected other as four numbers.* Received shape \(1, 4\)."),
    (dict(other="all"), "Expected other as numbers, .* Received 'all'."),
    (dict(box=[0, 0, np.nan, 4]), "Expected finite numbers as box. Received NaN or infinity."),
    (dict(box=[0, 5, 4, 4]), "Expected box with x1 ≤ x2 and y1 ≤ y2. Received 0, 5, 4, 4."),
    (dict(other=[-1, 0, 4, 4]), "Expected other within the picture, x from 0 to 240 and y from 0 "
                                "to 180. Received −1, 0, 4, 4."),
    (dict(other=[0, 0, 4, 180.5]), "within the picture.* Received 0, 0, 4, 180.5."),
    (dict(preset="half"), "Expected preset as one of IoU one half, .* Received 'half'."),
    (dict(preset=[1]), r"Expected preset as one of .* Received \[1\]."),
])  # fmt: skip
def test_impossible_boxes_are_refused_in_a_sentence(playground, change, sentence):
    state = playground.state
    with pytest.raises(ValueError, match=sentence):
        playground.set(**change)
    assert playground.state is state


@pytest.mark.parametrize("image", [
    np.zeros((8, 12)), np.zeros((9, 11)), np.zeros((20, 20, 2)), np.full((20, 20), 3.0),
    np.full((20, 20), np.nan),
])  # fmt: skip
def test_impossible_images_are_refused_in_a_sentence(image):
    with pytest.raises(ValueError, match=r"(?s)^Expected .*Received .*\.$"):
        IoUPlayground(image)


def test_a_frame_is_light_whatever_the_photograph():
    noise = np.random.default_rng(1).integers(0, 256, (700, 900, 3), np.uint8)
    playground = IoUPlayground(noise)
    (shown, numbers) = playground.views(playground.data, playground.state).values()
    # Noise is the worst that there is: photographs take a third of it.
    assert len(shown) < 200_000 and len(numbers) < 5_000
    assert 'image-rendering:auto' not in shown


def test_what_was_handed_over_may_change_afterwards():
    image, box = np.zeros((20, 30), np.uint8), np.array([1, 2, 9, 9])
    playground = IoUPlayground(image, box)
    image[:], box[:] = 255, 0
    assert playground.pixels.max() == 0 and playground.state.box.tolist() == [1, 2, 9, 9]
    assert playground.state.preset == iou_playground.CUSTOM
