"""Read the weights of EfficientNet-Lite0 from PyTorch's file, without PyTorch.

`torch.save`, as it was before PyTorch 1.6, wrote five pickles one after the other (a magic number,
the format's version, the machine, the state dict, the keys of its storages) and then each storage:
its length as a 64-bit integer and its numbers. A pickle may call any function that it names, so
`StateDictUnpickler` knows four names, `KNOWN`, and refuses every other.
Reference: torch/serialization.py, `_legacy_save` and `_legacy_load`.
"""

import collections
import io
import pickle
from dataclasses import dataclass

import numpy as np

from course_utils.errors import CourseError

MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001
EPSILON = 1e-3  # added to the variance by the batch normalisations of EfficientNet


# Reading


@dataclass(frozen=True)
class Storage:
    """Where a tensor's numbers are: `size` numbers of a type such as "<f4"."""

    key: str
    kind: str
    size: int


@dataclass(frozen=True)
class Tensor:
    """A tensor before its numbers are read: a part of a storage, `strides` numbers apart."""

    storage: Storage
    offset: int
    shape: tuple
    strides: tuple


def rebuild_tensor(storage, offset, shape, strides, *_):
    """Stand in for `torch._utils._rebuild_tensor_v2`; what follows concerns gradients only."""
    return Tensor(storage, offset, shape, strides)


KNOWN = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
    ("torch", "FloatStorage"): "<f4",
    ("torch", "LongStorage"): "<i8",
}


class StateDictUnpickler(pickle.Unpickler):
    """Unpickles tensors by name, and no object of any other kind."""

    def find_class(self, module, name):
        """Return what a name stands for; refuse those that a state dict does not need."""
        if (module, name) not in KNOWN:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return KNOWN[module, name]

    def persistent_load(self, saved):
        """Return the storage that ("storage", kind, key, device, size, view) refers to."""
        _, kind, key, _, size, _ = saved
        return Storage(key, kind, size)


def read_state_dict(content):
    """Return the tensors in the bytes of a .pth file: `{name: array}`.

    Raises:
        CourseError: it is no such file, or it asks for more than a state dict needs.
    """
    try:
        return _tensors(io.BytesIO(content))
    except Exception as problem:  # a pickle that is torn or hostile raises errors of any kind
        raise CourseError(
            f"Expected a state dict as PyTorch saved it before version 1.6, received a file that "
            f"cannot be read as one ({problem}): nothing was made of it."
        ) from problem


def _tensors(file):
    magic, version, machine, tensors, keys = (StateDictUnpickler(file).load() for _ in range(5))
    if (magic, version, machine["little_endian"]) != (MAGIC, VERSION, True):
        raise ValueError(f"it starts with {magic!r}, {version!r}")
    storages = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    numbers = {key: _numbers(file, storages[key]) for key in keys}
    return {name: _array(tensor, numbers) for name, tensor in tensors.items()}


def _numbers(file, storage):
    """Return the next storage of a file, which must be as long as was announced."""
    size = int.from_bytes(file.read(8), "little")
    values = np.frombuffer(file.read(size * np.dtype(storage.kind).itemsize), storage.kind)
    if not size == values.size == storage.size:
        raise ValueError(f"storage {storage.key} has {values.size} numbers, not {storage.size}")
    return values


def _array(tensor, numbers):
    """Return a tensor's numbers in its shape, which must not reach beyond the storage."""
    values = numbers[tensor.storage.key]
    reach = sum(step * (size - 1) for step, size in zip(tensor.strides, tensor.shape, strict=True))
    if min((tensor.offset, *tensor.strides)) < 0 or tensor.offset + reach >= values.size:
        raise ValueError(f"a tensor of shape {tensor.shape} reaches beyond its numbers")
    steps = [step * values.itemsize for step in tensor.strides]
    return np.lib.stride_tricks.as_strided(values[tensor.offset :], tensor.shape, steps).copy()


# Naming and folding


def lite0_arrays(tensors):
    """Return kernels and biases by the names of our Keras layers: `{"stem.kernel": array}`, fp16.

    Each batch normalisation is folded into the convolution before it: at inference it multiplies
    a channel by a constant and adds another. Half precision halves the file.
    """
    arrays = {}
    for layer, convolution, norm in _convolutions(tensors):
        arrays |= _named(layer, *fold(tensors, convolution, norm))
    arrays |= _named("scores", tensors["_fc.weight"].T, tensors["_fc.bias"])
    return arrays


def _named(layer, kernel, bias):
    return {
        f"{layer}.kernel": kernel.astype(np.float16),
        f"{layer}.bias": bias.astype(np.float16),
    }


def _convolutions(tensors):
    """Yield (our layer, PyTorch's convolution, PyTorch's batch normalisation), first to last."""
    yield "stem", "_conv_stem", "_bn0"
    number = 0
    while f"_blocks.{number}._depthwise_conv.weight" in tensors:
        for norm, part in enumerate(("expand", "depthwise", "project")):
            name = f"_blocks.{number}._{part}_conv"
            if f"{name}.weight" in tensors:  # the first block does not expand
                yield f"block_{number + 1}_{part}", name, f"_blocks.{number}._bn{norm}"
        number += 1
    yield "head", "_conv_head", "_bn1"


def fold(tensors, convolution, norm):
    """Return kernel and bias of the convolution that a batch normalisation follows.

    Reference: Jacob and others, Quantization and training of neural networks for efficient
    integer-arithmetic-only inference (2018), section 3.2.

    Returns:
        kernel: (height, width, channels, filters), or (height, width, channels, 1) for a
        depthwise one, as Keras has them; PyTorch puts the filters first. bias: (filters,).
    """
    kernel = tensors[f"{convolution}.weight"].astype(np.float64)
    gamma, beta, mean, variance = (
        tensors[f"{norm}.{name}"].astype(np.float64)
        for name in ("weight", "bias", "running_mean", "running_var")
    )
    scale = gamma / np.sqrt(variance + EPSILON)
    scaled = kernel * scale[:, np.newaxis, np.newaxis, np.newaxis]
    axes = (2, 3, 0, 1) if "depthwise" in convolution else (2, 3, 1, 0)
    return scaled.transpose(axes), beta - mean * scale
