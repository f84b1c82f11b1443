"""Settings that a popover shows are edited there, and the popover closes with its component."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.forms.field_column import FieldColumn
from playground.gui.forms.field_editor import Proposal
from playground.gui.forms.number_field import NumberField
from playground.gui.recipe.cells import PartsCell
from playground.gui.recipe.popover import Popover
from playground.gui.recipe.strip import RecipeStrip
from playground.gui.session.document import Document
from playground.gui.style.popup import rounded
from playground.spec.edits import Set
from playground.spec.messages import message
from playground.spec.recipe.one_cycle import OneCycle
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.schedules import Cosine
from tests.gui.recipe.strips import part, popover_of

KEY = Qt.Key


def test_a_field_behind_the_dots_is_edited(strip: RecipeStrip, document: Document, qtbot: QtBot) -> None:
    part(strip, "optimizer").more_button.click()
    column = popover_of(strip).findChild(FieldColumn)
    assert column is not None
    qtbot.keyClick(column.editor("beta1").number, KEY.Key_Down)
    assert document.experiment.recipe.optimizer.beta1 == 0.89
    document.do(Set(("recipe", "optimizer"), SGD(), message("x")))  # what it showed is gone
    assert not [popover for popover in strip.findChildren(Popover) if popover.isVisible()]


def test_augmentations_and_their_preview(strip: RecipeStrip, document: Document, qtbot: QtBot) -> None:
    strip.resize(3000, 40)
    cell = strip.cell("augmentations")
    assert isinstance(cell, PartsCell)
    assert cell.button.text() == "None"
    made: list[QWidget] = []

    def preview() -> QWidget:
        made.append(QLabel("here"))
        return made[-1]

    strip.set_preview("augmentations", preview)
    cell.button.click()
    popover = popover_of(strip)
    assert made[0].isVisible()
    column = popover.findChild(FieldColumn)
    assert column is not None
    actions = column.editor("augmentations").add_button.menu().actions()
    for action in actions[:3]:
        action.trigger()
    names = [type(item).label for item in document.experiment.recipe.augmentations]
    assert names == [action.text() for action in actions[:3]]
    assert cell.button.text() == f"{names[0]} + 2"
    qtbot.keyClick(popover, KEY.Key_Escape)
    assert not popover.isVisible()


def test_a_button_does_not_stay_lit_when_what_it_opened_is_closed(strip: RecipeStrip) -> None:
    further = part(strip, "optimizer").more_button
    further.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    QCursor.setPos(strip.mapToGlobal(strip.rect().bottomRight()) + QPoint(50, 50))
    further.click()
    popover_of(strip).close()
    assert not further.underMouse()


def test_corners_are_cut_off_where_they_cannot_be_transparent() -> None:
    shape = rounded(QRect(0, 0, 300, 200))
    assert not any(
        shape.contains(corner) for corner in (QPoint(0, 0), QPoint(299, 0), QPoint(0, 199), QPoint(299, 199))
    )
    assert all(shape.contains(place) for place in (QPoint(150, 0), QPoint(299, 100), QPoint(150, 100), QPoint(3, 3)))


def test_what_was_typed_for_a_component_that_has_gone_is_dropped(
    strip: RecipeStrip, document: Document, qtbot: QtBot
) -> None:
    document.do(Set(("recipe", "schedule"), Cosine(), message("Set schedule")))
    part(strip, "schedule").more_button.click()
    column = popover_of(strip).findChild(FieldColumn)
    assert column is not None
    number = column.editor("warmup").findChild(NumberField)
    number.setFocus()
    number.selectAll()
    qtbot.keyClicks(number, "2")
    experiment = document.experiment
    document.do(Set(("recipe", "schedule"), OneCycle(), message("Set schedule")))  # closes it, and so ends the typing
    column.edited.emit(Proposal(2.0, ("warmup",), "Warm-up"))
    assert document.experiment.recipe.schedule == OneCycle()
    document.undo_stack.undo()
    assert document.experiment == experiment
