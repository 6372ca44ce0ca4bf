"""How a kernel is learned: a loss, its slope for each weight, and steps downhill.

The layer is one 3 × 3 (or other) kernel that slides over one image, without a bias. The loss is the
mean squared error between what it gives and what it should give. Lesson 02 teaches all of this.
Reference: Goodfellow, Bengio and Courville, Deep Learning (2016), sections 4.3 and 9.5.
"""

import numpy as np

from course_utils.by_hand.convolution import shift_and_add, slide


def squared_error(output, target):
    """The loss: the mean of the squared differences."""
    return np.mean((output - target) ** 2)


def kernel_gradient(image, error):
    """Slope of the loss for each weight: the image, correlated with the error."""
    return 2 * slide(image, error) / error.size


def learn_kernel(image, target, kernel, rate, steps):
    """Walk downhill from a kernel; return the kernel before each step and after the last."""
    kernels = [kernel]
    for _ in range(steps):
        error = shift_and_add(image, kernel) - target
        kernel = kernel - rate * kernel_gradient(image, error)
        kernels.append(kernel)
    return kernels
