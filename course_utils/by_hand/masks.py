"""Masks by hand: which class each pixel got, how far that is right, and at the contours.

Masks are whole numbers `(height, width)` or `(n, height, width)`, a class for each pixel, from 0;
class 0 is the background. Several masks are judged together, as one large one. Both masks of a pair
are checked wherever pixels are counted: a count would take a class that does not exist for another
one, without a word.

References: Long, Shelhamer and Darrell, Fully convolutional networks for semantic segmentation
(2015), section 3.3, for bilinear upsampling as a transposed convolution, and section 5 for the mean
IoU; Cheng and others, Boundary IoU: improving object-centric image segmentation evaluation (2021),
section 4. Otsu's threshold is `handwriting.ink.otsu_level`.
"""

import numpy as np

from course_utils.by_hand.convolution import require_positive

KINDS = ("right", "missed", "invented", "confused")  # of a pixel's answer


def confusion(truth, predicted, classes):
    """Count the pixels of each class (row) that got each class (column), (classes, classes)."""
    truth, predicted = require_pair(truth, predicted, classes)
    pairs = truth * classes + predicted  # a number of its own for each cell of the matrix
    counts = np.bincount(pairs.ravel(), minlength=classes**2)
    return counts.reshape(classes, classes)


def iou_of_counts(matrix):
    """IoU of each class from a confusion matrix, (classes,); NaN for a class in neither mask."""
    shared = np.diag(matrix)
    union = matrix.sum(axis=0) + matrix.sum(axis=1) - shared
    return np.where(union > 0, shared / np.maximum(union, 1), np.nan)


def iou_per_class(truth, predicted, classes):
    """Pixels of a class in both masks by those in either, (classes,); NaN for one in neither."""
    return iou_of_counts(confusion(truth, predicted, classes))


def mean_iou(truth, predicted, classes):
    """Mean IoU of the classes that occur in either mask, 0 to 1.

    A class that occurs in neither has no IoU and does not count. One that is invented, or missed
    everywhere, counts 0. Where both masks are background alone, the mean is its IoU: 1.
    """
    return float(np.nanmean(iou_per_class(truth, predicted, classes)))


def eroded(mask):
    """Take from a mask (booleans) the pixels that touch others, if only by a corner.

    Beyond the picture's edge nothing belongs to the mask.
    """
    wide = np.pad(mask, [(0, 0)] * (mask.ndim - 2) + [(1, 1)] * 2)
    rows = wide[..., :-2, :] & wide[..., 1:-1, :] & wide[..., 2:, :]
    return rows[..., :-2] & rows[..., 1:-1] & rows[..., 2:]


def rim(mask, distance):
    """The pixels of a mask (booleans) at most `distance` pixels inside its own contour."""
    inner = mask
    for _ in range(distance):
        inner = eroded(inner)
    return mask & ~inner


def boundary_iou_per_class(truth, predicted, classes, distance=2):
    """IoU of the rims of each class, (classes,); NaN for a class in neither mask.

    The inside of a large region, where all are right, does not count. As in the authors' code, a
    region that is cut off by the picture's edge has a contour there too.
    """
    truth, predicted = require_pair(truth, predicted, classes)
    require_positive("distance", distance)
    overlaps = np.full(classes, np.nan)
    for label in range(classes):
        true_rim, other = rim(truth == label, distance), rim(predicted == label, distance)
        union = np.sum(true_rim | other)
        if union > 0:
            overlaps[label] = np.sum(true_rim & other) / union
    return overlaps


def boundary_iou(truth, predicted, classes, distance=2):
    """Mean boundary IoU of the classes that occur in either mask, 0 to 1, as `mean_iou`."""
    return float(np.nanmean(boundary_iou_per_class(truth, predicted, classes, distance)))


def error_kinds(truth, predicted):
    """What the answer at each pixel is, in the masks' shape: a place in KINDS.

    Missed: a thing taken for background. Invented: background taken for a thing. Confused: a thing
    of one class taken for one of another.
    """
    truth, predicted = require_pair(truth, predicted)
    kinds = np.where(truth == predicted, KINDS.index("right"), KINDS.index("confused"))
    kinds[(truth > 0) & (predicted == 0)] = KINDS.index("missed")
    kinds[(truth == 0) & (predicted > 0)] = KINDS.index("invented")
    return kinds


def bilinear_kernel(factor):
    """The kernel that makes a transposed convolution of stride `factor` bilinear, (size, size).

    It is the product of two rows whose weights fall from the middle by 1 / factor a pixel, in a
    straight line. With padding "same" it does what bilinear upsampling does, except near the edge:
    there upsampling goes on with the outermost pixel, and here nothing comes in from outside.
    """
    require_positive("factor", factor)
    size = 2 * factor - factor % 2  # odd where a pixel stands in the middle, else even
    from_middle = np.abs(np.arange(size) - (size - 1) / 2)
    weights = 1 - from_middle / factor
    return np.outer(weights, weights)


def best_threshold(image, foreground):
    """The level whose mask `image > level` has the highest IoU with the foreground, and that IoU.

    Every brightness that occurs is tried; of equally good ones the lowest is taken. No threshold
    does better on this very image; on another one it may.

    Args:
        image: (height, width) or (n, height, width), finite.
        foreground: the same shape, 0 or 1.
    """
    foreground = require_foreground(image, foreground)
    levels, places = np.unique(image, return_inverse=True)
    things = np.bincount(places.ravel(), foreground.ravel())  # pixels of each brightness
    brighter = foreground.size - np.cumsum(np.bincount(places.ravel()))
    found = things.sum() - np.cumsum(things)
    overlaps = found / (things.sum() + brighter - found)
    best = np.argmax(overlaps)
    return float(levels[best]), float(overlaps[best])


# --- argument checking -------------------------------------------------------------------------


def require_masks(masks, classes=None, name="masks", shape=None):
    """Return masks as integers, made sure to hold a class for each pixel.

    Args:
        masks: (height, width) or (n, height, width) whole numbers from 0; booleans are 0 and 1.
        classes: how many classes there are, with the background; None for as many as it takes.
        name: what the error calls them.
        shape: of the picture, (height, width), or of another mask; None for any.

    Raises:
        ValueError: no whole numbers, another shape, or a class that does not exist.
    """
    masks = np.asarray(masks)
    if masks.dtype.kind not in "biu":
        raise ValueError(
            f"Expected {name} as whole numbers, a class for each pixel. Received {masks.dtype}: "
            "argmax over the last axis makes classes of scores, and nearest neighbour, not "
            "bilinear, resizes masks."
        )
    _require_shape(masks, name, shape)
    if classes is not None:
        require_positive("classes", classes)
    last = masks.max() if classes is None else classes - 1
    wrong = masks[(masks < 0) | (masks > last)]
    if len(wrong):
        raise ValueError(
            f"Expected classes from 0{'' if classes is None else f' to {last}'} in {name}. "
            f"Received {wrong[0]} among them: is 0 the background, and is every class counted?"
        )
    return masks.astype(int)


def require_pair(truth, predicted, classes=None):
    """Return two masks as integers, made sure to be of one size and of these classes.

    Raises:
        ValueError: as `require_masks`.
    """
    truth = require_masks(truth, classes, "truth")
    return truth, require_masks(predicted, classes, "predicted", truth.shape)


def require_foreground(image, foreground):
    """Return a mask of 0 and 1 as integers, made sure to fit an image and to hold a pixel.

    Raises:
        ValueError: as `require_masks`; an image that is not finite, or a foreground of nothing.
    """
    foreground = require_masks(foreground, 2, "foreground", np.shape(image))
    if not np.isfinite(image).all():
        raise ValueError("Expected finite brightness. Received NaN or infinity: mend the image.")
    if not foreground.any():
        raise ValueError(
            "Expected a foreground of one pixel or more. Received none: every threshold above the "
            "brightest pixel is right."
        )
    return foreground


def _require_shape(masks, name, shape):
    """Refuse masks of another shape than what they belong to, or of none that masks have."""
    if shape is not None and masks.shape != tuple(shape):
        raise ValueError(
            f"Expected {name} of shape {tuple(shape)}, a class for each pixel. Received shape "
            f"{masks.shape}: resize by nearest neighbour, which invents no class."
        )
    if masks.ndim not in (2, 3) or 0 in masks.shape:
        raise ValueError(
            f"Expected {name} of shape (height, width) or (n, height, width). Received shape "
            f"{masks.shape}: argmax over the last axis makes classes of scores."
        )
