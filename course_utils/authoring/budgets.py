"""The budgets of a lesson: short cells, enough prose, described pictures, nothing of one machine.

Every function is pure: a notebook in, numbers or complaints out. A complaint is one sentence.
"""

import base64
import io
import json
import math
import re
import statistics
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from course_utils.authoring.lesson_files import (
    code_cells,
    is_first_cell,
    markdown_cells,
    names_in,
    to_bytes,
)

MEDIAN_LINES, NINETIETH_LINES, MOST_LINES = 6, 18, 25
FEWEST_WORDS, MOST_WORDS = 45, 90
FIGURE_SHARE = 0.25
REPEATED_SHARE, REPEATED_IN = 0.03, 3
MOST_KILOBYTES = 700
SHORTEST_DESCRIPTION = 40
# A picture whose pixels stray less than this from their mean (of 0 to 255) shows nothing.
LEAST_CONTRAST = 2.0
WIDGET = "application/vnd.jupyter.widget-view+json"
MACHINE_PATH = re.compile(
    r"(?<![\w./:])/(?:home|root|Users|tmp|work|mnt|private)/[\w.]|[A-Z]:\\+Users"
)
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Measures:
    """The numbers that the budgets limit, for one lesson."""

    cells: int
    median_lines: float
    ninetieth_lines: int
    most_lines: int
    words_a_cell: float
    figure_share: float
    kilobytes: float


def measure(notebook):
    """Return the Measures of a lesson with at least one code cell."""
    cells = code_cells(notebook)
    lengths = sorted(len(code_lines(cell)) for cell in cells)
    words = sum(count_words(cell.source) for cell in markdown_cells(notebook))
    return Measures(
        cells=len(cells),
        median_lines=statistics.median(lengths),
        ninetieth_lines=lengths[math.ceil(0.9 * len(lengths)) - 1],
        most_lines=lengths[-1],
        words_a_cell=words / len(cells),
        figure_share=sum(bool(pictures(cell)) for cell in cells) / len(cells),
        kilobytes=len(to_bytes(notebook)) / 1000,
    )


def code_lines(cell):
    """Return a cell's lines that are not blank, without their indentation."""
    return [line.strip() for line in cell.source.splitlines() if line.strip()]


def count_words(markdown):
    """Count the words a reader reads: no fenced code, no addresses; a formula is one word."""
    text = FENCE.sub(" ", markdown)
    text = re.sub(r"\$\$.+?\$\$|\$[^$\n]+\$", " formula ", text, flags=re.DOTALL)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    text = re.sub(r"<[^>]+>|https?://\S+", " ", text)
    return len(re.findall(r"\w+(?:[-.'’/]\w+)*", text))


def pictures(cell):
    """Return a code cell's outputs that hold a PNG."""
    return [one for one in cell.get("outputs", []) if "image/png" in one.get("data", {})]


def complaints(notebook):
    """Return what is wrong with one lesson, a sentence each; an empty list is a lesson in order."""
    if not code_cells(notebook):
        return ["The lesson has no code cell."]
    checks = (
        over_budget, not_executed, pictures_without_description, blank_pictures, left_widgets,
        of_one_machine, hidden_outputs, noise, headings_out_of_order, markdown_pictures_without_alt,
    )  # fmt: skip
    return [complaint for check in checks for complaint in check(notebook)]


def over_budget(notebook):
    """Return the numbers that are out of bounds."""
    one = measure(notebook)
    bounds = (
        (one.median_lines <= MEDIAN_LINES, f"{one.median_lines} lines in the median code cell, "
         f"at most {MEDIAN_LINES} wanted"),
        (one.ninetieth_lines <= NINETIETH_LINES, f"{one.ninetieth_lines} lines at the 90th "
         f"percentile, at most {NINETIETH_LINES} wanted"),
        (one.most_lines <= MOST_LINES, f"{one.most_lines} lines in the longest code cell, "
         f"at most {MOST_LINES} wanted"),
        (FEWEST_WORDS <= one.words_a_cell <= MOST_WORDS, f"{one.words_a_cell:.0f} words of prose "
         f"a code cell, {FEWEST_WORDS} to {MOST_WORDS} wanted"),
        (one.figure_share >= FIGURE_SHARE, f"a figure in {one.figure_share:.0%} of the code cells, "
         f"at least {FIGURE_SHARE:.0%} wanted"),
        (one.kilobytes <= MOST_KILOBYTES, f"{one.kilobytes:.0f} KB, "
         f"at most {MOST_KILOBYTES} wanted"),
    )  # fmt: skip
    return [f"The lesson has {said}." for kept, said in bounds if not kept]


def not_executed(notebook):
    """Code cells must have run from 1 to n in order, and none may have failed."""
    counts = [cell.get("execution_count") for cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"Execution counts 1 to {len(counts)} in order expected, received {counts}."
    for number, output in _outputs(notebook):
        if output.output_type == "error":
            yield f"Cell {number} failed: {output.ename}: {output.evalue}."


def pictures_without_description(notebook):
    """Each picture needs a description, the same as text/plain and as alt in its metadata."""
    for number, output in _pictures(notebook):
        text, alt = output.data.get("text/plain", ""), _alt(output)
        if len(text) <= SHORTEST_DESCRIPTION or text.startswith("<"):
            yield f"Cell {number} shows a picture without a description: received {text!r}."
        elif alt != text:
            yield f"Cell {number} describes its picture as {text!r} but its alt text is {alt!r}."


def _alt(output):
    metadata = output.get("metadata", {})
    return metadata.get("image/png", {}).get("alt", metadata.get("alt"))


def blank_pictures(notebook):
    """A picture must show something."""
    for number, output in _pictures(notebook):
        if is_blank(base64.b64decode(output.data["image/png"])):
            yield f"Cell {number} shows a blank picture."


def is_blank(png):
    """Return True for the bytes of a picture in one colour, or almost."""
    image = Image.open(io.BytesIO(png)).convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    values = np.asarray(Image.alpha_composite(paper, image).convert("RGB"), float)
    return bool(values.std(axis=(0, 1)).max() < LEAST_CONTRAST)


def left_widgets(notebook):
    """Widgets are dead in a saved lesson, and their state breaks GitHub's view of it."""
    if "widgets" in notebook.metadata:
        yield "The lesson's metadata holds widget state."
    for number, output in _outputs(notebook):
        if WIDGET in output.get("data", {}):
            yield f"Cell {number} shows a widget: execute the lesson with COURSE_HEADLESS=1."


def of_one_machine(notebook):
    """Outputs must not tell where they were made: folders, addresses in memory."""
    places = {str(Path.home()), sys.prefix, str(Path(__file__).parents[2])} - {"/", "/usr"}
    for number, output in _outputs(notebook):
        text = json.dumps({k: v for k, v in _flat(output).items() if k != "image/png"})
        found = MACHINE_PATH.search(text) or ADDRESS.search(text)
        if found or any(place in text for place in places):
            what = found[0] if found else "a folder of this machine"
            yield f"Cell {number} shows what differs between machines: {what!r}."


def _flat(output):
    return {**output, **output.get("data", {}), "data": None}


def hidden_outputs(notebook):
    """A trailing semicolon hides nothing from nbval: `_ = ...` does."""
    for number, cell in enumerate(notebook.cells, 1):
        lines = [line for line in code_lines(cell) if not line.startswith("#")]
        if cell.cell_type == "code" and lines and re.search(r";\s*(#.*)?$", lines[-1]):
            yield f"Cell {number} ends in a semicolon: write `_ = ...` instead."


def noise(notebook):
    """What a lesson shows on stderr is a warning that somebody should mend."""
    for number, output in _outputs(notebook):
        if output.output_type == "stream" and output.name == "stderr":
            yield f"Cell {number} writes to stderr: {output.text.strip()[:80]!r}."


def headings_out_of_order(notebook):
    """One title, first of all headings, and no level skipped on the way down."""
    levels = headings(notebook)
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"One title (#) before all other headings expected, received levels {levels}."
    for above, level in zip(levels, levels[1:]):
        if level > above + 1:
            yield f"A heading of level {level} follows one of level {above}: a level is skipped."


def headings(notebook):
    """Return the levels of all headings in order."""
    prose = "\n\n".join(FENCE.sub("", cell.source) for cell in markdown_cells(notebook))
    return [len(marks) for marks in re.findall(r"^ {0,3}(#{1,6})[ \t]+\S", prose, re.MULTILINE)]


def markdown_pictures_without_alt(notebook):
    """A picture in the prose needs words for those who do not see it."""
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "markdown":
            continue
        prose = FENCE.sub("", cell.source)
        bare = re.findall(r"!\[\s*\]\([^)]*\)", prose)
        tags = re.findall(r"<img\b[^>]*>", prose)
        silent = [tag for tag in tags if not re.search(r"\balt=(['\"])\s*(?!\1)\S", tag)]
        for found in [*bare, *silent]:
            yield f"Cell {number} has a picture without alt text: {found[:80]}."


def repeated_share(notebooks):
    """Return the share of code lines that stand in three or more lessons, their frame aside.

    The frame is the first cell, and the dots of exercises. Lines without a word, such as a
    closing bracket, do not count.
    """
    lessons = [_lines_without_frame(notebook) for notebook in notebooks]
    seen = Counter(line for lines in lessons for line in set(lines))
    lines = [line for lesson in lessons for line in lesson]
    return sum(seen[line] >= REPEATED_IN for line in lines) / max(len(lines), 1)


def _lines_without_frame(notebook):
    cells = [cell for cell in code_cells(notebook) if not is_first_cell(cell)]
    lines = [(cell, line) for cell in cells for line in code_lines(cell)]
    return [line for cell, line in lines if re.search(r"\w", line) and not _is_dots(cell, line)]


def _is_dots(cell, line):
    """Return True for what the student replaces in an exercise: the same in every lesson."""
    return line == "return ..." and bool(names_in(cell, "exercise"))


def _outputs(notebook):
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            yield number, output


def _pictures(notebook):
    shown = _outputs(notebook)
    return [(number, output) for number, output in shown if "image/png" in output.get("data", {})]


def table(lessons):
    """Return the lines of a table of measures for {name: notebook}."""
    head = ("lesson", "cells", "median", "90 %", "longest", "words", "figures", "KB")
    rows = [head, *(_row(name, measure(notebook)) for name, notebook in lessons.items())]
    width = max(len(row[0]) for row in rows)
    return [row[0].ljust(width) + "".join(f"{value:>9}" for value in row[1:]) for row in rows]


def _row(name, one):
    return (
        name, str(one.cells), f"{one.median_lines:g}", str(one.ninetieth_lines),
        str(one.most_lines), f"{one.words_a_cell:.0f}", f"{one.figure_share:.0%}",
        f"{one.kilobytes:.0f}",
    )  # fmt: skip
