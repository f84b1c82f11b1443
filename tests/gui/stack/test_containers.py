"""Containers in the stack view: nested blocks, keys, drops between stacks, wrapping, folding, branches."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from playground.gui.session.document import Document
from playground.gui.stack.clipboard import copies
from playground.gui.stack.geometry import block_rects, frames
from playground.gui.stack.model import StackModel
from playground.gui.stack.view import StackView
from playground.spec.container import Container
from playground.spec.edits import Insert, LayerPath, Move, Remove, Replace, layer_at
from playground.spec.layers.activation import ReLU
from playground.spec.layers.containers import Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.messages import message
from tests.gui.stack.containers import nested_document, shown, stack

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


NAMES = ["Conv2d", "Residual", "Conv2d", "BatchNorm", "ReLU", "MaxPool2d", "Parallel", "Repeat", "ReLU", "Empty branch"]


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return nested_document()


def test_every_layer_has_a_row_and_an_empty_branch_has_a_place(view: StackView) -> None:
    assert shown(view) == [*NAMES, "Flatten", "Linear"]
    blocks = [view.stack.block(row) for row in range(1, view.stack.rowCount())]
    assert [block.depth for block in blocks] == [0, 0, 1, 1, 1, 0, 0, 1, 2, 1, 0, 0]
    assert [block.closes for block in blocks] == [0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0]
    assert [block.branch for block in blocks] == [0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 0]


def test_read_aloud(view: StackView) -> None:
    said = [view.stack.block(row).spoken() for row in (2, 3, 10)]
    assert said[0] == "Residual, adds its input to its output, expanded, output 4 × 28 × 28, 156 parameters"
    assert said[1] == "Conv2d, 4 filters · 3 × 3 · padding 1, level 2, output 4 × 28 × 28, 148 parameters"
    assert said[2] == "Empty branch, passes on its input; insert or drop layers here"
    view.stack.fold((1,), folded=True)
    assert "3 layers, collapsed" in view.stack.block(2).spoken()


def test_qt_finds_nothing_wrong(view: StackView, document: Document, qtmodeltester: object) -> None:
    model = view.stack
    qtmodeltester.check(model)
    document.do(Move(((0,),), (1, 0, 1)))
    model.fold((0,), folded=True)
    document.do(Move(((0,),), (2, 0, 0)))
    document.do(Remove(((1,), (2,))))
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    model.fold((1,), folded=False)
    assert shown(view) == [*NAMES, "Flatten", "Linear"]


def test_frames_hold_their_blocks(view: StackView) -> None:
    for row in range(1, view.stack.rowCount()):
        rect, block = view.visualRect(view.stack.index(row)), view.stack.block(row)
        card = block_rects(block, rect, view.font()).card
        assert rect.contains(card)
        around = frames(block, rect, card)
        assert len(around) == block.depth + (block.container and not block.folded)
        inner = around[: block.depth]
        assert all(frame.left() < card.left() and frame.right() > card.right() for frame in inner)
        assert all(one.left() < two.left() for one, two in pairwise(around))
        ends = [frame for frame in inner if frame.bottom() <= rect.bottom()]
        assert len(ends) == block.closes


def test_the_arrow_is_clicked(view: StackView, document: Document, qtbot: QtBot) -> None:
    rect = view.visualRect(view.stack.index(2))
    arrow = block_rects(view.stack.block(2), rect, view.font()).arrow
    assert arrow is not None
    qtbot.mouseMove(view.viewport(), arrow.center())
    assert view.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=arrow.center())
    assert shown(view)[:3] == ["Conv2d", "Residual", "MaxPool2d"]
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=arrow.center())
    assert shown(view) == [*NAMES, "Flatten", "Linear"]
    assert not document.undo_stack.canUndo()


def test_folded_stays_folded_through_edits_and_undo(view: StackView, document: Document) -> None:
    model = view.stack
    model.fold((1,), folded=True)

    def residual() -> bool:
        return next(model.block(row).folded for row in range(model.rowCount()) if model.block(row).name == "Residual")

    document.do(Insert((0,), (Dropout(),)))
    assert residual()
    document.do(Replace((2,), layer_at(document.experiment.stack, (2,)).with_(projection=False), message("x")))
    assert residual()
    document.do(Move(((0,), (1,)), (2, 0, 1)))
    assert residual()
    document.do(Remove(((0, 0, 0),)))
    assert residual()
    for _ in range(4):
        document.undo_stack.undo()
        assert residual()
    document.do(Remove(((1,),)))
    document.undo_stack.undo()
    assert "Conv2d" in shown(view)


def test_a_problem_in_a_folded_container_is_shown_on_it(view: StackView, document: Document, qtbot: QtBot) -> None:
    document.do(Insert((1, 0, 3), (Linear(),)))
    assert [str(problem.what) for problem in view.stack.block(6).problems] == [
        "Linear reads vectors, but receives an image of 4 × 28 × 28."
    ]
    view.stack.fold((1,), folded=True)
    assert len(view.stack.block(2).problems) == 1
    view.select_path((1, 0, 3))
    assert view.selected_paths() == ((1, 0, 3),)
    assert "Linear" in shown(view)[:6]


def test_what_the_container_itself_has_wrong_is_mended(view: StackView, document: Document, qtbot: QtBot) -> None:
    document.do(Replace((1, 0, 0), Conv2d(out_channels=4), message("x")))
    (problem,) = view.stack.block(2).problems
    assert problem.layer == (1,)
    view.select_path((1,))
    qtbot.keyClick(view, KEY.Key_Period, CTRL)
    assert document.problems == ()
    assert document.undo_stack.undoText() == "Pad the convolutions"


def test_a_container_is_filled_by_what_is_inserted_next(view: StackView, letters: Callable[[], str]) -> None:
    view.select_path((0,))
    view.insert(Residual())
    assert letters() == "C[][CBR]M[[R]|]FL"
    assert view.selected_paths() == ((1, 0, 0),)
    view.insert(Dropout())
    view.insert(ReLU())
    assert letters() == "C[DR][CBR]M[[R]|]FL"


def test_insertion_behind_what_is_selected(view: StackView, letters: Callable[[], str]) -> None:
    view.select_path((1, 0, 2))
    assert view.insertion_point().shape == (4, 28, 28)
    view.insert(Dropout())
    assert letters() == "C[CBRD]M[[R]|]FL"
    view.select_path((3, 1, 0))
    assert view.insertion_point().shape == (4, 14, 14)
    view.insert(Dropout())
    assert letters() == "C[CBRD]M[[R]|D]FL"
    view.commands.select_all.trigger()
    view.insert(Dropout())
    assert letters() == "C[CBRD]M[[R]|D]FLD"


def test_delete_cut_and_paste_with_containers(view: StackView, letters: Callable[[], str], qtbot: QtBot) -> None:
    view.select_paths(((1,), (1, 0, 0)))
    qtbot.keyClick(view, KEY.Key_X, CTRL)
    assert letters() == "CM[[R]|]FL"
    view.select_path((2, 1, 0))
    qtbot.keyClick(view, KEY.Key_V, CTRL)
    assert letters() == "CM[[R]|[CBR]]FL"
    assert view.selected_paths() == ((2, 1, 0),)
    view.select_paths(((2, 0, 0), (2, 0, 0, 0, 0)))
    qtbot.keyClick(view, KEY.Key_Delete)
    assert letters() == "CM[|[CBR]]FL"


def test_nothing_is_done_to_an_empty_branch(view: StackView, document: Document, qtbot: QtBot) -> None:
    view.select_path((3, 1, 0))
    for key, modifier in ((KEY.Key_Delete, Qt.KeyboardModifier.NoModifier), (KEY.Key_D, CTRL), (KEY.Key_B, CTRL)):
        qtbot.keyClick(view, key, modifier)
    assert not document.undo_stack.canUndo()


def test_copies_share_nothing() -> None:
    (copy,) = copies((Residual(branches=(stack(ReLU()),)),))
    (again,) = copies((copy,))
    assert again == copy
    assert isinstance(again, Container)
    assert again.branches[0].layers[0] is not copy.values()["branches"][0].layers[0]


def test_moving_by_keys_leaves_a_container_at_its_ends(
    view: StackView, letters: Callable[[], str], qtbot: QtBot
) -> None:
    view.select_path((1, 0, 0))
    for expected in ("CC[BR]M[[R]|]FL", "CC[BR]M[[R]|]FL"):
        qtbot.keyClick(view, KEY.Key_Up, ALT)
        assert letters() == expected
    view.select_path((2, 0, 1))
    qtbot.keyClick(view, KEY.Key_Down, ALT)
    assert letters() == "CC[B]RM[[R]|]FL"
    assert view.selected_paths() == ((3,),)
    qtbot.keyClick(view, KEY.Key_Up, ALT)
    assert letters() == "CCR[B]M[[R]|]FL"


def test_disabling_a_container_shows_all_in_it_as_off(view: StackView, qtbot: QtBot) -> None:
    view.select_path((1,))
    qtbot.keyClick(view, KEY.Key_B, CTRL)
    assert not any(view.stack.block(row).enabled for row in (2, 3, 4, 5))
    assert view.stack.block(6).enabled
    view.grab()


@pytest.mark.parametrize("path", [(0,), (1,), (1, 0, 0), (3, 0, 0, 0, 0), (3, 1, 0)])
def test_everything_can_be_painted(view: StackView, path: LayerPath) -> None:
    view.select_path(path)
    view.stack.fold((3, 0, 0), folded=True)
    assert not view.grab().isNull()
    assert isinstance(view.stack, StackModel)
    assert view.indexAt(QPoint(200, 60)).isValid()
