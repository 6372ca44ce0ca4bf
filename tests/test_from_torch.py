"""data/from_torch.py: reading PyTorch's file without PyTorch, and what a hostile one achieves."""

import collections
import functools
import importlib.util
import io
import pickle
import sys
import types

import numpy as np
import pytest
from keras import layers

from course_utils.errors import CourseError
from course_utils.places import DATA

MAGIC, VERSION, MACHINE = 0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}
NORM_PARTS = ("weight", "bias", "running_mean", "running_var")
RNG = np.random.default_rng(7)


@pytest.fixture(scope="module")
def from_torch():
    """Return data/from_torch.py as a module."""
    spec = importlib.util.spec_from_file_location("from_torch_tested", DATA / "from_torch.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


# A file as torch.save wrote it, written by hand


class Stored:
    """What stands for a storage: a pickle only refers to it."""

    def __init__(self, key, values):
        self.key, self.values = key, values


class Saved:
    """What stands for a tensor: a part of a storage."""

    def __init__(self, storage, offset, shape, strides):
        self.arguments = (storage, offset, shape, strides, False, collections.OrderedDict())

    def __reduce__(self):
        return sys.modules["torch._utils"]._rebuild_tensor_v2, self.arguments


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        if not isinstance(value, Stored):
            return None
        kind = "LongStorage" if value.values.dtype == np.int64 else "FloatStorage"
        kind = getattr(sys.modules["torch"], kind)
        return "storage", kind, value.key, "cpu", value.values.size, None


@pytest.fixture
def torch_names(monkeypatch):
    """Give the names that a state dict asks for to stand-ins while something is pickled."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for name in ("FloatStorage", "LongStorage"):
        setattr(torch, name, type(name, (), {"__module__": "torch"}))

    def _rebuild_tensor_v2():
        """Only its name is written."""

    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


def torch_file(tensors, magic=MAGIC, version=VERSION, machine=MACHINE, announced=None):
    """Return the bytes of `{name: Saved}`: five pickles, then the storages."""
    file = io.BytesIO()
    storages = {saved.arguments[0].key: saved.arguments[0].values for saved in tensors.values()}
    state = collections.OrderedDict(tensors)
    state._metadata = {"": {"version": 1}}  # PyTorch's own state dicts have it
    for part in (magic, version, machine, state, sorted(storages)):
        Pickler(file, protocol=2).dump(part)
    for key in sorted(storages):
        size = storages[key].size if announced is None else announced
        file.write(size.to_bytes(8, "little") + storages[key].tobytes())
    return file.getvalue()


def whole(key, array):
    """Return an array as a tensor with a storage of its own, row after row."""
    strides = tuple(step // array.itemsize for step in array.strides)
    return Saved(Stored(key, array.ravel()), 0, array.shape, strides)


def test_what_was_written_is_read(from_torch, torch_names):
    kernel = RNG.normal(size=(4, 3, 2)).astype(np.float32)
    vector, count = RNG.normal(size=5).astype(np.float32), np.array(7)
    saved = {"b": whole("9", kernel), "a": whole("10", vector), "n": whole("2", count)}
    read = from_torch.read_state_dict(torch_file(saved))
    assert list(read) == ["b", "a", "n"]
    for name, array in {"b": kernel, "a": vector, "n": count}.items():
        assert read[name].dtype == array.dtype and np.array_equal(read[name], array)


def test_transposed_and_shared_storages_are_read(from_torch, torch_names):
    values = np.arange(24, dtype=np.float32)
    storage = Stored("1", values)
    turned = Saved(storage, 0, (4, 6), (1, 4))  # the columns of a (6, 4) matrix
    part = Saved(storage, 20, (2, 2), (2, 1))
    read = from_torch.read_state_dict(torch_file({"turned": turned, "part": part}))
    assert np.array_equal(read["turned"], values.reshape(6, 4).T)
    assert np.array_equal(read["part"], values[20:].reshape(2, 2))


@pytest.mark.parametrize(
    "offset, shape, strides",
    [
        (0, (25,), (1,)), (1, (24,), (1,)), (0, (2, 24), (1, 1)), (0, (3, 2), (12, 1)),
        (-1, (4,), (1,)), (23, (4,), (-1,)), (0, (4,), (1, 1)), (0, (-4,), (1,)), (24, (), ()),
        (0, (4,), ("1",)), (0, None, (1,)), (0.5, (4,), (1,)),
    ],
)  # fmt: skip
def test_a_tensor_never_reaches_beyond_its_numbers(offset, shape, strides, from_torch, torch_names):
    saved = Saved(Stored("1", np.arange(24, dtype=np.float32)), offset, shape, strides)
    refused(from_torch, torch_file({"w": saved}))


def refused(from_torch, content):
    """Assert that a file gets one sentence, and return it."""
    with pytest.raises(CourseError) as raised:
        from_torch.read_state_dict(content)
    sentence = str(raised.value)
    assert sentence.startswith("Expected a state dict") and "nothing was made of it" in sentence
    assert "\n" not in sentence
    return sentence


# What is hostile or torn


class Trap:
    """Unpickling it calls a function that the test can see."""

    opened = False

    def __reduce__(self):
        return setattr, (Trap, "opened", True)


class Reference(pickle.Pickler):
    """Refers to whatever it is told as if it were a storage."""

    def persistent_id(self, value):
        return value if isinstance(value, str) else None


def referring(value):
    file = io.BytesIO()
    Reference(file, protocol=2).dump(value)
    return file.getvalue()


HOSTILE = {
    "a trap": pickle.dumps(Trap()),
    "a trap, in text": pickle.dumps(Trap(), protocol=0),
    "a command": b"cos\nsystem\n(S'true'\ntR.",
    "eval": b"cbuiltins\neval\n(S'1'\ntR.",
    "a part of what is known": b"\x80\x04\x8c\x0bcollections\x8c\x14OrderedDict.__init__\x93.",
    "the same module": b"ccollections\nnamedtuple\n(S'a'\nS'b'\ntR.",
    "the same package": b"ctorch\nload\n(S'a'\ntR.",
    "an extension": b"\x80\x02\x82\x01.",
    "a reference": referring("storage"),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("place", range(5))
def test_no_pickle_of_the_file_may_call_anything(content, place, from_torch):
    Trap.opened = False
    before = [pickle.dumps(part, protocol=2) for part in (MAGIC, VERSION, MACHINE, {}, [])]
    refused(from_torch, b"".join([*before[:place], content, *before[place + 1 :]]))
    assert not Trap.opened


def test_what_is_refused_is_named(from_torch):
    assert "it asks for os.system" in refused(from_torch, HOSTILE["a command"])


@pytest.mark.parametrize("kept", [0, 1, 14, 15, 60, -1, -9, -90])
def test_a_torn_file_is_refused(kept, from_torch, torch_names):
    content = torch_file({"w": whole("1", np.arange(24, dtype=np.float32))})
    refused(from_torch, content[:kept])


@pytest.mark.parametrize(
    "wrong",
    [dict(magic=1), dict(version=1000), dict(machine={"little_endian": False}), dict(machine={}),
     dict(machine=3), dict(announced=23), dict(announced=25), dict(announced=2**63)],
    ids=str,
)  # fmt: skip
def test_another_format_is_refused(wrong, from_torch, torch_names):
    saved = {"w": whole("1", np.arange(24, dtype=np.float32))}
    from_torch.read_state_dict(torch_file(saved))
    refused(from_torch, torch_file(saved, **wrong))


# Folding and naming; Keras is the oracle


def random_norm(name, channels):
    """Return the four arrays of a batch normalisation, by PyTorch's names."""
    arrays = RNG.uniform(0.1, 2, (4, channels)).astype(np.float32)
    return {f"{name}.{part}": array for part, array in zip(NORM_PARTS, arrays)}


@pytest.mark.parametrize("kind", ["_expand_conv", "_depthwise_conv"])
def test_a_folded_convolution_does_what_the_two_layers_do(kind, from_torch):
    depthwise = kind == "_depthwise_conv"
    shape = (5, 1, 3, 3) if depthwise else (4, 5, 3, 3)
    weight = RNG.normal(size=shape).astype(np.float32)
    tensors = {f"{kind}.weight": weight, **random_norm("_bn", shape[0])}
    maps = RNG.normal(size=(2, 8, 9, 5)).astype(np.float32)
    make = layers.DepthwiseConv2D if depthwise else functools.partial(layers.Conv2D, 4)
    plain, norm, folded = make(3, use_bias=False), layers.BatchNormalization(epsilon=1e-3), make(3)
    assert norm(plain(maps)).shape == folded(maps).shape
    plain.set_weights([weight.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0))])
    norm.set_weights([tensors[f"_bn.{part}"] for part in NORM_PARTS])
    folded.set_weights(from_torch.fold(tensors, kind, "_bn"))
    np.testing.assert_allclose(folded(maps), norm(plain(maps)), rtol=1e-4, atol=1e-4)


def test_arrays_are_named_by_our_layers(from_torch):
    shapes = {
        "_conv_stem": (8, 3, 3, 3), "_blocks.0._depthwise_conv": (8, 1, 3, 3),
        "_blocks.0._project_conv": (4, 8, 1, 1), "_blocks.1._expand_conv": (24, 4, 1, 1),
        "_blocks.1._depthwise_conv": (24, 1, 5, 5), "_blocks.1._project_conv": (6, 24, 1, 1),
        "_conv_head": (10, 6, 1, 1),
    }  # fmt: skip
    norms = ["_bn0", "_blocks.0._bn1", "_blocks.0._bn2", "_blocks.1._bn0", "_blocks.1._bn1",
             "_blocks.1._bn2", "_bn1"]  # fmt: skip
    tensors = {"_fc.weight": RNG.normal(size=(3, 10)), "_fc.bias": np.arange(3.0)}
    for (name, shape), norm in zip(shapes.items(), norms):
        tensors |= {f"{name}.weight": RNG.normal(size=shape), **random_norm(norm, shape[0])}
    arrays = from_torch.lite0_arrays(tensors)
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float16)}
    assert {name: arrays[name].shape for name in arrays if name.endswith("kernel")} == {
        "stem.kernel": (3, 3, 3, 8), "block_1_depthwise.kernel": (3, 3, 8, 1),
        "block_1_project.kernel": (1, 1, 8, 4), "block_2_expand.kernel": (1, 1, 4, 24),
        "block_2_depthwise.kernel": (5, 5, 24, 1), "block_2_project.kernel": (1, 1, 24, 6),
        "head.kernel": (1, 1, 6, 10), "scores.kernel": (10, 3),
    }  # fmt: skip
    assert len(arrays) == 16 and np.array_equal(arrays["scores.bias"], [0, 1, 2])
