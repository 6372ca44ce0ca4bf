"""Lesson 03's exercises: slips as students write them, wrong answers, and the cases."""

import numpy as np
import pytest
from scipy import special

from course_utils.by_hand.metrics import cross_entropy, softmax
from course_utils.exercises import lesson_03, recording
from course_utils.exercises.answer_book import known_slips
from course_utils.exercises.outcomes import NUMBERS, agree

EXERCISES = {item.name: item for item in recording.exercises_of(lesson_03)}


# --- slips --------------------------------------------------------------------------------------


def overflowing(logits, label):
    total = sum(np.exp(score) for score in logits)
    return np.log(total) - np.log(np.exp(logits[label]))


# Slips as students write them, each with words of what the check has to say.
SLIPS_IN_OTHER_WORDS = [
    ("add_channel", lambda images: np.expand_dims(images, 0), "In front Keras counts pictures"),
    ("add_channel", lambda images: np.expand_dims(images, 1), "PyTorch's order"),
    ("add_channel", lambda images: np.repeat(images[..., None], 3, axis=3), "colour picture of"),
    ("add_channel", lambda images: images.reshape(len(images), 28, 28, 1), "`images.shape`"),
    ("add_channel", lambda images: images.T[..., None].T[0], "returns a new one"),
    ("add_channel", lambda images: images[..., None].astype("f4") / 255, "a step of its own"),
    ("count_updates", lambda e, b, n: int(e / b) * n, "trained on as well"),
    ("count_updates", lambda e, b, n: e // b * n + n, "nothing is left over"),
    ("count_updates", lambda e, b, n: n * e / b, "no part of an update"),
    ("count_updates", lambda e, b, n: int(e * n / b), "do not fill it up"),
    ("cross_entropy_of", overflowing, "more than a float can hold"),
    ("cross_entropy_of", lambda s, k: -np.log(np.exp(s[k]) / np.exp(s).sum()), "more than a float"),
    ("cross_entropy_of", lambda s, k: -np.log(special.softmax(s)[k]), "before any number"),
    ("cross_entropy_of", lambda s, k: -np.log(softmax(s)[k]), "before any number"),
    ("cross_entropy_of", lambda s, k: cross_entropy([k], softmax(s)[None]), "before any number"),
    ("cross_entropy_of", lambda s, k: -np.log(np.maximum(softmax(s), 1e-7))[k], "without such a"),
    ("cross_entropy_of", lambda s, k: -special.log_softmax(s)[k] / np.log(10), "base 10"),
    ("cross_entropy_of", lambda s, k: -special.log_softmax(s).mean(), "one class is right"),
    ("cross_entropy_of", lambda s, k: -special.log_softmax(s), "`label` says of which class"),
    ("cross_entropy_of", lambda s, k: special.logsumexp(s - s.max()) - s[k], "is missing from"),
    ("momentum_step", lambda w, v, g, r, m: [w + m * v + r * g, m * v + r * g], "other way"),
    ("momentum_step", lambda w, v, g, r, m: [w - r * (m * v + g), m * v + g], "PyTorch's rule"),
    ("momentum_step", lambda w, v, g, r, m: [w - r * g, -r * g], "plain gradient descent"),
    ("best_epoch", lambda losses: losses.argmin(), "the first epoch is epoch 1"),
    ("best_epoch", lambda losses: min(losses), "at which place"),
    ("best_epoch", lambda losses: np.flatnonzero(losses == losses.min())[-1] + 1, "the earliest"),
    ("worst_mix_up", lambda m: np.unravel_index(m.argmax(), m.shape), "the largest counts of all"),
    ("worst_mix_up", lambda m: (m - np.diag(m.diagonal())).argmax(), "which row"),
    ("read_or_refuse", lambda p, least: [
        row.argmax() if row.max() > least else -1 for row in p], "what reaches it"),
    ("read_or_refuse", lambda p, least: [row.argmax() for row in p], "nothing is refused"),
    ("read_or_refuse", lambda p, least: p.argmax(0), "one result a class"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answer", "words"), SLIPS_IN_OTHER_WORDS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_slips_written_differently_are_named(name, answer, words):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "not yet" and words.lower() in verdict.slip.lower(), verdict


@pytest.mark.parametrize("name", EXERCISES)
def test_no_two_slips_are_alike(name):
    """Different words never stand for results that agree on every case where both have numbers."""
    slips = known_slips(EXERCISES[name])
    for number, one in enumerate(slips):
        for other in slips[number + 1 :]:
            pairs = zip(one.outcomes, other.outcomes)
            same = [agree(*pair) for pair in pairs if {o.kind for o in pair} == {NUMBERS}]
            assert one.name == other.name or not same or not all(same), (one.name, other.name)


# --- no check accepts any answer ----------------------------------------------------------------

WRONG_ANSWERS = [
    ("add_channel", lambda images: images[..., None][::-1]),
    ("add_channel", lambda images: np.zeros((*images.shape, 1))),
    ("count_updates", lambda e, b, n: 9375),
    ("count_updates", lambda e, b, n: e // b * n + 1),
    ("cross_entropy_of", lambda s, k: abs(s).max() - s[k]),
    ("cross_entropy_of", lambda s, k: (1 - softmax(s)[k]) ** 2),
    ("momentum_step", lambda w, v, g, r, m: [w, v]),
    ("momentum_step", lambda w, v, g, r, m: (w + m * v - r * g) * np.ones(np.shape(w))),
    ("best_epoch", lambda losses: 3),
    ("best_epoch", lambda losses: sorted(losses).index(losses[0]) + 1),
    ("worst_mix_up", lambda m: [1, 3]),
    ("worst_mix_up", lambda m: np.unravel_index(m.argmin(), m.shape)),
    ("read_or_refuse", lambda p, least: p.argmax(1) * 0 - 1),
    ("read_or_refuse", lambda p, least: np.where(p.max(1) >= least, p.argmin(1), -1)),
]


@pytest.mark.parametrize(("name", "answer"), WRONG_ANSWERS)
def test_other_wrong_answers_fail_with_expected_and_received(name, answer):
    verdict = EXERCISES[name].judge(answer)
    assert verdict.outcome == "not yet"
    assert "xpected" in verdict.message and "received" in verdict.message


def test_a_matrix_that_is_changed_in_place_is_told():
    def in_place(matrix):
        np.fill_diagonal(matrix, 0)
        return np.unravel_index(matrix.argmax(), matrix.shape)

    message = lesson_03.worst_mix_up.judge(in_place).message
    assert "changes its argument `matrix` in place" in message


# --- the cases ----------------------------------------------------------------------------------


def test_one_answer_is_right_in_every_case():
    """No ties that two correct answers could break differently, but the one that tests the rule."""
    ties = []
    for case in lesson_03.worst_mix_up.cases:
        errors = case["matrix"] - np.diag(np.diag(case["matrix"]))
        ties.append((errors == errors.max()).sum())
        assert (errors >= 0).all()
    assert ties == [1, 1, 1, 1, 2]
    for case in lesson_03.read_or_refuse.cases:
        ordered = np.sort(case["probabilities"], axis=1)
        assert (ordered[:, -1] > ordered[:, -2]).all()
        np.testing.assert_array_equal(ordered.sum(axis=1), 1)
