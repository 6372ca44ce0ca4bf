"""Detectors on digit scenes and on nuclei, each trained anew and judged by pycocotools.

One after the other, each in a process of its own: the well-known snippet of lesson 03, whose
seconds are the measure, in turn with lesson 06's detector (medians of three seeds); that detector
with its trunk not trained on crops first; keras-cv's one-stage detectors, given as many seconds;
and the detector on the picture of nuclei.
"""

import statistics

from results import Row
from timing import measured_apart, rounded

HOW = """8,000 training scenes of 80 × 80 pixels, 500 test scenes with digits that no training saw.
The curves are of AP on 200 validation scenes, every 250 batches, over the seconds of training. The
clock of keras-cv's detectors starts after their first batch. On the picture of nuclei four strips are
held out in turn; the numbers are their mean. A nucleus counts where a strip shows at least 30 % of
it."""

GOAL = "AP ≥ 0.65, AP50 ≥ 0.96 in ≤ 1.75"


def rows(seeds=(1, 2, 3)):
    """Return seconds, AP and AP50 of each detector; the first two in turn, for machines waver."""
    both = [
        (measured_apart("digit_training.py", "snippet", seed),
         measured_apart("detection_training.py", "course", seed))
        for seed in seeds
    ]  # fmt: skip
    snippet = statistics.median(one["seconds"] for one, _ in both)
    course = _median([one for _, one in both])
    first = Row("the well-known snippet on MNIST", f"{snippet:.0f} s", "", rounded(seconds=snippet))
    seed = seeds[0]
    nothing = measured_apart("detection_training.py", "from_nothing", seed)
    measured = [
        first,
        _row("Faster R-CNN of lesson 06", course, snippet, GOAL),
        _row("the same, its trunk not trained on crops first", nothing, snippet),
    ]
    for name, called in (("retinanet", "RetinaNet"), ("yolov8", "YOLOV8Detector")):
        peer = measured_apart("detection_training.py", name, seed, course["seconds"])
        measured.append(_row(f"keras-cv's {called}, as many seconds", peer, snippet))
    nuclei = measured_apart("detection_training.py", "nuclei", seed)
    return [*measured, _nuclei(nuclei)]


def _median(measured):
    """Return the measurement of which half of the seeds took longer, with the median of each AP."""
    middle = sorted(measured, key=lambda one: one["seconds"])[len(measured) // 2]
    names = ("AP", "AP50", "AP75")
    return middle | {name: statistics.median(one[name] for one in measured) for name in names}


def _row(what, one, snippet, goal=""):
    """Return a detector's row; `snippet` are the seconds of the well-known one."""
    ratio = one["seconds"] / snippet
    words = (
        f"AP {one['AP']:.3f}, AP50 {one['AP50']:.3f}, {one['seconds']:.0f} s ({ratio:.2f} of the "
        f"snippet's), {one['megabytes'] / 1024:.2f} GB"
    )
    if "curve" in one:
        points = ", ".join(f"{seconds:.0f} s {score:.2f}" for seconds, score in one["curve"])
        words += f"; curve: {points}"
    numbers = rounded(
        seconds=one["seconds"], ratio=ratio, gigabytes=one["megabytes"] / 1024,
        **{name.lower(): one[name] for name in ("AP", "AP50", "AP75")},
    )  # fmt: skip
    return Row(what, words, goal, numbers | {"curve": one["curve"]} if "curve" in one else numbers)


def _nuclei(one):
    strips = ", ".join(f"{score:.2f}" for score in one["strips"])
    words = (
        f"AP50 {one['AP50']:.3f} ({strips}), {one['AP50_with_slivers']:.3f} counting what the "
        f"strips cut to slivers, AP {one['AP']:.3f}, {one['seconds']:.0f} s a strip"
    )
    numbers = rounded(
        seconds=one["seconds"],
        ap50=one["AP50"],
        ap50_with_slivers=one["AP50_with_slivers"],
        ap=one["AP"],
    )
    return Row(
        "Faster R-CNN on nuclei, four strips held out in turn", words, "AP50 ≥ 0.85", numbers
    )
