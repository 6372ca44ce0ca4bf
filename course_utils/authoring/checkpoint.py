"""Training the network that the course ships, as lesson 03 trains it."""

import hashlib

from course_utils.datasets import SUMS, format_sums, load_mnist, read_sums
from course_utils.places import DATA
from course_utils.startup import start_keras


def train_and_ship(folder=DATA):
    """Train on all 60,000 digits, write weights and their sum; return (path, test accuracy).

    Another machine gives other weights in the last digits: what is shipped is one training, and
    its sum guards it.
    """
    start_keras()
    from course_utils.models import classifier

    (pictures, labels), (test_pictures, test_labels) = load_mnist()
    network = classifier.build_network()
    classifier.train(network, classifier.as_batch(pictures), labels)
    predicted = network.predict(classifier.as_batch(test_pictures), verbose=0).argmax(axis=-1)
    path = folder / classifier.SHIPPED
    path.parent.mkdir(exist_ok=True)
    network.save_weights(path)
    write_sum(path, classifier.SHIPPED, folder)
    return path, float((predicted == test_labels).mean())


def write_sum(path, name, folder):
    """Put a file's sum into the folder's list, in its place."""
    sums = read_sums(folder / SUMS)
    sums[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / SUMS).write_text(format_sums(sums), encoding="utf-8", newline="\n")
