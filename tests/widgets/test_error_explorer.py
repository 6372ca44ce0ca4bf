"""ErrorExplorer: every number recounted, pointing and fields, ties, pages, and what is refused."""

import base64
import io
import re
import subprocess
import sys

import ipywidgets
import live
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from course_utils.by_hand.metrics import confusion_matrix, softmax
from course_utils.datasets import FASHION_CLASSES
from course_utils.widgets import ConvStepper, error_views
from course_utils.widgets.error_explorer import NO_ANSWER, ORDERS, PAGE, ErrorExplorer

SENTENCE = r"^Expected [^\n]*\. Received [^\n]*\.$"


def some(count=300, classes=4, seed=0, steps=None):
    """Return labels, probabilities that are often right, and images told apart by their first row.

    steps: probabilities are multiples of 1 / steps, so that many are equal.
    """
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, count)
    logits = rng.normal(size=(count, classes))
    logits[range(count), labels] += 1.5
    chances = softmax(logits)
    if steps:
        cuts = np.sort(rng.integers(0, steps + 1, (count, classes - 1)), axis=1)
        chances = np.diff(cuts, axis=1, prepend=0, append=steps) / steps
    images = np.zeros((count, 6, 8), np.uint8)
    images[:, 0, 0], images[:, 0, 1] = np.divmod(np.arange(count), 256)
    return labels, chances, images


@pytest.fixture
def errors():
    return ErrorExplorer(*some())


def picture_of(explorer, label="image 0"):
    """Return the pixels of a picture in the live views, found by its place to point at."""
    start = rf'data-pick="{label}"[^>]*><img src="data:image/png;base64,'
    (source,) = re.findall(f'{start}(.*?)"', live.page(explorer))
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(source))))


# --- the numbers ---------------------------------------------------------------------------------


@st.composite
def problems(draw):
    """Explorers of few images and many ties, with a threshold that some answers just reach."""
    classes = draw(st.integers(2, 5))
    seed, steps = draw(st.integers(0, 10**6)), draw(st.sampled_from([2, 10]))
    labels, chances, images = some(draw(st.integers(1, 40)), classes, seed, steps)
    threshold = draw(st.sampled_from([0, 1, *chances.max(axis=1).tolist()]))
    return ErrorExplorer(labels, chances, images), threshold


@settings(max_examples=60, deadline=None)
@given(problems())
def test_matrix_point_and_cells_are_recounted(problem):
    errors, threshold = problem
    errors.set(threshold=threshold)
    pairs = list(zip(errors.labels, errors.answers, errors.certainty))
    columns = [*errors.classes, NO_ANSWER]
    for (row, column), count in np.ndenumerate(errors.data.matrix):
        inside = [
            index for index, (label, answer, certainty) in enumerate(pairs)
            if label == row and column == (answer if certainty >= threshold else len(columns) - 1)
        ]  # fmt: skip
        errors.set(truth=row, predicted=columns[column])
        assert sorted(errors.data.members.tolist()) == inside and count == len(inside)
    assert errors.data.matrix.sum() == len(pairs)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_point_is_the_column_and_the_row_and_lies_on_the_curve(problem):
    errors, threshold = problem
    for name in errors.classes:
        errors.set(predicted=name, threshold=threshold)
        place, data = int(name), errors.data
        said = (errors.answers == place) & (errors.certainty >= threshold)
        there = errors.labels == place
        right = (said & there).sum()
        expected = [right / n if n else np.nan for n in (said.sum(), there.sum())]
        np.testing.assert_allclose(data.point, expected)
        thresholds, precision, recall = data.curve
        reached = np.flatnonzero(thresholds >= threshold)
        if len(reached):
            np.testing.assert_allclose(data.point, (precision[reached[-1]], recall[reached[-1]]))


def test_without_a_threshold_the_matrix_is_the_one_of_lesson_3(errors):
    theirs = confusion_matrix(errors.labels, errors.answers, 4)
    np.testing.assert_array_equal(errors.data.matrix[:, :4], theirs)
    assert not errors.data.matrix[:, 4].any()


def test_the_most_certain_come_first_or_last_and_ties_in_their_order():
    errors = ErrorExplorer(*some(steps=4))
    errors.set(truth=1, predicted=1)
    for order, sign in zip(ORDERS, (-1, 1)):
        members = errors.set(order=order).data.members
        keys = [(sign * errors.certainty[index], index) for index in members]
        assert keys == sorted(keys)


def test_above_a_half_each_class_against_the_rest_gives_the_same_answers(errors):
    """No other class can then be more probable."""
    errors.set(predicted=2, threshold=0.55)
    said = errors.probabilities[:, 2] >= 0.55
    assert errors.data.matrix[:, 2].sum() == said.sum()


def test_a_class_that_never_occurs_and_one_that_is_never_answered():
    labels, chances, images = some(classes=3)
    for wanted, moved in ((labels == 2, "label"), (chances.argmax(axis=1) == 2, "answer")):
        left, given = labels.copy(), chances.copy()
        if moved == "label":
            left[wanted] = 0
        else:
            given[wanted] = [1, 0, 0]
        errors = ErrorExplorer(left, given, images).set(truth=2, predicted=2)
        assert errors.data.curve.size == 0 and np.isnan(errors.data.point).any()
        assert "there is no curve" in live.page(errors) and "–" in live.readout(errors)
        errors.picked("curve", 0.5, 0.5)
        assert errors.state.threshold == 0
        assert errors.draw(errors.data, errors.state).png()


@pytest.mark.parametrize("classes", [1, 2, 5])
def test_perfect_predictions(classes):
    labels, _, images = some(50, classes)
    errors = ErrorExplorer(labels, np.eye(classes)[labels], images).set(threshold=1)
    assert np.trace(errors.data.matrix) == 50 and errors.data.point == (1, 1)
    with pytest.raises(ValueError, match="Expected a wrong answer .*none at threshold 1"):
        errors.largest_confusion()
    errors.live()
    live.press(errors, "Largest confusion")
    assert "Received none" in live.refusal(errors)
    assert errors.draw(errors.data, errors.state).png()


# --- the state -----------------------------------------------------------------------------------


def test_what_was_handed_over_may_change_afterwards():
    labels, chances, images = some()
    errors = ErrorExplorer(labels, chances, images)
    before = errors.compute(errors.state)
    kept = errors.images.copy()
    labels[:], chances[:], images[:] = 0, 0.25, 9
    live.same(errors.compute(errors.state), before)
    np.testing.assert_array_equal(errors.images, kept)


def test_classes_by_name_by_number_and_by_numbers_that_are_names():
    errors = ErrorExplorer(*some(classes=10), FASHION_CLASSES)
    assert errors.set(truth="Shirt", predicted=0).state.predicted == "T-shirt/top"
    assert errors.data.cell == (6, 0)
    assert ErrorExplorer(*some(), "4321").set(truth=3).data.cell[0] == 1
    assert errors.set(truth=np.int64(9)).state.truth == "Ankle boot"


def test_page_and_image_follow_each_other_and_the_cell(errors):
    errors.set(truth=0, predicted=0)
    count = len(errors.data.members)
    assert count > 2 * PAGE
    assert errors.set(page=1).state.image == PAGE
    assert errors.set(image=2 * PAGE + 1).state.page == 2
    assert errors.chosen == errors.data.members[2 * PAGE + 1]
    assert errors.set(threshold=0.7).state.image == min(2 * PAGE + 1, len(errors.data.members) - 1)
    errors.set(threshold=0)
    assert errors.set(order=ORDERS[1]).state.image == 0
    errors.set(image=3)
    assert errors.set(truth=1).state.image == errors.state.page == 0
    assert errors.set(truth=0, image=5).state.image == 5
    assert errors.set(threshold=1).chosen is None and errors.limits() == {"image": 0, "page": 0}


WRONG = {
    "unknown class": ({"truth": "7"}, "truth as one of 0, 1, 2, 3. Received '7'"),
    "a number too far": ({"predicted": 4}, "predicted as one of 0, 1, 2, 3, no answer. Rec.* '4'"),
    "true class without answer": ({"truth": NO_ANSWER}, "truth as one of"),
    "no class": ({"truth": None}, "Received None"),
    "a switch": ({"truth": True}, "Received True"),
    "a list": ({"predicted": [1]}, r"Received \[1\]"),
    "threshold above": ({"threshold": 1.5}, "threshold as a number from 0 to 1. Received 1.5"),
    "threshold below": ({"threshold": -0.1}, "threshold as a number"),
    "threshold NaN": ({"threshold": np.nan}, "Received nan"),
    "threshold as text": ({"threshold": "0.5"}, "Received '0.5'"),
    "order": ({"order": "best first"}, "order as one of most certain first, least"),
    "page beyond": ({"page": 99}, "page as a whole number from 0 to"),
    "image beyond": ({"image": 9999}, "image as a whole number from 0 to"),
    "image negative": ({"image": -1}, "image as a whole number from 0 to"),
    "half an image": ({"image": 0.5}, "Received 0.5"),
    "page of another image": ({"page": 1, "image": 3}, "page of image 3, which is 0. Received 1"),
    "unknown setting": ({"speed": 3}, "Expected one of truth, predicted, threshold"),
}


@pytest.mark.parametrize("changes, said", WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_refused_and_nothing_moves(errors, changes, said):
    errors.set(truth=1, predicted=2)
    errors.live()
    state, data, shown = errors.state, errors.data, live.page(errors)
    with pytest.raises(ValueError, match=said) as refusal:
        errors.set(**changes)
    assert re.search(SENTENCE, str(refusal.value))
    assert errors.state is state and errors.data is data and live.page(errors) == shown


LABELS, CHANCES, IMAGES = some(6, 3)
NO_INPUT = {
    "other labels": ((LABELS[:5], CHANCES, IMAGES), "each of 5 labels. Received 6"),
    "other images": ((LABELS, CHANCES, IMAGES[:4]), "image for each of 6 labels. Received 4"),
    "label beyond": ((LABELS + 3, CHANCES, IMAGES), "labels from 0 to 2. Received"),
    "label below": ((LABELS - 9, CHANCES, IMAGES), "labels from 0 to 2. Received -"),
    "labels in columns": ((np.eye(3)[LABELS], CHANCES, IMAGES), r"labels of shape \(n,\)"),
    "logits": ((LABELS, CHANCES * 9 - 4, IMAGES), "logits need softmax first"),
    "answers": ((LABELS, CHANCES.argmax(1), IMAGES), r"probabilities of shape \(n, classes\)"),
    "NaN": ((LABELS, CHANCES * np.nan, IMAGES), "finite numbers as probabilities"),
    "texts": ((LABELS, "many", IMAGES), "Expected probabilities as numbers"),
    "no images": ((LABELS, CHANCES, IMAGES[:0]), "pictures of shape"),
    "NaN images": ((LABELS, CHANCES, IMAGES * np.nan), "Expected finite numbers as images"),
    "few names": ((LABELS, CHANCES, IMAGES, "ab"), "3 different names of classes.*Received"),
    "equal names": ((LABELS, CHANCES, IMAGES, "aba"), "3 different names of classes"),
    "taken name": ((LABELS, CHANCES, IMAGES, ["a", "b", NO_ANSWER]), "none of them 'no answer'"),
}


@pytest.mark.parametrize("arguments, said", NO_INPUT.values(), ids=NO_INPUT)
def test_inputs_that_do_not_belong_together_are_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        ErrorExplorer(*arguments)


@pytest.mark.parametrize("images", [
    IMAGES, IMAGES / 255, IMAGES[..., None], np.zeros((6, 5, 9, 3)),
    np.zeros((6, 300, 2), np.float32), np.zeros((6, 1, 1), int),
])  # fmt: skip
def test_images_of_every_kind(images):
    errors = ErrorExplorer(LABELS.tolist(), CHANCES.astype("float16"), images)
    errors.set(truth=int(LABELS[0]), predicted=int(CHANCES[0].argmax()))
    assert picture_of(errors).shape[0] <= images.shape[1]
    assert errors.draw(errors.data, errors.state).png()


# --- by hand -------------------------------------------------------------------------------------


def point_at(explorer, label, x=0.5, y=0.5):
    """Do what the listener does when somebody points at an element."""
    assert f'data-pick="{label}"' in live.page(explorer)
    explorer._shell._pointed(label, x, y)


def test_pointing_at_a_cell_and_an_image_chooses_them(errors):
    errors.live()
    for row in range(4):
        for column, name in enumerate([*errors.classes, NO_ANSWER]):
            point_at(errors, f"cell {row} {column}")
            assert (errors.state.truth, errors.state.predicted) == (errors.classes[row], name)
    point_at(errors, "cell 0 0")
    errors.set(page=1)
    point_at(errors, f"image {PAGE + 3}")
    assert errors.state.image == PAGE + 3 and errors.state.page == 1
    shown = picture_of(errors, f"image {PAGE + 3}").astype(int)
    assert shown[0, 0] * 256 + shown[0, 1] == errors.chosen == errors.data.members[PAGE + 3]


def test_pointing_at_the_curve_sets_the_threshold_of_the_nearest_point(errors):
    errors.live()
    errors.set(predicted=1)
    thresholds, precision, recall = errors.data.curve
    for place in range(0, len(thresholds), 7):
        x, y = error_views._places(errors.data, recall[place], precision[place])
        if 0 <= x <= 1 and 0 <= y <= 1:
            point_at(errors, "curve", x, y)
            assert errors.data.point == pytest.approx((precision[place], recall[place]))
            assert len(str(errors.state.threshold)) < 8
    point_at(errors, "curve", 1, 1)
    assert 0 <= errors.state.threshold < thresholds[-1] + 0.2


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_shortest_number_between_two(one, other):
    below, most = sorted((one, other))
    if below < most:
        assert below < error_views._shortest_between(below, most) <= most
    assert error_views._shortest_between(-1, most) == (1 if most == 1 else 0)


def test_fields_do_the_same_by_keyboard(errors):
    errors.live()
    for label, value, name in [
        ("True class", "2", "truth"), ("Read as", "2", "predicted"),
        ("Threshold", 0.35, "threshold"), ("Order", ORDERS[1], "order"), ("Page", 1, "page"),
        ("Image", 4, "image"),
    ]:  # fmt: skip
        pictures = live.pictures(errors)
        live.find(errors, label).value = value
        assert getattr(errors.state, name) == value and live.pictures(errors) != pictures
    assert live.find(errors, "Page").value == 0 and live.refusal(errors) == ""
    live.find(errors, "Threshold").value = 2
    assert "Expected threshold" in live.refusal(errors) and errors.state.threshold == 0.35
    last = len(errors.data.members) - 1
    assert live.find(errors, "Image").max == last and live.find(errors, "Page").max == last // PAGE
    live.press(errors, "Reset")
    assert live.find(errors, "Read as").value == "0" and live.refusal(errors) == ""


def test_pages_turn_in_a_circle_and_show_each_image_once(errors):
    errors.live()
    errors.set(truth=3, predicted=3)
    seen = []
    for _ in range(errors.limits()["page"] + 1):
        seen += map(int, re.findall(r'data-pick="image (\d+)"', live.page(errors)))
        live.press(errors, "Next page")
    assert seen == list(range(len(errors.data.members))) and errors.state.page == 0
    live.press(errors, "Previous page")
    assert errors.state.page == errors.limits()["page"]


def test_largest_confusion_goes_from_the_largest_cell_to_the_next(errors):
    errors.live()
    off = errors.data.matrix[:, :4] * ~np.eye(4, dtype=bool)
    seen = []
    for _ in range(np.count_nonzero(off)):
        live.press(errors, "Largest confusion")
        seen.append(errors.data.cell)
    assert [off[cell] for cell in seen] == sorted(off[off > 0], reverse=True)
    assert len(set(seen)) == len(seen)
    live.press(errors, "Largest confusion")
    assert errors.data.cell == seen[0]
    errors.set(predicted=NO_ANSWER)
    live.press(errors, "Largest confusion")
    assert errors.data.cell == seen[0]


# --- looking inside ------------------------------------------------------------------------------


def inside(index):
    return ConvStepper(np.full((3, 3), index), [[1]])


def test_without_a_function_there_is_no_button(errors):
    labels = [w.description for w in live.walk(errors.live()) if isinstance(w, ipywidgets.Button)]
    assert "Look inside" not in labels


def test_looking_inside_shows_the_explorer_of_the_chosen_image():
    made = []
    errors = ErrorExplorer(*some(), look_inside=lambda index: made.append(index) or inside(index))
    errors.live()
    errors.set(truth=0, predicted=0, image=5)
    live.press(errors, "Look inside")
    assert errors._shell.inset.children == (errors.inset.live(),)
    assert made == [errors.chosen] and errors.inset.image[0, 0, 0] == errors.chosen
    live.press(errors, "Look inside")
    assert len(made) == 1
    errors.set(image=6)
    assert errors.inset is None and errors._shell.inset.children == ()
    errors.set(image=5)
    assert errors.inset is not None and len(made) == 1


def test_looking_into_nothing_or_at_no_explorer_is_refused():
    errors = ErrorExplorer(*some(), look_inside=lambda index: None)
    errors.live()
    live.press(errors, "Look inside")
    assert "Expected look_inside to return an explorer. Received NoneType" in live.refusal(errors)
    errors.set(threshold=1)
    live.press(errors, "Look inside")
    assert "Received an empty cell" in live.refusal(errors) and errors.inset is None


# --- what is shown -------------------------------------------------------------------------------


def test_words_name_settings_and_no_result():
    errors, other = ErrorExplorer(*some(seed=1)), ErrorExplorer(*some(seed=2))
    for explorer in (errors, other):
        explorer.set(truth=1, predicted=2, threshold=0.4)
    assert errors.description == other.description == repr(errors)
    assert errors.readout(errors.data, errors.state) != other.readout(other.data, other.state)
    for changes in ({"truth": 2}, {"predicted": 3}, {"threshold": 0.3}, {"order": ORDERS[1]}):
        words = errors.description
        picture = errors.draw(errors.data, errors.state).png()
        assert errors.set(**changes).description != words
        assert errors.draw(errors.data, errors.state).png() != picture


def test_the_readout_counts(errors):
    errors.live()
    errors.set(truth=1, predicted=1, threshold=0.5)
    words, matrix = live.readout(errors), errors.data.matrix
    assert f"<b>{matrix[1, 1]} images</b>" in words
    assert f"{matrix[1, 1]} of {matrix[:, 1].sum()} answers are right" in words
    assert f"{matrix[1, 1]} of {matrix[1].sum()} are found" in words
    assert f"{np.trace(matrix)} right, " in words and f"{matrix[:, 4].sum()} without" in words
    assert f"image {errors.chosen} of all" in words


def test_an_empty_cell_says_so(errors):
    errors.live()
    errors.set(threshold=1)
    assert "This cell is empty." in live.page(errors) and "<b>0 images</b>" in live.readout(errors)
    figure = errors.draw(errors.data, errors.state).figure
    assert "This cell is empty." in [text.get_text() for text in figure.texts]


HOSTILE = ["a<script>", 'b" onload="', "c & d", "é'"]
ATTRIBUTES = {
    "class", "style", "src", "alt", "aria-label", "aria-live", "role", "scope", "data-pick",
}  # fmt: skip


@pytest.mark.parametrize("cell", [(0, 0), (2, 1), (1, NO_ANSWER)])
def test_html_is_well_formed_and_pictures_have_words(cell):
    errors = ErrorExplorer(*some(), HOSTILE)
    errors.live()
    errors.set(truth=cell[0], predicted=cell[1], threshold=0.6)
    parsed = live.Parsed(live.page(errors))
    assert "script" not in parsed.tags
    assert parsed.names <= live.ATTRIBUTES
    words = [value for tag, name, value in parsed.attributes if (tag, name) == ("img", "alt")]
    assert len(words) == parsed.tags.count("img") and all(words)
    assert errors.description in {v for _, name, v in parsed.attributes if name == "aria-label"}


def test_the_table_has_each_count_in_its_cell_and_one_frame(errors):
    errors.live()
    errors.set(truth=2, predicted=NO_ANSWER, threshold=0.6)
    cell = r'<td data-pick="cell (\d) (\d)" style="(.*?)">(.*?)</td>'
    found = re.findall(cell, live.page(errors))
    for row, column, style, count in found:
        assert int(count) == errors.data.matrix[int(row), int(column)]
        assert ("outline" in style) == ((row, column) == ("2", "4"))
    assert len(found) == 4 * 5


def test_ten_thousand_images_of_ten_classes():
    labels, chances, _ = some(10_000, 10)
    errors = ErrorExplorer(labels, chances.astype("float32"), np.zeros((10_000, 28, 28), np.uint8))
    errors.live()
    for truth in range(10):
        errors.set(truth=truth, predicted=(truth + 1) % 10, threshold=truth / 20)
    assert errors.data.matrix.sum() == 10_000
    assert len(live.page(errors)) < 120_000  # what a change sends


def test_it_loads_neither_pyplot_nor_keras():
    code = (
        "import sys; from course_utils.widgets.error_explorer import ErrorExplorer\n"
        "import numpy as np\n"
        "errors = ErrorExplorer([0, 1], np.eye(2), np.zeros((2, 4, 4)))\n"
        "errors.draw(errors.data, errors.state)._repr_mimebundle_()\n"
        "print([m for m in ('matplotlib.pyplot', 'keras', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
