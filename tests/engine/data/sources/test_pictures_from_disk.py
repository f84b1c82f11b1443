"""Folders whose pictures exceed the memory: trained on from disk, with the same bits as from memory."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from playground.engine.data.fingerprint import fingerprint
from playground.engine.data.in_memory import Data, DataError, load
from playground.engine.data.on_demand import OnDemandPairs
from playground.engine.data.sources import found_pictures, picture_folder
from playground.engine.doctor import copied_files
from playground.engine.doctor.chance_loss import chance_loss
from playground.engine.doctor.doctor import examine
from playground.engine.evaluation.baseline import BaselineScorer
from playground.engine.training.snapshots import Epoch, Finished, Snapshot
from playground.engine.training.trainer import Trainer
from playground.spec.data.picture_folder_summary import MOST_AT_FIRST, PictureFolder
from playground.spec.datasets import picture_folder as declared
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import read_experiment, write_experiment
from playground.spec.layer import Stack
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.augmentations import Rotate, Shift
from playground.spec.recipe.recipe import Recipe


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Noise in several formats, some in a folder for testing, and files that are no pictures."""
    generator = np.random.default_rng(3)
    for part, count in (("train", 40), ("test", 10)):
        for name in ("cats", "dogs"):
            (tmp_path / "own" / part / name).mkdir(parents=True)
            for number in range(count):
                pixels = generator.integers(0, 256, (20 + number % 3, 24, 3), np.uint8)
                suffix = ("png", "jpg", "bmp")[number % 3]
                Image.fromarray(pixels).save(tmp_path / "own" / part / name / f"{number:02}.{suffix}")
            (tmp_path / "own" / part / name / "broken.png").write_bytes(b"no picture")
    return tmp_path / "own"


@pytest.fixture
def data(folder: Path) -> OwnPictures:
    return OwnPictures(source=picture_folder.inspect(str(folder)).source, side=12, validation_share=0.2)


def from_disk(monkeypatch: pytest.MonkeyPatch, data: OwnPictures) -> Data:
    """The data with a limit of memory that they exceed."""
    monkeypatch.setattr(declared, "_MOST_IN_MEMORY", 100)
    assert data.from_disk
    loaded = load(data)
    assert all(isinstance(part, OnDemandPairs) for part in (loaded.train, loaded.validation, loaded.test))
    return loaded


def trained(experiment: Experiment, data: Data) -> tuple[list[Snapshot], list[bytes]]:
    trainer = Trainer(experiment, data)
    snapshots = [item._replace(seconds=0.0) if isinstance(item, Epoch | Finished) else item for item in trainer]
    return snapshots, [tensor.numpy().tobytes() for tensor in trainer.network.state_dict().values()]


@pytest.mark.parametrize("kept", [1_000_000, 9 * 3 * 12 * 12])
def test_a_training_from_disk_has_the_bits_of_one_from_memory(
    data: OwnPictures, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    stack = Stack(layers=(Conv2d(out_channels=4), Flatten(), Linear(out_features=2)))
    recipe = Recipe(epochs=3, batch_size=16, augmentations=(Rotate(), Shift()))
    experiment = Experiment(data=data, stack=stack, recipe=recipe)
    in_memory = load(data)
    monkeypatch.setattr(picture_folder, "MOST_KEPT", kept)
    on_demand = from_disk(monkeypatch, data)
    assert trained(experiment, on_demand) == trained(experiment, in_memory)
    assert chance_loss(experiment, on_demand) == chance_loss(experiment, in_memory)
    assert torch.equal(BaselineScorer(data, on_demand)._answer, BaselineScorer(data, in_memory)._answer)


def test_each_part_holds_the_same_samples(data: OwnPictures, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = load(data), from_disk(monkeypatch, data)
    for one, other in ((before.train, after.train), (before.validation, after.validation), (before.test, after.test)):
        assert len(one) == len(other)
        torch.testing.assert_close(one.cut(3, 9), other.cut(3, 9), rtol=0, atol=0)
        order = one.order(torch.Generator().manual_seed(5))
        assert torch.equal(order, other.order(torch.Generator().manual_seed(5)))
        torch.testing.assert_close(one.batch(order), other.batch(order), rtol=0, atol=0)


def test_reading_begins_without_opening_a_picture(data: OwnPictures, monkeypatch: pytest.MonkeyPatch) -> None:
    assert data.source.unread == tuple(f"{part}/{name}/broken.png" for name in ("cats", "dogs") for part in PARTS)
    opened: list[Path] = []
    monkeypatch.setattr(found_pictures, "picture_bytes", opened.append)
    loaded = from_disk(monkeypatch, data)
    assert (len(loaded.train), len(loaded.test), opened) == (data.train_count, 20, [])


PARTS = ("train", "test")


def test_a_summary_that_does_not_say_what_is_no_picture(data: OwnPictures, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = data.with_(source=data.source.with_(unread=None))
    assert len(load(earlier).train) == len(from_disk(monkeypatch, earlier).train) == data.train_count


def test_many_files_that_are_no_pictures_are_not_stored(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found_pictures, "MOST_UNREAD", 3)
    assert picture_folder.inspect(str(folder)).source.unread is None


@pytest.mark.parametrize("change", ["more", "fewer", "longer"])
def test_a_folder_that_changed_is_refused(
    folder: Path, data: OwnPictures, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    picture = folder / "train" / "cats" / "00.png"
    if change == "more":
        (picture.parent / "new.png").write_bytes(picture.read_bytes())
    elif change == "fewer":
        picture.unlink()
    else:
        picture.write_bytes(picture.read_bytes() + b"x")
    with pytest.raises(DataError, match="has changed since it was chosen"):
        from_disk(monkeypatch, data)


def test_a_picture_that_goes_while_it_trains_is_named(
    folder: Path, data: OwnPictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = from_disk(monkeypatch, data)
    for path in (folder / "train").rglob("*.png"):
        path.unlink()
    with pytest.raises(DataError, match=r"\.png” was read from disk while it trained, and can be read no more"):
        loaded.train.cut(0, len(loaded.train))


def test_it_is_said_where_pictures_are_read_from_disk(data: OwnPictures) -> None:
    assert data.notice is None
    large = PictureFolder(path="/own", classes=("a", "b"), counts=(40_000, 40_000))
    notice = OwnPictures(source=large, side=128).notice
    assert "3.9 GB" in str(notice)
    assert "read from disk" in str(notice)
    assert not [*OwnPictures(source=large, side=128).objections()]
    assert OwnPictures(source=large, side=32).notice is None


def test_an_earlier_folder_ends_where_it_did(folder: Path, data: OwnPictures, tmp_path: Path) -> None:
    assert data.source.layout.most == MOST_AT_FIRST
    limited = data.source.layout.with_(most=30)
    source = data.with_(source=data.source.with_(layout=limited))
    write_experiment(Experiment(data=source), tmp_path / "kept.playground")
    assert read_experiment(tmp_path / "kept.playground").data == source
    with pytest.raises(DataError, match="has changed"):
        load(source)


def test_test_pictures_that_are_copies_of_training_pictures_are_found(
    folder: Path, data: OwnPictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = Stack(layers=(Conv2d(out_channels=4), Flatten(), Linear(out_features=2)))

    def told(data: OwnPictures) -> list[str]:
        loaded = from_disk(monkeypatch, data)
        return [str(item.sentence) for item in examine(Experiment(data=data, stack=stack), loaded)]

    assert not [words for words in told(data) if "also trained on" in words]
    for number in range(6):  # three of each class, under other names
        name, suffix = ("cats", "dogs")[number % 2], ("png", "jpg", "bmp")[number % 3]
        shutil.copy(folder / f"train/{name}/{number:02}.{suffix}", folder / f"test/{name}/copied{number}.{suffix}")
    every = OwnPictures(source=picture_folder.inspect(str(folder)).source, side=12, validation_share=0.0)
    (words,) = (words for words in told(every) if "also trained on" in words)
    assert words.startswith("6 of 26 test pictures that were compared, of 26, are also trained on")
    loaded = load(every)
    places = loaded.places
    assert places is not None
    assert {places.test.place(number)[0] for number in range(26)} == {
        str(path.relative_to(folder)) for path in folder.glob("test/*/*") if path.stem != "broken"
    }
    monkeypatch.setattr(copied_files, "_MOST_HELD_OUT", 13)
    assert copied_files.copies(folder, places.train.files, places.test.files).compared == 13
    assert fingerprint(replace(loaded, places=None)) == fingerprint(loaded)


def test_the_fingerprint_is_that_of_the_files_wherever_they_lie(
    monkeypatch: pytest.MonkeyPatch, folder: Path, data: OwnPictures
) -> None:
    first = fingerprint(from_disk(monkeypatch, data))
    assert fingerprint(load(data)) == first
    other = shutil.copytree(folder, folder.with_name("copy"))
    assert fingerprint(load(data.with_(source=picture_folder.inspect(str(other)).source))) == first
    assert fingerprint(load(data.with_(side=16))) != first
    with (other / "train" / "cats" / "00.png").open("ab") as file:
        file.write(b"more")
    assert fingerprint(load(data.with_(source=picture_folder.inspect(str(other)).source))) != first
