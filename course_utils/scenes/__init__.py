"""Scenes made from real pixels by a seed: digits with boxes, garments with masks.

What writes and reads them as TFRecords loads when it is first used: making them needs no
TensorFlow.
"""

from importlib import import_module

from course_utils.scenes.digits import digit_crops, digit_scenes
from course_utils.scenes.garments import garment_scenes
from course_utils.scenes.making import Scenes

_OF_RECORDS = ("read_records", "write_records")

__all__ = [
    "Scenes", "digit_crops", "digit_scenes", "garment_scenes", "read_records", "write_records",
]  # fmt: skip


def __getattr__(name):
    if name in _OF_RECORDS:
        return getattr(import_module(f"{__name__}.records"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
