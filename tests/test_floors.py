"""The house's floors, read from the imports: a room imports only from the floors below its own."""

import ast
import re

import pytest

from course_utils.authoring import lesson_files
from course_utils.places import ROOT

PACKAGE = ROOT / "course_utils"
# From the ground up. A room may import itself and whatever stands before it.
FLOORS = (
    "errors", "places", "measured", "still", "waiting", "startup", "gpu", "by_hand", "judge",
    "datasets", "handwriting", "scenes", "models", "probe", "draw", "widgets", "exercises",
)  # fmt: skip
# Rooms that stand apart: what they may import, and that nobody imports them.
APART = {"authoring": {*FLOORS, "authoring"}, "update": {"errors", "places"}}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path):
    """Return the room that a module is in; the package's own front door is ''."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def imports_of(path):
    """Return the dotted names that a module imports anywhere, relative ones written out."""
    names = set()
    folder = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            above = folder[: len(folder) - node.level + 1] if node.level else ()
            base = ".".join([*above, *filter(None, [node.module])])
            names |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return names


def rooms_imported(path):
    """Return the rooms of course_utils that a module imports."""
    parts = [name.split(".") for name in imports_of(path)]
    rooms = {part[1] for part in parts if part[0] == "course_utils" and len(part) > 1}
    return {room for room in rooms if room in {room_of(module) for module in MODULES}}


def identifier(path):
    return path.relative_to(ROOT).as_posix()


def test_every_room_has_its_floor():
    rooms = {room_of(path) for path in MODULES} - {""}
    assert rooms <= {*FLOORS, *APART}, "put the new room on its floor, here and in CONTRIBUTING.md"


@pytest.mark.parametrize("path", MODULES, ids=identifier)
def test_a_room_imports_only_from_below(path):
    room = room_of(path)
    allowed = APART.get(room) or {*FLOORS[: FLOORS.index(room) + 1]} if room else {*FLOORS}
    assert rooms_imported(path) <= allowed


@pytest.mark.parametrize("path", MODULES, ids=identifier)
def test_nothing_imports_what_stands_apart(path):
    assert not rooms_imported(path) & (APART.keys() - {room_of(path)})


def test_drawing_needs_no_keras():
    for path in MODULES:
        if room_of(path) in ("draw", "by_hand", "errors", "places"):
            roots = {name.partition(".")[0] for name in imports_of(path)}
            assert not roots & {"keras", "tensorflow", "keras_cv"}, path


def test_by_hand_is_numpy_only():
    for path in MODULES:
        if room_of(path) == "by_hand":
            roots = {name.partition(".")[0] for name in imports_of(path)}
            assert roots <= {"numpy", "course_utils", "math", "itertools"}, path


FORBIDDEN = {
    "pyplot": r"\bpyplot\b|\bplt\.",
    "pickles": r"allow_pickle\s*=\s*True|^\s*import pickle",
    "tf.keras": r"\btf\.keras\b|tensorflow\.keras|from tensorflow import keras",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_code_holds_nothing_forbidden(what):
    found = [name for name, code in _codes() if re.search(FORBIDDEN[what], code, re.MULTILINE)]
    assert found == []


def _codes():
    """Yield (name, code without strings and comments) of all modules and lessons."""
    for path in MODULES:
        yield identifier(path), _bare(path.read_text(encoding="utf-8"))
    for path in lesson_files.lesson_paths(ROOT):
        for number, cell in enumerate(lesson_files.read(path).cells, 1):
            if cell.cell_type == "code":
                yield f"{path.stem}, cell {number}", _bare(cell.source)


def _bare(source):
    return ast.unparse(_WithoutText().visit(lesson_files.parse(source)))


class _WithoutText(ast.NodeTransformer):
    """Docstrings and messages may speak of what code must not do."""

    def visit_Constant(self, node):
        return ast.Constant("") if isinstance(node.value, str) else node


def test_lessons_import_nothing_of_the_workshop():
    for path in lesson_files.lesson_paths(ROOT):
        source = "\n".join(cell.source for cell in lesson_files.code_cells(lesson_files.read(path)))
        assert not re.search(r"course_utils\.(authoring|update)|import authoring", source), path


def test_what_the_test_reads_is_what_stands_there(tmp_path, monkeypatch):
    """The reading itself: absolute, relative and nested imports are all seen."""
    module = tmp_path / "course_utils" / "draw" / "one.py"
    module.parent.mkdir(parents=True)
    module.write_text(
        "from course_utils import widgets\nimport course_utils.models.fcn\nfrom . import two\n"
        "def f():\n    from ..probe import see\n"
    )
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    found = imports_of(module)
    wanted = {"course_utils.widgets", "course_utils.models.fcn", "course_utils.draw.two"}
    assert wanted | {"course_utils.probe.see", "course_utils.probe"} <= found


@pytest.mark.parametrize(
    "code, what",
    [
        ("import matplotlib.pyplot as plt", "pyplot"),
        ("np.load(path, allow_pickle=True)", "pickles"),
        ("layer = tf.keras.layers.Dense(1)", "tf.keras"),
    ],
)
def test_what_is_forbidden_would_be_found(code, what):
    assert re.search(FORBIDDEN[what], _bare(code), re.MULTILINE)
    assert not re.search(FORBIDDEN[what], _bare(f'say("{code}")'), re.MULTILINE)
