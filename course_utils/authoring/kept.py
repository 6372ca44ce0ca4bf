"""Kept code: what a lesson teaches and `course_utils` keeps is one text.

A cell names what it teaches in its metadata, `"kept": "by_hand.convolution:slide"`, and the text of
that definition in the module is written into the cell. Other lines of the cell stay. With "shown"
in place of "kept" the text is written alike, but no test changes it to see whether the lesson
notices (`mutations`): for parts of a network, whose mutants would train for minutes; tests/models
has them.
"""

import ast
from pathlib import Path

from course_utils.authoring.lesson_files import names_in, parse
from course_utils.errors import CourseError

WRITTEN = ("kept", "shown")


def kept_names(notebook):
    """Return the names of all kept definitions of a lesson, as `room.module:name`, in order."""
    return [name for cell in notebook.cells for name in names_in(cell, "kept")]


def kept_source(root, kept):
    """Return the text of a kept function or class, decorators included.

    Args:
        root: the course's folder.
        kept: `room.module:name`, such as `by_hand.convolution:slide`.

    Raises:
        CourseError: no such module, or no such definition in it.
    """
    path, name = module_path(root, kept), kept.partition(":")[2]
    text = path.read_text(encoding="utf-8")
    return definition_text(text, name, f"{path.name}, which the metadata {kept!r} names,")


def module_path(root, kept):
    """Return the path of the module that a kept name is in.

    Raises:
        CourseError: there is no such module.
    """
    room = kept.partition(":")[0]
    base = Path(root, "course_utils", *room.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    raise CourseError(
        f"Expected the metadata 'kept' as room.module:name, such as by_hand.convolution:slide. "
        f"Received {kept!r}, and course_utils has no module {room!r}."
    )


def definition_text(text, name, where):
    """Return the lines that define a function, a class or a value at the top level of a text."""
    first, last = _lines_of(text, name, where)
    return "\n".join(text.split("\n")[first:last])


def replace_definition(text, name, new, where):
    """Return the text with the lines of one definition replaced.

    Raises:
        CourseError: the text holds no definition of that name.
    """
    first, last = _lines_of(text, name, where)
    lines = text.split("\n")
    return "\n".join([*lines[:first], *new.split("\n"), *lines[last:]])


def write_kept(notebook, root):
    """Write the source of each kept definition into its cell; return the names that changed."""
    changed = []
    for number, cell in enumerate(notebook.cells, 1):
        for kept in (name for key in WRITTEN for name in names_in(cell, key)):
            former = cell.source
            cell.source = _with_kept(cell.source, kept, root, f"Cell {number}")
            if cell.source != former:
                changed.append(kept)
    return changed


def _with_kept(source, kept, root, where):
    new = kept_source(root, kept)
    if not source.strip():
        return new
    return replace_definition(source, kept.partition(":")[2], new, where)


def _lines_of(text, name, where):
    """Return the definition's lines as a slice, from its first decorator on."""
    for node in parse(text).body:
        if name in _defined_names(node):
            decorators = [one.lineno for one in getattr(node, "decorator_list", [])]
            return min([node.lineno, *decorators]) - 1, node.end_lineno
    raise CourseError(
        f"{where} was expected to define {name!r} and does not: mend the name, or write "
        f"`def {name}` or `{name} = ...` there once."
    )


def _defined_names(node):
    """Return the names that a function, a class or a plain assignment gives a meaning to."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]
