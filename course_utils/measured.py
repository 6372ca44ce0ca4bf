"""What `make bench` measured last, for lessons that show it: tests/benchmarks/results/<part>.json."""

import json

from course_utils.errors import CourseError
from course_utils.places import RESULTS


def measured(part):
    """Return the rows of one part of the benchmark, as it was last kept.

    Args:
        part: its name, such as "detection".

    Returns:
        A list of {"what": words, "measured": words, "goal": words, "numbers": {name: number}}.

    Raises:
        CourseError: the part was never measured, or its file is damaged.
    """
    place = RESULTS / f"{part}.json"
    try:
        runs = json.loads(place.read_text(encoding="utf-8"))["runs"]
        return [row for run in runs for row in run["rows"]]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise CourseError(
            f"Expected measurements in {place}. Received none that can be read: take the file from "
            f'the course\'s repository, or run `make bench ARGS="{part}"`.'
        ) from problem
