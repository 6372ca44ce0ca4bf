"""Lesson files: which there are, and reading and writing them as Jupyter does."""

import ast
import re
from pathlib import Path

import nbformat

from course_utils.errors import CourseError

# Copies that `course_utils.update` makes of a student's work start with my_: they are no lessons.
PATTERN = "[0-9][0-9]_*.ipynb"
FIRST_CELL = "first-cell"


def lesson_paths(root, names=()):
    """Return the paths of all lessons in order, or of those named.

    Args:
        root: the course's folder.
        names: numbers ("1", "01"), stems ("01_convolution") or paths of lessons.

    Raises:
        CourseError: a name that is no lesson.
    """
    paths = sorted((Path(root) / "notebooks").glob(PATTERN))
    return [_find(paths, str(name)) for name in names] if names else paths


def _find(paths, name):
    wanted = Path(name).stem
    for path in paths:
        same_number = wanted.isdigit() and int(wanted) == int(path.stem[:2])
        if path.stem == wanted or same_number:
            return path
    stems = ", ".join(path.stem for path in paths) or "no lesson at all"
    raise CourseError(f"Expected a lesson of notebooks/ ({stems}). Received {name!r}.")


def read(path):
    """Read a notebook as it stands in its file."""
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def write(notebook, path):
    """Write a notebook in Jupyter's own layout; return False when the file held the same bytes."""
    data = to_bytes(notebook)
    if Path(path).is_file() and Path(path).read_bytes() == data:
        return False
    Path(path).write_bytes(data)
    return True


def to_bytes(notebook):
    """Return the bytes of a notebook's file: sorted keys, indent 1, UTF-8, a newline at the end."""
    return (nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n").encode()


def code_cells(notebook):
    """Return the code cells in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def markdown_cells(notebook):
    """Return the markdown cells in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def is_first_cell(cell):
    """Return True for the cell that all lessons share, which finds the package."""
    return FIRST_CELL in cell.metadata.get("tags", [])


def names_in(cell, key):
    """Return the names in a cell's metadata under `key`, which holds one name or a list."""
    value = cell.metadata.get(key, [])
    return [value] if isinstance(value, str) else list(value)


def parse(source):
    """Parse a cell's source as Python; lines of IPython's magic count as `pass`.

    Raises:
        SyntaxError: neither Python nor magic.
    """
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.parse(re.sub(r"^([ \t]*)[%!?].*$", r"\1pass", source, flags=re.MULTILINE))
