"""Pictures of digits: whatever is uploaded is read as a person would, or refused in a sentence."""

import io
import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage
from skimage.filters import threshold_otsu

from course_utils import datasets
from course_utils.handwriting import as_digit, digits, ink, photographed, read_picture
from course_utils.handwriting import reading

SENTENCE = r"^Expected .*\. Received [^\n]*: [^\n]*\.$"
RANDOM = np.random.default_rng(8)
GREY = np.linspace(0, 1, 12 * 17).reshape(12, 17)
BYTES = (GREY * 255).round().astype("uint8")


@pytest.fixture(scope="module")
def test_digits():
    (_, _), (pictures, _) = datasets.load_mnist()
    return pictures / np.float32(255)


def encoded(image, kind="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


# --- reading: what may come ----------------------------------------------------------------------


def test_the_same_picture_by_every_way(tmp_path):
    path = tmp_path / "zwölf 12.png"
    path.write_bytes(encoded(Image.fromarray(BYTES)))
    content = path.read_bytes()
    ways = [path, str(path), content, bytearray(content), memoryview(content), io.BytesIO(content),
            Image.open(path), BYTES, BYTES[..., None], (BYTES / 255), (BYTES / 255).tolist(),
            np.float32(BYTES / 255), np.stack([BYTES] * 3, axis=-1), BYTES[::-1][::-1],
            np.dstack([BYTES] * 3 + [np.full_like(BYTES, 255)])]  # fmt: skip
    with path.open("rb") as file:
        ways.append(file)
        for way in ways:
            picture = read_picture(way)
            assert picture.dtype == np.float32 and picture.shape == BYTES.shape
            np.testing.assert_allclose(picture, BYTES / 255, atol=1e-6)


def test_what_was_handed_over_stays_as_it_was():
    array, image = BYTES.copy(), Image.fromarray(BYTES)
    as_picture = read_picture(array)
    as_picture[:] = 0.5
    read_picture(image)
    np.testing.assert_array_equal(array, BYTES)
    assert image.size == BYTES.shape[::-1] and image.mode == "L"


MODES = ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I", "I;16", "La", "RGBa"]


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_of_pillow(mode):
    image = Image.fromarray(np.where(GREY > 0.5, 255, 0).astype("uint8"))
    if mode in ("La", "RGBa"):
        image = image.convert({"La": "LA", "RGBa": "RGBA"}[mode])
    picture = read_picture(image.convert(mode))
    assert picture.shape == GREY.shape
    np.testing.assert_allclose(picture, GREY > 0.5, atol=0.02)


def test_floats_as_an_image():
    np.testing.assert_allclose(read_picture(Image.fromarray(np.float32(GREY))), GREY, atol=1e-6)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits(kind):
    values = (GREY * 65535).astype("uint16")
    picture = read_picture(encoded(Image.fromarray(values), kind))
    np.testing.assert_allclose(picture, GREY, atol=1e-4)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_every_common_kind_of_file(kind, mode):
    blocks = np.kron([[0, 1], [1, 0]], np.ones((16, 16)))
    content = encoded(Image.fromarray((blocks * 255).astype("uint8")).convert(mode), kind)
    np.testing.assert_allclose(read_picture(content), blocks, atol=0.06)


def test_grey_is_luminance():
    colours = RANDOM.random((5, 4, 3))
    np.testing.assert_allclose(read_picture(colours), colours @ datasets.LUMINANCE, atol=1e-6)


def test_an_animation_gives_its_first_frame():
    frames = [Image.new("L", (9, 9), level) for level in (255, 0, 0)]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert read_picture(content).min() > 0.99


# --- EXIF ----------------------------------------------------------------------------------------

TURNED = {  # what a camera stores, so that its viewer shows `upright`
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.T,
    6: lambda upright: np.rot90(upright),
    7: lambda upright: upright[::-1, ::-1].T,
    8: lambda upright: np.rot90(upright, -1),
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", TURNED)
def test_a_picture_stands_as_it_was_taken(orientation, kind):
    upright = np.kron([[0, 0.4, 1], [0.7, 0.2, 0.2]], np.ones((16, 16)))
    stored = (TURNED[orientation](upright) * 255).astype("uint8")
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(Image.fromarray(np.ascontiguousarray(stored)), kind, exif=exif)
    np.testing.assert_allclose(read_picture(content), upright, atol=0.05)


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(Image.fromarray(BYTES), "PNG", exif=exif)
    np.testing.assert_allclose(read_picture(content), BYTES / 255, atol=1e-6)


# --- transparency --------------------------------------------------------------------------------

SHAPE = np.zeros((30, 20))
SHAPE[5:25, 8:12] = 1


def with_opacity(grey, opacity):
    values = np.dstack([np.broadcast_to(grey, opacity.shape)] * 3 + [opacity])
    return (values * 255).round().astype("uint8")


@pytest.mark.parametrize("tone, expected", [(0.0, 1 - SHAPE), (0.2, 1 - 0.8 * SHAPE), (1.0, SHAPE)])
@pytest.mark.parametrize("hidden", [0.0, 1.0])
def test_ink_on_a_transparent_ground_is_seen(tone, expected, hidden):
    """Whatever colour the pixels have that nobody sees."""
    drawn = with_opacity(np.where(SHAPE > 0, tone, hidden), SHAPE)
    for picture in (drawn, drawn / 255, encoded(Image.fromarray(drawn)), Image.fromarray(drawn)):
        np.testing.assert_allclose(read_picture(picture), expected, atol=0.01)


def test_a_screenshot_with_round_corners_goes_on_in_them():
    opacity = np.ones((30, 20))
    opacity[:3, :3] = 0
    picture = read_picture(with_opacity(1 - SHAPE, opacity))
    np.testing.assert_allclose(picture, 1 - SHAPE, atol=0.01)


@pytest.mark.parametrize("mode", ["P", "L", "RGB"])
def test_one_colour_declared_transparent(mode):
    image = Image.fromarray((SHAPE * 255).astype("uint8")).convert(mode)
    gone = image.getpixel((0, 0))
    content = encoded(image, "PNG", transparency=gone)
    np.testing.assert_allclose(read_picture(content), SHAPE, atol=0.01)


def test_a_picture_that_is_transparent_all_over_has_no_ink():
    with pytest.raises(ValueError, match="without clear ink"):
        as_digit(with_opacity(0.5, np.zeros((30, 20))))


# --- sizes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(641, 300), (300, 641), (1999, 1501), (5000, 3), (1, 3000)])
@pytest.mark.parametrize("how", ["array", "floats", "PNG", "JPEG"])
def test_large_pictures_are_reduced(size, how):
    values = np.tile(np.linspace(0, 255, size[1]).astype("uint8"), (size[0], 1))
    ways = {"array": values, "floats": values / 255}
    source = ways[how] if how in ways else encoded(Image.fromarray(values), how)
    picture = read_picture(source)
    assert max(picture.shape) <= reading.LONGEST
    if min(size) > 100:
        assert picture.mean() == pytest.approx(values.mean() / 255, abs=0.03)
        assert picture.shape[1] / picture.shape[0] == pytest.approx(size[1] / size[0], rel=0.02)


FORTY = """
import io, sys
from pathlib import Path
import numpy as np
from PIL import Image
from course_utils.handwriting import as_digit
page = Image.new(sys.argv[2], (7300, 5500), "white")
page.paste("black", (3300, 1500, 4000, 4200))
stream = io.BytesIO()
page.save(stream, sys.argv[1], compress_level=1)
del page
pixels = as_digit(stream.getvalue()).pixels
print(pixels.sum() > 40, pixels[4:25].sum() / pixels.sum() > 0.99, sys.platform)
if sys.platform == "linux":  # the peak of this process alone, in kB
    print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


@pytest.mark.parametrize("kind, mode", [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA")])
def test_forty_megapixels_are_read_within_memory(kind, mode):
    """The page that is made first takes as much as the decoded one: half a gigabyte for all."""
    command = [sys.executable, "-c", FORTY, kind, mode]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.startswith("True True"), done.stderr
    if "linux" in done.stdout:
        assert int(done.stdout.split()[-1]) < 600_000


# --- what is refused -----------------------------------------------------------------------------

JPEG = encoded(Image.fromarray(RANDOM.integers(0, 255, (90, 90)).astype("uint8")), "JPEG")
PNG = encoded(Image.fromarray(RANDOM.integers(0, 255, (90, 90)).astype("uint8")))
FILES = {
    "empty": (b"", "an empty file"),
    "text": ("Grüße,\nthis is my digit: 7\n".encode(), "a text file"),
    "one line": (b"seven", "a text file"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF"),
    "SVG": (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
    "HEIC": (b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + bytes(60), "a HEIC photograph"),
    "web page": (b"\n<!DOCTYPE html><html><body>404</body></html>", "a web page"),
    "archive": (b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\xdf\xa4\xd2" + bytes(50), "of another kind"),
    "sound": (bytes(range(256)) * 3, "of another kind"),
    "PostScript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "a text file"),
    "JPEG cut off": (JPEG[: len(JPEG) // 2], "a JPEG file that breaks off"),
    "PNG cut off": (PNG[: len(PNG) // 2], "a PNG file that breaks off"),
    "PNG's head": (PNG[:20], "one that is damaged"),
    "JPEG's head": (JPEG[:10], "one that is damaged"),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_are_no_pictures_are_named(name, tmp_path):
    content, said = FILES[name]
    path = tmp_path / "digit.png"
    path.write_bytes(content)
    for source in (content, path, io.BytesIO(content)):
        with pytest.raises(ValueError, match=SENTENCE) as refusal:
            read_picture(source)
        assert said in str(refusal.value)


def test_paths_that_cannot_be_opened(tmp_path):
    hopeless = [tmp_path / "no.png", tmp_path, "a\0b", "x" * 5000, "", "https://a.b/c.png"]
    for path in hopeless:
        with pytest.raises(ValueError, match=SENTENCE):
            read_picture(path)


class Broken:
    def read(self):
        raise RuntimeError("gone")


@pytest.mark.parametrize("source", [
    io.StringIO("seven"), io.BytesIO(b""), Broken(), None, 7, object(), {}, [], [[1, 2], [3]],
    ["a", "b"], np.array(["a"]), np.array([[1 + 2j]]), np.zeros((3, 3), int), np.zeros(9),
    np.zeros((0, 5)), np.zeros((5, 0, 3)), np.zeros((5, 5, 2)), np.zeros((1, 28, 28, 1)),
    np.zeros((1, 28, 28)), np.full((5, 5), np.nan), np.full((5, 5), 1.5), np.full((5, 5), -0.1),
    np.full((5, 5), np.inf), np.eye(5) * 255, Image.new("L", (0, 5)),
    Image.fromarray(np.float32([[0, 255]])),
], ids=lambda source: repr(source)[:30])  # fmt: skip
def test_other_things_are_refused_in_a_sentence(source):
    with pytest.raises(ValueError, match=SENTENCE) as refusal:
        read_picture(source)
    assert type(refusal.value) is ValueError and len(str(refusal.value)) < 400


def test_floats_of_bytes_are_told_to_be_divided():
    with pytest.raises(ValueError, match="divide a picture of 0…255 by 255"):
        read_picture(BYTES.astype(float))


def bomb(width, height):
    """Return a PNG of a few bytes that says it is huge."""
    import struct
    import zlib

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(9000, 9000), (12000, 12000), (60000, 60000), (2**31 - 1, 3)])
@pytest.mark.filterwarnings("error")
def test_decompression_bombs_are_refused_before_they_are_decoded(size):
    with pytest.raises(ValueError, match=SENTENCE):
        read_picture(bomb(*size))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([PNG, JPEG]), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)),
                                             min_size=1, max_size=8))  # fmt: skip
def test_damaged_files_give_a_picture_or_a_sentence(content, changes):
    damaged = bytearray(content)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    try:
        picture = read_picture(damaged)
    except ValueError as refusal:
        assert re.match(SENTENCE, str(refusal))
    else:
        assert picture.ndim == 2 and 0 <= picture.min() <= picture.max() <= 1


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
@example(b"BM")
@example(b"P5 9 9 255\n")
@example(b"GIF89a")
def test_any_bytes_at_all(content):
    with pytest.raises(ValueError, match=SENTENCE):
        read_picture(content)


# --- the level between ground and ink, against scikit-image -------------------------------------


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
def test_the_level_splits_as_scikit_image_does(share):
    values = np.where(RANDOM.random((90, 90)) < share, 0.8, 0.2) + RANDOM.normal(0, 0.05, (90, 90))
    values = np.clip(values, 0, 1)
    ours, theirs = (values > ink.otsu_level(values)), (values > threshold_otsu(values))
    assert (ours != theirs).mean() < 0.002


def test_a_pen_is_about_as_wide_as_it_was_drawn():
    down, right = np.mgrid[:200, :200]
    for width in (4, 8, 16):
        for angle in (0, 0.3, np.pi / 4, 1.2):
            across = np.abs((right - 100) * np.cos(angle) + (down - 100) * np.sin(angle))
            assert digits.pen_width(across < width / 2) == pytest.approx(width, rel=0.35)


# --- digits --------------------------------------------------------------------------------------


def likeness(pixels, original):
    """Return the correlation, the best of nine shifts of at most one pixel.

    MNIST's centring is to a whole pixel: a trace of noise may tip it over to the next one.
    """
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    shifted = (np.roll(pixels, shift, (0, 1)).ravel() for shift in shifts)
    return max(np.corrcoef(one, original.ravel())[0, 1] for one in shifted)


def enlarged(digit, times):
    size = (28 * times, 28 * times)
    return np.clip(Image.fromarray(digit).resize(size, Image.Resampling.BICUBIC), 0, 1)


def lit(paper, angle, darkest=0.45):
    down, right = np.meshgrid(*(np.linspace(-1, 1, n) for n in paper.shape), indexing="ij")
    light = np.cos(angle) * down + np.sin(angle) * right
    light = (light - light.min()) / np.ptp(light)
    return paper * (darkest + (1 - darkest) * light)


DISGUISES = {
    # name: (picture, least likeness of nine in ten, least of all)
    "as it is": (lambda digit, random: digit, 0.99, 0.85),
    "black on white": (lambda digit, random: 1 - digit, 0.99, 0.85),
    "enlarged by blocks": (lambda digit, random: np.kron(digit, np.ones((9, 9))), 0.99, 0.85),
    "enlarged": (lambda digit, random: enlarged(digit, 10), 0.93, 0.85),
    "shifted": (lambda digit, random: np.pad(
        enlarged(digit, 6), random.integers(0, 120, (2, 2))), 0.93, 0.85),
    "noisy": (lambda digit, random: np.clip(
        0.85 - 0.7 * enlarged(digit, 8) + random.normal(0, 0.05, (224, 224)), 0, 1), 0.9, 0.8),
    "unevenly lit": (lambda digit, random: lit(
        np.pad(0.9 - 0.75 * enlarged(digit, 8), 40, constant_values=0.9),
        random.uniform(0, 7)), 0.93, 0.8),
    "chalk": (lambda digit, random: lit(
        np.pad(0.2 + 0.7 * enlarged(digit, 8), 30, constant_values=0.2),
        random.uniform(0, 7)), 0.9, 0.8),
    "photographed": (lambda digit, random: photographed(digit, random.integers(99)), 0.9, 0.8),
}  # fmt: skip
SOME = range(0, 10_000, 125)  # 80 of the test digits


@pytest.mark.parametrize("name", DISGUISES)
def test_a_digit_of_mnist_comes_back(test_digits, name):
    disguise, most, least = DISGUISES[name]
    likenesses, masses = [], []
    for place in SOME:
        pixels = as_digit(disguise(test_digits[place], np.random.default_rng(place))).pixels
        likenesses.append(likeness(pixels, test_digits[place]))
        masses.append(pixels.sum() / test_digits[place].sum())
    assert np.percentile(likenesses, 10) >= most and min(likenesses) >= least
    assert 0.75 <= min(masses) and max(masses) <= 1.25


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9_999), st.integers(2, 12), st.booleans(), st.floats(0, 0.03),
       st.tuples(*[st.integers(0, 90)] * 4), st.sampled_from(list(TURNED)))  # fmt: skip
def test_any_digit_enlarged_moved_inverted_noisy_and_turned(
    test_digits, place, times, inverted, noise, margins, orientation
):
    page = np.pad(enlarged(test_digits[place], times), (margins[:2], margins[2:]))
    page = 0.1 + 0.8 * (1 - page if inverted else page)
    page = np.clip(page + np.random.default_rng(place).normal(0, noise, page.shape), 0, 1)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray((TURNED[orientation](page) * 255).round().astype("uint8"))
    content = encoded(Image.fromarray(stored), "PNG", exif=exif)
    pixels = as_digit(content).pixels
    assert likeness(pixels, test_digits[place]) > 0.8
    assert 0.7 < pixels.sum() / test_digits[place].sum() < 1.3


def test_what_comes_is_what_mnist_is(test_digits):
    digit = as_digit(photographed(test_digits[3]))
    names = ["as uploaded", "ink", "cut out", "centred 28 × 28"]
    assert list(digit.steps) == names and digit.steps[names[-1]] is digit.pixels
    assert digit.pixels.shape == (28, 28) and digit.pixels.dtype == np.float32
    assert 0 <= digit.pixels.min() and 0.9 < digit.pixels.max() <= 1
    assert max(digit.steps["cut out"].shape) == 20
    middle = ndimage.center_of_mass(digit.pixels)
    assert np.abs(np.array(middle) - 14).max() <= 0.51
    assert all(step.min() >= 0 and step.max() <= 1 for step in digit.steps.values())
    with pytest.raises(ValueError, match="read-only"):
        digit.pixels[0, 0] = 1


def test_a_thin_pen_becomes_as_wide_as_mnists():
    page = np.ones((400, 300))
    page[60:340, 148:152] = 0.2
    page[60:64, 100:152] = 0.2
    length = (280 + 48) / 280 * 20  # pixels of MNIST's box; the pen alone is 0.3 wide
    assert 1 < as_digit(page).pixels.sum() / length < 2.5


def page_with_digit(digit):
    return 0.9 - 0.75 * np.pad(enlarged(digit, 8), 60)


STRANGERS = {
    "a table's edge": (np.s_[:, :25], 0.15),
    "a ruled line": (np.s_[20:23, :], 0.35),
    "faint ruled lines": (np.s_[::30, :], 0.75),
    "specks": (np.s_[5:300:97, 9:300:83], 0.1),
    "a binder's hole": (np.s_[100:120, 0:14], 0.1),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_what_is_not_the_digit_is_left_out(test_digits, name):
    place, tone = STRANGERS[name]
    for number in range(0, 40, 4):
        page = page_with_digit(test_digits[number])
        page[place] = np.minimum(page[place], tone)
        assert likeness(as_digit(page).pixels, test_digits[number]) > 0.85


def test_a_bar_that_stands_off_belongs_to_its_digit():
    page = np.ones((120, 100))
    page[20:28, 30:70] = page[40:100, 30:40] = page[92:100, 30:70] = 0
    ink_alone = as_digit(page).steps["ink"]
    np.testing.assert_allclose(ink_alone, 1 - page, atol=0.02)


EMPTY = {
    "one pixel": np.ones((1, 1)),
    "one row": np.ones((1, 50)),
    "white": np.ones((80, 60)),
    "black": np.zeros((80, 60)),
    "grey": np.full((80, 60), 0.5),
    "noise": np.clip(RANDOM.normal(0.6, 0.02, (300, 200)), 0, 1),
    "much noise": np.clip(RANDOM.normal(0.5, 0.12, (300, 200)), 0, 1),
    "even noise": RANDOM.random((300, 200)),
    "light from a side": lit(np.full((300, 200), 0.9), 1),
    "noise lit": np.clip(lit(np.full((300, 200), 0.9), 2) + RANDOM.normal(0, 0.02, (300, 200)), 0, 1),
    "a speck": np.where(np.arange(300 * 200).reshape(300, 200) == 30_100, 0.0, 0.9),
}


@pytest.mark.parametrize("name", EMPTY)
@pytest.mark.filterwarnings("error")
def test_an_empty_page_is_refused(name):
    with pytest.raises(ValueError, match=SENTENCE) as refusal:
        as_digit(EMPTY[name])
    assert "without clear ink" in str(refusal.value)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.floats(0, 1), st.integers(0, 999))
def test_any_picture_gives_a_digit_or_the_sentence(height, width, share, seed):
    random = np.random.default_rng(seed)
    page = np.where(random.random((height, width)) < share, random.random(), random.random())
    try:
        pixels = as_digit(page).pixels
    except ValueError as refusal:
        assert "without clear ink" in str(refusal)
    else:
        assert pixels.shape == (28, 28) and 0 <= pixels.min() < pixels.max() <= 1
