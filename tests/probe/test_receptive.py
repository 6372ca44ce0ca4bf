"""How boxes grow from layer to layer, against the formula of lesson 02."""

import keras
import pytest
import zoo
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from course_utils.by_hand.convolution import receptive_field
from course_utils.models.graph import INPUT, steps_of
from course_utils.probe import Probe, jump_of, receptive_box, windows_until

SIDE = 80
settings_of_axis = st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 3)).map(
    lambda drawn: drawn if drawn[1] == 1 else (*drawn[:2], 1)  # Keras takes one of them alone
)


def sizes_of(steps, picture):
    return {INPUT: picture, **{place: step.shape[:2] for place, step in enumerate(steps)}}


def chain(down, across):
    """A stack of convolutions with these (kernel, stride, dilation) along both axes."""
    model = keras.Sequential([keras.Input((SIDE, SIDE, 1))])
    for (kernel_d, stride_d, dilation_d), (kernel_a, stride_a, dilation_a) in zip(down, across):
        if stride_d > 1 or stride_a > 1:
            dilation_d = dilation_a = 1
        model.add(layers.Conv2D(
            1, (kernel_d, kernel_a), (stride_d, stride_a), padding="same",
            dilation_rate=(dilation_d, dilation_a),
        ))  # fmt: skip
    return model


def taken(model, axis):
    return [(l.kernel_size[axis], l.strides[axis], l.dilation_rate[axis]) for l in model.layers]


@settings(max_examples=15)
@given(st.lists(st.tuples(settings_of_axis, settings_of_axis), min_size=1, max_size=3))
def test_box_and_jump_of_a_chain_are_those_of_the_formula(drawn):
    model = chain(*zip(*drawn))
    steps = steps_of(model)
    sizes, last = sizes_of(steps, (SIDE, SIDE)), len(steps) - 1
    top, left, bottom, right = receptive_box(steps, last, 1, 2, sizes)
    (high, down), (wide, across) = (receptive_field(taken(model, axis)) for axis in (0, 1))
    assert (bottom - top, right - left) == (high, wide)
    assert jump_of(steps, last, sizes) == (down, across)


@pytest.mark.parametrize("make, name, jump", [
    (zoo.sequential, "c", (4, 4)), (zoo.branching, "last", (4, 4)), (zoo.dilated, "three", (1, 1)),
    (zoo.dilated, "third", (None, None)), (zoo.transposed, "up", (None, None)),
    (zoo.transposed, "down", (2, 2)),
])  # fmt: skip
def test_jumps_are_given_where_they_are_even(make, name, jump):
    steps = steps_of(make())
    place = [step.name for step in steps].index(name)
    assert jump_of(steps, place, sizes_of(steps, (24, 26))) == jump


def test_where_all_units_see_everything_there_is_no_jump():
    start = keras.Input((8, 8, 2))
    squeezed = layers.GlobalAveragePooling2D(keepdims=True)(start)
    probe = Probe(keras.Model(start, layers.Conv2D(2, 1, name="c")(squeezed)))
    sizes = sizes_of(probe.steps, (8, 8))
    assert receptive_box(probe.steps, 1, 0, 0, sizes) == (0, 0, 8, 8)
    assert jump_of(probe.steps, 1, sizes) == (None, None)


@pytest.mark.parametrize("make, name, windows", [
    (zoo.sequential, "c", "a b pool c"), (zoo.branching, "last", "stem long_1 long_2 last"),
    (zoo.branching, "stem", "stem"), (zoo.separable, "separable", "depthwise separable"),
    (zoo.nested_and_shared, "shared", "stem inner/c inner/c (use 2) shared"),
])  # fmt: skip
def test_windows_on_the_way_are_named_in_order(make, name, windows):
    steps = steps_of(make())
    place = [step.name for step in steps].index(name)
    assert " ".join(steps[at].name for at in windows_until(steps, place)) == windows
