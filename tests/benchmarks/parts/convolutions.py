"""One grey photograph under one kernel, in every way that lesson 01 shows, and SciPy's."""

import statistics

import numpy as np
from results import Row
from timing import rounded, seconds_of

from course_utils.by_hand import convolution


def rows(repeats=7):
    """Return the milliseconds of each way, and its speed beside the first."""
    from explorer_cases import PIXELS, photograph

    ways = _ways(photograph().mean(axis=-1))
    expected = np.squeeze(ways["`scipy.signal.correlate2d`"]())
    for name, way in ways.items():
        assert np.allclose(np.squeeze(way()), expected, atol=1e-3), f"{name} differs from SciPy"
    taken = {name: 1000 * statistics.median(seconds_of(way, repeats)) for name, way in ways.items()}
    loops = next(iter(taken.values()))
    found, what = [], f"{PIXELS} × {PIXELS} grey, 7 × 7 kernel"
    for name, one in taken.items():
        words = f"{one:.2f} ms, speed {loops / one:.0f}"
        numbers = rounded(median_ms=one, speed=loops / one)
        found.append(Row(f"{what}, {name}", words, "", numbers))
    return found


def _ways(image):
    """Return {name: function without arguments} of ways to convolve an image."""
    import keras
    from scipy.signal import correlate2d

    kernel = np.random.default_rng(1).normal(size=(7, 7)).astype("float32")
    deep = kernel[..., np.newaxis, np.newaxis]
    layer = keras.layers.Conv2D(1, 7, use_bias=False)
    batch = keras.ops.convert_to_tensor(image[np.newaxis, ..., np.newaxis])
    layer.build(batch.shape)
    layer.set_weights([deep])
    return {
        "`slide`: two loops over the image (speed 1)": lambda: convolution.slide(image, kernel),
        "`shift_and_add`: loops over the kernel": lambda: convolution.shift_and_add(image, kernel),
        "`correlate`: no loop": lambda: convolution.correlate(image[..., np.newaxis], deep),
        "`keras.layers.Conv2D`": lambda: np.asarray(layer(batch)),
        "`scipy.signal.correlate2d`": lambda: correlate2d(image, kernel, "valid"),
    }
