"""Find the ink of one digit in a picture."""

import numpy as np
from scipy import ndimage

from course_utils.handwriting.ground import evened

LEAST = 0.1  # of the ground's light: what is fainter is not told from shadows
CLEAR = 3.5  # spreads of the ground between it and ink; the halves of mere noise differ by 2.7
RARE = 5  # spreads of the ground that noise does not reach
FAINTEST = 0.4  # of the full ink's contrast: fainter lines are the paper's
LABELLED = 160  # pixels along the longer side, enough to tell what hangs together
SMALLEST = 0.1  # of the picture's shorter side: what is smaller is a speck
BELONGS = 0.05  # of the main piece's area: a smaller piece is a speck
EDGE = 1 / 20  # of the digit's longer side: a stroke's soft edge, a pixel of MNIST
NO_INK = (
    "Expected a picture of one handwritten digit. Received one without clear ink: write it larger, "
    "with a dark pen on plain paper, in even light, and let it fill the picture."
)


def find_ink(picture):
    """Return the ink of the digit in a picture, and nothing else.

    Args:
        picture: (height, width) in 0…1.

    Returns:
        float32 (height, width): 0 for ground, 1 for full ink, soft edges between.

    Raises:
        ValueError: no clear ink.
    """
    contrast = evened(picture)
    ground, level = _ground_and_level(contrast)
    digit = main_pieces(contrast > level)
    if digit is None:
        raise ValueError(NO_INK)
    full = np.percentile(contrast[digit], 80)
    edge = 2 * int(np.ceil(EDGE * longer_side(digit))) + 1
    ink = np.clip((contrast - ground) / (full - ground), 0, 1)
    return (ink * ndimage.maximum_filter(digit, edge)).astype(np.float32)


def _ground_and_level(contrast):
    """Return the contrast of bare ground, and the least of ink."""
    level = otsu_level(np.clip(contrast, 0, 1))
    light, dark = contrast[contrast <= level], contrast[contrast > level]
    if not light.size or not dark.size:
        raise ValueError(NO_INK)
    ground = np.median(light)
    if dark.mean() - light.mean() < CLEAR * light.std():
        # So little ink that the level fell into the noise: ask for what noise does not reach.
        level = ground + RARE * 1.48 * np.median(np.abs(contrast - ground))
        dark = contrast[contrast > level]
    full = np.percentile(dark, 98) if dark.size else ground
    if full - ground < LEAST:
        raise ValueError(NO_INK)
    return ground, max(level, ground + FAINTEST * (full - ground))


def longer_side(mask):
    """Return the longer side of the box around a mask, in pixels."""
    return max(int(np.ptp(np.flatnonzero(mask.any(axis=axis)))) + 1 for axis in (0, 1))


def otsu_level(values, bins=256):
    """Return the level that splits values in 0…1 into the two most compact groups.

    Reference: Otsu, A threshold selection method from gray-level histograms (1979), eq. 18.
    """
    counts, edges = np.histogram(values, bins, (0, 1))
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts) / values.size
    mean_below = np.cumsum(counts * middles) / values.size
    between = (mean_below[-1] * below - mean_below) ** 2 / np.maximum(below * (1 - below), 1e-9)
    # Where no value lies between the groups, any level does: the middle one keeps most distance.
    return float(edges[1:][between >= between.max() * (1 - 1e-6)].mean())


def main_pieces(mask):
    """Return the mask of the digit alone, or None: its largest piece and what belongs to it.

    Left out are specks, and strangers that come in from outside: a ruled line from side to side, a
    table's edge.
    """
    factor = -(-max(mask.shape) // LABELLED)
    labels, _ = ndimage.label(_any_in_blocks(mask, factor), np.ones((3, 3)))  # diagonals count
    found = {label: _Piece(labels == label) for label in _largest(labels)}
    main = _main_piece(found.values(), SMALLEST * min(labels.shape))
    if main is None:
        return None
    kept = [label for label, piece in found.items() if piece.belongs_to(main)]
    coarse = np.kron(np.isin(labels, kept), np.ones((factor, factor), bool))
    return mask & coarse[: mask.shape[0], : mask.shape[1]]


def _main_piece(found, least):
    """Return the largest piece that is no speck, and no stranger if possible."""
    large = [piece for piece in found if piece.longer >= least]
    inside = [piece for piece in large if not piece.is_stranger]
    return next(iter(inside + large), None)


def _any_in_blocks(mask, factor):
    """Return a mask of blocks of factor × factor pixels, True where one of them is."""
    wide = np.pad(mask, [(0, -size % factor) for size in mask.shape])
    rows, columns = (size // factor for size in wide.shape)
    return wide.reshape(rows, factor, columns, factor).any(axis=(1, 3))


def _largest(labels, most=20):
    """Return the labels of the largest pieces, the largest first."""
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    order = np.argsort(-areas, kind="stable")[:most]
    return [int(label) for label in order if areas[label]]


class _Piece:
    """One piece of a mask: its area, its box, and how it meets the picture's edges."""

    def __init__(self, mask):
        rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
        self.area = int(mask.sum())
        self.top, self.bottom = int(rows[0]), int(rows[-1]) + 1
        self.left, self.right = int(columns[0]), int(columns[-1]) + 1
        self.longer = max(self.bottom - self.top, self.right - self.left)
        edges = [mask[0].sum(), mask[-1].sum(), mask[:, 0].sum(), mask[:, -1].sum()]
        across = all(edges[:2]) or all(edges[2:])
        self.is_stranger = bool(across or sum(edges) > self.longer / 2)

    def belongs_to(self, main):
        """Return True for the main piece, and for a large one at most half its length away."""
        down = max(self.top - main.bottom, main.top - self.bottom)
        right = max(self.left - main.right, main.left - self.right)
        near = max(down, right) <= main.longer / 2
        large = self.area >= BELONGS * main.area
        return self is main or near and large and not self.is_stranger
