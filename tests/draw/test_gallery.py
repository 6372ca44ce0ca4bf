"""Galleries: every picture and title is there, in its place, and can be read."""

import io

import numpy as np
import pytest
from layout import assert_readable
from PIL import Image

from course_utils import datasets, draw
from course_utils.draw import style

WORDS = "Many small pictures."
RANDOM = np.random.default_rng(5)
DIGITS = RANDOM.integers(0, 256, (40, 28, 28), dtype=np.uint8)
LONG = "a title that needs more than a line"


def pixels(picture):
    return np.asarray(Image.open(io.BytesIO(picture.png())).convert("RGB")).astype(int)


def places(picture):
    """Return [(left, top, width, height)] of the pictures, as drawn, in pixels from the top."""
    boxes = [image.get_window_extent() for image in picture.figure.axes[0].images]
    return [(round(b.x0), round(b.y1), round(b.width), round(b.height)) for b in boxes]


@pytest.mark.parametrize("count, columns, titles", [
    (40, 10, range(40)), (10, 10, ["true 4\nread 9"] * 10), (3, 10, ["7", LONG, "2"]),
    (1, 10, [LONG]), (20, 10, datasets.FASHION_CLASSES * 2), (7, 3, [""] * 7),
    (5, 1, ["unpronounceable_layer_names_too"] * 5), (12, 40, [3] * 12),
])  # fmt: skip
def test_titles_can_be_read(count, columns, titles):
    picture = draw.gallery(DIGITS[:count], titles, WORDS, columns)
    written = assert_readable(picture)
    joined = "".join(written).replace("\n", "").replace(" ", "")
    assert joined == "".join(map(str, titles)).replace("\n", "").replace(" ", "")
    assert len(picture.figure.axes[0].images) == count


@pytest.mark.parametrize("size", [(28, 28), (14, 28), (28, 14), (1, 1), (200, 300), (3, 400)])
def test_pictures_of_any_size_keep_their_shape_and_do_not_overlap(size):
    images = RANDOM.random((7, *size))
    picture = draw.gallery(images, range(7), WORDS, columns=4)
    assert_readable(picture)
    found = places(picture)
    for left, top, width, height in found:
        assert width / height == pytest.approx(size[1] / size[0], rel=0.2, abs=0.4)
    rows = {top for _, top, _, _ in found}
    assert len(rows) == 2
    for one, other in zip(found, found[1:]):
        assert one[1] != other[1] or one[0] + one[2] < other[0]
    top, next_top = sorted(rows, reverse=True)
    assert next_top < top - found[0][3]


@pytest.mark.parametrize("columns, rows", [(1, 6), (4, 2), (6, 1), (10, 1)])
def test_as_many_in_a_row_as_asked(columns, rows):
    picture = draw.gallery(DIGITS[:6], range(6), WORDS, columns)
    assert len({top for _, top, _, _ in places(picture)}) == rows


def test_long_words_make_rows_shorter_rather_than_break():
    picture = draw.gallery(DIGITS[:10], datasets.FASHION_CLASSES, WORDS)
    assert "T-shirt/top" in assert_readable(picture)
    assert len({top for _, top, _, _ in places(picture)}) > 1


@pytest.mark.parametrize("images", [
    np.full((2, 9, 9), 255, np.uint8), np.full((2, 9, 9, 1), 255, np.int64), np.ones((2, 9, 9)),
    np.ones((2, 9, 9, 3), "float32"), np.ones((2, 9, 9), bool), np.ones((2, 9, 9), "float16"),
    np.ones((2, 9, 9)).tolist(), np.ones((2, 9, 9)) + 1e-8,
], ids=lambda images: str(getattr(images, "dtype", "list")))  # fmt: skip
def test_white_is_white_in_every_type(images):
    picture = draw.gallery(images, "ab", WORDS)
    for image in picture.figure.axes[0].images:
        np.testing.assert_allclose(np.asarray(image.get_array()), 1)


def test_a_pixel_is_where_it_belongs():
    image = np.zeros((1, 28, 28, 3))
    image[0, 3, 20] = [1, 0, 0]
    seen = pixels(draw.gallery(image, [" "], WORDS))
    red = np.argwhere((seen[..., 0] > 200) & (seen[..., 1] < 60))
    black = np.argwhere(seen.max(axis=-1) < 60)
    low, high = black.min(axis=0), black.max(axis=0)
    place = (red.mean(axis=0) - low) / (high - low)
    np.testing.assert_allclose(place, [3.5 / 28, 20.5 / 28], atol=0.02)


@pytest.mark.parametrize("marked", [[1, 3], (3, 1), np.array([1, 3]),
                                    np.arange(5) % 2 == 1])  # fmt: skip
def test_marks_are_orange_frames(marked):
    picture = draw.gallery(DIGITS[:5], range(5), WORDS, marked=marked)
    frames = [p for p in picture.figure.axes[0].patches if p.get_linewidth() > 1]
    lefts = [left for left, *_ in places(picture)]
    assert [round(frame.get_x() + 1.5) for frame in frames] == [lefts[1], lefts[3]]
    orange = np.array([int(style.ORANGE[i : i + 2], 16) for i in (1, 3, 5)])
    assert (np.abs(pixels(picture) - orange).max(axis=-1) <= 8).sum() > 400


def test_nothing_is_marked_unless_asked():
    picture = draw.gallery(DIGITS[:5], range(5), WORDS)
    assert all(patch.get_linewidth() < 1 for patch in picture.figure.axes[0].patches)


def test_lean_and_the_same_each_time():
    digits = datasets.load_mnist()[1][0][:40]
    picture = draw.gallery(digits, range(40), WORDS)
    assert len(picture.png()) < 40_000
    assert picture.png() == picture.png() == draw.gallery(digits, range(40), WORDS).png()
    assert picture.description == WORDS


@pytest.mark.parametrize("shape", [(28, 28), (0, 28, 28), (2, 28, 28, 2), (2, 28, 28, 4), (),
                                   (2, 0, 28), (1, 1, 28, 28, 1)])  # fmt: skip
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"Expected pictures of shape .* Received shape \("):
        draw.gallery(np.zeros(shape), ["a"] * (shape or [1])[0], WORDS)


@pytest.mark.parametrize("images, said", [
    (np.full((1, 2, 2), 255.0), "from 0 to 1 in pictures of float64. Received 255 to 255"),
    (np.full((1, 2, 2), -0.5), "Received -0.5"), (np.full((1, 2, 2), 256), "from 0 to 255"),
    (np.full((1, 2, 2), np.nan), "Received nan"), (np.full((1, 2, 2), -1), "Received -1"),
])  # fmt: skip
def test_values_that_are_no_brightness_are_refused(images, said):
    with pytest.raises(ValueError, match=f"Expected values.*{said}"):
        draw.gallery(images, "a", WORDS)


@pytest.mark.parametrize("titles", [[], ["a"], "abc"])
def test_titles_are_counted(titles):
    with pytest.raises(ValueError, match=f"title for each of 2 pictures. Received {len(titles)}"):
        draw.gallery(DIGITS[:2], titles, WORDS)


@pytest.mark.parametrize("marked", [[2], [-1], [0.5], ["0"], [True], [True, False, True]])
def test_marks_must_be_pictures(marked):
    with pytest.raises(ValueError, match="indices from 0 to 1. Received"):
        draw.gallery(DIGITS[:2], "ab", WORDS, marked=marked)


@pytest.mark.parametrize("columns", [0, -1, 2.5, "3"])
def test_a_row_holds_one_or_more(columns):
    with pytest.raises(ValueError, match="Expected columns as an integer of at least 1. Received"):
        draw.gallery(DIGITS[:2], "ab", WORDS, columns)
