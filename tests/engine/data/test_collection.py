"""The collection of drawings: what is stored, deleted, put back, renamed, and trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from playground.engine.data.collection import (
    MARK,
    SIDE,
    Bytes,
    Collection,
    LabelError,
    in_order,
    label_from,
    png,
    trainable,
)
from playground.engine.data.in_memory import load
from playground.engine.data.sources.picture_folder import inspect
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.files.storage import FileError


def picture(number: int) -> Bytes:
    return np.random.default_rng(number).integers(0, 256, (SIDE, SIDE), np.uint8)


def counts(collection: Collection) -> dict[str, int]:
    return {label: len(drawings) for label, drawings in collection.all().items()}


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return Collection(tmp_path / "a" / "drawings")


def test_what_is_stored_is_read_again(collection: Collection) -> None:
    assert collection.all() == {}
    kept = [collection.add(label, picture(number)) for number, label in enumerate(["7", "../x", "A", "a", " 7 "])]
    assert counts(collection) == {"7": 2, "../x": 1, "A": 1, "a": 1}
    assert [item.label for item in kept] == ["7", "../x", "A", "a", "7"]
    for number, item in enumerate(kept):
        assert (collection.read(item) == picture(number)).all()
    assert {path.parent.parent for path in map(collection.path, kept)} == {collection.folder}
    assert collection.all()["7"] == (kept[0], kept[4])


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "needs a label"), ("  ", "needs a label"), ("a\nb", "one line"), ("x" * 300, "300"), ("😀" * 40, "too long")],
)
def test_texts_that_are_no_labels_are_refused_with_a_sentence(collection: Collection, text: str, words: str) -> None:
    with pytest.raises(LabelError, match=words):
        collection.add(text, picture(0))
    assert not collection.folder.exists()


def test_accents_are_composed() -> None:
    assert label_from("e\N{COMBINING ACUTE ACCENT}") == "\N{LATIN SMALL LETTER E WITH ACUTE}"


def test_labels_are_listed_by_value_and_then_as_text() -> None:
    assert in_order(["b", "10", "9", "a", "²", "09"]) == ("09", "9", "10", "a", "b", "²")


def test_deleted_drawings_come_back(collection: Collection) -> None:
    kept = [collection.add("7", picture(number)) for number in range(3)]
    removed = collection.delete(kept)
    assert collection.all() == {}
    assert [path.name for path in collection.folder.iterdir()] == [MARK]
    collection.restore(removed)
    assert collection.all() == {"7": tuple(kept)}
    assert (collection.read(kept[2]) == picture(2)).all()


def test_nothing_is_deleted_if_one_cannot_be(collection: Collection) -> None:
    kept = [collection.add("7", picture(number)) for number in range(2)]
    collection.path(kept[1]).unlink()
    with pytest.raises(FileError, match="does not exist"):
        collection.delete(kept)
    assert counts(collection) == {"7": 1}


def test_a_label_is_renamed_and_may_join_another(collection: Collection) -> None:
    kept = [collection.add(label, picture(number)) for number, label in enumerate("778")]
    moved = collection.relabel(kept[:2], "8")
    assert counts(collection) == {"8": 3}
    assert (collection.read(moved[1]) == picture(1)).all()
    collection.relabel(moved, "7")
    assert counts(collection) == {"7": 2, "8": 1}
    with pytest.raises(LabelError):
        collection.relabel(kept, " ")
    assert collection.relabel(kept[2:], "8") == (kept[2],)


def test_other_files_are_left_alone(collection: Collection) -> None:
    collection.add("7", picture(0))
    (collection.folder / "7" / "notes.txt").write_text("mine")
    (collection.folder / "Foo").mkdir()
    (collection.folder / "file").write_text("mine")
    assert counts(collection) == {"7": 1}
    collection.delete(collection.all()["7"])
    assert (collection.folder / "7" / "notes.txt").exists()


@pytest.mark.parametrize("content", [b"", b"no picture", png(np.zeros((9, 9), np.uint8)), png(picture(0))[:-400]])
def test_a_picture_of_another_kind_is_named(collection: Collection, content: bytes) -> None:
    kept = collection.add("7", picture(0))
    collection.path(kept).write_bytes(content)
    with pytest.raises(FileError, match=kept.name):
        collection.read(kept)


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "drawings").write_text("a file")
    with pytest.raises(FileError, match="not saved"):
        Collection(tmp_path / "drawings").add("7", picture(0))


def test_a_collection_is_trained_on_with_its_labels(collection: Collection) -> None:
    for number in range(12):
        collection.add("A/B" if number % 2 else "é", picture(number))
    found = inspect(str(collection.folder)).source
    data = OwnPictures.of_source(found, MNIST())
    assert set(data.class_names) == {"A/B", "é"}
    assert data.sample_shape == (1, 28, 28)
    assert len(load(data).train) + len(load(data).test) == 12
    again = OwnPictures.of_source(found, data.with_(side=56))
    assert again.side == 56
    first = np.array(Image.open(collection.path(collection.all()["é"][0])))
    assert any((image.numpy()[0] == first).all() for image in load(again).train.inputs)  # type: ignore[attr-defined]


def test_folders_of_others_keep_their_names(tmp_path: Path) -> None:
    for name in ("%41", "b"):
        (tmp_path / name).mkdir()
        for number in range(6):
            (tmp_path / name / f"{number}.png").write_bytes(png(picture(number)))
    assert OwnPictures(source=inspect(str(tmp_path)).source).class_names == ("%41", "b")


@pytest.mark.parametrize(
    ("sizes", "enough"), [({}, False), ({"a": 10}, False), ({"a": 9, "b": 1}, False), ({"a": 8, "b": 2}, True)]
)
def test_when_there_is_enough_to_train(sizes: dict[str, int], enough: bool) -> None:
    assert trainable(sizes, 10) is enough
