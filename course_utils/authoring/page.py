"""A page: a lesson as one HTML file whose explorers move without a kernel and without a network."""

import html
import re
from copy import deepcopy
from pathlib import Path

from nbconvert import HTMLExporter

from course_utils.authoring import lesson_files
from course_utils.authoring.execute import execute, terminal_bar
from course_utils.widgets.front import page_script

PIECE = re.compile(r'<div data-front="(\w+)">')


def write_page(path, folder):
    """Execute a lesson, write it as one HTML file, and return the file's path.

    Explorers that are computed in the browser move there; the others are pictures. Pictures,
    photographs and scripts are inside; only formulas load MathJax from the network.

    Args:
        path: the lesson.
        folder: where to; it is made if it is missing.

    Raises:
        LessonFailed: a cell that raised an error.
    """
    path = Path(path)
    report = terminal_bar(path.stem)
    run = execute(lesson_files.read(path), path.parent, path.stem, exported=True, report=report)
    target = Path(folder) / f"{path.stem}.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(as_page(run.notebook, path.stem), encoding="utf-8")
    return target


def as_page(notebook, title):
    """Return an executed notebook as HTML, with the scripts of the explorers in it."""
    exporter = HTMLExporter(exclude_input_prompt=True, exclude_output_prompt=True)
    page, _ = exporter.from_notebook_node(_with_words(notebook), {"metadata": {"name": title}})
    scripts = "\n".join(page_script(name) for name in sorted(set(PIECE.findall(page))))
    before, end, after = page.rpartition("</body>")
    return f"{before}{scripts}\n{end}{after}"


def _with_words(notebook):
    """Return a copy whose pictures are HTML with their alternative text, which nbconvert drops."""
    notebook = deepcopy(notebook)
    for output in (one for cell in notebook.cells for one in cell.get("outputs", ())):
        words = output.get("metadata", {}).get("image/png", {}).get("alt")
        if words:
            source = "".join(output.data.pop("image/png").split())
            output.data["text/html"] = (
                f'<img src="data:image/png;base64,{source}" alt="{html.escape(words)}" '
                'style="max-width:100%">'
            )
    return notebook
