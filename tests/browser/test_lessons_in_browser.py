"""Every explorer of every lesson, found on the lesson's own page, and used by all hands alike."""

import shutil
from functools import partial
from itertools import product

import pytest
from lesson_copies import LESSONS, copy_lesson
from notebook_page import STARTED, cell, choose, named, open_file, press, run_cell, wait_for_kernel

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect
expect.set_options(timeout=30_000)
pytestmark = pytest.mark.browser

EXPLORER = ".course-explorer:not(.course-explorer .course-explorer)"  # none that another one shows
FIELDS = 'input[type="number"], select'
BUTTONS = "button:not(:text-is('Reset')):not(:text-is('Run')):not(:text-is('Save'))"
# All that an explorer shows, and whether it has asked for a file.
SEEN = """explorer => [
  document.querySelectorAll('.asked-for').length,
  ...[...explorer.querySelectorAll('[role=status], figure, img, canvas')]
    .map(one => one.toDataURL?.() ?? one.outerHTML + (one.src ?? ''))
].join()"""
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
            self.page.evaluate("document.querySelector('.asked-for')?.remove()")
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


@pytest.fixture(autouse=True)
def no_script_error(lesson):
    yield
    assert lesson.page.problems == []


def seen(explorer):
    return explorer.evaluate(SEEN)


def answers(explorer, *acts):
    """Do one thing after the other until the explorer shows something else."""
    before = seen(explorer)
    for act in acts:
        act()
        if differs(explorer, before, seconds=0.5):
            return True
    return differs(explorer, before)


def differs(explorer, before, seconds=10):
    """Wait until an explorer shows something else than before; return whether it does."""
    for _ in range(round(20 * seconds)):
        if seen(explorer) != before:
            return True
        explorer.page.wait_for_timeout(50)
    return False


def test_all_cells_run_and_each_explorer_is_there(lesson):
    outputs = lesson.page.locator(".jp-OutputArea-output")
    for kind in ("stderr", "error"):
        assert outputs.and_(lesson.page.locator(f"[data-mime-type$={kind}]")).all_inner_texts() == []
    for explorer in lesson.explorers():
        expect(explorer).to_have_count(1)
        box = explorer.bounding_box()
        assert box["width"] > 200 and box["height"] > 150
        assert explorer.locator("figure").count() > 0
        expect(explorer.get_by_role("status").first).to_be_visible()
        sizes = "all => all.map(one => one.complete ? one.naturalWidth : one.width)"
        assert all(explorer.locator("img, canvas").evaluate_all(sizes))
    assert lesson.page.locator(EXPLORER).count() == len(lesson.numbers)


def test_everything_that_can_be_used_or_seen_has_a_name(lesson):
    for explorer in lesson.explorers():  # what is out of sight has no place in the browser's tree
        explorer.evaluate("explorer => explorer.dataset.named = true")
        found = named(lesson.page, "[data-named]")
        explorer.evaluate("explorer => delete explorer.dataset.named")
        assert [role for role, name in found if not name.strip()] == []
        assert "button" in {role for role, _ in found}


def test_each_explorer_answers_keys(lesson):
    for explorer in lesson.explorers():
        before, fields = seen(explorer), explorer.locator(FIELDS).all()
        assert any(map(changed_by_key, fields)) if fields else press_by_key(explorer)
        assert differs(explorer, before), explorer.inner_text()


def changed_by_key(field):
    """Press an arrow in a field, the other one where it is at its end: has its value changed?"""
    before = field.input_value()
    field.focus()
    for key in ("ArrowDown", "ArrowUp"):
        field.press(key)
        if field.input_value() != before:
            return True
    return False


def press_by_key(explorer):
    explorer.locator(BUTTONS).first.focus()
    explorer.locator(BUTTONS).first.press("Enter")
    return True


def test_each_explorer_answers_a_mouse(lesson):
    for explorer in lesson.explorers():
        buttons = explorer.locator(BUTTONS).all()
        assert answers(explorer, *(one.click for one in buttons)), explorer.inner_text()


def test_each_picture_that_can_be_pointed_at_answers_a_finger(lesson):
    for explorer in lesson.explorers():
        places = explorer.locator('[data-pick], canvas[role="application"]').all()
        taps = [partial(tap, *one) for one in product(places, (0.3, 0.7), (0.4, 0.6))]
        assert not taps or answers(explorer, *taps), explorer.inner_text()


def tap(place, x, y):
    box = place.bounding_box()
    place.tap(position={"x": x * box["width"], "y": y * box["height"]})


def test_running_a_cell_again_gives_one_explorer_that_works(lesson):
    number = lesson.numbers[-1]
    explorer = cell(lesson.page, number).locator(EXPLORER)
    explorer.evaluate("explorer => explorer.dataset.old = true")
    run_cell(lesson.page, number)
    expect(explorer).not_to_have_attribute("data-old", "true")
    expect(explorer).to_have_count(1)
    press(explorer, "Reset")


def test_a_lesson_opened_on_another_day_shows_stills_until_its_cells_run(lesson):
    page, still = lesson.page, ".course-still figure"
    choose(page, "File", "Save Notebook")
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    assert all(cell(page, number).locator(still).first.is_hidden() for number in lesson.numbers)
    # Under another name it gets a kernel of its own, which knows nothing of the old widgets.
    shutil.copy(lesson.folder / f"{lesson.stem}.ipynb", lesson.folder / "another_day.ipynb")
    page.goto(f"{lesson.address}/doc/tree/another_day.ipynb")
    wait_for_kernel(page)
    for number in lesson.numbers:
        output = cell(page, number)
        expect(output.locator(still).first).to_be_visible()
        expect(output.get_by_text("Run this cell to bring it to life.")).to_be_visible()
        words = output.locator(".course-still img").evaluate_all("all => all.map(one => one.alt)")
        assert all(words)
    for lost in page.get_by_text("model not found").all():
        expect(lost).to_be_hidden()
    assert any("model_not_found" in one or "not found" in one for one in page.problems)
    page.problems.clear()
