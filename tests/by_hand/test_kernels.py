"""by_hand.kernels: what each named kernel is known to do, and which are an outer product."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from course_utils.by_hand.convolution import slide
from course_utils.by_hand.kernels import KERNELS, separate

IMAGE = np.random.default_rng(1).random((12, 15))
RAMP = np.add.outer(2.0 * np.arange(12), 3.0 * np.arange(15))  # down 2 a row, right 3 a column


def scipy_answer(name):
    """The same filter under SciPy's own name."""
    binomial = np.convolve([1, 2, 1], [1, 2, 1]) / 16
    return {
        "identity": lambda x: x,
        "box blur": lambda x: ndimage.uniform_filter(x, 3),
        "Gaussian blur": lambda x: ndimage.correlate(x, np.outer(binomial, binomial)),
        "sharpen": lambda x: x - ndimage.laplace(x),
        "Sobel x": lambda x: ndimage.sobel(x, axis=1),
        "Sobel y": lambda x: ndimage.sobel(x, axis=0),
        "Laplacian": ndimage.laplace,
    }[name](IMAGE)  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(KERNELS) - {"motion blur", "emboss"}))
def test_each_kernel_is_the_one_of_that_name_in_scipy(name):
    ours = slide(IMAGE, KERNELS[name])
    cut = KERNELS[name].shape[0] // 2
    np.testing.assert_allclose(ours, scipy_answer(name)[cut:-cut, cut:-cut], atol=1e-12)


def test_the_gaussian_is_binomial():
    """Gonzalez and Woods, chapter 3: the rows of Pascal's triangle approach the bell curve."""
    assert np.abs(KERNELS["Gaussian blur"] - _bell(sigma=1)).max() < 0.03


def _bell(sigma):
    line = np.exp(-np.arange(-2, 3) ** 2 / (2 * sigma**2))
    return np.outer(line, line) / line.sum() ** 2


BRIGHT = ["box blur", "Gaussian blur", "motion blur", "sharpen", "identity"]


@pytest.mark.parametrize("name", BRIGHT)
def test_pictures_stay_as_bright_as_they_were(name):
    assert KERNELS[name].sum() == pytest.approx(1)


@pytest.mark.parametrize("name", ["Sobel x", "Sobel y", "Laplacian"])
def test_edge_kernels_are_zero_where_nothing_changes(name):
    assert KERNELS[name].sum() == 0
    assert (slide(np.full((9, 9), 0.7), KERNELS[name]).round(12) == 0).all()


def test_signs_and_directions_on_a_ramp():
    assert np.allclose(slide(RAMP, KERNELS["Sobel x"]), 8 * 3)
    assert np.allclose(slide(RAMP, KERNELS["Sobel y"]), 8 * 2)
    assert np.allclose(slide(RAMP, KERNELS["Laplacian"]), 0)


def test_motion_blur_smears_along_the_diagonal_alone():
    dot = np.zeros((13, 13))
    dot[6, 6] = 7
    np.testing.assert_allclose(slide(dot, KERNELS["motion blur"]), np.eye(7), atol=1e-12)


def test_emboss_is_odd_but_for_the_picture_itself():
    kernel = KERNELS["emboss"].copy()
    assert kernel[1, 1] == kernel.sum() == 1
    kernel[1, 1] = 0
    np.testing.assert_array_equal(kernel, -np.rot90(kernel, 2))


def test_every_kernel_fits_into_the_kernel_lab():
    assert all(3 <= n <= 7 for kernel in KERNELS.values() for n in kernel.shape)


# --- separable -----------------------------------------------------------------------------------

numbers = st.lists(st.integers(-9, 9), min_size=1, max_size=7)


@given(numbers, numbers, st.floats(0.01, 100))
def test_an_outer_product_is_taken_apart(column, row, scale):
    kernel = np.outer(column, row) * scale
    factors = separate(kernel)
    if not kernel.any():
        assert factors is None
        return
    np.testing.assert_allclose(np.outer(*factors), kernel, atol=1e-9 * np.abs(kernel).max())
    first = factors[0][np.abs(factors[0]) > 1e-9][0]
    assert first == pytest.approx(1)


@given(st.integers(0, 10_000), st.integers(2, 7), st.integers(2, 7))
def test_what_has_a_higher_rank_is_not_separable(seed, height, width):
    kernel = np.random.default_rng(seed).integers(-9, 10, (height, width)).astype(float)
    assert (separate(kernel) is None) == (np.linalg.matrix_rank(kernel) != 1)


@pytest.mark.parametrize("name", KERNELS)
def test_which_named_kernels_are_separable(name):
    assert (separate(KERNELS[name]) is not None) == (np.linalg.matrix_rank(KERNELS[name]) == 1)


def test_sobel_smooths_one_way_and_differs_the_other():
    column, row = separate(KERNELS["Sobel x"])
    np.testing.assert_allclose([column, row], [[1, 2, 1], [-1, 0, 1]])
