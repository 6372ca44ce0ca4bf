"""Curves over numbers, and paths through a landscape: what is drawn is what was given."""

import numpy as np
import pytest
from layout import assert_readable
from matplotlib.colors import to_rgb

from course_utils import draw

NAMES = ("SGD", "momentum", "RMSProp", "Adam", "wwwwwwwwwwww", "learning rate of all")
ACROSS, UP = np.linspace(-2, 2, 20), np.linspace(-1, 1, 10)
BOWL = UP[:, None] ** 2 + ACROSS**2


def curves(count, end=0.0):
    return {name: ([1, 2, 3], [1, 0.5, end * place]) for place, name in enumerate(NAMES[:count])}


@pytest.mark.parametrize("count", range(1, 7))
@pytest.mark.parametrize("end", [0, 0.2])
def test_curves_hold_their_numbers_and_their_names_can_be_read(count, end):
    shown = draw.lines(curves(count, end), "Curves.", across="epoch", up="loss")
    written = assert_readable(shown)
    drawn = shown.figure.axes[0].lines
    for line, (name, (places, values)) in zip(drawn, curves(count, end).items(), strict=True):
        assert line.get_label() == name and np.array_equal(line.get_xydata().T, [places, values])
    assert len({(line.get_color(), line.get_marker()) for line in drawn}) == count
    assert set(NAMES[:count]) & set(written) == (set(NAMES[:count]) if count > 1 else set())
    assert {"epoch", "loss"} <= set(written)


def test_an_axis_of_whole_numbers_has_no_ticks_between_them():
    shown = draw.lines({"one": (range(1, 21), np.linspace(1, 2, 20))}, "A curve of 20 epochs.")
    assert_readable(shown)
    assert all(tick == round(tick) for tick in shown.figure.axes[0].get_xticks())


@pytest.mark.parametrize("logarithmic", ["", "x", "y", "xy"])
def test_axes_go_in_powers_of_ten_where_asked(logarithmic):
    shown = draw.lines({"a": ([1e-3, 1e-2, 1e-1], [1, 10, 100])}, "Rises.", logarithmic=logarithmic)
    axes = shown.figure.axes[0]
    scales = {"x": axes.get_xscale(), "y": axes.get_yscale()}
    assert {axis for axis, scale in scales.items() if scale == "log"} == set(logarithmic)
    assert_readable(shown)


def test_a_short_logarithmic_axis_names_its_places():
    rates = [0.001, 0.01, 0.1, 0.3]
    shown = draw.lines({"a": (rates, [1, 2, 3, 4])}, "Rises.", logarithmic="x")
    written = assert_readable(shown)
    assert [text for text in written if text.startswith("0.")] == ["0.001", "0.01", "0.1", "0.3"]


def test_small_numbers_on_the_axis_are_not_cut_off():
    rates = np.linspace(0.003, 0, 50)
    shown = draw.lines({"rate": (range(50), rates)}, "Falls.", across="update", up="learning rate")
    assert "learning rate" in assert_readable(shown)


def test_what_is_not_finite_leaves_a_gap_and_the_name_stands_at_the_last_that_is():
    gap = {"a": ([1, 2, 3, 4], [1, np.nan, 2, np.inf]), "b": ([1, 2], [np.nan, np.nan])}
    written = assert_readable(draw.lines(gap, "A curve with a gap, and one of gaps alone."))
    assert "a" in written and "b" not in written


@pytest.mark.parametrize(
    ("series", "said"),
    [
        ({}, "1 to 6 curves. Received 0"),
        ({str(n): ([1], [1]) for n in range(7)}, "1 to 6 curves. Received 7"),
        ({"a": ([1, 2], [1])}, "as many values for 'a'"),
        ({"a": ([], [])}, "as many values for 'a'"),
        ({"a": ([1],)}, "as many values for 'a'"),
    ],
)
def test_what_is_no_curve_is_refused(series, said):
    with pytest.raises(ValueError, match=said):
        draw.lines(series, "Nothing.")


# --- landscape -----------------------------------------------------------------------------------


def paths(count):
    return {name: np.linspace([1.5, 0.5], [0.1 * place, 0], 9) for place, name in
            enumerate(NAMES[:count])}  # fmt: skip


@pytest.mark.parametrize("count", [1, 3, 4, 6])
def test_each_path_has_a_panel_with_its_steps_its_start_and_the_lowest_place(count):
    shown = draw.landscape(BOWL, ACROSS, UP, paths(count), "A bowl, and paths into it.")
    written = assert_readable(shown)
    assert {"weight 2", *NAMES[:count]} <= set(written)
    panels = [axes for axes in shown.figure.axes if axes.get_visible()]
    assert len(panels) == count
    row, column = np.unravel_index(BOWL.argmin(), BOWL.shape)
    for axes, path in zip(panels, paths(count).values(), strict=True):
        steps, start, lowest = axes.lines
        assert np.array_equal(steps.get_xydata(), path)
        assert np.array_equal(start.get_xydata(), path[:1])
        assert np.array_equal(lowest.get_xydata(), [[ACROSS[column], UP[row]]])
        assert (axes.get_xlim(), axes.get_ylim()) == ((-2, 2), (-1, 1))


def test_the_landscape_is_lighter_where_the_loss_is_lower():
    shown = draw.landscape(BOWL, ACROSS, UP, paths(1), "A bowl.")
    faces = shown.figure.axes[0].collections[0].get_facecolor()
    assert (np.diff(faces[:, :3].mean(axis=1)) < 0).all()


def test_a_flat_landscape_is_drawn_too():
    assert draw.landscape(np.ones((10, 20)), ACROSS, UP, paths(1), "A plain.").png()


@pytest.mark.parametrize(
    ("losses", "given", "said"),
    [
        (BOWL.T, paths(1), r"10 × 20 places. Received shape \(20, 10\)"),
        (np.where(BOWL > 1, np.nan, BOWL), paths(1), "finite loss"),
        (BOWL, {}, "1 to 6 paths. Received 0"),
        (BOWL, {"a": np.zeros((4, 3))}, r"'a' as \(steps \+ 1, 2\). Received shape \(4, 3\)"),
        (BOWL, {"a": np.zeros((0, 2))}, "Received shape"),
    ],
)
def test_what_does_not_fit_a_landscape_is_refused(losses, given, said):
    with pytest.raises(ValueError, match=said):
        draw.landscape(losses, ACROSS, UP, given, "Nothing.")


def test_names_are_darker_than_their_curves():
    shown = draw.lines(curves(2, 0.2), "Two curves.")
    axes = shown.figure.axes[0]
    for line in axes.lines:
        (name,) = [text for text in axes.texts if text.get_text() == line.get_label()]
        assert sum(to_rgb(name.get_color())) < sum(to_rgb(line.get_color()))
