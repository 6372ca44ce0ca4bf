"""Fetching the course's newest version without losing what a student has done.

`python -m course_utils.update` keeps a copy of every file that the student changed, as
`notebooks/my_01_convolution.ipynb` and so on, and then brings the course's own files up to date.
Commits and staged changes stay on a branch `my-work-1`. Files of the student's own stay in place.
"""

import filecmp
import os
import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path

from course_utils.errors import CourseError
from course_utils.places import ROOT

NOTEBOOKS = "notebooks"
PREFIX = "my_"
# Changed files that are no notebooks; the name starts with PREFIX, so git ignores it as well.
OTHER_FILES = f"{NOTEBOOKS}/{PREFIX}other_files"


def update(root=ROOT):
    """Bring a clone up to date and keep all of the student's work.

    Args:
        root: the clone's folder.

    Returns:
        Sentences that say what was done.

    Raises:
        CourseError: no git, no clone, no network, or a merge under way; nothing has changed then.
    """
    root = Path(root)
    upstream = _fetched(root)
    if not _git(root, "rev-list", f"HEAD..{upstream}"):
        return ["The course is up to date already; nothing was changed."]
    base = _git(root, "merge-base", "HEAD", upstream).strip()
    copied, own, blocking = _sort(root, base, upstream)
    branch = _keep_history(root, upstream)
    copies = [(path, _keep_copy(root, path)) for path in copied]
    _move_aside(root, own, blocking)
    _git(root, "reset", "--hard", "--quiet", upstream)
    return _told(copies, branch)


def _fetched(root):
    """Fetch, and return the name of the branch that this one follows."""
    if shutil.which("git") is None:
        raise CourseError("Expected git and found none: install it from https://git-scm.com.")
    if _try(root, "rev-parse", "--verify", "--quiet", "HEAD") is None:
        raise CourseError(
            "Expected a clone made by `git clone` and found a folder without history: download "
            "the course anew into another folder and copy your notebooks there."
        )
    upstream = _try(root, "rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}")
    if upstream is None:
        raise CourseError(
            "Expected the course's own branch and found one that follows no other: go back with "
            "`git switch main`, then run the update again. Nothing was changed."
        )
    _require_no_merge(root)
    _fetch(root)
    return upstream.strip()


def _require_no_merge(root):
    if _git(root, "ls-files", "--unmerged"):
        raise CourseError(
            "Expected no merge under way and found one with conflicts: finish it, or leave it with "
            "`git merge --abort`, then run the update again. Nothing was changed."
        )


def _fetch(root):
    if _try(root, "fetch", "--quiet") is None:
        raise CourseError(
            "The newest version could not be fetched: is there a network? Nothing was changed; "
            "run the update again when there is one."
        )


def _sort(root, base, upstream):
    """Return the paths to copy, the student's own files, and the files to move out of the way."""
    theirs = set(_paths(root, "ls-tree", "-r", "--name-only", "-z", upstream))
    course = theirs | set(_paths(root, "ls-tree", "-r", "--name-only", "-z", base))
    changed = {path for path in _differing(root, base) if _exists(root / path)}
    own = changed - course
    blocking = _in_the_way(root, theirs, own)
    copied = (changed & course & _differing(root, upstream)) | blocking
    return sorted(copied), sorted(own), sorted(blocking)


def _differing(root, commit):
    """Return the paths that git follows here and that differ from a commit."""
    return set(_paths(root, "diff", "--name-only", "--no-renames", "-z", commit))


def _in_the_way(root, theirs, own):
    """Return the student's own files that stand where the new version has something of its own."""
    tracked = set(_paths(root, "ls-files", "-z"))
    course = tracked - own
    return {file for path in theirs - course for file in _files_at(root, path)} - course


def _files_at(root, path):
    """Yield the files at a path, under it, or in place of one of its folders."""
    here = root / path
    folders = [one for one in here.parents if one.is_relative_to(root) and one != root]
    for place in [here, *folders]:
        if place.is_symlink() or place.is_file():
            yield place.relative_to(root).as_posix()
    if here.is_dir():
        yield from (one.relative_to(root).as_posix() for one in here.rglob("*") if _exists(one))


def _exists(path):
    return path.is_symlink() or path.is_file()


def _keep_history(root, upstream):
    """Keep commits and staged changes on a branch; return its name, or None if there are none."""
    commits = _git(root, "rev-list", f"{upstream}..HEAD")
    staged = _git(root, "diff", "--cached", "--name-only")
    if not commits and not staged:
        return None
    name = _free_branch(root)
    _git(root, "branch", name, _git(root, "stash", "create").strip() or "HEAD")
    return name


def _free_branch(root):
    taken = set(_git(root, "branch", "--format=%(refname:short)").split())
    return next(name for n in count(1) if (name := f"my-work-{n}") not in taken)


def _keep_copy(root, path):
    """Copy one changed file to its place among the student's own; return that place."""
    for number in count(1):
        place = _place(path, number)
        if not _exists(root / place):
            (root / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / path, root / place, follow_symlinks=False)
            return place
        if (root / place).is_file() and filecmp.cmp(root / path, root / place, shallow=False):
            return place


def _place(path, number):
    path = Path(path)
    name = path.name if number == 1 else f"{path.stem}_{number}{path.suffix}"
    if path.parent.as_posix() == NOTEBOOKS:
        return f"{NOTEBOOKS}/{PREFIX}{name}"
    return (Path(OTHER_FILES) / path.parent / name).as_posix()


def _move_aside(root, own, blocking):
    """Let git forget the student's own files, and clear the places that the new version takes."""
    for path in own:
        _git(root, "update-index", "--force-remove", "--", path)
    for path in blocking:
        (root / path).unlink()


def _told(copies, branch):
    told = ["The course is up to date."]
    told += [f"Your version of {path} is kept as {place}." for path, place in copies]
    if branch:
        told.append(f"Your commits and staged changes are kept on the branch {branch}.")
    return told


def _paths(root, *arguments):
    return [path for path in _git(root, *arguments).split("\0") if path]


def _try(root, *arguments):
    """Return what a git command prints, or None if it fails."""
    env = os.environ | {"GIT_TERMINAL_PROMPT": "0"}  # a question would wait for ever
    command = ["git", "-c", "core.quotePath=false", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", env=env)
    return done.stdout if done.returncode == 0 else None


def _git(root, *arguments):
    printed = _try(root, *arguments)
    if printed is None:
        raise CourseError(
            f"`git {' '.join(arguments)}` failed, so the update stopped; nothing of yours is "
            "lost. Run that command in the course's folder to see why."
        )
    return printed


def main():
    """Update the clone that this file is in, and tell what was done."""
    try:
        print("\n".join(update()))
    except CourseError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
