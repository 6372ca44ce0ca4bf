"""What explorers are measured with: how each is made, and twenty changes, in code and by key."""

import functools
import os
from dataclasses import dataclass, replace
from unittest.mock import patch

import numpy as np

from course_utils import datasets, widgets

PHOTOGRAPH, PIXELS = "coffee", 256
EVENTS = 20
KERNEL = np.round(4 * np.random.default_rng(1).normal(size=(7, 7))) / 4  # the keys' step is 1/4
BACK_AND_FORTH = [*range(1, 11), *range(9, -1, -1)]
UP, DOWN = "ArrowUp", "ArrowDown"


@dataclass(frozen=True)
class Case:
    """One thing that a student changes again and again.

    Attributes:
        what: in words, for the table.
        make: returns the explorer in the state from which the changes start.
        changes: what `set` is given for each, and
        keys: the (label of a field or button, key) that does the same by hand; "choose …" chooses
            from a menu.
        goals: those of the browser's part that apply, by the ways to show it: see `parts.latency`.
    """

    what: str
    make: callable
    changes: list
    keys: list
    goals: dict


def photograph():
    """Return the middle of a colour photograph: (PIXELS, PIXELS, 3) float32 in 0…1."""
    image = datasets.load_photograph(PHOTOGRAPH)
    top, left = ((size - PIXELS) // 2 for size in image.shape[:2])
    return image[top : top + PIXELS, left : left + PIXELS]


def make_stepper():
    """Return a ConvStepper on a piece of a photograph."""
    kernel = np.random.default_rng(1).normal(size=(3, 3, 3))
    return widgets.ConvStepper(photograph()[:16, :16], kernel)


def make_lab():
    """Return a KernelLab on the photograph, with the largest kernel."""
    return widgets.KernelLab(photograph(), kernel=KERNEL, colours="colour", view="signed")


def make_errors(count=10_000):
    """Return an ErrorExplorer of MNIST's test images, with made-up probabilities."""
    (_, _), (digits, labels) = datasets.load_mnist()
    scores = np.random.default_rng(1).normal(size=(count, 10)) + 4 * np.eye(10)[labels[:count]]
    chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return widgets.ErrorExplorer(labels[:count], chances, digits[:count])


@functools.cache
def network_and_pictures():
    """Return lesson 03's network and 1000 test pictures as it takes them."""
    from course_utils.models.classifier import as_batch, load_digit_reader

    return load_digit_reader(), as_batch(datasets.load_mnist()[1][0][:1000])


def make_filters():
    """Return a FilterExplorer as lesson 04 has it, at the upper left of a map."""
    explorer = widgets.FilterExplorer(*network_and_pictures(), layer="convolution_2")
    return explorer.set(row=0, column=0)


def make_attribution():
    """Return an Attribution with all four methods, asked for class 0."""
    network, pictures = network_and_pictures()
    return widgets.Attribution(network, pictures[0]).set(target=0)


def make_field():
    """Return a ReceptiveField at the last convolution."""
    network, pictures = network_and_pictures()
    return widgets.ReceptiveField(network, pictures[:50], layer="convolution_3")


def make_region():
    """Return a RoIAlignLab with as many bins and samples as there can be."""
    values = np.random.default_rng(1).normal(size=(20, 20))
    return widgets.RoIAlignLab(values, (2.5, 2.5, 17, 17), size=7, samples=4)


def make_replay(images=20, moments=EVENTS + 1, proposals=48):
    """Return a ProposalReplay on pieces of the photograph, with made-up proposals."""
    random = np.random.default_rng(1)
    corners = random.uniform(0, 60, (moments, images, proposals, 2))
    boxes = np.concatenate([corners, corners + random.uniform(5, 36, corners.shape)], axis=-1)
    scores = random.random(boxes.shape[:3])
    pieces = np.lib.stride_tricks.sliding_window_view(photograph(), (96, 96), (0, 1))
    pieces = pieces[::40, ::40].reshape(-1, 3, 96, 96)[:images].transpose(0, 2, 3, 1)
    steps = [(number, boxes[number], scores[number]) for number in range(moments)]
    explorer = widgets.ProposalReplay(pieces, boxes[0, :, :3], steps, top=proposals)
    return explorer.set(moment=0)


def make_viewer():
    """Return a SegmentationViewer of 80 × 80 pixels, with the scores of three networks."""
    truth = np.zeros((80, 80), int)
    truth[10:40, 8:34], truth[30:70, 44:70] = 1, 2
    scores = 2 * np.eye(5)[truth] + np.random.default_rng(1).normal(size=(3, 80, 80, 5))
    predictions = dict(zip(("coarse", "finer", "finest"), scores))
    return widgets.SegmentationViewer(photograph()[:80, :80], predictions, truth)


def make_pad():
    """Return a DigitPad on which nothing is drawn."""
    return widgets.DigitPad(network_and_pictures()[0])


def make_playground():
    """Return an IoUPlayground on the photograph."""
    return widgets.IoUPlayground(photograph(), (60, 60, 160, 160), (100, 90, 220, 200))


def boxes_of_scene(count):
    """Return boxes in a scene of 80 × 80 pixels: (count, 4)."""
    random = np.random.default_rng(1)
    corners = random.uniform(0, 60, (count, 2))
    return np.concatenate([corners, corners + random.uniform(10, 20, (count, 2))], axis=1)


def make_anchors():
    """Return an AnchorExplorer of a scene with four objects and 600 anchors."""
    return widgets.AnchorExplorer(photograph()[:80, :80], boxes_of_scene(4))


def make_suppression():
    """Return an NMSStepper of 60 detections."""
    scores = np.linspace(0.99, 0.2, 60)
    return widgets.NMSStepper(photograph()[:80, :80], boxes_of_scene(60), scores, [0] * 60)


def _kernels():
    kernels = np.repeat(KERNEL[None], EVENTS, axis=0)
    kernels[:, 0, 0] += np.arange(1, EVENTS + 1) / 4
    return [{"kernel": kernel} for kernel in kernels]


def _attributions():
    """All classes by logit, then all by probability: each map is made for the first time."""
    changes = [{"noise": 0.25}, *_each("target", range(1, 10)), {"score": "probability"}]
    changes += _each("target", range(8, -1, -1))
    # JupyterLab keeps the arrow keys of a menu to itself.
    keys = [("Noise", UP)] + [("Class", f"choose {n}") for n in range(1, 10)]
    keys += [("Score", "choose probability")]
    return changes, keys + [("Class", f"choose {n}") for n in range(8, -1, -1)]


def _strokes():
    """One stroke that grows by a tenth of the pad with each key, as a pen in a hand would draw."""
    ways = {UP: (0, -0.1), "ArrowRight": (0.1, 0), DOWN: (0, 0.1), "ArrowLeft": (-0.1, 0)}
    moves = [UP] * 4 + ["ArrowRight"] * 4 + [DOWN] * 8 + ["ArrowLeft"] * 4
    places = np.array([0.5, 0.5]) + np.cumsum([(0, 0), *(ways[key] for key in moves)], axis=0)
    path = [tuple(place) for place in places.round(2).tolist()]
    changes = [{"strokes": (tuple(path[: n + 1]),)} for n in range(1, len(path))]
    return changes, [("Pad", f"Shift+{key}") for key in moves]


def _each(name, values):
    return [{name: value} for value in values]


def _cases():
    """Return {name: Case}."""
    there_and_back = [UP] * 10 + [DOWN] * 10
    columns = _each("column", BACK_AND_FORTH), [("Column", key) for key in there_and_back]
    along = _each("column", [40 + at for at in BACK_AND_FORTH]), columns[1]
    edits = _kernels(), [("Kernel row 0, column 0", UP)] * EVENTS
    filters = _each("filter", range(1, 11)) + _each("row", range(1, 11))
    numbers = range(1, EVENTS + 1)
    box = (60, 60, 160, 160)
    moved = [{"box": (60 + at, *box[1:])} for at in BACK_AND_FORTH]
    thresholds = _each("positive", [0.5 + at / 20 for at in BACK_AND_FORTH])
    computed, kernel, model = {"front": "client"}, {"core": "kernel"}, {"core": "model"}
    return {
        "stepper": Case("`ConvStepper`, 16 × 16 RGB, 3 × 3 kernel: step", make_stepper, *columns,
                        {**computed, **kernel}),
        "lab": Case(f"`KernelLab`, {PIXELS} × {PIXELS} RGB, 7 × 7 kernel: edit", make_lab, *edits,
                    {**computed, **kernel}),
        "arithmetic": Case("`ConvArithmetic`, size 16: step", lambda: widgets.ConvArithmetic(16),
                           *columns, kernel),
        "errors": Case("`ErrorExplorer`, 10,000 images: threshold", make_errors,
                       _each("threshold", [n / EVENTS for n in numbers]),
                       [("Threshold", UP)] * EVENTS, kernel),
        "training": Case("`KernelTraining`, 96 pixels, 3 × 3 kernel: step",
                         lambda: widgets.KernelTraining(PHOTOGRAPH), _each("step", numbers),
                         [("Step", "Enter")] * EVENTS, kernel),
        "filters": Case("`FilterExplorer`, 32 filters: filter, row", make_filters, filters,
                        [("Filter", UP)] * 10 + [("Row", UP)] * 10, kernel),
        "pictures": Case("`FilterExplorer`, the same: picture", make_filters,
                         _each("picture", numbers), [("Picture", UP)] * EVENTS, model),
        "attribution": Case("`Attribution`, 4 methods: class, score", make_attribution,
                            *_attributions(), model),
        "field": Case("`ReceptiveField`, 64 filters: filter", make_field, _each("unit", numbers),
                      [("Filter", UP)] * EVENTS, model),
        "region": Case("`RoIAlignLab`, 20 × 20 cells, 7 × 7 bins: side of the box", make_region,
                       _each("x1", [round(2.5 + n / 20, 2) for n in numbers]),
                       [("x1", UP)] * EVENTS, kernel),
        "replay": Case("`ProposalReplay`, 48 proposals in 96 × 96 pixels: moment", make_replay,
                       _each("moment", numbers), [("Moment", UP)] * EVENTS, kernel),
        "playground": Case("`IoUPlayground`: a side moves", make_playground, moved,
                           [("Box x1", key) for key in there_and_back], {**computed, **kernel}),
        "anchors": Case("`AnchorExplorer`, 600 anchors: threshold", make_anchors, thresholds,
                        [("Positive", key) for key in there_and_back], kernel),
        "suppression": Case("`NMSStepper`, 60 detections: step", make_suppression,
                            _each("step", numbers), [("Step", "Enter")] * EVENTS, kernel),
        "viewer": Case("`SegmentationViewer`, 80 × 80 pixels, 3 predictions: column", make_viewer,
                       *along, kernel),
        "pad": Case("`DigitPad`: a stroke goes on", make_pad, *_strokes(), model),
    }  # fmt: skip


CASES = _cases()


# --- in the notebook that the browser opens -------------------------------------------------------


def show(name, way):
    """Show a case as the course does, or as a figure that `interact` draws anew at each change.

    Args:
        way: "front", computed in the browser; "core", core widgets; or "interact".
    """
    from IPython.display import display

    print("measured:", name, way)
    os.environ["COURSE_CORE_WIDGETS"] = "1" if way == "core" and name != "pad" else ""
    explorer = CASES[name].make()
    _redraw(explorer, CASES[name].changes) if way == "interact" else display(explorer)


def _redraw(explorer, changes):
    """Show the same picture by `interact`: computed, drawn by pyplot and shown at each number."""
    import ipywidgets
    from matplotlib import pyplot

    from course_utils.draw import style

    states = [explorer.state]
    for change in changes:
        states.append(explorer.settle(replace(states[-1], **change), change))

    def draw(number):
        with patch.object(style, "Figure", pyplot.figure):
            explorer.draw(explorer.compute(states[number]), states[number])
        pyplot.show()

    field = ipywidgets.BoundedIntText(min=0, max=len(changes), description="Number")
    ipywidgets.interact(draw, number=field)
