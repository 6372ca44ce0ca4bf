"""Architecture: every layer is drawn and described, sizes grow with what they stand for."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layout import assert_readable
from matplotlib.patches import FancyArrowPatch, Rectangle

from course_utils import draw
from course_utils.draw.architecture import COLUMN, SIDE, ZONE, count_sheets
from course_utils.draw.words import BREAKS, fold, longest_word

LAYERS = {
    "input": ("Input", "", (28, 28, 1), 0),
    "convolution": ("Conv2D", "16 filters 5 × 5, stride 2, same, no bias, relu", (14, 14, 16), 416),
    "batch_normalization_1": ("BatchNormalization", "", (14, 14, 16), 64),
    "separable": ("SeparableConv2D", "64 filters 3 × 3, relu", (14, 14, 64), 1232),
    "pooling": ("MaxPooling2D", "2 × 2", (7, 7, 64), 0),
    "global_average_pooling2d_12": ("GlobalAveragePooling2D", "", (64,), 0),
    "dropout": ("Dropout", "rate 0.5", (64,), 0),
    "wide": ("Dense", "4096 units, relu", (4096,), 266240),
    "classes": ("Dense", "10 units, softmax", (10,), 40970),
}


def row(name, kind, detail, shape, parameters):
    return SimpleNamespace(name=name, kind=kind, detail=detail, shape=shape, parameters=parameters)


def network(count):
    """Return an input and `count` layers."""
    names = list(LAYERS)
    picked = [names[0], *(names[1 + n * 8 // count] for n in range(count))]
    return [row(name, *LAYERS[name]) for name in picked]


ROWS = [row(name, *facts) for name, facts in LAYERS.items()]


@pytest.mark.parametrize("count", [0, 1, 3, 8, 16, 30])
def test_networks_of_all_lengths_can_be_read(count):
    rows = network(count) if count else ROWS[:1]
    picture = draw.architecture(rows)
    written = assert_readable(picture)
    parameters = sum(layer.parameters for layer in rows)
    layers = "1 layer," if count == 1 else f"{count} layers,"
    assert f"{layers} {parameters:,} parameters in all" in written
    assert picture.figure.get_figwidth() <= 9.6
    assert len(picture.png()) < 40_000
    arrows = [p for p in picture.figure.axes[0].patches if isinstance(p, FancyArrowPatch)]
    assert len(arrows) == len(rows) - 1


def test_every_layer_stands_there_in_words():
    written = "".join(assert_readable(draw.architecture(ROWS))).replace("\n", "").replace(" ", "")
    for layer in ROWS:
        shape = "×".join(map("{:,}".format, layer.shape))
        for text in (layer.name, layer.kind, layer.detail, shape):
            assert text.replace(" ", "") in written
    for said in ("416parameters", "266,240parameters", "noparameters", "8layers,308,922"):
        assert said in written


def test_the_description_has_every_layer_its_shape_and_parameters_and_the_total():
    said = draw.architecture(ROWS).description
    assert said.startswith("A network, layer by layer. input: 28 × 28 × 1; convolution (Conv2D, ")
    assert "batch_normalization_1 (BatchNormalization): 14 × 14 × 16, 64 parameters; " in said
    assert "pooling (MaxPooling2D, 2 × 2): 7 × 7 × 64; " in said
    assert "wide (Dense, 4096 units, relu): 4,096, 266,240 parameters; " in said
    assert said.endswith(" 8 layers, 308,922 parameters in all.")
    assert draw.architecture(ROWS, "In  other words.").description == "In other words."


def boxes(shape, kind="Conv2D", beside=(28, 28, 1)):
    """Return the rectangles (width, height) drawn for a layer of this shape, the front one last."""
    rows = [row("input", "Input", "", beside, 0), row("a", kind, "", shape, 0)]
    patches = draw.architecture(rows, "Two layers.").figure.axes[0].patches
    found = [p for p in patches if isinstance(p, Rectangle) and p.get_x() > COLUMN]
    assert all(COLUMN <= p.get_x() and p.get_x() + p.get_width() <= 2 * COLUMN for p in found)
    heights = [p.get_y() for p in found] + [p.get_y() + p.get_height() for p in found]
    assert max(heights) - min(heights) <= ZONE
    return [(p.get_width(), p.get_height()) for p in found]


def test_sheets_shrink_with_the_maps():
    sides = [boxes((size, size, 1))[0][1] for size in (28, 14, 7, 1)]
    assert sides[0] == pytest.approx(SIDE) and sides == sorted(sides, reverse=True)
    assert sides[1] / sides[0] == pytest.approx(np.sqrt(1 / 2))
    assert sides[-1] > 0.1  # a single pixel can still be seen
    ((width, height),) = boxes((7, 28, 1))
    assert (width, height) == (pytest.approx(SIDE), pytest.approx(SIDE / 2))


@given(st.integers(1, 4096), st.integers(1, 4096))
def test_more_maps_are_never_fewer_sheets(one, other):
    low, high = sorted([one, other])
    assert 1 <= count_sheets(low) <= count_sheets(high) <= 13
    assert count_sheets(2 * low) == count_sheets(low) + 1


@pytest.mark.parametrize("channels, sheets", [(1, 1), (2, 2), (16, 5), (64, 7), (2048, 12)])
def test_sheets_are_drawn_and_stay_in_their_column(channels, sheets):
    assert len(boxes((28, 28, channels))) == len(boxes((4, 4, channels))) == sheets


def test_bars_grow_with_the_vectors():
    heights = [boxes((n,), "Dense", beside=(5000,))[0][1] for n in (1, 10, 128, 4096)]
    assert heights == sorted(heights) and heights[0] >= 0.25 and heights[-1] < ZONE
    assert len(set(heights)) == 4


@pytest.mark.parametrize("shape", [(), (1,), (20, 4), (None, None, 3), (None,), (4, 4, 4, 2),
                                   (1, 1, 1), (512, 512, 3)])  # fmt: skip
def test_shapes_of_every_kind(shape):
    layer = row("a_layer", "Own", "", shape, 1)
    picture = draw.architecture([layer])
    written = "\n".join(assert_readable(picture))
    assert "\n1 parameter\n" in written and "1 layer, 1 parameter in all" in written
    assert ("any" in written) == (None in shape)


def test_long_names_are_broken_and_not_cut_off():
    name = "a_name_that_somebody_chose_for_a_layer_and_that_nobody_will_ever_type"
    picture = draw.architecture([row(name, "K" * 50, "word " * 12, (3, 3, 3), 10**12)] * 5)
    assert_readable(picture)


def test_rows_may_be_a_list_or_a_tuple_and_nothing_else():
    assert draw.architecture(tuple(ROWS)).png() == draw.architecture(ROWS).png()
    for wrong in ([], (), None, "Conv2D", [1, 2], [ROWS[0], "Conv2D"], SimpleNamespace(layers=[])):
        with pytest.raises(ValueError, match="Expected the rows of a layer table.*Received"):
            draw.architecture(wrong)


# --- words that are broken -----------------------------------------------------------------------


@given(st.text("ab_ \nAB", max_size=60), st.integers(1, 20))
def test_lines_are_short_enough_and_lose_no_letter(text, letters):
    lines = fold(text, letters).split("\n")
    assert all(len(line) <= letters for line in lines)
    blank = str.maketrans("", "", " \n")
    assert "".join(lines).translate(blank) == text.translate(blank)


@pytest.mark.parametrize("text, letters, broken", [
    ("global_average_pooling2d", 12, "global_\naverage_\npooling2d"),
    ("GlobalAveragePooling2D", 14, "GlobalAverage\nPooling2D"),
    ("16 filters 3 × 3, relu", 12, "16 filters\n3 × 3, relu"), ("a\nb", 9, "a\nb"),
    ("28 × 28 × 1 and more", 11, "28 × 28 × 1\nand more"),
    ("abcdef", 4, "abcd\nef"), (7, 3, "7"), ("", 3, ""),
])  # fmt: skip
def test_where_lines_are_broken(text, letters, broken):
    assert fold(text, letters) == broken


@given(st.text("ab_ \nAB", max_size=60))
def test_no_line_need_be_longer_than_the_longest_word(text):
    longest = longest_word(text)
    whole = {piece for line in text.split("\n") for piece in BREAKS.split(line)}
    lines = fold(text, longest or 1).split("\n")
    assert all(len(line) <= longest for line in lines)
    assert all(any(piece.rstrip() in line for line in lines) for piece in whole)
    assert longest <= max(map(len, text.split("\n")))
