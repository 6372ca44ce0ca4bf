"""SegmentationViewer: every number recounted, layers decoded, pointing and fields, refusals."""

import base64
import io
import json
import re
import subprocess
import sys

import live
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from course_utils.by_hand.masks import KINDS
from course_utils.by_hand.metrics import softmax
from course_utils.draw.mask_layers import BLACK, CLEAR, WHITE, class_palette, error_palette
from course_utils.widgets.segmentation_viewer import ERROR_MAP, SegmentationViewer

SENTENCE = r"^Expected [^\n]*\. Received [^\n]*[.?]$"
NAMES = ["background", "shirt", "bag"]


def some(size=(9, 12), classes=3, seed=0):
    """Return an image, logits that are often right, and the truth."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, size)
    logits = random.normal(size=(*size, classes)) + np.eye(classes)[truth]
    return random.random((*size, 3)), logits, truth


@pytest.fixture
def viewer():
    image, logits, truth = some()
    coarse = some(seed=1)[1]
    predictions = {"fine": logits, "coarse": softmax(coarse), "Otsu": truth > 0}
    return SegmentationViewer(image, predictions, truth, NAMES)


def layers(explorer):
    """Return the palette indices in the live views, of the prediction and of the truth."""
    sources = re.findall(r'<img src="data:image/png;base64,(.*?)"', live.page(explorer))
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(source)))) for source in sources]


# --- the numbers ---------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 7), st.integers(1, 7))
def test_errors_and_ious_are_recounted(seed, classes, height, width):
    image, logits, truth = some((height, width), classes, seed)
    viewer = SegmentationViewer(image, {"one": logits}, truth)
    said = logits.argmax(axis=2)
    pairs = list(zip(truth.ravel().tolist(), said.ravel().tolist()))
    assert viewer.data.counts == {
        "right": sum(true == one for true, one in pairs),
        "missed": sum(true > 0 == one for true, one in pairs),
        "invented": sum(true == 0 < one for true, one in pairs),
        "confused": sum(true != one and 0 not in (true, one) for true, one in pairs),
    }
    there = [label for label in range(len(viewer.classes)) if any(label in pair for pair in pairs)]
    ious = [pairs.count((label, label)) / sum(label in pair for pair in pairs) for label in there]
    np.testing.assert_allclose(viewer.overlaps[there, 0], ious)
    assert np.isnan(np.delete(viewer.overlaps[:, 0], there)).all()
    assert viewer.means[0] == pytest.approx(np.mean(ious))


def test_logits_and_probabilities_are_told_apart():
    image, logits, truth = some()
    both = SegmentationViewer(image, {"logits": logits, "chances": softmax(logits)}, truth)
    for row, column in [(0, 0), (8, 11), (3, 7)]:
        both.set(row=row, column=column)
        for name in both.masks:
            chances = both.set(prediction=name).data.chances
            np.testing.assert_allclose(chances, softmax(logits[row, column]), atol=1e-6)
            assert both.data.said == chances.argmax()


def test_a_mask_has_a_class_and_no_probabilities(viewer):
    viewer.live()
    viewer.set(prediction="Otsu")
    assert viewer.data.chances is None and viewer.data.said == (viewer.data.true > 0)
    assert "A mask has no probabilities." in live.page(viewer)
    assert "with probability" not in live.readout(viewer)
    assert "mask has no probabilities" in viewer.description


def test_an_absent_class_has_a_dash_and_does_not_count(viewer):
    image, _, truth = some()
    nothing = np.zeros_like(truth)
    empty = SegmentationViewer(image, {"nothing": nothing, "one": nothing + 1}, nothing, NAMES)
    assert empty.means.tolist() == [1, 0]
    cells = re.findall(r'data-pick="column 0"[^>]*>(.*?)<', live.page(empty))
    assert cells == ["nothing", "1.000", "–", "–", "1.000"]
    assert empty.draw(empty.data, empty.state).png()


def test_what_was_handed_over_may_change_afterwards():
    image, logits, truth = some()
    mask = truth.copy()
    viewer = SegmentationViewer(image, {"logits": logits, "mask": mask}, truth)
    before = viewer.compute(viewer.state)
    logits[:], truth[:], mask[:], image[:] = 0, 0, 2, 0
    live.same(viewer.compute(viewer.state), before)
    assert viewer.set(prediction="mask").data.counts["right"] == truth.size


# --- the pictures --------------------------------------------------------------------------------


def test_the_layers_have_each_class_in_its_colour(viewer):
    viewer.live()
    for name, mask in viewer.masks.items():
        viewer.set(prediction=name)
        for shown, right in zip(layers(viewer), (mask, viewer.truth)):
            zoom = shown.shape[0] // right.shape[0]
            middles = shown[zoom // 2 :: zoom, zoom // 2 :: zoom]
            np.testing.assert_array_equal(middles, right)
            assert set(np.unique(shown)) <= {*np.unique(right), BLACK}


def test_the_error_map_has_each_kind_in_its_place(viewer):
    viewer.live()
    viewer.set(view=ERROR_MAP, prediction="coarse")
    shown, kinds = layers(viewer)[0], viewer.data.kinds
    zoom = shown.shape[0] // kinds.shape[0]
    large = np.kron(kinds, np.ones((zoom, zoom), int))
    plain = ~np.isin(shown, [BLACK, WHITE])
    np.testing.assert_array_equal(shown[plain], large[plain])
    assert set(np.unique(large[shown == BLACK])) == {KINDS.index("confused")}
    for kind in KINDS[1:]:
        assert f"<td>{viewer.data.counts[kind]}</td><td>{kind}: " in live.page(viewer)


def test_nothing_is_drawn_over_what_is_right_or_background():
    image, _, truth = some()
    viewer = SegmentationViewer(image, {"right": truth, "none": truth * 0}, truth * 0)
    viewer.live()
    viewer.set(prediction="none")
    assert all((shown == CLEAR).all() for shown in layers(viewer))
    assert (layers(viewer.set(view=ERROR_MAP))[0] == CLEAR).all()


def test_the_colours_of_different_things_differ():
    assert len(np.unique(class_palette()[:7], axis=0)) == 7
    assert len(np.unique(error_palette()[:4], axis=0)) == 4


def test_without_opacity_the_picture_alone_is_drawn(viewer):
    axes = viewer.set(opacity=0).draw(viewer.data, viewer.state).figure.axes
    for pixels in (axes[0].images[0].get_array(), axes[1].images[0].get_array()):
        zoom = pixels.shape[0] // viewer.image.shape[0]
        np.testing.assert_allclose(pixels[::zoom, ::zoom], viewer.image / 255, atol=1e-6)
    assert "opacity:0.25" in live.page(viewer.set(opacity=0.25))


@pytest.mark.parametrize("image", [
    np.zeros((9, 12)), np.zeros((9, 12, 1), np.float32), np.full((9, 12, 3), 255, np.uint8),
])  # fmt: skip
def test_images_of_every_kind(image):
    _, logits, truth = some()
    for view in ("overlay", ERROR_MAP):
        viewer = SegmentationViewer(image, {"one": logits}, truth).set(view=view)
        assert viewer.draw(viewer.data, viewer.state).png() and live.page(viewer)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (700, 500), (3, 900)])
def test_sizes_from_a_pixel_to_more_than_the_screen_has(size):
    image, logits, truth = some(size)
    viewer = SegmentationViewer(image, {"one": logits}, truth)
    viewer.live()
    viewer.set(view=ERROR_MAP, row=size[0] - 1, column=size[1] - 1)
    assert all(0 < max(shown.shape) <= 640 for shown in layers(viewer))
    assert viewer.draw(viewer.data, viewer.state).png()


# --- by hand -------------------------------------------------------------------------------------


def point_at(explorer, label, x=0.5, y=0.5):
    """Do what the listener does when somebody points at an element."""
    assert f'data-pick="{label}"' in live.page(explorer)
    explorer._shell._pointed(label, x, y)


def test_pointing_at_a_picture_chooses_the_pixel(viewer):
    viewer.live()
    for x, y, place in [(0, 0, (0, 0)), (1, 1, (8, 11)), (0.5, 0.35, (3, 6))]:
        point_at(viewer, "pixel", x, y)
        assert (viewer.state.row, viewer.state.column) == place
    assert "left:54.167%;top:38.889%" in live.page(viewer)


def test_pointing_at_the_table_chooses_the_prediction(viewer):
    viewer.live()
    for place, name in enumerate(viewer.masks):
        point_at(viewer, f"column {place}")
        assert viewer.state.prediction == name
        bold = re.findall(r'data-pick="column (\d)"[^>]*font-weight:bold', live.page(viewer))
        assert bold == [str(place)] * 5


def test_fields_do_the_same_by_keyboard(viewer):
    viewer.live()
    for label, value, name in [
        ("Prediction", "coarse", "prediction"), ("Show", ERROR_MAP, "view"),
        ("Opacity", 0.35, "opacity"), ("Row", 8, "row"), ("Column", 0, "column"),
    ]:  # fmt: skip
        before = live.pictures(viewer)
        live.find(viewer, label).value = value
        assert getattr(viewer.state, name) == value and live.pictures(viewer) != before
    assert live.find(viewer, "Row").max == 8 and live.find(viewer, "Column").max == 11


def test_predictions_follow_each_other_in_a_circle_at_the_same_pixel(viewer):
    viewer.live()
    viewer.set(row=1, column=2)
    seen = []
    for _ in range(3):
        live.press(viewer, "Next prediction")
        seen.append(viewer.state.prediction)
        assert (viewer.state.row, viewer.state.column) == (1, 2)
    assert seen == ["coarse", "Otsu", "fine"]


def test_mistakes_come_from_the_surest_on_and_each_once(viewer):
    viewer.live()
    viewer.set(**dict(zip(("row", "column"), np.argwhere(viewer.data.kinds == 0)[0].tolist())))
    places, sure = [], []
    for _ in range(np.count_nonzero(viewer.data.kinds)):
        live.press(viewer, "Surest mistake")
        assert viewer.data.said != viewer.data.true
        places.append((viewer.state.row, viewer.state.column))
        sure.append(viewer.data.chances.max())
    assert sure == sorted(sure, reverse=True) and len(set(places)) == len(places)
    live.press(viewer, "Surest mistake")
    assert (viewer.state.row, viewer.state.column) == places[0]


def test_where_all_is_right_there_is_no_mistake_and_in_masks_they_come_line_by_line():
    image, _, truth = some()
    viewer = SegmentationViewer(image, {"right": truth, "none": truth * 0}, truth)
    viewer.live()
    live.press(viewer, "Surest mistake")
    assert "Expected a pixel where right is wrong. Received none" in live.refusal(viewer)
    first, second = np.argwhere(truth > 0)[:2].tolist()
    viewer.set(prediction="none", row=first[0], column=first[1]).surest_mistake()
    assert [viewer.state.row, viewer.state.column] == second


WRONG = {
    "unknown prediction": ({"prediction": "4s"}, "prediction as one of fine, coarse, Otsu. .*'4s'"),
    "no prediction": ({"prediction": None}, "prediction as one of"),
    "view": ({"view": "both"}, "view as one of overlay, error map"),
    "opacity above": ({"opacity": 1.5}, "opacity as a number from 0 to 1. Received 1.5"),
    "opacity below": ({"opacity": -0.1}, "opacity as a number from 0 to 1"),
    "opacity NaN": ({"opacity": np.nan}, "Received nan"),
    "opacity as text": ({"opacity": "0.5"}, "Received '0.5'"),
    "row beyond": ({"row": 9}, "row from 0 to 8. Received 9"),
    "row before": ({"row": -1}, "row from 0 to 8. Received -1"),
    "column beyond": ({"column": 12}, "column from 0 to 11. Received 12"),
    "half a column": ({"column": 0.5}, "Received 0.5"),
    "unknown setting": ({"speed": 3}, "Expected one of prediction, view, opacity"),
}


@pytest.mark.parametrize("changes, said", WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_refused_and_nothing_moves(viewer, changes, said):
    viewer.live()
    state, data, shown = viewer.state, viewer.data, live.page(viewer)
    with pytest.raises(ValueError, match=said) as refusal:
        viewer.set(**changes)
    assert re.search(SENTENCE, str(refusal.value))
    assert viewer.state is state and viewer.data is data and live.page(viewer) == shown


IMAGE, LOGITS, TRUTH = some()
NO_INPUT = {
    "another image": ((IMAGE[:5], {"a": LOGITS}, TRUTH), r"truth of shape \(5, 12\)"),
    "a batch": ((IMAGE, {"a": LOGITS[None]}, TRUTH), r"prediction 'a' with the image's height"),
    "smaller scores": ((IMAGE, {"a": LOGITS[::2, ::2]}, TRUTH), r"Received shape \(5, 6, 3\)"),
    "a smaller mask": ((IMAGE, {"a": TRUTH[:, :6]}, TRUTH), r"Received shape \(9, 6\)"),
    "a number": ((IMAGE, {"a": 3}, TRUTH), r"Received shape \(\)"),
    "a float mask": ((IMAGE, {"a": TRUTH / 2}, TRUTH), "prediction 'a' as whole numbers"),
    "a float truth": ((IMAGE, {"a": LOGITS}, TRUTH * 1.0), "truth as whole numbers"),
    "an id too far": ((IMAGE, {"a": TRUTH + 1}, TRUTH, NAMES), "0 to 2 in prediction 'a'.*3"),
    "an id below": ((IMAGE, {"a": TRUTH - 1}, TRUTH), "in prediction 'a'. Received -1"),
    "truth too far": ((IMAGE, {"a": LOGITS}, TRUTH * 3, NAMES), "0 to 2 in truth. Received"),
    "more scores": ((IMAGE, {"a": LOGITS}, TRUTH, [*NAMES, "cap"]), "4 scores at each.*Received 3"),
    "unlike scores": ((IMAGE, {"a": LOGITS, "b": LOGITS[..., :2]}, TRUTH), "3 scores .* 'b'"),
    "NaN": ((IMAGE, {"a": LOGITS * np.nan}, TRUTH), "finite numbers as scores of prediction 'a'"),
    "texts": ((IMAGE, {"a": LOGITS.astype(str).astype(object) + "x"}, TRUTH), "'a' as numbers"),
    "no name": ((IMAGE, LOGITS, TRUTH), "predictions as {name: scores or mask}"),
    "no prediction": ((IMAGE, {}, TRUTH), "one or more, names being texts. Received {}"),
    "a number as name": ((IMAGE, {8: LOGITS}, TRUTH), "names being texts"),
    "equal names": ((IMAGE, {"a": LOGITS}, TRUTH, "aba"), "different names of classes"),
    "no names": ((IMAGE, {"a": LOGITS}, TRUTH, []), "classes|names"),
    "a bright image": ((IMAGE * 300, {"a": LOGITS}, TRUTH), "values from 0 to 1 in pictures"),
    "no image": ((IMAGE[0, 0, 0], {"a": LOGITS}, TRUTH), "Expected a picture of shape"),
}


@pytest.mark.parametrize("arguments, said", NO_INPUT.values(), ids=NO_INPUT)
def test_inputs_that_do_not_belong_together_are_refused(arguments, said):
    with pytest.raises(ValueError, match=said) as refusal:
        SegmentationViewer(*arguments)
    assert re.search(SENTENCE, str(refusal.value))


# --- what is shown -------------------------------------------------------------------------------


def test_words_name_settings_and_no_result():
    image, logits, truth = some()
    one, other = (
        SegmentationViewer(image, {"a": scores, "b": truth}, truth, NAMES)
        for scores in (logits, -logits)
    )
    assert one.description == other.description == repr(one)
    assert one.readout(one.data, one.state) != other.readout(other.data, other.state)
    pictures = [one.draw(one.data, one.state).png()]
    for changes in ({"view": ERROR_MAP}, {"opacity": 1}, {"row": 0}, {"prediction": "b"}):
        words = one.description
        assert one.set(**changes).description != words
        pictures.append(one.draw(one.data, one.state).png())
    assert len(set(pictures)) == len(pictures)


def test_the_readout_and_the_bars_have_the_numbers(viewer):
    viewer.live()
    viewer.set(row=2, column=3)
    words, data = live.readout(viewer), viewer.data
    assert f"in truth {NAMES[data.true]}; fine says {NAMES[data.said]} with probability" in words
    assert all(f"{count} {kind}" in words for kind, count in data.counts.items())
    for chance in data.chances:
        assert f"</span></span>{chance:.2f}<" in live.page(viewer)
    assert f"mean IoU {viewer.means[0]:.3f}" in words


def test_html_is_well_formed_with_hostile_names():
    image, logits, truth = some()
    names = ["a<script>", 'b" onload="', "c & d"]
    viewer = SegmentationViewer(image, {'"<b>': logits, "é & 'e'": truth}, truth, names)
    viewer.live()
    for changes in ({}, {"view": ERROR_MAP}, {"prediction": "é & 'e'"}):
        viewer.set(**changes)
        parsed = live.Parsed(live.page(viewer))
        assert "script" not in parsed.tags
        assert parsed.names <= live.ATTRIBUTES
        assert viewer.description in parsed.words("alt")


def test_the_image_is_sent_once_and_layers_are_small():
    """A photograph's worst case, noise, twice as large as it is shown."""
    random = np.random.default_rng(3)
    image = random.integers(0, 256, (640, 640, 3), np.uint8)
    truth = np.kron(random.integers(0, 3, (20, 20)), np.ones((32, 32), int))
    viewer = SegmentationViewer(image, {"one": truth, "two": truth[::-1]}, truth)
    for widget in live.walk(viewer.live()):
        assert len(json.dumps(widget.get_state(), default=str)) < 60_000
    ground = viewer._shell.views["ground"]
    sent = []
    ground.observe(sent.append, names="value")
    for changes in ({"prediction": "two"}, {"view": ERROR_MAP}, {"opacity": 1}, {"row": 3}):
        shown = viewer.set(**changes).views(viewer.data, viewer.state)
        assert sum(len(text) for name, text in shown.items() if name != "ground") < 60_000
    assert sent == [] and ground.value.startswith("<style>")


def test_it_loads_neither_pyplot_nor_keras():
    code = (
        "import sys; from course_utils.widgets.segmentation_viewer import SegmentationViewer\n"
        "import numpy as np\n"
        "truth = np.eye(4) > 0\n"
        "viewer = SegmentationViewer(np.zeros((4, 4)), {'a': ~truth}, truth)\n"
        "viewer.draw(viewer.data, viewer.state)._repr_mimebundle_()\n"
        "print([m for m in ('matplotlib.pyplot', 'keras', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
