"""Lesson 04: a reference for each exercise, and the slips that its check knows by name.

The reference's source is what `.solution()` shows, and what a solved run puts into the lesson's
cells: it uses only what stands there, `keras` and `np`.
"""

import keras
import numpy as np

from course_utils.exercises.slips import SlipList

SLIPS = SlipList()

# --- even_out ----------------------------------------------------------------------------------


def even_out(patches):
    """Return patches of mean 0 and standard deviation 1 each; a flat one becomes zeros.

    patches: (n, d), one patch a row; they stay as they are; returns (n, d).
    """
    centred = patches - patches.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    return centred / np.maximum(spread, 1e-6)


def _centred(patches):
    return patches - patches.mean(axis=1, keepdims=True)


def _divided(values, spread):
    """Divide, and let what has no spread stay as it is: a slip has one mistake, not two."""
    return values / np.where(spread > 1e-6, spread, 1)


@SLIPS.slip(
    "even_out",
    "mean and spread are taken over all patches together",
    "Then a dark patch stays dark beside a bright one: each row has a mean and a spread of its "
    "own.",
)
def even_out_together(patches):
    return (patches - patches.mean()) / patches.std()


_DOWN_THE_COLUMNS = (
    "mean and spread are taken down the columns",
    "Axis 0 goes from patch to patch, for one pixel at a time. A patch is a row: go along it.",
)


@SLIPS.slip("even_out", *_DOWN_THE_COLUMNS)
def even_out_columns(patches):
    return _divided(patches - patches.mean(axis=0), patches.std(axis=0))


@SLIPS.slip("even_out", *_DOWN_THE_COLUMNS)
def even_out_columns_unguarded(patches):
    with np.errstate(all="ignore"):
        return (patches - patches.mean(axis=0)) / patches.std(axis=0)


@SLIPS.slip(
    "even_out",
    "a flat patch is divided by its spread of 0",
    "A patch that is the same everywhere has no spread, and 0 / 0 is not a number. It is to become "
    "zeros.",
)
def even_out_unguarded(patches):
    with np.errstate(all="ignore"):
        return _centred(patches) / patches.std(axis=1, keepdims=True)


@SLIPS.slip(
    "even_out",
    "the patches are not divided by their spread",
    "The mean is gone, but a strong stroke still has larger values than a faint one.",
)
def even_out_undivided(patches):
    return _centred(patches)


@SLIPS.slip(
    "even_out",
    "the mean is still in",
    "Take the mean off first: dividing alone leaves a bright patch bright.",
)
def even_out_uncentred(patches):
    spread = patches.std(axis=1, keepdims=True)
    return _divided(patches, spread) * (spread > 0)


@SLIPS.slip(
    "even_out",
    "the spread is divided by d − 1",
    "`ddof=1` estimates the spread of many from a few. These d values are all that there are.",
)
def even_out_sample_spread(patches):
    return _divided(_centred(patches), patches.std(axis=1, ddof=1, keepdims=True))


@SLIPS.slip(
    "even_out",
    "it is divided by the variance",
    "The variance is the square of the standard deviation: its root is wanted.",
)
def even_out_variance(patches):
    return _divided(_centred(patches), patches.var(axis=1, keepdims=True))


@SLIPS.slip(
    "even_out",
    "it is divided by the length",
    "Then the squares of a patch add up to 1. With a standard deviation of 1, their *mean* is 1.",
)
def even_out_length(patches):
    centred = _centred(patches)
    return _divided(centred, np.linalg.norm(centred, axis=1, keepdims=True))


@SLIPS.slip(
    "even_out",
    "the patches are stretched to the range from 0 to 1",
    "Smallest and largest value decide there, two pixels of all; here mean and spread do.",
)
def even_out_range(patches):
    lowest = patches.min(axis=1, keepdims=True)
    return _divided(patches - lowest, np.ptp(patches, axis=1, keepdims=True))


@SLIPS.slip(
    "even_out",
    "a little is added to every spread",
    "What is added is not small beside the spread: only a flat patch needs another divisor.",
)
def even_out_softened(patches):
    return _centred(patches) / (patches.std(axis=1, keepdims=True) + 0.01)


@SLIPS.slip(
    "even_out",
    "flat patches are left out",
    "Then nobody knows which patch is which: put zeros in their place.",
)
def even_out_shorter(patches):
    return even_out(patches[patches.std(axis=1) > 0])


@SLIPS.slip(
    "even_out",
    "a flat patch keeps its values",
    "It is to become zeros: its mean comes off like that of the others.",
)
def even_out_flat_kept(patches):
    flat = patches.std(axis=1, keepdims=True) == 0
    return np.where(flat, patches, even_out(patches))


# --- maps_of -----------------------------------------------------------------------------------


def maps_of(network, name, pictures):
    """Return the feature maps that the layer `name` gives for each picture.

    network: a Keras network; pictures: (n, height, width, channels);
    returns (n, rows, columns, maps).
    """
    network_to_the_layer = keras.Model(network.inputs[0], network.get_layer(name).output)
    return network_to_the_layer(pictures)


def _up_to(network, end):
    return keras.Model(network.inputs[0], end)


@SLIPS.slip(
    "maps_of",
    "the layer is given the pictures themselves",
    "Only the first layer reads pictures. A deeper one reads the maps of the layer before it: let "
    "the pictures go in at the front.",
)
def maps_of_pictures(network, name, pictures):
    return network.get_layer(name)(pictures)


@SLIPS.slip(
    "maps_of",
    "the answer of the whole network is returned",
    "The way is to end at the layer `name`, in the middle of the network.",
)
def maps_of_answer(network, name, pictures):
    return network(pictures)


_TOO_EARLY = (
    "it ends one layer too early",
    "A layer's `.input` is the maps of the layer before it, and a slice such as `layers[:2]` "
    "leaves its own end out. What does the layer itself give?",
)


@SLIPS.slip("maps_of", *_TOO_EARLY)
def maps_of_input(network, name, pictures):
    layer = network.get_layer(name)
    return pictures if layer is network.layers[0] else _up_to(network, layer.input)(pictures)


@SLIPS.slip("maps_of", *_TOO_EARLY)
def maps_of_layers_before(network, name, pictures):
    place = network.layers.index(network.get_layer(name))
    return _up_to(network, network.layers[:place][-1].output)(pictures)


@SLIPS.slip(
    "maps_of",
    "it ends one layer too late",
    "What comes out of the layer `name` is wanted, not what the next one makes of it: are the "
    "layers counted from 0?",
)
def maps_of_next(network, name, pictures):
    place = network.layers.index(network.get_layer(name))
    return _up_to(network, network.layers[place + 1].output)(pictures)


@SLIPS.slip(
    "maps_of",
    "a symbol is returned in place of maps",
    "A layer's `.output` says which shape its maps will have, and holds no numbers: a network that "
    "ends there has to be called on pictures.",
)
def maps_of_symbol(network, name, pictures):
    return network.get_layer(name).output


_ONE_PICTURE = (
    "only the first picture is looked at",
    "An index, or a slice, takes one picture out of the batch: each picture has maps of its own.",
)


@SLIPS.slip("maps_of", *_ONE_PICTURE)
def maps_of_one(network, name, pictures):
    return _up_to(network, network.get_layer(name).output)(pictures)[0]


@SLIPS.slip("maps_of", *_ONE_PICTURE)
def maps_of_batch_of_one(network, name, pictures):
    return _up_to(network, network.get_layer(name).output)(pictures[:1])


@SLIPS.slip(
    "maps_of",
    "only the first map is returned",
    "A layer gives a map for each of its filters, and the last axis counts them: keep them all.",
)
def maps_of_first_map(network, name, pictures):
    return _up_to(network, network.get_layer(name).output)(pictures)[..., 0]


@SLIPS.slip(
    "maps_of",
    "it is always the first layer that is asked",
    "The argument `name` says which layer: `get_layer` finds it.",
)
def maps_of_first_layer(network, name, pictures):
    return network.layers[0](pictures)


_ALWAYS_THE_SECOND = (
    "it is always the second layer that is asked",
    "The argument `name` says which layer, and it is not always the same.",
)


@SLIPS.slip("maps_of", *_ALWAYS_THE_SECOND)
def maps_of_second_layer(network, name, pictures):
    return _up_to(network, network.layers[1].output)(pictures)


@SLIPS.slip("maps_of", *_ALWAYS_THE_SECOND)
def maps_of_convolution_2(network, name, pictures):
    return _up_to(network, network.get_layer("convolution_2").output)(pictures)


@SLIPS.slip(
    "maps_of",
    "the weights of the layer are returned",
    "Kernels are the same for every picture. Maps are what comes out when they slide over one.",
)
def maps_of_weights(network, name, pictures):
    return network.get_layer(name).get_weights()[0]


@SLIPS.slip(
    "maps_of",
    "the maps come before rows and columns",
    "That is PyTorch's order: in Keras the maps are counted by the last axis.",
)
def maps_of_moved(network, name, pictures):
    return np.moveaxis(maps_of(network, name, pictures), -1, 1)


# --- likes_best --------------------------------------------------------------------------------


def likes_best(maps, count):
    """Return the numbers of the `count` pictures with the highest value anywhere, highest first.

    maps: (n, rows, columns), one filter's map of each of n pictures;
    returns (count,) whole numbers, the first picture is 0.
    """
    highest = maps.max(axis=(1, 2))
    return np.argsort(highest)[::-1][:count]


def _best_by(strengths, count):
    return np.argsort(-strengths, kind="stable")[:count]


@SLIPS.slip(
    "likes_best",
    "the mean of each map decides",
    "A short stroke that fits perfectly leaves most of the map empty: the highest value decides.",
)
def likes_best_by_mean(maps, count):
    return _best_by(maps.mean(axis=(1, 2)), count)


@SLIPS.slip(
    "likes_best",
    "the pictures with the lowest values come out",
    "`np.argsort` puts the smallest value first, and the highest are wanted.",
)
def likes_best_ascending(maps, count):
    return np.argsort(maps.max(axis=(1, 2)))[:count]


@SLIPS.slip(
    "likes_best",
    "the highest comes last",
    "These are the right pictures, in the opposite order.",
)
def likes_best_reversed(maps, count):
    return _best_by(maps.max(axis=(1, 2)), count)[::-1]


@SLIPS.slip(
    "likes_best",
    "places are counted through all maps at once",
    "Without an axis, all values stand in one long row, and the numbers are places in it: first "
    "make one value of each picture.",
)
def likes_best_flat(maps, count):
    return np.argsort(maps.ravel())[::-1][:count]


@SLIPS.slip(
    "likes_best",
    "a picture is counted more than once",
    "A picture with two high values is still one picture: take the highest of each first.",
)
def likes_best_repeated(maps, count):
    return np.argsort(maps.ravel())[::-1][:count] // maps[0].size


@SLIPS.slip(
    "likes_best",
    "the values are returned",
    "Which pictures do they come from? `np.argsort` gives numbers where `np.sort` gives values.",
)
def likes_best_values(maps, count):
    return np.sort(maps.max(axis=(1, 2)))[::-1][:count]


@SLIPS.slip(
    "likes_best",
    "all pictures are returned",
    "In the right order; keep the first `count` of them.",
)
def likes_best_all(maps, count):
    return _best_by(maps.max(axis=(1, 2)), len(maps))


@SLIPS.slip(
    "likes_best",
    "values far below 0 count as strong",
    "A negative value says that the filter does not answer: its size is not what counts.",
)
def likes_best_absolute(maps, count):
    return _best_by(np.abs(maps).max(axis=(1, 2)), count)


@SLIPS.slip(
    "likes_best",
    "the pictures are counted from 1",
    "`pictures[0]` is the first one: count from 0.",
)
def likes_best_from_one(maps, count):
    return likes_best(maps, count) + 1


@SLIPS.slip(
    "likes_best",
    "only one axis of each map is searched",
    "`axis=1` goes down the columns and leaves one value for each: the maximum goes over both.",
)
def likes_best_one_axis(maps, count):
    return np.argsort(-maps.max(axis=1), axis=0)[:count]


# --- climb -------------------------------------------------------------------------------------


def climb(picture, slope, rate):
    """Return the picture after one step of `rate` up the slope, with pixels from 0 to 1.

    The slope is divided by its root mean square first; a slope of zeros moves nothing.
    picture, slope: arrays of one shape; they stay as they are; returns that shape.
    """
    size = np.sqrt(np.mean(slope**2))
    step = rate * slope / np.maximum(size, 1e-12)
    return np.clip(picture + step, 0, 1)


def _stepped(picture, slope, rate, size):
    """Take the step, or none without a slope: a slip has one mistake, not two."""
    return np.clip(picture + (rate * slope / size if slope.any() else 0), 0, 1)


def _root_mean_square(slope):
    return np.sqrt(np.mean(slope**2))


@SLIPS.slip(
    "climb",
    "the step leads downhill",
    "Training makes a loss smaller and goes against the slope; here the value is to grow.",
)
def climb_down(picture, slope, rate):
    return climb(picture, -slope, rate)


@SLIPS.slip(
    "climb",
    "pixels leave the range from 0 to 1",
    "A pixel cannot be darker than 0 or brighter than 1: cut off what goes beyond.",
)
def climb_unclipped(picture, slope, rate):
    return picture + (rate * slope / _root_mean_square(slope) if slope.any() else 0)


@SLIPS.slip(
    "climb",
    "the slope is not divided",
    "Then a weak slope leads nowhere, and a strong one turns the picture black and white.",
)
def climb_undivided(picture, slope, rate):
    return _stepped(picture, slope, rate, 1)


@SLIPS.slip(
    "climb",
    "the slope is divided by its length",
    "The root of the *sum* of the squares makes steps smaller for larger pictures: take the mean.",
)
def climb_by_length(picture, slope, rate):
    return _stepped(picture, slope, rate, np.linalg.norm(slope))


@SLIPS.slip(
    "climb",
    "the slope is divided by its largest value",
    "Then one single steep pixel decides how far all the others go: take the root mean square.",
)
def climb_by_maximum(picture, slope, rate):
    return _stepped(picture, slope, rate, np.abs(slope).max())


@SLIPS.slip(
    "climb",
    "a slope of zeros gives 0 / 0",
    "Where nothing makes the value grow, the picture is to stay as it is: no division by 0.",
)
def climb_unguarded(picture, slope, rate):
    with np.errstate(all="ignore"):
        return np.clip(picture + rate * slope / _root_mean_square(slope), 0, 1)


@SLIPS.slip(
    "climb",
    "the root is missing",
    "The mean of the squares is not in the slope's own unit: its root is.",
)
def climb_without_root(picture, slope, rate):
    return _stepped(picture, slope, rate, np.mean(slope**2))


@SLIPS.slip(
    "climb",
    "the slope is divided by the mean of its sizes",
    "Close, but squares first, then the mean, then the root: large slopes weigh more.",
)
def climb_by_mean_size(picture, slope, rate):
    return _stepped(picture, slope, rate, np.abs(slope).mean())


@SLIPS.slip(
    "climb",
    "the slope is divided by its standard deviation",
    "That takes the mean of the slopes off first. Square the slopes as they are.",
)
def climb_by_spread(picture, slope, rate):
    return _stepped(picture, slope, rate, slope.std())


@SLIPS.slip(
    "climb",
    "only the sign of each slope is left",
    "Divided by its own size, each slope becomes 1 or −1. One number divides all of them.",
)
def climb_by_sign(picture, slope, rate):
    return np.clip(picture + rate * np.sign(slope), 0, 1)


@SLIPS.slip(
    "climb",
    "the step itself is cut off at 0 and 1",
    "A step may lead down as well: the picture is what has to stay from 0 to 1.",
)
def climb_step_clipped(picture, slope, rate):
    size = _root_mean_square(slope) if slope.any() else 1
    return np.clip(picture + np.clip(rate * slope / size, 0, 1), 0, 1)


@SLIPS.slip(
    "climb",
    "the step is returned in place of the picture",
    "Add it to the picture.",
)
def climb_step_only(picture, slope, rate):
    return rate * slope / max(_root_mean_square(slope), 1e-12)


@SLIPS.slip(
    "climb",
    "the rate is forgotten",
    "The divided slope has the size 1, from black to white: `rate` says how much of that to go.",
)
def climb_without_rate(picture, slope, rate):
    return climb(picture, slope, 1)


# --- grad_cam ----------------------------------------------------------------------------------


def grad_cam(maps, slopes):
    """Return what the maps of a layer say for a class: their weighted sum, nothing below 0.

    The weight of a map is the mean of its slopes over all places.
    maps, slopes: (rows, columns, maps); returns (rows, columns).
    """
    weight_of_each_map = slopes.mean(axis=(0, 1))
    return np.maximum(maps @ weight_of_each_map, 0)


def _weighted(maps, slopes):
    return maps * slopes.mean(axis=(0, 1))


@SLIPS.slip(
    "grad_cam",
    "values below 0 are left in",
    "They say where the maps speak against the class: the map is to show what speaks for it.",
)
def grad_cam_signed(maps, slopes):
    return _weighted(maps, slopes).sum(axis=-1)


@SLIPS.slip(
    "grad_cam",
    "maps and slopes are multiplied place by place",
    "That is gradient × input, another method. Here a map has the same weight at all places: take "
    "the mean of its slopes first.",
)
def grad_cam_by_place(maps, slopes):
    return np.maximum((maps * slopes).sum(axis=-1), 0)


@SLIPS.slip(
    "grad_cam",
    "the mean goes over the maps",
    "Then every place has a weight, and all maps the same. Each map is to have one: go over rows "
    "and columns.",
)
def grad_cam_mean_of_maps(maps, slopes):
    return np.maximum((maps * slopes.mean(axis=-1, keepdims=True)).sum(axis=-1), 0)


@SLIPS.slip(
    "grad_cam",
    "values below 0 are cut off before the sum",
    "Then nothing speaks against the class any more. Let the maps cancel each other first.",
)
def grad_cam_cut_early(maps, slopes):
    return np.maximum(_weighted(maps, slopes), 0).sum(axis=-1)


@SLIPS.slip(
    "grad_cam",
    "negative weights are cut off",
    "A map with a negative weight speaks against the class: it counts in the sum.",
)
def grad_cam_positive_weights(maps, slopes):
    return np.maximum((maps * np.maximum(slopes.mean(axis=(0, 1)), 0)).sum(axis=-1), 0)


@SLIPS.slip(
    "grad_cam",
    "the result is divided by its largest value",
    "That is for drawing, and hides how much is there at all: leave the values as they are.",
)
def grad_cam_normalised(maps, slopes):
    sums = grad_cam(maps, slopes)
    return sums / max(sums.max(), 1e-12)


@SLIPS.slip(
    "grad_cam",
    "the slopes are added up, not averaged",
    "Divide by how many places there are.",
)
def grad_cam_summed_slopes(maps, slopes):
    return np.maximum((maps * slopes.sum(axis=(0, 1))).sum(axis=-1), 0)


@SLIPS.slip(
    "grad_cam",
    "the maps are averaged, not added up",
    "The weighted maps are added: there is nothing to divide by after that.",
)
def grad_cam_mean_at_the_end(maps, slopes):
    return np.maximum(_weighted(maps, slopes).mean(axis=-1), 0)


@SLIPS.slip(
    "grad_cam",
    "the maps are not added up",
    "Each place gets one number: the sum over the maps, along the last axis.",
)
def grad_cam_of_each(maps, slopes):
    return np.maximum(_weighted(maps, slopes), 0)


@SLIPS.slip(
    "grad_cam",
    "the sign is taken away",
    "What speaks against the class becomes something that speaks for it: cut it off instead.",
)
def grad_cam_absolute(maps, slopes):
    return np.abs(_weighted(maps, slopes).sum(axis=-1))


@SLIPS.slip(
    "grad_cam",
    "all maps have the same weight",
    "The slopes say how much each map counts for this class, and with which sign.",
)
def grad_cam_unweighted(maps, slopes):
    return np.maximum(maps.sum(axis=-1), 0)


# --- safe_threshold ----------------------------------------------------------------------------


def safe_threshold(labels, probabilities):
    """Return the smallest threshold at which every answer that is still given is right.

    The answer is the most probable class, given only if its probability is above the threshold.
    labels: (n,) whole numbers; probabilities: (n, classes); returns 0.0 if nothing is wrong.
    """
    answers = np.argmax(probabilities, axis=1)
    of_mistakes = np.max(probabilities, axis=1)[answers != labels]
    return np.max(of_mistakes, initial=0.0)


def _judged(labels, probabilities):
    """Return each answer's certainty, and where the answer is wrong."""
    return probabilities.max(axis=1), probabilities.argmax(axis=1) != labels


@SLIPS.slip(
    "safe_threshold",
    "the least certain mistake decides",
    "The others lie above it, and would still be given: the threshold must reach them all.",
)
def safe_threshold_least(labels, probabilities):
    certainty, wrong = _judged(labels, probabilities)
    return certainty[wrong].min(initial=1) if wrong.any() else 0.0


@SLIPS.slip(
    "safe_threshold",
    "the right answers decide",
    "How certain the right ones are does not matter: the mistakes are to be refused.",
)
def safe_threshold_least_right(labels, probabilities):
    certainty, wrong = _judged(labels, probabilities)
    return 0.0 if wrong.all() or not wrong.any() else certainty[~wrong].min()


@SLIPS.slip(
    "safe_threshold",
    "the most certain right answer decides",
    "Then hardly an answer is left, and a mistake may still be above it: look at the mistakes.",
)
def safe_threshold_most_right(labels, probabilities):
    certainty, wrong = _judged(labels, probabilities)
    return 0.0 if wrong.all() or not wrong.any() else certainty[~wrong].max()


@SLIPS.slip(
    "safe_threshold",
    "all answers decide, right or wrong",
    "Then none is given any more. Only mistakes need be refused.",
)
def safe_threshold_all(labels, probabilities):
    return probabilities.max(axis=1).max()


@SLIPS.slip(
    "safe_threshold",
    "the probability of the true class is taken",
    "The network does not know the true class. It refuses by the probability of its own answer.",
)
def safe_threshold_true_class(labels, probabilities):
    of_true_class = probabilities[np.arange(len(labels)), labels]
    _, wrong = _judged(labels, probabilities)
    return of_true_class[wrong].max(initial=0)


@SLIPS.slip(
    "safe_threshold",
    "the mean over the mistakes is taken",
    "About half of the mistakes lie above their mean, and would still be given.",
)
def safe_threshold_mean(labels, probabilities):
    certainty, wrong = _judged(labels, probabilities)
    return certainty[wrong].mean() if wrong.any() else 0.0


@SLIPS.slip(
    "safe_threshold",
    "without mistakes there is nothing to take the maximum of",
    "An empty array has no maximum. Where no answer is wrong, the threshold is 0.0.",
)
def safe_threshold_without_mistakes(labels, probabilities):
    certainty, wrong = _judged(labels, probabilities)
    return certainty[wrong].max()


@SLIPS.slip(
    "safe_threshold",
    "a little is added",
    "An answer is given only *above* the threshold: a mistake exactly at it is refused already.",
)
def safe_threshold_more(labels, probabilities):
    certainty, wrong = _judged(labels, probabilities)
    return certainty[wrong].max() + 0.01 if wrong.any() else 0.0


@SLIPS.slip(
    "safe_threshold",
    "the threshold is sought in steps",
    "Steps of a hundredth pass over the smallest one: it is one of the probabilities themselves.",
)
def safe_threshold_in_steps(labels, probabilities):
    certainty, wrong = _judged(labels, probabilities)
    return next(step for step in np.arange(101) / 100 if not (wrong & (certainty > step)).any())


@SLIPS.slip(
    "safe_threshold",
    "the doubt is returned",
    "1 minus the probability is how unsure it is: the threshold is a probability itself.",
)
def safe_threshold_doubt(labels, probabilities):
    certainty, wrong = _judged(labels, probabilities)
    return 1 - certainty[wrong].max() if wrong.any() else 0.0


@SLIPS.slip(
    "safe_threshold",
    "the share of mistakes is returned",
    "How many are wrong does not say how certain they are.",
)
def safe_threshold_share(labels, probabilities):
    _, wrong = _judged(labels, probabilities)
    return wrong.mean()


@SLIPS.slip(
    "safe_threshold",
    "the certainty of every mistake is returned",
    "One number is wanted: the smallest threshold that refuses all of them.",
)
def safe_threshold_each(labels, probabilities):
    certainty, wrong = _judged(labels, probabilities)
    return certainty[wrong] if wrong.any() else 0.0


# --- nudge -------------------------------------------------------------------------------------


def nudge(pictures, slopes, size):
    """Return pictures whose pixels are moved by `size` in the direction in which the loss grows.

    slopes: of the loss, for each pixel; where it is 0, the pixel stays. Pixels stay within 0 to 1.
    pictures, slopes: arrays of one shape; they stay as they are; returns that shape.
    """
    return np.clip(pictures + size * np.sign(slopes), 0, 1)


@SLIPS.slip(
    "nudge",
    "the slopes are added as they are",
    "Most of them are tiny, and hardly move a pixel: only their signs are taken.",
)
def nudge_without_sign(pictures, slopes, size):
    return np.clip(pictures + size * slopes, 0, 1)


@SLIPS.slip(
    "nudge",
    "the loss is made smaller",
    "That helps the network. To mislead it, the loss has to grow: go along with the slopes.",
)
def nudge_down(pictures, slopes, size):
    return nudge(pictures, -slopes, size)


@SLIPS.slip(
    "nudge",
    "pixels leave the range from 0 to 1",
    "A picture with such pixels does not exist: cut off what goes beyond.",
)
def nudge_unclipped(pictures, slopes, size):
    return pictures + size * np.sign(slopes)


@SLIPS.slip(
    "nudge",
    "pixels are kept from −1 to 1",
    "The network was trained on pixels from 0, black, to 1: nothing is darker than black.",
)
def nudge_to_minus_one(pictures, slopes, size):
    return np.clip(pictures + size * np.sign(slopes), -1, 1)


@SLIPS.slip(
    "nudge",
    "the sign is that of the pixels",
    "Pixels are never negative, so all would move up: the slopes say where each one goes.",
)
def nudge_sign_of_picture(pictures, slopes, size):
    return np.clip(pictures + size * np.sign(pictures), 0, 1)


_TWO_WAYS = (
    "pixels without a slope move, too",
    "Where the slope is 0, the loss does not depend on the pixel: it stays. Yes or no is not "
    "enough, there are three cases.",
)


@SLIPS.slip("nudge", *_TWO_WAYS)
def nudge_two_ways(pictures, slopes, size):
    return np.clip(pictures + np.where(slopes > 0, size, -size), 0, 1)


@SLIPS.slip("nudge", *_TWO_WAYS)
def nudge_two_ways_up(pictures, slopes, size):
    return np.clip(pictures + np.where(slopes >= 0, size, -size), 0, 1)


@SLIPS.slip(
    "nudge",
    "the slopes are scaled to the largest one",
    "Then one pixel goes all the way, and the others less. All go equally far.",
)
def nudge_scaled(pictures, slopes, size):
    return np.clip(pictures + size * slopes / np.abs(slopes).max(), 0, 1)


@SLIPS.slip(
    "nudge",
    "the slopes are divided by their root mean square",
    "That is the step of `climb`, long where the slope is steep. Here all pixels go equally far.",
)
def nudge_as_climb(pictures, slopes, size):
    return np.clip(pictures + size * slopes / np.sqrt(np.mean(slopes**2)), 0, 1)


@SLIPS.slip(
    "nudge",
    "the size is forgotten",
    "A step of 1 leads from black to white: `size` says how far each pixel goes.",
)
def nudge_without_size(pictures, slopes, size):
    return nudge(pictures, slopes, 1)


@SLIPS.slip(
    "nudge",
    "the change is returned in place of the pictures",
    "Add it to the pictures.",
)
def nudge_change(pictures, slopes, size):
    return size * np.sign(slopes)
