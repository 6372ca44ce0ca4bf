"""Links to this repository agree with pyproject.toml, here and after a fork."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.authoring.links import linked_files, origin, parse_address, repository
from course_utils.authoring.links import rewrite, rewritten, strangers
from course_utils.authoring.tree import copy_files, project_files
from course_utils.errors import CourseError
from course_utils.places import ROOT

OLD, NEW = ("OWNER", "cnn-course"), ("new-owner", "my.course")
LINKS = [
    "[![Binder](b.svg)](https://mybinder.org/v2/gh/OWNER/cnn-course/main?urlpath=lab/tree/a.ipynb)",
    "https://colab.research.google.com/github/OWNER/cnn-course/blob/main/notebooks/01.ipynb",
    "git clone https://github.com/OWNER/cnn-course.git\ncd cnn-course\n",
    'run(["git", "clone", "--depth", "1", "https://github.com/OWNER/cnn-course"])',
    "hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2FOWNER%2Fcnn-course"
    "&urlpath=lab%2Ftree%2Fcnn-course%2Fnotebooks&branch=main",
    "See https://github.com/OWNER/cnn-course.",
]
OTHERS = "https://github.com/zalandoresearch/fashion-mnist, github.com/OWNER/cnn-course-2, cd data"


@pytest.mark.parametrize("link", LINKS)
def test_every_kind_of_link_follows_and_comes_back(link):
    moved = rewritten(link, OLD, NEW)
    assert "OWNER" not in moved and "cnn-course" not in moved
    assert rewritten(moved, NEW, OLD) == link


def test_links_to_others_stay():
    assert rewritten(OTHERS, OLD, NEW) == OTHERS


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/me/fork", "https://github.com/me/fork.git", "github.com/me/fork",
        "git@github.com:me/fork.git", "ssh://git@github.com/me/fork.git",
        "https://name:secret@github.com/me/fork/",
    ],
)  # fmt: skip
def test_addresses_in_every_form_that_git_takes(address):
    assert parse_address(address) == ("me", "fork")


@pytest.mark.parametrize(
    "address",
    ["", "me/fork", "https://gitlab.com/me/fork", "https://github.com/me", "../folder",
     "https://github.com/a/b/c", "https://example.org/github.com/a/b"],
)  # fmt: skip
def test_what_is_no_repository_on_github_is_told(address):
    with pytest.raises(CourseError, match="Expected a repository on GitHub"):
        parse_address(address)


@given(st.text())
def test_any_text_is_an_address_or_told(text):
    try:
        owner, name = parse_address(text)
    except (CourseError, ValueError):
        return
    assert owner and name


def test_origin_is_the_address_by_default(toy):
    with pytest.raises(CourseError, match="give the address"):
        origin(toy)
    command = ["git", "remote", "add", "origin", "git@github.com:me/fork.git"]
    subprocess.run(command, cwd=toy, check=True)
    assert [path.name for path in rewrite(toy)] == ["pyproject.toml"]
    assert repository(toy) == ("me", "fork")


@pytest.mark.parametrize("link", LINKS[:5])
def test_a_stranger_among_the_links_is_found(toy, link):
    (toy / "README.md").write_text(link)
    assert strangers(toy) == []
    (toy / "README.md").write_text(link.replace("OWNER", "OTHER"))
    assert strangers(toy) != []


def test_every_link_of_the_course_agrees():
    assert strangers(ROOT) == []


def test_a_fork_of_the_course_and_back_gives_the_same_bytes(tmp_path):
    paths = [path for path in project_files(ROOT) if path.parts[0] != "data"]
    copy_files(paths, ROOT, tmp_path)
    changed = rewrite(tmp_path, "https://github.com/new-owner/my.course")
    assert strangers(tmp_path) == [] and repository(tmp_path) == NEW
    left = {path for path in linked_files(tmp_path) if _names(tmp_path / path, b"OWNER/cnn-course")}
    assert not left & set(changed)
    rewrite(tmp_path, "https://github.com/OWNER/cnn-course")
    differing = [path for path in paths if not _same(path, tmp_path)]
    assert differing == []


def _names(path, text):
    return text in path.read_bytes()


def _same(path, folder):
    return (folder / path).read_bytes() == (ROOT / path).read_bytes()
