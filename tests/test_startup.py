"""Starting Keras: one line of text, no TensorFlow chatter, the same numbers each time."""

import io
import os
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from course_utils import startup

NUMBERS = """
import random, numpy, keras
print(random.random(), numpy.random.rand(), keras.random.normal([1]).numpy()[0])
"""
START = "import course_utils; course_utils.start(1)\n"
READY = "Lesson 01 is ready: Keras runs on TensorFlow.\n"


def python(code, **environment):
    """Run code in a fresh Python with TensorFlow as talkative as it comes."""
    silent = ("TF_CPP_MIN_LOG_LEVEL", "KERAS_BACKEND")
    kept = {name: value for name, value in os.environ.items() if name not in silent}
    return subprocess.run(
        [sys.executable, "-c", code], env=kept | environment, capture_output=True, text=True
    )


def test_a_second_start_gives_the_same_numbers_and_all_is_quiet():
    done = python(START + NUMBERS + START + NUMBERS)
    first, numbers, second, again = done.stdout.splitlines(keepends=True)
    assert first == second == READY and numbers == again
    assert done.stderr == ""


def test_tensorflow_may_be_there_already():
    """A student may have imported it; standard error is theirs before and after."""
    code = (
        "import sys, tensorflow\nprint('before', file=sys.stderr)\n"
        + START
        + "print('after', file=sys.stderr)\nprint(sys.modules['keras'].backend.backend())"
    )
    done = python(code, TF_CPP_MIN_LOG_LEVEL="3")
    assert done.stdout == READY + "tensorflow\n"
    assert done.stderr.splitlines()[-2:] == ["before", "after"]


@pytest.mark.parametrize("stderr", [io.StringIO(), None])
def test_a_standard_error_without_a_file_behind_it(monkeypatch, stderr):
    """As on Colab, under pytest's capture, or in a program without a console."""
    monkeypatch.setattr(sys, "stderr", stderr)
    with startup._quiet_stderr():
        pass
    assert sys.stderr is stderr


def test_a_closed_standard_error():
    code = "import os; from course_utils import startup; os.close(2)\n"
    done = python(code + "with startup._quiet_stderr(): print('started')")
    assert (done.stdout, done.returncode) == ("started\n", 0)


def test_what_python_writes_meanwhile_is_put_off_but_errors_come_through(capfd):
    with pytest.raises(ImportError), startup._quiet_stderr():
        os.write(2, b"chatter\n")
        raise ImportError("broken")
    os.write(2, b"heard\n")
    assert capfd.readouterr().err == "heard\n"


def test_no_descriptor_is_left_open():
    before = os.dup(2)
    os.close(before)
    for _ in range(3):
        with startup._quiet_stderr():
            pass
    after = os.dup(2)
    os.close(after)
    assert before == after


def test_the_seed_can_be_chosen():
    import numpy as np

    draws = []
    for seed in (5, 6, 5):
        startup.start_keras(seed)
        draws.append(np.random.rand())
    assert draws[0] == draws[2] != draws[1]


def test_a_kernel_prints_one_line_and_nothing_else(monkeypatch):
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    cell = nbformat.v4.new_code_cell(START)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    assert [(o.output_type, o.name, o.text) for o in cell.outputs] == [("stream", "stdout", READY)]
