"""Exported drawings: the reader of IDX finds the same pixels, and folders of PNGs are a collection again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from playground.engine.data.collection import SIDE, Bytes, Collection
from playground.engine.data.collection_export import IMAGES, LABELS, NAMES, export_idx, export_png, numbered
from playground.engine.data.formats.idx import idx
from playground.engine.inference.pictures import digit
from playground.spec.files.storage import FileError

SIGNS = ("tree", "A", "tree", "../x")


def picture(number: int) -> Bytes:
    drawn = np.zeros((SIDE, SIDE), np.uint8)
    drawn[10 : 20 + number, 12:16] = 255 - number
    return drawn


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    made = Collection(tmp_path / "drawings")
    for number, label in enumerate(SIGNS):
        made.add(label, picture(number))
    return made


def read(folder: Path, side: int, count: int = len(SIGNS)) -> tuple[Bytes, Bytes, list[str]]:
    images, labels = (np.fromfile(folder / name, np.uint8) for name in (IMAGES, LABELS))
    names = (folder / NAMES).read_text("utf-8").splitlines()
    return idx(images, (count, side, side), IMAGES), idx(labels, (count,), LABELS), names


def by_time(collection: Collection) -> list[tuple[str, Bytes]]:
    kept = sorted((item for group in collection.all().values() for item in group), key=lambda item: item.name)
    return [(item.label, collection.read(item)) for item in kept]


def test_idx_holds_the_same_pixels(collection: Collection, tmp_path: Path) -> None:
    images, labels, names = read(export_idx(collection, tmp_path, "out", normalized=False), SIDE)
    assert names == ["../x", "A", "tree"]
    found = [(names[label], image) for label, image in zip(labels, images, strict=True)]
    for (label, image), (expected, pixels) in zip(found, by_time(collection), strict=True):
        assert label == expected
        assert (image == pixels).all()


def test_idx_like_mnist_has_fitted_pictures(collection: Collection, tmp_path: Path) -> None:
    images, _, _ = read(export_idx(collection, tmp_path, "out", normalized=True), 28)
    for image, (_, pixels) in zip(images, by_time(collection), strict=True):
        assert np.abs(image / 255 - digit(pixels / 255)).max() < 0.01


def test_digits_are_their_own_numbers(tmp_path: Path) -> None:
    digits = Collection(tmp_path / "drawings")
    for label in ("3", "7"):
        digits.add(label, picture(0))
    _, labels, names = read(export_idx(digits, tmp_path, "out", normalized=False), SIDE, 2)
    assert sorted(labels) == [3, 7]
    assert names == list("01234567")


def test_other_labels_are_numbered_in_order() -> None:
    assert numbered(["b", "7", "a"]) == ("7", "a", "b")
    assert numbered(["07", "7"]) == ("07", "7")
    assert numbered(["300", "7"]) == ("7", "300")
    with pytest.raises(FileError, match="257"):
        numbered(map(str, range(257)))


def test_nothing_is_overwritten(collection: Collection, tmp_path: Path) -> None:
    made = [export_idx(collection, tmp_path, "out", normalized=True) for _ in range(3)]
    assert [path.name for path in made] == ["out", "out 2", "out 3"]


def test_folders_of_pngs_are_a_collection(collection: Collection, tmp_path: Path) -> None:
    exported = Collection(export_png(collection, tmp_path, "out"))
    assert exported.all() == collection.all()
    for (_, one), (_, other) in zip(by_time(exported), by_time(collection), strict=True):
        assert (one == other).all()


def test_nothing_is_left_if_a_drawing_cannot_be_read(collection: Collection, tmp_path: Path) -> None:
    collection.path(collection.all()["A"][0]).write_bytes(b"no picture")
    with pytest.raises(FileError, match="damaged"):
        export_idx(collection, tmp_path, "out", normalized=False)
    with pytest.raises(FileError, match="damaged"):
        export_png(collection, tmp_path, "out")
    assert not (tmp_path / "out").exists()


def test_an_empty_collection_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no drawings"):
        export_idx(Collection(tmp_path / "none"), tmp_path, "out", normalized=False)
    assert list(tmp_path.iterdir()) in ([], [tmp_path / "user"])


def test_a_folder_that_is_not_there_is_named(collection: Collection, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not exist"):
        export_png(collection, tmp_path / "none", "out")
