"""Each lesson executed again: solved, live with widgets, and with the network taken away."""

import shutil
import subprocess
import sys

import pytest

from course_utils.authoring import lesson_files
from course_utils.authoring.execute import execute
from course_utils.authoring.solved import exercises_module, solved, verdicts
from course_utils.places import ROOT

# A student should not wait longer than this without seeing that something goes on. Counted is the
# kernel's own work, so that other programs on the machine do not turn a quick cell slow.
SECONDS_WITHOUT_PROGRESS = 2.0
WITHOUT_NETWORK = ["unshare", "--map-root-user", "--net", "sh", "-c"]
LOOPBACK_ONLY = 'ip link set lo up && exec "$@"'


def test_with_every_reference_in_place_every_verdict_is_right(path):
    exercises = exercises_module(path)
    notebook = solved(lesson_files.read(path), exercises)
    said = verdicts(execute(notebook, path.parent, f"{path.stem}, solved").notebook)
    assert said
    assert {name: text for name, text in said.items() if not text.startswith("Right.")} == {}


def test_every_exercise_and_question_of_the_module_stands_in_the_lesson(path):
    from course_utils.exercises import Exercise, Quiz

    items = vars(exercises_module(path)).values()
    wanted = {one.name for one in items if isinstance(one, (Exercise, Quiz))}
    cells = lesson_files.read(path).cells
    keys = ("exercise", "quiz")
    assert wanted == {n for c in cells for key in keys for n in lesson_files.names_in(c, key)}


def test_live_it_raises_nothing_and_shows_progress_where_it_takes_long(path):
    run = execute(lesson_files.read(path), path.parent, f"{path.stem}, live", headless=False)
    slow = [index for index, taken in enumerate(run.busy) if taken > SECONDS_WITHOUT_PROGRESS]
    silent = [index + 1 for index in slow if not run.progress[index]]
    assert not silent, f"cells {silent} of {path.stem} take longer than 2 s and show no progress"


def test_it_needs_no_network(path, tmp_path):
    _require_namespaces()
    probe = _isolated("-c", "import socket; socket.create_connection(('192.0.2.1', 80), 2)")
    assert "unreachable" in probe.stderr, probe.stderr
    script = tmp_path / "offline.py"
    script.write_text(OFFLINE)
    done = _isolated(str(script), str(path), cwd=str(ROOT))
    assert done.returncode == 0, done.stderr[-3000:]


OFFLINE = """import sys
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))
from course_utils.authoring import lesson_files
from course_utils.authoring.execute import execute

path = Path(sys.argv[1])
execute(lesson_files.read(path), path.parent, path.stem)
"""


def _isolated(*arguments, cwd=None):
    command = [*WITHOUT_NETWORK, LOOPBACK_ONLY, "sh", sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def _require_namespaces():
    if not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("no network to take away: this system has no `unshare` or no `ip` (iproute2)")
    tried = _isolated("-c", "")
    if tried.returncode:
        pytest.skip(f"this system lets nobody take its network away: {tried.stderr.strip()}")
