"""Train one detector, judge it on scenes that it never saw, and print what came out as JSON.

    python tests/benchmarks/detection_training.py course 1
    python tests/benchmarks/detection_training.py retinanet 1 60    # for sixty seconds

A process of its own for each training: none inherits another's memory or warm caches.
"""

import json
import resource
import sys
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import keras
import numpy as np
from peers import Deadline, framed, small_resnet

from course_utils.authoring.checkpoint import CROPS, SCENES, TESTS
from course_utils.datasets import boxes_of, load_nuclei
from course_utils.judge import coco_scores
from course_utils.models import faster_rcnn
from course_utils.scenes import digit_crops, digit_scenes
from course_utils.scenes.nuclei import nuclei_crops, without_slivers

EACH = 250  # batches of a point of a curve
STRIPS, STRIP = 4, 128  # of the picture of nuclei, and their width in pixels


class Curve(keras.callbacks.Callback):
    """Every 250 batches: the seconds of training so far, and the AP on scenes for validation.

    What the looking takes is no part of the seconds.
    """

    def __init__(self, detector, before):
        super().__init__()
        self.detector, self.seconds, self.points = detector, before, []
        self.batches, self.scenes = 0, digit_scenes(200, 0, split="validation")

    def on_train_begin(self, logs=None):
        self.started = perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1
        if self.batches % EACH == 0:
            self.on_train_end()
            found = self.detector.predict(self.scenes.images)
            self.points.append((round(self.seconds, 1), round(judged(self.scenes, found)["AP"], 3)))
            self.started = perf_counter()

    def on_train_end(self, logs=None):
        self.seconds += perf_counter() - self.started


def judged(scenes, found):
    """Return what pycocotools says of detections, {"AP", "AP50", …}."""
    boxes, labels, scores = zip(*found, strict=True)
    return coco_scores(scenes.boxes, scenes.labels, boxes, scores, labels)


def course(seed):
    """Lesson 06's detector as it is trained there: the trunk on crops first."""
    return _detector(seed, pretrained=True)


def from_nothing(seed):
    """The same without crops."""
    return _detector(seed, pretrained=False)


def _detector(seed, pretrained):
    crops = digit_crops(CROPS, 1)
    scenes = digit_scenes(SCENES, 1)
    detector = faster_rcnn.FasterRCNN(len(scenes.classes))
    before = perf_counter()
    if pretrained:
        faster_rcnn.pretrain(detector, *crops)
    curve = Curve(detector, perf_counter() - before)
    faster_rcnn.train(detector, scenes, callbacks=[curve])
    return detector.predict, curve.seconds, {"curve": curve.points}


def retinanet(seed, seconds):
    """keras-cv's RetinaNet on a small ResNet, its anchors as large as the digits."""
    import keras_cv

    anchors = keras_cv.layers.AnchorGenerator(
        "xyxy",
        sizes=[20.0, 28.0, 40.0, 56.0, 80.0],
        scales=[2**x for x in (0, 1 / 3, 2 / 3)],
        aspect_ratios=[0.5, 1.0, 2.0],
        strides=[2**x for x in range(3, 8)],
        clip_boxes=True,
    )
    model = keras_cv.models.RetinaNet(
        small_resnet(), 10, bounding_box_format="xyxy", anchor_generator=anchors
    )
    model.compile(
        optimizer=keras.optimizers.Adam(global_clipnorm=10.0),
        box_loss="smoothl1",
        classification_loss="focal",
        jit_compile=False,
    )
    return _peer(model, seconds)


def yolov8(seed, seconds):
    """keras-cv's YOLOV8Detector on a small CSPDarkNet."""
    import keras_cv

    backbone = keras_cv.models.CSPDarkNetBackbone(
        stackwise_channels=[32, 64, 96, 128],
        stackwise_depth=[1, 1, 1, 1],
        include_rescaling=False,
        input_shape=(96, 96, 3),
    )
    model = keras_cv.models.YOLOV8Detector(backbone, 10, bounding_box_format="xyxy", fpn_depth=1)
    model.compile(
        optimizer=keras.optimizers.Adam(global_clipnorm=10.0),
        box_loss="ciou",
        classification_loss="binary_crossentropy",
        jit_compile=False,
    )
    return _peer(model, seconds)


def _peer(model, seconds, peak=0.001):
    """Train a model of keras-cv for so many seconds on the same scenes."""
    from course_utils.models.detector.checking import as_batches

    scenes = digit_scenes(SCENES, 1)
    batches = as_batches(framed(scenes.images), scenes.boxes, scenes.labels, 16, seed=0)
    deadline = Deadline(seconds, peak)
    history = model.fit(batches, epochs=1000, callbacks=[deadline], verbose=0, shuffle=False)
    spent = perf_counter() - deadline.started
    model.prediction_decoder = _decoder()
    return lambda images: _seen(model, images), spent, {"epochs": len(history.epoch)}


def _decoder():
    """Non-maximum suppression class by class, which keras-cv's default is not."""
    import keras_cv

    return keras_cv.layers.MultiClassNonMaxSuppression(
        "xyxy", from_logits=True, iou_threshold=0.5, confidence_threshold=0.02, max_detections=48
    )


def _seen(model, images):
    """Return (boxes, labels, scores) of each picture, of what a model of keras-cv predicts."""
    seen = model.predict(framed(images), batch_size=50, verbose=0)
    for boxes, labels, scores in zip(
        seen["boxes"], seen["classes"], seen["confidence"], strict=True
    ):
        real = labels >= 0
        yield (
            np.sort(boxes[real].reshape(-1, 2, 2), axis=1).reshape(-1, 4),
            labels[real],
            scores[real],
        )


def nuclei(seed):
    """The same class on the picture of nuclei: four strips, each held out in turn."""
    image, mask = load_nuclei()
    results, started = [], perf_counter()
    for strip in range(STRIPS):
        keras.utils.set_random_seed(seed)
        results.append(_strip(image, mask, slice(strip * STRIP, (strip + 1) * STRIP), seed))
    return {
        "seconds": (perf_counter() - started) / STRIPS,
        "AP50": float(np.mean([one["AP50"] for one in results])),
        "AP": float(np.mean([one["AP"] for one in results])),
        "AP50_with_slivers": float(np.mean([one["all"] for one in results])),
        "strips": [round(one["AP50"], 3) for one in results],
    }


def _strip(image, mask, held_out, seed):
    """Train on all columns but the held out ones, and judge on these."""
    arguments = {"channels": 1, "anchor_sizes": (14, 24), "anchor_ratios": (0.6, 1, 1.7)}
    detector = faster_rcnn.FasterRCNN(1, size=(96, 96), **arguments)
    parts = [side for side in (slice(0, held_out.start), slice(held_out.stop, None))]
    sides = [(image[:, part], mask[:, part]) for part in parts]
    sides = [one for one in sides if one[0].shape[1]]
    shares = [one[0].shape[1] / (image.shape[1] - STRIP) for one in sides]
    crops = [nuclei_crops(*one, round(480 * share), seed) for one, share in zip(sides, shares)]
    together = crops[0] if len(crops) == 1 else _joined(*crops)
    faster_rcnn.train(detector, together, epochs=20)
    # The networks take pictures of any size: the whole strip is looked at in one go.
    wide = faster_rcnn.FasterRCNN(1, size=(512, STRIP), proposals=96, **arguments)
    wide.set_weights(detector.get_weights())
    found = wide.predict(image[np.newaxis, :, held_out, np.newaxis])
    part = mask[:, held_out]
    strict = _judged_boxes(boxes_of(part), found)
    return _judged_boxes(boxes_of(without_slivers(part, mask)), found) | {"all": strict["AP50"]}


def _judged_boxes(truth, found):
    boxes, labels, scores = zip(*found, strict=True)
    return coco_scores([truth], [np.zeros(len(truth), int)], boxes, scores, labels)


def _joined(some, others):
    from course_utils.scenes import Scenes

    return Scenes(
        np.concatenate([some.images, others.images]),
        some.boxes + others.boxes,
        some.labels + others.labels,
        np.concatenate([some.masks, others.masks]),
        some.classes,
    )


def measure(name, seed, *seconds):
    """Return what one training takes and gives; the test scenes judge once."""
    keras.utils.set_random_seed(seed)
    if name == "nuclei":
        return nuclei(seed) | {"megabytes": _megabytes()}
    predict, spent, more = globals()[name](seed, *seconds)
    tests = digit_scenes(TESTS, 2, split="test")
    scores = judged(tests, predict(tests.images))
    return {
        "seconds": spent,
        **{key: scores[key] for key in ("AP", "AP50", "AP75", "small", "medium", "large")},
        "megabytes": _megabytes(),
        **more,
    }


def _megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), *map(float, sys.argv[3:]))))
