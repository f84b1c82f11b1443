"""A text is shown as it was read, and read again in the encoding that is picked."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from playground.gui.data_source.pane import DataSourcePane
from playground.gui.session.dropped_files import DroppedFiles
from playground.gui.start.program import Program
from playground.spec.datasets.text import OwnText
from tests.gui.conftest import Answers

WORDS = "Łódź i Gdańsk, też Kraków! Małe żółwie jedzą gęś.\n" * 30


def text(program: Program) -> OwnText:
    data = program.document.experiment.data
    assert isinstance(data, OwnText)
    return data


def pick(pane: DataSourcePane, name: str | None) -> None:
    box = pane.text.encoding
    box.activated.emit(next(index for index in range(box.count()) if box.itemData(index) == name))


def test_a_text_is_read_again_in_the_encoding_that_is_picked(qtbot: QtBot, ready: Program, tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes(WORDS.encode("iso8859-2"))
    pane = DataSourcePane(ready.data_source)
    qtbot.addWidget(pane)
    with qtbot.waitSignal(ready.data_source.found, timeout=20_000):
        ready.data_source.inspect(path)
    assert pane.text.lines.toPlainText() == WORDS[:400]
    assert pane.text.encoding.currentText() == "Automatic: ISO-8859-2 (Central European)"
    with qtbot.waitSignal(ready.data_source.found, timeout=20_000):
        pick(pane, "koi8-r")
    assert text(ready).source.encoding == "koi8-r"
    assert pane.text.encoding.currentText() == "KOI8-R (Cyrillic)"
    assert pane.text.lines.toPlainText() == WORDS[:400].encode("iso8859-2").decode("koi8-r")
    ready.document.undo_stack.undo()
    assert pane.text.lines.toPlainText() == WORDS[:400]
    assert pane.text.encoding.currentIndex() == 0
    ready.document.undo_stack.redo()
    with qtbot.waitSignal(ready.data_source.found, timeout=20_000):
        pick(pane, None)
    assert text(ready).source.encoding == "iso8859-2"


def test_a_doubt_is_shown(qtbot: QtBot, ready: Program, tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes(("a plain line\n" * 100 + "à côté").encode("cp1252"))
    pane = DataSourcePane(ready.data_source)
    qtbot.addWidget(pane)
    with qtbot.waitSignal(ready.data_source.found, timeout=20_000):
        ready.data_source.inspect(path)
    assert "is not certain" in pane.remarks.text()
    assert not pane.remarks.isHidden()


def test_several_files_or_a_folder_become_one_text(
    qtbot: QtBot, ready: Program, answers: Answers, tmp_path: Path
) -> None:
    folder = tmp_path / "poems"
    folder.mkdir()
    for name, encoding in (("b", "cp1250"), ("a", "utf-8"), ("c", "iso8859-2")):
        (folder / f"{name}.txt").write_bytes(WORDS.encode(encoding))
    pane = DataSourcePane(ready.data_source)
    qtbot.addWidget(pane)
    with qtbot.waitSignal(ready.data_source.found, timeout=20_000):
        ready.window.dropped.emit(DroppedFiles((folder / "b.txt", folder / "a.txt")))
    assert [part.name for part in text(ready).source.parts] == ["a.txt", "b.txt"]
    assert not ready.document.problems
    with qtbot.waitSignal(ready.data_source.found, timeout=20_000):
        ready.files.open(folder)
    assert text(ready).source.count == 3 * len(WORDS) + 2
    assert pane.text.encoding.currentText() == "Automatic: by file"
    assert "3 files" in pane.status.text()
    answers.paths = (folder / "c.txt", folder / "b.txt")
    with qtbot.waitSignal(ready.data_source.found, timeout=20_000):
        ready.data_source.choose()
    assert [part.name for part in text(ready).source.parts] == ["b.txt", "c.txt"]
    answers.path = folder
    with qtbot.waitSignal(ready.data_source.found, timeout=20_000):
        ready.data_source.choose_folder()
    assert len(text(ready).source.parts) == 3


def test_a_text_is_read_in_the_units_that_are_picked(qtbot: QtBot, ready: Program, tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("the cat sat, the dog ran\n" * 99, encoding="utf-8")
    pane = DataSourcePane(ready.data_source)
    qtbot.addWidget(pane)
    with qtbot.waitSignal(ready.data_source.found, timeout=20_000):
        ready.data_source.inspect(path)
    units, vocabulary = pane.text.units, pane.text.vocabulary
    assert (units.currentText(), vocabulary.isEnabled()) == ("characters", False)
    with qtbot.waitSignal(ready.data_source.found, timeout=20_000):
        units.setCurrentIndex(units.findData("words"))
        units.activated.emit(units.currentIndex())
    assert text(ready).source.units.kind == "words"
    assert vocabulary.isEnabled()
    with qtbot.waitSignal(ready.data_source.found, timeout=20_000):
        vocabulary.setValue(200)
        vocabulary.editingFinished.emit()
    assert text(ready).source.units.size == 200
    ready.document.undo_stack.undo()
    ready.document.undo_stack.undo()
    assert (units.currentText(), vocabulary.isEnabled()) == ("characters", False)
