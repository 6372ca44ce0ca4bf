"""The files of the course: those git knows or would know, never what it ignores."""

import shutil
import subprocess
from pathlib import Path

# For a copy without git, such as an unpacked archive.
IGNORED = {".git", "__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".hypothesis", "build"}


def project_files(root):
    """Return the paths, relative to root, of all files that belong to the course, sorted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=root, capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return _walk(Path(root))
    paths = {Path(name) for name in listed.stdout.split("\0") if name}
    return sorted(path for path in paths if (Path(root) / path).is_file())


def _walk(root):
    files = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return sorted(path for path in files if not IGNORED & set(path.parts))


def copy_files(paths, root, destination):
    """Copy files, relative to root, to the same places under destination."""
    for path in paths:
        target = Path(destination) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(Path(root) / path, target)


def copy_course(root, destination):
    """Copy the course's files; the data are linked, because nothing writes there."""
    paths = [path for path in project_files(root) if path.parts[0] != "data"]
    copy_files(paths, root, destination)
    if (Path(root) / "data").is_dir():
        (Path(destination) / "data").symlink_to(Path(root) / "data")


def read_text(path):
    """Return a file's text, or None for a file that is not text."""
    try:
        return Path(path).read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
