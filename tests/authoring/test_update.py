"""Updating a clone in which a student has worked loses nothing of theirs."""

import subprocess

import pytest

from course_utils.errors import CourseError
from course_utils.update import update

LESSON = "notebooks/01_toy.ipynb"
NEWER = {LESSON: "lesson, second edition", "course_utils/tool.py": "two = 2\n"}


def git(folder, *arguments):
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def publish(course, files, message="more"):
    write(course, files)
    git(course, "add", "--all")
    git(course, "commit", "--quiet", "--message", message)


def read(folder, name):
    return (folder / name).read_text()


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    files = {LESSON: "lesson", "notebooks/02_toy.ipynb": "two", "course_utils/tool.py": "one = 1\n"}
    publish(folder, files | {".gitignore": "notebooks/my_*\n.progress.json\n"})
    return folder


@pytest.fixture
def clone(course, tmp_path, monkeypatch):
    for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"):
        monkeypatch.setenv(name, "Student")
    for name in ("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(name, "student@example.org")
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(course), str(folder))
    return folder


def snapshot(folder):
    files = (one for one in folder.rglob("*") if one.is_file() and ".git" not in one.parts)
    status = git(folder, "status", "--porcelain"), git(folder, "rev-parse", "HEAD")
    return {str(one.relative_to(folder)): one.read_bytes() for one in files}, status


def test_untouched_clone_is_brought_up_to_date(course, clone):
    publish(course, NEWER)
    assert update(clone) == ["The course is up to date."]
    assert read(clone, LESSON) == NEWER[LESSON]
    assert git(clone, "status", "--porcelain") == ""


def test_nothing_new_changes_nothing(clone):
    write(clone, {LESSON: "mine"})
    before = snapshot(clone)
    assert "nothing was changed" in update(clone)[0]
    assert snapshot(clone) == before


def test_changed_notebook_and_module_are_kept_as_copies(course, clone):
    write(clone, {LESSON: "mine", "course_utils/tool.py": "mine = 3\n"})
    publish(course, NEWER)
    told = update(clone)
    assert read(clone, LESSON) == NEWER[LESSON]
    assert read(clone, "notebooks/my_01_toy.ipynb") == "mine"
    assert read(clone, "notebooks/my_other_files/course_utils/tool.py") == "mine = 3\n"
    assert any("notebooks/my_01_toy.ipynb" in sentence for sentence in told)
    assert git(clone, "status", "--porcelain") == ""


def test_notebook_changed_here_only_is_kept_too(course, clone):
    write(clone, {"notebooks/02_toy.ipynb": "mine"})
    publish(course, NEWER)
    update(clone)
    assert read(clone, "notebooks/my_02_toy.ipynb") == "mine"
    assert read(clone, "notebooks/02_toy.ipynb") == "two"


def test_second_update_keeps_the_first_copy(course, clone):
    for number, work in enumerate(["mine", "mine, later"]):
        write(clone, {LESSON: work})
        publish(course, {LESSON: f"edition {number}"})
        update(clone)
    assert read(clone, "notebooks/my_01_toy.ipynb") == "mine"
    assert read(clone, "notebooks/my_01_toy_2.ipynb") == "mine, later"


def test_equal_copy_is_not_made_twice(course, clone):
    for number in range(2):
        write(clone, {LESSON: "mine"})
        publish(course, {LESSON: f"edition {number}"})
        update(clone)
    assert sorted(one.name for one in (clone / "notebooks").glob("my_*")) == ["my_01_toy.ipynb"]


def test_work_that_equals_the_new_version_needs_no_copy(course, clone):
    write(clone, {LESSON: NEWER[LESSON]})
    publish(course, NEWER)
    assert update(clone) == ["The course is up to date."]


def test_own_files_and_progress_stay_in_place(course, clone):
    own = {"notebooks/thoughts.ipynb": "thoughts", "notebooks/.progress.json": "{}", "a b.txt": "x"}
    write(clone, own | {"notebooks/added.ipynb": "added"})
    git(clone, "add", "notebooks/added.ipynb")
    publish(course, NEWER)
    update(clone)
    assert {name: read(clone, name) for name in own} == own
    assert read(clone, "notebooks/added.ipynb") == "added"


def test_own_file_where_the_new_version_has_one(course, clone):
    write(clone, {"notebooks/03_toy.ipynb": "mine", "extra": "a file", "deep/one.txt": "mine"})
    publish(course, {"notebooks/03_toy.ipynb": "three", "extra/file.txt": "theirs", "deep": "file"})
    update(clone)
    assert read(clone, "notebooks/03_toy.ipynb") == "three"
    assert read(clone, "notebooks/my_03_toy.ipynb") == "mine"
    assert read(clone, "extra/file.txt") == "theirs"
    assert read(clone, "notebooks/my_other_files/extra") == "a file"
    assert read(clone, "deep") == "file"
    assert read(clone, "notebooks/my_other_files/deep/one.txt") == "mine"


def test_staged_changes_are_kept_even_when_changed_again(course, clone):
    write(clone, {LESSON: "staged"})
    git(clone, "add", LESSON)
    write(clone, {LESSON: "later"})
    publish(course, NEWER)
    told = update(clone)
    assert read(clone, "notebooks/my_01_toy.ipynb") == "later"
    assert git(clone, "show", f"my-work-1^2:{LESSON}") == "staged"
    assert "my-work-1" in told[-1]


def test_diverged_commits_are_kept_on_a_branch(course, clone):
    write(clone, {LESSON: "mine", "notebooks/mine.ipynb": "own"})
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "my work")
    mine = git(clone, "rev-parse", "HEAD")
    publish(course, NEWER)
    update(clone)
    assert git(clone, "rev-parse", "my-work-1") == mine
    assert git(clone, "rev-parse", "main") == git(course, "rev-parse", "main")
    assert read(clone, "notebooks/my_01_toy.ipynb") == "mine"
    assert read(clone, "notebooks/mine.ipynb") == "own"


def test_commit_of_a_file_that_the_new_version_has_too(course, clone):
    publish(clone, {"notebooks/03_toy.ipynb": "mine", "extra": "file"})
    publish(course, {"notebooks/03_toy.ipynb": "three", "extra/file.txt": "theirs"})
    update(clone)
    assert read(clone, "notebooks/my_03_toy.ipynb") == "mine"
    assert read(clone, "notebooks/my_other_files/extra") == "file"
    assert read(clone, "extra/file.txt") == "theirs"


def test_lesson_withdrawn_by_the_course_is_kept_if_changed(course, clone):
    write(clone, {LESSON: "mine"})
    git(course, "rm", "--quiet", LESSON, "notebooks/02_toy.ipynb")
    publish(course, {"course_utils/tool.py": "two = 2\n"})
    update(clone)
    assert read(clone, "notebooks/my_01_toy.ipynb") == "mine"
    assert not (clone / "notebooks/02_toy.ipynb").exists()


def test_deleted_lesson_comes_back(course, clone):
    (clone / LESSON).unlink()
    publish(course, NEWER)
    update(clone)
    assert read(clone, LESSON) == NEWER[LESSON]


def test_no_network_changes_nothing(course, clone):
    write(clone, {LESSON: "mine"})
    course.rename(course.with_name("elsewhere"))
    before = snapshot(clone)
    with pytest.raises(CourseError, match="could not be fetched"):
        update(clone)
    assert snapshot(clone) == before


def test_merge_under_way_changes_nothing(course, clone):
    publish(clone, {LESSON: "mine"})
    publish(course, NEWER)
    git(clone, "fetch", "--quiet")
    subprocess.run(["git", "merge", "--quiet", "origin/main"], cwd=clone, capture_output=True)
    before = snapshot(clone)
    with pytest.raises(CourseError, match="merge --abort"):
        update(clone)
    assert snapshot(clone) == before


def test_own_branch_changes_nothing(course, clone):
    git(clone, "switch", "--quiet", "--create", "mine")
    publish(course, NEWER)
    before = snapshot(clone)
    with pytest.raises(CourseError, match="git switch main"):
        update(clone)
    assert snapshot(clone) == before


def test_folder_without_git_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(CourseError, match="git clone"):
        update(tmp_path)


def test_shallow_clone_is_updated(course, clone, tmp_path):
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{course}", str(shallow))
    write(shallow, {LESSON: "mine"})
    publish(course, NEWER)
    update(shallow)
    assert read(shallow, LESSON) == NEWER[LESSON]
    assert read(shallow, "notebooks/my_01_toy.ipynb") == "mine"
