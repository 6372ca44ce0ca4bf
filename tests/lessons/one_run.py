"""One execution of a lesson that answers all that the tests of its runs ask.

It is live, with widgets, as a student sees it; an answer follows each exercise and each question;
and where the system allows it, the network is taken away. The lesson runs in a copy of the course,
so that no checkpoint of the author's is read or written. This file is the program that runs in a
process of its own: `python one_run.py LESSON FINDINGS`.
"""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_NETWORK = ["unshare", "--map-root-user", "--net", "sh", "-c"]
LOOPBACK_ONLY = 'ip link set lo up && exec "$@"'  # a kernel talks over the loopback
NOWHERE = ("192.0.2.1", 80)  # an address for documentation (RFC 5737)


def run_once(path, folder):
    """Run a lesson and return what was found.

    Args:
        path: the lesson.
        folder: an empty folder for the findings.

    Returns:
        A dict: `error`, what stopped the run, or ""; `verdicts`, what each check said last, by
        name; `cells`, for each its number in the lesson, its seconds of work, and whether progress
        was shown; `network`, what came of a connection; `plain`, why the network was not taken
        away, or "".
    """
    findings, plain = folder / "findings.json", why_not_isolated()
    command = [sys.executable, __file__, str(path), str(findings)]
    done = subprocess.run(
        command if plain else isolated(command), cwd=ROOT, capture_output=True, text=True
    )
    assert findings.exists(), done.stderr[-3000:]
    return json.loads(findings.read_text(encoding="utf-8")) | {"plain": plain}


def isolated(command):
    """Return a command that runs another one where there is no network but the loopback."""
    return [*WITHOUT_NETWORK, LOOPBACK_ONLY, "sh", *command]


def why_not_isolated():
    """Return why this system's network cannot be taken away, or an empty text."""
    if not shutil.which("unshare") or not shutil.which("ip"):
        return "no network to take away: this system has no `unshare` or no `ip` (iproute2)"
    tried = subprocess.run(isolated([sys.executable, "-c", ""]), capture_output=True, text=True)
    if tried.returncode:
        return f"this system lets nobody take its network away: {tried.stderr.strip()}"
    return ""


def main(path, findings):
    """Run a lesson and write the findings."""
    with tempfile.TemporaryDirectory() as folder:
        found = {"network": what_a_connection_gives(), **found_in(Path(path), Path(folder))}
    Path(findings).write_text(json.dumps(found), encoding="utf-8")


def what_a_connection_gives():
    try:
        socket.create_connection(NOWHERE, 2).close()
    except OSError as error:
        return str(error)
    return "a connection"


def found_in(path, folder):
    """Execute a lesson in a copy of the course; return its error, its verdicts and its cells."""
    from course_utils.authoring import lesson_files, solved
    from course_utils.authoring.execute import LessonFailed, execute
    from course_utils.authoring.tree import copy_course

    copy_course(ROOT, folder)
    answered = solved.solved(lesson_files.read(path), solved.exercises_module(path))
    name = f"{path.stem} with its answers"
    try:
        run = execute(answered, folder / "notebooks", name, headless=False)
    except LessonFailed as error:
        return {"error": str(error), "verdicts": {}, "cells": []}
    cells = list(zip(solved.numbers(answered), run.busy, run.progress))
    return {"error": "", "verdicts": solved.verdicts(run.notebook), "cells": cells}


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(*sys.argv[1:])
