"""A lesson as a page: pictures keep their words, and each kind of explorer brings its script."""

import re

import numpy as np
from nbformat.v4 import new_code_cell, new_notebook, new_output
from toy_course import DESCRIPTION

from course_utils.authoring import __main__ as authoring
from course_utils.authoring.execute import _environment
from course_utils.authoring.page import as_page
from course_utils.widgets import ConvStepper, KernelLab, front


def test_a_lesson_becomes_one_file_in_which_every_picture_has_its_words(toy, lesson, capsys):
    before = lesson.read_bytes()
    assert authoring.main(["page", "01"], toy) == 0
    page = toy / "build" / "pages" / "01_toy.html"
    assert capsys.readouterr().out == f"{page}\n"
    text = page.read_text(encoding="utf-8")
    assert f'alt="{DESCRIPTION}"' in text and "42" in text
    assert not re.search(r"<(?:img|link)[^>]*(?:src|href)=.?https?:", text)
    assert lesson.read_bytes() == before


def test_each_kind_of_explorer_has_one_script():
    stepper, lab = ConvStepper(np.eye(4), np.ones((2, 2))), KernelLab("coins")
    data = [{"text/html": front.page_piece(one)} for one in (stepper, lab, stepper)]
    outputs = [new_output("display_data", one) for one in data]
    page = as_page(new_notebook(cells=[new_code_cell("show()", outputs=outputs)]), "toy")
    assert re.findall(r'start\("(\w+)", shown\)', page) == ["lab", "stepper"]
    assert page.count('<div data-front="stepper">') == 2
    assert "data-front" not in as_page(new_notebook(), "empty")


def test_a_kernel_is_told_that_a_page_is_made(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PAGE", "1")
    assert "COURSE_PAGE" not in _environment(True, tmp_path)
    made = _environment(True, tmp_path, exported=True)
    assert made["COURSE_PAGE"] == made["COURSE_HEADLESS"] == "1"
