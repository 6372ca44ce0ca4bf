"""Where the words of a matplotlib figure stand, in pixels."""

from itertools import combinations

from matplotlib.backends.backend_agg import FigureCanvasAgg

from course_utils.draw.grids import SMALLEST

SLACK = 1.5  # pixels by which neighbours may touch


def drawn(figure):
    """Draw a figure; return its renderer."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas.get_renderer()


def words(figure):
    """Return [(text, box in pixels)] of all words that can be seen."""
    renderer = drawn(figure)
    found = [*figure.texts, *(text for axes in figure.axes for text in _of_axes(axes))]
    found = [text for text in found if text.get_text().strip() and text.get_visible()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in found]


def _of_axes(axes):
    yield from (axes.title, axes._left_title, *axes.texts)
    for axis in (axes.xaxis, axes.yaxis) if axes.axison else ():
        low, high = sorted(axis.get_view_interval())
        yield axis.label
        yield axis.get_offset_text()
        yield from (t.label1 for t in axis.get_major_ticks() if low <= t.get_loc() <= high)
        yield from (t.label2 for t in axis.get_major_ticks() if t.label2.get_visible())


def cut_off(found, figure):
    """Return the words that reach beyond the figure's edge."""
    width, height = figure.get_size_inches() * figure.dpi
    return [
        text
        for text, box in found
        if box.x0 < -SLACK or box.y0 < -SLACK or box.x1 > width + SLACK or box.y1 > height + SLACK
    ]


def overlapping(found):
    """Return the pairs of words that cover each other."""
    return [
        (one, other)
        for (one, a), (other, b) in combinations(found, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > SLACK and min(a.y1, b.y1) - max(a.y0, b.y0) > SLACK
    ]


def assert_readable(shown):
    """No word is cut off, none covers another, each number is inside its cell: return the words."""
    found = words(shown.figure)
    assert (cut_off(found, shown.figure), overlapping(found)) == ([], [])
    for axes in shown.figure.axes:
        if axes.images and axes.texts:
            cell = axes.get_window_extent().width / axes.images[0].get_array().shape[1]
            assert all(text.get_window_extent().width <= cell + 1 for text in axes.texts)
            assert all(text.get_fontsize() >= SMALLEST for text in axes.texts)
    return [text for text, _ in found]
