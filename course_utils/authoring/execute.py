"""Executing a lesson from top to bottom in a fresh kernel, as a student's Run all would."""

import json
import os
import re
import sys
import tempfile
import time
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from course_utils.errors import CourseError

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# What a student can see move: the browser's own element, or the bar that Keras prints.
PROGRESS = re.compile(r"<progress|━{3}|\d+/\d+ .*step")
BAR_WIDTH = 24


class LessonFailed(CourseError):
    """A cell of a lesson raised an error, took too long, or killed its kernel."""


@dataclass(frozen=True)
class Run:
    """One execution of a lesson.

    Attributes:
        notebook: a copy of the lesson with its new outputs.
        seconds: how long each cell took, 0 for prose.
        busy: the same, without the time in which other programs held the processor.
        progress: for each cell, whether something showed that work was going on.
        peak_megabytes: the most memory the kernel held, None where the system does not tell.
    """

    notebook: object
    seconds: tuple
    busy: tuple
    progress: tuple
    peak_megabytes: float | None


def execute(notebook, folder, name="lesson", headless=True, timeout=600, report=None,
            exported=False):
    """Execute all cells in order; the notebook handed in is left as it is.

    Args:
        notebook: the lesson.
        folder: the kernel's working directory, notebooks/ for a lesson.
        name: what an error calls the lesson.
        headless: pictures instead of widgets, as lessons are committed.
        timeout: seconds that one cell may take.
        report: called with (cells done, cells in all) before each cell and at the end.
        exported: the outputs go into a page, where explorers that need no kernel move.

    Raises:
        LessonFailed: names the lesson, the cell's number and the error.
    """
    report = report or (lambda done, total: None)
    client = _Watched(deepcopy(notebook), timeout, folder)
    taken = []
    with tempfile.TemporaryDirectory() as scratch:
        with client.setup_kernel(env=_environment(headless, Path(scratch), exported)):
            for index, cell in enumerate(client.nb.cells):
                report(index, len(client.nb.cells))
                taken.append(_execute_cell(client, cell, index, name))
            peak = _peak_megabytes(client.km.provisioner.pid)
    report(len(client.nb.cells), len(client.nb.cells))
    moved = tuple(index in client.progress for index in range(len(taken)))
    seconds, busy = zip(*taken) if taken else ((), ())
    return Run(client.nb, seconds, busy, moved, peak)


class _Watched(NotebookClient):
    """A client that also notes which cells showed progress."""

    def __init__(self, notebook, timeout, folder):
        super().__init__(
            notebook,
            timeout=timeout,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
        )
        self.progress = set()

    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"] in ("comm_open", "comm_msg", "stream", "display_data"):
            if PROGRESS.search(json.dumps(msg["content"], default=str, ensure_ascii=False)):
                self.progress.add(cell_index)
        return super().process_message(msg, cell, cell_index)


def _environment(headless, scratch, exported=False):
    """Return the kernel's environment: what the author has solved or trained is left alone."""
    hidden = ("COURSE_HEADLESS", "COURSE_HIDE_SOLUTIONS", "COURSE_PAGE")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    chosen = {"COURSE_HEADLESS": headless, "COURSE_PAGE": exported}
    return kept | apart(scratch) | {name: "1" for name, wanted in chosen.items() if wanted}


def apart(scratch):
    """Return the variables of a quiet kernel that keeps what it solves and trains in `scratch`."""
    return {
        "COURSE_PROGRESS": str(scratch / "progress.json"),
        "COURSE_CHECKPOINTS": str(scratch / "checkpoints"),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def _execute_cell(client, cell, index, name):
    """Run one cell; return its (seconds, busy seconds)."""
    process = client.km.provisioner.pid
    started, worked = time.monotonic(), _processor_seconds(process)
    try:
        client.execute_cell(cell, index)
    except CellExecutionError as error:
        trace = ANSI.sub("", error.traceback)
        what = f"{error.ename}: {ANSI.sub('', error.evalue)}"
        raise LessonFailed(f"{name}, cell {index + 1}: {what}\n\n{trace}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise LessonFailed(f"{name}, cell {index + 1}: {error}") from None
    if cell.cell_type != "code":
        return 0.0, 0.0
    taken = time.monotonic() - started
    return taken, taken if worked is None else min(taken, _processor_seconds(process) - worked)


def _processor_seconds(process):
    """Return the processor time of a process's threads so far, None where nothing tells."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_megabytes(process):
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return None
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def terminal_bar(name, stream=sys.stderr):
    """Return a `report` that draws one line with a bar, where a person looks at a terminal."""
    started = time.monotonic()

    def report(done, total):
        if not stream.isatty():
            return
        filled = BAR_WIDTH * done // max(total, 1)
        bar = "#" * filled + "." * (BAR_WIDTH - filled)
        seconds = time.monotonic() - started
        end = "\n" if done == total else ""
        print(f"\r{name} [{bar}] {done}/{total} cells, {seconds:.0f} s", end=end, file=stream)
        stream.flush()

    return report
