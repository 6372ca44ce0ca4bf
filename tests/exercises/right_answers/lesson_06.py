"""Correct answers to lesson 06's exercises, written without a look at the references."""

import random as standard_random
from fractions import Fraction
from itertools import zip_longest

import keras
import numpy as np
import tensorflow as tf
from scipy import interpolate, ndimage, special

# --- pad ----------------------------------------------------------------------------------------


def pad_by_lists(lists):
    longest = 0
    for one in lists:
        longest = max(longest, len(one))
    return [list(one) + [-1] * (longest - len(one)) for one in lists]


def pad_by_zip(lists):
    return np.array(list(zip_longest(*lists, fillvalue=-1))).T


def pad_by_keras(lists):
    return keras.utils.pad_sequences(lists, padding="post", value=-1)


def pad_by_numpy(lists):
    longest = np.max([np.size(one) for one in lists])
    rows = [np.pad(np.array(one, float), (0, longest - len(one)), constant_values=-1)
            for one in lists]  # fmt: skip
    return np.stack(rows)


def pad_by_dataset(lists):
    def one_by_one():
        yield from (np.asarray(one, np.int64) for one in lists)

    kind = tf.TensorSpec([None], tf.int64)
    data = tf.data.Dataset.from_generator(one_by_one, output_signature=kind)
    return next(iter(data.padded_batch(len(lists), padding_values=tf.constant(-1, tf.int64))))


def pad_by_mask(lists):
    lengths = np.array([len(one) for one in lists])
    inside = np.arange(lengths.max()) < lengths[:, np.newaxis]
    padded = -np.ones(inside.shape)
    padded[inside] = np.concatenate([np.asarray(one, int) for one in lists])
    return padded


# --- fair_sample --------------------------------------------------------------------------------


def sample_by_permutation(positive, count, share, random):
    order = random.permutation(len(positive))
    first = order[positive[order]][: int(count * share)]
    return np.append(first, order[~positive[order]][: count - len(first)])


def sample_by_lots(positive, count, share, random):
    """As the detector does: positives are lifted above negatives, as far as allowed."""
    lots = random.random(len(positive))
    winners = np.argsort(np.where(positive, lots, -1))[::-1][: int(count * share)]
    lots[winners[positive[winners]]] += 2
    losers = positive & (lots < 2)
    lots[losers] = -1
    return np.argsort(lots)[::-1][:count]


def sample_one_by_one(positive, count, share, random):
    positives = [place for place, shows in enumerate(positive) if shows]
    others = [place for place, shows in enumerate(positive) if not shows]
    drawn = []
    while positives and len(drawn) + 1 <= count * share:
        drawn.append(positives.pop(random.integers(len(positives))))
    while len(drawn) < count:
        drawn.append(others.pop(random.integers(len(others))))
    return sorted(drawn)


def sample_by_shuffle(positive, count, share, random):
    positives, others = np.where(positive)[0], np.where(positive == 0)[0]
    random.shuffle(positives)
    random.shuffle(others)
    number = min(len(positives), int(count * share))
    return np.hstack([others[: count - number], positives[:number]]).astype(float)


def sample_by_another_chance(positive, count, share, random):
    chance = standard_random.Random(int(random.integers(1000)))
    positives = np.nonzero(positive)[0].tolist()
    others = sorted(set(range(len(positive))) - set(positives))
    number = min(len(positives), int(np.floor(count * share)))
    return chance.sample(positives, number) + chance.sample(others, count - number)


def sample_by_mask(positive, count, share, random):
    drawn = np.zeros(len(positive), bool)
    number = min(int(positive.sum()), int(count * share))
    drawn[random.choice(np.flatnonzero(positive), number, False)] = True
    drawn[random.choice(np.flatnonzero(~positive), count - number, False)] = True
    return drawn.nonzero()[0]


# --- read_between -------------------------------------------------------------------------------


def between_by_weights(four, right, down):
    (a, b), (c, d) = four.tolist()
    near, far = 1 - right, right
    return near * (1 - down) * a + far * (1 - down) * b + near * down * c + far * down * d


def between_by_product(four, right, down):
    return np.sum(np.outer([1 - down, down], [1 - right, right]) * four)


def between_by_scipy(four, right, down):
    return ndimage.map_coordinates(four, [[down], [right]], order=1)[0]


def between_by_interpolator(four, right, down):
    return interpolate.RegularGridInterpolator(([0, 1], [0, 1]), four)((down, right))


def between_down_first(four, right, down):
    left, at_right = four[0] * (1 - down) + four[1] * down
    return np.interp(right, [0, 1], [left, at_right])


def between_by_tensorflow(four, right, down):
    image = tf.constant(four[np.newaxis, ..., np.newaxis], tf.float32)
    box = [[down, right, down, right]]
    return tf.image.crop_and_resize(image, box, [0], (1, 1))[0, 0, 0, 0]


# --- smooth_l1 ----------------------------------------------------------------------------------


def smooth_by_loop(errors, turn):
    losses = []
    for error in errors.ravel().tolist():
        size = abs(error)
        losses.append(size**2 / 2 / turn if size < turn else size - turn / 2)
    return np.reshape(losses, errors.shape)


def smooth_by_mask(errors, turn):
    losses = np.abs(errors) - 0.5 * turn
    small = np.abs(errors) < turn
    losses[small] = 0.5 * errors[small] ** 2 / turn
    return losses


def smooth_by_select(errors, turn):
    sizes = np.maximum(errors, -errors)
    return np.select([sizes <= turn], [sizes**2 / (2 * turn)], sizes - turn / 2)


def smooth_by_scipy(errors, turn):
    return special.huber(turn, errors) / turn


def smooth_in_keras(errors, turn):
    errors = keras.ops.convert_to_tensor(errors, "float32")
    huber = keras.losses.Huber(turn, reduction="none")
    return huber(keras.ops.zeros_like(errors)[..., None], errors[..., None]) / turn


def smooth_without_branches(errors, turn):
    """The parabola of what is below `turn`, and the rest at full price."""
    below = np.minimum(np.abs(errors), turn)
    return below**2 / (2 * turn) + (np.abs(errors) - below)


# --- kind_of ------------------------------------------------------------------------------------


def kind_from_below(overlap, same_class, taken):
    if overlap < 0.1:
        return "nothing"
    elif overlap < 0.5:
        return "badly placed"
    elif not same_class:
        return "wrong class"
    elif taken:
        return "doubled"
    else:
        return "right"


def kind_from_above(overlap, same_class, taken):
    kind = "nothing"
    if overlap >= 0.1:
        kind = "badly placed"
    if overlap >= 0.5:
        kind = "right"
        if taken:
            kind = "doubled"
        if not same_class:
            kind = "wrong class"
    return kind


def kind_by_table(overlap, same_class, taken):
    kinds = np.array(["nothing", "badly placed", "wrong class", "doubled", "right"])
    place = int(np.digitize(overlap, [0.1, 0.5]))
    return kinds[place + (place == 2 and same_class) * (2 - taken)]


def kind_by_match(overlap, same_class, taken):
    match (overlap >= 0.5, overlap >= 0.1, same_class, taken):
        case (False, beside, _, _):
            return ("nothing", "badly placed")[beside]
        case (_, _, False, _):
            return "wrong class"
        case (*_, found):
            return "doubled" if found else "right"


def kind_as_tensor(overlap, same_class, taken):
    return tf.constant(kind_from_below(overlap, same_class, taken))


RIGHT_ANSWERS = [
    ("pad", pad_by_lists),
    ("pad", pad_by_zip),
    ("pad", pad_by_keras),
    ("pad", pad_by_numpy),
    ("pad", pad_by_dataset),
    ("pad", pad_by_mask),
    ("fair_sample", sample_by_permutation),
    ("fair_sample", sample_by_lots),
    ("fair_sample", sample_one_by_one),
    ("fair_sample", sample_by_shuffle),
    ("fair_sample", sample_by_another_chance),
    ("fair_sample", sample_by_mask),
    ("read_between", between_by_weights),
    ("read_between", between_by_product),
    ("read_between", between_by_scipy),
    ("read_between", between_by_interpolator),
    ("read_between", between_down_first),
    ("read_between", between_by_tensorflow),
    ("read_between", lambda four, right, down: sum(
        Fraction(value) * Fraction(weight) for value, weight in zip(
            four.ravel(), np.outer([1 - down, down], [1 - right, right]).ravel()))),
    ("smooth_l1", smooth_by_loop),
    ("smooth_l1", smooth_by_mask),
    ("smooth_l1", smooth_by_select),
    ("smooth_l1", smooth_by_scipy),
    ("smooth_l1", smooth_in_keras),
    ("smooth_l1", smooth_without_branches),
    ("kind_of", kind_from_below),
    ("kind_of", kind_from_above),
    ("kind_of", kind_by_table),
    ("kind_of", kind_by_match),
    ("kind_of", kind_as_tensor),
    ("true_claims", "edcba"),
    ("true_claims", "A, B, C, D, E"),
    ("true_claims", ["a", "b", "c", "d", "e"]),
    ("true_claims", set("Abcde")),
    ("true_claims", np.str_("abcdea")),
]  # fmt: skip
