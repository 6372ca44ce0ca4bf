"""KernelTraining against the arithmetic of lesson 02 and Keras; its limits, refusals and pace."""

import asyncio

import keras
import live
import numpy as np
import pytest

from course_utils import datasets
from course_utils.by_hand.convolution import shift_and_add
from course_utils.by_hand.kernels import KERNELS
from course_utils.by_hand.learning import learn_kernel, squared_error
from course_utils.widgets import KernelTraining, kernel_training

SOBEL = KERNELS["Sobel x"]


@pytest.fixture
def training():
    return KernelTraining()


def coins():
    """The lesson's coins: every fourth pixel, minus their mean."""
    image = datasets.load_photograph("coins", grey=True)[::4, ::4].astype(float)
    return image - image.mean()


def test_it_learns_as_the_lesson_does():
    training = KernelTraining(step=30)
    target = shift_and_add(coins(), SOBEL)
    kernels = learn_kernel(coins(), target, np.zeros((3, 3)), 1.5, 30)
    np.testing.assert_allclose(training.data.learned, kernels[-1], atol=1e-12)
    np.testing.assert_allclose(training.data.output, shift_and_add(coins(), kernels[-1]))
    np.testing.assert_allclose(training.data.target, target)
    losses = [squared_error(shift_and_add(coins(), kernel), target) for kernel in kernels]
    np.testing.assert_allclose(training.data.losses, losses, rtol=1e-9)


def test_it_learns_as_keras_does():
    training = KernelTraining("gravel", preset="emboss", rate=2, step=5)
    image = kernel_training._prepared("gravel")[None, ..., None]
    layer = keras.layers.Conv2D(1, 3, use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([layer])
    model.compile(keras.optimizers.SGD(2.0), "mse")
    for _ in range(5):
        model.train_on_batch(image, training.data.target[None, ..., None])
    theirs = np.asarray(layer.kernel)[..., 0, 0]
    np.testing.assert_allclose(training.data.learned, theirs, atol=1e-4)


@pytest.mark.parametrize("preset", kernel_training.PRESETS)
def test_every_teacher_is_found(preset):
    training = KernelTraining(preset=preset, step=600)
    assert np.abs(training.data.learned - KERNELS[preset]).max() < 0.01
    assert "Found" in training.readout(training.data, training.state)


@pytest.mark.parametrize("photograph", datasets.photographs())
def test_every_photograph_is_small_and_lowers_the_loss(photograph):
    training = KernelTraining(photograph, rate=1, step=20)
    assert max(training.data.output.shape) <= kernel_training.LONGEST
    assert training.data.losses[-1] < training.data.losses[0]


def test_how_it_is_reached_does_not_matter(training):
    for by in (1, 10, 1):
        training.take(by)
    at_once = KernelTraining(step=12)
    np.testing.assert_array_equal(training.data.learned, at_once.data.learned)
    training.set(step=3)
    np.testing.assert_array_equal(training.data.losses, at_once.data.losses[:4])
    assert len(training.data.losses) == 4


def test_no_step_is_taken_twice(training, monkeypatch):
    taken = []
    real = kernel_training.learn_kernel
    monkeypatch.setattr(
        kernel_training, "learn_kernel", lambda *a, **k: taken.append(1) or real(*a, **k)
    )
    training.set(step=8)
    training.set(step=5)
    training.set(step=9)
    assert len(taken) == 9


def test_zeros_give_no_output_and_start(training):
    assert not training.data.learned.any() and not training.data.output.any()
    assert len(training.data.losses) == 1 and "Step 0" in training.readout(
        training.data, training.state
    )


def test_too_fast_is_told_and_nothing_overflows(training):
    with np.errstate(all="raise"):
        training.set(rate=100, step=1000)
        assert training.data.diverged and np.isfinite(training.data.losses).all()
        assert "smaller learning rate" in live.readout(training)
        assert "beyond all measure" in training.description
        training.draw(training.data, training.state).png()
    training.set(rate=1.5)
    assert not training.data.diverged and "Found" in live.readout(training)


@pytest.mark.parametrize("scale", [0, 1e-300, 1e-9, 500])
def test_teachers_of_any_size(training, scale):
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        training.set(kernel=SOBEL * scale, step=20)
        assert live.readout(training) and live.pictures(training)
        training.draw(training.data, training.state).png()
    assert not training.data.diverged


def test_a_preset_brings_its_kernel_and_an_edited_one_is_no_preset(training):
    training.set(preset="Laplacian")
    assert training.state.kernel.tolist() == KERNELS["Laplacian"].tolist()
    training.set(kernel=SOBEL)
    assert training.state.preset == "my own"
    training.set(preset="my own")
    assert training.state.kernel.tolist() == SOBEL.tolist()
    both = training.set(preset="emboss", kernel=SOBEL.T).state
    assert (both.preset, both.kernel.tolist()) == ("emboss", SOBEL.T.tolist())


IMPOSSIBLE = {
    "rate 0": dict(rate=0), "rate below 0": dict(rate=-1.0), "rate NaN": dict(rate=np.nan),
    "rate too large": dict(rate=101), "rate text": dict(rate="fast"), "rate True": dict(rate=True),
    "step below 0": dict(step=-1), "step beyond": dict(step=1001), "half a step": dict(step=2.5),
    "step None": dict(step=None), "unknown photograph": dict(photograph="moon"),
    "unhashable photograph": dict(photograph=["coins"]), "unknown preset": dict(preset="blur"),
    "5 × 5 preset": dict(preset="Gaussian blur"), "unhashable preset": dict(preset={}),
    "5 × 5 kernel": dict(kernel=np.ones((5, 5))), "heavy kernel": dict(kernel=SOBEL * 1e9),
}  # fmt: skip


@pytest.mark.parametrize("changes", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_cannot_be_is_refused_and_nothing_moves(training, changes):
    before = training.state
    with pytest.raises(ValueError, match=r"^Expected .* Received .*\.$"):
        training.set(**changes)
    assert training.state is before
    with pytest.raises(ValueError, match="Expected"):
        KernelTraining(**changes)


def test_numpy_numbers_will_do(training):
    training.set(rate=np.float32(1.5), step=np.int64(2))
    assert len(training.data.losses) == 3 and "after 2 steps" in training.description


def test_buttons_step(training):
    for label, step in (("Step", 1), ("10 steps", 11), ("100 steps", 111)):
        live.press(training, label)
        assert training.state.step == live.find(training, "Steps").value == step
    training.set(step=950)
    live.press(training, "100 steps")
    assert training.state.step == 1000
    live.press(training, "Reset")
    assert training.state.step == 0


def test_fields_by_hand(training):
    live.find(training, "Teacher").value = "Sobel y"
    live.find(training, "Steps").value = 40
    live.find(training, "Learning rate").value = 2
    np.testing.assert_array_equal(
        training.data.learned, KernelTraining(preset="Sobel y", rate=2, step=40).data.learned
    )
    live.find(training, "Learning rate").value = -2
    assert "Expected rate as a number above 0, at most 100" in live.refusal(training)
    assert training.state.rate == 2


def test_run_goes_on_until_the_kernel_is_found(training, monkeypatch):
    monkeypatch.setattr(kernel_training, "PACE", 0)
    seen = []
    real = training.set
    monkeypatch.setattr(training, "set", lambda **k: seen.append(k["step"]) or real(**k))

    async def watch():
        live.press(training, "Run")
        live.press(training, "Run")  # a second press does not double the pace
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0)

    asyncio.run(watch())
    assert seen[:7] == [1, 2, 3, 4, 5, 6, 7] and seen == sorted(set(seen)) and len(seen) < 60
    assert "Found" in live.readout(training)


@pytest.mark.parametrize("changes", [dict(rate=50), dict(rate=0.001)])
def test_run_ends_by_itself(training, monkeypatch, changes):
    monkeypatch.setattr(kernel_training, "PACE", 0)
    training.set(**changes)

    async def watch():
        training.run()
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0)

    asyncio.run(watch())
    assert training.data.diverged or training.state.step == 1000


def test_stop_ends_run(training, monkeypatch):
    monkeypatch.setattr(kernel_training, "PACE", 0)

    async def watch():
        live.press(training, "Run")
        while training.state.step < 3:
            await asyncio.sleep(0)
        live.press(training, "Stop")
        stopped = training.state
        for _ in range(5):
            await asyncio.sleep(0)
        assert training.state is stopped
        live.press(training, "Stop")
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(watch())


@pytest.mark.parametrize("losses", [[1.0], [1, 0.1, 0.01], [1, 10, 1e6], [0.0, 0.0], [1e-13] * 3])
def test_the_live_curve_falls_as_the_losses_do(losses):
    curve = kernel_training._curve(np.array(losses))
    assert curve.shape == kernel_training.CURVE and curve.dtype == np.uint8
    height = np.array([np.flatnonzero(column == 40).mean() for column in curve.T if 40 in column])
    ends = height[0] < height[-1], height[0] > height[-1]
    assert ends == (losses[-1] < losses[0], losses[-1] > losses[0])
