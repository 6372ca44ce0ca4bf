"""Train one network for segmentation, judge it on what it never saw, and print JSON.

    python tests/benchmarks/segmentation_training.py garments 1 3     # with three skips
    python tests/benchmarks/segmentation_training.py deeplab 1 40     # for forty seconds
    python tests/benchmarks/segmentation_training.py nuclei 1

A process of its own for each training: none inherits another's memory or warm caches.
"""

import json
import resource
import sys
from pathlib import Path
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import keras
import numpy as np

from course_utils.authoring.checkpoint import GARMENT_SCENES, GARMENT_TESTS, NUCLEI_CROPS
from course_utils.by_hand.masks import best_threshold, boundary_iou, iou_per_class, mean_iou
from course_utils.datasets import load_nuclei
from course_utils.handwriting.ink import otsu_level
from course_utils.models import fcn
from course_utils.scenes import garment_scenes
from course_utils.scenes.nuclei import nuclei_crops

STRIPS, STRIP = 4, 128  # of the picture of nuclei, and their width in pixels


def garments(seed, skips):
    """Lesson 07's network on garment scenes, with so many skips."""
    scenes = garment_scenes(GARMENT_SCENES, 1)
    network = fcn.garment_network(int(skips))
    clock = _Clock()
    fcn.train(network, scenes.images, scenes.masks, seed=seed, **fcn.FOR_GARMENTS)
    spent = clock.spent()
    return spent | judged(lambda images: fcn.predict(network, images))


def deeplab(seed, seconds):
    """keras-cv's DeepLabV3Plus on a small ResNet, from scratch, for so many seconds."""
    import keras_cv
    from peers import Deadline, framed, small_resnet

    scenes = garment_scenes(GARMENT_SCENES, 1)
    classes = 1 + len(scenes.classes)
    network = keras_cv.models.DeepLabV3Plus(small_resnet(), classes, projection_filters=16)
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=classes)
    network.compile(keras.optimizers.Adam(), loss, jit_compile=False)
    masks = np.pad(scenes.masks, [(0, 0), (0, 16), (0, 16)], constant_values=classes)
    deadline = Deadline(seconds, peak=0.001)
    history = network.fit(
        framed(scenes.images), masks, batch_size=16, epochs=1000, callbacks=[deadline], verbose=0
    )
    spent = {"seconds": perf_counter() - deadline.started, "epochs": len(history.epoch)}

    def predict(images):
        scores = network.predict(framed(images), batch_size=50, verbose=0)
        return scores[:, :80, :80].argmax(axis=-1)

    return spent | judged(predict)


def judged(predict):
    """Return the mean IoU on test scenes, of all pixels and of those at the contours."""
    tests = garment_scenes(GARMENT_TESTS, 2, split="test")
    classes, found = 1 + len(tests.classes), predict(tests.images)
    return {
        "mean_iou": mean_iou(tests.masks, found, classes),
        "boundary_iou": boundary_iou(tests.masks, found, classes),
        "classes": iou_per_class(tests.masks, found, classes).round(3).tolist(),
    }


def nuclei(seed):
    """Foreground of the picture of nuclei: four strips, each held out in turn."""
    image, mask = load_nuclei()
    strips = [slice(first, first + STRIP) for first in range(0, STRIPS * STRIP, STRIP)]
    measured = [_strip(image, (mask > 0).astype(int), strip, seed) for strip in strips]
    mean = {key: float(np.mean([one[key] for one in measured])) for key in measured[0]}
    ious = [round(one["iou"], 3) for one in measured]
    return mean | {"last_strip": ious[-1], "strips": ious}  # the last one is lesson 07's


def _strip(image, mask, held_out, seed):
    """Train on all columns but the held out ones; judge the network and two thresholds there."""
    sides = [part for part in (slice(0, held_out.start), slice(held_out.stop, 512))]
    sides = [part for part in sides if part.start < part.stop]
    images, masks = _crops(image, mask, sides, seed)
    keras.utils.set_random_seed(seed)
    network = fcn.nuclei_network()
    clock = _Clock()
    fcn.train(network, images, masks, seed=seed, **fcn.FOR_NUCLEI)
    spent = clock.spent()
    seen, truth = image[:, held_out], mask[:, held_out]
    beside = [np.concatenate([each[:, part] for part in sides], axis=1) for each in (image, mask)]
    tuned, _ = best_threshold(*beside)
    answers = {
        "iou": fcn.predict(network, seen[np.newaxis, ..., np.newaxis])[0],
        "otsu": (seen > otsu_level(seen)).astype(int),
        "tuned": (seen > tuned).astype(int),
    }
    return spent | {name: float(iou_per_class(truth, one, 2)[1]) for name, one in answers.items()}


def _crops(image, mask, sides, seed):
    """Return crops of several parts of the picture, more of a wider one."""
    width = sum(part.stop - part.start for part in sides)
    scenes = [
        nuclei_crops(
            image[:, part],
            mask[:, part],
            round(NUCLEI_CROPS * (part.stop - part.start) / width),
            seed,
            slivers=True,
        )
        for part in sides
    ]
    images = np.concatenate([each.images for each in scenes])
    return images, np.concatenate([each.masks for each in scenes])


class _Clock:
    """Seconds since it was made: on the wall, and of all processor cores together."""

    def __init__(self):
        self.wall, self.cores = perf_counter(), process_time()

    def spent(self):
        return {
            "seconds": perf_counter() - self.wall,
            "core_seconds": process_time() - self.cores,
        }


def measure(name, seed, *numbers):
    """Return what one training takes and gives; the test scenes judge once."""
    keras.utils.set_random_seed(seed)
    measured = {"garments": garments, "deeplab": deeplab, "nuclei": nuclei}[name](seed, *numbers)
    return measured | {"megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), *map(float, sys.argv[3:]))))
