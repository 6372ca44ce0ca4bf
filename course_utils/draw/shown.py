"""A figure together with its description: the one thing that drawing functions return."""

import base64
import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image, ImageChops

# Steps of 8 in 0…255 show only faintly, in dark areas; they leave grey figures fewer than 256
# colours, which a PNG with a palette then stores exactly, at a third of the size.
STEP, PALETTE = 8, 256
MARGIN = 8  # pixels left around the drawing


class Shown:
    """A figure and its description.

    Args:
        figure: a matplotlib Figure made without pyplot.
        description: what it shows, in words that do not vary with machine or threads.
    """

    def __init__(self, figure, description):
        self.figure = figure
        self.description = " ".join(description.split())

    def __repr__(self):
        return self.description

    def png(self):
        """Return the picture as the bytes of a PNG file."""
        canvas = FigureCanvasAgg(self.figure)
        canvas.draw()
        self.figure.set_layout_engine("none")  # laid out once: drawing again gives the same bytes
        pixels = np.array(canvas.buffer_rgba())[..., :3].astype(int)
        pixels = np.clip((pixels + STEP // 2) // STEP * STEP, 0, 255).astype(np.uint8)
        picture = _trim(Image.fromarray(pixels)).quantize(PALETTE, dither=Image.Dither.NONE)
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
