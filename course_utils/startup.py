"""Starting Keras on TensorFlow: quietly, reproducibly, or with a sentence that says what to do."""

import contextlib
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from numbers import Integral

from course_utils.errors import CourseError
from course_utils.waiting import waiting

SEED = 1


def start_keras(number=SEED):
    """Import Keras with the TensorFlow backend and seed Python, NumPy and TensorFlow.

    Raises:
        CourseError: TensorFlow is missing, or Keras was told to use another backend.
    """
    load_keras()
    seed(number)
    _compute_in_full_precision()


def seed(number):
    """Seed Python, NumPy, TensorFlow and Keras at once.

    Args:
        number: a whole number from 0 to 2³² − 1, which is what NumPy takes.

    Raises:
        ValueError: `number` is something else.
        CourseError: TensorFlow is missing, or Keras was told to use another backend.
    """
    if not isinstance(number, Integral) or not 0 <= number < 2**32:
        raise ValueError(
            f"Expected a seed that is a whole number from 0 to 4294967295, got {number!r}: "
            "take a number such as 1."
        )
    load_keras().utils.set_random_seed(int(number))


def load_keras():
    """Return Keras, imported quietly on the TensorFlow backend.

    Raises:
        CourseError: TensorFlow is missing, or Keras was told to use another backend.
    """
    _require_tensorflow()
    _require_backend(os.environ.setdefault("KERAS_BACKEND", "tensorflow"))
    keras = _load("keras")
    _require_backend(keras.backend.backend())
    return keras


def load_tensorflow():
    """Return TensorFlow, imported quietly.

    Raises:
        CourseError: TensorFlow is missing.
    """
    _require_tensorflow()
    return _load("tensorflow")


def _load(name):
    """Import a module that starts TensorFlow, and have TensorFlow look for its devices.

    It looks only once, and what its C++ code has to say about a missing GPU is said here.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if name not in sys.modules:
        with waiting("Starting TensorFlow"), _quiet_stderr():
            import_module(name)
            import_module("tensorflow").config.list_physical_devices()
    return import_module(name)


def _compute_in_full_precision():
    """Keep float32 products exact on GPUs that would shorten them to TF32 (Ampere and later).

    The lessons hold Keras against arithmetic by hand to five digits; TF32 keeps three.
    """
    import tensorflow

    tensorflow.config.experimental.enable_tensor_float_32_execution(False)


def _require_tensorflow():
    if "tensorflow" not in sys.modules and find_spec("tensorflow") is None:
        raise CourseError(
            "This course expected TensorFlow, and it is not installed here: run "
            '`pip install -e ".[cpu]"` in the course\'s folder, then restart the kernel.'
        )


def _require_backend(backend):
    if backend != "tensorflow":
        raise CourseError(
            "This course expected Keras on the TensorFlow backend, and Keras is set to "
            f"{backend!r}: set KERAS_BACKEND=tensorflow (or remove it), then restart the kernel."
        )


@contextlib.contextmanager
def _quiet_stderr():
    """Send file descriptor 2 elsewhere: TensorFlow's C++ code writes there while it loads."""
    try:
        kept = os.dup(2)
    except OSError:  # a program without standard error has nothing to be quiet about
        yield
        return
    if sys.stderr is not None:
        sys.stderr.flush()
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
