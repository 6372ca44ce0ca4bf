"""KernelTraining by keyboard: steps, a run that is stopped, a rate that is too large."""

import re

import pytest
from notebook_page import STARTED, cell, choose, open_cells

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect
pytestmark = pytest.mark.browser

CELL = "from course_utils.widgets import KernelTraining\nKernelTraining('camera')"


@pytest.fixture(scope="module")
def output(lab_server, lab_folder, browser):
    """Yield the output of the one cell, run."""
    page = open_cells(browser, lab_server, lab_folder, "kernel_training", [CELL])
    choose(page, "Run", "Run All Cells")
    output = cell(page, 0)
    expect(output.get_by_role("status")).to_contain_text("Step 0:", timeout=STARTED)
    yield output
    page.context.close()


def press(output, name):
    button = output.get_by_role("button", name=name, exact=True)
    button.focus()
    button.press("Enter")


def test_steps_are_taken_and_the_picture_follows(output):
    pictures = output.locator("img")
    before = pictures.evaluate_all("all => all.map(one => one.src)")
    press(output, "Step")
    expect(output.get_by_role("status")).to_contain_text("Step 1:")
    press(output, "10 steps")
    expect(output.get_by_role("status")).to_contain_text("Step 11:")
    assert pictures.evaluate_all("all => all.map(one => one.src)") != before


def test_a_run_finds_the_kernel_or_is_stopped(output):
    press(output, "Run")
    expect(output.get_by_role("status")).to_contain_text(re.compile(r"Step (1[2-9]|[2-9]\d)"))
    press(output, "Stop")
    words = output.get_by_role("status").inner_text()
    output.page.wait_for_timeout(1000)
    assert output.get_by_role("status").inner_text() == words


def test_a_rate_that_is_too_large_is_said_to_be(output):
    rate = output.get_by_label("Learning rate", exact=True)
    rate.fill("40")
    rate.press("Enter")
    expect(output.get_by_role("status")).to_contain_text("Choose a smaller learning rate")
    expect(output.get_by_role("alert")).to_have_count(0)
