"""Folders of pictures with folders in those of the classes, and with separate parts for training and testing."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from playground.engine.data.in_memory import Data, DataError, InputTargetPairs, load
from playground.engine.data.sources.picture_folder import inspect
from playground.spec.data.picture_folder_summary import PictureFolder, PictureLayout
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.experiment import Experiment
from playground.spec.export.script import script
from playground.spec.files.experiment_file import read_experiment, write_experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten


def put(root: Path, *places: str, count: int = 6, first: int = 0) -> None:
    """Grey pictures, each of another brightness, numbered from `first` over all places."""
    for at, place in enumerate(places):
        (root / place).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            shade = first + count * at + number
            Image.new("L", (10, 10), shade).save(root / place / f"{shade:03}.png")


def shades(part: object) -> list[tuple[int, int]]:
    """Brightness and class of each picture of a part."""
    assert isinstance(part, InputTargetPairs)
    return [(int(image.max()), int(target)) for image, target in zip(part.inputs, part.targets, strict=True)]


def read(root: Path, **fields: object) -> tuple[OwnPictures, Data]:
    """What the folder is read as; its counts are the declared ones, and the exported program reads the same."""
    data = OwnPictures(source=inspect(str(root)).source, side=8, colour="grey", **fields)  # type: ignore[arg-type]
    loaded = load(data)
    parts = (loaded.train, loaded.validation, loaded.test)
    assert tuple(map(len, parts)) == (data.train_count, data.validation_count, data.test_count)
    names: dict[str, object] = {"__name__": "exported"}
    stack = Stack(layers=(Flatten(), Linear(out_features=len(data.class_names))))
    exec(compile(script(Experiment(data=data, stack=stack)), "exported", "exec"), names)
    exported = names["load_data"](None, torch.device("cpu"))  # type: ignore[operator]
    for (inputs, targets), part in zip(exported, [part for part in parts if len(part)], strict=True):
        torch.testing.assert_close((inputs, targets), part.cut(0, len(part)))
    return data, loaded


def test_pictures_in_folders_of_a_class_belong_to_it(tmp_path: Path) -> None:
    put(tmp_path, "cats", "cats/big/old", "cats/big", "dogs/a b", "cats/.thumbnails", "dogs/__inner/.x")
    (tmp_path / "dogs" / "__inner" / "Thumbs.db").write_bytes(b"x")
    data, loaded = read(tmp_path)
    assert data.source.counts == (18, 6)
    assert data.source.layout == PictureLayout(nested=True)
    found = sorted(shades(loaded.train) + shades(loaded.test))
    assert found == [(shade, shade // 18) for shade in range(24)]
    assert inspect(str(tmp_path)).skipped == ()


def test_folders_without_others_are_summed_up_as_before(tmp_path: Path) -> None:
    put(tmp_path, "cats", "dogs")
    source = inspect(str(tmp_path)).source
    assert source.layout == PictureLayout()
    paths = sorted(tmp_path.glob("*/*"))
    lines = [f"{path.relative_to(tmp_path).as_posix()}\0{path.stat().st_size}\n" for path in paths]
    assert source.sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_an_earlier_summary_reads_as_it_did(tmp_path: Path) -> None:
    put(tmp_path, "cats", "dogs")
    before = inspect(str(tmp_path)).source
    put(tmp_path, "cats/more", first=100)
    assert len(load(OwnPictures(source=before, side=8)).train) == 10


@pytest.mark.parametrize(("train", "test"), [("train", "test"), ("Training", "TEST")])
def test_a_test_folder_decides_the_test_pictures(tmp_path: Path, train: str, test: str) -> None:
    put(tmp_path, f"{train}/cats", f"{train}/dogs/inner", f"{test}/cats", f"{test}/dogs")
    found = [read(tmp_path, validation_share=0.25, split_seed=seed)[1] for seed in (0, 1)]
    for loaded in found:
        assert shades(loaded.test) == [(shade, shade // 18) for shade in range(12, 24)]
    assert len(found[0].validation) == 3
    assert shades(found[0].validation) != shades(found[1].validation)
    data = read(tmp_path)[0]
    assert data.source.counts == (12, 12)
    assert (data.test_count, data.available) == (12, 12)
    assert "12 for training, 12 for the test" in str(data.summary)
    assert "“test” are the test pictures" in str(inspect(str(tmp_path)).remarks[0]).lower()


@pytest.mark.parametrize("name", ["val", "Valid", "validation"])
def test_three_parts(tmp_path: Path, name: str) -> None:
    put(tmp_path, "train/cats", "train/dogs", f"{name}/cats", f"{name}/dogs", "test/dogs")
    data, loaded = read(tmp_path, validation_share=0.5, test_share=0.4)
    assert shades(loaded.train) == [(shade, shade // 6) for shade in range(12)]
    assert shades(loaded.validation) == [(shade, shade // 18) for shade in range(12, 24)]
    assert shades(loaded.test) == [(shade, 1) for shade in range(24, 30)]
    assert data.source.counts == (12, 18)


def test_without_a_test_folder_the_test_is_a_share_of_the_training_pictures(tmp_path: Path) -> None:
    put(tmp_path, "train/cats", "train/dogs", "val/cats", "val/dogs")
    data, loaded = read(tmp_path, test_share=0.5)
    assert (data.train_count, data.validation_count, data.test_count) == (6, 12, 6)
    assert max(shade for shade, _ in shades(loaded.test)) < 12
    assert "a share of those in “train”" in str(inspect(str(tmp_path)).remarks[0])


def test_what_separate_folders_leave_out(tmp_path: Path) -> None:
    put(tmp_path, "train/cats", "train/dogs", "test/cats", "test/birds", "other")
    (tmp_path / "test" / "readme.txt").write_text("x")
    put(tmp_path, "val", first=100)
    looked = inspect(str(tmp_path))
    left_out = {item.where: str(item.why) for item in looked.skipped}
    assert left_out["test/birds"] == "“train” has no folder of that name"
    assert left_out["other"] == "it is not in “train”, “val”, “test”"
    assert left_out["test/readme.txt"] == left_out["val/100.png"] == "it is not in the folder of a class"
    assert "“val” has no pictures" in str(looked.remarks[0])
    assert looked.source.layout == PictureLayout(train="train", test="test")
    read(tmp_path)


def test_classes_may_be_called_train_and_test(tmp_path: Path) -> None:
    put(tmp_path, "train", "test", "bus")
    source = inspect(str(tmp_path)).source
    assert (source.classes, source.layout) == (("bus", "test", "train"), PictureLayout())


def test_layouts_are_kept_in_files(tmp_path: Path) -> None:
    put(tmp_path, "own/train/cats", "own/train/dogs", "own/test/cats/inner", "own/test/dogs")
    data = OwnPictures(source=inspect(str(tmp_path / "own")).source)
    write_experiment(Experiment(data=data), tmp_path / "kept.playground")
    assert read_experiment(tmp_path / "kept.playground").data == data


def test_counts_of_a_summary_need_no_folder() -> None:
    source = PictureFolder(path="/none", classes=("a", "b"), counts=(60, 60), validation_total=10, test_total=20)
    data = OwnPictures(source=source, validation_share=0.5)
    assert (data.train_count, data.validation_count, data.test_count) == (90, 10, 20)
    assert np.sum(source.counts) == source.undivided + 30


def test_tiff_and_heic_in_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "cats", "dogs")
    pages = [Image.new("L", (10, 10), shade) for shade in (200, 100)]
    pages[0].save(tmp_path / "cats" / "pages.tiff", save_all=True, append_images=pages[1:])
    (tmp_path / "cats" / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    looked = inspect(str(tmp_path))
    assert [str(remark) for remark in looked.remarks] == ["The first page is read of a picture that has several."]
    assert [(item.where, "[pictures]" in str(item.why)) for item in looked.skipped] == [("cats/phone.heic", True)]
    data, loaded = read(tmp_path)
    assert (200, 0) in shades(loaded.train) + shades(loaded.test)
    with pytest.raises(DataError, match="pillow-heif is missing"):
        load(data.with_(source=data.source.with_(heic=True)))


def test_heic_in_folders(tmp_path: Path) -> None:
    pytest.importorskip("pillow_heif").register_heif_opener()
    put(tmp_path, "cats", "dogs")
    Image.new("L", (64, 64), 200).save(tmp_path / "cats" / "phone.heic")
    data, _ = read(tmp_path)
    assert data.source.heic
    assert data.source.counts == (7, 6)
    assert data.loading().needs == ("numpy", "pillow", "pillow-heif")


def test_a_folder_around_the_data_is_passed_through(tmp_path: Path) -> None:
    put(tmp_path, "unpacked/data/cat", "unpacked/data/dog")
    put(tmp_path, "parted/train/cat", "parted/train/dog", "parted/test/cat", "parted/test/dog")
    looked = inspect(str(tmp_path / "unpacked"))
    assert (looked.source.classes, looked.source.counts) == (("cat", "dog"), (6, 6))
    assert looked.source.path == str(tmp_path / "unpacked" / "data")
    assert str(looked.remarks[0]) == "The pictures in its folder “data” are read."
    (tmp_path / "around").mkdir()
    (tmp_path / "parted").rename(tmp_path / "around" / "parted")
    assert inspect(str(tmp_path / "around")).source.test_total == 12
    put(tmp_path, "one/cat/old", count=12)
    with pytest.raises(DataError, match="in 1 classes"):
        inspect(str(tmp_path / "one"))
