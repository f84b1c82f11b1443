"""The data sets that are downloaded: said where they lack, found where they are, read only if they are right."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest

from playground.engine.data import dataset_cache
from playground.engine.data.download import local_copy
from playground.engine.data.download.connection import Limits
from playground.engine.data.download.failure import DownloadError, Reason
from playground.engine.data.download.fetch import Fetch
from playground.engine.data.in_memory import DataError, InputTargetPairs, load
from playground.spec.data.dataset import Dataset
from playground.spec.data.remote_file import Remote
from playground.spec.datasets.downloads import FashionMNIST
from playground.spec.files.storage import FileError
from tests.engine.data.download.server import DATA, Handler, Server
from tests.engine.data.download.server import remote as remote_at

OFFERED = [member for member in Dataset.members() if member.remotes]
LIMITS = Limits(plain_here=True)


def _idx(values: np.ndarray) -> bytes:
    return bytes((0, 0, 8, values.ndim)) + b"".join(n.to_bytes(4, "big") for n in values.shape) + values.tobytes()


def _raw() -> list[bytes]:
    images, test = np.zeros((6, 28, 28), np.uint8), np.zeros((4, 28, 28), np.uint8)
    images[:, 3, 5] = range(6)
    return [_idx(images), _idx(np.arange(6, dtype=np.uint8)), _idx(test), _idx(np.full(4, 9, np.uint8))]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[bytes]:
    """Fashion-MNIST of six pictures and four to test with; the files as they are sent."""
    raw = _raw()
    sent = [gzip.compress(item, mtime=0) for item in raw]
    remotes = tuple(
        Remote(old.name, (), len(data), _sum(data), (len(content), _sum(content)))
        for old, data, content in zip(FashionMNIST.remotes, sent, raw, strict=True)
    )
    for name, value in (("remotes", remotes), ("total", 6), ("tests", 4)):
        monkeypatch.setattr(FashionMNIST, name, value)
    monkeypatch.setattr(dataset_cache, "_SYSTEM", tmp_path / "system")
    return sent


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _put(folder: Path, files: list[bytes]) -> Path:
    folder.mkdir(parents=True)
    for remote, data in zip(FashionMNIST.remotes, files, strict=True):
        (folder / remote.name).write_bytes(data)
    return folder


@pytest.mark.parametrize("data", OFFERED, ids=lambda data: data.id)
def test_what_is_not_there_is_said(data: type[Dataset], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dataset_cache, "_SYSTEM", tmp_path)
    assert dataset_cache.lacking(data) == data.remotes
    with pytest.raises(DataError, match=f"{data.label} is not on this machine: download it first, .* MB"):
        load(data())


@pytest.mark.parametrize("data", OFFERED, ids=lambda data: data.id)
def test_every_remote_is_safe_and_named(data: type[Dataset]) -> None:
    assert len(data().class_names) == data().task.classes
    for remote in data.remotes:
        assert remote.urls
        assert all(url.startswith("https://") and url.endswith(remote.name) for url in remote.urls)
        assert Path(remote.name).name == remote.name
        assert len(bytes.fromhex(remote.sha256)) == 32
        assert 0 < remote.size < 1_000_000_000


@pytest.mark.parametrize("place", ["user", "system"])
def test_files_are_read_where_they_are(small: list[bytes], tmp_path: Path, place: str) -> None:
    folder = dataset_cache.cache_folder(FashionMNIST) if place == "user" else tmp_path / "system" / "fashion-mnist"
    _put(folder, [gzip.compress(item, 1) for item in _raw()] if place == "system" else small)
    assert dataset_cache.lacking(FashionMNIST) == ()
    data = load(FashionMNIST(validation_share=0.34, train_limit=3))
    assert isinstance(data.train, InputTargetPairs)
    assert isinstance(data.validation, InputTargetPairs)
    assert data.train.inputs.shape == (3, 1, 28, 28)
    assert data.validation.targets.tolist() == [4, 5]
    assert len(data.test) == 4


@pytest.mark.parametrize("file", range(4))
def test_a_damaged_file_is_refused(small: list[bytes], file: int) -> None:
    small[file] = gzip.compress(_raw()[file][:-1] + b"\x07")
    _put(dataset_cache.cache_folder(FashionMNIST), small)
    with pytest.raises(DataError, match=r"cannot be used: .*\. Remove the file and download Fashion-MNIST again"):
        load(FashionMNIST())


def test_files_on_disk_are_copied_if_they_are_right(small: list[bytes], tmp_path: Path) -> None:
    recompressed = [gzip.compress(item, 1) for item in _raw()]
    fetch = Fetch(FashionMNIST, _put(tmp_path / "disk", recompressed))
    fetch.run()
    assert dataset_cache.lacking(FashionMNIST) == ()
    load(FashionMNIST())
    assert fetch.done > 0


@pytest.mark.parametrize("damage", [lambda data: data + b"x", lambda data: gzip.compress(bytes(50)), lambda data: b""])
def test_other_files_on_disk_are_not(small: list[bytes], tmp_path: Path, damage) -> None:
    folder = _put(tmp_path / "disk", [small[0], damage(small[1]), *small[2:]])
    with pytest.raises(FileError, match=r"train-labels.*is not the original"):
        Fetch(FashionMNIST, folder).run()
    assert [remote.name for remote in dataset_cache.lacking(FashionMNIST)] == [
        item.name for item in FashionMNIST.remotes[1:]
    ]
    with pytest.raises(FileError, match="is not in"):
        Fetch(FashionMNIST, tmp_path / "nowhere").run()


def test_all_files_are_downloaded_with_one_progress(
    small: list[bytes], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offered(remote: Remote, data: bytes) -> Remote:
        def serve(handler: Handler) -> None:
            handler.answer(data)

        return Remote(remote.name, (server.url(remote.name, serve),), remote.size, remote.sha256, remote.content)

    remotes = tuple(map(offered, FashionMNIST.remotes, small))
    monkeypatch.setattr(FashionMNIST, "remotes", remotes)
    told: list[int] = []
    fetch = Fetch(FashionMNIST, progress=told.append, limits=LIMITS)
    fetch.run()
    assert fetch.done == fetch.total == sum(map(len, small))
    assert told == sorted(told)
    assert dataset_cache.lacking(FashionMNIST) == ()
    load(FashionMNIST())


def test_a_cancelled_fetch_ends_in_the_middle_of_a_file(
    small: list[bytes], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stall(handler: Handler) -> None:
        handler.answer(DATA[:1000], length=len(DATA))
        assert isinstance(handler.server, Server)
        handler.server.closing.wait(30)

    monkeypatch.setattr(FashionMNIST, "remotes", (remote_at(server.url("a", stall)),))
    fetch = Fetch(FashionMNIST, progress=lambda done: done and fetch.cancel(), limits=Limits(read=5.0, plain_here=True))
    with pytest.raises(DownloadError) as caught:
        fetch.run()
    assert caught.value.reason is Reason.CANCELLED
    assert fetch.done == 1000


def test_files_are_no_longer_copied_once_that_is_cancelled(
    small: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_copy, "_CHUNK", 16)
    fetch = Fetch(FashionMNIST, _put(tmp_path / "disk", small), progress=lambda _done: fetch.cancel())
    with pytest.raises(DownloadError) as caught:
        fetch.run()
    assert caught.value.reason is Reason.CANCELLED
    assert fetch.done == 16
    assert not dataset_cache.part_of(FashionMNIST.remotes[0], dataset_cache.cache_folder(FashionMNIST)).exists()
    assert dataset_cache.lacking(FashionMNIST) == FashionMNIST.remotes


def test_a_cancelled_fetch_says_so(small: list[bytes]) -> None:
    fetch = Fetch(FashionMNIST)
    fetch.cancel()
    with pytest.raises(DownloadError) as caught:
        fetch.run()
    assert caught.value.reason is Reason.CANCELLED
