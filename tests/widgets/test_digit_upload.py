"""DigitUpload with an untrained network: files by hand in both shapes, refusals, what is shown."""

import datetime
import html
import io
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError

import ipywidgets
import keras
import live
import numpy as np
import pytest
from PIL import Image
from readers import small_reader

from course_utils import datasets
from course_utils.by_hand.metrics import softmax
from course_utils.handwriting import as_digit, photographed
from course_utils.widgets import DigitUpload, digit_upload

IS_SEVEN = isinstance(ipywidgets.FileUpload().value, dict)
SENTENCE = r"^Expected .*\. Received [^\n]*: [^\n]*\.$"


@pytest.fixture(scope="module")
def network():
    return small_reader()


@pytest.fixture(scope="module")
def pages():
    (_, _), (digits, _) = datasets.load_mnist()
    return [photographed(digits[place]) for place in (0, 1, 2, 4)]


@pytest.fixture
def upload(network, pages):
    return DigitUpload(network, pages[0])


def as_file(page, kind="PNG"):
    stream = io.BytesIO()
    Image.fromarray((page * 255).round().astype("uint8")).save(stream, kind)
    return stream.getvalue()


def button(explorer):
    (found,) = [w for w in live.walk(explorer.live()) if isinstance(w, ipywidgets.FileUpload)]
    return found


def choose(explorer, content, name="digit.png"):
    """Do what the browser does when a file was chosen."""
    widget = button(explorer)
    if IS_SEVEN:
        state = {"metadata": [{"name": name, "size": len(content)}], "data": [content],
                 "_counter": widget._counter + 1}  # fmt: skip
        with widget.hold_trait_notifications():
            for key, value in state.items():
                setattr(widget, key, value)
    else:
        day = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
        widget.value = ({"name": name, "type": "image/png", "size": len(content),
                         "content": memoryview(content), "last_modified": day},)  # fmt: skip


# --- what it computes ----------------------------------------------------------------------------


def test_the_probabilities_are_the_networks(upload, network, pages):
    digit = as_digit(pages[0])
    logits = network.predict(digit.pixels[None, ..., None], verbose=0)
    np.testing.assert_allclose(upload.data.probabilities, softmax(logits[0]), rtol=1e-3)
    assert upload.data.order[0] == logits.argmax()
    assert list(upload.data.digit.steps) == list(digit.steps)


def test_a_network_that_ends_in_softmax_is_taken_at_its_word(upload, network):
    ends = keras.Sequential([network, keras.layers.Softmax()])
    page = upload.state.picture
    np.testing.assert_allclose(
        DigitUpload(ends, page).data.probabilities, upload.data.probabilities, atol=1e-5
    )


@pytest.mark.parametrize("answer", [
    np.zeros((1, 9)), np.zeros(10), np.zeros((1, 28, 28, 10)), np.full((1, 10), np.nan),
    np.full((1, 10), np.inf), np.zeros((0, 10)),
])  # fmt: skip
def test_another_kind_of_network_is_refused(pages, answer):
    with pytest.raises(ValueError, match=SENTENCE):
        DigitUpload(lambda batch, training: answer, pages[0])


def test_the_network_gets_a_batch_of_one_and_is_not_trained(pages):
    seen = []

    def network(batch, training):
        seen.append((batch.shape, batch.dtype, training))
        return np.arange(10.0)[None]

    DigitUpload(network, pages[0])
    assert seen == [((1, 28, 28, 1), np.float32, False)]


def test_the_start_is_a_digit_of_mnist_as_a_photograph(network):
    upload = DigitUpload(network)
    assert upload.state.picture.shape == (300, 400)
    assert upload.description == DigitUpload(network).description == repr(upload)


# --- set -----------------------------------------------------------------------------------------


def test_a_picture_from_code(upload, pages, tmp_path):
    path = tmp_path / "digit.png"
    path.write_bytes(as_file(pages[1]))
    shown = [upload.set(picture=way).data for way in (path, str(path), path.read_bytes())]
    for data in shown:
        np.testing.assert_array_equal(data.digit.pixels, shown[0].digit.pixels)
    assert (shown[0].digit.pixels != as_digit(pages[0]).pixels).any()


def test_the_state_is_frozen_and_its_own(upload, pages):
    with pytest.raises(FrozenInstanceError):
        upload.state.picture = None
    with pytest.raises(ValueError, match="read-only"):
        upload.state.picture[0, 0] = 1
    page = pages[1].copy()
    upload.set(picture=page)
    page[:] = 0
    assert upload.state.picture.max() > 0.5


def test_compute_is_pure(upload):
    one, other = upload.compute(upload.state), upload.compute(upload.state)
    np.testing.assert_array_equal(one.probabilities, other.probabilities)
    np.testing.assert_array_equal(one.digit.pixels, upload.data.digit.pixels)


@pytest.mark.parametrize("wrong", [None, 7, "no.png", b"text", np.ones((9, 9)), np.eye(9) * 255])
def test_a_wrong_picture_from_code_is_refused_and_nothing_moves(upload, wrong):
    upload.live()
    state, data, page = upload.state, upload.data, live.page(upload)
    with pytest.raises(ValueError, match=SENTENCE):
        upload.set(picture=wrong)
    assert upload.state is state and upload.data is data and live.page(upload) == page


def test_reset_brings_the_first_picture_back(upload, pages):
    first = upload.data.digit.pixels
    upload.set(picture=pages[2])
    upload.reset()
    np.testing.assert_array_equal(upload.data.digit.pixels, first)


# --- by hand -------------------------------------------------------------------------------------


def test_a_file_chosen_by_hand_moves_picture_and_readout(upload, pages):
    pictures, words = live.pictures(upload), live.readout(upload)
    choose(upload, as_file(pages[1]))
    np.testing.assert_array_equal(upload.data.digit.pixels, as_digit(as_file(pages[1])).pixels)
    assert live.pictures(upload) != pictures and live.readout(upload) != words
    assert live.refusal(upload) == "" and len(button(upload).value) == 1


def test_a_wrong_file_is_refused_and_the_last_picture_stays(upload, pages):
    choose(upload, as_file(pages[1]))
    pictures, words, state = live.pictures(upload), live.readout(upload), upload.state
    choose(upload, b"%PDF-1.7", "digit.pdf")
    assert "Received a PDF" in live.refusal(upload)
    assert live.pictures(upload) == pictures and live.readout(upload) == words
    assert upload.state is state
    choose(upload, as_file(pages[2]))
    assert live.refusal(upload) == "" and live.pictures(upload) != pictures


def test_an_empty_page_by_hand_says_so(upload):
    upload.live()
    choose(upload, as_file(np.ones((50, 50))))
    assert "without clear ink" in live.refusal(upload)


def test_the_same_file_can_be_chosen_again_after_reset(upload, pages):
    content = as_file(pages[1])
    choose(upload, content)
    chosen = upload.data.digit.pixels
    live.press(upload, "Reset")
    assert not button(upload).value and (upload.data.digit.pixels != chosen).any()
    choose(upload, content)
    np.testing.assert_array_equal(upload.data.digit.pixels, chosen)


def test_what_was_chosen_is_forgotten_when_code_sets_another(upload, pages):
    choose(upload, as_file(pages[1]))
    upload.set(picture=pages[2])
    assert not button(upload).value


@pytest.mark.parametrize("files", [
    {"a.png": {"metadata": {"name": "a.png"}, "content": b"abc"}},
    ({"name": "a.png", "content": memoryview(b"abc")},),
    ({"name": "a.png", "content": b"abc"},),
])  # fmt: skip
def test_files_of_ipywidgets_7_and_8(files):
    control = digit_upload.Upload("Upload a picture")
    control.box = type("Box", (), {"value": files})()
    assert control.read() == b"abc"


def test_the_button_is_named_and_takes_one_picture(upload):
    widget = button(upload)
    assert widget.description == "Upload a picture"
    assert widget.accept == "image/*" and not widget.multiple


def test_what_did_not_change_is_not_sent_again(upload):
    sent = []
    for widget in live.walk(upload.live()):
        widget.observe(sent.append, names="value") if hasattr(widget, "value") else None
    upload.set()
    assert sent == []


# --- what is shown -------------------------------------------------------------------------------


def test_each_class_has_a_bar_and_a_number(upload):
    page = live.page(upload)
    (bars,) = re.findall(r"<figcaption>probability</figcaption>(.*?)</figure>", page)
    assert len(re.findall(r"width:\d+px", bars)) == 10
    numbers = re.findall(r"</span>([^<]+)</div>", bars)
    assert len(numbers) == 10 and all(re.match(r"(&[lg]t;)?[01]\.\d\d", one) for one in numbers)


def test_pictures_have_words_and_a_name(upload):
    images = re.findall(r'<img [^>]*alt="([^"]+)"', live.page(upload))
    assert [words.split(",")[0] for words in images] == list(upload.data.digit.steps)
    assert upload.description in html.unescape(live.page(upload))


def test_the_description_names_steps_and_no_number_of_the_network(upload, pages):
    words = upload.description
    assert "300 × 400" in words and not re.search(r"\d\.\d", words)
    upload.set(picture=pages[1])
    assert upload.description == words  # the readout tells them apart
    upload.set(picture=pages[1][:290])
    assert "290 × 400" in upload.description


def test_the_readout_names_the_class_and_its_probability(upload):
    first, second = upload.data.order[:2]
    said = live.readout(upload)
    assert re.match(rf"Read as <b>{first}</b> with probability [^ ]+\. Next comes {second} ", said)


def test_importing_it_loads_no_keras():
    code = (
        "import sys; from course_utils.widgets import DigitUpload\n"
        "print([m for m in ('matplotlib.pyplot', 'keras', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
