"""From a key to changed pixels, in a real JupyterLab and a headless Chromium: see HOW."""

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from explorer_cases import CASES, EVENTS
from results import NotMeasuredError, Row
from timing import rounded

FOLDER = Path(__file__).parents[1]
BROWSER = FOLDER.parent / "browser"
WAYS = {"front": "computed in the browser", "core": "by the kernel"}
GOALS = {  # median and 95th percentile in milliseconds, and times faster than `interact`
    "client": "on screen ≤ 16 / 33 ms, 50 × interact",
    "kernel": "on screen ≤ 80 / 150 ms, 5 × interact",
    "model": "on screen ≤ 150 / 300 ms",
}
PATIENCE = 15_000  # milliseconds for one answer
QUIET = 120  # milliseconds without a change: then an answer is complete
SLOW_EVENTS = 10  # of `interact`, which takes up to two seconds each
HOW = f"""\
In a browser, JupyterLab and a headless Chromium: median / 95th percentile of {EVENTS} keys, one
after the other ({SLOW_EVENTS} with `interact`), counted from the key event. Changed: the last part
of the picture had changed in the page. On screen: its images were loaded, and the next frame was
made. × says how many times faster than `interact` with `plt.show()`, which draws the same figure in
the same kernel and page. In Python, what an update sends is made into JSON, and its bytes counted.
"""

# Notes when a picture in an output changes. JupyterLab's frame around it, fields and words do not
# count. A frame is made when what was posted in its callback comes back.
WATCH = """area => {
  const seen = (window.benchSeen = {})
  const PICTURE = 'figure, img, canvas, svg, table'
  const holds = node => node.nodeType == 1 &&
    (node.closest(PICTURE) || node.querySelector(PICTURE))
  const shows = ({ target, addedNodes }) =>
    (target.parentElement ?? target).closest(PICTURE) || target.closest?.(PICTURE) ||
    [...addedNodes].some(holds)
  const framed = () => requestAnimationFrame(() => {
    const channel = new MessageChannel()
    channel.port1.onmessage = () => (seen.screen = performance.now())
    channel.port2.postMessage(0)
  })
  const loaded = image => image.complete || new Promise(done => (image.onload = done))
  window.benchObserver?.disconnect()
  window.benchObserver = new MutationObserver(records => {
    if (!seen.start || !records.some(shows)) return
    seen.changed = performance.now()
    seen.screen = null
    Promise.all([...area.querySelectorAll('img')].map(loaded)).then(framed)
  })
  const all = { subtree: true, childList: true, attributes: true, characterData: true }
  window.benchObserver.observe(area, all)
  window.benchKeys?.abort()
  window.benchKeys = new AbortController()
  const begin = event => event.key == 'Shift' || (seen.start ??= event.timeStamp)
  for (const kind of ['keydown', 'input'])
    window.addEventListener(kind, begin, { capture: true, signal: window.benchKeys.signal })
}"""
CLEAR = "() => { for (const name in benchSeen) delete benchSeen[name] }"
DONE = f"() => benchSeen.screen && performance.now() - benchSeen.changed > {QUIET}"
TIMES = "() => [benchSeen.changed - benchSeen.start, benchSeen.screen - benchSeen.start]"


def rows():
    """Return a row for each change and each way to show it.

    Raises:
        NotMeasuredError: there is no browser here, or what drives it is missing.
    """
    missing = _missing()
    if missing:
        raise NotMeasuredError(f"no {missing} here")
    if str(BROWSER) not in sys.path:
        sys.path.append(str(BROWSER))
    from lab_in_browser import chromium, served

    folder = Path(tempfile.mkdtemp(prefix="course_latency_"))
    try:
        with served(folder) as address, chromium() as browser:
            return _measured(browser, address, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _missing():
    try:
        import anywidget  # noqa: F401
        import playwright  # noqa: F401
    except ImportError as problem:
        return problem.name
    return "" if shutil.which("chromium") or shutil.which("chromium-browser") else "Chromium"


def _measured(browser, address, folder):
    from notebook_page import choose, open_cells

    setup = f"import sys\nsys.path.append({str(FOLDER)!r})\nimport explorer_cases"
    page = open_cells(browser, address, folder, "latency", [setup, ""])
    choose(page, "Run", "Run Selected Cell")
    found = []
    for name, case in CASES.items():
        print(f"  {case.what}", file=sys.stderr)
        found += _case_rows(page, name, case)
    return found


def _case_rows(page, name, case):
    """Return a case's rows; where an answer does not come, one that says what the page says."""
    from playwright.sync_api import Error

    try:
        slow = _times(page, name, "interact")
        found = [
            _row(f"{case.what}, {WAYS[way]}", GOALS[goal], _times(page, name, way), slow)
            for way, goal in case.goals.items()
        ]
    except Error as problem:
        why = page.problems[-1] if page.problems else str(problem)
        return [Row(case.what, f"not measured: {why.splitlines()[0]}")]
    return [*found, _row(f"{case.what}, `interact`", "", slow)]


def _row(what, goal, times, slow=None):
    return Row(what, in_words(times, slow), goal, numbers_of(times, slow))


def _times(page, name, way):
    """Return (changed, on screen) in milliseconds of each event of a case: (events, 2)."""
    output = _show(page, name, way)
    output.evaluate(WATCH)
    times = []
    for target, key in _keys(page, output, name, way):
        target.focus()
        page.evaluate(CLEAR)
        _press(target, key)
        page.wait_for_function(DONE, polling=40, timeout=PATIENCE)
        times.append(page.evaluate(TIMES))
    return np.array(times)


def _show(page, name, way):
    """Run `explorer_cases.show` in the last cell; return its output when all stands there."""
    from notebook_page import STARTED

    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(1)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(f"explorer_cases.show('{name}', '{way}')")
    page.keyboard.press("Control+Enter")
    output = cell.locator(".jp-Cell-outputArea")
    output.get_by_text(f"measured: {name} {way}", exact=True).wait_for(timeout=STARTED)
    output.locator("img" if way == "interact" else "[role=status]").first.wait_for(timeout=STARTED)
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle", state="attached", timeout=STARTED)
    page.wait_for_timeout(500)  # what follows the first picture
    return output


def _keys(page, output, name, way):
    """Yield (what gets the focus, key) of each event of a case."""
    if way == "interact":
        number = output.get_by_label("Number", exact=True)
        yield from [(number, "ArrowUp")] * SLOW_EVENTS
        return
    if name == "pad":
        output.get_by_role("application").focus()
        page.keyboard.press("Space")  # the pen goes down
        page.wait_for_timeout(1000)
    for label, key in CASES[name].keys:
        yield _target(output, label, key), key


def _press(target, key):
    if key.startswith("choose "):
        target.select_option(key.removeprefix("choose "))
    else:
        target.press(key)


def _target(output, label, key):
    if label == "Pad":
        return output.get_by_role("application")
    if key == "Enter":
        return output.get_by_role("button", name=label, exact=True)
    return output.get_by_label(label, exact=True)


def numbers_of(times, slow=None):
    """Return median and 95th percentile of both moments, and how many times faster than `slow`."""
    found = {}
    for moment, name in enumerate(("changed", "screen")):
        middle, late = np.percentile(times[:, moment], [50, 95])
        found |= {f"{name}_median_ms": middle, f"{name}_p95_ms": late}
        if slow is not None:
            found[f"{name}_times_interact"] = np.median(slow[:, moment]) / middle
    return rounded(**found)


def in_words(times, slow=None):
    """Return median and 95th percentile of both moments; and how many times `slow` they are.

    Args:
        times, slow: (events, 2) milliseconds: changed, on screen.
    """
    said = []
    for moment, name in enumerate(("changed", "on screen")):
        middle, late = np.percentile(times[:, moment], [50, 95])
        faster = ""
        if slow is not None:
            faster = f" ({np.median(slow[:, moment]) / middle:.0f} ×)"
        said.append(f"{name} {middle:.0f} / {late:.0f} ms{faster}")
    return ", ".join(said)
