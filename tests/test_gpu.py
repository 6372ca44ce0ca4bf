"""The device, described in a line and used as it is. GPUs are stand-ins, their rules are real."""

import os
import random
import re
import subprocess
import sys
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from nbval.plugin import get_sanitize_patterns
from test_skeleton import WITHOUT_TENSORFLOW, is_one_sentence

from course_utils import gpu
from course_utils.places import ROOT

# What tf.config.experimental.get_device_details gives for NVIDIA's GPUs and for Apple's.
T4 = {"device_name": "Tesla T4", "compute_capability": (7, 5)}
V100 = {"device_name": "Tesla V100-SXM2-16GB", "compute_capability": (7, 0)}
P100 = {"device_name": "Tesla P100-PCIE-16GB", "compute_capability": (6, 0)}
H100 = {"device_name": "NVIDIA H100 80GB HBM3", "compute_capability": (9, 0)}
APPLE = {"device_name": "METAL"}


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Return a function that makes this a machine with such GPUs, cores and nvidia-smi."""

    def build(gpus=(), cores=2, smi=None):
        names = [f"/physical_device:GPU:{number}" for number in range(len(gpus))]
        devices = [tf.config.PhysicalDevice(name, "GPU") for name in names]
        details = dict(zip(devices, gpus, strict=True))
        kinds = {"GPU": devices, "CPU": tf.config.list_physical_devices("CPU")}
        monkeypatch.setattr(tf.config, "get_visible_devices", lambda kind=None: kinds[kind])
        monkeypatch.setattr(tf.config.experimental, "get_device_details", details.__getitem__)
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(cores)), raising=False)
        monkeypatch.setattr(gpu, "CGROUP", tmp_path)
        monkeypatch.setattr(gpu, "subprocess", nvidia_smi(smi))
        return tmp_path

    return build


def nvidia_smi(answer):
    """Return a stand-in for the module subprocess: the program's answer, or what goes wrong."""

    def run(command, **options):
        assert command[0] == "nvidia-smi" and options["timeout"]
        if answer is None:
            raise FileNotFoundError(command[0])
        if isinstance(answer, Exception):
            raise answer
        return subprocess.CompletedProcess(command, 0, stdout=answer)

    return SimpleNamespace(run=run, SubprocessError=subprocess.SubprocessError)


def python(code, **environment):
    """Run code in a fresh Python and return the lines that it printed."""
    kept = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    environment = {**kept, "TF_CPP_MIN_LOG_LEVEL": "3", **environment}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


# --- describe ------------------------------------------------------------------------------------


def test_this_machine_is_described_in_one_line():
    line = gpu.describe()
    assert line.startswith("This kernel computes on ")
    assert is_one_sentence(line)


@pytest.mark.parametrize("cores, words", [(1, "1 processor core;"), (12, "12 processor cores;")])
def test_a_machine_without_a_gpu(machine, cores, words):
    machine(cores=cores)
    assert gpu.describe() == (
        f"This kernel computes on {words} TensorFlow sees no GPU, and no lesson needs one."
    )


def test_a_gpu_has_its_name_and_its_memory(machine):
    machine([T4], smi="Tesla T4, 15360\n")
    assert gpu.describe() == (
        "This kernel computes on 1 GPU (Tesla T4 with 15 GiB of memory) and 2 processor cores."
    )


def test_many_gpus_are_counted_by_kind(machine):
    t4, h100 = "Tesla T4, 15360\n", "NVIDIA H100 80GB HBM3, 81559\n"
    machine([T4, H100, T4], smi=h100 + t4 + t4)
    line = gpu.describe()
    assert "on 3 GPUs (2 × Tesla T4 with 15 GiB of memory, 1 × NVIDIA H100 80GB HBM3 " in line
    assert "HBM3 with 80 GiB of memory) and 2 processor cores;" in line
    assert "strategy()" in line
    assert is_one_sentence(line)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        subprocess.TimeoutExpired("nvidia-smi", 10),
        subprocess.CalledProcessError(9, "nvidia-smi"),
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n",
        "Tesla T4, [N/A]\n",
        "NVIDIA L4, 23034\n",
        "Tesla T4, 15360\nTesla T4, 7680\n",
        "",
    ],
)
def test_memory_that_nobody_tells_is_left_out(machine, answer):
    machine([T4], smi=answer)
    assert gpu.describe() == "This kernel computes on 1 GPU (Tesla T4) and 2 processor cores."


def test_a_gpu_that_does_not_tell_its_name(machine):
    machine([{}])
    assert "on 1 GPU (name unknown) and" in gpu.describe()


def test_a_gpu_that_a_student_hid_does_not_count():
    """tf.config.set_visible_devices([], "GPU") leaves it among the physical devices."""
    lines = python(
        GPUS + "tf.config.set_visible_devices([], 'GPU')\n"
        "print(len(tf.config.list_physical_devices('GPU')), gpu.describe())"
    )
    assert lines[0].startswith("2 ") and "sees no GPU" in lines[0]


@pytest.mark.parametrize(
    "files, cores",
    [
        ({"cpu.max": "max 100000\n"}, 4),
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "10000 100000\n"}, 1),
        ({"cpu.max": "900000 100000\n"}, 4),
        ({"cpu.max": "nonsense\n"}, 4),
        ({"cpu/cpu.cfs_quota_us": "100000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 1),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 4),
        ({"cpu/cpu.cfs_quota_us": "100000\n", "cpu/cpu.cfs_period_us": "0\n"}, 4),
        ({"cpu/cpu.cfs_quota_us": "100000\n"}, 4),
    ],
)
def test_a_container_grants_fewer_cores_than_the_machine_has(machine, files, cores):
    folder = machine(cores=4)
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    assert f"on {cores} processor core" in gpu.describe()


def test_where_the_system_tells_no_affinity(machine, monkeypatch):
    machine()
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert "on 8 processor cores;" in gpu.describe()
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert "on 1 processor core;" in gpu.describe()


def test_nbval_sees_the_same_line_on_every_machine(machine):
    rules = get_sanitize_patterns((ROOT / "tests/nbval_sanitize.cfg").read_text(encoding="utf-8"))

    def sanitised():
        text = f"Before.\n{gpu.describe()}\nAfter."
        for pattern, replacement in rules:
            text = re.sub(pattern, replacement, text)
        return text

    machine()
    without = sanitised()
    machine([T4, T4], cores=16)
    assert without == sanitised() == "Before.\nThis kernel computes on DEVICE\nAfter."


# --- without TensorFlow, and before it -----------------------------------------------------------


def test_importing_the_room_starts_nothing():
    code = "import sys, course_utils; course_utils.gpu.describe\n"
    code += "print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    assert python(code) == ["[]"]


def test_without_tensorflow_there_are_sentences():
    code = WITHOUT_TENSORFLOW + (
        "from course_utils import errors, gpu\n"
        "print(gpu.describe())\n"
        "calls = gpu.grow_memory, gpu.mixed_precision, lambda: gpu.seed(1), gpu.strategy\n"
        "for call in calls:\n"
        "    try:\n        call()\n"
        "    except errors.CourseError as error:\n        print(error)\n"
    )
    line, *errors = python(code)
    assert line.startswith("This kernel computes on ") and "TensorFlow is not installed" in line
    assert len(errors) == 4 and all("pip install" in error for error in errors)
    assert all(map(is_one_sentence, [line, *errors]))


def test_another_backend_is_an_error_only_where_keras_is_needed():
    code = (
        "from course_utils import errors, gpu\n"
        "print(gpu.describe())\n"
        "try:\n    gpu.mixed_precision()\n"
        "except errors.CourseError as error:\n    print(error)\n"
    )
    line, error = python(code, KERAS_BACKEND="jax")
    assert line.startswith("This kernel computes on ")
    assert "KERAS_BACKEND=tensorflow" in error


# --- memory growth -------------------------------------------------------------------------------

# Two GPUs in TensorFlow's own list of devices, so that its own rules decide what may be changed.
GPUS = """
import tensorflow as tf
from tensorflow.python.eager import context
from course_utils import gpu, start
known = context.context()
known._initialize_physical_devices()
gpus = [tf.config.PhysicalDevice(f"/physical_device:GPU:{n}", "GPU") for n in range(2)]
known._physical_devices += gpus
known._visible_device_list += gpus
known._memory_growth_map.update(dict.fromkeys(gpus))
def grows(): return [tf.config.experimental.get_memory_growth(device) for device in gpus]
"""


def test_a_lesson_lets_memory_grow_however_often_it_is_started():
    code = GPUS + "print(grows()); start(1); print(grows()); tf.ones(1); start(1); print(grows())"
    ready = "Lesson 01 is ready: Keras runs on TensorFlow."
    assert python(code) == ["[None, None]", ready, "[True, True]", ready, "[True, True]"]


def test_when_tensorflow_has_started_a_sentence_says_what_to_do():
    code = GPUS + "tf.ones(1); print(gpu.grow_memory(), grows(), sep='\\n'); start(1)"
    sentence, state, ready = python(code)
    assert "restart the kernel" in sentence and is_one_sentence(sentence)
    assert state == "[None, None]"
    assert ready.startswith("Lesson 01 is ready")


def test_a_gpu_in_fixed_parts_stays_as_it_is():
    code = GPUS + (
        "part = tf.config.LogicalDeviceConfiguration(memory_limit=100)\n"
        "tf.config.set_logical_device_configuration(gpus[0], [part, part])\n"
        "print(gpu.grow_memory(), grows(), sep='\\n')"
    )
    sentence, state = python(code)
    assert "fixed parts" in sentence and is_one_sentence(sentence)
    assert state == "[None, None]"


def test_without_a_gpu_there_is_no_memory_to_grow(machine):
    machine()
    assert "no GPU" in gpu.grow_memory() and is_one_sentence(gpu.grow_memory())


# --- mixed precision -----------------------------------------------------------------------------


@pytest.fixture
def policy():
    """Give each test float32, and whoever comes after it the policy that was."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    yield
    keras.config.set_dtype_policy(before)


def types_of_a_layer():
    layer = keras.layers.Dense(2, name="seen")
    return layer.compute_dtype, layer.variable_dtype


@pytest.mark.parametrize("gpus", [[T4], [V100], [H100, T4]])
def test_tensor_cores_compute_in_float16(machine, policy, gpus):
    machine(gpus)
    sentence = gpu.mixed_precision()
    assert types_of_a_layer() == ("float16", "float32")
    assert "mixed_float16" in sentence and is_one_sentence(sentence)


@pytest.mark.parametrize(
    "gpus, why",
    [
        ([], "a processor has no fast units for float16"),
        ([P100], "compute capability 6.0"),
        ([T4, P100], "compute capability 6.0"),
        ([APPLE], "cannot tell"),
        ([{}], "cannot tell"),
    ],
)
def test_elsewhere_float32_stays_and_a_sentence_says_why(machine, policy, gpus, why):
    machine(gpus)
    sentence = gpu.mixed_precision()
    assert types_of_a_layer() == ("float32", "float32")
    assert why in sentence and "float32" in sentence
    assert is_one_sentence(sentence)


def test_a_policy_that_a_student_chose_is_neither_changed_nor_misnamed(machine, policy):
    machine()
    keras.config.set_dtype_policy("float64")
    assert "go on computing in float64" in gpu.mixed_precision()
    assert types_of_a_layer() == ("float64", "float64")


# --- seeds ---------------------------------------------------------------------------------------


def draws():
    return random.random(), np.random.rand(), float(keras.random.normal([1])[0])


def test_the_same_seed_gives_the_same_numbers():
    seen = []
    for number in (5, 6, 5, np.int64(5), 2**32 - 1, 0):
        gpu.seed(number)
        seen.append(draws())
    assert seen[0] == seen[2] == seen[3]
    for of_one_source in zip(*seen, strict=True):  # Python, NumPy, Keras
        assert len(set(of_one_source)) == 4


@pytest.mark.parametrize("wrong", [-1, 2**32, 1.0, "1", None, [1]])
def test_what_is_no_seed_gets_a_sentence(wrong):
    with pytest.raises(ValueError) as caught:
        gpu.seed(wrong)
    assert repr(wrong) in str(caught.value)
    assert str(caught.value).startswith("Expected a seed")


def test_exact_turns_on_what_tensorflow_calls_op_determinism():
    """Then, and only then, TensorFlow refuses to draw from nothing."""
    code = (
        "import tensorflow as tf\nfrom course_utils import gpu\n"
        "def refused():\n"
        "    tf.random.set_seed(None)\n"
        "    try:\n        tf.random.normal([1])\n"
        "    except RuntimeError:\n        return True\n"
        "    return False\n"
        "gpu.seed(1); print(refused())\n"
        "gpu.seed(1, exact=True); print(refused())\n"
    )
    assert python(code) == ["False", "True"]


# --- strategy ------------------------------------------------------------------------------------

# One processor as two devices; a network that two of them train as one does.
TWO_DEVICES = """
import numpy as np, tensorflow as tf
from course_utils import gpu
half = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], [half, half])
import keras
images = np.random.default_rng(0).normal(size=(64, 6, 6, 1)).astype("float32")
labels = (images.mean(axis=(1, 2, 3)) > 0).astype("int32")

def train(strategy):
    gpu.seed(1)
    with strategy.scope():
        network = keras.Sequential([
            keras.Input((6, 6, 1)), keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.Flatten(), keras.layers.Dense(2)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        network.compile("sgd", loss, metrics=["accuracy"])
    first = network.get_weights()
    done = network.fit(images, labels, batch_size=16, epochs=4, shuffle=False, verbose=0)
    return first, network, done.history
"""


def test_two_devices_train_to_what_one_does():
    """One step's gradient is the mean over the batch, wherever its halves were computed."""
    code = TWO_DEVICES + (
        "both = gpu.strategy(['CPU:0', '/device:cpu:1'])\n"
        "first, one, alone = train(gpu.strategy())\n"
        "start, two, shared = train(both)\n"
        "print(type(both).__name__, both.num_replicas_in_sync)\n"
        "places = both.experimental_local_results(two.trainable_variables[0].value)\n"
        "print([tf.DeviceSpec.from_string(place.device).device_index for place in places])\n"
        "pairs = list(zip(one.get_weights(), two.get_weights()))\n"
        "print(all(np.array_equal(a, b) for a, b in zip(first, start)))\n"
        "print(all(np.allclose(a, b, rtol=1e-4, atol=1e-5) for a, b in pairs))\n"
        "print(max(abs(a - b).max() for a, b in zip(first, one.get_weights())) > 0.01)\n"
        "print(np.allclose(alone['loss'], shared['loss'], rtol=1e-4))\n"
        "print(shared['loss'][-1] < shared['loss'][0], alone['accuracy'] == shared['accuracy'])\n"
    )
    kind, places, same_start, same_end, moved, same_loss, learned = python(code)
    assert kind == "MirroredStrategy 2"
    assert places == "[0, 1]"
    assert (same_start, same_end, moved, same_loss, learned) == (*["True"] * 4, "True True")


def test_one_device_by_name_and_all_gpus_by_none():
    """Strategies over GPUs are TensorFlow's own; only the list of devices is made up."""
    code = TWO_DEVICES + (
        "_, network, _ = train(gpu.strategy(['cpu:1']))\n"
        "device = tf.DeviceSpec.from_string(network.trainable_variables[0].value.device)\n"
        "print(device.device_type, device.device_index)\n"
        "print(gpu.strategy() is tf.distribute.get_strategy())\n"
        "real = tf.config.list_logical_devices\n"
        "def with_gpus(number):\n"
        "    made = [tf.config.LogicalDevice(f'/device:GPU:{n}', 'GPU') for n in range(number)]\n"
        "    tf.config.list_logical_devices = lambda kind=None: [\n"
        "        d for d in real() + made if kind in (None, d.device_type)]\n"
        "with_gpus(1)\n"
        "print(gpu.strategy() is tf.distribute.get_strategy())\n"
        "with_gpus(3)\n"
        "short = lambda name: name.rpartition('device:')[2]\n"
        "for chosen in (None, ['GPU:2', '/GPU:0'], ('gpu:1',)):\n"
        "    made = gpu.strategy(chosen)\n"
        "    print(type(made).__name__, *map(short, made.extended.worker_devices))\n"
        "try:\n    gpu.strategy(['CPU:0', 'GPU:0'])\n"
        "except ValueError as error:\n    print(error)\n"
    )
    *lines, error = python(code)
    assert lines == [
        "CPU 1",
        "True",
        "True",
        "MirroredStrategy GPU:0 GPU:1 GPU:2",
        "MirroredStrategy GPU:2 GPU:0",
        "OneDeviceStrategy GPU:1",
    ]
    assert "of one kind, got CPU:0, GPU:0" in error and is_one_sentence(error)


@pytest.mark.parametrize(
    "wrong, said",
    [
        ("CPU:0", "a list of device names"),
        ([], "a list of device names"),
        (2, "a list of device names"),
        (["GPU:7"], "got 'GPU:7'"),
        (["CPU"], "got 'CPU'"),
        (["processor"], "got 'processor'"),
        (["CPU:0", None], "got None"),
        (["CPU:0", ["CPU:0"]], "got ['CPU:0']"),
        (["/job:worker/task:0/device:CPU:0"], "got '/job:worker"),
        (["CPU:0", "/device:CPU:0"], "different devices"),
    ],
)
def test_devices_that_are_not_here_get_a_sentence(wrong, said):
    with pytest.raises(ValueError) as caught:
        gpu.strategy(wrong)
    assert said in str(caught.value)
    assert is_one_sentence(str(caught.value))
