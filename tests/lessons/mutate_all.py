"""Mutants of several lessons, one after the other, in a process beside pytest's own.

They take longest of all tests, and mostly one core: so pytest starts this program when it has
collected its tests, and goes on with others meanwhile. `python mutate_all.py FOLDER LESSON …`
writes what became of each lesson's mutants to FOLDER/LESSON.json.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Mutants:
    """The program, running.

    Args:
        folder: an empty folder for what it finds.
        paths: the lessons.
    """

    def __init__(self, folder, paths):
        self.folder = folder
        command = [sys.executable, __file__, str(folder), *map(str, paths)]
        self.log = (folder / "log.txt").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def outcomes_of(self, path):
        """Wait for a lesson's outcomes, and return them; an error of the program is raised here."""
        from course_utils.authoring.mutations import Outcome

        found = self.folder / f"{path.stem}.json"
        while not found.exists() and self.process.poll() is None:
            time.sleep(0.2)
        assert found.exists(), (self.folder / "log.txt").read_text(encoding="utf-8")[-3000:]
        return [Outcome(**one) for one in json.loads(found.read_text(encoding="utf-8"))]

    def stop(self):
        """End the program and all that it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()
        self.log.close()


def main(folder, *paths):
    """Write the outcomes of each lesson's mutants, as soon as they are there."""
    from course_utils.authoring.mutations import mutate_lesson

    threading.Thread(target=_end_with, args=[os.getppid()], daemon=True).start()
    for path in map(Path, paths):
        outcomes = [asdict(one) for one in mutate_lesson(ROOT, path)]
        written = Path(folder) / f"{path.stem}.part"
        written.write_text(json.dumps(outcomes), encoding="utf-8")
        written.rename(written.with_suffix(".json"))  # whole, or not there


def _end_with(parent):
    """End all that was started here when pytest is no more, however it ended."""
    while os.getppid() == parent:
        time.sleep(1)
    os.killpg(0, signal.SIGTERM)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(*sys.argv[1:])
