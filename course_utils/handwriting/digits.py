"""From a picture to a digit as MNIST has them."""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from course_utils.handwriting.ink import find_ink, longer_side
from course_utils.handwriting.reading import read_picture

BOX, SIDE = 20, 28  # pixels
MIDDLE = 14  # the row and column, counted from 0, of the centre of mass: so it is in MNIST
INK = 0.35  # of full ink: what is inside the box
FINE = 4  # pixels for each of the box's: what is finer is noise
# In pixels of the box. Of MNIST's pens 99 % are wider than 1.3, half of them wider than 2.3.
THIN, WIDENED = 1.2, 1.8
PHOTOGRAPH, CORNER, ENLARGED = (300, 400), (40, 100), 8  # pixels, and how often


@dataclass(frozen=True, eq=False)
class Digit:
    """A digit as MNIST has them, and how it came about.

    Attributes:
        pixels: (28, 28) float32 in 0…1, white ink on black.
        steps: {name: (height, width) float32 in 0…1}, from the picture to the pixels.
    """

    pixels: np.ndarray
    steps: dict


def as_digit(picture):
    """Make a digit as MNIST has them of a picture of one.

    MNIST's own procedure: the digit is scaled, its proportions kept, so that it just fits into
    20 × 20 pixels, then laid into 28 × 28 so that its centre of mass is in the middle. Before it,
    the ink is told from unevenly lit paper; a pen much thinner than MNIST's is widened.

    Meant for one digit in one colour on plain paper, at least a tenth of the picture high. Several
    digits come out as one; lines as dark as the ink stay where they touch it; what is no digit
    comes out as whatever stands out most. Nothing is turned but as EXIF says.

    Args:
        picture: as `read_picture` takes it.

    Returns:
        Digit, with the steps "as uploaded", "ink", "cut out" and "centred 28 × 28".

    Raises:
        ValueError: what `read_picture` refuses, or a picture without clear ink.

    Reference: LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document
    recognition (1998), section III.A.
    """
    picture = read_picture(picture)
    return ink_as_digit(find_ink(picture), {"as uploaded": picture})


def ink_as_digit(ink, before=None):
    """Make a digit as MNIST has them of ink that is known: `as_digit` from its second step on.

    Args:
        ink: float32 (height, width), 0 for ground and 1 for full ink, some of it above INK.
        before: {name: picture}: the steps that led to it.

    Returns:
        Digit.
    """
    cut = scaled(cut_out(widened(averaged(ink))))
    pixels = centred(cut)
    steps = {**(before or {}), "ink": ink, "cut out": cut, "centred 28 × 28": pixels}
    for step in steps.values():
        step.flags.writeable = False
    return Digit(pixels, steps)


def averaged(ink):
    """Return the ink in means of blocks, if it is finer than is needed."""
    return np.asarray(Image.fromarray(ink).reduce(max(longer_side(ink > INK) // (BOX * FINE), 1)))


def widened(ink):
    """Return the ink as a wider pen would have left it, if the pen was thin."""
    pixel = longer_side(ink > INK) / BOX
    width = pen_width(ink > INK)
    reach = round((WIDENED * pixel - width) / 2)
    if width >= THIN * pixel or reach < 1:
        return ink
    # Room all around, so that strokes at the edge grow outwards too.
    return ndimage.maximum_filter(np.pad(ink, reach), 2 * reach + 1, mode="nearest")


def pen_width(mask):
    """Return about how wide the strokes are, in pixels: their area divided by their length.

    A stroke has two sides. Over its length a side passes from ink to ground, counted along rows
    and columns, |cos| + |sin| times a pixel: 4 / π on average over all directions.
    """
    wide = np.pad(mask, 1)
    crossings = sum(np.count_nonzero(np.diff(wide, axis=axis)) for axis in (0, 1))
    return mask.sum() / (crossings / 2 / (4 / np.pi))


def cut_out(ink):
    """Return what is inside the box around the ink."""
    rows, columns = (np.flatnonzero((ink > INK).any(axis=axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def scaled(cut):
    """Return the digit with a longer side of 20 pixels, the other in proportion."""
    size = [max(round(side * BOX / max(cut.shape)), 1) for side in cut.shape[::-1]]
    how = Image.Resampling.BOX if max(cut.shape) > BOX else Image.Resampling.BICUBIC
    return np.clip(np.asarray(Image.fromarray(cut).resize(size, how)), 0, 1)


def centred(cut):
    """Return 28 × 28 pixels with the digit's centre of mass in the middle, to a whole pixel."""
    corner = [_corner(cut.sum(axis=1 - axis)) for axis in (0, 1)]
    pixels = np.zeros((SIDE, SIDE), np.float32)
    pixels[corner[0] :, corner[1] :][: cut.shape[0], : cut.shape[1]] = cut
    return pixels


def _corner(masses):
    """Return where a digit with these masses begins: its middle at 14, but all of it inside."""
    middle = np.average(np.arange(len(masses)), weights=masses)
    return int(np.clip(np.floor(MIDDLE - middle + 0.5), 0, SIDE - len(masses)))


def photographed(digit, seed=0):
    """Return a digit as a small photograph shows it: a dark pen on paper, lit from one side.

    Args:
        digit: (28, 28), uint8 or floats in 0…1, white on black.
        seed: of the noise.

    Returns:
        float32 (300, 400) in 0…1.
    """
    side = SIDE * ENLARGED
    large = Image.fromarray(read_picture(digit)).resize((side, side), Image.Resampling.BICUBIC)
    ink = np.zeros(PHOTOGRAPH)
    # Steeper than the enlargement's soft edges: a pen's are sharp.
    ink[CORNER[0] :, CORNER[1] :][:side, :side] = np.clip(2.5 * np.asarray(large) - 0.75, 0, 1)
    down, right = np.meshgrid(*(np.linspace(0, 1, size) for size in PHOTOGRAPH), indexing="ij")
    paper = (0.95 - 0.35 * right - 0.15 * down) * (1 - 0.8 * ink)
    noise = np.random.default_rng(seed).normal(0, 0.012, PHOTOGRAPH)
    return np.clip(paper + noise, 0, 1).astype(np.float32)
