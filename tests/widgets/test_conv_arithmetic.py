"""ConvArithmetic against Keras, its words against its numbers, its refusals, its live form."""

import asyncio
import math
import re

import keras
import live
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course_utils.widgets import html, stepping
from course_utils.widgets.conv_arithmetic import CAPTION, LARGEST, LETTERS, ConvArithmetic

FRAME = re.compile(r"left:(\d+)px;top:(\d+)px;width:(\d+)px;height:(\d+)px")


@st.composite
def explorers(draw):
    """An explorer in any state that it takes."""
    setting = dict(
        size=draw(st.integers(1, 9)), kernel=draw(st.integers(1, 5)),
        stride=draw(st.integers(1, 4)), dilation=draw(st.integers(1, 3)),
        padding=draw(st.sampled_from(["valid", "same"])), transposed=draw(st.booleans()),
    )  # fmt: skip
    try:
        explorer = ConvArithmetic(**setting)
    except ValueError:
        assume(False)
    places = st.integers(0, explorer.data.axis.output - 1)
    return explorer.set(row=draw(places), column=draw(places))


def keras_answer(state, image, kernel):
    """Keras' own answer; the dilated kernel is written out, for Keras refuses it with a stride."""
    spread = np.zeros((state.dilation * (state.kernel - 1) + 1,) * 2 + (1, 1), "float32")
    spread[:: state.dilation, :: state.dilation, 0, 0] = kernel
    operation = keras.ops.conv_transpose if state.transposed else keras.ops.conv
    answer = operation(image[..., None], spread, strides=state.stride, padding=state.padding)
    return np.asarray(answer)[..., 0]


def inside(data):
    """Return the letters of the input without its padding."""
    before, after = data.axis.zeros
    end = len(data.met) - after
    return data.met[before:end, before:end]


@settings(max_examples=60, deadline=None)
@given(explorers())
def test_letters_are_the_weights_that_keras_uses(explorer):
    """One-hot inputs through numbered weights tell which weight each input meets."""
    state, data = explorer.state, explorer.data
    numbers = np.arange(1, state.kernel**2 + 1).reshape(state.kernel, state.kernel)
    images = np.eye(state.size**2, dtype="float32").reshape(-1, state.size, state.size)
    met = keras_answer(state, images, numbers)[:, state.row, state.column].round().astype(int)
    names = np.array(["", *LETTERS])
    np.testing.assert_array_equal(inside(data).ravel(), names[met])
    np.testing.assert_array_equal(data.weights, names[numbers])


@settings(max_examples=60, deadline=None)
@given(explorers())
def test_sizes_and_overlaps_are_keras_answer_to_ones(explorer):
    state, data = explorer.state, explorer.data
    kernel = np.ones((state.kernel,) * 2)
    output = keras_answer(state, np.ones((1, state.size, state.size), "float32"), kernel)[0]
    assert data.places == output.shape
    if not state.transposed:  # how often an input is used: its one-hot image's sum of outputs
        images = np.eye(state.size**2, dtype="float32").reshape(-1, state.size, state.size)
        output = keras_answer(state, images, kernel).sum(axis=(1, 2))
    np.testing.assert_array_equal(data.counts.ravel(), output.ravel().round())


@settings(max_examples=60, deadline=None)
@given(explorers())
def test_a_window_uses_each_weight_once_and_a_stamped_output_as_many_as_it_counts(explorer):
    data, state = explorer.data, explorer.state
    used = data.met[data.met != ""]
    if state.transposed:
        assert len(set(used)) == len(used) == data.counts[state.row, state.column]
    else:
        assert sorted(used) == sorted(data.weights.ravel())


# --- words ---------------------------------------------------------------------------------------


def evaluated(text):
    """Return the value of a formula as it stands in the readout."""
    text = text.replace("−", "-").replace("·", "*")
    return eval(text, {"floor": math.floor, "ceil": math.ceil, "max": max})


@settings(max_examples=100, deadline=None)
@given(explorers())
def test_each_formula_gives_the_size(explorer):
    data, state = explorer.data, explorer.state
    line = explorer.readout(data, state).split("<br>")[0]
    sides = re.match(r"Output along a side: (.*?</b>)", line)[1]
    *formulas, size = sides.split(" = ")
    assert size == f"<b>{data.axis.output}</b>"
    assert {evaluated(formula) for formula in formulas} == {data.axis.output}
    assert len(formulas) == (2 if state.padding == "same" and not state.transposed else 1)


@settings(max_examples=100, deadline=None)
@given(explorers())
def test_notes_add_up(explorer):
    data, state = explorer.data, explorer.state
    words = explorer.readout(data, state)
    if cut := re.search(r"(\(\d+ − 1\)[^)]*\)) places are stamped; (\d+) before and (\d+)", words):
        assert evaluated(cut[1]) - int(cut[2]) - int(cut[3]) == data.axis.output
    if span := re.search(r"spans (.*?) = (\d+)", words):
        assert evaluated(span[1]) == int(span[2]) and state.dilation > 1
    if unread := re.search(r"reaches the last (\d*) ?rows? and", words):
        lost = int(unread[1] or 1)
        assert not data.counts[-lost:].any() and data.counts[-lost - 1].any()
    least, most = data.counts.min(), data.counts.max()
    assert (f"{least} to {most} " if least < most else f" {most} ") in words
    assert ("stride together with a dilation" in words) == (state.stride > 1 < state.dilation)


@settings(max_examples=100, deadline=None)
@given(explorers())
def test_the_sum_lists_the_cells_with_letters(explorer):
    words = explorer.readout(explorer.data, explorer.state).split("<br>")[1]
    terms = re.findall(r"\((\d+), (\d+)\) × (\w)", words)
    letters = inside(explorer.data)
    if len(terms) + words.count("0 × ") or "no input" in words:
        found = {(int(row), int(column)): letter for row, column, letter in terms}
        assert found == {tuple(p): letters[tuple(p)] for p in np.argwhere(letters != "").tolist()}
    else:
        assert f"the sum of {np.count_nonzero(explorer.data.met != '')} products" in words


@pytest.mark.parametrize("setting, words", [
    (dict(kernel=3, stride=2, transposed=True), "gets 1 to 4 products: uneven, a checkerboard"),
    (dict(kernel=4, stride=2, transposed=True), "gets 1 to 4 products: even inside, fewer at"),
    (dict(kernel=2, stride=2, transposed=True), "gets 1 product: the same everywhere"),
    (dict(kernel=2, stride=3, transposed=True), "gets 0 to 1 products: uneven, with gaps"),
    (dict(size=2, kernel=5, stride=2, transposed=True), "too small a grid to have an inside"),
    (dict(kernel=3), "is in 1 to 9 windows: even inside, fewer at the edges"),
    (dict(kernel=3, stride=2), "is in 1 to 4 windows: uneven, a checkerboard"),
    (dict(kernel=1), "is in 1 window: the same everywhere"),
    (dict(size=6, kernel=3, stride=2), "no window reaches the last row and column"),
    (dict(size=9, kernel=2, stride=4), "no window reaches the last 3 rows and 3 columns"),
    (dict(stride=2, padding="same"), "floor((5 + 2 − 3) / 2) + 1 = <b>3</b> (1 zero before, 1"),
])  # fmt: skip
def test_what_is_said_of_known_settings(setting, words):
    explorer = ConvArithmetic(**setting)
    assert words in explorer.readout(explorer.data, explorer.state)


# --- state ---------------------------------------------------------------------------------------


@pytest.fixture(params=[False, True], ids=["convolution", "transposed"])
def explorer(request):
    return ConvArithmetic(6, stride=2, padding="same", transposed=request.param, row=1, column=2)


HOSTILE = [0, -1, 2.0, 3.7, float("nan"), True, "3", "<b>", None, [3], (3, 3), np.ones(2), 10**9,
           10**30, np.float32(3), object()]  # fmt: skip


@pytest.mark.parametrize("name", ["size", "kernel", "stride", "dilation", "row", "column"])
def test_what_is_no_count_is_refused_and_nothing_moves(explorer, name):
    state, data, shown = explorer.state, explorer.data, live.page(explorer)
    for value in HOSTILE[name in ("row", "column") :]:  # there is a row 0
        with pytest.raises(ValueError, match=r"(?s)^Expected .*Received .*\.$"):
            explorer.set(**{name: value})
        assert explorer.state is state and explorer.data is data
        with pytest.raises(ValueError, match=r"(?s)^Expected .*Received .*\.$"):
            ConvArithmetic(**{name: value})
    assert live.page(explorer) == shown


@pytest.mark.parametrize("change, sentence", [
    (dict(transposed=1), "Expected transposed as True or False. Received 1."),
    (dict(transposed="no"), "Expected transposed as True or False. Received 'no'."),
    (dict(transposed=None), "Expected transposed as True or False. Received None."),
    (dict(padding="full"), 'Expected padding "valid" or "same". Received \'full\'.'),
    (dict(padding=True), 'Expected padding "valid" or "same". Received True.'),
    (dict(kernel=8), "Expected kernel of at most 7, so that the cells can be read. Received 8."),
    (dict(size=17), "Expected size of at most 16, so that the cells can be read. Received 17."),
    (dict(size=16, kernel=3, stride=1, padding="same", transposed=False),
     "at most 16 cells along a side.* Received 18 of the input with its padding and 16 of the out"),
    (dict(size=9, transposed=True), "Received 9 of the input .* and 18 of the output: choose a sm"),
    (dict(size=2, padding="valid", transposed=False), "the 2 pixels of the padded image"),
    (dict(row=12), r"Expected row from 0 to \d+. Received 12."),
])  # fmt: skip
def test_impossible_settings_are_refused_in_a_sentence(explorer, change, sentence):
    state = explorer.state
    with pytest.raises(ValueError, match=sentence):
        explorer.set(**change)
    assert explorer.state is state


@pytest.mark.parametrize("setting", [
    dict(size=LARGEST), dict(size=10, kernel=7, padding="same"), dict(size=1, kernel=1),
    dict(size=8, stride=2, padding="same", transposed=True),
    dict(size=1, stride=LARGEST, transposed=True),
    dict(size=1, kernel=7, dilation=2, padding="same", transposed=True),
])  # fmt: skip
def test_the_largest_and_the_smallest(setting):
    assert live.refusal(ConvArithmetic(**setting).step()) == ""


def test_numbers_of_numpy_are_numbers():
    explorer = ConvArithmetic(np.int64(6), np.int32(3), np.uint8(2), transposed=np.True_)
    live.same(explorer.data, ConvArithmetic(6, 3, 2, transposed=True).data)
    assert explorer.description == ConvArithmetic(6, 3, 2, transposed=True).description


def test_row_and_column_move_back_when_the_output_shrinks():
    explorer = ConvArithmetic(8, row=5, column=4)
    explorer.set(stride=2)
    assert (explorer.state.row, explorer.state.column) == (2, 2)
    explorer.set(stride=1, row=5)
    assert (explorer.state.row, explorer.state.column) == (5, 2)
    with pytest.raises(ValueError, match="Expected row from 0 to 2. Received 5."):
        explorer.set(stride=2, row=5)
    explorer.set(transposed=True)
    explorer.set(row=9, column=9).set(transposed=False)
    assert (explorer.state.row, explorer.state.column) == (5, 5)


def test_steps_go_row_by_row_and_round(explorer):
    rows, columns = explorer.data.places
    explorer.set(row=0, column=0)
    places = []
    for _ in range(rows * columns + 1):
        places.append((explorer.state.row, explorer.state.column))
        assert explorer.step() is explorer
    assert places == [*np.ndindex(rows, columns), (0, 0)]
    assert explorer.step(-2).state.row == rows - 1


# --- headless ------------------------------------------------------------------------------------


# --- live ----------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(explorers())
def test_views_show_what_was_computed(explorer):
    data, state = explorer.data, explorer.state
    views = explorer.views(data, state)
    for name, grid in (("kernel", data.weights), ("counts", data.counts)):
        shown = re.findall(r"<td[^>]*>([^<]*)</td>", views[name])
        assert shown == [str(value) for value in grid.ravel()]
    tables = re.findall(r"<table>.*?</table>", views["input and output"])
    cells = re.findall(r'<td(?: class="([^"]*)")?[^>]*>([^<]*)<', tables[0])
    assert [text for _, text in cells] == [str(letter) for letter in data.met.ravel()]
    assert ["here" in kind for kind, _ in cells] == [bool(text) for _, text in cells]
    zeros = sum("zero" in kind for kind, _ in cells)
    assert zeros == data.met.size - state.size**2
    place = [state.row * data.axis.output + state.column]
    for table, marked in ((tables[1], place), (views["counts"], place * state.transposed)):
        kinds = re.findall(r'<td(?: class="([^"]*)")?', table)
        assert [i for i, kind in enumerate(kinds) if "now" in kind] == marked


@settings(max_examples=30, deadline=None)
@given(explorers())
def test_each_frame_covers_the_letters_of_its_output(explorer):
    table = re.findall(r"<table>.*?</table>", explorer.views(explorer.data, explorer.state)[
        "input and output"])[1]  # fmt: skip
    cells = re.findall(r"<td.*?</td>", table)
    places = [*np.ndindex(explorer.data.places)]
    for (row, column), cell in list(zip(places, cells))[:: max(len(places) // 9, 1)]:
        met = explorer.set(row=row, column=column).data.met != ""
        frames = [[int(n) for n in frame] for frame in FRAME.findall(cell)]
        rows, columns = np.flatnonzero(met.any(axis=1)), np.flatnonzero(met.any(axis=0))
        side = html.CELL_HEIGHT
        assert frames == ([[
            columns[0] * side, rows[0] * side + CAPTION,
            (np.ptp(columns) + 1) * side, (np.ptp(rows) + 1) * side,
        ]] if len(rows) else [])  # fmt: skip


def test_fields_and_buttons_by_hand():
    explorer = ConvArithmetic()
    row, column = live.find(explorer, "Row"), live.find(explorer, "Column")
    assert (row.max, column.max) == (2, 2)
    live.press(explorer, "Step")
    assert (explorer.state.row, column.value) == (0, 1)
    live.press(explorer, "Back")
    live.press(explorer, "Back")
    assert (explorer.state.row, explorer.state.column, row.value) == (2, 2, 2)
    live.find(explorer, "Transposed").value = True
    assert explorer.state.transposed is True and (row.max, row.value) == (6, 2)
    live.find(explorer, "Stride").value = 2
    assert "checkerboard" in live.readout(explorer) and row.max == 10
    live.press(explorer, "Reset")
    assert live.find(explorer, "Transposed").value is False and explorer.state.stride == 1


def test_fields_go_as_far_as_set_does():
    explorer = ConvArithmetic(1, transposed=True)
    for name, most in dict(stride=LARGEST, kernel=7, size=LARGEST, dilation=LARGEST).items():
        field = live.find(explorer, name.title())
        assert (field.min, field.max) == (1, most)
    explorer.set(stride=LARGEST)
    assert live.find(explorer, "Stride").value == LARGEST


def test_a_refused_setting_by_hand_leaves_the_picture():
    explorer = ConvArithmetic()
    pictures = live.pictures(explorer)
    live.find(explorer, "Dilation").value = 3
    assert "Received one that spans 7." in live.refusal(explorer)
    assert live.pictures(explorer) == pictures and explorer.state.dilation == 1
    live.press(explorer, "Step")
    assert live.refusal(explorer) == "" and live.find(explorer, "Dilation").value == 1


def test_run_steps_until_stop(monkeypatch):
    explorer = ConvArithmetic()
    monkeypatch.setattr(stepping, "PACE", 0)

    async def watch():
        live.press(explorer, "Run")
        while explorer.state.row == 0:
            await asyncio.sleep(0)
        live.press(explorer, "Stop")
        stopped = explorer.state
        for _ in range(5):
            await asyncio.sleep(0)
        assert explorer.state is stopped and len(asyncio.all_tasks()) == 1

    asyncio.run(watch())
