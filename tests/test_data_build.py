"""data/build.py: what it makes, that it makes it the same twice, and what it refuses."""

import dataclasses
import gzip
import hashlib
import importlib.util
import io
import os
import re
import shutil
import struct
import subprocess
import sys
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from course_utils import datasets
from course_utils.errors import CourseError
from course_utils.places import DATA


@pytest.fixture(scope="module")
def build():
    """Return data/build.py as a module."""
    spec = importlib.util.spec_from_file_location("data_build", DATA / "build.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["data_build"] = module
    path = sys.path.copy()
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = path
    del sys.modules["data_build"]


def idx_file(array):
    """Return the bytes of an IDX file."""
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}i", *array.shape)
    return header + array.tobytes()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


# The table of sources


def test_it_makes_what_the_loaders_read(build):
    files = {product.file for product in build.PRODUCTS}
    others = ("efficientnet_lite0.npz", "imagenet_classes.txt")
    checkpoints = {f"checkpoints/{name}" for name in others}
    pictures = {*datasets._PHOTOGRAPHS.values(), "mnist.npz", "fashion.npz", "nuclei.npz"}
    assert files == pictures | checkpoints
    assert files <= set(datasets.read_sums(DATA / "SHA256SUMS"))


def test_what_it_does_not_make_is_trained(build):
    sums = datasets.read_sums(DATA / "SHA256SUMS")
    others = sorted(set(sums) - {product.file for product in build.PRODUCTS})
    assert others == build.checkpoints(DATA)
    rows = build.compare_checkpoints(DATA)
    assert [(row[0], row[2]) for row in rows] == [(file, "the same bytes") for file in others]


def test_every_raw_file_is_pinned(build):
    for product in build.PRODUCTS:
        for raw in product.raws:
            assert re.fullmatch("[0-9a-f]{64}", raw.sha256)
            assert any(raw.package.version in word for word in raw.package.command)


def test_a_photograph_taken_as_it_is_has_its_raw_sum(build):
    sums = datasets.read_sums(DATA / "SHA256SUMS")
    as_they_are = [product for product in build.PRODUCTS if product.make is build.as_it_is]
    assert len(as_they_are) == 11
    for product in as_they_are:
        assert sums[product.file] == product.raws[0].sha256


def test_shipped_mnist_is_the_pinned_files_content(build):
    """The other way round: the raw files' sums, from the arrays that are shipped."""
    splits = datasets.load_mnist()
    for key, array in zip(build.KEYS, sum(splits, ())):
        assert sha256(idx_file(array)) == build.MNIST_SUMS[key]


def test_readme_names_each_package_and_version(build):
    text = (DATA / "README.md").read_text(encoding="utf-8")
    for package in {raw.package for product in build.PRODUCTS for raw in product.raws}:
        assert str(package) in text


# What is made


def test_half_size_takes_the_mean_of_four(build):
    pixels = np.random.default_rng(1).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    halved = np.asarray(Image.open(io.BytesIO(build.half_size(file.getvalue()))))
    means = [
        [pixels[y : y + 2, x : x + 2].mean(axis=(0, 1)) for x in range(0, 8, 2)]
        for y in range(0, 6, 2)
    ]
    assert np.array_equal(halved, np.floor(np.array(means) + 0.5))


def test_read_idx_gives_back_what_was_written(build):
    for shape in ((5,), (2, 3), (4, 2, 3)):
        array = np.random.default_rng(2).integers(0, 256, shape, dtype=np.uint8)
        assert np.array_equal(build.read_idx(idx_file(array)), array)


def test_first_of_each_keeps_order_and_balance(build):
    labels = np.random.default_rng(3).integers(0, 10, 900)
    chosen = build.first_of_each(labels, 20)
    counts = dict.fromkeys(range(10), 0)
    expected = []
    for position, label in enumerate(labels.tolist()):  # one by one, as one would by hand
        if counts[label] < 20:
            counts[label] += 1
            expected.append(position)
    assert chosen.tolist() == expected


def test_balanced_set_pairs_each_picture_with_its_own_label(build):
    rng = np.random.default_rng(4)
    labels = [np.repeat(np.arange(10, dtype=np.uint8), count) for count in (450, 130)]
    for each in labels:
        rng.shuffle(each)
    pictures = [np.broadcast_to(each[:, None, None], (each.size, 2, 2)) for each in labels]
    raws = [idx_file(np.ascontiguousarray(each)) for pair in zip(pictures, labels) for each in pair]
    with np.load(io.BytesIO(build.balanced_set(*raws)), allow_pickle=False) as arrays:
        assert np.array_equal(arrays["x_train"][:, 0, 0], arrays["y_train"])
        assert np.array_equal(arrays["x_test"][:, 1, 1], arrays["y_test"])
        assert np.bincount(arrays["y_train"]).tolist() == [400] * 10
        assert np.bincount(arrays["y_test"]).tolist() == [100] * 10


def test_an_npz_is_the_same_bytes_at_any_time(build, monkeypatch):
    arrays = {"x": np.arange(600, dtype=np.uint8).reshape(20, 30), "y": np.eye(3)}
    first = build.npz_bytes(arrays)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert build.npz_bytes(arrays) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    with np.load(io.BytesIO(first), allow_pickle=False) as read:
        assert read.files == ["x", "y"]
        assert all(np.array_equal(read[key], arrays[key]) for key in arrays)


def test_an_npz_never_holds_a_pickle(build):
    with pytest.raises(ValueError):
        build.npz_bytes({"x": np.array([{}], dtype=object)})


def test_shipped_fashion_is_made_again_from_itself(build):
    """Its first 400 and 100 of each class are all of it: the arrays come back as they are."""
    splits = datasets.load_fashion()
    made = build.balanced_set(*(idx_file(array) for array in sum(splits, ())))
    assert build.same_content(made, (DATA / "fashion.npz").read_bytes(), "fashion.npz")


def tiff(array):
    """Return a 16-bit TIFF."""
    file = io.BytesIO()
    Image.fromarray(np.asarray(array, np.uint16)).save(file, "TIFF")
    return file.getvalue()


def test_nuclei_keep_their_values_and_close_up_their_numbers(build):
    image, mask = [[0, 8, 235], [7, 7, 7]], [[0, 3, 3], [183, 0, 9]]
    made = build.nuclei(tiff(image), tiff(mask))
    with np.load(io.BytesIO(made), allow_pickle=False) as arrays:
        assert arrays["image"].tolist() == image
        assert arrays["mask"].tolist() == [[0, 1, 1], [3, 0, 2]]
        assert {arrays[key].dtype for key in arrays.files} == {np.dtype(np.uint8)}


@pytest.mark.parametrize("image, mask", [([[256]], [[0]]), ([[0]], [[1]])])
def test_nuclei_that_would_lose_something_are_refused(build, image, mask):
    with pytest.raises(CourseError, match="Expected nuclei"):
        build.nuclei(tiff(image), tiff(mask))


def test_class_names_are_read_and_the_file_is_not_run(build):
    raw = b'"""Doc."""\n# a list\n_NAMES = ["a cat", "espresso"]\nOTHER = ["b"]\nraise SystemExit\n'
    assert build.class_names(raw) == b"a cat\nespresso\n"


# What is refused


@pytest.mark.parametrize("path", ["a.png", "a.gz"])
def test_a_raw_file_with_another_sum_is_refused(build, path):
    content = b"what was pinned"
    raw = build.Raw(build.SCIKIT_IMAGE, path, sha256(content))
    packed = gzip.compress if path.endswith(".gz") else bytes
    assert build.verified(raw, packed(content)) == content
    with pytest.raises(CourseError) as caught:
        build.verified(raw, packed(b"what was pinneD"))
    sentence = str(caught.value)
    for expected in (raw.path, raw.sha256, sha256(b"what was pinneD")):
        assert expected in sentence
    assert "\n" not in sentence


def test_gzip_headers_may_differ(build):
    """Debian rewrites them: it is the uncompressed content that is pinned."""
    raw = build.Raw(build.FASHION_DATA, "a.gz", sha256(b"content"))
    assert build.verified(raw, gzip.compress(b"content", mtime=0)) == b"content"
    assert build.verified(raw, gzip.compress(b"content", 1, mtime=7)) == b"content"


@pytest.mark.parametrize("content", [b"", b"no gzip", gzip.compress(b"content" * 99)[:-12]])
def test_a_damaged_gz_is_refused(build, content):
    with pytest.raises(CourseError):
        build.verified(build.Raw(build.FASHION_DATA, "a.gz", sha256(b"content" * 99)), content)


def archive_of(folder, suffix, files):
    """Return the path of a small .whl, .tgz or .deb with these files."""
    path = folder / f"package{suffix}"
    if suffix == ".whl":
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    elif suffix == ".tgz":
        with tarfile.open(path, "w:gz") as archive:
            for name, content in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    else:
        make_deb(folder / "tree", files, path)
    return path


def make_deb(tree, files, path):
    control = "Package: a\nVersion: 1\nArchitecture: all\nMaintainer: A <a@example.org>\n"
    for name, content in {**files, "DEBIAN/control": f"{control}Description: a\n".encode()}.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(content)
    os.chmod(tree / "DEBIAN", 0o755)
    command = ["dpkg-deb", "--build", "--root-owner-group", str(tree), str(path)]
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.parametrize("suffix", [".whl", ".tgz", ".deb"])
def test_members_are_read_or_missed_by_name(build, suffix, tmp_path):
    if suffix == ".deb" and shutil.which("dpkg-deb") is None:
        pytest.skip("there is no dpkg-deb here")
    archive = archive_of(tmp_path, suffix, {"a/b.bin": b"\0\1", "a/c.bin": b"c"})
    assert build.read_members(archive, ["a/b.bin"]) == {"a/b.bin": b"\0\1"}
    with pytest.raises(CourseError, match="Expected a/d.bin in package"):
        build.read_members(archive, ["a/b.bin", "a/d.bin"])


def test_a_missing_client_gets_a_sentence(build, tmp_path):
    package = build.Package("thing", "1", ("no-such-client", "thing"))
    with pytest.raises(CourseError, match="no-such-client to download thing 1"):
        build.download(package, tmp_path)


def test_a_failing_client_gets_a_sentence(build, tmp_path):
    command = (sys.executable, "-c", "import sys; sys.exit('first\\nno such version')")
    with pytest.raises(CourseError, match="received 'no such version'"):
        build.download(build.Package("thing", "1", command), tmp_path)


# The whole run, on small packages that a stand-in for the client copies


@pytest.fixture
def small(build, tmp_path, monkeypatch):
    """Have two small products made from a package that is 'downloaded' by copying."""
    pixels = np.random.default_rng(5).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    png = io.BytesIO()
    Image.fromarray(pixels).save(png, "PNG")
    files = {"p/one.png": b"one, as it is", "p/two.png": png.getvalue()}
    source = archive_of(tmp_path, ".whl", files)
    code = f"import shutil; shutil.copy({str(source)!r}, '.')"
    package = build.Package("small", "1", (sys.executable, "-c", code))
    makers = {"p/one.png": ("one", build.as_it_is), "p/two.png": ("two", build.half_size)}
    products = tuple(
        build.Product(f"{path}", part, make, (build.Raw(package, path, sha256(files[path])),))
        for path, (part, make) in makers.items()
    )
    monkeypatch.setattr(build, "PRODUCTS", products)
    return tmp_path / "made"


def run(build, *given):
    """Return the exit status of build.py, None when it just ends."""
    try:
        build.main([str(each) for each in given])
    except SystemExit as end:
        return end.code
    return None


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_builds_twice_the_same_and_checks(build, small, capsys):
    small.mkdir()
    assert run(build, "--folder", small) is None
    first = contents(small)
    assert len(first) == 3
    assert run(build, "--folder", small) is None
    assert contents(small) == first
    assert run(build, "--folder", small, "--check") == 0
    assert contents(small) == first
    said = capsys.readouterr().out
    assert "written" in said and "the same bytes, kept" in said and "together" in said


@pytest.mark.parametrize("file", ["p/one.png", "p/two.png", "SHA256SUMS"])
def test_check_finds_what_differs_and_writes_nothing(build, small, file):
    small.mkdir()
    run(build, "--folder", small)
    good = contents(small)
    for damaged in (good[small / file][:-1], None):
        (small / file).unlink() if damaged is None else (small / file).write_bytes(damaged)
        before = contents(small)
        assert run(build, "--folder", small, "--check") == 1
        assert contents(small) == before


def test_an_unreadable_list_of_sums_gets_a_sentence(build, small):
    small.mkdir()
    run(build, "--folder", small)
    (small / "SHA256SUMS").write_text("half a li", encoding="utf-8")
    assert "SHA256SUMS. Delete it, then build every part." in run(build, "--folder", small)


def test_other_compression_of_the_same_pixels_is_kept(build, small):
    small.mkdir()
    run(build, "--folder", small)
    path = small / "p/two.png"
    Image.open(path).save(path, compress_level=0)
    kept = path.read_bytes()
    assert run(build, "--folder", small) is None
    assert path.read_bytes() == kept
    assert datasets.read_sums(small / "SHA256SUMS")["p/two.png"] == sha256(kept)
    assert run(build, "--folder", small, "--check") == 0


def test_only_one_part_leaves_the_others_lines(build, small):
    """Even where another file was damaged: its sum must not become that of the damage."""
    small.mkdir()
    run(build, "--folder", small)
    sums = (small / "SHA256SUMS").read_bytes()
    (small / "p/one.png").write_bytes(b"damaged")
    assert run(build, "--folder", small, "--only", "two") is None
    assert (small / "SHA256SUMS").read_bytes() == sums
    assert run(build, "--folder", small, "--check") == 1
    assert run(build, "--folder", small, "--only", "one") is None
    assert (small / "p/one.png").read_bytes() == b"one, as it is"


@pytest.fixture
def trained(build, small):
    """A folder that is built and in order, with a checkpoint that nothing here makes."""
    path = small / "checkpoints/reader.weights.h5"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"trained")
    run(build, "--folder", small)
    return path


def test_a_checkpoint_keeps_its_line_and_its_bytes(build, small, trained, capsys):
    listed = datasets.read_sums(small / "SHA256SUMS")
    assert listed["checkpoints/reader.weights.h5"] == sha256(b"trained")
    before = contents(small)
    for given in ([], ["--only", "one"], ["--check"], ["--check", "--only", "two"]):
        assert run(build, "--folder", small, *given) in (None, 0)
        assert contents(small) == before
    assert "checkpoints/reader.weights.h5" in capsys.readouterr().out


def test_a_checkpoint_that_is_made_is_no_trained_one(build, small, trained, monkeypatch):
    product = dataclasses.replace(build.PRODUCTS[0], file="checkpoints/made.npz")
    monkeypatch.setattr(build, "PRODUCTS", (*build.PRODUCTS, product))
    run(build, "--folder", small)
    assert build.checkpoints(small) == ["checkpoints/reader.weights.h5"]
    assert [row[0] for row in build.compare_checkpoints(small)] == build.checkpoints(small)
    assert run(build, "--folder", small, "--check") == 0
    (small / product.file).write_bytes(b"other")
    assert run(build, "--folder", small, "--check") == 1


@pytest.mark.parametrize("damage", [b"trained otherwise", None])
def test_check_finds_a_checkpoint_that_differs_and_no_run_hides_it(build, small, trained, damage):
    sums = (small / "SHA256SUMS").read_bytes()
    trained.unlink() if damage is None else trained.write_bytes(damage)
    before = contents(small)
    assert run(build, "--folder", small, "--check") == 1
    assert run(build, "--folder", small) is None
    assert contents(small) == before and (small / "SHA256SUMS").read_bytes() == sums
    assert run(build, "--folder", small, "--check") == 1


def test_a_checkpoint_without_a_line_is_found_and_gets_one(build, small, trained):
    other = trained.with_name("second.weights.h5")
    other.write_bytes(b"second")
    assert run(build, "--folder", small, "--check") == 1
    assert run(build, "--folder", small) is None
    assert run(build, "--folder", small, "--check") == 0
    (small / "SHA256SUMS").unlink()
    assert run(build, "--folder", small) is None
    sums = datasets.read_sums(small / "SHA256SUMS")
    assert sums["checkpoints/second.weights.h5"] == sha256(b"second") and len(sums) == 4


def test_a_wrong_raw_sum_stops_it_before_anything_is_written(build, small, monkeypatch):
    small.mkdir()
    first, second = build.PRODUCTS
    wrong = dataclasses.replace(second.raws[0], sha256="0" * 64)
    monkeypatch.setattr(build, "PRODUCTS", (first, dataclasses.replace(second, raws=(wrong,))))
    status = run(build, "--folder", small)
    assert status.strip().startswith("Expected p/two.png of small 1 with sha256 000")
    assert "\n" not in status.strip()
    assert contents(small) == {}


def test_an_unknown_part_is_refused(build, small):
    assert run(build, "--folder", small, "--only", "cats") == 2
