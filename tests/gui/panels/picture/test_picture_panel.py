"""The panel for pictures: a picture of a person, fitted as the data's are, and what the network takes it for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from playground.engine.inference.pictures import fitted
from playground.gui.panels.digits.inference import ClassProbabilities
from playground.gui.panels.picture.inference import recognise
from playground.gui.panels.picture.view import PictureView
from playground.gui.session.background import Background
from playground.gui.session.inference_thread import InferenceError
from playground.gui.session.network_source import NetworkSource
from playground.spec.data.dataset import Dataset
from playground.spec.data.picture_folder_summary import PictureFolder
from playground.spec.datasets.downloads import CIFAR10, FashionMNIST
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.messages import message


@pytest.fixture
def widget(qtbot: QtBot) -> Iterator[PictureView]:
    background = Background()
    made = PictureView(background)
    qtbot.addWidget(made)
    made.show_data(CIFAR10())
    yield made
    background.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.new("RGB", (90, 60), (255, 250, 240)).save(path)
    return path


@pytest.mark.parametrize(("data", "mean"), [(CIFAR10(), 248), (FashionMNIST(), 5)])
def test_a_picture_becomes_as_those_of_the_data_are(photo: Path, data: Dataset, mean: int) -> None:
    found = fitted(photo, data)
    assert found.shape == data.sample_shape
    assert found.dtype == np.uint8
    assert abs(float(found.mean()) - mean) < 5  # clothes lie on black: light ground is turned


def test_a_picture_is_asked_about_no_more_when_the_data_changes(widget: PictureView, photo: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(widget.asked):
        widget.show_sample(np.zeros((3, 32, 32), np.uint8), 0)
    with qtbot.waitSignal(widget.asked) as asked:
        widget.show_data(FashionMNIST())
    assert asked.args == [None]
    widget.show_answer(InferenceError(message("too late")))
    assert "too late" not in widget.note.text()


def test_an_answer_and_a_label_are_gone_where_the_classes_are_others(widget: PictureView, qtbot: QtBot) -> None:
    signs = OwnPictures(source=PictureFolder(path="/a", classes=("cross", "ring"), counts=(9, 9)))
    widget.show_data(signs)
    widget.show_sample(np.zeros(signs.sample_shape, np.uint8), 1)
    widget.show_answer(ClassProbabilities((0.1, 0.9), 1, True))
    assert (widget.answer.text(), "ring" in widget.truth.text()) == ("ring", True)
    widget.show_data(signs.with_(validation_share=0.2))
    assert widget.answer.text() == "ring"
    with qtbot.waitSignal(widget.asked) as asked:
        widget.show_data(signs.with_(source=PictureFolder(path="/b", classes=("circle", "square"), counts=(9, 9))))
    assert asked.args == [None]
    assert (widget.answer.text(), widget.truth.text()) == ("", "")


def test_a_dropped_picture_is_asked_about(widget: PictureView, photo: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(widget.asked) as asked:
        widget.take(photo)
    assert asked.args is not None
    assert asked.args[0].shape == (3, 32, 32)
    widget.show_answer(ClassProbabilities((0.0,) * 3 + (1.0,) + (0.0,) * 6, 1, True))
    assert widget.answer.text() == "Cat"
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(0)
    with qtbot.waitSignal(widget.asked):
        widget.take(image)
    assert widget.answer.text() == ""


def test_other_data_fit_the_same_picture_anew(widget: PictureView, photo: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(widget.asked):
        widget.take(photo)
    with qtbot.waitSignal(widget.asked, check_params_cb=lambda picture: picture is not None) as asked:
        widget.show_data(FashionMNIST())
    assert asked.args is not None
    assert asked.args[0].shape == (1, 28, 28)


def test_what_is_no_picture_is_said(widget: PictureView, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "text.png"
    path.write_text("hello")
    widget.take(path)
    qtbot.waitUntil(lambda: "not a picture" in widget.note.text())
    widget.set_message(message("No network."))
    widget.set_message(None)
    widget.set_trained(True)


def test_a_file_that_is_no_picture_is_named(widget: PictureView, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "net.pt"
    path.write_bytes(b"\x80\x02}")
    widget.take(path)
    qtbot.waitUntil(lambda: widget.note.text().startswith("“net.pt” was not read. It is a PyTorch file"))


def test_a_sample_says_what_it_is(widget: PictureView) -> None:
    widget.show_sample(np.zeros((3, 32, 32), np.uint8), 8)
    assert "Ship" in widget.truth.text()


def test_the_clipboard_without_a_picture_is_said(widget: PictureView, qapp: object) -> None:
    from PySide6.QtGui import QGuiApplication

    QGuiApplication.clipboard().clear()
    widget.paste()
    assert "no picture on the clipboard" in widget.note.text()


def test_a_file_can_be_dropped(photo: Path) -> None:
    from playground.gui.panels.pad.incoming_picture import source_of

    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(photo))])
    assert source_of(mime) == photo


def test_the_network_gives_a_probability_for_each_class() -> None:
    from torch import nn

    from playground.spec.experiment import Experiment

    network = nn.Sequential(nn.Flatten(), nn.Linear(3072, 10))
    source = NetworkSource(Experiment(data=CIFAR10()), None, 3, True)
    answer = recognise(network, source, np.zeros((3, 32, 32), np.uint8))
    assert len(answer.probabilities) == 10
    assert answer.version == 3


def test_a_wrong_answer_about_a_sample_looks_and_reads_wrong(widget: PictureView) -> None:
    widget.set_trained(True)
    widget.show_sample(np.zeros((3, 32, 32), np.uint8), 5)
    widget.show_answer(ClassProbabilities((0.0,) * 5 + (1.0,) + (0.0,) * 4, 1, True))
    assert (widget.truth.text(), widget.truth.property("look")) == ("It is: Dog", "muted")
    widget.show_answer(ClassProbabilities((0.0,) * 3 + (1.0,) + (0.0,) * 6, 1, True))
    assert (widget.truth.text(), widget.truth.property("look")) == ("✗ Wrong. It is: Dog", "error")
    assert widget.answer.property("look") == "error"


def test_an_untrained_network_makes_no_mistakes_about_a_sample(widget: PictureView) -> None:
    widget.show_sample(np.zeros((3, 32, 32), np.uint8), 5)
    widget.show_answer(ClassProbabilities((0.0,) * 3 + (1.0,) + (0.0,) * 6, 0, False))
    assert (widget.truth.text(), widget.truth.property("look")) == ("It is: Dog", "muted")
    assert widget.answer.property("look") == "faint"
