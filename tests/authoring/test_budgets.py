"""Each budget complains about a lesson that breaks it, and about no other."""

import base64
import io

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from toy_course import DESCRIPTION, ramp

from course_utils.authoring import budgets


def prose(words=60, title="# Title"):
    return new_markdown_cell(f"{title}\n\n" + " ".join(["word"] * words))


def picture(png=None, text=DESCRIPTION, alt=DESCRIPTION):
    metadata = {"image/png": {"alt": alt}} if alt else {}
    return new_output("display_data", {"image/png": png or ramp(), "text/plain": text},
                      metadata=metadata)  # fmt: skip


def code(source="draw()", outputs=None, count=1):
    shown = [picture()] if outputs is None else outputs
    return new_code_cell(source, outputs=shown, execution_count=count)


def said(*cells, **metadata):
    return " ".join(budgets.complaints(new_notebook(cells=list(cells), metadata=metadata)))


def text_output(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def one_colour():
    file = io.BytesIO()
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_a_lesson_in_order_has_no_complaint():
    assert said(prose(), code()) == ""


LONG = "\n".join(f"a{n} = {n}" for n in range(26))


@pytest.mark.parametrize(
    "cells, complaint",
    [
        ([prose(), code(LONG)], "26 lines in the longest code cell, at most 25"),
        ([prose(), code("\n".join(["a = 1"] * 7))], "7 lines in the median"),
        ([prose(), code("\n".join(["a = 1"] * 19))], "19 lines at the 90th"),
        ([prose(30), code()], "31 words of prose a code cell, 45 to 90"),
        ([prose(120), code()], "121 words"),
        ([prose(), code(outputs=[])], "a figure in 0%"),
        ([prose(), code("big = 1\n# " + "x" * 700_000)], "700"),
        ([prose(), code(count=None)], "Execution counts 1 to 1"),
        ([prose(), code(count=2)], "Execution counts 1 to 1"),
        ([prose(), code(outputs=[picture(text="<Figure size 640x480 with 1 Axes>" * 2)])],
         "without a description"),
        ([prose(), code(outputs=[picture(text="too short", alt="too short")])], "without a desc"),
        ([prose(), code(outputs=[picture(alt=None)])], "alt text is None"),
        ([prose(), code(outputs=[picture(one_colour())])], "blank picture"),
        ([prose(), code(outputs=[picture(), text_output("in /home/me/course")])], "'/home/m'"),
        ([prose(), code(outputs=[picture(), text_output("<f at 0x7f0123456789>")])], "at 0x7f"),
        ([prose(), code(outputs=[picture(), text_output("careful", "stderr")])], "stderr"),
        ([prose(), code(outputs=[picture(), new_output("error", ename="E", evalue="v")])],
         "Cell 2 failed: E: v"),
        ([prose(), code("draw();")], "semicolon"),
        ([prose(), code("draw();  # so")], "semicolon"),
        ([prose(title="## Title"), code()], "One title"),
        ([prose(), prose(title="# Again"), code(), code(count=2)], "One title"),
        ([prose(), prose(title="### Deep"), code(), code(count=2)], "level is skipped"),
        ([prose(title="# T\n![](a.png)"), code()], "without alt text: ![](a.png)"),
        ([prose(title='# T\n<img src="a" alt="">'), code()], "without alt text: <img"),
    ],
)  # fmt: skip
def test_what_breaks_a_budget_is_told(cells, complaint):
    assert complaint in said(*cells)


def test_widgets_left_in_a_lesson_are_told():
    view = new_output("display_data", {budgets.WIDGET: {"model_id": "1"}})
    assert "widget" in said(prose(), code(outputs=[picture(), view]))
    assert "widget state" in said(prose(), code(), widgets={"state": {}})


def test_a_lesson_without_code_is_told():
    assert "no code cell" in said(prose())


def test_words_are_those_a_reader_reads():
    fenced = "```python\nnot = this\n```"
    text = f"A [link](https://a.b/c d) to `code`, $x + y$ and\n{fenced}\n<b>bold</b>"
    assert budgets.count_words(text) == len("A link to code formula and bold".split())


def test_hash_signs_in_fenced_code_are_no_headings():
    assert said(prose(title="# Title\n```python\n# a comment\n#### another\n```"), code()) == ""


def test_lines_count_as_repeated_from_three_lessons_on():
    lessons = [new_notebook(cells=[code(f"same = 1\nother{n} = 2\n)")]) for n in range(3)]
    assert budgets.repeated_share(lessons[:2]) == 0
    assert budgets.repeated_share(lessons) == 0.5


def test_first_cells_are_not_repetition():
    cells = [code("import course_utils") for _ in range(3)]
    for cell in cells:
        cell.metadata["tags"] = ["first-cell"]
    assert budgets.repeated_share([new_notebook(cells=[cell]) for cell in cells]) == 0


def test_the_dots_of_exercises_are_not_repetition_but_other_dots_are():
    def lessons(metadata):
        cells = [code(f"def f{n}():\n    return ...") for n in range(3)]
        for cell in cells:
            cell.metadata.update(metadata)
        return [new_notebook(cells=[cell]) for cell in cells]

    assert budgets.repeated_share(lessons({"exercise": "f"})) == 0
    assert budgets.repeated_share(lessons({})) == 0.5


def test_percentile_is_a_value_that_nine_in_ten_keep():
    cells = [prose(600), *(code("\n".join(["a"] * n), count=n) for n in range(1, 11))]
    measured = budgets.measure(new_notebook(cells=cells))
    assert (measured.median_lines, measured.ninetieth_lines, measured.most_lines) == (5.5, 9, 10)
