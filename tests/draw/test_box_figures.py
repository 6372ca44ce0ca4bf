"""Figures of boxes: every frame where its box is, every name readable, nothing cut off."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout import assert_readable
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from course_utils import draw
from course_utils.by_hand import boxes as by_hand
from course_utils.by_hand import metrics
from course_utils.draw.boxes_on import TRUE, colour_of

RANDOM = np.random.default_rng(3)
SCENE = RANDOM.integers(0, 90, (80, 80, 3), dtype=np.uint8)
BOXES = np.array([[10, 12, 38, 44], [50, 40, 74, 79], [0, 0, 20, 20.0]])
LABELS, SCORES = [3, 0, 9], [0.5, 0.93, 0.1]
NAMES = ["cell", "a nucleus with a long name", "c", "d$x$", "e", "f", "g", "h", "i", "j"]


def frames(axes):
    """Return [(box in the axes' numbers, colour, dashed)] of all frames."""
    found = [patch for patch in axes.patches if isinstance(patch, Rectangle) and not patch.fill]
    return [(patch.get_bbox().extents, to_hex(patch.get_edgecolor()),
             patch.get_linestyle() != "solid" and patch.get_linestyle() != "-")
            for patch in found]  # fmt: skip


def in_pixels(axes, place=0):
    """Return [(box in the picture's own pixels, colour, dashed)] of the frames of a picture."""
    image = axes.images[place]
    left, right, bottom, top = image.get_extent()
    scale = (right - left) / image.get_array().shape[1]
    return [((box - [left, top, left, top]) / scale, *look) for box, *look in frames(axes)]


# --- boxes ---------------------------------------------------------------------------------------


def test_each_frame_is_where_its_box_is_in_the_colour_of_its_class():
    shown = draw.boxes_on(SCENE, BOXES, LABELS, SCORES, truths=BOXES[:2] + 1)
    found = in_pixels(shown.figure.axes[0])
    order = [2, 0, 1]  # the best is drawn last, true ones on top
    np.testing.assert_allclose([box for box, *_ in found[:3]], BOXES[order])
    assert [colour for _, colour, _ in found[:3]] == [
        colour_of(LABELS[place]).lower() for place in order
    ]
    np.testing.assert_allclose([box for box, *_ in found[3:]], BOXES[:2] + 1)
    assert [dashed for *_, dashed in found] == [False] * 3 + [True] * 2
    assert {colour for _, colour, _ in found[3:]} == {to_hex(TRUE)}


@pytest.mark.parametrize("shape", [(80, 80, 3), (80, 80), (80, 80, 1), (20, 60), (1, 1), (40, 300),
                                   (600, 450, 3), (300, 40)])  # fmt: skip
def test_pictures_of_any_size_and_their_names_can_be_read(shape):
    image = RANDOM.random(shape)
    scale = np.tile([shape[1], shape[0]], 2) / 80
    shown = draw.boxes_on(image, BOXES * scale, LABELS, SCORES, BOXES * scale, LABELS, NAMES,
                            title="A title that may be long")  # fmt: skip
    assert_readable(shown)
    left, right, bottom, top = shown.figure.axes[0].images[0].get_extent()
    assert (right - left) / (bottom - top) == pytest.approx(shape[1] / shape[0])


def test_names_and_scores_are_written():
    written = assert_readable(draw.boxes_on(SCENE, BOXES, LABELS, SCORES, BOXES, [1, 2, 0]))
    assert {"3 0.50", "0 0.93", "9 0.10", "true 1", "true 2", "true 0"} == set(written)
    assert set(assert_readable(draw.boxes_on(SCENE, BOXES, scores=SCORES))) == {
        "0.50", "0.93", "0.10",
    }  # fmt: skip
    named = assert_readable(draw.boxes_on(SCENE, BOXES, LABELS, names=NAMES))
    assert {"cell", r"d\$x\$", "j"} == set(named)
    assert assert_readable(draw.boxes_on(SCENE, BOXES)) == []


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 25), st.sampled_from([3.0, 30.0]))
def test_names_never_cover_each_other_however_many_crowd(seed, count, spread):
    rng = np.random.default_rng(seed)
    corners = np.sort(rng.normal(40, spread, (2, count, 2)), axis=0)
    boxes = np.concatenate([corners[0], corners[1]], axis=1)
    scores = rng.random(count)
    shown = draw.boxes_on(SCENE, boxes, rng.integers(0, 10, count), scores)
    written = assert_readable(shown)
    if count and (boxes[scores.argmax()] > 0).all() and (boxes[scores.argmax()] < 80).all():
        assert any(text.endswith(f" {scores.max():.2f}") for text in written)


def test_what_reaches_beyond_the_picture_is_cut_off():
    shown = draw.boxes_on(SCENE, [[-500, -500, 500, 500], [60, 60, 600, 70]])
    assert_readable(shown)
    whole = shown.figure.axes[0].images[0].get_window_extent()
    for patch in shown.figure.axes[0].patches:
        clip = patch.get_clip_box()
        assert (np.abs(clip.extents - whole.extents) <= 3).all()


def test_no_boxes_and_empty_ones():
    assert assert_readable(draw.boxes_on(SCENE, [], [], [], [], title="nothing")) == ["nothing"]
    assert len(frames(draw.boxes_on(SCENE, [[5, 5, 5, 9]]).figure.axes[0])) == 1


def test_the_description_does_not_say_what_a_model_found():
    one = draw.boxes_on(SCENE, BOXES, LABELS, SCORES, truths=BOXES, title="A scene")
    other = draw.boxes_on(SCENE, [], [], [], truths=[], title="A scene")
    assert one.description == other.description
    assert one.description == (
        "A picture (A scene): frames mark boxes, dashed frames the true ones."
    )
    assert draw.boxes_on(SCENE, BOXES).description == "A picture: frames mark boxes."
    assert draw.boxes_on(SCENE, BOXES, description="words").description == "words"
    assert one.png() == one.png()


def test_many_scenes_side_by_side():
    counts = [0, 1, 3, 2, 3]
    images = [SCENE, SCENE[:40], SCENE[:, :40], SCENE, SCENE]
    shown = draw.boxes_on_each(
        images, [BOXES[:n] for n in counts], [LABELS[:n] for n in counts],
        [SCORES[:n] for n in counts], [BOXES[:1]] * 5, titles=[f"scene {n}" for n in range(5)],
        columns=3,
    )  # fmt: skip
    written = assert_readable(shown)
    assert {f"scene {n}" for n in range(5)} <= set(written)
    extents = [image.get_extent() for image in shown.figure.axes[0].images]
    assert len({top for *_, top in extents}) == 2
    for (_, right, _, top), (left, _, _, next_top) in zip(extents, extents[1:]):
        assert top != next_top or right < left
    assert len(frames(shown.figure.axes[0])) == sum(counts) + 5
    assert "5 pictures side by side (scene 0, scene 1" in shown.description


@pytest.mark.parametrize("arguments, said", [
    ((SCENE[0, 0], BOXES), "picture of shape"), ((SCENE, [[5, 0, 2, 2]]), "x1 ≤ x2"),
    ((SCENE, BOXES, [1]), "one label for each of 3 boxes"),
    ((SCENE, BOXES, LABELS, [1]), "one score for each of 3 boxes"),
    ((SCENE, BOXES, LABELS, SCORES, [[0, 0, 1]]), "truths of shape"),
    ((SCENE, BOXES, LABELS, SCORES, BOXES, [1]), "one label for each of 3 boxes"),
    ((SCENE, BOXES, LABELS, SCORES, None, None, ["a"]), "name for each class up to 9. Received 1"),
    ((SCENE * 2.0, BOXES), "values from 0 to 1"),
])  # fmt: skip
def test_what_does_not_fit_is_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        draw.boxes_on(*arguments)


def test_lists_of_scenes_are_counted():
    with pytest.raises(ValueError, match="at least one picture"):
        draw.boxes_on_each([], [])
    with pytest.raises(ValueError, match="one entry of labels for each of 2 pictures. Received 1"):
        draw.boxes_on_each([SCENE] * 2, [BOXES] * 2, [LABELS])


# --- pairs ---------------------------------------------------------------------------------------

FIRST = np.array([[0, 0, 4, 4]] * 6)
SECOND = np.array([[0, 0, 4, 4], [2, 0, 6, 4], [4, 0, 8, 4], [5, 5, 9, 9], [1, 1, 3, 3], [9] * 4])


def test_pairs_say_what_they_share():
    shown = draw.box_pairs(FIRST, SECOND, [f"pair {n}" for n in range(6)], columns=4)
    written = assert_readable(shown)
    for place, value in enumerate(np.diag(by_hand.iou(FIRST, SECOND))):
        assert written[place].startswith(f"pair {place}\nIoU = ")
        assert written[place].endswith(f"= {value:.2f}")
        assert f"= {value:.2f}" in shown.description
    shaded = [patch for patch in shown.figure.axes[0].patches if patch.fill]
    assert len(shaded) == 3  # three pairs share an area


def test_pairs_keep_one_scale_and_stay_in_their_panels():
    shown = draw.box_pairs(FIRST, SECOND)
    solid = [box for box, _, dashed in frames(shown.figure.axes[0]) if not dashed]
    dashed = [box for box, _, dashed in frames(shown.figure.axes[0]) if dashed]
    sides = np.array([[box[2] - box[0], box[3] - box[1]] for box in solid])
    np.testing.assert_allclose(sides, sides[0, 0])
    scale = sides[0, 0] / 4
    for one, other, first, second in zip(solid, dashed, FIRST, SECOND):
        np.testing.assert_allclose(other[:2] - one[:2], (second - first)[:2] * scale, atol=1e-6)
    width, height = shown.figure.get_size_inches() * shown.figure.dpi
    assert min(box.min() for box in solid + dashed) >= 0
    assert all(box[2] <= width and box[3] <= height for box in solid + dashed)


@pytest.mark.parametrize("boxes, others, titles", [
    ([[1, 1, 1, 1]], [[1, 1, 1, 1]], ["a point"]),
    ([[0, 0, 900.5, 1234]], [[5, 5, 777, 999]], None),
    ([[0, 0, 1, 1]] * 2, [[0, 0, 0.5, 1]] * 2, ["a title that needs more than a single line"] * 2),
])  # fmt: skip
def test_any_pair_can_be_read(boxes, others, titles):
    assert_readable(draw.box_pairs(boxes, others, titles))


@pytest.mark.parametrize("boxes, others, titles", [([], [], None), (FIRST, SECOND[:2], None),
                                                   (FIRST, SECOND, ["one"])])  # fmt: skip
def test_pairs_are_pairs(boxes, others, titles):
    with pytest.raises(ValueError, match="Expected pairs: as many boxes as others"):
        draw.box_pairs(boxes, others, titles)


def test_a_question_does_not_hold_its_answer():
    shown = draw.box_pairs(FIRST, SECOND, list("abcdef")[: len(FIRST)], answer=False)
    words = " ".join(text.get_text() for text in shown.figure.texts) + shown.description
    assert "IoU" not in words and "a; b" in shown.description
    with pytest.raises(ValueError, match="titles None"):
        draw.box_pairs(FIRST, SECOND, answer=False)


# --- anchors -------------------------------------------------------------------------------------

ANCHORS = by_hand.anchor_grid(80, 80, 16, sizes=[16, 32], ratios=[0.5, 1, 2])


def legend(shown):
    return [text.get_text() for text in shown.figure.legends[0].get_texts()]


def test_anchors_at_one_centre():
    shown = draw.anchors_on(SCENE, ANCHORS, title="Anchors")
    assert assert_readable(shown) == ["Anchors"]
    assert legend(shown) == ["centres: 25, of 150 anchors", "shapes at one centre: 6"]
    axes = shown.figure.axes[0]
    found = np.array([box for box, *_ in frames(axes)])
    np.testing.assert_allclose((found[:, :2] + found[:, 2:]) / 2, [[40, 40]] * 6)
    assert len(axes.lines[0].get_xdata()) == 25
    assert all(word in shown.description for word in legend(shown))


def test_matched_and_ignored_anchors_and_true_boxes():
    matches = by_hand.match(by_hand.iou(ANCHORS, BOXES))
    shown = draw.anchors_on(SCENE, ANCHORS, matches, BOXES)
    assert_readable(shown)
    found = [box for box, *_ in frames(shown.figure.axes[0])]
    expected = [ANCHORS[matches == by_hand.IGNORED], ANCHORS[matches >= 0], BOXES]
    np.testing.assert_allclose(found, np.concatenate(expected))
    assert legend(shown)[1:] == [
        f"{name}: {len(some)}"
        for name, some in zip(("ignored", "matched with an object", "true boxes"), expected)
    ]


def test_anchors_that_match_nothing():
    nothing = np.full(len(ANCHORS), by_hand.BACKGROUND)
    assert legend(draw.anchors_on(SCENE, ANCHORS, nothing)) == ["centres: 25, of 150 anchors"]


@pytest.mark.parametrize("shape", [(40, 120), (120, 40, 3), (300, 451, 3)])
def test_a_legend_stands_below_a_picture_of_any_shape(shape):
    anchors = by_hand.anchor_grid(*shape[:2], 20, [20], [1])
    shown = draw.anchors_on(RANDOM.random(shape), anchors, title="A title of many words, " * 3)
    assert_readable(shown)
    box, whole = shown.figure.legends[0].get_window_extent(), shown.figure.bbox
    assert box.y0 >= -1 and box.x0 >= -1 and box.x1 <= whole.x1 + 1
    assert box.y1 <= shown.figure.axes[0].get_window_extent().y0 + 1


@pytest.mark.parametrize("anchors, matches, said", [
    ([], None, "at least one anchor"), (ANCHORS, [0], "one whole number for each of 150 anchors"),
    (ANCHORS, np.zeros(150), "Received float64"), (ANCHORS, np.full(150, -3), "-1 or -2"),
    ([[3, 0, 1, 1]], None, "anchors with x1 ≤ x2"),
])  # fmt: skip
def test_anchors_that_do_not_fit_are_refused(anchors, matches, said):
    with pytest.raises(ValueError, match=said):
        draw.anchors_on(SCENE, anchors, matches)


# --- average precision ---------------------------------------------------------------------------

CORRECT = [True, True, False, True, False, False, True, False]
MARKS = [0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4]


def test_average_precision_is_drawn_from_its_readings():
    shown = draw.precision_staircase(CORRECT, MARKS, 5)
    written = assert_readable(shown)
    value = metrics.average_precision(np.array(CORRECT), np.array(MARKS), 5)
    assert f"AP = {value:.3f}" in written and f"{value:.3f}" in shown.description
    assert {"1", "2", "3", "4", "5", "7", "8"} <= set(written)
    curves = {len(line.get_xdata()): line.get_ydata() for line in shown.figure.axes[0].lines}
    assert curves[101].mean() == pytest.approx(value)
    np.testing.assert_allclose(curves[8], np.cumsum(CORRECT) / np.arange(1, 9))
    assert "right, right, wrong, right" in shown.description


@pytest.mark.parametrize("correct, count", [
    ([], 3), ([True], 1), ([False], 1), ([False, True], 1), ([True] * 5, 5), ([False] * 6, 2),
    ([True, False] * 30, 40), ([True] + [False] * 19, 2), ([True, False] * 10, 10),
])  # fmt: skip
def test_any_curve_can_be_read(correct, count):
    marks = np.linspace(1, 0.1, len(correct))
    shown = draw.precision_staircase(correct, marks, count)
    assert_readable(shown)
    assert shown.description.startswith(f"Precision over recall of {len(correct)} detections")


def test_the_order_is_that_of_the_scores():
    shown = draw.precision_staircase([False, True], [0.1, 0.9], 1)
    assert "right, wrong. AP, the mean of 101 readings: 1.000" in shown.description


@pytest.mark.parametrize("count", [0, 3])
def test_more_right_ones_than_objects_are_refused(count):
    with pytest.raises(ValueError, match="at most one right"):
        draw.precision_staircase(CORRECT, MARKS, count)
    with pytest.raises(ValueError, match="at least 1 true object"):
        draw.precision_staircase([False], [0.5], 0)
