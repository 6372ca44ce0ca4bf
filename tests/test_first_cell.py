"""The first cell of the lessons, tried as on Colab: an empty folder, the course not installed.

Colab has TensorFlow and the rest, and must keep them as they are. So the cell runs in a Python that
sees every package of this environment but not the course, and clones from a repository made of the
files that stand here now.
"""

import json
import os
import re
import shutil
import subprocess
import sysconfig
import tomllib
import venv

import nbformat
import pytest

from course_utils.authoring.tree import copy_files, project_files
from course_utils.places import NOTEBOOKS, ROOT

LESSONS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ADDRESS = PROJECT["urls"]["Repository"]
START = re.compile(r"course_utils\.start\((\d+)\)")

# Runs the cell as often as asked, notes each program that is started, and compares versions.
DRIVER = """
import json, sys
from importlib import metadata, util

cell, times = sys.argv[1], int(sys.argv[2])
programs = []
sys.addaudithook(lambda event, args: event == "subprocess.Popen" and programs.append(args[1]))

def versions():
    return {(d.metadata["Name"], d.version) for d in metadata.distributions()}

importable, before = util.find_spec("course_utils") is not None, versions()
for _ in range(times):
    kernel = {}
    exec(compile(cell, "first cell", "exec"), kernel)
report = {
    "importable before": importable,
    "changed": sorted(versions() ^ before),
    "course": kernel["course_utils"].__file__,
    "programs": [[str(part) for part in command] for command in programs],
}
print(json.dumps(report))
"""


def first_cell(lesson):
    """Return the source of a lesson's first code cell."""
    cells = nbformat.read(lesson, as_version=4).cells
    cell = next(cell for cell in cells if cell.cell_type == "code")
    assert "first-cell" in cell.metadata.get("tags", []), f"{lesson.name}: the tag is missing"
    return cell.source


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_the_first_cell_is_the_same_but_for_the_number(lesson):
    cell = first_cell(lesson)
    assert START.sub("start(N)", cell) == START.sub("start(N)", first_cell(LESSONS[0]))
    assert int(START.search(cell)[1]) == int(lesson.name[:2])
    assert cell.count(f'"{ADDRESS}"') == 1


@pytest.fixture(scope="module")
def colab(tmp_path_factory):
    """A Python with this environment's packages, where the course is not installed."""
    home = tmp_path_factory.mktemp("colab") / "python"
    venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(home)
    scripts = "Scripts" if os.name == "nt" else "bin"
    paths = sysconfig.get_paths(vars={"base": str(home), "platbase": str(home)})
    # A folder named in a .pth file has its own .pth files left alone, the editable install's too.
    packages = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    with open(os.path.join(paths["purelib"], "packages.pth"), "w", encoding="utf-8") as file:
        file.write("\n".join(sorted(packages)) + "\n")
    return home / scripts / "python"


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """The address of a git repository with the files that stand here, committed or not."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path_factory.mktemp("origin") / "cnn-course"
    copy_files(project_files(ROOT), ROOT, folder)
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], [*author, "commit", "-q", "-m", "As it stands"]):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    return folder.as_uri()


@pytest.fixture(scope="module")
def tried(colab, repository, tmp_path_factory):
    """An empty folder, and what happened when the cell ran there twice in one kernel."""
    content = tmp_path_factory.mktemp("content")
    cell = first_cell(LESSONS[0]).replace(ADDRESS, repository)
    return content, run_cell(colab, content, cell, times=2)


def run_cell(python, folder, cell, times=1):
    """Run a cell in a fresh Python that starts in a folder; return (printed, report)."""
    ours = ("PYTHONPATH", "PYTHONHOME", "KERAS_BACKEND")
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    done = subprocess.run(
        [python, "-c", DRIVER, cell, str(times)],
        cwd=folder, env=environment, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    *printed, report = done.stdout.splitlines()
    report = json.loads(report)
    if report["importable before"]:
        pytest.skip("the course is installed here as a copy, not with -e: Colab cannot be imitated")
    return printed, report


def test_the_course_comes_from_the_clone(tried):
    content, (printed, report) = tried
    assert report["course"] == str(content / "cnn-course" / "course_utils" / "__init__.py")
    number = LESSONS[0].name[:2]
    assert [number in line for line in printed] == [True, True]


def test_no_installed_version_changes_and_nothing_installs(tried):
    _, (_, report) = tried
    assert report["changed"] == []
    assert not any("pip" in part for command in report["programs"] for part in command)


def test_running_it_again_clones_once(tried):
    _, (_, report) = tried
    clones = [command for command in report["programs"] if "clone" in command]
    assert len(clones) == 1


def test_after_a_restart_the_clone_is_found_without_a_network(tried, colab):
    content, (_, first) = tried
    nowhere = first_cell(LESSONS[0]).replace(ADDRESS, "file:///nowhere")
    _, report = run_cell(colab, content, nowhere)
    assert report["course"] == first["course"]


def test_the_clone_is_complete_and_clean(tried):
    content, _ = tried
    clone = content / "cnn-course"
    assert sorted(project_files(clone)) == sorted(project_files(ROOT))
    status = ["git", "status", "--porcelain"]
    assert subprocess.run(status, cwd=clone, check=True, capture_output=True).stdout == b""
