"""What stands for a widget in a notebook that is opened again, until its cell is run.

A notebook keeps no widgets: on another day JupyterLab writes "model not found" in their places. So
a still follows a widget, as an output of its own: HTML, which is part of the notebook. CSS shows it
in JupyterLab, Notebook 7 and the pages of nbconvert, as long as no widget stands above it.
Elsewhere it stays out of sight: Colab, VS Code and Notebook 6 build their pages otherwise, and a
browser without `:has`, older than 2024, could not tell.
"""

NOTE = "Run this cell to bring it to life."
# The output above holds the widget, the one kind without data-mime-type. Nothing but text in it:
# the widget is gone, or still on its way. What it says when a script failed has elements: it stays.
STYLE = """<style>
.course-still { display: none; }
@supports selector(:has(*)) {
  .jp-OutputArea .course-still { display: block; }
  .jp-OutputArea-child:has(> .jp-OutputArea-output:not([data-mime-type]) > *)
    + .jp-OutputArea-child:has(.course-still),
  .jp-OutputArea-child:has(+ .jp-OutputArea-child .course-still)
    > .jp-OutputArea-output:not([data-mime-type]):not(:has(*)) { display: none; }
}
</style>"""


def still(content="", words=""):
    """Return {MIME type: text} to display right after a widget.

    Args:
        content: HTML for what was seen; by default nothing, which also hides "model not found".
        words: the same for viewers that have text only.
    """
    note = f"<p>{NOTE}</p>" if content else ""
    piece = f'{STYLE}<div class="course-still">{content}{note}</div>'
    return {"text/html": piece, "text/plain": words}
