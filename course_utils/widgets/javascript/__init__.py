"""What runs in the browser: modules without dependencies, in this folder."""

import re
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";?\n', re.MULTILINE)


def source(name):
    """Return the text of a module that stands alone: what it imports comes before it.

    Modules import names from their neighbours, as in `import { a, b } from "./other.js"`, and no
    two of them define the same name.
    """
    *needed, last = [_text(part) for part in _in_order(name)]
    return "\n".join([*(re.sub(r"^export ", "", text, flags=re.M) for text in needed), last])


def handed(array):
    """Return an array as arrays.js unpacks it, its numbers with their lowest byte first.

    A float32 array of whole steps of 1/255, as a photograph is, goes as bytes: a quarter of them.
    """
    array = np.asarray(array)
    if array.dtype != np.float32:
        return {"shape": list(array.shape), "kind": "float64", "bytes": _bytes(array, "<f8")}
    levels = (array * 255).round()
    if np.array_equal(levels / np.float32(255), array) and 0 <= levels.min() <= levels.max() <= 255:
        return {"shape": list(array.shape), "kind": "levels", "bytes": _bytes(levels, "u1")}
    return {"shape": list(array.shape), "kind": "float32", "bytes": _bytes(array, "<f4")}


def _bytes(array, kind):
    return array.astype(kind).tobytes()


def _in_order(name):
    """Return the names of the modules that a module needs, each once, itself last."""
    order = []
    for needed in _IMPORT.findall(_file(name)):
        order += [part for part in _in_order(needed) if part not in order]
    return [*order, name]


def _text(name):
    return _IMPORT.sub("", _file(name))


def _file(name):
    return (FOLDER / f"{name}.js").read_text(encoding="utf-8")
