"""Lesson 06's exercises: slips as students write them, wrong answers, the cases, and oracles."""

from itertools import combinations, product

import numpy as np
import pytest
from asking import require_slips_apart
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.by_hand import detection_errors
from course_utils.by_hand import roi_align as by_hand
from course_utils.exercises import lesson_06, recording
from course_utils.exercises.answer_book import expected_outcomes
from course_utils.exercises.answers import lesson_06 as answers
from course_utils.exercises.trials import run_answer

keras = pytest.importorskip("keras")

EXERCISES = {item.name: item for item in recording.exercises_of(lesson_06)}


# --- slips --------------------------------------------------------------------------------------


def filled(lists, value, length):
    return [[*one, *[value] * (length - len(one))] for one in lists]


def longest(lists):
    return max(len(one) for one in lists)


def pad_by_keras_default(lists):
    return keras.utils.pad_sequences(lists, value=-1)


def draw(positive, number, others, random):
    """Draw from both kinds; a number that is larger than a kind draws all of it."""
    kinds = np.flatnonzero(positive), np.flatnonzero(~positive)
    return [*random.permutation(kinds[0])[:number], *random.permutation(kinds[1])[:others]]


def fewer(positive, count, share):
    return min(int(count * share), positive.sum())


def others_in_order(positive, count, share, random):
    number = fewer(positive, count, share)
    return [*draw(positive, number, 0, random), *np.flatnonzero(~positive)[: count - number]]


def last_ones(positive, count, share, random):
    number = fewer(positive, count, share)
    kinds = np.flatnonzero(positive)[::-1], np.flatnonzero(~positive)[::-1]
    return [*kinds[0][:number], *kinds[1][: count - number]]


def signed_ifs(errors, turn):
    return [error**2 / (2 * turn) if error < turn else error - turn / 2 for error in errors.flat]


def sizes_and(condition):
    """Return Smooth L1 that asks another condition of sizes and `turn`."""
    return lambda e, t: np.where(condition(abs(e), t), e**2 / (2 * t), abs(e) - t / 2)


# Slips as students write them, each with words of what the check has to say.
SLIPS_IN_OTHER_WORDS = [
    ("pad", lambda lists: filled(lists, 0, longest(lists)), "Zero is a digit"),
    ("pad", pad_by_keras_default, "at their beginning"),
    ("pad", lambda lists: [list(one)[: min(map(len, lists))] for one in lists], "shortest"),
    ("pad", lambda lists: filled(lists, -1, longest(lists) + 1), "a column too many"),
    ("pad", lambda lists: np.array(filled(lists, -1, longest(lists))).T, "in columns"),
    ("pad", lambda lists: filled([one for one in lists if len(one)], -1, longest(lists)), "empty"),
    ("pad", lambda lists: np.hstack(lists), "joined to one"),
    ("fair_sample", others_in_order, "only the positives are drawn"),
    ("fair_sample", lambda p, c, s, r: draw(p, p.sum(), c - p.sum() if c > p.sum() else 0, r)[:c],
     "as many positives are drawn as there are"),
    ("fair_sample", lambda p, c, s, r: draw(p, min(int(c * s + 0.5), p.sum()),
                                            c - min(int(c * s + 0.5), p.sum()), r), "rounded up"),
    ("fair_sample", lambda p, c, s, r: draw(p, int(c * s), c - int(c * s), r), "made up for"),
    ("fair_sample", lambda p, c, s, r: draw(p, fewer(p, c, s), fewer(p, c, s), r), "as many oth"),
    ("fair_sample", lambda p, c, s, r: r.choice(np.flatnonzero(~p), c, False), "left out"),
    ("fair_sample", lambda p, c, s, r: r.choice(np.arange(len(p)), c, False), "does not look at"),
    ("fair_sample", lambda p, c, s, r: draw(~p, fewer(~p, c, s), c - fewer(~p, c, s), r), "mixed"),
    ("fair_sample", lambda p, c, s, r: np.isin(np.arange(len(p)), draw(p, 2, 2, r)), "True and F"),
    ("read_between", lambda f, r, d: float(np.array([1 - r, r]) @ f @ [1 - d, d]), "are mixed up"),
    ("read_between", lambda f, r, d: f[1 if d > 0.5 else 0, 1 if r > 0.5 else 0], "rounding"),
    ("read_between", lambda f, r, d: f.sum() / 4, "The nearer a middle"),
    ("read_between", lambda f, r, d: (1 - r) * f[0, 0] + r * f[0, 1], "one axis only"),
    ("read_between", lambda f, r, d: [(1 - r) * a + r * b for a, b in f], "not mixed"),
    ("read_between", lambda f, r, d: f[0, 0] * (1 - r - d) + f[0, 1] * r + f[1, 0] * d,
     "on a slope"),
    ("smooth_l1", lambda e, t: np.reshape(signed_ifs(e, t), e.shape), "taken for small ones"),
    ("smooth_l1", sizes_and(lambda sizes, turn: sizes > turn), "mixed up"),
    ("smooth_l1", sizes_and(lambda sizes, turn: sizes < np.inf), "on the parabola"),
    ("smooth_l1", lambda e, t: keras.losses.Huber(t, reduction="none")(0 * e[..., None],
                                                                      e[..., None]), "Huber"),
    ("smooth_l1", lambda e, t: np.mean(answers.smooth_l1(e, t)), "single number"),
    ("smooth_l1", lambda e, t: [x**2 / 2 / t if abs(x) < t else abs(x) - t / 2
                                for x in e.tolist()], ""),
    ("kind_of", lambda o, s, t: "nothing" if o <= 0.1 else "badly placed" if o <= 0.5
     else "wrong class" if not s else "doubled" if t else "right", "falls into the range below"),
    ("kind_of", lambda o, s, t: "nothing" if o < 0.1 else "badly placed" if o < 0.5
     else "doubled" if t else "right" if s else "wrong class", "no second find"),
    ("kind_of", lambda o, s, t: "wrong class" if not s else answers.kind_of(o, s, t), "the place"),
    ("kind_of", lambda o, s, t: "right" if o >= 0.5 and s and not t else
     "doubled" if t else answers.kind_of(o, s, t), "asked first"),
    ("kind_of", lambda o, s, t: "nothing" if o < 0.5 else answers.kind_of(o, s, t), "below 0.5"),
    ("kind_of", lambda o, s, t: "right", "`overlap`, `same_class` and `taken`"),
    ("true_claims", "HGF", "the others"),
    ("true_claims", list("hgfedcba"), "Three sound like advice"),
    ("true_claims", "af", "f is not true"),
    ("true_claims", "G, B", "g is not true"),
    ("true_claims", "abdh", "h is not true"),
    ("true_claims", "a", "b is missing"),
    ("true_claims", "cd", "a is missing"),
    ("true_claims", "", "a is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answer", "words"), SLIPS_IN_OTHER_WORDS)
def test_slips_written_differently_are_named(name, answer, words):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "not yet" and words.lower() in verdict.slip.lower(), verdict


@pytest.mark.parametrize("name", EXERCISES)
def test_no_two_slips_are_alike(name):
    """What one slip gives is never taken for another one; one of a part may fit others, too."""
    require_slips_apart(EXERCISES[name], parts_too=False)


# --- no check accepts any answer ----------------------------------------------------------------

WRONG_ANSWERS = [
    ("pad", lambda lists: -np.ones((len(lists), longest(lists)))),
    ("pad", lambda lists: np.sort(answers.pad(lists))),
    ("read_between", lambda f, r, d: f[0, 0]),
    ("read_between", lambda f, r, d: f.max()),
    ("smooth_l1", lambda e, t: np.abs(e)),
    ("smooth_l1", lambda e, t: np.sqrt(e**2 + t**2) - t),
    ("kind_of", lambda o, s, t: "Right"),
    ("kind_of", lambda o, s, t: "good"),
    ("kind_of", lambda o, s, t: 0),
    ("kind_of", lambda o, s, t: o >= 0.5 and s),
]


@pytest.mark.parametrize(("name", "answer"), WRONG_ANSWERS)
def test_other_wrong_answers_fail_with_expected_and_received(name, answer):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "not yet"
    assert "xpected" in verdict.message and "received" in verdict.message


def smooth_l1_in_place(errors, turn):
    np.abs(errors, out=errors)
    return answers.smooth_l1(errors, turn)


def fair_sample_in_place(positive, count, share, random):
    drawn = answers.fair_sample(positive, count, share, random)
    positive[drawn] = False
    return drawn


@pytest.mark.parametrize(
    ("answer", "argument"), [(smooth_l1_in_place, "errors"), (fair_sample_in_place, "positive")]
)
def test_an_argument_that_is_changed_in_place_is_told(answer, argument):
    verdict = EXERCISES[answer.__name__.removesuffix("_in_place")].judge(answer)
    assert verdict.outcome == "not yet"
    assert f"changes its argument `{argument}` in place" in verdict.message


# --- pad ----------------------------------------------------------------------------------------


def test_lists_come_as_lists_and_as_arrays_and_some_are_empty():
    cases = [lesson_06.pad.case(number)[0] for number in range(1, 6)]
    assert {type(one) for lists in cases for one in lists} == {list, np.ndarray}
    assert any(len(one) == 0 for lists in cases for one in lists)
    assert any(0 in one for lists in cases for one in lists)
    details = lesson_06.pad.judge(lambda lists: 1).details
    assert "lists: [[3, 0, 7], [5], [1, 4]]" in details


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.lists(st.lists(st.integers(0, 9), max_size=6), min_size=1, max_size=5))
def test_it_is_what_padded_batch_does(lists):
    tf = pytest.importorskip("tensorflow")
    ragged = tf.ragged.constant(lists, dtype=tf.int64, ragged_rank=1)
    data = tf.data.Dataset.from_tensor_slices(ragged).map(lambda one: tf.convert_to_tensor(one))
    batch = data.padded_batch(len(lists), padding_values=tf.constant(-1, tf.int64))
    np.testing.assert_array_equal(answers.pad(lists), next(iter(batch)))


# --- fair_sample --------------------------------------------------------------------------------


def spoilt(spoil):
    """Return the reference, its result changed in one way, in all cases."""

    def answer(positive, count, share, random):
        drawn = answers.fair_sample(positive, count, share, random)
        return spoil(drawn, positive)

    return lesson_06.fair_sample.judge(answer)


def another(drawn, positive, shows):
    """Return an anchor of a kind that is not drawn, or None."""
    left = np.setdiff1d(np.flatnonzero(positive == shows), drawn)
    return left[0] if len(left) else None


def with_more_of_a_kind(drawn, positive, shows):
    """Replace one of the other kind by one more of this kind, where there is one."""
    more, fewer_of = another(drawn, positive, shows), drawn[positive[drawn] != shows]
    if more is None or not len(fewer_of):
        return drawn
    return np.where(drawn == fewer_of[0], more, drawn)


SPOILT = [
    (lambda drawn, positive: drawn + 0.25, "whole numbers from 0 to 9, places of anchors"),
    (lambda drawn, positive: np.append(drawn[:-1], len(positive)), "received 1 that are none"),
    (lambda drawn, positive: np.append(drawn[:-1], -1), "received 1 that are none"),
    (lambda drawn, positive: np.append(drawn[:-1], drawn[-2]), "drawn twice"),
    (lambda drawn, positive: drawn[:-1], "Expected 4 places, received 3"),
    (lambda drawn, positive: np.append(drawn, another(drawn, positive, False)), "received 5"),
    (lambda drawn, positive: with_more_of_a_kind(drawn, positive, True), "2 positives among"),
    (lambda drawn, positive: with_more_of_a_kind(drawn, positive, False), "2 positives among"),
    (lambda drawn, positive: drawn[np.newaxis], "row of 4 places, received an array of shape (1,"),
    (lambda drawn, positive: np.linspace(0, 1e300, 4), "that are none"),
]


@pytest.mark.parametrize(("spoil", "words"), SPOILT)
def test_each_property_of_a_draw_is_asked_for(spoil, words):
    verdict = spoilt(spoil)
    assert verdict.outcome == "not yet" and words in verdict.message, verdict


@pytest.mark.parametrize("shows", [True, False])
def test_patterns_are_no_draw(shows):
    """First, last, every other, a stretch in the middle: none of them chance would give."""

    def pattern(choose):
        def answer(positive, count, share, random):
            drawn = answers.fair_sample(positive, count, share, random)
            number = (positive[drawn] == shows).sum()
            chosen = choose(np.flatnonzero(positive == shows), number)
            return np.append(drawn[positive[drawn] != shows], chosen[:number])

        return lesson_06.fair_sample.judge(answer)

    patterns = [
        lambda kind, number: kind,
        lambda kind, number: kind[::-1],
        lambda kind, number: kind[:: max(len(kind) // max(number, 1), 1)],
        lambda kind, number: kind[(len(kind) - number) // 2 :],
    ]
    for choose in patterns:
        verdict = pattern(choose)
        assert verdict.outcome == "not yet" and "follow a pattern" in verdict.message, verdict


def test_a_fair_draw_passes_whatever_chance_gives():
    """The reference with a generator of its own, of which the check knows nothing."""
    generator = np.random.default_rng(0)

    def answer(positive, count, share, random):
        return generator.permutation(answers.fair_sample(positive, count, share, generator))

    outcomes = [lesson_06.fair_sample.judge(answer).outcome for _ in range(300)]
    assert set(outcomes) == {"right"}


def test_what_is_measured_is_the_same_for_any_draw():
    wanted = [outcome.numbers for outcome in expected_outcomes(lesson_06.fair_sample)]
    generator = np.random.default_rng(99)
    trials = run_answer(
        lesson_06.fair_sample,
        lambda positive, count, share, random: answers.fair_sample(
            positive, count, share, generator
        ),
    )
    for numbers, trial in zip(wanted, trials, strict=True):
        np.testing.assert_array_equal(trial.outcome.numbers, numbers)
        assert len(trial.result.numbers) == trial.case["count"]


def test_each_positive_has_the_same_chance():
    positive, count, share, _ = lesson_06.fair_sample.case(1)
    generator, times = np.random.default_rng(0), 4000
    drawn = np.zeros(len(positive))
    for _ in range(times):
        drawn[answers.fair_sample(positive, count, share, generator)] += 1
    np.testing.assert_allclose(drawn[positive] / times, 2 / 4, atol=0.04)
    np.testing.assert_allclose(drawn[~positive] / times, 2 / 6, atol=0.04)


def test_the_detector_draws_as_many():
    """`targets.sample` gives what the exercise asks for, for a whole batch at once."""
    tf = pytest.importorskip("tensorflow")
    targets = pytest.importorskip("course_utils.models.detector.targets")
    for number in range(1, len(lesson_06.fair_sample.cases) + 1):
        positive, count, share, random = lesson_06.fair_sample.case(number)
        values = tf.constant(np.where(positive, targets.POSITIVE, targets.NEGATIVE)[np.newaxis])
        drawn, asked = (one[0].numpy() for one in targets.sample(values, count, share))
        ours = answers.fair_sample(positive, count, share, random)
        assert asked.all() and len(set(drawn)) == count == len(set(ours))
        assert positive[drawn].sum() == positive[ours].sum()


# --- read_between -------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    four=st.lists(st.floats(-10, 10), min_size=4, max_size=4),
    right=st.floats(0, 1),
    down=st.floats(0, 1),
)
def test_reading_between_four_cells_is_what_roi_align_does(four, right, down):
    cells = np.reshape(four, (2, 2))
    value = answers.read_between(cells, right, down)
    places = np.array([[0.5 + down]]), np.array([[0.5 + right]])
    theirs = by_hand.bilinear(cells[..., np.newaxis], *places)[0, 0, 0, 0]
    np.testing.assert_allclose(value, theirs, atol=1e-9)
    assert cells.min() - 1e-9 <= value <= cells.max() + 1e-9


def test_the_weight_of_a_cell_is_the_area_across():
    right, down = 0.3, 0.8
    weights = [answers.read_between(np.eye(4)[k].reshape(2, 2), right, down) for k in range(4)]
    areas = [(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down]
    np.testing.assert_allclose(weights, areas)
    assert sum(weights) == pytest.approx(1)


# --- smooth_l1 ----------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    errors=st.lists(st.floats(-8, 8, width=32), min_size=1, max_size=8),
    turn=st.floats(0.0625, 4, width=32),
)
def test_smooth_l1_is_the_loss_of_the_detector_and_huber_divided(errors, turn):
    losses = pytest.importorskip("course_utils.models.detector.losses")
    errors = np.array(errors, "float32")
    ours = answers.smooth_l1(errors, turn)
    deltas = np.append(errors, np.zeros(-len(errors) % 4, "float32")).reshape(1, -1, 4)
    theirs = losses.box_loss(0 * deltas, deltas, np.ones(deltas.shape[:2]), turn)
    np.testing.assert_allclose(ours.sum() / deltas.shape[1], theirs, rtol=1e-4, atol=1e-5)
    huber = keras.losses.Huber(turn, reduction="none")(0 * errors[:, None], errors[:, None])
    np.testing.assert_allclose(ours, np.array(huber) / turn, rtol=1e-4, atol=1e-5)


def test_its_slope_never_exceeds_one():
    errors = np.linspace(-5, 5, 2001)
    slopes = np.diff(answers.smooth_l1(errors, 0.7)) / np.diff(errors)
    assert abs(slopes).max() <= 1 + 1e-9
    np.testing.assert_allclose(abs(slopes[abs(errors[1:]) > 0.8]), 1)
    assert "its slope is 1 or −1" in lesson_06.smooth_l1.when_right


# --- kind_of ------------------------------------------------------------------------------------


def test_the_words_are_those_of_the_course():
    assert lesson_06._KINDS.words == detection_errors.KINDS[:-1]
    overlaps = [0, 0.05, 0.1, 0.3, 0.49, 0.5, 0.51, 1]
    for overlap, same, taken in product(overlaps, [True, False], [True, False]):
        theirs = detection_errors.kind_of_detection(overlap, same, taken)
        assert answers.kind_of(overlap, same, taken) == theirs


def test_the_cases_have_every_word_and_both_edges():
    words = [answers.kind_of(**case) for case in lesson_06.kind_of.cases]
    assert set(words) == set(lesson_06._KINDS.words)
    assert {0.1, 0.5} < {case["overlap"] for case in lesson_06.kind_of.cases}


@pytest.mark.parametrize("number", range(len(lesson_06.kind_of.cases)))
@pytest.mark.parametrize("word", lesson_06._KINDS.words)
def test_one_wrong_word_anywhere_is_enough_to_fail(number, word):
    words = [answers.kind_of(**case) for case in lesson_06.kind_of.cases]
    right, words[number] = words[number] == word, word
    served = iter(words)
    assert (lesson_06.kind_of.judge(lambda *a: next(served)).outcome == "right") == right


def test_a_word_is_told_by_itself_and_the_case_in_words():
    verdict = lesson_06.kind_of.judge(lambda o, s, t: "doubled" if t else "right")
    assert verdict.message == 'kind_of: Expected "wrong class", received "right".'
    assert "overlap = 0.66\nsame_class = False\ntaken = False" in verdict.details
    assert "expected = " not in verdict.details
    unknown = lesson_06.kind_of.judge(lambda o, s, t: "double").message
    assert 'Expected one of the words "right", "doubled", "wrong class"' in unknown
    assert unknown.endswith('received "double".')


# --- true_claims --------------------------------------------------------------------------------

ALL = [set(chosen) for size in range(9) for chosen in combinations("abcdefgh", size)]


def test_one_of_all_choices_is_right_and_all_others_are_told_a_slip():
    verdicts = {"".join(sorted(one)): lesson_06.true_claims.judge(one) for one in ALL if one}
    right = [text for text, verdict in verdicts.items() if verdict.outcome == "right"]
    assert right == [answers.true_claims] and len(verdicts) == 255
    for text, verdict in verdicts.items():
        if text not in right:
            assert f'received "{text}": ' in verdict.message and verdict.slip


def test_the_counts_are_told_and_no_letter():
    said = lesson_06.true_claims.judge("abfg").message
    assert said.endswith('received "abfg": 2 of them false, 3 missing.')


@pytest.mark.parametrize("odd", ["xyz", "abz", "a and b"])
def test_a_letter_that_is_no_claim(odd):
    said = lesson_06.true_claims.judge(odd).message
    assert "Expected a string of letters from a to h, received" in said
    assert "which is none of them" in said


@pytest.fixture(scope="module")
def false_detector():
    """The recipe of the lesson, for three classes; its weights make no difference here."""
    backbone = keras.applications.NASNetMobile(
        weights=None, include_top=False, input_shape=(32, 32, 3)
    )
    features = keras.layers.GlobalAveragePooling2D()(backbone.output)
    scores = keras.layers.Dense(3, activation="softmax")(features)
    model = keras.Model(backbone.input, scores)
    model.compile("adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model, backbone


def test_what_the_false_detector_lacks(false_detector, tmp_path):
    """a, b, c and d: one row of scores for a picture, and records that nobody reads."""
    tf = pytest.importorskip("tensorflow")
    model, _ = false_detector
    assert model.output_shape == (None, 3)
    answer = np.array(model(np.zeros((1, 32, 32, 3), "float32")))
    assert answer.shape == (1, 3) and answer.sum() == pytest.approx(1, abs=1e-5)
    path = str(tmp_path / "train.record")
    with tf.io.TFRecordWriter(path) as writer:
        writer.write(b"one")
        writer.write(b"two")
    records = tf.data.TFRecordDataset(path).shuffle(1000).batch(32)
    assert records.element_spec == tf.TensorSpec([None], tf.string)
    with pytest.raises(Exception, match="incompatible shape"):
        model.fit(records, epochs=10, verbose=0)


def test_softmax_cannot_do_what_binary_cross_entropy_asks():
    """e: with two classes in a picture, no logits bring the loss below that of a half each."""
    present = np.array([[1.0, 1.0, 0.0]])
    loss = keras.losses.BinaryCrossentropy()
    logits = np.random.default_rng(0).normal(0, 5, (500, 3))
    softmax = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    least = min(float(loss(present, row[np.newaxis])) for row in softmax)
    assert least > 0.46 > 2 * np.log(2) / 3 - 0.01
    sure = 1 / (1 + np.exp(-np.array([[9.0, 9, -9]])))
    assert float(loss(present, sure)) < 0.001


def test_false_claims_are_false_of_the_lessons_own_detector(false_detector):
    """f and g: it is smaller than that backbone, and trained by Adam."""
    import inspect

    faster_rcnn = pytest.importorskip("course_utils.models.faster_rcnn")
    _, backbone = false_detector
    own = faster_rcnn.FasterRCNN(classes=10, size=(80, 80))
    assert own.count_params() < 1_000_000 < 4_000_000 < backbone.count_params() < 5_000_000
    assert "optimizers.Adam(" in inspect.getsource(faster_rcnn.train)
    (sentence,) = [s.sentence for s in answers.SLIPS.of("true_claims") if s.name[0] == "f"]
    assert "about four million weights" in sentence and "fewer than one million" in sentence
