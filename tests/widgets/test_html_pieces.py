"""The HTML pieces: tables that can be read and images that say what they show."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from course_utils.draw.grids import padding_mask
from course_utils.draw.mosaic import GROUND, LEVELS, mosaic, palette
from course_utils.draw.style import cell_colours, inks_on, number
from course_utils.widgets import html


def cells(table):
    return re.findall(r"<td.*?>(.*?)</td>", table)


def test_a_table_has_the_numbers_in_order():
    values = np.array([[0, 0.25, 1], [-1.5, 2, 1 / 3]])
    assert cells(html.table(values)) == ["0", "0.25", "1", "−1.5", "2", "0.33"]
    assert html.table(values).count("<tr>") == 2


def test_marks_extras_and_padding():
    hatched = padding_mask((3, 3), ((1, 0), (0, 1)))
    table = html.table(np.zeros((3, 3)), [(0, 1)], "now", {(2, 2): "<i></i>"}, hatched=hatched)
    kinds = re.findall(r'<td class="(.*?)"', table)
    assert [kind.split() for kind in kinds] == [
        ["zero"], ["zero", "now"], ["zero"], ["g0"], ["g0"], ["zero"], ["g0"], ["g0"], ["zero"],
    ]  # fmt: skip
    assert table.endswith("0<i></i></td></tr></table>")


def test_long_numbers_shrink_instead_of_widening_a_cell():
    rules = dict(re.findall(r"\.(n\d+)\{font-size:([\d.]+)px\}", html.cell_rules()))
    for value in (-123.45, 1e6 + 0.25, -1e12 + 0.25, 1e12 + 0.25):
        (length,) = re.findall(r' (n\d+)"', html.table(np.array([[value]])))
        assert len(number(value)) == int(length[1:])
        assert len(number(value)) * 0.61 * float(rules[length]) < html.CELL_WIDTH
    (size,) = re.findall(r"font-size:([\d.]+)px", html.table(np.array([[-1e300]])))
    assert float(size) * len(number(-1e300)) < 61
    assert not re.search(r'font-size| n\d+"', html.table(np.array([[-0.17, 12.25, 100]])))


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("most", [0.5, 1, 7])
def test_the_classes_of_cells_have_the_colours_of_drawn_cells(signed, most):
    """A level is a whole number, which `cell_colours` need not be; so is the ink on it."""
    values = np.linspace(-most, most, 999).reshape(27, 37)
    rules = dict(re.findall(r"\.([sg]\d+)\{background:#(\w{6});color:\w+\}", html.cell_rules()))
    kinds = re.findall(r'<td class="(\w+)', html.table(values, signed=signed))
    shown = np.array([tuple(bytes.fromhex(rules[kind])) for kind in kinds])
    drawn = cell_colours(values, signed).reshape(-1, 3) * 255
    np.testing.assert_allclose(shown, drawn, atol=0.5)


def test_each_colour_of_a_cell_has_ink_that_can_be_read_on_it():
    rules = re.findall(r"\{background:#(\w{6});color:(\w+)\}", html.cell_rules())
    assert len(rules) == 2 * 256
    for colour, ink in rules:
        levels = np.array([[int(colour[at : at + 2], 16) for at in (0, 2, 4)]]) / 255
        assert inks_on(levels) == ink


def test_words_stand_as_they_are_on_colours_of_their_own():
    colours = np.array([[[1, 1, 1], [0, 0, 1]]])
    table = html.table(np.array([["<b>", ""]]), colours=colours)
    assert cells(table) == ["&lt;b&gt;", ""]
    assert re.findall(r"#\w+;color:\w+", table) == ["#ffffff;color:black", "#0000ff;color:white"]


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 3)])
def test_an_image_is_a_png_of_these_pixels(shape):
    pixels = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    tag = html.image(pixels, 'a "dog" & <cat>', 120)
    assert 'alt="a &quot;dog&quot; &amp; &lt;cat&gt;"' in tag
    data = re.search(r"base64,([^\"]*)", tag)[1]
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    np.testing.assert_array_equal(shown, pixels)


@pytest.mark.parametrize("in_colour", [True, False])
def test_the_page_is_seen_between_the_tiles_of_a_mosaic_and_nowhere_else(in_colour):
    tiles = np.random.default_rng(1).integers(0, LEVELS, (5, 4, 3, *[3] * in_colour), np.uint8)
    tiles[1], colours = tiles[1].max(), palette(signed=True)
    if in_colour:
        tiles[0] = colours[GROUND]  # a tile of the ground's own colour stays
    drawn = mosaic(tiles, chosen=2, columns=3)
    table = None if in_colour else colours
    tag = html.image(drawn.pixels, "tiles", palette=table, clear=drawn.gaps)
    data = re.search(r"base64,([^\"]*)", tag)[1]
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA"))
    np.testing.assert_array_equal(shown[..., 3] == 0, drawn.gaps)
    expected = drawn.pixels if in_colour else colours[drawn.pixels]
    np.testing.assert_array_equal(shown[~drawn.gaps][:, :3], expected[~drawn.gaps])
    places = [drawn.place_at((x + 0.5) / shown.shape[1], (y + 0.5) / shown.shape[0])
              for y, x in np.argwhere(~drawn.gaps)]  # fmt: skip
    assert {tile for tile, *_ in places} == set(range(5))


@pytest.mark.parametrize("side, kind", [(80, "png"), (300, "jpeg")])
def test_a_large_photograph_fits_in_a_message(side, kind):
    noise = np.random.default_rng(2).integers(0, 256, (side, side, 3), np.uint8)
    tag = html.image(noise, "noise", photograph=True)
    assert f"data:image/{kind};base64" in tag and len(tag) < 60_000
    flat = np.full((side, side, 3), 128, np.uint8)
    data = re.search(r"base64,([^\"]*)", html.image(flat, "grey", photograph=True))[1]
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    np.testing.assert_array_equal(shown, flat)


def test_a_caption_is_escaped():
    assert "a &lt;b&gt;" in html.figure("a <b>", "")
