"""Lesson 01: a reference for each exercise, and the slips that its check knows by name.

The reference's source is what `.solution()` shows, and what a solved run puts into the lesson's
cells: it uses only what stands there, `np` and `slide`.
"""

import numpy as np

from course_utils.by_hand.convolution import slide
from course_utils.exercises.slips import SlipList

SLIPS = SlipList()

# --- value_at ----------------------------------------------------------------------------------


def value_at(image, kernel, row, column):
    """Return the output value whose window has its top left corner at (row, column).

    image: (height, width); kernel: (kernel_height, kernel_width); returns one number.
    """
    kernel_rows, kernel_columns = kernel.shape
    under_kernel = image[row : row + kernel_rows, column : column + kernel_columns]
    return (under_kernel * kernel).sum()


@SLIPS.slip(
    "value_at",
    "the kernel is turned by 180 degrees",
    "Correlation lays the kernel on the window as it stands; turning it comes later in the lesson.",
)
def value_at_turned(image, kernel, row, column):
    return value_at(image, kernel[::-1, ::-1], row, column)


@SLIPS.slip(
    "value_at",
    "row and column are exchanged",
    "The first axis of an array counts rows downwards, the second counts columns to the right.",
)
def value_at_exchanged(image, kernel, row, column):
    return value_at(image, kernel, column, row)


@SLIPS.slip(
    "value_at",
    "the window is centred on (row, column)",
    "Here (row, column) is the window's top left corner, not its middle.",
)
def value_at_centred(image, kernel, row, column):
    height, width = kernel.shape
    return value_at(image, kernel, row - height // 2, column - width // 2)


@SLIPS.slip(
    "value_at",
    "the mean is taken in place of the sum",
    "The products are added up and not divided: a blur gets its 1/9 from the kernel's weights.",
)
def value_at_mean(image, kernel, row, column):
    return value_at(image, kernel, row, column) / kernel.size


@SLIPS.slip(
    "value_at",
    "window and kernel meet in a matrix product",
    "`@` combines rows with columns; here each pixel meets the one weight that lies on it.",
)
def value_at_matrix_sum(image, kernel, row, column):
    return value_at_matrix(image, kernel, row, column).sum()


@SLIPS.slip(
    "value_at",
    "window and kernel meet in a matrix product, and stay an array",
    "`@` combines rows with columns; here each pixel meets the one weight that lies on it, "
    "and one number comes out.",
)
def value_at_matrix(image, kernel, row, column):
    height, width = kernel.shape
    return image[row : row + height, column : column + width] @ kernel


@SLIPS.slip(
    "value_at",
    "the products are not added up",
    "All products of one window make one output value.",
)
def value_at_products(image, kernel, row, column):
    height, width = kernel.shape
    return image[row : row + height, column : column + width] * kernel


_FIXED_WINDOW = (
    "the window is always 3 × 3",
    "Take its size from `kernel.shape`: kernels come in other sizes, too.",
)


@SLIPS.slip("value_at", *_FIXED_WINDOW)
def value_at_fixed(image, kernel, row, column):
    return np.sum(image[row : row + 3, column : column + 3] * kernel)


@SLIPS.slip("value_at", *_FIXED_WINDOW)
def value_at_fixed_loops(image, kernel, row, column):
    places = [(i, j) for i in range(3) for j in range(3)]
    return sum(image[row + i, column + j] * kernel[i, j] for i, j in places)


@SLIPS.slip(
    "value_at",
    "the slice ends at `height`",
    "The slice ends at `row + height`, not at `height`, and likewise for the columns.",
)
def value_at_short_slice(image, kernel, row, column):
    height, width = kernel.shape
    return np.sum(image[row:height, column:width] * kernel)


@SLIPS.slip(
    "value_at",
    "only the rows are added up",
    "Python's `sum` adds up the rows only; `np.sum` adds everything.",
)
def value_at_python_sum(image, kernel, row, column):
    return sum(value_at_products(image, kernel, row, column))


# --- shift_left --------------------------------------------------------------------------------

shift_left = np.array([[0, 0, 0], [0, 0, 1], [0, 0, 0]])

SLIPS.slip(
    "shift_left",
    "the picture moves to the right",
    "The output copies the pixel on which the 1 lies: ask from which side it has to come.",
)(np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0]]))
SLIPS.slip(
    "shift_left",
    "the picture moves up",
    "The 1 copies the pixel below; a step to the side is a step along the columns.",
)(np.array([[0, 0, 0], [0, 0, 0], [0, 1, 0]]))
SLIPS.slip(
    "shift_left",
    "the picture moves down",
    "The 1 copies the pixel above; a step to the side is a step along the columns.",
)(np.array([[0, 1, 0], [0, 0, 0], [0, 0, 0]]))
SLIPS.slip(
    "shift_left",
    "the picture stays where it is",
    "With its 1 in the middle the kernel copies each pixel to its own place.",
)(np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]))
SLIPS.slip(
    "shift_left",
    "nine pixels are added up",
    "Each output value is to copy a single pixel, so a single weight is not zero.",
)(np.ones((3, 3)))
SLIPS.slip(
    "shift_left",
    "the kernel takes a difference",
    "Moving a picture copies values; a weight of -1 subtracts a neighbour.",
)(np.array([[0, 0, 0], [-1, 0, 1], [0, 0, 0]]))
SLIPS.slip(
    "shift_left",
    "three pixels are added up",
    "A column of ones adds the pixels above and below: only the one beside is wanted.",
)(np.array([[0, 0, 1], [0, 0, 1], [0, 0, 1]]))
SLIPS.slip(
    "shift_left",
    "the picture gets brighter",
    "It moves as it should, but a weight of 9 makes each pixel nine times as bright.",
)(np.array([[0, 0, 0], [0, 0, 9], [0, 0, 0]]))
SLIPS.slip(
    "shift_left",
    "bright and dark are exchanged",
    "It moves as it should, but a weight of -1 changes the sign of each pixel.",
)(np.array([[0, 0, 0], [0, 0, -1], [0, 0, 0]]))

# --- output_width ------------------------------------------------------------------------------


def output_width(size, kernel, stride, padding):
    """Return how many values a row of the output has.

    size: pixels in the row; kernel: its width; padding: zeros on EACH side; all whole numbers.
    """
    last_start = padding + size + padding - kernel
    starts_after_first = last_start // stride
    return starts_after_first + 1


@SLIPS.slip(
    "output_width",
    "the first position is not counted",
    "Between the first start and the last lie the steps; the starts are one more than the steps.",
)
def output_width_without_first(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) // stride


@SLIPS.slip(
    "output_width",
    "the zeros are counted once",
    "`padding` zeros stand on the left, and as many on the right.",
)
def output_width_one_side(size, kernel, stride, padding):
    return (size + padding - kernel) // stride + 1


@SLIPS.slip(
    "output_width",
    "the padding is ignored",
    "Zeros on both sides make the row longer before the window slides.",
)
def output_width_unpadded(size, kernel, stride, padding):
    return (size - kernel) // stride + 1


@SLIPS.slip(
    "output_width",
    "a last step that does not fit is counted",
    "A window that would reach past the end is left out: round down.",
)
def output_width_rounded_up(size, kernel, stride, padding):
    return -(-(size + 2 * padding - kernel) // stride) + 1


@SLIPS.slip(
    "output_width",
    "the number of steps is not rounded",
    "A number of positions is whole: a last step that does not fit is left out.",
)
def output_width_fraction(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) / stride + 1


@SLIPS.slip(
    "output_width",
    "the stride is ignored",
    "With stride 2 only every second start counts.",
)
def output_width_stride_one(size, kernel, stride, padding):
    return size + 2 * padding - kernel + 1


@SLIPS.slip(
    "output_width",
    "the stride divides before the kernel is subtracted",
    "First find how far the window can travel, then see how many steps fit into that.",
)
def output_width_divided_early(size, kernel, stride, padding):
    return (size + 2 * padding) // stride - kernel + 1


@SLIPS.slip(
    "output_width",
    "the 1 is added before the stride divides",
    "The stride divides the way that the window travels; the first position comes on top.",
)
def output_width_one_too_early(size, kernel, stride, padding):
    return (size + 2 * padding - kernel + 1) // stride


@SLIPS.slip(
    "output_width",
    "the zeros are added after dividing",
    "They make the row longer, not the output: add them before the stride divides.",
)
def output_width_padded_late(size, kernel, stride, padding):
    return (size - kernel) // stride + 1 + 2 * padding


@SLIPS.slip(
    "output_width",
    "the kernel is forgotten",
    "The last window ends where the row ends, so it starts earlier, by the width of the kernel.",
)
def output_width_without_kernel(size, kernel, stride, padding):
    return (size + 2 * padding) // stride


@SLIPS.slip(
    "output_width",
    "the size is divided by the stride and rounded up",
    "That is Keras' `same`; here the number of zeros is given.",
)
def output_width_same(size, kernel, stride, padding):
    return np.ceil(size / stride)


# --- edge_strength -----------------------------------------------------------------------------


def edge_strength(image):
    """Return the strength of the edges, by the two Sobel kernels `sobel_x` and `sobel_y`.

    image: (height, width); returns (height - 2, width - 2), never negative.
    """
    sobel_x = np.outer([1, 2, 1], [-1, 0, 1])
    to_the_right, downwards = slide(image, sobel_x), slide(image, sobel_x.T)
    return np.sqrt(to_the_right**2 + downwards**2)


def _gradients(image):
    kernel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    return slide(image, kernel), slide(image, kernel.T)


@SLIPS.slip(
    "edge_strength",
    "absolute values are added",
    "The strength is the length of an arrow with these two legs, not the sum of the legs.",
)
def edge_strength_absolute(image):
    across, down = _gradients(image)
    return np.abs(across) + np.abs(down)


@SLIPS.slip(
    "edge_strength",
    "the two answers are added with their signs",
    "Answers of opposite sign cancel: an edge that gets darker counts as much as one that "
    "gets brighter.",
)
def edge_strength_sum(image):
    across, down = _gradients(image)
    return across + down


@SLIPS.slip(
    "edge_strength",
    "the square root is missing",
    "The sum of squares is the square of the strength.",
)
def edge_strength_squared(image):
    across, down = _gradients(image)
    return across**2 + down**2


_ONLY_ACROSS = (
    "only the change from left to right counts",
    "Horizontal edges are missing: the other Sobel kernel sees them.",
)
_ONLY_DOWN = (
    "only the change from top to bottom counts",
    "Vertical edges are missing: the other Sobel kernel sees them.",
)


@SLIPS.slip("edge_strength", *_ONLY_ACROSS)
def edge_strength_across(image):
    return _gradients(image)[0]


@SLIPS.slip("edge_strength", *_ONLY_ACROSS)
def edge_strength_across_unsigned(image):
    return np.abs(_gradients(image)[0])


@SLIPS.slip("edge_strength", *_ONLY_DOWN)
def edge_strength_down(image):
    return _gradients(image)[1]


@SLIPS.slip("edge_strength", *_ONLY_DOWN)
def edge_strength_down_unsigned(image):
    return np.abs(_gradients(image)[1])


@SLIPS.slip(
    "edge_strength",
    "the larger of the two is taken",
    "On a slanting edge both answers add to the strength.",
)
def edge_strength_larger(image):
    across, down = _gradients(image)
    return np.maximum(np.abs(across), np.abs(down))


@SLIPS.slip(
    "edge_strength",
    "these are not Sobel's kernels",
    "Use `sobel_x` with its 2 in the middle: without it the kernel is Prewitt's.",
)
def edge_strength_prewitt(image):
    kernel = np.outer([1, 1, 1], [-1, 0, 1])
    return np.hypot(slide(image, kernel), slide(image, kernel.T))


@SLIPS.slip(
    "edge_strength",
    "the kernels are squared and added, not their answers",
    "`slide` with each kernel first: the triangle has the two answers as its legs.",
)
def edge_strength_of_kernels(image):
    kernel = np.outer([1, 2, 1], [-1, 0, 1])
    return slide(image, np.sqrt(kernel**2 + kernel.T**2))


# --- colour_correlate --------------------------------------------------------------------------


def colour_correlate(image, kernel):
    """Return one map: each channel with its own part of the kernel, and all of them together.

    image: (height, width, 3); kernel: (kernel_height, kernel_width, 3); returns (rows, columns).
    """
    red, green, blue = (slide(image[:, :, i], kernel[:, :, i]) for i in range(3))
    return red + green + blue


def _channel_maps(image, kernel):
    return [slide(image[:, :, channel], kernel[:, :, channel]) for channel in range(3)]


_NOT_SUMMED = (
    "the channels are not added up",
    "A filter gives one map: what it finds in red, green and blue counts together.",
)


@SLIPS.slip("colour_correlate", *_NOT_SUMMED)
def colour_correlate_three_maps(image, kernel):
    return np.stack(_channel_maps(image, kernel), axis=-1)


@SLIPS.slip("colour_correlate", *_NOT_SUMMED)
def colour_correlate_three_maps_first(image, kernel):
    return np.stack(_channel_maps(image, kernel))


@SLIPS.slip(
    "colour_correlate",
    "the mean over the channels is taken in place of the sum",
    "Products are added up over the channels as they are over the window, and not divided.",
)
def colour_correlate_mean(image, kernel):
    return np.mean(_channel_maps(image, kernel), axis=0)


@SLIPS.slip(
    "colour_correlate",
    "only the first channel is used",
    "Green and blue have weights as well.",
)
def colour_correlate_red(image, kernel):
    return _channel_maps(image, kernel)[0]


@SLIPS.slip(
    "colour_correlate",
    "the image is turned grey first",
    "In grey, red and green can no longer be told apart: each channel needs its own weights.",
)
def colour_correlate_grey(image, kernel):
    return slide(image.mean(axis=2), kernel.sum(axis=2))


@SLIPS.slip(
    "colour_correlate",
    "all channels share the kernel's first channel",
    "The kernel has three channels, too: a part for each colour.",
)
def colour_correlate_shared(image, kernel):
    return sum(slide(image[:, :, channel], kernel[:, :, 0]) for channel in range(3))


@SLIPS.slip(
    "colour_correlate",
    "the kernel's channels stand in the opposite order",
    "The first channel of the kernel belongs to the first channel of the image.",
)
def colour_correlate_reversed(image, kernel):
    return sum(_channel_maps(image, kernel[:, :, ::-1]))


@SLIPS.slip(
    "colour_correlate",
    "the colour image goes into `slide` whole",
    "`slide` takes two-dimensional arrays: give it one channel at a time, `image[:, :, 0]`.",
)
def colour_correlate_whole(image, kernel):
    return slide(image, kernel)


_ROW_AS_CHANNEL = (
    "a row is taken in place of a channel",
    "The channels are the last axis: `image[c]` is row c in all colours, `image[:, :, c]` is "
    "channel c.",
)


@SLIPS.slip("colour_correlate", *_ROW_AS_CHANNEL)
def colour_correlate_rows(image, kernel):
    return sum(slide(image[c], kernel[c]) for c in range(3))


@SLIPS.slip("colour_correlate", *_ROW_AS_CHANNEL)
def colour_correlate_image_rows(image, kernel):
    return sum(slide(image[c], kernel[:, :, c]) for c in range(3))


@SLIPS.slip("colour_correlate", *_ROW_AS_CHANNEL)
def colour_correlate_kernel_rows(image, kernel):
    return sum(slide(image[:, :, c], kernel[c]) for c in range(3))


@SLIPS.slip(
    "colour_correlate",
    "only the last channel is left",
    "In a loop, `=` replaces what the channels before have given: add to it.",
)
def colour_correlate_overwritten(image, kernel):
    return _channel_maps(image, kernel)[-1]


@SLIPS.slip(
    "colour_correlate",
    "the channels are added up before they meet the kernel",
    "First weigh each channel by its own part of the kernel, then add.",
)
def colour_correlate_summed_early(image, kernel):
    return slide(image.sum(axis=2), kernel.sum(axis=2))


# --- count_parameters --------------------------------------------------------------------------


def count_parameters(kernel, channels_in, channels_out):
    """Return how many numbers a Conv2D layer learns: its weights and its biases.

    kernel: the side of its square windows, 3 for 3 × 3; channels_in, channels_out: how many
    channels it reads and how many it gives; whole numbers.
    """
    one_filter = kernel * kernel * channels_in + 1
    return one_filter * channels_out


@SLIPS.slip(
    "count_parameters",
    "the biases are missing",
    "Beside its weights, each filter learns one number that it adds.",
)
def count_parameters_unbiased(kernel, channels_in, channels_out):
    return kernel**2 * channels_in * channels_out


@SLIPS.slip(
    "count_parameters",
    "there is one bias for the whole layer",
    "Each filter has a bias of its own.",
)
def count_parameters_one_bias(kernel, channels_in, channels_out):
    return kernel**2 * channels_in * channels_out + 1


@SLIPS.slip(
    "count_parameters",
    "the input channels are ignored",
    "A filter has a window of weights for each channel that it reads.",
)
def count_parameters_one_channel(kernel, channels_in, channels_out):
    return (kernel**2 + 1) * channels_out


@SLIPS.slip(
    "count_parameters",
    "the biases are counted by input channels",
    "A bias is added to a finished map: count the maps that come out.",
)
def count_parameters_bias_of_input(kernel, channels_in, channels_out):
    return kernel**2 * channels_in * channels_out + channels_in


@SLIPS.slip(
    "count_parameters",
    "each window of a filter has a bias of its own",
    "A filter adds up its windows over all input channels first, then adds one bias.",
)
def count_parameters_bias_of_window(kernel, channels_in, channels_out):
    return (kernel**2 + 1) * channels_in * channels_out


@SLIPS.slip(
    "count_parameters",
    "the window is counted along one side only",
    "`kernel` is the length of a side; the window is a square.",
)
def count_parameters_one_side(kernel, channels_in, channels_out):
    return (kernel * channels_in + 1) * channels_out


@SLIPS.slip(
    "count_parameters",
    "the output channels are ignored",
    "The layer has as many filters as output channels.",
)
def count_parameters_one_filter(kernel, channels_in, channels_out):
    return kernel**2 * channels_in + 1


@SLIPS.slip(
    "count_parameters",
    "the weights of one filter only are counted",
    "Each filter has weights of its own, as it has a bias of its own.",
)
def count_parameters_shared_weights(kernel, channels_in, channels_out):
    return kernel * kernel * channels_in + channels_out


# --- convolve ----------------------------------------------------------------------------------


def convolve(image, kernel):
    """Return the convolution of mathematics, wherever the kernel fits.

    image: (height, width); kernel: (kernel_height, kernel_width); returns (rows, columns).
    """
    turned_around = kernel[::-1, ::-1]
    return slide(image, turned_around)


@SLIPS.slip(
    "convolve",
    "the kernel is not turned",
    "This is the correlation that you have already: convolution turns the kernel first.",
)
def convolve_unturned(image, kernel):
    return slide(image, kernel)


@SLIPS.slip(
    "convolve",
    "only the rows change places",
    "Upside down is half of the turn: left and right change places as well.",
)
def convolve_rows(image, kernel):
    return slide(image, kernel[::-1])


@SLIPS.slip(
    "convolve",
    "only the columns change places",
    "A mirror image is half of the turn: top and bottom change places as well.",
)
def convolve_columns(image, kernel):
    return slide(image, kernel[:, ::-1])


@SLIPS.slip(
    "convolve",
    "the kernel is transposed",
    "Transposing exchanges rows with columns; turning by 180 degrees keeps rows as rows.",
)
def convolve_transposed(image, kernel):
    return slide(image, kernel.T)


@SLIPS.slip(
    "convolve",
    "the image is turned in place of the kernel",
    "Then the output stands upside down: leave the image as it is.",
)
def convolve_image(image, kernel):
    return slide(image[::-1, ::-1], kernel)


@SLIPS.slip(
    "convolve",
    "the kernel is turned by 90 degrees",
    "A quarter turn makes rows into columns; convolution makes a half turn.",
)
def convolve_quarter(image, kernel):
    return slide(image, np.rot90(kernel))


@SLIPS.slip(
    "convolve",
    "the kernel reaches past the edge of the image",
    "Your output is larger than `slide`'s: keep the places where the kernel fits.",
)
def convolve_full(image, kernel):
    height, width = kernel.shape
    zeros = [(height - 1, height - 1), (width - 1, width - 1)]
    return convolve(np.pad(image, zeros), kernel)
