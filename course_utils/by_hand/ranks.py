"""How alike two arrays order their places: Spearman's rank correlation.

Reference: Spearman, The proof and measurement of association between two things (1904).
"""

import numpy as np


def ranks(values):
    """Return the place of each value in the order from small to large; equal ones share a mean."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    means = np.cumsum(counts) - (counts - 1) / 2
    return means[which.ravel()]


def rank_correlation(one, other):
    """Return how alike two arrays of one shape rank their places.

    Returns:
        −1…1: 1 for the same order, 0 for orders that have nothing to do with each other; None
        where one array has the same value everywhere, and so no order.
    """
    one, other = np.ravel(one), np.ravel(other)
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])
