"""Mutants are made of every part of a function, and a lesson that looks away is found out."""

import pytest
from nbformat.v4 import new_code_cell

from course_utils.authoring import lesson_files
from course_utils.authoring.lessons import make_lesson
from course_utils.authoring.mutants import make_mutants
from course_utils.authoring.mutations import _decide, mutate_lesson
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
    outcomes = mutate_lesson(toy, made, workers=1, seconds_a_cell=1)
    assert any("TimeoutError" in one.caught for one in outcomes)


def test_a_second_worker_comes_only_where_its_own_survey_is_short(tmp_path):
    asked = {None: (2, 1), 1: (1, 1), 2: (2, 2)}
    for workers, wanted in asked.items():
        for seconds, expected in zip((10, 200), wanted):
            decision = tmp_path / f"{workers} {seconds}"
            assert _decide(decision, workers, seconds) == expected
            assert _decide(decision, workers, 210 - seconds) == expected  # the first has decided


def test_two_workers_share_the_mutants(toy, made):
    outcomes = mutate_lesson(toy, made, workers=2)
    assert len(outcomes) == len({one.description for one in outcomes}) == 4
    assert all(one.caught for one in outcomes)


# Six numbers, and also where a mutant makes nine of three.
CUT = """cut = [0] * min(double(3), 6)
data = [double(1)]"""
COUNTED = """with open(COUNT, "a") as file:
    print("counted", file=file)
print(len(cut))"""


def test_a_value_that_came_out_the_same_reaches_nothing(toy, made, tmp_path):
    """One mutant cuts out as many as the function does: it is caught without counting them again.

    They are counted in the survey, for the two mutants that cut out fewer, and once without one.
    """
    count = tmp_path / "count"
    notebook = lesson_files.read(made)
    notebook.cells[3].source = notebook.cells[3].source.replace("double(3)", "_ = double(3)")
    for source in (CUT, COUNTED.replace("COUNT", repr(str(count))), "print(data)"):
        notebook.cells.append(new_code_cell(source))
    del notebook.cells[4:8]  # the picture and the toy's own use of the function
    lesson_files.write(notebook, made)
    make_lesson(made, toy)
    count.unlink()
    outcomes = mutate_lesson(toy, made, workers=1)
    caught = {one.description.partition(" => ")[2]: one.caught for one in outcomes}
    assert len(caught) == 4 and caught["return number * 3"].startswith("cell 7")
    assert count.read_text().count("counted") == 1 + 2 + 1


# A network that is trained three times: twice where no mutant reaches it, then where one does.
NETWORK = """import keras
import numpy as np

x = np.arange(8.0).reshape(8, 1) / 8
network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
network.compile(optimizer=keras.optimizers.SGD(0.1, momentum=0.9), loss="mse")
networks = {"one": network}


def weight():
    return round(float(np.asarray(network.layers[0].kernel)[0, 0]), 3)"""
TRAIN = """with open(COUNT, "a") as file:
    print("trained", file=file)
_ = network.fit(x, 3 * x, epochs=2, batch_size=8, shuffle=False, verbose=0)"""
LOOK = """guesses = double(network.predict(x, verbose=0))
print(guesses.shape, weight())"""
TRAIN_WITH_IT = """_ = network.fit(x, double(x), epochs=2, batch_size=8, shuffle=False, verbose=0)
print(double(2), weight())"""


def test_what_trains_out_of_reach_is_trained_once_and_stays_as_it_was(toy, made, tmp_path):
    """Each run sees the network as it was at that place, momentum and all, or it would be red."""
    pytest.importorskip("keras")
    count = tmp_path / "count"
    notebook = lesson_files.read(made)
    train = TRAIN.replace("COUNT", repr(str(count)))
    for source in (NETWORK, train, LOOK, train, TRAIN_WITH_IT, "print(weight())"):
        notebook.cells.append(new_code_cell(source))
    del notebook.cells[4:8]  # the picture and the toy's own use of the function
    lesson_files.write(notebook, made)
    make_lesson(made, toy)
    assert len({output.text for cell in lesson_files.read(made).cells[6:]
                for output in cell.get("outputs", [])}) == 3  # fmt: skip
    count.unlink()
    outcomes = mutate_lesson(toy, made, workers=1)
    assert len(outcomes) == 4 and all(one.caught for one in outcomes)
    assert not any("Error" in one.caught for one in outcomes)
    assert count.read_text().count("trained") == 2
