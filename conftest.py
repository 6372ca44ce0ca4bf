"""Every kernel and test process that pytest starts runs without widgets and without noise.

What a student has solved and trained is neither read nor written.
"""

import os
import tempfile

_OWN = tempfile.TemporaryDirectory(prefix="course_tests_")  # goes when pytest ends

os.environ["COURSE_HEADLESS"] = "1"
os.environ["COURSE_PROGRESS"] = os.path.join(_OWN.name, "progress.json")
os.environ["COURSE_CHECKPOINTS"] = os.path.join(_OWN.name, "checkpoints")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
