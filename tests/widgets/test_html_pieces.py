"""The HTML pieces: tables that can be read and images that say what they show."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from course_utils.draw.grids import padding_mask
from course_utils.draw.mosaic import GROUND, LEVELS, mosaic, palette
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
        ["zero"], ["zero", "now"], ["zero"], [], [], ["zero"], [], [], ["zero"],
    ]  # fmt: skip
    assert table.endswith("0<i></i></td></tr></table>")


def test_long_numbers_shrink_instead_of_widening_a_cell():
    (size,) = re.findall(r"font-size:([\d.]+)px", html.table(np.array([[-123.45]])))
    assert len("−123.45") * 0.61 * float(size) < html.CELL_WIDTH
    assert "font-size" not in html.table(np.array([[-0.17, 12.25, 100]]))


def test_words_stand_as_they_are_on_colours_of_their_own():
    colours = np.array([[[1, 1, 1], [0, 0, 1]]])
    table = html.table(np.array([["<b>", ""]]), colours=colours)
    assert cells(table) == ["&lt;b&gt;", ""]
    assert re.findall(r"rgb\(.*?\);color:\w+", table) == [
        "rgb(255,255,255);color:black", "rgb(0,0,255);color:white",
    ]  # fmt: skip


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


def test_a_caption_is_escaped():
    assert "a &lt;b&gt;" in html.figure("a <b>", "")
