"""Train one network on all of MNIST and print seconds, test accuracy and peak memory as JSON.

    python tests/benchmarks/digit_training.py snippet 1

A process of its own for each training: none inherits another's memory or warm caches.
"""

import json
import sys
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from course_utils.datasets import load_mnist
from course_utils.models import classifier


def snippet(pictures, labels):
    """The well-known snippet, as its authors meant it: batches of 32, five epochs."""
    import keras
    from keras import layers

    network = keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    network.fit(pictures, labels, epochs=5, verbose=0)
    return network


def mnist_convnet(pictures, labels):
    """The network of keras.io's example "Simple MNIST convnet": its batch size and its epochs."""
    import keras
    from keras import layers

    network = keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    network.fit(pictures, labels, batch_size=128, epochs=15, verbose=0)
    return network


def course(pictures, labels):
    """Lesson 03's network and its training."""
    network = classifier.build_network()
    classifier.train(network, pictures, labels)
    return network


NETWORKS = {one.__name__: one for one in (snippet, course, mnist_convnet)}


def measure(name, seed):
    """Return {"seconds", "accuracy", "megabytes"} of one training; the test digits judge once."""
    import resource

    import keras

    (pictures, labels), (test_pictures, test_labels) = load_mnist()
    pictures = classifier.as_batch(pictures)
    keras.utils.set_random_seed(seed)
    started = perf_counter()
    network = NETWORKS[name](pictures, labels)
    seconds = perf_counter() - started
    predicted = network.predict(classifier.as_batch(test_pictures), verbose=0).argmax(axis=-1)
    return {
        "seconds": seconds,
        "accuracy": float((predicted == test_labels).mean()),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
