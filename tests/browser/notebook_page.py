"""The notebook that the browser opens: what is in it, how to get it run, and how to use it."""

import nbformat

STARTED = 120_000  # milliseconds: a kernel starts, on a machine that does other things too

# In place of the system's window for files, which a driver does not always see open: the input that
# a button opens it for stands on the page.
NO_WINDOW = """
const open = HTMLInputElement.prototype.click
HTMLInputElement.prototype.click = function () {
  if (this.type != 'file') return open.call(this)
  this.className = 'asked-for'
  document.body.append(this)
}"""

# So tall that no cell is out of sight: JupyterLab removes what it need not show.
TALL = {"width": 1500, "height": 3200}

# What the tests look at: each explorer and question once, on photographs.
CELLS = [
    "from course_utils import datasets\n"
    "from course_utils.exercises import lesson_01 as exercises\n"
    "from course_utils.widgets import ConvStepper, KernelLab\n"
    'photograph = datasets.load_photograph("camera", grey=True)\n'
    "kernel = [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]",
    "stepper = ConvStepper(photograph[216:224, 300:308], kernel)\nstepper",
    'lab = KernelLab("coffee", colours="colour")\nlab',
    "exercises.quiz_positions",
    'coffee = datasets.load_photograph("coffee")[::2, ::2]\n'
    "colours = ConvStepper(coffee[50:56, 84:90], [[[1, -1, 0]] * 3] * 3, bias=0.5)\ncolours",
]


def open_notebook(browser, address, has_touch=False):
    """Open the notebook of explorers, run all cells, and return the page."""
    page = open_file(browser, address, "explorers", has_touch)
    choose(page, "Run", "Run All Cells")
    page.wait_for_selector("text=bias 0.5", timeout=STARTED)  # the last cell's
    wait_for_kernel(page)
    return page


def run_cell(page, number):
    """Run a cell in its place, as Control and Enter do."""
    page.locator(".jp-Notebook .jp-CodeCell").nth(number).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")


def write_cells(folder, name, sources):
    """Write a notebook of code cells into JupyterLab's folder."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernelspec})
    nbformat.write(notebook, folder / f"{name}.ipynb")


def open_cells(browser, address, folder, name, sources, has_touch=False):
    """Write a notebook of these cells into JupyterLab's folder, and open it without running it.

    Returns:
        Its page, in a browser context of its own; `page.problems` collects script errors.
    """
    write_cells(folder, name, sources)
    return open_file(browser, address, name, has_touch)


def open_file(browser, address, name, has_touch=False):
    """Open a notebook of JupyterLab's folder as `open_cells` does."""
    context = browser.new_context(viewport=TALL, has_touch=has_touch)
    context.add_init_script(NO_WINDOW)
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: _note(page, str(error)))
    page.on("console", lambda one: one.type == "error" and _note(page, one.text))
    page.set_default_timeout(30_000)
    page.goto(f"{address}/doc/tree/{name}.ipynb")
    wait_for_kernel(page)
    return page


def wait_for_kernel(page):
    """Wait until the kernel has nothing to do."""
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle", state="attached", timeout=STARTED)


def choose(page, menu, item):
    """Choose an item of JupyterLab's menu bar."""
    page.click(f'.lm-MenuBar-itemLabel:text-is("{menu}")')
    page.click(f'.lm-Menu-itemLabel:text-is("{item}")')


def choose_theme(page, theme):
    """Choose JupyterLab's "Light" or "Dark", and wait until it is there."""
    page.click('.lm-MenuBar-itemLabel:text-is("Settings")')
    page.hover('.lm-Menu-itemLabel:text-is("Theme")')
    page.click(f'.lm-Menu-itemLabel:text-is("JupyterLab {theme}")')
    light = str(theme == "Light").lower()
    page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")
    page.wait_for_timeout(500)  # the theme's own style has to arrive


def overhang(page, size, *selectors):
    """Return how many pixels what is selected is too wide, at most, in a narrow window.

    Args:
        size: of the window before and afterwards, {"width", "height"}.
        selectors: each selects something.
    """
    page.set_viewport_size({**size, "width": 700})
    wide = "all => all.map(one => one.scrollWidth - one.clientWidth)"
    found = [page.locator(selector).evaluate_all(wide) for selector in selectors]
    page.set_viewport_size(size)
    return max(max(each) for each in found)


# Files that JupyterLab itself does not find; and MathJax 2, which ipywidgets 7 asks, once a widget
# is shown, on pages with formulas: JupyterLab 4 has a later one.
NOT_OURS = ("Failed to load resource", "of undefined (reading 'Queue')")


def _note(page, text):
    """Keep a script error, unless it is none of ours."""
    if not any(known in text for known in NOT_OURS):
        page.problems.append(text)


# --- using it ------------------------------------------------------------------------------------


def cell(page, number):
    """Return the outputs of one cell, but for the still that stands for a lost widget."""
    outputs = ".jp-OutputArea-child:not(:has(.course-still))"
    return page.locator(".jp-Notebook .jp-CodeCell").nth(number).locator(outputs)


def still(page, number):
    """Return what stands for a cell's widget in a notebook that is opened again."""
    return page.locator(".jp-Notebook .jp-CodeCell").nth(number).locator(".course-still")


def press(output, label):
    output.get_by_role("button", name=label, exact=True).click()


def field(output, label):
    return output.get_by_label(label, exact=True)


def fill(output, label, value):
    field(output, label).fill(str(value))
    field(output, label).press("Enter")


def readout(output):
    return output.get_by_role("status")


ROLES = {"button", "textbox", "spinbutton", "combobox", "image", "checkbox", "slider"}


def named(page, selector=".jp-OutputArea-output"):
    """Return (role, name) of all that can be used or seen: by the browser's accessibility tree."""
    tools = page.context.new_cdp_session(page)
    root = tools.send("DOM.getDocument")["root"]["nodeId"]
    outputs = tools.send("DOM.querySelectorAll", {"nodeId": root, "selector": selector})["nodeIds"]
    found = []
    for output in outputs:
        nodes = tools.send("Accessibility.queryAXTree", {"nodeId": output})["nodes"]
        seen = [n for n in nodes if not n["ignored"] and n["role"]["value"] in ROLES]
        found += [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in seen]
    tools.detach()
    return found


# WCAG 2.2: every word against the nearest background behind it; gradients are tested elsewhere.
TOO_FAINT = """() => {
  const parts = text => text.match(/[\\d.]+/g).map(Number)
  const light = colour => colour.slice(0, 3).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0)
  const ground = node => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor)
      if (colour.length == 3 || colour[3] == 1) return colour
    }
    return [255, 255, 255]
  }
  const faint = []
  for (const node of document.querySelectorAll('.jp-OutputArea-output *')) {
    const own = [...node.childNodes].some(n => n.nodeType == 3 && n.textContent.trim())
    const input = ['INPUT', 'SELECT'].includes(node.tagName)
    if (!own && !input || node.closest('style, .zero') || !node.getClientRects().length) continue
    const [a, b] = [light(parts(getComputedStyle(node).color)), light(ground(node))]
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (ratio < 4.5) faint.push([node.tagName, node.textContent.slice(0, 40), ratio.toFixed(2)])
  }
  return faint
}"""
