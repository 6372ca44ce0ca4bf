"""Correct answers to lesson 04's exercises, written without a look at the references."""

import math

import keras
import numpy as np
from scipy import stats

# --- even_out -----------------------------------------------------------------------------------


def even_by_loop(patches):
    evened = []
    for patch in patches.tolist():
        mean = sum(patch) / len(patch)
        spread = math.sqrt(sum((value - mean) ** 2 for value in patch) / len(patch))
        evened.append([(value - mean) / spread if spread else 0 for value in patch])
    return evened


def even_with_a_little_more(patches):
    middle = patches.mean(axis=1)[:, None]
    return (patches - middle) / (patches.std(axis=1)[:, None] + 1e-8)


def even_by_nan(patches):
    with np.errstate(all="ignore"):
        scores = (patches.T - patches.mean(axis=1)) / patches.std(axis=1)
    return np.nan_to_num(scores.T)


def even_in_place(patches):
    copies = patches.astype("float32")
    copies -= copies.mean(axis=1, keepdims=True)
    spread = copies.std(axis=1)
    copies[spread > 0] /= spread[spread > 0, np.newaxis]
    return copies


def even_by_scipy(patches):
    flat = np.ptp(patches, axis=1) == 0
    evened = np.zeros(patches.shape)
    evened[~flat] = stats.zscore(patches[~flat], axis=1)
    return evened


# --- maps_of ------------------------------------------------------------------------------------


def maps_layer_by_layer(network, name, pictures):
    values = pictures
    for layer in network.layers:
        values = layer(values)
        if layer.name == name:
            return values


def maps_by_predict(network, name, pictures):
    part = keras.Model(inputs=network.inputs, outputs=network.get_layer(name).output)
    return part.predict(pictures, verbose=0)


def maps_of_shorter_network(network, name, pictures):
    names = [layer.name for layer in network.layers]
    return keras.Sequential(network.layers[: names.index(name) + 1])(pictures).numpy()


def maps_after_popping(network, name, pictures):
    """A network that is cut short is made anew for the next call."""
    while network.layers[-1].name != name:
        network.pop()
    return network(pictures)


def maps_one_by_one(network, name, pictures):
    part = keras.Model(network.inputs, network.get_layer(name).output)
    tensor = keras.ops.convert_to_tensor(pictures)
    return [np.array(part(tensor[k : k + 1]))[0].tolist() for k in range(len(pictures))]


def maps_of_function(network, name, pictures):
    part = keras.Function(network.inputs, [network.get_layer(name).output])
    (maps,) = part([keras.ops.convert_to_tensor(pictures, "float32")])
    return maps


# --- likes_best ---------------------------------------------------------------------------------


def best_by_sorted(maps, count):
    return sorted(range(len(maps)), key=lambda number: -maps[number].max())[:count]


def best_one_after_the_other(maps, count):
    left, chosen = {number: one.max() for number, one in enumerate(maps)}, []
    while len(chosen) < count:
        chosen.append(max(left, key=left.get))
        del left[chosen[-1]]
    return chosen


def best_by_partition(maps, count):
    highest = maps.reshape(len(maps), -1).max(axis=1)
    chosen = np.argpartition(highest, -count)[-count:]
    return chosen[np.argsort(-highest[chosen])].astype(float)


# --- climb --------------------------------------------------------------------------------------


def climb_if_there_is_a_slope(picture, slope, rate):
    if not np.any(slope):
        return picture
    slope = slope / math.sqrt((slope * slope).sum() / slope.size)
    return np.minimum(np.maximum(picture + slope * rate, 0), 1)


def climb_with_a_little_more(picture, slope, rate):
    step = slope / (np.sqrt(np.mean(np.square(slope))) + 1e-7)
    return np.clip(picture + rate * step, 0.0, 1.0)


def climb_by_loop(picture, slope, rate):
    flat = slope.ravel().tolist()
    size = math.hypot(*flat) / math.sqrt(len(flat))
    if size == 0:
        size = 1
    pairs = zip(picture.ravel().tolist(), flat)
    moved = [min(1, max(0, pixel + rate * one / size)) for pixel, one in pairs]
    return np.reshape(moved, picture.shape)


def climb_in_float32(picture, slope, rate):
    picture, slope = picture.astype("f4"), slope.astype("f4")
    with np.errstate(all="ignore"):
        step = np.nan_to_num(slope / np.sqrt((slope**2).mean()))
    return (picture + np.float32(rate) * step).clip(0, 1)


# --- grad_cam -----------------------------------------------------------------------------------


def cam_by_loops(maps, slopes):
    rows, columns, number = maps.shape
    total = np.zeros((rows, columns))
    for k in range(number):
        total += maps[:, :, k] * np.mean(slopes[:, :, k])
    total[total < 0] = 0
    return total


def cam_by_einsum(maps, slopes):
    cam = np.einsum("rck,ijk->rc", maps, slopes) / slopes[..., 0].size
    return np.where(cam > 0, cam, 0)


def cam_in_keras(maps, slopes):
    weights = keras.ops.mean(slopes.astype("float32"), axis=[0, 1], keepdims=True)
    return keras.ops.relu(keras.ops.sum(weights * maps, axis=-1))


# --- safe_threshold -----------------------------------------------------------------------------


def threshold_by_loop(labels, probabilities):
    threshold = 0
    for label, row in zip(labels.tolist(), probabilities.tolist()):
        certainty = max(row)
        if row.index(certainty) != label and certainty > threshold:
            threshold = certainty
    return threshold


def threshold_by_trying(labels, probabilities):
    """Try 0 and every certainty, the smallest first, until no wrong answer is given."""
    answers, certainty = probabilities.argmax(1), probabilities.max(1)
    for threshold in [0.0, *np.sort(certainty)]:
        given = certainty > threshold
        if (answers[given] == labels[given]).all():
            return threshold


def threshold_or_nothing(labels, probabilities):
    wrong = probabilities.argmax(axis=-1) != labels
    return probabilities[wrong].max() if wrong.any() else 0


# --- nudge --------------------------------------------------------------------------------------


def nudge_by_masks(pictures, slopes, size):
    moved = pictures.copy()
    moved[slopes > 0] += size
    moved[slopes < 0] -= size
    moved[moved > 1] = 1
    moved[moved < 0] = 0
    return moved


def nudge_by_quotients(pictures, slopes, size):
    direction = slopes / np.where(slopes == 0, 1, np.abs(slopes))
    return np.minimum(1, np.maximum(0, pictures + size * direction))


def nudge_in_keras(pictures, slopes, size):
    direction = keras.ops.sign(keras.ops.convert_to_tensor(slopes, "float32"))
    return keras.ops.clip(pictures.astype("float32") + size * direction, 0, 1)


RIGHT_ANSWERS = [
    ("even_out", even_by_loop),
    ("even_out", even_with_a_little_more),
    ("even_out", even_by_nan),
    ("even_out", even_in_place),
    ("even_out", even_by_scipy),
    ("maps_of", maps_layer_by_layer),
    ("maps_of", maps_by_predict),
    ("maps_of", maps_of_shorter_network),
    ("maps_of", maps_after_popping),
    ("maps_of", maps_one_by_one),
    ("maps_of", maps_of_function),
    ("likes_best", best_by_sorted),
    ("likes_best", best_one_after_the_other),
    ("likes_best", best_by_partition),
    ("likes_best", lambda maps, count: np.argsort(-np.max(maps, axis=(1, 2)))[:count]),
    ("likes_best", lambda maps, n: np.argsort(np.amax(maps, (2, 1)))[-n:][::-1].tolist()),
    ("climb", climb_if_there_is_a_slope),
    ("climb", climb_with_a_little_more),
    ("climb", climb_by_loop),
    ("climb", climb_in_float32),
    ("grad_cam", cam_by_loops),
    ("grad_cam", cam_by_einsum),
    ("grad_cam", cam_in_keras),
    ("grad_cam", lambda maps, slopes: np.maximum(0, np.dot(maps, slopes.mean(0).mean(0)))),
    ("safe_threshold", threshold_by_loop),
    ("safe_threshold", threshold_by_trying),
    ("safe_threshold", threshold_or_nothing),
    ("safe_threshold", lambda y, p: max([0, *(row.max() for k, row in zip(y, p)
                                              if row.argmax() != k)])),
    ("nudge", nudge_by_masks),
    ("nudge", nudge_by_quotients),
    ("nudge", nudge_in_keras),
    ("nudge", lambda x, s, size: (x + np.sign(s) * np.float32(size)).clip(0, 1).astype("f4")),
]  # fmt: skip
