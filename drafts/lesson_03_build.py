"""Build lesson 03: python build.py FOLDER writes FOLDER/03_mnist_cnn.ipynb, not executed."""
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path("COURSE")
sys.path.insert(0, str(ROOT))
from course_utils.authoring.kept import kept_source
from course_utils.exercises import lesson_03

cells = []


def md(text, slide="subslide"):
    cells.append(new_markdown_cell(text.strip("\n"), metadata={"slideshow": {"slide_type": slide}}))


def code(text, **meta):
    cells.append(new_code_cell(text.strip("\n"), metadata=meta))


def kept(name):
    cells.append(new_code_cell(kept_source(ROOT, name), metadata={"kept": name}))


def quiz(name):
    code(f"exercises.{name}", quiz=name)


def exercise(name, before=""):
    stub = getattr(lesson_03, name).stub.strip()
    code(f"{before}{stub}\n\n\nexercises.{name}.check({name})", exercise=name)


upload = (ROOT / "course_utils/widgets/digit_upload.py").exists()
first = nbformat.read(ROOT / "notebooks/01_convolution.ipynb", 4)
first_code = next(c for c in first.cells if c.cell_type == "code")

md("""
# 3 · Train a network that reads digits

Sixty thousand handwritten digits, five minutes on two processor cores, and a network that reads more than 99 of 100 digits it has never seen. In this lesson we train it, and look at everything on the way: what is measured, what is made smaller, why it goes wrong, and how we know that the result can be trusted.

Each lesson stands alone. If you didn't come from lessons 1 and 2: a **convolution** slides small tables of weights over a picture and makes *feature maps* of it; **pooling** shrinks the maps; a **dense layer** connects everything with everything. A **network** is a stack of such layers. **Training** changes its weights, step by step, so that an error becomes smaller.

The first cell finds the course, fetching it if need be, and starts Keras. It is the same in every lesson.
""", "slide")
cells.append(new_code_cell(first_code.source.replace("start(1)", "start(3)"), metadata=dict(first_code.metadata)))
md("""
**What you will have at the end.** Below, a network reads four digits and says how sure it is of each class. It is the course's own copy, trained as you will train yours; when you have saved yours, this cell uses it.
""")
code("""
from course_utils import datasets, draw
from course_utils.by_hand.metrics import softmax
from course_utils.models.classifier import as_batch, load_digit_reader

samples = datasets.load_mnist()[0][0][[5, 7, 59, 132]]
chances = softmax(load_digit_reader().predict(as_batch(samples), verbose=0))
names = ["first", "second", "third", "fourth"]
draw.probabilities(
    dict(zip(names, samples)), dict(zip(names, chances)), range(10),
    "Four handwritten digits, and beside each a bar for every digit from 0 to 9: one of them long.",
)
""")
md("""
| | |
|---|---|
| **You will** | compute softmax and cross-entropy from numbers · mend the best-known snippet of deep learning and run it · watch four optimizers descend · make a network overfit, and cure it · choose on validation digits and judge on test digits · look at the errors · save, load and predict |
| **You need** | what layers do (lesson 2, or the paragraph above), and a little NumPy |
| **Minutes** | about 120 alone, with all exercises, or two lectures: 3.1 to 3.4, and 3.5 to 3.10. The cells themselves run in about five |

Training cells show their progress. Jupyter's stop button ends a training after the present batch; run the cell again, and it goes on from the last whole epoch. For the exercises: replace the dots, run the cell, read the check. `exercises.NAME.hint()` helps you on, and `exercises.NAME.solution()` shows one way.
""")

# 3.1
md("""
## 3.1 Look at the data first

What do we have? MNIST, collected by Yann LeCun and others: digits written by clerks and by pupils, centred in 28 × 28 pixels of whole numbers from 0, the paper, to 255, the ink. They come in two heaps. The network may learn from the **training** digits. The **test** digits are for one look at the end.

The one word in the first line decides what the whole lesson is about. Write `"fashion"` there, run all cells, and it trains on clothes; the numbers in the text are those of the digits.
""", "slide")
code("""
data = datasets.load_pictures("mnist")
assert data.name != "mnist" or len(data.train_pictures) == 60_000
data.train_pictures.shape, data.test_pictures.shape, data.train_pictures.dtype
""")
code("""
draw.gallery(
    data.train_pictures[:40], [data.classes[label] for label in data.train_labels[:40]],
    "The first forty training pictures in four rows, white on black, each under its label. The "
    "handwriting differs: upright, slanted, thick and thin.",
)
""")
md("""
A **label** stands above each picture: the class that a person gave it. Some would make you hesitate. Does each class come equally often? That matters for what a score means, so we count.
""")
code("""
import numpy as np

counts = np.bincount(data.train_labels)
assert data.within(counts.max() / counts.min(), mnist=(1.2, 1.3), fashion=(1, 1))
draw.bars(
    {name: int(count) for name, count in zip(data.classes, counts)}, "Training pictures of a class",
    "Ten bars of about the same length, one for each class.",
)
""")
md("""
Nearly, but there are a quarter more ones than fives. What would somebody score who never looks, and always says the most frequent class? Any network has to beat that **baseline**.
""")
code("""
always = np.full(len(data.test_labels), counts.argmax())
baseline = np.mean(always == data.test_labels)
assert data.within(baseline, mnist=(0.1135, 0.1135), fashion=(0.1, 0.1))
f"{baseline:.1%}"
""")
md("""
11.4 of 100. A network with that score has learned nothing but to say *one*.
""")

# 3.2
md("""
## 3.2 From scores to a loss

A network for ten classes ends in ten numbers, one for each class. They are called **logits**, or just scores: any numbers, the largest one wins. To learn from mistakes we need more than a winner. How *sure* was it? **Softmax** turns scores into probabilities: e to the power of each, divided by the sum, so that all are positive and add up to 1.

Three classes with the scores 4, 2 and 1. How far ahead of the second will the first be, if the gap is 2?
""", "slide")
kept("by_hand.metrics:softmax")
code("""
scores = np.array([4.0, 2, 1])
given = softmax(scores)
assert given.round(2).tolist() == [0.84, 0.11, 0.04]
draw.number_grids(
    {"scores": scores[None], "probabilities": given[None].round(2)},
    "Two rows of three numbers: the scores 4, 2 and 1; the probabilities 0.84, 0.11 and 0.04.",
)
""")
md("""
A gap of 2 makes a ratio of e², about 7.4, whatever the scores are: add 50 to all three and nothing changes. That is why we may subtract the largest score first. Without it, a score of 1,000 would give e¹⁰⁰⁰, more than a float can hold. Keras has the same function. Do the two agree, in a single row, and in several rows with scores of all sizes?
""")
code("""
import keras

rows = np.array([[4.0, 2, 1], [1000, 999, 0], [-2000, -2001, -2003]])
assert np.allclose(softmax(scores), keras.ops.softmax(scores), atol=1e-6)
assert np.isclose(given[0] / given[1], np.exp(2)) and np.allclose(softmax(scores + 50), given)
assert np.allclose(softmax(rows[:2]), keras.ops.softmax(rows[:2]), atol=1e-6)
np.allclose(softmax(rows), keras.ops.softmax(rows), atol=1e-6)
""")
md("""
Now the mistake. We look at one number only: the probability that the *right* class was given. 1 would be perfect, 0 the worst there is. The loss is minus its logarithm, which is 0 for 1 and grows without end towards 0: who is sure and wrong pays most. The mean over all examples is the **cross-entropy**.
""")
kept("by_hand.metrics:cross_entropy")
code("""
labels = np.array([0, 1, 1])
answers = np.array([[0.84, 0.11, 0.05], [0.2, 0.5, 0.3], [0.98, 0.01, 0.01]])
each = [round(float(cross_entropy(labels[i : i + 1], answers[i : i + 1])), 2) for i in range(3)]
theirs = keras.losses.sparse_categorical_crossentropy(labels, answers)
assert np.isclose(cross_entropy(labels, answers), np.mean(theirs), atol=1e-5)
assert each == [0.17, 0.69, 4.61]
each
""")
md("""
Sure and right costs 0.17. Half sure and right costs 0.69. Sure and wrong, with one per cent left for the right class, costs 4.61. Keras gives the same mean. Before the next cell: what does somebody pay who knows nothing, and gives each of ten classes the same?
""")
code("""
from course_utils.exercises import lesson_03 as exercises

exercises.quiz_untrained_loss
""", quiz="quiz_untrained_loss")
code("""
clueless = np.full((10, 10), 0.1)
assert round(float(cross_entropy(np.arange(10), clueless)), 2) == 2.3
float(cross_entropy(np.arange(10), clueless).round(2))
""")
md("""
### Exercise: the loss from raw scores

A probability that is rounded to 0 has no logarithm. From the scores themselves the loss can be had without ever making that 0. Networks of this course end in scores for that reason.
""")
exercise("cross_entropy_of")

# 3.3
md("""
## 3.3 The best-known snippet, broken and mended

These lines stand in countless tutorials. One convolution with 32 filters of 3 × 3, pooling, a dense layer with softmax; `adam` for the steps, cross-entropy for the loss. *Sparse* means that the labels are class numbers. One **epoch** is one pass through all training digits, and a **batch** is how many of them are looked at before the weights change.
""", "slide")
code("""
def well_known(*front):
    network = keras.Sequential([
        *front,
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(10, activation="softmax"),
    ])
    loss = "sparse_categorical_crossentropy"
    network.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return network
""")
md("""
We hand it the pictures as they are, divided by 255, only 320 of them. It will not go well. Which of the shapes above is the reason?
""")
code("""
import re

few, few_labels = data.train_pictures[:320] / 255, data.train_labels[:320]
try:
    well_known().fit(few, few_labels, epochs=5, batch_size=32, verbose=0)
except ValueError as error:
    print(re.search(r"expected min_ndim=4, found ndim=3", str(error))[0])
""")
quiz("quiz_channel_axis")
md("""
Read it from the right: it *found* three axes, it *expected* four at least. A photograph has a channel axis of length 3. Our digits are grey and have none, so it must be added.

### Exercise: add the channel axis
""")
exercise("add_channel")
md("""
The course's `as_batch` does that too, and divides by 255 on the way. Why does it name a number type? NumPy divides whole numbers into 64-bit floats, eight bytes for each pixel. All 60,000 digits would take 376 megabytes so; in 32 bits, which is what the network computes in, half.
""")
kept("models.classifier:as_batch")
code("""
first_digits = as_batch(data.train_pictures[:320])
assert first_digits.shape == (320, 28, 28, 1) and first_digits.dtype == "float32"
assert first_digits.min() == 0 and first_digits.max() == 1
megabytes = few.itemsize * data.train_pictures.size / 1e6
assert data.within(megabytes, mnist=(376, 377), fashion=(25, 26))
first_digits.shape
""")
md("""
### Exercise: how often do the weights change?

All 60,000 digits, 5 epochs, 32 in a batch. Guess first: hundreds, thousands, millions?
""")
exercise("count_updates")
md("""
Now mended, as its authors meant it, on all the training digits. This takes a minute or two. We also put an `Input` layer in front, which says what comes in: so that a wrong shape is refused at once, and the network has weights before it sees any data.
""")
code("""
from course_utils import gpu
from course_utils.widgets import watching

gpu.seed(3)
train_batch = as_batch(data.train_pictures)
snippet = well_known(keras.Input((28, 28, 1)))
history = snippet.fit(train_batch, data.train_labels, epochs=5, batch_size=32, verbose=0,
                      callbacks=watching(f"snippet_{data.name}"))
""")
code("""
learned = history.history["accuracy"]
assert len(learned) == 5 and data.within(learned[-1], mnist=(0.98, 0.998), fashion=(0.8, 0.95))
draw.learning_curves(
    {"snippet": history.history},
    "Two curves over five epochs: the loss falls, steeply at first; the accuracy rises towards 1.",
)
""")
md("""
More than 98 of 100 *training* digits are read correctly. That is not yet what we want to know: these are the digits that it has practised on. The test digits stay closed until section 3.8.
""")

# 3.4
md("""
## 3.4 Gradient descent in a picture

What does `adam` do 9,375 times? It goes downhill. A real network has so many weights that nobody can draw its landscape, so we make a task with two weights: tell class 0 from class 1 by two numbers, how much ink there is in the upper half of the picture and in the lower half. We subtract the mean, divide by the spread, and count the lower half three times as large, to see what different units do.
""", "slide")
code("""
chosen = np.flatnonzero(data.train_labels < 2)[:800]
two = data.train_pictures[chosen] / 255
features = np.stack([two[:, :14].mean(axis=(1, 2)), two[:, 14:].mean(axis=(1, 2))], axis=1)
features = (features - features.mean(axis=0)) / features.std(axis=0) * [1, 3]
signs = np.where(data.train_labels[chosen] == 1, 1, -1)
features.shape, signs.shape
""")
md("""
The score of a picture is weight 1 × feature 1 + weight 2 × feature 2, positive for class 1. The loss is the cross-entropy for two classes, called the *logistic* loss. Its slope along each weight is the **gradient**. It points uphill; we go the other way.
""")
code("""
def loss_at(weights):
    return np.mean(np.logaddexp(0, -signs * (features @ weights)))


def gradient_at(weights):
    pulls = -signs / (1 + np.exp(signs * (features @ weights)))
    return features.T @ pulls / len(signs)
""")
code("""
start, step = np.array([1.5, 0.9]), 1e-5
slopes = [(loss_at(start + move) - loss_at(start - move)) / (2 * step) for move in step * np.eye(2)]
assert np.allclose(slopes, gradient_at(start), atol=1e-6)
np.allclose(slopes, gradient_at(start), atol=1e-6)
""")
md("""
Walking a tiny step to either side measures the same slopes, so the formula is right.

Four **optimizers** start from one place and take sixty steps. Each has a **learning rate**, the length of a step in some sense. `SGD` steps by rate times gradient. **Momentum** keeps nine tenths of its last move, as a rolling ball does. **RMSProp** divides each weight's gradient by its usual size. **Adam** does both. Which path will be the straightest?
""")
code("""
def walk(optimizer, steps=60):
    weights = keras.Variable(start, dtype="float32")
    path = [start]
    for _ in range(steps):
        slope = keras.ops.convert_to_tensor(gradient_at(path[-1]), dtype="float32")
        optimizer.apply([slope], [weights])
        path.append(keras.ops.convert_to_numpy(weights))
    return np.array(path)
""")
code("""
from keras.optimizers import SGD, Adam, RMSprop

walkers = {"SGD": SGD(0.6), "momentum": SGD(0.1, momentum=0.9), "RMSProp": RMSprop(0.1),
           "Adam": Adam(0.2)}
paths = {name: walk(optimizer) for name, optimizer in walkers.items()}
across, up = np.linspace(-6.5, 3, 96), np.linspace(-4, 1.5, 56)
losses = np.array([[loss_at(np.array([x, y])) for x in across] for y in up])
assert all(loss_at(path[-1]) < 0.4 * loss_at(start) for path in paths.values())
draw.landscape(
    losses, across, up, paths,
    "A long narrow valley drawn in level lines. Four paths begin at one point high on its side: "
    "SGD drops straight to the bottom and crawls along it; momentum overshoots and swings; "
    "RMSProp and Adam go across the level lines at a slant.",
)
""")
md("""
All four lose more than 60 % of the loss at the start. SGD sees a steep slope in one direction and a gentle one in the other: a rate that is right for the steep one is too small for the gentle one. Momentum gathers speed along the valley, and overshoots. RMSProp and Adam move both weights by about the same amount whatever the slopes are, and don't mind the units.

### Exercise: one step with momentum
""")
exercise("momentum_step")
quiz("quiz_adam")

# 3.5
md("""
## 3.5 The four on real digits

A valley of two weights is a toy. What happens with 11,738 weights and 2,000 digits? The four start from the *same* random weights, each with three learning rates, and train for three epochs. We measure the loss on 1,000 other training digits that take no part: **validation** digits.
""", "slide")
code("""
gpu.seed(5)
small = keras.Sequential([
    keras.Input((28, 28, 1)),
    keras.layers.Conv2D(8, 5, strides=2, activation="relu"),
    keras.layers.Flatten(),
    keras.layers.Dense(10),
])
beginning = small.get_weights()
from_scores = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
assert small.count_params() == 11_738
""")
md("""
The network is compiled once for each optimizer. Before each run its weights go back to the beginning, and what the optimizer remembers, such as its velocity, back to 0. `from_logits=True` tells the loss that it gets scores, without softmax.
""")
code("""
def validation_loss(optimizer, rate):
    small.set_weights(beginning)
    for variable in optimizer.variables:
        variable.assign(keras.ops.zeros_like(variable))
    optimizer.learning_rate = rate
    other = train_batch[2000:3000], data.train_labels[2000:3000]
    small.fit(train_batch[:2000], data.train_labels[:2000], epochs=3, batch_size=32, verbose=0)
    return small.evaluate(*other, batch_size=500, verbose=0)
""")
code("""
from course_utils.waiting import track

rates, reached = [0.001, 0.01, 0.1], {}
contestants = {"SGD": SGD(), "momentum": SGD(momentum=0.9), "RMSProp": RMSprop(), "Adam": Adam()}
for name, optimizer in track(contestants.items(), "four optimizers"):
    small.compile(optimizer, from_scores)
    reached[name] = [np.fmin(validation_loss(optimizer, rate), 3) for rate in rates]
""")
code("""
best = {name: min(found) for name, found in reached.items()}
assert reached["SGD"][0] > 1.5 * reached["Adam"][0]
assert max(reached["Adam"][:2]) < 1 and max(best.values()) < 2 * min(best.values())
draw.lines(
    {name: (rates, found) for name, found in reached.items()},
    "Four curves of the validation loss over the learning rates 0.001, 0.01 and 0.1: SGD begins "
    "high and falls, Adam and RMSProp begin low and rise at the end.",
    across="learning rate", up="validation loss after 3 epochs", logarithmic="x",
)
""")
md("""
With 0.001, plain SGD has hardly begun where Adam is done. With ten times that, both of Adam's results are still good. But compare the *lowest* point of each curve: they are close, within a factor of two. Adam isn't better. It is forgiving: it works with the rate that people try first. With 0.1 it has its own limit, where its steps are far too long, and plain SGD is at its best. (A loss above 3 is drawn at 3.)
""")

# 3.6
md("""
## 3.6 Overfitting, made and cured

Give a large network few examples and much time. Will it go on getting better? We take 500 digits and 20 epochs, and 1,000 validation digits. `learner` has two cures built in, both off at first. **Dropout** sets a random part of the values to 0 in training, so that nothing may rely on a single one. A random **shift** shows each digit at another place each time.
""", "slide")
code("""
def learner(shift, dropout):
    network = keras.Sequential([
        keras.Input((28, 28, 1)),
        keras.layers.RandomTranslation(shift, shift, fill_mode="constant"),
        keras.layers.Conv2D(16, 5, strides=2, activation="relu"),
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dropout(dropout),
        keras.layers.Dense(10),
    ])
    network.compile(Adam(0.002), from_scores, metrics=["accuracy"])
    return network
""")
code("""
def study(network, name):
    watched = watching(f"{name}_{data.name}")
    unseen = train_batch[2000:3000], data.train_labels[2000:3000]
    done = network.fit(train_batch[:500], data.train_labels[:500], epochs=20, batch_size=32,
                       validation_data=unseen, verbose=0, callbacks=watched)
    return done.history


gpu.seed(6)
overfitted = study(learner(shift=0, dropout=0), "overfitted")
""")
code("""
assert data.within(overfitted["accuracy"][-1], mnist=(0.98, 1), fashion=(0.85, 1))
assert overfitted["val_loss"][-1] > 3 * overfitted["loss"][-1]
draw.learning_curves(
    {"500 pictures": overfitted},
    "The training loss falls to almost 0. The validation loss falls at first and then stays far "
    "above it, and rises.",
)
""")
md("""
The training loss goes to nearly 0: more than 98 of 100 training digits are known by heart. The validation loss stopped falling long before, and ends more than three times as high. The network learns things that are true of these 500 digits and of no others. That is **overfitting**, and only digits that take no part can show it.
""")
quiz("quiz_overfitting")
md("""
### Exercise: where to stop

The simplest cure costs nothing: keep the weights of the best epoch. It is called *early stopping*.
""")
exercise("best_epoch")
md("""
And the two built-in cures? The shift is up to two pixels in each direction: a moved 7 is still a 7, so each digit becomes many. Such changes, which leave the label true, are called **augmentation**. What do you expect of the *training* loss: will it be lower or higher than before?
""")
code("""
gpu.seed(6)
cured = study(learner(shift=2 / 28, dropout=0.4), "cured")
""")
code("""
assert cured["loss"][-1] > overfitted["loss"][-1]
assert data.name != "mnist" or cured["val_loss"][-1] < 0.9 * overfitted["val_loss"][-1]
validation_alone = {
    name: (range(1, 21), found["val_loss"])
    for name, found in {"as it was": overfitted, "shift and dropout": cured}.items()
}
draw.lines(
    validation_alone,
    "Two curves of the validation loss over 20 epochs: without cures it ends higher, with shift "
    "and dropout it goes on falling and ends lower.",
    across="epoch", up="validation loss",
)
""")
md("""
The training loss is higher, since training has become harder; nothing can be learned by heart that moves about. The validation loss ends at least 10 % lower. The best cure of all isn't in the picture: more examples. We have 60,000.
""")

# 3.7
md("""
## 3.7 A better network

The snippet has one convolution. Its filters see 3 × 3 pixels: strokes, no shapes. Here is the network that lesson 2 took apart. The first convolution is larger and moves by two pixels at a time, which leaves a quarter of the places and so a quarter of the work. Two more read its maps, with pooling between them, so that the last one looks at half of the digit.
""", "slide")
code("""
from keras import layers
""")
kept("models.classifier:build_network")
code("""
from course_utils.models.layer_table import layer_rows

network = build_network()
table = {row.name: row.shape for row in layer_rows(network)}
assert list(table) == ["input", "convolution_1", "convolution_2", "pooling", "convolution_3",
                       "flatten", "dense", "scores"]
assert list(table.values()) == [(28, 28, 1), (12, 12, 16), (12, 12, 32), (6, 6, 32), (6, 6, 64),
                                (2304,), (64,), (10,)]
curved = [layer.activation.__name__ for layer in network.layers if hasattr(layer, "activation")]
assert curved == 4 * ["relu"] + ["linear"] and network.count_params() == 171_722
draw.architecture(layer_rows(network))
""")
md("""
171,722 weights in all, most of them between `flatten` and `dense`. The last layer has no softmax: it gives scores.

The learning rate need not stay the same. At the beginning the weights are random and long steps do harm; at the end they keep the network from settling. So the rate rises for a short while, then falls along half a cosine to 0. This is called a **schedule**.
""")
kept("models.classifier:learning_rates")
code("""
updates = 5 * -(-60_000 // 128)
schedule = learning_rates(updates)
now = {at: float(schedule(at)) for at in (0, 352, 1348.5, 2345)}
assert updates == 2345 and schedule.get_config()["warmup_steps"] == 352
assert np.allclose(list(now.values()), [0.00015, 0.003, 0.0015, 0], atol=1e-6)
draw.lines(
    {"learning rate": (range(0, updates, 5), [float(schedule(at)) for at in range(0, updates, 5)])},
    "The learning rate over 2,345 updates: a straight rise to 0.003, then half a cosine down to 0.",
    across="update", up="learning rate",
)
""")
md("""
With 60,000 digits in batches of 128, five epochs are 2,345 updates. The first 352 raise the rate from 0.00015 to 0.003.

From 3.6 we take the shift, by one pixel. It stands in front of the network during training *only*: `network` itself stays as it is, and is what we keep. Both share their weights.
""")
code("""
def with_shift(network, updates):
    pupil = keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.RandomTranslation(1 / 28, 1 / 28, fill_mode="constant"),
        network,
    ])
    optimizer = Adam(learning_rates(updates))
    pupil.compile(optimizer, from_scores, metrics=["accuracy"])
    return pupil
""")
md("""
Is it really better than the snippet's one convolution? We could train both on everything and look at the test digits. Think about that for a moment.
""")
quiz("quiz_validation")
md("""
So we choose in small: train both on the first tenth of the training digits, and measure on the last tenth. Both get the same shift, the same schedule, five epochs.
""")
code("""
tenth = len(train_batch) // 10
one_convolution = keras.Sequential([
    keras.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"),
    layers.MaxPooling2D(), layers.Flatten(), layers.Dense(10),
])
candidates = {"one convolution": one_convolution, "three convolutions": build_network()}
""")
code("""
gpu.seed(7)
chosen_by = {}
for name, candidate in track(candidates.items(), "two candidates"):
    trial = with_shift(candidate, updates=5 * -(-tenth // 128))
    trial.fit(train_batch[:tenth], data.train_labels[:tenth], batch_size=128, epochs=5, verbose=0)
    guesses = candidate.predict(train_batch[-tenth:], batch_size=500, verbose=0).argmax(axis=1)
    chosen_by[name] = np.mean(guesses == data.train_labels[-tenth:])
winner = max(chosen_by, key=chosen_by.get)
assert data.name != "mnist" or winner == "three convolutions"
winner if data.name == "mnist" else "three convolutions"
""")
md("""
Three convolutions win, on 6,000 digits that neither has learned from. Now the whole: a new `network`, all the training digits, five epochs. This takes about as long as the snippet. Press the stop button once, if you like, and run the cell again.
""")
code("""
gpu.seed(8)
called = "digit_reader" if data.name == "mnist" else f"{data.name}_reader"
network = build_network()
pupil = with_shift(network, updates=5 * -(-len(train_batch) // 128))
training = pupil.fit(train_batch, data.train_labels, batch_size=128, epochs=5, verbose=0,
                     callbacks=watching(called)).history
""")
code("""
assert data.within(training["accuracy"][-1], mnist=(0.985, 0.999), fashion=(0.7, 0.95))
draw.learning_curves(
    {"snippet": history.history, "three convolutions": training},
    "Loss and accuracy in training over five epochs, two networks each: all losses fall, and all "
    "accuracies rise towards 1.",
)
""")
md("""
Careful with this picture: the second network's digits were shifted, and so harder. Training curves of different tasks can't be compared. They tell whether training went well. Which network reads *new* digits better, they don't tell.
""")

# 3.8
md("""
## 3.8 The test digits, once

Everything is decided: the layers, the rate, the number of epochs. Now we open the test digits, 10,000 of them, and ask both networks. If we went back after this and changed something, they would be validation digits, and we would need others.
""", "slide")
code("""
del train_batch
from course_utils.by_hand.metrics import accuracy
from course_utils.waiting import waiting

test_batch = as_batch(data.test_pictures)
with waiting("reading the test pictures"):
    by_snippet = snippet.predict(test_batch, batch_size=500, verbose=0).argmax(axis=1)
    probabilities = softmax(network.predict(test_batch, batch_size=500, verbose=0))
read = probabilities.argmax(axis=1)
""")
code("""
old, new = accuracy(data.test_labels, by_snippet), accuracy(data.test_labels, read)
assert data.within(old, mnist=(0.975, 0.991), fashion=(0.75, 0.95))
assert data.within(new, mnist=(0.992, 0.998), fashion=(0.7, 0.95))
draw.bars(
    {"always the most frequent": 100 * baseline, "snippet": 100 * old, "our network": 100 * new},
    "Test pictures read correctly, in 100",
    "Three bars: the baseline is short; snippet and our network are nearly as long as can be.",
)
""")
md("""
At least 99.2 of 100. The snippet lies below 99.1. That sounds like a small gain, and is a large one: what counts is what is left to go wrong, and our network makes less than half as many errors as a rule.

Which errors? A **confusion matrix** counts how often each true class, a row, was read as each class, a column.
""")
kept("by_hand.metrics:confusion_matrix")
code("""
tiny = confusion_matrix([0, 1, 1, 2], [0, 1, 2, 2], classes=3)
assert tiny.tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 1]]
matrix = confusion_matrix(data.test_labels, read, classes=10)
assert matrix.sum() == len(read) and np.isclose(matrix.trace() / len(read), new)
draw.confusion(
    matrix, data.classes,
    "A table of ten rows, the true classes, and ten columns, what was read: large counts on the "
    "diagonal, and zeros or small counts elsewhere.",
)
""")
md("""
What was read correctly stands on the diagonal; its sum, divided by the sum of all, is the accuracy. Everything else is a mix-up. The matrix isn't symmetric: 4 read as 9 and 9 read as 4 are two counts.

### Exercise: the most frequent error
""")
exercise("worst_mix_up")
md("""
A table of errors isn't enough. Look at the pictures. For each: would you have known?
""")
code("""
wrong = np.flatnonzero(read != data.test_labels)
assert data.within(len(wrong), mnist=(20, 80), fashion=(50, 300))
said = [f"{data.classes[data.test_labels[i]]}, read {data.classes[read[i]]}" for i in wrong[:30]]
draw.gallery(
    data.test_pictures[wrong[:30]], said,
    "Thirty test pictures at most that the network reads wrongly; above each its label and what "
    "was read. Many are malformed, broken or open to two readings.", columns=8,
)
""")
md("""
At most 80 of 10,000 are wrong. Some can't be read by anybody, and a few labels may be mistakes. Others are plain to us and were missed: those show where the network is weak.

Does it know that it is in doubt? Here are the right and the wrong readings, and the mean of the probability that the network gave to its answer.
""")
code("""
certainty = probabilities.max(axis=1)
right_mean, wrong_mean = certainty[read == data.test_labels].mean(), certainty[wrong].mean()
assert data.within(right_mean, mnist=(0.98, 1), fashion=(0.6, 1)) and wrong_mean < right_mean - 0.1
draw.bars(
    {"right readings": right_mean, "wrong readings": wrong_mean}, "Mean probability of the answer",
    "Two bars: nearly 1 for right readings, clearly shorter for wrong ones.",
)
""")
md("""
Where it is wrong it is less sure, on average: that can be used.
""")

# 3.9
md("""
## 3.9 New pictures
""", "slide")
if upload:
    md("""
Now your own handwriting. Write a digit on paper, take a photograph, and upload it below; or use the one that is there. MNIST's digits are white on black, fill 20 of 28 pixels and are centred by their mass, and a network that knows nothing else needs yours in the same form. The explorer shows how it gets there.
""")
    code("""
from course_utils.widgets import DigitUpload

DigitUpload(network)
""")
md("""
What does the network say to a picture that is no digit? There is no class for that. We show it pictures from another collection, pieces of clothing. Guess: will it spread its probabilities evenly, since it knows none of them?
""")
code("""
strangers = datasets.load_pictures("mnist" if data.name == "fashion" else "fashion")
strange = softmax(np.asarray(network(as_batch(strangers.test_pictures[:1000]))))
three = {strangers.classes[strangers.test_labels[i]]: i for i in (0, 1, 2, 3)}
draw.probabilities(
    {name: strangers.test_pictures[i] for name, i in three.items()},
    {name: strange[i] for name, i in three.items()}, data.classes,
    "Pieces of clothing, and beside each a bar for every digit: although none is a digit, "
    "the probabilities are not spread evenly.",
)
""")
code("""
sure = np.mean(strange.max(axis=1) > 0.9)
assert sure > 0.05 and strange.max(axis=1).mean() < right_mean
print("For more than 50 of 1,000 strange pictures, one class gets a probability above 0.9.")
""")
quiz("quiz_no_digit")
md("""
Softmax shares out 1 among ten classes, whatever it sees. A threshold helps: below it, the network refuses to answer. It catches doubtful digits and many strange pictures, not all.

### Exercise: read or refuse
""")
exercise("read_or_refuse")
md("""
What does refusing cost? Of the test digits we accept only those whose answer has a probability of at least 0.9, and count the errors among them.
""")
code("""
accepted = certainty >= 0.9
kept_errors = np.mean(read[accepted] != data.test_labels[accepted])
assert data.within(accepted.mean(), mnist=(0.95, 0.999), fashion=(0.3, 0.95))
assert kept_errors < 0.7 * (1 - new)
print("Accepted pictures have at most 0.7 times the share of errors.")
""")
md("""
At least 95 of 100 test digits are still answered, with clearly fewer errors among them. Whoever uses a network chooses this number, and should know what an error costs.
""")

# 3.10
md("""
## 3.10 Save, load, predict

The network lives in this kernel's memory. A `.keras` file keeps its layers and weights together. The later lessons build on yours, if there is one, and on the course's own otherwise.
""", "slide")
code("""
from course_utils.models.classifier import OWN

path = OWN.with_name(f"{called}.keras")
path.parent.mkdir(exist_ok=True)
network.save(path)
assert data.name != "mnist" or path == OWN
path.name
""")
md("""
In another program, on another day, three lines are enough. The first test digit is a 7.
""")
code("""
reader = keras.saving.load_model(path)
first_scores = reader.predict(as_batch(data.test_pictures[:1]), verbose=0)
data.classes[first_scores.argmax()]
""")
code("""
again = np.asarray(reader(test_batch[:100])).argmax(axis=1)
assert np.array_equal(again, read[:100])
np.array_equal(again, read[:100])
""")
md("""
The loaded network reads as the one that was saved.

## Check yourself

Can you answer these without scrolling up? What does a network pay that gives the right class a probability of one half? Why did the snippet fail, and on which axis? Why is Adam called forgiving? Which of the two curves shows overfitting, and where? Why may the test digits be looked at once only? What does softmax say to a shirt?
""", "slide")
code("""
exercises.progress()
""")
md("""
## In practice

- **Look at the data, then at the errors.** Both take minutes, and find what no number shows: wrong labels, cut-off pictures, classes that overlap.
- **First make it overfit.** A network that can't learn 500 examples by heart has a mistake in it. Then cure.
- **The first loss** should be about the logarithm of the number of classes. If it is far above, something is wrong already.
- **Augment with what leaves the label true.** A shift does; a mirror makes nonsense of most digits, and none of shoes.
- **A photograph from the street is no MNIST digit.** What comes in must be prepared as the training data were.
- **Seeds.** Train three times before you believe a difference of 0.1 per cent: chance alone makes as much.

99.4 % is good for a network of this size. The best published ones make about 20 errors in 10,000, with many networks that vote.
""", "slide")
md("""
## Further reading

- Y. LeCun and others, *Gradient-based learning applied to document recognition* (1998), sections II and III: LeNet-5, MNIST, and what others scored on it.
- I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning* (2016), sections 6.2.2: softmax and cross-entropy; 7.4, 7.8 and 7.12: augmentation, early stopping, dropout; 8.3 and 8.5: momentum, RMSProp, Adam.
- D. Kingma and J. Ba, *Adam: a method for stochastic optimization* (2015), sections 2 and 3.
- N. Srivastava and others, *Dropout: a simple way to prevent neural networks from overfitting* (2014), section 4.
- A. Wilson and others, *The marginal value of adaptive gradient methods in machine learning* (2017): where plain SGD wins.
- I. Loshchilov and F. Hutter, *SGDR: stochastic gradient descent with warm restarts* (2017), section 3: the cosine.
- H. Xiao, K. Rasul and R. Vollgraf, *Fashion-MNIST* (2017): the clothes.

**Next:** lesson 4, which is to follow, looks into this network: what its filters have learned, and where it looks.
""", "slide")

for index, cell in enumerate(cells, 1):
    cell["id"] = f"cell-{index:02d}"
notebook = new_notebook(cells=cells, metadata=dict(first.metadata))
out = Path(sys.argv[1]) / "03_mnist_cnn.ipynb"
nbformat.write(notebook, out)
print(out, len(cells))
