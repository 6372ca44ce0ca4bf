"""Masks as layers of flat colour over a picture: small to send, and quick to change.

They look as `draw.masks` draws masks and their errors, but are apart from the picture below, so
that their opacity can be changed. A layer is a picture of indices into a palette.
"""

import numpy as np
from matplotlib.colors import to_rgb

from course_utils.by_hand.masks import KINDS
from course_utils.draw.masks import (
    COLOURS,
    ERRORS,
    STRIPE,
    coloured,
    enlarged,
    near_another,
    outlined,
)

CLEAR, BLACK, WHITE = 0, 255, 254  # indices; those between are classes, or kinds of errors
MOST_CLASSES = 250


def class_layer(mask, zoom):
    """Return the classes of a mask with black outlines; class 0 is clear.

    Args:
        mask: (height, width) integers from 0.
        zoom: how often each pixel is repeated, down and across.
    """
    mask = enlarged(mask.astype(np.uint8), zoom)
    return np.where(outlined(mask, 1), BLACK, mask).astype(np.uint8)


def error_layer(truth, kinds, zoom):
    """Return where a prediction is wrong, and how, and the true contours in white.

    Args:
        truth: (height, width) integers from 0.
        kinds: (height, width), as `by_hand.masks.error_kinds` gives them.
        zoom: how often each pixel is repeated, down and across.
    """
    truth, kinds = (enlarged(one.astype(np.uint8), zoom) for one in (truth, kinds))
    down, right = np.indices(kinds.shape, sparse=True)
    striped = [KINDS.index(kind) for kind, entry in ERRORS.items() if entry.hatch]
    black = np.isin(kinds, striped) & ((down + right) % STRIPE < STRIPE // 3)
    layer = np.where(black, BLACK, kinds)
    return np.where(near_another(truth, 1) & (truth > 0), WHITE, layer).astype(np.uint8)


def class_palette():
    """Return the colours of the indices of a class layer, (256, 3) uint8."""
    return _palette(COLOURS[np.arange(MOST_CLASSES) % len(COLOURS)])


def error_palette():
    """Return the colours of the indices of an error layer, (256, 3) uint8."""
    return _palette([to_rgb(ERRORS[kind].colour) for kind in KINDS[1:]])


def _palette(colours):
    palette = np.zeros((256, 3))
    palette[1 : len(colours) + 1] = colours
    palette[[CLEAR, WHITE]] = 1
    return (palette * 255).round().astype(np.uint8)


def with_layer(picture, layer, palette, opacity):
    """Return a layer over a picture, as large as the layer: (height, width, 3) floats in 0…1.

    Args:
        picture: (height, width) or (height, width, 3), as `draw.images.drawable` returns it.
        opacity: of the layer, 0 to 1.
    """
    below = enlarged(coloured(picture), layer.shape[0] // picture.shape[0])
    share = np.where(layer == CLEAR, 0, opacity)[..., np.newaxis]
    return below + share * (palette[layer] / 255 - below)
