"""A model as a list of steps: each use of each layer, in the order in which they are computed.

Inner models are taken apart, a layer that stands in several places gives several steps, and the
sources of each step say how branches part and meet. This is the one module that reads what Keras
notes down about its graphs (`_keras_history`, nodes); it imports no Keras.
"""

import inspect
from dataclasses import dataclass, field

INPUT = -1  # the place of the model's input, before the first step


@dataclass(frozen=True, eq=False)
class Step:
    """One use of one layer.

    Attributes:
        name: the layer's own, "inner/name" inside a model named inner, "name (use 2)" where the
            same layer is used again.
        operation: the Keras layer, or an operation of `keras.ops`.
        sources: the places, in the list of steps, of what comes in; INPUT for the model's input.
        shape: of its output without the batch, None for any size.
        node: Keras' note of the call: which tensors it took, in which arguments.
    """

    name: str
    operation: object
    sources: tuple
    shape: tuple
    node: object = field(repr=False)

    @property
    def kind(self):
        """The layer's class, such as "Conv2D"."""
        return type(self.operation).__name__


def steps_of(model):
    """Return the steps from a model's input to its output.

    Args:
        model: a built Sequential or functional Keras model with one input and one output.

    Returns:
        A tuple of Step; the last one gives the model's output.

    Raises:
        ValueError: no Keras model, one that is not built, or one with several inputs or outputs.
    """
    graph = graph_of(model)
    steps, used = [], {}
    known = {id(graph.inputs[0]): INPUT}
    _add_steps(graph, known, steps, used, prefix="")
    return tuple(steps)


def run_steps(steps, images):
    """Return the outputs of all steps for a batch, as a list in their order; nothing is trained.

    Args:
        steps: of `steps_of`.
        images: a batch that the model takes, a tensor or an array.
    """
    values = []
    for step in steps:
        incoming = [images if place == INPUT else values[place] for place in step.sources]
        given = {id(tensor): value for tensor, value in zip(step.node.input_tensors, incoming)}
        positional, named = step.node.arguments.fill_in(given)
        if "training" in inspect.signature(step.operation.call).parameters:
            named["training"] = False  # some layers that shift pictures do it unless told not to
        values.append(step.operation(*positional, **named))
    return values


def graph_of(model):
    """Return the functional graph of a model: its own, or that inside a Sequential.

    Raises:
        ValueError: as for `steps_of`.
    """
    if not hasattr(model, "layers"):
        raise ValueError(f"Expected a Keras model. Received {type(model).__name__}.")
    inputs, outputs = (getattr(model, name, None) or () for name in ("inputs", "outputs"))
    if not inputs or not outputs:
        raise ValueError(
            f"Expected a model that is built. Received {model.name!r}, which knows no input yet: "
            "give it a keras.Input first, or call it on a batch."
        )
    if len(inputs) != 1 or len(outputs) != 1:
        raise ValueError(
            "Expected a model with one input and one output. Received "
            f"{model.name!r}: {len(inputs)} inputs, {len(outputs)} outputs."
        )
    return model


def _add_steps(graph, known, steps, used, prefix):
    """Append a graph's steps; `known` gives the place of each of its tensors seen so far."""
    for node in _nodes(graph):
        operation = node.operation
        sources = tuple(known[id(tensor)] for tensor in node.input_tensors)
        if hasattr(operation, "layers") and getattr(operation, "inputs", None):
            inside = {id(graph_of(operation).inputs[0]): sources[0]}
            _add_steps(operation, inside, steps, used, f"{prefix}{operation.name}/")
            place = inside[id(operation.outputs[0])]
        else:
            place = len(steps)
            shape = tuple(node.outputs[0].shape)[1:]
            name = _name(prefix + operation.name, used)
            steps.append(Step(name, operation, sources, shape, node))
        known.update({id(tensor): place for tensor in node.outputs})


def _nodes(graph):
    """Return the calls that lead from a graph's input to its output, each after what it needs."""
    start = id(graph.inputs[0])
    order, seen, waiting = [], set(), [_maker(graph.outputs[0])]
    while waiting:  # no recursion: deep networks have more layers than Python allows calls
        node = waiting[-1]
        needed = [_maker(t) for t in node.input_tensors if id(t) != start]
        missing = [one for one in needed if id(one) not in seen]
        if missing:
            waiting.extend(missing[::-1])
            continue
        waiting.pop()
        if id(node) not in seen and not node.is_input:
            order.append(node)
        seen.add(id(node))
    return order


def _maker(tensor):
    """Return the call that made a tensor."""
    operation, place, _ = tensor._keras_history
    return operation._inbound_nodes[place]


def _name(name, used):
    """Return a name that no step has had: from the second use on it counts."""
    used[name] = used.get(name, 0) + 1
    return name if used[name] == 1 else f"{name} (use {used[name]})"
