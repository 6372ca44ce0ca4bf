"""The stub of an exercise, cut out of its reference, so that the two always agree."""

import ast
import inspect


def source_of(module, name):
    """Return the source of a function or of an assignment in a module, without decorators.

    Raises:
        ValueError: the module defines no such name at its top level.
    """
    text = inspect.getsource(module)
    return ast.get_source_segment(text, _definition(ast.parse(text), name, module.__name__))


def stub_of(source):
    """Return the stub: a function's signature and docstring with `return ...`, or `name = ...`."""
    node = ast.parse(source).body[0]
    if isinstance(node, ast.Assign):
        return f"{node.targets[0].id} = ..."
    docstring = node.body[0]
    lines = source.splitlines()[: docstring.end_lineno]
    return "\n".join([*lines, "    return ..."])


def own_lines(source):
    """Return the reference's lines that its stub does not show, without indentation."""
    shown = {line.strip() for line in stub_of(source).splitlines()}
    lines = {line.strip() for line in source.splitlines()}
    return {line for line in lines - shown if len(line) > 1}


def _definition(tree, name, where):
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == name:
            return node
    raise ValueError(f"Expected {where} to define {name} at its top level. It does not.")
