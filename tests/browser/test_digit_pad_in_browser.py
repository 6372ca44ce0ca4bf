"""A digit drawn by mouse, finger and keys in a live notebook."""

import re

import numpy as np
import pytest
from notebook_page import STARTED, cell, open_cells

from course_utils.handwriting.strokes import EXAMPLES

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("anywidget", reason="anywidget is not installed")
expect = playwright.expect
pytestmark = pytest.mark.browser

# A network without Keras: how much ink each tenth of the picture's width holds.
CELLS = [
    "import numpy as np\n"
    "from course_utils.widgets.digit_pad import DigitPad\n"
    "def network(batch, training):\n"
    "    columns = np.array_split(batch[0, ..., 0], 10, axis=1)\n"
    "    return np.array([[part.sum() for part in columns]])\n"
    "pad = DigitPad(network)\npad",
    'pad.set(strokes="four", pen=12)\n_ = 0',
]
ONE = [(0.5, 0.1 + 0.02 * step) for step in range(41)]
NOTHING = "Draw a digit."
# The text of one stroke, of two.
STROKES = {1: re.compile("^[^;]+$"), 2: re.compile("^[^;]+;[^;]+$")}


@pytest.fixture(scope="module")
def page(lab_server, lab_folder, browser):
    """Yield a notebook with a DigitPad, opened and run."""
    page = open_cells(browser, lab_server, lab_folder, "pad", CELLS)
    run_cell(page, 0)
    expect(page.get_by_role("status").filter(has_text=NOTHING)).to_be_visible(timeout=STARTED)
    yield page
    page.context.close()


@pytest.fixture
def pad(page):
    """Return the canvas, with nothing drawn on it."""
    # Reset is seen to be done only where something was there: a stroke drawn before would be lost.
    # It overtakes what was typed while the kernel was busy: that has to be answered first.
    words = page.get_by_role("status").inner_text()
    points(page).fill("10,10 20,10")
    points(page).press("Enter")
    expect(page.get_by_role("status")).not_to_have_text(words)
    press(page, "Reset")
    canvas = page.get_by_role("application", name="Pad to draw a digit on")
    expect(points(page)).to_have_value("")
    expect(page.get_by_role("status")).to_have_text(NOTHING)
    yield canvas
    assert page.problems == []


def run_cell(page, number):
    page.locator(".jp-CodeCell .cm-content").nth(number).click()
    page.keyboard.press("Shift+Enter")


def press(page, label):
    page.get_by_role("button", name=label, exact=True).click()


def points(page):
    return page.get_by_label("Points", exact=True)


def drawn(page):
    """Return the strokes that the kernel has, as it says itself."""
    text = points(page).input_value()
    return [np.array([pair.split(",") for pair in stroke.split()], float) / 100
            for stroke in text.split(";") if stroke]  # fmt: skip


def dark(canvas):
    """Return the places on the canvas, (n, 2) in 0…1, that show ink."""
    found = canvas.evaluate("""canvas => {
        const { width } = canvas
        const { data } = canvas.getContext("2d").getImageData(0, 0, width, width)
        const at = []
        for (let i = 0; i < width * width; i += 3)
            if (data[4 * i] < 60) at.push([(i % width) / width, Math.floor(i / width) / width])
        return at
    }""")
    return np.array(found).reshape(-1, 2)


def by_mouse(page, canvas, path):
    box = canvas.bounding_box()
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in path]
    page.mouse.move(*at[0])
    page.mouse.down()
    for place in at[1:]:
        page.mouse.move(*place)
    page.mouse.up()


def test_a_one_drawn_by_mouse_is_read(page, pad):
    by_mouse(page, pad, ONE)
    status = page.get_by_role("status")
    expect(status).to_contain_text("Nearest training digits: 1, 1, 1, 1, 1.")
    expect(points(page)).to_have_value(re.compile("50,90$"))
    (stroke,) = drawn(page)
    assert len(stroke) > 20 and np.abs(stroke[:, 0] - 0.5).max() < 0.01
    np.testing.assert_allclose(stroke[[0, -1], 1], [0.1, 0.9], atol=0.01)
    ink = dark(pad)
    assert np.abs(ink[:, 0] - 0.5).max() < 0.05 and 0.84 < np.ptp(ink[:, 1]) < 0.92
    words = status.inner_text()
    by_mouse(page, pad, [(0.5, 0.9), (0.7, 0.9), (0.9, 0.9)])
    expect(status).not_to_have_text(words)
    expect(points(page)).to_have_value(STROKES[2])


def test_a_one_drawn_by_finger_is_read(page, pad):
    tools = page.context.new_cdp_session(page)
    tools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    box = pad.bounding_box()
    at = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in ONE]
    tools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": at[:1]})
    for place in at[1:]:
        tools.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
    tools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    tools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    expect(page.get_by_role("status")).to_contain_text("Nearest training digits: 1, 1, 1, 1, 1.")
    expect(points(page)).to_have_value(re.compile("50,90$"))
    assert len(drawn(page)) == 1 and pad.bounding_box() == box  # the page did not scroll
    how = "canvas => [canvas, canvas.parentElement].map(one => getComputedStyle(one).touchAction)"
    assert pad.evaluate(how) == ["none", "auto"]


def test_a_one_drawn_by_keys_is_read(page, pad):
    pad.focus()
    for key in ["Shift+ArrowUp"] * 4 + ["Space"] + ["Shift+ArrowDown"] * 8 + ["Space"]:
        page.keyboard.press(key)
    expect(points(page)).to_have_value("50,10 50,20 50,30 50,40 50,50 50,60 50,70 50,80 50,90")
    expect(page.get_by_text("Pen up at 50,90")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Pen up at 52,90")).to_be_visible()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(points(page)).to_have_value(re.compile("; 52,90 54,90$"))
    page.keyboard.press("Backspace")
    expect(points(page)).to_have_value(re.compile("50,90$"))
    expect(page.get_by_role("status")).to_contain_text("Nearest training digits: 1, 1, 1, 1, 1.")
    page.keyboard.press("Delete")
    expect(points(page)).to_have_value("")
    expect(pad).to_be_focused()


def test_keys_of_the_pad_are_not_jupyterlabs(page, pad):
    """In its command mode a, b, d d, x and Backspace change cells, and arrows choose others."""
    cells, active = page.locator(".jp-CodeCell"), page.locator(".jp-Cell.jp-mod-active .cm-content")
    count, chosen = cells.count(), active.inner_text()
    pad.focus()
    for key in ["a", "b", "d", "d", "x", "m", "Shift+Enter", "Enter", "ArrowDown", "Escape", "0"]:
        page.keyboard.press(key)
        expect(pad).to_be_focused()
    assert cells.count() == count and page.locator(".jp-MarkdownCell").count() == 0
    assert active.inner_text() == chosen
    page.keyboard.press("Tab")
    expect(pad).not_to_be_focused()


def test_buttons_take_back_and_clear(page, pad):
    by_mouse(page, pad, ONE)
    by_mouse(page, pad, [(0.2, 0.5), (0.8, 0.5)])
    expect(points(page)).to_have_value(STROKES[2])
    press(page, "Undo")
    expect(points(page)).to_have_value(STROKES[1])
    assert np.ptp(dark(pad)[:, 0]) < 0.1
    press(page, "Clear")
    expect(page.get_by_role("status")).to_have_text(NOTHING)
    assert len(dark(pad)) == 0
    by_mouse(page, pad, ONE)  # the same once more
    expect(points(page)).to_have_value(STROKES[1])


def test_set_from_code_draws_on_the_canvas(page, pad):
    run_cell(page, 1)
    expect(points(page)).to_have_value(EXAMPLES["four"])
    ink = dark(pad)
    np.testing.assert_allclose(ink.min(axis=0), [0.28 - 0.06, 0.18 - 0.06], atol=0.02)
    np.testing.assert_allclose(ink.max(axis=0), [0.72 + 0.06, 0.86 + 0.06], atol=0.02)


def test_typed_points_are_drawn_and_wrong_ones_are_refused(page, pad):
    points(page).fill("20,20 80,20")
    points(page).press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Read as")
    assert np.abs(dark(pad)[:, 1] - 0.2).max() < 0.05
    points(page).fill("20,20 300,20")
    points(page).press("Enter")
    expect(page.locator(".course-refusal")).to_contain_text("Expected points as in")
    assert np.abs(dark(pad)[:, 1] - 0.2).max() < 0.05


def test_everything_has_a_name(page, pad):
    name = pad.get_attribute("aria-label")
    assert all(key in name for key in ("arrows", "Shift", "Space", "Backspace", "Delete"))
    by_mouse(page, pad, ONE)
    expect(page.get_by_role("status")).to_contain_text("Read as")
    images = cell(page, 0).locator("img")
    expect(images).to_have_count(8)
    assert all(image.get_attribute("alt") for image in images.all())
