"""Training the networks that the course ships, as lessons 03, 06 and 07 train them."""

import hashlib

import numpy as np

from course_utils.datasets import SUMS, format_sums, load_mnist, load_nuclei, read_sums
from course_utils.places import DATA
from course_utils.startup import start_keras

SEED, CROPS, SCENES, TESTS = 6, 10_000, 8_000, 500  # of the detector
GARMENT_SCENES, GARMENT_TESTS, NUCLEI_CROPS = 8_000, 200, 480  # of lesson 07's networks


def ship_reader(folder=DATA):
    """Train on all 60,000 digits, write weights and their sum; return (path, what it can).

    Another machine gives other weights in the last digits: what is shipped is one training, and
    its sum guards it.
    """
    start_keras()
    from course_utils.models import classifier

    (pictures, labels), (test_pictures, test_labels) = load_mnist()
    network = classifier.build_network()
    classifier.train(network, classifier.as_batch(pictures), labels)
    predicted = network.predict(classifier.as_batch(test_pictures), verbose=0).argmax(axis=-1)
    accuracy = (predicted == test_labels).mean()
    path = _keep(network, classifier.SHIPPED, folder)
    return path, f"reads {accuracy:.2%} of the test digits"


def ship_detector(folder=DATA):
    """Train on crops and scenes of digits, write weights and their sum; as `ship_reader`."""
    start_keras()
    import keras

    from course_utils.judge import coco_scores
    from course_utils.models import faster_rcnn
    from course_utils.scenes import digit_crops, digit_scenes

    keras.utils.set_random_seed(SEED)
    detector = faster_rcnn.FasterRCNN(classes=10)
    faster_rcnn.pretrain(detector, *digit_crops(CROPS, SEED))
    faster_rcnn.train(detector, digit_scenes(SCENES, SEED))
    tests = digit_scenes(TESTS, SEED, split="test")
    boxes, labels, scores = zip(*detector.predict(tests.images))
    judged = coco_scores(tests.boxes, tests.labels, boxes, scores, labels)
    shipped = faster_rcnn.FasterRCNN(classes=10)  # without the optimizer, which is twice as large
    shipped.set_weights(detector.get_weights())
    path = _keep(shipped, faster_rcnn.SHIPPED, folder)
    return path, f"has AP {judged['AP']:.3f} and AP50 {judged['AP50']:.3f} on test scenes"


def ship_garments(folder=DATA):
    """Train on scenes of garments with 0 to 3 skips, write weights and sums; as `ship_reader`."""
    start_keras()
    from course_utils.models import fcn
    from course_utils.scenes import garment_scenes

    scenes = garment_scenes(GARMENT_SCENES, SEED)
    tests = garment_scenes(GARMENT_TESTS, SEED, split="test")
    parts = [_ship_with(skips, scenes, tests, folder) for skips in range(fcn.GARMENT_SKIPS + 1)]
    scores = ", ".join(f"{score:.3f}" for _, score in parts)
    return parts[-1][0], f"mean IoU on test scenes, with 0 to {fcn.GARMENT_SKIPS} skips, {scores}"


def _ship_with(skips, scenes, tests, folder):
    """Train the network on garments with so many skips; return (path, its mean IoU)."""
    import keras

    from course_utils.by_hand.masks import mean_iou
    from course_utils.models import fcn

    keras.utils.set_random_seed(SEED)
    network = fcn.garment_network(skips)
    fcn.train(network, scenes.images, scenes.masks, **fcn.FOR_GARMENTS)
    score = mean_iou(tests.masks, fcn.predict(network, tests.images), 1 + len(tests.classes))
    return _keep_half(network, fcn.GARMENTS_SHIPPED.format(skips=skips), folder), score


def ship_nuclei(folder=DATA):
    """Train on the left of the picture of nuclei, write weights and their sum; as `ship_reader`."""
    start_keras()
    import keras

    from course_utils.by_hand.masks import iou_per_class
    from course_utils.models import fcn
    from course_utils.scenes.nuclei import nuclei_crops

    keras.utils.set_random_seed(SEED)
    halves = [np.split(each, [fcn.NUCLEI_SPLIT], axis=1) for each in load_nuclei()]
    (seen, image), (known, mask) = halves
    crops = nuclei_crops(seen, known, NUCLEI_CROPS, SEED, slivers=True)
    network = fcn.nuclei_network()
    fcn.train(network, crops.images, crops.masks, **fcn.FOR_NUCLEI)
    found = fcn.predict(network, image[np.newaxis, ..., np.newaxis])[0]
    score = iou_per_class(mask > 0, found, 2)[1]
    path = _keep_half(network, fcn.NUCLEI_SHIPPED, folder)
    return path, f"has an IoU of {score:.3f} on the right of the picture"


def _keep(network, name, folder):
    """Write a network's weights and their sum into the folder; return the path."""
    return _written(network.save_weights, name, folder)


def _keep_half(network, name, folder):
    """Write a network's weights in half precision, and their sum; return the path."""
    from course_utils.models.half_precision import half_arrays

    arrays = half_arrays(network)
    return _written(lambda path: np.savez_compressed(path, **arrays), name, folder)


def _written(write, name, folder):
    """Have a file of the folder written, and put its sum into the folder's list; return its path."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    write(path)
    write_sum(path, name, folder)
    return path


def write_sum(path, name, folder):
    """Put a file's sum into the folder's list, in its place."""
    sums = read_sums(folder / SUMS)
    sums[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / SUMS).write_text(format_sums(sums), encoding="utf-8", newline="\n")
