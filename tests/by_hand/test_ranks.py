"""Ranks and their correlation, against SciPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from course_utils.by_hand.ranks import rank_correlation, ranks

FEW = st.integers(-3, 3)  # so that many are equal


@given(arrays(int, st.integers(1, 30), elements=FEW))
def test_ranks_are_scipys(values):
    np.testing.assert_array_equal(ranks(values), stats.rankdata(values))


@given(st.integers(2, 20).flatmap(lambda n: arrays(float, (2, n), elements=FEW.map(float))))
def test_the_correlation_is_scipys(pair):
    one, other = pair
    found = rank_correlation(one, other)
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        assert found is None
    else:
        assert found == pytest.approx(stats.spearmanr(one, other).statistic, abs=1e-9)


def test_only_the_order_counts():
    values = np.random.default_rng(0).random((5, 6))
    assert rank_correlation(values, np.exp(9 * values)) == pytest.approx(1)
    assert rank_correlation(values, -(values**3)) == pytest.approx(-1)
