"""A network's filters in one figure: picture, kernels, feature maps, and the patches liked best."""

from course_utils.draw.shown import Shown
from course_utils.draw.style import new_figure, number
from course_utils.draw.words import fold, letters_in

WIDTH, TOP, BOTTOM = 9.2, 2.4, 3.2  # inches
TITLE, VALUE = 10, 8  # points


def filter_figure(picture, kernels, maps, large, patches, values, titles, description):
    """Show what a `FilterExplorer` shows.

    Args:
        picture, kernels, maps, large: pixels, (height, width, 3) uint8.
        patches: up to nine of them.
        values: (n,) the unit's value on each patch.
        titles: {"picture", "kernels", "maps", "map", "best": words}.
        description: what there is to see.

    Returns:
        Shown.
    """
    figure = new_figure(WIDTH, TOP + BOTTOM)
    upper, lower = figure.add_gridspec(2, 1, height_ratios=[TOP, BOTTOM])
    parts = {"picture": picture, "map": large, "kernels": kernels}
    shares = upper.subgridspec(1, 3, width_ratios=[1, 1, 1.6])
    for place, (name, pixels) in enumerate(parts.items()):
        axes = figure.add_subplot(shares[place])
        _show(axes, pixels, titles[name], WIDTH * (0.42 if name == "kernels" else 0.26))
    shares = lower.subgridspec(1, 2, width_ratios=[2, 1.1])
    _show(figure.add_subplot(shares[0]), maps, titles["maps"], WIDTH * 0.6)
    _show_patches(figure, shares[1], patches, values, titles["best"])
    return Shown(figure, description)


def _show(axes, pixels, title, inches):
    axes.imshow(pixels, interpolation="nearest")
    axes.set_title(fold(title, letters_in(inches, TITLE)), fontsize=TITLE)
    axes.set_axis_off()
    axes.set_anchor("N")


def _show_patches(figure, place, patches, values, title):
    rows = -(-len(patches) // 3)
    grid = place.subgridspec(max(rows, 1), 3)
    for number_, (patch, value) in enumerate(zip(patches, values)):
        axes = figure.add_subplot(grid[divmod(number_, 3)])
        axes.imshow(patch, interpolation="nearest")
        axes.set_title(number(value), fontsize=VALUE)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_color("#999999")
        if number_ == 1 or len(patches) == 1:
            axes.set_title(f"{title}\n{number(value)}", fontsize=VALUE)
