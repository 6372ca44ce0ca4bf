"""by_hand.layers against Keras, over drawn maps."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_utils.by_hand.layers import max_pool, relu

# TensorFlow takes numbers too small for float32's full precision for 0.
finite = st.floats(-1e6, 1e6, width=32, allow_subnormal=False)


@st.composite
def maps(draw, least=1):
    """Maps of shape (rows, columns) or (rows, columns, maps), float32."""
    shape = draw(st.tuples(st.integers(least, 11), st.integers(least, 11)))
    deep = draw(st.sampled_from([(), (1,), (3,)]))
    return draw(arrays(np.float32, (*shape, *deep), elements=finite))


@settings(max_examples=100, deadline=None)
@given(maps())
def test_relu_is_keras_relu(values):
    np.testing.assert_array_equal(relu(values), np.asarray(keras.ops.relu(values)))
    assert relu(values).dtype == values.dtype


@settings(max_examples=100, deadline=None)
@given(maps())
def test_relu_splits_what_it_adds_up_to(values):
    before = values.copy()
    np.testing.assert_array_equal(relu(values) - relu(-values), values)
    np.testing.assert_array_equal(relu(values) + relu(-values), np.abs(values))
    np.testing.assert_array_equal(relu(relu(values)), relu(values))
    np.testing.assert_array_equal(values, before)


@settings(max_examples=200, deadline=None)
@given(maps(), st.integers(1, 4))
def test_max_pool_is_keras_max_pooling(values, size):
    if min(values.shape[:2]) < size:
        assert 0 in max_pool(values, size).shape
        return
    deep = values if values.ndim == 3 else values[..., None]
    theirs = np.asarray(keras.layers.MaxPooling2D(size)(deep[None]))[0]
    ours = max_pool(values, size)
    np.testing.assert_array_equal(ours.reshape(theirs.shape), theirs)
    assert ours.ndim == values.ndim


@settings(max_examples=100, deadline=None)
@given(maps(least=4), st.integers(1, 4))
def test_max_pool_only_picks(values, size):
    before = values.copy()
    pooled = max_pool(values, size)
    assert np.isin(pooled, values).all() and pooled.max() <= values.max()
    np.testing.assert_array_equal(values, before)
    # Cutting off below 0 keeps the order of values, so the two steps may change places.
    np.testing.assert_array_equal(max_pool(relu(values), size), relu(pooled))


def test_max_pool_of_all_negative_values_is_negative():
    assert max_pool(np.full((2, 2), -3.0), 2).tolist() == [[-3]]


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float64, bool])
def test_kinds_of_numbers(kind):
    values = np.array([[0, 1, 0], [1, 1, 0]], kind)
    assert max_pool(values, 2).tolist() == [[1]]
    assert relu(values).tolist() == values.tolist()
