"""What stands around the package: files, commands, workflows, extras, and a light import."""

import os
import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from course_utils.authoring.tree import project_files, read_text
from course_utils.places import NOTEBOOKS, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHONS = ["3.11", "3.12", "3.13"]
PAGES = ["README.md", "CONTRIBUTING.md", "binder/hub/README.md"]
REQUIRED = """README.md CONTRIBUTING.md LICENSE Makefile pyproject.toml conftest.py .gitignore
.gitattributes .ci/run .ci/colab-constraints.txt .ci/oldest.py .github/workflows/test.yml
.github/workflows/weekly.yml binder/runtime.txt binder/requirements.txt binder/postBuild
binder/start binder/hub/values.yaml binder/hub/README.md data/README.md data/SHA256SUMS
data/build.py data/from_torch.py data/LICENSE-APACHE.txt""".split()

# Folders of somebody's machine, and hosts of package registries. No alternative matches itself.
FOREIGN = re.compile(
    "|".join(
        [
            r"(?<![\w.*~/-])/(?:root|work)/\w",
            r"(?<![\w.])/home/(?!jovyan\b)\w",
            r"/Users/\w",
            r"/tmp/(?:w|bash|pytest)\b",
            r"\b[A-Z]:\\Users",
            r"\b(?:pypi|pythonhosted|npmjs|anaconda)\.(?:org|com)\b",
            r"deb\.debian\.org|index[-]url|find[-]links",
        ]
    )
)

# Makes such paths up, for another test of them.
INVENTED = {"tests/authoring/test_budgets.py"}


def makefile_targets():
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_required_files_are_there():
    assert [name for name in REQUIRED if not (ROOT / name).is_file()] == []


def test_no_file_names_a_machine_or_a_registry():
    paths = [path for path in project_files(ROOT) if path.as_posix() not in INVENTED]
    texts = ((path, read_text(ROOT / path)) for path in paths)
    found = [(str(path), m[0]) for path, text in texts if text for m in FOREIGN.finditer(text)]
    assert found == []


@pytest.mark.parametrize("parts", [("", "work", "main"), ("in ", "home", "a"), ("", "Users", "a")])
def test_a_machine_path_would_be_found(parts):
    assert FOREIGN.search("/".join(parts))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no executable bit")
@pytest.mark.parametrize("name", [".ci/run", "binder/postBuild", "binder/start"])
def test_scripts_can_be_executed_and_parse(name):
    path = ROOT / name
    assert os.access(path, os.X_OK)
    assert b"\r" not in path.read_bytes()
    subprocess.run(["bash", "-n", path], check=True)


# --- commands ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*PAGES, ".ci/run"])
def test_each_promised_make_target_exists(name):
    promised = re.findall(r"\bmake ([a-z][a-z-]+)\b(?=[`\n ]*(?:`|\n|ARGS|\|))", read(name))
    assert set(promised) <= makefile_targets()


def test_the_readme_promises_the_targets():
    promised = set(re.findall(r"`?make ([a-z-]+)", read("README.md")))
    assert {"lab", "test", "lessons", "bench"} <= promised & makefile_targets()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no make")
def test_make_alone_lists_the_targets():
    listed = make().stdout
    assert all(f"make {target}" in listed for target in ("lab", "test", "lessons", "bench"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no make")
def test_make_lab_opens_the_first_lesson_and_passes_options_on():
    first = min(NOTEBOOKS.glob("[0-9]*.ipynb")).name
    command = make("-n", "lab", "ARGS=--no-browser --port 8899").stdout.splitlines()[-1]
    assert f"/lab/tree/notebooks/{first}" in command
    assert command.endswith("--no-browser --port 8899")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no make")
def test_make_says_which_python_it_needs(tmp_path):
    old = tmp_path / "python-of-old"
    old.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -c "import sys; sys.version_info = (3, 9, 1); $2"\n'
    )
    old.chmod(0o755)
    target = f"{tmp_path}/environment/bin/python"
    made = make(target, f"PYTHON={old}", check=False)
    assert made.returncode
    assert "needs Python 3.11, 3.12 or 3.13" in made.stderr
    assert "is 3.9" in made.stderr
    assert "Traceback" not in made.stderr


@pytest.mark.parametrize("name", PAGES)
def test_links_to_files_lead_somewhere(name):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", read(name))
    folder = (ROOT / name).parent
    assert [link for link in links if not (folder / link).exists()] == []


def test_the_readme_lists_each_lesson():
    text = read("README.md")
    lessons = sorted(path.name for path in NOTEBOOKS.glob("[0-9]*.ipynb"))
    assert lessons
    assert [name for name in lessons if f"(notebooks/{name})" not in text] == []


# --- workflows ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["test.yml", "weekly.yml"])
def test_workflows_name_what_exists(name):
    jobs = yaml.safe_load(read(f".github/workflows/{name}"))["jobs"]
    steps = [step for job in jobs.values() for step in job["steps"]]
    scripts = "\n".join(step.get("run", "") for step in steps)
    assert all("runs-on" in job and "timeout-minutes" in job for job in jobs.values())
    assert all(job["steps"][0]["uses"].startswith("actions/checkout@") for job in jobs.values())
    assert set(re.findall(r"\bmake ([a-z-]+)", scripts)) <= makefile_targets()
    for path in re.findall(r"(?<=\s)\.?[\w-]+/[\w./-]+\.(?:py|txt|sh)\b", scripts):
        assert (ROOT / path).is_file(), path
    for extras in re.findall(r"\.\[([a-z,]+)\]", scripts):
        assert set(extras.split(",")) <= set(PROJECT["optional-dependencies"])


def test_every_push_is_tried_on_every_python_that_is_allowed():
    job = yaml.safe_load(read(".github/workflows/test.yml"))["jobs"]["test"]
    allowed = Requirement(f"python{PROJECT['requires-python']}").specifier
    assert job["strategy"]["matrix"]["python"] == PYTHONS
    assert [f"3.{minor}" for minor in range(8, 20) if f"3.{minor}" in allowed] == PYTHONS


def test_the_week_tries_oldest_newest_and_colab():
    jobs = yaml.safe_load(read(".github/workflows/weekly.yml"))["jobs"]
    assert {"oldest", "newest", "colab"} <= set(jobs)


# --- dependencies ------------------------------------------------------------------------------

PLATFORMS = {
    "Linux, x86-64": ("linux", "Linux", "x86_64", "tensorflow-cpu"),
    "Linux, arm64": ("linux", "Linux", "aarch64", "tensorflow"),
    "macOS, arm64": ("darwin", "Darwin", "arm64", "tensorflow"),
    "Windows, x86-64": ("win32", "Windows", "AMD64", "tensorflow-cpu"),
}


def applicable(extra, platform):
    """Return the requirements of an extra that hold on a platform."""
    system, name, machine, _ = PLATFORMS[platform]
    environment = {
        "sys_platform": system,
        "platform_system": name,
        "platform_machine": machine,
        "os_name": "nt" if system == "win32" else "posix",
        "python_version": "3.12",
        "python_full_version": "3.12.1",
        "extra": "",
    }
    lines = map(Requirement, PROJECT["optional-dependencies"][extra])
    return [r for r in lines if r.marker is None or r.marker.evaluate(environment)]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_platform_gets_exactly_its_tensorflow(platform):
    assert [r.name for r in applicable("cpu", platform)] == [PLATFORMS[platform][3]]
    gpu = applicable("gpu", platform)
    assert [r.name for r in gpu] == ["tensorflow"]
    assert gpu[0].extras == ({"and-cuda"} if "Linux" in platform else set())


def test_the_extras_are_there():
    assert {"cpu", "gpu", "lab", "test", "detection"} <= set(PROJECT["optional-dependencies"])
    detection = {r.name for r in applicable("detection", "Linux, x86-64")}
    assert detection == {"keras-cv", "pycocotools", "scikit-image"}


def test_core_dependencies_are_lower_bounds_without_tensorflow():
    for requirement in map(Requirement, PROJECT["dependencies"]):
        assert [s.operator for s in requirement.specifier] == [">="], requirement
        assert not requirement.name.startswith("tensorflow")


def test_colabs_versions_are_allowed():
    lines = [line for line in read(".ci/colab-constraints.txt").splitlines() if line[:1] not in "#"]
    colab = {r.name: r for r in map(Requirement, lines)}
    ours = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["cpu"]]
    for requirement in map(Requirement, ours):
        if requirement.name in colab:
            (pin,) = colab[requirement.name].specifier
            assert requirement.specifier.contains(pin.version.removesuffix(".*"))


def test_the_oldest_versions_are_the_lower_bounds():
    printed = run([sys.executable, ".ci/oldest.py"]).stdout.split()
    oldest = {name: Version(version) for name, version in (line.split("==") for line in printed)}
    for requirement in map(Requirement, PROJECT["dependencies"]):
        (bound,) = requirement.specifier
        assert oldest[requirement.name] == Version(bound.version)
    assert {"tensorflow", "tensorflow-cpu", "nbval", "jupyterlab"} <= set(oldest)


# --- importing and starting ---------------------------------------------------------------------

HEAVY = ("tensorflow", "keras", "matplotlib", "ipywidgets", "scipy")

# TensorFlow as if it were not installed: no finder knows it.
WITHOUT_TENSORFLOW = """
import sys
class Blind:
    def __init__(self, finder): self.finder = finder
    def __getattr__(self, name): return getattr(self.finder, name)
    def find_spec(self, name, *rest):
        return None if name.startswith("tensorflow") else self.finder.find_spec(name, *rest)
sys.meta_path[:] = [Blind(finder) for finder in sys.meta_path]
"""

START = """
from course_utils import start
from course_utils.errors import CourseError
try:
    start(1)
except CourseError as error:
    print("".join(error._render_traceback_()))
"""


def test_importing_the_package_loads_nothing_heavy():
    code = f"import sys, course_utils; print([m for m in {HEAVY} if m in sys.modules])"
    assert python(code) == "[]"


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_another_backend_gets_a_sentence_that_says_what_to_do(backend):
    said = python(START, KERAS_BACKEND=backend)
    assert repr(backend) in said
    assert "KERAS_BACKEND=tensorflow" in said
    assert is_one_sentence(said)


def test_without_tensorflow_a_sentence_says_what_to_install():
    said = python(WITHOUT_TENSORFLOW + START)
    assert "TensorFlow" in said
    assert "pip install" in said
    assert is_one_sentence(said)


def is_one_sentence(text):
    return text.endswith(".") and "\n" not in text and len(re.findall(r"[.!?](?: |$)", text)) == 1


def python(code, **environment):
    """Run code in a fresh Python that starts in the course's folder; return what it printed."""
    clean = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    done = run([sys.executable, "-c", code], env={**clean, **environment})
    return done.stdout.strip()


def make(*arguments, check=True):
    """Run make as from a shell, also when these tests were themselves started by make."""
    outer = ("ARGS", "MFLAGS", "GNUMAKEFLAGS", "PYTHON")
    kept = {k: v for k, v in os.environ.items() if k not in outer and not k.startswith("MAKE")}
    return run(["make", *arguments], check=check, env=kept)


def run(command, check=True, **options):
    return subprocess.run(
        command, cwd=ROOT, check=check, capture_output=True, encoding="utf-8", **options
    )


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")
