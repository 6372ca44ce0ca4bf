"""Probe: what every layer of a model makes of pictures, through functions compiled once."""

import functools
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from course_utils.models.graph import INPUT, run_steps, steps_of
from course_utils.probe.kernels import is_convolution

BATCH = 100  # pictures at once, so that memory stays small
# Steps that change each value of a map alone: what follows a convolution and belongs to it.
ELEMENTWISE = {
    "Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dropout", "ELU",
    "GaussianDropout", "GaussianNoise", "Identity", "LeakyReLU", "Normalization", "PReLU", "ReLU",
    "Relu", "Relu6", "Rescaling", "SpatialDropout2D",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Peaks:
    """The largest value of each feature map on each picture, and where it is.

    Attributes:
        high, low: (pictures, maps) the largest and the smallest value.
        row, column: (pictures, maps) where the largest is.
    """

    high: np.ndarray
    low: np.ndarray
    row: np.ndarray
    column: np.ndarray


class PerLayer(dict):
    """{layer's name: function compiled for it}, each made when it is first asked for.

    TensorFlow warns of one function that is compiled for every layer, as if it were a mistake.

    Args:
        function: of a layer's name, and tensors.
    """

    def __init__(self, function):
        super().__init__()
        self._function = function

    def __missing__(self, name):
        self[name] = compiled(functools.partial(self._function, name))
        return self[name]


class Probe:
    """Looks into a model. Feature maps are those after the convolution's activation.

    A normalisation or an activation that stands in a layer of its own right behind a convolution
    counts as part of it.

    Args:
        model: a built Sequential or functional model that takes pictures (n, height, width,
            channels). It is called as it is now: what it learns later is seen as well.

    Attributes:
        steps: of `models.graph.steps_of`.
        convolutions: {name: place in steps} of all convolutions, in order.
        ends: {name: place of the last step that belongs to it} of them.

    Raises:
        ValueError: what `steps_of` refuses, no picture as input, or no convolution.
    """

    def __init__(self, model):
        self.model = model
        self.steps = steps_of(model)
        places = [place for place, step in enumerate(self.steps) if is_convolution(step.operation)]
        self.convolutions = {self.steps[place].name: place for place in places}
        self._require_pictures()
        self.ends = {name: self.end_of(place) for name, place in self.convolutions.items()}
        self._values = compiled(self._run)
        self._extremes = compiled(self._reduce)
        self._slope = PerLayer(self._slope_of_unit)

    def end_of(self, place):
        """Return the place of the last step that belongs to the convolution at `place`."""
        users = [at for at, step in enumerate(self.steps) if place in step.sources]
        if len(users) != 1 or self.steps[users[0]].kind not in ELEMENTWISE:
            return place
        return self.end_of(users[0])

    def following(self, name):
        """Return the steps that stand behind a convolution and belong to it, in order."""
        place, found = self.convolutions[name], []
        while place != self.ends[name]:
            place = next(at for at, step in enumerate(self.steps) if place in step.sources)
            found.append(self.steps[place])
        return found

    def map_count(self, name):
        """Return how many feature maps a convolution gives."""
        return self.steps[self.convolutions[name]].shape[-1]

    def outputs(self, images):
        """Return the output of every step for a batch, as tensors in the order of `steps`."""
        return self._values(self.batch(images))

    def look(self, image):
        """Return what one picture (height, width, channels) becomes.

        Returns:
            ({convolution: (rows, columns, maps)}, {place: (rows, columns)}): the feature maps, and
            the sizes of all steps, INPUT for the picture's own; what is no map counts as 1 × 1.
        """
        values = self.outputs(np.asarray(image)[np.newaxis])
        shapes = [tuple(value.shape[1:3]) if len(value.shape) == 4 else (1, 1) for value in values]
        maps = {name: values[end][0].numpy() for name, end in self.ends.items()}
        return maps, {INPUT: tuple(np.shape(image)[:2]), **dict(enumerate(shapes))}

    def entering(self, image, name):
        """Return what enters a convolution for one picture: (rows, columns, channels)."""
        (source,) = self.steps[self.convolutions[name]].sources
        if source == INPUT:
            return np.asarray(image, np.float32)
        return self.outputs(np.asarray(image)[np.newaxis])[source][0].numpy()

    def peaks(self, images):
        """Return {convolution: Peaks} over pictures (n, height, width, channels)."""
        starts = range(0, len(images), BATCH)
        parts = [self._extremes(self.batch(images[start : start + BATCH])) for start in starts]
        joined = {
            name: [np.concatenate([part[name][i].numpy() for part in parts]) for i in range(4)]
            for name in self.convolutions
        }
        return {name: Peaks(*arrays) for name, arrays in joined.items()}

    def unit_gradient(self, image, name, row, column, unit):
        """Return how one unit of a convolution changes with each pixel: its gradient.

        Returns:
            The shape of the picture, (height, width, channels).
        """
        images = self.batch(np.asarray(image)[np.newaxis])
        place = [tf.constant(at, tf.int32) for at in (row, column, unit)]
        return self._slope[name](images, *place)[0].numpy()

    def value_of(self, name, images):
        """Return the feature maps of one convolution, as a tensor: nothing behind it is run."""
        return run_steps(self.steps[: self.ends[name] + 1], images)[-1]

    def _slope_of_unit(self, name, images, row, column, unit):
        with tf.GradientTape() as tape:
            tape.watch(images)
            value = self.value_of(name, images)[0, row, column, unit]
        return tape.gradient(value, images, unconnected_gradients="zero")

    def _run(self, images):
        return run_steps(self.steps, images)

    def _reduce(self, images):
        """Return {convolution: (high, low, row, column)} of a batch."""
        values = run_steps(self.steps, images)
        return {name: _extremes_of(values[end]) for name, end in self.ends.items()}

    def batch(self, images):
        """Return pictures as the tensor that the model takes, or say why not."""
        images = np.asarray(images)
        wanted = tuple(self.model.inputs[0].shape)
        fits = len(images.shape) == 4 and all(
            size in (None, given) for size, given in zip(wanted[1:], images.shape[1:])
        )
        if not fits:
            raise ValueError(
                f"Expected pictures of shape (n, {_shape_words(wanted[1:])}), as the model takes "
                f"them. Received shape {images.shape}."
            )
        return tf.convert_to_tensor(images, self.model.inputs[0].dtype)

    def _require_pictures(self):
        shape = tuple(self.model.inputs[0].shape)
        if len(shape) != 4:
            raise ValueError(
                "Expected a model that takes pictures: (height, width, channels). Received "
                f"{self.model.name!r}, which takes {_shape_words(shape[1:])}."
            )
        if not self.convolutions:
            kinds = ", ".join(dict.fromkeys(step.kind for step in self.steps))
            raise ValueError(
                "Expected a model with a convolution, such as Conv2D. Received "
                f"{self.model.name!r}, whose layers are: {kinds}."
            )


def compiled(function, signature=None):
    """Return a function as a graph, for tensors of a signature or of whatever comes.

    A partial is one of its own for each model. TensorFlow would count a method's compilations for
    all models together, and warn from the fifth model on.
    """
    return tf.function(
        functools.partial(function), input_signature=signature, reduce_retracing=signature is None
    )


def _extremes_of(maps):
    """Return (high, low, row, column) of each map (n, rows, columns, maps), each (n, maps)."""
    flat = tf.reshape(maps, [tf.shape(maps)[0], -1, maps.shape[3]])
    place = tf.argmax(flat, axis=1, output_type=tf.int32)
    columns = tf.shape(maps)[2]
    high, low = tf.reduce_max(flat, axis=1), tf.reduce_min(flat, axis=1)
    return high, low, place // columns, place % columns


def _shape_words(sizes):
    return ", ".join("any" if size is None else str(size) for size in sizes)
