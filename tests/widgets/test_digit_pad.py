"""DigitPad: strokes from code, from a canvas and as text; what is read, what is kept."""

import html
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError

import live
import numpy as np
import pytest
from readers import ink_of_columns, small_reader

from course_utils import datasets
from course_utils.by_hand.metrics import softmax
from course_utils.handwriting import ink_as_digit, my_digits, nearest_digits
from course_utils.handwriting.strokes import as_strokes, as_text, drawn
from course_utils.models.classifier import SHIPPED, build_network
from course_utils.widgets.digit_pad import DigitPad, State
from course_utils.widgets.digit_reading import compiled

SENTENCE = r"^Expected [^\n]*\. Received [^\n]*\.$"
SEVEN = as_strokes("seven")


@pytest.fixture(scope="module")
def network():
    return small_reader()


@pytest.fixture
def pad():
    return DigitPad(ink_of_columns, "seven")


@pytest.fixture
def core(monkeypatch):
    monkeypatch.setenv("COURSE_CORE_WIDGETS", "1")


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CHECKPOINTS", str(tmp_path))
    return tmp_path


@pytest.fixture
def with_canvas(monkeypatch):
    """Let anywidget make a canvas, as it does in a browser."""
    pytest.importorskip("anywidget")
    monkeypatch.delenv("COURSE_CORE_WIDGETS")


def canvas(explorer):
    """Return the canvas."""
    (found,) = [w for w in live.walk(explorer.live()) if type(w).__name__ == "PadCanvas"]
    return found


def as_json(strokes):
    return [[[*point] for point in stroke] for stroke in strokes]


# --- what it computes ----------------------------------------------------------------------------


def test_the_digit_goes_from_strokes_through_mnists_steps_to_the_network(network):
    pad = DigitPad(network, "two", pen=6)
    digit = ink_as_digit(drawn(as_strokes("two"), 6))
    logits = network.predict(digit.pixels[None, ..., None], verbose=0)
    np.testing.assert_array_equal(pad.data.reading.digit.pixels, digit.pixels)
    np.testing.assert_allclose(pad.data.reading.probabilities, softmax(logits[0]), rtol=1e-3)
    assert pad.data.nearest.labels.tolist() == nearest_digits(digit.pixels).labels.tolist()


@pytest.mark.parametrize("name, digit", [("zero", 0), ("one", 1), ("two", 2), ("three", 3),
                                         ("four", 4), ("seven", 7), ("seven with a bar", 7)])
def test_the_courses_network_reads_plain_digits(name, digit, reader):
    pad = DigitPad(reader, name, meant=digit)
    assert pad.data.reading.order[0] == digit
    assert (pad.data.nearest.labels == digit).all()
    assert "fooled" not in pad.readout(pad.data, pad.state)


def test_a_four_like_a_nine_fools_it(reader):
    pad = DigitPad(reader, "four like a nine", meant=4)
    assert "It was fooled: you meant a 4, it reads a 9." in pad.readout(pad.data, pad.state)


@pytest.fixture(scope="module")
def reader():
    network = build_network()
    network.load_weights(datasets.verified_path(SHIPPED))
    return network


def test_what_is_compiled_reads_the_weights_anew(network):
    batch = np.random.default_rng(2).random((1, 28, 28, 1), np.float32)
    read = compiled(network)
    before = np.asarray(read(batch, training=False))
    np.testing.assert_allclose(before, network(batch, training=False), rtol=1e-4)
    last = network.layers[-1]
    weights = last.get_weights()
    try:
        last.set_weights([weights[0], weights[1] + 5])
        np.testing.assert_allclose(read(batch, training=False), before + 5, rtol=1e-4)
    finally:
        last.set_weights(weights)
    assert compiled(ink_of_columns) is ink_of_columns


@pytest.mark.parametrize("answer", [np.zeros((1, 9)), np.full((1, 10), np.nan), np.zeros((0, 10))])
def test_another_kind_of_network_is_refused(answer):
    with pytest.raises(ValueError, match=SENTENCE):
        DigitPad(lambda batch, training: answer, "one")


def test_an_empty_pad_says_so_and_asks_no_network(core):
    pad = DigitPad(lambda *_, **__: pytest.fail("was asked"))
    assert pad.data.reading is pad.data.nearest is None
    assert "draw a digit" in pad.description and live.readout(pad) == "Draw a digit."
    page = live.page(pad)
    assert "Read as" not in page and "0.0" not in page and len(live.pictures(pad)) == 2


@pytest.mark.parametrize("strokes", ["0,0", "100,100", "50,50", "0,0 100,100", "0,0 0,100",
                                     "0,0 100,0 100,100 0,100 0,0"])  # fmt: skip
@pytest.mark.parametrize("pen", [1, 20])
def test_ink_of_every_size_and_place_is_read(strokes, pen):
    pad = DigitPad(ink_of_columns, strokes, pen)
    assert pad.data.reading.digit.pixels.max() > 0.5
    assert np.isfinite(pad.data.nearest.distances).all()


# --- set -----------------------------------------------------------------------------------------


def test_the_state_is_frozen_and_its_own(pad):
    points = [[0.5, 0.2], [0.5, 0.8]]
    pad.set(strokes=[points])
    points[0][0] = 0.9
    assert pad.state == State((((0.5, 0.2), (0.5, 0.8)),), 8, None)
    with pytest.raises(FrozenInstanceError):
        pad.state.pen = 3
    with pytest.raises(ValueError, match="read-only"):
        pad.data.ink[0, 0] = 1


@pytest.mark.parametrize("change", [
    {"strokes": [[(2, 2)]]}, {"strokes": None}, {"strokes": "20;20"}, {"strokes": [[(np.nan, 0)]]},
    {"pen": 0}, {"pen": 2.5}, {"pen": "wide"}, {"pen": None}, {"meant": 10}, {"meant": -1},
    {"meant": "four"}, {"meant": 4.0}, {"meant": [4]}, {"meant": True}, {"speed": 3},
    {"strokes": "one", "pen": 99},
])  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_moves(pad, change):
    pad.live()
    state, data, page = pad.state, pad.data, live.page(pad)
    with pytest.raises(ValueError, match=SENTENCE):
        pad.set(**change)
    assert pad.state is state and pad.data is data and live.page(pad) == page


def test_undo_clear_and_reset(pad):
    pad.set(strokes="four")
    assert len(pad.undo().state.strokes) == 1
    assert pad.clear().state.strokes == () == pad.undo().state.strokes
    assert pad.reset().state.strokes == SEVEN


def test_descriptions_are_stable_and_follow_the_state(pad):
    words = pad.description
    assert words == DigitPad(ink_of_columns, "seven").description == repr(pad)
    assert not re.search(r"\d\.\d|\n|0x", words) and "1 stroke " in words
    assert "2 strokes" in pad.set(strokes="four", meant=4).description
    assert "meant as a 4" in pad.description


# --- by hand: text -------------------------------------------------------------------------------


def test_points_typed_by_hand(pad, core):
    field = live.find(pad, "Points")
    assert field.value == as_text(SEVEN)
    pictures, words = live.pictures(pad), live.readout(pad)
    field.value = "20,20 80,20 40,90; 30,55 70,55"
    assert pad.state.strokes == as_strokes(field.value) and len(pad.state.strokes) == 2
    assert live.pictures(pad) != pictures and live.readout(pad) != words
    assert live.refusal(pad) == ""


def test_wrong_points_are_refused_and_stay_to_be_mended(pad, core):
    field, state, pictures = live.find(pad, "Points"), pad.state, live.pictures(pad)
    field.value = "20,20 80,20 <b>"
    assert "Expected points as in" in live.refusal(pad) and "&lt;b&gt;" in live.refusal(pad)
    assert pad.state is state and live.pictures(pad) == pictures
    assert field.value == "20,20 80,20 <b>"
    field.value = "20,20 80,20"
    assert live.refusal(pad) == "" and pad.state.strokes == as_strokes("20,20 80,20")


def test_pen_and_meant_by_hand(pad, core):
    pictures = live.pictures(pad)
    live.find(pad, "Pen").value = 15
    assert pad.state.pen == 15 and live.pictures(pad) != pictures
    live.find(pad, "Meant").value = "0"
    assert pad.state.meant == 0 and "you meant a 0" in live.readout(pad)
    live.find(pad, "Meant").value = "none"
    assert pad.state.meant is None and "meant" not in live.readout(pad)


def test_numbers_of_numpy_are_numbers(pad):
    pad.live()
    pad.set(meant=np.uint8(6), pen=np.int64(11), strokes=np.float32([[[0.5, 0.25], [0.5, 0.75]]]))
    assert live.find(pad, "Meant").value == "6" and live.find(pad, "Pen").value == 11
    assert pad.state == State((((0.5, 0.25), (0.5, 0.75)),), 11, 6)


@pytest.mark.parametrize("label, count", [("Undo", 1), ("Clear", 0), ("Reset", 1)])
def test_buttons(pad, core, label, count):
    pad.live()
    pad.set(strokes="four")
    live.press(pad, label)
    assert len(pad.state.strokes) == count
    assert live.find(pad, "Points").value == as_text(pad.state.strokes)


# --- by hand: canvas -----------------------------------------------------------------------------


def test_what_is_drawn_moves_everything_and_is_not_sent_back(pad, with_canvas):
    surface, sent = canvas(pad), []
    assert surface.strokes == as_json(SEVEN) and surface.most == 2000
    surface.observe(sent.append)
    draw_on(surface, [[[0, 0.25], [1, 0.5]]])  # whole numbers, as JavaScript sends them
    assert pad.state.strokes == (((0.0, 0.25), (1.0, 0.5)),)
    assert live.find(pad, "Points").value == "0,25 100,50"
    assert len(sent) == 1 and surface.traits()["drawn"].metadata["echo_update"] is False


def draw_on(surface, strokes):
    """Send strokes as the canvas does."""
    surface.drawn = {"sheet": surface.sheet, "strokes": strokes}


def test_what_was_drawn_on_an_older_sheet_is_thrown_away(pad, with_canvas):
    surface = canvas(pad)
    late = {"sheet": surface.sheet, "strokes": [[[0.5, 0.1], [0.5, 0.9]]]}
    live.press(pad, "Clear")
    surface.drawn = late
    assert pad.state.strokes == () and surface.sheet > late["sheet"]
    live.press(pad, "Clear")  # of an empty pad: something may be on its way to it
    assert surface.sheet > late["sheet"] + 1
    draw_on(surface, late["strokes"])
    assert pad.state.strokes == (((0.5, 0.1), (0.5, 0.9)),)
    sheet = surface.sheet
    pad.set(meant=1)
    assert surface.sheet == sheet  # what lies there is right


def test_set_from_code_moves_the_canvas(pad, with_canvas):
    surface = canvas(pad)
    pad.set(strokes="four", pen=12)
    assert surface.strokes == as_json(as_strokes("four")) and surface.pen == 12
    live.press(pad, "Clear")
    assert surface.strokes == []


def test_what_no_canvas_sends_is_refused(pad, with_canvas):
    surface, state = canvas(pad), pad.state
    draw_on(surface, [[[5, 5]]])
    assert "Expected each point" in live.refusal(pad) and pad.state is state


# --- what is kept --------------------------------------------------------------------------------


def test_keep_then_save_then_read(pad):
    live.find(pad, "Meant").value = "7"
    live.press(pad, "Keep")
    (kept,) = pad.kept
    np.testing.assert_allclose(kept.image / 255, pad.data.reading.digit.pixels, atol=0.5 / 255)
    order, chances = pad.data.reading.order, pad.data.reading.probabilities
    assert (kept.label, kept.read_as, kept.probability) == (7, order[0], chances[order[0]])
    assert "Kept: 1; not yet saved: 1." in live.readout(pad)
    live.press(pad, "Save")
    assert "Kept: 1; all saved in" in live.readout(pad) and live.refusal(pad) == ""
    pad.set(strokes="four", meant=4).keep().save()
    images, labels = pad.kept_digits()
    assert labels.tolist() == [7, 4] and (images[0] == kept.image).all()


def test_another_pad_adds_to_the_file(pad):
    pad.set(meant=7).keep().save()
    DigitPad(ink_of_columns, "one", meant=1).keep().save()
    assert my_digits()[1].tolist() == [7, 1]


@pytest.mark.parametrize("prepare, press, said", [
    (lambda pad: pad.set(meant=None), "Keep", "choose it under Meant"),
    (lambda pad: pad.set(strokes=(), meant=3), "Keep", "no digit: draw one"),
    (lambda pad: pad.set(meant=7).keep(), "Keep", "the last one again"),
    (lambda pad: None, "Save", "press Keep"),
    (lambda pad: pad.set(meant=7).keep().save(), "Save", "press Keep"),
])  # fmt: skip
def test_what_cannot_be_kept_or_saved_is_refused(pad, prepare, press, said):
    pad.live()
    prepare(pad)
    kept = list(pad.kept)
    live.press(pad, press)
    assert said in live.refusal(pad) and pad.kept == kept


def test_a_damaged_file_is_refused_and_what_is_kept_stays_kept(pad, folder):
    file = folder / "my_digits.npz"
    file.write_bytes(b"damaged")
    pad.set(meant=7).keep().live()
    live.press(pad, "Save")
    assert "damaged or of another kind" in live.refusal(pad) and file.read_bytes() == b"damaged"
    file.unlink()
    live.press(pad, "Save")
    assert live.refusal(pad) == "" and my_digits()[1].tolist() == [7]


# --- what is shown -------------------------------------------------------------------------------


@pytest.mark.parametrize("strokes", ["", "seven"])
def test_shown_html_is_well_formed_and_says_what_is_seen(strokes, core):
    pad = DigitPad(ink_of_columns, strokes)
    parser = live.Parsed(live.page(pad))
    assert parser.names <= live.ATTRIBUTES
    images = [value for tag, name, value in parser.attributes if (tag, name) == ("img", "alt")]
    assert len(images) == parser.tags.count("img") == (8 if strokes else 1) and all(images)
    assert pad.description in {v for _, name, v in parser.attributes if name == "aria-label"}


def test_each_class_has_a_bar_and_each_neighbour_a_distance(pad):
    page = html.unescape(live.page(pad))
    (bars,) = re.findall(r"<figcaption>probability</figcaption>(.*?)</figure>", page)
    assert len(re.findall(r"width:\d+px", bars)) == 10
    for label, distance in zip(pad.data.nearest.labels, pad.data.nearest.distances):
        assert f"<b>{label}</b>, {distance:.2f}" in page
        assert f'alt="a {label} at distance {distance:.2f}"' in page


def test_importing_it_loads_neither_keras_nor_pyplot():
    code = (
        "import sys; from course_utils.widgets.digit_pad import DigitPad\n"
        "DigitPad(lambda batch, training: [[1.0] + [0.0] * 9], 'seven').live()\n"
        "print([m for m in ('matplotlib.pyplot', 'keras', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
