"""Explorers of boxes as a student meets them: dragged by mouse, finger and keys, and pointed at."""

import re

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebook_page import (
    STARTED,
    TALL,
    TOO_FAINT,
    cell,
    choose,
    field,
    fill,
    named,
    open_cells,
    press,
    readout,
)

from course_utils.authoring.page import as_page
from course_utils.widgets import IoUPlayground

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("anywidget", reason="anywidget is not installed: nothing can be dragged")
expect = playwright.expect
expect.set_options(timeout=30_000)
pytestmark = pytest.mark.browser

CELLS = [
    "import numpy as np\n"
    "from course_utils.widgets import AnchorExplorer, IoUPlayground, NMSStepper\n"
    "scene = np.full((80, 80, 3), 160, np.uint8)\n"
    "objects = [(6, 8, 26, 28), (11, 8, 31, 28), (46, 44, 60, 64)]\n"
    "found = objects + [(7, 8, 27, 28), (47, 45, 60, 64)]\n"
    "scores = [0.9, 0.8, 0.7, 0.6, 0.5]",
    "playground = IoUPlayground()\nplayground",
    "AnchorExplorer(scene, objects)",
    "stepper = NMSStepper(scene, found, scores, [1, 1, 2, 1, 2], objects)\nstepper",
    "print('kept by Python', playground.state.box.tolist(), playground.state.preset)",
]
PLAYGROUND, ANCHORS, STEPPER, ASKED = range(1, 5)


@pytest.fixture(scope="module")
def page(lab_server, lab_folder, browser):
    """Yield a notebook of all three, opened and run, on a screen that can be touched too."""
    page = open_cells(browser, lab_server, lab_folder, "boxes", CELLS, has_touch=True)
    choose(page, "Run", "Run All Cells")
    expect(readout(cell(page, STEPPER))).to_contain_text("Step 0 of", timeout=STARTED)
    yield page
    assert page.problems == []
    page.context.close()


@pytest.fixture
def playground(page):
    output = cell(page, PLAYGROUND)
    press(output, "Reset")
    expect(field(output, "Preset")).to_have_value("IoU one half")
    return output


def grip(output, name):
    return output.locator(f'[data-grip="{name}"]')


def corners(output, name="Box"):
    """Return what stands in the four fields."""
    labels = [f"{name} {corner}" for corner in ("x1", "y1", "x2", "y2")]
    return [float(field(output, label).input_value()) for label in labels]


def place(output, x, y):
    """Return the place on screen of a pixel of the ruled paper, 240 × 180."""
    frame = output.locator("svg").first.bounding_box()
    return frame["x"] + x / 240 * frame["width"], frame["y"] + y / 180 * frame["height"]


def drag(page, output, start, end):
    page.mouse.move(*place(output, *start))
    page.mouse.down()
    middle = [(a + b) / 2 for a, b in zip(start, end)]
    for stop in (middle, end):
        page.mouse.move(*place(output, *stop))
    page.mouse.up()


def test_a_box_is_dragged_by_mouse(page, playground):
    drag(page, playground, (50, 60), (70, 110))
    assert corners(playground) == [60, 90, 180, 170] and corners(playground, "Other")[0] == 80
    expect(field(playground, "Preset")).to_have_value("my own")
    drag(page, playground, (100, 130), (500, 500))
    assert corners(playground) == [120, 100, 240, 180]
    page.mouse.move(*place(playground, 10, 10))  # the mouse was let go: nothing moves any more
    assert corners(playground) == [120, 100, 240, 180]


def test_corners_and_sides_are_dragged(page, playground):
    drag(page, playground, (160, 120), (140, 150))
    assert corners(playground) == [40, 40, 140, 150]
    drag(page, playground, (40, 95), (61, 20))
    assert corners(playground) == [61, 40, 140, 150]
    drag(page, playground, (61, 40), (170, 170))  # no further than the opposite corner
    assert corners(playground) == [140, 150, 140, 150]
    expect(readout(playground)).to_contain_text("one of them is empty")


def test_a_box_within_another_can_be_reached(page, playground):
    field(playground, "Preset").select_option("nested")
    drag(page, playground, (110, 90), (130, 90))
    assert corners(playground, "Other") == [100, 60, 160, 120]
    assert corners(playground) == [40, 20, 200, 160]


def test_what_is_dragged_reaches_python(page, playground):
    drag(page, playground, (50, 60), (70, 110))
    for _ in range(5):  # the page holds a change back while Python has not answered the last one
        page.locator(".jp-Notebook .jp-CodeCell").nth(ASKED).locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        page.wait_for_timeout(1_000)
        if "180.0, 170.0" in cell(page, ASKED).inner_text():
            break
    expect(cell(page, ASKED)).to_contain_text("[60.0, 90.0, 180.0, 170.0] my own")


def test_a_box_is_dragged_by_a_finger(page, playground):
    """As the browser tells it, which would take a finger's second move for a scroll."""
    tools = page.context.new_cdp_session(page)

    def touch(kind, *points):
        points = [dict(zip("xy", place(playground, *point))) for point in points]
        tools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (200, 40))
    touch("touchMove", (215, 35))
    touch("touchMove", (220, 20))
    touch("touchEnd")
    tools.detach()
    expect(field(playground, "Other x2")).to_have_value("220")
    assert corners(playground, "Other") == [80, 20, 220, 120]


def test_arrow_keys_move_what_has_the_focus(page, playground):
    grip(playground, "box 0123").focus()
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    assert corners(playground) == [51, 40, 171, 120]
    page.keyboard.press("Tab")
    expect(grip(playground, "box 01")).to_be_focused()
    page.keyboard.press("Shift+ArrowUp")
    assert corners(playground) == [51, 30, 171, 120]
    expect(grip(playground, "box 01")).to_be_focused()


def test_every_grip_has_a_name(page, playground):
    grips = playground.locator("[data-grip][tabindex]")
    names = grips.evaluate_all("grips => grips.map(grip => grip.getAttribute('aria-label'))")
    assert len(set(names)) == len(names) == 10 and all("arrow keys" in name for name in names)
    nameless = {role for role, name in named(page) if not name.strip()}
    assert nameless <= {"slider"}  # which stands beside a field that has a name


def test_corners_are_typed(playground):
    fill(playground, "Box x2", 80)
    expect(readout(playground)).to_contain_text("they share no area")
    fill(playground, "Box x2", 20)
    expect(playground.get_by_role("alert")).to_have_text(
        "Expected box with x1 ≤ x2 and y1 ≤ y2. Received 40, 40, 20, 120."
    )
    press(playground, "Swap")
    expect(playground.get_by_role("alert")).to_have_count(0)
    assert corners(playground, "Other") == [40, 40, 80, 120]


# --- anchors and suppression ---------------------------------------------------------------------


def point(output, x, y):
    """Click on a pixel of the scene, 80 × 80."""
    frame = output.locator("[data-pick=scene]")
    box = frame.bounding_box()
    frame.click(position={"x": x / 80 * box["width"], "y": y / 80 * box["height"]})


def test_pointing_at_the_scene_and_at_rows_chooses_anchors(page):
    output = cell(page, ANCHORS)
    point(output, 52, 52)
    expect(readout(output)).to_contain_text(re.compile(r"Anchor (39[6-9]|40[01]), "))
    output.locator('[data-pick="object 2"]').tap()
    expect(output).to_contain_text("best anchors of object 2")
    press(output, "Best anchor")
    expect(readout(output)).to_contain_text("takes object 2")


def test_thresholds_follow_keys_and_push_each_other(page):
    output = cell(page, ANCHORS)
    field(output, "Positive").focus()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    expect(field(output, "Negative")).to_have_value("0.3")
    expect(readout(output)).to_contain_text("0 ignored")
    fill(output, "Stride", 40)
    expect(readout(output)).to_contain_text("of 3 objects")
    press(output, "Reset")


def test_suppression_goes_on_and_back_and_marks_the_lost_object(page):
    output = cell(page, STEPPER)
    press(output, "Step")
    expect(readout(output)).to_contain_text("True object 1 is lost")
    expect(output.locator("svg text", has_text="object 1 lost")).to_be_visible()
    press(output, "Back")
    expect(readout(output)).to_contain_text("Step 0 of 2.")
    point(output, 53, 54)
    expect(readout(output)).to_contain_text("Step 2 of 2.")
    fill(output, "Threshold", 0.9)
    expect(readout(output)).to_contain_text(re.compile("of [345]"))
    press(output, "Reset")


def test_every_word_can_be_read(page):
    assert page.evaluate(TOO_FAINT) == []


# --- an exported page ----------------------------------------------------------------------------


def test_boxes_are_dragged_on_a_page_without_a_kernel(browser, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HEADLESS", "1")
    monkeypatch.setenv("COURSE_PAGE", "1")
    InteractiveShell.instance()
    with capture_output() as captured:
        IoUPlayground()._ipython_display_()
    outputs = [new_output("display_data", one.data, metadata=one.metadata or {})
               for one in captured.outputs]  # fmt: skip
    path = tmp_path / "boxes.html"
    notebook = new_notebook(cells=[new_code_cell("show()", outputs=outputs)])
    path.write_text(as_page(notebook, "boxes"), encoding="utf-8")
    context = browser.new_context(viewport=TALL, offline=True)
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(path.as_uri())
    output = page.locator(".jp-OutputArea-output").first
    drag(page, output, (50, 60), (70, 110))
    assert corners(output) == [60, 90, 180, 170]
    expect(readout(output)).to_contain_text("they overlap in part")
    context.close()
    assert problems == []
