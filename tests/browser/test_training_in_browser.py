"""A training as a student meets it in JupyterLab: it is seen, stopped, and gone on with."""

import re

import pytest
from notebook_page import STARTED, choose, open_cells

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect
pytestmark = pytest.mark.browser

CELLS = [
    "import time\n"
    "from course_utils import datasets, start\n"
    "from course_utils.widgets import watching\n"
    "start(3)\n"
    "import keras\n"
    "(images, labels), _ = datasets.load_mnist()\n"
    "images = images[:2000, ..., None] / 255\n"
    # The first time, the third epoch leaves time to press stop, on any machine.
    "class Slow(keras.callbacks.Callback):\n"
    "    runs = 0\n"
    "    def on_epoch_begin(self, epoch, logs=None):\n"
    "        Slow.runs += epoch == 2\n"
    "        self.pause = 0.5 if (epoch, Slow.runs) == (2, 1) else 0.05\n"
    "    def on_train_batch_begin(self, batch, logs=None):\n"
    "        time.sleep(self.pause)",
    "network = keras.Sequential([\n"
    "    keras.layers.Input((28, 28, 1)), keras.layers.Conv2D(4, 3, 2, activation='relu'),\n"
    "    keras.layers.Flatten(), keras.layers.Dense(10)])\n"
    "network.compile('adam', keras.losses.SparseCategoricalCrossentropy(from_logits=True),\n"
    "                metrics=['accuracy'])\n"
    "history = network.fit(images, labels[:2000], batch_size=50, epochs=4, verbose=0,\n"
    "    validation_split=0.2, callbacks=[*watching('in_the_browser'), Slow()])\n"
    "print('epochs', [epoch + 1 for epoch in history.epoch])",
]


@pytest.fixture(scope="module")
def page(lab_server, lab_folder, browser):
    """Yield a notebook that trains, opened and not run."""
    page = open_cells(browser, lab_server, lab_folder, "training", CELLS)
    yield page
    page.context.close()


def test_a_training_is_seen_stopped_and_gone_on_with(page):
    choose(page, "Run", "Run All Cells")
    output = page.locator(".jp-Notebook .jp-CodeCell").nth(1).locator(".jp-OutputArea")
    watch_and_stop(page, output)
    go_on(page, output)
    assert page.problems == []


def watch_and_stop(page, output):
    """See the first epochs of a training, and press JupyterLab's stop button in the third."""
    bar = output.get_by_role("progressbar", name="Training in_the_browser")
    expect(bar).to_be_visible(timeout=STARTED)
    expect(output).to_contain_text(re.compile(r"epoch 2 of 4, \d+ %, about \d+ s left"))
    expect(output).to_contain_text(re.compile(r"Epoch 2 so far: loss \d\.\d{3}, accuracy 0\.\d{3}"))
    curves = output.get_by_role("img", name=re.compile("^Learning curves of in_the_browser"))
    expect(curves).to_be_visible()
    expect(output).to_contain_text("epoch 3 of 4,", timeout=30_000)
    expect(output).to_contain_text("Epoch 3 so far")
    page.get_by_title("Interrupt the kernel").click()
    expect(output.get_by_role("status")).to_have_text(
        "Stopped in epoch 3 of 4. Run the cell again to go on from the start of epoch 3.",
        timeout=30_000,
    )
    expect(output).to_contain_text("Training in_the_browser: stopped after")
    expect(output).to_contain_text("epochs [1, 2, 3]")
    expect(bar).to_have_count(0)
    expect(output.locator("[data-mime-type*=stderr], [data-mime-type*=error]")).to_have_count(0)


def go_on(page, output):
    """Run the cell once more: it resumes, and ends."""
    page.locator(".jp-Notebook .jp-CodeCell").nth(1).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(output.get_by_role("status")).to_contain_text(
        "Resumed after epoch 2 of 4", timeout=30_000
    )
    expect(output).to_contain_text(
        re.compile(r"Training in_the_browser: done in \d+ s\."), timeout=60_000
    )
    expect(output).to_contain_text("epochs [1, 2, 3, 4]")
    expect(output.get_by_role("img", name=re.compile("4 of 4 epochs"))).to_be_visible()
