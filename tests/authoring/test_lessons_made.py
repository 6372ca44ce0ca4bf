"""Making a lesson: executed, normalised, and the same bytes the second time."""

import base64
import io

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image
from toy_course import DESCRIPTION, ramp

from course_utils.authoring import lesson_files
from course_utils.authoring.budgets import complaints
from course_utils.authoring.execute import LessonFailed, execute
from course_utils.authoring.lessons import make_lesson
from course_utils.authoring.normalise import normalise


def test_second_run_gives_the_same_bytes(toy, lesson):
    made = make_lesson(lesson, toy)
    first = lesson.read_bytes()
    assert made.changed and (made.peak_megabytes is None or made.peak_megabytes > 10)
    assert complaints(lesson_files.read(lesson)) == []
    assert not make_lesson(lesson, toy).changed
    assert lesson.read_bytes() == first


def test_a_picture_with_equal_pixels_keeps_its_bytes(toy, lesson):
    make_lesson(lesson, toy)
    former = lesson_files.read(lesson)
    anew = lesson_files.read(lesson)
    assert ramp(0) != ramp()
    anew.cells[5].outputs[0].data["image/png"] = ramp(0)
    assert normalise(anew, former) == former


def test_a_picture_with_other_pixels_is_replaced():
    other = picture("RGB", "red")
    notebook = new_notebook(cells=[shown(other)])
    assert normalise(notebook, new_notebook(cells=[shown(ramp())])) is notebook
    assert notebook.cells[0].outputs[0].data["image/png"] == other


def picture(mode, colour):
    file = io.BytesIO()
    Image.new(mode, (16, 8), colour).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def shown(png):
    data = {"image/png": png, "text/plain": DESCRIPTION}
    return new_code_cell("draw()", outputs=[new_output("display_data", data)])


def test_normalised_form():
    texts = [("stdout", "a"), ("stdout", "b\n"), ("stderr", "2024-01-01 00:00:00.1: I tsl\n")]
    outputs = [new_output("stream", name=name, text=text) for name, text in texts]
    outputs.append(new_output("execute_result", {"text/plain": "3"}, execution_count=9))
    volatile = {"execution": {"busy": "1"}, "collapsed": True, "tags": ["kept"]}
    cell = new_code_cell("3", outputs=outputs, execution_count=9, metadata=volatile)
    notebook = new_notebook(cells=[cell], metadata={"widgets": {"state": {}}})
    notebook.metadata.language_info = {"name": "python", "version": "3.99"}
    normalise(notebook)
    assert notebook.metadata.language_info == {"name": "python"}
    assert notebook.metadata.kernelspec.name == "python3" and "widgets" not in notebook.metadata
    assert cell.id == "cell-01" and cell.metadata == {"tags": ["kept"]}
    assert cell.execution_count == cell.outputs[-1].execution_count == 1
    assert [output.get("text") for output in cell.outputs] == ["ab\n", None]


def test_stderr_of_the_lessons_own_stays():
    outputs = [new_output("stream", name="stderr", text="UserWarning: mend me\n")]
    notebook = new_notebook(cells=[new_code_cell("1", outputs=outputs, execution_count=1)])
    assert normalise(notebook).cells[0].outputs == outputs


def test_a_failing_cell_is_told_and_the_file_untouched(toy, lesson):
    notebook = lesson_files.read(lesson)
    notebook.cells[7].source = "print('so far')\n1 / 0"
    lesson_files.write(notebook, lesson)
    before = lesson.read_bytes()
    with pytest.raises(LessonFailed, match="01_toy, cell 8: ZeroDivisionError: division by zero"):
        make_lesson(lesson, toy)
    assert lesson.read_bytes() == before


def test_headless_and_live_and_progress(tmp_path):
    asks = "import os\nprint(os.environ.get('COURSE_HEADLESS'), os.path.basename(os.getcwd()))"
    bar = "from IPython.display import HTML, display\ndisplay(HTML('<progress></progress>'))"
    notebook = new_notebook(cells=[new_code_cell(asks), new_code_cell(bar)])
    done = []
    headless = execute(notebook, tmp_path, report=lambda *state: done.append(state))
    live = execute(notebook, tmp_path, headless=False)
    assert headless.notebook.cells[0].outputs[0].text == f"1 {tmp_path.name}\n"
    assert live.notebook.cells[0].outputs[0].text.startswith("None")
    assert live.progress == (False, True) and done == [(0, 2), (1, 2), (2, 2)]
    assert notebook.cells[0].outputs == []
