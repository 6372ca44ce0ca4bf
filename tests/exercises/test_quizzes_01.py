"""Lesson 01's questions: their answers hold against the course's own arithmetic and Keras."""

import pytest
from asking import right_text

from course_utils.by_hand.convolution import output_size, receptive_field, same_padding
from course_utils.exercises import Quiz, lesson_01

QUIZZES = {name: item for name, item in vars(lesson_01).items() if isinstance(item, Quiz)}


def test_the_lesson_has_enough_questions_and_no_favourite_place():
    assert len(QUIZZES) >= 5
    assert all(name == quiz.name and quiz.lesson == "lesson_01" for name, quiz in QUIZZES.items())
    places = [letter for quiz in QUIZZES.values() for letter, o in quiz.options.items() if o.right]
    assert len(set(places)) >= 3 and max(places.count(letter) for letter in places) <= 2


def test_right_options_are_right():
    assert right_text(lesson_01.quiz_positions) == str(output_size(28, 3))
    values, zeros = output_size(28, 3, stride=2, padding="same"), same_padding(28, 3, 2)
    assert (values, zeros) == (14, (0, 1))
    assert right_text(lesson_01.quiz_same_padding) == "14, with one zero at the end"
    field, _ = receptive_field([(3, 1), (3, 1)])
    assert right_text(lesson_01.quiz_receptive_field) == f"{field}×{field}"


def test_zeros_on_both_sides_give_as_many_values_one_pixel_earlier():
    """What the third option of quiz_same_padding replies."""
    both, at_the_end = (range(-zeros, 28 + 1 - 2, 2) for zeros in (1, 0))
    assert len(both) == len(at_the_end) == 14
    assert {late - early for early, late in zip(both, at_the_end)} == {1}
    reply = lesson_01.quiz_same_padding.judge("c").message
    assert "it gives 14 too" in reply and "one pixel earlier" in reply


def test_kernel_shape_is_what_keras_says():
    keras = pytest.importorskip("keras")
    layer = keras.layers.Conv2D(16, 3)
    layer.build((None, 28, 28, 3))
    assert right_text(lesson_01.quiz_keras_kernel) == str(tuple(layer.kernel.shape))
    parameters = layer.count_params()
    assert lesson_01.count_parameters.judge(lambda k, i, o: k * k * i * o + o).outcome == "right"
    assert parameters == 448
