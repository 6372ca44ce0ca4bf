"""Scenes made from real pixels by a seed: digits with boxes, garments with masks."""

from course_utils.scenes.digits import digit_crops, digit_scenes
from course_utils.scenes.garments import garment_scenes
from course_utils.scenes.making import Scenes

__all__ = ["Scenes", "digit_crops", "digit_scenes", "garment_scenes"]
