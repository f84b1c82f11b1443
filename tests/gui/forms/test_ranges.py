"""Ranges on the stack: from a field's menu or key, through the popup, into the document, the block and the file."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from playground.gui.forms.range_editors import FieldBounds, MembersEditor
from playground.gui.forms.range_offer import RangeOffer
from playground.gui.forms.range_popup import RangePopup
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


@pytest.fixture
def shown(program: Program) -> Program:
    """With the first layer's form."""
    program.document.load(FEW, None)
    assert program.form is not None
    program.form.show_layer((0,))
    return program


def popup_of(qtbot: QtBot) -> RangePopup:
    """The popup that is open."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), RangePopup))
    found = QApplication.activePopupWidget()
    assert isinstance(found, RangePopup)
    return found


def ask(program: Program, field: str, qtbot: QtBot) -> RangePopup:
    """Ask for the range of a field of the shown layer, with the key."""
    assert program.form is not None
    assert program.form.form.column is not None
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    QTest.keyClick(program.form.form.column.editor(field).stops[0], Qt.Key.Key_N, modifiers)
    return popup_of(qtbot)


def bounds(popup: RangePopup) -> FieldBounds:
    assert isinstance(popup.editor, FieldBounds)
    return popup.editor


def close(popup: RangePopup, qtbot: QtBot) -> None:
    with qtbot.waitSignal(popup.destroyed):
        QTest.keyClick(popup, Qt.Key.Key_Escape)


def ranges(program: Program) -> tuple[object, ...]:
    space = program.document.experiment.search
    return space.ranges if space else ()


def test_a_number_is_searched_between_proposed_bounds(shown: Program, qtbot: QtBot) -> None:
    popup = ask(shown, "out_features", qtbot)
    editor = bounds(popup)
    assert (editor.low.text(), editor.high.text(), editor.logarithmic.isChecked()) == ("8", "128", True)
    assert len(ranges(shown)) == 1  # as soon as it is open
    assert QApplication.focusWidget() is editor.low
    QTest.keyClicks(editor.low, "16")  # in place of what is there
    with qtbot.waitSignal(popup.destroyed):
        QTest.keyClick(editor.low, Qt.Key.Key_Return)
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
    popup = ask(shown, "out_features", qtbot)
    editor = bounds(popup)
    before = ranges(shown)
    for low, words in (
        ("x", "“x” is not a number. Expected a whole number from 1 to 1,000,000."),
        ("128", "The smallest value should be below the largest."),
    ):
        editor.low.selectAll()
        QTest.keyClicks(editor.low, low)
        assert popup.reason.text() == words
        QTest.keyClick(editor.low, Qt.Key.Key_Return)
        assert popup.isVisible()
    close(popup, qtbot)
    assert ranges(shown) == before  # the last that was one
    shown.document.undo_stack.undo()
    assert shown.document.experiment == FEW


def test_what_is_being_typed_counts_when_the_popup_closes(shown: Program, qtbot: QtBot) -> None:
    popup = ask(shown, "out_features", qtbot)
    bounds(popup).high.selectAll()
    QTest.keyClicks(bounds(popup).high, "64")
    close(popup, qtbot)
    assert ranges(shown) == (NumberRange(path=(0,), field="out_features", low=8, high=64, logarithmic=True),)


def test_the_labels_of_bounds_have_room_for_letters_that_are_not_kerned(shown: Program, qtbot: QtBot) -> None:
    editor = FieldBounds(NumberRange(path=(0,), field="out_features", low=8.0, high=64.0), FEW)
    qtbot.addWidget(editor)
    for label in editor.findChildren(QLabel):
        letters = label.text().replace("&", "")
        apart = sum(label.fontMetrics().horizontalAdvance(letter) for letter in letters)
        assert label.sizeHint().width() >= apart, letters


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
    assert QApplication.activePopupWidget() is None
    assert ranges(shown) == ()
    with pytest.raises(SpaceError, match="The network gives 3, but 2-D classification asks for 2"):
        proposed_range(FEW, (last,), "out_features")
    assert proposed_range(FEW, (last,), "bias") is not None
    headless = FEW.with_(stack=FEW.stack.with_(layers=FEW.stack.layers[:last]))  # as long as it is being built
    assert proposed_range(headless, (0,), "out_features") is not None


def test_a_logarithmic_range_begins_above_0(shown: Program, qtbot: QtBot) -> None:
    own = FEW.with_(stack=Stack(layers=(Linear(out_features=32), Dropout(), Linear(out_features=2))))
    shown.document.load(own, None)
    popup = RangePopup(
        shown.document, NumberRange(path=(1,), field="p", low=0.0, high=0.5, logarithmic=False), shown.window
    )
    qtbot.addWidget(popup)
    bounds(popup).logarithmic.click()
    assert popup.reason.text() == "Not possible: a logarithmic range begins above 0."


def test_a_range_for_which_there_is_no_room_is_refused(shown: Program, qtbot: QtBot) -> None:
    full = SearchSpace(ranges=tuple(optional((number,)) for number in range(10, 210)))
    shown.document.load(FEW.with_(search=full), None)
    popup = RangePopup(shown.document, NumberRange(path=(0,), field="out_features", low=2, high=9), shown.window)
    qtbot.addWidget(popup)
    assert popup.reason.text() == "That would be too many: a search space holds at most 200 ranges."
    assert not popup.remove.isEnabled()
    assert ranges(shown) == full.ranges


def test_choices_are_ticked_and_the_range_is_removed(shown: Program, qtbot: QtBot) -> None:
    popup = ask(shown, "activation", qtbot)
    editor = popup.editor
    assert isinstance(editor, MembersEditor)
    for box in editor.boxes[2:]:
        box.setChecked(False)
    assert editor.boxes[0].text() == "none"
    editor.boxes[0].setChecked(False)
    assert popup.reason.text() == "Choose at least two."
    editor.boxes[0].setChecked(True)
    (found,) = ranges(shown)
    assert isinstance(found, Choices)
    assert found.key == "stack.0.activation"
    assert len(found.options) == 2
    close(popup, qtbot)
    again = ask(shown, "activation", qtbot)
    assert isinstance(again.editor, MembersEditor)
    assert [box.isChecked() for box in again.editor.boxes[:3]] == [True, True, False]
    again.remove.click()
    assert shown.document.experiment == FEW


def test_the_learning_rate_is_searched_from_its_menu_in_the_strip(shown: Program, qtbot: QtBot) -> None:
    assert shown.recipe is not None
    cell = shown.recipe.cell("optimizer").live_cell("lr")  # type: ignore[attr-defined]
    (offer,) = cell.findChildren(RangeOffer)
    menu = offer.menu(cell.editor.stops[0])
    action = next(action for action in menu.actions() if action.text().startswith("&Search"))
    assert len(menu.actions()) > 2  # beside those of a line for text
    action.trigger()
    close(popup_of(qtbot), qtbot)
    (found,) = ranges(shown)
    assert isinstance(found, NumberRange)
    assert found.key == "recipe.optimizer.lr"
    assert found.logarithmic
    assert cell.findChild(QLabel).text().startswith("Learning rate ")
    assert "…" in cell.findChild(QLabel).text()
