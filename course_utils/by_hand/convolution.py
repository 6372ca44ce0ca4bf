"""Convolution by hand: what a Keras layer computes, one readable step at a time.

Deep learning says *convolution* and means **correlation**: the kernel is not flipped.
Reference: Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016).

Images are `(height, width, channels)`, kernels `(kernel_height, kernel_width, ...)`. A stride or a
dilation is one integer, or a pair for (rows, columns). The functions above the line "argument
checking" are the short cores that lessons 01 and 02 teach; those below check what they are given.
"""

import numpy as np

PADDINGS = ("valid", "same")


def slide(image, kernel):
    """Correlate a 2-D image with a 2-D kernel, wherever the kernel fits."""
    height, width = kernel.shape
    rows = image.shape[0] - height + 1
    columns = image.shape[1] - width + 1
    output = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            window = image[row : row + height, column : column + width]
            output[row, column] = np.sum(window * kernel)
    return output


def shift_and_add(image, kernel):
    """`slide` with loops over the kernel only: one shifted, weighted image for each weight."""
    height, width = kernel.shape
    rows = image.shape[0] - height + 1
    columns = image.shape[1] - width + 1
    output = np.zeros((rows, columns, *image.shape[2:]))  # colour keeps its third axis
    for row in range(height):
        for column in range(width):
            shifted = image[row : row + rows, column : column + columns]
            output += kernel[row, column] * shifted
    return output


def count_positions(size, kernel, stride=1, dilation=1):
    """How many windows fit along one axis."""
    span = dilation * (kernel - 1) + 1
    return (size - span) // stride + 1


def same_padding(size, kernel, stride=1, dilation=1):
    """Zeros before and after one axis for padding="same", as Keras adds them."""
    span = dilation * (kernel - 1) + 1
    positions = -(-size // stride)  # size / stride, rounded up
    total = max((positions - 1) * stride + span - size, 0)
    return total // 2, total - total // 2


def window_taps(windows, kernel, stride=1, dilation=1):
    """Where the weights of each window lie along one axis: (windows, kernel) places.

    A convolution reads its input there; a transposed one adds to its output there.
    """
    return stride * np.arange(windows)[:, None] + dilation * np.arange(kernel)


def stamps_on(place, taps):
    """Which inputs stamp which of their weights on one place of the output: (inputs, weights)."""
    return np.nonzero(taps == place)


def overlap_counts(taps, length):
    """How many taps fall on each of `length` places along one axis; the others lie outside."""
    inside = taps[(taps >= 0) & (taps < length)]
    return np.bincount(inside, minlength=length)


def inner_places(windows, kernel, stride=1, dilation=1):
    """(first, end) of the places away from the edges: more windows would not reach them.

    There the overlaps repeat every `stride` places: evenly when the stride divides the kernel.
    Reference: Odena, Dumoulin and Olah, Deconvolution and checkerboard artifacts (2016).
    """
    span = dilation * (kernel - 1) + 1
    return max(span - stride, 0), windows * stride


def take_windows(image, kernel_size, stride, dilation):
    """Every window of a (height, width, channels) image: (rows, columns, kernel..., channels)."""
    spans = [d * (k - 1) + 1 for k, d in zip(kernel_size, dilation)]
    windows = np.lib.stride_tricks.sliding_window_view(image, spans, axis=(0, 1))
    windows = windows[:: stride[0], :: stride[1], :, :: dilation[0], :: dilation[1]]
    return np.moveaxis(windows, 2, -1)


def weigh_windows(windows, kernel):
    """Multiply each window with each filter and sum over window and channels."""
    return np.einsum("rcijk,ijkf->rcf", windows, kernel, optimize=True)


def grow_field(field, jump, kernel, stride=1, dilation=1):
    """Receptive field and jump after one more layer, from those before it."""
    field = field + (kernel - 1) * dilation * jump
    return field, jump * stride


def transposed_axis(size, kernel, stride=1, padding="valid", dilation=1):
    """(places cut from the front, length) of one axis of a transposed convolution, as in Keras."""
    span = dilation * (kernel - 1) + 1
    if padding == "valid":
        return 0, size * stride + max(span - stride, 0)
    return max(span - stride, 0) // 2, size * stride


def stamp(image, kernel, stride, dilation):
    """Transposed convolution: each input value stamps a scaled kernel into the output."""
    height, width = image.shape[:2]
    spans = [d * (k - 1) + 1 for k, d in zip(kernel.shape, dilation)]
    rows = (height - 1) * stride[0] + spans[0]
    columns = (width - 1) * stride[1] + spans[1]
    output = np.zeros((rows, columns, kernel.shape[2]))
    for row in range(height):
        for column in range(width):
            top, left = row * stride[0], column * stride[1]
            place = output[top : top + spans[0], left : left + spans[1]]
            place[:: dilation[0], :: dilation[1]] += kernel @ image[row, column]
    return output


# --- argument checking -------------------------------------------------------------------------


def output_size(size, kernel, stride=1, padding="valid", dilation=1):
    """Return how many values a convolution gives along one axis.

    Args:
        size: pixels along the axis.
        kernel, stride, dilation: positive integers.
        padding: "valid" (no zeros) or "same" (zeros, so that stride 1 keeps the size).

    Raises:
        ValueError: a number below 1, an unknown padding, or a kernel larger than the image.
    """
    _require_setting(size, kernel, stride, padding, dilation)
    before, after = _padding_of_axis(size, kernel, stride, padding, dilation)
    _require_fit(size + before + after, dilation * (kernel - 1) + 1)
    return count_positions(size + before + after, kernel, stride, dilation)


def transposed_size(size, kernel, stride=1, padding="valid", dilation=1):
    """Return how many values a transposed convolution gives along one axis.

    Args:
        size, kernel, stride, dilation: positive integers.
        padding: "valid" (all stamps whole) or "same" (cut to size * stride).

    Raises:
        ValueError: a number below 1, or an unknown padding.
    """
    _require_setting(size, kernel, stride, padding, dilation)
    return transposed_axis(size, kernel, stride, padding, dilation)[1]


def correlate(image, kernel, bias=None, stride=1, padding="valid", dilation=1):
    """Return what `keras.layers.Conv2D` computes for one image.

    Args:
        image: (height, width, channels).
        kernel: (kernel_height, kernel_width, channels, filters).
        bias: (filters,), or None for none.
        stride, dilation: an integer or a pair; padding: "valid" or "same".

    Returns:
        (rows, columns, filters) float.

    Raises:
        ValueError: shapes that do not fit together, or an impossible setting.
    """
    image, kernel = _require_arrays(image, kernel, "(height, width, channels, filters)")
    _require_channels(image, kernel.shape[2])
    windows = _windows_of(image, kernel.shape[:2], stride, padding, dilation)
    return _add_bias(weigh_windows(windows, kernel), bias)


def depthwise(image, kernel, bias=None, stride=1, padding="valid", dilation=1):
    """Return what `keras.layers.DepthwiseConv2D` computes: each channel has kernels of its own.

    Args:
        image: (height, width, channels).
        kernel: (kernel_height, kernel_width, channels, multiplier).
        bias: (channels * multiplier,), or None for none.
        stride, dilation: an integer or a pair; padding: "valid" or "same".

    Returns:
        (rows, columns, channels * multiplier) float, all kernels of channel 0 first.

    Raises:
        ValueError: shapes that do not fit together, or an impossible setting.
    """
    image, kernel = _require_arrays(image, kernel, "(height, width, channels, multiplier)")
    _require_channels(image, kernel.shape[2])
    windows = _windows_of(image, kernel.shape[:2], stride, padding, dilation)
    maps = np.einsum("rcijk,ijkm->rckm", windows, kernel, optimize=True)
    return _add_bias(maps.reshape(*maps.shape[:2], -1), bias)


def transpose_correlate(image, kernel, bias=None, stride=1, padding="valid", dilation=1):
    """Return what `keras.layers.Conv2DTranspose` computes for one image.

    Args:
        image: (height, width, channels).
        kernel: (kernel_height, kernel_width, filters, channels), in Keras' order.
        bias: (filters,), or None for none.
        stride, dilation: an integer or a pair; padding: "valid" or "same".

    Returns:
        (rows, columns, filters) float: rows = height * stride for "same".

    Raises:
        ValueError: shapes that do not fit together, or an impossible setting.
    """
    image, kernel = _require_arrays(image, kernel, "(height, width, filters, channels)")
    _require_channels(image, kernel.shape[3])
    _require_padding(padding)
    stride, dilation = _pair("stride", stride), _pair("dilation", dilation)
    stamped = stamp(image, kernel, stride, dilation)
    axes = zip(image.shape, kernel.shape, stride, (padding, padding), dilation)
    wanted = [transposed_axis(*axis) for axis in axes]
    return _add_bias(_cut(stamped, wanted), bias)


def receptive_field(layers):
    """Return the receptive field of a stack of layers along one axis.

    Args:
        layers: (kernel, stride) or (kernel, stride, dilation) for each layer, first layer first;
            pooling counts as a layer.

    Returns:
        (field, jump): how many input pixels one output value sees, and how many input pixels
        lie between the centres of two neighbouring outputs.

    Raises:
        ValueError: a layer that is not two or three positive integers.
    """
    field, jump = 1, 1
    for layer in layers:
        field, jump = grow_field(field, jump, *_require_layer(layer))
    return field, jump


def _windows_of(image, kernel_size, stride, padding, dilation):
    """Check the setting, pad the image and take its windows."""
    _require_padding(padding)
    stride, dilation = _pair("stride", stride), _pair("dilation", dilation)
    zeros = [
        _padding_of_axis(*axis[:3], padding, axis[3])
        for axis in zip(image.shape, kernel_size, stride, dilation)
    ]
    padded = np.pad(image, [*zeros, (0, 0)])
    for size, kernel, step in zip(padded.shape, kernel_size, dilation):
        _require_fit(size, step * (kernel - 1) + 1)
    return take_windows(padded, kernel_size, stride, dilation)


def _padding_of_axis(size, kernel, stride, padding, dilation):
    return same_padding(size, kernel, stride, dilation) if padding == "same" else (0, 0)


def _cut(stamped, wanted):
    """Take `length` values from `start` on both axes; what lies beyond the stamps is zero."""
    zeros = [(0, max(start + length - n, 0)) for (start, length), n in zip(wanted, stamped.shape)]
    padded = np.pad(stamped, [*zeros, (0, 0)])
    rows, columns = (slice(start, start + length) for start, length in wanted)
    return padded[rows, columns]


def _add_bias(maps, bias):
    if bias is None:
        return maps
    bias = np.asarray(bias)
    if bias.shape != maps.shape[-1:]:
        raise ValueError(
            f"Expected one bias for each of {maps.shape[-1]} output channels: "
            f"shape {maps.shape[-1:]}. Received shape {bias.shape}."
        )
    return maps + bias


def _pair(name, value):
    """Return an integer, or a pair of them, as a pair of positive integers."""
    pair = (value, value) if np.ndim(value) == 0 else tuple(value)
    if len(pair) != 2:
        raise ValueError(f"Expected {name} as one integer or a pair. Received {value!r}.")
    for number in pair:
        require_positive(name, number)
    return pair


def _require_setting(size, kernel, stride, padding, dilation):
    for name, value in dict(size=size, kernel=kernel, stride=stride, dilation=dilation).items():
        require_positive(name, value)
    _require_padding(padding)


def require_positive(name, value):
    """Refuse what is not a whole number of at least 1, such as a stride.

    Raises:
        ValueError: it says what came.
    """
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < 1:
        raise ValueError(f"Expected {name} as an integer of at least 1. Received {value!r}.")


def _require_padding(padding):
    if not isinstance(padding, str) or padding not in PADDINGS:
        raise ValueError(f'Expected padding "valid" or "same". Received {padding!r}.')


def _require_fit(size, span):
    if span > size:
        raise ValueError(
            f"Expected a kernel that spans at most the {size} pixels of the padded image. "
            f"Received one that spans {span}."
        )


def _require_arrays(image, kernel, layout):
    image, kernel = np.asarray(image), np.asarray(kernel)
    if image.ndim != 3 or 0 in image.shape:
        raise ValueError(
            f"Expected an image of shape (height, width, channels). Received shape {image.shape}."
        )
    if kernel.ndim != 4 or 0 in kernel.shape:
        raise ValueError(f"Expected a kernel of shape {layout}. Received shape {kernel.shape}.")
    return image, kernel


def _require_channels(image, channels):
    if image.shape[2] != channels:
        raise ValueError(
            f"Expected a kernel for the image's {image.shape[2]} channels. "
            f"Received a kernel for {channels}."
        )


def _require_layer(layer):
    if len(layer) not in (2, 3):
        raise ValueError(
            f"Expected each layer as (kernel, stride) or (kernel, stride, dilation). "
            f"Received {layer!r}."
        )
    kernel, stride, dilation = (*layer, 1)[:3]
    for name, value in dict(kernel=kernel, stride=stride, dilation=dilation).items():
        require_positive(name, value)
    return kernel, stride, dilation
