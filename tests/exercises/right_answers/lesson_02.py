"""Correct answers to lesson 02's exercises, written without a look at the references."""

import numpy as np
from scipy import signal
from scipy.ndimage import uniform_filter


def signs_by_loops(edges):
    above, below = np.zeros_like(edges), np.zeros_like(edges)
    for place, value in np.ndenumerate(edges):
        if value > 0:
            above[place] = value
        else:
            below[place] = -value
    return above, below  # a pair


def signs_from_size(edges):
    size = abs(edges)
    return np.array([(size + edges) / 2, (size - edges) / 2], dtype="f4")


def signs_by_where(edges):
    return [np.where(edges > 0, edges, 0).tolist(), np.where(edges < 0, -edges, 0).tolist()]


def pool_by_loops(image, size):
    rows = []
    for top in range(0, len(image) - size + 1, size):
        row = []
        for left in range(0, len(image[0]) - size + 1, size):
            total = 0.0
            for i in range(size):
                for j in range(size):
                    total += image[top + i][left + j]
            row.append(total / size**2)
        rows.append(row)
    return rows


def pool_by_kernel(image, size):
    kernel = np.ones((size, size)) / size**2
    return signal.correlate2d(image, kernel, mode="valid")[::size, ::size]


def pool_by_filter(image, size):
    rows, columns = (n // size * size for n in image.shape)
    means = uniform_filter(image, size, origin=-(size // 2))
    return means[:rows:size, :columns:size].astype("f4")


def field_by_tracing(kernels, strides):
    """Follow the first and the last pixel of one value back to the picture."""
    first = last = 0
    for kernel, stride in reversed(list(zip(kernels, strides))):
        first, last = first * stride, last * stride + kernel - 1
    return last - first + 1


def field_by_formula(kernels, strides):
    before = [1, *np.cumprod(strides)[:-1]]
    return float(1 + np.dot(np.array(kernels) - 1, before))


def field_backwards(kernels, strides):
    needed = 1
    for kernel, stride in zip(kernels[::-1], strides[::-1]):
        needed = (needed - 1) * stride + kernel
    return np.int32(needed)


def slopes_by_formula(image, target, kernel, nudge):
    error = signal.correlate2d(image, kernel, mode="valid") - target
    return 2 * signal.correlate2d(image, error, mode="valid") / error.size


def slopes_by_copies(image, target, kernel, nudge):
    rows, columns = kernel.shape
    out = [[0.0] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            up, down = kernel.copy(), kernel.copy()
            up[i, j] += nudge
            down[i, j] -= nudge
            losses = []
            for one in (up, down):
                output = signal.correlate2d(image, one, mode="valid")
                losses.append(((output - target) ** 2).mean())
            out[i][j] = (losses[0] - losses[1]) / nudge / 2
    return out


def slopes_in_place_and_back(image, target, kernel, nudge):
    kernel = np.array(kernel)
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    out = np.zeros_like(kernel)
    for i in range(len(kernel)):
        for j in range(len(kernel[0])):
            kernel[i, j] += nudge
            up = np.square(np.einsum("rcij,ij->rc", windows, kernel) - target).mean()
            kernel[i, j] -= 2 * nudge
            down = np.square(np.einsum("rcij,ij->rc", windows, kernel) - target).mean()
            kernel[i, j] += nudge
            out[i, j] = (up - down) / (2 * nudge)
    return out


RIGHT_ANSWERS = [
    ("split_signs", signs_by_loops),
    ("split_signs", signs_from_size),
    ("split_signs", signs_by_where),
    ("split_signs", lambda edges: np.clip(np.stack([edges, -edges]), 0, None)),
    ("average_pool", pool_by_loops),
    ("average_pool", pool_by_kernel),
    ("average_pool", pool_by_filter),
    ("stack_field", field_by_tracing),
    ("stack_field", field_by_formula),
    ("stack_field", field_backwards),
    ("output_shapes", [(12, 12, 16), (12, 12, 32), (6, 6, 32), (6, 6, 64)]),
    ("output_shapes", np.array([[12, 12, 16], [12, 12, 32], [6, 6, 32], [6, 6, 64]], "f4")),
    ("output_shapes", np.array([12, 12, 6, 6])[:, None].repeat(3, 1) * [1, 1, 0]
     + np.outer([16, 32, 32, 64], [0, 0, 1])),
    ("parameter_counts", (416, 4640, 18496, 147520, 650)),
    ("parameter_counts", np.array([416.0, 4640, 18496, 147520, 650])),
    ("parameter_counts", [5 * 5 * 16 + 16, 9 * 16 * 32 + 32, 9 * 32 * 64 + 64,
                          6 * 6 * 64 * 64 + 64, 64 * 10 + 10]),
    ("loss_slopes", slopes_by_formula),
    ("loss_slopes", slopes_by_copies),
    ("loss_slopes", slopes_in_place_and_back),
]  # fmt: skip
