"""The collection of drawings in the program: opened from the menu and the pad, trained with, exported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from playground.engine.data.collection import SIDE, Collection, default_folder
from playground.engine.data.collection_export import NAMES
from playground.gui.drawings.dialog import DrawingsDialog, ExportKind
from playground.gui.panels.digits.panel import DigitsPanel
from playground.gui.panels.pad.strokes import Image, Point
from playground.gui.start.program import Program
from playground.gui.start.program_drawings import ProgramDrawings
from playground.spec.check.problems import check
from playground.spec.datasets.picture_folder import OwnPictures
from tests.gui.conftest import Answers


def fill() -> Collection:
    collection = Collection(default_folder())
    for number in range(12):
        picture = np.zeros((SIDE, SIDE), np.uint8)
        picture[5 + number : 30, 10 + 20 * (number % 2)] = 255
        collection.add(("A/B", "left")[number % 2], picture)
    return collection


def opened(drawings: ProgramDrawings) -> DrawingsDialog:
    assert drawings.dialog is not None
    return drawings.dialog


def test_the_menu_opens_one_window(program: Program) -> None:
    program.file_menu.drawings.trigger()
    first = program.drawings.dialog
    program.file_menu.drawings.trigger()
    assert program.drawings.dialog is first
    assert len(program.window.findChildren(DrawingsDialog)) == 1


def test_a_closed_window_is_forgotten(qtbot: QtBot, program: Program) -> None:
    program.drawings.open()
    opened(program.drawings).close()
    qtbot.waitUntil(lambda: program.drawings.dialog is None)
    program.drawings.open()
    assert opened(program.drawings).isVisible()


def test_a_digit_on_the_pad_is_kept(program: Program) -> None:
    assert program.task is not None
    panel = program.task.panel
    assert isinstance(panel, DigitsPanel)
    assert not panel.drawing.keep.isEnabled()
    pad = panel.drawing.pad
    pad.pen_down(Point(0.5, 0.2), False)
    pad.pen_moved(Point(0.5, 0.8))
    pad.pen_up()
    panel.drawing.keep.trigger()
    dialog = opened(program.drawings)
    assert dialog.editor.pad.drawing == pad.drawing
    assert dialog.editor.label.text() == ""
    pad.show_image(Image(np.eye(28, dtype=np.float32), 4))
    panel.drawing.keep.trigger()
    assert dialog.editor.label.text() == "4"
    dialog.editor.store.click()
    assert list(Collection(default_folder()).all()) == ["4"]


def test_drawings_become_the_data_and_that_is_undone(qtbot: QtBot, ready: Program) -> None:
    collection, before = fill(), ready.document.experiment
    ready.drawings.open()
    with qtbot.waitSignal(ready.data_source.found):
        opened(ready.drawings).train.click()
    data = ready.document.experiment.data
    assert isinstance(data, OwnPictures)
    assert data.own_path == str(collection.folder)
    assert set(data.class_names) == {"A/B", "left"}
    assert not check(ready.document.experiment)
    ready.document.undo_stack.undo()
    assert ready.document.experiment == before


def test_drawings_are_exported_into_new_folders(
    qtbot: QtBot, program: Program, answers: Answers, tmp_path: Path
) -> None:
    fill()
    target = answers.path = tmp_path / "exports"
    target.mkdir()
    program.drawings.open()
    dialog = opened(program.drawings)
    for kind, name in zip(ExportKind, ("drawings-idx", "drawings-idx-28", "drawings-png"), strict=True):
        dialog.export_requested.emit(kind)
        qtbot.waitUntil(lambda name=name: name in dialog.status.whole.split("/")[-1])  # type: ignore[misc]
        assert (target / name).is_dir()
    assert (target / "drawings-idx" / NAMES).read_text("utf-8").splitlines() == ["A/B", "left"]
    assert Collection(target / "drawings-png").all() == Collection(default_folder()).all()


def test_an_export_that_fails_says_why(qtbot: QtBot, program: Program, answers: Answers, tmp_path: Path) -> None:
    fill()
    answers.path = tmp_path / "none"
    program.drawings.open()
    dialog = opened(program.drawings)
    dialog.export_requested.emit(ExportKind.PNG)
    qtbot.waitUntil(lambda: "does not exist" in dialog.status.whole)
