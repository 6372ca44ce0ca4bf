"""Crops of the one picture of nuclei, as scenes: turned and mirrored, for a nucleus has no up."""

import numpy as np

from course_utils.datasets import boxes_of
from course_utils.scenes.layout import require_whole
from course_utils.scenes.making import Scenes

VISIBLE = 0.3  # share of a nucleus' pixels that a crop must show for it to count
CLASSES = ("nucleus",)


def nuclei_crops(image, mask, count, seed, size=96, slivers=False):
    """Cut square crops out of a picture of nuclei.

    Args:
        image, mask: a part of what `datasets.load_nuclei` returns: (height, width) float in 0…1,
            and (height, width) int, a number for each nucleus.
        count: how many crops.
        seed: a whole number from 0; the same one gives the same crops.
        size: pixels of a crop's side.
        slivers: True leaves in the masks what a crop shows of a nucleus too little to count: each
            pixel then has its class, but some of a nucleus are in no box.

    Returns:
        Scenes of one class, with images (count, size, size, 1) uint8.

    Raises:
        ValueError: an argument is not as described, or the picture is smaller than a crop.
    """
    require_whole("count", count, 1, "it is how many crops are cut")
    require_whole("seed", seed, 0, "any such number will do")
    if image.shape != mask.shape or image.ndim != 2 or not 0 < size <= min(image.shape):
        raise ValueError(
            f"Expected an image and a mask of one shape, no side shorter than {size}. Received "
            f"{image.shape} and {mask.shape}: take smaller crops."
        )
    rng = np.random.default_rng(seed)
    crops = [_crop(image, mask, size, rng) for _ in range(count)]
    masks = [without_slivers(own, mask) for _, own in crops]
    images = np.rint(np.stack([picture for picture, _ in crops]) * 255).astype(np.uint8)
    boxes = [boxes_of(own) for own in masks]
    labels = [np.zeros(len(own), np.int64) for own in boxes]
    owners = [own for _, own in crops] if slivers else masks
    covered = (np.stack(owners) > 0).astype(np.uint8)
    return Scenes(images[..., np.newaxis], boxes, labels, covered, CLASSES)


def _crop(image, mask, size, rng):
    """Return a part of both, in one of the eight ways in which a square can lie."""
    top, left = (rng.integers(0, side - size + 1) for side in image.shape)
    turns, mirrored = rng.integers(4), rng.integers(2)
    parts = (each[top : top + size, left : left + size] for each in (image, mask))
    parts = (np.rot90(each, turns) for each in parts)
    return [each[:, ::-1] if mirrored else each for each in parts]


def without_slivers(part, mask):
    """Return a part of a mask without the nuclei of which it shows too little to count.

    Args:
        part: (height, width) int, cut out of `mask`.
        mask: the larger one.

    Returns:
        (height, width) int, 0 where a nucleus shows less than `VISIBLE` of its pixels.
    """
    whole = np.bincount(mask.ravel())
    shown = np.bincount(part.ravel(), minlength=len(whole))
    counts = shown >= VISIBLE * whole
    return np.where(counts[part], part, 0)
