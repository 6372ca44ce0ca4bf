"""What runs in the browser: modules without dependencies, in this folder."""

import re
from pathlib import Path

FOLDER = Path(__file__).parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";?\n', re.MULTILINE)


def source(name):
    """Return the text of a module that stands alone: what it imports comes before it.

    Modules import names from their neighbours, as in `import { a, b } from "./other.js"`, and no
    two of them define the same name.
    """
    texts = [_text(part) for part in _in_order(name)]
    return "\n".join([*(re.sub(r"^export ", "", text, flags=re.M) for text in texts[:-1]), texts[-1]])


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
