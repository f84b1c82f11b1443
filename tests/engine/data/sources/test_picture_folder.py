"""Folders of pictures: what is used, what is left out and why, and that nothing in them is touched."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
import torch
from PIL import Image

from playground.engine.data.in_memory import DataError, InputTargetPairs, load
from playground.engine.data.sources.picture_folder import inspect
from playground.spec.cancelling import Cancelled, cancellable
from playground.spec.check.problems import check
from playground.spec.data.skipped import counted
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.experiment import Experiment
from playground.spec.export.script import script
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve red and twelve blue pictures of several sizes and formats, and much that is none."""
    root = tmp_path / "own"
    for name, colour in (("red", (255, 0, 0)), ("blue", (0, 0, 255))):
        (root / name).mkdir(parents=True)
        for number in range(12):
            picture = Image.new("RGB", (20 + 3 * number, 30), colour)
            picture.save(root / name / f"{number:02}.{('png', 'jpg', 'bmp')[number % 3]}")
    (root / "lonely").mkdir()
    Image.new("L", (9, 9)).save(root / "lonely" / "one.png")
    (root / "empty").mkdir()
    (root / "notes.txt").write_text("hello")
    (root / "red" / "broken.png").write_bytes((root / "red" / "00.png").read_bytes()[:-30])
    (root / "red" / "text.jpg").write_text("no picture")
    (root / "red" / ".hidden").write_text("")
    (root / "red" / "link.png").symlink_to(root / "red" / "00.png")
    return root


def own(folder: Path, **fields: object) -> OwnPictures:
    return OwnPictures(source=inspect(str(folder)).source, **fields)  # type: ignore[arg-type]


def test_what_is_used_and_what_is_left_out(folder: Path) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    seen: list[int] = []
    looked = inspect(str(folder), seen.append)
    assert looked.source.classes == ("blue", "red")
    assert looked.source.counts == (12, 12)
    assert seen == list(range(1, 28))
    left_out = {item.where: str(item.why) for item in looked.skipped}
    assert set(left_out) == {"lonely", "empty", "notes.txt", "red/broken.png", "red/text.jpg", "red/link.png"}
    assert str(counted(looked.skips)) == "2 pictures, 2 files, 2 classes"
    assert "fewer than two" in left_out["lonely"]
    assert "damaged" in left_out["red/broken.png"]
    assert "not a picture" in left_out["red/text.jpg"]
    assert before == sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))


def test_classes_that_only_letter_case_tells_apart_are_told(folder: Path) -> None:
    assert not any("letter case" in str(remark) for remark in inspect(str(folder)).remarks)
    name = own(folder).class_names[0]
    (folder / name).rename(folder / "Cat")
    copytree(folder / "Cat", folder / "cat ")
    told = [str(remark) for remark in inspect(str(folder)).remarks if "letter case" in str(remark)]
    assert len(told) == 1
    assert told[0].startswith("“Cat” and “cat ” in the classes differ only in letter case, blanks or the like.")


def test_pictures_become_squares_of_one_size(folder: Path) -> None:
    data = own(folder, side=16, validation_share=0.25)
    loaded = load(data)
    assert isinstance(loaded.train, InputTargetPairs)
    assert loaded.train.inputs.shape == (data.train_count, *data.sample_shape)
    assert (len(loaded.validation), len(loaded.test)) == (data.validation_count, data.test_count)
    for image, target in zip(loaded.train.inputs, loaded.train.targets, strict=True):
        strongest = 0 if data.class_names[int(target)] == "red" else 2
        assert int(image[strongest].min()) > 240
    grey = load(own(folder, side=8, colour="grey"))
    assert isinstance(grey.test, InputTargetPairs)
    assert grey.test.inputs.shape[1:] == (1, 8, 8)


def test_a_folder_that_changed_is_refused(folder: Path) -> None:
    data = own(folder)
    (folder / "red" / "00.png").unlink()
    with pytest.raises(DataError, match="has changed since it was chosen"):
        load(data)


def test_looking_can_be_given_up(folder: Path) -> None:
    seen: list[int] = []
    with pytest.raises(Cancelled), cancellable(lambda: len(seen) == 3):
        inspect(str(folder), seen.append)
    assert seen == [1, 2, 3]


def test_what_nothing_can_be_learned_from_is_said(folder: Path, tmp_path: Path) -> None:
    for path, why in ((folder / "red", "one folder of pictures"), (tmp_path / "none", "does not exist"), ("", "No")):
        with pytest.raises(DataError, match=why):
            inspect(str(path))
    (problem,) = [item for item in check(Experiment(data=OwnPictures())) if item.field == ("data", "source")]
    assert "No folder" in str(problem.what)


@pytest.mark.parametrize("colour", ["colour", "grey"])
def test_the_exported_program_reads_the_same(folder: Path, colour: str) -> None:
    data = own(folder, side=12, colour=colour, validation_share=0.2)
    names: dict[str, object] = {"__name__": "exported"}
    stack = Stack(layers=(Flatten(), Linear(out_features=2)))
    exec(compile(script(Experiment(data=data, stack=stack)), "exported", "exec"), names)
    loaded = load(data)
    parts = names["load_data"](None, torch.device("cpu"))  # type: ignore[operator]
    for (inputs, targets), part in zip(parts, (loaded.train, loaded.validation, loaded.test), strict=True):
        ours = part.cut(0, len(part))
        assert torch.equal(inputs, ours[0])
        assert np.array_equal(targets.numpy(), ours[1].numpy())
