"""Kernels with a name: what image editors and textbooks call blur, sharpen and edge.

Sources: Gonzalez and Woods, Digital Image Processing, chapter 3 (box, Gaussian, Laplacian,
sharpen); Sobel and Feldman (1968) for the gradient pair.
"""

import numpy as np

KERNELS = {
    "identity": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], float),
    "box blur": np.full((3, 3), 1 / 9),
    "Gaussian blur": np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256,
    "motion blur": np.eye(7) / 7,
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], float),
    "Sobel x": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], float),
    "Sobel y": np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], float),
    "Laplacian": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], float),
    "emboss": np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], float),
}


def separate(kernel, tolerance=1e-9):
    """Return (column, row) with `kernel == np.outer(column, row)`, or None if there is no such pair.

    Args:
        kernel: (height, width).
        tolerance: the largest second singular value, relative to the first, that counts as zero.
    """
    left, sizes, right = np.linalg.svd(kernel)
    if sizes[0] == 0 or (len(sizes) > 1 and sizes[1] > tolerance * sizes[0]):
        return None
    column, row = left[:, 0], sizes[0] * right[0]
    # Any factor may move from one to the other: make the column's first real entry 1, to be read.
    scale = column[np.abs(column) > tolerance][0]
    return column / scale, row * scale
