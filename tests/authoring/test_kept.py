"""Kept code is one text in the module and in the lesson."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_utils.authoring import lesson_files
from course_utils.authoring.kept import kept_names, kept_source, replace_definition, write_kept
from course_utils.errors import CourseError

SOURCE = 'def double(number):\n    """Twice a number."""\n    return number * 2'


def written(toy, source, kept="by_hand.toy:double"):
    notebook = new_notebook(cells=[new_code_cell(source, metadata={"kept": kept})])
    write_kept(notebook, toy)
    return notebook.cells[0].source


def test_source_is_the_modules_text(toy):
    assert kept_source(toy, "by_hand.toy:double") == SOURCE
    assert kept_source(toy, "by_hand.toy:HALF") == "HALF = 0.5"


def test_lines_before_and_after_the_definition_stay(toy):
    cell = "import math\n\ndef double(n): return 2\n\n# then\ndouble(3)"
    assert written(toy, cell) == f"import math\n\n{SOURCE}\n\n# then\ndouble(3)"


def test_magic_lines_and_an_empty_cell(toy):
    assert written(toy, "%time 1\ndef double(n):\n    ...") == f"%time 1\n{SOURCE}"
    assert written(toy, "") == SOURCE


def test_what_is_shown_is_written_like_what_is_kept_and_is_not_kept(toy):
    notebook = new_notebook(cells=[new_code_cell("", metadata={"shown": "by_hand.toy:double"})])
    assert write_kept(notebook, toy) == ["by_hand.toy:double"]
    assert notebook.cells[0].source == SOURCE and kept_names(notebook) == []


def test_decorators_belong_to_the_definition():
    text = "@one\n@two\ndef f():\n    pass\nf()"
    new = "def f():\n    return 1"
    assert replace_definition(text, "f", new, "") == f"{new}\nf()"


def test_writing_twice_changes_nothing(toy, lesson):
    notebook = lesson_files.read(lesson)
    assert write_kept(notebook, toy) == ["by_hand.toy:double"]
    assert write_kept(notebook, toy) == []


@pytest.mark.parametrize("kept", ["by_hand.toy:triple", "by_hand.none:double", "double", ""])
def test_a_name_that_leads_nowhere_is_told(toy, kept):
    with pytest.raises(CourseError, match="xpected"):
        kept_source(toy, kept)


def test_a_cell_without_the_definition_is_told(toy):
    with pytest.raises(CourseError, match="Cell 1 was expected to define 'double'"):
        written(toy, "print(1)")


def test_lessons_are_found_by_number_stem_and_path(toy, lesson):
    (toy / "notebooks" / "my_01_toy.ipynb").write_text("a student's copy")
    assert lesson_files.lesson_paths(toy) == [lesson]
    for name in ("1", "01", "01_toy", "notebooks/01_toy.ipynb"):
        assert lesson_files.lesson_paths(toy, [name]) == [lesson]
    with pytest.raises(CourseError, match="01_toy.*Received '2'"):
        lesson_files.lesson_paths(toy, ["2"])
