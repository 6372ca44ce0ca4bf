"""The student's progress: a JSON file beside the notebooks, and memory where that fails.

A check never fails because of this file: what goes wrong with it comes back as a sentence.
"""

import json
import os
import tempfile
from pathlib import Path

from course_utils import places
from course_utils.exercises.verdict import NOT_ATTEMPTED, NOT_YET, RIGHT

_memory = {}  # {path: {lesson: {name: outcome}}}
_told = set()  # troubles that were already told once


def progress_path():
    """Return where progress is kept: COURSE_PROGRESS, or a hidden file beside the notebooks."""
    return Path(os.environ.get("COURSE_PROGRESS") or places.NOTEBOOKS / ".progress.json").absolute()


def note(lesson, name, outcome):
    """Note an outcome; return a sentence the first time that it cannot be kept, else "".

    Right stays right; a stub leaves no trace; a run without a student keeps nothing.
    """
    if places.headless() or outcome == NOT_ATTEMPTED:
        return ""
    path = progress_path()
    known, trouble = noted()
    outcomes = known.setdefault(lesson, {})
    if outcomes.get(name) != RIGHT:
        outcomes[name] = outcome
    _memory[path] = known
    if not trouble:
        trouble = _write(path, known)
    if (path, trouble) in _told:
        return ""
    _told.add((path, trouble))
    return trouble


def noted():
    """Return ({lesson: {name: outcome}}, trouble): the file merged with this kernel's memory."""
    if places.headless():
        return {}, ""
    path = progress_path()
    kept, trouble = _read(path)
    return _merged(kept, _memory.get(path, {})), trouble


def _merged(one, other):
    """Join two records; where they differ, right wins."""
    merged = {lesson: dict(outcomes) for lesson, outcomes in one.items()}
    for lesson, outcomes in other.items():
        for name, outcome in outcomes.items():
            if merged.setdefault(lesson, {}).get(name) != RIGHT:
                merged[lesson][name] = outcome
    return merged


def _read(path):
    try:
        return _valid(json.loads(path.read_text(encoding="utf-8"))), ""
    except FileNotFoundError:
        return {}, ""
    except (OSError, ValueError, RecursionError) as error:
        return {}, _trouble("read", path, error, "delete the file to begin a new one")


def _valid(content):
    """Return the lessons of a progress file.

    Raises:
        ValueError: the file holds something else.
    """
    lessons = content.get("lessons") if isinstance(content, dict) else None
    if not isinstance(lessons, dict):
        raise ValueError("no record of lessons")
    for outcomes in lessons.values():
        known = isinstance(outcomes, dict) and all(o in (NOT_YET, RIGHT) for o in outcomes.values())
        if not known:
            raise ValueError("an outcome that no check gives")
    return lessons


def _write(path, lessons):
    """Write the file whole or not at all: a torn file would lose what was solved."""
    try:
        path = path.resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=path.name, suffix=".new", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"lessons": lessons}, file, indent=1, sort_keys=True)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except (OSError, ValueError, RuntimeError) as error:
        return _trouble("written", path, error, "set COURSE_PROGRESS to a file that can be")
    return ""


def _trouble(verb, path, error, mend):
    return (
        f"The progress file {path} cannot be {verb} ({type(error).__name__}): what you solve is "
        f"remembered until the kernel stops; {mend}."
    )
