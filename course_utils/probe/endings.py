"""How a classifier ends: in logits, or in a softmax from which its logits can still be taken."""

from dataclasses import dataclass

import keras

# Steps that hand on what they get when nothing is trained.
PASSING = {"ActivityRegularization", "Dropout", "Identity"}
ACTIVATIONS = {"LogSoftmax", "Sigmoid", "Softmax"}  # kinds that are an activation themselves


@dataclass(frozen=True)
class Ending:
    """The step of a model that makes its scores.

    Attributes:
        step: the last one that changes anything.
        place: of it in the model's steps.
        softmax: True where the model's outputs are probabilities.
        has_logits: False where they are and the logits behind them are out of reach.
    """

    step: object
    place: int
    softmax: bool
    has_logits: bool

    def logits(self, values):
        """Return the logits, (n, classes), given the outputs of all steps."""
        if not self.softmax:
            return values[self.place]
        (source,) = self.step.sources
        if self.step.kind != "Dense":
            return values[source]
        layer = self.step.operation
        sums = keras.ops.matmul(values[source], layer.kernel)
        return sums + layer.bias if layer.use_bias else sums


def ending_of(steps):
    """Return how a model ends, judged by its last steps.

    Args:
        steps: of `models.graph.steps_of`, of a model that gives one score for each class.

    Raises:
        ValueError: scores that went through another activation than softmax.
    """
    place = len(steps) - 1
    while _passes(steps[place]):
        (place,) = steps[place].sources
    step, activation = steps[place], _activation_of(steps[place])
    if activation not in ("linear", "softmax"):
        raise ValueError(
            "Expected a model that ends in logits or in softmax. Received one whose last layer "
            f"{step.name!r} applies {activation}."
        )
    softmax = activation == "softmax"
    reachable = step.kind in ("Activation", "Dense", "Softmax") and len(step.sources) == 1
    return Ending(step, place, softmax, has_logits=not softmax or reachable)


def _passes(step):
    is_linear = step.kind == "Activation" and _activation_of(step) == "linear"
    return step.kind in PASSING or is_linear


def _activation_of(step):
    if step.kind in ACTIVATIONS:
        return step.kind.lower()
    activation = getattr(step.operation, "activation", None)
    if activation is None:
        return "linear"
    return getattr(activation, "__name__", type(activation).__name__)
