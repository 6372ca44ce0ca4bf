"""What the lessons share: arithmetic by hand, data, drawing, explorers and exercises.

Importing the package is light. A room such as `course_utils.draw` loads when it is first used.
"""

from importlib import import_module

__version__ = "0.1.0"

_ROOMS = (
    "gpu", "by_hand", "datasets", "handwriting", "scenes", "models", "probe", "draw", "widgets",
    "exercises",
)  # fmt: skip


def __getattr__(name):
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_ROOMS])


def start(lesson):
    """Make Keras ready for a lesson and say so in one line.

    Args:
        lesson: the lesson's number, as in the file's name.

    Raises:
        CourseError: TensorFlow is missing, or Keras was told to use another backend.
    """
    from course_utils.gpu import grow_memory
    from course_utils.startup import start_keras

    start_keras()
    grow_memory()  # before the first operation: afterwards it cannot be changed
    print(f"Lesson {lesson:02d} is ready: Keras runs on TensorFlow.")
