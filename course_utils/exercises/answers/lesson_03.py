"""Lesson 03: a reference for each exercise, and the slips that its check knows by name.

The reference's source is what `.solution()` shows, and what a solved run puts into the lesson's
cells: it uses only what stands there, `np`.
"""

import numpy as np

from course_utils.exercises.slips import SlipList

SLIPS = SlipList()

# --- add_channel -------------------------------------------------------------------------------


def add_channel(images):
    """Return grey pictures with a channel axis, as Keras wants them; no value changes.

    images: (n, height, width); returns (n, height, width, 1).
    """
    return images[..., np.newaxis]


@SLIPS.slip(
    "add_channel",
    "the new axis stands in front",
    "In front Keras counts pictures: this is a batch of one picture. Channels come last.",
)
def add_channel_in_front(images):
    return images[np.newaxis]


@SLIPS.slip(
    "add_channel",
    "the new axis stands right after the batch",
    "That is PyTorch's order, channels before rows and columns: in Keras they come last.",
)
def add_channel_second(images):
    return images[:, np.newaxis]


@SLIPS.slip(
    "add_channel",
    "the picture is copied three times",
    "Three equal channels make a colour picture of grey: one channel says as much.",
)
def add_channel_three(images):
    return np.stack([images] * 3, axis=-1)


@SLIPS.slip(
    "add_channel",
    "only one picture gets the axis",
    "An index of 0 takes the first picture out of the batch: the others are to stay.",
)
def add_channel_of_one(images):
    return images[0][..., np.newaxis]


@SLIPS.slip(
    "add_channel",
    "the pictures are flattened",
    "A dense layer reads rows of numbers; a convolution needs to know which pixels are "
    "neighbours.",
)
def add_channel_flat(images):
    return images.reshape(len(images), -1)


@SLIPS.slip(
    "add_channel",
    "the pictures are flattened, and get an axis",
    "The fourth axis is added to the three that are there: height and width stay apart.",
)
def add_channel_flat_with_axis(images):
    return images.reshape(len(images), -1, 1)


@SLIPS.slip(
    "add_channel",
    "the result still has three axes",
    "NumPy leaves the array that it is given as it is, and returns a new one: return that.",
)
def add_channel_nothing(images):
    np.expand_dims(images, -1)
    return images


@SLIPS.slip(
    "add_channel",
    "`reshape` moves pixels from picture to picture",
    "It fills the new shape in the old order: with the batch axis elsewhere, pictures get mixed.",
)
def add_channel_mixed(images):
    number, height, width = images.shape
    return images.reshape(height, width, number, 1)


@SLIPS.slip(
    "add_channel",
    "height and width are exchanged by `reshape`",
    "Axis 1 counts rows, axis 2 columns; `reshape` would cut the rows at wrong places.",
)
def add_channel_exchanged(images):
    number, width, height = images.shape
    return images.reshape(number, height, width, 1)


@SLIPS.slip(
    "add_channel",
    "each picture is laid on its side",
    "Rows are to stay rows: no axis that is there already changes its place.",
)
def add_channel_transposed(images):
    return images.swapaxes(1, 2)[..., np.newaxis]


@SLIPS.slip(
    "add_channel",
    "height and width are always 28",
    "MNIST's pictures have 28 rows and columns, others do not: take them from `images.shape`.",
)
def add_channel_fixed(images):
    return images.reshape(-1, 28, 28, 1)


@SLIPS.slip(
    "add_channel",
    "the values change, too",
    "Dividing by 255 is a step of its own: here every value stays as it is.",
)
def add_channel_scaled(images):
    return images[..., np.newaxis] / 255


# --- count_updates -----------------------------------------------------------------------------


def count_updates(examples, batch, epochs):
    """Return how many times training changes the weights: once after each batch.

    examples: how many there are; batch: how many of them go together, fewer in the last batch
    of an epoch; epochs: how often training sees each example; all whole numbers.
    """
    batches_in_one_epoch = int(np.ceil(examples / batch))
    return batches_in_one_epoch * epochs


@SLIPS.slip(
    "count_updates",
    "the last, smaller batch is left out",
    "What does not fill a batch is trained on as well, and changes the weights once.",
)
def count_updates_rounded_down(examples, batch, epochs):
    return examples // batch * epochs


@SLIPS.slip(
    "count_updates",
    "one batch too many is counted where the last one is full",
    "60,000 examples make 1,875 full batches of 32, and nothing is left over.",
)
def count_updates_one_more(examples, batch, epochs):
    return (examples // batch + 1) * epochs


@SLIPS.slip(
    "count_updates",
    "the number of batches is not whole",
    "There is no part of an update: a batch that is not full counts like the others.",
)
def count_updates_fraction(examples, batch, epochs):
    return examples / batch * epochs


@SLIPS.slip(
    "count_updates",
    "the number of batches is rounded to the nearest",
    "However few examples the last batch holds, it counts: round up.",
)
def count_updates_nearest(examples, batch, epochs):
    return round(examples / batch) * epochs


_ROUNDED_LATE = (
    "the number is rounded after all epochs are counted together",
    "An epoch ends with its own last batch: examples of the next epoch do not fill it up.",
)


@SLIPS.slip("count_updates", *_ROUNDED_LATE)
def count_updates_rounded_late(examples, batch, epochs):
    return np.ceil(examples * epochs / batch)


@SLIPS.slip("count_updates", *_ROUNDED_LATE)
def count_updates_rounded_late_and_down(examples, batch, epochs):
    return examples * epochs // batch


@SLIPS.slip(
    "count_updates",
    "a single epoch is counted",
    "In every epoch, training goes through all batches again.",
)
def count_updates_one_epoch(examples, batch, epochs):
    return np.ceil(examples / batch)


@SLIPS.slip(
    "count_updates",
    "the weights change after each example",
    "The gradient is taken of the mean loss of a whole batch, then the weights change once.",
)
def count_updates_by_example(examples, batch, epochs):
    return examples * epochs


@SLIPS.slip(
    "count_updates",
    "the weights change once in an epoch",
    "They change after every batch; that is why small batches learn much in a single epoch.",
)
def count_updates_by_epoch(examples, batch, epochs):
    return epochs


@SLIPS.slip(
    "count_updates",
    "the batch multiplies where it should divide",
    "The larger the batches, the fewer of them there are.",
)
def count_updates_multiplied(examples, batch, epochs):
    return examples * batch * epochs


# --- cross_entropy_of --------------------------------------------------------------------------


def cross_entropy_of(logits, label):
    """Return -log of the probability that softmax gives the right class; finite for any scores.

    logits: (classes,), one raw score a class, from below -1000 to above 1000; label: the number
    of the right class; returns one number.
    """
    below_the_best = logits - np.max(logits)
    return np.log(np.sum(np.exp(below_the_best))) - below_the_best[label]


def _probabilities(logits):
    powers = np.exp(logits - np.max(logits))
    return powers / powers.sum()


@SLIPS.slip(
    "cross_entropy_of",
    "e is raised to scores that are too large, or too small, for it",
    "e to the power 1000 is more than a float can hold. Probabilities stay the same when one "
    "number is subtracted from all scores: choose it so that no power is large.",
)
def cross_entropy_of_overflowing(logits, label):
    with np.errstate(all="ignore"):
        powers = np.exp(logits)
        return -np.log(powers[label] / powers.sum())


@SLIPS.slip(
    "cross_entropy_of",
    "the probability is rounded to 0 before its logarithm is taken",
    "Softmax is right, but e to the power -2000 is too small for a float, and 0 has no "
    "logarithm. Work out on paper what the logarithm makes of power and sum, before any number "
    "is rounded.",
)
def cross_entropy_of_rounded(logits, label):
    with np.errstate(all="ignore"):
        return -np.log(_probabilities(logits)[label])


_SMALL_NUMBER = (
    "a small number keeps the logarithm from 0",
    "The result is finite, but the loss of every hopeless answer is the same, and training "
    "cannot tell which way is better. There is a way without such a number.",
)


@SLIPS.slip("cross_entropy_of", *_SMALL_NUMBER)
def cross_entropy_of_guarded(logits, label):
    return -np.log(_probabilities(logits)[label] + 1e-7)


@SLIPS.slip("cross_entropy_of", *_SMALL_NUMBER)
def cross_entropy_of_guarded_by_less(logits, label):
    return -np.log(_probabilities(logits)[label] + 1e-12)


@SLIPS.slip(
    "cross_entropy_of",
    "the logarithm has the base 10",
    "Cross-entropy takes the natural logarithm, which undoes softmax's powers of e.",
)
def cross_entropy_of_base_10(logits, label):
    return cross_entropy_of(logits, label) / np.log(10)


@SLIPS.slip(
    "cross_entropy_of",
    "the logarithm has the base 2",
    "That measures in bits; Keras takes the natural logarithm, to the base e.",
)
def cross_entropy_of_base_2(logits, label):
    return cross_entropy_of(logits, label) / np.log(2)


@SLIPS.slip(
    "cross_entropy_of",
    "the sign is missing",
    "The logarithm of a probability is negative, and a loss counts how bad it is: above 0.",
)
def cross_entropy_of_negative(logits, label):
    return -cross_entropy_of(logits, label)


@SLIPS.slip(
    "cross_entropy_of",
    "softmax is forgotten",
    "Raw scores are no probabilities: some are negative, and they do not sum to 1.",
)
def cross_entropy_of_scores(logits, label):
    with np.errstate(all="ignore"):
        return -np.log(logits[label])


@SLIPS.slip(
    "cross_entropy_of",
    "the scores are divided by their sum",
    "Shares of the sum may be negative: softmax raises e to the scores first.",
)
def cross_entropy_of_shares(logits, label):
    with np.errstate(all="ignore"):
        return -np.log(logits[label] / logits.sum())


@SLIPS.slip(
    "cross_entropy_of",
    "only the right class's own score counts",
    "A score says little by itself: how far is it above the others, or below?",
)
def cross_entropy_of_one_score(logits, label):
    return -logits[label]


@SLIPS.slip(
    "cross_entropy_of",
    "only the largest score is compared, not all of them",
    "Softmax divides by the sum of all powers, and its logarithm belongs to the loss.",
)
def cross_entropy_of_lead(logits, label):
    return np.max(logits) - logits[label]


@SLIPS.slip(
    "cross_entropy_of",
    "the largest score is subtracted in one place only",
    "What is subtracted from all scores is missing from the right class's score, too.",
)
def cross_entropy_of_shifted_once(logits, label):
    return cross_entropy_of(logits, label) - np.max(logits)


@SLIPS.slip(
    "cross_entropy_of",
    "the logarithm is missing",
    "This is the probability of the right class: 1 where the loss should be 0.",
)
def cross_entropy_of_probability(logits, label):
    return _probabilities(logits)[label]


@SLIPS.slip(
    "cross_entropy_of",
    "the probability is subtracted from 1",
    "That never exceeds 1; the logarithm makes a confident mistake cost far more than a doubt.",
)
def cross_entropy_of_missing_share(logits, label):
    return 1 - _probabilities(logits)[label]


@SLIPS.slip(
    "cross_entropy_of",
    "the mean over all classes is taken",
    "One class is right, and only the probability of that one counts.",
)
def cross_entropy_of_mean(logits, label):
    return np.mean([cross_entropy_of(logits, k) for k in range(len(logits))])


@SLIPS.slip(
    "cross_entropy_of",
    "the losses of all classes are added up",
    "The label says which class is right: take that one, and leave out the others.",
)
def cross_entropy_of_sum(logits, label):
    return np.sum([cross_entropy_of(logits, k) for k in range(len(logits))])


@SLIPS.slip(
    "cross_entropy_of",
    "the loss of every class is returned",
    "One number is wanted: `label` says of which class.",
)
def cross_entropy_of_each(logits, label):
    return [cross_entropy_of(logits, k) for k in range(len(logits))]


@SLIPS.slip(
    "cross_entropy_of",
    "the most probable class is taken for the right one",
    "The network's own favourite may be wrong: the label says which class is right.",
)
def cross_entropy_of_favourite(logits, label):
    return cross_entropy_of(logits, np.argmax(logits))


@SLIPS.slip(
    "cross_entropy_of",
    "softmax is applied twice",
    "Its probabilities are final: another round brings them all close to each other.",
)
def cross_entropy_of_twice(logits, label):
    return cross_entropy_of(_probabilities(logits), label)


# --- momentum_step -----------------------------------------------------------------------------


def momentum_step(weight, velocity, gradient, rate, momentum):
    """Return the new weight and the new velocity, in this order, by Keras' rule.

    New velocity: `momentum` times the old one, minus `rate` times `gradient`. New weight: the
    old one plus the new velocity. All are numbers, or the first three arrays of one shape.
    """
    next_velocity = momentum * velocity - rate * gradient
    return np.array([weight + next_velocity, next_velocity])


@SLIPS.slip(
    "momentum_step",
    "the step leads uphill",
    "The gradient points to where the loss grows: the velocity is pushed the other way.",
)
def momentum_step_uphill(weight, velocity, gradient, rate, momentum):
    return momentum_step(weight, velocity, -gradient, rate, momentum)


@SLIPS.slip(
    "momentum_step",
    "the weight moves by the old velocity",
    "First find the new velocity, then move by that one.",
)
def momentum_step_late(weight, velocity, gradient, rate, momentum):
    return [weight + velocity, momentum * velocity - rate * gradient]


@SLIPS.slip(
    "momentum_step",
    "velocity and weight are exchanged",
    "Both are right: return the weight first.",
)
def momentum_step_exchanged(weight, velocity, gradient, rate, momentum):
    return momentum_step(weight, velocity, gradient, rate, momentum)[::-1]


@SLIPS.slip(
    "momentum_step",
    "the velocity has no rate in it",
    "That is PyTorch's rule, where the rate comes in when the weight moves: in Keras it is "
    "part of the velocity, which goes downhill.",
)
def momentum_step_torch(weight, velocity, gradient, rate, momentum):
    gathered = momentum * velocity + gradient
    return [weight - rate * gathered, gathered]


@SLIPS.slip(
    "momentum_step",
    "the old velocity is kept whole",
    "Only a part of it is left, as if by friction: `momentum` says how much.",
)
def momentum_step_frictionless(weight, velocity, gradient, rate, momentum):
    return momentum_step(weight, velocity, gradient, rate, 1)


@SLIPS.slip(
    "momentum_step",
    "the old velocity is forgotten",
    "This is plain gradient descent: with momentum, a part of the last step goes on.",
)
def momentum_step_plain(weight, velocity, gradient, rate, momentum):
    return momentum_step(weight, velocity, gradient, rate, 0)


@SLIPS.slip(
    "momentum_step",
    "the rate is forgotten",
    "The gradient says how steep it is, and the rate how much of that is taken as a step.",
)
def momentum_step_without_rate(weight, velocity, gradient, rate, momentum):
    return momentum_step(weight, velocity, gradient, 1, momentum)


@SLIPS.slip(
    "momentum_step",
    "old velocity and new push are averaged",
    "The push counts in full here: a factor of 1 - momentum belongs to Adam's mean gradient.",
)
def momentum_step_averaged(weight, velocity, gradient, rate, momentum):
    return momentum_step(weight, velocity, (1 - momentum) * gradient, rate, momentum)


@SLIPS.slip(
    "momentum_step",
    "the velocity is subtracted from the weight",
    "It points downhill already, for the gradient went into it with a minus.",
)
def momentum_step_subtracted(weight, velocity, gradient, rate, momentum):
    new = momentum * velocity - rate * gradient
    return [weight - new, new]


@SLIPS.slip(
    "momentum_step",
    "momentum weakens the new push as well",
    "Only the old velocity loses a part of itself; the gradient's push comes after that.",
)
def momentum_step_weakened(weight, velocity, gradient, rate, momentum):
    return momentum_step(weight, velocity, momentum * gradient, rate, momentum)


@SLIPS.slip(
    "momentum_step",
    "the weight takes the step that Nesterov proposed",
    "That looks one more step ahead; here the weight moves by the new velocity and no more.",
)
def momentum_step_nesterov(weight, velocity, gradient, rate, momentum):
    new = momentum * velocity - rate * gradient
    return [weight + momentum * new - rate * gradient, new]


@SLIPS.slip(
    "momentum_step",
    "the old velocity is returned",
    "The next step needs the new one: return what the weight has just moved by.",
)
def momentum_step_same_velocity(weight, velocity, gradient, rate, momentum):
    return [weight + momentum * velocity - rate * gradient, velocity]


@SLIPS.slip(
    "momentum_step",
    "only the weight is returned",
    "The next step needs the velocity, too: return both.",
)
def momentum_step_weight_only(weight, velocity, gradient, rate, momentum):
    return weight + momentum * velocity - rate * gradient


# --- best_epoch --------------------------------------------------------------------------------


def best_epoch(validation_losses):
    """Return the epoch with the lowest validation loss, counted from 1; of equal ones the first.

    validation_losses: (epochs,), one loss after each epoch; returns one whole number.
    """
    return int(np.argmin(validation_losses)) + 1


@SLIPS.slip(
    "best_epoch",
    "the epochs are counted from 0",
    "Python calls the first place 0; the first epoch is epoch 1.",
)
def best_epoch_from_zero(validation_losses):
    return np.argmin(validation_losses)


@SLIPS.slip(
    "best_epoch",
    "the last epoch is taken",
    "That is what training ends with when nobody stops it; by then it may have overfitted.",
)
def best_epoch_last(validation_losses):
    return len(validation_losses)


_WORST = (
    "the worst epoch is taken",
    "A loss counts mistakes: the lower, the better.",
)


@SLIPS.slip("best_epoch", *_WORST)
def best_epoch_worst(validation_losses):
    return np.argmax(validation_losses) + 1


@SLIPS.slip("best_epoch", *_WORST)
def best_epoch_worst_from_zero(validation_losses):
    return np.argmax(validation_losses)


@SLIPS.slip(
    "best_epoch",
    "of several equal losses the last one is taken",
    "Where more epochs bring nothing, the earliest weights will do: take the first.",
)
def best_epoch_latest(validation_losses):
    return len(validation_losses) - np.argmin(validation_losses[::-1])


@SLIPS.slip(
    "best_epoch",
    "the loss itself is returned",
    "How low it is does not matter here: at which place does it stand?",
)
def best_epoch_loss(validation_losses):
    return np.min(validation_losses)


def _first_rise(losses):
    rises = [place for place in range(1, len(losses)) if losses[place] > losses[place - 1]]
    return rises[0] if rises else len(losses)


@SLIPS.slip(
    "best_epoch",
    "the search ends at the first rise",
    "A loss may rise once and then fall further: look at all epochs.",
)
def best_epoch_impatient(validation_losses):
    return _first_rise(validation_losses)


@SLIPS.slip(
    "best_epoch",
    "the epoch is taken in which the loss first rises",
    "Then it was better before, and a rise need not be the end: look for the lowest of all.",
)
def best_epoch_at_the_rise(validation_losses):
    return _first_rise(validation_losses) + 1


@SLIPS.slip(
    "best_epoch",
    "the epoch after the best one is taken",
    "The losses come one after each epoch, so place 0 is epoch 1: add no more than that.",
)
def best_epoch_one_late(validation_losses):
    return np.argmin(validation_losses) + 2


@SLIPS.slip(
    "best_epoch",
    "the largest improvement is taken",
    "Early epochs gain most, but later ones may be better still: compare the losses themselves.",
)
def best_epoch_largest_gain(validation_losses):
    return np.argmin(np.diff(validation_losses)) + 2


# --- worst_mix_up ------------------------------------------------------------------------------


def worst_mix_up(matrix):
    """Return (true class, predicted class) of the most frequent error.

    Of errors equally frequent, the first in reading order.

    matrix: (classes, classes), whole numbers: how often each true class (row) was read as each
    class (column); it stays as it is.
    """
    without_right_ones = matrix * (1 - np.eye(len(matrix)))
    place = np.argmax(without_right_ones)
    return np.unravel_index(place, matrix.shape)


def _errors(matrix):
    errors = np.array(matrix)
    np.fill_diagonal(errors, 0)
    return errors


def _place_of_largest(counts):
    return np.unravel_index(np.argmax(counts), counts.shape)


@SLIPS.slip(
    "worst_mix_up",
    "the diagonal is included",
    "A class read as itself is no error: the largest counts of all stand there.",
)
def worst_mix_up_with_diagonal(matrix):
    return _place_of_largest(matrix)


@SLIPS.slip(
    "worst_mix_up",
    "true and predicted class are exchanged",
    "Rows are true classes and columns predicted ones; the row comes first.",
)
def worst_mix_up_exchanged(matrix):
    return worst_mix_up(matrix)[::-1]


@SLIPS.slip(
    "worst_mix_up",
    "the place is one number, counted through the whole matrix",
    "`argmax` counts row by row: which row and which column is that?",
)
def worst_mix_up_flat(matrix):
    return np.argmax(_errors(matrix))


@SLIPS.slip(
    "worst_mix_up",
    "the count is returned",
    "Which two classes does it belong to? Its row and its column are wanted.",
)
def worst_mix_up_count(matrix):
    return _errors(matrix).max()


@SLIPS.slip(
    "worst_mix_up",
    "of equally frequent errors the last is taken",
    "Two errors are equally frequent here: the first in reading order is wanted, as `argmax` and a "
    "loop with `>` find it.",
)
def worst_mix_up_last(matrix):
    errors = _errors(matrix)
    return np.argwhere(errors == errors.max())[-1]


@SLIPS.slip(
    "worst_mix_up",
    "row and column are chosen apart from each other",
    "The class with the most errors and the one most often named in error need not meet: find "
    "the largest single count.",
)
def worst_mix_up_apart(matrix):
    errors = _errors(matrix)
    return [errors.sum(axis=1).argmax(), errors.sum(axis=0).argmax()]


@SLIPS.slip(
    "worst_mix_up",
    "both directions of a mix-up are added together",
    "A 4 read as 9 and a 9 read as 4 are two different errors: each is counted by itself.",
)
def worst_mix_up_both_ways(matrix):
    errors = _errors(matrix)
    return _place_of_largest(np.triu(errors + errors.T))


@SLIPS.slip(
    "worst_mix_up",
    "counts are divided by how many digits a class has",
    "That finds the error most frequent within its class; here the plain count decides.",
)
def worst_mix_up_share(matrix):
    return _place_of_largest(_errors(matrix) / matrix.sum(axis=1, keepdims=True))


@SLIPS.slip(
    "worst_mix_up",
    "only one half of the matrix is searched",
    "Errors stand on both sides of the diagonal.",
)
def worst_mix_up_upper_half(matrix):
    return _place_of_largest(np.triu(matrix, 1))


@SLIPS.slip(
    "worst_mix_up",
    "the classes are counted from 1",
    "Row 0 is the digit 0: the place in the matrix is the class.",
)
def worst_mix_up_from_one(matrix):
    return np.add(worst_mix_up(matrix), 1)


@SLIPS.slip(
    "worst_mix_up",
    "each class's worst error is returned",
    "An axis makes `argmax` search row by row, or column by column: search the whole matrix.",
)
def worst_mix_up_of_each(matrix):
    return _errors(matrix).argmax(axis=1)


@SLIPS.slip(
    "worst_mix_up",
    "the pair stands in an array of its own",
    "`np.argwhere` gives a list of places, here with a single one in it: return that one.",
)
def worst_mix_up_listed(matrix):
    return [worst_mix_up(matrix)]


# --- read_or_refuse ----------------------------------------------------------------------------


def read_or_refuse(probabilities, least):
    """Return each picture's most probable class, or -1 where its probability is below `least`.

    probabilities: (n, classes); least: a number, 0 to 1; returns (n,) whole numbers.
    """
    favourites = np.argmax(probabilities, axis=1)
    certain_enough = np.max(probabilities, axis=1) >= least
    return np.where(certain_enough, favourites, -1)


def _read(probabilities):
    return probabilities.argmax(axis=1), probabilities.max(axis=1)


@SLIPS.slip(
    "read_or_refuse",
    "a probability of exactly `least` is refused",
    "Refuse what lies below `least`; what reaches it is read.",
)
def read_or_refuse_strictly(probabilities, least):
    classes, largest = _read(probabilities)
    return np.where(largest > least, classes, -1)


@SLIPS.slip(
    "read_or_refuse",
    "the probability is returned in place of the class",
    "Where in its row does it stand? That place is the class.",
)
def read_or_refuse_probability(probabilities, least):
    _, largest = _read(probabilities)
    return np.where(largest >= least, largest, -1)


_WRONG_AXIS = (
    "the largest values are sought along the wrong axis",
    "Axis 0 goes through the pictures and gives one result a class: go through the classes.",
)


@SLIPS.slip("read_or_refuse", *_WRONG_AXIS)
def read_or_refuse_columns(probabilities, least):
    return read_or_refuse(probabilities.T, least)


@SLIPS.slip("read_or_refuse", *_WRONG_AXIS)
def read_or_refuse_columns_never(probabilities, least):
    return probabilities.argmax(axis=0)


@SLIPS.slip(
    "read_or_refuse",
    "the mean probability decides",
    "A row's mean is always 1 / classes, for it sums to 1: look at its largest value.",
)
def read_or_refuse_by_mean(probabilities, least):
    classes, _ = _read(probabilities)
    return np.where(probabilities.mean(axis=1) >= least, classes, -1)


@SLIPS.slip(
    "read_or_refuse",
    "nothing is refused",
    "Compare each picture's largest probability with `least`.",
)
def read_or_refuse_never(probabilities, least):
    return _read(probabilities)[0]


@SLIPS.slip(
    "read_or_refuse",
    "the wrong ones are refused",
    "A large probability is a reason to read: -1 stands where it is too small.",
)
def read_or_refuse_reversed(probabilities, least):
    classes, largest = _read(probabilities)
    return np.where(largest >= least, -1, classes)


@SLIPS.slip(
    "read_or_refuse",
    "0 stands for a refusal",
    "0 is a digit like any other: a refusal must be no class.",
)
def read_or_refuse_zero(probabilities, least):
    classes, largest = _read(probabilities)
    return np.where(largest >= least, classes, 0)


@SLIPS.slip(
    "read_or_refuse",
    "refused pictures are left out",
    "Then nobody knows which answer belongs to which picture: put -1 in their place.",
)
def read_or_refuse_shorter(probabilities, least):
    classes, largest = _read(probabilities)
    return classes[largest >= least]


@SLIPS.slip(
    "read_or_refuse",
    "all are refused when one is not sure",
    "Each picture is judged by itself.",
)
def read_or_refuse_all(probabilities, least):
    classes, largest = _read(probabilities)
    return classes if (largest >= least).all() else np.full(len(classes), -1)


@SLIPS.slip(
    "read_or_refuse",
    "the first class that reaches `least` is taken",
    "With a low `least` several classes reach it: take the most probable one.",
)
def read_or_refuse_first(probabilities, least):
    enough = probabilities >= least
    return np.where(enough.any(axis=1), enough.argmax(axis=1), -1)


@SLIPS.slip(
    "read_or_refuse",
    "the classes are counted from 1",
    "The first column is class 0, the digit 0.",
)
def read_or_refuse_from_one(probabilities, least):
    classes, largest = _read(probabilities)
    return np.where(largest >= least, classes + 1, -1)


@SLIPS.slip(
    "read_or_refuse",
    "the answer says only whether it is read",
    "1 and 0, or True and False, tell who is sure; which class is it?",
)
def read_or_refuse_whether(probabilities, least):
    return np.where(_read(probabilities)[1] >= least, 1, 0)


@SLIPS.slip(
    "read_or_refuse",
    "only the largest value of the whole batch is found",
    "Without an axis `argmax` and `max` look through all pictures at once: one answer for each "
    "picture is wanted.",
)
def read_or_refuse_whole(probabilities, least):
    return np.where(probabilities.max() >= least, probabilities.argmax(), -1)
