"""KernelLab against SciPy, the game, the kernel's sizes, and own images."""

import live
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate2d

from course_utils import datasets
from course_utils.by_hand.kernels import KERNELS
from course_utils.widgets import KernelLab, kernel_lab

RANDOM = np.random.default_rng(3)


@pytest.fixture
def lab():
    return KernelLab(RANDOM.random((20, 30, 3)), colours="colour")


def correlated(image, kernel):
    if image.ndim == 2:
        return correlate2d(image, kernel, "valid")
    return np.stack([correlated(channel, kernel) for channel in np.moveaxis(image, 2, 0)], axis=-1)


size = st.integers(3, 7)


@settings(max_examples=40, deadline=None)
@given(size, size, st.sampled_from(kernel_lab.COLOURS), st.integers(0, 99))
def test_the_output_is_what_scipy_computes(height, width, colours, seed):
    random = np.random.default_rng(seed)
    kernel = random.normal(size=(height, width))
    image = random.random((9, 12, 3)).astype("float32")
    lab = KernelLab(image, kernel=kernel, colours=colours)
    seen = image if colours == "colour" else image @ datasets.LUMINANCE
    np.testing.assert_allclose(lab.data.image, seen, atol=1e-6)
    np.testing.assert_allclose(lab.data.output, correlated(seen, kernel), atol=1e-4)


def test_grey_is_the_grey_of_the_lessons():
    lab = KernelLab("china", preset="identity")
    # The photograph is reduced first, which rounds to 8 bits.
    photograph = datasets.load_photograph("china", grey=True)
    assert lab.data.image.ndim == 2
    assert lab.data.image.mean() == pytest.approx(photograph.mean(), abs=0.003)


@pytest.mark.parametrize("name", datasets.photographs())
def test_each_photograph_in_both_colours(name):
    for colours in kernel_lab.COLOURS:
        image = KernelLab(name, colours=colours).data.image
        assert max(image.shape[:2]) == kernel_lab.LONGEST or image.shape == (
            datasets.load_photograph(name).shape[: image.ndim]
        )
        assert image.dtype == np.float32 and 0 <= image.min() < image.max() <= 1


@pytest.mark.parametrize("preset", KERNELS)
def test_a_preset_brings_its_kernel_and_a_view_that_shows_it(lab, preset):
    lab.set(preset=preset)
    np.testing.assert_array_equal(lab.state.kernel, KERNELS[preset])
    assert lab.state.view == ("signed" if abs(KERNELS[preset].sum()) < 1e-9 else "as a picture")
    assert preset in lab.description


def test_presets_stay_what_they_are(lab):
    lab.live()
    before = {name: kernel.copy() for name, kernel in KERNELS.items()}
    for preset in KERNELS:
        lab.set(preset=preset)
        live.inputs(lab)[-1].value = 77
        lab.resize(3).resize(7)
    for name, kernel in before.items():
        np.testing.assert_array_equal(KERNELS[name], kernel)


def test_an_edited_kernel_is_no_preset_any_more(lab):
    lab.set(preset="box blur", view="signed")
    lab.set(kernel=lab.state.kernel * 2)
    assert lab.state.preset == kernel_lab.CUSTOM and lab.state.view == "signed"
    assert lab.set(preset=kernel_lab.CUSTOM).state.kernel.sum() == pytest.approx(2)


@pytest.mark.parametrize("change, sentence", [
    (dict(preset="Blur"), "Expected preset as one of identity, .*my own. Received 'Blur'"),
    (dict(preset=[[1, 2]]), r"Expected preset as one of .* Received \[\[1, 2\]\]"),
    (dict(preset=np.eye(3)), "Expected preset as one of .* Received array"),
    (dict(photograph="cat"), "Expected photograph as one of .*coffee.* Received 'cat'"),
    (dict(photograph=["coins"]), r"Expected photograph as one of .* Received \['coins'\]"),
    (dict(photograph=None), "Expected photograph as one of .* Received None"),
    (dict(colours="blue"), "Expected colours as one of colour, grey. Received 'blue'"),
    (dict(view=3), "Expected view as one of as a picture, signed. Received 3"),
    (dict(secret="Blur"), "Expected secret as one of .* Received 'Blur'"),
    (dict(kernel=np.ones((2, 2))), r"each from 3 to 7. Received shape \(2, 2\)"),
    (dict(kernel=np.ones((8, 8))), r"each from 3 to 7. Received shape \(8, 8\)"),
    (dict(kernel=np.ones((3, 8))), r"each from 3 to 7. Received shape \(3, 8\)"),
    (dict(kernel=np.full((3, 3), 1e300)), r"Expected numbers from .* Received 1e\+300"),
    (dict(kernel=np.full((3, 3), np.nan)), "Expected finite numbers as kernel. Received NaN"),
])  # fmt: skip
def test_impossible_settings_are_refused_in_a_sentence(lab, change, sentence):
    state, data = lab.state, lab.data
    with pytest.raises(ValueError, match=sentence):
        lab.set(**change)
    assert lab.state is state and lab.data is data


def test_only_an_own_image_is_yours():
    with pytest.raises(ValueError, match="Received 'your image'"):
        KernelLab("coins").set(photograph=kernel_lab.YOURS)


# --- own images ----------------------------------------------------------------------------------


SHAPES = [(9, 11), (9, 11, 1), (9, 11, 3), (7, 7), (600, 20), (20, 900, 3)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("colours", kernel_lab.COLOURS)
def test_own_images(shape, colours):
    lab = KernelLab(RANDOM.random(shape), colours=colours)
    lab.live()
    assert max(lab.data.image.shape[:2]) == min(max(shape), kernel_lab.LONGEST)
    assert lab.data.image.ndim == (3 if shape[-1] == 3 and colours == "colour" else 2)
    lab.set(photograph="coins").set(photograph=kernel_lab.YOURS).resize(7)
    assert lab.draw(lab.data, lab.state).png()


@pytest.mark.parametrize("kind", [np.float64, np.int64, bool, list])
def test_own_images_of_zeros_and_ones_of_any_kind(kind):
    ones = RANDOM.random((8, 8)) > 0.5
    image = ones.tolist() if kind is list else ones.astype(kind)
    np.testing.assert_array_equal(KernelLab(image).data.image, ones)


@pytest.mark.parametrize("image, sentence", [
    (np.zeros((9, 9, 4)), r"Received shape \(9, 9, 4\): image\[..., :3\] leaves transparency out"),
    (np.zeros((9, 9, 2)), r"1 or 3 channels. Received shape \(9, 9, 2\)"),
    (np.zeros((2, 9, 9, 3)), r"Received shape \(2, 9, 9, 3\).* image\[0\] takes one of a batch"),
    (np.zeros(9), r"Received shape \(9,\)"),
    (np.full((9, 9, 3), 200, np.uint8), r"in 0…1. Received values in 200…200: divide .* 255"),
    (np.full((9, 9), -0.5), r"values in 0…1. Received values in -0.5…-0.5"),
    (np.full((9, 9), np.nan), "Expected finite numbers as photograph. Received NaN"),
    (np.zeros((6, 9)), "at least 7 × 7 pixels. Received 6 × 9"),
    (np.zeros((0, 9)), "at least 7 × 7 pixels. Received 0 × 9"),
    (None, "Expected finite numbers as photograph"),
    ([[0, 1], [0]], "Expected photograph as numbers, in rows of one length"),
    ("holiday.png", "Expected photograph as one of .* Received 'holiday.png'"),
])  # fmt: skip
def test_impossible_images_are_refused_in_a_sentence(image, sentence):
    with pytest.raises(ValueError, match=sentence):
        KernelLab(image)


@pytest.mark.parametrize("image", [np.zeros((9, 9)), np.ones((9, 9, 3))])
def test_images_of_one_value(image):
    lab = KernelLab(image, preset="Laplacian", colours="colour")
    lab.live()
    assert "Output from 0 to 0." in live.readout(lab)
    assert lab.draw(lab.data, lab.state).png()


# --- sizes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("through", [4, 5, 6, 7])
def test_a_kernel_survives_a_larger_size(lab, through):
    kernel = RANDOM.normal(size=(3, 3))
    lab.set(kernel=kernel).resize(through)
    assert lab.state.kernel.shape == (through, through)
    assert lab.state.kernel.sum() == pytest.approx(kernel.sum())
    np.testing.assert_array_equal(lab.resize(3).state.kernel, kernel)


def test_through_all_sizes_and_back(lab):
    lab.live()
    kernel = RANDOM.normal(size=(3, 3))
    lab.set(kernel=kernel)
    for size in [4, 5, 6, 7, 6, 5, 4, 3]:
        live.press(lab, f"{size} × {size}")
        assert lab.state.kernel.shape == (size, size)
        assert len([w for w in live.inputs(lab) if "row" in w.description]) == size**2
    np.testing.assert_array_equal(lab.state.kernel, kernel)


@pytest.mark.parametrize("size", [2, 8, 3.5, "3", None])
def test_other_sizes_are_refused(lab, size):
    with pytest.raises(ValueError, match="Expected size as one of 3, 4, 5, 6, 7. Received"):
        lab.resize(size)


def test_odd_sizes_keep_the_output_in_place(lab):
    lab.set(preset="Sobel x")
    before = lab.data.output[1:-1, 1:-1]
    np.testing.assert_allclose(lab.resize(5).data.output, before, atol=1e-6)


def test_flip_turns_the_kernel(lab):
    kernel = RANDOM.normal(size=(3, 3))
    lab.set(kernel=kernel)
    live.press(lab, "Flip")
    np.testing.assert_array_equal(lab.state.kernel, np.rot90(kernel, 2))


# --- exact values --------------------------------------------------------------------------------


def test_fields_round_but_the_kernel_stays_exact(lab):
    lab.set(preset="box blur")
    cells = [w for w in live.inputs(lab) if "row" in w.description]
    assert {cell.value for cell in cells} == {0.1111}
    assert set(lab.state.kernel.flat) == {1 / 9}
    cells[4].value = 0.5
    assert sorted(set(lab.state.kernel.flat)) == [1 / 9, 0.5]
    cells[0].value = 0.123456
    assert lab.state.kernel[0, 0] == 0.123456
    assert lab.state.kernel[2, 2] == 1 / 9


# --- separable -----------------------------------------------------------------------------------


@pytest.mark.parametrize("preset, separable", [
    ("box blur", True), ("Gaussian blur", True), ("Sobel x", True), ("Laplacian", False),
    ("motion blur", False), ("sharpen", False), ("identity", True),
])  # fmt: skip
def test_the_readout_says_whether_a_kernel_is_separable(lab, preset, separable):
    lab.set(preset=preset)
    assert ("Separable: column [" in live.readout(lab)) == separable
    assert ("Not separable" in live.readout(lab)) != separable


# --- guess the kernel ----------------------------------------------------------------------------


def test_the_same_seed_hides_the_same_kernel(lab):
    secrets = {seed: lab.guess(seed=seed).state.secret for seed in range(20)}
    assert len(set(secrets.values())) > 3 and "identity" not in secrets.values()
    assert secrets == {seed: lab.guess(seed=seed).state.secret for seed in range(20)}


def test_nothing_shown_gives_the_secret_away(lab):
    for seed in range(20):
        lab.guess(seed=seed)
        shown = live.readout(lab) + live.refusal(lab) + lab.description
        assert lab.state.secret not in shown
        assert "hidden kernel" in lab.description and lab.state.preset == "identity"


@pytest.mark.parametrize("secret", sorted(set(KERNELS) - {"identity"}))
def test_only_the_hidden_kernel_is_found(secret):
    """Not a kernel whose picture is nearly the same: on a smooth photograph two blurs are."""
    lab = KernelLab("rocket")
    found = [name for name in KERNELS if lab.set(secret=secret, preset=name).data.found]
    assert found == [secret]
    assert not lab.set(kernel=-KERNELS[secret]).data.found
    assert lab.set(kernel=KERNELS[secret] * 1.01).data.found


def test_finding_the_kernel_by_typing_it_with_two_decimals(lab):
    lab.live()
    lab.set(secret="box blur", preset="identity")
    cells = [w for w in live.inputs(lab) if "row" in w.description]
    for cell in cells:
        assert "Mean difference from the target" in live.readout(lab)
        cell.value = 0.11
    assert "Found: the hidden kernel is box blur." in live.readout(lab)


def test_a_larger_kernel_has_to_be_rebuilt_at_its_size(lab):
    lab.set(secret="Gaussian blur", preset="box blur")
    assert "Mean difference" in live.readout(lab)
    lab.set(kernel=KERNELS["Gaussian blur"])
    assert "Found: the hidden kernel is Gaussian blur." in live.readout(lab)


def test_giving_up_reveals_and_ends(lab):
    lab.live()
    secret = lab.guess(seed=5).state.secret
    assert "hidden kernel&#x27;s output" in live.page(lab)
    live.press(lab, "Give up")
    assert (lab.state.preset, lab.state.secret) == (secret, None)
    assert "hidden kernel" not in live.page(lab)
    np.testing.assert_array_equal(lab.state.kernel, KERNELS[secret])


def test_giving_up_without_a_game_is_refused(lab):
    with pytest.raises(ValueError, match="Expected a game in progress. Received none: press Guess"):
        lab.give_up()
    live.press(lab, "Give up")
    assert "Expected a game in progress" in live.refusal(lab)


def test_reset_ends_the_game(lab):
    assert lab.guess(seed=1).reset().state.secret is None
