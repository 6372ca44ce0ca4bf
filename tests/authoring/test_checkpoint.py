"""The line of a trained network in the list of sums: written once, in order, others kept."""

import hashlib

from course_utils.authoring.checkpoint import write_sum
from course_utils.datasets import read_sums


def test_a_sum_is_written_in_its_place_and_others_stay(tmp_path):
    others = {"a.npz": "1" * 64, "z.npz": "2" * 64}
    lines = "".join(f"{one}  {name}\n" for name, one in others.items())
    (tmp_path / "SHA256SUMS").write_text(lines)
    path = tmp_path / "m.h5"
    for content in (b"first", b"second"):
        path.write_bytes(content)
        write_sum(path, "m.h5", tmp_path)
        sums = read_sums(tmp_path / "SHA256SUMS")
        assert sums == others | {"m.h5": hashlib.sha256(content).hexdigest()}
        assert list(sums) == sorted(sums)
