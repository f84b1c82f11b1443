"""A folder of pictures is shown as it is and as the network will see it, and follows the choice of size and framing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from playground.engine.data.sources.picture_folder import inspect
from playground.engine.data.sources.picture_samples import samples
from playground.engine.inference.pictures import tile
from playground.gui.data_source.pane import DataSourcePane
from playground.gui.data_source.picture_preview import PicturePreview
from playground.gui.session.background import Background
from playground.gui.start.program import Program
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.edits import Set
from playground.spec.first_experiment import first_experiment
from playground.spec.messages import message


def flags(folder: Path) -> OwnPictures:
    """Pictures four times as wide as high, each of three bands; one file of the first class is none."""
    for name, middle in (("france", "white"), ("italy", "lime")):
        (folder / name).mkdir(parents=True)
        for number in range(6):
            image = Image.new("RGB", (160, 40), middle)
            image.paste("blue", (0, 0, 40, 40))
            image.paste("red", (120, 0, 160, 40))
            image.save(folder / name / f"{number + 1}.png")
    (folder / "france" / "0.png").write_bytes(b"none")
    return OwnPictures(source=inspect(str(folder)).source, side=8)


@pytest.fixture
def preview(qtbot: QtBot) -> Iterator[PicturePreview]:
    background = Background()
    made = PicturePreview(background)
    qtbot.addWidget(made)
    yield made
    background.close()


def colour(preview: PicturePreview, x: int, y: int) -> str:
    """Of a pixel of the first picture as the network sees it; empty before it is there."""
    image = preview.prepared[0].image
    return "" if image.isNull() else image.pixelColor(x, y).name()


@pytest.mark.parametrize(("framing", "left"), [("crop", "#ffffff"), ("stretch", "#0000ff"), ("pad", "#0000ff")])
def test_what_the_network_sees_of_a_wide_picture(tmp_path: Path, framing: str, left: str) -> None:
    data = flags(tmp_path).with_(framing=framing)
    first, second, third = samples(data, 3, 40)
    assert [item.label for item in (first, second, third)] == ["france", "france", "italy"]
    assert first.path == "france/1.png"  # the one before cannot be read
    assert first.original.shape == (10, 40, 3)
    assert first.prepared.shape == (3, 8, 8)
    assert "#{:02x}{:02x}{:02x}".format(*first.prepared[:, 4, 0]) == left
    red, green, blue = first.prepared[:, 0, 4].tolist()
    assert red == blue  # the edge has as much of one as of the other
    assert (green < red < 255) if framing == "pad" else (red, green) == (255, 255)


def test_the_margins_are_those_of_the_whole_picture(tmp_path: Path) -> None:
    image = np.zeros((2, 8, 3), np.uint8)
    image[:, :4] = 200
    Image.fromarray(image).save(tmp_path / "a.png")
    found = tile(tmp_path / "a.png", 8, False, "pad")[0]
    assert np.array_equal(found[3:5], image[:, :, 0])
    assert set(np.delete(found, (3, 4), 0).reshape(-1)) == {100}


def test_the_preview_follows_size_and_framing(preview: PicturePreview, tmp_path: Path, qtbot: QtBot) -> None:
    data = flags(tmp_path)
    preview.show_data(data)
    qtbot.waitUntil(lambda: preview.prepared[0].image.width() == 8)
    assert colour(preview, 0, 4) == "#ffffff"
    assert "cut off" in preview.sentence.text()
    assert preview.originals[0].accessibleName() == "france/1.png"
    preview.show_data(data.with_(side=16, framing="stretch"))
    assert "16 × 16" in preview.sentence.text()
    qtbot.waitUntil(lambda: preview.prepared[0].image.width() == 16)
    assert colour(preview, 0, 8) == "#0000ff"


def test_pictures_that_are_gone_are_said_to_be(preview: PicturePreview, tmp_path: Path, qtbot: QtBot) -> None:
    data = flags(tmp_path / "flags")
    (tmp_path / "flags").rename(tmp_path / "other")
    preview.show_data(data)
    qtbot.waitUntil(lambda: "does not exist" in preview.sentence.text())


def test_the_pane_shows_it_beside_the_settings(ready: Program, tmp_path: Path, qtbot: QtBot) -> None:
    pane = DataSourcePane(ready.data_source)
    qtbot.addWidget(pane)
    assert pane.pictures.isHidden()
    ready.document.load(first_experiment(flags(tmp_path)), None)
    assert not pane.pictures.isHidden()
    ready.document.do(Set(("data", "framing"), "stretch", message("stretched")))
    qtbot.waitUntil(lambda: colour(pane.pictures, 0, 4) == "#0000ff")
