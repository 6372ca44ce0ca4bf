"""A network with its checkpoints as `FilterExplorer` asks it: each answer is found once."""

import numpy as np

from course_utils.probe import Probe, receptive_box
from course_utils.probe.randomised import copy_of
from course_utils.widgets.model_pictures import checked_pictures, tones_of

SEARCHED = 1000  # pictures in which the best patches are looked for
KEPT = 4  # pictures whose maps are kept
NOW = "as it is now"


class FilterNetwork:
    """A copy of a model, which takes the weights of a checkpoint before it is asked.

    Args:
        model: a built Keras model with convolutions.
        images: pictures as the model takes them, see `checked_pictures`.
        checkpoints: {label: weights} or None.

    Attributes:
        model, probe: the copy, and what looks into it.
        images: (n, height, width, channels) float32.
        tones: the values that are shown as black and white.
        labels: of the checkpoints, the last one the model's own.

    Raises:
        ValueError: what `Probe` or `checked_pictures` refuses, or weights of another model.
    """

    def __init__(self, model, images, checkpoints):
        self.model = copy_of(model)
        self.probe = Probe(self.model)
        self.images = checked_pictures(self.probe, images)
        self.tones = tones_of(self.images)
        self.labels = [*(checkpoints or {}), NOW]
        self._weights = [*_checked(checkpoints or {}, model), self.model.get_weights()]
        self._loaded = len(self.labels) - 1
        self._seen, self._peaks = {}, {}
        _, self._sizes = self.probe.look(self.images[0])

    def step(self, name):
        """Return the step of a layer."""
        return self.probe.steps[self.probe.convolutions[name]]

    def layer(self, name):
        """Return a layer itself."""
        return self.step(name).operation

    def look(self, state):
        """Return {layer: maps} of the picture; those of a few pictures are kept."""
        key = (state.checkpoint, state.picture)
        if key not in self._seen:
            self._load(state.checkpoint)
            self._seen[key], _ = self.probe.look(self.images[state.picture])
            if len(self._seen) > KEPT:
                self._seen.pop(next(iter(self._seen)))
        return self._seen[key]

    def peaks(self, state):
        """Return the layer's `Peaks` over the pictures."""
        if state.checkpoint not in self._peaks:
            self._load(state.checkpoint)
            self._peaks[state.checkpoint] = self.probe.peaks(self.images[:SEARCHED])
        return self._peaks[state.checkpoint][state.layer]

    def entering(self, state):
        """Return what enters the layer for the picture: (rows, columns, channels)."""
        self._load(state.checkpoint)
        return self.probe.entering(self.images[state.picture], state.layer)

    def weighted_layer(self, state):
        """Return the layer with the weights of the state's checkpoint."""
        self._load(state.checkpoint)
        return self.layer(state.layer)

    def box(self, layer, row, column):
        """Return (top, left, bottom, right) of the pixels that a unit sees."""
        place = self.probe.convolutions[layer]
        return receptive_box(self.probe.steps, place, row, column, self._sizes)

    def _load(self, checkpoint):
        """Give the copy the weights of a checkpoint."""
        if checkpoint != self._loaded:
            self.model.set_weights(self._weights[checkpoint])
            self._loaded = checkpoint


def _checked(checkpoints, model):
    """Return the weights of each checkpoint as a list of arrays."""
    shapes = [weight.shape for weight in model.get_weights()]
    for label, weights in checkpoints.items():
        if not isinstance(weights, (list, tuple)) or [np.shape(w) for w in weights] != shapes:
            raise ValueError(
                f"Expected checkpoint {label!r} as model.get_weights() gives it, {len(shapes)} "
                "arrays of this model's shapes. Received something else."
            )
    return [[np.array(weight) for weight in weights] for weights in checkpoints.values()]
