"""Lesson 05's exercises: slips as students write them, wrong answers, the cases, and oracles."""

import numpy as np
import pytest
from asking import require_slips_apart
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.by_hand import boxes as by_hand
from course_utils.by_hand.convolution import output_size
from course_utils.by_hand.metrics import average_precision, detection_curve
from course_utils.exercises import lesson_05, recording
from course_utils.exercises.answer_book import expected_outcomes, known_slips
from course_utils.exercises.answers import lesson_05 as answers

EXERCISES = {item.name: item for item in recording.exercises_of(lesson_05)}
RIGHT, OBJECTS = lesson_05._RIGHT, lesson_05._OBJECTS
SCORES = np.linspace(0.9, 0.4, len(RIGHT))


# --- slips --------------------------------------------------------------------------------------


def windows(tops, lefts, size):
    return [[x, y, x + size, y + size] for y in tops for x in lefts]


def return_inside_the_loop(height, width, size, stride):
    boxes = []
    for y in range(0, height - size + 1, stride):
        for x in range(0, width - size + 1, stride):
            boxes.append((x, y, x + size, y + size))
        return boxes


def area(box):
    return (box[2] - box[0]) * (box[3] - box[1])


def shared(box, other, least=0):
    width = max(least, min(box[2], other[2]) - max(box[0], other[0]))
    return width * max(least, min(box[3], other[3]) - max(box[1], other[1]))


def written_over(overlaps, positive, negative):
    tasks = overlaps.argmax(axis=1)
    tasks[overlaps.max(axis=1) < negative] = -1
    tasks[overlaps.max(axis=1) < positive] = -2
    return tasks


def greedy(boxes, order, goes):
    """Keep the places of an order of which no kept one says that they go."""
    stay = []
    for place in order:
        if not any(goes(by_hand.iou(boxes[[k]], boxes[[place]])[0, 0]) for k in stay):
            stay.append(place)
    return stay


def first_round_only(boxes, scores, threshold):
    order = scores.argsort()[::-1]
    rest = order[1:][by_hand.iou(boxes[order[:1]], boxes[order[1:]])[0] <= threshold]
    return np.r_[order[0], rest]


def gone_by_any_better(boxes, scores, threshold):
    stay = []
    for place in (-scores).argsort():
        better = scores > scores[place]
        if (by_hand.iou(boxes[[place]], boxes[better]) <= threshold).all():
            stay.append(place)
    return stay


def parts(box):
    return (box[:2] + box[2:]) / 2, box[2:] - box[:2]


# Slips as students write them, each with words of what the check has to say.
SLIPS_IN_OTHER_WORDS = [
    ("windows_of", lambda h, w, s, t: windows(range(0, h - s, t), range(0, w - s, t), s), "last"),
    ("windows_of", lambda h, w, s, t: windows(np.arange(0, h, t), np.arange(0, w, t), s), "beyond"),
    ("windows_of", lambda h, w, s, t: [[x, y, x + s, y + s] for x in range(0, w - s + 1, t)
                                       for y in range(0, h - s + 1, t)], "column by column"),
    ("windows_of", lambda h, w, s, t: [[y, x, y + s, x + s] for y in range(0, h - s + 1, t)
                                       for x in range(0, w - s + 1, t)], "y stands before x"),
    ("windows_of", lambda h, w, s, t: windows(range(0, w - s + 1, t), range(0, h - s + 1, t), s),
     "height and width"),
    ("windows_of", lambda h, w, s, t: windows(range(h - s + 1), range(w - s + 1), s), "stride is f"),
    ("windows_of", return_inside_the_loop, "inside a loop"),
    ("overlap", lambda b, o: shared(b, o, -99) / (area(b) + area(o) - shared(b, o, -99)), "apart"),
    ("overlap", lambda b, o: shared(b, o) / (area(b) + area(o)), "counts twice"),
    ("overlap", lambda b, o: shared(b, o) / min(area(b), area(o)), "smaller area"),
    ("overlap", lambda b, o: shared(b, o) / area(b), "the first box"),
    ("overlap", lambda b, o: shared(b, o), "divide it by the union"),
    ("overlap", lambda b, o: 2 * shared(b, o) / (area(b) + area(o)), "Dice"),
    ("task_of", lambda o, p, n: np.where(o.max(1) > p, o.argmax(1), np.where(o.max(1) < n, -1, -2)),
     "at least"),
    ("task_of", lambda o, p, n: np.where(o.max(1) >= p, o.argmax(1), -1), "in between are backgr"),
    ("task_of", lambda o, p, n: np.where(o.max(1) >= p, o.argmax(1), -2), "write over"),
    ("task_of", written_over, "write over the background"),
    ("task_of", lambda o, p, n: by_hand.match(o, p, n), "that rule is left aside"),
    ("task_of", lambda o, p, n: np.argmax(o, axis=1), "thresholds decide first"),
    ("task_of", lambda o, p, n: np.argmax(o, axis=0), "anchor is sought"),
    ("suppress", lambda b, s, t: greedy(b, range(len(b)), lambda o: o > t), "in which they stand"),
    ("suppress", lambda b, s, t: greedy(b, s.argsort(), lambda o: o > t), "lowest score"),
    ("suppress", lambda b, s, t: greedy(b, (-s).argsort(), lambda o: o >= t), "at the threshold"),
    ("suppress", first_round_only, "only the best box"),
    ("suppress", gone_by_any_better, "a box that *stays*"),
    ("suppress", lambda b, s, t: by_hand.nms(b[np.argsort(-s)], np.sort(s)[::-1], t), "sorted list"),
    ("suppress", lambda b, s, t: b[by_hand.nms(b, s, t)], "the boxes are returned"),
    ("suppress", lambda b, s, t: sorted(by_hand.nms(b, s, t)), "not in the order"),
    ("on_paper", 0.792, "never found"),
    ("on_paper", 0.79, "never found"),
    ("on_paper", 0.617, "or a higher one"),
    ("on_paper", 0.697, "all six"),
    ("on_paper", 0.49, "lowest precision"),
    ("on_paper", 0.767, "4/5"),
    ("on_paper", 3.17, "height times width"),
    ("on_paper", 0.637, "101 recalls"),
    ("on_paper", 63.3, "percent"),
    ("to_deltas", lambda b, a: [*(parts(b)[0] - parts(a)[0]), *np.log(parts(b)[1] / parts(a)[1])],
     "by pixels"),
    ("to_deltas", lambda b, a: [*((b - a)[:2] / parts(a)[1]), *np.log(parts(b)[1] / parts(a)[1])],
     "upper left corner"),
    ("to_deltas", lambda b, a: [*((parts(b)[0] - parts(a)[0]) / parts(a)[1]),
                                *(parts(b)[1] / parts(a)[1])], "the logarithm is missing"),
    ("to_deltas", lambda b, a: by_hand.encode(a[None], b[None])[0], "mixed up"),
    ("to_deltas", lambda b, a: by_hand.encode(b[None], a[None])[0, [1, 0, 3, 2]], "y stands"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answer", "words"), SLIPS_IN_OTHER_WORDS)
def test_slips_written_differently_are_named(name, answer, words):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "not yet" and words.lower() in verdict.slip.lower(), verdict


@pytest.mark.parametrize("name", EXERCISES)
def test_no_two_slips_are_alike(name):
    """What one slip gives is never taken for another one."""
    require_slips_apart(EXERCISES[name])


# --- no check accepts any answer ----------------------------------------------------------------

WRONG_ANSWERS = [
    ("windows_of", lambda h, w, s, t: [[0, 0, w, h]]),
    ("windows_of", lambda h, w, s, t: windows(range(0, h - s + 1, t), range(0, w - s + 1, t), t)),
    ("overlap", lambda b, o: np.hypot(*(parts(b)[0] - parts(o)[0]))),
    ("overlap", lambda b, o: area(b) / area(o)),
    ("task_of", lambda o, p, n: np.full(len(o), -1)),
    ("task_of", lambda o, p, n: o.max(axis=1)),
    ("suppress", lambda b, s, t: np.arange(len(b))),
    ("suppress", lambda b, s, t: np.argsort(-s)[:2]),
    ("on_paper", 0.0),
    ("on_paper", 1.0),
    ("on_paper", 0.67),
    ("to_deltas", lambda b, a: b - a),
    ("to_deltas", lambda b, a: np.zeros(4)),
]


@pytest.mark.parametrize(("name", "answer"), WRONG_ANSWERS)
def test_other_wrong_answers_fail_with_expected_and_received(name, answer):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "not yet"
    assert "xpected" in verdict.message and "received" in verdict.message


def suppress_in_place(boxes, scores, threshold):
    stay = []
    while (scores > 0).any():
        stay.append(scores.argmax())
        scores[by_hand.iou(boxes[[stay[-1]]], boxes)[0] > threshold] = 0
    return stay


def task_of_in_place(overlaps, positive, negative):
    tasks = answers.task_of(overlaps, positive, negative)
    overlaps[overlaps < negative] = 0
    return tasks


def to_deltas_in_place(box, anchor):
    deltas = answers.to_deltas(box, anchor)
    box -= anchor
    return deltas


@pytest.mark.parametrize(
    ("answer", "argument"),
    [(suppress_in_place, "scores"), (task_of_in_place, "overlaps"), (to_deltas_in_place, "box")],
)
def test_an_argument_that_is_changed_in_place_is_told(answer, argument):
    verdict = EXERCISES[answer.__name__.removesuffix("_in_place")].judge(answer)
    assert verdict.outcome == "not yet"
    assert f"changes its argument `{argument}` in place" in verdict.message


def test_paper_is_forgiven_more_decimals_and_no_other_number():
    for value in (answers.on_paper, lesson_05._area(), round(lesson_05._area(), 3)):
        assert lesson_05.on_paper.judge(value).outcome == "right"
    for hundredths in range(101):
        value = hundredths / 100
        expected = "right" if value == answers.on_paper else "not yet"
        verdict = lesson_05.on_paper.judge(value)
        assert verdict.outcome == expected
        assert value == answers.on_paper or str(answers.on_paper) not in str(verdict)


# --- the cases ----------------------------------------------------------------------------------


def test_the_cases_hold_what_they_are_to_try():
    """Each rule of an exercise matters in some case."""
    rests = [((one["height"] - one["size"]) % one["stride"], (one["width"] - one["size"])
              % one["stride"]) for one in lesson_05.windows_of.cases]  # fmt: skip
    assert (0, 0) in rests and any(one[0] and one[1] for one in rests)
    sides = [answers._sides(**one) for one in lesson_05.overlap.cases]
    assert any((one < 0).all() for one in sides)  # two negatives make a positive
    assert any(one.min() < 0 < one.max() for one in sides)
    assert any(one.min() == 0 < one.max() for one in sides)
    tasks = np.concatenate([one.numbers for one in expected_outcomes(lesson_05.task_of)])
    assert {-2, -1, 0, 1, 2} == set(tasks)
    expected = expected_outcomes(lesson_05.suppress)
    suppressed = [len(case["boxes"]) - len(outcome.numbers)
                  for case, outcome in zip(lesson_05.suppress.cases, expected)]  # fmt: skip
    assert 0 in suppressed and max(suppressed) >= 2


@pytest.mark.parametrize(
    ("name", "limit"), [("task_of", "positive"), ("task_of", "negative"), ("suppress", "threshold")]
)
def test_a_value_is_exactly_at_a_threshold_or_far_from_it(name, limit):
    """So that float32, and sums in another order, decide as float64 does."""
    ties = 0
    for case in EXERCISES[name].cases:
        values = case["overlaps"] if name == "task_of" else by_hand.iou(*[case["boxes"]] * 2)
        away = np.abs(values - case[limit])
        assert (away[away > 0] > 0.009).all()
        assert (away > 0).all() or np.float32(case[limit]) == case[limit]
        ties += (away == 0).sum()
    assert ties >= 1


def test_one_answer_is_right_in_each_case():
    for case in lesson_05.suppress.cases:
        assert len(np.unique(case["scores"])) == len(case["scores"]) == len(case["boxes"])
    for case in lesson_05.task_of.cases:
        ordered = np.sort(case["overlaps"], axis=1)
        some = ordered[:, -1] > 0
        assert ordered.shape[1] == 1 or (ordered[some, -1] > ordered[some, -2]).all()


# --- oracles, and what the exercises' last sentences say ------------------------------------------


def random_boxes(seed, count, least=1.0):
    generator = np.random.default_rng(seed)
    corners = generator.uniform(0, 30, (count, 2))
    return np.hstack([corners, corners + generator.uniform(least, 20, (count, 2))])


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 12), st.integers(1, 9))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_windows_are_those_of_a_convolution(height, width, size, stride):
    size = min(size, height, width)
    boxes = answers.windows_of(height, width, size, stride)
    rows, columns = output_size(height, size, stride), output_size(width, size, stride)
    assert len(boxes) == rows * columns
    places = np.arange(height * width).reshape(height, width)
    slid = np.lib.stride_tricks.sliding_window_view(places, (size, size))[::stride, ::stride]
    for (x1, y1, x2, y2), window in zip(boxes, slid.reshape(-1, size, size), strict=True):
        np.testing.assert_array_equal(places[y1:y2, x1:x2], window)


def test_overlap_is_that_of_keras():
    bounding_boxes = pytest.importorskip("keras").utils.bounding_boxes
    boxes, others = random_boxes(1, 30), random_boxes(2, 30)
    ours = [answers.overlap(box, other) for box, other in zip(boxes, others)]
    theirs = np.array(bounding_boxes.compute_iou(boxes, others, "xyxy")).diagonal()
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
    np.testing.assert_allclose(ours, by_hand.iou(boxes, others).diagonal())
    assert min(ours) == 0 and max(ours) > 0.2


@given(st.integers(0, 10_000), st.floats(0.3, 0.9), st.floats(0, 0.3))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_tasks_are_those_of_the_lesson_without_its_last_rule(seed, positive, negative):
    overlaps = np.random.default_rng(seed).random((7, 3))
    tasks = answers.task_of(overlaps, positive, negative)
    np.testing.assert_array_equal(tasks, by_hand.match(overlaps, positive, negative, force=False))


def test_tasks_are_those_of_keras_cv():
    pytest.importorskip("keras_cv")
    from keras_cv.layers import BoxMatcher

    overlaps = np.random.default_rng(3).random((50, 3)).astype("float32") ** 2
    matcher = BoxMatcher([0.4, 0.6], [-1, -2, 1], force_match_for_each_col=False)
    objects, values = (np.array(one) for one in matcher(overlaps))
    theirs = np.where(values > 0, objects, values)
    assert len(np.unique(theirs)) == 5
    np.testing.assert_array_equal(answers.task_of(overlaps, 0.6, 0.4), theirs)


def test_most_anchors_of_a_picture_are_background():
    boxes = random_boxes(4, 3, least=12)
    anchors = by_hand.anchor_grid(60, 60, 4, (12, 20), (1,))
    tasks = answers.task_of(by_hand.iou(anchors, boxes), 0.5, 0.4)
    assert (tasks == -1).mean() > 0.5


@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.5, 0.8])
def test_suppress_is_that_of_tensorflow(threshold):
    tf = pytest.importorskip("tensorflow")
    for seed in range(5):
        boxes, scores = random_boxes(seed, 20), np.random.default_rng(seed).permutation(20) / 20
        ours = answers.suppress(boxes, scores, threshold)
        theirs = tf.image.non_max_suppression(boxes, scores, 20, threshold)
        np.testing.assert_array_equal(ours, theirs)
        np.testing.assert_array_equal(ours, by_hand.nms(boxes, scores, threshold))


def test_tensorflow_decides_the_cases_alike():
    tf = pytest.importorskip("tensorflow")
    for case, outcome in zip(lesson_05.suppress.cases, expected_outcomes(lesson_05.suppress)):
        boxes, scores = case["boxes"].astype("f4"), case["scores"]
        theirs = tf.image.non_max_suppression(boxes, scores, len(boxes), case["threshold"])
        np.testing.assert_array_equal(outcome.numbers, theirs)


def test_a_box_that_has_gone_takes_no_others_with_it():
    case = lesson_05.suppress.cases[1]
    table = by_hand.iou(case["boxes"], case["boxes"])
    assert answers.suppress(**case) == [1, 0]  # 2 goes because of 1, and only 2 overlaps 0 so much
    assert table[2, 0] > case["threshold"] > table[1, 0]


def test_the_area_is_nearly_the_mean_at_101_recalls():
    precision, recall = detection_curve(RIGHT, SCORES, OBJECTS)
    edges = np.unique([0, *recall, 1])
    heights = [precision[recall >= edge].max(initial=0) for edge in edges[1:]]
    area_below = np.sum(np.diff(edges) * heights)
    assert lesson_05._area() == pytest.approx(area_below)
    assert answers.on_paper == round(area_below, 2)
    mean = average_precision(RIGHT, SCORES, OBJECTS)
    assert 0 < abs(mean - area_below) < 0.01
    slip = next(s for s in known_slips(lesson_05.on_paper) if "101" in s.name)
    assert slip.outcomes[0].numbers == round(mean, 2)


def test_the_hints_count_the_steps_of_the_table():
    assert RIGHT.sum() == 4 and OBJECTS == 5 and len(RIGHT) == 6
    assert (RIGHT == answers._RIGHT).all() and answers._OBJECTS == OBJECTS
    assert "four of the five are reached" in lesson_05.on_paper.hints[0]


def test_deltas_are_those_of_keras():
    bounding_boxes = pytest.importorskip("keras").utils.bounding_boxes
    boxes, anchors = random_boxes(5, 30), random_boxes(6, 30)
    ours = np.array([answers.to_deltas(*pair) for pair in zip(boxes, anchors)])
    theirs = bounding_boxes.encode_box_to_deltas(
        anchors.astype("f4"), boxes.astype("f4"), "xyxy", "xyxy", image_shape=(60, 60, 3)
    )
    np.testing.assert_allclose(ours[:, [1, 0, 3, 2]], theirs, atol=1e-4)  # Keras: y first
    np.testing.assert_allclose(ours, by_hand.encode(boxes, anchors), atol=1e-12)
    np.testing.assert_allclose(by_hand.decode(ours, anchors), boxes)


def test_pixels_drop_out_of_deltas():
    for box, anchor in zip(random_boxes(7, 10), random_boxes(8, 10)):
        deltas = answers.to_deltas(box, anchor)
        np.testing.assert_allclose(answers.to_deltas(2 * box, 2 * anchor), deltas, atol=1e-12)
        np.testing.assert_allclose(answers.to_deltas(box + 9, anchor + 9), deltas, atol=1e-12)
