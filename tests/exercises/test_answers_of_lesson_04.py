"""Lesson 04's exercises: slips as students write them, wrong answers, the cases, and oracles."""

import numpy as np
import pytest
from asking import require_slips_apart

from course_utils.exercises import lesson_04, recording
from course_utils.exercises.answer_book import expected_outcomes
from course_utils.exercises.answers import lesson_04 as answers

keras = pytest.importorskip("keras")

EXERCISES = {item.name: item for item in recording.exercises_of(lesson_04)}


# --- slips --------------------------------------------------------------------------------------


def part(network, end):
    return keras.Model(network.inputs, end)


def loop_without_an_end(network, name, pictures):
    for layer in network.layers:
        pictures = layer(pictures)
    return pictures


def slice_too_short(network, name, pictures):
    place = [layer.name for layer in network.layers].index(name)
    return keras.Sequential(network.layers[:place]).predict(pictures, verbose=0)


def root_mean_square(slope):
    return np.sqrt((slope**2).mean())


# Slips as students write them, each with words of what the check has to say.
SLIPS_IN_OTHER_WORDS = [
    ("even_out", lambda p: (p - np.mean(p)) / np.std(p), "over all patches together"),
    ("even_out", lambda p: (p - p.mean(0)) / p.std(0), "down the columns"),
    ("even_out", lambda p: (p - p.mean(1, keepdims=True)) / p.std(1, keepdims=True), "zeros"),
    ("even_out", lambda p: ((p.T - p.mean(1)) / p.std(1)).T, "spread of 0"),
    ("even_out", lambda p: [row - row.mean() for row in p], "not divided"),
    ("even_out", lambda p: [(r - r.mean()) / (r.std(ddof=1) or 1) for r in p], "`ddof=1`"),
    ("maps_of", lambda n, name, x: np.array(n.get_layer(name)(x)), "pictures themselves"),
    ("maps_of", lambda n, name, x: n.predict(x, verbose=0), "answer of the whole network"),
    ("maps_of", loop_without_an_end, "answer of the whole network"),
    ("maps_of", slice_too_short, "one layer too early"),
    ("maps_of", lambda n, name, x: part(n, n.get_layer(name).output)(x[0:1]), "the first picture"),
    ("maps_of", lambda n, name, x: part(n, n.layers[1].output)(x), "always the second"),
    ("maps_of", lambda n, name, x: part(n, n.layers[0].output)(x), "always the first layer"),
    ("maps_of", lambda n, name, x: n.get_layer(name).output, "holds no numbers"),
    ("maps_of", lambda n, name, x: n.get_layer(name).kernel, "Kernels are the same"),
    ("likes_best", lambda maps, n: np.argsort(-maps.sum(axis=(1, 2)))[:n], "mean of each map"),
    ("likes_best", lambda maps, n: np.argsort(maps.max((1, 2)))[-n:], "the opposite order"),
    ("likes_best", lambda maps, n: np.argsort(maps.max((1, 2)))[:n], "smallest value first"),
    ("likes_best", lambda maps, n: np.argsort(-maps, axis=None)[:n], "one long row"),
    ("likes_best", lambda maps, n: sorted(maps.max((1, 2)), reverse=True)[:n], "values are"),
    ("climb", lambda x, s, r: np.clip(x - r * s / max(root_mean_square(s), 1e-9), 0, 1), "downh"),
    ("climb", lambda x, s, r: x + r * s / max(root_mean_square(s), 1e-9), "leave the range"),
    ("climb", lambda x, s, r: np.clip(x + r * s, 0, 1), "not divided"),
    ("climb", lambda x, s, r: np.clip(x + r * s / root_mean_square(s), 0, 1), "0 / 0"),
    ("climb", lambda x, s, r: np.clip(x + r * s / (np.linalg.norm(s) + 1e-9), 0, 1), "length"),
    ("climb", lambda x, s, r: np.clip(x + r * s / (abs(s).max() or 1), 0, 1), "largest value"),
    ("grad_cam", lambda m, s: np.tensordot(m, s.mean((0, 1)), 1), "below 0 are left in"),
    ("grad_cam", lambda m, s: np.sum(m * s, axis=2).clip(0), "gradient × input"),
    ("grad_cam", lambda m, s: (m.sum(2) * s.mean(2)).clip(0), "the mean goes over the maps"),
    ("grad_cam", lambda m, s: (m * s.mean((0, 1))).clip(0).sum(2), "before the sum"),
    ("grad_cam", lambda m, s: (m @ s.sum((0, 1))).clip(0), "added up, not averaged"),
    ("safe_threshold", lambda y, p: p[p.argmax(1) != y].max(), "nothing to take the maximum of"),
    ("safe_threshold", lambda y, p: max(
        [row[k] for k, row in zip(y, p) if row.argmax() != k], default=0), "the true class"),
    ("safe_threshold", lambda y, p: min(
        [row.max() for k, row in zip(y, p) if row.argmax() != k], default=0), "least certain"),
    ("nudge", lambda x, s, size: np.clip(x + size * s, 0, 1), "only their signs"),
    ("nudge", lambda x, s, size: np.clip(x - size * np.sign(s), 0, 1), "made smaller"),
    ("nudge", lambda x, s, size: x + size * np.sign(s), "leave the range"),
    ("nudge", lambda x, s, size: np.clip(x + size * np.sign(s), -1, 1), "black"),
    ("nudge", lambda x, s, size: np.clip(x + size * (2 * (s > 0) - 1), 0, 1), "three cases"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answer", "words"), SLIPS_IN_OTHER_WORDS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore:The structure of:UserWarning")
def test_slips_written_differently_are_named(name, answer, words):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "not yet" and words.lower() in verdict.slip.lower(), verdict


@pytest.mark.parametrize("name", EXERCISES)
def test_no_two_slips_are_alike(name):
    """What one slip gives is never taken for another one."""
    require_slips_apart(EXERCISES[name])


@pytest.mark.parametrize("name", ["even_out", "climb"])
def test_not_a_number_elsewhere_is_another_slip(name):
    """NaN speaks for a division by 0 where the divisor is 0, and nowhere else."""
    exercise, reference = EXERCISES[name], getattr(answers, name)

    def nan_when(*numbers):
        calls = iter(range(1, 99))
        cases = [case * np.nan if next(calls) in numbers else case for case in results]
        served = iter(cases)
        return exercise.judge(lambda *arguments: next(served)).slip

    results = [reference(**case) for case in exercise.cases]
    assert "0 / 0" in nan_when(3)
    assert nan_when(1) == nan_when(2, 3) == nan_when(*range(1, 9)) == ""


# --- no check accepts any answer ----------------------------------------------------------------

WRONG_ANSWERS = [
    ("even_out", lambda p: p / np.linalg.norm(p, axis=1, keepdims=True).clip(1)),
    ("even_out", lambda p: np.zeros(p.shape)),
    ("maps_of", lambda n, name, x: np.zeros((len(x), *x.shape[1:3], 3))),
    ("maps_of", lambda n, name, x: part(n, n.get_layer(name).output)(x[::-1])),
    ("likes_best", lambda maps, count: np.arange(count)),
    ("likes_best", lambda maps, count: maps.argmax(axis=0)),
    ("climb", lambda x, s, r: x),
    ("climb", lambda x, s, r: s),
    ("grad_cam", lambda m, s: np.zeros(m.shape[:2])),
    ("grad_cam", lambda m, s: m.max(axis=2)),
    ("safe_threshold", lambda y, p: 1.0),
    ("safe_threshold", lambda y, p: 0.0),
    ("nudge", lambda x, s, size: x),
    ("nudge", lambda x, s, size: np.clip(x + size, 0, 1)),
]


@pytest.mark.parametrize(("name", "answer"), WRONG_ANSWERS)
@pytest.mark.filterwarnings("ignore:The structure of:UserWarning")
def test_other_wrong_answers_fail_with_expected_and_received(name, answer):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "not yet"
    assert "xpected" in verdict.message and "received" in verdict.message


def even_out_in_place(patches):
    patches -= patches.mean(axis=1, keepdims=True)
    return patches / np.maximum(patches.std(axis=1, keepdims=True), 1e-6)


def climb_in_place(picture, slope, rate):
    picture += rate * slope / max(root_mean_square(slope), 1e-9)
    return np.clip(picture, 0, 1)


def nudge_in_place(pictures, slopes, size):
    pictures += size * np.sign(slopes)
    return pictures.clip(0, 1)


@pytest.mark.parametrize(
    ("answer", "argument"),
    [(even_out_in_place, "patches"), (climb_in_place, "picture"), (nudge_in_place, "pictures")],
)
def test_an_argument_that_is_changed_in_place_is_told(answer, argument):
    exercise = EXERCISES[answer.__name__.removesuffix("_in_place")]
    verdict = exercise.judge(answer)
    assert verdict.outcome == "not yet"
    assert f"changes its argument `{argument}` in place" in verdict.message


# --- networks that are made for each call ---------------------------------------------------------


def test_nothing_that_is_done_to_a_network_lasts():
    def ruin(network, name, pictures):
        network.set_weights([0 * weights for weights in network.get_weights()])
        while network.layers:
            network.pop()
        return pictures

    assert lesson_04.maps_of.judge(ruin).outcome == "not yet"
    assert lesson_04.maps_of.judge(answers.maps_of).outcome == "right"


def test_a_case_has_a_network_to_try():
    network, name, pictures = lesson_04.maps_of.case(1)
    assert isinstance(network, keras.Sequential) and name == "convolution_2"
    assert tuple(network(pictures).shape) == (2, 2)
    again, _, _ = lesson_04.maps_of.case(1)
    assert again is not network
    np.testing.assert_array_equal(again(pictures), network(pictures))
    details = lesson_04.maps_of.judge(lambda n, name, x: x).details
    assert "network: a small network (convolution_1, convolution_2, pooling, scores)" in details
    assert "name = 'convolution_2'" in details


# --- the cases ----------------------------------------------------------------------------------


def test_the_cases_hold_what_they_are_to_try():
    """Each rule of an exercise matters in some case, and one answer is right in each."""
    flat = [np.ptp(case["patches"], axis=1) == 0 for case in lesson_04.even_out.cases]
    assert [one.sum() for one in flat] == [0, 0, 2, 0]
    for case, rows in zip(lesson_04.even_out.cases, flat):  # flat ones are exactly so
        assert (case["patches"][rows].std(axis=1) == 0).all()
    for case in lesson_04.likes_best.cases:
        assert len(np.unique(case["maps"])) == case["maps"].size
    assert not lesson_04.climb.cases[2]["slope"].any()
    for name in ("climb", "nudge"):
        ends = np.concatenate([one.numbers.ravel() for one in expected_outcomes(EXERCISES[name])])
        assert (ends == 0).any() and (ends == 1).any()
    for case in lesson_04.safe_threshold.cases:
        np.testing.assert_array_equal(case["probabilities"].sum(axis=1), 1)
        ordered = np.sort(case["probabilities"], axis=1)
        assert (ordered[:, -1] > ordered[:, -2]).all()


def test_every_map_of_the_small_networks_is_alive():
    for outcome in expected_outcomes(lesson_04.maps_of):
        alive = (outcome.numbers > 0).mean(axis=(0, 1, 2))
        assert (0.2 < alive).all() and (alive < 1).all()


def test_a_threshold_refuses_mistakes_and_the_one_below_does_not():
    for case in lesson_04.safe_threshold.cases:
        threshold = answers.safe_threshold(**case)
        certainty, wrong = case["probabilities"].max(1), case["probabilities"].argmax(1)
        wrong = wrong != case["labels"]
        assert not (wrong & (certainty > threshold)).any()
        assert threshold == 0 or (wrong & (certainty > np.nextafter(threshold, 0))).any()


# --- what the exercises' last sentences say -------------------------------------------------------


@pytest.fixture(scope="module")
def network():
    return lesson_04._build(110, 5, (2, 3))


def gradients_of(function, values):
    tf = pytest.importorskip("tensorflow")
    values = tf.constant(values, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(values)
        result = function(values)
    return tape.gradient(result, values).numpy()


def test_faint_and_strong_strokes_become_the_same():
    stroke = np.random.default_rng(0).random((3, 9))
    np.testing.assert_allclose(
        answers.even_out(stroke), answers.even_out(0.2 * stroke + 0.5), atol=1e-9
    )


def test_the_part_of_a_network_shares_its_weights(network):
    pictures = np.random.default_rng(1).random((2, 5, 5, 1))
    before = np.array(answers.maps_of(network, "convolution_1", pictures))
    shared = keras.Model(network.inputs[0], network.get_layer("convolution_1").output)
    assert shared.layers[-1] is network.get_layer("convolution_1")
    weights = network.get_weights()
    network.set_weights([2 * weights[0], 2 * weights[1], *weights[2:]])
    after = np.array(shared(pictures))
    network.set_weights(weights)
    np.testing.assert_allclose(after, 2 * before, rtol=1e-5)


def test_a_climb_is_as_long_as_the_rate_and_leads_up(network):
    """The sum over one map grows, and no pixel is at the edge of 0…1."""
    picture = np.full((5, 5, 1), 0.5)

    def strength(pictures):
        return keras.ops.sum(network.layers[0](pictures)[..., 0])

    slope = gradients_of(strength, picture[np.newaxis])[0]
    moved = answers.climb(picture, slope, 0.01)
    assert root_mean_square(moved - picture) == pytest.approx(0.01)
    assert strength(moved[np.newaxis]) > strength(picture[np.newaxis])


def test_grad_cam_of_a_network_that_averages_its_maps(network):
    """Behind global average pooling, the weights of Grad-CAM are those of the dense layer (CAM)."""
    pictures = np.random.default_rng(2).random((1, 5, 5, 1))
    maps = np.array(answers.maps_of(network, "convolution_2", pictures))

    def score(values):
        return network.get_layer("scores")(network.get_layer("pooling")(values))[0, 1]

    cam = answers.grad_cam(maps[0], gradients_of(score, maps)[0])
    weights = network.get_layer("scores").get_weights()[0][:, 1]
    np.testing.assert_allclose(cam, np.maximum(maps[0] @ weights, 0) / 25, rtol=1e-4, atol=1e-5)


def test_a_nudge_makes_the_loss_grow_most_of_all_small_changes(network):
    pictures = np.random.default_rng(3).uniform(0.3, 0.7, (4, 5, 5, 1))
    labels = np.array([0, 1, 0, 1])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def loss_of(values):
        return loss(labels, network(values))

    slopes = gradients_of(loss_of, pictures)
    nudged = answers.nudge(pictures, slopes, 0.001)
    coins = np.random.default_rng(4).choice([-1, 1], (20, *pictures.shape))
    by_chance = [float(loss_of(pictures + 0.001 * signs)) for signs in coins]
    assert float(loss_of(nudged)) > max(by_chance)
    assert float(loss_of(nudged)) > float(loss_of(pictures))
