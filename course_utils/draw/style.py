"""Figures of one look: size, fonts, colours that a colour-blind reader can tell apart."""

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

# Okabe and Ito (2008), Color Universal Design.
BLUE, ORANGE = "#0072B2", "#E69F00"
VERMILION, GREEN, PURPLE, SKY = "#D55E00", "#009E73", "#CC79A7", "#56B4E9"
SERIES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)  # of curves, in this order
RGB = ("red", "green", "blue")
SIGNED = "RdBu_r"  # white at zero, red above, blue below
DOTS_PER_INCH = 90


def new_figure(width, height):
    """Return an empty figure of `width` × `height` inches that lays itself out."""
    # Generous, for the layout places titles above pictures a little too high; `Shown` trims.
    layout = ConstrainedLayoutEngine(h_pad=0.1)
    return Figure(figsize=(width, height), dpi=DOTS_PER_INCH, layout=layout)


def placed_figure(width, height):
    """Return an empty figure of `width` × `height` inches whose parts are placed by hand."""
    return Figure(figsize=(width, height), dpi=DOTS_PER_INCH)


def pixel_axes(width, height):
    """Return the only axes of a figure, counting in pixels from its upper left corner."""
    figure = placed_figure(width / DOTS_PER_INCH, height / DOTS_PER_INCH)
    axes = figure.add_axes([0, 0, 1, 1])
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    return axes


def framed_axes(size, right, left=1.1, below=0.6, above=0.15):
    """Return a figure and its only axes, of `size` inches, with so many inches around them."""
    width, height = size
    figure = placed_figure(left + width + right, below + height + above)
    whole = figure.get_size_inches()
    axes = figure.add_axes([*([left, below] / whole), *(size / whole)])
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def signed_limit(values, percentile=100):
    """Return the symmetric colour limit of signed values: white stays at zero.

    Args:
        percentile: of the values' sizes; those beyond it share the last colour.
    """
    sizes = np.abs(values)
    return float(np.percentile(sizes, percentile) or sizes.max()) or 1.0


def looks_signed(values):
    """Return True when an array has values clearly below zero."""
    return float(np.min(values, initial=0)) < -1e-6


def cell_colours(values, signed):
    """Return one background per value, (…, 3) in 0…1.

    Signed values are red and blue around white; others grey from black at 0 to white at 1, or at
    the largest value where that is above 1.
    """
    if signed:
        return colormaps[SIGNED](values / signed_limit(values) / 2 + 0.5)[..., :3]
    grey = np.clip(values / max(1, np.max(values, initial=1)), 0, 1)
    return np.repeat(grey[..., None], 3, axis=-1)


def inks_on(colours):
    """Return "black" or "white" for each colour, whichever is easier to read on it.

    Args:
        colours: (..., 3) in 0…1.

    Reference: WCAG 2.2, contrast ratio: from a relative luminance of 0.179 black is better.
    """
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    return np.where(linear @ [0.2126, 0.7152, 0.0722] > 0.179, "black", "white")


def channel_label(name, channel, channels):
    """Return a caption for one channel: three are a picture's red, green and blue."""
    if channels == 1:
        return name
    return f"{name}, {RGB[channel] if channels == 3 else f'channel {channel}'}"


def cell_text(value):
    """Return what stands in a cell: a word as it is, a number as `number` writes it."""
    return value if isinstance(value, str) else number(value)


def number(value):
    """Return a number in at most two decimals, with a real minus sign: 3, 0.25, −1.5."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")
