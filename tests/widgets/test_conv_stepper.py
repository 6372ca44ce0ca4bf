"""ConvStepper against Keras, and its steps, limits and refusals."""

import asyncio
import re

import keras
import live
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.by_hand import convolution
from course_utils.by_hand.layers import relu
from course_utils.draw.style import number
from course_utils.widgets import ConvStepper, conv_stepper, html, stepping

SETTINGS = 100
FRAME = re.compile(r'"course-hover" style="width:(\d+)px;height:(\d+)px;margin-top:(\d+)px"')
TOPS = re.compile(r"tr:nth-child\((\d+)\) td:hover\) \S+ i\{display:block;top:(\d+)px\}")
LEFTS = re.compile(r"-output td:nth-child\((\d+)\):hover\) \S+ i\{left:(\d+)px\}")
MARKS = re.compile(
    r"-image tr:nth-child\((\d+)n\+(\d+)\):nth-child\(-n\+(\d+)\) "
    r"td:nth-child\((\d+)n\+(\d+)\):nth-child\(-n\+(\d+)\),"
    r"\S+-output tr:nth-child\((\d+)\) td:nth-child\((\d+)\)\{outline"
)


@st.composite
def problems(draw):
    """An image, a kernel that fits, and a setting."""
    height, width = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride, dilation = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    padding = draw(st.sampled_from(["valid", "same"]))
    spans = [dilation * (n - 1) + 1 for n in (height, width)]
    size = [draw(st.integers(1 if padding == "same" else span, 9)) for span in spans]
    channels = draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    image = rng.normal(size=(*size, channels)).astype("float32")
    kernel = rng.normal(size=(height, width, channels)).astype("float32")
    bias = draw(st.sampled_from([0.0, -1.5]))
    return image, kernel, dict(stride=stride, padding=padding, dilation=dilation, bias=bias)


def keras_answer(image, kernel, stride, padding, dilation, bias):
    """Keras' own answer; the dilated kernel is written out, for Keras refuses it with a stride."""
    spans = [dilation * (n - 1) + 1 for n in kernel.shape[:2]]
    spread = np.zeros((*spans, kernel.shape[2], 1), "float32")
    spread[::dilation, ::dilation, :, 0] = kernel
    answer = keras.ops.conv(image[None], spread, strides=stride, padding=padding)
    return np.asarray(answer)[0, ..., 0] + bias


@settings(max_examples=SETTINGS, deadline=None)
@given(problems(), st.data())
def test_each_step_is_what_keras_computes(problem, data):
    image, kernel, setting = problem
    expected = keras_answer(image, kernel, **setting)
    place = [data.draw(st.integers(0, n - 1)) for n in expected.shape]
    stepper = ConvStepper(image, kernel, **setting, row=place[0], column=place[1])
    np.testing.assert_allclose(stepper.data.output, expected, rtol=1e-4, atol=1e-4)
    # The window shown, times the kernel shown, plus the bias, is the value shown.
    window = stepper.data.padded[np.ix_(*stepper.data.taps)]
    total = (window * stepper.data.weights).sum() + setting["bias"]
    assert total == pytest.approx(expected[tuple(place)], abs=1e-4)
    assert stepper.data.value == pytest.approx(total)


@settings(max_examples=30, deadline=None)
@given(problems())
def test_each_frame_covers_the_window_of_its_output(problem):
    image, kernel, setting = problem
    stepper = ConvStepper(image, kernel, **setting)
    views = stepper.views(stepper.data, stepper.state)
    frames = [tuple(map(int, frame)) for frame in FRAME.findall(views["image"])]
    tops, lefts = (
        {int(at) - 1: int(place) for at, place in rule.findall(views["output"])}
        for rule in (TOPS, LEFTS)
    )
    pitch = conv_stepper._pitch(stepper.data.padded.shape[0])
    assert (len(tops), len(lefts)) == stepper.data.output.shape
    for row, column in np.ndindex(stepper.data.output.shape):
        rows, columns = stepper.set(row=row, column=column).data.taps
        assert lefts[column] == columns[0] * html.CELL_WIDTH
        assert tops[row] == rows[0] * html.CELL_HEIGHT
        width = (columns[-1] - columns[0] + 1) * html.CELL_WIDTH
        height = (rows[-1] - rows[0] + 1) * html.CELL_HEIGHT
        below = [conv_stepper.CAPTION + channel * pitch for channel in range(image.shape[2])]
        assert frames == [(width, height, top) for top in below]


@settings(max_examples=30, deadline=None)
@given(problems(), st.data())
def test_the_framed_cells_are_the_window_and_its_output(problem, data):
    image, kernel, setting = problem
    stepper = ConvStepper(image, kernel, **setting)
    row, column = (data.draw(st.integers(0, n - 1)) for n in stepper.data.places)
    stepper.set(row=row, column=column)
    (found,) = MARKS.findall(stepper.views(stepper.data, stepper.state)["step"])
    found = [int(number) for number in found]
    for taps, (apart, first, last) in zip(stepper.data.taps, (found[:3], found[3:6])):
        np.testing.assert_array_equal(taps, range(first - 1, last, apart))
    assert found[6:] == [row + 1, column + 1]


def test_a_step_sends_neither_image_nor_output(stepper):
    before = stepper.views(stepper.data, stepper.state)
    after = stepper.step(5).views(stepper.data, stepper.state)
    assert [name for name in before if before[name] != after[name]] == ["step"]


@pytest.fixture
def stepper():
    return ConvStepper(np.arange(42).reshape(6, 7), np.ones((3, 3)))


def test_row_and_column_move_back_when_the_output_shrinks(stepper):
    stepper.set(row=3, column=4)
    stepper.set(stride=2)
    assert (stepper.state.row, stepper.state.column) == (1, 2)
    stepper.set(stride=1)
    assert (stepper.state.row, stepper.state.column) == (1, 2)
    stepper.set(row=3, dilation=1)
    stepper.set(kernel=np.ones((5, 7)))
    assert (stepper.state.row, stepper.state.column) == (1, 0)


def test_a_place_that_was_asked_for_is_never_moved(stepper):
    with pytest.raises(ValueError, match=r"Expected row from 0 to 3\. Received 4\."):
        stepper.set(row=4)
    with pytest.raises(ValueError, match=r"Expected column from 0 to 2\. Received 4\."):
        stepper.set(column=4, stride=2)
    assert (stepper.state.row, stepper.state.column, stepper.state.stride) == (0, 0, 1)


def test_steps_go_row_by_row_and_round(stepper):
    places = []
    for _ in range(4 * 5 + 1):
        places.append((stepper.state.row, stepper.state.column))
        assert stepper.step() is stepper
    assert places == [*np.ndindex(4, 5), (0, 0)]
    assert stepper.step(-2).state.column == 4 and stepper.state.row == 3


@pytest.mark.parametrize("change, sentence", [
    (dict(stride=0), "Expected stride as an integer of at least 1. Received 0."),
    (dict(stride=1.5), "Expected stride as an integer of at least 1. Received 1.5."),
    (dict(stride=(1, 2)), r"Expected stride as an integer of at least 1. Received \(1, 2\)."),
    (dict(stride="2"), "Expected stride as an integer of at least 1. Received '2'."),
    (dict(dilation=0), "Expected dilation as an integer of at least 1. Received 0."),
    (dict(dilation=3), "at most the 6 pixels of the padded image. Received one that spans 7."),
    (dict(padding="full"), 'Expected padding "valid" or "same". Received \'full\'.'),
    (dict(padding=None), 'Expected padding "valid" or "same". Received None.'),
    (dict(kernel=np.ones((7, 3))), "at most the 6 pixels of the padded image. Received .* 7."),
    (dict(kernel=np.ones((3, 3, 2))), "the image's 1 channels. Received a kernel for 2."),
    (dict(bias=float("nan")), "Expected finite numbers as bias. Received NaN or infinity."),
    (dict(bias="much"), "Expected bias as numbers, .* Received 'much'."),
    (dict(bias=[1, 2]), r"Expected bias as one number. Received shape \(2,\)."),
    (dict(row=-1), "Expected row from 0 to 3. Received -1."),
    (dict(row=0.0), "Expected row from 0 to 3. Received 0.0."),
    (dict(column=None), "Expected column from 0 to 4. Received None."),
])  # fmt: skip
def test_impossible_settings_are_refused_in_a_sentence(stepper, change, sentence):
    state, data = stepper.state, stepper.data
    with pytest.raises(ValueError, match=sentence):
        stepper.set(**change)
    assert stepper.state is state and stepper.data is data


@pytest.mark.parametrize("image", [
    np.ones(4), np.ones((2, 4, 4, 1)), np.ones((0, 4)),
    [[np.nan] * 4] * 4, "image.png", [[1, 2], [3]],
])  # fmt: skip
def test_impossible_images_are_refused_in_a_sentence(image):
    with pytest.raises(ValueError, match=r"(?s)^Expected .*Received "):
        ConvStepper(image, np.ones((2, 2)))


def test_a_window_too_wide_to_read_is_refused():
    with pytest.raises(ValueError, match="at most 16 × 16 cells.* Received 17 × 17: take"):
        ConvStepper(np.zeros((40, 40)), np.ones((3, 3)), dilation=8)


def test_the_smallest_of_all():
    stepper = ConvStepper([[2]], [[3]], bias=1)
    assert stepper.data.value == 7
    assert stepper.step().data.value == 7
    assert live.refusal(stepper) == ""
    assert stepper.draw(stepper.data, stepper.state).png()


def test_grey_images_with_and_without_a_channel_are_one():
    image = np.random.default_rng(2).random((5, 5))
    flat, deep = ConvStepper(image, np.ones((2, 2))), ConvStepper(image[..., None], np.ones((2, 2)))
    np.testing.assert_array_equal(flat.data.output, deep.data.output)


def test_the_readout_adds_up(stepper):
    stepper.set(kernel=np.array([[1, 2], [3, -4]]), bias=2, row=1, column=1)
    sentence = re.fullmatch(r"Row 1, column 1: (.*) = <b>(.*)</b>", live.readout(stepper))
    terms, total = sentence.groups()
    arithmetic = terms.replace("×", "*").replace("−", "-").replace("bias", "")
    assert eval(arithmetic) == float(total.replace("−", "-")) == stepper.data.value


# --- by hand -------------------------------------------------------------------------------------


def test_fields_have_the_limits_of_the_output(stepper):
    row, column = live.find(stepper, "Row"), live.find(stepper, "Column")
    assert (row.min, row.max, column.max) == (0, 3, 4)
    row.value = 3
    live.find(stepper, "Stride").value = 2
    assert (row.value, row.max, column.max) == (1, 1, 2)
    assert stepper.state.row == 1


def test_buttons_step(stepper):
    live.press(stepper, "Step")
    assert (stepper.state.row, stepper.state.column) == (0, 1)
    assert live.find(stepper, "Column").value == 1
    live.press(stepper, "Back")
    live.press(stepper, "Back")
    assert (stepper.state.row, stepper.state.column) == (3, 4)


def test_padding_and_bias_by_hand(stepper):
    live.find(stepper, "Padding").value = "same"
    assert stepper.data.output.shape == (6, 7)
    assert 'class="zero' in live.page(stepper)
    live.find(stepper, "Bias").value = 0.5
    assert stepper.data.value == 0.5 + 0 + 1 + 7 + 8
    assert "bias 0.5" in live.readout(stepper)


def test_a_refused_setting_by_hand_leaves_the_picture(stepper):
    pictures = live.pictures(stepper)
    live.find(stepper, "Dilation").value = 8
    assert "Received one that spans 17." in live.refusal(stepper)
    assert live.pictures(stepper) == pictures and stepper.state.dilation == 1
    live.press(stepper, "Step")  # the next change that can be clears it
    assert live.refusal(stepper) == "" and live.find(stepper, "Dilation").value == 1


def test_one_table_a_channel():
    stepper = ConvStepper(np.zeros((4, 5, 3)), np.zeros((2, 3, 3)))
    assert live.page(stepper).count("<table>") == 3 * 4 + 1
    assert "Kernel row 1, column 2, blue" in [w.description for w in live.inputs(stepper)]


@pytest.mark.parametrize("channels, last", [
    (1, "Kernel row 0, column 0"), (2, "Kernel row 0, column 0, channel 1"),
    (3, "Kernel row 0, column 0, blue"), (4, "Kernel row 0, column 0, channel 3"),
])  # fmt: skip
def test_channels_have_names(channels, last):
    stepper = ConvStepper(np.zeros((2, 2, channels)), np.zeros((1, 1, channels)))
    assert live.inputs(stepper)[-1].description == last


def test_run_steps_until_stop(stepper, monkeypatch):
    monkeypatch.setattr(stepping, "PACE", 0)

    async def watch():
        live.press(stepper, "Run")
        live.press(stepper, "Run")  # a second press does not double the pace
        while stepper.state.row == 0:
            await asyncio.sleep(0)
        live.press(stepper, "Stop")
        stopped = stepper.state
        for _ in range(5):
            await asyncio.sleep(0)
        assert stepper.state is stopped
        live.press(stepper, "Stop")
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(watch())


# --- layers of any size and depth ----------------------------------------------------------------

LARGE = [
    dict(stride=1, padding="valid", dilation=1), dict(stride=2, padding="same", dilation=1),
    dict(stride=3, padding="valid", dilation=1), dict(stride=1, padding="same", dilation=3),
]  # fmt: skip


@pytest.mark.parametrize("setting", LARGE, ids=str)
@pytest.mark.parametrize("channels", [1, 3, 7])
def test_a_piece_of_a_large_image_is_the_image_there(setting, channels):
    """What is shown of image, padding and output is where the whole arrays have it."""
    random = np.random.default_rng(4)
    image, kernel = random.random((37, 23, channels)), random.random((3, 2, channels))
    stepper = ConvStepper(image, kernel, **setting)
    whole = convolution.correlate(image, kernel[..., None], **setting)[..., 0]
    rows, columns = whole.shape
    assert stepper.data.places == whole.shape
    middle, ends = (rows // 2, columns // 2), (rows - 1, columns - 1)
    for row, column in [(0, 0), middle, ends, (0, columns - 1)]:
        data = stepper.set(row=row, column=column, channel=channels - 1).data
        assert max(data.padded.shape[:2]) <= 16 and data.value == pytest.approx(whole[row, column])
        top, left = data.first
        shown = whole[top:, left:][: data.output.shape[0], : data.output.shape[1]]
        np.testing.assert_allclose(data.output, shown)
        window = data.padded[np.ix_(*data.taps)]
        assert window.shape[:2] == kernel.shape[:2]
        sums = (window * data.weights).sum(axis=(0, 1))
        np.testing.assert_allclose(sums, data.sums[-window.shape[2] :])
        assert data.sums.sum() == pytest.approx(data.value)
        compare_cells(data, image)


def compare_cells(data, image):
    """Each cell of the piece is the image's own, or a zero of the padding where there is none."""
    (top, bottom), (left, right) = data.zeros
    for row, column in np.ndindex(data.padded.shape[:2]):
        at = (data.corner[0] + row, data.corner[1] + column)
        outside = not (0 <= at[0] < image.shape[0] and 0 <= at[1] < image.shape[1])
        expected = 0 if outside else image[at][-data.padded.shape[2] :]
        np.testing.assert_array_equal(data.padded[row, column], expected)
        height, width = data.padded.shape[:2]
        zero = row < top or row >= height - bottom or column < left or column >= width - right
        assert zero == outside


@pytest.fixture
def deep():
    random = np.random.default_rng(5)
    image, kernel = random.random((30, 30, 9)) - 0.5, random.random((3, 3, 9)) - 0.5
    return ConvStepper(image, kernel, bias=-0.5, row=20, column=3, then=("relu", relu))


def test_many_channels_are_shown_one_at_a_time_and_all_summed(deep):
    assert "channel 0" in deep.description and "rows 13 to 28" in deep.description
    assert "9 channels, together" in live.readout(deep)
    window = deep.image[20:23, 3:6]
    total = (window * deep.state.kernel).sum() - 0.5
    assert deep.data.value == pytest.approx(total) and deep.data.outcome == max(total, 0)
    assert live.readout(deep).endswith(f"Then relu: <b>{number(max(total, 0))}</b>.")
    deep.set(channel=8)
    np.testing.assert_array_equal(deep.data.padded[..., 0], deep.image[13:29, 0:16, 8])
    sums = [float(v.replace("−", "-")) for v in cells(live.pictures(deep)[-1])]
    np.testing.assert_allclose(sums, np.round(deep.data.sums, 2), atol=1e-9)


def cells(table):
    return re.findall(r"<td[^>]*>([^<]+)", table)[:9]


def test_what_is_drawn_of_many_channels_says_so(deep):
    figure = deep.draw(deep.data, deep.state).figure
    titles = " ".join(axes.get_title() for axes in figure.axes)
    assert "sum over 9 channels + bias −0.5" in titles
    assert number(deep.data.value) in titles


@pytest.mark.parametrize("channel", [-1, 9, 1.0, None, "red"])
def test_a_channel_that_is_not_there(deep, channel):
    with pytest.raises(ValueError, match="Expected channel from 0 to 8. Received"):
        deep.set(channel=channel)


def test_steps_do_not_compute_the_whole_output_again(deep, monkeypatch):
    monkeypatch.setattr(convolution, "correlate", lambda *_, **__: pytest.fail("computed again"))
    deep.step()
    deep.set(channel=3)
