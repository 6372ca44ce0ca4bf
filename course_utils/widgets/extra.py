"""Widgets that anywidget makes: an extra, without which every explorer still works."""

import functools
import sys

from course_utils.places import core_widgets


def extra(make):
    """Turn what makes a widget class into a function that may return None instead.

    Args:
        make: called once for the same arguments, with anywidget, traitlets and these.

    Returns:
        A function of the arguments: the class, or None where anywidget is missing or, with
        COURSE_CORE_WIDGETS=1, is not to be used.
    """

    @functools.cache
    def made(*arguments):
        try:
            import anywidget
            import traitlets
        except ImportError:
            return None
        _allow_on_colab()
        return make(anywidget, traitlets, *arguments)

    @functools.wraps(make)
    def found(*arguments):
        return None if core_widgets() else made(*arguments)

    return found


def _allow_on_colab():
    """Colab shows widgets that are not ipywidgets' own only when it is told to."""
    if "google.colab" in sys.modules:
        from google.colab import output

        output.enable_custom_widget_manager()
