"""Figures of masks: every class in its colour, outlined, named below; errors of each kind."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout import cut_off, drawn, overlapping, words
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from PIL import Image

from course_utils import draw
from course_utils.by_hand.masks import KINDS, error_kinds, rim
from course_utils.draw import masks as by_draw
from course_utils.draw.boxes_on import colour_of
from course_utils.draw.legend import Entry, legend_size
from course_utils.draw.shown import PALETTE, STEP

RANDOM = np.random.default_rng(6)
SCENES = RANDOM.integers(0, 256, (4, 80, 80, 3), dtype=np.uint8)
MASK = np.zeros((80, 80), np.uint8)
MASK[10:40, 10:40], MASK[10:40, 40:70], MASK[60:70, 0:50] = 1, 2, 4
NAMES = ("background", "T-shirt/top", "Trouser", "Bag of $5", "Ankle boot")


def found_words(shown):
    """No word is cut off, none covers another: return the words."""
    found = words(shown.figure)
    assert (cut_off(found, shown.figure), overlapping(found)) == ([], [])
    return [text for text, _ in found]


def pixels_of(shown, place=0):
    return np.asarray(shown.figure.axes[0].images[place].get_array())


def samples(shown):
    """Return the colours of the legend, None for what is not coloured."""
    drawn_in = [patch for patch in shown.figure.axes[0].patches if isinstance(patch, Rectangle)]
    return [patch.get_facecolor()[:3] for patch in drawn_in]


# --- masks over pictures -------------------------------------------------------------------------


def test_every_class_has_its_colour_and_its_outline_and_the_background_is_left():
    picture = RANDOM.random((80, 80, 3), np.float32)
    seen = by_draw.laid_over(picture, MASK.astype(int), zoom=2, opacity=1)
    large = MASK.repeat(2, 0).repeat(2, 1)
    left = seen[large == 0]
    ground = picture.repeat(2, 0).repeat(2, 1)[large == 0]
    black = (left == 0).all(axis=-1)
    np.testing.assert_array_equal(left[~black], ground[~black])
    assert 0 < black.mean() < 0.1
    for label in (1, 2, 4):
        black = (seen[large == label] == 0).all(axis=-1)
        own = np.broadcast_to(to_rgb(colour_of(label - 1)), ((~black).sum(), 3))
        np.testing.assert_allclose(seen[large == label][~black], own, atol=1e-6)
        assert black.any() == (label == 1)  # next to class 2; else the line is on the background
    assert (seen[20:80, 79] == 0).all() and (seen[20:80, 80] > 0).any()  # between neighbours


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 3))
def test_outlines_are_the_rims_of_what_has_a_lower_number(seed, zoom, line):
    """A picture goes on beyond its edge: there no region ends."""
    mask = np.random.default_rng(seed).integers(0, 3, (6, 5))
    seen = by_draw.laid_over(np.ones((6, 5), np.float32), mask, zoom, line)
    large = np.pad(mask.repeat(zoom, 0).repeat(zoom, 1), line, mode="edge")
    rims = np.any([rim(large <= label, line) & (large == label) for label in (0, 1)], axis=0)
    black = (seen == 0).all(axis=-1)
    np.testing.assert_array_equal(black, rims[line:-line, line:-line])


def test_the_thinnest_region_shows_its_colour():
    mask = np.zeros((9, 9), int)
    mask[:, 3], mask[:, 4], mask[:, 5:] = 1, 2, 3  # as bilinear resizing invents classes
    seen = by_draw.laid_over(np.ones((9, 9), np.float32), mask, zoom=2)
    for column, label in ((6, 1), (8, 2), (10, 3)):
        own = np.broadcast_to(to_rgb(colour_of(label - 1)), (18, 3))
        np.testing.assert_allclose(seen[:, column], own, atol=1e-6)


def test_a_picture_shows_through_the_middle_and_less_the_more_opaque():
    picture = np.full((80, 80), 0.25, np.float32)
    centre = [by_draw.laid_over(picture, MASK, opacity=part)[25, 25] for part in (0, 0.5, 1)]
    np.testing.assert_allclose(centre[0], 0.25)
    np.testing.assert_allclose(centre[2], to_rgb(colour_of(0)), atol=1e-6)
    np.testing.assert_allclose(centre[1], (centre[0] + centre[2]) / 2, atol=1e-6)


def test_the_legend_names_the_classes_in_their_colours():
    shown = draw.masks_on(SCENES[:2], [MASK, MASK * 0], NAMES, ["one", "another"])
    found = found_words(shown)
    assert found[:2] == ["one", "another"]
    named = [f"{label} {name}".replace("$", r"\$") for label, name in enumerate(NAMES)]
    assert found[2 : 2 + len(NAMES)] == named
    expected = [(1, 1, 1), *(to_rgb(colour_of(label)) for label in range(4))]
    np.testing.assert_allclose(samples(shown), expected)


@pytest.mark.parametrize("most, expected", [
    (0, ["0 background"]), (1, ["0 background", "class 1"]),
    (6, ["0 background", *(f"class {label}" for label in range(1, 7)), "6"]), (7, []), (125, []),
])  # fmt: skip
def test_without_names_a_few_classes_have_numbers(most, expected):
    mask = np.minimum(np.arange(80 * 80).reshape(80, 80) // 20, most)
    assert found_words(draw.masks_on(SCENES[0], mask)) == expected


def test_each_region_with_room_for_it_has_its_number():
    """Colours are not all that tells classes apart."""
    mask = MASK.copy()
    mask[75:, 60:], mask[50:75, 60:] = 0, 1  # a second region of class 1
    mask[0, 0] = 3  # a region of a pixel: no room
    axes = draw.masks_on(SCENES[0], mask, NAMES).figure.axes[0]
    left, right, bottom, top = axes.images[0].get_extent()
    scale = (right - left) / 80
    numbers = {text.get_text(): [] for text in axes.texts}
    for text in axes.texts:
        x, y = text.get_position()
        place = int((y - top) / scale), int((x - left) / scale)
        assert mask[place] == int(text.get_text())
        numbers[text.get_text()].append(place)
    assert {number: len(places) for number, places in numbers.items()} == {"1": 2, "2": 1, "4": 1}
    assert not draw.masks_on(SCENES[0], mask > 0, NAMES[:2]).figure.axes[0].texts


def test_colours_of_the_legend_survive_beside_a_photograph():
    """Of a class that occurs nowhere too: a palette made for the picture has no place for it."""
    names = [*NAMES, "Sandal", "Sneaker"]
    bright = np.clip(SCENES[:1] // 16 + np.array([236, 244, 240], np.uint8), 0, 255)
    shown = draw.masks_on([*SCENES[:3], *bright], [MASK * 0] * 4, names)
    stored = Image.open(io.BytesIO(shown.png()))
    assert len(stored.getcolors()) <= PALETTE
    seen = np.asarray(stored.convert("RGB")).reshape(-1, 3).astype(int)
    for label in range(6):
        own = np.array(to_rgb(colour_of(label))) * 255
        assert (np.abs(seen - own).max(axis=1) <= STEP).sum() > 80, names[label + 1]
    assert (seen[:100] == 255).all()  # the paper is white


@pytest.mark.parametrize("shape", [(80, 80, 3), (80, 80), (80, 80, 1), (20, 60), (1, 1), (40, 300),
                                   (600, 450, 3), (300, 40)])  # fmt: skip
@pytest.mark.parametrize("count", [1, 5])
def test_pictures_of_any_size_can_be_read(shape, count):
    images, masks = RANDOM.random((count, *shape)), RANDOM.integers(0, 5, (count, *shape[:2]))
    titles = ["A title that may be long", "2", "", "truth", "x"][:count]
    shown = draw.masks_on(images, masks, NAMES, titles)
    found_words(shown)
    assert len(shown.figure.axes[0].images) == count
    left, right, bottom, top = shown.figure.axes[0].images[0].get_extent()
    assert (right - left) / (bottom - top) == pytest.approx(shape[1] / shape[0])


def test_a_single_picture_and_one_without_a_mask():
    one = draw.masks_on(SCENES[0], MASK, NAMES, "one")
    np.testing.assert_array_equal(
        pixels_of(one), pixels_of(draw.masks_on([SCENES[0]], [MASK], NAMES, ["one"]))
    )
    assert "one" in found_words(one)
    bare = pixels_of(draw.masks_on([SCENES[0]] * 2, [None, MASK], columns=1))
    zoom = len(bare) // 80
    np.testing.assert_allclose(bare[::zoom, ::zoom], SCENES[0] / np.float32(255), atol=1e-6)


def test_descriptions_do_not_say_what_a_model_found():
    found = draw.masks_on(SCENES[:2], [MASK, MASK], NAMES, ["truth", "network"])
    none = draw.masks_on(SCENES[:2], [MASK, MASK * 0], NAMES, ["truth", "network"])
    said = (
        "2 pictures side by side (truth, network): colours with black outlines mark the classes "
        "1 T-shirt/top, 2 Trouser, 3 Bag of $5, 4 Ankle boot."
    )
    assert found.description == none.description == said
    data, metadata = found._repr_mimebundle_()
    assert data["text/plain"] == metadata["image/png"]["alt"] == found.description
    assert draw.masks_on(SCENES[0], MASK).description.endswith("outlines mark classes.")
    assert draw.masks_on(SCENES[0], MASK, description="words").description == "words"
    errors = [draw.mask_errors(SCENES[0], MASK, {"a": MASK, "b": other}).description
              for other in (MASK, MASK * 0, MASK > 0)]  # fmt: skip
    assert len(set(errors)) == 1 and "2 predictions (a, b): missed pixels are" in errors[0]
    assert "errors of a prediction:" in draw.mask_errors(SCENES[0], MASK, MASK).description
    assert draw.mask_errors(SCENES[0], MASK, MASK, "words").description == "words"


@pytest.mark.parametrize("make", [
    lambda: draw.masks_on(SCENES, [MASK] * 4, NAMES),
    lambda: draw.mask_errors(SCENES[0], MASK, {"a": MASK[::-1], "b": MASK.T}),
])  # fmt: skip
def test_drawing_twice_gives_the_same_bytes(make):
    shown = make()
    assert shown.png() == shown.png() == make().png()
    assert len(shown.png()) < 200_000


# --- errors --------------------------------------------------------------------------------------


def test_errors_have_the_colours_of_their_kinds():
    other = np.roll(MASK, 12, axis=1)
    other[60:70, 20:50] = 2
    kinds = error_kinds(MASK, other)
    grey = np.full((80, 80), 0.5, np.float32)
    seen = by_draw.errors_over(grey, MASK.astype(int), kinds)
    line = (seen == 1).all(axis=-1)
    np.testing.assert_array_equal(line, by_draw.near_another(MASK, 1) & (MASK > 0))
    for kind, entry in by_draw.ERRORS.items():
        here = seen[(kinds == KINDS.index(kind)) & ~line]
        stripes = (here == 0).all(axis=-1)
        assert len(here) and stripes.any() == bool(entry.hatch) and not stripes.all()
        colour = np.unique(here[~stripes], axis=0)
        np.testing.assert_allclose(colour, [to_rgb(entry.colour)], atol=0.1)
    right = seen[(kinds == KINDS.index("right")) & ~line]
    assert np.ptp(right, axis=1).max() == 0  # grey


def test_shares_stand_above_and_colours_below():
    truth = np.zeros((10, 10), int)
    truth[:2], truth[4:6] = 1, 2
    predicted = truth.copy()
    predicted[0], predicted[9, :5], predicted[5, :2] = 0, 2, 1
    shown = draw.mask_errors(RANDOM.random((10, 10)), truth, {"a $network$": predicted})
    found = found_words(shown)
    title = " ".join(found[0].split())
    assert title == r"a \$network\$ missed 10.0 %, invented 5.0 %, confused 2.0 %"
    assert [text.partition(":")[0] for text in found[1:]] == [*KINDS[1:], "white line"]
    assert len(samples(shown)) == 4


def test_with_a_single_class_nothing_is_confused():
    for other in (MASK > 1, MASK * 0):
        found = " ".join(found_words(draw.mask_errors(SCENES[0], MASK > 0, other)))
        assert "missed" in found and "invented" in found and "confused" not in found
    confused = draw.mask_errors(SCENES[0], MASK > 0, {"right": MASK > 0, "other": MASK})
    assert "confused" in " ".join(found_words(confused))


@pytest.mark.parametrize("shape", [(80, 80, 3), (30, 90), (1, 1), (600, 450), (300, 40)])
@pytest.mark.parametrize("count", [1, 5])
def test_errors_in_pictures_of_any_size_can_be_read(shape, count):
    truth = RANDOM.integers(0, 5, shape[:2])
    several = {f"stride {2**at}": RANDOM.integers(0, 5, shape[:2]) for at in range(count)}
    shown = draw.mask_errors(RANDOM.random(shape), truth, several)
    found_words(shown)
    assert len(shown.figure.axes[0].images) == count


def test_legends_break_into_lines():
    entries = [Entry(f"class {at}", "#000000") for at in range(12)]
    wide, narrow = legend_size(entries, 5000), legend_size(entries, 300)
    assert wide[0] == 5000 and narrow[0] == 300 and narrow[1] > 2 * wide[1]
    widest = legend_size(entries, 1)
    assert widest[0] == max(entry.width for entry in entries) and widest[1] == 12 * wide[1]
    assert legend_size([], 300) == (300, 0)


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("masks, said", [
    (np.zeros((80, 80)), "Expected masks as whole numbers.*Received float64: argmax"),
    (np.zeros((40, 40), int), r"Expected masks of shape \(80, 80\).*Received shape \(40, 40\)"),
    ([np.zeros((80, 80, 1), int)], r"Received shape \(80, 80, 1\)"),
    (np.full((80, 80), 5), "from 0 to 4 in masks. Received 5 among them"),
    (np.full((80, 80), -1), "Received -1 among them"),
    ([], "one entry of masks for each of 1 pictures. Received 0"),
    (np.zeros((2, 80, 80), int), "one entry of masks for each of 1 pictures. Received 2"),
])  # fmt: skip
def test_what_is_no_mask_of_the_picture_is_refused(masks, said):
    images = SCENES[0] if getattr(masks, "ndim", 0) == 2 else SCENES[:1]
    with pytest.raises(ValueError, match=said):
        draw.masks_on(images, masks, NAMES)


def test_lists_belong_together():
    with pytest.raises(ValueError, match="Expected at least one picture. Received none."):
        draw.masks_on([], [])
    with pytest.raises(ValueError, match="entry of titles for each of 2 pictures. Received 1"):
        draw.masks_on(SCENES[:2], [MASK, MASK], NAMES, ["one"])


@pytest.mark.parametrize("truth, predicted, said", [
    (MASK / 1, MASK, "Expected truth as whole numbers"),
    (MASK, MASK / 1, "Expected predicted as whole numbers"),
    (MASK[:40], MASK[:40], r"Expected truth of shape \(80, 80\)"),
    (MASK, {"a": MASK, "b": MASK[:40]}, r"Expected predicted of shape \(80, 80\)"),
    (MASK, {}, "Expected at least one prediction. Received none."),
    (MASK, MASK.astype(int) - 1, "Received -1 among them"),
])  # fmt: skip
def test_errors_need_two_masks_of_the_picture(truth, predicted, said):
    with pytest.raises(ValueError, match=said):
        draw.mask_errors(SCENES[0], truth, predicted)


def test_nothing_that_is_given_is_changed():
    before = SCENES.copy(), MASK.copy(), RANDOM.random((80, 80), np.float32)
    picture = before[2].copy()
    drawn(draw.masks_on(SCENES, [MASK] * 4).figure)
    drawn(draw.mask_errors(picture, MASK, MASK.T).figure)
    for one, other in zip(before, (SCENES, MASK, picture)):
        np.testing.assert_array_equal(one, other)
