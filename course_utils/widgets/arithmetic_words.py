"""What ConvArithmetic says: the formula with its numbers, the products, the evenness."""

import numpy as np

MOST_TERMS = 9  # products that are written out one by one


def describe(data, state):
    """Return what is shown, in words: sizes, settings, the cells in use, the overlaps."""
    kind = "transposed convolution" if state.transposed else "convolution"
    output = data.axis.output
    return (
        f"A {kind} on square grids: {state.size} × {state.size} inputs, kernel {state.kernel} × "
        f"{state.kernel}, stride {state.stride}, padding {state.padding}, dilation "
        f"{state.dilation}. The output has {output} × {output} = "
        f"{_plural(output**2, 'position')}. The one "
        f"in row {state.row}, column {state.column} uses {_used(data)}, each marked with the "
        f"letter of the weight that it meets. The last grid counts overlaps: "
        f"{_overlaps(data, state)}."
    )


def readout(data, state):
    """Return the output's size as a formula, the sum of one output, and the overlaps: HTML."""
    return "<br>".join(
        [
            _transposed_formula(data, state) if state.transposed else _formula(data, state),
            f"Output ({state.row}, {state.column}): {_sum(data)}.",
            f"Overlaps: {_overlaps(data, state)}.",
        ]
    )


def _used(data):
    """Return how many cells of the input, and zeros of its padding, have a letter."""
    before, after = data.axis.zeros
    end = len(data.met) - after
    every = np.count_nonzero(data.met != "")
    inputs = np.count_nonzero(data.met[before:end, before:end] != "")
    zeros = f" and {_plural(every - inputs, 'zero')} of the padding" if every > inputs else ""
    return _plural(inputs, "input cell") + zeros


def _formula(data, state):
    before, after = data.axis.zeros
    span = _span(state)
    same = f"ceil({state.size} / {state.stride}) = " if state.padding == "same" else ""
    padded = state.size + before + after
    unread = padded - ((data.axis.output - 1) * state.stride + span)
    notes = [
        f"{_plural(before, 'zero')} before, {after} after" if before + after else "",
        _spans(state),
        f"no window reaches the last {_last(unread, 'row')} and {_last(unread, 'column')}"
        if unread else "",
    ]  # fmt: skip
    return _sentence(
        f"{same}floor(({state.size} + {before + after} − {span}) / {state.stride}) + 1",
        data, state, notes,
    )  # fmt: skip


def _transposed_formula(data, state):
    whole = f"({state.size} − 1) · {state.stride} + max({_span(state)}, {state.stride})"
    before, after = data.axis.cut
    notes = [
        f"{whole} places are stamped; {before} before and {after} after are cut off"
        if state.padding == "same" else "",
        _spans(state),
    ]  # fmt: skip
    formula = f"{state.size} · {state.stride}" if state.padding == "same" else whole
    return _sentence(formula, data, state, notes)


def _sentence(formula, data, state, notes):
    if state.stride > 1 and state.dilation > 1:
        notes = [*notes, "Keras' layers refuse a stride together with a dilation"]
    notes = "; ".join(note for note in notes if note)
    notes = f" ({notes})" if notes else ""
    return f"Output along a side: {formula} = <b>{data.axis.output}</b>{notes}."


def _span(state):
    return state.dilation * (state.kernel - 1) + 1


def _spans(state):
    if state.dilation == 1:
        return ""
    return f"the kernel spans {state.dilation} · ({state.kernel} − 1) + 1 = {_span(state)}"


def _sum(data):
    """Return the products that add up to the output value."""
    places = np.argwhere(data.met != "")
    if len(places) == 0:
        return "no input reaches it"
    if len(places) > MOST_TERMS:
        return f"the sum of {len(places)} products"
    terms = [f"{_input(place, data)} × {data.met[tuple(place)]}" for place in places]
    return ("inputs " if len(terms) > 1 else "input ") + " + ".join(terms)


def _input(place, data):
    """Return an input's row and column, or the zero that padding has there."""
    before, after = data.axis.zeros
    row, column = place - before
    inside = range(len(data.met) - before - after)
    return f"({row}, {column})" if row in inside and column in inside else "0"


def _overlaps(data, state):
    least, most = int(data.counts.min()), int(data.counts.max())
    numbers = f"{least} to {most}" if least < most else f"{most}"
    if state.transposed:
        who = f"each output cell gets {_plural(numbers, 'product')}"
    else:
        who = f"each input cell is in {_plural(numbers, 'window')}"
    return f"{who}: {evenness(data.axis.counts, data.axis.inner, state.stride)}"


def evenness(counts, inner, stride):
    """Say how even overlaps are.

    Args:
        counts: the overlaps along one axis.
        inner: those of them away from the edges; they repeat every `stride` places.
    """
    if counts.min() == counts.max():
        return "the same everywhere"
    if inner.size and inner.min() < inner.max():
        return "uneven, with gaps" if inner.min() == 0 else "uneven, a checkerboard"
    if inner.size < stride:
        return "uneven, and too small a grid to have an inside"
    return "even inside, fewer at the edges"


def _last(number, what):
    return what if number == 1 else f"{number} {what}s"


def _plural(number, what):
    return f"{number} {what}" if str(number) == "1" else f"{number} {what}s"
