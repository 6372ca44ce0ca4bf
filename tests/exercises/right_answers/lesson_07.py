"""Correct answers to lesson 07's exercises, written without a look at the references."""

import statistics
from fractions import Fraction

import numpy as np
from scipy import ndimage, signal

# --- as_kernel ----------------------------------------------------------------------------------


def kernel_by_loops(weights, height, width):
    channels = len(weights) // height // width
    kernel = np.empty((height, width, channels, weights.shape[1]))
    place = 0
    for row in range(height):
        for column in range(width):
            for channel in range(channels):
                kernel[row, column, channel] = weights[place]
                place += 1
    return kernel


def kernel_of_lists(weights, height, width):
    rows = weights.tolist()
    channels = len(rows) // (height * width)
    pixels = [rows[first : first + channels] for first in range(0, len(rows), channels)]
    return [pixels[row * width : (row + 1) * width] for row in range(height)]


def kernel_unit_by_unit(weights, height, width):
    return np.stack([unit.reshape(height, width, -1) for unit in weights.T], axis=-1)


def kernel_by_splitting(weights, height, width):
    rows = np.array_split(weights.astype("float32"), height)
    return np.array([np.array_split(row, width) for row in rows])


def kernel_by_places(weights, height, width):
    places = np.arange(len(weights)).reshape((height, width, len(weights) // (height * width)))
    return weights[places]


# --- bilinear_row -------------------------------------------------------------------------------


def row_by_scipy(factor):
    return signal.windows.triang(2 * factor - factor % 2)


def row_of_two_boxes(factor):
    """Two boxes that slide over each other, one of them with half weights at its ends if even."""
    other = np.ones(factor) if factor % 2 else np.r_[0.5, np.ones(factor - 1), 0.5]
    return np.convolve(np.ones(factor), other) / factor


def row_of_fractions(factor):
    half = [Fraction(2 * k + 2 - (factor % 2 == 0), 2 * factor) for k in range(factor)]
    return half + half[::-1][factor % 2 :]


def row_by_steps(factor):
    rising = np.arange(1 if factor % 2 else 0.5, factor + 0.1) / factor
    falling = rising[::-1]
    return np.concatenate([rising, falling[1:] if factor % 2 else falling]).astype("float32")


def row_by_interpolation(factor):
    """A single 1 among zeros, read at the middles of the enlarged pixels."""
    middles = (np.arange(5 * factor) + 0.5) / factor - 0.5
    roof = np.interp(middles, np.arange(5), [0, 0, 1, 0, 0])
    return roof[roof > 1e-9]


# --- best_threshold -----------------------------------------------------------------------------


def threshold_by_loop(image, mask, thresholds):
    best, highest = None, -1
    for threshold in thresholds:
        both = either = 0
        for brightness, wanted in zip(image.ravel(), mask.ravel()):
            found = brightness > threshold
            both += found and wanted == 1
            either += found or wanted == 1
        if both / either > highest:
            best, highest = threshold, both / either
    return best


def threshold_by_key(image, mask, thresholds):
    def overlap(threshold):
        found = set(np.flatnonzero(image > threshold))
        wanted = set(np.flatnonzero(mask))
        return len(found & wanted) / len(found | wanted)

    return max(thresholds.tolist(), key=overlap)


def threshold_at_once(image, mask, thresholds):
    found = image[np.newaxis] > thresholds[:, np.newaxis, np.newaxis]
    both = (found * mask).sum(axis=(1, 2))
    either = np.maximum(found, mask).sum(axis=(1, 2))
    return np.float32(thresholds[(both / either).argmax()])


def threshold_by_dice(image, mask, thresholds):
    """Dice coefficients have the order that IoUs have."""
    dice = [2 * (mask[image > one]).sum() / ((image > one).sum() + mask.sum())
            for one in thresholds]  # fmt: skip
    return thresholds[dice.index(max(dice))]


def threshold_by_errors(image, mask, thresholds):
    """IoU = 1 / (1 + errors / hits), as fractions."""
    overlaps = []
    for one in thresholds:
        hits = int(mask[image > one].sum())
        errors = int(np.logical_xor(image > one, mask).sum())
        overlaps.append(Fraction(hits, hits + errors))
    return np.array(thresholds[overlaps.index(max(overlaps))])


# --- enlarge_labels -----------------------------------------------------------------------------


def labels_by_kron(mask, factor):
    return np.kron(mask, np.ones((factor, factor), mask.dtype))


def labels_by_lists(mask, factor):
    enlarged = []
    for row in mask.tolist():
        wide = [label for label in row for _ in range(factor)]
        enlarged += [wide] * factor
    return enlarged


def labels_by_places(mask, factor):
    rows, columns = np.indices((len(mask) * factor, mask.shape[1] * factor)) // factor
    return mask[rows, columns].astype(np.uint8)


def labels_by_slices(mask, factor):
    height, width = mask.shape
    enlarged = np.zeros((height * factor, width * factor))
    for down in range(factor):
        for right in range(factor):
            enlarged[down::factor, right::factor] = mask
    return enlarged


def labels_by_scipy(mask, factor):
    return ndimage.zoom(mask, factor, order=0, grid_mode=True, mode="nearest")


def labels_by_broadcast(mask, factor):
    height, width = mask.shape
    squares = np.broadcast_to(mask[:, None, :, None], (height, factor, width, factor))
    return squares.reshape(height * factor, -1)


# --- iou_of_classes -----------------------------------------------------------------------------


def ious_by_loop(counts):
    ious = []
    for label in range(len(counts)):
        union = counts[label].sum() + counts[:, label].sum() - counts[label, label]
        ious.append(counts[label, label] / union if union else float("nan"))
    return ious


def ious_with_a_warning_less(counts):
    hits = np.diag(counts)
    with np.errstate(invalid="ignore"):
        return hits / (counts.sum(0) + counts.sum(1) - hits)


def ious_of_pixels(counts):
    """Make masks that have these counts, and compare them class by class."""
    classes = len(counts)
    truth, answers = np.repeat(np.indices(counts.shape).reshape(2, -1), counts.ravel(), axis=1)
    ious = np.full(classes, np.nan, "float32")
    for label in range(classes):
        one, other = truth == label, answers == label
        if (one | other).any():
            ious[label] = np.sum(one & other) / np.sum(one | other)
    return ious


def ious_by_errors(counts):
    errors = counts * (1 - np.eye(len(counts)))
    either = np.diag(counts) + errors.sum(axis=0) + errors.sum(axis=1)
    return np.divide(np.diag(counts), either, out=np.full(len(counts), np.nan), where=either > 0)


def ious_of_dice(counts):
    with np.errstate(all="ignore"):
        dice = 2 * counts.diagonal() / (counts.sum(0) + counts.sum(1))
        return tuple(dice / (2 - dice))


# --- class_weights ------------------------------------------------------------------------------


def weights_by_loop(pixels):
    median = statistics.median(number for number in pixels.tolist() if number > 0)
    return [median / number if number else 0 for number in pixels.tolist()]


def weights_by_where(pixels):
    median = np.median(pixels[pixels != 0])
    return np.where(pixels == 0, 0, median / np.where(pixels == 0, 1, pixels)).astype("float32")


def weights_by_masked_array(pixels):
    masked = np.ma.masked_equal(pixels, 0)
    return np.ma.divide(np.ma.median(masked), masked).filled(0)


def weights_by_shares(pixels):
    """With shares in place of numbers: all pixels cancel out."""
    shares = pixels / pixels.sum()
    occurring = np.sort(shares[shares > 0])
    middle = (occurring[(len(occurring) - 1) // 2] + occurring[len(occurring) // 2]) / 2
    weights = np.zeros_like(shares)
    np.divide(middle, shares, out=weights, where=shares > 0)
    return weights


def weights_of_fractions(pixels):
    ordered = sorted(int(number) for number in pixels if number)
    count = len(ordered)
    median = Fraction(ordered[(count - 1) // 2] + ordered[count // 2], 2)
    return [median / int(number) if number else Fraction(0) for number in pixels]


RIGHT_ANSWERS = [
    ("as_kernel", kernel_by_loops),
    ("as_kernel", kernel_of_lists),
    ("as_kernel", kernel_unit_by_unit),
    ("as_kernel", kernel_by_splitting),
    ("as_kernel", kernel_by_places),
    ("bilinear_row", row_by_scipy),
    ("bilinear_row", row_of_two_boxes),
    ("bilinear_row", row_of_fractions),
    ("bilinear_row", row_by_steps),
    ("bilinear_row", row_by_interpolation),
    ("best_threshold", threshold_by_loop),
    ("best_threshold", threshold_by_key),
    ("best_threshold", threshold_at_once),
    ("best_threshold", threshold_by_dice),
    ("best_threshold", threshold_by_errors),
    ("enlarge_labels", labels_by_kron),
    ("enlarge_labels", labels_by_lists),
    ("enlarge_labels", labels_by_places),
    ("enlarge_labels", labels_by_slices),
    ("enlarge_labels", labels_by_scipy),
    ("enlarge_labels", labels_by_broadcast),
    ("iou_of_classes", ious_by_loop),
    ("iou_of_classes", ious_with_a_warning_less),
    ("iou_of_classes", ious_of_pixels),
    ("iou_of_classes", ious_by_errors),
    ("iou_of_classes", ious_of_dice),
    ("class_weights", weights_by_loop),
    ("class_weights", weights_by_where),
    ("class_weights", weights_by_masked_array),
    ("class_weights", weights_by_shares),
    ("class_weights", weights_of_fractions),
]
