"""A figure together with its description: the one thing that drawing functions return."""

import base64
import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from PIL import Image, ImageChops

# Steps of 8 in 0…255 show only faintly, in dark areas; they leave grey figures fewer than 256
# colours, which a PNG with a palette then stores exactly, at a third of the size.
STEP, PALETTE = 8, 256
FREQUENT, EVEN = Image.Quantize.MEDIANCUT, Image.Quantize.MAXCOVERAGE
MARGIN = 8  # pixels left around the drawing


class Shown:
    """A figure and its description.

    Args:
        figure: a matplotlib Figure made without pyplot.
        description: what it shows, in words that do not vary with machine or threads.
        kept: colours that mean something, as matplotlib names them: beside a photograph the
            palette would else have no place for the small sample in a legend.
        pixelated: True for small pictures that were enlarged. A palette spread evenly over their
            colours takes less room, and keeps the colours of frames; on photographs it shows.
    """

    def __init__(self, figure, description, kept=(), pixelated=False):
        self.figure = figure
        self.method = EVEN if pixelated else FREQUENT
        self.kept = tuple(kept)
        self.description = " ".join(description.split())

    def __repr__(self):
        return self.description

    def png(self):
        """Return the picture as the bytes of a PNG file."""
        canvas = FigureCanvasAgg(self.figure)
        canvas.draw()
        self.figure.set_layout_engine("none")  # laid out once: drawing again gives the same bytes
        pixels = _stepped(np.array(canvas.buffer_rgba())[..., :3])
        picture = _indexed(_trim(Image.fromarray(pixels)), self.kept, self.method)
        stream = io.BytesIO()
        picture.save(stream, format="PNG", optimize=True)
        return stream.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None):
        """Return picture and words; a viewer that reads `alt` gets the words as such."""
        data = {
            "image/png": base64.b64encode(self.png()).decode(),
            "text/plain": self.description,
        }
        return data, {"image/png": {"alt": self.description}}


def _indexed(picture, kept, method):
    """Return a picture with a palette of the colours that serve it best, and those to keep."""
    found = picture.quantize(PALETTE - len(kept), method, dither=Image.Dither.NONE)
    if not kept:
        return found
    pixels, indices = np.asarray(picture), np.array(found)
    first = int(indices.max()) + 1
    colours = _stepped(255 * np.array([to_rgb(colour) for colour in kept]))
    for number, colour in enumerate(colours, start=first):
        indices[(pixels == colour).all(axis=-1)] = number
    exact = Image.fromarray(indices)
    exact.putpalette(found.getpalette()[: 3 * first] + colours.ravel().tolist())
    return exact


def _stepped(pixels):
    """Return colours in 0…255 in coarser steps."""
    pixels = np.rint(pixels).astype(int)
    return np.clip((pixels + STEP // 2) // STEP * STEP, 0, 255).astype(np.uint8)


def _trim(picture):
    """Cut off the empty margin, all but a little of it."""
    left, top, right, bottom = ImageChops.invert(picture).getbbox() or (0, 0, *picture.size)
    return picture.crop(
        (
            max(left - MARGIN, 0),
            max(top - MARGIN, 0),
            min(right + MARGIN, picture.width),
            min(bottom + MARGIN, picture.height),
        )
    )
