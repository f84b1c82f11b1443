"""Ranges on the stack: from a field's menu or key, through the dialog, into the document, the block and the file."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QLabel
from pytestqt.qtbot import QtBot

from playground.gui.forms.range_dialog import RangeDialog
from playground.gui.forms.range_offer import RangeOffer
from playground.gui.stack.model import Role
from playground.gui.start.program import Program
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.search.proposal import proposed_range
from playground.spec.search.ranges import Choices, NumberRange, SpaceError, optional
from playground.spec.search.space import SearchSpace

FEW = Experiment(data=Points(), stack=Stack(layers=(Linear(out_features=32), Linear(out_features=2))))
Ok = QDialogButtonBox.StandardButton.Ok


@pytest.fixture
def shown(program: Program) -> Program:
    """With the first layer's form."""
    program.document.load(FEW, None)
    assert program.form is not None
    program.form.show_layer((0,))
    return program


def dialog_of(program: Program, qtbot: QtBot) -> RangeDialog:
    """The dialog that is open."""
    found = program.window.findChild(RangeDialog)
    assert found is not None
    qtbot.waitUntil(found.isVisible)
    return found


def ask(program: Program, field: str, qtbot: QtBot) -> RangeDialog:
    """Ask for the range of a field of the shown layer, with the key."""
    assert program.form is not None
    assert program.form.form.column is not None
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    QTest.keyClick(program.form.form.column.editor(field).stops[0], Qt.Key.Key_N, modifiers)
    return dialog_of(program, qtbot)


def ranges(program: Program) -> tuple[object, ...]:
    space = program.document.experiment.search
    return space.ranges if space else ()


def test_a_number_is_searched_between_proposed_bounds(shown: Program, qtbot: QtBot) -> None:
    dialog = ask(shown, "out_features", qtbot)
    assert (dialog.low.text(), dialog.high.text(), dialog.logarithmic.isChecked()) == ("8", "128", True)
    dialog.low.selectAll()
    QTest.keyClicks(dialog.low, "16")
    dialog.buttons.button(Ok).click()
    found = NumberRange(path=(0,), field="out_features", low=16, high=128, logarithmic=True)
    assert ranges(shown) == (found,)
    model = shown.stack.model()
    block = model.index(1, 0).data(Role.BLOCK)
    assert block.ranges == ("Units 16 … 128",)
    assert "searched: Units 16 … 128" in block.spoken()
    assert shown.form is not None
    assert "Units\n16 … 128" in [label.text() for label in shown.form.findChildren(QLabel)]
    assert shown.document.undo_stack.undoText() == "Search over Linear 1: Units"
    shown.document.undo_stack.undo()
    assert shown.document.experiment == FEW
    assert model.index(1, 0).data(Role.BLOCK).ranges == ()


def test_bounds_that_are_wrong_are_refused_with_a_reason(shown: Program, qtbot: QtBot) -> None:
    dialog = ask(shown, "out_features", qtbot)
    for low, words in (
        ("x", "“x” is not a number. Expected a whole number from 1 to 1,000,000."),
        ("128", "The smallest value should be below the largest."),
    ):
        dialog.low.selectAll()
        QTest.keyClicks(dialog.low, low)
        assert dialog.words.text() == words
        assert not dialog.buttons.button(Ok).isEnabled()
    dialog.reject()
    assert ranges(shown) == ()


def test_the_size_of_the_output_has_no_range(shown: Program, qtbot: QtBot) -> None:
    """Of all its values one alone could be trained."""
    last = len(FEW.stack.layers) - 1
    assert shown.form is not None
    shown.form.show_layer((last,))
    column = shown.form.form.column
    assert column is not None
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    QTest.keyClick(column.editor("out_features").stops[0], Qt.Key.Key_N, modifiers)
    assert column.refusal.text().startswith("Linear makes the output, whose size the data fix. With another one: ")
    assert column.refusal.isVisible()
    assert shown.window.findChild(RangeDialog) is None
    assert ranges(shown) == ()
    with pytest.raises(SpaceError, match="The network gives 3, but 2-D classification asks for 2"):
        proposed_range(FEW, (last,), "out_features")
    assert proposed_range(FEW, (last,), "bias") is not None
    headless = FEW.with_(stack=FEW.stack.with_(layers=FEW.stack.layers[:last]))  # as long as it is being built
    assert proposed_range(headless, (0,), "out_features") is not None


def test_a_logarithmic_range_begins_above_0(qtbot: QtBot) -> None:
    own = FEW.with_(stack=Stack(layers=(Linear(out_features=32), Dropout(), Linear(out_features=2))))
    dialog = RangeDialog(own, NumberRange(path=(1,), field="p", low=0.0, high=0.5), exists=False)
    qtbot.addWidget(dialog)
    dialog.logarithmic.click()
    assert dialog.words.text() == "Not possible: a logarithmic range begins above 0."


def test_a_range_for_which_there_is_no_room_is_refused(qtbot: QtBot) -> None:
    full = SearchSpace(ranges=tuple(optional((number,)) for number in range(10, 210)))
    item = NumberRange(path=(0,), field="out_features", low=2, high=9)
    dialog = RangeDialog(FEW.with_(search=full), item, exists=False)
    qtbot.addWidget(dialog)
    assert dialog.words.text() == "That would be too many: a search space holds at most 200 ranges."
    assert not dialog.buttons.button(Ok).isEnabled()


def test_choices_are_ticked_and_the_range_is_removed(shown: Program, qtbot: QtBot) -> None:
    dialog = ask(shown, "activation", qtbot)
    for box in dialog.boxes[2:]:
        box.setChecked(False)
    kept = tuple(box.text() for box in dialog.boxes[:2])
    assert kept[0] == "none"
    dialog.buttons.button(Ok).click()
    (found,) = ranges(shown)
    assert isinstance(found, Choices)
    assert found.key == "stack.0.activation"
    assert len(found.options) == 2
    qtbot.waitUntil(lambda: shown.window.findChild(RangeDialog) is None)
    again = ask(shown, "activation", qtbot)
    assert [box.isChecked() for box in again.boxes[:3]] == [True, True, False]
    buttons, role = again.buttons, QDialogButtonBox.ButtonRole.ResetRole
    (remove,) = (button for button in buttons.buttons() if buttons.buttonRole(button) is role)
    remove.click()
    assert shown.document.experiment == FEW


def test_the_learning_rate_is_searched_from_its_menu_in_the_strip(shown: Program, qtbot: QtBot) -> None:
    assert shown.recipe is not None
    cell = shown.recipe.cell("optimizer").live_cell("lr")  # type: ignore[attr-defined]
    (offer,) = cell.findChildren(RangeOffer)
    menu = offer.menu(cell.editor.stops[0])
    action = next(action for action in menu.actions() if action.text().startswith("&Search"))
    assert len(menu.actions()) > 2  # beside those of a line for text
    action.trigger()
    dialog_of(shown, qtbot).buttons.button(Ok).click()
    (found,) = ranges(shown)
    assert isinstance(found, NumberRange)
    assert found.key == "recipe.optimizer.lr"
    assert found.logarithmic
    assert cell.findChild(QLabel).text().startswith("Learning rate ")
    assert "…" in cell.findChild(QLabel).text()
