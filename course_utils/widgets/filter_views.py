"""What a `FilterExplorer` draws: mosaics of kernels and maps, patches, and the live picture."""

import numpy as np

from course_utils.draw.filters import filter_figure
from course_utils.draw.mosaic import FRAME, framed, levels, mosaic, palette
from course_utils.draw.style import looks_signed, number, signed_limit
from course_utils.widgets import html
from course_utils.widgets.filter_words import titles
from course_utils.widgets.model_pictures import drawable

SHOWN = 176  # pixels on screen along the longer side of the picture and of the large map
PATCH = 54  # pixels on screen of a patch
SHARPEST = 2 * PATCH  # pixels sent for it
BESIDE = 500  # pixels of width on screen that the kernels take beside the other parts


def figure(network, data, state, description):
    """Return all parts in one figure, with its description."""
    signed = looks_signed(data.maps)
    return filter_figure(
        _framed_picture(network, data, state),
        _coloured(kernel_mosaic(data, state), True),
        _coloured(map_mosaic(data, state), signed),
        palette(signed)[_large_map(data, state)],
        patches(network, data, state),
        np.array([value for *_, value in data.best]),
        titles(data, state),
        description,
    )


def views(network, data, state, description):
    """Return the live picture, in parts: {name: html}; the last one carries the description."""
    names, signed = titles(data, state), looks_signed(data.maps)
    maps, kernels = map_mosaic(data, state), kernel_mosaic(data, state, room=BESIDE)
    unit = f"row {state.row}, column {state.column}"
    seen = _framed_picture(network, data, state)
    shown = {
        "picture": html.image(seen, f"picture {state.picture}, the box of {unit} framed",
                              photograph=max(network.images.shape[1:3]) > SHOWN),
        "map": html.image(_large_map(data, state), f"{names['map']}, {unit} framed",
                          palette=palette(signed), pick="map"),
        "best": _best_html(network, data, state),
        "kernels": html.image(kernels.pixels, names["kernels"],
                              palette=_palette_of(kernels, True), pick="kernels",
                              clear=kernels.gaps),
        "maps": html.image(maps.pixels, description, palette=palette(signed), pick="maps",
                           clear=maps.gaps),
    }  # fmt: skip
    names["picture"] = f"seen in picture {state.picture}"
    if network.tones.words:
        names["picture"] += f" ({network.tones.words})"
    return {name: html.figure(names[name], part) for name, part in shown.items()}


def map_mosaic(data, state):
    """Return all feature maps as a `Mosaic`."""
    maps = levels(data.maps, data.limit, looks_signed(data.maps))
    return mosaic(np.moveaxis(maps, 2, 0), state.filter, data.dead)


def kernel_mosaic(data, state, **room):
    """Return all kernels, or the slices of one where they are too deep for colours."""
    kernels = data.kernels
    if data.is_deep:
        slices = np.moveaxis(kernels[state.filter], 2, 0)
        return mosaic(levels(slices, signed_limit(slices), True), **room)
    each = state.normalise == "each map"
    limit = _largest(kernels) if each else np.abs(kernels).max()
    if kernels.shape[3] == 1:
        indices = levels(kernels[..., 0], np.reshape(limit, (-1, 1, 1)), True)
        return mosaic(indices, state.filter, **room)
    scaled = kernels / np.reshape(limit, (-1, 1, 1, 1)) * 127 + 128
    return mosaic(scaled.astype(np.uint8), state.filter, **room)


def patches(network, data, state):
    """Return the best patches as (height, width, 3) pixels, each with its own box."""
    return [_patch(network, state.layer, place) for place in data.best]


def _patch(network, layer, place):
    picture, row, column, _ = place
    top, left, bottom, right = network.box(layer, row, column)
    pixels = _pixels(network, picture)
    inside = pixels[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    patch = np.full((bottom - top, right - left, 3), 128, np.uint8)  # grey: beyond the picture
    patch[max(-top, 0) :, max(-left, 0) :][: inside.shape[0], : inside.shape[1]] = inside
    return patch[:: -(-len(patch) // SHARPEST), :: -(-len(patch) // SHARPEST)]


def _best_html(network, data, state):
    parts = [
        '<div style="text-align:center;margin:0 6px 6px 0">'
        + html.image(patch, f"patch of picture {picture}", PATCH, pick=f"best{place}")
        + f"{number(value)}</div>"
        for place, (patch, (picture, *_, value)) in enumerate(
            zip(patches(network, data, state), data.best)
        )
    ]
    return (
        f'<div style="display:grid;grid-template-columns:repeat(3,{PATCH + 6}px)">'
        f"{''.join(parts)}</div>"
    )


def _framed_picture(network, data, state):
    pixels = _pixels(network, state.picture)
    zoom = max(SHOWN // max(pixels.shape[:2]), 1)
    return framed(pixels, data.box, palette(True)[FRAME], zoom)


def _large_map(data, state):
    """Return the filter's map enlarged, as indices, its unit framed."""
    values = data.maps[..., state.filter]
    indices = levels(values, data.limit_of(state.filter), looks_signed(data.maps))
    zoom = max(SHOWN // max(indices.shape), 1)
    return framed(indices, (state.row, state.column, state.row + 1, state.column + 1), FRAME, zoom)


def _pixels(network, picture):
    """Return a picture as (height, width, 3) pixels."""
    pixels = network.tones.pixels(drawable(network.images[picture]))
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., np.newaxis], 3, axis=2)


def _largest(kernels):
    """Return the largest weight of each kernel; 1 where all are 0."""
    largest = np.abs(kernels).max(axis=(1, 2, 3))
    return np.where(largest > 0, largest, 1)


def _coloured(tiles, signed):
    return tiles.pixels if tiles.pixels.ndim == 3 else palette(signed)[tiles.pixels]


def _palette_of(tiles, signed):
    return None if tiles.pixels.ndim == 3 else palette(signed)
