"""What a `FilterExplorer` says: its description, its readout and the names of its parts."""

from course_utils.draw.style import number


def description(network, data, state):
    """Return what is shown, in words that do not vary between machines."""
    count, height, width, channels = data.kernels.shape
    rows, columns = data.maps.shape[:2]
    top, left, bottom, right = data.box
    kernels = f"the {count} kernels, {height} × {width}"
    if data.is_deep:
        kernels = f"the {channels} slices of the kernel of filter {state.filter}"
    return (
        f"Layer {state.layer} ({network.step(state.layer).kind}) of a network, on picture "
        f"{state.picture} of {len(network.images)}: {kernels}; the {count} feature maps, {rows} × "
        f"{columns}, coloured by the largest value of {state.normalise}; the map of filter "
        f"{state.filter} large, with the unit at row {state.row}, column {state.column} framed, "
        f"and in the picture the {bottom - top} × {right - left} pixels that it sees; and the "
        f"{len(data.best)} patches that filter {state.filter} likes best among "
        f"{len(data.peaks.high)} pictures.{network.tones.sentence}"
        f"{_checkpoint_words(network, state)}"
    )


def readout(network, data, state):
    """Return the numbers of the moment."""
    highest = data.peaks.high[:, state.filter].max()
    dead = f"{len(data.dead)} of {len(data.kernels)} filters are dead: their maps never vary"
    which = f" ({_list(data.dead)})" if data.dead else ""
    return (
        f"Filter {state.filter} at row {state.row}, column {state.column}: "
        f"<b>{number(data.value)}</b>. Its highest on {len(data.peaks.high)} pictures: "
        f"{number(highest)}. {dead}{which}. The last colour stands for "
        f"{number(data.limit_of(state.filter))} ({state.normalise})."
        f"{_checkpoint_words(network, state)}"
    )


def titles(data, state):
    """Return the names of the five parts."""
    deep = data.is_deep
    return {
        "picture": f"picture {state.picture}: what the unit sees",
        "kernels": f"filter {state.filter}: a slice for each channel" if deep else "kernels",
        "maps": f"feature maps of {state.layer}, colours by {state.normalise}",
        "map": f"map of filter {state.filter}",
        "best": f"filter {state.filter} likes best",
    }


def _checkpoint_words(network, state):
    several = len(network.labels) > 1
    return f" Weights: {network.labels[state.checkpoint]}." if several else ""


def _list(numbers):
    shown = ", ".join(str(one) for one in numbers[:8])
    return shown + (", …" if len(numbers) > 8 else "")
