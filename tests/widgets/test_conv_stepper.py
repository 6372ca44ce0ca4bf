"""ConvStepper against Keras, and its steps, limits and refusals."""

import asyncio
import re

import keras
import live
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.widgets import ConvStepper, conv_stepper, html, stepping

SETTINGS = 100
FRAME = re.compile(r"left:(\d+)px;top:(\d+)px;width:(\d+)px;height:(\d+)px")


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
    frames = conv_stepper._HoverFrames(stepper.data, stepper.state).frames()
    assert set(frames) == set(np.ndindex(stepper.data.output.shape))
    for (row, column), text in frames.items():
        stepper.set(row=row, column=column)
        rows, columns = stepper.data.taps
        channels = FRAME.findall(text)
        assert len(channels) == image.shape[2]
        left, top, width, height = map(int, channels[0])
        assert left == columns[0] * html.CELL_WIDTH
        assert top == rows[0] * html.CELL_HEIGHT + conv_stepper.CAPTION
        assert width == (columns[-1] - columns[0] + 1) * html.CELL_WIDTH
        assert height == (rows[-1] - rows[0] + 1) * html.CELL_HEIGHT


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
    np.ones((17, 4)), np.ones((4, 4, 5)), np.ones(4), np.ones((2, 4, 4, 1)), np.ones((0, 4)),
    [[np.nan] * 4] * 4, "image.png", [[1, 2], [3]],
])  # fmt: skip
def test_impossible_images_are_refused_in_a_sentence(image):
    with pytest.raises(ValueError, match=r"(?s)^Expected .*Received "):
        ConvStepper(image, np.ones((2, 2)))


def test_an_image_too_large_to_read_gets_advice():
    with pytest.raises(ValueError, match=r"cut out a piece, as in image\[100:108, 60:68\]"):
        ConvStepper(np.zeros((512, 512)), np.ones((3, 3)))


def test_padding_counts_as_cells():
    ConvStepper(np.zeros((16, 16)), np.ones((3, 3)))
    with pytest.raises(ValueError, match="at most 16 × 16 cells with padding.* Received 18 × 18"):
        ConvStepper(np.zeros((16, 16)), np.ones((3, 3)), padding="same")


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


def test_one_table_a_channel_with_the_window_marked():
    stepper = ConvStepper(np.zeros((4, 5, 3)), np.zeros((2, 3, 3)))
    assert live.page(stepper).count("<table>") == 3 * 4 + 1
    assert len(re.findall(r'<td class="[^"]*here', live.page(stepper))) == 2 * 3 * 3
    assert len(re.findall(r'<td class="[^"]*now', live.page(stepper))) == 1
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
