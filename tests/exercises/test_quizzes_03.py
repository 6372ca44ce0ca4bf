"""Lesson 03's questions: their answers hold against Keras, NumPy and small experiments."""

import re

import numpy as np
import pytest
from asking import explanation, right_text

from course_utils.by_hand.metrics import cross_entropy, softmax
from course_utils.exercises import Quiz, lesson_03
from course_utils.exercises.answers.lesson_03 import best_epoch

QUIZZES = {name: item for name, item in vars(lesson_03).items() if isinstance(item, Quiz)}


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


def test_the_lesson_has_its_questions_and_no_favourite_place():
    assert set(QUIZZES) == {
        "quiz_untrained_loss", "quiz_channel_axis", "quiz_validation", "quiz_overfitting",
        "quiz_adam", "quiz_no_digit",
    }  # fmt: skip
    places = [letter for quiz in QUIZZES.values() for letter, o in quiz.options.items() if o.right]
    assert len(set(places)) >= 3 and max(places.count(letter) for letter in places) <= 2


# --- quiz_untrained_loss --------------------------------------------------------------------------


def test_equal_probabilities_cost_ln_10(keras):
    labels, logits = np.arange(10), np.full((10, 10), 0.3)
    theirs = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits)
    ours = cross_entropy(labels, softmax(logits))
    assert right_text(lesson_03.quiz_untrained_loss) == f"{float(theirs):.2f}" == f"{ours:.2f}"
    assert f"{np.log(10):.2f}" == f"{ours:.2f}"


def test_the_other_losses_are_what_the_explanations_say():
    others = [o.text for o in lesson_03.quiz_untrained_loss.options.values() if not o.right]
    assert others == [f"{value:.2f}" for value in (1 / 10, -np.log10(1 / 10), 1 - 1 / 10)]


def test_a_new_network_begins_near_ln_10(keras):
    keras.utils.set_random_seed(1)
    network = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10)])
    pictures = np.random.default_rng(0).random((500, 28, 28, 1), dtype="float32")
    labels = np.random.default_rng(1).integers(0, 10, 500)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    assert 2 < float(loss(labels, network(pictures))) < 3.5


# --- quiz_channel_axis ----------------------------------------------------------------------------


def test_conv2d_counts_four_axes(keras):
    assert "`(32, 28, 28)`" in lesson_03.quiz_channel_axis.question
    with pytest.raises(ValueError, match=r"ndim=4.*ndim=3"):
        keras.layers.Conv2D(32, 3)(np.zeros((32, 28, 28), "float32"))
    with pytest.raises(ValueError, match=r"ndim=4.*ndim=3"):  # and does not guess for colour either
        keras.layers.Conv2D(32, 3)(np.zeros((28, 28, 3), "float32"))
    assert "four axes" in right_text(lesson_03.quiz_channel_axis)
    assert "`(32, 28, 28, 1)`" in explanation(lesson_03.quiz_channel_axis, "The channels")


@pytest.mark.parametrize("channels", [1, 3, 5])
@pytest.mark.parametrize("largest", [1, 255])
def test_conv2d_takes_any_channels_and_any_values(keras, channels, largest):
    layer = keras.layers.Conv2D(4, 3)
    pictures = np.full((32, 28, 28, channels), largest, "float32")
    assert tuple(layer(pictures).shape) == (32, 26, 26, 4)
    assert tuple(layer.kernel.shape) == (3, 3, channels, 4)


# --- quiz_validation ------------------------------------------------------------------------------


def test_the_best_on_the_test_digits_was_lucky_there():
    """Equally good networks, many times over: whoever chooses by the test digits is misled."""
    generator = np.random.default_rng(3)
    truth, digits, networks, repeats = 0.9, 500, 8, 2000
    validation, test = generator.binomial(digits, truth, (2, repeats, networks)) / digits
    rows = np.arange(repeats)
    chosen_by_test = test[rows, test.argmax(axis=1)].mean()
    chosen_by_validation = test[rows, validation.argmax(axis=1)].mean()
    assert chosen_by_test > truth + 0.01
    assert abs(chosen_by_validation - truth) < 0.002
    assert right_text(lesson_03.quiz_validation).startswith("The validation digits")
    assert "lucky" in explanation(lesson_03.quiz_validation, "The test digits")


def test_training_digits_would_choose_what_was_learned_by_heart():
    """A network that looks its digits up is perfect on them, and like chance on others."""
    generator = np.random.default_rng(4)
    seen, unseen = generator.integers(0, 10, (2, 5000))
    table = dict(enumerate(seen))
    by_heart = np.array([table[number] for number in range(5000)])
    assert np.mean(by_heart == seen) == 1
    assert np.mean(by_heart == unseen) < 0.15


# --- quiz_overfitting -----------------------------------------------------------------------------


def curves():
    """Return the training and the validation losses as they stand in the question."""
    numbers = [float(n) for n in re.findall(r"\d\.\d\d", lesson_03.quiz_overfitting.question)]
    return np.array(numbers).reshape(2, -1)


def test_the_curves_are_those_of_overfitting():
    training, validation = curves()
    assert len(training) == 6 and "six epochs" in lesson_03.quiz_overfitting.question
    assert (np.diff(training) < 0).all()
    best = best_epoch(validation)
    assert (np.diff(validation[:best]) < 0).all() and (np.diff(validation[best - 1 :]) > 0).all()
    assert f"epoch {best} were better" in right_text(lesson_03.quiz_overfitting)
    assert best + 1 == 4 and "from the fourth epoch on" in lesson_03.quiz_overfitting.question


def losses_of_polynomials(degrees, repeats=50):
    """Fit noisy points of a sine; return the median losses on them and on new points of it."""
    generator = np.random.RandomState(0)
    places, others = np.linspace(-1, 1, 12), generator.uniform(-1, 1, 200)
    training, validation = np.zeros((2, repeats, len(degrees)))
    for row in range(repeats):
        heights = np.sin(3 * places) + generator.normal(0, 0.3, 12)
        for column, degree in enumerate(degrees):
            fit = np.polynomial.Polynomial.fit(places, heights, degree)
            training[row, column] = np.mean((fit(places) - heights) ** 2)
            validation[row, column] = np.mean((fit(others) - np.sin(3 * others)) ** 2)
    return np.median(training, axis=0), np.median(validation, axis=0)


def test_more_fitting_makes_one_loss_fall_and_the_other_rise():
    training, validation = losses_of_polynomials([1, 3, 7, 10])
    assert (np.diff(training) < 0).all()
    assert best_epoch(validation) == 2 and validation[3] > validation[2] > validation[1]


# --- quiz_adam ------------------------------------------------------------------------------------


def path(keras, optimizer, gradients):
    """Return where two weights that begin at 0 are after each gradient."""
    weights, places = keras.Variable(np.zeros(2, "float32")), []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weights])
        places.append(keras.ops.convert_to_numpy(weights))
    return np.stack(places)


def test_adams_step_is_as_long_as_its_rate_whatever_the_gradient(keras):
    ones = np.ones((20, 2), "float32")
    steps = np.diff(path(keras, keras.optimizers.Adam(0.001), ones * [1, 100]), axis=0)
    np.testing.assert_allclose(steps, -0.001, rtol=1e-3)
    sgd = np.diff(path(keras, keras.optimizers.SGD(0.001), ones * [1, 100]), axis=0)
    np.testing.assert_allclose(sgd[:, 1], 100 * sgd[:, 0], rtol=1e-3)
    assert "a hundred times larger give the same step" in explanation(
        lesson_03.quiz_adam, right_text(lesson_03.quiz_adam)
    ).replace("\n", " ")


def test_adam_divides_each_weight_by_the_root_of_its_own_mean_square(keras):
    """Kingma and Ba, Adam (2015), algorithm 1."""
    gradients = np.random.default_rng(5).normal(0, [1, 30], (25, 2)).astype("float32")
    mean, square, place, places = 0, 0, 0, []
    for step, gradient in enumerate(gradients, start=1):
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        size = np.sqrt(square / (1 - 0.999**step))
        place = place - 0.01 * (mean / (1 - 0.9**step)) / (size + 1e-7)
        places.append(place)
    np.testing.assert_allclose(
        path(keras, keras.optimizers.Adam(0.01), gradients), places, rtol=1e-3, atol=1e-5
    )
    assert "own recent gradients" in right_text(lesson_03.quiz_adam)


def test_a_division_by_one_length_would_keep_the_differences():
    gradient = np.array([1.0, 100])
    step = gradient / np.linalg.norm(gradient)
    assert step[1] / step[0] == pytest.approx(100)


def test_the_loss_is_a_mean_over_the_batch_already(keras):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    logits = np.random.default_rng(6).normal(size=(4, 10)).astype("float32")
    labels = np.array([1, 7, 0, 3])
    once, twice = loss(labels, logits), loss(np.tile(labels, 2), np.tile(logits, (2, 1)))
    assert float(once) == pytest.approx(float(twice), rel=1e-5)


# --- quiz_no_digit --------------------------------------------------------------------------------


def test_softmax_sees_differences_only(keras):
    scores = np.zeros((1, 10), "float32")
    scores[0, 2] = 6
    for moved in (scores, scores + 50, scores - 50):
        for probabilities in (softmax(moved), np.array(keras.ops.softmax(moved))):
            assert f"{probabilities[0, 2]:.2f}" == "0.98"
            assert probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert "with probability 0.98" in lesson_03.quiz_no_digit.question
    assert "well above the other nine" in right_text(lesson_03.quiz_no_digit)
    told = explanation(lesson_03.quiz_no_digit, right_text(lesson_03.quiz_no_digit))
    assert "a lead of 6" in told and "0.98" in told
    assert "add 50" in explanation(lesson_03.quiz_no_digit, "The score for 2 was high")


# --- what the exercises' last sentences say -------------------------------------------------------


def test_keras_loss_from_probabilities_cannot_tell_bad_from_hopeless(keras):
    logits, labels = np.array([[0, -40], [0, -4000]], "float32"), np.array([1, 1])
    crossentropy = keras.losses.sparse_categorical_crossentropy
    np.testing.assert_allclose(crossentropy(labels, logits, from_logits=True), [40, 4000])
    bad, hopeless = crossentropy(labels, softmax(logits))
    assert float(bad) == float(hopeless) < 20
    assert "from_logits=True" in lesson_03.cross_entropy_of.when_right


def test_momentum_is_what_keras_does(keras):
    def as_keras(weight, velocity, gradient, rate, momentum):
        optimizer = keras.optimizers.SGD(rate, momentum)
        variable = keras.Variable(np.asarray(weight, "float32"))
        optimizer.build([variable])
        if momentum:
            optimizer.momentums[0].assign(np.asarray(velocity, "float32"))
        optimizer.apply([np.asarray(gradient, "float32")], [variable])
        moved = keras.ops.convert_to_numpy(variable)
        # Without momentum Keras keeps no velocity: the weight has moved by it all the same.
        kept = optimizer.momentums[0] if momentum else moved - np.asarray(weight)
        return [moved, keras.ops.convert_to_numpy(kept)]

    verdict = lesson_03.momentum_step.judge(as_keras)
    assert verdict.outcome == "right", verdict


def test_cross_entropy_is_what_keras_gives(keras):
    def as_keras(logits, label):
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        return loss(np.array([label]), logits[None].astype("float32"))

    verdict = lesson_03.cross_entropy_of.judge(as_keras)
    assert verdict.outcome == "right", verdict


def test_early_stopping_goes_back_to_the_best_epoch(keras):
    """A callback that is told the losses of each case keeps the weights of the epoch expected."""
    for case in lesson_03.best_epoch.cases:
        losses = case["validation_losses"]
        network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        stopping = keras.callbacks.EarlyStopping(patience=99, restore_best_weights=True)
        stopping.set_model(network)
        stopping.on_train_begin()
        for number, loss in enumerate(losses, start=1):
            network.set_weights([np.full((1, 1), number), np.zeros(1)])
            stopping.on_epoch_end(number - 1, {"val_loss": loss})
        stopping.on_train_end()
        assert network.get_weights()[0] == best_epoch(losses)


def test_training_updates_as_often_as_counted(keras):
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    network.compile("sgd", "mse")
    examples, batch, epochs = lesson_03.count_updates.case(3)
    zeros = np.zeros((examples, 1), "float32")
    network.fit(zeros, zeros, batch_size=batch, epochs=epochs, verbose=0)
    counted = int(network.optimizer.iterations)
    assert lesson_03.count_updates.judge(lambda e, b, n: counted).message.startswith(
        "count_updates: Expected 9375"
    )
    assert counted == 28
