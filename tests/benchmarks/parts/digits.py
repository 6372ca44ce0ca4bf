"""Training on all of MNIST: lesson 03's network beside two well-known ones, in turn."""

import statistics

from results import Row
from timing import measured_apart, rounded


def rows(seeds=(1, 2, 3)):
    """Return seconds, accuracy and memory of each network: the median of the seeds."""
    runs = {name: [] for name in ("snippet", "course", "mnist_convnet")}
    for seed in seeds:  # in turn, so that a busy minute does not meet one network alone
        for name, measured in runs.items():
            measured.append(measured_apart("digit_training.py", name, seed))
    middle = {
        name: {key: statistics.median(one[key] for one in measured) for key in measured[0]}
        for name, measured in runs.items()
    }
    return [
        _row(name, one, middle["snippet"]["seconds"], len(seeds)) for name, one in middle.items()
    ]


def _row(name, one, snippet_seconds, seeds):
    seconds, accuracy, gigabytes = one["seconds"], one["accuracy"], one["megabytes"] / 1024
    ratio = seconds / snippet_seconds
    words = f"{seconds:.0f} s ({ratio:.2f} of the snippet's), {accuracy:.2%}, {gigabytes:.2f} GB"
    goal = "≥ 99.2 % in ≤ 1.00" if name == "course" else ""
    numbers = rounded(seconds=seconds, ratio=ratio, accuracy=accuracy, gigabytes=gigabytes)
    return Row(f"MNIST, `{name}`, median of {seeds} seeds", words, goal, numbers)
