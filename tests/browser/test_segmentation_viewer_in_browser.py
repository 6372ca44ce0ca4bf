"""SegmentationViewer in the real browser: by mouse, keyboard, touch and ear."""

import pytest
from notebook_page import (
    STARTED,
    TOO_FAINT,
    cell,
    choose,
    choose_theme,
    field,
    fill,
    named,
    open_cells,
    overhang,
    press,
    readout,
)

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("anywidget", reason="anywidget is not installed: nothing hears a click")
expect = playwright.expect
expect.set_options(timeout=30_000)
pytestmark = pytest.mark.browser

# Two squares; one prediction with scores takes part of the second for the first, a mask misses it.
CELLS = [
    "import numpy as np\n"
    "from course_utils.widgets import SegmentationViewer\n"
    "truth = np.zeros((48, 64), int)\n"
    "truth[8:24, 8:24], truth[20:40, 36:56] = 1, 2\n"
    "said = truth.copy()\n"
    "said[30:40, 36:56] = 1\n"
    "scores = 3.0 * np.eye(3)[said]\n"
    "missing = np.where(truth == 2, 0, truth)\n"
    "image = np.full((48, 64, 3), 0.5)",
    'SegmentationViewer(image, {"scores": scores, "mask": missing}, truth,\n'
    '                   ["ground", "shirt", "shoe"])',
]
VIEWER = 1
TALLER = {"width": 1280, "height": 2000}  # no cell is out of sight


@pytest.fixture(scope="module")
def page(lab_server, lab_folder, browser):
    """Yield a notebook with the viewer, opened and run, on a screen that can be touched too."""
    page = open_cells(browser, lab_server, lab_folder, "masks", CELLS, has_touch=True)
    page.set_viewport_size(TALLER)
    choose(page, "Run", "Run All Cells")
    expect(readout(cell(page, VIEWER))).to_be_visible(timeout=STARTED)
    yield page
    page.context.close()


@pytest.fixture
def viewer(page):
    press(cell(page, VIEWER), "Reset")
    expect(field(cell(page, VIEWER), "Row")).to_have_value("24")
    expect(readout(cell(page, VIEWER))).to_contain_text("scores says")
    return cell(page, VIEWER)


def place_of(output, x, y):
    """Return the place of a pixel's middle in the first picture, in pixels of the page."""
    while not (box := output.locator('[data-pick="pixel"]').first.bounding_box()):
        output.page.wait_for_timeout(50)
    return box["x"] + (x + 0.5) / 64 * box["width"], box["y"] + (y + 0.5) / 48 * box["height"]


def test_everything_that_can_be_used_or_seen_has_a_name(page):
    found = [one for one in named(page) if one[0] != "slider"]  # the field beside it has one
    assert [role for role, name in found if not name.strip()] == []
    assert ("spinbutton", "Row") in found and ("combobox", "Prediction") in found
    assert any("IoU of each class" in name for role, name in found if role == "image")


def test_nothing_is_wider_than_a_narrow_window_and_buttons_keep_their_words(page):
    outputs = ".jp-OutputArea-output"
    assert overhang(page, TALLER, outputs, f"{outputs} button") <= 0


def test_keys_move_the_pixel_and_a_row_beyond_the_last_becomes_the_last(page, viewer):
    words = readout(viewer).inner_text()
    field(viewer, "Row").focus()
    page.keyboard.press("ArrowUp")
    expect(field(viewer, "Row")).to_have_value("25")
    expect(readout(viewer)).not_to_have_text(words)
    fill(viewer, "Row", 99)
    expect(field(viewer, "Row")).to_have_value("47")
    expect(readout(viewer)).to_contain_text("Row 47,")


def test_buttons_go_to_the_next_prediction_and_to_the_surest_mistake(page, viewer):
    button = viewer.get_by_role("button", name="Surest mistake", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(readout(viewer)).to_contain_text("in truth shoe; scores says shirt")
    expect(readout(viewer)).to_contain_text("which is confused")
    press(viewer, "Next prediction")
    expect(readout(viewer)).to_contain_text("mask says ground, which is missed")


def test_the_error_map_counts_each_kind(viewer):
    viewer.get_by_label("Show").select_option("error map")
    expect(viewer).to_contain_text("pixels of each kind")
    expect(readout(viewer)).to_contain_text("0 missed, 0 invented, 200 confused")


@pytest.mark.parametrize("how", ["mouse", "finger"])
def test_pointing_at_a_pixel_chooses_it(page, viewer, how):
    place = place_of(viewer, 44, 33)
    page.mouse.click(*place) if how == "mouse" else page.touchscreen.tap(*place)
    expect(field(viewer, "Row")).to_have_value("33")
    expect(field(viewer, "Column")).to_have_value("44")
    expect(readout(viewer)).to_contain_text("in truth shoe; scores says shirt")


def test_dragging_over_an_outline_follows_the_pointer(page, viewer):
    page.mouse.move(*place_of(viewer, 4, 12))
    page.mouse.down()
    for column in (6, 10, 14):
        page.mouse.move(*place_of(viewer, column, 12))
        page.wait_for_timeout(100)  # more than between two places of one drag
    page.mouse.up()
    expect(field(viewer, "Column")).to_have_value("14")
    expect(readout(viewer)).to_contain_text("in truth shirt; scores says shirt")


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_every_word_can_be_read(page, viewer, theme):
    choose_theme(page, theme)
    assert page.evaluate(TOO_FAINT) == []
