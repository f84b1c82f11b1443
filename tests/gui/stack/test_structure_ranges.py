"""What a search may change in the structure, as a person says it: with keys, menus, clicks and the popups of blocks."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from playground.gui.forms.layer_options import LayerOptions
from playground.gui.forms.range_editors import BoundsEditor, FieldBounds, MembersEditor
from playground.gui.forms.range_popup import RangePopup
from playground.gui.stack.geometry import block_rects, range_pills
from playground.gui.stack.view import StackView
from playground.gui.start.program import Program
from playground.spec.component import NONE
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import read_experiment, write_experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU, Tanh
from playground.spec.layers.containers import Residual
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.regularization import Dropout
from playground.spec.search.network_ranges import NetworkChoice, WidthRange
from playground.spec.search.ranges import LayerChoice, NumberRange, Range, Repeats, optional
from playground.spec.search.space import SearchSpace

KEY, CTRL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
HIDDEN = Linear(out_features=8, activation=Tanh())
FEW = Experiment(data=Points(), stack=Stack(layers=(HIDDEN, Dropout(), Linear(out_features=8), Linear(out_features=2))))


@pytest.fixture
def shown(program: Program, qtbot: QtBot) -> Program:
    program.document.load(FEW, None)
    qtbot.waitUntil(program.window.isActiveWindow)
    program.stack.setFocus()
    return program


def ranges(program: Program) -> tuple[Range, ...]:
    space = program.document.experiment.search
    return space.ranges if space else ()


def press(program: Program, row: int, key: Qt.Key) -> None:
    program.stack.select_rows(row, 1)
    QTest.keyClick(program.stack, key, CTRL | SHIFT)


def popup_of(program: Program, qtbot: QtBot, row: int, key: Qt.Key) -> RangePopup:
    press(program, row, key)
    return shown_popup(program, qtbot)


def shown_popup(program: Program, qtbot: QtBot) -> RangePopup:
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), RangePopup))
    found = QApplication.activePopupWidget()
    assert isinstance(found, RangePopup)
    return found


def closed(popup: RangePopup, qtbot: QtBot, key: Qt.Key = KEY.Key_Escape) -> None:
    window = popup.parentWidget()
    assert window is not None
    with qtbot.waitSignal(popup.destroyed):
        QTest.keyClick(popup, key)
    window.activateWindow()  # offscreen, a popup takes the keyboard for good
    qtbot.waitUntil(window.isActiveWindow)


def words(program: Program, row: int) -> tuple[str, ...]:
    return program.stack.stack.block(row).ranges


def told(program: Program, qtbot: QtBot, row: int, key: Qt.Key) -> str:
    """The sentence with which an action is refused."""
    with qtbot.waitSignal(program.stack.refused) as refusal:
        press(program, row, key)
    assert QApplication.activePopupWidget() is None
    return str(refusal.args[0])


def test_a_layer_may_be_left_out_and_undo_takes_it_back(shown: Program, qtbot: QtBot) -> None:
    press(shown, 2, KEY.Key_I)
    assert ranges(shown) == (optional((1,)),)
    assert words(shown, 2) == ("may be left out",)
    assert "searched: may be left out" in shown.stack.stack.block(2).spoken()
    action = shown.stack.commands.searching.optional
    assert action.isChecked()
    qtbot.waitUntil(lambda: shown.status.figures.text().endswith("The space holds up to 2 networks."))
    shown.stack.select_rows(1, 2)
    assert not action.isChecked()
    action.trigger()
    assert {item.path for item in ranges(shown)} == {(0,), (1,)}
    shown.document.undo_stack.undo()
    shown.stack.select_rows(2, 1)
    action.trigger()
    assert shown.document.experiment == FEW
    assert shown.document.undo_stack.undoText() == "Search may not leave out Dropout"


def test_a_layer_is_repeated_between_bounds_that_push_each_other(shown: Program, qtbot: QtBot) -> None:
    popup = popup_of(shown, qtbot, 3, KEY.Key_N)
    editor = popup.editor
    assert isinstance(editor, BoundsEditor)
    assert ranges(shown) == (Repeats(path=(2,), low=0, high=3),)
    assert words(shown, 3) == ("repeated 0 … 3 times",)
    assert "The space holds up to 4 networks." in [label.text() for label in popup.findChildren(QLabel)]
    assert QApplication.focusWidget() is editor.low
    editor.low.selectAll()
    QTest.keyClicks(editor.low, "5")
    QTest.keyClick(editor.low, KEY.Key_Tab)
    assert ranges(shown) == (Repeats(path=(2,), low=5, high=6),)
    editor.high.selectAll()
    QTest.keyClicks(editor.high, "2")
    closed(popup, qtbot)  # what is being typed counts
    assert ranges(shown) == (Repeats(path=(2,), low=1, high=2),)
    shown.document.undo_stack.undo()
    assert shown.document.experiment == FEW


@pytest.mark.parametrize("low", [100, 0])
def test_bounds_stay_in_order_at_the_ends(shown: Program, qtbot: QtBot, low: int) -> None:
    editor = popup_of(shown, qtbot, 3, KEY.Key_N).editor
    assert isinstance(editor, BoundsEditor)
    box = editor.low if low else editor.high
    box.setValue(low)
    (found,) = ranges(shown)
    assert (found.low, found.high) == ((99, 100) if low else (0, 1))  # type: ignore[attr-defined]


def test_widths_and_one_activation_belong_to_the_whole_network(shown: Program, qtbot: QtBot) -> None:
    popup = popup_of(shown, qtbot, 3, KEY.Key_W)
    assert ranges(shown) == (WidthRange(low=0.5, high=2.0),)
    closed(popup, qtbot, KEY.Key_Return)
    popup = popup_of(shown, qtbot, 3, KEY.Key_F)
    editor = popup.editor
    assert isinstance(editor, MembersEditor)
    by_name = {box.text(): box for box in editor.boxes}
    for name in ("GELU", "SiLU"):
        by_name[name].click()
    assert ranges(shown)[1] == NetworkChoice(what="activation", options=("tanh", "relu"))
    assert words(shown, 0) == ("all widths × 0.5 … 2", "one activation: Tanh | ReLU")
    by_name["ReLU"].click()
    assert popup.reason.text() == "Choose at least two."
    assert len(ranges(shown)) == 2  # the last that was one
    closed(popup, qtbot)
    press(shown, 0, KEY.Key_X)
    assert shown.document.experiment.search is None
    shown.document.undo_stack.undo()
    assert len(ranges(shown)) == 2


def test_one_norm_or_none(shown: Program, qtbot: QtBot) -> None:
    layers = (HIDDEN, BatchNorm(), Linear(out_features=2))
    shown.document.load(FEW.with_(stack=Stack(layers=layers)), None)
    popup_of(shown, qtbot, 1, KEY.Key_T)
    assert ranges(shown) == (NetworkChoice(what="norm", options=("batch_norm", NONE)),)
    assert words(shown, 0) == ("one norm: BatchNorm | none",)


def add(editor: LayerOptions, name: str) -> None:
    """Choose from the menu of layers."""
    inner = (action.menu() for action in editor.add.menu().actions())
    next(action for menu in inner for action in menu.actions() if action.text() == name).trigger()  # type: ignore


def test_one_of_several_layers_stands_in_a_place(shown: Program, qtbot: QtBot) -> None:
    popup = popup_of(shown, qtbot, 1, KEY.Key_A)
    editor = popup.editor
    assert isinstance(editor, LayerOptions)
    assert ranges(shown) == ()  # one layer is no choice
    assert not popup.remove.isEnabled()
    assert not editor.remove.isEnabled()
    add(editor, "Linear")
    added = Linear(out_features=8)  # as wide as the one on the stack
    assert ranges(shown) == (LayerChoice(path=(0,), options=(HIDDEN, added)),)
    assert words(shown, 1) == ("one of Linear | Linear 2",)
    assert editor.form.column is not None
    units = editor.form.column.editor("out_features").stops[0]
    units.setFocus()
    units.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(units, "24")
    QTest.keyClick(units, KEY.Key_Tab)
    assert ranges(shown) == (LayerChoice(path=(0,), options=(HIDDEN, Linear(out_features=24))),)
    editor.list.setCurrentRow(0)
    assert not editor.remove.isEnabled()
    units = editor.form.column.editor("out_features").stops[0]
    units.setFocus()
    units.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(units, "12")
    QTest.keyClick(units, KEY.Key_Tab)
    wider = HIDDEN.with_(out_features=12)  # of the layer on the stack, and of its option
    assert shown.document.experiment.stack.layers[0] == wider
    assert ranges(shown) == (LayerChoice(path=(0,), options=(wider, Linear(out_features=24))),)
    editor.list.setCurrentRow(1)
    QTest.mouseClick(editor.remove, Qt.MouseButton.LeftButton)
    assert ranges(shown) == ()


def test_blocks_that_were_copied_are_pasted_into_a_choice(shown: Program, qtbot: QtBot) -> None:
    cell = Residual(branches=(Stack(layers=(ReLU(),)),))
    shown.document.load(FEW.with_(stack=Stack(layers=(*FEW.stack.layers[:3], cell, FEW.stack.layers[3]))), None)
    shown.stack.select_rows(4, 1)
    shown.stack.commands.copy.trigger()
    popup = popup_of(shown, qtbot, 3, KEY.Key_A)
    assert isinstance(popup.editor, LayerOptions)
    QTest.mouseClick(popup.editor.paste, Qt.MouseButton.LeftButton)
    (found,) = ranges(shown)
    assert isinstance(found, LayerChoice)
    assert found.options == (Linear(out_features=8), cell)
    QGuiApplication.clipboard().setText("no layers")
    QTest.mouseClick(popup.editor.paste, Qt.MouseButton.LeftButton)
    assert popup.reason.text() == "The pasted data contains no layers. Copy a layer first."


@pytest.mark.parametrize("key", [KEY.Key_I, KEY.Key_N, KEY.Key_A])
def test_the_output_layer_and_frozen_ones_are_refused_with_a_sentence(
    shown: Program, qtbot: QtBot, key: Qt.Key
) -> None:
    words = "Linear makes the output: a search cannot leave it out, repeat it or exchange it."
    assert told(shown, qtbot, 4, key) == words
    layers = (Residual(branches=(Stack(layers=(HIDDEN.with_(frozen=True),)),)), Linear(out_features=2))
    shown.document.load(FEW.with_(stack=Stack(layers=layers)), None)
    words = "Linear is frozen, which keeps it as it is. Unfreeze it, then a search may change it."
    assert told(shown, qtbot, 1, key) == words
    assert told(shown, qtbot, 1, KEY.Key_W) == words
    assert ranges(shown) == ()


def test_what_the_network_lacks_is_refused_with_a_sentence(shown: Program, qtbot: QtBot) -> None:
    shown.document.load(FEW.with_(stack=Stack(layers=(Linear(out_features=2),))), None)
    assert told(shown, qtbot, 0, KEY.Key_W).startswith("No layer before the output layer has units")
    assert told(shown, qtbot, 0, KEY.Key_F).startswith("No layer before the output layer has an activation.")
    assert told(shown, qtbot, 0, KEY.Key_T).startswith("There is no norm before the output layer.")
    shown.document.load(FEW, None)
    shown.stack.select_rows(1, 2)
    with qtbot.waitSignal(shown.stack.refused) as refusal:
        QTest.keyClick(shown.stack, KEY.Key_N, CTRL | SHIFT)
    assert refusal.args[0].startswith("Select one layer.")
    closed(popup_of(shown, qtbot, 2, KEY.Key_N), qtbot)
    assert told(shown, qtbot, 2, KEY.Key_I) == "Dropout may be there 0 times already, which leaves it out."


def spaced(layers: tuple[object, ...], *items: Range) -> Experiment:
    return FEW.with_(stack=Stack(layers=layers), search=SearchSpace(ranges=items))


def click(view: StackView, row: int, number: int) -> None:
    """Click on the frame of a range on a block."""
    index = view.model().index(row, 0)
    view.scrollTo(index)
    rects = block_rects(view.stack.block(row), view.visualRect(index), view.font())
    pill = range_pills(view.stack.block(row), rects, view.font())[number]
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, pill.rect.center())


def test_a_click_on_the_words_of_a_block_opens_their_editor(shown: Program, qtbot: QtBot) -> None:
    of_field = NumberRange(path=(0,), field="out_features", low=4, high=9)
    experiment = spaced(FEW.stack.layers, optional((0,)), of_field, WidthRange(low=0.5, high=2.0))
    shown.document.load(experiment, None)
    click(shown.stack, 1, 0)
    popup = shown_popup(shown, qtbot)
    assert popup.editor is None
    assert shown.document.experiment == experiment  # a look changes nothing
    QTest.mouseClick(popup.remove, Qt.MouseButton.LeftButton)
    assert words(shown, 1) == ("Units 4 … 9",)
    click(shown.stack, 0, 0)
    closed(shown_popup(shown, qtbot), qtbot)
    click(shown.stack, 1, 0)
    popup = shown_popup(shown, qtbot)
    assert isinstance(popup.editor, FieldBounds)
    closed(popup, qtbot)
    assert not shown.document.undo_stack.undoText().startswith("Search over")


def test_copies_take_along_what_may_change_in_them(shown: Program, qtbot: QtBot) -> None:
    cell = Residual(branches=(Stack(layers=(Linear(out_features=8), ReLU())),))
    inner = NumberRange(path=(0, 0, 0), field="out_features", low=4, high=9)
    shown.document.load(spaced((cell, Linear(out_features=2)), Repeats(path=(0,), low=0, high=2), inner), None)
    view = shown.stack
    view.select_rows(1, 1)
    view.commands.duplicate.trigger()
    assert [item.path for item in ranges(shown)] == [(0,), (0, 0, 0), (1,), (1, 0, 0)]
    view.commands.cut.trigger()
    assert [item.path for item in ranges(shown)] == [(0,), (0, 0, 0)]
    view.select_rows(0, 1)
    view.commands.paste.trigger()
    assert [item.path for item in ranges(shown)] == [(1,), (1, 0, 0), (0,), (0, 0, 0)]
    view.select_path((0,))
    QTest.keyClick(view, KEY.Key_X, CTRL | SHIFT)  # with those of the layers in it
    assert [item.path for item in ranges(shown)] == [(1,), (1, 0, 0)]
    assert shown.document.undo_stack.undoText() == "Remove 2 ranges"


def test_more_words_than_have_room_are_counted(shown: Program) -> None:
    many = [optional((0,)), Repeats(path=(0,), low=1, high=3), LayerChoice(path=(0,), options=(HIDDEN, *[ReLU()] * 9))]
    shown.document.load(spaced(FEW.stack.layers, *many), None)
    view, index = shown.stack, shown.stack.model().index(1, 0)
    rects = block_rects(view.stack.block(1), view.visualRect(index), view.font())
    found = range_pills(view.stack.block(1), rects, view.font())
    assert (found[-1].text, found[-1].number) == (f"+{4 - len(found)}", len(found) - 1)
    assert all(one.rect.right() < other.rect.left() for one, other in pairwise(found))
    assert words(shown, 1)[2] in index.data(Qt.ItemDataRole.ToolTipRole)


def test_a_file_holds_the_space_and_without_ranges_is_what_it_was(shown: Program, qtbot: QtBot, tmp_path: Path) -> None:
    write_experiment(FEW, tmp_path / "before.playground")
    press(shown, 2, KEY.Key_I)
    closed(popup_of(shown, qtbot, 1, KEY.Key_N), qtbot)
    write_experiment(shown.document.experiment, tmp_path / "space.playground")
    assert read_experiment(tmp_path / "space.playground") == shown.document.experiment
    shown.stack.select_rows(1, 2)
    QTest.keyClick(shown.stack, KEY.Key_X, CTRL | SHIFT)
    write_experiment(shown.document.experiment, tmp_path / "after.playground")
    assert (tmp_path / "after.playground").read_bytes() == (tmp_path / "before.playground").read_bytes()
