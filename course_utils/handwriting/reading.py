"""Any picture as one grey matrix: a file, an upload, an array."""

import io
import os
import reprlib
import warnings

import numpy as np
from PIL import ExifTags, Image

from course_utils.datasets import LUMINANCE

LONGEST = 640  # pixels along the longer side: larger pictures are reduced while they are read
MOST_PIXELS = 80_000_000
FORMATS = (
    "PNG", "JPEG", "MPO", "GIF", "BMP", "DIB", "TIFF", "WEBP", "PPM", "AVIF", "HEIF", "JPEG2000",
)  # fmt: skip
EXPECTED = "Expected a picture, such as a PNG or JPEG file."

# Exif 2.32, table 6, tag 274: how a picture must be turned to stand as it was taken.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_EXPORT = "open it and export it as PNG, or take a screenshot of it"
_HEIC = "export it as JPEG; an iPhone takes JPEG with Settings, Camera, Formats, Most Compatible"


def read_picture(source):
    """Return any picture as grey values.

    Turned as its EXIF data say, the first frame of an animation, reduced to at most 640 pixels a
    side. Grey is luminance (Rec. 709). A transparent ground becomes white behind dark ink and
    black behind light ink.

    Args:
        source: a path; the bytes of a file; a file object opened with "rb"; a PIL image; or an
            array (height, width) or (height, width, 1, 3 or 4), uint8 or floats in 0…1.

    Returns:
        float32 (height, width), 0 black to 1 white.

    Raises:
        ValueError: no picture, a damaged one, one of more than 80 million pixels, or values
            beyond 0…1.
    """
    if isinstance(source, Image.Image):
        return _from_image(source, "a PIL image")
    if isinstance(source, (str, os.PathLike)):
        return _from_path(source)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _from_file(io.BytesIO(source))
    if hasattr(source, "read"):
        return _from_file(io.BytesIO(_read(source)))
    return _from_array(source)


# --- files ---------------------------------------------------------------------------------------


def _from_path(path):
    name = reprlib.repr(os.fspath(path))
    if str(path).lower().startswith(("http:", "https:", "data:")):
        raise ValueError(
            f"{EXPECTED} Received the address {name}: download it, and give the file's path."
        )
    try:
        file = open(path, "rb")
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise ValueError(
            f"{EXPECTED} Received the path {name}, which cannot be opened ({reason}): look at its "
            f"spelling; relative paths start at {os.getcwd()}."
        ) from None
    with file:
        return _from_file(file)


def _read(file):
    """Return what a file object has left to read."""
    try:
        content = file.read()
    except Exception as problem:  # whoever made the object decides what is raised
        raise ValueError(
            f"{EXPECTED} Received a file object that cannot be read ({problem}): open it again."
        ) from None
    if not isinstance(content, bytes):
        raise ValueError(
            f"{EXPECTED} Received a file object that gives {type(content).__name__}: open it with "
            'mode "rb".'
        )
    return content


def _from_file(file):
    start = file.read(1024)
    file.seek(0)
    image = _opened(file, start)
    _require_size(*image.size)
    # A JPEG is decoded at a half, a quarter or an eighth where that suffices.
    shrink = max(max(image.size) / LONGEST, 1)
    image.draft(None, tuple(round(side / shrink) or 1 for side in image.size))
    return _from_image(image, f"a {image.format} file")


def _opened(file, start):
    Image.init()
    formats = [name for name in FORMATS if name in Image.OPEN]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # bombs have a limit of our own
            return Image.open(file, formats=formats)
    except Image.DecompressionBombError:
        raise ValueError(_too_many("many more")) from None
    except Exception:  # damaged headers make Pillow's readers raise almost anything
        what, remedy = _kind(start)
        raise ValueError(f"{EXPECTED} Received {what}: {remedy}.") from None


def _kind(start):
    """Return what a file seems to be, and what to do about it."""
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "an empty file", "save, copy or download it again"
    if start.startswith(b"%PDF"):
        return "a PDF", _EXPORT
    if b"<svg" in text:
        return "an SVG drawing", _EXPORT
    if text.startswith((b"<!doctype html", b"<html")):
        return "a web page", "save the picture itself, by a right click on it"
    if start[4:8] == b"ftyp" and start[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1"):
        return "a HEIC photograph", _HEIC
    if start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"II*", b"MM\0*")):
        return "one that is damaged", "save, copy or download it again"
    if _is_text(start):
        return "a text file", "choose the picture itself"
    return "a file of another kind", "choose a picture, or export it as PNG"


def _is_text(start):
    try:
        return start[:-3].decode("utf-8").isprintable() or b"\n" in start and b"\0" not in start
    except UnicodeDecodeError:
        return False


def _require_size(width, height):
    if width * height > MOST_PIXELS:
        raise ValueError(_too_many(f"{width:,} × {height:,}"))


def _too_many(received):
    return (
        f"Expected a picture of at most {MOST_PIXELS // 10**6} million pixels. Received "
        f"{received}: make it smaller first."
    )


# --- images --------------------------------------------------------------------------------------


def _from_image(image, what):
    _require_some(image.size[::-1])
    _require_size(*image.size)
    try:
        image.load()
        turn = _TURNS.get(_orientation(image))
        image = _averaged(_with_averages(image))
        image = image if turn is None else image.transpose(turn)
    except Exception:  # damaged content makes Pillow's readers raise almost anything
        raise ValueError(
            f"Expected a whole picture. Received {what} that breaks off or is damaged: "
            "save, copy or download it again."
        ) from None
    return _grey(_values(image))


def _orientation(image):
    """Return the EXIF orientation, 1 for none; some files have it only after they were loaded."""
    try:
        return image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # damaged EXIF data; the picture itself may be whole
        return 1


def _with_averages(image):
    """Return the image in a mode in which values can be averaged: no palette, no single bits."""
    if image.mode.startswith("I;16"):
        return image.convert("I")
    if image.mode in ("L", "LA", "RGB", "RGBA", "I", "F") and "transparency" not in image.info:
        return image
    if "transparency" in image.info or image.mode in ("PA", "La", "RGBa"):
        return image.convert("RGBA") if image.mode != "La" else image.convert("LA")
    return image.convert("L" if image.mode == "1" else "RGB")


def _averaged(image):
    """Return the image at most LONGEST pixels high and wide: each the mean of a block."""
    factor = -(-max(image.size) // LONGEST)
    return image if factor == 1 else image.reduce(factor)


def _values(image):
    """Return (height, width, channels) float32 in 0…1."""
    values = np.asarray(image, np.float32)
    if image.mode == "I":  # 32 bits that come from 16, or from 8
        _require_range(values, 65535)
        values = values / (255 if values.max() <= 255 else 65535)
    elif image.mode == "F":
        _require_range(values, 1)
    else:
        values = values / 255
    return values if values.ndim == 3 else values[..., None]


def _grey(values):
    """Return (height, width) of 1 to 4 channels: grey, RGB, each with or without opacity."""
    channels = values.shape[2]
    grey = values[..., 0] if channels < 3 else values[..., :3] @ LUMINANCE.astype(np.float32)
    if channels in (2, 4):
        grey = _on_ground(grey, values[..., -1])
    return np.clip(grey, 0, 1).astype(np.float32)


def _on_ground(grey, opacity):
    """Lay a picture on the ground on which its ink is seen.

    Mostly opaque with light and dark in it (a screenshot with round corners), it goes on. Else
    the shape is in the transparency: dark ink gets a white ground, light ink a black one.
    """
    seen = grey[opacity > 0.5]
    ground = float(np.sum(grey * opacity) <= 0.5 * np.sum(opacity))
    if seen.size > grey.size / 2 and np.ptp(np.percentile(seen, [5, 95])) > 0.25:
        ground = np.median(seen)
    return opacity * grey + (1 - opacity) * ground


# --- arrays --------------------------------------------------------------------------------------


def _from_array(source):
    array = _as_array(source)
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4):
        raise ValueError(
            "Expected an array of shape (height, width), or with 1, 3 or 4 channels. Received "
            f"shape {np.shape(source)}: pictures[0] takes one of a batch."
        )
    _require_some(array.shape)
    largest = 255 if array.dtype == np.uint8 else 1
    _require_range(array, largest)
    channels = [_averaged_channel(array[..., i]) for i in range(array.shape[2])]
    return _grey(np.stack(channels, axis=-1) / np.float32(largest))


def _as_array(source):
    try:
        array = np.asarray(source)
    except Exception:  # ragged lists, and objects whose own conversion fails
        array = np.asarray(None)
    if array.dtype != np.uint8 and array.dtype.kind not in "fb":
        received = f"an array of {array.dtype}" if array.dtype.kind in "iu" else _named(source)
        raise ValueError(
            "Expected a path, the bytes of a file, a PIL image, or an array of uint8 or of floats "
            f'in 0…1. Received {received}: .astype("uint8") suits whole numbers of 0…255.'
        )
    return array


def _named(source):
    return f"{type(source).__name__} {reprlib.repr(source)}"


def _averaged_channel(channel):
    """Return a channel as float32, reduced like an image."""
    if max(channel.shape) <= LONGEST:
        return channel.astype(np.float32)
    kind = np.uint8 if channel.dtype == np.uint8 else np.float32
    return np.asarray(_averaged(Image.fromarray(channel.astype(kind))), np.float32)


def _require_some(shape):
    if 0 in shape:
        raise ValueError(
            f"Expected a picture of one or more pixels. Received none, in shape {tuple(shape)}: "
            "look at how it was cut out."
        )


def _require_range(values, largest):
    low, high = values.min(), values.max()
    if not (low >= 0 and high <= largest):  # not-a-number is refused as well
        raise ValueError(
            f"Expected values in 0…{largest}. Received {low:g} to {high:g}: divide a picture of "
            "0…255 by 255, and look for values that are no numbers."
        )
