"""Reaching into an explorer's live box as a hand would: find, set, press, read."""

import re

import ipywidgets


def walk(widget):
    """Yield a widget and all that it contains."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def find(explorer, label):
    """Return the one input or button with a label."""
    (found,) = [w for w in walk(explorer.live()) if getattr(w, "description", None) == label]
    return found


def press(explorer, label):
    find(explorer, label).click()


def inputs(explorer):
    kinds = (ipywidgets.BoundedIntText, ipywidgets.FloatText, ipywidgets.Dropdown)
    return [w for w in walk(explorer.live()) if isinstance(w, kinds)]


def page(explorer):
    """Return all HTML that is shown now, but the style."""
    texts = [w.value for w in walk(explorer.live()) if isinstance(w, ipywidgets.HTML)]
    return re.sub(r"<style>.*?</style>", "", "\n".join(texts), flags=re.DOTALL)


def refusal(explorer):
    """Return the sentence in the place for refusals, or ''."""
    return "".join(re.findall(r'role="alert"[^>]*>(.*?)</div>', page(explorer)))


def readout(explorer):
    (text,) = re.findall(r'role="status"[^>]*>(.*?)</div>', page(explorer), re.DOTALL)
    return text


def pictures(explorer):
    """Return the views: everything shown but words for the moment and refusals."""
    return re.findall(r"<(?:figure|table).*?</(?:figure|table)>", page(explorer), re.DOTALL)
