"""Measure the course, a part or all of it: what each thing takes here, beside its goal.

    make bench                         # everything
    make bench ARGS="latency"          # some parts: those sections of result.md are renewed
    make bench ARGS="lessons 03 05"    # of the lessons, two

A measurement is never a pass mark: machines differ, and no test reads the result.
"""

import argparse
import os
import sys

import parts
import results
from circumstances import circumstances


def chosen(words):
    """Return {part: the names chosen from it, or []} of the words of the command; all for none.

    Raises:
        ValueError: a word that is no part, and no choice of the part before it.
    """
    found = {}
    for word in words or parts.NAMES:
        last = next(reversed(found), None)
        if word in parts.NAMES:
            found.setdefault(word, [])
        elif last and word in _choices(last):
            found[last].append(word)
        else:
            raise ValueError(f"expected one of {', '.join(_expected(last))}, received {word}")
    return found


def _expected(last):
    return [*parts.NAMES, *(_choices(last) if last else ())]


def _choices(name):
    """Return the names that can be chosen from a part; most parts are measured whole."""
    return getattr(parts.part(name), "choices", dict)()


def measure(name, names):
    """Measure a part, or some of its rows; keep it and print it."""
    module = parts.part(name)
    how, run = getattr(module, "HOW", ""), circumstances()
    print(f"measuring {' '.join([name, *names])} …", file=sys.stderr)
    try:
        rows = module.rows(names) if names else module.rows()
    except results.NotMeasuredError as problem:
        print(f"{name}: not measured, {problem}; its section stays as it was", file=sys.stderr)
        return
    results.keep(name, how, run, rows, chosen=bool(names))
    results.PAGE.write_text(results.page(parts.NAMES), encoding="utf-8")
    print(results.section(name, **results.read(name)))


def main():
    """Measure the chosen parts; each renews its section of the page as soon as it is done."""
    parser = argparse.ArgumentParser(description="Measure the course, part by part.")
    parser.add_argument("words", nargs="*", metavar="part", help=f"of {', '.join(parts.NAMES)}")
    try:
        wanted = chosen(parser.parse_args().words)
    except ValueError as problem:
        parser.error(str(problem))
    # As in a lesson: TensorFlow is quiet, and explorers make the widgets that a student sees.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.pop("COURSE_HEADLESS", None)
    for name, names in wanted.items():
        measure(name, names)


if __name__ == "__main__":
    main()
