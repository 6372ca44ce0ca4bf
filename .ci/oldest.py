"""Print the oldest versions that pyproject.toml allows, as constraints for pip.

    python .ci/oldest.py >oldest.txt
    pip install -c oldest.txt -e ".[cpu,test]"

pip has no "lowest" resolution of its own. Only what the course names itself is held at its lower
bound; what those packages need in turn, pip chooses.
"""

import tomllib
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def lower_bounds(project):
    """Return {name: version} of every requirement that has a lower bound or a pin.

    Args:
        project: the `[project]` table of pyproject.toml, as `tomllib` reads it.
    """
    extras = project.get("optional-dependencies", {})
    lines = [*project["dependencies"], *(line for extra in extras.values() for line in extra)]
    bounds = {}
    for requirement in map(Requirement, lines):
        versions = [s.version for s in requirement.specifier if s.operator in (">=", "==", "~=")]
        if versions:
            bounds[requirement.name.lower()] = versions[0]
    return bounds


def main():
    """Write one `name==version` a line, sorted by name."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    for name, version in sorted(lower_bounds(project).items()):
        print(f"{name}=={version}")


if __name__ == "__main__":
    main()
