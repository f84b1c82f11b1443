"""A cell shows whether its setting is valid, locked during training or used from the next run on."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QLabel
from pytestqt.qtbot import QtBot

from playground.gui.forms.editors import FeatureEditor
from playground.gui.forms.field_editor import Proposal
from playground.gui.forms.number_field import NumberField
from playground.gui.recipe.cells import SimpleCell
from playground.gui.recipe.strip import RecipeStrip
from playground.gui.session.document import Document
from playground.spec.edits import Set
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message
from playground.spec.recipe.losses import CrossEntropy
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import EarlyStopping, NoStopping
from playground.spec.recipe.regularizers import L1, L2
from tests.gui.recipe.strips import choose, look, part, popover_of


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


def test_while_it_trains_what_is_fixed_is_disabled_and_says_why(strip: RecipeStrip) -> None:
    strip.set_training(True)
    batch, optimizer = strip.cell("batch_size"), part(strip, "optimizer")
    assert isinstance(batch, SimpleCell)
    assert not batch.editor.focusProxy().isEnabled()
    assert not optimizer.choices.isEnabled()
    for tip in (batch.editor.focusProxy().toolTip(), optimizer.choices.toolTip()):
        assert "Pause or stop" in tip
    assert optimizer.live_cell("lr").editor.focusProxy().isEnabled()
    optimizer.more_button.click()
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


def test_early_stopping_is_a_check_box_with_its_settings_behind_it(strip: RecipeStrip, document: Document) -> None:
    cell = part(strip, "stopping")
    assert isinstance(cell.choices, QCheckBox)
    assert cell.more_button.isHidden()
    cell.choices.click()
    assert document.experiment.recipe.stopping == EarlyStopping()
    assert not cell.more_button.isHidden()
    cell.choices.click()
    assert document.experiment.recipe.stopping == NoStopping()


def test_what_was_typed_for_a_member_that_has_gone_is_dropped(strip: RecipeStrip, document: Document) -> None:
    document.do(Set(("recipe", "regularizer"), L2(l2=0.1), message("Set regularizer")))
    (cell,) = part(strip, "regularizer").findChildren(SimpleCell)
    document.do(Set(("recipe", "regularizer"), L1(), message("Set regularizer")))
    cell.edited.emit(cell.component_path, Proposal(0.2, ("l2",), "L2"))
    assert document.experiment.recipe.regularizer == L1()
