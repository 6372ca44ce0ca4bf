"""Lesson 02's questions: their answers hold against Keras and the course's own arithmetic."""

import keras
import numpy as np
import pytest
from asking import right_text

from course_utils import datasets
from course_utils.by_hand.convolution import receptive_field, shift_and_add
from course_utils.by_hand.kernels import KERNELS
from course_utils.by_hand.layers import relu
from course_utils.by_hand.learning import learn_kernel, squared_error
from course_utils.exercises import Quiz, lesson_02
from course_utils.models.classifier import build_network
from course_utils.models.layer_table import layer_rows

QUIZZES = {name: item for name, item in vars(lesson_02).items() if isinstance(item, Quiz)}
SOBEL = KERNELS["Sobel x"]


def coins():
    image = datasets.load_photograph("coins", grey=True)[::4, ::4].astype(float)
    return image - image.mean()


def test_the_lesson_has_enough_questions_and_no_favourite_place():
    assert len(QUIZZES) >= 5
    places = [letter for quiz in QUIZZES.values() for letter, o in quiz.options.items() if o.right]
    assert len(set(places)) >= 3 and max(places.count(letter) for letter in places) <= 2


def test_each_filter_reads_all_maps():
    maps = np.random.default_rng(0).random((1, 9, 9, 4)).astype("float32")
    layer = keras.layers.Conv2D(8, 3)
    before = np.asarray(layer(maps))
    assert right_text(lesson_02.quiz_second_layer).startswith(f"{before.shape[-1]} maps")
    for number in range(4):
        other = maps.copy()
        other[..., number] = 0
        changed = np.abs(np.asarray(layer(other)) - before).max(axis=(0, 1, 2))
        assert (changed > 1e-4).all()


def test_the_bias_is_a_threshold():
    layer = keras.layers.Dense(1, activation="relu")
    layer.build((None, 1))
    layer.set_weights([np.ones((1, 1)), np.array([-0.5])])
    came = float(np.asarray(layer(np.array([[0.3]], "float32")))[0, 0])
    assert right_text(lesson_02.quiz_threshold) == f"{came:g}"
    assert np.asarray(layer(np.array([[0.51]], "float32")))[0, 0] > 0


def test_pooling_in_keras():
    layer = keras.layers.MaxPooling2D(2)
    shape = layer(np.zeros((1, 15, 15, 8))).shape[1:]
    same = keras.layers.MaxPooling2D(2, padding="same")(np.zeros((1, 15, 15, 8))).shape[1:]
    texts = [option.text for option in lesson_02.quiz_pooled_shape.options.values()]
    right = f"{shape[0]}×{shape[1]}, {shape[2]} maps; nothing"
    assert right_text(lesson_02.quiz_pooled_shape) == right
    assert f"{same[0]}×{same[1]}, 8 maps; nothing" in texts
    assert layer.count_params() == 0


def test_as_many_layers_as_it_takes():
    seen = {number: receptive_field([(3, 1)] * number)[0] for number in range(1, 30)}
    least = min(number for number, field in seen.items() if field >= 28)
    assert right_text(lesson_02.quiz_layers_needed) == str(least)
    assert (seen[13], seen[14]) == (27, 29)


def test_larger_pictures_change_one_count():
    network = build_network()
    again = [type(layer).from_config(layer.get_config()) for layer in network.layers]
    larger = keras.Sequential([keras.Input((56, 56, 1)), *again])
    small, large = layer_rows(network), layer_rows(larger)
    changed = [
        one.name for one, other in zip(small, large, strict=True)
        if one.parameters != other.parameters
    ]  # fmt: skip
    assert changed == ["dense"]
    assert right_text(lesson_02.quiz_larger_pictures) == "Only that of `dense`"


def test_a_turned_teacher_is_learned_turned():
    target = shift_and_add(coins(), SOBEL[::-1, ::-1])
    learned = learn_kernel(coins(), target, np.zeros((3, 3)), 1.5, 300)[-1]
    np.testing.assert_allclose(learned, -SOBEL, atol=0.01)
    assert "signs turned" in right_text(lesson_02.quiz_turned_teacher)


@pytest.mark.parametrize("rate, grows", [(20, True), (2, False), (0.2, False)])
def test_a_smaller_rate_mends_a_growing_loss(rate, grows):
    target = shift_and_add(coins(), SOBEL)
    for start in (np.zeros((3, 3)), np.ones((3, 3))):
        kernels = learn_kernel(coins(), target, start, rate, 12)
        losses = [squared_error(shift_and_add(coins(), kernel), target) for kernel in kernels]
        assert (losses[-1] > losses[0]) == grows
        assert grows or all(after < before for before, after in zip(losses, losses[1:]))
    assert right_text(lesson_02.quiz_growing_loss) == "A smaller learning rate"


# --- what the exercises take for granted ---------------------------------------------------------


def test_the_predictions_are_what_keras_says_of_the_digit_reader():
    """The network that lesson 02 lets students predict is the one that lesson 03 trains."""
    rows = {row.name: row for row in layer_rows(build_network())}
    shapes = [rows[name].shape for name in lesson_02._LAYERS]
    counts = [rows[name].parameters for name in lesson_02._LEARNING]
    assert lesson_02.output_shapes.judge(shapes).outcome == "right"
    assert lesson_02.parameter_counts.judge(counts).outcome == "right"
    assert sum(counts) == build_network().count_params()


@pytest.mark.parametrize("exercise", [lesson_02.output_shapes, lesson_02.parameter_counts])
def test_one_wrong_prediction_is_enough_and_its_layer_is_named(exercise):
    right = np.array(
        lesson_02._shapes() if exercise is lesson_02.output_shapes else lesson_02._parameters()
    )
    names = lesson_02._LAYERS if exercise is lesson_02.output_shapes else lesson_02._LEARNING
    for place in np.ndindex(right.shape):
        wrong = right.copy()
        wrong[place] += 1
        verdict = exercise.judge(wrong)
        assert verdict.outcome == "not yet" and names[place[0]] in verdict.message
        assert str(right[place]) not in verdict.message


def test_split_signs_adds_up_to_what_was_given():
    for number in range(1, 5):
        (edges,) = lesson_02.split_signs.case(number)
        np.testing.assert_array_equal(relu(edges) - relu(-edges), edges)


def test_the_last_stack_is_alexnet():
    """Krizhevsky and others (2012), section 3.5: five convolutions and three poolings of 3, 2."""
    kernels, strides = lesson_02.stack_field.case(5)
    layers = [(11, 4), (3, 2), (5, 1), (3, 2), (3, 1), (3, 1), (3, 1), (3, 2)]
    assert list(zip(kernels.tolist(), strides.tolist())) == layers
    assert f"{receptive_field(layers)[0]} of 227" in lesson_02.stack_field.when_right
