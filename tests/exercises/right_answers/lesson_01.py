"""Correct answers to lesson 01's exercises, written without a look at the references."""

import numpy as np
from scipy import signal


def correlate_with_loops(image, kernel):
    out = []
    for top in range(len(image) - len(kernel) + 1):
        out.append([])
        for left in range(len(image[0]) - len(kernel[0]) + 1):
            total = 0.0
            for i in range(len(kernel)):
                for j in range(len(kernel[0])):
                    total += image[top + i][left + j] * kernel[i][j]
            out[-1].append(total)
    return out  # a list of lists


def count_starts(size, kernel, stride, padding):
    starts = range(-padding, size + padding - kernel + 1, stride)
    return len([start for start in starts])


def sobel_scipy(image):
    smooth, slope = np.array([1, 2, 1]), np.array([1, 0, -1])
    across = signal.convolve2d(image, np.outer(smooth, slope), mode="valid")
    down = signal.convolve2d(image, np.outer(slope, smooth), mode="valid")
    return np.hypot(across, down)


def sobel_loops(image):
    rows = []
    for r in range(1, len(image) - 1):
        rows.append([])
        for c in range(1, len(image[0]) - 1):
            x = y = 0
            for d, weight in ((-1, 1), (0, 2), (1, 1)):
                x += weight * (image[r + d][c - 1] - image[r + d][c + 1])
                y += weight * (image[r - 1][c + d] - image[r + 1][c + d])
            rows[-1].append((x * x + y * y) ** 0.5)
    return rows


def colour_einsum(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)[:, :, 0]
    return np.einsum("rcijk,ijk->rc", windows, kernel)


def colour_float32(image, kernel):
    return signal.correlate(image.astype("f4"), kernel.astype("f4"), mode="valid")[:, :, 0]


def parameters_by_loop(kernel, channels_in, channels_out):
    total = 0
    for _ in range(channels_out):
        total += 1
        for _ in range(channels_in):
            total += kernel**2
    return np.int32(total)


def flip_with_numpy(image, kernel):
    return np.array(correlate_with_loops(image, np.flip(kernel)), dtype=np.float32)


RIGHT_ANSWERS = [
    ("value_at", lambda i, k, r, c: correlate_with_loops(i, k)[r][c]),
    ("value_at", lambda i, k, r, c: signal.correlate2d(i, k, mode="valid")[r, c]),
    ("value_at", lambda i, k, r, c: np.float32(signal.correlate2d(i, k, mode="valid")[r, c])),
    ("value_at", lambda i, k, r, c: np.array(correlate_with_loops(i, k)[r][c])),
    ("value_at", lambda *a: np.vdot(a[0][a[2] :, a[3] :][: len(a[1]), : len(a[1][0])], a[1])),
    ("shift_left", [[0, 0, 0], [0, 0, 1], [0, 0, 0]]),
    ("shift_left", np.eye(9, dtype="f4")[5].reshape(3, 3)),
    ("shift_left", np.eye(9, dtype="int8")[5].reshape(3, 3)),
    ("shift_left", ((0.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, 0.0))),
    ("output_width", count_starts),
    ("output_width", lambda s, k, stride, p: (s + 2 * p - k + stride) // stride),
    ("output_width", lambda s, k, stride, p: np.floor((s + 2 * p - k) / stride) + 1),
    ("output_width", lambda *arguments: np.int64(count_starts(*arguments))),
    ("edge_strength", sobel_scipy),
    ("edge_strength", sobel_loops),
    ("edge_strength", lambda image: sobel_scipy(image.astype("f4")).astype("f4")),
    ("colour_correlate", colour_einsum),
    ("colour_correlate", colour_float32),
    ("colour_correlate", lambda i, k: colour_einsum(i, k).tolist()),
    ("count_parameters", parameters_by_loop),
    ("count_parameters", lambda k, i, o: float(k * k * i * o + o)),
    ("count_parameters", lambda k, i, o: np.ones((k, k, i, o)).size + np.zeros(o).size),
    ("convolve", flip_with_numpy),
    ("convolve", lambda image, kernel: signal.convolve2d(image, kernel, mode="valid")),
    ("convolve", lambda image, kernel: correlate_with_loops(image, np.rot90(kernel, 2))),
]
