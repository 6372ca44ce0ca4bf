"""Strokes, their ink, similar digits, and digits that are kept: right, or refused in a sentence."""

import zipfile
from itertools import repeat

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import datasets
from course_utils.handwriting import as_digit, ink_as_digit, my_digits, nearest_digits, strokes
from course_utils.handwriting.my_digits import KeptDigit, add_digits
from course_utils.handwriting.neighbours import SEARCHED
from course_utils.handwriting.strokes import EXAMPLES, FINER, MOST, SIDE, as_strokes, as_text, drawn

SENTENCE = r"^Expected [^\n]*\. Received [^\n]*\.$"
PLACES = st.floats(0, 1)
STROKES = st.lists(st.lists(st.tuples(PLACES, PLACES), min_size=1, max_size=6), max_size=4)


# --- strokes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("given_as", [
    [[(0, 0.25), (1, 0.5)]], (((0, 0.25), (1, 0.5)),), np.array([[[0, 0.25], [1, 0.5]]]),
    [np.float32([[0, 0.25], [1, 0.5]])], iter([iter([[0, 0.25], [1, 0.5]])]), "0,25 100,50",
    " 0 , 25  100,50.0 ;; ",
])  # fmt: skip
def test_the_same_strokes_in_every_way(given_as):
    found = as_strokes(given_as)
    assert found == (((0.0, 0.25), (1.0, 0.5)),)
    assert {type(value) for point in found[0] for value in point} == {float}
    assert as_strokes(found) == found and hash(found)


def test_an_empty_pad_and_names():
    assert as_strokes(()) == as_strokes([]) == as_strokes("") == as_strokes(" ; ") == ()
    for name, text in EXAMPLES.items():
        assert as_strokes(name) == as_strokes(text) != ()


@pytest.mark.parametrize("wrong", [
    None, 7, [1, 2], [[1, 2]], [[(0.5,)]], [[(0.5, 0.5, 0.5)]], [[(0.5, "0.5")]], [[("a", "b")]],
    [[(np.nan, 0)]], [[(np.inf, 0)]], [[(-0.01, 0)]], [[(1.01, 0)]], [[(20, 20), (80, 20)]],
    [[(True, False)]], [[(0.5 + 0j, 0)]], [[]], [[(0, 0)], []], [None], [[None]], ["ab"], {"a": 1},
    object(), b"20,20", "20", "20,20 30", "101,5", "-1,5", "nan,5", "1e9,5", "1.2.3,4", "eight",
    "20,20, 30,30", "20,20:30,30", [[(0, 0)] * (MOST + 1)], [[(0, 0)]] * (MOST + 1),
    repeat([(0, 0)]), [repeat((0, 0))], "0,0 " * (MOST + 1), "0,0;" * (MOST + 1),
    [[[0, 0]] * MOST, [[0, 0]]], "<b>", "٣,٤",
])  # fmt: skip
def test_what_are_no_strokes_is_refused(wrong):
    with pytest.raises(ValueError, match=SENTENCE) as caught:
        as_strokes(wrong)
    assert len(str(caught.value)) < 400


@given(STROKES)
def test_text_says_where_strokes_are_to_a_thousandth(some):
    """The browser sends thousandths: they come back as they were."""
    some = as_strokes([[(round(x, 3), round(y, 3)) for x, y in stroke] for stroke in some])
    again = as_strokes(as_text(some))
    assert [len(stroke) for stroke in again] == [len(stroke) for stroke in some]
    for one, other in zip(again, some):
        np.testing.assert_allclose(one, other, atol=1e-12)


# --- ink -----------------------------------------------------------------------------------------


def distances(some):
    """Return how far each pixel's middle is from the nearest stroke, in pixels."""
    middle = (np.arange(SIDE) + 0.5) / SIDE
    pixels = np.stack(np.meshgrid(middle, middle), axis=-1)
    nearest = np.full((SIDE, SIDE), np.inf)
    for stroke in some:
        for start, end in zip(np.array(stroke), np.array([*stroke[1:], stroke[-1]])):
            way = end - start
            along = np.clip((pixels - start) @ way / max(way @ way, 1e-12), 0, 1)
            foot = start + along[..., None] * way
            nearest = np.minimum(nearest, np.linalg.norm(pixels - foot, axis=-1))
    return nearest * SIDE


@settings(max_examples=40)
@given(STROKES, st.integers(1, 20))
def test_ink_is_what_is_nearer_to_a_stroke_than_half_a_pen(some, pen):
    ink, away = drawn(as_strokes(some), pen), distances(some) - pen / 100 * SIDE / 2
    assert ink.shape == (SIDE, SIDE) and ink.dtype == np.float32
    edge = 1 + 1 / FINER  # Pillow lays a line's corners at whole ones of the finer pixels
    assert (ink[away < -edge] > 0.8).all() and (ink[away > edge] < 0.2).all()


def test_edges_are_smooth():
    ink = drawn(as_strokes("20,20 80,70"), 8)
    away = distances(as_strokes("20,20 80,70")) - 0.04 * SIDE
    expected = np.clip(0.5 - away, 0, 1)
    assert np.abs(ink - expected).max() < 0.5 and np.abs(ink - expected).sum() < 0.06 * ink.sum()
    assert len(np.unique(ink)) == strokes.FINER**2 + 1


@pytest.mark.parametrize("name", EXAMPLES)
def test_known_ink_gives_the_digit_that_its_photograph_gives(name):
    ink = drawn(as_strokes(name), 8)
    known, found = ink_as_digit(ink.copy()), as_digit(1 - 0.8 * ink)
    assert list(known.steps) == list(found.steps)[1:]
    assert np.abs(known.pixels - found.pixels).mean() < 0.01


@pytest.mark.parametrize("pen", [0, 21, -3, 2.5, "8", None, True, np.nan, [8]])
def test_what_is_no_pen_is_refused(pen):
    with pytest.raises(ValueError, match=SENTENCE):
        strokes.as_pen(pen)


# --- similar digits ------------------------------------------------------------------------------


def test_the_nearest_are_those_that_a_search_of_all_finds():
    (training, labels), (tests, _) = datasets.load_mnist()
    all_of_them = training[:SEARCHED].reshape(SEARCHED, -1) / 255
    all_of_them /= np.linalg.norm(all_of_them, axis=1, keepdims=True)
    for picture in tests[:4] / np.float32(255):
        found = nearest_digits(picture)
        wanted = picture.ravel() / np.linalg.norm(picture.astype(float))
        away = np.linalg.norm(all_of_them - wanted, axis=1)
        np.testing.assert_allclose(found.distances, np.sort(away)[:5], atol=1e-4)
        places = np.argsort(away)[:5]
        np.testing.assert_array_equal(found.labels, labels[places])
        np.testing.assert_allclose(found.pictures * 255, training[places], atol=1e-3)


def test_a_training_digit_is_nearest_to_itself_however_faint():
    (training, labels), _ = datasets.load_mnist()
    found = nearest_digits(training[7] / 1000, count=3)
    assert found.labels[0] == labels[7] and found.distances[0] < 1e-3
    assert found.pictures.shape == (3, 28, 28) and found.distances[0] < found.distances[1] < 1.42


# --- digits that are kept ------------------------------------------------------------------------


def kept(label, level=9):
    return KeptDigit(np.full((28, 28), level, np.uint8), label, 3, 0.75)


def test_digits_are_added_to_those_that_are_there(tmp_path):
    path = tmp_path / "new" / "my_digits.npz"
    assert add_digits([kept(1), kept(2)], path) == 2
    assert add_digits([kept(9, 200)], path) == 3
    images, labels = my_digits(path)
    assert images.shape == (3, 28, 28) and images.dtype == np.uint8
    assert images[:, 0, 0].tolist() == [9, 9, 200] and labels.tolist() == [1, 2, 9]
    with np.load(path, allow_pickle=False) as arrays:
        assert arrays["read_as"].tolist() == [3] * 3
        assert arrays["probabilities"].tolist() == [0.75] * 3
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_the_file_is_with_the_students_trainings(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CHECKPOINTS", str(tmp_path))
    with pytest.raises(ValueError, match="Received no such file: draw"):
        my_digits()
    add_digits([kept(4)])
    assert (tmp_path / "my_digits.npz").is_file() and my_digits()[1].tolist() == [4]


def whole(tmp_path):
    add_digits([kept(4)], tmp_path / "whole.npz")
    return (tmp_path / "whole.npz").read_bytes()


def arrays(**changes):
    right = {"images": np.zeros((1, 28, 28), np.uint8), "labels": np.zeros(1, np.uint8),
             "read_as": np.zeros(1, np.uint8),
             "probabilities": np.zeros(1, np.float32)}  # fmt: skip
    return {name: value for name, value in (right | changes).items() if value is not None}


WRONG = [
    {"images": np.zeros((2, 28, 28), np.uint8)}, {"images": np.zeros((1, 28, 28))},
    {"images": np.zeros((1, 784), np.uint8)}, {"labels": np.uint8([10])}, {"labels": np.uint8(1)},
    {"labels": np.array(["4"])}, {"labels": None}, {"read_as": np.zeros((1, 1), np.uint8)},
    {"probabilities": np.array([None], object)},
]  # fmt: skip


@pytest.mark.parametrize("content", [
    b"", b"text", b"PK\x03\x04", lambda right: right[: len(right) // 2],
    lambda right: right.replace(b"images", b"pixels"),
    lambda right: right[:70] + bytes([right[70] ^ 255]) + right[71:],
    *WRONG,
])  # fmt: skip
def test_a_damaged_file_is_refused_and_stays(tmp_path, content):
    path = tmp_path / "my_digits.npz"
    if isinstance(content, dict):
        np.savez(path, **arrays(**content))
    else:
        path.write_bytes(content(whole(tmp_path)) if callable(content) else content)
    before = path.read_bytes()
    for what in (lambda: my_digits(path), lambda: add_digits([kept(4)], path)):
        with pytest.raises(ValueError, match=SENTENCE):
            what()
    assert path.read_bytes() == before


def test_files_of_other_kinds_are_refused(tmp_path):
    path = tmp_path / "my_digits.npz"
    with path.open("wb") as file:
        np.save(file, np.zeros(3))  # one array, no table of them
    with pytest.raises(ValueError, match=SENTENCE):
        my_digits(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("images.npy", b"\x93NUMPY\x01\x00v\x00{'descr': '|u1', 'shape': (9")
    with pytest.raises(ValueError, match=SENTENCE):
        my_digits(path)
    with pytest.raises(ValueError, match=SENTENCE):
        my_digits(tmp_path)  # a folder


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ValueError, match=r"Expected to write .*in.my_digits.npz\. Received"):
        add_digits([kept(4)], tmp_path / "file" / "in" / "my_digits.npz")
