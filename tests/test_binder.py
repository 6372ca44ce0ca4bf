"""Binder builds what we mean: asked of repo2docker itself, which needs no Docker for a plan."""

import json
import os
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement

from course_utils.authoring.tree import copy_files, project_files
from course_utils.places import ROOT

BINDER = ROOT / "binder"
BINDER_MACHINE = {
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "python_version": "3.12",
    "extra": "",
}


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """The Dockerfile that repo2docker would build from a clean copy, and what it said."""
    pytest.importorskip("repo2docker")
    clean = tmp_path_factory.mktemp("clean")
    files = [path for path in project_files(ROOT) if path.parts[0] not in ("data", "notebooks")]
    copy_files(files, ROOT, clean)
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    done = subprocess.run(command, cwd=clean, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "expected",
    [
        "python=3.12",
        'pip install --no-cache-dir -r "binder/requirements.txt"',
        "RUN ./binder/postBuild",
        'R2D_ENTRYPOINT="${REPO_DIR}/binder/start"',
    ],
)
def test_the_plan_holds_python_pins_course_and_start(plan, expected):
    assert expected in plan


def test_a_commit_does_not_install_tensorflow_anew(plan):
    assert plan.index("binder/requirements.txt") < plan.index("COPY --chown=0:0 src/ ")
    assert all(pin.url is None and pin.name != "cnn-course" for pin in pins().values())
    assert "--no-deps -e ." in (BINDER / "postBuild").read_text(encoding="utf-8")


def test_no_file_silently_disables_another():
    # repo2docker would ignore requirements.txt or binder/ altogether if one of these were there.
    rivals = ["environment.yml", "Pipfile", "Dockerfile", "setup.py", "apt.txt"]
    places = [BINDER / name for name in rivals] + [ROOT / ".binder"]
    assert [path.name for path in places if path.exists()] == []


def test_pins_are_exact_and_cover_what_the_course_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = map(Requirement, [*project["dependencies"], *extras["cpu"], *extras["lab"], *extras["detection"]])
    pinned = pins()
    for requirement in needed:
        if requirement.marker and not requirement.marker.evaluate(BINDER_MACHINE):
            continue
        assert requirement.name in pinned, f"{requirement} has no pin in binder/requirements.txt"
        (pin,) = pinned[requirement.name].specifier
        assert requirement.specifier.contains(pin.version), f"{pin} is not within {requirement}"
    assert all([s.operator for s in pin.specifier] == ["=="] for pin in pinned.values())


@pytest.mark.skipif(sys.platform == "win32", reason="a script for Binder's Linux")
def test_start_quiets_tensorflow_and_runs_what_it_is_given():
    clean = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    command = [BINDER / "start", "sh", "-c", 'echo "$TF_CPP_MIN_LOG_LEVEL $0"', "two words"]
    done = subprocess.run(command, env=clean, check=True, capture_output=True, text=True)
    assert done.stdout == "3 two words\n"


def test_the_hub_gives_each_student_what_a_lesson_needs():
    values = yaml.safe_load((BINDER / "hub" / "values.yaml").read_text(encoding="utf-8"))
    assert values["singleuser"]["memory"] == {"guarantee": "1G", "limit": "3G"}
    assert values["scheduling"]["userPlaceholder"]["enabled"]
    assert values["scheduling"]["podPriority"]["enabled"]
    assert values["prePuller"]["hook"]["enabled"] and values["prePuller"]["continuous"]["enabled"]
    assert values["cull"]["timeout"] == 3600


def pins():
    lines = (BINDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {requirement.name: requirement for requirement in found}


def test_large_photographs_come_through_on_binder_and_in_make_lab():
    settings = json.loads((BINDER / "jupyter" / "jupyter_server_config.json").read_text())
    assert settings["ServerApp"]["tornado_settings"]["websocket_max_message_size"] == 64 * 2**20
    place = "binder/jupyter"
    assert f'JUPYTER_CONFIG_PATH="${{REPO_DIR:-$PWD}}/{place}"' in (BINDER / "start").read_text()
    assert f'JUPYTER_CONFIG_PATH="$(CURDIR)/{place}:' in (ROOT / "Makefile").read_text()
