"""What runs in the browser, run by Node on what NumPy and the explorers in Python say."""

import base64
import html as standard_html
import io
import json
import re
import shutil
import subprocess
from functools import partial
from itertools import product
from pathlib import Path
from unittest.mock import patch

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from course_utils import datasets
from course_utils.by_hand import convolution
from course_utils.by_hand.kernels import KERNELS, separate
from course_utils.draw.style import channel_label, number
from course_utils.widgets import (
    ConvStepper,
    IoUPlayground,
    KernelLab,
    front,
    html,
    iou_playground,
    javascript,
    kernel_lab,
)
from course_utils.widgets.controls import BoxFields, KernelGrid
from course_utils.widgets.javascript import handed, source

TESTS = Path(__file__).resolve().parents[1] / "javascript"
FRONTS = ("stepper", "lab", "overlap")
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="no Node.js: apt-get install nodejs")
HOSTILE = """quoted "x" onload='alert(1)' <script>alert(2)</script> & more &amp; more"""


@pytest.fixture(scope="module")
def fixtures(tmp_path_factory):
    """Return a folder with what Python computed, for the tests in tests/javascript to read."""
    folder = tmp_path_factory.mktemp("fixtures")
    random = np.random.default_rng(7)
    for make in (sizes, misfits, correlations, photographs, edits, arrays, numbers, labels, tables,
                 pixels, hostile, factors, resized, found, explorers):  # fmt: skip
        text = json.dumps(make(random), default=front._as_base64, allow_nan=False)
        (folder / f"{make.__name__}.json").write_text(text, encoding="utf-8")
    return folder


@needs_node
@pytest.mark.parametrize("name", sorted(path.name for path in TESTS.glob("*.test.js")))
def test_javascript_agrees_with_python(fixtures, name):
    environment = {"COURSE_FIXTURES": str(fixtures), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([NODE, "--test", TESTS / name], env=environment, capture_output=True,
                          text=True, timeout=120)  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@needs_node
@pytest.mark.parametrize("name", [*FRONTS, "pointing", "page"])
def test_a_module_stands_alone_when_what_it_imports_comes_before_it(tmp_path, name):
    module = tmp_path / f"{name}.mjs"
    module.write_text(source(name), encoding="utf-8")
    done = subprocess.run([NODE, "--check", module], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not re.search(r"^import ", source(name), re.MULTILINE)


def test_modules_import_names_as_they_are():
    """What is imported stands before a module as it was named there: a second name is nobody's."""
    for path in javascript.FOLDER.glob("*.js"):
        names = re.findall(r"^import \{([^}]*)\}", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert not any(" as " in part for part in names), path.name


def test_the_sources_need_no_network_and_end_no_script():
    for path in javascript.FOLDER.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|\bfetch\(|\bimport\(|</script|eval\(", text), path.name
        assert max(len(line) for line in text.splitlines()) <= 100, path.name


# --- arithmetic ----------------------------------------------------------------------------------


SETTINGS = [
    dict(stride=stride, padding=padding, dilation=dilation)
    for stride, padding, dilation in product((1, 2, 3), ("valid", "same"), (1, 2, 3))
]


def sizes(random):
    return [
        {
            "size": size, "kernel": kernel, "setting": setting,
            "expected": convolution.output_size(size, kernel, **setting),
            "zeros": convolution._padding_of_axis(
                size, kernel, setting["stride"], setting["padding"], setting["dilation"]
            ),
        }
        for size, kernel, setting in product(range(1, 17), range(1, 6), SETTINGS)
        if refusal(partial(convolution.output_size, size, kernel, **setting)) is None
    ]  # fmt: skip


def misfits(random):
    cases = [dict(size=s, kernel=k, setting=c) for s, k, c in product((1, 4), (2, 7), SETTINGS)]
    for case in cases:
        ask = partial(convolution.output_size, case["size"], case["kernel"], **case["setting"])
        case["sentence"] = refusal(ask)
    return [case for case in cases if case["sentence"]]


def refusal(call):
    """Return the sentence of a ValueError, or None."""
    try:
        call()
    except ValueError as error:
        return str(error)


def correlations(random):
    return [correlation(random, *case) for case in product(SETTINGS, (1, 3))]


def correlation(random, setting, channels):
    image = random.normal(size=(*random.integers(7, 11, 2), channels))
    kernel = random.normal(size=(*random.integers(1, 4, 2), channels, 1))
    bias = random.normal(size=1)
    output = convolution.correlate(image, kernel, bias, **setting)[..., 0]
    setting = setting | {"bias": bias[0]}
    parts = dict(image=image, kernel=kernel[..., 0], output=output)
    return {"setting": setting, **{name: part.tolist() for name, part in parts.items()}}


def photographs(random):
    cases = []
    for shape, size in product([(9, 11), (9, 11, 3)], [(3, 3), (3, 7), (7, 4)]):
        image, kernel = random.random(shape, np.float32), random.normal(size=size)
        kernel[0, 0] = 0
        output = convolution.shift_and_add(image, kernel.astype(np.float32))
        cases.append(dict(photograph=handed(image), kernel=kernel.tolist(), output=handed(output)))
    return cases


def edits(random):
    """Kernels one after the other, most of them with one weight changed, and what each gives."""
    levels = (random.integers(0, 256, (9, 11, 3)) / np.float32(255)).astype(np.float32)
    cases = [edited(random, levels * scale, heaviest) for scale in (1, 0) for heaviest in (4, 1e6)]
    faint = random.random((12, 9), np.float32) * np.float32(1e-20)
    return [*cases, edited(random, levels[..., 0], 4), edited(random, faint, 4)]


def edited(random, image, heaviest, count=12):
    kernels = [random.normal(size=(3, 5))]
    for _ in range(count):
        kernel = kernels[-1].copy()
        kernel[tuple(random.integers(0, (3, 5)))] = random.choice([0, 0.25, 1e-7, -heaviest])
        kernels.append(kernel)
    kernels += [kernels[0], -kernels[0], random.normal(size=(5, 3)), random.normal(size=(5, 3))]
    outputs = [convolution.shift_and_add(image, one.astype(np.float32)) for one in kernels]
    steps = [
        dict(kernel=one.tolist(), output=handed(output)) for one, output in zip(kernels, outputs)
    ]
    return dict(photograph=handed(image), steps=steps)


def arrays(random):
    cases = [
        random.normal(size=(2, 3, 4)), random.normal(size=(5, 1)),
        random.random((3, 2), np.float32),
        np.arange(256, dtype=np.float32).reshape(16, 16) / np.float32(255),
        datasets.load_photograph("coins")[:3, :4],
    ]  # fmt: skip
    assert [handed(one)["kind"] for one in cases] == ["float64"] * 2 + ["float32"] + ["levels"] * 2
    return [dict(array=handed(one), nested=one.tolist()) for one in cases]


# --- style ---------------------------------------------------------------------------------------


def numbers(random):
    ties = [n / 16 + whole for n in range(-16, 17) for whole in (0, 1, -7, 1234, 2.0**40)]
    odd = [0.0, -0.0, 0.005, -0.005, 0.015, 1.005, 1e-9, -1e-9, 99.995, 1e15, 1e21, 1.5e22, -1e300,
           2.0**50 + 0.125, 1 / 3, -2 / 3]  # fmt: skip
    others = random.normal(size=300) * 10.0 ** random.integers(-4, 9, 300)
    values = [*ties, *odd, *others.tolist()]
    cases = [
        dict(value=repr(v), number=number(v), fixed=[f"{v:.{n}f}" for n in (1, 2, 3, 4)])
        for v in values
    ]
    heavy = [10.0**n * v for n in range(7, 300, 9) for v in (1, -1.23456, 9.999999)]
    cases += [dict(value=repr(v), number=number(v), general=f"{v:g}") for v in heavy]
    names = {"Infinity": np.inf, "-Infinity": -np.inf, "NaN": np.nan}
    return cases + [dict(value=name, number=number(v)) for name, v in names.items()]


def labels(random):
    return [
        dict(channel=at, channels=of, label=channel_label("image", at, of))
        for of in range(1, 6)
        for at in range(of)
    ]


def tables(random):
    values = [random.normal(size=(4, 5)) * 10.0**scale for scale in range(-3, 6)]
    values += [random.random((4, 5)), np.zeros((2, 2)), np.full((1, 3), 2.5), -np.ones((2, 1))]
    values += [np.linspace(0, 1, 256)[None], np.linspace(-1, 1, 512)[None]]
    # Halves of a level, which NumPy rounds to the even one.
    values += [(np.arange(0, 255)[None] + 0.5) / 255]
    cases = [
        dict(values=one.tolist(), signed=signed, expected=html.table(one, signed=signed))
        for one, signed in product(values, (None, True, False))
    ]
    return {"look": html.client_look(), "tables": cases}


def pixels(random):
    images = [random.random(shape, np.float32) for shape in [(6, 7), (6, 7, 3)]]
    images += [datasets.load_photograph("coins")[:40, :40, 0], datasets.load_photograph("coffee")]
    outputs = [random.normal(size=shape) * 2 for shape in [(6, 7), (6, 7, 3)]]
    cases = [
        dict(values=handed(one), signed=signed, expected=colours(html.pixels(one, signed)))
        for one, signed in [*product(outputs, (True, False)), *product(images, (False,))]
    ]
    return {"table": html.client_look()["table"], "pictures": cases}


def colours(levels):
    """Return pixels as red, green and blue, one byte each."""
    levels = levels if levels.ndim == 3 else np.repeat(levels[..., None], 3, axis=-1)
    return {"kind": "raw", "bytes": levels.tobytes()}


def hostile(random):
    return {"text": HOSTILE, "expected": standard_html.escape(HOSTILE)}


# --- kernels -------------------------------------------------------------------------------------


def some_kernels(random):
    yield from KERNELS.values()
    yield np.zeros((3, 3))
    for shape in [(3, 3), (3, 7), (7, 3), (5, 5), (7, 7)]:
        column, row = random.normal(size=shape[0]), random.normal(size=shape[1])
        column[0] = 0
        yield from (np.outer(column, row), random.normal(size=shape))
        yield np.outer(column, row) + 1e-5 * random.normal(size=shape)
        yield np.outer(column, row) + 1e-14 * random.normal(size=shape)
        yield np.outer(column, row) * 1e6


def factors(random):
    pairs = [(kernel, separate(kernel)) for kernel in some_kernels(random)]
    return [
        dict(kernel=kernel.tolist(), factors=parts and [part.tolist() for part in parts])
        for kernel, parts in pairs
    ]


def resized(random):
    shapes = [(3, 3), (4, 4), (5, 7), (7, 3), (6, 6), (7, 7)]
    kernels = [random.normal(size=shape) for shape in shapes]
    return [
        dict(kernel=kernel.tolist(), size=size, fitted=kernel_lab._fitted(kernel, size).tolist(),
             flipped=kernel[::-1, ::-1].tolist())
        for kernel, size in product(kernels, kernel_lab.SIZES)
    ]  # fmt: skip


def found(random):
    pairs = list(product(KERNELS.values(), repeat=2))
    pairs += [(kernel * scale, kernel) for kernel in KERNELS.values() for scale in (1.01, 0.9, -1)]
    return [
        dict(kernel=kernel.tolist(), secret=secret.tolist(), same=kernel_lab._same(kernel, secret))
        for kernel, secret in pairs
    ]


# --- explorers -----------------------------------------------------------------------------------


def explorers(random):
    with patch.object(html, "PHOTOGRAPH", np.inf):  # exact pictures of any size
        return described_explorers(random)


def described_explorers(random):
    grey, deep = random.random((6, 8)), random.normal(size=(7, 6, 3)).round(2)
    photograph = (random.integers(0, 256, (20, 31, 3)) / np.float32(255)).astype(np.float32)
    return [
        described("grey stepper", ConvStepper(grey, random.normal(size=(3, 3)), bias=0.125),
                  steps(random, (3, 3)), [*STEPPER_REFUSALS, dict(kernel=[[1]] * 7)]),
        described("wide stepper", ConvStepper(grey * 900, random.normal(size=(3, 4))),
                  steps(random, (3, 4)), STEPPER_REFUSALS),
        described("large stepper", ConvStepper(random.random((15, 15)), np.ones((3, 3))),
                  [dict(row=12), dict(padding="same"), dict(row=14, column=7)], [dict(dilation=9)]),
        described("larger stepper", ConvStepper(random.random((40, 19, 3)), np.ones((3, 2, 3))),
                  [*steps(random, (3, 2, 3)), dict(row=18), dict(stride=1, row=37),
                   dict(row=20, column=9),
                   dict(padding="same", dilation=3), dict(row=39, column=18)],
                  [dict(dilation=8)]),
        described("colour stepper",
                  ConvStepper(deep, random.normal(size=(3, 2, 3)), padding="same"),
                  steps(random, (3, 2, 3)), [dict(dilation=8)]),
        described("two channels", ConvStepper(deep[..., :2], np.ones((1, 1, 2)), stride=2), [], []),
        described("grey lab", KernelLab(photograph[..., 0]), filters(random), LAB_REFUSALS),
        described("colour lab", KernelLab(photograph, colours="colour"), filters(random),
                  LAB_REFUSALS),
        described("a photograph", KernelLab("coffee", preset="emboss"),
                  [dict(colours="colour")], []),
        described("boxes on paper", IoUPlayground(), overlaps(random, (180, 240)),
                  OVERLAP_REFUSALS),
        described("boxes on a photograph", IoUPlayground(photograph, box=(0, 0, 31, 20)),
                  overlaps(random, (20, 31)), OVERLAP_REFUSALS),
    ]  # fmt: skip


STEPPER_REFUSALS = [dict(dilation=8), dict(dilation=8, padding="same")]
OVERLAP_REFUSALS = [
    dict(box=[5, 5, 4, 6]), dict(other=[5, 5.125, 6, 4]), dict(other=[-0.25, 1, 4, 5]),
    dict(box=[1, 1, 4, 1e4]), dict(other=[1, -2.5, 400, 6]),
    dict(box=[1, 1, 3, 2], other=[9, 9, 8, 9]),
]  # fmt: skip
LAB_REFUSALS = [dict(kernel=[[1e7, 0, 0], [0, -2e8, 0], [0, 0, 0]])]


def steps(random, shape):
    """Return changes, one after the other, as a hand would make them."""
    return [
        dict(row=1), dict(column=2), dict(padding="same"), dict(stride=2), dict(row=0, column=0),
        dict(dilation=2), dict(stride=3), dict(bias=-1.5), dict(kernel=np.ones(shape).tolist()),
        dict(kernel=random.normal(size=shape).tolist()), dict(row=1),
        dict(padding="valid", stride=1), dict(dilation=1, stride=2),
    ]  # fmt: skip


def filters(random):
    presets = [dict(preset=name) for name in [*KERNELS, kernel_lab.CUSTOM]]
    own = [dict(kernel=random.normal(size=(n, n)).tolist()) for n in kernel_lab.SIZES]
    eighths = [dict(kernel=np.full((3, 3), 0.125).tolist()), dict(preset="sharpen", view="signed")]
    games = [dict(secret=name, preset="identity") for name in ("Sobel x", "Gaussian blur")]
    colours = [dict(colours="colour"), dict(view="signed"), dict(colours="grey")]
    return [*presets, *own, *eighths, *games, *presets[:4], dict(secret=None), *colours]


def overlaps(random, size):
    """Return boxes as a hand would drag them: all presets, and any place of (height, width)."""
    presets = [dict(preset=name) for name in [*iou_playground.PRESETS, iou_playground.CUSTOM]]
    sides = np.array(size[::-1])
    some = [np.sort(random.random((2, 2)), axis=0) * sides for _ in range(40)]
    some += [one.round() for one in some] + [(one * 4).round() / 4 for one in some]
    boxes = [one.ravel().tolist() for one in some]
    names = ["box", "other", "other"]
    moves = [{names[n % 3]: box} for n, box in enumerate(boxes)]
    return [*presets, *moves, dict(box=[0, 0, 0, 0], other=[0, 0, 0, 0]), dict(other=[0, 0, 1, 0])]


def described(name, explorer, changes, refused):
    """Return all that Python says of an explorer, state after state."""
    states, moves = [seen(explorer)], []
    for change in changes:
        before = front.client_state(explorer.state)
        explorer.set(**change)
        states.append(seen(explorer))
        after = front.client_state(explorer.state)
        moves.append(dict(before=before, changes=change, after=after))
    before = front.client_state(explorer.reset().state)
    refusals = [
        dict(before=before, changes=one, sentence=refusal(partial(explorer.set, **one)))
        for one in refused
    ]
    return {
        "name": name,
        "front": explorer.front,
        "inputs": explorer.client_inputs(alone=False),
        "states": states,
        "moves": moves,
        "refusals": refusals,
        "fields": [field(*item) for item in explorer.controls().items()],
        "actions": [*explorer.actions(), "Reset"],
    }


def seen(explorer):
    data, state = explorer.data, explorer.state
    return {
        "values": front.client_state(state),
        "description": explorer.description,
        "said": explorer.readout(data, state),
        "shown": {name: view(text) for name, text in explorer.views(data, state).items()},
        "most": explorer.limits(),
    }


def view(text):
    """Return html as it is, but a picture that the browser paints as its words and pixels."""
    if "<img" not in text or "<svg" in text:
        return text
    (data,) = re.findall(r"base64,([^\"]*)", text)
    levels = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))
    patterns = dict(caption="<figcaption>(.*?)<", alt='alt="(.*?)"')
    words = {
        name: standard_html.unescape(re.search(pattern, text)[1])
        for name, pattern in patterns.items()
    }
    width = int(re.search(r"width:(\d+)px", text)[1])
    return {**words, "width": width, "size": levels.shape[:2], **front._as_base64(levels.tobytes())}


def field(name, control):
    """Return a control in Python as parts.js has it described."""
    if isinstance(control, KernelGrid):
        return {"name": name, "kind": "kernel", "label": control.label}
    if isinstance(control, BoxFields):
        return {"name": name, "kind": "box", "label": control.label}
    box = control.box
    described = {"name": name, "kind": "number", "label": box.description}
    if isinstance(box, ipywidgets.BoundedIntText):
        described |= {"kind": "count", "least": box.min, "most": box.max}
    if isinstance(box, ipywidgets.Dropdown):
        described |= {"kind": "choice", "options": list(box.options)}
    return described
