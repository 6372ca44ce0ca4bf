"""Break what a lesson teaches, and the lesson must go red: every mutant is caught."""

import os
import subprocess
import sys

from course_utils.authoring import lesson_files
from course_utils.authoring.kept import kept_names, kept_source
from course_utils.authoring.mutants import make_mutants
from course_utils.authoring.mutations import break_kept, summary
from course_utils.authoring.tree import copy_course
from course_utils.places import ROOT

# Mutants that give the same results on every input: nobody could catch them. Each with its reason.
EQUIVALENT = {
    "by_hand.metrics:accuracy": {
        "return np.mean(np.equal(labels, predictions)) => "
        "return np.mean(np.equal(predictions, labels))": "equality is the same from both sides",
    },
    "by_hand.convolution:same_padding": {
        "total = max((positions - 1) * stride + span - size, 0) => "
        "total = max(0, (positions - 1) * stride + span - size)": "max takes its two in any order",
    },
    "by_hand.convolution:slide": {
        "output = np.zeros((rows, columns)) => output = np.ones((rows, columns))": "the loops "
        "write every value of the output, so what it held before never shows",
    },
    "by_hand.convolution:weigh_windows": {
        f"return np.einsum('rcijk,ijkf->rcf', windows, kernel, optimize=True) => "
        f"return np.einsum('rcijk,ijkf->rcf', windows, kernel{left})": "`optimize` chooses how "
        "the same products are added up: faster or slower, and equal but for rounding"
        for left in ("", ", optimize=False")
    },
    "by_hand.layers:relu": {
        "return np.maximum(maps, 0) => return np.maximum(0, maps)": "maximum takes its two in any "
        "order",
    },
    "by_hand.layers:max_pool": {
        "output = np.zeros((rows, columns, *image.shape[2:])) => "
        "output = np.ones((rows, columns, *image.shape[2:]))": "the loops write every value of the "
        "output, so what it held before never shows",
        "output[row, column] = block.max(axis=(0, 1)) => "
        "output[row, column] = block.max(axis=(1, 0))": "the largest over rows and columns is the "
        "largest over columns and rows",
    },
    "by_hand.boxes:intersection": {
        "left_top = np.maximum(boxes[:, None, :2], others[None, :, :2]) => "
        "left_top = np.maximum(others[None, :, :2], boxes[:, None, :2])": "maximum takes its two "
        "in any order",
        "right_bottom = np.minimum(boxes[:, None, 2:], others[None, :, 2:]) => "
        "right_bottom = np.minimum(others[None, :, 2:], boxes[:, None, 2:])": "minimum takes its "
        "two in any order",
        "sides = np.clip(right_bottom - left_top, 0, None) => "
        "sides = np.clip(0, right_bottom - left_top, None)": "a side that is at least 0, and 0 "
        "that is at least the side, are both the larger of the two",
    },
    "by_hand.boxes:iou": {
        "return shared / np.where(union > 0, union, 1) => "
        "return shared / np.where(union > 0, union, 2)": "where there is no union nothing is "
        "shared, and 0 / 2 is 0 as well",
    },
    "by_hand.boxes:nms": {
        "overlaps = iou(boxes[[best]], boxes[rest])[0] => "
        "overlaps = iou(boxes[[best]], boxes[rest])[-1]": "the table for one box has one row, "
        "the first and the last",
    },
    "by_hand.boxes:anchor_shapes": {
        "return np.stack([sizes * roots, sizes / roots], axis=-1).reshape(-1, 2) => "
        "return np.stack([sizes * roots, sizes / roots], axis=-1).reshape(-2, 2)": "any negative "
        "number asks NumPy for as many rows as there are",
    },
    "by_hand.boxes:anchor_grid": {
        "return np.stack(sides, axis=-1).reshape(-1, 4) => "
        "return np.stack(sides, axis=-1).reshape(-2, 4)": "any negative number asks NumPy for as "
        "many rows as there are",
    },
    "by_hand.metrics:match_detections": {
        "overlaps[:, truth] = -1 => overlaps[:, truth] = -2": "either is below every IoU, and so "
        "below every threshold",
    },
    "by_hand.roi_align:neighbours": {
        "centred = np.clip(places - 0.5, 0, length - 1) => "
        "centred = np.clip(0, places - 0.5, length - 1)": "of 0 and a place the larger one is "
        "taken, whichever is called the limit",
        "after = np.minimum(before + 1, length - 1) => "
        "after = np.minimum(length - 1, before + 1)": "minimum takes its two in any order",
        "before = np.floor(centred).astype(int) => before = centred.astype(int)": "the places are "
        "not negative, and above 0 casting rounds down as well",
    },
    "by_hand.learning:squared_error": {
        "return np.mean((output - target) ** 2) => return np.mean((target - output) ** 2)": "a "
        "difference and its negative have one square",
    },
}


def test_every_mutant_is_caught(path, outcomes, capsys):
    excused = _excused(outcomes)
    with capsys.disabled():
        print(f"\n{path.stem}: {summary(outcomes, excused)}")
    missed = [f"{one.kept}: {one.description}" for one in outcomes if not one.caught]
    assert sorted(missed) == sorted(excused)


def _excused(outcomes):
    kept = {one.kept for one in outcomes}
    return [f"{name}: {one}" for name in kept for one in EQUIVALENT.get(name, {})]


def test_equivalent_mutants_have_reasons():
    reasons = [reason for mutants in EQUIVALENT.values() for reason in mutants.values()]
    assert all(len(reason) > 20 for reason in reasons)


def test_every_kept_name_with_equivalents_is_taught():
    from lesson_list import LESSONS

    taught = {name for path in LESSONS for name in kept_names(lesson_files.read(path))}
    assert EQUIVALENT.keys() <= taught


def test_nbval_itself_says_the_same_of_one_mutant(path, tmp_path):
    """Without a mutant nbval finds the lesson green: `pytest` itself runs it so.

    The function that the lesson teaches first is broken, so that the run ends early.
    """
    copy_course(ROOT, tmp_path)
    lesson = tmp_path / "notebooks" / path.name
    kept = kept_names(lesson_files.read(path))[0]
    break_kept(tmp_path, lesson, kept, _visible_mutant(kept))
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", str(lesson)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 1, done.stdout[-3000:]
    assert "Notebook cell execution failed" in done.stdout, done.stdout[-3000:]


def _visible_mutant(kept):
    """Return a mutant that changes what the function returns, the last that can be made."""
    equivalent = EQUIVALENT.get(kept, {})
    mutants = make_mutants(kept_source(ROOT, kept))
    return [one for one in mutants if one.description not in equivalent][-1].source
