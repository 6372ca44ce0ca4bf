"""Each lesson as *Run all* would, in a fresh kernel, without widgets."""

from results import Row
from timing import rounded

from course_utils.places import NOTEBOOKS

MINUTES = {"06": 8, "07": 8}  # 5 for the others
GIGABYTES = 1.5


def choices():
    """Return {number: path} of the lessons."""
    return {path.name[:2]: path for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))}


def rows(numbers=None):
    """Return minutes and memory of all lessons, or of those with these numbers."""
    paths = choices()
    return [_row(paths[number]) for number in numbers or paths]


def _row(path):
    import nbformat

    from course_utils.authoring.execute import execute, terminal_bar

    notebook = nbformat.read(path, as_version=4)
    run = execute(notebook, NOTEBOOKS, path.stem, report=terminal_bar(path.stem))
    minutes, peak = sum(run.seconds) / 60, run.peak_megabytes
    numbers, memory = {"minutes": minutes}, "memory not told here"
    if peak is not None:
        numbers["gigabytes"] = peak / 1024
        memory = f"{peak / 1024:.2f} GB"
    goal = f"≤ {MINUTES.get(path.name[:2], 5)} minutes, ≤ {GIGABYTES} GB"
    return Row(f"lesson {path.stem}", f"{minutes:.2f} minutes, {memory}", goal, rounded(**numbers))
