"""The lessons that every test of lessons goes through."""

from course_utils.authoring.lesson_files import lesson_paths
from course_utils.places import ROOT

LESSONS = lesson_paths(ROOT)
