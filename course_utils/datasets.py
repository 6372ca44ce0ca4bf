"""What stands in data/, the course's pictures above all: each file is verified, then read.

Nothing here uses the network, except `load_fashion(full=True)`, which says so. Where each file
comes from, its licence and how to cite it stand in data/README.md.
"""

import contextlib
import functools
import hashlib
import os
import re
import struct
import tomllib
import zipfile
import zlib
from dataclasses import dataclass

import numpy as np

from course_utils.errors import CourseError
from course_utils.places import DATA, ROOT

DIGIT_CLASSES = tuple("0123456789")
FASHION_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

# Share of red, green and blue in luminance (ITU-R BT.709, item 3.2; these are sRGB's primaries).
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])

# sha256 of the four original files of Fashion-MNIST, uncompressed (Keras checks none of them).
FASHION_SUMS = {
    "x_train": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "y_train": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "x_test": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "y_test": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}

_PHOTOGRAPHS = {
    "astronaut": "photographs/astronaut.png",
    "brick": "photographs/brick.png",
    "camera": "photographs/camera.png",
    "chelsea": "photographs/chelsea.png",
    "china": "photographs/china.jpg",
    "coffee": "photographs/coffee.png",
    "coins": "photographs/coins.png",
    "flower": "photographs/flower.jpg",
    "grass": "photographs/grass.png",
    "gravel": "photographs/gravel.png",
    "rocket": "photographs/rocket.jpg",
    "text": "photographs/text.png",
}
SUMS = "SHA256SUMS"
_SUM_LINE = re.compile(r"([0-9a-f]{64}) [ *](\S.*)")


def photographs():
    """Return the names that `load_photograph` knows, in alphabetical order."""
    return tuple(_PHOTOGRAPHS)


def load_photograph(name, grey=False):
    """Return one of the course's photographs.

    Args:
        name: one of `photographs()`.
        grey: True asks for a single matrix of luminance. That of a colour photograph is
            0.2126 red + 0.7152 green + 0.0722 blue (Rec. 709), of the values as they are stored.

    Returns:
        float32 from 0 (black) to 1 (white): `(height, width, 3)` for a colour photograph,
        `(height, width, 1)` for a grey one; `(height, width)` with `grey=True`.

    Raises:
        ValueError: no photograph has this name.
        CourseError: the file is missing or is not the one that the course ships.
    """
    if name not in photographs():
        raise ValueError(
            f"Expected the name of a photograph, received {name!r}: "
            f"choose one of {', '.join(photographs())}."
        )
    pixels = _pixels(_PHOTOGRAPHS[name])
    if not grey:
        return pixels
    # In float64, where the three shares add up to 1 and white stays 1.
    return pixels[..., 0] if pixels.shape[2] == 1 else (pixels @ LUMINANCE).astype(np.float32)


def load_mnist():
    """Return MNIST, all 70,000 handwritten digits, as `keras.datasets.mnist.load_data` does.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: uint8 arrays; pictures `(60000, 28, 28)` and
        `(10000, 28, 28)` from 0 (paper) to 255 (ink), labels `(60000,)` and `(10000,)` from 0 to 9.

    Raises:
        CourseError: the file is missing or is not the one that the course ships.
    """
    return _splits("mnist.npz")


def load_fashion(full=False):
    """Return Fashion-MNIST, 28x28 pictures of clothes; their names are in `FASHION_CLASSES`.

    Args:
        full: False reads the subset in data/: 4,000 training and 1,000 test pictures, the first
            400 and 100 of each class, in their original order. True has Keras download all 70,000
            once (30 MB) and verifies what came. It is the only thing here that uses the network.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: uint8 arrays; pictures `(4000, 28, 28)` and
        `(1000, 28, 28)` from 0 to 255, labels `(4000,)` and `(1000,)` from 0 to 9. With
        `full=True` there are 60,000 and 10,000 of them.

    Raises:
        CourseError: the file is missing or is not the one that the course ships; or the
            download failed, or what came is not Fashion-MNIST.
    """
    return _whole_fashion() if full else _splits("fashion.npz")


@dataclass(frozen=True, eq=False)
class PictureSet:
    """A collection of labelled pictures 28 × 28, in two heaps.

    `train_pictures` (n, 28, 28) and `train_labels` (n,), `test_pictures` (m, 28, 28) and
    `test_labels` (m,) are uint8; a label is a place in `classes`, a tuple of names.
    """

    name: str
    classes: tuple
    train_pictures: np.ndarray
    train_labels: np.ndarray
    test_pictures: np.ndarray
    test_labels: np.ndarray

    def within(self, value, **ranges):
        """Return whether a value lies in the range that belongs to these pictures.

        Args:
            value: what was measured; NaN lies in no range.
            ranges: for each collection by its name (lowest, highest), both included.

        Raises:
            ValueError: there is no range for these pictures.
        """
        if self.name not in ranges:
            raise ValueError(
                f"Expected a range for {self.name!r}. Received {sorted(ranges)}: "
                f"add {self.name}=(lowest, highest)."
            )
        lowest, highest = ranges[self.name]
        return bool(lowest <= value <= highest)


def load_pictures(name="mnist"):
    """Return one of the two collections that a lesson may be about.

    Args:
        name: "mnist", all 70,000 digits, or "fashion", the 5,000 pieces of clothing in data/.

    Returns:
        PictureSet.

    Raises:
        ValueError: no collection has this name.
        CourseError: its file is missing or is not the one that the course ships.
    """
    collections = {"mnist": (DIGIT_CLASSES, load_mnist), "fashion": (FASHION_CLASSES, load_fashion)}
    if name not in collections:
        raise ValueError(
            f"Expected the name of a collection, received {name!r}: "
            f"choose one of {', '.join(collections)}."
        )
    classes, load = collections[name]
    train, test = load()
    return PictureSet(name, classes, *train, *test)


def load_nuclei():
    """Return one picture of cell nuclei under a fluorescence microscope, and which pixel is whose.

    Caicedo and others, "Nucleus segmentation across imaging experiments: the 2018 Data Science
    Bowl", Nature Methods 16, 2019. It is one picture: what is learned on a part of it is tested on
    another part of the same.

    Returns:
        `image, mask`: (512, 512) float32 from 0 (dark) to 1, and (512, 512) int32, 0 for the ground
        and 1 to 125 for the nuclei; `boxes_of(mask)` are their boxes.

    Raises:
        CourseError: the file is missing or is not the one that the course ships.
    """
    name = "nuclei.npz"
    arrays = verified_arrays(name)
    with _explained(name):
        return arrays["image"].astype(np.float32) / 255, arrays["mask"].astype(np.int32)


def boxes_of(mask):
    """Return the box around the pixels of each object in a mask.

    Args:
        mask: (height, width) int, 0 for the ground, another number for each object. A part of a
            larger mask will do: objects that it does not show have no box.

    Returns:
        (n, 4) float32, x1 y1 x2 y2 in pixels, in the order of the objects' numbers.

    Raises:
        ValueError: it is no matrix of whole numbers.
    """
    mask = np.asarray(mask)
    if mask.ndim != 2 or mask.dtype.kind not in "iu":
        raise ValueError(
            f"Expected a mask (height, width) of whole numbers. Received {mask.shape} of "
            f"{mask.dtype}: give one mask, with a number for each object."
        )
    rows, columns = np.nonzero(mask)
    numbers, owners = np.unique(mask[rows, columns], return_inverse=True)
    corners = np.stack([columns, rows], axis=1)
    first = np.full((numbers.size, 2), max(mask.shape, default=0))
    last = np.zeros_like(first)
    np.minimum.at(first, owners, corners)
    np.maximum.at(last, owners, corners)
    return np.concatenate([first, last + 1], axis=1).astype(np.float32)


def imagenet_classes():
    """Return the names of the 1000 classes of ImageNet, in the order of a network's outputs.

    Raises:
        CourseError: the file is missing or is not the one that the course ships.
    """
    name = "checkpoints/imagenet_classes.txt"
    path = verified_path(name)
    with _explained(name):
        return tuple(path.read_text(encoding="utf-8").splitlines())


def idx_sum(array):
    """Return the sha256 of a uint8 array written as an IDX file, MNIST's own format.

    The file is two zeros, 8 for uint8, the number of dimensions, each of them as a big-endian
    32-bit integer, then the values.
    """
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return hashlib.sha256(header + np.ascontiguousarray(array).tobytes()).hexdigest()


def read_sums(path):
    """Return the file names of a `sha256sum` list and their sums: `{name: 64 hexadecimal digits}`.

    Raises:
        OSError: the file cannot be read.
        ValueError: a line is not of the form that `sha256sum` writes.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [_SUM_LINE.fullmatch(line) for line in lines]
    if not found or not all(found):
        raise ValueError(f"Expected a sum, two spaces and a name in each line of {path.name}.")
    return {match[2]: match[1] for match in found}


def format_sums(sums):
    """Return `{name: sum}` as the text of a `sha256sum` list, in order: what `read_sums` reads."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))


def _pixels(name):
    """Return a picture of data/ as float32 `(height, width, channels)`, 0 to 1."""
    from PIL import Image

    path = verified_path(name)
    with _explained(name), Image.open(path) as image:
        values = np.asarray(image, dtype=np.float32) / 255
    return values if values.ndim == 3 else values[..., np.newaxis]


def _splits(name):
    """Return the four arrays of an .npz file in data/, paired as Keras pairs them."""
    arrays = verified_arrays(name)
    with _explained(name):
        train = arrays["x_train"], arrays["y_train"]
        test = arrays["x_test"], arrays["y_test"]
    return train, test


def verified_arrays(name):
    """Return the arrays of an .npz file in data/ whose sum is the listed one: `{key: array}`."""
    path = verified_path(name)
    with _explained(name), np.load(path, allow_pickle=False) as arrays:
        return {key: arrays[key] for key in arrays.files}


def verified_path(name):
    """Return the path of a file in data/ whose sum is the one in SHA256SUMS."""
    with _explained(SUMS):
        expected = read_sums(DATA / SUMS)[name]
    path = DATA / name
    with _explained(name):
        status = path.stat()
        received = _sum_of(path, status.st_mtime_ns, status.st_size)
    if received != expected:
        raise _not_as_shipped(name, f"other content ({status.st_size:,} bytes)")
    return path


@functools.lru_cache(maxsize=None)
def _sum_of(path, modified, size):
    """Return a file's sha256; its time and size are arguments so that a change is noticed."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _explained(name):
    """Turn whatever goes wrong while reading a file of data/ into a sentence that names it."""
    try:
        yield
    except FileNotFoundError as problem:
        raise _not_as_shipped(name, "no such file") from problem
    except KeyError as problem:
        raise _not_as_shipped(name, f"one without {problem}") from problem
    except (OSError, ValueError, EOFError, SyntaxError, zipfile.BadZipFile, zlib.error) as problem:
        raise _not_as_shipped(name, "one that cannot be read") from problem


def _not_as_shipped(name, received):
    """Return the error for a file of data/, with the command that mends it here."""
    return CourseError(
        f"Expected data/{name} as the course ships it, received {received}: {_mend(name)}."
    )


def _mend(name):
    """Return what brings a file of data/ back.

    A wrong sum may be the fault of the file or of the list of sums, so both come back. `HEAD`
    mends a change that was staged too, and `:/` makes the command work in notebooks/ as well.
    """
    if (ROOT / ".git").exists():
        files = dict.fromkeys([f":/data/{name}", f":/data/{SUMS}"])
        return f"run `git checkout HEAD -- {' '.join(files)}` in the course's folder"
    return f"get a whole copy of the course with `git clone --depth 1 {_repository()}`"


def _repository():
    """Return the address that pyproject.toml names, or a word in its place."""
    try:
        settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        return settings["project"]["urls"]["Repository"]
    except (OSError, ValueError, KeyError):
        return "ADDRESS"


def _whole_fashion():
    """Return all of Fashion-MNIST through Keras' downloader, verified array by array."""
    fashion_mnist = _keras_fashion()
    print("All of Fashion-MNIST: Keras downloads 30 MB, once. Nothing else here goes online.")
    try:
        splits = fashion_mnist.load_data()
    except Exception as problem:  # Keras raises a bare Exception when a download fails
        raise CourseError(
            f"Expected all of Fashion-MNIST through Keras, received {_first_line(problem)!r}: use "
            f"load_fashion() without a network, or delete {_keras_folder()} and try again."
        ) from problem
    for key, array in zip(FASHION_SUMS, sum(splits, ()), strict=True):
        _require_original(key, array)
    return splits


def _keras_fashion():
    """Return Keras' module of Fashion-MNIST, imported only when it is asked for."""
    try:
        from keras.datasets import fashion_mnist
    except ImportError as problem:
        raise CourseError(
            f"load_fashion(full=True) expected Keras, received {_first_line(problem)!r}: run "
            '`pip install -e ".[cpu]"` in the course\'s folder, then restart the kernel.'
        ) from problem
    return fashion_mnist


def _require_original(key, array):
    """Refuse an array that is not Fashion-MNIST's own, to the last byte."""
    if idx_sum(np.asarray(array)) != FASHION_SUMS[key]:
        raise CourseError(
            f"Expected Fashion-MNIST's original {key} from Keras' download, received other "
            f"content: delete {_keras_folder()} and call load_fashion(full=True) again."
        )


def _keras_folder():
    return os.path.join(os.environ.get("KERAS_HOME", "~/.keras"), "datasets", "fashion-mnist")


def _first_line(problem):
    return (str(problem).splitlines() or [type(problem).__name__])[0]
