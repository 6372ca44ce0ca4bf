"""A toy course of one lesson, so that the workshop is tried on what is small and known."""

import base64
import io

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

DESCRIPTION = "A ramp of greys, 16 wide and 8 high, from black on the left to white on the right."
FIND = """import sys
from pathlib import Path

sys.path.insert(0, str(Path.cwd().parent))
import course_utils

print("Lesson 01 is ready.")"""
DOUBLE = '''def double(number):
    """Twice a number."""
    return number * 2
'''
SHOW = f"""from base64 import b64decode
from IPython.display import display

display({{"image/png": PNG, "text/plain": {DESCRIPTION!r}}}, raw=True,
        metadata={{"image/png": {{"alt": {DESCRIPTION!r}}}}})"""
PYPROJECT = """[project]
name = "toy"

[project.urls]
Repository = "https://github.com/OWNER/cnn-course"
"""


def ramp(compress_level=6):
    """Return a small picture's PNG as base64 text; the level changes the bytes alone."""
    image = Image.linear_gradient("L").rotate(90).resize((16, 8))
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=compress_level)
    return base64.b64encode(file.getvalue()).decode()


def toy_lesson():
    """Return a lesson of four code cells: the common first, a kept function, a picture, a use."""
    prose = " ".join(["word"] * 60)
    kept = {"kept": "by_hand.toy:double"}
    cells = [
        new_markdown_cell(f"# Double a number\n\n{prose}"),
        new_code_cell(FIND, metadata={"tags": ["first-cell"]}),
        new_markdown_cell(f"## Write it\n\n{prose}"),
        new_code_cell("def double(number):\n    ...\n\ndouble(3)", metadata=kept),
        new_markdown_cell(f"## See it\n\n{prose}"),
        new_code_cell(f"PNG = {ramp()!r}\n" + SHOW),
        new_markdown_cell(f"### Use it\n\n{prose}"),
        new_code_cell("from course_utils.by_hand import toy\n\nprint(toy.double(21))"),
    ]
    return new_notebook(cells=cells)
