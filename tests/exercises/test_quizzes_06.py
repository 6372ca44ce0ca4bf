"""Lesson 06's questions: their answers hold against counts, NumPy, Keras and pycocotools."""

import numpy as np
import pytest
from asking import explanation, right_text

from course_utils.by_hand import roi_align as by_hand
from course_utils.by_hand.boxes import iou
from course_utils.exercises import Quiz, lesson_06

QUIZZES = {name: item for name, item in vars(lesson_06).items() if isinstance(item, Quiz)}


def test_the_lesson_has_its_questions_and_no_favourite_place():
    assert set(QUIZZES) == {
        "quiz_shared_work", "quiz_objectness", "quiz_one_sample", "quiz_next_step",
        "quiz_one_stage",
    }  # fmt: skip
    assert all(len(quiz.options) == 4 for quiz in QUIZZES.values())
    places = [letter for quiz in QUIZZES.values() for letter, o in quiz.options.items() if o.right]
    assert len(set(places)) == 4 and max(places.count(letter) for letter in places) <= 2


# --- quiz_shared_work -----------------------------------------------------------------------------


def test_pixels_lie_in_many_proposals():
    """The regions of the coffee photograph, coarse and fine, as the lesson finds them."""
    from course_utils.datasets import load_photograph

    measure = pytest.importorskip("skimage.measure")
    segmentation = pytest.importorskip("skimage.segmentation")
    photograph, often = load_photograph("coffee"), 0
    for scale in (300, 900):
        regions = segmentation.felzenszwalb(photograph, scale=scale, sigma=0.8, min_size=200)
        looks = np.zeros(photograph.shape[:2], int)
        for region in measure.regionprops(regions + 1):
            top, left, bottom, right = region.bbox
            looks[top:bottom, left:right] += min(bottom - top, right - left) >= 60
        often = often + looks
    assert often.mean() > 3
    told = explanation(lesson_06.quiz_shared_work, right_text(lesson_06.quiz_shared_work))
    assert "once for each proposal that it lies in" in told


def test_a_feature_map_of_the_whole_serves_its_pieces():
    """Away from the borders, the maps of a piece are a piece of the maps."""
    keras = pytest.importorskip("keras")
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Conv2D(4, 3, activation="relu") for _ in range(2)]
    picture = np.random.default_rng(0).random((1, 20, 24, 3), "float32")
    of_whole, of_piece = picture, picture[:, 5:16, 7:19]
    for layer in layers:
        of_whole, of_piece = layer(of_whole), layer(of_piece)
    np.testing.assert_allclose(of_piece, np.array(of_whole)[:, 5:12, 7:15], rtol=1e-4, atol=1e-5)


def test_pairs_of_boxes_cost_little_beside_a_look_of_the_network():
    from course_utils.models.efficientnet_lite import load_efficientnet_lite0

    quiz = lesson_06.quiz_shared_work
    assert "150 proposals" in quiz.question
    divisions = 150 * 149 // 2
    assert 10_000 < divisions < 12_000
    convolutions = [layer for layer in load_efficientnet_lite0().layers
                    if len(layer.output.shape) == 4 and hasattr(layer, "kernel")]  # fmt: skip
    products = sum(np.prod(layer.output.shape[1:3]) * np.prod(layer.kernel.shape)
                   for layer in convolutions)  # fmt: skip
    assert 200_000_000 < products < 1_000_000_000
    told = explanation(quiz, "The IoU of all pairs")
    assert "some ten thousand divisions" in told and "hundreds of millions of products" in told


# --- quiz_objectness ------------------------------------------------------------------------------

SHOWS, ANCHORS = 6, 400


def mean_cross_entropy(probability, shows=SHOWS, anchors=ANCHORS):
    share = shows / anchors
    return -share * np.log(probability) - (1 - share) * np.log(1 - probability)


def test_the_share_of_positives_makes_the_loss_least():
    quiz = lesson_06.quiz_objectness
    assert f"of {ANCHORS} anchors, {SHOWS} show" in quiz.question
    probabilities = np.linspace(0.001, 0.999, 999)
    best = probabilities[np.argmin(mean_cross_entropy(probabilities))]
    assert best == pytest.approx(SHOWS / ANCHORS) and right_text(quiz).startswith(f"{best:g},")
    told = explanation(quiz, right_text(quiz))
    assert f"{SHOWS}/{ANCHORS}" in told
    assert f"64 that are drawn, the {SHOWS} are {SHOWS / 64:.0%}".replace("%", " %") in told


def test_a_half_costs_more_and_nothing_at_all_costs_infinitely():
    keras = pytest.importorskip("keras")
    quiz = lesson_06.quiz_objectness
    labels = np.array([1.0] * SHOWS + [0] * (ANCHORS - SHOWS))
    loss = keras.losses.BinaryCrossentropy()
    assert float(loss(labels, np.full(ANCHORS, 0.5))) == pytest.approx(0.69, abs=0.005)
    assert mean_cross_entropy(0.5) > 5 * mean_cross_entropy(SHOWS / ANCHORS)
    half = explanation(quiz, "0.5")
    assert "0.69" in half and f"right {ANCHORS - SHOWS} times, wrong {SHOWS}" in half
    with np.errstate(divide="ignore"):
        assert np.log(0.0) == -np.inf
    assert "logarithm of 0 is minus infinity" in explanation(quiz, "0: ")


def test_training_a_bias_alone_leads_there():
    """The slope of the loss for one shared logit is 0 at the share of positives."""
    tf = pytest.importorskip("tensorflow")
    losses = pytest.importorskip("course_utils.models.detector.losses")
    shows = tf.constant([[1.0] * SHOWS + [0] * (ANCHORS - SHOWS)])
    logit = tf.Variable(0.0)
    for _ in range(200):
        with tf.GradientTape() as tape:
            loss = losses.objectness_loss(shows, logit * tf.ones_like(shows), shows >= 0)
        logit.assign_sub(20 * tape.gradient(loss, logit))
    assert float(tf.sigmoid(logit)) == pytest.approx(SHOWS / ANCHORS, abs=0.001)


def test_the_first_stage_has_one_logit_for_an_anchor():
    networks = pytest.importorskip("course_utils.models.detector.networks")
    objectness, _ = networks.build_rpn(8, shapes=4)(np.zeros((1, 10, 10, 8), "float32"))
    assert tuple(objectness.shape) == (1, 400)
    assert "the first stage is not asked" in explanation(lesson_06.quiz_objectness, "0.1")


# --- quiz_one_sample ------------------------------------------------------------------------------

BOX = np.array([[2.7, 4.6, 8.0, 9.5]])  # the lesson's, in cells


def ramp():
    return np.tile(np.arange(12) + 0.5, (12, 1))[..., np.newaxis]


def test_on_a_ramp_one_sample_is_enough_and_where_a_map_bends_it_is_not():
    one, four = (by_hand.roi_align(ramp(), BOX, 3, samples)[..., 0] for samples in (1, 2))
    np.testing.assert_allclose(one, four)
    bent = ramp() ** 2
    one, four = (by_hand.roi_align(bent, BOX, 3, samples)[..., 0] for samples in (1, 2))
    assert abs(one - four).min() > 0.05
    assert right_text(lesson_06.quiz_one_sample).startswith("On a straight line")


def test_one_sample_can_miss_a_peak():
    bins = []
    for row in range(12):
        for column in range(12):
            peak = np.zeros((12, 12, 1))
            peak[row, column] = 1
            one, four = (by_hand.roi_align(peak, BOX, 3, samples) for samples in (1, 2))
            bins.append(((one == 0) & (four > 0)).any())
    assert any(bins)
    assert "can miss a cell" in explanation(lesson_06.quiz_one_sample, "One sample is always")


def test_the_samples_of_a_bin_read_different_cells():
    widths = (BOX[0, 2:] - BOX[0, :2]) / 3
    assert (widths > 1).all()
    places = by_hand.sample_places(BOX[:, 0], BOX[:, 2], 3, 2)
    before, _, _ = by_hand.neighbours(places, 12)
    assert (np.diff(before.reshape(3, 2)) > 0).any()
    assert "wider than a cell" in explanation(lesson_06.quiz_one_sample, "All samples of a bin")


# --- quiz_next_step -------------------------------------------------------------------------------


def scores_of(spoil):
    """Return AP50 and AP75 of 40 found objects in 20 pictures, after a change to what was found."""
    judge = pytest.importorskip("course_utils.judge")
    pytest.importorskip("pycocotools")
    generator = np.random.default_rng(0)
    truths, labels, found = [], [], []
    for _ in range(20):
        corners = np.array([[5.0, 5], [45, 45]]) + generator.uniform(0, 5, (2, 2))
        truths.append(np.hstack([corners, corners + 25]))
        labels.append(generator.integers(0, 2, 2))
        found.append((truths[-1].copy(), generator.uniform(0.5, 1, 2), labels[-1].copy()))
    found = [spoil(*one, generator) for one in found]
    scores = judge.coco_scores(truths, labels, *zip(*found))
    return scores["AP50"], scores["AP75"]


def moved(boxes, scores, labels, generator):
    """Move the boxes so that each overlaps its object by an IoU of 0.6 or so, or fits well."""
    way = generator.choice([1, 5.5], len(boxes), p=[0.4, 0.6])
    return boxes + way[:, np.newaxis] * [1, 0, 1, 0], scores, labels


def renamed(boxes, scores, labels, generator):
    wrong = generator.random(len(labels)) < 0.4
    return boxes, scores, np.where(wrong, 1 - labels, labels)


def doubled(boxes, scores, labels, generator):
    """Find each object twice; the second box is a little off, and surer than some first ones."""
    return np.vstack([boxes, boxes + 1]), np.append(scores, scores * 0.95), np.tile(labels, 2)


def test_poor_places_alone_leave_ap50_high_and_ap75_low():
    quiz = lesson_06.quiz_next_step
    assert "AP50 of 0.96 and an AP75 of 0.40" in quiz.question
    shifted = np.array([[0.0, 0, 25, 25]]) + [[5.5, 0, 5.5, 0]]
    assert 0.5 < iou(np.array([[0.0, 0, 25, 25]]), shifted)[0, 0] < 0.75
    ap50, ap75 = scores_of(moved)
    assert ap50 > 0.95 and ap75 < 0.5
    assert right_text(quiz).startswith("At the places")


@pytest.mark.parametrize("spoil", [renamed, doubled])
def test_wrong_names_and_second_boxes_show_in_ap50(spoil):
    perfect = scores_of(lambda boxes, scores, labels, generator: (boxes, scores, labels))
    assert perfect == pytest.approx((1, 1))
    ap50, ap75 = scores_of(spoil)
    assert ap50 < 0.9 and ap50 == pytest.approx(ap75, abs=0.02)


def test_cutting_off_the_end_never_raises_average_precision():
    from course_utils.by_hand.metrics import average_precision

    generator = np.random.default_rng(1)
    for _ in range(50):
        scores = np.sort(generator.random(30))[::-1]
        correct = generator.random(30) < np.linspace(0.9, 0.2, 30)
        values = [average_precision(correct[:kept], scores[:kept], 20) for kept in range(1, 31)]
        assert np.all(np.diff(values) >= -1e-12)
    told = explanation(lesson_06.quiz_next_step, "At the threshold")
    assert "never raises it" in told


# --- quiz_one_stage -------------------------------------------------------------------------------


def sums(factor):
    """Return the summed losses of 10,000 anchors with p = 0.99 and of ten with p = 0.1."""
    return [number * -np.log(p) * factor(p) for number, p in ((10_000, 0.99), (10, 0.1))]


def about(numbers):
    """Return two sums as the question writes them: two digits, no more zeros than needed."""
    return "About {} and {}".format(*(f"{float(f'{number:.2g}'):g}" for number in numbers))


def test_the_focal_loss_turns_the_sums_around():
    quiz = lesson_06.quiz_one_stage
    background, objects = sums(lambda p: 1)
    assert (round(background), round(objects)) == (101, 23) and "about 100 and 23" in quiz.question
    texts = [option.text for option in quiz.options.values()]
    assert right_text(quiz) == about(sums(lambda p: (1 - p) ** 2)) == "About 0.01 and 19"
    assert texts[0] == about(sums(lambda p: 1 - p))
    assert texts[1] == about(sums(lambda p: p**2))
    background, objects = sums(lambda p: (1 - p) ** 2)
    assert background < objects / 1000


def test_keras_gives_the_same_sums():
    keras = pytest.importorskip("keras")
    labels = np.array([0.0] * 10_000 + [1] * 10)[:, np.newaxis]
    given = np.array([0.01] * 10_000 + [0.1] * 10)[:, np.newaxis]  # of an object
    losses = keras.losses.BinaryFocalCrossentropy(gamma=2, reduction="none")(labels, given)
    losses = np.array(losses)
    wanted = sums(lambda p: (1 - p) ** 2)
    np.testing.assert_allclose([losses[:10_000].sum(), losses[10_000:].sum()], wanted, rtol=0.01)


def test_its_factor_goes_smoothly_from_one_to_zero():
    p = np.linspace(0, 1, 101)
    factors = (1 - p) ** 2
    assert factors[0] == 1 and factors[-1] == 0 and np.all(np.diff(factors) < 0)
    told = explanation(lesson_06.quiz_one_stage, "0 and 23")
    assert "from 1, where p is 0, down to 0, where p is 1" in told
