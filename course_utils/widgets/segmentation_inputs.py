"""What SegmentationViewer is given: scores or masks that fit one image, and names of classes."""

import reprlib

import numpy as np

from course_utils.by_hand.masks import require_masks
from course_utils.by_hand.metrics import are_probabilities, softmax
from course_utils.draw.mask_layers import MOST_CLASSES
from course_utils.widgets.explorer import numbers


def read_predictions(predictions, size, classes):
    """Return {name: scores (height, width, classes) float32, or mask (height, width) int}.

    Args:
        predictions: as `SegmentationViewer` is given them.
        size: (height, width) of the image.
        classes: how many there are; None for as many as it takes.

    Raises:
        ValueError: no prediction under a name, or one that does not fit.
    """
    named = isinstance(predictions, dict) and all(isinstance(name, str) for name in predictions)
    if not named or not predictions:
        raise ValueError(
            "Expected predictions as {name: scores or mask}, one or more, names being texts. "
            f"Received {reprlib.repr(predictions)}."
        )
    return {name: _read(name, values, size, classes) for name, values in predictions.items()}


def _read(name, values, size, classes):
    shape = np.shape(values)
    if shape[:2] != size or len(shape) not in (2, 3):
        raise ValueError(
            f"Expected prediction {name!r} with the image's height and width: scores "
            f"({size[0]}, {size[1]}, classes) or a mask {size}. Received shape {shape}: take [0] "
            "of a batch, resize scores bilinearly and masks by nearest neighbour."
        )
    if len(shape) == 2:
        return require_masks(values, classes, f"prediction {name!r}", size)
    return numbers(f"scores of prediction {name!r}", values, np.float32)


def class_names(names, truth, predictions):
    """Return the names of the classes, each different; without names their numbers.

    Raises:
        ValueError: equal names, or more classes than can be told apart.
    """
    if names is None:
        most = [values.shape[2] - 1 if values.ndim == 3 else values.max()
                for values in predictions.values()]  # fmt: skip
        names = [str(number) for number in range(int(max([*most, truth.max()])) + 1)]
    if len({*names}) != len(names) or not 1 <= len(names) <= MOST_CLASSES:
        raise ValueError(
            f"Expected 1 to {MOST_CLASSES} different names of classes, that of the background "
            f"first. Received {len(names)}: {reprlib.repr(names)}."
        )
    return names


def as_probabilities(predictions, classes):
    """Return {name: probabilities (height, width, classes)} of those that are scores.

    Raises:
        ValueError: scores of another number of classes.
    """
    found = {}
    for name, values in predictions.items():
        if values.ndim == 3:
            if values.shape[2] != classes:
                raise ValueError(
                    f"Expected {classes} scores at each pixel in prediction {name!r}, one for "
                    f"each class. Received {values.shape[2]}: is the background counted as a class?"
                )
            found[name] = values if are_probabilities(values) else softmax(values)
    return found


def mask_of(prediction):
    """Return the class of each pixel: of scores the one with the largest."""
    return prediction.argmax(axis=2) if prediction.ndim == 3 else prediction
