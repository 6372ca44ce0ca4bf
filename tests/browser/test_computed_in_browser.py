"""Explorers computed in the browser: without a kernel, and in step with one; and what stands in."""

import json
import re
from contextlib import contextmanager

import pytest
from any_explorer import EXPLORER, answers_keys, answers_mouse
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from lesson_copies import LESSONS
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebook_page import CELLS, STARTED, TALL, cell, choose, open_cells, run_cell

from course_utils.authoring.page import as_page, write_page
from course_utils.widgets import ConvStepper, KernelLab, KernelTraining

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect
pytestmark = pytest.mark.browser

STEPPER = ConvStepper([[n * m % 7 for n in range(6)] for m in range(5)], [[1, 0], [0, -1]])
PIXELS = "picture => picture.src ?? picture.toDataURL()"
TABLES = "all => all.map(one => one.innerHTML)"
HOSTILE = "</script><script>throw 1</script> & <b>"


def field(part, label):
    return part.get_by_label(label, exact=True)


def readout(part):
    return part.get_by_role("status")


def press(part, label):
    button = part.get_by_role("button", name=label, exact=True)
    button.focus()
    button.press("Enter")


def typed(part, label, value):
    """Type a number over the one that stands there."""
    field(part, label).focus()
    field(part, label).press("Control+A")
    field(part, label).press_sequentially(str(value))


# --- an exported page ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exported(browser, tmp_path_factory):
    """Yield a page of four explorers, opened from its file where there is no network."""
    path = tmp_path_factory.mktemp("page") / "toy.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_HEADLESS", "1")
        patch.setenv("COURSE_PAGE", "1")
        patch.setattr(KernelLab, "try_this", HOSTILE)
        explorers = [STEPPER, KernelLab("coffee", colours="colour"), STEPPER,
                     KernelTraining("coins", step=2)]  # fmt: skip
        path.write_text(as_page(new_notebook(cells=[shown(*explorers)]), "toy"), encoding="utf-8")
    with opened(browser, path) as page:
        yield page


@contextmanager
def opened(browser, path):
    """Open a file where there is no network."""
    context = browser.new_context(viewport=TALL, offline=True)
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(path.as_uri())
    yield page
    assert page.problems == []
    context.close()


def shown(*explorers):
    """Return a cell with what the explorers show here."""
    InteractiveShell.instance()
    with capture_output() as captured:
        for explorer in explorers:
            explorer._ipython_display_()
    outputs = [new_output("display_data", one.data, metadata=one.metadata or {})
               for one in captured.outputs]  # fmt: skip
    return new_code_cell("show()", outputs=outputs)


def part(exported, number):
    return exported.locator(".jp-OutputArea-output").nth(number)


def test_a_stepper_steps_by_keyboard_on_a_page(exported):
    stepper = part(exported, 0)
    press(stepper, "Step")
    expect(readout(stepper)).to_contain_text("Row 0, column 1:")
    field(stepper, "Row").press("ArrowUp")
    expect(readout(stepper)).to_contain_text("Row 1, column 1:")
    typed(stepper, "Kernel row 0, column 0", -3.5)
    expect(readout(stepper)).to_contain_text("×−3.5 +")
    expect(readout(part(exported, 2))).to_contain_text("Row 0, column 0:")
    press(stepper, "Reset")
    words = json.dumps(STEPPER.description, ensure_ascii=False)
    expect(stepper.locator(f"[aria-label={words}]")).to_be_visible()


def test_hovering_frames_the_window_on_a_page(exported):
    stepper = part(exported, 2)
    press(stepper, "Reset")
    images, outputs = (stepper.locator("figure table").nth(n).locator("td") for n in range(2))
    outputs.nth(7).hover()  # row 1, column 2 of 4 × 5
    frame = stepper.locator(".course-hover:visible").bounding_box()
    first, last = (images.nth(n).bounding_box() for n in (1 * 6 + 2, 2 * 6 + 3))
    expected = {"x": first["x"], "y": first["y"],
                "width": last["x"] + last["width"] - first["x"],
                "height": last["y"] + last["height"] - first["y"]}  # fmt: skip
    assert frame == pytest.approx(expected, abs=1.5)
    assert outputs.nth(7).evaluate("cell => getComputedStyle(cell).textAlign") == "center"
    exported.mouse.move(5, 5)


def test_a_stepper_runs_and_stops_on_a_page(exported):
    stepper = part(exported, 2)
    press(stepper, "Run")
    expect(readout(stepper)).to_contain_text(re.compile(r"column [2-4]:"))
    press(stepper, "Stop")
    press(stepper, "Reset")
    exported.wait_for_timeout(1_000)  # longer than Run's pace
    expect(readout(stepper)).to_contain_text("Row 0, column 0:")


def test_a_lab_changes_its_pixels_on_a_page(exported):
    lab = part(exported, 1)
    expect(lab.get_by_text(HOSTILE)).to_be_visible()
    output = lab.get_by_role("img").nth(1)
    seen = [output.evaluate(PIXELS)]
    field(lab, "Preset").select_option("emboss")
    expect(lab.get_by_role("img", name="kernel emboss,")).to_be_visible()
    seen.append(output.evaluate(PIXELS))
    typed(lab, "Kernel row 2, column 2", -7.25)
    expect(lab.get_by_role("img", name="kernel my own,")).to_be_visible()
    seen.append(output.evaluate(PIXELS))
    field(lab, "Colours").select_option("grey")
    expect(lab.get_by_role("img", name="coffee in grey,")).to_be_visible()
    seen.append(output.evaluate(PIXELS))
    assert len(set(seen)) == 4
    assert field(lab, "Photograph").locator("option").all_inner_texts() == ["coffee"]


@pytest.mark.parametrize("text", ["", "-", "abc", "."])
def test_a_text_that_is_no_number_changes_nothing(exported, text):
    stepper = part(exported, 0)
    press(stepper, "Reset")
    before = stepper.locator("table").evaluate_all(TABLES)
    typed(stepper, "Bias", text) if text else field(stepper, "Bias").fill("")
    field(stepper, "Bias").press("Enter")
    expect(field(stepper, "Bias")).to_have_value("0")
    assert stepper.locator("table").evaluate_all(TABLES) == before


def test_a_heavy_number_is_refused_on_a_page(exported):
    lab = part(exported, 1)
    press(lab, "Reset")
    before = lab.get_by_role("img").nth(1).evaluate(PIXELS)
    typed(lab, "Kernel row 0, column 0", "1e30")
    expect(lab.get_by_role("alert")).to_have_text(
        "Expected numbers from -1e+06 to 1e+06 in the kernel. Received 1e+30."
    )
    typed(lab, "Kernel row 0, column 0", "-1")
    expect(lab.get_by_role("alert")).to_have_count(0)
    assert lab.get_by_role("img").nth(1).evaluate(PIXELS) == before


def test_what_has_no_front_is_a_picture_on_a_page(exported):
    expect(part(exported, 3).locator("img[alt*='gradient descent']")).to_be_visible()


def test_all_that_a_lesson_computes_in_the_browser_moves_on_its_page(browser, tmp_path):
    path = write_page(LESSONS["01_convolution"], tmp_path)
    with opened(browser, path) as page:
        explorers = page.locator(EXPLORER).all()
        assert len(explorers) == path.read_text(encoding="utf-8").count("<div data-front=") > 5
        for explorer in explorers:
            assert answers_keys(explorer) and answers_mouse(explorer), explorer.inner_text()


# --- in step with a kernel -----------------------------------------------------------------------


ASK = "print('asked', stepper.state.row, stepper.state.bias, stepper.data.value, stepper is again)"
LIVE = [
    "from course_utils.widgets import ConvStepper, KernelLab\n"
    "stepper = ConvStepper([[n * m % 7 for n in range(6)] for m in range(5)], [[1, 0], [0, -1]])\n"
    "again = stepper\nstepper",
    "stepper",
    "lab = KernelLab('coins')\nlab",
    "stepper.set(row=3, bias=0.25)\nlab.set(preset='sharpen')\nNone",
    ASK + "\nprint(lab.state.photograph, lab.state.kernel[0, 0], lab.data.image.shape)",
]


@pytest.fixture(scope="module")
def live(lab_server, lab_folder, browser):
    """Yield a notebook whose first three cells have run."""
    page = open_cells(browser, lab_server, lab_folder, "computed", LIVE)
    for _ in range(3):
        choose(page, "Run", "Run Selected Cell")
    expect(readout(cell(page, 2))).to_contain_text("Output from", timeout=STARTED)
    yield page
    assert page.problems == []
    page.context.close()


def test_browser_and_kernel_follow_each_other(live):
    first, second, lab = (cell(live, number) for number in range(3))
    field(first, "Row").press("ArrowUp")
    typed(first, "Bias", 1.5)
    for view in (first, second):
        expect(readout(view)).to_contain_text(re.compile("Row 1, column 0: .* bias 1.5"))
    run_cell(live, 4)
    value = STEPPER.set(row=1, bias=1.5).data.value
    expect(cell(live, 4)).to_contain_text(f"asked 1 1.5 {value} True")

    run_cell(live, 3)
    for view in (first, second):
        expect(readout(view)).to_contain_text(re.compile("Row 3, column 0: .* bias 0.25"))
    expect(lab.get_by_role("img", name="kernel sharpen,")).to_be_visible()

    field(second, "Row").press("ArrowDown")
    typed(lab, "Kernel row 0, column 0", 2)
    expect(readout(first)).to_contain_text("Row 2, column 0:")
    field(lab, "Photograph").select_option("coffee")
    expect(lab.get_by_role("img", name="photograph coffee", exact=True)).to_be_visible()
    expect(lab.get_by_role("img", name="kernel my own,")).to_be_visible()
    run_cell(live, 4)
    expect(cell(live, 4)).to_contain_text("asked 2 0.25")
    expect(cell(live, 4)).to_contain_text("coffee 2.0 (171, 256)")
    # Nothing goes back and forth afterwards.
    expect(readout(first)).to_contain_text("Row 2, column 0:")
    expect(field(lab, "Kernel row 0, column 0")).to_have_value("2")


# --- where core widgets stand in -----------------------------------------------------------------


@pytest.fixture(scope="module")
def core(lab_server, lab_folder, browser):
    """Yield the notebook of explorers, made of core widgets."""
    cells = ["import os\nos.environ['COURSE_CORE_WIDGETS'] = '1'", *CELLS[:3]]
    page = open_cells(browser, lab_server, lab_folder, "core", cells)
    choose(page, "Run", "Run All Cells")
    expect(readout(cell(page, 3))).to_contain_text("Output from", timeout=STARTED)
    yield page
    assert page.problems == []
    page.context.close()


def test_core_widgets_answer_the_same_hands(core):
    stepper, lab = cell(core, 2), cell(core, 3)
    field(stepper, "Row").press("ArrowUp")
    expect(readout(stepper)).to_contain_text("Row 1, column 0:")
    press(stepper, "Step")
    expect(readout(stepper)).to_contain_text("Row 1, column 1:")
    field(stepper, "Dilation").fill("5")
    field(stepper, "Dilation").press("Enter")
    expect(stepper.get_by_role("alert")).to_contain_text("Received one that spans 11.")
    picture = lab.get_by_role("img").nth(1)
    before = picture.evaluate(PIXELS)
    field(lab, "Preset").select_option("sharpen")
    expect(lab.get_by_role("img", name="kernel sharpen,")).to_be_visible()
    assert picture.evaluate(PIXELS) != before
    press(lab, "5 × 5")
    expect(lab.get_by_role("spinbutton")).to_have_count(25)
