"""What can be done with any explorer on any page: look at it, use it, start it again."""

from functools import partial
from itertools import product

from notebook_page import cell

EXPLORER = ".course-explorer:not(.course-explorer .course-explorer)"  # none that another one shows
FIELDS = 'input[type="number"], select'
BUTTONS = "button:not(:text-is('Reset')):not(:text-is('Run')):not(:text-is('Save'))"
# All that an explorer shows, and whether it has asked for a file.
SEEN = """explorer => [
  document.querySelectorAll('.asked-for').length,
  ...[...explorer.querySelectorAll('[role=status], [role=alert], figure, img, canvas')]
    .map(one => one.toDataURL?.() ?? one.outerHTML)
].join()"""


def _forget_files(page):
    """Take away the input of a file that was asked for and not given."""
    page.evaluate("document.querySelectorAll('.asked-for').forEach(one => one.remove())")


def seen(explorer):
    """Return all that an explorer shows as one text, to compare."""
    return explorer.evaluate(SEEN)


def differs(explorer, before, seconds=30):
    """Wait until an explorer shows something else than before; return whether it does."""
    for _ in range(round(20 * seconds)):
        if seen(explorer) != before:
            return True
        explorer.page.wait_for_timeout(50)
    return False


def answers(explorer, *acts):
    """Do one thing after the other; return whether the explorer comes to show something else."""
    _forget_files(explorer.page)
    before = seen(explorer)
    for act in acts:
        act()
        if differs(explorer, before, seconds=0.5):
            return True
    return bool(acts) and differs(explorer, before)


def answers_keys(explorer):
    """Change a field by an arrow key, or press a button where there is no field."""
    _forget_files(explorer.page)
    before, fields = seen(explorer), explorer.locator(FIELDS).all()
    if not fields:
        explorer.locator(BUTTONS).first.focus()
        explorer.locator(BUTTONS).first.press("Enter")
    return (not fields or any(map(_changed_by_key, fields))) and differs(explorer, before)


def _changed_by_key(field):
    """Press an arrow in a field, the other one where it is at its end: has its value changed?"""
    before = field.input_value()
    field.focus()
    for key in ("ArrowDown", "ArrowUp"):
        field.press(key)
        if field.input_value() != before:
            return True
    return False


def answers_mouse(explorer):
    """Change something by a key, then click its buttons, and Reset at last."""
    reset = explorer.get_by_role("button", name="Reset", exact=True).first
    clicks = [button.click for button in (*explorer.locator(BUTTONS).all(), reset)]
    # The key may lead back to the start, where Reset has nothing to do: then a second one does not.
    return any(answers_keys(explorer) and answers(explorer, *clicks) for _ in range(2))


def answers_finger(explorer):
    """Tap on what can be pointed at; True as well where there is nothing."""
    places = explorer.locator('[data-pick], canvas[role="application"]').all()
    taps = [partial(_tap, *one) for one in product(places, (0.3, 0.7), (0.4, 0.6))]
    return not taps or answers(explorer, *taps)


def _tap(place, x, y):
    box = place.bounding_box()
    place.tap(position={"x": x * box["width"], "y": y * box["height"]})


def remember(page, numbers):
    """Note what these cells' explorers show at the start, for `reset`."""
    page.starts = {number: seen(cell(page, number).locator(EXPLORER)) for number in numbers}


def reset(page, number):
    """Press Reset, and wait until the explorer shows what it showed at the start."""
    output = cell(page, number)
    explorer = output.locator(EXPLORER)
    for stop in explorer.get_by_role("button", name="Stop", exact=True).all()[:1]:
        stop.click()
    explorer.get_by_role("button", name="Reset", exact=True).first.click()
    explorer.page.wait_for_function(
        f"([explorer, start]) => ({SEEN})(explorer) === start",
        arg=[explorer.element_handle(), page.starts[number]],
    )
    return output
