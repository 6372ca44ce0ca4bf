"""The network that reads digits: its shape, its training, and how it is found again."""

import keras
import numpy as np
import pytest

from course_utils.datasets import load_mnist, verified_path
from course_utils.errors import CourseError
from course_utils.models import classifier


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Return where a student's own network would be; there is none yet."""
    path = tmp_path / "digit_reader.keras"
    monkeypatch.setattr(classifier, "OWN", path)
    return path


def test_as_batch_adds_the_channel_and_scales_exactly():
    pictures = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    batch = classifier.as_batch(pictures)
    assert batch.shape == (1, 16, 16, 1) and batch.dtype == np.float32
    assert np.array_equal(batch[0, ..., 0], pictures[0].astype(np.float32) / np.float32(255))
    assert batch.min() == 0 and batch.max() == 1


def test_the_network_gives_ten_logits_with_few_parameters():
    network = classifier.build_network()
    assert network.input_shape == (None, 28, 28, 1) and network.output_shape == (None, 10)
    assert network.count_params() == 171_722
    assert network.layers[-1].activation is keras.activations.linear
    assert classifier.build_network(classes=3).output_shape == (None, 3)


@pytest.mark.parametrize("updates", [20, 1000, 2345])
def test_the_rate_rises_to_its_peak_and_falls_to_nothing(updates):
    rate = classifier.learning_rates(updates, peak=0.01)
    rates = np.array([float(rate(step)) for step in range(updates + 1)])
    top = round(0.15 * updates)
    assert rates[0] == pytest.approx(0.01 / 20) and rates[top] == pytest.approx(0.01)
    assert (np.diff(rates[: top + 1]) > 0).all() and (np.diff(rates[top:]) < 0).all()
    assert rates[-1] == pytest.approx(0, abs=1e-7)
    halfway = top + (updates - top) / 2
    assert float(rate(halfway)) == pytest.approx(0.005)  # half of a half cosine


def test_training_changes_the_network_itself_and_learns():
    (pictures, labels), _ = load_mnist()
    batch, labels = classifier.as_batch(pictures[:1024]), labels[:1024]
    keras.utils.set_random_seed(1)
    network = classifier.build_network()
    before = network.layers[0].get_weights()[0].copy()
    history = classifier.train(network, batch, labels, epochs=4)
    assert len(history.history["loss"]) == 4
    assert history.history["loss"][-1] < history.history["loss"][0] / 2
    assert not np.allclose(before, network.layers[0].get_weights()[0])
    assert [layer.name for layer in network.layers] == [
        "convolution_1", "convolution_2", "pooling", "convolution_3", "flatten", "dense", "scores"
    ]  # fmt: skip


def test_the_shipped_network_reads_the_test_digits(own):
    _, (pictures, labels) = load_mnist()
    logits = classifier.load_digit_reader().predict(classifier.as_batch(pictures), verbose=0)
    assert (logits.argmax(axis=-1) == labels).mean() >= 0.992


def test_the_students_own_network_comes_first(own):
    network = classifier.build_network()
    network.save(own)
    found = classifier.load_digit_reader()
    for one, other in zip(network.get_weights(), found.get_weights(), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("content", [b"", b"no network", b"PK\x03\x04 torn"])
def test_an_own_network_that_cannot_be_read_is_passed_over_with_a_sentence(own, content, capsys):
    own.write_bytes(content)
    assert same_weights(classifier.load_digit_reader())
    said = capsys.readouterr().out
    assert own.name in said and "here is the course's network" in said and said.count("\n") == 1


def test_an_own_network_of_other_pictures_is_passed_over(own, capsys):
    keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()]).save(own)
    assert same_weights(classifier.load_digit_reader())
    assert "(8, 8, 1)" in capsys.readouterr().out


def test_weights_that_are_not_as_shipped_are_refused(own, monkeypatch):
    def refused(name):
        raise CourseError(f"data/{name} is another file.")

    monkeypatch.setattr(classifier, "verified_path", refused)
    with pytest.raises(CourseError, match="digit_reader.weights.h5"):
        classifier.load_digit_reader()


def same_weights(network):
    """Return True when a network has the shipped weights."""
    shipped = classifier.build_network()
    shipped.load_weights(verified_path(classifier.SHIPPED))
    pairs = zip(network.get_weights(), shipped.get_weights(), strict=True)
    return all(np.array_equal(one, other) for one, other in pairs)
