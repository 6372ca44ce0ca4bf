"""Every kernel and test process that pytest starts runs without widgets and without noise."""

import os

os.environ["COURSE_HEADLESS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
