"""What cannot be in a scene or in a record, said in words."""

import struct

import numpy as np
import tensorflow as tf
from google.protobuf.message import DecodeError

PNG = b"\x89PNG\r\n\x1a\n"  # how every PNG begins (its specification, section 5.2)


def require_scenes(scenes):
    """Refuse scenes that cannot be written.

    Raises:
        ValueError: the images are no uint8 pictures, or an object is not as it should be.
    """
    images, many = scenes.images, len(scenes.images)
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] != 3:
        raise ValueError(
            f"Expected images (count, height, width, 3) uint8. Received {images.shape} "
            f"{images.dtype}: bring them to 0…255 first."
        )
    if not many == len(scenes.boxes) == len(scenes.labels):
        raise ValueError(
            f"Expected boxes and labels for each of {many} images. Received {len(scenes.boxes)} "
            f"and {len(scenes.labels)}: a scene without objects has empty ones."
        )
    for number, (boxes, labels) in enumerate(zip(scenes.boxes, scenes.labels, strict=True)):
        fault = fault_of_objects(boxes, labels, images.shape[1:3], len(scenes.classes))
        if fault:
            raise ValueError(
                "Expected boxes x1 y1 x2 y2 inside the image, and labels that are classes. "
                f"Received {fault} in scene {number}: correct it."
            )


def fault_of_record(record, about):
    """Return what is wrong with a record, or None.

    Args:
        record: bytes.
        about: what `read_label_map` returns.
    """
    try:
        fields = tf.train.Example.FromString(record).features.feature
    except DecodeError:
        return "bytes that are no tf.train.Example"
    picture = b"".join(fields["image"].bytes_list.value)
    if not picture.startswith(PNG) or len(picture) < 24:
        return "no PNG in its field image"
    width, height = struct.unpack(">2I", picture[16:24])
    if [height, width] != about["size"]:
        return f"an image of {height} × {width} pixels"
    boxes = np.array(fields["boxes"].float_list.value)
    labels = np.array(fields["labels"].int64_list.value, np.int64)
    if boxes.size != 4 * labels.size:
        return f"{boxes.size} numbers of boxes for {labels.size} labels"
    return fault_of_objects(boxes.reshape(-1, 4), labels, about["size"], len(about["classes"]))


def fault_of_objects(boxes, labels, size, classes):
    """Return what is wrong with the objects of one scene, or None.

    Args:
        boxes: (n, 4) float, x1 y1 x2 y2 in pixels.
        labels: (n,) int.
        size: (height, width) in pixels.
        classes: how many there are.
    """
    boxes, labels = np.asarray(boxes), np.asarray(labels)
    if boxes.shape != (labels.size, 4) or labels.ndim != 1 or labels.dtype.kind not in "iu":
        return f"boxes {boxes.shape} for labels {labels.shape} of type {labels.dtype}"
    x1, y1, x2, y2 = boxes.T
    height, width = size
    # Written so that NaN, which is never less, is wrong as well.
    right = (x1 >= 0) & (x1 < x2) & (x2 <= width) & (y1 >= 0) & (y1 < y2) & (y2 <= height)
    if not right.all():
        place = int(np.argmin(right))
        return f"box {place} at {[round(float(each), 2) for each in boxes[place]]}"
    known = (labels >= 0) & (labels < classes)
    if not known.all():
        return f"label {int(labels[np.argmin(known)])} of {classes} classes"
    return None
