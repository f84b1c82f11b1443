"""The whole recipe can be reached from the strip at any width, and every edit is one named step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.forms.editors import FeatureEditor
from playground.gui.forms.field_column import FieldColumn
from playground.gui.forms.number_field import NumberField
from playground.gui.recipe.cells import Cell, PartsCell, SimpleCell
from playground.gui.recipe.strip import RecipeStrip
from playground.gui.session.document import Document
from playground.spec.component import fields_of
from playground.spec.edits import Set
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message
from playground.spec.recipe.augmentations import Rotate
from playground.spec.recipe.losses import CrossEntropy, DiceCrossEntropy, Loss
from playground.spec.recipe.optimizers import SGD, AdamW
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import L2
from tests.gui.recipe.cells import choose, part, popover_of

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
        assert cell.further.isVisible() is bool(behind)
        if behind:
            cell.further.click()
            popover = popover_of(strip)
            column = popover.findChild(FieldColumn)
            assert column is not None
            assert all(column.editor(info.name) for info in behind)
            popover.close()


def test_running_marks_what_waits(strip: RecipeStrip) -> None:
    strip.set_running(True)
    label = strip.cell("batch_size").findChild(QLabel)
    assert label is not None
    assert "next run" in label.toolTip()
    live = strip.cell("optimizer").findChild(QLabel)
    assert live is not None
    assert "next run" not in live.toolTip()
    strip.set_running(False)
    assert "next run" not in label.toolTip()


def look(cell: Cell) -> str:
    """Of the label, or of the check box that stands for it."""
    label = cell.findChild(QLabel)
    assert label is not None
    return str(label.property("look"))


def test_the_label_of_what_is_fixed_is_faint(strip: RecipeStrip, document: Document) -> None:
    optimizer, batch = part(strip, "optimizer"), strip.cell("batch_size")
    rate = optimizer.live_cell("lr")
    cells = (batch, optimizer, strip.cell("augmentations"), rate, strip.cell("epochs"))
    assert [look(cell) for cell in cells] == ["muted"] * 5
    strip.set_training(True)
    assert [look(cell) for cell in cells] == ["faint"] * 3 + ["muted"] * 2
    tips = [cell.findChild(QLabel).toolTip() for cell in cells]
    assert ["Pause or stop" in tip for tip in tips] == [True, True, True, False, False]
    choose(optimizer, SGD)  # what is shown of another member is locked as well
    assert not optimizer.choices.isEnabled()
    assert look(optimizer.live_cell("momentum")) == "muted"
    strip.set_training(False)
    strip.set_running(True)
    assert [look(cell) for cell in (batch, optimizer)] == ["faint", "muted"]
    strip.set_running(False)
    assert [look(cell) for cell in (batch, optimizer)] == ["muted"] * 2


def test_what_does_not_go_together_is_marked_and_says_why(strip: RecipeStrip, document: Document) -> None:
    loss, batch = part(strip, "loss"), strip.cell("batch_size")
    stopping, clipping = part(strip, "stopping"), strip.cell("clip_norm")
    assert isinstance(clipping, SimpleCell)
    document.do(Set(("stack",), Stack(layers=(Flatten(), Linear(out_features=10))), message("x")))
    assert look(loss) == "muted"
    document.do(Set(("recipe", "loss"), CrossEntropy(class_weights=(1.0, 2.0)), message("x")))
    assert look(loss) == "warn"
    for tip in (loss.findChild(QLabel).toolTip(), loss.choices.toolTip()):
        assert "⚠ There are 2 class weights" in tip
    strip.set_training(True)
    assert look(loss) == "warn"  # also where it is fixed
    strip.set_training(False)
    document.do(Set(("recipe", "loss"), CrossEntropy(), message("x")))
    assert look(loss) == "muted"
    assert "⚠" not in loss.choices.toolTip()
    assert look(batch) == "muted"
    for cell, box in ((clipping, clipping.editor.switch), (stopping, stopping.choices)):
        cell.set_wrong("It cannot.")
        assert box.property("look") == "warn"
        assert "⚠ It cannot." in box.toolTip()
        cell.set_wrong("")
        assert box.property("look") == ""
        assert "⚠" not in box.toolTip()


def test_a_label_that_says_what_stands_before_it_is_left_out(strip: RecipeStrip, document: Document) -> None:
    document.do(Set(("recipe", "regularizer"), L2(), message("x")))
    cell = part(strip, "regularizer").live_cell("l2")
    assert cell.field.label == L2.label
    assert cell.findChild(QLabel).isHidden()
    rate = part(strip, "optimizer").live_cell("lr")
    assert not rate.findChild(QLabel).isHidden()


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
    assert stops[-1] is optimizer.further


def test_while_it_trains_what_is_fixed_is_disabled_and_says_why(strip: RecipeStrip) -> None:
    strip.set_training(True)
    batch, optimizer = strip.cell("batch_size"), part(strip, "optimizer")
    assert isinstance(batch, SimpleCell)
    assert not batch.editor.focusProxy().isEnabled()
    assert not optimizer.choices.isEnabled()
    for tip in (batch.editor.focusProxy().toolTip(), optimizer.choices.toolTip()):
        assert "Pause or stop" in tip
    assert optimizer.live_cell("lr").editor.focusProxy().isEnabled()
    optimizer.further.click()
    assert not any(field.isEnabled() for field in popover_of(strip).findChildren(NumberField))
    strip.set_training(False)
    assert all(field.isEnabled() for field in popover_of(strip).findChildren(NumberField))
    assert batch.editor.focusProxy().isEnabled()
    popover_of(strip).close()


def test_clipping_is_a_check_box_with_its_norm_beside_it(strip: RecipeStrip, document: Document, qtbot: QtBot) -> None:
    cell = strip.cell("clip_norm")
    assert isinstance(cell, SimpleCell)
    editor = cell.editor
    assert isinstance(editor, FeatureEditor)
    assert (editor.switch.text(), editor.switch.isChecked()) == ("Clip", False)
    assert "Largest norm of all gradients" in editor.switch.toolTip()
    width = cell.sizeHint().width()
    editor.switch.click()
    assert document.experiment.recipe.clip_norm == 1.0
    assert cell.sizeHint().width() == width  # nothing moves
    document.undo_stack.undo()
    assert not editor.switch.isChecked()
    strip.set_training(True)
    assert not editor.switch.isEnabled()
    assert "Fixed while it trains" in editor.switch.toolTip()


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
