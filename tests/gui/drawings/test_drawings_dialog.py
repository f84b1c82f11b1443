"""The window “My drawings”, used with the pad and the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from playground.engine.data.collection import Collection, Kept
from playground.gui.drawings.dialog import DrawingsDialog, ExportKind
from playground.gui.panels.pad.strokes import Drawing, Point, Stroke
from playground.gui.session.background import Background

Key = Qt.Key


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return Collection(tmp_path / "drawings")


@pytest.fixture
def dialog(qtbot: QtBot, collection: Collection) -> Iterator[DrawingsDialog]:
    background, window = Background(), QWidget()
    qtbot.addWidget(window)
    made = DrawingsDialog(collection, background, window)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    background.close()


def draw(dialog: DrawingsDialog, x: float = 0.5) -> None:
    pad = dialog.editor.pad
    pad.pen_down(Point(x, 0.2), False)
    pad.pen_moved(Point(x, 0.8))
    pad.pen_up()


def counts(dialog: DrawingsDialog) -> dict[str, int]:
    model = dialog.browser.labels_model
    rows = range(1, model.rowCount())
    return {model.index(row, 0).data(): int(model.index(row, 1).data().replace(",", "")) for row in rows}


def fill(dialog: DrawingsDialog, *labels: str) -> None:
    for label in labels:
        draw(dialog)
        dialog.editor.label.setText(label)
        dialog.editor.store.click()


def test_an_empty_collection_says_what_to_do(dialog: DrawingsDialog, collection: Collection) -> None:
    assert counts(dialog) == {}
    assert not dialog.browser.grid.isVisible()
    assert "at least 10" in dialog.status.whole
    assert not any(button.isEnabled() for button in (dialog.train, dialog.export, dialog.editor.store))
    assert not collection.folder.exists()


def test_a_drawing_is_stored_with_enter_as_it_was_drawn(
    qtbot: QtBot, dialog: DrawingsDialog, collection: Collection
) -> None:
    draw(dialog, 0.25)
    qtbot.keyClicks(dialog.editor.label, "A/B")
    qtbot.keyClick(dialog.editor.label, Key.Key_Return)
    assert counts(dialog) == {"A/B": 1}
    assert dialog.editor.pad.cleared
    stored = collection.read(collection.all()["A/B"][0])
    assert stored[12:44, 14].min() == 255
    assert stored[:, 20:].max() == 0
    draw(dialog)  # the label is still there
    qtbot.keyClick(dialog.editor.pad, Key.Key_Return)
    assert counts(dialog) == {"A/B": 2}
    assert "Stored" in dialog.status.whole


def test_a_label_that_is_none_keeps_the_drawing(dialog: DrawingsDialog) -> None:
    for label, words in (("", "needs a label"), ("x" * 200, "200")):
        draw(dialog)
        dialog.editor.label.setText(label)
        dialog.editor.store.click()
        assert words in dialog.status.whole
        assert not dialog.editor.pad.cleared
        assert dialog.editor.label.hasFocus()
    assert counts(dialog) == {}


def test_an_erased_drawing_is_not_stored(dialog: DrawingsDialog) -> None:
    dialog.editor.pad.pen_down(Point(0.5, 0.5), True)
    dialog.editor.pad.pen_up()
    assert not dialog.editor.store.isEnabled()


def test_selected_drawings_are_deleted_and_come_back(qtbot: QtBot, dialog: DrawingsDialog) -> None:
    fill(dialog, "7", "7", "8")
    grid = dialog.browser.grid
    before = dialog.browser.drawings_model.drawings
    grid.setFocus()
    grid.setCurrentIndex(dialog.browser.drawings_model.index(0))
    qtbot.keyClick(grid, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    grid.selectAll()
    qtbot.keyClick(grid, Key.Key_Delete)
    assert counts(dialog) == {}
    assert "3 drawings deleted" in dialog.status.whole
    qtbot.keyClick(dialog, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert counts(dialog) == {"7": 2, "8": 1}
    assert dialog.browser.drawings_model.drawings == before
    dialog.undo.trigger()
    assert counts(dialog) == {"7": 2}  # the storing of the last one
    dialog.undo.trigger()
    dialog.undo.trigger()
    assert counts(dialog) == {}
    assert not dialog.undo.isEnabled()


def choose(dialog: DrawingsDialog, row: int) -> QAbstractItemView:
    labels = dialog.browser.labels
    labels.setFocus()
    labels.setCurrentIndex(dialog.browser.labels_model.index(row, 0))
    return labels


def test_a_label_shows_its_drawings_and_is_renamed_with_f2(qtbot: QtBot, dialog: DrawingsDialog) -> None:
    fill(dialog, "7", "7", "8")
    labels = choose(dialog, 1)
    assert [kept.label for kept in dialog.browser.drawings_model.drawings] == ["7", "7"]
    qtbot.keyClick(labels, Key.Key_F2)
    editor = labels.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    editor.setText("seven")
    qtbot.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: counts(dialog) == {"8": 1, "seven": 2})  # Qt queues what Return commits
    dialog.undo.trigger()
    assert counts(dialog) == {"7": 2, "8": 1}


def test_a_rename_to_a_known_label_joins_both_and_is_undone(dialog: DrawingsDialog) -> None:
    fill(dialog, "7", "7", "8")
    model = dialog.browser.labels_model
    assert model.setData(model.index(1, 0), "8")
    assert counts(dialog) == {"8": 3}
    dialog.undo.trigger()
    assert counts(dialog) == {"7": 2, "8": 1}
    assert not model.setData(model.index(1, 0), " ")
    assert "needs a label" in dialog.status.whole


def test_all_of_a_label_is_deleted_but_never_all_labels(qtbot: QtBot, dialog: DrawingsDialog) -> None:
    fill(dialog, "7", "7", "8")
    qtbot.keyClick(choose(dialog, 0), Key.Key_Delete)
    assert counts(dialog) == {"7": 2, "8": 1}
    qtbot.keyClick(choose(dialog, 1), Key.Key_Delete)
    assert counts(dialog) == {"8": 1}


def test_delete_in_the_field_of_the_label_deletes_letters_alone(qtbot: QtBot, dialog: DrawingsDialog) -> None:
    fill(dialog, "7")
    dialog.browser.grid.selectAll()
    dialog.editor.label.setFocus()
    qtbot.keyClick(dialog.editor.label, Key.Key_Delete)
    assert counts(dialog) == {"7": 1}
    assert dialog.editor.label.text() == ""


def test_known_labels_are_offered(dialog: DrawingsDialog) -> None:
    fill(dialog, "tree", "7")
    completer = dialog.editor.label.completer()
    completer.setCompletionPrefix("T")
    assert completer.currentCompletion() == "tree"


def test_enter_stores_also_while_known_labels_are_offered(
    qtbot: QtBot, dialog: DrawingsDialog, collection: Collection
) -> None:
    fill(dialog, "ring")
    draw(dialog)
    dialog.editor.label.clear()
    dialog.editor.label.setFocus()
    qtbot.keyClicks(dialog.editor.label, "ring")
    offered = dialog.editor.label.completer().popup()
    assert offered is not None
    qtbot.waitUntil(offered.isVisible)
    qtbot.keyClick(offered, Key.Key_Return)
    assert counts(dialog) == {"ring": 2}
    assert not offered.isVisible()


def test_an_undo_that_fails_can_be_tried_again(dialog: DrawingsDialog, collection: Collection) -> None:
    fill(dialog, "a", "b")
    kept = dialog.kept
    assert kept.delete(collection.all()["a"])
    in_the_way = collection.folder / "a"
    if in_the_way.is_dir():
        in_the_way.rmdir()
    in_the_way.write_text("a file in the place of the folder")
    kept.undo()
    assert counts(dialog) == {"b": 1}
    in_the_way.unlink()
    kept.undo()
    assert counts(dialog) == {"a": 1, "b": 1}


def test_what_can_be_trained_on(qtbot: QtBot, dialog: DrawingsDialog) -> None:
    fill(dialog, *"7777788")
    assert not dialog.train.isEnabled()
    fill(dialog, *"888")
    assert dialog.train.isEnabled()
    with qtbot.waitSignal(dialog.train_requested):
        dialog.train.click()
    kinds = []
    dialog.export_requested.connect(kinds.append)
    for action in dialog.exports.actions():
        action.trigger()
    assert kinds == list(ExportKind)


def test_a_damaged_drawing_says_so(dialog: DrawingsDialog, collection: Collection) -> None:
    fill(dialog, "7")
    collection.path(collection.all()["7"][0]).write_bytes(b"no picture")
    dialog.browser.drawings_model.show_label("8")
    dialog.browser.drawings_model.show_label("7")
    index = dialog.browser.drawings_model.index(0)
    assert index.data(Qt.ItemDataRole.DecorationRole) is not None
    assert "damaged" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_undo_of_what_another_program_took_away_says_so(dialog: DrawingsDialog, collection: Collection) -> None:
    fill(dialog, "7")
    collection.path(collection.all()["7"][0]).unlink()
    dialog.undo.trigger()
    assert "does not exist" in dialog.status.whole
    assert counts(dialog) == {}


def test_a_drawing_from_elsewhere_comes_with_its_label(dialog: DrawingsDialog) -> None:
    drawing = Drawing(None, (Stroke((Point(0.5, 0.5), Point(0.5, 0.9))),))
    dialog.editor.put(drawing, "1")
    assert dialog.editor.pad.drawing == drawing or dialog.editor.pad.drawing is drawing
    assert dialog.editor.label.text() == "1"
    picture = dialog.editor.pad.picture()
    assert picture is not None
    assert np.asarray(picture).shape == (56, 56)


def test_everything_is_reached_with_the_tab_key(qtbot: QtBot, dialog: DrawingsDialog) -> None:
    fill(dialog, *"7777788888")
    draw(dialog)
    dialog.activateWindow()
    dialog.editor.pad.setFocus()
    reached: set[QWidget] = set()
    for _ in range(30):
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.add(focused)
        qtbot.keyClick(focused, Key.Key_Tab)
    wanted = (dialog.editor.label, dialog.editor.store, dialog.browser.labels, dialog.browser.grid)
    assert reached >= {*wanted, dialog.train, dialog.export, dialog.editor.pad}


def test_the_models_are_sound(dialog: DrawingsDialog, qtmodeltester: ModelTester) -> None:
    fill(dialog, "7", "8")
    qtmodeltester.check(dialog.browser.drawings_model)
    qtmodeltester.check(dialog.browser.labels_model)


def test_thousands_are_deleted_while_the_window_is_used(
    qtbot: QtBot, dialog: DrawingsDialog, collection: Collection
) -> None:
    fill(dialog, "7", "8")
    (first,) = collection.all()["7"]
    content = collection.path(first).read_bytes()
    for number in range(1999):
        collection.path(Kept("7", f"{number}.png")).write_bytes(content)
    dialog.kept.read()
    assert counts(dialog) == {"7": 2000, "8": 1}
    choose(dialog, 1)
    with qtbot.waitSignal(dialog.kept.told) as told:
        dialog.browser.delete_label.trigger()
    assert "Deleting 2,000" in str(told.args[0])
    assert dialog.kept.busy  # the call has returned before it is done
    assert counts(dialog) == {"7": 2000, "8": 1}
    assert not any(action.isEnabled() for action in (dialog.undo, dialog.browser.delete_label, dialog.browser.rename))
    fill(dialog, "9")  # the pad and the list are of use meanwhile
    assert counts(dialog)["9"] == 1
    qtbot.waitUntil(lambda: counts(dialog) == {"8": 1, "9": 1}, timeout=60_000)
    assert "2,000 drawings deleted" in dialog.status.whole


def test_many_are_restored_and_renamed_in_the_background(qtbot: QtBot, dialog: DrawingsDialog) -> None:
    fill(dialog, *"7777777777", "8")
    model = dialog.browser.labels_model
    assert model.setData(model.index(1, 0), "seven")
    assert dialog.kept.busy
    qtbot.waitUntil(lambda: counts(dialog) == {"8": 1, "seven": 10})
    assert dialog.kept.delete(dialog.kept.by_label["seven"])
    assert not dialog.kept.delete(dialog.kept.by_label["8"])  # not before that is done
    qtbot.waitUntil(lambda: not dialog.kept.busy)
    for expected in ({"8": 1, "seven": 10}, {"7": 10, "8": 1}):
        dialog.undo.trigger()
        assert dialog.kept.busy
        qtbot.waitUntil(lambda: not dialog.kept.busy)
        assert counts(dialog) == expected
