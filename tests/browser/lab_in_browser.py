"""Starting a JupyterLab and a headless Chromium: for the tests here, and for the benchmark."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


@contextmanager
def served(folder):
    """Serve a folder by a JupyterLab whose settings are in `folder / "config"`; yield its address.

    Raises:
        RuntimeError: it did not start; with the end of its log.
    """
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


@contextmanager
def chromium():
    """Yield a headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def _command(folder, port):
    quiet = ["--no-browser", "--allow-root", "--ServerApp.token=", "--ServerApp.password="]
    place = [f"--port={port}", f"--notebook-dir={folder}"]
    return [sys.executable, "-m", "jupyterlab", *quiet, *place]


def _environment(folder):
    environment = {k: v for k, v in os.environ.items() if k != "COURSE_HEADLESS"}
    places = {"PYTHONPATH": ROOT, "JUPYTER_CONFIG_DIR": folder / "config",
              "JUPYTER_CONFIG_PATH": ROOT / "binder" / "jupyter",
              "COURSE_PROGRESS": folder / "progress.json",
              "COURSE_CHECKPOINTS": folder / "checkpoints", "HOME": folder}  # fmt: skip
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
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")
