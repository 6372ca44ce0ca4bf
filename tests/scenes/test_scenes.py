"""Scenes: whose ink it is, that a box fits it exactly, what is drawn by chance and what is not."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from course_utils import datasets, scenes
from course_utils.places import ROOT
from course_utils.scenes import digits, garments, grounds, making, painting, placing
from course_utils.scenes.layout import SPLITS

MAKERS = {"digits": scenes.digit_scenes, "garments": scenes.garment_scenes}
makers = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@pytest.fixture(scope="module", params=MAKERS)
def some(request):
    """Return 60 scenes of digits, then of garments."""
    return MAKERS[request.param](60, 1)


@pytest.fixture
def grey(monkeypatch):
    """Have every ground an even grey; return its value in the images."""
    flat = np.float32(100 / 255)
    monkeypatch.setattr(making, "ground", lambda _, size, rng: np.full((size, size, 3), flat))
    return 100


def ious(boxes):
    """Return the intersection over union of each two boxes, by counting pixels."""
    areas = []
    for x1, y1, x2, y2 in boxes.astype(int):
        covered = np.zeros((80, 80), bool)
        covered[y1:y2, x1:x2] = True
        areas.append(covered)
    return [(a & b).sum() / (a | b).sum() for a, b in itertools.combinations(areas, 2)]


# What comes


def test_shapes_and_types_are_as_described(some):
    assert some.images.shape == (60, 80, 80, 3) and some.images.dtype == np.uint8
    assert some.masks.shape == (60, 80, 80) and some.masks.dtype == np.uint8
    assert len(some) == len(some.boxes) == len(some.labels) == 60
    for boxes, labels in zip(some.boxes, some.labels):
        assert boxes.shape == (len(labels), 4) and boxes.dtype == np.float32
        assert labels.shape == (len(labels),) and labels.dtype == np.int64
        assert ((labels >= 0) & (labels < len(some.classes))).all()


def test_boxes_lie_inside_and_on_whole_pixels(some):
    boxes = np.concatenate(some.boxes)
    assert np.array_equal(boxes, np.rint(boxes))
    assert boxes.min() >= 0 and boxes.max() <= 80
    assert (boxes[:, 2:] > boxes[:, :2]).all()


def test_longer_sides_are_those_asked_for():
    made = scenes.digit_scenes(60, 2, sides=(20, 40))
    sides = np.ptp(np.concatenate(made.boxes).reshape(-1, 2, 2), axis=1).max(axis=1)
    assert 20 <= sides.min() and sides.max() <= 40
    assert sides.max() - sides.min() > 15


def test_boxes_overlap_little(some):
    overlaps = [each for boxes in some.boxes for each in ious(boxes)]
    assert 0 < max(overlaps) <= 0.05


@makers
def test_without_overlap_each_box_fits_its_mask_exactly(make):
    made = make(40, 3, overlap=0.0)
    for boxes, labels, mask in zip(made.boxes, made.labels, made.masks):
        left = mask.copy()
        for (x1, y1, x2, y2), label in zip(boxes.astype(int), labels):
            inside = mask[y1:y2, x1:x2]
            assert set(np.unique(inside)) <= {0, label + 1}
            for edge in (inside[0], inside[-1], inside[:, 0], inside[:, -1]):
                assert edge.any()
            left[y1:y2, x1:x2] = 0
        assert not left.any(), "ink outside of every box"


@makers
def test_a_box_holds_every_pixel_that_was_painted(make, grey):
    """Seen in the image itself: what is not the ground's grey is the ink, to the last pixel."""
    made = make(40, 4, most=1, noise=0.0)
    for image, boxes in zip(made.images, made.boxes):
        painted = (image != grey).any(axis=2)
        assert painted.any() == bool(len(boxes))
        if len(boxes):
            assert painting.extent(painted) == tuple(boxes[0])


@makers
def test_what_is_in_the_mask_stands_out_from_an_even_ground(make, grey):
    made = make(40, 5, most=1, noise=0.0)
    for image, mask in zip(made.images, made.masks):
        if mask.any():
            light = image[mask > 0] @ datasets.LUMINANCE
            assert abs(light.mean() - grey) > 0.15 * 255


# How many


@pytest.mark.parametrize(("count", "empty"), [(40, 0.05), (40, 0.5), (3, 1.0), (7, 0.0), (1, 0.4)])
def test_the_share_without_objects_is_exact(count, empty):
    made = scenes.digit_scenes(count, 6, empty=empty)
    assert sum(len(boxes) == 0 for boxes in made.boxes) == round(count * empty)
    for boxes, labels, mask in zip(made.boxes, made.labels, made.masks):
        assert mask.any() == bool(len(boxes)) == bool(len(labels))


def test_every_number_of_digits_comes():
    made = scenes.digit_scenes(100, 7, most=5, empty=0.1)
    assert {len(boxes) for boxes in made.boxes} == {0, 1, 2, 3, 4, 5}
    assert set(np.concatenate(made.labels)) == set(range(10))


def test_where_no_room_is_left_there_are_fewer_and_never_none():
    made = scenes.digit_scenes(20, 8, most=9, sides=(40, 40), size=44, overlap=0.0, empty=0.0)
    counts = [len(boxes) for boxes in made.boxes]
    assert min(counts) == 1 and max(counts) <= 3


# Chance


@makers
def test_a_seed_gives_the_same_again_and_another_something_else(make):
    first, again, other = make(6, 9), make(6, 9), make(6, 10)
    assert np.array_equal(first.images, again.images)
    assert np.array_equal(first.masks, again.masks)
    for one, two in zip([*first.boxes, *first.labels], [*again.boxes, *again.labels]):
        assert np.array_equal(one, two)
    assert not np.array_equal(first.images, other.images)


def test_the_global_state_of_chance_is_neither_read_nor_changed():
    np.random.seed(1)
    first = scenes.digit_scenes(2, 1).images
    assert np.random.random() == np.random.RandomState(1).random_sample()
    assert np.array_equal(scenes.digit_scenes(2, 1).images, first)


def test_splits_differ_in_more_than_their_digits():
    made = [scenes.digit_scenes(6, 9, split) for split in SPLITS]
    for one, two in itertools.combinations(made, 2):
        assert [len(each) for each in one.boxes] != [len(each) for each in two.boxes]


# Whose pixels


@pytest.fixture
def forget():
    """Forget what was read of data/, before and after."""
    caches = digits.digits, garments.garments, grounds.regions
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


def test_each_split_has_its_own_digits(forget, monkeypatch):
    """With made-up digits whose label says where they stand."""
    train = np.array([1] * 50_000 + [2] * 10_000, np.uint8)
    test = np.full(10_000, 3, np.uint8)
    picture = np.full((28, 28), 255, np.uint8)
    sets = [(np.broadcast_to(picture, (len(each), 28, 28)), each) for each in (train, test)]
    monkeypatch.setattr(digits, "load_mnist", lambda: sets)
    for number, split in enumerate(SPLITS, 1):
        assert set(np.concatenate(scenes.digit_scenes(30, 1, split).labels)) == {number}
        assert set(scenes.digit_crops(30, 1, split)[1]) == {number}
        assert len(digits.digits(split).labels) == (50_000, 10_000, 10_000)[number - 1]


def test_no_test_digit_or_garment_is_in_another_split():
    (train, _), (test, _) = datasets.load_mnist()
    for split, expected in zip(SPLITS, (train[:50_000], train[50_000:], test)):
        assert np.array_equal(digits.digits(split).cutout.args[0], expected)
    pictures = [{each.tobytes() for each in garments.garments(s).cutout.args[0]} for s in SPLITS]
    assert all(not a & b for a, b in itertools.combinations(pictures, 2))


def test_garments_are_of_the_four_classes():
    (pictures, labels), _ = datasets.load_fashion()
    names = {each.tobytes(): datasets.FASHION_CLASSES[k] for each, k in zip(pictures, labels)}
    things = garments.garments("train")
    for picture, label in zip(things.cutout.args[0], things.labels):
        assert names[picture.tobytes()] == things.classes[label]
    assert np.bincount(things.labels).min() > 300


def test_each_split_has_its_own_part_of_a_photograph(forget, monkeypatch):
    """With a photograph whose value says where one is: a crop of one part has one value."""
    columns = np.repeat([0.2, 0.5, 0.8], [300, 100, 100])
    picture = np.broadcast_to(columns[:, np.newaxis], (400, 500, 1)).astype(np.float32)
    monkeypatch.setattr(grounds, "load_photograph", lambda name: picture)
    monkeypatch.setattr(grounds, "TINT", 0.0)
    rng = np.random.default_rng(1)
    for split, value in zip(SPLITS, (0.2, 0.5, 0.8)):
        for _ in range(20):
            np.testing.assert_allclose(grounds.ground(split, 80, rng), value, atol=1 / 255)


@pytest.mark.parametrize("size", [8, 80, 96, 700])
def test_a_ground_has_any_size_and_is_a_picture(size):
    for seed in range(5):
        pixels = grounds.ground("test", size, np.random.default_rng(seed))
        assert pixels.shape == (size, size, 3) and pixels.dtype == np.float32
        assert 0 <= pixels.min() and pixels.max() <= 1


def test_grounds_are_varied_and_real():
    rng = np.random.default_rng(2)
    crops = np.stack([grounds.ground("train", 80, rng) for _ in range(60)])
    spreads = crops.std(axis=(1, 2)).mean(axis=1)
    assert np.median(spreads) > 0.04, "most are no even ground"
    assert crops.mean(axis=(1, 2, 3)).std() > 0.05, "dark and light"
    assert np.ptp(crops.mean(axis=(1, 2)), axis=1).max() > 0.1, "coloured"


# Ink


@given(st.integers(0, 10_000), st.floats(0, 1), st.floats(0, 0.3))
@example(177, 0.72, 0.24518668779071506)  # -7e-18 without a clip
def test_ink_stands_out_and_is_a_colour(seed, mean, spread):
    rng = np.random.default_rng(seed)
    under = np.clip(rng.normal(mean, spread, (12, 9, 3)), 0, 1).astype(np.float32)
    light = under @ datasets.LUMINANCE
    least = min(0.5, painting.CONTRAST[0] + light.std())
    colour = painting.ink_colour(under, rng)
    assert colour.shape == (3,) and 0 <= colour.min() and colour.max() <= 1
    assert abs(colour @ datasets.LUMINANCE - light.mean()) >= least - 1e-5


def test_ink_is_dark_and_light_and_coloured():
    rng = np.random.default_rng(3)
    under = np.full((5, 5, 3), 0.5, np.float32)
    colours = np.stack([painting.ink_colour(under, rng) for _ in range(100)])
    light = colours @ datasets.LUMINANCE > 0.5
    assert 30 < light.sum() < 70
    assert np.ptp(colours, axis=1).max() > 0.2


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_a_tint_keeps_the_luminance(seed, luminance):
    colour = painting.tinted(luminance, np.random.default_rng(seed))
    assert colour @ datasets.LUMINANCE == pytest.approx(luminance, abs=1e-5)
    assert -1e-6 <= colour.min() and colour.max() <= 1 + 1e-6


@pytest.mark.parametrize("side", [8, 9, 20, 40, 100])
def test_every_digit_and_garment_leaves_ink_at_any_side(side):
    for things in (digits.digits("train"), garments.garments("train")):
        for number in range(0, len(things.labels), len(things.labels) // 100):
            ink = things.cutout(number, side).ink
            assert max(ink.shape) <= side
            assert painting.extent(ink) == (0, 0, *ink.shape[::-1])


def test_a_bags_handle_stays_open_and_a_print_is_filled():
    ring = np.zeros((28, 28), np.uint8)
    ring[2:26, 2:26] = 200
    ring[4:10, 8:20] = 0
    printed = ring.copy()
    printed[15:18, 10:14] = 0
    expected = (ring > 0).astype(np.float32)
    assert np.array_equal(garments.outline(printed), expected)


def test_a_garment_is_shaded():
    image = np.full((60, 60, 3), 0.1, np.float32)
    things = garments.garments("train")
    painting.paint(image, things.cutout(3, 50), 5, 5, np.random.default_rng(1))
    assert image.std() > 0.05 and 0 <= image.min() and image.max() <= 1


# Places


@given(st.integers(1, 30), st.integers(1, 30), st.floats(0, 1), st.integers(0, 1000))
def test_a_place_is_inside_and_overlaps_no_more_than_allowed(height, width, overlap, seed):
    rng = np.random.default_rng(seed)
    taken = [(0, 0, 20, 20), (15, 10, 40, 40)]
    box = placing.place(height, width, taken, 40, overlap, rng)
    if box is not None:
        x1, y1, x2, y2 = box
        assert (x2 - x1, y2 - y1) == (width, height)
        assert 0 <= x1 and 0 <= y1 and x2 <= 40 and y2 <= 40
        pairs = [np.array([box, other], np.float32) for other in taken]
        assert all(ious(pair)[0] <= overlap for pair in pairs)


def test_there_is_no_place_where_there_is_none():
    rng = np.random.default_rng(1)
    assert placing.place(10, 10, [(0, 0, 40, 40)], 40, 0.0, rng) is None
    assert placing.place(40, 40, [], 40, 0.0, rng) == (0, 0, 40, 40)


# Crops


def test_crops_have_one_digit_each_and_a_label():
    images, labels = scenes.digit_crops(30, 1, empty=0.2)
    assert images.shape == (30, 40, 40, 3) and images.dtype == np.uint8
    assert labels.shape == (30,) and labels.dtype == np.int64
    assert (labels == 10).sum() == 6 and set(labels) <= set(range(11))
    assert (scenes.digit_crops(30, 1)[1] < 10).all()


def test_crops_are_scenes_of_one_digit():
    images, labels = scenes.digit_crops(12, 5, "test", size=48, sides=(20, 30))
    made = scenes.digit_scenes(12, 5, "test", 48, 1, (20, 30), 0.0, 0.0)
    assert np.array_equal(images, made.images)
    assert labels.tolist() == np.concatenate(made.labels).tolist()


# What cannot be


WRONG = {
    "count": [0, -1, 2.0, True, "3", None, np.nan],
    "seed": [-1, 1.5, None, "a", True, [1]],
    "split": ["Train", "", None, 0, ["train"], "testing"],
    "size": [7, 0, -80, 80.0, (80, 80), None, True],
    "most": [0, -1, 1.0, None, True],
    "sides": [(40, 20), (20, 81), (7, 20), 30, (20,), (20, 30, 40), "ab", (20.0, 30), None],
    "empty": [-0.1, 1.1, np.nan, np.inf, "0.1", None, True],
    "overlap": [-0.1, 1.1, np.nan, None],
    "noise": [-0.1, 1.1, np.nan, None],
}


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in WRONG.items() for value in values],
    ids=lambda each: str(each).replace(" ", ""),
)
@makers
def test_wrong_arguments_get_a_sentence(make, name, value):
    with pytest.raises(ValueError) as caught:
        make(**{"count": 2, "seed": 1, name: value})
    assert_sentence(caught.value, name)


@pytest.mark.parametrize(("name", "value"), [("size", 30), ("sides", (20, 41)), ("empty", 2)])
def test_wrong_arguments_of_crops_get_a_sentence(name, value):
    with pytest.raises(ValueError) as caught:
        scenes.digit_crops(**{"count": 2, "seed": 1, name: value})
    assert_sentence(caught.value, "sides" if name == "size" else name)


def assert_sentence(problem, name):
    sentence = str(problem)
    assert sentence.startswith("Expected ") and " Received " in sentence
    assert name in sentence and "\n" not in sentence and len(sentence) < 300


def test_making_scenes_loads_no_tensorflow():
    code = "import sys, course_utils.scenes as s; s.digit_scenes(1, 1); print(*sys.modules)"
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"tensorflow", "keras", "matplotlib"} & set(run.stdout.split())


def test_the_room_tells_what_it_has():
    with pytest.raises(AttributeError, match="has no attribute 'cats'"):
        _ = scenes.cats
    assert all(hasattr(scenes, name) for name in scenes.__all__)
