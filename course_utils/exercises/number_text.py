"""Small arrays as text that a student can read, and paste back into a cell."""

import numpy as np

LARGEST = 120


def number_text(number):
    """Return a number in at most six digits; adding 0.0 turns -0 into 0."""
    return f"{float(number) + 0.0:.6g}"


def array_text(name, value):
    """Return `name = value` with a 2-D array as rows, a 3-D image channel by channel.

    Of what is no number and no text, its own words are returned.
    """
    array = np.asarray(value)
    if array.dtype.kind in "UO":
        return f"{name} = {value!r}" if isinstance(value, str) else f"{name}: {value}"
    if array.ndim == 0:
        return f"{name} = {array if array.dtype.kind == 'b' else number_text(array)}"
    if array.size == 0 or array.size > LARGEST or array.ndim > 3:
        return f"{name}: an array of shape {array.shape}"
    if array.ndim == 3:
        channels = [array_text(f"{name}[:, :, {i}]", array[:, :, i]) for i in range(array.shape[2])]
        return "\n".join(channels)
    rows = [array] if array.ndim == 1 else array
    texts = [[number_text(number) for number in row] for row in rows]
    width = max(len(text) for row in texts for text in row)
    lines = ["[" + ", ".join(text.rjust(width) for text in row) + "]" for row in texts]
    if array.ndim == 1:
        return f"{name} = {lines[0]}"
    return f"{name} =\n[" + ",\n ".join(lines) + "]"


def shape_text(array):
    """Return the shape in words: a single number has none worth naming."""
    return "one number" if array.shape == () else f"an array of shape {array.shape}"
