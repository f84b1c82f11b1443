"""The view as a person uses it: keys, clicks, selection, undo."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QItemSelectionModel, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QDropEvent, QGuiApplication
from pytestqt.qtbot import QtBot

from playground.gui.session.document import Document
from playground.gui.stack.clipboard import Clipping, mime_of
from playground.gui.stack.geometry import block_rects
from playground.gui.stack.view import StackView
from playground.spec.edits import Insert, Remove, Replace
from playground.spec.layer import Stack
from playground.spec.layers.activation import LeakyReLU, ReLU
from playground.spec.layers.containers import Repeat
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.pooling import AvgPool2d
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message

Names = Callable[[], list[str]]
KEY, CTRL, ALT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier

COPY_AND_END = """
import sys
from playground.gui.start.app import application_of
from playground.gui.session.document import Document
from playground.gui.stack.view import StackView
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.convolution import Conv2d

application = application_of(sys.argv[:1])
view = StackView(Document(Experiment(stack=Stack(layers=(Conv2d(), ReLU())))))
view.select_rows(1, 2)
view.commands.copy.trigger()
view.select_rows(2, 1)
view.commands.paste.trigger()
print(*(view.stack.layer(row).label for row in view.selected_rows()), sep=", ")
"""


def select(view: StackView, *rows: int) -> None:
    view.select_rows(rows[0], 1)
    for row in rows[1:]:
        view.selectionModel().select(view.model().index(row, 0), QItemSelectionModel.SelectionFlag.Select)


def test_delete_and_undo(view: StackView, document: Document, names: Names, qtbot: QtBot) -> None:
    select(view, 2, 3)
    qtbot.keyClick(view, KEY.Key_Delete)
    assert names() == ["Conv2d", "Flatten", "Linear"]
    assert document.undo_stack.undoText() == "Remove 2 layers"
    assert view.selected_paths() == ((1,),)
    document.undo_stack.undo()
    assert len(names()) == 5


def test_deleting_the_last_layer_selects_the_one_before(view: StackView, names: Names, qtbot: QtBot) -> None:
    select(view, 5)
    qtbot.keyClick(view, KEY.Key_Delete)
    assert view.selected_paths() == ((3,),)


def test_delete_does_nothing_to_the_data(view: StackView, names: Names, qtbot: QtBot) -> None:
    select(view, 0)
    qtbot.keyClick(view, KEY.Key_Delete)
    assert len(names()) == 5


def test_duplicate_selects_the_copy(view: StackView, document: Document, names: Names, qtbot: QtBot) -> None:
    select(view, 2)
    qtbot.keyClick(view, KEY.Key_D, CTRL)
    assert names()[1:3] == ["ReLU", "ReLU"]
    assert view.selected_paths() == ((2,),)
    assert document.undo_stack.undoText() == "Duplicate ReLU"


def test_copy_cut_and_paste(view: StackView, document: Document, names: Names, qtbot: QtBot) -> None:
    select(view, 1, 2)
    qtbot.keyClick(view, KEY.Key_X, CTRL)
    assert names() == ["MaxPool2d", "Flatten", "Linear"]
    assert document.undo_stack.undoText() == "Cut 2 layers"
    select(view, 3)
    qtbot.keyClick(view, KEY.Key_V, CTRL)
    assert names() == ["MaxPool2d", "Flatten", "Linear", "Conv2d", "ReLU"]
    assert view.selected_paths() == ((3,), (4,))
    assert document.experiment.stack.layers[3].out_channels == 8


def test_pasting_what_is_no_layer_says_so(view: StackView, names: Names, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("nothing")
    with qtbot.waitSignal(view.refused):
        qtbot.keyClick(view, KEY.Key_V, CTRL)
    assert len(names()) == 5


def test_pasting_from_an_empty_clipboard_says_so(view: StackView, names: Names, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()
    with qtbot.waitSignal(view.refused) as told:
        qtbot.keyClick(view, KEY.Key_V, CTRL)
    assert told.args == ["There is nothing to paste. Copy a layer first."]
    assert len(names()) == 5


def test_the_process_ends_in_peace_with_layers_on_the_clipboard() -> None:
    done = subprocess.run([sys.executable, "-c", COPY_AND_END], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Conv2d, ReLU\n", "")


def test_disable_and_enable(view: StackView, document: Document, qtbot: QtBot) -> None:
    select(view, 2)
    qtbot.keyClick(view, KEY.Key_B, CTRL)
    assert not document.experiment.stack.layers[1].enabled
    assert document.undo_stack.undoText() == "Disable ReLU"
    assert view.commands.toggle.text() == "Ena&ble"
    assert view.stack.block(2).spoken().startswith("ReLU, off")
    qtbot.keyClick(view, KEY.Key_B, CTRL)
    assert document.experiment.stack.layers[1].enabled


def test_freeze_and_unfreeze_those_that_have_weights(view: StackView, document: Document, qtbot: QtBot) -> None:
    select(view, 1, 2, 5)
    shift = KEY.Key_L, CTRL | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(view, *shift)
    assert [getattr(layer, "frozen", None) for layer in document.experiment.stack.layers[::2]] == [True, None, True]
    assert document.undo_stack.undoText() == "Freeze 2 layers"
    assert view.commands.freeze.text() == "Unfree&ze"
    assert "frozen" in view.stack.block(1).spoken()
    assert "frozen" not in view.stack.block(2).spoken()
    qtbot.keyClick(view, *shift)
    assert view.commands.freeze.text() == "Free&ze"
    assert "frozen" not in view.stack.block(1).spoken()
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert not document.modified


def test_layers_without_weights_cannot_be_frozen(view: StackView) -> None:
    select(view, 2, 3)
    assert not view.commands.freeze.isEnabled()


def test_layers_in_a_frozen_container_are_shown_as_frozen(view: StackView, document: Document) -> None:
    inner = Stack(layers=(Linear(out_features=10), ReLU()))
    document.do(Insert((5,), (Repeat(branches=(inner,), frozen=True),)))
    marks = [view.stack.block(row).marks for row in range(5, 9)]
    assert marks == [(), ("frozen",), ("frozen",), ()]


def test_moving_with_the_keyboard_keeps_the_selection(view: StackView, names: Names, qtbot: QtBot) -> None:
    select(view, 2)
    qtbot.keyClick(view, KEY.Key_Up, ALT)
    assert names()[:2] == ["ReLU", "Conv2d"]
    assert view.selected_paths() == ((0,),)
    qtbot.keyClick(view, KEY.Key_Up, ALT)
    assert names()[0] == "ReLU"
    for _ in range(9):
        qtbot.keyClick(view, KEY.Key_Down, ALT)
    assert names()[-1] == "ReLU"
    assert view.selected_paths() == ((4,),)


def test_select_all_leaves_the_data_out(view: StackView, qtbot: QtBot) -> None:
    qtbot.keyClick(view, KEY.Key_A, CTRL)
    assert view.selected_paths() == tuple((i,) for i in range(5))


def test_arrows_and_enter(view: StackView, qtbot: QtBot) -> None:
    select(view, 1)
    with qtbot.waitSignal(view.selection_changed) as told:
        qtbot.keyClick(view, KEY.Key_Down)
    assert told.args == [((1,),)]
    assert view.current_path() == (1,)
    with qtbot.waitSignal(view.form_requested):
        qtbot.keyClick(view, KEY.Key_Return)


def test_insert_goes_behind_the_selection_and_is_selected(view: StackView, names: Names) -> None:
    select(view, 1)
    view.insert(Dropout())
    view.insert(LeakyReLU())
    assert names()[:3] == ["Conv2d", "Dropout", "LeakyReLU"]
    assert view.selected_paths() == ((2,),)


def test_what_does_not_fit_there_is_inserted_where_it_does(view: StackView, names: Names) -> None:
    select(view, 1)
    view.insert(Linear(out_features=3))
    assert names() == ["Conv2d", "ReLU", "MaxPool2d", "Flatten", "Linear", "Linear"]
    assert view.selected_paths() == ((4,),)
    view.insert(AvgPool2d())
    assert names()[3] == "AvgPool2d"
    view.insert(Embedding())  # fits nowhere: it stands where it was asked for, and says so
    assert names()[4] == "Embedding"


def test_a_second_fix_is_a_button_and_an_entry_of_the_menu(
    view: StackView, document: Document, names: Names, qtbot: QtBot
) -> None:
    document.do(Insert((5,), (Conv2d(),)))
    view.select_path((5,))
    QGuiApplication.processEvents()
    index = view.stack.index(6)
    (strip,) = block_rects(view.stack.block(6), view.visualRect(index), view.font()).strips
    _, remove = strip.buttons
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=remove.center())
    assert names()[-1] == "Linear"
    document.undo_stack.undo()
    view.select_path((5,))
    menu = view.commands.menu(view)
    first, second = menu.actions()[:2]
    assert (first.text(), second.text()) == ("Move before Flatten", "Remove Conv2d")
    first.trigger()
    menu.deleteLater()
    assert names() == ["Conv2d", "ReLU", "MaxPool2d", "Conv2d", "Flatten", "Linear"]
    assert document.problems == ()


def test_insert_without_selection_appends(view: StackView, names: Names) -> None:
    view.clearSelection()
    view.insert(Dropout())
    assert names()[-1] == "Dropout"


def test_what_a_new_layer_would_receive(view: StackView) -> None:
    select(view, 0)
    assert view.insertion_point().shape == (1, 28, 28)
    select(view, 1)
    assert view.insertion_point().shape == (8, 26, 26)
    view.clearSelection()
    assert view.insertion_point().shape == (10,)


@pytest.mark.parametrize("by_key", [True, False])
def test_mending(view: StackView, document: Document, names: Names, qtbot: QtBot, by_key: bool) -> None:
    document.do(Remove(((3,),)))
    view.clearSelection()
    QGuiApplication.processEvents()  # the row is laid out anew, with room for its problem
    row = view.visualRect(view.model().index(4, 0))
    (strip,) = block_rects(view.stack.block(4), row, view.font()).strips
    assert row.height() > view.visualRect(view.model().index(1, 0)).height()
    if by_key:
        qtbot.keyClick(view, KEY.Key_Period, CTRL)
    else:
        (button,) = strip.buttons
        qtbot.mouseMove(view.viewport(), button.center())
        assert view.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=button.center())
    assert names()[3:] == ["Flatten", "Linear"]
    assert document.problems == ()
    assert document.undo_stack.undoText() == "Insert Flatten"
    assert not view.commands.fix_problem.isEnabled()


def test_an_empty_stack_can_be_mended_by_keyboard(view: StackView, document: Document, qtbot: QtBot) -> None:
    qtbot.keyClick(view, KEY.Key_A, CTRL)
    qtbot.keyClick(view, KEY.Key_Delete)
    assert document.rows == ()
    view.grab()  # the invitation
    qtbot.keyClick(view, KEY.Key_Period, CTRL)
    assert document.problems == ()


def drop_at(view: StackView, y: int, mime: QMimeData) -> None:
    position = QPointF(view.viewport().width() / 2, y)
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    event = QDropEvent(position, actions, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    view.dropEvent(event)
    assert event.isAccepted()


def test_a_drop_goes_between_the_nearest_blocks(view: StackView, names: Names) -> None:
    rect = view.visualRect(view.model().index(2, 0))
    drop_at(view, rect.bottom() - 1, mime_of(Clipping((Dropout(),))))
    assert names()[2] == "Dropout"
    assert view.selected_paths() == ((2,),)
    drop_at(view, view.viewport().height() - 2, mime_of(Clipping((Dropout(),))))
    assert names()[-1] == "Dropout"


def test_selection_follows_layers_and_tells_their_new_paths(view: StackView, document: Document, qtbot: QtBot) -> None:
    select(view, 3)
    with qtbot.waitSignal(view.selection_changed) as told:
        document.do(Insert((0,), (Dropout(),)))
    assert told.args == [((3,),)]


def test_the_context_menu_offers_every_action(view: StackView) -> None:
    menu = view.commands.menu(view)
    offered = [action for action in menu.actions() if not action.isSeparator()]
    assert offered == [action for group in view.commands.groups for action in group]
    assert all(action.shortcut() for action in offered)
    menu.deleteLater()


def test_the_block_that_is_worked_on_stays_where_it_is_when_others_become_higher(
    view: StackView, document: Document
) -> None:
    view.resize(860, 260)
    deep = (Conv2d(), *(ReLU() for _ in range(8)), Flatten(), Linear(), Linear(out_features=10))
    document.load(document.experiment.with_(stack=Stack(layers=deep)), None)
    view.select_path((8,))
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    top = view.visualRect(view.currentIndex()).top()
    assert 0 <= top < view.viewport().height()
    for edit in (
        Replace((0,), Conv2d(kernel_size=64), message("x")),  # a problem's line
        Insert((0,), (Dropout(), Dropout())),
        Remove(((1,),)),
        Replace((1,), Conv2d(), message("x")),
    ):
        height = view.verticalScrollBar().maximum()
        document.do(edit)
        assert view.verticalScrollBar().maximum() != height  # something did move
        assert view.visualRect(view.currentIndex()).top() == top
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    assert not document.problems


def test_the_block_under_the_mouse_stays_where_it_is(view: StackView, document: Document, qtbot: QtBot) -> None:
    view.resize(860, 260)
    deep = (Conv2d(), *(ReLU() for _ in range(8)), Flatten(), Linear(), Linear(out_features=10))
    document.load(document.experiment.with_(stack=Stack(layers=deep)), None)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    before = QCursor.pos()
    index = view.indexAt(QPoint(400, 120))
    QCursor.setPos(view.viewport().mapToGlobal(QPoint(400, 120)))
    qtbot.waitUntil(view.viewport().underMouse)
    layer, top = view.stack.layer(index.row()), view.visualRect(index).top()
    document.do(Insert((0,), (Dropout(), Dropout())))
    moved = next(row for row in range(1, view.stack.rowCount()) if view.stack.layer(row) is layer)
    assert moved == index.row() + 2
    assert view.visualRect(view.stack.index(moved)).top() == top
    QCursor.setPos(before)
