"""Fixtures: a toy course of one lesson."""

import subprocess

import nbformat
import pytest
from toy_course import DOUBLE, PYPROJECT, toy_lesson


@pytest.fixture
def toy(tmp_path):
    """Return the folder of a toy course that git knows, its lesson not yet executed."""
    root = tmp_path / "toy"
    files = {
        "pyproject.toml": PYPROJECT,
        ".gitignore": "ignored.txt\n",
        "ignored.txt": "not part of the course",
        "course_utils/__init__.py": "",
        "course_utils/by_hand/__init__.py": "",
        "course_utils/by_hand/toy.py": f"import math\n\n\n{DOUBLE}\n\nHALF = 0.5\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "notebooks").mkdir()
    nbformat.write(toy_lesson(), root / "notebooks" / "01_toy.ipynb")
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    return root


@pytest.fixture
def lesson(toy):
    """Return the path of the toy course's lesson."""
    return toy / "notebooks" / "01_toy.ipynb"
