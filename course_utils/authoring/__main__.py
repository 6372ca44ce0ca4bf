"""The commands of `python -m course_utils.authoring`."""

import argparse
import sys
from pathlib import Path

from course_utils.errors import CourseError
from course_utils.places import ROOT


def main(arguments=None, root=ROOT):
    """Run one command; return the exit status."""
    chosen = _parser().parse_args(arguments)
    try:
        return chosen.command(chosen, Path(root)) or 0
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1


def _parser():
    parser = argparse.ArgumentParser(prog="python -m course_utils.authoring", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command, said, named in (
        ("lessons", _lessons, "write kept code into lessons, execute and normalise them", True),
        ("kept", _kept, "write kept code into lessons, and nothing else", True),
        ("measure", _measure, "execute lessons for their minutes and memory", True),
        ("budgets", _budgets, "print the budgets and what breaks them", True),
        ("mutations", _mutations, "break what lessons teach and see them go red", True),
        ("slides", _slides, "write slides into build/slides/", True),
        ("page", _page, "write pages that move without a kernel into build/pages/", True),
        ("student", _student, "build the edition without solutions", False),
        ("links", _links, "make all links lead to another repository", False),
        ("checkpoint", _checkpoint, "train a network that the course ships, and ship it", False),
    ):
        one = commands.add_parser(name, help=said, description=said)
        one.set_defaults(command=command)
        if named:
            one.add_argument("lessons", nargs="*", help="numbers or names; all by default")
        _add_own(one, name)
    return parser


def _add_own(parser, name):
    if name == "student":
        said = "a folder that is missing or empty; student/ by default"
        parser.add_argument("out", nargs="?", type=Path, default=Path("student"), help=said)
    if name == "checkpoint":
        said = "of lesson 03, which reads digits; of 06, the detector; of 07, for either picture"
        choices = ("reader", "detector", "garments", "nuclei")
        parser.add_argument("network", choices=choices, help=said)
    if name == "links":
        parser.add_argument("address", nargs="?", help="by default that of the remote origin")
    if name == "measure":
        parser.add_argument("--write", type=Path, help="a JSON file for the measurements")


def _paths(chosen, root):
    from course_utils.authoring.lesson_files import lesson_paths

    return lesson_paths(root, chosen.lessons)


def _lessons(chosen, root):
    from course_utils.authoring.lessons import make_lesson

    for path in _paths(chosen, root):
        print(make_lesson(path, root), flush=True)


def _kept(chosen, root):
    from course_utils.authoring import kept, lesson_files

    for path in _paths(chosen, root):
        notebook = lesson_files.read(path)
        changed = kept.write_kept(notebook, root)
        if changed:
            lesson_files.write(notebook, path)
        print(f"{path.stem}: {', '.join(changed) or 'nothing to write'}")


def _measure(chosen, root):
    from course_utils.authoring.lessons import as_json, measure_lesson

    measured = []
    for path in _paths(chosen, root):
        measured.append(measure_lesson(path, root))
        print(measured[-1], flush=True)
    if chosen.write:
        chosen.write.write_text(as_json(measured), encoding="utf-8")


def _budgets(chosen, root):
    from course_utils.authoring import budgets, lesson_files

    lessons = {path.stem: lesson_files.read(path) for path in _paths(chosen, root)}
    print("\n".join(budgets.table(lessons)))
    repeated = budgets.repeated_share(lessons.values())
    print(f"Lines repeated in three or more lessons: {repeated:.1%}")
    found = [f"{name}: {one}" for name in lessons for one in budgets.complaints(lessons[name])]
    print("\n".join(found or ["All budgets are kept."]))
    return 1 if found else 0


def _mutations(chosen, root):
    from course_utils.authoring.mutations import mutate_lesson, summary

    for path in _paths(chosen, root):
        outcomes = mutate_lesson(root, path)
        for one in outcomes:
            print(f"{one.kept}  {one.description}\n    {one.caught or 'NOT CAUGHT'}")
        print(f"{path.stem}: {summary(outcomes)}")


def _slides(chosen, root):
    from course_utils.authoring.slides import write_slides

    for path in _paths(chosen, root):
        print(write_slides(path, root / "build" / "slides"))


def _page(chosen, root):
    from course_utils.authoring.page import write_page

    for path in _paths(chosen, root):
        print(write_page(path, root / "build" / "pages"), flush=True)


def _student(chosen, root):
    from course_utils.authoring.student import build_student_edition

    written = build_student_edition(root, chosen.out)
    print(f"{len(written)} files of the student edition stand in {chosen.out}.")


def _links(chosen, root):
    from course_utils.authoring.links import rewrite

    changed = rewrite(root, chosen.address)
    print("\n".join(f"{path}: rewritten" for path in changed) or "Every link was right already.")


def _checkpoint(chosen, root):
    from course_utils.authoring import checkpoint

    path, result = getattr(checkpoint, f"ship_{chosen.network}")(root / "data")
    print(f"{path.relative_to(root)}: {result}.")


if __name__ == "__main__":
    sys.exit(main())
