"""RoIAlignLab and ProposalReplay in the real browser: by mouse, keyboard, touch and ear."""

import re

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

# Six proposals that start anywhere and move onto two objects.
CELLS = [
    "import numpy as np\n"
    "from course_utils.widgets import ProposalReplay, RoIAlignLab\n"
    "random = np.random.default_rng(1)\n"
    "objects = np.array([(4, 4, 24, 24), (30, 20, 56, 44)])\n"
    "far = np.array([(0, 40, 20, 60), (40, 0, 60, 12)] * 3)\n"
    "steps = [(10 * n, [far + (objects[[0, 1] * 3] - far) * n / 5] * 2, [np.arange(6) / 6] * 2)\n"
    "         for n in range(6)]",
    'RoIAlignLab("ramp", (2.2, 2.2, 8.2, 6.4))',
    "ProposalReplay(np.full((2, 64, 64), 0.5), [objects, objects[:1]], steps, top=6)",
]
LAB, REPLAY = EXPLORERS = 1, 2
TALLER = {"width": 1280, "height": 3000}  # no cell is out of sight
CELLS_OF_MAP = 10


@pytest.fixture(scope="module")
def page(lab_server, lab_folder, browser):
    """Yield a notebook of both, opened and run, on a screen that can be touched too."""
    page = open_cells(browser, lab_server, lab_folder, "roi", CELLS, has_touch=True)
    page.set_viewport_size(TALLER)
    choose(page, "Run", "Run All Cells")
    for number in EXPLORERS:
        expect(readout(cell(page, number))).to_be_visible(timeout=STARTED)
    yield page
    page.context.close()


@pytest.fixture
def lab(page):
    press(cell(page, LAB), "Reset")
    expect_fields(cell(page, LAB), x1=2.2, y1=2.2, x2=8.2, y2=6.4, Row=0)
    return cell(page, LAB)


@pytest.fixture
def replay(page):
    press(cell(page, REPLAY), "Reset")
    expect_fields(cell(page, REPLAY), Moment=5, Proposals=6)
    return cell(page, REPLAY)


def expect_fields(output, **values):
    for label, value in values.items():
        expect(field(output, label)).to_have_value(str(value))


def place_of(output, pick, x, y):
    """Return a place in 0…1 of what can be pointed at, in pixels of the page."""
    while not (box := output.locator(f'[data-pick="{pick}"]').first.bounding_box()):
        output.page.wait_for_timeout(50)
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def on_map(output, x, y):
    return place_of(output, "map", x / CELLS_OF_MAP, y / CELLS_OF_MAP)


# --- what is there -------------------------------------------------------------------------------


def test_everything_that_can_be_used_or_seen_has_a_name(page):
    found = [one for one in named(page) if one[0] != "slider"]  # the field beside it has one
    assert [role for role, name in found if not name.strip()] == []
    assert {"button", "spinbutton", "combobox", "image"} <= {role for role, _ in found}
    assert ("spinbutton", "x1") in found and ("spinbutton", "Moment") in found
    drawn = [name for role, name in found if role == "image"]
    assert any("box at x1, y1, x2, y2" in name for name in drawn)


def test_nothing_is_wider_than_a_narrow_window_and_buttons_keep_their_words(page):
    outputs = ".jp-OutputArea-output"
    assert overhang(page, TALLER, outputs, f"{outputs} button") <= 0


# --- keyboard ------------------------------------------------------------------------------------


def test_a_key_in_a_field_and_one_on_a_slider_move_the_box(page, lab):
    words = readout(lab).inner_text()
    field(lab, "x1").focus()
    page.keyboard.press("ArrowUp")
    expect_fields(lab, x1=2.25)
    expect(readout(lab)).not_to_have_text(words)
    handle = lab.get_by_role("slider").first
    handle.focus()
    page.keyboard.press("ArrowRight")
    expect_fields(lab, x1=2.3)


def test_a_box_that_cannot_be_is_refused_in_a_sentence(lab):
    fill(lab, "x1", 9)
    expect(lab.get_by_role("alert")).to_contain_text("Expected a box with 0 ≤ x1 < x2 ≤ 10")
    press(lab, "Reset")
    expect(lab.get_by_role("alert")).to_have_count(0)


def test_buttons_move_the_box_and_round_it(page, lab):
    button = lab.get_by_role("button", name="Box right", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect_fields(lab, x1=2.3, x2=8.3)
    press(lab, "Round the box")
    expect_fields(lab, x1=2, y1=2, x2=8, y2=6)
    expect(readout(lab)).to_contain_text("nothing is rounded there")


def test_keys_go_through_the_moments(page, replay):
    field(replay, "Moment").focus()
    page.keyboard.press("ArrowDown")
    expect_fields(replay, Moment=4)
    expect(readout(replay)).to_contain_text("Step 40, image 0")
    press(replay, "Next image")
    expect(readout(replay)).to_contain_text("Step 40, image 1")


# --- mouse and touch -----------------------------------------------------------------------------


def test_a_corner_and_the_middle_of_the_box_can_be_dragged(page, lab):
    page.mouse.move(*on_map(lab, 8.1, 6.5))
    page.mouse.down()
    for x, y in ((8.5, 6.8), (9, 7.5), (9.2, 8.2)):
        page.mouse.move(*on_map(lab, x, y))
        page.wait_for_timeout(100)  # more than between two places of one drag
    page.mouse.up()
    for label, value in {"x1": 2.2, "y1": 2.2, "x2": 9.2, "y2": 8.2}.items():
        expect(field(lab, label)).to_have_value(re.compile(f"^{near(value)}"))
    page.mouse.move(*on_map(lab, 5.7, 5.2))
    page.mouse.down()
    page.mouse.move(*on_map(lab, 4.7, 4.7), steps=4)
    page.wait_for_timeout(100)
    page.mouse.move(*on_map(lab, 4.5, 4.5))
    page.mouse.up()
    for label, value in {"x1": 1, "y1": 1.5}.items():
        expect(field(lab, label)).to_have_value(re.compile(f"^{near(value)}"))
    assert page.evaluate("getSelection().toString()") == ""


def near(value):
    """Return an expression for a number at most 0.02 away: a pixel is a part of a cell."""
    return f"({'|'.join(re.escape(f'{value + n / 100:g}') for n in range(-2, 3))})"


def test_a_finger_moves_the_box_and_chooses_a_bin(page, lab):
    page.touchscreen.tap(*on_map(lab, 9, 7))
    expect(field(lab, "x2")).to_have_value(re.compile(f"^{near(9)}"))
    page.touchscreen.tap(*place_of(lab, "bins", 0.5, 0.9))
    expect_fields(lab, Row=2, Column=1)
    expect(readout(lab)).to_contain_text("Bin (2, 1)")


def test_a_finger_drags_a_corner_and_does_not_scroll_the_page(page, lab):
    tools = page.context.new_cdp_session(page)

    def touch(kind, *places):
        points = [dict(zip("xy", on_map(lab, *place))) for place in places]
        tools.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
        page.wait_for_timeout(100)  # more than between two places of one drag

    touch("Start", (8.1, 6.5))
    for place in ((8.4, 7), (8.8, 7.6), (9.3, 8.5)):
        touch("Move", place)
    touch("End")
    tools.detach()
    expect(field(lab, "x2")).to_have_value(re.compile(f"^{near(9.3)}"))
    expect(field(lab, "y2")).to_have_value(re.compile(f"^{near(8.5)}"))
    expect_fields(lab, x1=2.2, y1=2.2)


@pytest.mark.parametrize("how", ["mouse", "finger"])
def test_pointing_at_the_curve_goes_to_a_moment(page, replay, how):
    place = place_of(replay, "curve", 0.16, 0.5)
    page.mouse.click(*place) if how == "mouse" else page.touchscreen.tap(*place)
    expect_fields(replay, Moment=0)
    expect(readout(replay)).to_contain_text("0 of 2 objects found")


def test_run_goes_through_the_training_and_stop_stops(page, replay):
    press(replay, "Run")
    expect(readout(replay)).to_contain_text("Step 10,")
    press(replay, "Stop")
    page.wait_for_timeout(300)  # what was on its way has come
    words = readout(replay).inner_text()
    page.wait_for_timeout(700)
    assert readout(replay).inner_text() == words


# --- light and dark ------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_every_word_can_be_read(page, lab, theme):
    choose_theme(page, theme)
    assert page.evaluate(TOO_FAINT) == []
