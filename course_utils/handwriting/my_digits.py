"""Digits that a student drew and kept, in one file beside their trainings."""

import os
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, fields

import numpy as np

from course_utils.places import checkpoints

NAME = "my_digits.npz"
SIDE = 28
# What the file holds: each name with its type, and how many values belong to one digit.
_PARTS = {
    "images": (np.uint8, (SIDE, SIDE)),
    "labels": (np.uint8, ()),
    "read_as": (np.uint8, ()),
    "probabilities": (np.float32, ()),
}
_TROUBLE = (OSError, ValueError, KeyError, EOFError, SyntaxError, MemoryError,
            zipfile.BadZipFile, zlib.error)  # fmt: skip


@dataclass(frozen=True, eq=False)
class KeptDigit:
    """A digit that was kept.

    Attributes:
        image: (28, 28) uint8, white ink on black, as MNIST's.
        label: the digit that was meant.
        read_as, probability: what a network made of it.
    """

    image: np.ndarray
    label: int
    read_as: int
    probability: float


def my_digits(path=None):
    """Return the digits that were kept, as `datasets.load_mnist` returns its own.

    Args:
        path: of the file; by default `checkpoints/my_digits.npz` beside the notebooks.

    Returns:
        `(images, labels)`: uint8 (n, 28, 28) and uint8 (n,), the digits that were meant.

    Raises:
        ValueError: no such file, or one that cannot be read.
    """
    path = path or place()
    if not os.path.exists(path):
        raise ValueError(
            f"Expected kept digits in {path}. Received no such file: draw a digit in a DigitPad, "
            "choose what you meant, then press Keep and Save."
        )
    parts = _read(path)
    return parts["images"], parts["labels"]


def place():
    """Return where kept digits are: with the student's trainings, which git ignores."""
    return checkpoints() / NAME


def add_digits(kept, path=None):
    """Add digits to those in the file, which is made if there is none.

    Args:
        kept: KeptDigit, one or more.
        path: as in `my_digits`.

    Returns:
        How many there are now.

    Raises:
        ValueError: the file that is there cannot be read, and then stays as it is; or there is no
            place to write it.
    """
    path = path or place()
    parts = {}
    for field, (name, (kind, _)) in zip(fields(KeptDigit), _PARTS.items()):
        parts[name] = np.array([getattr(one, field.name) for one in kept], kind)
    if os.path.exists(path):
        before = _read(path)
        parts = {name: np.concatenate([before[name], parts[name]]) for name in parts}
    _write(path, parts)
    return len(parts["labels"])


def _read(path):
    """Return the file's arrays, all of the form that `add_digits` gives them."""
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            parts = {name: arrays[name] for name in _PARTS}
        count = len(parts["labels"])
        fits = [parts[name].dtype == kind and parts[name].shape == (count, *shape)
                for name, (kind, shape) in _PARTS.items()]  # fmt: skip
        whole = all(fits) and parts["labels"].max(initial=0) < 10
    except (*_TROUBLE, TypeError, AttributeError):  # a file of another kind is not even a table
        whole = False
    if not whole:
        raise ValueError(
            f"Expected kept digits in {path}. Received a file that is damaged or of another kind: "
            "rename it or delete it, then try again."
        )
    return parts


def _write(path, parts):
    """Write the whole file, then put it in its place: what was there is never half overwritten."""
    folder = os.path.dirname(os.path.abspath(path))
    try:
        os.makedirs(folder, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=NAME, suffix=".new", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez_compressed(file, **parts)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as problem:
        raise ValueError(
            f"Expected to write {path}. Received {problem.strerror or problem}: free some space, "
            "or set COURSE_CHECKPOINTS to a folder of your own."
        ) from None
