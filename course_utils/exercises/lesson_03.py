"""Lesson 03: the exercises and questions on training a network that reads digits."""

import numpy as np

from course_utils.exercises.exercise import Exercise
from course_utils.exercises.progress_report import progress  # noqa: F401, for the lesson's end
from course_utils.exercises.quiz import Option, Quiz

TITLE = "A network that reads digits"
LESSON = "lesson_03"

# RandomState's stream is frozen (NEP 19), so recorded results stay true with every NumPy.


def _pictures(seed, *shape):
    """Return pictures as MNIST stores them: whole numbers 0 to 255."""
    return np.random.RandomState(seed).randint(0, 256, shape).astype(np.uint8)


def _tenths(seed, *shape):
    """Return numbers from -4 to 4 with one decimal: short in a message."""
    return np.random.RandomState(seed).randint(-40, 41, shape) / 10


def _counts(seed, classes):
    """Return a confusion matrix in which no two counts outside the diagonal are equal."""
    generator = np.random.RandomState(seed)
    mix_ups = generator.permutation(classes * classes).reshape(classes, classes)
    mix_ups[np.diag_indices(classes)] = generator.randint(40, 200, classes)
    return mix_ups


def _sixteenths(*rows):
    """Return rows of probabilities from how many sixteenths each class gets: exact as floats."""
    return np.array(rows) / 16


add_channel = Exercise(
    "add_channel",
    LESSON,
    "A channel axis for a batch of grey pictures",
    hints=[
        "No value is added and none moves: only the shape gets a fourth number. Which one, and "
        "where does Keras want it?",
        "The channels come last, and a grey picture has one. Inside an index, `np.newaxis` (or "
        "`None`) makes an axis of length 1.",
        "In an index, three dots stand for all the axes that are there already. The new axis "
        "comes after them.",
    ],
    cases=[
        dict(images=_pictures(1, 3, 6, 7)),
        dict(images=_pictures(2, 2, 8, 8)),
        dict(images=_pictures(3, 1, 4, 5)),
    ],
    when_right="That is all that the snippet lacked: the 60,000 digits fit into `Conv2D` now.",
)

count_updates = Exercise(
    "count_updates",
    LESSON,
    "How many times training changes the weights",
    hints=[
        "The weights change once after each batch. Begin with a single epoch: how many batches "
        "does it have?",
        "Where the examples do not fill the last batch, a smaller one remains, and it counts: "
        "round up.",
        "Every epoch begins anew with a first batch, so all epochs have the same number of them.",
    ],
    cases=[
        dict(examples=60_000, batch=32, epochs=5),
        dict(examples=54_000, batch=128, epochs=3),
        dict(examples=100, batch=32, epochs=7),
        dict(examples=20, batch=32, epochs=4),
        dict(examples=9, batch=4, epochs=1),
    ],
    when_right="60,000 digits in batches of 32: five epochs change every weight 9,375 times.",
)

cross_entropy_of = Exercise(
    "cross_entropy_of",
    LESSON,
    "The cross-entropy of one example, from its raw scores",
    hints=[
        "Write down what softmax gives the right class: a power of e, divided by the sum of all "
        "the powers. The loss is minus its logarithm.",
        "The logarithm of a quotient is a difference of two logarithms, and the logarithm of e to "
        "the power of a score is that score. So only the sum needs `np.log`.",
        "The sum may be too large for a float. Subtract the largest score from all scores first: "
        "that changes no probability, and no power is above 1. Then the loss is the logarithm of "
        "the sum, minus the right class's score as it is now.",
    ],
    cases=[
        dict(logits=np.array([1.0, 2, 4]), label=2),
        dict(logits=np.array([3.0, 0.5, 1.5, 2.5]), label=1),
        dict(logits=_tenths(21, 10), label=3),
        dict(logits=np.zeros(10), label=7),
        dict(logits=np.array([1000.0, -1000, 1000]), label=2),
        dict(logits=np.array([1000.0, 0, -1000]), label=2),
        # Powers of e with one binary digit left: what the two rounding slips give is wrong and
        # finite here, so that the check can tell them by name.
        dict(logits=np.array([-744.07, -743.5, -744.07]), label=0),
        dict(logits=np.array([0, -744.07, -1000]), label=1),
    ],
    when_right="This is why we let the network end in raw scores and give Keras' loss "
    "`from_logits=True`: from probabilities, a hopeless answer could not be told from a bad one.",
)

momentum_step = Exercise(
    "momentum_step",
    LESSON,
    "One step of gradient descent with momentum",
    hints=[
        "First comes the velocity. Which part of the old one is left, and what does the slope add "
        "to it?",
        "A positive gradient says that the loss grows with the weight: it pushes the velocity "
        "down, by the rate times its size.",
        "The weight moves by the new velocity, not by the old one. Return both, the weight first.",
    ],
    cases=[
        dict(weight=2.0, velocity=0.5, gradient=3.0, rate=0.1, momentum=0.9),
        dict(weight=-1.0, velocity=0.0, gradient=-4.0, rate=0.25, momentum=0.5),
        dict(weight=0.5, velocity=-2.0, gradient=0.0, rate=0.1, momentum=0.75),
        dict(weight=_tenths(31, 3), velocity=_tenths(32, 3), gradient=_tenths(33, 3),
             rate=0.5, momentum=0.8),
        dict(weight=_tenths(34, 4), velocity=_tenths(35, 4), gradient=_tenths(36, 4),
             rate=0.2, momentum=0.0),
    ],
    when_right="The same two lines of arithmetic run in `keras.optimizers.SGD(rate, momentum)`, "
    "for every weight of the network at once. With momentum 0 they are plain gradient descent.",
)  # fmt: skip

best_epoch = Exercise(
    "best_epoch",
    LESSON,
    "The epoch whose weights early stopping should keep",
    hints=[
        "Which of the losses is the best one: the largest, the smallest or the last?",
        "`np.argmin` tells the place of the smallest value, and of several equal ones the first.",
        "Python counts places from 0; epochs are counted from 1.",
    ],
    cases=[
        dict(validation_losses=np.array([0.31, 0.14, 0.09, 0.11, 0.13])),
        dict(validation_losses=np.array([0.4, 0.2, 0.25, 0.15, 0.12, 0.12, 0.18, 0.3])),
        dict(validation_losses=np.array([0.5, 0.07, 0.1, 0.07, 0.2, 0.07])),
        dict(validation_losses=np.array([0.3, 0.35, 0.6])),
        dict(validation_losses=np.array([0.9, 0.8, 0.3, 0.2])),
    ],
    when_right="`keras.callbacks.EarlyStopping(restore_best_weights=True)` goes back to these "
    "weights.",
)

worst_mix_up = Exercise(
    "worst_mix_up",
    LESSON,
    "The most frequent error in a confusion matrix",
    hints=[
        "The diagonal counts what was read correctly. It must not win, so take it out, in a copy "
        "of the matrix.",
        "Find the largest count that is left. `argmax` gives one number for its place, counted "
        "row by row through the whole matrix.",
        "`np.unravel_index(place, shape)` makes a row and a column of such a number. Rows are "
        "true classes. Two loops that keep the largest count so far do as well.",
    ],
    cases=[
        dict(matrix=np.array([[90, 1, 10, 0], [2, 80, 0, 12], [11, 3, 60, 6], [0, 5, 8, 700]])),
        dict(matrix=np.array([[50, 9, 0], [2, 500, 14], [6, 1, 3]])),
        dict(matrix=_counts(41, 5)),
        dict(matrix=_counts(42, 10)),
        dict(matrix=np.array([[9, 1, 4], [0, 8, 2], [4, 0, 7]])),
    ],
    when_right="Two numbers tell you which pictures to look at first: `matrix[true, predicted]` "
    "of them.",
)

read_or_refuse = Exercise(
    "read_or_refuse",
    LESSON,
    "Read a digit, or refuse where the network is not sure",
    hints=[
        "Each row is one picture. Along which axis do its classes lie?",
        "You need two things of each row: the place of its largest probability, and that "
        "probability itself, to compare it with `least`.",
        "`np.where(condition, one, other)` chooses place by place. Probabilities of exactly "
        "`least` are still good enough.",
    ],
    cases=[
        dict(probabilities=_sixteenths([1, 12, 3], [7, 4, 5], [2, 6, 8], [16, 0, 0]), least=0.5),
        dict(probabilities=_sixteenths([2, 1, 9, 4], [13, 1, 1, 1], [0, 3, 1, 12]), least=0.75),
        dict(probabilities=_sixteenths([1, 6, 2, 7], [5, 8, 3, 0], [4, 3, 6, 3]), least=0.25),
        dict(probabilities=_sixteenths([3, 5, 8, 0, 0], [1, 1, 1, 4, 9]), least=0.875),
        dict(probabilities=_sixteenths([1, 10, 5], [2, 3, 11]), least=0.625),
    ],
    when_right="A refusal costs little where a wrong digit costs much. It helps against doubt "
    "alone: of a picture that is no digit, a network may still be sure.",
)

quiz_untrained_loss = Quiz(
    "quiz_untrained_loss",
    LESSON,
    "Before training, a network gives all ten digits about the same probability. About how large "
    "is its cross-entropy?",
    [
        Option("0.10", "that is the probability of the right digit; its loss is minus the "
               "logarithm of that."),
        Option("1.00", "that is −log10(0.1). Cross-entropy takes the natural logarithm, to the "
               "base e."),
        Option("2.30", "−ln(0.1) = ln 10, whatever the digit. If the first loss you see is far "
               "above that, something is wrong already.", True),
        Option("0.90", "that is the probability that went to wrong digits; the loss looks at the "
               "right one only, through a logarithm."),
    ],
)  # fmt: skip

quiz_channel_axis = Quiz(
    "quiz_channel_axis",
    LESSON,
    "`Conv2D` refuses a batch of shape `(32, 28, 28)`. Why?",
    [
        Option("The channels are missing: it wants four axes", "batch, height, width, channels. "
               "For grey pictures the last axis has the length 1: `(32, 28, 28, 1)`.", True),
        Option("The batch axis is missing: Keras takes it for one picture", "the 32 is the batch. "
               "Keras counts the axes, finds three in place of four, and does not guess."),
        Option("It wants colour: three channels in place of one", "any number of channels will "
               "do. The layer makes its filters as deep as what it is given first."),
        Option("It wants values from 0 to 1 in place of 0 to 255", "such values help training, but "
               "the layer takes any numbers: it refuses by the shape."),
    ],
)  # fmt: skip

quiz_validation = Quiz(
    "quiz_validation",
    LESSON,
    "You train four networks, want to keep the best one, and then say how good it is on digits "
    "that nobody has looked at. Which digits decide which network is kept?",
    [
        Option("The training digits: there are the most of them", "a network that has learned "
               "them by heart would win, whatever it does with new ones."),
        Option("The test digits: no network was trained on them", "you would pick the one that "
               "was also lucky on them, and its score there would be too good to be true."),
        Option("Either validation or test digits: neither are trained on", "choosing is a kind of "
               "training, too: what has decided can no longer judge."),
        Option("The validation digits: the test digits stay unseen", "they may be "
               "used for many choices, though each one flatters the winner a little. One look at "
               "the test digits, at the end, is then an honest answer.", True),
    ],
)  # fmt: skip

_TRAINING_CURVE = "0.30, 0.15, 0.08, 0.04, 0.02, 0.01"
_VALIDATION_CURVE = "0.25, 0.16, 0.12, 0.13, 0.16, 0.20"

quiz_overfitting = Quiz(
    "quiz_overfitting",
    LESSON,
    f"The training loss of six epochs: {_TRAINING_CURVE}. The validation loss: "
    f"{_VALIDATION_CURVE}. What happens from the fourth epoch on?",
    [
        Option("The network still gets better: its training loss falls", "only on digits that it "
               "has seen. On the others it gets worse, epoch after epoch."),
        Option("It overfits: the weights of epoch 3 were better", "what it learns now is true of "
               "the training digits alone. Epoch 3 has the lowest validation loss.", True),
        Option("The learning rate is too large: the loss jumps about", "then the training loss "
               "would jump as well. It falls smoothly."),
        Option("The network is too small to learn the digits", "it has learned the training "
               "digits almost perfectly. One that is too small does badly on both."),
    ],
)  # fmt: skip

quiz_adam = Quiz(
    "quiz_adam",
    LESSON,
    "SGD with a rate of 0.1 may run away where 0.01 crawls; Adam's 0.001 is often a "
    "usable start. By what does Adam divide a weight's mean gradient?",
    [
        Option("By the number of steps so far, so that its steps get shorter and shorter",
               "that is a schedule, which you may add to any optimiser."),
        Option("By the length of all the gradients together, so that every step is equally long",
               "that would leave the differences between weights as they are: Adam divides for "
               "each weight by itself."),
        Option("By the typical size of that weight's own recent gradients",
               "it is the root of the mean of their squares. Gradients a hundred times larger "
               "give the same step: it is about as long as the rate says.", True),
        Option("By the number of examples in the batch, so that large batches make no difference",
               "the loss is a mean over the batch already, for every optimiser."),
    ],
)  # fmt: skip

quiz_no_digit = Quiz(
    "quiz_no_digit",
    LESSON,
    "A network that reads digits sees a boot and answers: 2, with probability 0.98. Where does so "
    "much certainty come from?",
    [
        Option("The boot's shape is 98 % like a two", "softmax does not measure likeness: it "
               "shares out 1 among ten digits, whatever the picture."),
        Option("Training has taught the network that boots are twos", "no boot was among the "
               "60,000 digits: what it does with one was never decided by anybody."),
        Option("The score for 2 was high in itself", "softmax does not see how high scores are: "
               "add 50 to all ten and it gives the same probabilities."),
        Option("The score for 2 was well above the other nine", "softmax compares ten scores, and "
               "a lead of 6 over all others is enough for 0.98. None of the ten says: no digit.",
               True),
    ],
)  # fmt: skip
