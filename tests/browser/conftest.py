"""A real JupyterLab, looked at by a headless Chromium."""

import pytest
from lab_in_browser import CHROMIUM, chromium, served
from notebook_page import CELLS, open_notebook, write_cells


@pytest.fixture(scope="module")
def lab_folder(tmp_path_factory):
    """Return the folder in which JupyterLab works; its own settings are in `config`."""
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def lab_server(lab_folder):
    """Yield the address of a JupyterLab that serves a notebook of explorers."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    write_cells(lab_folder, "explorers", CELLS)
    with served(lab_folder) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    """Yield a headless Chromium."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def page(lab_server, browser):
    """Yield the notebook's page with all cells run; `page.problems` collects script errors."""
    page = open_notebook(browser, lab_server)
    yield page
    page.context.close()


@pytest.fixture(autouse=True)
def no_script_error(request):
    """Fail where a script failed on the test's page."""
    yield
    page = request.node.funcargs.get("page")
    assert page is None or page.problems == []
