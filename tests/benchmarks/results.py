"""What was measured, part by part: results/<part>.json, and result.md, which is made from them.

A part's file holds its runs: {"how": words, "runs": [run, …]}. A run is what was measured at one
time on one machine: {"day", "commit", "load", "machine", "rows"}; each of its rows has "what",
"measured" and "goal" in words, and the "numbers" in them by name, which ends in their unit.
There is one run, unless a choice of rows was measured anew: that is a run of its own, so that what
stands in one table was measured together.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from course_utils.places import RESULTS as FOLDER

PAGE = Path(__file__).parent / "result.md"
OPENING = """# What the course takes

Written by `make bench` from `results/`. Each section can be renewed alone, as by
`make bench ARGS="latency"`, and says when, where and of which commit its rows were measured:
compare within a table. Machines differ: read it for what is large and what is small. The goals are
the budgets of CONTRIBUTING.md; nothing passes or fails by this page.
"""


class NotMeasuredError(Exception):
    """A part cannot be measured here; its message says what is missing."""


@dataclass(frozen=True)
class Row:
    """One thing measured.

    Attributes:
        what, measured, goal: in words, for the table.
        numbers: {name: number} of what was measured, such as {"median_ms": 16.4}.
    """

    what: str
    measured: str
    goal: str = ""
    numbers: dict = field(default_factory=dict)


def keep(part, how, run, rows, chosen=False):
    """Keep what a part measured; earlier runs of it go, with `chosen` only their rows of the same.

    Args:
        part: its name.
        how: words about the measurement, or "".
        run: {"day", "commit", "load", "machine"}.
        rows: Rows.
        chosen: whether these are some of the part's rows only.
    """
    earlier = read(part)["runs"] if chosen else []
    again = {row.what for row in rows}
    for one in earlier:
        one["rows"] = [row for row in one["rows"] if row["what"] not in again]
    runs = [one for one in earlier if one["rows"]] + [run | {"rows": [asdict(row) for row in rows]}]
    text = json.dumps({"how": how, "runs": runs}, indent=1, ensure_ascii=False)
    FOLDER.mkdir(exist_ok=True)
    _file(part).write_text(text + "\n", encoding="utf-8")


def read(part):
    """Return {"how", "runs"} of a part as it was kept; no runs, where it was never measured."""
    if not _file(part).exists():
        return {"how": "", "runs": []}
    return json.loads(_file(part).read_text(encoding="utf-8"))


def page(parts):
    """Return all that was kept as a Markdown page, the parts in this order."""
    kept = {part: read(part) for part in parts}
    sections = [section(part, **one) for part, one in kept.items() if one["runs"]]
    return "\n".join([OPENING, *sections])


def section(part, how, runs):
    """Return a part's section of the page: one table a run, with what was true of it."""
    tables = [f"{circumstances(run)}\n\n{table(run['rows'])}\n" for run in runs]
    return "\n".join([f"## {part}\n", *([f"{how.strip()}\n"] if how else []), *tables])


def circumstances(run):
    """Return when, of which commit and on what machine a run was made, in words."""
    machine = run["machine"]
    words = [f"{machine['cores']} cores ({machine['architecture']})"]
    if machine["memory_gb"]:
        words.append(f"{machine['memory_gb']} GB of memory")
    words += [machine["system"], f"Python {machine['python']}"]
    words += [f"{package} {version}" for package, version in machine["versions"].items()]
    said = f"Day: {run['day']}. Source: {run['commit']}. Machine: {', '.join(words)}."
    if run["load"] is None:
        return said
    return f"{said} Load before: {run['load']} of {machine['cores']} cores."


def table(rows):
    """Return kept rows as a Markdown table with aligned columns."""
    names = ("what", "measured", "goal")
    lines = [names, *([row[name] for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    lines.insert(1, ["-" * width for width in widths])
    padded = [" | ".join(text.ljust(n) for text, n in zip(line, widths)) for line in lines]
    return "\n".join(f"| {line} |" for line in padded)


def _file(part):
    return FOLDER / f"{part}.json"
