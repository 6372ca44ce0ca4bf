"""Progress: nothing when headless or outside Jupyter, a bar in a kernel, never one that hangs."""

import re

import nbformat
import pytest
from nbclient import NotebookClient

from course_utils import waiting


@pytest.fixture
def shown(monkeypatch):
    """Pretend that a kernel is there; collect each text that the bar has had."""
    texts = []
    monkeypatch.delenv("COURSE_HEADLESS", raising=False)
    monkeypatch.setattr(waiting, "_in_a_kernel", lambda: True)

    def watch(widget, raw=False):
        if raw:  # what stands for it when it is gone
            assert 'class="course-still"></div>' in widget["text/html"]
            return
        texts.append(widget.value)
        widget.observe(lambda change: texts.append(change.new), names="value")

    monkeypatch.setattr("IPython.display.display", watch)
    return texts


def values(texts):
    """Return (done, total) of each bar among the texts."""
    found = [re.search(r'<progress [^>]*value="(\d+)" max="(\d+)"', text) for text in texts]
    return [tuple(map(int, match.groups())) for match in found if match]


def test_a_block_of_unknown_length(shown):
    with waiting.waiting("Baking"):
        assert len(shown) == 1
        assert '<progress aria-label="Baking"></progress> Baking' in shown[0]
    assert re.fullmatch(r"Baking: done in \d+ s\.", shown[-1]) and len(shown) == 2


def test_a_loop_counts(shown):
    assert list(waiting.track("abc", "Reading")) == ["a", "b", "c"]
    assert values(shown) == [(0, 3), (1, 3), (2, 3)]
    assert "Reading 2 of 3" in shown[-2]
    assert re.fullmatch(r"Reading: done in \d+ s\.", shown[-1])


def test_a_loop_over_what_has_no_length(shown):
    assert sum(waiting.track((n for n in range(3)), "Adding", length=3)) == 3
    assert values(shown)[-1] == (2, 3)
    assert list(waiting.track([], "Nothing")) == []
    with pytest.raises(TypeError):
        list(waiting.track(iter("ab"), "Guessing"))


def test_an_exception_passes_and_the_bar_stops(shown):
    with pytest.raises(KeyError), waiting.waiting("Baking"):
        raise KeyError("flour")
    assert re.fullmatch(r"Baking: stopped after \d+ s\.", shown[-1])


def test_an_interrupt_stops_the_bar_too(shown):
    with pytest.raises(KeyboardInterrupt), waiting.waiting("Training"):
        raise KeyboardInterrupt
    assert "<progress" not in shown[-1]


def test_a_loop_that_is_left_early_stops_the_bar(shown):
    for item in waiting.track(range(9), "Looking"):
        if item == 2:
            break
    assert re.fullmatch(r"Looking: stopped after \d+ s\.", shown[-1])


def test_an_iterable_that_fails_stops_the_bar(shown):
    with pytest.raises(ZeroDivisionError):
        list(waiting.track((1 / n for n in (1, 0)), "Dividing", length=2))
    assert "stopped" in shown[-1]


def test_labels_are_escaped(shown):
    with waiting.waiting('<b onclick="x">'):
        pass
    assert all("<b" not in text and '"x"' not in text for text in shown)


@pytest.mark.parametrize("kernel", [True, False])
def test_headless_or_outside_jupyter_nothing_is_shown(monkeypatch, shown, kernel):
    if kernel:
        monkeypatch.setenv("COURSE_HEADLESS", "1")
    monkeypatch.setattr(waiting, "_in_a_kernel", lambda: kernel)
    with waiting.waiting("Baking"):
        assert list(waiting.track("ab", "Reading")) == ["a", "b"]
    assert shown == []


# --- in a kernel ---------------------------------------------------------------------------------

LOOP = """
from course_utils.waiting import track, waiting
for item in track(range(3), "Reading"): pass
with waiting("Baking"): pass
"""


def executed(source):
    """Run one cell in a fresh kernel; return it and the states of its widgets."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    client = NotebookClient(notebook, timeout=60, kernel_name="python3")
    client.execute()
    return notebook.cells[0], client.widget_state


def test_in_a_kernel_a_bar_is_a_widget(monkeypatch):
    monkeypatch.delenv("COURSE_HEADLESS")
    cell, states = executed(LOOP)
    kinds = [max(output["data"], key=len) for output in cell.outputs]
    assert kinds == 2 * ["application/vnd.jupyter.widget-view+json", "text/plain"]
    texts = sorted(state["value"] for state in states.values() if state.get("value"))
    assert [re.sub(r"\d+", "n", text) for text in texts] == [
        "Baking: done in n s.", "Reading: done in n s.",
    ]  # fmt: skip


def test_headless_a_kernel_shows_nothing(monkeypatch):
    monkeypatch.setenv("COURSE_HEADLESS", "1")
    cell, states = executed(LOOP)
    assert (cell.outputs, states) == ([], {})
