"""The selection follows blocks, not positions; undo, redo and fixes select what they changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QDropEvent, QImage, QPainter
from pytestqt.qtbot import QtBot

from playground.gui.session.document import Document
from playground.gui.stack.changes import changed_paths
from playground.gui.stack.clipboard import Clipping, mime_of
from playground.gui.stack.painter import BlockStyle, paint_block
from playground.gui.stack.view import StackView
from playground.gui.style.theme import DARK
from playground.spec.container import Container
from playground.spec.edits import Insert, LayerPath, Move, Remove, Replace, layer_at
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.containers import Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message

Names = Callable[[], list[str]]


def test_another_experiment_has_nothing_selected(view: StackView, document: Document, qtbot: QtBot) -> None:
    view.select_path((2,))
    with qtbot.waitSignal(view.selection_changed) as told:
        document.load(preset("lenet-5").experiment, None)
    assert told.args == [()]
    assert view.selected_paths() == ()
    assert view.currentIndex().row() == 0


def test_the_same_network_opened_again_has_nothing_selected(view: StackView, document: Document) -> None:
    view.select_path((2,))
    document.load(document.experiment, None)
    assert view.selected_paths() == ()


def test_the_selection_stays_on_its_block_while_others_come_and_go(view: StackView, document: Document) -> None:
    view.select_path((4,))
    document.do(Insert((0,), (Dropout(), Dropout())))
    assert view.selected_paths() == ((6,),)
    document.do(Remove(((0,), (3,))))
    assert view.selected_paths() == ((4,),)
    document.do(Move(((4,),), (0,)))
    assert view.selected_paths() == ((0,),)


def test_a_block_that_is_replaced_together_with_a_new_one_before_it_stays_selected(
    view: StackView, document: Document
) -> None:
    view.select_path((4,))
    linear = layer_at(document.experiment.stack, (4,))
    edits = (Insert((4,), (Flatten(),)), Replace((5,), linear.with_(out_features=5), message("x")))
    document.do_all(message("x"), edits)
    assert view.selected_paths() == ((5,),)


def test_undo_selects_what_it_brings_back(view: StackView, document: Document) -> None:
    document.do(Remove(((1,), (2,))))
    view.select_path((2,))
    document.undo_stack.undo()
    assert view.selected_paths() == ((1,), (2,))
    document.undo_stack.redo()
    assert view.selected_paths() == ((1,),)  # what stands in their place


def test_undo_of_an_insertion_selects_beside_it(view: StackView, document: Document) -> None:
    view.select_path((1,))
    view.insert(Dropout())
    assert view.selected_paths() == ((2,),)
    document.undo_stack.undo()
    assert view.selected_paths() == ((2,),)
    view.select_path((4,))
    view.insert(Dropout())
    document.undo_stack.undo()
    assert view.selected_paths() == ((4,),)  # the last there is


def test_undo_of_a_setting_selects_its_block(view: StackView, document: Document) -> None:
    conv = layer_at(document.experiment.stack, (0,))
    document.do(Replace((0,), conv.with_(out_channels=3), message("x")))
    view.select_path((4,))
    document.undo_stack.undo()
    assert view.selected_paths() == ((0,),)


def test_undo_of_a_move_leaves_the_selection_on_what_moves(view: StackView, qtbot: QtBot, document: Document) -> None:
    view.select_path((1,))
    qtbot.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert view.selected_paths() == ((0,),)
    document.undo_stack.undo()
    assert view.selected_paths() == ((1,),)


def test_what_changes_nothing_in_the_stack_leaves_the_selection(view: StackView, document: Document) -> None:
    document.do_all(message("x"), ())
    view.select_path((3,))
    document.do(Insert((0,), (Dropout(),)))
    document.undo_stack.undo()
    view.select_path((3,))
    document.load(document.experiment, None)
    assert view.selected_paths() == ()


def test_the_fix_is_selected(view: StackView, document: Document) -> None:
    document.do(Remove(((3,),)))
    view.select_path((0,))
    view.commands.fix_problem.trigger()
    assert view.selected_paths() == ((3,),)
    assert layer_at(document.experiment.stack, (3,)).label == "Flatten"


@pytest.mark.parametrize("chosen", [(), ((0,),), ((1,),), ((0,), (1,))], ids=str)
def test_a_fix_that_moves_a_layer_selects_it_and_so_do_undo_and_redo(
    view: StackView, document: Document, chosen: tuple[LayerPath, ...]
) -> None:
    conv = Conv2d(out_channels=4)
    document.load(document.experiment.with_(stack=Stack(layers=(Flatten(), conv, Flatten(), Linear()))), None)
    view.select_paths(chosen)
    (problem,) = [item for item in document.problems if item.layer == (1,)]
    (fix,) = [item for item in problem.fixes if item.label.template == "Move before {layer}"]
    view.commands.apply_fix(problem, fix)
    assert layer_at(document.experiment.stack, (0,)) == conv
    assert view.selected_paths() == ((0,),)
    view.select_paths(chosen)
    document.undo_stack.undo()
    assert view.selected_paths() == ((1,),)
    view.select_paths(chosen)
    document.undo_stack.redo()
    assert view.selected_paths() == ((0,),)


def test_undo_and_redo_of_a_move_select_what_moves_also_in_and_out_of_a_container(
    view: StackView, document: Document
) -> None:
    document.do(Insert((2,), (Residual(),)))
    for move, there, back in (
        (Move(((0,), (1,)), (3,)), ((1,), (2,)), ((0,), (1,))),
        (Move(((1,),), (2, 0, 0)), ((1, 0, 0),), ((1,),)),
    ):
        document.do(move)
        view.select_path((4,))
        document.undo_stack.undo()
        assert view.selected_paths() == back
        view.select_path((4,))
        document.undo_stack.redo()
        assert view.selected_paths() == there
        document.undo_stack.undo()


def test_cutting_selects_what_stands_in_its_place(view: StackView, qtbot: QtBot) -> None:
    view.select_path((1,))
    qtbot.keyClick(view, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier)
    assert view.selected_paths() == ((1,),)


def test_a_drop_takes_the_keyboard(view: StackView, names: Names, qtbot: QtBot) -> None:
    view.clearFocus()
    mime: QMimeData = mime_of(Clipping((Dropout(),)))
    place = QPointF(view.visualRect(view.model().index(2, 0)).center())
    copy, left, plain = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    view.dropEvent(QDropEvent(place, copy, mime, left, plain))
    assert names().count("Dropout") == 1
    assert view.hasFocus()
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert names().count("Dropout") == 0


A, B, C, D = ReLU(), Flatten(), Linear(out_features=5), Dropout()
HELD = Residual(branches=(Stack(layers=(A, B)),))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ((A, B), (A, B), ()),
        ((A, B), (A, C, B), ((1,),)),
        ((A, B, C), (A, C), ((1,),)),
        ((A, B), (A,), ((0,),)),
        ((A,), (), ()),
        ((A, B, C), (B, C, A), ((2,),)),
        ((B, C, A), (A, B, C), ((0,),)),
        ((A, HELD), (A, HELD.with_(branches=(Stack(layers=(A, D, B)),))), ((1, 0, 1),)),
        ((A, HELD), (A, HELD.with_(branches=(Stack(),))), ((1, 0, 0),)),
        ((A, HELD), (A, HELD.with_(projection=True)), ((1,),)),
    ],
)
def test_changed_paths(old: tuple[Layer, ...], new: tuple[Layer, ...], expected: tuple[LayerPath, ...]) -> None:
    found = changed_paths(Stack.model_construct(layers=old), Stack.model_construct(layers=new))
    assert found == expected


def test_a_block_draws_nothing_beyond_its_row(view: StackView, document: Document) -> None:
    document.load(Experiment(stack=Stack(layers=(HELD, Flatten(enabled=False), Linear(out_features=10)))), None)
    assert isinstance(layer_at(document.experiment.stack, (0,)), Container)
    for number in range(view.stack.rowCount()):
        row = QRect(0, 20, 700, view.visualRect(view.stack.index(number)).height())
        image = QImage(700, row.height() + 40, QImage.Format.Format_RGB32)
        image.fill(QColor("red"))
        painter = QPainter(image)
        paint_block(painter, view.stack.block(number), row, BlockStyle(DARK, view.font(), True, True, True))
        painter.end()
        for y in (*range(20), *range(row.bottom() + 1, image.height())):
            assert {image.pixelColor(x, y).name() for x in range(0, 700, 3)} == {"#ff0000"}, (number, y)
