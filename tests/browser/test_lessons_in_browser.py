"""Every explorer of every lesson, found on the lesson's own page, and used by all hands alike."""

import shutil

import pytest
from any_explorer import EXPLORER, answers_finger, answers_keys, answers_mouse
from lesson_copies import LESSONS, copy_lesson
from notebook_page import STARTED, cell, choose, named, open_file, run_cell, still, wait_for_kernel

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect
expect.set_options(timeout=30_000)
pytestmark = pytest.mark.browser

RAN = """() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
  .every(prompt => /\\[\\d+\\]/.test(prompt.textContent))
  || document.querySelector('.jp-OutputArea-output[data-mime-type$="error"]')"""


class Lesson:
    """A lesson on its page, run from top to bottom after a restart."""

    def __init__(self, stem, browser, address, folder):
        self.stem, self.address, self.folder = stem, address, folder
        self.numbers = copy_lesson(stem, folder)
        self.page = open_file(browser, address, stem, has_touch=True)

    def run_after_restart(self):
        """Use the kernel, then restart it and run all cells."""
        choose(self.page, "Run", "Run Selected Cell")
        choose(self.page, "Kernel", "Restart Kernel and Run All Cells…")
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        self.page.wait_for_function(RAN, timeout=3 * STARTED)
        wait_for_kernel(self.page)

    def explorers(self):
        """Yield what each explorer's cell shows."""
        for number in self.numbers:
            explorer = cell(self.page, number).locator(EXPLORER)
            explorer.scroll_into_view_if_needed()
            yield explorer


@pytest.fixture(scope="module", params=LESSONS)
def lesson(request, browser, lab_server, lab_folder):
    """Yield each lesson in turn."""
    lesson = Lesson(request.param, browser, lab_server, lab_folder)
    lesson.run_after_restart()
    yield lesson
    lesson.page.context.close()


@pytest.fixture
def page(lesson):
    return lesson.page


def test_all_cells_run_and_each_explorer_is_there(lesson, page):
    for kind in ("stderr", "error"):
        assert page.locator(f".jp-OutputArea [data-mime-type$={kind}]").all_inner_texts() == []
    for explorer in lesson.explorers():
        expect(explorer).to_have_count(1)
        box = explorer.bounding_box()
        assert box["width"] > 200 and box["height"] > 150
        assert explorer.locator("figure").count() > 0
        expect(explorer.get_by_role("status").first).to_be_visible()
        sizes = "all => all.map(one => one.complete ? one.naturalWidth : one.width)"
        assert all(explorer.locator("img, canvas").evaluate_all(sizes))
    assert page.locator(EXPLORER).count() == len(lesson.numbers)


def test_everything_that_can_be_used_or_seen_has_a_name(lesson, page):
    for explorer in lesson.explorers():  # what is out of sight has no place in the browser's tree
        explorer.evaluate("explorer => explorer.dataset.named = true")
        found = named(page, "[data-named]")
        explorer.evaluate("explorer => delete explorer.dataset.named")
        # ipywidgets cannot name a slider: the field beside it has the name, and does the same.
        assert {role for role, name in found if not name.strip()} <= {"slider"}
        assert "button" in {role for role, _ in found}


@pytest.mark.parametrize("hand", [answers_keys, answers_mouse, answers_finger])
def test_each_explorer_answers(lesson, page, hand):
    for explorer in lesson.explorers():
        assert hand(explorer), explorer.inner_text()


def test_running_a_cell_again_gives_one_explorer_that_works(lesson, page):
    number = lesson.numbers[-1]
    explorer = cell(page, number).locator(EXPLORER)
    explorer.evaluate("explorer => explorer.dataset.old = true")
    run_cell(page, number)
    expect(explorer).not_to_have_attribute("data-old", "true")
    expect(explorer).to_have_count(1)
    assert answers_mouse(explorer)


def test_a_lesson_opened_on_another_day_shows_stills_until_its_cells_run(lesson, page):
    choose(page, "File", "Save Notebook")
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    assert all(still(page, number).is_hidden() for number in lesson.numbers)
    # Under another name it gets a kernel of its own, which knows nothing of the old widgets.
    shutil.copy(lesson.folder / f"{lesson.stem}.ipynb", lesson.folder / "another_day.ipynb")
    page.goto(f"{lesson.address}/doc/tree/another_day.ipynb")
    wait_for_kernel(page)
    for number in lesson.numbers:
        expect(still(page, number).locator("figure").first).to_be_visible()
        expect(still(page, number)).to_contain_text("Run this cell to bring it to life.")
        assert all(still(page, number).locator("img").evaluate_all("all => all.map(i => i.alt)"))
    for lost in page.get_by_text("model not found").all():
        expect(lost).to_be_hidden()
    page.problems[:] = [one for one in page.problems if "not found" not in one]
    bring_to_life(page, lesson.numbers[0])


def bring_to_life(page, number):
    """Run all cells down to an explorer's, and use it."""
    page.locator(".jp-Notebook .jp-CodeCell").nth(number).locator(".cm-content").click()
    choose(page, "Run", "Run All Above Selected Cell")
    run_cell(page, number)
    explorer = cell(page, number).locator(EXPLORER)
    expect(explorer).to_be_visible(timeout=STARTED)
    expect(still(page, number)).to_be_hidden()
    assert answers_mouse(explorer)
