"""Reaching into an explorer's live box as a hand would: find, set, press, read."""

import re
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser

import ipywidgets
import numpy as np


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


# --- comparing, and reading HTML as strictly as nobody does ---------------------------------------

ATTRIBUTES = {
    "class", "style", "src", "alt", "aria-label", "aria-live", "role", "scope", "data-pick",
    # of SVG
    "viewbox", "d", "x", "y", "width", "height", "cx", "cy", "r", "href", "preserveaspectratio",
    "font-family", "font-size", "text-anchor",
}  # fmt: skip


def same(one, other):
    """Assert that two results of `compute` are equal, all that they hold included."""
    if is_dataclass(one):
        assert type(one) is type(other)
        for field in fields(one):
            same(getattr(one, field.name), getattr(other, field.name))
    else:
        np.testing.assert_equal(one, other)


class Parsed(HTMLParser):
    """The tags and attributes of a text; unbalanced tags and stray quotes are found."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.open = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag not in ("img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag

    @property
    def names(self):
        """The attributes that occur."""
        return {name for _, name, _ in self.attributes}

    def words(self, *names):
        """Return the values of these attributes."""
        return [value for _, name, value in self.attributes if name in names]
