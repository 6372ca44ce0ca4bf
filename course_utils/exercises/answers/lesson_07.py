"""Lesson 07: a reference for each exercise, and the slips that its check knows by name.

The reference's source is what `.solution()` shows, and what a solved run puts into the lesson's
cells: it uses only what stands there, and that is `np`.
"""

import numpy as np

from course_utils.exercises.slips import SlipList

SLIPS = SlipList()

# --- as_kernel ---------------------------------------------------------------------------------


def as_kernel(weights, height, width):
    """Return the weights of a dense layer behind a Flatten as the kernel of a convolution:
    (height * width * channels, units) becomes (height, width, channels, units).
    """
    units = weights.shape[1]
    return weights.reshape(height, width, -1, units)


def _channels(weights, height, width):
    return len(weights) // (height * width)


@SLIPS.slip(
    "as_kernel",
    "height and width are mixed up",
    "A kernel is indexed as an array is: rows first, and there are `height` of them.",
)
def kernel_turned(weights, height, width):
    return weights.reshape(width, height, -1, weights.shape[1])


@SLIPS.slip(
    "as_kernel",
    "the map is read column by column",
    "`Flatten` goes row by row: the second pixel in its row is the one to the right of the first.",
)
def kernel_by_column(weights, height, width):
    return kernel_turned(weights, height, width).swapaxes(0, 1)


@SLIPS.slip(
    "as_kernel",
    "the channels stand first",
    "Some libraries have that order. In Keras the channels of a pixel lie side by side: height, "
    "width, channels, units.",
)
def kernel_channels_first(weights, height, width):
    return weights.reshape(_channels(weights, height, width), height, width, -1)


@SLIPS.slip(
    "as_kernel",
    "the weights are read channel by channel",
    "The shape is right, the order is not: `Flatten` puts all channels of the first pixel first, "
    "not all pixels of the first channel.",
)
def kernel_by_channel(weights, height, width):
    return np.moveaxis(kernel_channels_first(weights, height, width), 0, 2)


@SLIPS.slip(
    "as_kernel",
    "the units stand first",
    "That is the order of other libraries. In Keras the units, the outputs, are the last axis, in "
    "a dense layer and in a kernel.",
)
def kernel_units_first(weights, height, width):
    return as_kernel(weights, height, width).transpose(3, 0, 1, 2)


@SLIPS.slip(
    "as_kernel",
    "the weights are transposed before they get their new shape",
    "Then weights of one unit come to lie in another one. As they came, the last axis is the "
    "units: so it stays.",
)
def kernel_of_transposed(weights, height, width):
    return weights.T.reshape(height, width, -1, weights.shape[1])


@SLIPS.slip(
    "as_kernel",
    "channels and units are mixed up",
    "What goes in stands before what comes out: channels, then units. `reshape` into the other "
    "order does not exchange them, it shuffles them.",
)
def kernel_of_shuffled(weights, height, width):
    return weights.reshape(height, width, weights.shape[1], -1)


@SLIPS.slip(
    "as_kernel",
    "it is the kernel of a transposed convolution",
    "There, in Keras, the filters stand before the channels. Here the units are the last axis.",
)
def kernel_of_transposed_convolution(weights, height, width):
    return as_kernel(weights, height, width).swapaxes(2, 3)


@SLIPS.slip(
    "as_kernel",
    "the kernel is turned by half",
    "What deep learning calls a convolution turns nothing: the upper left weight meets the upper "
    "left pixel, as in the dense layer.",
)
def kernel_flipped(weights, height, width):
    return as_kernel(weights, height, width)[::-1, ::-1]


@SLIPS.slip(
    "as_kernel",
    "the first axis counts fastest",
    '`order="F"` reads down the columns of `weights`. `Flatten` and Keras count the last axis '
    "fastest, which NumPy does unless told otherwise.",
)
def kernel_in_fortran_order(weights, height, width):
    return weights.reshape((height, width, -1, weights.shape[1]), order="F")


@SLIPS.slip(
    "as_kernel",
    "the kernel has a single place",
    "One place would do behind a global average. This layer looks at a whole map: its window is "
    "`height` by `width`.",
)
def kernel_of_one_place(weights, height, width):
    return weights[np.newaxis, np.newaxis]


@SLIPS.slip(
    "as_kernel",
    "channels and units share an axis",
    "Four axes are wanted: after height and width, one for the channels and one for the units.",
)
def kernel_of_three_axes(weights, height, width):
    return weights.reshape(height, width, -1)


@SLIPS.slip(
    "as_kernel",
    "the pixels are still in one row",
    "Four axes are wanted: of the pixels' row, make rows and columns.",
)
def kernel_in_a_row(weights, height, width):
    return weights.reshape(height * width, -1, weights.shape[1])


@SLIPS.slip(
    "as_kernel",
    "the weights of the units are added up",
    "No number changes, and none is lost: only the shape is another one.",
)
def kernel_summed(weights, height, width):
    return as_kernel(weights, height, width).sum(axis=-1)


# --- bilinear_row ------------------------------------------------------------------------------


def bilinear_row(factor):
    """Return the weights with which a transposed convolution of stride `factor` interpolates
    linearly along one axis. There are 2 * factor of them, for an odd factor one less.
    """
    length = 2 * factor - factor % 2
    from_middle = np.arange(length) - (length - 1) / 2
    return 1 - np.abs(from_middle) / factor


def _roof(length, middle, factor):
    return 1 - np.abs(np.arange(length) - middle) / factor


@SLIPS.slip(
    "bilinear_row",
    "it has one weight less for an even factor, too",
    "With an even factor no enlarged pixel lies where one was: the middle is between two weights.",
)
def row_always_odd(factor):
    return _roof(2 * factor - 1, factor - 1, factor)


@SLIPS.slip(
    "bilinear_row",
    "it has one weight more for an odd factor",
    "With an odd factor an enlarged pixel lies where one was, and gets its value: one weight is "
    "1, and stands in the middle.",
)
def row_always_even(factor):
    return _roof(2 * factor, factor - 0.5, factor)


_OFF_THE_MIDDLE = (
    "the top is not in the middle",
    "The places are counted from 0: of four, 0 to 3, the middle is 1.5. The row reads the same "
    "from both ends.",
)


@SLIPS.slip("bilinear_row", *_OFF_THE_MIDDLE)
def row_from_half_its_length(factor):
    length = 2 * factor - factor % 2
    return _roof(length, length / 2, factor)


@SLIPS.slip("bilinear_row", *_OFF_THE_MIDDLE)
def row_from_whole_half(factor):
    length = 2 * factor - factor % 2
    return _roof(length, length // 2, factor)


@SLIPS.slip("bilinear_row", *_OFF_THE_MIDDLE)
def row_from_middle_rounded_down(factor):
    length = 2 * factor - factor % 2
    return _roof(length, (length - 1) // 2, factor)


@SLIPS.slip("bilinear_row", *_OFF_THE_MIDDLE)
def row_from_factor(factor):
    return _roof(2 * factor - factor % 2, factor, factor)


@SLIPS.slip(
    "bilinear_row",
    "the weights add up to 1",
    "A blur needs that. Here an enlarged pixel meets one or two weights of the row, and these are "
    "to add up to 1.",
)
def row_with_sum_one(factor):
    return bilinear_row(factor) / bilinear_row(factor).sum()


@SLIPS.slip(
    "bilinear_row",
    "the largest weight is made 1",
    "With an even factor no enlarged pixel lies exactly on an old one: even the nearest weight is "
    "below 1.",
)
def row_with_top_one(factor):
    return bilinear_row(factor) / bilinear_row(factor).max()


@SLIPS.slip(
    "bilinear_row",
    "it comes down to 0 at its ends",
    "The weights are 0 at the neighbours, `factor` pixels from the middle. The row ends before.",
)
def row_down_to_zero(factor):
    return np.bartlett(2 * factor - factor % 2)


@SLIPS.slip(
    "bilinear_row",
    "it falls on one side only",
    "On the left of the middle the way is below 0: how far it is, is wanted.",
)
def row_without_sizes(factor):
    length = 2 * factor - factor % 2
    return 1 - (np.arange(length) - (length - 1) / 2) / factor


@SLIPS.slip(
    "bilinear_row",
    "it falls by 1 a pixel",
    "The way is `factor` pixels long, and takes 1 in all.",
)
def row_undivided(factor):
    length = 2 * factor - factor % 2
    return _roof(length, (length - 1) / 2, 1)


@SLIPS.slip(
    "bilinear_row",
    "it falls twice as fast",
    "From the middle to 0 it is `factor` pixels, not half of them.",
)
def row_twice_as_steep(factor):
    length = 2 * factor - factor % 2
    return _roof(length, (length - 1) / 2, factor / 2)


@SLIPS.slip(
    "bilinear_row",
    "the ways from the middle are returned",
    "The farther from the middle, the less a value counts: take the way, divided, from 1.",
)
def row_of_ways(factor):
    return 1 - bilinear_row(factor)


_COPIES = (
    "every weight is 1",
    "That copies values, and where two stamps lie on each other it adds them. The weights are to "
    "fall from the middle on.",
)


@SLIPS.slip("bilinear_row", *_COPIES)
def row_of_nearest(factor):
    return np.ones(factor)


@SLIPS.slip("bilinear_row", *_COPIES)
def row_of_ones(factor):
    return np.ones(2 * factor - factor % 2)


@SLIPS.slip(
    "bilinear_row",
    "it is half as long",
    "A value reaches to both its neighbours, `factor` pixels to the left and to the right.",
)
def row_half_as_long(factor):
    return _roof(factor, (factor - 1) / 2, factor)


@SLIPS.slip(
    "bilinear_row",
    "it is a square kernel",
    "Along one axis a row is enough. The kernel of both axes is made of two such rows.",
)
def row_as_kernel(factor):
    return np.outer(bilinear_row(factor), bilinear_row(factor))


# --- best_threshold ----------------------------------------------------------------------------


def best_threshold(image, mask, thresholds):
    """Return the threshold for which `image > threshold` has the highest IoU with the foreground,
    1 in a mask of 0 and 1; of equally good thresholds, the first.
    """
    foreground, overlaps = mask == 1, []
    for threshold in thresholds:
        brighter = image > threshold
        overlaps.append(np.sum(brighter & foreground) / np.sum(brighter | foreground))
    return thresholds[np.argmax(overlaps)]


def _overlap(found, wanted):
    return (found & wanted).sum() / max((found | wanted).sum(), 1)


def _overlaps(image, mask, thresholds):
    return np.array([_overlap(image > one, mask == 1) for one in thresholds])


@SLIPS.slip(
    "best_threshold",
    "a pixel at the threshold is foreground",
    "Brighter means above: `>`, not `>=`.",
)
def threshold_included(image, mask, thresholds):
    return thresholds[np.argmax([_overlap(image >= one, mask == 1) for one in thresholds])]


@SLIPS.slip(
    "best_threshold",
    "the accuracy decides",
    "Where there is much background, few things found and none invented look good. The IoU leaves "
    "out what both call background.",
)
def threshold_by_accuracy(image, mask, thresholds):
    return thresholds[np.argmax([((image > one) == mask).mean() for one in thresholds])]


@SLIPS.slip(
    "best_threshold",
    "of equally good ones the last is returned",
    "A later one takes the place of the best only if it is better.",
)
def threshold_last_of_equals(image, mask, thresholds):
    backwards = _overlaps(image, mask, thresholds)[::-1]
    return thresholds[::-1][np.argmax(backwards)]


@SLIPS.slip(
    "best_threshold",
    "the IoU is returned",
    "How good the best one is, is not asked, but which one it is.",
)
def threshold_as_overlap(image, mask, thresholds):
    return _overlaps(image, mask, thresholds).max()


@SLIPS.slip(
    "best_threshold",
    "the place of the threshold is returned",
    "`np.argmax` says where it stands. What stands there?",
)
def threshold_as_place(image, mask, thresholds):
    return np.argmax(_overlaps(image, mask, thresholds))


@SLIPS.slip(
    "best_threshold",
    "the lowest IoU wins",
    "An IoU of 1 is a perfect mask: the highest one is wanted.",
)
def threshold_of_worst(image, mask, thresholds):
    return thresholds[np.argmin(_overlaps(image, mask, thresholds))]


@SLIPS.slip(
    "best_threshold",
    "dark pixels are taken for the foreground",
    "Here the foreground is what is *brighter* than the threshold.",
)
def threshold_of_dark(image, mask, thresholds):
    return thresholds[np.argmax([_overlap(image < one, mask == 1) for one in thresholds])]


@SLIPS.slip(
    "best_threshold",
    "the background is compared",
    "It is the larger part, and easily agrees. The IoU of the *foreground* is asked for.",
)
def threshold_of_background(image, mask, thresholds):
    return thresholds[np.argmax([_overlap(image <= one, mask == 0) for one in thresholds])]


@SLIPS.slip(
    "best_threshold",
    "the mean IoU of foreground and background decides",
    "The background has no say here: only the IoU of the foreground counts.",
)
def threshold_by_mean(image, mask, thresholds):
    means = [_overlap(image > one, mask == 1) + _overlap(image <= one, mask == 0)
             for one in thresholds]  # fmt: skip
    return thresholds[np.argmax(means)]


@SLIPS.slip(
    "best_threshold",
    "only what is found counts, and not what is invented",
    "So the lowest threshold wins, for it misses nothing. Divide by the pixels in either mask.",
)
def threshold_by_recall(image, mask, thresholds):
    return thresholds[np.argmax([((image > one) & (mask == 1)).sum() for one in thresholds])]


@SLIPS.slip(
    "best_threshold",
    "only what is invented counts, and not what is missed",
    "So a high threshold wins, whatever it loses. Divide by the pixels in either mask.",
)
def threshold_by_precision(image, mask, thresholds):
    shares = [((image > one) & (mask == 1)).sum() / max((image > one).sum(), 1)
              for one in thresholds]  # fmt: skip
    return thresholds[np.argmax(shares)]


@SLIPS.slip(
    "best_threshold",
    "the first threshold is returned",
    "A `return` inside the loop ends it: first try all, then choose.",
)
def threshold_first(image, mask, thresholds):
    return thresholds[0]


@SLIPS.slip(
    "best_threshold",
    "the last threshold is returned",
    "Behind the loop its variable is the last one. Keep the best one, or all IoUs.",
)
def threshold_last(image, mask, thresholds):
    return thresholds[-1]


@SLIPS.slip(
    "best_threshold",
    "the IoU of every threshold is returned",
    "That is half of it: at which place does the highest one stand?",
)
def threshold_of_all(image, mask, thresholds):
    return _overlaps(image, mask, thresholds)


@SLIPS.slip(
    "best_threshold",
    "the mask of the best threshold is returned",
    "The threshold is wanted, a single number: the mask follows from it at any time.",
)
def threshold_as_mask(image, mask, thresholds):
    return (image > best_threshold(image, mask, thresholds)).astype(int)


# --- enlarge_labels ----------------------------------------------------------------------------


def enlarge_labels(mask, factor):
    """Return a mask in which each pixel has become a square of factor × factor pixels of its class:
    nearest neighbour, so that they stay whole numbers.
    """
    taller = np.repeat(mask, factor, axis=0)
    return np.repeat(taller, factor, axis=1)


@SLIPS.slip(
    "enlarge_labels",
    "the mask stands there several times",
    "`np.tile` lays copies of the whole side by side. Each *pixel* is to come several times.",
)
def labels_tiled(mask, factor):
    return np.tile(mask, (factor, factor))


@SLIPS.slip(
    "enlarge_labels",
    "only the rows are repeated",
    "The mask has become taller, and is to become wider as well.",
)
def labels_taller(mask, factor):
    return np.repeat(mask, factor, axis=0)


@SLIPS.slip(
    "enlarge_labels",
    "only the columns are repeated",
    "The mask has become wider, and is to become taller as well.",
)
def labels_wider(mask, factor):
    return np.repeat(mask, factor, axis=1)


@SLIPS.slip(
    "enlarge_labels",
    "the mask is repeated without an axis",
    "Without `axis`, NumPy makes one long row of the mask first.",
)
def labels_in_a_row(mask, factor):
    return np.repeat(mask, factor)


@SLIPS.slip(
    "enlarge_labels",
    "one axis is repeated twice",
    "Once along the rows, `axis=0`, and once along the columns, `axis=1`.",
)
def labels_much_taller(mask, factor):
    return np.repeat(mask, factor**2, axis=0)


@SLIPS.slip(
    "enlarge_labels",
    "rows and columns are exchanged",
    "The mask has been turned over its diagonal: rows have to stay rows.",
)
def labels_transposed(mask, factor):
    return enlarge_labels(mask, factor).T


def _linear(mask, rows, columns):
    """Return class numbers in between, at places in pixels, linearly along both axes."""
    height, width = mask.shape
    taller = np.stack([np.interp(rows, np.arange(height), one) for one in mask.T], axis=1)
    return np.stack([np.interp(columns, np.arange(width), one) for one in taller])


def _places(length, factor):
    """Return where the middles of enlarged pixels lie, in pixels of the mask."""
    return (np.arange(length * factor) + 0.5) / factor - 0.5


_AVERAGED = (
    "classes are averaged",
    "Numbers of classes are names: half-way between 2 and 4 lies no class 3. Take the class of the "
    "nearest pixel.",
)


@SLIPS.slip("enlarge_labels", *_AVERAGED)
def labels_averaged(mask, factor):
    return _linear(mask, *(_places(length, factor) for length in mask.shape))


@SLIPS.slip("enlarge_labels", *_AVERAGED)
def labels_averaged_and_rounded(mask, factor):
    return np.round(labels_averaged(mask, factor))


@SLIPS.slip("enlarge_labels", *_AVERAGED)
def labels_averaged_from_edge_to_edge(mask, factor):
    return _linear(mask, *(np.linspace(0, one - 1, one * factor) for one in mask.shape))


@SLIPS.slip("enlarge_labels", *_AVERAGED)
def labels_averaged_and_cut_off(mask, factor):
    return np.floor(labels_averaged(mask, factor))


@SLIPS.slip(
    "enlarge_labels",
    "the classes are half a pixel off",
    "Enlarged pixels 0 to factor − 1 all lie in the first pixel: cut places off, do not round "
    "them.",
)
def labels_off(mask, factor):
    rows, columns = (np.minimum(np.floor(np.arange(one * factor) / factor + 0.5), one - 1)
                     for one in mask.shape)  # fmt: skip
    return mask[np.ix_(rows.astype(int), columns.astype(int))]


@SLIPS.slip(
    "enlarge_labels",
    "zeros stand between the pixels",
    "Zero is a class, the background: the squares are to be filled with the class of their pixel.",
)
def labels_with_zeros(mask, factor):
    enlarged = np.zeros(factor * np.array(mask.shape), int)
    enlarged[::factor, ::factor] = mask
    return enlarged


@SLIPS.slip(
    "enlarge_labels",
    "the pixels are written one after the other into the new shape",
    "`np.resize` begins again where the mask ends, and knows nothing of rows.",
)
def labels_resized(mask, factor):
    return np.resize(mask, factor * np.array(mask.shape))


@SLIPS.slip(
    "enlarge_labels",
    "each pixel is repeated, and the rows are lost",
    "All copies of a pixel stand in one line now. Repeat along one axis after the other.",
)
def labels_reshaped(mask, factor):
    return np.repeat(mask, factor**2).reshape(factor * np.array(mask.shape))


@SLIPS.slip(
    "enlarge_labels",
    "the mask becomes smaller",
    "A step in a slice leaves pixels out. Here each is to come `factor` times along both axes.",
)
def labels_smaller(mask, factor):
    return mask[::factor, ::factor]


@SLIPS.slip(
    "enlarge_labels",
    "the class numbers are multiplied",
    "The mask is to have more pixels; what stands in them stays as it is.",
)
def labels_multiplied(mask, factor):
    return mask * factor


# --- iou_of_classes ----------------------------------------------------------------------------


def iou_of_classes(counts):
    """Return the IoU of each class, and NaN for a class that is in neither mask.
    counts: (classes, classes), a row for each true class, a column for each that was answered.
    """
    in_both = np.diagonal(counts)
    in_either = counts.sum(axis=1) + counts.sum(axis=0) - in_both
    ious = np.full(len(counts), np.nan)
    occurs = in_either > 0
    ious[occurs] = in_both[occurs] / in_either[occurs]
    return ious


def _share(part, whole):
    """Return part / whole, and NaN where the whole is 0."""
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


def _sums(counts):
    """Return hits, true pixels and answered pixels of each class."""
    return np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)


@SLIPS.slip(
    "iou_of_classes",
    "it is divided by the true pixels",
    "That is the share that was found, called recall. What the class was given in error belongs "
    "to the union: its column.",
)
def iou_as_recall(counts):
    hits, true, _ = _sums(counts)
    return _share(hits, true)


@SLIPS.slip(
    "iou_of_classes",
    "it is divided by the answered pixels",
    "That is the share that is right, called precision. What was missed belongs to the union: the "
    "row of the class.",
)
def iou_as_precision(counts):
    hits, _, answered = _sums(counts)
    return _share(hits, answered)


@SLIPS.slip(
    "iou_of_classes",
    "what both share counts twice in the union",
    "It is in the row and in the column: take it off once.",
)
def iou_over_sum(counts):
    hits, true, answered = _sums(counts)
    return _share(hits, true + answered)


@SLIPS.slip(
    "iou_of_classes",
    "what both share is missing in the union",
    "Row and column hold it twice. Take it off once, not twice: it belongs to the union.",
)
def iou_over_errors(counts):
    hits, true, answered = _sums(counts)
    return _share(hits, true + answered - 2 * hits)


@SLIPS.slip(
    "iou_of_classes",
    "twice what is shared is divided by both sums",
    "That is the Dice coefficient, a cousin: it gives larger values.",
)
def iou_as_dice(counts):
    hits, true, answered = _sums(counts)
    return _share(2 * hits, true + answered)


@SLIPS.slip(
    "iou_of_classes",
    "a class in neither mask gets 0",
    "Nothing was asked of it, so nothing was missed: it has no IoU, and in a mean a 0 would count.",
)
def iou_with_zeros(counts):
    return np.nan_to_num(iou_of_classes(counts))


@SLIPS.slip(
    "iou_of_classes",
    "a class in neither mask gets 1",
    "Nothing was asked of it, so nothing was found: it has no IoU, and in a mean a 1 would count.",
)
def iou_with_ones(counts):
    return np.nan_to_num(iou_of_classes(counts), nan=1.0)


@SLIPS.slip(
    "iou_of_classes",
    "a class in neither mask is left out",
    "Then the classes behind it move up, and nobody knows which is which: it keeps its place.",
)
def iou_without_missing(counts):
    ious = iou_of_classes(counts)
    return ious[np.isfinite(ious)]


@SLIPS.slip(
    "iou_of_classes",
    "a class without true pixels gets NaN",
    "Where it was answered all the same it is in one of the masks, and wrong: its IoU is 0.",
)
def iou_without_invented(counts):
    return np.where(counts.sum(axis=1) > 0, iou_of_classes(counts), np.nan)


@SLIPS.slip(
    "iou_of_classes",
    "a class that was never right gets NaN",
    "It is in one of the masks, and nothing of it is shared: its IoU is 0.",
)
def iou_without_failures(counts):
    return np.where(np.diag(counts) > 0, iou_of_classes(counts), np.nan)


@SLIPS.slip(
    "iou_of_classes",
    "the mean is returned",
    "An IoU for each class is wanted: only side by side do they say which one is poor.",
)
def iou_as_mean(counts):
    return np.nanmean(iou_of_classes(counts))


@SLIPS.slip(
    "iou_of_classes",
    "the accuracy is returned",
    "That is one number for all pixels, and the background has most of them. An IoU for each class "
    "is wanted.",
)
def iou_as_accuracy(counts):
    return np.trace(counts) / counts.sum()


@SLIPS.slip(
    "iou_of_classes",
    "it is divided by all pixels",
    "Pixels that are of another class, and were called so, have nothing to do with this one.",
)
def iou_over_all(counts):
    return np.diag(counts) / counts.sum()


@SLIPS.slip(
    "iou_of_classes",
    "the sum of all rows is taken for the row of each",
    "`np.sum` needs the axis along which it adds: without one it adds up everything.",
)
def iou_of_total_sums(counts):
    return np.diag(counts) / (2 * counts.sum() - np.diag(counts))


@SLIPS.slip(
    "iou_of_classes",
    "each cell is divided",
    "Only the cells of the diagonal count what is shared: one number for each class.",
)
def iou_of_cells(counts):
    _, true, answered = _sums(counts)
    return _share(counts, true[:, np.newaxis] + answered - counts)


@SLIPS.slip(
    "iou_of_classes",
    "it is in percent",
    "An IoU goes from 0 to 1.",
)
def iou_in_percent(counts):
    return 100 * iou_of_classes(counts)


# --- class_weights -----------------------------------------------------------------------------


def class_weights(pixels):
    """Return the weight of each class in the loss: the median number of pixels of the classes that
    occur, over the number that it has itself; 0 for a class without pixels.
    """
    occurs = pixels > 0
    weights = np.zeros(len(pixels))
    weights[occurs] = np.median(pixels[occurs]) / pixels[occurs]
    return weights


def _over(number, pixels):
    """Return a number over the pixels of each class, and 0 where it has none."""
    return np.where(pixels > 0, number / np.maximum(pixels, 1), 0)


@SLIPS.slip(
    "class_weights",
    "frequent classes get high weights",
    "The quotient is upside down: the fewer pixels, the higher the weight.",
)
def weights_upside_down(pixels):
    return pixels / np.median(pixels[pixels > 0])


@SLIPS.slip(
    "class_weights",
    "the shares of the classes are returned",
    "A class with many pixels has a large share, and needs a small weight.",
)
def weights_as_shares(pixels):
    return pixels / pixels.sum()


@SLIPS.slip(
    "class_weights",
    "the weights add up to 1",
    "No more is done to them: the class in the middle has the weight 1.",
)
def weights_with_sum_one(pixels):
    return class_weights(pixels) / class_weights(pixels).sum()


@SLIPS.slip(
    "class_weights",
    "the mean is taken in place of the median",
    "The background makes the mean large. The median is the middle one of the sorted numbers.",
)
def weights_by_mean(pixels):
    return _over(pixels[pixels > 0].mean(), pixels)


@SLIPS.slip(
    "class_weights",
    "the mean of all classes is taken in place of the median",
    "Two things are different: the median is wanted, and only of the classes that occur.",
)
def weights_by_mean_of_all(pixels):
    return _over(pixels.mean(), pixels)


@SLIPS.slip(
    "class_weights",
    "the median counts classes without pixels",
    "Their zeros pull it down: only the classes that occur have a say.",
)
def weights_by_median_of_all(pixels):
    return _over(np.median(pixels), pixels)


@SLIPS.slip(
    "class_weights",
    "the number of all pixels is divided",
    "Then the weights depend on how large the pictures are. It is the median that is divided.",
)
def weights_of_total(pixels):
    return _over(pixels.sum(), pixels)


@SLIPS.slip(
    "class_weights",
    "the largest class gets the weight 1",
    "That is the highest number over each. It is the median that is divided.",
)
def weights_by_largest(pixels):
    return _over(pixels.max(), pixels)


@SLIPS.slip(
    "class_weights",
    "the rarest class gets the weight 1",
    "That is the lowest number over each. It is the median that is divided.",
)
def weights_by_rarest(pixels):
    return _over(pixels[pixels > 0].min(), pixels)


@SLIPS.slip(
    "class_weights",
    "1 is divided by the pixels",
    "Such weights are tiny, and so would the loss be: divide the median.",
)
def weights_inverse(pixels):
    return _over(1, pixels)


@SLIPS.slip(
    "class_weights",
    "the middle number of an unsorted array is taken",
    "The median is the middle one when the numbers are *sorted*: `np.median` sees to it.",
)
def weights_by_middle_place(pixels):
    occurring = pixels[pixels > 0]
    return _over(occurring[len(occurring) // 2], pixels)


@SLIPS.slip(
    "class_weights",
    "it is divided by 0",
    "A class without pixels gives infinity, and one infinite weight spoils the loss: it is to "
    "weigh 0.",
)
def weights_divided_by_zero(pixels):
    with np.errstate(divide="ignore"):
        return np.median(pixels[pixels > 0]) / pixels


_NOT_ZERO = (
    "a class without pixels has a weight",
    "It is to weigh 0: where it does not occur there is nothing to weigh.",
)


@SLIPS.slip("class_weights", *_NOT_ZERO)
def weights_of_at_least_one_pixel(pixels):
    return np.median(pixels[pixels > 0]) / np.maximum(pixels, 1)


@SLIPS.slip("class_weights", *_NOT_ZERO)
def weights_with_ones(pixels):
    return np.where(pixels > 0, class_weights(pixels), 1)


@SLIPS.slip(
    "class_weights",
    "classes without pixels are left out",
    "Then the classes behind move up and get the weights of others: it keeps its place, with 0.",
)
def weights_without_missing(pixels):
    return class_weights(pixels)[pixels > 0]


_WHOLE = (
    "the weights are cut down to whole numbers",
    "An array that is made of whole numbers keeps only such: `np.zeros` makes one of floats, "
    "`np.zeros_like` one as the other is. And `//` cuts off, too.",
)


@SLIPS.slip("class_weights", *_WHOLE)
def weights_cut_off(pixels):
    return class_weights(pixels).astype(int)


@SLIPS.slip(
    "class_weights",
    "the root of the weights is taken",
    "That is a milder way, in use as well. Here the quotient stays as it is.",
)
def weights_as_roots(pixels):
    return np.sqrt(class_weights(pixels))
