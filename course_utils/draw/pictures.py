"""Photographs and what kernels make of them, side by side."""

import numpy as np

from course_utils.draw.grids import draw_grid, frame, wrap_title
from course_utils.draw.shown import Shown
from course_utils.draw.style import ORANGE, SIGNED, looks_signed, new_figure, number, signed_limit

ROW_HEIGHT, NARROWEST = 2.3, 0.9  # inches
THIN = 0.1  # a frame's line, as around cells of so many inches
ALL_BUT_FEW = 99.8  # percentile of the values that get a colour of their own


def pictures(images, description=None, columns=4, frames=None):
    """Show images side by side, each under its name.

    Args:
        images: {title: image}; an image is (height, width), (height, width, 1) or
            (height, width, 3). One with values below zero is drawn signed: white is 0, red
            positive, blue negative. Others are drawn as they are, 0 black and 1 white.
        description: what there is to see; by default titles and sizes.
        columns: the most pictures in a row.
        frames: {title: (top, left, height, width)} to mark in that picture, in pixels.

    Returns:
        Shown.
    """
    if not images:
        raise ValueError("Expected at least one picture. Received none.")
    arrays = {title: _drawable(title, image) for title, image in images.items()}
    columns = min(columns, len(arrays))
    rows = -(-len(arrays) // columns)
    aspect = np.mean([image.shape[1] / image.shape[0] for image in arrays.values()])
    width = min(8.4 / columns, ROW_HEIGHT * aspect)
    panel = max(width, NARROWEST)
    figure = new_figure(columns * panel, rows * (max(width / aspect, NARROWEST) + 0.35))
    for place, (title, image) in enumerate(arrays.items(), start=1):
        axes = figure.add_subplot(rows, columns, place)
        draw_picture(figure, axes, wrap_title(title, panel), image)
        if frames and title in frames:
            frame(axes, *frames[title], colour=ORANGE, cell=THIN)
    return Shown(figure, description or _list(arrays))


def kernel_result(image, kernel, output, title, signed, description):
    """Show a photograph, the kernel as numbers, and what the kernel makes of it."""
    figure = new_figure(8, 2.8)
    axes = figure.subplots(1, 3, width_ratios=[1.2, 0.9, 1.2])
    draw_picture(figure, axes[0], "photograph", _drawable("photograph", image))
    draw_grid(axes[1], kernel, title, signed=True, fontsize=_kernel_font(kernel),
              cell=2 / max(kernel.shape))
    draw_picture(figure, axes[2], "output", _drawable("output", output), signed=signed)
    return Shown(figure, description)


def draw_picture(figure, axes, title, image, signed=None):
    """Draw one image into axes; a signed one gets a colour bar with its limits."""
    signed = looks_signed(image) if signed is None else signed
    axes.set_title(title, fontsize=10)
    axes.set_axis_off()
    if signed and image.ndim == 2:
        # A few extreme pixels would leave all others pale: they share the last colour.
        limit = signed_limit(image, ALL_BUT_FEW)
        drawn = axes.imshow(image, cmap=SIGNED, vmin=-limit, vmax=limit)
        bar = figure.colorbar(drawn, ax=axes, ticks=[-limit, 0, limit], shrink=0.7, pad=0.02,
                              extend="both" if np.abs(image).max() > limit else "neither")
        bar.ax.set_yticklabels([number(-limit), "0", number(limit)], fontsize=8)
    else:
        middle = 0.5 + image / signed_limit(image) / 2 if signed else image
        axes.imshow(np.clip(middle, 0, 1), cmap="gray", vmin=0, vmax=1)


def _drawable(title, image):
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[..., 0]
    if 0 in image.shape or image.ndim != 2 and (image.ndim != 3 or image.shape[2] != 3):
        raise ValueError(
            f"Expected {title!r} of shape (height, width), or with 1 or 3 channels. "
            f"Received shape {image.shape}."
        )
    return image.astype(float)


def _kernel_font(kernel):
    return {1: 11, 2: 11, 3: 11, 4: 9, 5: 8, 6: 6.5}.get(max(kernel.shape), 6)


def _list(arrays):
    sizes = [f"{title} ({a.shape[0]} × {a.shape[1]})" for title, a in arrays.items()]
    return f"{len(sizes)} pictures side by side: " + ", ".join(sizes) + "."
