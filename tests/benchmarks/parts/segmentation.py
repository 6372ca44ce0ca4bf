"""Segmentation of garment scenes and of nuclei, each network trained anew.

One after the other, each in a process of its own: the well-known snippet of lesson 03, whose
seconds are the measure, in turn with lesson 07's two trainings (medians of three seeds); the
network on garments with fewer skips; keras-cv's DeepLabV3Plus, given as many seconds.
"""

import statistics

from results import Row
from timing import measured_apart, rounded

SCRIPT = "segmentation_training.py"
HOW = """8,000 training scenes of 80 × 80 pixels, 200 test scenes with garments and grounds that no
training saw; four classes and the background. The boundary IoU looks at the pixels within 2 of a
contour. Networks with fewer skips see as many batches. The clock of keras-cv's DeepLabV3Plus starts
after its first batch. On the picture of nuclei four strips are held out in turn; the numbers are
their mean, the seconds those of one training. On the first strip many of the drawn outlines lie
some pixels beside the nuclei: U-Nets, other losses, more changes to the crops and means of several
networks did not get beyond 0.86 there, nor beyond 0.89 in the mean. Otsu's threshold is the
held-out strip's own; the tuned one is the best on the columns beside it."""

SKIPS = 3  # of lesson 07's network
GARMENTS_GOAL, NUCLEI_GOAL = "mean IoU ≥ 0.85", "IoU ≥ 0.90"


def rows(seeds=(1, 2, 3)):
    """Return seconds and IoU of each network; the first three in turn, for machines waver."""
    runs = [
        (
            measured_apart("digit_training.py", "snippet", seed),
            measured_apart(SCRIPT, "garments", seed, SKIPS),
            measured_apart(SCRIPT, "nuclei", seed),
        )
        for seed in seeds
    ]
    snippet, garments, nuclei = (list(each) for each in zip(*runs, strict=True))
    seconds = statistics.median(one["seconds"] for one in snippet)
    garments, nuclei = middle(garments), middle(nuclei)
    first = Row("the well-known snippet on MNIST", f"{seconds:.0f} s", "", rounded(seconds=seconds))
    fewer = [(skips, measured_apart(SCRIPT, "garments", seeds[0], skips)) for skips in range(SKIPS)]
    deeplab = measured_apart(SCRIPT, "deeplab", seeds[0], garments["seconds"])
    return [
        first,
        garments_row(f"garments, {SKIPS} skips", garments, seconds, GARMENTS_GOAL),
        nuclei_row(nuclei, seconds),
        both_row(garments, nuclei, seconds),
        *(garments_row(f"garments, {_skips(skips)}", one, seconds) for skips, one in fewer),
        garments_row("garments, keras-cv's DeepLabV3Plus, as many seconds", deeplab, seconds),
    ]


def middle(runs):
    """Return the measurement of the seed in the middle, with the median of every number."""
    numbers = [key for key, value in runs[0].items() if isinstance(value, float)]
    chosen = sorted(runs, key=lambda one: one["seconds"])[len(runs) // 2]
    return chosen | {key: statistics.median(one[key] for one in runs) for key in numbers}


def garments_row(what, one, snippet, goal=""):
    """Return the row of a network on garment scenes; `snippet` are the well-known one's seconds."""
    scores = f"mean IoU {one['mean_iou']:.3f}, boundary IoU {one['boundary_iou']:.3f}"
    words = f"{scores}, {_time(one, snippet)}"
    numbers = {key: one[key] for key in ("mean_iou", "boundary_iou")}
    return Row(what, words, goal, _numbers(one, snippet, **numbers))


def nuclei_row(one, snippet):
    """Return the row of the network on nuclei, the two thresholds beside it."""
    strips = ", ".join(f"{score:.2f}" for score in one["strips"])
    scores = f"IoU {one['last_strip']:.3f} on the last, mean {one['iou']:.3f} ({strips})"
    beside = f"Otsu's threshold {one['otsu']:.3f}, the best threshold {one['tuned']:.3f}"
    words = f"{scores}; {beside}; {_time(one, snippet)}"
    numbers = {key: one[key] for key in ("iou", "last_strip", "otsu", "tuned")}
    return Row("nuclei, four strips in turn", words, NUCLEI_GOAL, _numbers(one, snippet, **numbers))


def both_row(garments, nuclei, snippet):
    """Return the row of the seconds that both trainings of the lesson take together."""
    seconds = garments["seconds"] + nuclei["seconds"]
    ratio = seconds / snippet
    words = f"{seconds:.0f} s ({ratio:.2f} of the snippet's)"
    return Row(
        "garments and nuclei together", words, "≤ 2.00", rounded(seconds=seconds, ratio=ratio)
    )


def _skips(count):
    return ("no skip", "1 skip")[count] if count < 2 else f"{count} skips"


def _time(one, snippet):
    ratio = one["seconds"] / snippet
    return (
        f"{one['seconds']:.0f} s ({ratio:.2f} of the snippet's), {one['megabytes'] / 1024:.2f} GB"
    )


def _numbers(one, snippet, **scores):
    seconds, gigabytes = one["seconds"], one["megabytes"] / 1024
    return rounded(seconds=seconds, ratio=seconds / snippet, gigabytes=gigabytes, **scores)
