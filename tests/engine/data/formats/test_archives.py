"""EMNIST's zip of gzips and CIFAR-10's tar, made here in small as they are made there, right and wrong."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from playground.engine.data.formats import cifar
from playground.engine.data.formats.cifar import BATCHES, cifar10
from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.emnist import letters

L = np.zeros((28, 28), np.uint8)  # upright: a stroke down at the left, and one across at the bottom
L[4:24, 6] = L[23, 6:16] = 255


def _idx(values: np.ndarray) -> bytes:
    return bytes((0, 0, 8, values.ndim)) + b"".join(n.to_bytes(4, "big") for n in values.shape) + values.tobytes()


def _emnist(path: Path, labels: bytes = bytes((12, 1, 26)), leave_out: str = "") -> Path:
    members = {
        "images-idx3": _idx(np.stack([L.T, L.T * 0, L.T])),  # as NIST stores them
        "labels-idx1": _idx(np.frombuffer(labels, np.uint8)),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            if name != leave_out:
                archive.writestr(f"gzip/emnist-letters-train-{name}-ubyte.gz", gzip.compress(data))
    return path


def test_letters_stand_upright_and_are_counted_from_0(tmp_path: Path) -> None:
    images, labels = letters(_emnist(tmp_path / "a.zip"), "train", 3)
    assert np.array_equal(images[0], L)
    assert labels.tolist() == [11, 0, 25]  # L, A, Z


@pytest.mark.parametrize("labels", [bytes((12, 1, 27)), bytes((12, 0, 26)), bytes((12, 1)), bytes((12, 1, 2, 3))])
def test_labels_that_are_none_are_refused(tmp_path: Path, labels: bytes) -> None:
    with pytest.raises(Damaged):
        letters(_emnist(tmp_path / "a.zip", labels), "train", 3)


def test_an_archive_without_letters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match=r"emnist-letters-train-labels.* is not in it"):
        letters(_emnist(tmp_path / "a.zip", leave_out="labels-idx1"), "train", 3)
    with pytest.raises(Damaged, match=r"emnist-letters-test-images.* is not in it"):
        letters(_emnist(tmp_path / "a.zip"), "test", 3)


@pytest.mark.parametrize("cut", [0, 30, 300, -30])
def test_a_damaged_archive_is_refused(tmp_path: Path, cut: int) -> None:
    path = _emnist(tmp_path / "a.zip")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(Damaged):
        letters(path, "train", 3)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of three pictures: what is tested does not depend on how many there are."""
    monkeypatch.setattr(cifar, "_PER_BATCH", 3)


def _record(label: int, colour: tuple[int, int, int]) -> bytes:
    return bytes([label]) + b"".join(bytes([value]) * 1024 for value in colour)


def _cifar(path: Path, change: Callable[[dict[str, bytes]], object] = lambda files: None) -> Path:
    files = {name: b"".join(_record(n, (n, 10, 200)) for n in (i, 9, 0)) for i, name in enumerate(BATCHES)}
    files["test_batch.bin"] = b"".join(_record(n, (1, 2, 3)) for n in (7, 8, 9))
    files["readme.html"] = b"<html>"
    change(files)
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


@pytest.mark.usefixtures("small")
def test_the_batches_are_put_in_order(tmp_path: Path) -> None:
    path = _cifar(tmp_path / "a.tar.gz", lambda files: files.update({BATCHES[0]: files.pop(BATCHES[0])}))
    images, labels, test_images, test_labels = cifar10(path)
    assert images.shape == (15, 3, 32, 32)
    assert labels.tolist() == [0, 9, 0, 1, 9, 0, 2, 9, 0, 3, 9, 0, 4, 9, 0]
    assert images[3, :, 5, 6].tolist() == [1, 10, 200]  # red, green, blue
    assert test_images.shape == (3, 3, 32, 32)
    assert test_labels.tolist() == [7, 8, 9]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda files: files.pop("data_batch_3.bin"), "data_batch_3.bin.* is not in it"),
        (lambda files: files.update({"test_batch.bin": b"short"}), "9,219 bytes"),
        (lambda files: files.update({"test_batch.bin": _record(10, (0, 0, 0)) * 3}), "the label 10"),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    tmp_path: Path, change: Callable[[dict[str, bytes]], object], why: str
) -> None:
    with pytest.raises(Damaged, match=why):
        cifar10(_cifar(tmp_path / "a.tar.gz", change))


@pytest.mark.usefixtures("small")
def test_an_archive_that_blows_up_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cifar, "_MOST", 1_000_000)
    path = _cifar(tmp_path / "a.tar.gz", lambda files: files.update({"a.bin": bytes(2_000_000), **files}))
    with pytest.raises(Damaged, match="larger than it should be"):
        cifar10(path)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("cut", [0, 10, 400, -20])
def test_a_damaged_tar_is_refused(tmp_path: Path, cut: int) -> None:
    path = _cifar(tmp_path / "a.tar.gz")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(Damaged):
        cifar10(path)


@pytest.mark.usefixtures("small")
def test_links_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name in (*BATCHES, "test_batch.bin"):
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(member)
    with pytest.raises(Damaged, match="is not in it"):
        cifar10(path)
