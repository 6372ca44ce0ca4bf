"""The steps of a network that stand between convolutions: what they do to maps, in NumPy.

Maps are `(rows, columns)` or `(rows, columns, maps)`. Lesson 02 teaches both functions.
References: Nair and Hinton, Rectified linear units improve restricted Boltzmann machines (2010);
Goodfellow, Bengio and Courville, Deep Learning (2016), section 9.3, for pooling.
"""

import numpy as np


def relu(maps):
    """Let positive values through and cut off the others at 0, as ReLU does."""
    return np.maximum(maps, 0)


def max_pool(image, size):
    """Keep the largest value of each size × size block; blocks that stick out are left out."""
    rows, columns = image.shape[0] // size, image.shape[1] // size
    output = np.zeros((rows, columns, *image.shape[2:]))  # each map is pooled alone
    for row in range(rows):
        for column in range(columns):
            top, left = row * size, column * size
            block = image[top : top + size, left : left + size]
            output[row, column] = block.max(axis=(0, 1))
    return output
