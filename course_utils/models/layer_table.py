"""A network as a table: for each layer what it is, the shape that leaves it, its parameters.

It asks the layers what they have rather than what they are, so it imports no Keras.
"""

from dataclasses import dataclass

from course_utils.models.graph import graph_of, steps_of


@dataclass(frozen=True)
class LayerRow:
    """One line of the table.

    Args:
        name: the layer's own name, such as "first_convolution".
        kind: its class, such as "Conv2D".
        detail: its settings where they are not Keras' defaults: "16 filters 3 × 3, same, relu".
        shape: of its output without the batch: (28, 28, 16). None where any size will do.
        parameters: how many numbers it holds, trained or not.
    """

    name: str
    kind: str
    detail: str
    shape: tuple
    parameters: int


def layer_rows(model):
    """Return the layers of a model, the input first and inner models taken apart.

    Args:
        model: a built `keras.Sequential`, or a functional model whose layers follow one another.

    Returns:
        A tuple of LayerRow. The parameters sum to `model.count_params()`.

    Raises:
        ValueError: the model is not built yet, is no such model, or branches.
    """
    shape = tuple(graph_of(model).inputs[0].shape)
    rows, counted = [LayerRow("input", "Input", "", shape[1:], 0)], set()
    for step in steps_of(model):
        if len(step.sources) != 1:
            raise ValueError(
                "Expected a model whose layers follow one another. Received "
                f"{step.operation.name!r} with {len(step.sources)} inputs."
            )
        shape = _shape_after(step, shape)
        layer = step.operation
        parameters = 0 if id(layer) in counted else _parameters(layer)
        counted.add(id(layer))  # a layer that stands in two places has its weights once
        rows.append(LayerRow(layer.name, step.kind, _detail(layer), shape[1:], parameters))
    return tuple(rows)


def _shape_after(step, shape):
    """Return the output's shape; `keras.ops` between layers know it from the tensor alone."""
    if hasattr(step.operation, "compute_output_shape"):
        return tuple(step.operation.compute_output_shape(shape))
    return (shape[0], *step.shape)


def _parameters(operation):
    return operation.count_params() if hasattr(operation, "count_params") else 0


# --- a layer's settings in words ---------------------------------------------------------------


def _detail(layer):
    """Return a layer's settings, those that are Keras' defaults left out."""
    parts = [*_size(layer), *_steps_taken(layer), *_amounts(layer), *_ending(layer)]
    return ", ".join(parts)


def _size(layer):
    """Yield how many filters or units of which size."""
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    size = [_times(window)] if window else []
    if getattr(layer, "filters", None):
        yield " ".join([_count(layer.filters, "filter"), *size])
    elif type(layer).__name__.startswith("Depthwise"):
        yield f"{_count(layer.depth_multiplier, 'filter')} {size[0]} for each channel"
    else:
        yield from size
    if getattr(layer, "units", None):
        yield _count(layer.units, "unit")
    if getattr(layer, "filters", None) and getattr(layer, "depth_multiplier", 1) != 1:
        yield f"{layer.depth_multiplier} maps of each channel"


def _steps_taken(layer):
    """Yield stride, dilation, padding and groups; a pooling's stride is its window by default."""
    strides = getattr(layer, "strides", None)
    usual = getattr(layer, "pool_size", None) or (1,) * len(strides or ())
    if strides and tuple(strides) != tuple(usual):
        yield f"stride {_one_or_pair(strides)}"
    dilation = getattr(layer, "dilation_rate", 1)
    if dilation != 1 and set(dilation) != {1}:
        yield f"dilation {_one_or_pair(dilation)}"
    if getattr(layer, "padding", "valid") == "same":
        yield "same"
    if getattr(layer, "groups", 1) != 1 and hasattr(layer, "kernel_size"):
        yield _count(layer.groups, "group")


def _amounts(layer):
    """Yield what layers without a window are set to."""
    name = type(layer).__name__
    if name.startswith(("Dropout", "SpatialDropout", "Gaussian", "AlphaDropout")):
        yield f"rate {layer.rate:g}" if hasattr(layer, "rate") else f"spread {layer.stddev:g}"
    if name == "Rescaling":
        yield _scaling(layer.scale, layer.offset)
    if name == "RandomTranslation":
        yield f"height {_span(layer.height_factor)}, width {_span(layer.width_factor)}"
    if name in ("RandomRotation", "RandomZoom"):
        yield _span(getattr(layer, "factor", None) or layer.height_factor)
    if name == "Reshape":
        yield f"to {_times(layer.target_shape)}"
    if name == "ZeroPadding2D":
        yield _border(layer.padding)
    if name == "UpSampling2D":
        yield f"× {_one_or_pair(layer.size)}"


def _ending(layer):
    """Yield what is added or left out at a layer's end."""
    if getattr(layer, "use_bias", True) is False:
        yield "no bias"
    activation = getattr(layer, "activation", None)
    name = getattr(activation, "__name__", type(activation).__name__)  # a layer may be one too
    if name not in ("NoneType", "linear"):
        yield name.strip("<>")


def _count(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _times(numbers):
    """Return 3 × 3; a size that any number fits is −1 in Reshape."""
    return " × ".join(str(number) if number != -1 else "any" for number in numbers)


def _one_or_pair(numbers):
    return str(numbers[0]) if len(set(numbers)) == 1 else _times(numbers)


def _scaling(scale, offset):
    """Return × 2 − 1."""
    if not all(isinstance(number, (int, float)) for number in (scale, offset)):
        return "each channel its own"
    ending = f" {'+' if offset > 0 else '−'} {abs(offset):g}" if offset else ""
    return f"× {scale:.3g}{ending}"


def _span(factor):
    """Return ±0.1, or 0 to 0.2 where the two sides differ."""
    low, high = factor if isinstance(factor, (tuple, list)) else (-factor, factor)
    return f"±{high:g}" if low == -high else f"{low:g} to {high:g}".replace("-", "−")


def _border(padding):
    """Return the zeros around an image in words."""
    (top, bottom), (left, right) = padding
    if top == bottom == left == right:
        return f"{top} on each side"
    return f"{top} above, {bottom} below, {left} left, {right} right"
