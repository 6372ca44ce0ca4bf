"""Correct answers to lesson 00's exercises, written without a look at the references."""

import numpy as np


def brightest_by_loop(image):
    found = 0
    for row in image:
        for value in row:
            if value > found:
                found = value
    return found


def crop_by_loop(image, top, left, height, width):
    return [[image[top + r][left + c] for c in range(width)] for r in range(height)]


def ink_by_loop(image, threshold):
    count = 0
    for value in image.ravel():
        count += value > threshold
    return count / image.size


def invert_by_loop(image):
    return [[255 - int(value) for value in row] for row in image]


def right_by_loop(labels, predictions):
    count = 0
    for place in range(len(labels)):
        if labels[place] == predictions[place]:
            count += 1
    return count


RIGHT_ANSWERS = [
    ("pixels", 784),
    ("pixels", 784.0),
    ("pixels", np.zeros((28, 28)).size),
    ("pixels", np.array(28**2)),
    ("brightest", brightest_by_loop),
    ("brightest", lambda image: max(max(row) for row in image)),
    ("brightest", lambda image: np.amax(image)),
    ("brightest", lambda image: float(np.sort(image, axis=None)[-1])),
    ("brightest", lambda image: image.ravel()[image.argmax()]),
    ("brightest", lambda image: image.max(axis=0).max()),
    ("crop", crop_by_loop),
    ("crop", lambda image, t, le, h, w: image[t:, le:][:h, :w]),
    ("crop", lambda image, t, le, h, w: image[np.ix_(range(t, t + h), range(le, le + w))]),
    ("crop", lambda image, t, le, h, w: image[t : t + h, le : le + w].astype("f4").tolist()),
    ("ink_share", ink_by_loop),
    ("ink_share", lambda image, threshold: np.mean(image > threshold)),
    ("ink_share", lambda image, threshold: (image > threshold).sum() / image.size),
    ("ink_share", lambda image, threshold: np.float32(1 - (image <= threshold).mean())),
    ("ink_share", lambda image, threshold: len(image[image > threshold]) / image.size),
    ("invert", invert_by_loop),
    ("invert", lambda image: 255 - image),
    ("invert", lambda image: ~image),
    ("invert", lambda image: np.abs(image.astype(int) - 255)),
    ("invert", lambda image: (1 - image / 255) * 255),
    ("count_right", right_by_loop),
    ("count_right", lambda labels, predictions: (labels == predictions).sum()),
    ("count_right", lambda labels, predictions: sum(map(int, np.equal(labels, predictions)))),
    ("count_right", lambda labels, predictions: labels.size - np.count_nonzero(
        labels.astype(int) - predictions)),
]  # fmt: skip
