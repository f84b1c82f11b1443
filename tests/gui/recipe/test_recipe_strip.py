"""The whole recipe can be reached from the strip at any width, and every edit is one named step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.forms.field_column import FieldColumn
from playground.gui.recipe.cells import PartsCell, SimpleCell
from playground.gui.recipe.strip import RecipeStrip
from playground.gui.session.document import Document
from playground.spec.component import fields_of
from playground.spec.edits import Set
from playground.spec.messages import message
from playground.spec.recipe.augmentations import Rotate
from playground.spec.recipe.losses import CrossEntropy, DiceCrossEntropy, Loss
from playground.spec.recipe.optimizers import SGD, AdamW
from playground.spec.recipe.recipe import Recipe
from tests.gui.recipe.strips import choose, part, popover_of

KEY = Qt.Key


@pytest.mark.parametrize("width", [400, 800, 1366, 1900, 3000])
def test_everything_can_be_reached_and_nothing_is_cut(strip: RecipeStrip, width: int) -> None:
    strip.resize(width, 40)
    strip.layout().activate()
    shown = {field.name for field in fields_of(Recipe) if strip.cell(field.name).isVisible()}
    for name in shown:
        cell = strip.cell(name)
        assert cell.width() >= cell.sizeHint().width()
        assert cell.geometry().right() < width
    missing = {field.name for field in fields_of(Recipe)} - shown
    assert strip.more.isVisible() or not missing
    if missing:
        strip.more.click()
        labels = {label.text() for label in popover_of(strip).findChildren(QLabel)}
        assert {field.label for field in fields_of(Recipe) if field.name in missing} <= labels


def test_what_matters_most_shows_at_1366(strip: RecipeStrip) -> None:
    assert strip.width() == 1366
    assert all(strip.cell(name).isVisible() for name in ("optimizer", "loss", "batch_size", "epochs", "device"))


def test_choosing_an_optimizer(strip: RecipeStrip, document: Document) -> None:
    cell = part(strip, "optimizer")
    choose(cell, SGD)
    assert document.experiment.recipe.optimizer == SGD()
    assert document.undo_stack.undoText() == "Set Optimizer"
    assert cell.live_cell("momentum").isVisible()
    document.undo_stack.undo()
    assert cell.choices.currentText() == "Adam"


def test_choosing_what_is_chosen_leaves_its_settings(strip: RecipeStrip, document: Document) -> None:
    document.do(Set(("recipe", "optimizer"), SGD(lr=0.5), message("x")))
    choose(part(strip, "optimizer"), SGD)
    assert document.experiment.recipe.optimizer == SGD(lr=0.5)


def test_stepping_the_learning_rate_is_one_step(strip: RecipeStrip, document: Document, qtbot: QtBot) -> None:
    number = part(strip, "optimizer").live_cell("lr").editor.number
    for _ in range(3):
        qtbot.keyClick(number, KEY.Key_Down)
    assert document.experiment.recipe.optimizer.lr == 1e-4
    assert document.undo_stack.undoText() == "Set Learning rate"
    document.undo_stack.undo()
    assert document.experiment.recipe.optimizer.lr == 0.001
    assert number.text() == "0.001"


@pytest.mark.parametrize("lr", [0.00767, 0.000767, 0.0123])
def test_a_learning_rate_of_many_digits_is_shown_whole(strip: RecipeStrip, document: Document, lr: float) -> None:
    document.do(Set(("recipe", "optimizer"), AdamW(lr=lr), message("x")))
    strip.layout().activate()
    number = part(strip, "optimizer").live_cell("lr").editor.number
    assert float(number.text()) == lr
    assert number.width() >= number.fontMetrics().horizontalAdvance(number.text()) + 18  # with the frame


def test_what_cannot_be_changes_nothing(strip: RecipeStrip, document: Document, qtbot: QtBot) -> None:
    cell = strip.cell("batch_size")
    assert isinstance(cell, SimpleCell)
    cell.editor.number.selectAll()
    qtbot.keyClicks(cell.editor.number, "0")
    qtbot.keyClick(cell.editor.number, KEY.Key_Return)
    assert cell.editor.number.is_wrong()
    assert "1" in QToolTip.text()  # the least that there can be
    assert document.experiment.recipe.batch_size == 32


@pytest.mark.parametrize("family", [field.name for field in fields_of(Recipe) if field.kind == "component"])
def test_every_field_of_every_member_is_beside_it_or_behind_the_dots(
    strip: RecipeStrip, document: Document, family: str
) -> None:
    strip.resize(4000, 40)
    (field,) = (field for field in fields_of(Recipe) if field.name == family)
    assert field.family is not None
    for member in field.family.members():
        document.do(Set(("recipe", family), member(), message("x")))
        cell = part(strip, family)
        behind = [info for info in fields_of(member) if not info.live]
        for info in fields_of(member):
            if info.live:
                assert cell.live_cell(info.name).isVisible()
        assert cell.more_button.isVisible() is bool(behind)
        if behind:
            cell.more_button.click()
            popover = popover_of(strip)
            column = popover.findChild(FieldColumn)
            assert column is not None
            assert all(column.editor(info.name) for info in behind)
            popover.close()


def test_hidden_settings_that_were_changed_are_marked(strip: RecipeStrip, document: Document) -> None:
    strip.resize(800, 40)
    assert strip.more.text() == "More"
    document.do(Set(("seed",), 7, message("x")))
    assert strip.more.text() == "More •"


def test_every_cell_shows_the_document(strip: RecipeStrip, document: Document) -> None:
    for name, value in (("batch_size", 64), ("epochs", 3), ("optimizer", SGD(lr=0.25)), ("augmentations", (Rotate(),))):
        document.do(Set(("recipe", name), value, message("x")))
    document.do(Set(("recipe", "optimizer"), SGD(lr=0.5), message("x")))
    batch, augmentations = strip.cell("batch_size"), strip.cell("augmentations")
    assert isinstance(batch, SimpleCell)
    assert isinstance(augmentations, PartsCell)
    assert batch.editor.number.text() == "64"
    assert part(strip, "optimizer").choices.currentText() == "SGD"
    assert part(strip, "optimizer").live_cell("lr").editor.number.text() == "0.5"
    assert augmentations.button.text() == Rotate.label
    assert augmentations.button.toolTip().endswith(f"\n{Rotate.label}")


def test_tab_goes_from_the_optimizer_to_its_rate_and_on(strip: RecipeStrip, qtbot: QtBot) -> None:
    strip.show()
    optimizer = part(strip, "optimizer")
    choose(optimizer, SGD)
    reached: QWidget = optimizer.choices
    stops = []
    for _ in range(3):
        reached = reached.nextInFocusChain()
        while reached.focusPolicy() == Qt.FocusPolicy.NoFocus or reached.focusProxy() is not None:
            reached = reached.nextInFocusChain()
        stops.append(reached)
    for stop, name in zip(stops, ("lr", "momentum"), strict=False):
        assert optimizer.live_cell(name).isAncestorOf(stop)
    assert stops[-1] is optimizer.more_button


@pytest.mark.parametrize("loss", [CrossEntropy(), DiceCrossEntropy()])
def test_loss_optimizer_and_learning_rate_are_the_last_to_be_hidden(
    strip: RecipeStrip, document: Document, loss: Loss
) -> None:
    document.do(Set(("recipe", "loss"), loss, message("x")))
    document.do(Set(("recipe", "optimizer"), AdamW(), message("x")))
    for width in range(1920, 760, -40):
        strip.resize(width, 40)
        assert strip.cell("loss").isVisible(), width
        assert strip.cell("optimizer").live_cell("lr").isVisible(), width
