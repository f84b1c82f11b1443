"""Examples get another label, or are left out, from the galleries of an evaluation, with the keyboard and undoable."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from playground.engine.evaluation.data_part import Part
from playground.gui.evaluation.confusion_page import ConfusionPage
from playground.gui.evaluation.gallery import Gallery
from playground.gui.evaluation.mistakes_page import MistakesPage
from playground.gui.forms.changed_examples import ChangedExamplesLine
from playground.gui.session.run_state import RunState
from playground.gui.stack.block import DATA
from playground.gui.start.program import Program
from playground.gui.style.translation import counted
from playground.spec.data.changed_examples import ChangedExample, ChangedExamples
from playground.spec.datasets.changeable import Changeable
from playground.spec.edits import Set
from playground.spec.messages import message
from tests.gui.evaluation.test_evaluation_pages import SMALL, WITHIN, page_of


@pytest.fixture
def trained(qtbot: QtBot, ready: Program) -> Program:
    """A program whose window is shown, with a network that has learned for 20 steps."""
    with qtbot.waitExposed(ready.window):
        ready.window.show()
    ready.document.load(SMALL, None)
    ready.run.train()
    qtbot.waitUntil(lambda: ready.run.state is RunState.FINISHED, timeout=WITHIN)
    return ready


def mistakes(qtbot: QtBot, program: Program) -> MistakesPage:
    page = page_of(qtbot, program, "MistakesPage")
    assert isinstance(page, MistakesPage)
    qtbot.waitUntil(lambda: page.examples.gallery.count() > 0, timeout=WITHIN)
    return page


def of_training(qtbot: QtBot, program: Program) -> MistakesPage:
    page = mistakes(qtbot, program)
    parts = page.header.parts
    parts.setCurrentIndex(parts.findData(Part.TRAIN))
    parts.activated.emit(parts.currentIndex())
    qtbot.waitUntil(lambda: page.result is not None and page.result.part.part is Part.TRAIN, timeout=WITHIN)
    shown = page.examples.gallery
    qtbot.waitUntil(lambda: shown.count() > 0 and page.result.part.part is Part.TRAIN, timeout=WITHIN)
    qtbot.waitUntil(lambda: all(example.index < 640 for example in shown.shown), timeout=WITHIN)
    return page


def press_menu_key(gallery: Gallery) -> None:
    """What Qt makes of the menu key."""
    where = gallery.viewport().rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, where, gallery.mapToGlobal(where))
    QApplication.sendEvent(gallery.viewport(), event)


def names(menu: QMenu) -> list[str]:
    return [action.text().replace("&", "") for action in menu.actions()]


def action(menu: QMenu, name: str) -> QAction:
    return next(item for item in menu.actions() if item.text().replace("&", "") == name)


def changes_of(program: Program) -> list[tuple[int, str | None]]:
    data = program.document.experiment.data
    assert isinstance(data, Changeable)
    return [(item.number, item.class_name) for item in data.changes.items]


def test_a_label_is_changed_with_the_keyboard_and_undone(qtbot: QtBot, trained: Program) -> None:
    page = mistakes(qtbot, trained)
    gallery, menu, run_data = page.examples.gallery, page.examples.menu, trained.document.experiment.data
    gallery.setFocus()
    gallery.setCurrentRow(1)
    example = gallery.shown[1]
    assert example.origin is not None
    assert example.origin.number == 55_000 + example.index
    press_menu_key(gallery)
    assert names(menu) == ["It is", "Leave out of training: training examples only", "As it was"]
    assert [item.isEnabled() for item in menu.actions()] == [True, False, False]
    assert not menu.classes.isVisible()  # opened by the program, it would take no input
    wanted = "3" if example.origin.class_name != "3" else "8"
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Right)  # opens the classes
    qtbot.waitUntil(menu.classes.isVisible)
    menu.classes.setActiveAction(action(menu.classes, wanted))
    qtbot.keyClick(menu.classes, Qt.Key.Key_Return)
    assert changes_of(trained) == [(example.origin.number, wanted)]
    assert trained.document.undo_stack.undoText() == f"Label example {example.origin.number:,} “{wanted}”"
    assert "1 label changed" in counted(trained.document.experiment.data)

    # The example stays where it is, with a mark; the network is one of the data before.
    assert gallery.item(1).text().endswith(f"\nyours: {wanted}")
    assert gallery.currentRow() == 1
    assert page.result is not None
    assert page.result.part.dataset == run_data

    trained.document.undo_stack.undo()
    assert changes_of(trained) == []
    assert "yours" not in gallery.item(1).text()


def test_a_training_example_is_left_out_and_taken_back(qtbot: QtBot, trained: Program) -> None:
    page = of_training(qtbot, trained)
    gallery, menu = page.examples.gallery, page.examples.menu
    gallery.setCurrentRow(0)
    qtbot.keyClick(gallery, Qt.Key.Key_Delete)
    number = gallery.shown[0].index
    assert changes_of(trained) == [(number, None)]
    assert trained.document.experiment.data.train_count == 639
    assert gallery.item(0).text().endswith("\nleft out")
    press_menu_key(gallery)
    assert action(menu, "Leave out of training").isChecked()
    action(menu, "As it was").trigger()
    menu.close()
    assert changes_of(trained) == []

    # All at once, in the settings of the data.
    for row in range(2):
        gallery.setCurrentRow(row)
        qtbot.keyClick(gallery, Qt.Key.Key_Delete)
    trained.form.show_selection((DATA,))
    line = trained.form.findChild(ChangedExamplesLine)
    assert line.words.text() == "2 examples left out"
    line.button.click()
    assert changes_of(trained) == []
    assert line.isHidden()
    trained.document.undo_stack.undo()
    assert len(changes_of(trained)) == 2


def test_the_next_training_learns_without_them(qtbot: QtBot, trained: Program) -> None:
    page = of_training(qtbot, trained)
    gallery = page.examples.gallery
    gallery.setCurrentRow(0)
    qtbot.keyClick(gallery, Qt.Key.Key_Delete)
    assert trained.run.stale
    with qtbot.waitSignal(trained.run.began):
        trained.run.train()
    qtbot.waitUntil(lambda: page.result is not None and page.result.part.whole == 639, timeout=WITHIN)


def test_a_page_opened_later_shows_what_the_network_learned_from(qtbot: QtBot, trained: Program) -> None:
    """Labels that are changed before the page is opened are no others than those changed afterwards."""
    before = trained.document.experiment
    assert isinstance(before.data, Changeable)
    changes = ChangedExamples(items=(ChangedExample(number=55_000, digest="0" * 12, class_name="3"),))
    trained.document.do(Set(("data", "changes"), changes, message("Label example")))
    page = page_of(qtbot, trained, "MistakesPage")
    assert isinstance(page, MistakesPage)
    qtbot.waitUntil(lambda: page.result is not None, timeout=WITHIN)
    assert page.result is not None
    assert page.result.part.dataset == before.data
    assert page.result.part.relabelled == 0


def test_nothing_is_changed_in_the_test_part(qtbot: QtBot, trained: Program, tmp_path: Path) -> None:
    page = mistakes(qtbot, trained)
    parts = page.header.parts
    parts.setCurrentIndex(parts.findData(Part.TEST))
    parts.activated.emit(parts.currentIndex())
    qtbot.waitUntil(lambda: page.result is not None and page.result.part.part is Part.TEST, timeout=WITHIN)
    gallery, menu = page.examples.gallery, page.examples.menu
    qtbot.waitUntil(lambda: gallery.count() > 0 and gallery.shown[0].origin is None, timeout=WITHIN)
    gallery.setCurrentRow(0)
    press_menu_key(gallery)
    assert names(menu) == ["Test examples are never changed."]
    assert not menu.actions()[0].isEnabled()
    menu.close()
    qtbot.keyClick(gallery, Qt.Key.Key_Delete)
    assert changes_of(trained) == []


def test_the_examples_of_a_confusion_can_be_changed(qtbot: QtBot, trained: Program) -> None:
    page = page_of(qtbot, trained, "ConfusionPage")
    assert isinstance(page, ConfusionPage)
    gallery, menu = page.examples.gallery, page.examples.menu
    qtbot.waitUntil(lambda: gallery.count() > 0, timeout=WITHIN)
    gallery.setCurrentRow(0)
    press_menu_key(gallery)
    origin = gallery.shown[0].origin
    assert origin is not None
    checked = [item.text() for item in menu.classes.actions() if item.isChecked()]
    assert checked == [origin.class_name]
    action(menu.classes, checked[0]).trigger()  # the class that it has already changes nothing
    menu.close()
    assert changes_of(trained) == []
