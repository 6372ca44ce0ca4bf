"""The words of ProposalReplay: what counts as found, and how many objects are."""

from course_utils.draw.style import number


def describe(explorer, state):
    """Return what is shown, in words that no training changes."""
    steps, (height, width) = explorer.steps, explorer.images.shape[1:3]
    objects = count_of(len(explorer.truths[state.image]), "object")
    return (
        f"Image {state.image} of {len(explorer.images)}, {height} × {width} pixels with {objects}, "
        f"after {steps[state.moment]:,} steps of training, snapshot {state.moment} of 0 to "
        f"{len(steps) - 1}: up to {state.top} proposals of the best scores, solid blue where they "
        f"overlap an object by an IoU of at least {number(state.threshold)}, dashed and red where "
        "they do not; true boxes are solid green where found, dashed purple where missed. The "
        f"curve of recall over training, from step {steps[0]:,} to step "
        f"{steps[-1]:,}, with a mark at this moment."
    )


def readout(explorer, data, state):
    """Return the numbers of the moment."""
    now, total = data.now, sum(map(len, explorer.truths))
    return (
        f"Step {explorer.steps[state.moment]:,}, image {state.image}: {int(now.found.sum())} of "
        f"{count_of(len(now.found), 'object')} found, by {int(now.covers.sum())} of "
        f"{count_of(len(now.boxes), 'proposal')}. All images: recall "
        f"<b>{data.recalls[state.moment]:.2f}</b>, {data.found} of {count_of(total, 'object')}."
    )


def count_of(count, name):
    """Return a count with its noun: 1 object, 3 objects."""
    return f"{count} {name}{'s' * (count != 1)}"
