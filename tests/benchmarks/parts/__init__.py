"""The parts of the benchmark, a module each: `rows()` measures, HOW, where it stands, says how.

A part whose rows can be measured one by one has `choices()`, their names, and takes some of them.
"""

from importlib import import_module

NAMES = (
    "imports", "explorers", "latency", "convolutions", "digits", "detection", "segmentation",
    "lessons",
)  # fmt: skip


def part(name):
    """Return the module of a part."""
    return import_module(f"parts.{name}")
