"""Of what is let go over the window one file is taken, and what is not is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.panels.pad.pad_view import PadView
from playground.gui.panels.picture.view import PictureView
from playground.gui.session.dropped_files import DroppedFiles, dropped_files, is_for_window
from playground.gui.start.program import Program
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import write_experiment
from playground.spec.files.presets import preset
from tests.gui.session.edits import rename

A, B = Path("a.png"), Path("b.png")


@pytest.mark.parametrize(
    ("names", "first"),
    [
        (("a.png", "iris.csv", "net.safetensors", "mine.playground"), "net.safetensors"),
        (("a.png", "iris.csv", "Mine.PLAYGROUND"), "Mine.PLAYGROUND"),
        (("a.png", "poem.txt", "iris.csv"), "poem.txt"),
        (("a.png", "net.pt"), "a.png"),
    ],
)
def test_an_experiment_goes_before_what_is_learned_from_and_that_before_others(
    names: tuple[str, ...], first: str
) -> None:
    assert DroppedFiles(tuple(map(Path, names))).first == Path(first)


def test_that_there_are_more_files_is_told() -> None:
    assert DroppedFiles((A,)).rest is None
    assert str(DroppedFiles((A, B)).rest) == "Of the 2 files only “a.png” was used."
    assert str(DroppedFiles((A, B)).beside(B)) == "Of the 2 files only “b.png” was used."
    assert DroppedFiles(()).first is None
    assert DroppedFiles(()).rest is None


def test_the_first_address_is_refused_where_there_is_no_file() -> None:
    refusal = DroppedFiles((), ("https://example.org/a", "https://example.org/b")).refusal
    assert str(refusal).startswith("“https://example.org/a” was not opened. It is an address on the network")
    assert DroppedFiles((A,), ("https://example.org/a",)).refusal is None
    assert DroppedFiles((A,)).refusal is None


def arrived(*urls: QUrl) -> DroppedFiles | None:
    mime = QMimeData()
    mime.setUrls(urls)
    return dropped_files(mime)


def test_files_and_addresses_are_told_apart(tmp_path: Path) -> None:
    file, address = QUrl.fromLocalFile(str(tmp_path / "a.png")), QUrl("https://me:secret@example.org/net.pt")
    assert arrived(address, file) == DroppedFiles((tmp_path / "a.png",), ("https://me@example.org/net.pt",))
    assert arrived() is None


@pytest.mark.parametrize(("length", "shown"), [(80, 80), (81, 80), (1000, 80)])
def test_an_address_is_shown_with_80_characters_at_most(length: int, shown: int) -> None:
    whole = "https://example.org/".ljust(length, "a")
    found = arrived(QUrl(whole))
    assert found is not None
    (address,) = found.addresses
    assert address == (whole if length == shown else whole[: shown - 1] + "…")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Mine.Playground", True), ("net.safetensors", True), ("iris.csv", True), ("poem.txt", True), ("a.png", False)],
)
def test_what_is_for_the_window(name: str, expected: bool) -> None:
    assert is_for_window(Path(name)) is expected


def drop(program: Program, *urls: QUrl) -> None:
    """Drag them over the window and let them go."""
    mime = QMimeData()
    mime.setUrls(urls)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(program.window, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys, QEvent.Type.Drop)
    QApplication.sendEvent(program.window, event)


def test_a_file_dropped_on_the_window_opens(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    path = tmp_path / "dropped.playground"
    write_experiment(Experiment(name="Dropped"), path)
    with qtbot.waitSignal(program.files.opened):
        drop(program, QUrl.fromLocalFile(str(path)))
    assert program.document.experiment.name == "Dropped"
    assert program.window.messages.texts() == ()


def test_of_several_files_the_one_that_can_be_used_is_taken_and_this_is_said(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "dropped.playground"
    write_experiment(Experiment(name="Dropped"), path)
    urls = [QUrl.fromLocalFile(str(item)) for item in (tmp_path / "a.png", path, tmp_path / "b.png")]
    with qtbot.waitSignal(program.files.opened):
        drop(program, *urls)
    assert program.document.experiment.name == "Dropped"
    assert program.window.messages.texts() == ("Of the 3 files only “dropped.playground” was used.",)
    with qtbot.waitSignal(program.files.opened):
        drop(program, urls[1])
    assert program.window.messages.texts() == ()


def test_of_several_files_that_are_pasted_the_first_picture_is_taken_and_this_is_said(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    image = QImage(28, 28, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    image.setPixel(14, 14, 0xFF000000)
    paths = [tmp_path / name for name in ("notes.txt", "seven.png", "eight.png")]
    for path in paths:
        image.save(str(path), "PNG")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    QApplication.clipboard().setMimeData(mime)
    assert program.task is not None
    for name in ("textbook", "fashion-cnn"):
        program.document.load(preset(name).experiment, None)
        shown = program.task.panel.widget
        paste = shown.pad.exchange.paste if isinstance(shown, PadView) else cast(PictureView, shown).paste
        with qtbot.waitSignal(program.task.taken):
            paste()
        assert "Of the 3 files only “seven.png” was used." in program.window.messages.texts()
        program.window.messages.dismiss("rest")
    QApplication.clipboard().setImage(image)
    with qtbot.waitSignal(program.task.taken) as taken:
        cast(PictureView, shown).paste()
    assert taken.args == [None]
    QApplication.clipboard().clear()


def test_of_several_files_an_experiment_goes_before_what_is_learned_from(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "dropped.playground"
    write_experiment(Experiment(name="Dropped"), path)
    (tmp_path / "readme.txt").write_text("about it")
    with qtbot.waitSignal(program.files.opened):
        drop(program, *(QUrl.fromLocalFile(str(item)) for item in (tmp_path / "readme.txt", path)))
    assert program.document.experiment.name == "Dropped"


def test_an_address_that_is_dropped_is_refused(program: Program) -> None:
    drop(program, QUrl("https://example.org/" + 1000 * "a" + "/net.safetensors"))
    (text,) = program.window.messages.texts()
    assert text.startswith("“https://example.org/aaa")
    assert "It is an address on the network" in text
    assert len(text) < 250


@pytest.mark.parametrize("name", ["net.pt", "net.onnx", "net.h5", "net.ipynb", "net.pdf"])
def test_what_cannot_be_opened_is_named_without_asking_for_changes(
    qtbot: QtBot, program: Program, answers: Any, tmp_path: Path, name: str
) -> None:
    rename(program, "Mine")
    (tmp_path / name).write_bytes(b"\x08\0")
    with qtbot.waitSignal(program.files.failed):
        drop(program, QUrl.fromLocalFile(str(tmp_path / name)))
    (text,) = program.window.messages.texts()
    assert f"{name}” was not opened. It is a" in text
    assert answers.asked == []
    assert program.document.experiment.name == "Mine"
