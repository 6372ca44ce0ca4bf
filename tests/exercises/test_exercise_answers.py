"""Every exercise of lesson 01: what passes, what does not, and that each slip is named."""

import ast
import inspect
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from course_utils import places
from course_utils.exercises import Exercise, Quiz, lesson_01, recording
from course_utils.exercises.answer_book import expected_outcomes
from course_utils.exercises.answers import lesson_01 as answers
from course_utils.exercises.stubs import own_lines

EXERCISES = {item.name: item for item in recording.exercises_of(lesson_01)}
SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
SLIPS = [pytest.param(s, id=f"{s.exercise}: {s.name} {i}") for i, s in enumerate(answers.SLIPS)]


# --- correct answers, written without a look at the references ----------------------------------


def correlate_with_loops(image, kernel):
    out = []
    for top in range(len(image) - len(kernel) + 1):
        out.append([])
        for left in range(len(image[0]) - len(kernel[0]) + 1):
            total = 0.0
            for i in range(len(kernel)):
                for j in range(len(kernel[0])):
                    total += image[top + i][left + j] * kernel[i][j]
            out[-1].append(total)
    return out  # a list of lists


def count_starts(size, kernel, stride, padding):
    starts = range(-padding, size + padding - kernel + 1, stride)
    return len([start for start in starts])


def sobel_scipy(image):
    smooth, slope = np.array([1, 2, 1]), np.array([1, 0, -1])
    across = signal.convolve2d(image, np.outer(smooth, slope), mode="valid")
    down = signal.convolve2d(image, np.outer(slope, smooth), mode="valid")
    return np.hypot(across, down)


def sobel_loops(image):
    rows = []
    for r in range(1, len(image) - 1):
        rows.append([])
        for c in range(1, len(image[0]) - 1):
            x = y = 0
            for d, weight in ((-1, 1), (0, 2), (1, 1)):
                x += weight * (image[r + d][c - 1] - image[r + d][c + 1])
                y += weight * (image[r - 1][c + d] - image[r + 1][c + d])
            rows[-1].append((x * x + y * y) ** 0.5)
    return rows


def colour_einsum(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)[:, :, 0]
    return np.einsum("rcijk,ijk->rc", windows, kernel)


def colour_float32(image, kernel):
    return signal.correlate(image.astype("f4"), kernel.astype("f4"), mode="valid")[:, :, 0]


def parameters_by_loop(kernel, channels_in, channels_out):
    total = 0
    for _ in range(channels_out):
        total += 1
        for _ in range(channels_in):
            total += kernel**2
    return np.int32(total)


def flip_with_numpy(image, kernel):
    return np.array(correlate_with_loops(image, np.flip(kernel)), dtype=np.float32)


RIGHT_ANSWERS = [
    ("value_at", lambda i, k, r, c: correlate_with_loops(i, k)[r][c]),
    ("value_at", lambda i, k, r, c: signal.correlate2d(i, k, mode="valid")[r, c]),
    ("value_at", lambda i, k, r, c: np.float32(signal.correlate2d(i, k, mode="valid")[r, c])),
    ("value_at", lambda i, k, r, c: np.array(correlate_with_loops(i, k)[r][c])),
    ("value_at", lambda *a: np.vdot(a[0][a[2] :, a[3] :][: len(a[1]), : len(a[1][0])], a[1])),
    ("shift_left", [[0, 0, 0], [0, 0, 1], [0, 0, 0]]),
    ("shift_left", np.eye(9, dtype="f4")[5].reshape(3, 3)),
    ("shift_left", np.eye(9, dtype="int8")[5].reshape(3, 3)),
    ("shift_left", ((0.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, 0.0))),
    ("output_width", count_starts),
    ("output_width", lambda s, k, stride, p: (s + 2 * p - k + stride) // stride),
    ("output_width", lambda s, k, stride, p: np.floor((s + 2 * p - k) / stride) + 1),
    ("output_width", lambda *arguments: np.int64(count_starts(*arguments))),
    ("edge_strength", sobel_scipy),
    ("edge_strength", sobel_loops),
    ("edge_strength", lambda image: sobel_scipy(image.astype("f4")).astype("f4")),
    ("colour_correlate", colour_einsum),
    ("colour_correlate", colour_float32),
    ("colour_correlate", lambda i, k: colour_einsum(i, k).tolist()),
    ("count_parameters", parameters_by_loop),
    ("count_parameters", lambda k, i, o: float(k * k * i * o + o)),
    ("count_parameters", lambda k, i, o: np.ones((k, k, i, o)).size + np.zeros(o).size),
    ("convolve", flip_with_numpy),
    ("convolve", lambda image, kernel: signal.convolve2d(image, kernel, mode="valid")),
    ("convolve", lambda image, kernel: correlate_with_loops(image, np.rot90(kernel, 2))),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT_ANSWERS)
def test_correct_answers_written_differently_pass(name, answer):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "right", verdict


def test_every_exercise_has_other_correct_answers():
    names = [name for name, _ in RIGHT_ANSWERS]
    assert all(names.count(name) >= 3 for name in EXERCISES)


@pytest.mark.parametrize("name", EXERCISES)
def test_a_tensor_passes(name):
    keras = pytest.importorskip("keras")
    reference = getattr(answers, name)
    if EXERCISES[name].is_value:
        answer = keras.ops.convert_to_tensor(np.asarray(reference, dtype="float32"))
    else:

        def answer(*arguments):
            return keras.ops.convert_to_tensor(np.asarray(reference(*arguments), dtype="float32"))

    assert EXERCISES[name].judge(answer).outcome == "right"


@pytest.mark.parametrize("name", EXERCISES)
def test_the_reference_passes(name):
    assert EXERCISES[name].judge(getattr(answers, name)).outcome == "right"


@pytest.mark.parametrize("name", EXERCISES)
def test_the_stub_is_not_attempted_and_its_solution_is_right(name):
    exercise = EXERCISES[name]
    stub, solved = {}, {"np": np, "slide": answers.slide}
    exec(exercise.stub, stub)
    exec(exercise.reference_source, solved)
    assert exercise.judge(stub[name]).outcome == "not attempted"
    assert exercise.judge(solved[name]).outcome == "right"


@pytest.mark.parametrize("name", EXERCISES)
def test_stub_and_reference_agree(name):
    exercise = EXERCISES[name]
    if exercise.is_value:
        assert exercise.stub == f"{name} = ..."
        return
    texts = (exercise.stub, exercise.reference_source)
    stub, reference = (ast.parse(text).body[0] for text in texts)
    assert ast.dump(stub.args) == ast.dump(reference.args)
    assert ast.get_docstring(stub) == ast.get_docstring(reference)
    assert [a.arg for a in stub.args.args] == exercise.arguments
    assert exercise.stub.endswith("    return ...") and len(stub.body) == 2
    assert len(exercise.reference_source.splitlines()) <= 18


# --- slips --------------------------------------------------------------------------------------


@pytest.mark.parametrize("slip", SLIPS)
def test_each_slip_fails_and_is_named(slip):
    verdict = EXERCISES[slip.exercise].judge(slip.answer)
    assert verdict.outcome == "not yet"
    assert slip.name in verdict.slip and slip.sentence in verdict.slip
    assert "xpected" in verdict.message
    assert "received" in verdict.message or "but the call stopped with" in verdict.message
    assert verdict.details.startswith("Case ")
    assert repr(verdict) == repr(EXERCISES[slip.exercise].judge(slip.answer))


@pytest.mark.parametrize("name", EXERCISES)
def test_at_least_four_slips_with_sentences_of_their_own(name):
    slips = answers.SLIPS.of(name)
    assert len({slip.sentence for slip in slips}) >= 4
    lines = own_lines(EXERCISES[name].reference_source)
    told = " ".join([*EXERCISES[name].hints, *(s.sentence for s in slips)])
    assert not any(line in told for line in lines)
    assert 2 <= len(EXERCISES[name].hints) <= 4


# Slips as students write them, each with words of what the check has to say.
SLIPS_IN_OTHER_WORDS = [
    ("value_at", lambda i, k, r, c: np.multiply(i[r : r + 3, c : c + 3], k).sum(), "always 3 × 3"),
    ("value_at", lambda i, k, r, c: np.vdot(i[r : r + 3, c : c + 3], k), "always 3 × 3"),
    ("value_at", lambda i, k, r, c: sum(
        i[r + m][c + n] * k[m][n] for n in range(3) for m in range(3)), "`kernel.shape`"),
    ("value_at", lambda i, k, r, c: (i[r : len(k), c : len(k[0])] * k).sum(), "`row + height`"),
    ("value_at", lambda i, k, r, c: (i[r : r + len(k), c : c + len(k[0])] * k).sum(axis=0),
     "`np.sum` adds everything"),
    ("shift_left", [[0, 0, 1]] * 3, "three pixels"),
    ("shift_left", np.eye(9)[5].reshape(3, 3) * 9, "nine times as bright"),
    ("shift_left", -np.eye(9)[5].reshape(3, 3), "bright and dark"),
    ("output_width", lambda s, k, stride, p: 2 * p + (s - k + stride) // stride, "after dividing"),
    ("output_width", lambda s, k, stride, p: (p + s + p) // stride, "kernel is forgotten"),
    ("output_width", lambda s, k, stride, p: -(-s // stride), "Keras' `same`"),
    ("edge_strength", lambda image: np.hypot(
        signal.correlate2d(image, [[-1, 0, 1]] * 3, "valid"),
        signal.correlate2d(image, [[-1] * 3, [0] * 3, [1] * 3], "valid")), "2 in the middle"),
    ("edge_strength", lambda image: answers.slide(image, np.hypot(SOBEL, SOBEL.T)), "squared"),
    ("edge_strength", lambda image: abs(answers.slide(image, SOBEL)), "Horizontal edges are"),
    ("edge_strength", lambda image: answers.slide(image, SOBEL.T), "Vertical edges are missing"),
    ("colour_correlate", lambda i, k: sum(answers.slide(i, k) for _ in range(3)), "one channel at"),
    ("colour_correlate", lambda i, k: sum(map(answers.slide, i, k)), "`image[:, :, c]`"),
    ("colour_correlate", lambda i, k: signal.correlate2d(i[:, :, -1], k[:, :, -1], "valid"),
     "In a loop"),
    ("colour_correlate", lambda i, k: answers.slide(i @ [1, 1, 1], k @ [1, 1, 1]),
     "before they meet the kernel"),
    ("count_parameters", lambda k, i, o: o + i * k**2, "weights of one filter only"),
    ("convolve", lambda image, kernel: signal.convolve2d(image, kernel), "larger than `slide`'s"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answer", "words"), SLIPS_IN_OTHER_WORDS)
def test_slips_written_differently_are_named(name, answer, words):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "not yet" and words in verdict.slip


def test_slips_belong_to_exercises():
    assert {slip.exercise for slip in answers.SLIPS} == set(EXERCISES)


# --- no check accepts any answer ----------------------------------------------------------------


WRONG_ANSWERS = [
    ("value_at", lambda i, k, r, c: i[r, c]),
    ("value_at", lambda i, k, r, c: 0),
    ("value_at", lambda i, k, r, c: np.sum(i) * np.sum(k)),
    ("value_at", lambda i, k, r, c: signal.correlate2d(i, k, mode="valid")),
    ("shift_left", np.zeros((3, 3))),
    ("shift_left", [[0, 0, 0], [0, 0, 0.99], [0, 0, 0]]),
    ("shift_left", [[0, 0, 0], [0, 0, 1], [0, 0, 0.01]]),
    ("shift_left", [0, 0, 1]),
    ("output_width", lambda s, k, stride, p: s),
    ("output_width", lambda s, k, stride, p: 26),
    ("edge_strength", lambda image: image),
    ("edge_strength", lambda image: image[1:-1, 1:-1]),
    ("edge_strength", lambda image: sobel_scipy(image) / 8),
    ("edge_strength", lambda image: sobel_scipy(np.pad(image, 1))),
    ("colour_correlate", lambda i, k: colour_einsum(i, k)[:, :, None]),
    ("colour_correlate", lambda i, k: colour_einsum(i, k).T),
    ("colour_correlate", lambda i, k: colour_einsum(i, k[::-1])),
    ("count_parameters", lambda k, i, o: k * k + i + o),
    ("count_parameters", lambda k, i, o: 448),
    ("convolve", lambda image, kernel: signal.convolve2d(image, kernel, mode="same")),
    ("convolve", lambda image, kernel: -signal.convolve2d(image, kernel, mode="valid")),
]


@pytest.mark.parametrize(("name", "answer"), WRONG_ANSWERS)
def test_other_wrong_answers_fail_with_expected_and_received(name, answer):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "not yet"
    assert "xpected" in verdict.message and "received" in verdict.message


def replaying(results):
    """Return a function that gives the results one after the other, whatever it is asked."""
    results = iter(results)

    def answer(*arguments):
        return next(results)

    return answer


@pytest.mark.parametrize("name", [n for n, e in EXERCISES.items() if not e.is_value])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_one_wrong_value_anywhere_is_enough_to_fail(name, data):
    results = [outcome.numbers.copy() for outcome in expected_outcomes(EXERCISES[name])]
    case = data.draw(st.integers(0, len(results) - 1))
    place = data.draw(st.integers(0, results[case].size - 1))
    size = data.draw(st.floats(0.001, 1e300)) * data.draw(st.sampled_from([-1, 1]))
    flat = results[case].reshape(-1)
    flat[place] += size * max(abs(flat[place]), 1)
    assert EXERCISES[name].judge(replaying(results)).outcome == "not yet"


@pytest.mark.parametrize("name", [n for n, e in EXERCISES.items() if not e.is_value])
@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1), scale=st.sampled_from([1e-3, 1.0, 30.0, 1e6]))
def test_random_results_of_the_right_shapes_never_pass(name, seed, scale):
    generator = np.random.default_rng(seed)
    shapes = [outcome.numbers.shape for outcome in expected_outcomes(EXERCISES[name])]
    results = [generator.normal(0, scale, shape) for shape in shapes]
    assert EXERCISES[name].judge(replaying(results)).outcome == "not yet"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.integers(-2, 2), min_size=9, max_size=9))
def test_only_the_one_kernel_shifts_to_the_left(weights):
    kernel = np.reshape(weights, (3, 3))
    right = np.array_equal(kernel, np.eye(9)[5].reshape(3, 3))
    assert (lesson_01.shift_left.judge(kernel).outcome == "right") == right


@pytest.mark.parametrize("name", [n for n, e in EXERCISES.items() if not e.is_value])
def test_the_result_of_one_case_does_not_pass_for_all(name):
    for outcome in expected_outcomes(EXERCISES[name]):
        verdict = EXERCISES[name].judge(lambda *arguments: outcome.numbers)
        assert verdict.outcome == "not yet"


# --- the cases ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["value_at", "convolve", "colour_correlate"])
def test_cases_show_every_way_of_turning(name):
    cases = EXERCISES[name].cases
    assert any(case["image"].shape[0] != case["image"].shape[1] for case in cases)
    assert any(case["kernel"].shape[0] != case["kernel"].shape[1] for case in cases)
    for case in cases:
        kernel = case["kernel"]
        for turned in (kernel[::-1], kernel[:, ::-1], kernel[::-1, ::-1], kernel.swapaxes(0, 1)):
            assert not np.array_equal(turned, kernel)


@pytest.mark.parametrize("name", EXERCISES)
def test_cases_are_copies_counted_from_one(name):
    exercise = EXERCISES[name]
    assert len(exercise.case(1)) == len(exercise.arguments)
    for value in exercise.case(1):
        if isinstance(value, np.ndarray):
            value += 1
    assert exercise.judge(getattr(answers, name)).outcome == "right"
    for number in (0, len(exercise.cases) + 1, "1"):
        with pytest.raises(ValueError, match="Expected the number of a case"):
            exercise.case(number)


def test_names_are_the_names_in_the_module():
    assert len(EXERCISES) == 7
    for name, item in vars(lesson_01).items():
        if isinstance(item, (Exercise, Quiz)):
            assert (item.name, item.lesson) == (name, "lesson_01")


def test_no_line_of_a_reference_stands_where_students_look():
    lines = recording.solution_lines(lesson_01)
    assert len(lines) >= len(EXERCISES)
    answer_folder = places.ROOT / "course_utils" / "exercises" / "answers"
    sources = {
        path: path.read_text(encoding="utf-8")
        for path in (places.ROOT / "course_utils").rglob("*.py")
        if answer_folder not in path.parents
    }
    for path in places.NOTEBOOKS.glob("[0-9]*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources[path] = "\n".join("".join(cell["source"]) for cell in cells)
    found = [(path.name, line) for path, text in sources.items() for line in lines if line in text]
    assert not found


def test_references_use_only_what_the_lesson_has():
    for name in EXERCISES:
        reference = getattr(answers, name)
        if inspect.isfunction(reference):
            assert set(reference.__code__.co_names) & set(vars(answers)) <= {"np", "slide"}
