"""What a cell needs from the cells above it, and what it changes in place."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from course_utils.authoring.cell_names import (
    names_assigned_to,
    names_called_upon,
    names_imported_by,
    names_needed,
)


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("a = b", "b"),
        ("b = 1\na = b", ""),
        ("a = a + 1", "a"),
        ("a += b", "a b"),
        ("a: int = b", "b"),
        ("a, (b, *c) = d", "d"),
        ("a[i] = b", "a i b"),
        ("a.b = c", "a c"),
        ("for row in rows:\n    print(row)", "rows print"),
        ("for row in row:\n    pass", "row"),
        ("print(row)\nfor row in rows:\n    pass", "rows row print"),
        ("[a * b for a in c if d]", "b c d"),
        ("[a for a in c]\na", "c a"),
        ("{k: v for k, v in a.items() for a in k}", "a"),
        ("sum(x for x in xs)", "sum xs"),
        ("import numpy as np\nfrom a.b import c as d\nimport e.f\nnp, d, e", ""),
        ("def f(x, y=z):\n    t = x + w\n    return t\nf(1)", "z w"),
        ("def f():\n    return g()\ndef g():\n    return f()", "g"),
        ("@d\nclass A(B):\n    c = e\n    def m(self):\n        return c", "d B e c"),
        ("f = lambda x, k=1: x + k + z", "z"),
        ("with open(p) as f:\n    f.read()", "open p"),
        ("if (n := len(a)) > 1:\n    print(n)", "len a print"),
        ("print(f'{a:{b}}')", "print a b"),
        ("%matplotlib inline\na", "a"),
    ],
)
def test_needed_names(source, needed):
    assert names_needed(new_code_cell(source)) == set(needed.split())


def test_names_changed_in_place():
    cell = new_code_cell("a[0] = b\nc.d = e\nf += 1\ng.h()\ni.j.k()\nl = m")
    assert names_assigned_to(cell) == {"a", "c", "f"}
    assert names_called_upon(cell) == {"g"}


def test_prose_has_no_names():
    cell = new_markdown_cell("a = b.c()")
    assert names_needed(cell) == names_assigned_to(cell) == names_called_upon(cell) == set()
    assert names_imported_by(cell) == set()


def test_names_that_imports_bind():
    cell = new_code_cell("import a.b, c as d\nfrom e import f, g as h\ni = 1")
    assert names_imported_by(cell) == {"a", "d", "f", "h"}
