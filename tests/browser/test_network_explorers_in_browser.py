"""Explorers that look into a network, and ConvArithmetic: by mouse, keyboard, touch and ear."""

import re

import pytest
from any_explorer import remember, reset
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
expect, TooLate = playwright.expect, playwright.TimeoutError
expect.set_options(timeout=30_000)
pytestmark = pytest.mark.browser

# The course's network before it has learned anything, and answers of which each seventh is wrong.
CELLS = [
    "from course_utils.startup import load_keras\n"
    "load_keras()\n"
    "import keras, numpy as np\n"
    "from course_utils import datasets, widgets\n"
    "from course_utils.models.classifier import as_batch, build_network\n"
    "keras.utils.set_random_seed(3)\n"
    "network = build_network()\n"
    "(_, _), (digits, labels) = datasets.load_mnist()\n"
    "digits, labels = digits[:60], labels[:60]\n"
    "pictures = as_batch(digits)\n"
    "answers = (labels + (np.arange(60) % 7 == 0)) % 10\n"
    "sure = 0.5 + np.arange(60)[:, None] / 150\n"
    "chances = np.where(np.arange(10) == answers[:, None], sure, (1 - sure) / 9)",
    "from course_utils.widgets import ConvArithmetic\n"
    'ConvArithmetic(6, stride=2, padding="same")',
    "widgets.FilterExplorer(network, pictures)",
    "widgets.ReceptiveField(network, pictures)",
    'widgets.FeatureVisualisation(network, "convolution_1", 2, steps=400, images=pictures[:9])',
    'widgets.Attribution(network, pictures[0], ("saliency", "Grad-CAM"))',
    "widgets.ErrorExplorer(labels, chances, digits,\n"
    "    look_inside=lambda index: widgets.FilterExplorer(network, pictures[index]))",
]
ARITHMETIC, FILTERS, FIELD, VISUALISATION, ATTRIBUTION, ERRORS = EXPLORERS = range(1, 7)
TALLER = {"width": 1300, "height": 6000}  # no cell is out of sight


@pytest.fixture(scope="module")
def page(lab_server, lab_folder, browser):
    """Yield a notebook of all six, opened and run, on a screen that can be touched too."""
    page = open_cells(browser, lab_server, lab_folder, "network", CELLS, has_touch=True)
    page.set_viewport_size(TALLER)
    choose(page, "Run", "Run All Cells")
    for number in EXPLORERS:
        expect(readout(cell(page, number))).to_be_visible(timeout=STARTED)
    remember(page, EXPLORERS)
    yield page
    page.context.close()


@pytest.fixture
def filters(page):
    return reset(page, FILTERS)


@pytest.fixture
def errors(page):
    return reset(page, ERRORS)


def pictures(output):
    return output.locator("figure").evaluate_all("all => all.map(one => one.innerHTML)")


def pick(output, name):
    return output.locator(f'[data-pick="{name}"]')


def at(picture, x, y, how="click"):
    """Click or tap at a place in 0…1 of a picture, which an update may replace at any moment."""
    while not (box := picture.bounding_box()):
        picture.page.wait_for_timeout(50)
    getattr(picture, how)(position={"x": x * box["width"], "y": y * box["height"]})


def expect_fields(output, **values):
    for label, value in values.items():
        expect(field(output, label)).to_have_value(str(value))


# --- what is there -------------------------------------------------------------------------------


def test_each_explorer_is_there_and_its_pictures_have_words(page):
    for number in EXPLORERS:
        assert len(pictures(cell(page, number))) >= 3
        words = cell(page, number).locator("img").evaluate_all("all => all.map(one => one.alt)")
        assert all(words) and (words or number == ARITHMETIC)
    expect(page.locator(".jp-OutputArea [data-mime-type*=stderr]")).to_have_count(0)


def test_everything_that_can_be_used_or_seen_has_a_name(page):
    found = named(page)
    assert [role for role, name in found if not name.strip()] == []
    assert {"button", "spinbutton", "combobox", "image", "checkbox"} <= {role for role, _ in found}
    assert ("spinbutton", "Random layers") in found and ("checkbox", "Transposed") in found


def test_nothing_is_wider_than_a_narrow_window(page):
    assert overhang(page, TALLER, ".jp-OutputArea-output") <= 0


# --- keyboard ------------------------------------------------------------------------------------


def test_arrow_keys_choose_from_a_list_and_stay_in_it(page, filters):
    """JupyterLab moves between cells by arrow keys: not while a list of choices has the focus."""
    layer = field(filters, "Layer")
    layer.focus()
    layer.press("ArrowDown")
    expect(layer).to_have_value("convolution_2")
    expect(layer).to_be_focused()
    expect(readout(filters)).to_contain_text("Filter 0 at row")
    layer.press("a")  # in JupyterLab's command mode: a new cell
    expect(layer).to_be_focused()
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == len(CELLS)
    press(filters, "Reset")
    expect(layer).to_have_value("convolution_1")


def test_a_number_typed_in_and_a_button_pressed(page, filters):
    fill(filters, "Filter", 5)
    expect(readout(filters)).to_contain_text("Filter 5 at row")
    button = filters.get_by_role("button", name="Next filter", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(readout(filters)).to_contain_text("Filter 6 at row")
    expect(button).to_be_focused()


# --- pointing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["click", "tap"])
def test_pointing_at_maps_kernels_and_patches(filters, how):
    # 16 maps of 12 × 12 lie in rows of six.
    at(pick(filters, "maps"), 1.54 / 6, 1.54 / 3, how)
    expect_fields(filters, Filter=7, Row=6, Column=6)
    at(pick(filters, "map"), 3.5 / 12, 9.5 / 12, how)
    expect_fields(filters, Filter=7, Row=9, Column=3)
    at(pick(filters, "kernels"), 2.5 / 6, 0.5 / 3, how)
    expect_fields(filters, Filter=2, Row=9, Column=3)
    patch = pick(filters, "best4")
    number = re.search(r"picture (\d+)", patch.get_attribute("alt"))[1]
    at(patch, 0.5, 0.5, how)
    expect_fields(filters, Picture=number)
    expect(readout(filters)).to_contain_text("Filter 2 at row")


def test_a_drag_moves_the_unit_and_ends(page, filters):
    box = pick(filters, "map").bounding_box()

    def move(row, column):
        page.mouse.move(box["x"] + (column + 0.5) / 12 * box["width"],
                        box["y"] + (row + 0.5) / 12 * box["height"])  # fmt: skip

    move(1, 1)
    page.mouse.down()
    expect_fields(filters, Row=1, Column=1)
    for row, column in ((4, 2), (8, 10)):
        page.wait_for_timeout(100)  # more than between two places of one drag
        move(row, column)
        expect_fields(filters, Row=row, Column=column)
    page.mouse.up()
    page.wait_for_timeout(100)
    move(3, 3)
    page.wait_for_timeout(300)
    expect_fields(filters, Row=8, Column=10)


def test_a_stepper_stands_below_at_the_same_unit(filters):
    at(pick(filters, "map"), 5.5 / 12, 5.5 / 12)
    expect_fields(filters, Row=5, Column=5)
    press(filters, "Step through this unit")
    own, below = readout(filters).first, readout(filters).nth(1)
    for row in (5, 6):
        expect(own).to_contain_text(f"row {row}, column 5: ")
        expect(below).to_contain_text(f"Row {row}, column 5: ")
        value = own.locator("b").first.inner_text()
        expect(below.locator("b").last).to_have_text(value)
        field(filters, "Row").first.press("ArrowUp")
    press(filters, "Next filter")
    expect(readout(filters)).to_have_count(1)


@pytest.mark.parametrize("how", ["click", "tap"])
def test_pointing_at_a_receptive_field(page, how):
    output = reset(page, FIELD)
    at(pick(output, "map"), 0.99, 0.01, how)
    last = field(output, "Column").get_attribute("max")
    expect_fields(output, Row=0, Column=last)
    at(pick(output, "picture").first, 0.5, 0.5, how)
    expect(field(output, "Row")).not_to_have_value("0")


@pytest.mark.parametrize("how", ["click", "tap"])
def test_pointing_at_errors(errors, how):
    at(pick(errors, "cell 1 1"), 0.5, 0.5, how)
    expect(errors.locator("figcaption", has_text="True 1, read as 1: images 0 to")).to_be_visible()
    at(pick(errors, "image 2"), 0.5, 0.5, how)
    expect_fields(errors, Image=2)
    at(pick(errors, "curve"), 0.3, 0.1, how)
    expect(field(errors, "Threshold")).not_to_have_value("0")


def test_looking_inside_shows_the_chosen_image(errors):
    press(errors, "Largest confusion")
    expect(readout(errors)).to_contain_text("Chosen: image")
    press(errors, "Look inside")
    expect(errors.get_by_text("FilterExplorer", exact=True)).to_be_visible()
    expect(readout(errors)).to_have_count(2)
    at(pick(errors, "map"), 0.5 / 12, 0.5 / 12)
    expect(readout(errors).nth(1)).to_contain_text("at row 0, column 0:")
    expect(readout(errors).first).to_contain_text("Chosen: image")


# --- going on by itself --------------------------------------------------------------------------


def test_run_moves_and_stop_stops(page):
    output = reset(page, VISUALISATION)
    press(output, "Run")
    expect(readout(output)).to_contain_text(re.compile("Step [1-9]"))
    press(output, "Stop")
    page.wait_for_timeout(300)  # what was on its way has come
    words = readout(output).inner_text()
    assert "Step 400" not in words
    page.wait_for_timeout(700)
    assert readout(output).inner_text() == words


# --- light and dark ------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_every_word_can_be_read(page, errors, theme):
    fill(errors, "Threshold", 7)
    expect(errors.get_by_role("alert")).to_contain_text("Expected threshold")
    choose_theme(page, theme)
    assert page.evaluate(TOO_FAINT) == []
