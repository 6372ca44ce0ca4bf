"""What every explorer keeps to: state, refusal, headless form, live form."""

import ast
import json
import pathlib
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields

import ipywidgets
import keras
import live
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from readers import ink_of_columns

import course_utils.widgets
from course_utils import datasets
from course_utils.widgets import (
    AnchorExplorer,
    Attribution,
    ConvArithmetic,
    ConvStepper,
    DigitPad,
    DigitUpload,
    ErrorExplorer,
    FeatureVisualisation,
    FilterExplorer,
    IoUPlayground,
    KernelLab,
    KernelTraining,
    NMSStepper,
    ProposalReplay,
    ReceptiveField,
    RoIAlignLab,
    SegmentationViewer,
    kernel_lab,
)

sys.path += [str(pathlib.Path(__file__).parents[1] / folder) for folder in ("probe", "benchmarks")]
import zoo
from explorer_cases import CASES
from timing import counted_bytes

SOURCES = sorted(pathlib.Path(course_utils.widgets.__file__).parent.glob("*.py"))

# Core widgets of ipywidgets 7.7.1, the version on Colab, that this course may use.
ALLOWED = {
    "BoundedFloatText", "BoundedIntText", "Box", "Button", "Checkbox", "Dropdown", "FileUpload",
    "FloatSlider", "FloatText", "GridBox", "HBox", "HTML", "HTMLMath", "IntSlider", "IntText",
    "Label", "Layout", "RadioButtons", "Text", "Textarea", "ToggleButton", "ToggleButtons", "VBox",
}  # fmt: skip

EXTRAS = {"PadCanvas", "Pointer"}  # where anywidget is there


def make_stepper():
    return ConvStepper(np.arange(30).reshape(5, 6) / 30, [[1, 0, -1], [2, 0, -2]], bias=0.5)


def make_colour_stepper():
    image = np.random.default_rng(1).random((5, 5, 3))
    return ConvStepper(image, np.ones((3, 3, 3)) / 9, padding="same", stride=2)


def make_lab():
    return KernelLab("coins", preset="sharpen")


def make_colour_lab():
    return KernelLab("coffee", preset="Gaussian blur", colours="colour")


def make_training():
    return KernelTraining("coins", preset="sharpen", step=5)


def make_deep_stepper():
    image = np.random.default_rng(2).random((20, 18, 6)) - 0.5
    kernel = np.random.default_rng(3).random((3, 3, 6)) - 0.5
    return ConvStepper(image, kernel, padding="same", then=("relu", lambda x: np.maximum(x, 0)))


def make_arithmetic():
    return ConvArithmetic(6, stride=2, padding="same", row=1, column=2)


def make_transposed():
    return ConvArithmetic(6, stride=2, padding="same", transposed=True, row=1, column=2)


def make_filters():
    keras.utils.set_random_seed(1)
    pictures = np.random.default_rng(2).random((4, 20, 22, 1))
    return FilterExplorer(zoo.sequential(), pictures)


def make_attribution():
    keras.utils.set_random_seed(1)
    picture = np.random.default_rng(2).random((20, 22, 1))
    return Attribution(zoo.sequential(), picture, ("saliency", "Grad-CAM"))


def make_field():
    keras.utils.set_random_seed(1)
    pictures = np.random.default_rng(2).random((3, 20, 22, 1))
    return ReceptiveField(zoo.sequential(), pictures, "b")


def make_visualisation():
    keras.utils.set_random_seed(1)
    pictures = np.random.default_rng(2).random((3, 20, 22, 3))
    return FeatureVisualisation(zoo.colour(), "b", steps=4, images=pictures)


def make_errors():
    chances = np.random.default_rng(3).dirichlet(np.ones(3), 60)
    labels = np.arange(60) % 3
    return ErrorExplorer(labels, chances, np.ones((60, 6, 8)) / 2, "abc")


def make_pad():
    return DigitPad(ink_of_columns, "seven")


def make_upload():
    return DigitUpload(ink_of_columns)


def make_region():
    values = np.random.default_rng(4).normal(size=(9, 12, 2))
    return RoIAlignLab(values, (10, 20.5, 60, 51), size=3, stride=8)


def make_ramp():
    return RoIAlignLab("ramp", samples=3)


def make_replay():
    truths = [[(2, 3, 14, 12), (20, 4, 28, 22)], []]
    near = [np.add(truths[0], 1), np.array([(0, 0, 9, 9)])]
    far = [near[0] + [12, 0, 12, 0], near[1]]
    steps = [(0, far, [[0.5, 0.4], [0.9]]), (50, near, [[0.6, 0.8], [0.1]])]
    return ProposalReplay(np.full((2, 24, 30), 0.5), truths, steps, top=2)


def make_overlap():
    return IoUPlayground(np.random.default_rng(5).random((30, 40)), other=(3, 4.5, 20, 20))


def make_anchors():
    boxes = [(2, 3, 16, 20), (20, 5, 38, 12)]
    return AnchorExplorer(np.full((30, 40, 3), 200, np.uint8), boxes, ["seven", "two"], stride=5)


def make_suppression():
    boxes = [(2, 3, 16, 20), (3, 3, 17, 21), (6, 3, 20, 20), (25, 5, 38, 12)]
    truths = [(2, 3, 16, 20), (7, 3, 21, 20)]
    image = np.random.default_rng(6).random((30, 40))
    return NMSStepper(image, boxes, [0.9, 0.8, 0.7, 0.6], [1, 1, 1, 2], truths)


def make_segmentation():
    random = np.random.default_rng(7)
    image, truth = random.random((24, 30, 3)), random.integers(0, 3, (24, 30))
    scores = random.normal(size=(24, 30, 3)) + np.eye(3)[truth]
    return SegmentationViewer(image, {"8s": scores, "Otsu": truth > 0}, truth, ["-", "a", "b"])


# Explorers with a kernel in their state, which this file edits; and all others, each with a change
# that is seen, and one that cannot be.
KERNELS = [make_stepper, make_colour_stepper, make_lab, make_colour_lab, make_training]
OTHERS = {
    make_deep_stepper: (dict(channel=4, row=19), dict(channel=6)),
    make_arithmetic: (dict(kernel=2, row=0), dict(row=12)),
    make_transposed: (dict(stride=1, padding="valid"), dict(kernel=8)),
    make_filters: (dict(layer="b", filter=2), dict(layer="pool")),
    make_field: (dict(layer="c", row=0), dict(layer="d")),
    make_visualisation: (dict(channel=4, decay=True), dict(channel=6)),
    make_errors: (dict(truth="b", predicted="a", threshold=0.25), dict(truth="d")),
    make_attribution: (dict(target=2, randomised=1), dict(layer="pool")),
    make_region: (dict(x1=4.0, size=2, channel=1), dict(x1=61.0)),
    make_ramp: (dict(map="peak", sample=8), dict(sample=9)),
    make_replay: (dict(moment=0, threshold=0.75), dict(top=0)),
    make_overlap: (dict(box=[1, 2, 9, 8.5]), dict(other=[3, 3, 2, 5])),
    make_anchors: (dict(stride=8, positive=0.7, force=False), dict(negative=0.6, positive=0.5)),
    make_suppression: (dict(step=1, threshold=0.25), dict(threshold=1.5)),
    make_segmentation: (dict(row=3, view="error map"), dict(prediction="4s")),
    make_pad: (dict(strokes="four like a nine", meant=4), dict(strokes="20,20 300,20")),
    make_upload: (dict(picture=np.eye(40)), dict(picture=np.zeros((9, 9)))),
}
MAKERS = [*KERNELS, *OTHERS]


@pytest.fixture(params=MAKERS, ids=lambda make: make.__name__)
def explorer(request):
    explorer = request.param()
    explorer.change, explorer.impossible = OTHERS.get(request.param) or (
        dict(kernel=-explorer.state.kernel), dict(kernel="blur"))  # fmt: skip
    return explorer


@pytest.fixture(params=KERNELS, ids=lambda make: make.__name__)
def with_kernel(request):
    return request.param()


def values(state):
    """Return a state as something that can be compared."""
    pairs = {field.name: getattr(state, field.name) for field in fields(state)}
    return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in pairs.items()}


# --- state ---------------------------------------------------------------------------------------


def test_compute_is_pure(explorer):
    state, before = explorer.state, values(explorer.state)
    first = explorer.compute(state)
    second = explorer.compute(state)
    live.same(first, second)
    live.same(first, explorer.data)
    assert explorer.state is state and values(state) == before


def test_the_state_is_frozen(explorer):
    for field in fields(explorer.state):
        with pytest.raises(FrozenInstanceError):
            setattr(explorer.state, field.name, None)
        value = getattr(explorer.state, field.name)
        if isinstance(value, np.ndarray):
            with pytest.raises(ValueError, match="read-only"):
                value.flat[0] = 5


def test_what_was_handed_over_may_change_afterwards():
    image, kernel = np.ones((4, 4)), np.ones((3, 3))
    stepper, lab = ConvStepper(image, kernel), KernelLab("coins", kernel=kernel)
    image[:], kernel[:] = 7, 7
    assert stepper.image.max() == stepper.state.kernel.max() == lab.state.kernel.max() == 1
    stepper.set(bias=1)
    assert stepper.data.value == 10


def test_set_returns_the_explorer_and_unknown_settings_are_refused(explorer):
    assert explorer.set() is explorer
    name = fields(explorer.state)[-1].name
    with pytest.raises(ValueError, match=rf"Expected one of .*{name}.* Received 'speed'\."):
        explorer.set(speed=3)


def test_reset_returns_to_the_start(explorer):
    start = values(explorer.state)
    explorer.set(**explorer.change)
    assert values(explorer.state) != start
    explorer.reset()
    assert values(explorer.state) == start
    live.same(explorer.data, explorer.compute(explorer.state))


def test_descriptions_are_the_same_each_time():
    for make in MAKERS:
        one, other = make(), make()
        assert one.description == other.description == repr(one)
        assert not re.search(r"0x[0-9a-f]{6}|nan|\n", one.description)
        assert len(one.description) > 80


def test_description_and_picture_follow_the_state(explorer):
    words = explorer.description
    picture = explorer.draw(explorer.data, explorer.state).png()
    explorer.set(**explorer.change)
    assert explorer.description != words
    assert explorer.draw(explorer.data, explorer.state).png() != picture


@pytest.mark.parametrize("kernel", [
    [[np.nan, 0, 0]] * 3, [[np.inf, 0, 0]] * 3, [[1, 2, 3], [1, 2]], "blur", None, [["a", "b"]],
    np.zeros((0, 3)), np.zeros(9), np.zeros((3, 3, 3, 3)), object(),
])  # fmt: skip
def test_an_impossible_kernel_is_refused_and_nothing_moves(with_kernel, kernel):
    refuses(with_kernel, kernel=kernel)


def test_an_impossible_change_is_refused_and_nothing_moves(explorer):
    refuses(explorer, **explorer.impossible)


def refuses(explorer, **change):
    explorer.live()
    before, data, shown = values(explorer.state), explorer.data, live.page(explorer)
    with pytest.raises(ValueError, match=r"^Expected .*\. ?Received .*\.$"):
        explorer.set(**change)
    assert values(explorer.state) == before and explorer.data is data
    assert live.page(explorer) == shown


@pytest.mark.parametrize("kind", [list, np.float32, np.int64, np.float64])
def test_kernels_of_any_kind_of_number(kind):
    numbers = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    kernel = numbers if kind is list else np.array(numbers, kind)
    for explorer in (ConvStepper(np.eye(5), kernel), KernelLab("coins", kernel=kernel)):
        explorer.live()
        explorer.set(kernel=kernel)
        assert explorer.state.kernel.tolist() == numbers


# --- headless ------------------------------------------------------------------------------------


def test_headless_shows_one_described_picture_and_makes_no_widget(explorer, monkeypatch):
    monkeypatch.setenv("COURSE_HEADLESS", "1")
    monkeypatch.setattr(
        ipywidgets.Widget, "__init__", lambda *a, **k: pytest.fail("a widget was made")
    )
    InteractiveShell.instance()
    with capture_output() as captured:
        explorer._ipython_display_()
    (output,) = captured.outputs
    assert set(output.data) == {"image/png", "text/plain"}
    assert output.data["text/plain"] == explorer.description
    assert output.metadata["image/png"]["alt"] == explorer.description
    assert captured.stdout == captured.stderr == ""


def test_explorers_load_neither_pyplot_nor_keras():
    code = (
        "import sys; from course_utils.widgets import ConvStepper; import numpy as np\n"
        "stepper = ConvStepper(np.eye(4), np.ones((2, 2)))\n"
        "stepper.draw(stepper.data, stepper.state)._repr_mimebundle_()\n"
        "print([m for m in ('matplotlib.pyplot', 'keras', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


# --- live ----------------------------------------------------------------------------------------


def test_the_live_box_is_made_once_of_core_widgets(explorer):
    box = explorer.live()
    assert explorer.live() is box
    kinds = {type(widget) for widget in live.walk(box)}
    kinds = {kind for kind in kinds if kind.__name__ not in EXTRAS}
    assert {kind.__name__ for kind in kinds} <= ALLOWED
    assert all(kind.__module__.startswith("ipywidgets.") for kind in kinds)


def test_without_anywidget_all_else_is_there(explorer, monkeypatch):
    monkeypatch.setenv("COURSE_CORE_WIDGETS", "1")
    box = explorer.live()
    assert {type(w).__module__.partition(".")[0] for w in live.walk(box)} == {"ipywidgets"}
    explorer.set(**explorer.change)
    assert explorer.description in live.page(explorer).replace("&#x27;", "'")


def test_every_input_and_button_has_a_name_of_its_own(explorer):
    named = [w for w in live.walk(explorer.live()) if hasattr(w, "description")]
    named = [w for w in named if not isinstance(w, ipywidgets.HTML)]
    names = [w.description for w in named]
    assert all(names) and len(set(names)) == len(names)


def test_sources_use_nothing_that_flickers_piles_up_or_breaks():
    banned = {"Output", "interact", "interactive", "interactive_output", "clear_output",
              "update_display", "tooltip", "pyplot", "Stack", "TagsInput"}  # fmt: skip
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        words = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        words |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        words |= {k.arg for n in ast.walk(tree) if isinstance(n, ast.Call) for k in n.keywords}
        words |= {n.name for n in ast.walk(tree) if isinstance(n, ast.alias)}
        assert not words & banned, path.name


def test_sources_use_only_allowed_widgets():
    for path in SOURCES:
        used = re.findall(r"\bipywidgets\.(\w+)", path.read_text(encoding="utf-8"))
        assert set(used) <= ALLOWED, path.name


def test_shown_html_is_well_formed_and_pictures_have_words(explorer):
    parsed = live.Parsed(live.page(explorer))
    assert parsed.names <= live.ATTRIBUTES
    images = parsed.words("alt")
    assert len(images) == parsed.tags.count("img") and all(images)
    assert explorer.description in parsed.words("alt", "aria-label")


HOSTILE = 'quoted "x" onload=\'alert(1)\' <script>alert(2)</script> & more'


def test_words_in_attributes_are_escaped(explorer, monkeypatch):
    monkeypatch.setattr(type(explorer), "describe", lambda *_: HOSTILE)
    parsed = live.Parsed(live.page(explorer))
    assert "script" not in parsed.tags
    assert parsed.names <= live.ATTRIBUTES
    assert HOSTILE in parsed.words("alt", "aria-label")


def test_a_refusal_is_escaped(with_kernel, monkeypatch):
    explorer = with_kernel

    def refuse(**changes):
        raise ValueError(HOSTILE)

    monkeypatch.setattr(explorer, "set", refuse)
    live.inputs(explorer)[-1].value = 5
    assert "<script" not in live.page(explorer) and "alert(2)" in live.refusal(explorer)


def test_set_from_code_moves_the_controls(explorer):
    explorer.live()
    explorer.set(**explorer.change)
    state = values(explorer.state)
    controls = explorer._shell.controls
    read = {name: controls[name].read() for name in controls.keys() & explorer.change.keys()
            if name not in ("picture", "strokes")}  # these are handed over, not written back
    for name, value in read.items():
        assert (value.tolist() if isinstance(value, np.ndarray) else value) == state[name]


def test_set_from_code_moves_the_fields_of_a_kernel(with_kernel):
    explorer = with_kernel
    explorer.live()
    explorer.set(kernel=np.full(explorer.state.kernel.shape, 0.5))
    cells = [w.value for w in live.inputs(explorer) if w.description.startswith("Kernel row")]
    assert cells and set(cells) == {0.5}


def test_a_field_changed_by_hand_moves_state_picture_and_readout(with_kernel):
    explorer = with_kernel
    explorer.live()
    pictures, words = live.pictures(explorer), live.readout(explorer)
    middle = "Kernel row 1, column 1"
    next(w for w in live.inputs(explorer) if w.description.startswith(middle)).value = 4.25
    assert np.atleast_3d(explorer.state.kernel)[1, 1, 0] == 4.25
    live.same(explorer.data, explorer.compute(explorer.state))
    assert live.pictures(explorer) != pictures and live.readout(explorer) != words
    assert live.refusal(explorer) == ""


def test_a_refused_number_says_so_and_the_picture_stays(with_kernel):
    explorer = with_kernel
    explorer.live()
    pictures, words = live.pictures(explorer), live.readout(explorer)
    before, cell = values(explorer.state), live.inputs(explorer)[-1]
    cell.value = float("inf")
    assert "Expected finite numbers" in live.refusal(explorer)
    assert "Received" in live.refusal(explorer)
    assert live.pictures(explorer) == pictures and live.readout(explorer) == words
    assert values(explorer.state) == before
    cell.value = 1.5
    assert live.refusal(explorer) == "" and explorer.state.kernel.flat[-1] == 1.5


def test_reset_by_hand(explorer):
    start = values(explorer.state)
    explorer.live()
    explorer.set(**explorer.change)
    assert values(explorer.state) != start
    live.press(explorer, "Reset")
    assert values(explorer.state) == start and live.refusal(explorer) == ""


LARGEST_FRAME = 60_000  # bytes that one change sends, or that one widget starts with


def test_a_frame_is_small(explorer, monkeypatch):
    """Far from its kernel a page shows a frame of 60 KB at once, and one of a megabyte late."""
    monkeypatch.setenv("COURSE_CORE_WIDGETS", "1")
    holds_small_frames(explorer, [explorer.change])


@pytest.mark.parametrize("name", CASES)
def test_a_frame_of_what_is_measured_is_small(name, monkeypatch):
    """The benchmark's explorers are as large as any lesson's."""
    monkeypatch.setenv("COURSE_CORE_WIDGETS", "1")
    holds_small_frames(CASES[name].make(), CASES[name].changes)


@pytest.mark.parametrize("view", kernel_lab.VIEWS)
@pytest.mark.parametrize("preset", ["identity", "sharpen", "Laplacian"])
def test_a_frame_of_any_photograph_is_small(preset, view, monkeypatch):
    monkeypatch.setenv("COURSE_CORE_WIDGETS", "1")
    lab = KernelLab("grass", preset=preset, view=view)
    lab.live()
    for name in datasets.photographs():
        shown = lab.set(photograph=name, colours="colour").views(lab.data, lab.state)
        assert max(len(text.encode()) for text in shown.values()) < LARGEST_FRAME


def test_a_frame_of_the_largest_tables_is_small(monkeypatch):
    """All cells, with long numbers, are sent where the window leaves the piece that is shown."""
    monkeypatch.setenv("COURSE_CORE_WIDGETS", "1")
    image = np.random.default_rng(1).normal(size=(40, 40, 4)) * 100
    stepper = ConvStepper(image, np.ones((3, 3, 4)), padding="same")
    holds_small_frames(stepper, [dict(row=39), dict(column=39), dict(kernel=-np.ones((3, 3, 4)))])


def holds_small_frames(explorer, changes):
    for widget in live.walk(explorer.live()):
        assert len(json.dumps(widget.get_state(), default=str).encode()) < LARGEST_FRAME
    for change in changes:
        with counted_bytes() as sent:
            explorer.set(**change)
        assert sum(sent) < LARGEST_FRAME, change


def test_what_did_not_change_is_not_sent_again(explorer):
    explorer.live()
    sent = []
    for widget in live.walk(explorer.live()):
        widget.observe(sent.append, names="value") if hasattr(widget, "value") else None
    explorer.set()
    assert sent == []
