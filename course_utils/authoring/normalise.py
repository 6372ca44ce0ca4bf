"""The one form in which a lesson is committed: executing twice gives the same bytes.

What differs from run to run without meaning anything goes: cell ids, timings, versions, widget
state, what TensorFlow's C++ code says while it loads, and pictures encoded anew with equal pixels.
"""

import base64
import hashlib
import io
import re

from nbformat import NotebookNode
from PIL import Image

from course_utils.authoring.lesson_files import code_cells

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
DROPPED_METADATA = {"widgets"}
DROPPED_CELL_METADATA = {
    "ExecuteTime", "collapsed", "execution", "id", "outputId", "scrolled", "trusted",
}  # fmt: skip
NATIVE_NOISE = re.compile(
    r"^(?:"
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWEF] "  # TensorFlow's log
    r"|[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ "  # absl's log
    r"|[IWEF]0000 00:00:\d+\.\d+ "
    r"|WARNING: All log messages before absl::InitializeLog"
    r"|To enable the following instructions:"
    r"|oneDNN custom operations are on"
    r")"
)


def normalise(notebook, former=None):
    """Bring a lesson into its committed form, in place.

    Args:
        notebook: the executed lesson.
        former: the lesson as it was; its pictures keep their bytes where the pixels are equal.

    Returns:
        The same notebook.
    """
    pictures = pictures_by_pixels(former) if former is not None else {}
    _normalise_notebook_metadata(notebook)
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number:02d}"
        _normalise_cell_metadata(cell)
    for count, cell in enumerate(code_cells(notebook), 1):
        _number(cell, count)
        cell.outputs = merge_streams(drop_native_noise(cell.outputs))
        for output in cell.outputs:
            _keep_picture(output, pictures)
    return notebook


def _normalise_notebook_metadata(notebook):
    kept = {k: v for k, v in notebook.metadata.items() if k not in DROPPED_METADATA}
    kept |= {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}}
    notebook.metadata = _node(kept)
    notebook.nbformat, notebook.nbformat_minor = 4, 5


def _normalise_cell_metadata(cell):
    kept = {k: v for k, v in cell.metadata.items() if k not in DROPPED_CELL_METADATA}
    jupyter = {k: v for k, v in kept.pop("jupyter", {}).items() if k != "outputs_hidden"}
    cell.metadata = _node(kept | ({"jupyter": jupyter} if jupyter else {}))


def _node(mapping):
    return NotebookNode({k: _node(v) if isinstance(v, dict) else v for k, v in mapping.items()})


def _number(cell, count):
    """A cell that ran gets its place as its count; a cell that did not keeps none."""
    if cell.execution_count is None:
        return
    cell.execution_count = count
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = count


def drop_native_noise(outputs):
    """Return the outputs without the lines that TensorFlow's C++ code wrote to stderr."""
    kept = []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stderr":
            lines = output.text.splitlines(keepends=True)
            output.text = "".join(line for line in lines if not NATIVE_NOISE.match(line))
            if not output.text.strip():
                continue
        kept.append(output)
    return kept


def merge_streams(outputs):
    """Return the outputs with neighbouring texts of one stream joined: chunks depend on timing."""
    merged = []
    for output in outputs:
        last = merged[-1] if merged else None
        both = last is not None and last.output_type == output.output_type == "stream"
        if both and last.name == output.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def pictures_by_pixels(notebook):
    """Return {pixels: PNG text} of all pictures in a notebook's outputs."""
    outputs = [output for cell in code_cells(notebook) for output in cell.get("outputs", [])]
    texts = [output.get("data", {}).get("image/png") for output in outputs]
    return {pixels(text): text for text in reversed(texts) if text is not None}


def pixels(text):
    """Return a digest of a base64 PNG's size and pixels, or of its text if it is no picture."""
    try:
        image = Image.open(io.BytesIO(base64.b64decode(text))).convert("RGBA")
    except (OSError, ValueError):
        return hashlib.sha256(text.encode()).hexdigest()
    return hashlib.sha256(repr(image.size).encode() + image.tobytes()).hexdigest()


def _keep_picture(output, pictures):
    text = output.get("data", {}).get("image/png")
    if text is not None:
        output.data["image/png"] = pictures.get(pixels(text), text)
