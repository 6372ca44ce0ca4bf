"""Explorers as a student meets them: in JupyterLab, by mouse, keyboard, touch and ear."""

import json
import re

import pytest
from any_explorer import remember, reset
from notebook_page import TOO_FAINT, cell, field, fill, named, open_notebook, press, readout

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect, TooLate = playwright.expect, playwright.TimeoutError
expect.set_options(timeout=30_000)  # a slow machine is no defect
pytestmark = pytest.mark.browser

STEPPER, LAB, QUIZ, COLOUR_STEPPER = 1, 2, 3, 4  # cells of notebook_page.CELLS
NEAR = 1.5  # pixels


@pytest.fixture(scope="module", autouse=True)
def at_the_start(page):
    remember(page, (STEPPER, LAB, COLOUR_STEPPER))


@pytest.fixture
def stepper(page):
    return reset(page, STEPPER)


@pytest.fixture
def lab(page):
    return reset(page, LAB)


# --- what is there -------------------------------------------------------------------------------


def test_each_explorer_is_there(page):
    expect(cell(page, STEPPER).locator("figure table")).to_have_count(2)
    expect(cell(page, LAB).get_by_role("img")).to_have_count(2)
    expect(cell(page, QUIZ).get_by_role("button")).to_have_count(4)
    expect(cell(page, COLOUR_STEPPER).locator("figure table")).to_have_count(4)
    expect(page.locator(".jp-OutputArea [data-mime-type*=stderr]")).to_have_count(0)


def test_everything_that_can_be_used_or_seen_has_a_name(page):
    found = named(page)
    assert [role for role, name in found if not name.strip()] == []
    assert {"button", "spinbutton", "combobox", "image"} <= {role for role, _ in found}
    assert ("spinbutton", "Kernel row 1, column 2") in found
    assert ("spinbutton", "Kernel row 1, column 2, blue") in found


# --- keyboard ------------------------------------------------------------------------------------


def tables(output):
    return output.locator("table").evaluate_all("all => all.map(one => one.innerHTML)")


def marked(output):
    """Return the places of the framed cells in the first table."""
    cells = output.locator("figure table").first.locator("td")
    lines = cells.evaluate_all("cells => cells.map(cell => getComputedStyle(cell).outlineStyle)")
    return [place for place, line in enumerate(lines) if line == "solid"]


def test_arrow_keys_move_the_window(stepper):
    assert marked(stepper) == [8 * row + column for row in range(3) for column in range(3)]
    field(stepper, "Row").focus()
    field(stepper, "Row").press("ArrowUp")
    expect(readout(stepper)).to_contain_text("Row 1, column 0:")
    assert marked(stepper) == [8 * row + column for row in range(1, 4) for column in range(3)]
    field(stepper, "Row").press("ArrowDown")
    expect(readout(stepper)).to_contain_text("Row 0, column 0:")


def test_the_keyboard_reaches_and_presses_step(page, stepper):
    field(stepper, "Kernel row 2, column 2").focus()
    page.keyboard.press("Tab")
    expect(stepper.get_by_role("button", name="Back", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(stepper.get_by_role("button", name="Step", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(readout(stepper)).to_contain_text("Row 0, column 1:")
    page.keyboard.press("Space")
    expect(readout(stepper)).to_contain_text("Row 0, column 2:")
    expect(stepper.get_by_role("button", name="Step", exact=True)).to_be_focused()


def test_the_keyboard_walks_through_all_inputs_in_order(page, stepper):
    field(stepper, "Row").focus()
    names = ["Row"]
    for _ in range(14):
        page.keyboard.press("Tab")
        names.append(page.evaluate("""() => {
            const here = document.activeElement
            return here.labels && here.labels.length ? here.labels[0].innerText : here.innerText
        }"""))  # fmt: skip
    kernel = [f"Kernel row {row}, column {column}" for row in range(3) for column in range(3)]
    inputs = ["Row", "Column", "Stride", "Padding", "Dilation", "Bias"]
    assert names == [*inputs, *kernel]


def test_a_kernel_value_typed_in(stepper):
    output = stepper.locator("figure table").last
    before = output.inner_text()
    fill(stepper, "Kernel row 0, column 0", 5)
    expect(output).not_to_have_text(before)
    expect(readout(stepper)).to_contain_text("×5 +")
    expect(field(stepper, "Kernel row 0, column 0")).to_have_value("5")


def test_a_question_is_answered_by_keyboard(page):
    quiz = cell(page, QUIZ)
    buttons = quiz.get_by_role("button")
    for number, key in ((0, "Enter"), (1, "Space")):
        before = readout(quiz).inner_text()
        buttons.nth(number).focus()
        page.keyboard.press(key)
        expect(readout(quiz)).not_to_have_text(before)
        assert len(readout(quiz).inner_text().split()) > 5


# --- hovering ------------------------------------------------------------------------------------


SAME = {"Padding": "same"}
SETTINGS = [{}, {"Stride": 2}, {"Dilation": 2}, SAME, {**SAME, "Stride": 2}]


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
@pytest.mark.parametrize("number, channels", [(STEPPER, 1), (COLOUR_STEPPER, 3)])
def test_hovering_frames_the_window_of_an_output(page, number, channels, setting):
    output = reset(page, number)
    apply(output, setting)
    tables = output.locator("figure table")
    values, images = tables.last, [tables.nth(channel) for channel in range(channels)]
    for row, column in ((0, 0), last_place(values)):
        place(values, row, column).hover()
        frames = output.locator(".course-hover:visible")
        expect(frames).to_have_count(channels)
        for channel, image in enumerate(images):
            expected = window(image, row, column, setting)
            assert frames.nth(channel).bounding_box() == pytest.approx(expected, abs=NEAR)
    page.mouse.move(5, 5)
    expect(output.locator(".course-hover:visible")).to_have_count(0)


def apply(output, setting):
    for label, value in setting.items():
        described = output.get_by_role("group", name="An image of")
        before = described.get_attribute("aria-label")
        if label == "Padding":
            field(output, label).select_option(value)
        else:
            fill(output, label, value)
        expect(described).not_to_have_attribute("aria-label", before)


def place(table, row, column):
    return table.locator("tr").nth(row).locator("td").nth(column)


def last_place(table):
    rows = table.locator("tr").count()
    return rows - 1, table.locator("td").count() // rows - 1


def window(image, row, column, setting, kernel=3):
    """Return the box around the cells that output (row, column) sees, from the cells' own boxes."""
    stride, reach = setting.get("Stride", 1), (kernel - 1) * setting.get("Dilation", 1)
    first = place(image, row * stride, column * stride).bounding_box()
    last = place(image, row * stride + reach, column * stride + reach).bounding_box()
    return {
        "x": first["x"],
        "y": first["y"],
        "width": last["x"] + last["width"] - first["x"],
        "height": last["y"] + last["height"] - first["y"],
    }


# --- answers of the kernel -----------------------------------------------------------------------


PIXELS = "picture => picture.src ?? picture.toDataURL()"


def test_a_preset_changes_the_picture_and_its_words(lab):
    picture = lab.get_by_role("img").nth(1)
    pixels = picture.evaluate(PIXELS)
    field(lab, "Preset").select_option("sharpen")
    expect(lab.get_by_role("img", name="kernel sharpen,")).to_be_visible()
    expect(field(lab, "Kernel row 1, column 1")).to_have_value("5")
    expect(field(lab, "View")).to_have_value("as a picture")
    assert picture.evaluate(PIXELS) != pixels
    assert picture.evaluate("image => image.naturalWidth ?? image.width") > 100


def test_a_larger_kernel_gets_its_fields(lab):
    press(lab, "5 × 5")
    expect(lab.get_by_role("spinbutton")).to_have_count(25)
    press(lab, "3 × 3")
    expect(lab.get_by_role("spinbutton")).to_have_count(9)


def test_the_game_shows_a_third_picture_until_it_is_given_up(lab):
    press(lab, "Guess the kernel")
    expect(lab.get_by_role("img")).to_have_count(3)
    expect(readout(lab)).to_contain_text("Mean difference from the target")
    press(lab, "Give up")
    expect(lab.get_by_role("img")).to_have_count(2)
    press(lab, "Give up")
    expect(lab.get_by_role("alert")).to_contain_text("Expected a game in progress.")


def test_what_cannot_be_is_refused_and_the_picture_stays(stepper):
    pictures = tables(stepper)
    fill(stepper, "Dilation", 5)
    expect(stepper.get_by_role("alert")).to_contain_text("Received one that spans 11.")
    assert tables(stepper) == pictures
    press(stepper, "Step")
    expect(stepper.get_by_role("alert")).to_have_count(0)
    expect(field(stepper, "Dilation")).to_have_value("1")


def test_a_row_beyond_the_last_becomes_the_last(stepper):
    fill(stepper, "Row", 99)
    expect(readout(stepper)).to_contain_text("Row 5, column 0:")
    expect(field(stepper, "Row")).to_have_value("5")


def test_run_moves_until_stop(page, stepper):
    press(stepper, "Run")
    # Any place further on: a slow page may never show a certain one.
    expect(readout(stepper)).to_contain_text(re.compile(r"Row 0, column [2-9]:|Row [1-9],"))
    press(stepper, "Stop")
    press(stepper, "Reset")
    expect(readout(stepper)).to_contain_text("Row 0, column 0:")
    with pytest.raises(TooLate):  # nothing more happens, for longer than Run's pace
        readout(stepper).get_by_text("column 1:").wait_for(timeout=1_200)


# --- touch, in the dark --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dark(browser, lab_server, lab_folder):
    """Yield a page in JupyterLab's dark theme on a screen that is touched."""
    settings = lab_folder / "config/lab/user-settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True, exist_ok=True)
    theme = settings / "themes.jupyterlab-settings"
    theme.write_text(json.dumps({"theme": "JupyterLab Dark"}), encoding="utf-8")
    page = open_notebook(browser, lab_server, has_touch=True)
    yield page
    page.context.close()
    theme.unlink()


def test_a_tap_on_step(dark):
    output = cell(dark, STEPPER)
    output.get_by_role("button", name="Step", exact=True).tap()
    expect(readout(output)).to_contain_text("Row 0, column 1:")
    assert dark.problems == []


def test_every_word_can_be_read_in_the_light(page):
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "true")
    assert page.evaluate(TOO_FAINT) == []


def test_every_word_can_be_read_in_the_dark(dark):
    expect(dark.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    fill(cell(dark, STEPPER), "Dilation", 5)
    expect(cell(dark, STEPPER).get_by_role("alert")).to_be_visible()
    assert dark.evaluate(TOO_FAINT) == []
