"""Lesson 04's questions: their answers hold against Keras, NumPy and small experiments."""

import re

import numpy as np
import pytest
from asking import explanation, right_text

from course_utils.exercises import Quiz, lesson_04

QUIZZES = {name: item for name, item in vars(lesson_04).items() if isinstance(item, Quiz)}


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


@pytest.fixture(scope="module")
def digits():
    """Return 500 of MNIST's test pictures, (n, 28, 28) in 0…1."""
    from course_utils.datasets import load_mnist

    _, (pictures, _) = load_mnist()
    return pictures[:500] / 255


def windows_of(pictures, side=5):
    """Return all windows of pictures (n, height, width) as rows, (windows, side * side)."""
    windows = np.lib.stride_tricks.sliding_window_view(pictures, (side, side), axis=(1, 2))
    return windows.reshape(-1, side * side)


def likeness(rows):
    """Return the mean correlation of different rows, each of which varies."""
    number = len(rows)
    return (np.corrcoef(rows).sum() - number) / (number * (number - 1))


def test_the_lesson_has_its_questions_and_no_favourite_place():
    assert set(QUIZZES) == {
        "quiz_dead_filter", "quiz_nine_patches", "quiz_softmax_slope", "quiz_random_weights",
        "quiz_many_small",
    }  # fmt: skip
    places = [letter for quiz in QUIZZES.values() for letter, o in quiz.options.items() if o.right]
    assert len(set(places)) >= 3 and max(places.count(letter) for letter in places) <= 2


# --- quiz_dead_filter -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_dead_filter(keras):
    """A network whose last of three filters is silent on dim pictures, with a bias of -3."""
    network = keras.Sequential([
        keras.Input((6, 6, 1)),
        keras.layers.Conv2D(3, 3, activation="relu", name="first"),
        keras.layers.Conv2D(2, 2, name="second"),
    ])  # fmt: skip
    generator = np.random.default_rng(0)
    kernel, after = generator.normal(size=(3, 3, 1, 3)), generator.normal(size=(2, 2, 3, 2))
    kernel[..., 2] = 0.5
    network.set_weights([kernel, np.array([0.2, 0.1, -3]), after, np.array([0.3, -0.4])])
    return network


@pytest.fixture(scope="module")
def dim_pictures():
    return np.random.default_rng(1).uniform(0, 0.6, (1000, 6, 6, 1)).astype("float32")


def answers_with(keras, network, pictures, changes):
    """Return the answers of a copy after changes to its weights, a function of their list."""
    twin = keras.models.clone_model(network)
    twin.set_weights(changes([w.copy() for w in network.get_weights()]))
    return np.array(twin(pictures))


def test_the_dead_filter_is_dead(with_dead_filter, dim_pictures):
    maps = np.array(with_dead_filter.layers[0](dim_pictures))
    assert (maps[..., 2] == 0).all() and (maps[..., :2] > 0).any()
    question = lesson_04.quiz_dead_filter.question
    assert "1,000 pictures" in question and "bias is −3" in question
    assert with_dead_filter.get_weights()[1][2] == -3


def test_without_it_and_its_readers_nothing_changes(keras, with_dead_filter, dim_pictures):
    before = np.array(with_dead_filter(dim_pictures))
    smaller = keras.Sequential([
        keras.Input((6, 6, 1)),
        keras.layers.Conv2D(2, 3, activation="relu"), keras.layers.Conv2D(2, 2),
    ])  # fmt: skip
    kernel, bias, after, last = with_dead_filter.get_weights()
    smaller.set_weights([kernel[..., :2], bias[:2], after[:, :, :2], last])
    np.testing.assert_allclose(np.array(smaller(dim_pictures)), before, atol=1e-5)
    assert right_text(lesson_04.quiz_dead_filter).startswith("The filter, and all the weights")
    bright = np.ones((1, 6, 6, 1), "float32")  # another kind of picture: there it answers
    assert abs(np.array(smaller(bright)) - np.array(with_dead_filter(bright))).max() > 0.1


def test_its_bias_neither_goes_on_nor_goes_away(keras, with_dead_filter, dim_pictures):
    before = np.array(with_dead_filter(dim_pictures))

    def handed_on(weights):
        weights[3] += -3
        return weights

    def without_bias(weights):
        weights[1][2] = 0
        return weights

    for changes in (handed_on, without_bias):
        after = answers_with(keras, with_dead_filter, dim_pictures, changes)
        assert abs(after - before).max() > 0.1
    kernel = with_dead_filter.get_weights()[0][:, :, 0, 2]
    sums = windows_of(dim_pictures[..., 0], 3) @ kernel.ravel()
    assert 0 < sums.min() and sums.max() <= 3
    assert "sums from 0 to 3" in explanation(lesson_04.quiz_dead_filter, "Its bias only")


# --- quiz_nine_patches ----------------------------------------------------------------------------


def slanted():
    """Return a kernel for slanted strokes: positive on a diagonal, negative beside it."""
    return (np.fliplr(np.eye(5)) * 5 - 0.8).ravel()


def test_what_gives_the_highest_values_is_not_all_that_it_answers_to(digits):
    windows = windows_of(digits[:100])
    answers = windows @ slanted()
    best = np.argsort(-answers)[:9]
    stroke = np.fliplr(np.eye(5)).ravel()
    assert likeness(np.vstack([windows[best], stroke])) > 0.5  # all nine show the slanted stroke
    half_as_strong = windows[answers > answers[best].min() / 2]
    with np.errstate(all="ignore"):
        likenesses = [np.corrcoef(window, stroke)[0, 1] for window in half_as_strong]
    assert len(half_as_strong) > 100 and min(likenesses) < 0.3
    told = explanation(lesson_04.quiz_nine_patches, "It detects slanted strokes")
    assert "may answer to other things" in told


@pytest.mark.parametrize("seed", range(5))
def test_a_random_filter_has_favourites_that_look_alike(digits, seed):
    windows = windows_of(digits[:100])
    windows = windows[windows.std(axis=1) > 0.1]
    generator = np.random.default_rng(seed)
    best = np.argsort(-(windows @ generator.normal(size=25)))[:9]
    any_nine = [likeness(windows[generator.choice(len(windows), 9)]) for _ in range(20)]
    assert likeness(windows[best]) > np.mean(any_nine) + 0.2
    told = explanation(lesson_04.quiz_nine_patches, "It has learned this")
    assert "look alike, trained or not" in told


def test_another_filter_can_do_the_same_work():
    """Two equal filters: each has its nine patches, and neither is needed."""
    weights, kernels = np.array([0.5, 0.5]), np.stack([slanted(), slanted()])
    windows = np.random.default_rng(2).random((50, 25))
    both = np.maximum(windows @ kernels.T, 0) @ weights
    one_silent = np.maximum(windows @ kernels.T, 0) @ [1.0, 0]
    np.testing.assert_allclose(both, one_silent)
    assert "silence the filter" in explanation(lesson_04.quiz_nine_patches, "It is needed")


# --- quiz_softmax_slope ---------------------------------------------------------------------------


def slopes_of(weights, biases, picture, what):
    """Return the slope of one class's logit or probability for each pixel of a linear network."""
    tf = pytest.importorskip("tensorflow")
    pixels = tf.constant(picture)
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        logits = tf.linalg.matvec(tf.transpose(tf.constant(weights)), pixels) + biases
        value = logits[0] if what == "logit" else tf.nn.softmax(logits)[0]
    return tape.gradient(value, pixels).numpy(), float(value)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_slopes_of_a_certain_probability_have_the_factor(dtype):
    generator = np.random.default_rng(3)
    weights, picture = generator.normal(size=(50, 2)).astype(dtype), generator.random(50)
    weights[:, 1] = 0  # the other class's logit stays: only p's own moves
    picture = picture.astype(dtype)
    lead = np.log(0.9999 / 0.0001)  # of two classes, this lead gives the probability 0.9999
    biases = np.array([lead - picture @ weights[:, 0], 0], dtype)
    of_logit, _ = slopes_of(weights, biases, picture, "logit")
    of_p, p = slopes_of(weights, biases, picture, "probability")
    assert f"{p:.4f}" == "0.9999" and "p = 0.9999" in lesson_04.quiz_softmax_slope.question
    np.testing.assert_allclose(of_p, of_logit * p * (1 - p), rtol=5e-3)
    np.testing.assert_allclose(of_logit, weights[:, 0], rtol=1e-4)
    assert f"{p * (1 - p):.4f}" == "0.0001" == f"{0.9999 * 0.0001:.4f}"
    told = explanation(lesson_04.quiz_softmax_slope, "Softmax is flat here")
    assert "0.9999 × 0.0001, about 0.0001" in told


def test_a_float32_holds_such_slopes_easily():
    smallest = np.finfo("float32").tiny
    assert 1e-38 < smallest < 1.2e-38 and float(np.float32(0.0001 * 0.02)) > 0
    told = explanation(lesson_04.quiz_softmax_slope, "float32 has too few digits")
    assert "1e-38" in told


def test_a_certain_answer_depends_on_pixels_all_the_same():
    """Erase the strokes: the probability falls, whatever its slope was."""
    weights, picture = np.array([4.0, 4, 4, 4]), np.ones(4)

    def probability(pixels):
        return 1 / (1 + np.exp(-(pixels @ weights - 6.8)))

    assert f"{probability(picture):.4f}" == "0.9999"
    assert probability(picture * [1, 0, 0, 0]) < 0.1
    assert "Erase a few strokes" in explanation(lesson_04.quiz_softmax_slope, "The network is sure")


# --- quiz_random_weights --------------------------------------------------------------------------


def random_network(keras, seed):
    keras.utils.set_random_seed(seed)
    return keras.Sequential([
        keras.Input((28, 28, 1)), keras.layers.Conv2D(8, 5, strides=2, activation="relu"),
        keras.layers.Flatten(), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(10),
    ])  # fmt: skip


def gradient(network, picture):
    tf = pytest.importorskip("tensorflow")
    pixels = tf.constant(picture[np.newaxis, ..., np.newaxis].astype("float32"))
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        value = network(pixels)[0, 3]
    return tape.gradient(value, pixels)[0, ..., 0].numpy()


def edges(network, picture):
    """Return a map that pretends to explain: it never asks the network."""
    down, across = np.gradient(picture)
    return np.hypot(down, across)


def test_a_map_of_edges_survives_random_weights_and_a_gradient_does_not(keras, digits):
    """The sanity check of Adebayo and others, Sanity checks for saliency maps (2018)."""
    networks, picture = [random_network(keras, seed) for seed in (1, 2)], digits[0]
    maps = {made: [made(one, picture).ravel() for one in networks] for made in (edges, gradient)}
    assert np.corrcoef(*maps[edges])[0, 1] == pytest.approx(1)
    assert abs(np.corrcoef(*maps[gradient])[0, 1]) < 0.3
    scores = [np.array(one(picture[np.newaxis, ..., np.newaxis]))[0] for one in networks]
    assert abs(scores[0] - scores[1]).max() > 0.01  # other weights, other answers
    assert right_text(lesson_04.quiz_random_weights).startswith("The map shows the picture")


def test_random_weights_are_never_much_alike(keras):
    kernels = [random_network(keras, seed).get_weights()[2].ravel() for seed in range(6)]
    assert len(kernels[0]) > 10_000  # "in thousands of weights that does not happen"
    off_diagonal = np.corrcoef(kernels)[np.triu_indices(6, 1)]
    assert abs(off_diagonal).max() < 0.05


def test_random_weights_read_no_digits(keras):
    from course_utils.datasets import load_mnist

    _, (pictures, labels) = load_mnist()
    batch = pictures[:2000, ..., np.newaxis].astype("float32") / 255
    shares = [
        np.mean(np.array(random_network(keras, seed)(batch)).argmax(axis=1) == labels[:2000])
        for seed in range(5)
    ]
    assert np.mean(shares) < 0.2
    told = explanation(lesson_04.quiz_random_weights, "The network had hardly learned")
    assert "falls to chance" in told


# --- quiz_many_small ------------------------------------------------------------------------------


def test_many_small_changes_add_up_or_cancel():
    quiz = lesson_04.quiz_many_small
    numbers = re.findall(r"784|0\.02|0\.1\b", quiz.question)
    assert numbers == ["784", "0.02", "0.02", "0.1"] and "28 × 28" in quiz.question
    pixels, slope, step = 28 * 28, 0.02, 0.1
    assert pixels == 784
    slopes = slope * np.random.default_rng(4).choice([-1, 1], pixels)
    along = np.sum(slopes * step * np.sign(slopes))
    assert along == pytest.approx(pixels * step * slope) == pytest.approx(1.568)
    coins = np.random.default_rng(5).choice([-1, 1], (5000, pixels))
    changes = coins @ slopes * step
    typical = np.sqrt(np.mean(changes**2))
    assert typical == pytest.approx(np.sqrt(pixels) * step * slope, rel=0.05)
    assert 28 * step * slope == pytest.approx(0.056)
    assert right_text(quiz) == f"{along:.2f}, and about {28 * step * slope:.2f} with coins"
    told = explanation(quiz, right_text(quiz))
    assert "784 × 0.1 × 0.02 = 1.568" in told and "28 × 0.1 × 0.02 = 0.056" in told


def test_coins_cancel_on_average_and_hardly_ever_exactly():
    coins = np.random.default_rng(6).choice([-1, 1], (20_000, 784)).sum(axis=1)
    assert abs(coins.mean()) < 1 and np.mean(coins == 0) < 0.04
    assert np.sqrt(np.mean(coins**2)) == pytest.approx(28, rel=0.03)
    assert "about 28 pixels' worth" in explanation(lesson_04.quiz_many_small, "1.57, and exactly 0")
    one_pixel = explanation(lesson_04.quiz_many_small, "0.002")
    assert f"{0.1 * 0.02:.3f}" == "0.002" and "0.1 × 0.02" in one_pixel
