"""A picture uploaded by hand into a live notebook, and one that is refused."""

import io

import pytest
from notebook_page import STARTED, cell, choose, open_cells
from PIL import Image

from course_utils import datasets
from course_utils.handwriting import photographed

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect
pytestmark = pytest.mark.browser

# A network without Keras: how much ink each tenth of the picture's width holds.
CELLS = [
    "import numpy as np\n"
    "from course_utils.widgets import DigitUpload\n"
    "def network(batch, training):\n"
    "    columns = np.array_split(batch[0, ..., 0], 10, axis=1)\n"
    "    return np.array([[part.sum() for part in columns]])\n"
    "upload = DigitUpload(network)\nupload",
]


@pytest.fixture(scope="module")
def page(lab_server, lab_folder, browser):
    """Yield a notebook with a DigitUpload, opened and run."""
    page = open_cells(browser, lab_server, lab_folder, "upload", CELLS)
    choose(page, "Run", "Run All Cells")
    expect(page.get_by_role("status").filter(has_text="Read as")).to_be_visible(timeout=STARTED)
    yield page
    page.context.close()


def picture(place, kind="PNG", size=None):
    (_, _), (digits, _) = datasets.load_mnist()
    stream = io.BytesIO()
    image = Image.fromarray((photographed(digits[place]) * 255).astype("uint8"))
    (image.convert("RGB").resize(size) if size else image).save(stream, kind)
    return stream.getvalue()


def upload(page, name, content):
    """Press the button by keyboard, and give the file that it asks for."""
    button = page.get_by_role("button", name="Upload a picture")
    button.focus()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    wanted = page.locator("input.asked-for")
    wanted.set_input_files({"name": name, "mimeType": "image/png", "buffer": content})
    wanted.evaluate("input => input.remove()")


def test_an_uploaded_picture_is_read_and_a_wrong_file_is_refused(page):
    output = cell(page, 0)
    status, images = output.get_by_role("status"), output.locator("img")
    expect(images).to_have_count(4)
    start, first = status.inner_text(), images.last.get_attribute("src")
    upload(page, "one.png", picture(2))
    expect(images.last).not_to_have_attribute("src", first)
    expect(status).not_to_have_text(start)
    words, second = status.inner_text(), images.last.get_attribute("src")
    upload(page, "digit.pdf", b"%PDF-1.7\n" + bytes(300))
    expect(output.get_by_role("alert")).to_contain_text("Received a PDF: open it and export it")
    expect(status).to_have_text(words)
    expect(images.last).to_have_attribute("src", second)
    output.get_by_role("button", name="Reset", exact=True).click()
    expect(output.get_by_role("alert")).to_have_count(0)
    expect(images.last).to_have_attribute("src", first)
    upload(page, "one.png", picture(2))  # the same once more
    expect(images.last).to_have_attribute("src", second)
    assert page.problems == []


def test_a_photograph_of_12_megabytes_comes_through_with_the_courses_settings(page):
    """Tornado's own limit is 10 MiB; beyond it the connection breaks, and the button is dead."""
    output = cell(page, 0)
    images = output.locator("img")
    before, large = images.last.get_attribute("src"), picture(4, "BMP", (2400, 1800))
    assert 10 * 2**20 < len(large) < 64 * 2**20
    upload(page, "large.bmp", large)
    expect(images.last).not_to_have_attribute("src", before, timeout=60_000)
    expect(output.get_by_role("alert")).to_have_count(0)
