"""Mutants are made of every part of a function, and a lesson that looks away is found out."""

import pytest

from course_utils.authoring import lesson_files
from course_utils.authoring.lessons import make_lesson
from course_utils.authoring.mutants import make_mutants
from course_utils.authoring.mutations import mutate_lesson
from course_utils.errors import CourseError

SOURCE = '''def area(image, scale=1):
    """Area, 1 to 2."""
    if scale < 1:
        raise ValueError(f"Expected 1. Received {scale + 0}.")
    height, width = image.shape
    rest = image[1:, ::2]
    return max(height * width // scale, 0) - float(np.sum(rest, axis=0)[0])
'''


# Losing `total += 1` makes it run for ever.
ENDLESS = """def double(number):
    total = 0
    while total < number:
        total += 1
    return total * 2
"""


def lines():
    return {mutant.description.partition(" => ")[2] for mutant in make_mutants(SOURCE)}


@pytest.mark.parametrize(
    "line",
    [
        "def area(image, scale=2):", "if scale <= 1:", "if not scale < 1:", "pass",
        "width, height = image.shape", "rest = image[2:, ::2]", "rest = image[:, ::2]",
        "rest = image[1:, :]", "rest = image[::2, 1:]",
        "return max(height * width / scale, 0) - float(np.sum(rest, axis=0)[0])",
        "return max(height * width // scale, 0) + float(np.sum(rest, axis=0)[0])",
        "return height * width // scale - float(np.sum(rest, axis=0)[0])",
        "return max(height * width // scale, 0) - float(np.sum(rest)[0])",
        "return max(height * width // scale, 0) - float(np.mean(rest, axis=0)[0])",
        "return max(height * height // scale, 0) - float(np.sum(rest, axis=0)[0])",
        "return max(height * width // scale, 0) - float(np.sum(rest, axis=0)[1])",
    ],
)  # fmt: skip
def test_breaks_that_are_made(line):
    assert line in lines()


def test_docstrings_and_error_messages_stay():
    for mutant in make_mutants(SOURCE):
        assert '"""Area, 1 to 2."""' in mutant.source
        assert "Expected 1. Received {scale + 0}." in mutant.source


def test_no_two_mutants_are_alike_in_source_or_description():
    made = make_mutants(SOURCE)
    assert len({one.source for one in made}) == len({one.description for one in made}) == len(made)


@pytest.fixture
def made(toy, lesson):
    make_lesson(lesson, toy)
    return lesson


def test_a_lesson_that_looks_catches_all(toy, made):
    outcomes = mutate_lesson(toy, made, workers=1)
    assert len(outcomes) == 4 and all(one.caught for one in outcomes)


def test_a_lesson_that_looks_away_is_found_out(toy, made):
    notebook = lesson_files.read(made)
    notebook.cells[3].source = notebook.cells[3].source.replace("double(3)", "_ = double(3)")
    notebook.cells[7].source = "from course_utils.by_hand import toy\n\nprint(toy.double(2) > 3)"
    lesson_files.write(notebook, made)
    make_lesson(made, toy)
    missed = {one.description for one in mutate_lesson(toy, made, workers=1) if not one.caught}
    assert missed == {f"return number * 2 => return number {left}" for left in ("+ 2", "* 3")}


def test_a_lesson_that_is_red_by_itself_is_told(toy, made):
    notebook = lesson_files.read(made)
    notebook.cells[7].outputs[0].text = "41\n"
    lesson_files.write(notebook, made)
    with pytest.raises(CourseError, match="green without a mutant"):
        mutate_lesson(toy, made, workers=1)


def test_an_endless_mutant_is_stopped(toy, made):
    module = toy / "course_utils/by_hand/toy.py"
    module.write_text(ENDLESS)
    make_lesson(made, toy)
    outcomes = mutate_lesson(toy, made, workers=1, seconds_a_mutant=1)
    assert any("TimeoutError" in one.caught for one in outcomes)
