"""Lesson 02: a reference for each exercise, and the slips that its check knows by name.

The reference's source is what `.solution()` shows, and what a solved run puts into the lesson's
cells: it uses only what stands there.
"""

import numpy as np

from course_utils.by_hand.convolution import grow_field, shift_and_add
from course_utils.exercises.slips import SlipList

SLIPS = SlipList()

# --- split_signs -------------------------------------------------------------------------------


def split_signs(edges):
    """Return two maps without negative values: what is above 0, and the size of what is below 0.

    edges: (rows, columns); returns both maps in this order, (2, rows, columns).
    """
    brighter_to_the_right = np.maximum(edges, 0)
    darker_to_the_right = np.maximum(-edges, 0)
    return np.stack([brighter_to_the_right, darker_to_the_right])


@SLIPS.slip(
    "split_signs",
    "the second map is still negative",
    "Neither map is to have values below 0: turn the sign before you cut off.",
)
def split_signs_negative(edges):
    return np.stack([np.maximum(edges, 0), np.minimum(edges, 0)])


@SLIPS.slip(
    "split_signs",
    "the two maps stand in the opposite order",
    "What is above 0 in `edges` comes first.",
)
def split_signs_swapped(edges):
    return split_signs(-edges)


@SLIPS.slip(
    "split_signs",
    "the second map holds all edges",
    "The second map is 0 where `edges` is above 0: those stand in the first map already.",
)
def split_signs_absolute(edges):
    return np.stack([np.maximum(edges, 0), np.abs(edges)])


@SLIPS.slip(
    "split_signs",
    "both maps are the same",
    "The second map is to keep what the first one loses.",
)
def split_signs_same(edges):
    return np.stack([np.maximum(edges, 0)] * 2)


@SLIPS.slip(
    "split_signs",
    "the second map begins at 1",
    "1 - edges is the negative of a photograph. For a signed map it is the sign that is turned.",
)
def split_signs_photograph(edges):
    return np.stack([np.maximum(edges, 0), np.maximum(1 - edges, 0)])


@SLIPS.slip(
    "split_signs",
    "values are cut off at 1 as well",
    "ReLU has no upper limit: what is strong stays strong.",
)
def split_signs_clipped(edges):
    return np.stack([np.clip(edges, 0, 1), np.clip(-edges, 0, 1)])


@SLIPS.slip(
    "split_signs",
    "only one map is returned",
    "Two maps are asked for: one for each sign.",
)
def split_signs_one(edges):
    return np.maximum(edges, 0)


@SLIPS.slip(
    "split_signs",
    "the two maps are added up to one",
    "Added up, the signs can't be told apart any more: return the two maps side by side.",
)
def split_signs_added(edges):
    return np.abs(edges)


@SLIPS.slip(
    "split_signs",
    "the second map is cut off before its sign is turned",
    "What is below 0 is lost by then: turn the sign first.",
)
def split_signs_late(edges):
    return np.stack([np.maximum(edges, 0), -np.maximum(edges, 0)])


# --- average_pool ------------------------------------------------------------------------------


def average_pool(image, size):
    """Return the mean of each size × size block; blocks that stick out are left out.

    image: (rows, columns); size: a whole number; returns (rows // size, columns // size).
    """
    down, across = np.array(image.shape) // size
    fitting = image[: size * down, : size * across]
    blocks = fitting.reshape(down, size, across, size)
    return blocks.mean(axis=(1, 3))


@SLIPS.slip(
    "average_pool",
    "the largest value is kept",
    "That is `max_pool`; here every value of the block counts.",
)
def average_pool_max(image, size):
    return _blocks(image, size).max(axis=(1, 3))


@SLIPS.slip(
    "average_pool",
    "the values are added up and not divided",
    "A mean is the sum divided by how many values there are in a block.",
)
def average_pool_sum(image, size):
    return _blocks(image, size).sum(axis=(1, 3))


@SLIPS.slip(
    "average_pool",
    "the sum is divided by the block's side",
    "A block has size × size values.",
)
def average_pool_side(image, size):
    return _blocks(image, size).sum(axis=(1, 3)) / size


@SLIPS.slip(
    "average_pool",
    "the blocks overlap",
    "Blocks lie side by side: the next one begins where the last one ends, `size` further on.",
)
def average_pool_overlapping(image, size):
    windows = np.lib.stride_tricks.sliding_window_view(image, (size, size))
    return windows.mean(axis=(2, 3))


@SLIPS.slip(
    "average_pool",
    "a block that sticks out is pooled as well",
    "What does not fill a whole block is left out: round the number of blocks down.",
)
def average_pool_rounded_up(image, size):
    rows, columns = -(-np.array(image.shape) // size)
    blocks = [
        [image[r * size : (r + 1) * size, c * size : (c + 1) * size] for c in range(columns)]
        for r in range(rows)
    ]
    return [[block.mean() for block in row] for row in blocks]


@SLIPS.slip(
    "average_pool",
    "one value of each block is picked",
    "Every `size`-th value is a smaller picture; all the values of a block are to count.",
)
def average_pool_picked(image, size):
    return _blocks(image, size)[:, 0, :, 0]


@SLIPS.slip(
    "average_pool",
    "the blocks are always 2 × 2",
    "Their side is `size`.",
)
def average_pool_fixed(image, size):
    return average_pool(image, 2)


@SLIPS.slip(
    "average_pool",
    "rows and columns are exchanged",
    "The first axis counts rows: as many as whole blocks fit from top to bottom.",
)
def average_pool_transposed(image, size):
    return average_pool(image, size).T


@SLIPS.slip(
    "average_pool",
    "only the rows of a block are averaged",
    "A block has rows and columns: the mean goes over both.",
)
def average_pool_rows(image, size):
    rows = image.shape[0] // size
    return image[: rows * size].reshape(rows, size, -1).mean(axis=1)


@SLIPS.slip(
    "average_pool",
    "it is the mean of the whole image",
    "Each block has a mean of its own.",
)
def average_pool_all(image, size):
    return np.full_like(average_pool(image, size), image.mean())


def _blocks(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    whole = image[: rows * size, : columns * size]
    return whole.reshape(rows, size, columns, size)


# --- stack_field -------------------------------------------------------------------------------


def stack_field(kernels, strides):
    """Return how many pixels across one value of the last layer sees.

    kernels, strides: whole numbers, one of each for every layer, the first layer first.
    """
    seen, apart = 1, 1
    for width, stride in zip(kernels, strides):
        seen, apart = grow_field(seen, apart, width, stride)
    return seen


_STRIDES_IGNORED = (
    "the strides are ignored",
    "After a layer with stride 2, neighbouring values lie two pixels apart and later layers reach "
    "further: hand the jump on from layer to layer.",
)


@SLIPS.slip("stack_field", *_STRIDES_IGNORED)
def stack_field_without_strides(kernels, strides):
    return 1 + sum(kernels - 1)


@SLIPS.slip(
    "stack_field",
    "a layer's own stride makes it see more",
    "A stride moves windows apart and does not widen them: it counts for the layers that follow.",
)
def stack_field_own_stride(kernels, strides):
    return 1 + sum((kernels - 1) * np.cumprod(strides))


@SLIPS.slip(
    "stack_field",
    "the kernels are added up",
    "Neighbouring windows overlap: a kernel of 3 adds two places, not three.",
)
def stack_field_sum(kernels, strides):
    return sum(kernels)


@SLIPS.slip(
    "stack_field",
    "the kernels are multiplied",
    "That would be windows side by side. They overlap.",
)
def stack_field_product(kernels, strides):
    return np.prod(kernels)


@SLIPS.slip(
    "stack_field",
    "it begins at 0",
    "Before the first layer, a value is a pixel and sees itself.",
)
def stack_field_from_zero(kernels, strides):
    return stack_field(kernels, strides) - 1


@SLIPS.slip(
    "stack_field",
    "the jump is returned",
    "Two numbers are carried along; the field is asked for.",
)
def stack_field_jump(kernels, strides):
    return np.prod(strides)


@SLIPS.slip(
    "stack_field",
    "field and jump are returned together",
    "One number is asked for: the field.",
)
def stack_field_both(kernels, strides):
    return stack_field(kernels, strides), np.prod(strides)


@SLIPS.slip(
    "stack_field",
    "the strides are added up",
    "Two layers of stride 2 move neighbours four pixels apart: strides multiply.",
)
def stack_field_added_strides(kernels, strides):
    field, jump = 1, 1
    for kernel, stride in zip(kernels, strides):
        field += (kernel - 1) * jump
        jump += stride - 1
    return field


@SLIPS.slip("stack_field", *_STRIDES_IGNORED)
def stack_field_forgotten_jump(kernels, strides):
    field = 1
    for kernel, stride in zip(kernels, strides):
        field, _ = grow_field(field, 1, kernel, stride)
    return field


@SLIPS.slip(
    "stack_field",
    "only the last layer is counted",
    "In a loop, start from what the layers before have given, not from 1 again.",
)
def stack_field_last(kernels, strides):
    return kernels[-1]


@SLIPS.slip(
    "stack_field",
    "the layers are taken from last to first",
    "Begin at the picture: a stride counts for the layers after it.",
)
def stack_field_reversed(kernels, strides):
    return stack_field(kernels[::-1], strides[::-1])


# --- output_shapes -----------------------------------------------------------------------------

output_shapes = [[12, 12, 16], [12, 12, 32], [6, 6, 32], [6, 6, 64]]

SLIPS.slip(
    "output_shapes",
    "the stride of the first layer is ignored",
    "With stride 2, every second window is left out along each axis.",
)([[24, 24, 16], [24, 24, 32], [12, 12, 32], [12, 12, 64]])
SLIPS.slip(
    "output_shapes",
    "the first layer is taken to have `same` padding",
    "It has none: its windows stay inside the picture.",
)([[14, 14, 16], [14, 14, 32], [7, 7, 32], [7, 7, 64]])
SLIPS.slip(
    "output_shapes",
    "a window that sticks out is counted",
    "The number of windows is rounded down.",
)([[13, 13, 16], [13, 13, 32], [6, 6, 32], [6, 6, 64]])
SLIPS.slip(
    "output_shapes",
    "the later convolutions lose their border",
    "They are built with `same`: zeros around the maps keep rows and columns.",
)([[12, 12, 16], [10, 10, 32], [5, 5, 32], [3, 3, 64]])
SLIPS.slip(
    "output_shapes",
    "pooling halves the number of maps, too",
    "Each map is pooled alone; all of them go on.",
)([[12, 12, 16], [12, 12, 32], [6, 6, 16], [6, 6, 64]])
SLIPS.slip(
    "output_shapes",
    "pooling leaves rows and columns as they are",
    "One value is kept of each block of four.",
)([[12, 12, 16], [12, 12, 32], [12, 12, 32], [12, 12, 64]])
SLIPS.slip(
    "output_shapes",
    "maps are multiplied from layer to layer",
    "A layer gives as many maps as it has filters, however many it reads.",
)([[12, 12, 16], [12, 12, 512], [6, 6, 512], [6, 6, 32768]])
SLIPS.slip(
    "output_shapes",
    "`same` is taken to undo the stride",
    "`same` keeps the size that a layer is given, which is no longer that of the picture.",
)([[12, 12, 16], [28, 28, 32], [14, 14, 32], [14, 14, 64]])

# --- parameter_counts --------------------------------------------------------------------------

parameter_counts = [416, 4640, 18496, 147520, 650]

SLIPS.slip(
    "parameter_counts",
    "the biases are missing",
    "Each filter and each unit adds a number of its own.",
)([400, 4608, 18432, 147456, 640])
SLIPS.slip(
    "parameter_counts",
    "each layer has a single bias",
    "Each filter and each unit has a bias of its own.",
)([401, 4609, 18433, 147457, 641])
SLIPS.slip(
    "parameter_counts",
    "the maps that a layer reads are not counted",
    "A filter has a window of weights for each map that it reads.",
)([416, 320, 640, 147520, 650])
SLIPS.slip(
    "parameter_counts",
    "`dense` is taken to read one number for each map",
    "Flatten keeps every value of every map: 6 × 6 of them in each.",
)([416, 4640, 18496, 4160, 650])
SLIPS.slip(
    "parameter_counts",
    "`dense` is counted as if nothing had been pooled",
    "The maps that it reads have 6 × 6 values.",
)([416, 4640, 18496, 589888, 650])
SLIPS.slip(
    "parameter_counts",
    "`dense` is taken to read one map",
    "It reads the values of all 64 maps.",
)([416, 4640, 18496, 2368, 650])
SLIPS.slip(
    "parameter_counts",
    "the windows are counted along one side only",
    "A window of 5 × 5 has 25 places, one of 3 × 3 has nine.",
)([96, 1568, 6208, 147520, 650])
SLIPS.slip(
    "parameter_counts",
    "each window of a filter has a bias of its own",
    "A filter adds up what it finds in all the maps, then adds one bias.",
)([416, 5120, 20480, 147520, 650])
SLIPS.slip(
    "parameter_counts",
    "the weights of one filter are shared by all the others",
    "Each filter has weights of its own, as it has a bias of its own.",
)([41, 176, 352, 2368, 74])

# --- loss_slopes -------------------------------------------------------------------------------


def loss_slopes(image, target, kernel, nudge):
    """Return the slope of the mean squared error for each weight of the kernel.

    Raise a weight by nudge, then lower it by nudge: the difference of the two losses, for each
    unit of weight between them. image, target, kernel: 2-D; returns the shape of kernel.
    """
    slopes = np.empty(kernel.shape)
    for place in np.ndindex(kernel.shape):
        step = np.zeros(kernel.shape)
        step[place] = nudge
        higher = np.mean((shift_and_add(image, kernel + step) - target) ** 2)
        lower = np.mean((shift_and_add(image, kernel - step) - target) ** 2)
        slopes[place] = (higher - lower) / (2 * nudge)
    return slopes


def _mean_square(errors):
    return np.mean(errors**2)


def _poked(image, target, kernel, nudge, loss=_mean_square):
    """Return the losses with each weight raised, with each lowered, and with none changed."""
    steps = np.eye(kernel.size).reshape(-1, *kernel.shape) * nudge
    raised = [loss(shift_and_add(image, kernel + step) - target) for step in steps]
    lowered = [loss(shift_and_add(image, kernel - step) - target) for step in steps]
    unchanged = loss(shift_and_add(image, kernel) - target)
    return (*(np.reshape(one, kernel.shape) for one in (raised, lowered)), unchanged)


@SLIPS.slip(
    "loss_slopes",
    "the weight is only raised",
    "The loss bends: from one side alone, the slope comes out a little too steep. Lower the weight "
    "as well, and compare the two losses.",
)
def loss_slopes_raised(image, target, kernel, nudge):
    raised, _, unchanged = _poked(image, target, kernel, nudge)
    return (raised - unchanged) / nudge


@SLIPS.slip(
    "loss_slopes",
    "the difference is divided by one nudge",
    "Between the lowered weight and the raised one lie two nudges.",
)
def loss_slopes_one_nudge(image, target, kernel, nudge):
    return 2 * loss_slopes(image, target, kernel, nudge)


@SLIPS.slip(
    "loss_slopes",
    "the difference of the losses is not divided",
    "A slope is a difference for each unit of weight: it must not depend on the nudge.",
)
def loss_slopes_undivided(image, target, kernel, nudge):
    return 2 * nudge * loss_slopes(image, target, kernel, nudge)


@SLIPS.slip(
    "loss_slopes",
    "the signs are turned",
    "A slope is positive where the loss grows with the weight: raised minus lowered.",
)
def loss_slopes_turned(image, target, kernel, nudge):
    return -loss_slopes(image, target, kernel, nudge)


@SLIPS.slip(
    "loss_slopes",
    "the squares are added up and not averaged",
    "The loss is the mean of the squared errors.",
)
def loss_slopes_sum(image, target, kernel, nudge):
    return loss_slopes(image, target, kernel, nudge) * target.size


@SLIPS.slip(
    "loss_slopes",
    "the errors are not squared",
    "The loss is the mean of the *squared* errors.",
)
def loss_slopes_plain(image, target, kernel, nudge):
    raised, lowered, _ = _poked(image, target, kernel, nudge, np.mean)
    return (raised - lowered) / (2 * nudge)


@SLIPS.slip(
    "loss_slopes",
    "the errors' sizes are averaged in place of their squares",
    "The loss is the mean of the *squared* errors: `** 2`, not `np.abs`.",
)
def loss_slopes_absolute(image, target, kernel, nudge):
    raised, lowered, _ = _poked(image, target, kernel, nudge, lambda e: np.mean(np.abs(e)))
    return (raised - lowered) / (2 * nudge)


@SLIPS.slip(
    "loss_slopes",
    "every weight is poked at the same time",
    "One weight is changed while all the others stay: each has a slope of its own.",
)
def loss_slopes_together(image, target, kernel, nudge):
    return np.full(kernel.shape, loss_slopes(image, target, kernel, nudge).sum())


@SLIPS.slip(
    "loss_slopes",
    "all slopes are added up to one number",
    "Each weight has a slope of its own: return them in the shape of the kernel.",
)
def loss_slopes_summed(image, target, kernel, nudge):
    return loss_slopes(image, target, kernel, nudge).sum()


@SLIPS.slip(
    "loss_slopes",
    "weights that were poked stay poked",
    "Take a fresh copy of the kernel for each poke: `b = a` gives an array a second name, "
    "`a.copy()` makes a second array.",
)
def loss_slopes_left_poked(image, target, kernel, nudge):
    kernel, slopes = kernel.copy(), np.zeros(kernel.shape)
    for place in np.ndindex(kernel.shape):
        kernel[place] += nudge
        raised = _mean_square(shift_and_add(image, kernel) - target)
        kernel[place] -= 2 * nudge
        lowered = _mean_square(shift_and_add(image, kernel) - target)
        slopes[place] = (raised - lowered) / (2 * nudge)
    return slopes


@SLIPS.slip(
    "loss_slopes",
    "the losses are returned, not how they change",
    "A slope tells by how much the loss grows when the weight grows.",
)
def loss_slopes_losses(image, target, kernel, nudge):
    return _poked(image, target, kernel, nudge)[0]
