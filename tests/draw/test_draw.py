"""Drawing: what every picture keeps to, colours that can be told apart, words that can be read."""

import base64
import io
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout import assert_readable
from PIL import Image

from course_utils import draw
from course_utils.by_hand.kernels import KERNELS
from course_utils.draw import shown, style

RANDOM = np.random.default_rng(4)
GREY, COLOUR = RANDOM.random((20, 30)), RANDOM.random((20, 30, 3))
SIGNED = RANDOM.normal(size=(9, 9))
WORDS = "Something to look at."


def one_step(size=(5, 6), kernel=(3, 3), channels=1, zeros=((0, 0), (0, 0)), bias=0.0, scale=1.0):
    """Draw the step at output (0, 0)."""
    padded = RANDOM.random((*size, channels)) * scale
    weights = RANDOM.normal(size=(*kernel, channels))
    output = RANDOM.normal(size=(size[0] - kernel[0] + 1, size[1] - kernel[1] + 1)) * scale
    taps = tuple(np.arange(n) for n in kernel)
    return draw.convolution_step(padded, zeros, taps, weights, output, (0, 0), WORDS, bias)


MAKERS = {
    "pictures": lambda: draw.pictures({"grey": GREY, "colour": COLOUR, "signed": SIGNED}, WORDS),
    "one picture": lambda: draw.pictures({"grey": GREY[..., None]}, WORDS),
    "framed": lambda: draw.pictures({"a": GREY}, WORDS, frames={"a": (2, 3, 4, 5)}),
    "number_grids": lambda: draw.number_grids(
        {"a": SIGNED, "b": GREY[:3, :3]}, WORDS, {"a": (0, 1, 3, 3)}
    ),
    "bars": lambda: draw.bars({"one": 1, "other": 25}, "how many", WORDS),
    "log bars": lambda: draw.bars({"one": 1, "other": 10**11}, "how many", WORDS, logarithmic=True),
    "step": one_step,
    "padded step": lambda: one_step(zeros=((1, 1), (0, 1)), bias=0.5),
    "deep step": lambda: one_step(channels=3),
    "kernel_result": lambda: draw.kernel_result(
        GREY, KERNELS["Sobel x"], GREY[1:-1, 1:-1] - 0.5, "Sobel x", True, WORDS
    ),
    "colour result": lambda: draw.kernel_result(
        COLOUR, KERNELS["box blur"], COLOUR[1:-1, 1:-1], "box blur", False, WORDS
    ),
}  # fmt: skip


@pytest.fixture(params=MAKERS, scope="module")
def picture(request):
    return MAKERS[request.param]()


def pixels(picture):
    return np.asarray(Image.open(io.BytesIO(picture.png())).convert("RGB"))


# --- Shown ---------------------------------------------------------------------------------------


def test_a_picture_is_shown_with_its_words(picture):
    assert isinstance(picture, draw.Shown)
    data, metadata = picture._repr_mimebundle_()
    assert set(data) == {"image/png", "text/plain"}
    assert data["text/plain"] == metadata["image/png"]["alt"] == repr(picture) == WORDS
    seen = np.asarray(Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("L"))
    assert seen.std() > 5 and min(seen.shape) > 40


def test_drawing_twice_gives_the_same_bytes():
    first = [make() for make in (MAKERS["pictures"], MAKERS["bars"])]
    assert [picture.png() for picture in first] == [picture.png() for picture in first]
    assert MAKERS["log bars"]().png() == MAKERS["log bars"]().png()
    assert MAKERS["framed"]().png() == MAKERS["framed"]().png()


def test_no_word_is_cut_off_or_covered(picture):
    assert_readable(picture)


def test_nothing_is_drawn_at_the_edge_of_the_png(picture):
    seen = pixels(picture)
    edges = [seen[:2], seen[-2:], seen[:, :2], seen[:, -2:]]
    # Only a figure that fills its canvas may lack the margin; its words still have room.
    assert sum(bool((edge > 250).all()) for edge in edges) >= 2


def test_descriptions_are_one_line_of_words():
    figure = MAKERS["bars"]().figure
    assert draw.Shown(figure, "  two\n   lines ").description == "two lines"


def test_small_differences_survive_the_palette():
    figure = draw.pictures({"": np.linspace(0, 1, 256).reshape(16, 16)}, WORDS)
    assert len(np.unique(pixels(figure))) > 255 / shown.STEP


def test_drawing_loads_no_pyplot():
    code = (
        "import sys; from course_utils import draw\n"
        "draw.bars({'a': 1}, 'b', 'c')._repr_mimebundle_()\n"
        "print([m for m in ('matplotlib.pyplot', 'keras', 'ipywidgets') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


# --- words that fit ------------------------------------------------------------------------------

LONG = "the output of a kernel that was turned by 180 degrees"


@pytest.mark.parametrize("sizes", [(1, 1), (1, 3, 1), (3, 3, 3), (8, 1), (2,)])
@pytest.mark.parametrize("title", ["correlation", LONG, "unpronounceable"])
def test_long_titles_above_small_grids(sizes, title):
    sets = {f"{title} {n}": RANDOM.random((2, size)) for n, size in enumerate(sizes)}
    assert_readable(draw.number_grids(sets, WORDS))


@pytest.mark.parametrize("value", [-0.17, 12.25, -1234.5, 123456.78])
@pytest.mark.parametrize("size", [1, 3, 16])
def test_long_numbers_stay_in_their_cells(value, size):
    picture = draw.number_grids({"a": np.full((size, size), value)}, WORDS)
    assert_readable(picture)


@pytest.mark.parametrize("size, kernel, channels", [
    ((1, 1), (1, 1), 1), ((3, 3), (1, 1), 1), ((16, 16), (3, 3), 1), ((16, 16), (7, 7), 4),
    ((4, 16), (1, 3), 2), ((16, 4), (3, 1), 3), ((6, 6), (6, 6), 3),
])  # fmt: skip
@pytest.mark.parametrize("bias, scale", [(0.0, 1), (-12.25, 100)])
def test_steps_of_all_shapes(size, kernel, channels, bias, scale):
    picture = one_step(size, kernel, channels, bias=bias, scale=scale)
    assert_readable(picture)


def test_numbers_too_small_to_read_are_left_out():
    deep = one_step((16, 16), (3, 3), 4)
    assert [bool(axes.texts) for axes in deep.figure.axes[:2]] == [False, True]


@pytest.mark.parametrize("logarithmic", [True, False])
@pytest.mark.parametrize("values", [
    {"a": 123456789012, "b": 432}, {"a rather long name, for a bar": 123456789012, "b": 1},
    {"a": 1},
    {f"layer {n}": 10**n for n in range(12)}, {"a": 0.5, "b": 1 / 3}, {"few": 1, "more": 3},
])  # fmt: skip
def test_bars_with_their_numbers(values, logarithmic):
    title = "Weights of a network with a rather long title, in all"
    picture = draw.bars(values, title, WORDS, logarithmic)
    written = assert_readable(picture)
    assert set(values) <= set(written)
    for value in values.values():
        assert (f"{value:,}" if isinstance(value, int) else style.number(value)) in written


@pytest.mark.parametrize("values", [{}, {"a": -1}, {"a": np.nan}, {"a": 1, "b": np.inf}])
def test_bars_refuse_what_has_no_length(values):
    with pytest.raises(ValueError, match="Expected one or more numbers of at least 0. Received"):
        draw.bars(values, "", WORDS)


def test_nothing_has_no_place_on_a_logarithmic_axis():
    assert_readable(draw.bars({"none": 0, "some": 3}, "", WORDS))
    with pytest.raises(ValueError, match="above 0, for a logarithmic axis. Received {'none': 0"):
        draw.bars({"none": 0, "some": 3}, "", WORDS, logarithmic=True)


@pytest.mark.parametrize("count", [1, 2, 4, 5, 9])
def test_pictures_in_rows(count):
    picture = draw.pictures({f"a picture, the {n}. of many": GREY for n in range(count)}, columns=4)
    assert_readable(picture)
    assert len(picture.figure.axes) == count
    assert picture.description.startswith(f"{count} pictures side by side: a picture, the 0.")
    assert "(20 × 30)" in picture.description


@pytest.mark.parametrize("shape", [(60, 4), (4, 60), (1, 1), (200, 200, 3)])
def test_pictures_of_any_shape(shape):
    assert_readable(draw.pictures({"left": np.ones(shape) / 2, "right": np.ones(shape)}, WORDS))
    assert_readable(draw.pictures({"left": -np.ones(shape), "right": np.ones(shape)}, WORDS))


@pytest.mark.parametrize("size", [3, 4, 5, 6, 7])
def test_kernels_of_all_sizes(size):
    kernel = RANDOM.normal(size=(size, size)) * 10
    picture = draw.kernel_result(GREY, kernel, GREY, "my own", False, WORDS)
    assert_readable(picture)


# --- what cannot be drawn ------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(4,), (2, 4, 4, 3), (4, 4, 2), (4, 4, 4), (0, 4), (4, 4, 0), ()])
def test_pictures_refuse_other_shapes(shape):
    with pytest.raises(ValueError, match=r"Expected 'a' of shape .* Received shape \("):
        draw.pictures({"a": np.zeros(shape)})


@pytest.mark.parametrize("shape", [(4,), (4, 4, 3), (17, 2), (2, 17), (0, 4), ()])
def test_number_grids_refuse_other_shapes(shape):
    with pytest.raises(ValueError, match=r"Expected 'a' of shape .* 16 × 16. Received shape \("):
        draw.number_grids({"a": np.zeros(shape)}, WORDS)


def test_nothing_at_all_is_refused():
    with pytest.raises(ValueError, match="Expected at least one picture. Received none."):
        draw.pictures({})
    with pytest.raises(ValueError, match="Expected at least one grid. Received none."):
        draw.number_grids({}, WORDS)


@pytest.mark.parametrize("image", [
    np.zeros((1, 1)), np.zeros((5, 5)), np.ones((1, 1, 3)), np.full((2, 2), -1.0),
    np.full((3, 3), 1e-9), [[0, 1]],
])  # fmt: skip
def test_the_smallest_and_the_emptiest(image):
    assert_readable(draw.pictures({"a": image}))
    flat = np.atleast_3d(image)[..., 0]
    assert_readable(draw.number_grids({"a": flat}, WORDS))
    assert_readable(draw.kernel_result(image, np.zeros((3, 3)), flat, "none", True, WORDS))


# --- colours -------------------------------------------------------------------------------------


def luminance(colour):
    """WCAG 2.2, relative luminance, written out from its definition."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


part = st.floats(0, 1)


@settings(max_examples=300)
@given(st.tuples(part, part, part))
def test_ink_can_be_read_on_any_colour(colour):
    ink = {"black": (0, 0, 0), "white": (1, 1, 1)}[str(style.inks_on(np.array(colour)))]
    assert contrast(ink, colour) >= 4.5


def test_padding_can_be_read_too():
    figure = MAKERS["padded step"]().figure
    image = figure.axes[0]
    inks = {text.get_position(): text.get_color() for text in image.texts}
    padding = [place for place in inks if place[1] in (0, 4) or place[0] == 5]
    assert len(padding) == 6 + 6 + 3 and {inks[place] for place in padding} == {"black"}
    hatched = [p for p in image.patches if p.get_hatch()]
    assert len(hatched) == len(padding)
    for colour in (hatched[0].get_facecolor(), hatched[0].get_edgecolor()):
        assert contrast((0, 0, 0), colour[:3]) >= 7


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_zero_is_white_and_signs_have_opposite_colours(values):
    values = np.array([0, *values])
    colours = style.cell_colours(np.concatenate([values, -values]), signed=True)
    assert colours.min() >= 0 and colours.max() <= 1
    assert colours[0].min() > 0.95
    limit = style.signed_limit(values)
    for value, colour in zip(values, colours):
        if abs(value) > 0.1 * limit:
            assert (colour[0] > colour[2]) == (value > 0)


def test_zero_is_white_in_a_signed_picture():
    image = np.zeros((20, 20))
    image[:, 0], image[:, -1] = -1, 3
    seen = pixels(draw.pictures({"": image}, WORDS))
    middle = seen[seen.shape[0] // 2, seen.shape[1] // 3]
    assert middle.min() > 240


def test_grey_goes_from_black_to_white():
    colours = style.cell_colours(np.array([-1, 0, 0.5, 1.0]), signed=False)
    np.testing.assert_allclose(colours, np.repeat([[0], [0], [0.5], [1]], 3, axis=1))
    larger = style.cell_colours(np.array([0, 127.5, 255]), signed=False)
    np.testing.assert_allclose(larger[:, 0], [0, 0.5, 1])


def test_colour_pictures_keep_their_colours():
    red = np.zeros((30, 30, 3))
    red[..., 0] = 1
    seen = pixels(draw.pictures({"": red}, WORDS))
    assert np.abs(seen[seen.shape[0] // 2, seen.shape[1] // 2] - [255, 0, 0]).max() <= shown.STEP


@given(st.lists(st.floats(-100, 100), min_size=1), st.floats(50, 100))
def test_the_signed_limit(values, percentile):
    sizes = np.abs(values)
    assert style.signed_limit(np.array(values)) == (sizes.max() or 1)
    limit = style.signed_limit(np.array(values), percentile)
    assert 0 < limit <= (sizes.max() or 1)


def test_a_few_bright_pixels_do_not_hide_their_own_size():
    image = np.zeros((50, 50))
    image[0, 0] = -8
    assert style.signed_limit(image, 99.5) == 8


@given(st.floats(-1e6, 1e6))
def test_numbers_in_at_most_two_decimals(value):
    text = style.number(value)
    assert float(text.replace("−", "-")) == pytest.approx(value, abs=0.0051)
    assert "-" not in text and len(text.partition(".")[2]) <= 2
    assert text == "0" or not (text.endswith(".") or "." in text and text.endswith("0"))


@pytest.mark.parametrize("value, text", [
    (3, "3"), (0.25, "0.25"), (-1.5, "−1.5"), (-0.001, "0"), (0, "0"), (-0.0, "0"), (100, "100"),
    (np.float32(0.1), "0.1"), (np.int64(-20), "−20"), (True, "1"),
])  # fmt: skip
def test_number(value, text):
    assert style.number(value) == text
