"""The shipped data: complete, unaltered, documented; and what a student reads when it is not."""

import hashlib
import io
import pickle
import re
import shutil
import subprocess
import sys
import types
import zipfile

import numpy as np
import pytest
from PIL import Image

from course_utils import datasets
from course_utils.errors import CourseError
from course_utils.places import DATA, ROOT

NOT_DATA = {"README.md", "LICENSE-APACHE.txt", "SHA256SUMS", "build.py", "from_torch.py"}
KNOWN_LICENCE = r"CC0|CC BY|MIT|Apache-2\.0|BSD-3|public domain|no known copyright"
LARGE = ("mnist.npz", "efficientnet_lite0.npz")
FILES = {
    **datasets._PHOTOGRAPHS,
    "mnist": "mnist.npz",
    "fashion": "fashion.npz",
    "nuclei": "nuclei.npz",
    "classes": "checkpoints/imagenet_classes.txt",
    "efficientnet": "checkpoints/efficientnet_lite0.npz",
}


@pytest.fixture
def no_network(monkeypatch):
    """Make any attempt to open a connection fail the test."""

    def refuse(*_):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.create_connection", refuse)


@pytest.fixture
def copied_data(tmp_path, monkeypatch):
    """Return a copy of the small files of data/ that may be damaged, in a folder with .git."""
    data = tmp_path / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns(*LARGE, "__pycache__"))
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(datasets, "DATA", data)
    monkeypatch.setattr(datasets, "ROOT", tmp_path)
    return data


# What is shipped


def shipped_files():
    every = (path for path in DATA.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(DATA).as_posix() for path in every} - NOT_DATA


def test_sums_list_each_shipped_file_and_nothing_else():
    sums = datasets.read_sums(DATA / "SHA256SUMS")
    assert set(sums) == shipped_files()
    for name, expected in sums.items():
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == expected, name


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="there is no sha256sum here")
def test_sums_are_in_the_format_of_sha256sum():
    command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    subprocess.run(command, cwd=DATA, check=True)


def test_every_loader_reads_a_shipped_file():
    assert set(FILES.values()) <= shipped_files()


def test_sizes_stay_within_their_budgets():
    sizes = [path.stat().st_size for path in (DATA / "photographs").iterdir()]
    assert sum(sizes) <= 2.5e6
    assert (DATA / "mnist.npz").stat().st_size <= 12e6
    assert (DATA / "fashion.npz").stat().st_size <= 2.5e6
    assert (DATA / "nuclei.npz").stat().st_size <= 0.25e6
    assert (DATA / FILES["efficientnet"]).stat().st_size <= 9e6


def readme_rows():
    """Return the cells of the table in data/README.md, by file."""
    text = (DATA / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \|(.*)\|$", text, flags=re.MULTILINE)
    return {file: [cell.strip() for cell in cells.split("|")] for file, cells in rows}


def test_readme_states_source_and_licence_of_each_file():
    rows = readme_rows()
    assert set(FILES.values()) <= set(rows) <= shipped_files()
    for file, (_, _, source, _, licence) in rows.items():
        assert re.search(r" \d+\.\d", source), file
        assert re.search(KNOWN_LICENCE, licence), file
        assert re.search(r"\[\d\]$", licence), f"{file}: where is its licence stated?"


def test_readme_states_the_shapes_that_are_loaded():
    rows = readme_rows()
    for name in datasets.photographs():
        assert str(datasets.load_photograph(name).shape) == rows[FILES[name]][1]
    assert rows[FILES["classes"]][1] == f"{len(datasets.imagenet_classes())} lines"
    numbers = sum(array.size for array in datasets.verified_arrays(FILES["efficientnet"]).values())
    assert rows[FILES["efficientnet"]][1] == f"{numbers:,} numbers, float16"
    for file in ("mnist.npz", "fashion.npz", "nuclei.npz"):
        with np.load(DATA / file, allow_pickle=False) as arrays:
            stated = ", ".join(f"`{key}` {arrays[key].shape}" for key in arrays.files)
        assert rows[file][1] == f"{stated}, uint8"


# Photographs


def test_photographs_are_a_dozen_in_alphabetical_order():
    assert len(datasets.photographs()) == 12
    assert list(datasets.photographs()) == sorted(datasets.photographs())


@pytest.mark.parametrize("name", datasets.photographs())
def test_photograph_holds_the_files_own_values(name):
    with Image.open(DATA / FILES[name]) as image:
        stored = np.asarray(image)
    pixels = datasets.load_photograph(name)
    assert pixels.dtype == np.float32
    assert pixels.shape == (*stored.shape[:2], 3 if stored.ndim == 3 else 1)
    assert np.array_equal(np.rint(pixels * 255).astype(np.uint8).squeeze(), stored)
    assert pixels.min() >= 0 and pixels.max() <= 1
    assert pixels.std() > 0.05, "a photograph is not blank"


@pytest.mark.parametrize("name", datasets.photographs())
def test_grey_photograph_is_a_matrix_of_luminance(name):
    color = pytest.importorskip("skimage.color")
    pixels = datasets.load_photograph(name)
    grey = datasets.load_photograph(name, grey=True)
    expected = pixels[..., 0] if pixels.shape[2] == 1 else color.rgb2gray(pixels)
    assert grey.dtype == np.float32 and grey.shape == pixels.shape[:2]
    assert grey.min() >= 0 and grey.max() <= 1
    np.testing.assert_allclose(grey, expected, atol=2e-4)  # scikit-image rounds the shares


def test_luminance_follows_from_the_primaries_of_rec_709():
    """White is the sum of the primaries; their shares of it are the weights."""
    red, green, blue, white = (0.64, 0.33), (0.30, 0.60), (0.15, 0.06), (0.3127, 0.3290)
    columns = [np.array([x / y, 1, (1 - x - y) / y]) for x, y in (red, green, blue, white)]
    shares = np.linalg.solve(np.stack(columns[:3], axis=1), columns[3])
    np.testing.assert_allclose(datasets.LUMINANCE, shares, atol=5e-5)
    assert np.ones((1, 3), np.float32) @ datasets.LUMINANCE == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", ["Camera", "", "camera.png", "../README", None, 3, ["camera"]])
def test_unknown_photograph_lists_the_known_ones(name):
    with pytest.raises(ValueError) as caught:
        datasets.load_photograph(name)
    assert repr(name) in str(caught.value)
    assert all(known in str(caught.value) for known in datasets.photographs())


def test_a_changed_photograph_does_not_change_the_next(no_network):
    datasets.load_photograph("coins")[:] = 0
    assert datasets.load_photograph("coins").max() > 0.5


# MNIST and Fashion-MNIST


def test_mnist_has_keras_documented_shapes_and_types():
    (x_train, y_train), (x_test, y_test) = datasets.load_mnist()
    assert x_train.shape == (60000, 28, 28) and y_train.shape == (60000,)
    assert x_test.shape == (10000, 28, 28) and y_test.shape == (10000,)
    assert {each.dtype for each in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}


def test_mnist_is_mnist():
    """By what is known of it elsewhere: the usual normalisation, and the counts of each digit."""
    (x_train, y_train), (_, y_test) = datasets.load_mnist()
    assert x_train.mean() / 255 == pytest.approx(0.1307, abs=5e-5)
    assert x_train.std() / 255 == pytest.approx(0.3081, abs=5e-5)
    train = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    test = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert np.bincount(y_train).tolist() == train
    assert np.bincount(y_test).tolist() == test
    assert y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]


def test_fashion_is_balanced_and_mixed(no_network):
    (x_train, y_train), (x_test, y_test) = datasets.load_fashion()
    assert x_train.shape == (4000, 28, 28) and x_test.shape == (1000, 28, 28)
    assert {each.dtype for each in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}
    assert np.bincount(y_train).tolist() == [400] * 10
    assert np.bincount(y_test).tolist() == [100] * 10
    assert len(set(y_train[:30].tolist())) > 5, "in the original order, not class by class"
    assert len(datasets.FASHION_CLASSES) == len(datasets.DIGIT_CLASSES) == 10


def test_fashion_splits_share_no_picture():
    (x_train, _), (x_test, _) = datasets.load_fashion()
    assert not {each.tobytes() for each in x_train} & {each.tobytes() for each in x_test}


# Nuclei


def test_nuclei_are_125_on_a_dark_ground(no_network):
    image, mask = datasets.load_nuclei()
    assert image.shape == mask.shape == (512, 512)
    assert image.dtype == np.float32 and mask.dtype == np.int32
    assert 0 <= image.min() and image.max() <= 1
    assert np.unique(mask).tolist() == list(range(126))
    assert image[mask > 0].mean() > 2 * image[mask == 0].mean()


def test_boxes_are_where_each_number_is():
    """Against SciPy, which finds the same slices another way."""
    ndimage = pytest.importorskip("scipy.ndimage")
    _, mask = datasets.load_nuclei()
    slices = ndimage.find_objects(mask)
    expected = [(x.start, y.start, x.stop, y.stop) for y, x in slices]
    boxes = datasets.boxes_of(mask)
    assert boxes.dtype == np.float32
    assert boxes.tolist() == np.array(expected, np.float32).tolist()


def test_a_part_of_a_mask_has_the_boxes_of_what_it_shows():
    _, mask = datasets.load_nuclei()
    boxes, part = datasets.boxes_of(mask), datasets.boxes_of(mask[:, 384:])
    shown = boxes[boxes[:, 2] > 384] - [384, 0, 384, 0]
    assert part.shape == shown.shape
    # What is cut off may have been the highest: but none reaches further than before.
    assert (part[:, :2] >= shown[:, :2]).all() and (part[:, 2:] <= shown[:, 2:]).all()
    whole = shown[:, 0] >= 0
    assert np.array_equal(part[whole], shown[whole])


def test_boxes_of_small_masks():
    mask = np.array([[0, 7, 0], [0, 7, 2]], np.uint8)
    assert datasets.boxes_of(mask).tolist() == [[2, 1, 3, 2], [1, 0, 2, 2]]
    assert datasets.boxes_of(mask * 0).shape == (0, 4)
    assert datasets.boxes_of(np.zeros((0, 3), int)).shape == (0, 4)
    assert datasets.boxes_of(np.full((2, 3), 200, np.uint8)).tolist() == [[0, 0, 3, 2]]


@pytest.mark.parametrize("mask", [np.ones((2, 2)), np.ones((2, 2), bool), np.ones(3, int), 3, None])
def test_what_is_no_mask_is_refused(mask):
    with pytest.raises(ValueError, match="Expected a mask .* Received"):
        datasets.boxes_of(mask)


# The classes of ImageNet


def test_imagenets_classes_are_a_thousand_different_names():
    names = datasets.imagenet_classes()
    assert len(names) == len(set(names)) == 1000
    assert all(name.strip() == name and name.isascii() for name in names)


@pytest.mark.parametrize(
    "place, name",
    [
        (0, "tench"),
        (281, "tabby"),
        (285, "Egyptian cat"),
        (967, "espresso"),
        (999, "toilet tissue"),
    ],
)
def test_imagenets_classes_stand_in_the_usual_order(place, name):
    assert datasets.imagenet_classes()[place] == name


# A file that is missing, or is not the one that the course ships


LOADERS = {
    "fashion.npz": datasets.load_fashion,
    "photographs/coins.png": lambda: datasets.load_photograph("coins"),
    "nuclei.npz": datasets.load_nuclei,
    "checkpoints/imagenet_classes.txt": datasets.imagenet_classes,
}


def load(file):
    return LOADERS[file]()


def remove(path):
    path.unlink()


def empty(path):
    path.write_bytes(b"")


def truncate(path):
    path.write_bytes(path.read_bytes()[:-1000])


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def append(path):
    path.write_bytes(path.read_bytes() + b"\0")


def make_a_folder(path):
    path.unlink()
    path.mkdir()


DAMAGES = [remove, empty, truncate, flip_a_bit, append, make_a_folder]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", LOADERS)
def test_a_damaged_file_gets_one_sentence_that_mends_it(file, damage, copied_data, no_network):
    load(file)  # what was right once is not taken for right for ever
    damage(copied_data / file)
    assert_sentence(file, f"git checkout HEAD -- :/data/{file} :/data/SHA256SUMS")


def assert_sentence(file, command, named=None):
    """Assert that loading fails with one sentence that names a file and a command."""
    with pytest.raises(CourseError) as caught:
        load(file)
    sentence = str(caught.value)
    assert sentence.startswith(f"Expected data/{named or file} as the course ships it, received ")
    assert f"`{command}`" in sentence
    assert "\n" not in sentence and len(re.findall(r"[.!?](?= |$)", sentence)) == 1
    return sentence


def blank(path):
    path.write_text("\n", encoding="utf-8")


def write_rubbish(path):
    path.write_bytes(bytes(range(256)))


def shorten_a_sum(path):
    path.write_text(path.read_text(encoding="utf-8")[1:], encoding="utf-8")


def drop_the_lines(path):
    path.write_text(f"{'0' * 64}  other.npz\n", encoding="utf-8")


DAMAGES_OF_A_LIST = [remove, empty, blank, write_rubbish, shorten_a_sum, drop_the_lines]


@pytest.mark.parametrize("damage", DAMAGES_OF_A_LIST)
def test_a_damaged_list_of_sums_gets_a_sentence(damage, copied_data):
    damage(copied_data / "SHA256SUMS")
    assert_sentence("fashion.npz", "git checkout HEAD -- :/data/SHA256SUMS", named="SHA256SUMS")


def test_a_wrong_sum_is_mended_by_the_same_command(copied_data):
    path = copied_data / "SHA256SUMS"
    sums = datasets.read_sums(path)
    path.write_text(f"{sums['photographs/coins.png']}  fashion.npz\n", encoding="utf-8")
    assert_sentence("fashion.npz", "git checkout HEAD -- :/data/fashion.npz :/data/SHA256SUMS")


def test_windows_line_ends_in_the_list_of_sums_do_no_harm(copied_data):
    path = copied_data / "SHA256SUMS"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    load("fashion.npz")


class Trap:
    """Unpickling it calls a function that the test can see."""

    opened = False

    def __reduce__(self):
        return setattr, (Trap, "opened", True)


def pickled_npz():
    file = io.BytesIO()
    traps = np.array([Trap()], dtype=object)
    np.savez(file, x_train=traps, y_train=traps, x_test=traps, y_test=traps)
    return file.getvalue()


def npz_without_keys():
    file = io.BytesIO()
    np.savez(file, x_train=np.zeros(3))
    return file.getvalue()


HOSTILE = {
    "objects": pickled_npz(),
    "pickle": pickle.dumps(Trap()),
    "keys": npz_without_keys(),
    "no zip": b"PK\x03\x04 and nothing else",
    "nothing": b"",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("file", ["fashion.npz", "photographs/coins.png"])
def test_hostile_content_is_never_unpickled_even_with_a_matching_sum(file, content, copied_data):
    Trap.opened = False
    command = f"git checkout HEAD -- :/data/{file} :/data/SHA256SUMS"
    (copied_data / file).write_bytes(content)
    assert_sentence(file, command)
    listed = f"{hashlib.sha256(content).hexdigest()}  {file}\n"
    (copied_data / "SHA256SUMS").write_text(listed, encoding="utf-8")
    assert_sentence(file, command)
    assert not Trap.opened


def test_outside_a_clone_the_sentence_says_to_make_one(copied_data):
    (copied_data.parent / ".git").rmdir()
    shutil.copy(ROOT / "pyproject.toml", copied_data.parent)
    (copied_data / "fashion.npz").unlink()
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    address = re.search(r'^Repository = "(.+)"$', settings, flags=re.MULTILINE)[1]
    assert_sentence("fashion.npz", f"git clone --depth 1 {address}")


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
@pytest.mark.parametrize("damage", [remove, truncate, flip_a_bit])
@pytest.mark.parametrize("staged", [False, True])
def test_the_command_of_the_sentence_mends(damage, staged, copied_data):
    """Run it as a student would: in notebooks/, with the change staged or not."""
    root = copied_data.parent
    (root / ".git").rmdir()
    (root / "notebooks").mkdir()
    shutil.copy(ROOT / ".gitattributes", root)
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "data"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    damage(copied_data / "fashion.npz")
    if staged:
        subprocess.run(["git", "add", "-A"], cwd=root, check=True)
    with pytest.raises(CourseError) as caught:
        datasets.load_fashion()
    command = re.search("`(.+)`", str(caught.value))[1]
    subprocess.run(command.split(), cwd=root / "notebooks", check=True)
    assert datasets.load_fashion()[0][0].shape == (4000, 28, 28)


def test_a_file_is_summed_once_until_it_changes(copied_data, monkeypatch):
    summed = []
    digest = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda *args: summed.append(1) or digest(*args))
    for _ in range(3):
        datasets.load_photograph("coins")
    assert len(summed) == 1
    append(copied_data / "photographs/coins.png")
    with pytest.raises(CourseError):
        datasets.load_photograph("coins")
    assert len(summed) == 2


# All of Fashion-MNIST, through Keras


@pytest.fixture
def keras_downloads(monkeypatch, no_network):
    """Return a function that makes Keras 'download' given splits, without importing Keras."""

    def prepare(load_data):
        fashion_mnist = types.SimpleNamespace(load_data=load_data)
        stand_in = types.ModuleType("keras.datasets")
        stand_in.fashion_mnist = fashion_mnist
        monkeypatch.setitem(sys.modules, "keras", types.ModuleType("keras"))
        monkeypatch.setitem(sys.modules, "keras.datasets", stand_in)

    return prepare


@pytest.fixture
def small_splits(monkeypatch):
    """Return small splits whose sums stand in for those of the original files."""
    rng = np.random.default_rng(0)
    keys = ("x_train", "y_train", "x_test", "y_test")
    shapes = ((20, 28, 28), (20,), (10, 28, 28), (10,))
    arrays = [rng.integers(0, 256, shape, dtype=np.uint8) for shape in shapes]
    sums = {key: datasets.idx_sum(array) for key, array in zip(keys, arrays)}
    monkeypatch.setattr(datasets, "FASHION_SUMS", sums)
    return tuple(arrays[:2]), tuple(arrays[2:])


def test_full_fashion_is_said_and_accepted(keras_downloads, small_splits, capsys):
    keras_downloads(lambda: small_splits)
    loaded = datasets.load_fashion(full=True)
    for received, expected in zip(sum(loaded, ()), sum(small_splits, ())):
        assert np.array_equal(received, expected)
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "Fashion-MNIST" in said and "download" in said


@pytest.mark.parametrize("place", range(4))
def test_full_fashion_with_one_altered_value_is_refused(place, keras_downloads, small_splits):
    arrays = [array.copy() for array in sum(small_splits, ())]
    arrays[place].flat[5] ^= 1
    keras_downloads(lambda: (tuple(arrays[:2]), tuple(arrays[2:])))
    with pytest.raises(CourseError, match=r"received other content: delete .*fashion-mnist"):
        datasets.load_fashion(full=True)


def test_full_fashion_of_another_shape_or_type_is_refused(keras_downloads, small_splits):
    (x_train, y_train), test = small_splits
    for changed in (x_train.reshape(20, 784), x_train.astype(np.int64), x_train[:-1]):
        keras_downloads(lambda changed=changed: ((changed, y_train), test))
        with pytest.raises(CourseError, match="x_train"):
            datasets.load_fashion(full=True)


@pytest.mark.parametrize(
    "problem",
    [Exception("URL fetch failure\non two lines"), EOFError(), ValueError("shape"), OSError("x")],
)
def test_a_failed_download_gets_a_sentence(problem, keras_downloads):
    def fail():
        raise problem

    keras_downloads(fail)
    with pytest.raises(CourseError, match=r"use load_fashion\(\) without a network") as caught:
        datasets.load_fashion(full=True)
    assert "\n" not in str(caught.value)


def test_full_fashion_without_keras_says_what_to_install(monkeypatch, no_network):
    monkeypatch.setitem(sys.modules, "keras", None)
    monkeypatch.setitem(sys.modules, "keras.datasets", None)
    with pytest.raises(CourseError, match="pip install"):
        datasets.load_fashion(full=True)


def test_the_sum_of_an_array_is_that_of_its_idx_file():
    """Held against a file written by hand, byte by byte."""
    labels = np.array([7, 2, 1], np.uint8)
    file = bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1])
    assert datasets.idx_sum(labels) == hashlib.sha256(file).hexdigest()
    picture = np.arange(6, dtype=np.uint8).reshape(1, 2, 3)
    file = bytes([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 1, 2, 3, 4, 5])
    assert datasets.idx_sum(picture) == hashlib.sha256(file).hexdigest()


# The module itself


@pytest.mark.parametrize(
    "code, heavy",
    [
        ("", {"keras", "tensorflow", "matplotlib", "PIL", "ipywidgets"}),
        ("datasets.load_photograph('coins'), datasets.load_fashion()", {"keras", "matplotlib"}),
    ],
)
def test_importing_and_loading_are_light(code, heavy):
    code = f"import sys\nfrom course_utils import datasets\n{code}\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert not heavy & set(run.stdout.split())


def test_no_shipped_archive_holds_a_pickle():
    archives = list(DATA.rglob("*.npz"))
    assert len(archives) == 9
    for path in archives:
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
        with np.load(path, allow_pickle=False) as arrays:
            assert all(arrays[key].dtype in (np.uint8, np.float16) for key in arrays.files)


# The collection that a lesson is about


@pytest.mark.parametrize(
    ("name", "load", "classes"),
    [
        ("mnist", datasets.load_mnist, datasets.DIGIT_CLASSES),
        ("fashion", datasets.load_fashion, datasets.FASHION_CLASSES),
    ],
)
def test_a_collection_holds_what_its_loader_gives(name, load, classes):
    found, (train, test) = datasets.load_pictures(name), load()
    assert (found.name, found.classes) == (name, classes)
    arrays = (found.train_pictures, found.train_labels, found.test_pictures, found.test_labels)
    assert all(one.dtype == np.uint8 for one in arrays)
    assert all(np.array_equal(one, other) for one, other in zip(arrays, (*train, *test)))


def test_without_a_name_it_is_the_digits():
    assert datasets.load_pictures().name == "mnist"


def test_an_unknown_collection_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match="'cats': choose one of mnist, fashion"):
        datasets.load_pictures("cats")


def test_within_takes_the_range_of_its_own_collection():
    clothes = datasets.load_pictures("fashion")
    ranges = {"mnist": (0.9, 1), "fashion": (0.5, 0.75)}
    inside = [clothes.within(value, **ranges) for value in (0.49, 0.5, 0.6, 0.75, 0.95, np.nan)]
    assert inside == [False, True, True, True, False, False]
    assert clothes.within(np.float32(0.6), **ranges) is True


def test_within_refuses_a_collection_without_a_range():
    with pytest.raises(ValueError, match="a range for 'fashion'.*fashion=\\(lowest, highest\\)"):
        datasets.load_pictures("fashion").within(0.5, mnist=(0, 1))


def test_a_collection_cannot_be_changed_by_a_slip():
    with pytest.raises(AttributeError):
        datasets.load_pictures("fashion").name = "mnist"
