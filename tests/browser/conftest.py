"""A real JupyterLab, looked at by a headless Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip

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


@pytest.fixture(scope="session")
def lab_folder(tmp_path_factory):
    """Return the folder in which JupyterLab works; its own settings are in `config`."""
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="session")
def lab_server(lab_folder):
    """Yield the address of a JupyterLab that serves a notebook of explorers."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    folder = lab_folder
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernelspec})
    nbformat.write(notebook, folder / "explorers.ipynb")
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    with (folder / "log.txt").open("w") as log:
        server = subprocess.Popen(_command(folder, port), env=_environment(folder), stdout=log,
                                  stderr=subprocess.STDOUT)  # fmt: skip
        try:
            _wait_for(f"{address}/api", server, folder / "log.txt")
            yield address
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="session")
def browser():
    """Yield a headless Chromium."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def page(lab_server, browser):
    """Yield the notebook's page with all cells run; `page.problems` collects script errors."""
    context = browser.new_context(viewport=TALL)
    yield open_notebook(context, lab_server)
    context.close()


def open_notebook(context, address):
    """Open the notebook in a browser context, run all cells, and return the page."""
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda message: _note(page, message))
    page.set_default_timeout(30_000)
    page.goto(f"{address}/doc/tree/explorers.ipynb")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle", state="attached", timeout=60_000)
    choose(page, "Run", "Run All Cells")
    wait_for_explorers(page)
    return page


def wait_for_explorers(page):
    """Wait until the last cell's explorer stands there."""
    page.wait_for_selector("text=bias 0.5", timeout=120_000)
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle", state="attached", timeout=60_000)


def choose(page, menu, item):
    """Choose an item of JupyterLab's menu bar."""
    page.click(f'.lm-MenuBar-itemLabel:text-is("{menu}")')
    page.click(f'.lm-Menu-itemLabel:text-is("{item}")')


def _note(page, message):
    """Keep script errors; a file that JupyterLab itself does not find is not ours."""
    if message.type == "error" and "Failed to load resource" not in message.text:
        page.problems.append(message.text)


def _command(folder, port):
    quiet = ["--no-browser", "--allow-root", "--ServerApp.token=", "--ServerApp.password="]
    return [sys.executable, "-m", "jupyterlab", *quiet, f"--port={port}", f"--notebook-dir={folder}"]


def _environment(folder):
    environment = {k: v for k, v in os.environ.items() if k != "COURSE_HEADLESS"}
    places = {"PYTHONPATH": ROOT, "JUPYTER_CONFIG_DIR": folder / "config",
              "COURSE_PROGRESS": folder / "progress.json", "HOME": folder}  # fmt: skip
    return environment | {name: str(place) for name, place in places.items()}


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address, server, log, seconds=60):
    for _ in range(seconds * 2):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address)
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")
