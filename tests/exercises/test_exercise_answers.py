"""Every exercise of every lesson: what passes, what does not, and that each slip is named."""

import ast
import inspect

import numpy as np
import pytest
from every_lesson import (
    EXERCISES,
    answers_of,
    has_answers,
    imported_names,
    label,
    name_of,
    over_compared,
    over_exercises,
    over_lessons,
    over_modules,
    over_numeric,
    over_values,
    reference_of,
    right_answers_of,
    seen_by_students,
    slips_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import places
from course_utils.authoring import lesson_files
from course_utils.authoring.student import tells
from course_utils.exercises import Exercise, Quiz, recording
from course_utils.exercises.answer_book import expected_outcomes
from course_utils.exercises.stubs import own_lines

SLIPS = [
    pytest.param(exercise, slip, id=f"{label(exercise)}: {slip.name} {number}")
    for exercise in EXERCISES
    for number, slip in enumerate(slips_of(exercise))
]
BY_PLACE = {(exercise.lesson, exercise.name): exercise for exercise in EXERCISES}
RIGHT_ANSWERS = [
    pytest.param(lesson, name, answer, id=f"{lesson[-2:]} {name} {number}")
    for lesson in dict.fromkeys(exercise.lesson for exercise in EXERCISES)
    for number, (name, answer) in enumerate(right_answers_of(lesson))
]


# --- what each lesson must bring ------------------------------------------------------------------


@over_modules
def test_every_lesson_has_references_and_right_answers(module):
    lesson = name_of(module)
    assert has_answers(module), f"write course_utils/exercises/answers/{lesson}.py"
    names = [name for name, _ in right_answers_of(lesson)]
    wanted = [exercise.name for exercise in recording.exercises_of(module)]
    few = [name for name in wanted if names.count(name) < 3]
    strange = sorted(set(names) - set(wanted))
    assert not few and not strange, (
        f"tests/exercises/right_answers/{lesson}.py is to hold RIGHT_ANSWERS = [(name, answer), …], "
        f"three or more for each exercise, written without a look at the references: "
        f"too few for {', '.join(few) or 'none'}, unknown {', '.join(strange) or 'none'}"
    )


@over_modules
def test_names_are_the_names_in_the_module(module):
    items = {n: one for n, one in vars(module).items() if isinstance(one, (Exercise, Quiz))}
    assert module.LESSON == name_of(module) and module.TITLE
    for name, item in items.items():
        assert (item.name, item.lesson) == (name, name_of(module))
    kinds = [type(item) for item in items.values()]
    assert kinds.count(Exercise) >= 4 and kinds.count(Quiz) >= 3


@over_lessons
def test_slips_belong_to_exercises(module):
    slips = answers_of(name_of(module)).SLIPS
    exercises = {exercise.name for exercise in recording.exercises_of(module)}
    assert {slip.exercise for slip in slips} == exercises


# --- correct answers ------------------------------------------------------------------------------


@pytest.mark.parametrize(("lesson", "name", "answer"), RIGHT_ANSWERS)
def test_correct_answers_written_differently_pass(lesson, name, answer):
    verdict = BY_PLACE[lesson, name].judge(answer)
    assert verdict.outcome == "right", verdict


@over_numeric
def test_a_tensor_passes(exercise):
    keras = pytest.importorskip("keras")
    reference = reference_of(exercise)
    if exercise.is_value:
        answer = keras.ops.convert_to_tensor(np.asarray(reference, dtype="float32"))
    else:

        def answer(*arguments):
            return keras.ops.convert_to_tensor(np.asarray(reference(*arguments), dtype="float32"))

    assert exercise.judge(answer).outcome == "right"


@over_exercises
def test_the_reference_passes(exercise):
    assert exercise.judge(reference_of(exercise)).outcome == "right"


@over_exercises
def test_the_stub_is_not_attempted_and_its_solution_is_right(exercise):
    stub, solved = {}, imported_names(exercise.lesson)
    exec(exercise.stub, stub)
    exec(exercise.reference_source, solved)
    assert exercise.judge(stub[exercise.name]).outcome == "not attempted"
    assert exercise.judge(solved[exercise.name]).outcome == "right"


@over_exercises
def test_stub_and_reference_agree(exercise):
    if exercise.is_value:
        assert exercise.stub == f"{exercise.name} = ..."
        return
    texts = (exercise.stub, exercise.reference_source)
    stub, reference = (ast.parse(text).body[0] for text in texts)
    assert ast.dump(stub.args) == ast.dump(reference.args)
    assert ast.get_docstring(stub) == ast.get_docstring(reference)
    assert [a.arg for a in stub.args.args] == exercise.arguments
    assert exercise.stub.endswith("    return ...") and len(stub.body) == 2
    assert len(exercise.reference_source.splitlines()) <= 18


# --- slips --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("exercise", "slip"), SLIPS)
def test_each_slip_fails_and_is_named(exercise, slip):
    verdict = exercise.judge(slip.answer)
    assert verdict.outcome == "not yet"
    assert slip.name in verdict.slip and slip.sentence in verdict.slip
    assert "xpected" in verdict.message
    assert "received" in verdict.message or "but the call stopped with" in verdict.message
    assert verdict.details.startswith("Case ") if exercise.arguments else not verdict.details
    assert repr(verdict) == repr(exercise.judge(slip.answer))


@over_exercises
def test_at_least_four_slips_with_sentences_of_their_own(exercise):
    slips = slips_of(exercise)
    assert len({slip.sentence for slip in slips}) >= 4
    lines = own_lines(exercise.reference_source)
    told = " ".join([*exercise.hints, *(s.sentence for s in slips)])
    assert not any(line in told for line in lines)
    assert 2 <= len(exercise.hints) <= 4


@over_exercises
def test_no_verdict_gives_the_solution_away(exercise):
    lines = own_lines(exercise.reference_source)
    for slip in slips_of(exercise):
        of_the_student = inspect.getsource(slip.answer) if callable(slip.answer) else ""
        said = repr(exercise.judge(slip.answer))
        assert not [line for line in lines if line in said and line not in of_the_student]


@over_values
def test_a_value_is_judged_by_what_it_does(exercise):
    """Compared itself, the first wrong answer would be told the right one."""
    assert exercise.apply or exercise.accept


# --- no check accepts any answer ----------------------------------------------------------------


def replaying(results):
    """Return a function that gives the results one after the other, whatever it is asked."""
    results = iter(results)

    def answer(*arguments):
        return next(results)

    return answer


@over_compared
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_one_wrong_value_anywhere_is_enough_to_fail(exercise, data):
    results = [outcome.numbers.copy() for outcome in expected_outcomes(exercise)]
    case = data.draw(st.integers(0, len(results) - 1))
    place = data.draw(st.integers(0, results[case].size - 1))
    size = data.draw(st.floats(0.001, 1e300)) * data.draw(st.sampled_from([-1, 1]))
    flat = results[case].reshape(-1)
    flat[place] += size * max(abs(flat[place]), 1)
    assert exercise.judge(replaying(results)).outcome == "not yet"


@over_compared
@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1), scale=st.sampled_from([1e-3, 1.0, 30.0, 1e6]))
def test_random_results_of_the_right_shapes_never_pass(exercise, seed, scale):
    generator = np.random.default_rng(seed)
    shapes = [outcome.numbers.shape for outcome in expected_outcomes(exercise)]
    results = [generator.normal(0, scale, shape) for shape in shapes]
    assert exercise.judge(replaying(results)).outcome == "not yet"


@over_compared
def test_the_result_of_one_case_does_not_pass_for_all(exercise):
    for outcome in expected_outcomes(exercise):
        verdict = exercise.judge(lambda *arguments: outcome.numbers)
        assert verdict.outcome == "not yet"


@over_compared
def test_an_argument_given_back_is_not_right(exercise):
    for number, _ in enumerate(exercise.arguments):
        verdict = exercise.judge(lambda *arguments: arguments[number])
        assert verdict.outcome == "not yet"
        assert "xpected" in verdict.message and "received" in verdict.message


# --- the cases ----------------------------------------------------------------------------------


@over_exercises
def test_cases_are_copies_counted_from_one(exercise):
    assert len(exercise.case(1)) == len(exercise.arguments)
    for value in exercise.case(1):
        if isinstance(value, np.ndarray):
            value[...] = 7
    assert exercise.judge(reference_of(exercise)).outcome == "right"
    for number in (0, len(exercise.cases) + 1, "1"):
        with pytest.raises(ValueError, match="Expected the number of a case"):
            exercise.case(number)


# --- where the references stand -------------------------------------------------------------------


@over_lessons
def test_no_line_of_a_reference_stands_where_students_look(module):
    lines = recording.solution_lines(module)
    assert len(lines) >= len(recording.exercises_of(module))
    found = [(p.name, one) for p, text in seen_by_students().items() for one in lines if tells(one)
             and one in text]  # fmt: skip
    assert not found


@over_exercises
def test_references_use_only_what_the_lesson_has(exercise):
    """What a reference calls stands in a cell above its own; the answers' helpers stand nowhere."""
    used = names_used(reference_of(exercise)) & set(vars(answers_of(exercise.lesson)))
    assert used <= set(imported_names(exercise.lesson))
    paths = list(places.NOTEBOOKS.glob(f"{exercise.lesson[-2:]}_*.ipynb"))
    assert paths, f"{exercise.lesson} has no notebook"
    assert used <= names_known_before(lesson_files.read(paths[0]), exercise.name)


def names_used(reference):
    """Return the names that a function, and the functions inside it, look up outside."""
    code = [reference.__code__] if inspect.isfunction(reference) else []
    names = set()
    while code:
        one = code.pop()
        names |= set(one.co_names)
        code += [part for part in one.co_consts if inspect.iscode(part)]
    return names


def names_known_before(notebook, exercise):
    """Return the names that a lesson's cells give a meaning to, down to an exercise's own cell."""
    names = set()
    for cell in lesson_files.code_cells(notebook):
        for node in ast.walk(lesson_files.parse(cell.source)):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names |= {(one.asname or one.name).partition(".")[0] for one in node.names}
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
        if exercise in lesson_files.names_in(cell, "exercise"):
            return names
    raise AssertionError(f"no cell of the lesson has the exercise {exercise}")
