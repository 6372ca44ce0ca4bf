"""The lessons as the browser opens them: copies that train nothing for minutes."""

import ast
import symtable
from copy import deepcopy

from lab_in_browser import ROOT

from course_utils import widgets
from course_utils.authoring import lesson_files

# Lessons 05 to 07 train for minutes what their explorers need: the tests of boxes, of RoIs and of
# SegmentationViewer use these in notebooks of their own.
APART = {"05_boxes", "06_faster_rcnn", "07_fcn_segmentation"}
LESSONS = {path.stem: path for path in lesson_files.lesson_paths(ROOT) if path.stem not in APART}
# A lesson's own network, trained in the same way, comes with the course.
TRAINED = "from course_utils.models.classifier import load_digit_reader\n"
TRAINED += "network = load_digit_reader()"


def copy_lesson(stem, folder):
    """Write a lesson without outputs and without long trainings into JupyterLab's folder.

    Returns:
        For each explorer that it shows, the number of its code cell in the copy.
    """
    (folder / "cnn-course").exists() or (folder / "cnn-course").symlink_to(ROOT)
    notebook = quick(lesson_files.read(LESSONS[stem]))
    for cell in lesson_files.code_cells(notebook):
        cell.update(outputs=[], execution_count=None)
    lesson_files.write(notebook, folder / f"{stem}.ipynb")
    return explorer_cells(notebook)


def quick(notebook):
    """Return a copy without the code that calls `fit`, and what needs the names that this makes.

    Where it makes `network`, the one that comes with the course stands in.
    """
    notebook, kept, missing = deepcopy(notebook), [], set()
    for cell in notebook.cells:
        made, needed = names(cell.source) if cell.cell_type == "code" else (set(), set())
        if cell.cell_type == "code" and ".fit(" in cell.source or needed & missing:
            missing |= made
            if "network" not in made:
                continue
            cell.source, made = TRAINED, {"network"}
        missing -= made
        kept.append(cell)
    explorers = len(explorer_cells(notebook))
    notebook.cells = kept
    assert len(explorer_cells(notebook)) == explorers
    return notebook


def names(source):
    """Return the names that a cell makes, and those that it needs from cells before."""
    top = symtable.symtable(ast.unparse(lesson_files.parse(source)), "cell", "exec")
    made = {one.get_name() for one in top.get_symbols() if one.is_assigned() or one.is_imported()}
    needed = {one.get_name() for one in top.get_symbols() if one.is_referenced()}
    tables = list(top.get_children())
    while tables:
        table = tables.pop()
        needed |= {one.get_name() for one in table.get_symbols() if one.is_global()}
        tables += table.get_children()
    return made, needed - made


def explorer_cells(notebook):
    """Return the numbers of the code cells that end with an explorer."""
    known, found = {name for name in dir(widgets) if name[0].isupper()}, []
    for number, cell in enumerate(lesson_files.code_cells(notebook)):
        body = lesson_files.parse(cell.source).body
        for line in body:
            if isinstance(line, ast.Assign) and known & used(line.value):
                known |= {name for target in line.targets for name in used(target)}
        if body and isinstance(body[-1], ast.Expr) and root(body[-1].value) in known:
            found.append(number)
    return found


def used(tree):
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def root(tree):
    """Return the name that an expression such as name(…).that[0].this(…) starts with."""
    while tree and not isinstance(tree, ast.Name):
        tree = getattr(tree, "func", None) or getattr(tree, "value", None)
    return tree and tree.id
