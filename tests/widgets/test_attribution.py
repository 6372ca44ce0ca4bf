"""Attribution with an untrained network: its maps, what it remembers, refusals, what is shown."""

import html
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields

import keras
import live
import numpy as np
import pytest
from keras import layers

from course_utils.by_hand.ranks import rank_correlation
from course_utils.probe import Attributor, randomised
from course_utils.probe.attribution import strength
from course_utils.widgets.attribution import METHODS, Attribution

SENTENCE = r"^Expected .*\. Received .*\.$"
NAMES = ["shirt", "boot", "<bag> & 'more'"]


def make_network(channels=1, classes=3):
    keras.utils.set_random_seed(4)
    return keras.Sequential([
        keras.Input((14, 12, channels)),
        layers.Conv2D(4, 3, strides=2, activation="relu", name="a"),
        layers.Conv2D(5, 3, padding="same", activation="relu", name="b"),
        layers.Flatten(), layers.Dense(classes, name="scores"),
    ])  # fmt: skip


@pytest.fixture(scope="module")
def network():
    return make_network()


@pytest.fixture(scope="module")
def image():
    return np.random.default_rng(1).random((14, 12, 1), np.float32)


@pytest.fixture(scope="module")
def made(network, image):
    return Attribution(network, image, classes=NAMES, label=2)


@pytest.fixture
def explorer(made):
    """Return the one explorer of this module as it started: making it compiles."""
    return made.reset()


def same(one, other):
    for field in fields(one):
        np.testing.assert_equal(getattr(one, field.name), getattr(other, field.name))


# --- maps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [
    {}, {"target": 1, "score": "probability"}, {"layer": "a", "noise": 0.3},
    {"window": 4, "cover": "white"}, {"randomised": 2, "target": 0},
])  # fmt: skip
def test_the_maps_are_the_attributors(explorer, network, image, changes):
    state = explorer.set(**changes).state
    asked = Attributor(randomised(network, state.randomised, seed=0))
    which = (image, state.target, state.score)
    fill = {"black": 0, "white": 1}[state.cover]
    smooth = asked.smooth_gradient(*which, spread=state.noise)
    expected = {
        "saliency": asked.saliency(*which),
        "SmoothGrad": strength(smooth),
        "Grad-CAM": asked.grad_cam(*which, state.layer),
        "occlusion": asked.occlusion(*which, window=state.window, fill=fill),
    }
    assert list(explorer.data.maps) == list(METHODS)
    for method, heat in explorer.data.maps.items():
        np.testing.assert_allclose(heat, expected[method], rtol=1e-3, atol=1e-6)


def test_the_start_is_the_predicted_class_from_its_logit_at_the_last_convolution(
    explorer, network, image
):
    logits = network.predict(image[None], verbose=0)[0]
    assert explorer.state.target == explorer.data.predicted == logits.argmax()
    assert (explorer.state.score, explorer.state.layer) == ("logit", "b")
    assert explorer.data.logit == pytest.approx(logits.max(), rel=1e-4)
    assert explorer.data.alike == {} and explorer.weighted == ["a", "b", "scores"]


def test_random_layers_are_compared_with_the_trained_network(explorer, network):
    trained, weights = explorer.data.maps, network.get_weights()
    data = explorer.set(randomised=3).data
    assert data.alike == {m: rank_correlation(data.maps[m], trained[m]) for m in METHODS}
    assert explorer.set(randomised=0).data.alike == {}
    for one, other in zip(weights, network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    for method in METHODS:
        np.testing.assert_array_equal(explorer.data.maps[method], trained[method])


def test_compute_is_pure_and_its_maps_are_read_only(explorer):
    explorer.set(randomised=1)
    state = explorer.state
    same(explorer.compute(state), explorer.data)
    explorer.set(randomised=2)
    explorer.set(randomised=1)
    same(explorer.compute(state), explorer.data)
    with pytest.raises(ValueError, match="read-only"):
        explorer.data.maps["saliency"][0, 0] = 1
    with pytest.raises(FrozenInstanceError):
        explorer.state.target = 2


def test_what_was_seen_is_remembered(explorer, monkeypatch):
    explorer.set(target=1)
    maps = explorer.data.maps
    for name in ("look", "smooth_gradient", "occlusion"):
        monkeypatch.setattr(Attributor, name, lambda *_, **__: pytest.fail("computed again"))
    explorer.set(layer="a")
    explorer.set(target=explorer.start.target)
    explorer.set(target=1, layer="b")
    assert all(explorer.data.maps[method] is maps[method] for method in METHODS)


def test_a_network_that_has_learned_since_is_asked_anew(image):
    network = make_network()
    explorer = Attribution(network, image, methods="saliency")
    before = explorer.data.maps["saliency"]
    explorer.set(randomised=1)
    network.set_weights([3 * weight for weight in network.get_weights()])
    explorer.set(randomised=0)
    expected = Attributor(network).saliency(image, explorer.state.target)
    np.testing.assert_allclose(explorer.data.maps["saliency"], expected, rtol=1e-4)
    assert np.abs(before - expected).max() > 0


# --- other models and pictures -------------------------------------------------------------------


def test_a_network_that_ends_in_softmax(network, image, explorer):
    ends = keras.Sequential([network, layers.Softmax()])
    other = Attribution(ends, image, methods=["saliency", "Grad-CAM"])
    assert other.state.layer == f"{network.name}/b"
    for method, heat in other.data.maps.items():
        np.testing.assert_allclose(heat, explorer.data.maps[method], rtol=1e-3, atol=1e-6)


def test_probabilities_without_logits_are_what_is_asked_for(image):
    averaged = keras.Sequential([
        keras.Input((None, None, 1)), layers.Conv2D(3, 3, activation="softmax", name="c"),
        layers.GlobalAveragePooling2D(name="mean"),
    ])  # fmt: skip
    explorer = Attribution(averaged, image, methods="Grad-CAM")
    assert explorer.state.score == "probability" and explorer.data.logit is None
    assert "logit" not in live.readout(explorer)
    with pytest.raises(ValueError, match="logits of .* cannot be found"):
        explorer.set(score="logit")


def test_colours_and_values_beyond_0_to_1(image):
    network = keras.Sequential([keras.Input((14, 12, 3)), layers.Rescaling(1 / 255),
                                make_network(channels=3)])  # fmt: skip
    explorer = Attribution(network, np.repeat(image, 3, axis=2) * 255, label=0)
    explorer.set(cover="grey")
    assert explorer.draw(explorer.data, explorer.state).png() and live.pictures(explorer)
    expected = Attributor(network).occlusion(explorer.image, explorer.state.target, fill=255 / 2)
    np.testing.assert_allclose(explorer.data.maps["occlusion"], expected, rtol=1e-3, atol=1e-5)


def test_a_large_picture_is_covered_in_longer_steps():
    network = keras.Sequential([keras.Input((90, 60, 1)), layers.Conv2D(2, 9, strides=9, name="c"),
                                layers.GlobalAveragePooling2D()])  # fmt: skip
    image = np.random.default_rng(0).random((90, 60, 1))
    heat = Attribution(network, image, methods="occlusion").data.maps["occlusion"]
    assert heat.shape == (90, 60) and np.ptp(heat) > 0


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes, words", [
    ({"target": 3}, "a class from 0 to 2. Received 3"), ({"target": -1}, "from 0 to 2"),
    ({"target": "glove"}, "class as one of shirt, boot"), ({"target": None}, "from 0 to 2"),
    ({"target": 1.0}, "from 0 to 2"), ({"score": "loss"}, "one of logit, probability"),
    ({"score": None}, "one of logit"), ({"layer": "scores"}, "layer as one of a, b. Received 'sc"),
    ({"layer": ["a"]}, "one of a, b"), ({"randomised": 4}, "randomised .* from 0 to 3"),
    ({"randomised": True}, "from 0 to 3"), ({"randomised": -1}, "from 0 to 3"),
    ({"window": 0}, "window .* from 1 to 12"), ({"window": 13}, "from 1 to 12"),
    ({"window": 2.5}, "from 1 to 12"), ({"noise": -0.1}, "noise as a number from 0 to 1"),
    ({"noise": float("nan")}, "noise"), ({"noise": "much"}, "noise"), ({"cover": "red"}, "black, "),
    ({"picture": 0}, "Expected one of target, score"),
])  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_moves(explorer, changes, words):
    explorer.live()
    state, data, page = explorer.state, explorer.data, live.page(explorer)
    with pytest.raises(ValueError, match=words) as refusal:
        explorer.set(**changes)
    assert refusal.match(SENTENCE)
    assert explorer.state is state and explorer.data is data and live.page(explorer) == page


@pytest.mark.parametrize("shape", [(14, 12), (12, 14, 1), (1, 14, 12, 1), (14, 12, 3), ()])
def test_an_image_of_another_shape_is_refused(network, shape):
    words = rf"one image of shape \(14, 12, 1\).* Received shape {re.escape(str(shape))}"
    with pytest.raises(ValueError, match=words):
        Attribution(network, np.zeros(shape))


@pytest.mark.parametrize("settings, words", [
    (dict(methods=["saliency", "LIME"]), "saliency, SmoothGrad, Grad-CAM, occlusion. Received 'LI"),
    (dict(methods="LIME"), "Received 'LIME'"), (dict(methods=[]), "one or more methods"),
    (dict(methods=[3]), "Received 3"), (dict(classes=["a", "b"]), "3 names .* Received 2"),
    (dict(label=3), "from 0 to 2"), (dict(classes=NAMES, label="glove"), "class as one of shirt"),
])  # fmt: skip
def test_other_arguments_that_cannot_be(network, image, settings, words):
    with pytest.raises(ValueError, match=words) as refusal:
        Attribution(network, image, **settings)
    assert refusal.match(SENTENCE)


def test_a_model_that_is_no_classifier_is_refused(image):
    dense = keras.Sequential([keras.Input((14, 12, 1)), layers.Flatten(), layers.Dense(3)])
    with pytest.raises(ValueError, match="a model with a convolution"):
        Attribution(dense, image)
    with pytest.raises(ValueError, match="Expected finite numbers as image"):
        Attribution(make_network(), np.full((14, 12, 1), np.nan))


# --- words and pictures --------------------------------------------------------------------------


def test_the_description_is_stable_and_tells_the_settings(explorer):
    words = explorer.set(target="boot", layer="a", window=4, cover="grey").description
    for part in ("14 × 12 pixels, labelled <bag>", "class boot", "judged by its logit", "maps of a",
                 "grey square of 4 × 4", "its own largest value"):  # fmt: skip
        assert part in words
    assert not re.search(r"\d\.\d|nan|\n", words)
    assert explorer.description == repr(explorer)
    explorer.set(randomised=2)
    assert "weights of the last 2 layers with weights, b to scores, are random" in repr(explorer)
    explorer.set(randomised=1)
    assert "weights of the last layer with weights, scores, are random" in repr(explorer)


def test_an_empty_map_says_so_in_every_form(image):
    network = make_network()
    kernel, bias = network.get_layer("scores").get_weights()
    network.get_layer("scores").set_weights([kernel, bias + [200, 0, 0]])
    explorer = Attribution(network, image, methods=["saliency", "Grad-CAM"])
    assert "zero" not in explorer.description + live.readout(explorer)
    explorer.set(score="probability", randomised=0)
    assert "this map is all zero" in explorer.description
    assert "saliency is all zero, Grad-CAM is all zero" in live.readout(explorer)
    assert live.page(explorer).count("<b>all zero</b>") == 2
    figure = explorer.draw(explorer.data, explorer.state).figure
    titles = [axes.get_xlabel() for axes in figure.axes]
    assert titles.count("all zero") == 2
    explorer.set(randomised=1)
    assert set(explorer.data.alike.values()) == {None}
    assert "saliency none, Grad-CAM none" in live.readout(explorer)


@pytest.mark.parametrize("randomised", [0, 3])
def test_the_figure_tells_class_score_and_methods(explorer, randomised):
    explorer.set(randomised=randomised)
    figure = explorer.draw(explorer.data, explorer.state).figure
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert [title.split("\n")[0] for title in titles] == [f"labelled {NAMES[2]}", *METHODS]
    assert len({title.count("\n") for title in titles}) == 1  # so that they stand in one line
    heading = f"class {NAMES[explorer.state.target]}, judged by its logit"
    assert figure.get_suptitle().startswith(heading)
    assert ("random: the last 3 layers" in figure.get_suptitle()) == bool(randomised)


# --- live ----------------------------------------------------------------------------------------


def test_a_view_for_each_method_with_words_and_numbers(explorer):
    page = live.page(explorer)
    captions = [html.unescape(one) for one in re.findall(r"<figcaption>(.*?)</figcaption>", page)]
    maps = ["saliency", "SmoothGrad", "Grad-CAM at b", "occlusion"]
    assert captions == [f"labelled {NAMES[2]}", *maps]
    alts = [html.unescape(one) for one in re.findall(r'<img [^>]*alt="([^"]*)"', page)]
    assert explorer.description in alts and all(alts)
    ends = re.findall(r"<span>([^<]+)</span><span>([^<]+)</span>", page)
    largest = [np.abs(heat).max() for heat in explorer.data.maps.values()]
    for (_, high), size in zip(ends, largest, strict=True):
        assert float(high) == pytest.approx(size, rel=0.1)
    assert [low for low, _ in ends] == ["0", "0", "0", f"−{ends[3][1]}"]
    assert "<bag>" not in page and "&lt;bag&gt;" in page


def test_only_the_methods_asked_for_and_their_settings(network, image):
    explorer = Attribution(network, image, methods=["Grad-CAM", "saliency", "Grad-CAM"])
    assert list(explorer.data.maps) == ["Grad-CAM", "saliency"]
    assert list(explorer.controls()) == ["target", "score", "randomised", "layer"]
    assert "Occlusion" not in explorer.description


def test_by_hand(explorer):
    pictures, words = live.pictures(explorer), live.readout(explorer)
    live.find(explorer, "Class").value = 1
    assert explorer.state.target == 1 and "Class boot" in live.readout(explorer)
    live.find(explorer, "Score").value = "probability"
    live.find(explorer, "Grad-CAM at").value = "a"
    live.find(explorer, "Random layers").value = 2
    assert "Rank correlation with the trained network" in live.readout(explorer)
    live.find(explorer, "Noise").value = 7
    assert "Expected noise" in live.refusal(explorer) and explorer.state.noise == 0.15
    live.press(explorer, "Reset")
    assert live.pictures(explorer) == pictures and live.readout(explorer) == words
    assert live.find(explorer, "Class").value == explorer.state.target


def test_importing_it_loads_no_keras():
    code = (
        "import sys; from course_utils.widgets.attribution import Attribution\n"
        "print([m for m in ('matplotlib.pyplot', 'keras', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
