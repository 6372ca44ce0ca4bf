"""The repository's address: one place names it, every link agrees.

`[project.urls] Repository` in pyproject.toml is that place. Binder, Colab, nbgitpuller and clone
addresses elsewhere hold the same owner and name; after a fork one command rewrites them all.
"""

import re
import subprocess
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from course_utils.authoring.tree import project_files, read_text
from course_utils.errors import CourseError

# Tests make addresses up; data and fonts hold other people's.
SKIPPED = ("tests", "data")
PART = r"[A-Za-z0-9_.-]+"
# What may stand before owner/name in a link that leads to a repository.
BEFORE = r"(?:github\.com[/:]|/v2/gh/|/github/|raw\.githubusercontent\.com/)"
ENCODED_BEFORE = r"github\.com%2F"
# Links to Binder, Colab and a raw file can only mean this repository, whatever their owner says.
OWN = re.compile(rf"(?:/v2/gh/|colab\.research\.google\.com/github/"
                 rf"|\bclone\b[^\n]*?github\.com[/:])"
                 rf"({PART})/({PART}?)(?=\.git\b|[^A-Za-z0-9_.-]|\.?\s|\.?$)")  # fmt: skip
ANY = re.compile(rf"{BEFORE}({PART})/({PART}?)(?=\.git\b|[^A-Za-z0-9_.-]|\.?\s|\.?$)")
ANY_ENCODED = re.compile(rf"{ENCODED_BEFORE}({PART})%2F({PART}?)(?=\.git\b|[^A-Za-z0-9_.-]|$)")


def repository(root):
    """Return the (owner, name) of the repository that pyproject.toml names."""
    project = tomllib.loads((Path(root) / "pyproject.toml").read_text(encoding="utf-8"))
    return parse_address(project["project"]["urls"]["Repository"])


def parse_address(address):
    """Return the (owner, name) of a GitHub address in any form that git takes.

    Raises:
        CourseError: it is no address of a repository on GitHub.
    """
    text = address.strip()
    path = text.partition(":")[2] if text.startswith("git@github.com:") else _path(text)
    parts = re.fullmatch(rf"({PART})/({PART}?)(?:\.git)?/?", path.lstrip("/"))
    if not parts:
        raise CourseError(
            "Expected a repository on GitHub, such as https://github.com/OWNER/NAME (Binder and "
            f"Colab open those). Received {address!r}."
        )
    return parts[1], parts[2]


def _path(text):
    split = urlsplit(text if "//" in text else f"https://{text}")
    return split.path if split.hostname in ("github.com", "www.github.com") else ""


def origin(root):
    """Return the address of the git remote `origin`.

    Raises:
        CourseError: there is none.
    """
    command = ["git", "remote", "get-url", "origin"]
    try:
        found = subprocess.run(command, cwd=root, capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        raise CourseError(
            "Expected a git remote `origin` and found none: give the address, "
            "`python -m course_utils.authoring links https://github.com/OWNER/NAME`."
        ) from None
    return found.stdout.strip()


def rewrite(root, address=None):
    """Make every link lead to another repository; return the paths of the files that changed.

    Args:
        root: the course's folder.
        address: the new address, by default that of the git remote `origin`.

    Raises:
        CourseError: the address is none of GitHub's, or there is no `origin`.
    """
    old, new = repository(root), parse_address(address or origin(root))
    changed = []
    for path in linked_files(root):
        text = read_text(Path(root) / path)
        if text is not None and (moved := rewritten(text, old, new)) != text:
            (Path(root) / path).write_bytes(moved.encode())
            changed.append(path)
    return changed


def linked_files(root):
    """Return the files, relative to root, in which links are looked for."""
    return [path for path in project_files(root) if path.parts[0] not in SKIPPED]


def rewritten(text, old, new):
    """Return a text whose links to the repository `old` lead to `new`, both (owner, name).

    Also changed are the folder that a clone makes, in `cd NAME` and in nbgitpuller's `tree/NAME/`.
    """
    (owner, name), (new_owner, new_name) = old, new
    end = r"(?=\.git\b|[^A-Za-z0-9_.-]|\.?\s|\.?$)"
    o, n = re.escape(owner), re.escape(name)
    moves = (
        (rf"({BEFORE}){o}/{n}{end}", rf"\g<1>{new_owner}/{new_name}"),
        (rf"({ENCODED_BEFORE}){o}%2F{n}{end}", rf"\g<1>{new_owner}%2F{new_name}"),
        (rf"(?m)((?:^|[\s`;&])cd ){n}(?=[\s`;&\\]|$)", rf"\g<1>{new_name}"),
        (rf"(\btree/){n}(?=/)", rf"\g<1>{new_name}"),
        (rf"(tree%2F){n}(?=%2F)", rf"\g<1>{new_name}"),
    )
    for pattern, replacement in moves:
        text = re.sub(pattern, replacement, text)
    return text


def strangers(root):
    """Return (path, link) for each link that should lead to this repository and does not.

    Those are Binder's, Colab's and clone addresses, and others that share the owner or the name.
    """
    own = repository(root)
    texts = ((path, read_text(Path(root) / path)) for path in linked_files(root))
    return [(path, link) for path, text in texts if text for link in _strangers(text, own)]


def _strangers(text, own):
    ours = [found for found in OWN.finditer(text)]
    others = [*ANY.finditer(text), *ANY_ENCODED.finditer(text)]
    ours += [found for found in others if found[2] == own[1]]
    return [found[0] for found in ours if (found[1], found[2]) != own]
