"""What a detector is given, made sure to be pictures and boxes, and padded to batches."""

import numpy as np
import tensorflow as tf

from course_utils.models.pictures import shuffled
from course_utils.scenes.faults import fault_of_objects

PADDING = -1  # the class where a picture has fewer objects than another one of its batch


def check_pictures(pictures, size, channels):
    """Return pictures as (n, height, width, channels), uint8 or float32 in 0…1.

    Raises:
        ValueError: another shape, or values that are not from 0 to 1 or not finite.
    """
    pictures = np.asarray(pictures)
    wanted = (*size, channels)
    if pictures.ndim != 4 or pictures.shape[1:] != wanted:
        raise ValueError(
            f"Expected pictures of shape (n, {', '.join(map(str, wanted))}). Received shape "
            f"{pictures.shape}: resize them, or build a detector of another size."
        )
    if pictures.dtype == np.uint8:
        return pictures
    pictures = pictures.astype(np.float32)
    wrong = ~((pictures >= 0) & (pictures <= 1)).all(axis=(1, 2, 3))  # NaN is never in between
    if wrong.any():
        raise ValueError(
            f"Expected pictures of uint8, or of float in 0…1. Received other values in image "
            f"{np.argmax(wrong)}: divide by the largest that there can be."
        )
    return pictures


def check_objects(boxes, labels, size, classes, first=0):
    """Refuse objects that cannot be.

    Args:
        boxes: for each image (n, 4), x1 y1 x2 y2 in pixels.
        labels: for each image (n,), classes from 0.
        size: (height, width) of the images.
        classes: how many classes there are.
        first: the number of the first image, for the message.

    Raises:
        ValueError: a box without an area, beyond the image, or of numbers that are not finite; a
            label that is no class. The message names the image and the box.
    """
    for number, (own, classes_of_own) in enumerate(zip(boxes, labels, strict=True), first):
        fault = fault_of_objects(own, classes_of_own, size, classes)
        if fault:
            raise ValueError(
                f"Expected boxes x1 y1 x2 y2 in pixels inside {size[1]} × {size[0]}, with labels "
                f"from 0 to {classes - 1}. Received {fault} in image {number}: correct it."
            )


def require_objects(many, boxes, labels):
    """Refuse boxes and labels that are not those of so many images.

    Raises:
        ValueError: there are others, or none.
    """
    given = [0 if each is None else len(each) for each in (boxes, labels)]
    if given != [many, many]:
        raise ValueError(
            f"Expected boxes and labels for each of {many} images. Received {given[0]} and "
            f"{given[1]}: an image without objects has empty ones."
        )


def check_batches(batches, detector):
    """Look at every batch of a Dataset once before it is trained on.

    Returns:
        The Dataset, which now knows how many batches it has.

    Raises:
        ValueError: no (images, {"boxes", "classes"}), or as `check_pictures` and `check_objects`.
    """
    _require_form(batches)
    first, count = 0, 0
    for pictures, objects in batches.as_numpy_iterator():
        check_pictures(pictures, detector.size, detector.channels)
        real = [classes != PADDING for classes in objects["classes"]]
        boxes = [own[kept] for own, kept in zip(objects["boxes"], real, strict=True)]
        labels = [own[kept] for own, kept in zip(objects["classes"], real, strict=True)]
        check_objects(boxes, labels, detector.size, detector.classes, first)
        first, count = first + len(pictures), count + 1
    return batches.apply(tf.data.experimental.assert_cardinality(count))


def _require_form(batches):
    form = batches.element_spec
    pair = isinstance(form, tuple) and len(form) == 2 and isinstance(form[1], dict)
    if not pair or not {"boxes", "classes"} <= form[1].keys() or form[0].shape.rank != 4:
        raise ValueError(
            'Expected a Dataset of batches (images, {"boxes", "classes"}). Received one of '
            f"{form}: `scenes.read_records` gives such batches."
        )
    if batches.cardinality() == tf.data.INFINITE_CARDINALITY:
        raise ValueError(
            "Expected a Dataset that ends. Received one that repeats for ever: leave out `repeat`, "
            "for `epochs` says how often."
        )


def padded(boxes, labels):
    """Return boxes (n, most, 4) float32 and classes (n, most) int64, padded with 0 and `PADDING`.

    Args:
        boxes, labels: a list of (n, 4) and one of (n,) for as many images.
    """
    most = max(1, *map(len, labels))
    corners = np.zeros((len(boxes), most, 4), np.float32)
    classes = np.full((len(boxes), most), PADDING, np.int64)
    for number, (own, classes_of_own) in enumerate(zip(boxes, labels, strict=True)):
        corners[number, : len(own)] = own
        classes[number, : len(own)] = classes_of_own
    return corners, classes


def as_batches(pictures, boxes, labels, batch, seed):
    """Return a Dataset of shuffled batches as `scenes.read_records` gives them."""
    batches = shuffled((pictures, *padded(boxes, labels)), batch, seed)
    return batches.map(lambda images, *own: (images, dict(zip(("boxes", "classes"), own))))
