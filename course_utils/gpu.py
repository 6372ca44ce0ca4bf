"""The device that a lesson computes on: what it is, and how to use one GPU, many, or none.

No lesson needs a GPU. Importing this module loads neither TensorFlow nor Keras; TensorFlow's own
guides to these switches are "Use a GPU", "Mixed precision" and "Distributed training with Keras".
"""

import math
import os
import re
import subprocess
from collections import Counter
from pathlib import Path

from course_utils import startup
from course_utils.errors import CourseError

# Volta, the first NVIDIA GPUs with tensor cores: the units that make float16 fast.
TENSOR_CORES_SINCE = (7, 0)
CGROUP = Path("/sys/fs/cgroup")


# --- what it is ----------------------------------------------------------------------------------


def describe():
    """Return one line that says what this kernel computes on.

    The line begins "This kernel computes on " and varies with the machine, so tests of lessons
    replace it (`tests/nbval_sanitize.cfg`). Without TensorFlow it says so, and nothing is raised.
    """
    here = _count(_cores(), "processor core")
    try:
        gpus = _visible_gpus()
    except CourseError:
        here += "; TensorFlow is not installed here, so no network can run"
        return f"This kernel computes on {here}."
    if not gpus:
        return f"This kernel computes on {here}; TensorFlow sees no GPU, and no lesson needs one."
    line = f"This kernel computes on {_count(len(gpus), 'GPU')} ({_named(gpus)}) and {here}"
    if len(gpus) > 1:
        line += "; only what is built under gpu.strategy() uses more than the first GPU"
    return line + "."


def _cores():
    """Return how many processor cores this process may use, a container's limit included."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:  # macOS and Windows
        cores = os.cpu_count() or 1
    granted = _granted_cores()
    return cores if granted is None else min(cores, math.ceil(granted))


def _granted_cores():
    """Return how many cores' time a container such as Binder's grants, or None without a limit."""
    try:
        if (CGROUP / "cpu.max").exists():  # version 2 of Linux' control groups
            quota, period = (CGROUP / "cpu.max").read_text().split()
        else:  # version 1
            quota = (CGROUP / "cpu" / "cpu.cfs_quota_us").read_text()
            period = (CGROUP / "cpu" / "cpu.cfs_period_us").read_text()
        granted = int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):  # no such file, or "max": no limit
        return None
    return granted if granted > 0 else None  # version 1 says -1 for no limit


def _visible_gpus():
    return startup.load_tensorflow().config.get_visible_devices("GPU")


def _named(gpus):
    """Return the GPUs' names with their memory, those of one kind counted."""
    memory = _memory_of_each_kind()
    names = Counter(_details(gpu).get("device_name", "name unknown") for gpu in gpus)
    parts = []
    for name, number in names.items():
        size = f" with {memory[name]:.0f} GiB of memory" if name in memory else ""
        parts.append((f"{number} × " if len(gpus) > 1 else "") + name + size)
    return ", ".join(parts)


def _details(gpu):
    """Return what TensorFlow tells about a GPU: device_name and compute_capability, or less."""
    return startup.load_tensorflow().config.experimental.get_device_details(gpu)


def _memory_of_each_kind():
    """Return {GPU's name: GiB} as NVIDIA's own program tells, or nothing where it cannot.

    TensorFlow tells the memory of a GPU only once it has taken it. A name that stands for GPUs of
    different sizes is left out.
    """
    question = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(question, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return {}
    sizes = {}
    for name, mebibytes in re.findall(r"^(.+), *(\d+)$", answer.stdout, re.MULTILINE):
        sizes.setdefault(name, set()).add(int(mebibytes) / 1024)
    return {name: size.pop() for name, size in sizes.items() if len(size) == 1}


def _count(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


# --- how to use it -------------------------------------------------------------------------------


def grow_memory():
    """Let TensorFlow take GPU memory as it needs it, rather than nearly all of it at once.

    `course_utils.start` does this. It must happen before TensorFlow's first operation.

    Returns:
        A sentence that says what came of it; too late is a sentence too, and no error.

    Raises:
        CourseError: TensorFlow is missing.
    """
    gpus = _visible_gpus()
    if not gpus:
        return "TensorFlow sees no GPU here, so there is no GPU memory that could grow."
    try:
        for gpu in gpus:
            startup.load_tensorflow().config.experimental.set_memory_growth(gpu, True)
    except RuntimeError:
        return (
            "TensorFlow has started already and holds its GPU memory: to let it grow instead, "
            "restart the kernel and call this before anything else."
        )
    except ValueError:  # somebody cut the GPU into logical devices of a fixed size
        return "This GPU's memory was divided into fixed parts before, so it does not grow."
    return "TensorFlow takes GPU memory as it needs it and leaves the rest to others."


def mixed_precision():
    """Let layers compute in float16 where that is fast, and leave all as it is elsewhere.

    On GPUs with tensor cores, layers that are built from now on multiply in float16 and keep
    their weights in float32 (Micikevicius et al., "Mixed Precision Training", 2018, section 3).
    Keras scales the loss by itself. Give a network's last layer `dtype="float32"`, so that
    its logits keep their digits.

    Returns:
        A sentence that says which policy holds, and why.

    Raises:
        CourseError: TensorFlow is missing, or Keras was told to use another backend.
    """
    keras = startup.load_keras()
    obstacle = _why_not_float16(_visible_gpus())
    if obstacle:
        policy = keras.config.dtype_policy().name
        return f"Layers go on computing in {policy}: {obstacle}."
    keras.config.set_dtype_policy("mixed_float16")
    return (
        "Layers built from now on compute in float16 and keep their weights in float32 "
        "(mixed_float16), which this GPU's tensor cores make fast."
    )


def _why_not_float16(gpus):
    """Return what speaks against float16 on these devices, or an empty text."""
    if not gpus:
        return (
            "TensorFlow sees no GPU here, and a processor has no fast units for float16, "
            "so that fewer digits would cost more time"
        )
    for gpu in gpus:
        capability = _details(gpu).get("compute_capability")
        if capability is None:
            return "TensorFlow cannot tell whether this GPU has fast units for float16"
        if tuple(capability) < TENSOR_CORES_SINCE:
            version = ".".join(map(str, capability))
            return (
                f"a GPU here has compute capability {version}, and the tensor cores that make "
                f"float16 fast came with {TENSOR_CORES_SINCE[0]}.{TENSOR_CORES_SINCE[1]}"
            )
    return ""


def seed(number, exact=False):
    """Seed Python, NumPy, TensorFlow and Keras, so that a run can be repeated.

    Args:
        number: a whole number from 0 to 2³² − 1.
        exact: also make each operation give the same bits every time on this machine, at some
            cost in speed. It holds until the kernel restarts. Another machine, or another number
            of threads, still gives other last digits.

    Raises:
        ValueError: `number` is something else.
        CourseError: TensorFlow is missing, or Keras was told to use another backend.
    """
    startup.seed(number)
    if exact:
        startup.load_tensorflow().config.experimental.enable_op_determinism()


def strategy(devices=None):
    """Return how to spread training: over the devices named, or over all GPUs.

    Build and compile the network in `with gpu.strategy().scope():`, then fit it as always. With
    one device or none named, and at most one GPU, the scope changes nothing and may be left out.
    With many, each batch is shared out evenly (synchronous data parallelism): take a batch size
    that the number of devices divides, and the result is that of one device but for rounding.

    Args:
        devices: a list of names such as `["GPU:0", "GPU:1"]`, all of one kind.

    Returns:
        A `tf.distribute.Strategy`: MirroredStrategy for many devices, OneDeviceStrategy for one
        that is named, else the strategy that holds anyway.

    Raises:
        ValueError: `devices` is no such list, or names what is not here.
        CourseError: TensorFlow is missing.
    """
    tensorflow = startup.load_tensorflow()
    here = tensorflow.config.list_logical_devices()
    present = list(filter(None, (_short(device.name) for device in here)))
    if devices is None:
        names = [name for name in present if name.startswith("GPU:")]
        if len(names) < 2:
            return tensorflow.distribute.get_strategy()
    else:
        names = _checked(devices, present)
    if len(names) == 1:
        return tensorflow.distribute.OneDeviceStrategy(names[0])
    return tensorflow.distribute.MirroredStrategy(names)


def _checked(devices, present):
    """Return the names in their short form, or raise ValueError with what is wrong with them."""
    if not isinstance(devices, (list, tuple)) or not devices:
        raise ValueError(
            f'Expected a list of device names such as ["GPU:0", "GPU:1"], got {devices!r}: '
            "put at least one name into a list, or leave it out to use all GPUs."
        )
    names = [_short(name) for name in devices]
    for name, given in zip(names, devices, strict=True):
        if name not in present:
            raise ValueError(
                f"Expected devices that TensorFlow has here ({', '.join(present)}), "
                f"got {given!r}: name some of these."
            )
    if len(set(names)) < len(names) or len({name.partition(":")[0] for name in names}) > 1:
        raise ValueError(
            f"Expected different devices of one kind, got {', '.join(names)}: name each only "
            "once, and either processors or GPUs."
        )
    return names


def _short(name):
    """Return "GPU:0" for any way to write it, such as "/device:gpu:0", or None for no such name."""
    local = r"(?:/job:localhost/replica:0/task:0)?/?(?:device:)?([a-z_]+):(\d+)"
    found = re.fullmatch(local, name, re.IGNORECASE) if isinstance(name, str) else None
    return found and f"{found[1].upper()}:{int(found[2])}"
