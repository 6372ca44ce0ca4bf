"""Scenes as files: TFRecords with a label map beside them, written, checked, and read as batches.

A record is a `tf.train.Example` of three fields: "image", a PNG; "boxes", x1 y1 x2 y2 of one object
after the other, in pixels; "labels", classes from 0. TensorFlow's Object Detection API has other
names, boxes as shares of the sides, and classes from 1: here they are as everywhere in the course.
"""

import json
from pathlib import Path

import tensorflow as tf

from course_utils.errors import CourseError
from course_utils.scenes.augmenting import augmented
from course_utils.scenes.faults import fault_of_record, require_scenes
from course_utils.scenes.layout import require_whole

FIELDS = {
    "image": tf.io.FixedLenFeature([], tf.string),
    "boxes": tf.io.FixedLenSequenceFeature([], tf.float32, allow_missing=True),
    "labels": tf.io.FixedLenSequenceFeature([], tf.int64, allow_missing=True),
}


def write_records(path, scenes):
    """Write scenes as a TFRecord file, and its label map beside it.

    Args:
        path: of the file, such as "digits.tfrecord"; `label_map_path` says where the map goes.
        scenes: Scenes; its masks are not written.

    Raises:
        ValueError: a box or a label cannot be; the message names the scene.
    """
    require_scenes(scenes)
    label_map_path(path).unlink(missing_ok=True)  # a file cut short shall not pass as whole
    with tf.io.TFRecordWriter(str(path)) as writer:
        for image, boxes, labels in zip(scenes.images, scenes.boxes, scenes.labels, strict=True):
            writer.write(to_record(image, boxes, labels))
    size = list(scenes.images.shape[1:3])
    about = {"classes": list(scenes.classes), "scenes": len(scenes), "size": size}
    label_map_path(path).write_text(json.dumps(about, indent=1), encoding="utf-8")


def to_record(image, boxes, labels):
    """Return a scene as the bytes of a `tf.train.Example`.

    Args:
        image: (height, width, 3) uint8.
        boxes: (n, 4) float, x1 y1 x2 y2 in pixels.
        labels: (n,) int, classes from 0.
    """
    picture = tf.train.BytesList(value=[tf.io.encode_png(image).numpy()])
    corners = tf.train.FloatList(value=boxes.ravel())
    classes = tf.train.Int64List(value=labels)
    fields = {
        "image": tf.train.Feature(bytes_list=picture),
        "boxes": tf.train.Feature(float_list=corners),
        "labels": tf.train.Feature(int64_list=classes),
    }
    return tf.train.Example(features=tf.train.Features(feature=fields)).SerializeToString()


def read_records(path, batch, seed=None, augment=False):
    """Return the batches of a file that `write_records` wrote, after a look at every record.

    Args:
        path: of the TFRecord file.
        batch: how many scenes at once; the last batch may have fewer.
        seed: None keeps the order of the file; a whole number shuffles anew in each epoch.
        augment: True moves, enlarges and lights each scene by chance; that needs a seed.

    Returns:
        tf.data.Dataset of (images, objects): (batch, height, width, 3) float32 in 0…1, and a
        dictionary with "boxes" (batch, n, 4) float32 and "classes" (batch, n) int64. n is the
        largest number of objects in the batch; where a scene has fewer, both are -1, which is
        keras-cv's convention.

    Raises:
        ValueError: batch or seed is no such number, or augment has no seed.
        CourseError: the file or its label map is missing, or a record is not as it should be.
    """
    require_whole("batch", batch, 1, "it is how many scenes come at once")
    if augment or seed is not None:
        require_whole("seed", seed, 0, "any such number will do, and augment=True needs one")
    about = check_records(path)
    scenes = tf.data.TFRecordDataset(str(path))
    if seed is not None:
        scenes = scenes.shuffle(about["scenes"], seed=seed)
    scenes = scenes.map(parse, num_parallel_calls=tf.data.AUTOTUNE)
    scenes = scenes.map(
        lambda image, objects: (tf.ensure_shape(image, (*about["size"], 3)), objects)
    )
    return batched(augmented(scenes, seed) if augment else scenes, batch)


def parse(record):
    """Return a record's image (height, width, 3) float32 in 0…1, and its objects.

    Args:
        record: what `to_record` returns, as a tensor.
    """
    fields = tf.io.parse_single_example(record, FIELDS)
    image = tf.io.decode_png(fields["image"], channels=3)
    boxes = tf.reshape(fields["boxes"], (-1, 4))
    return tf.cast(image, tf.float32) / 255, {"boxes": boxes, "classes": fields["labels"]}


def batched(scenes, batch):
    """Return a Dataset of scenes as one of batches; -1 stands where a scene has fewer objects."""
    nothing = tf.constant(-1, tf.int64)
    padding = (0.0, {"boxes": -1.0, "classes": nothing})
    return scenes.padded_batch(batch, padding_values=padding).prefetch(tf.data.AUTOTUNE)


def label_map_path(path):
    """Return where the label map of a TFRecord file is: "digits.tfrecord" has "digits.json"."""
    return Path(path).with_suffix(".json")


def read_label_map(path):
    """Return what stands beside a TFRecord file.

    Returns:
        {"classes": names, "scenes": how many, "size": [height, width]}.

    Raises:
        CourseError: it is missing, or not what `write_records` wrote.
    """
    place = label_map_path(path)
    again = "write both anew with write_records"
    try:
        about = json.loads(place.read_text(encoding="utf-8"))
        height, width = map(int, about["size"])
        names = [str(name) for name in about["classes"]]
        return {"classes": names, "scenes": int(about["scenes"]), "size": [height, width]}
    except FileNotFoundError as problem:
        raise CourseError(f"Expected the label map {place}. Received none: {again}.") from problem
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise CourseError(
            f"Expected {place} with classes, scenes and size. Received something else: {again}."
        ) from problem


def check_records(path):
    """Look at every record of a file; return its label map.

    Raises:
        CourseError: something is missing, cut short or impossible; the message names the record.
    """
    about, number = read_label_map(path), 0
    try:
        for number, record in enumerate(tf.data.TFRecordDataset(str(path)).as_numpy_iterator(), 1):
            if fault := fault_of_record(record, about):
                raise _broken(path, f"record {number} with {fault}")
    except tf.errors.NotFoundError as problem:
        raise _broken(path, "no such file") from problem
    except tf.errors.DataLossError as problem:
        raise _broken(path, f"a file that is damaged after record {number}") from problem
    except tf.errors.OpError as problem:
        raise _broken(path, "one that cannot be read") from problem
    if number != about["scenes"]:
        raise _broken(path, f"{number} of {about['scenes']} records")
    return about


def _broken(path, received):
    return CourseError(
        f"Expected {path} as write_records wrote it. Received {received}: write it anew."
    )
