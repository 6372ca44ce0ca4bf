"""Settings of all tests: no test fails for being slow, and CI draws the same examples each time."""

import os

from hypothesis import settings

settings.register_profile("course", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("course")
