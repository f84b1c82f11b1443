"""Folders that were chosen when fewer formats were read: the same pictures are trained on, and the others are told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from playground.engine.data.in_memory import DataError, InputTargetPairs, load
from playground.engine.data.sources.picture_folder import inspect
from playground.spec.datasets.picture_folder import OwnPictures


@pytest.fixture
def earlier(tmp_path: Path) -> OwnPictures:
    """Pictures as an earlier version summed them up; it knew nothing of the files that it could not read."""
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        for number in range(6):
            Image.fromarray(np.full((9, 9), 20 * number, np.uint8)).save(tmp_path / name / f"{number}.png")
    return OwnPictures(source=inspect(str(tmp_path)).source.with_(unread=None), side=8, colour="grey")


def test_pictures_in_later_formats_are_left_out_and_told(earlier: OwnPictures, tmp_path: Path) -> None:
    before = load(earlier)
    assert before.remarks == ()
    Image.new("L", (9, 9), 200).save(tmp_path / "cats" / "scan.tiff")
    Image.new("L", (9, 9), 200).save(tmp_path / "dogs" / "2b.png", "TIFF")  # its ending says nothing
    after = load(earlier)
    for part in ("train", "test"):
        one, other = getattr(before, part), getattr(after, part)
        assert isinstance(one, InputTargetPairs)
        assert torch.equal(one.inputs, other.inputs)
        assert torch.equal(one.targets, other.targets)
    (remark,) = after.remarks
    assert str(remark).startswith("2 further pictures are left out: TIFF")
    assert inspect(str(tmp_path)).source.total == 14  # chosen again, they are taken


def test_a_folder_that_has_changed_is_refused_as_before(earlier: OwnPictures, tmp_path: Path) -> None:
    Image.new("L", (9, 9)).save(tmp_path / "cats" / "scan.tiff")
    Image.new("L", (9, 9)).save(tmp_path / "cats" / "another.png")
    with pytest.raises(DataError, match="has changed"):
        load(earlier)


def test_a_choice_of_now_is_of_all_formats(earlier: OwnPictures, tmp_path: Path) -> None:
    now = earlier.with_(source=inspect(str(tmp_path)).source)
    Image.new("L", (9, 9)).save(tmp_path / "cats" / "scan.tiff")
    with pytest.raises(DataError, match="has changed"):
        load(now)
