"""The model follows the document row by row, and drops become edits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, Qt
from pytestqt.qtbot import QtBot

from playground.gui.session.document import Document
from playground.gui.stack.clipboard import MIME, Clipping, mime_of
from playground.gui.stack.model import Role, StackModel
from playground.spec.datasets.mnist import MNIST
from playground.spec.edits import Insert, Move, Remove, Replace, Set
from playground.spec.layer import Kind
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.messages import message

Names = Callable[[], list[str]]
COPY, MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction


@pytest.fixture
def model(document: Document) -> StackModel:
    return StackModel(document)


def drop(model: StackModel, mime: QMimeData, row: int, action: Qt.DropAction = COPY) -> bool:
    return model.dropMimeData(mime, action, row, 0, QModelIndex())


def test_qt_finds_nothing_wrong(model: StackModel, document: Document, qtmodeltester: object) -> None:
    qtmodeltester.check(model)
    document.do(Insert((1,), (Dropout(), Dropout())))
    document.do(Move(((0,),), (4,)))
    document.do(Remove(((1,), (3,))))
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    document.load(document.experiment.with_(data=MNIST(train_limit=500)), None)


def test_first_row_is_the_data(model: StackModel, document: Document) -> None:
    label = message("x")
    document.do(Set(("data", "validation_share"), 1 / 12, label))
    block = model.block(0)
    assert (block.name, block.settings) == ("MNIST", "55,000 train · 5,000 validation · 10,000 test images")
    assert (block.shape, block.kind, block.path) == ("1 × 28 × 28", None, ())


def test_a_layers_row(model: StackModel) -> None:
    block = model.index(1).data(Role.BLOCK)
    assert (block.name, block.settings, block.shape) == ("Conv2d", "8 filters · 3 × 3", "8 × 26 × 26")
    assert (block.parameters, block.kind, block.enabled, block.problems) == ("80", Kind.CONVOLUTION, True, ())
    assert model.index(1).data(Qt.ItemDataRole.AccessibleTextRole) == (
        "Conv2d, 8 filters · 3 × 3, output 8 × 26 × 26, 80 parameters"
    )


def test_a_problem_stands_on_its_row_and_is_read_aloud(model: StackModel, document: Document) -> None:
    document.do(Remove(((3,),)))
    spoken = model.index(4).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "problem: Linear reads vectors, but receives an image of 8 × 13 × 13." in spoken
    assert model.block(4).shape == "?"
    assert "Expected: a vector of 1,352 numbers." in model.index(4).data(Qt.ItemDataRole.ToolTipRole)


def test_an_empty_stack_says_so_on_the_data(model: StackModel, document: Document) -> None:
    document.do(Remove(tuple((i,) for i in range(5))))
    assert model.rowCount() == 1
    assert [str(problem.what) for problem in model.block(0).problems] == ["The stack is empty."]


def test_changing_a_layer_keeps_all_rows(model: StackModel, document: Document, qtbot: QtBot) -> None:
    kept = [QPersistentModelIndex(model.index(row)) for row in range(model.rowCount())]
    with qtbot.waitSignal(model.dataChanged):
        document.do(Replace((4,), Linear(out_features=20), message("x")))
    assert [index.row() for index in kept] == [0, 1, 2, 3, 4, 5]
    assert model.block(5).settings == "20 units"


def test_rows_follow_what_moves_around_them(model: StackModel, document: Document) -> None:
    pool = QPersistentModelIndex(model.index(3))
    document.do(Insert((0,), (Dropout(),)))
    assert pool.row() == 4
    document.do(Move(((3,),), (0,)))
    assert pool.row() == 1
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert pool.row() == 3
    document.do(Remove(((2,),)))
    assert not pool.isValid()


def test_dropping_a_new_layer(model: StackModel, names: Names) -> None:
    assert drop(model, mime_of(Clipping((Dropout(p=0.5),))), 3)
    assert names() == ["Conv2d", "ReLU", "Dropout", "MaxPool2d", "Flatten", "Linear"]


def test_nothing_is_dropped_in_front_of_the_data(model: StackModel, names: Names) -> None:
    assert drop(model, mime_of(Clipping((Dropout(),))), 0)
    assert names()[0] == "Dropout"


def test_dropping_at_the_end_and_outside(model: StackModel, names: Names) -> None:
    assert drop(model, mime_of(Clipping((Dropout(),))), 6)
    assert drop(model, mime_of(Clipping((Dropout(),))), -1)
    assert names()[-3:] == ["Linear", "Dropout", "Dropout"]


def test_moving_several_rows_is_one_step(model: StackModel, document: Document, names: Names, qtbot: QtBot) -> None:
    mime = model.mimeData([model.index(1), model.index(2)])
    with qtbot.waitSignal(model.dropped) as told:
        assert drop(model, mime, 5, MOVE)
    assert names() == ["MaxPool2d", "Flatten", "Conv2d", "ReLU", "Linear"]
    assert told.args == [((2,), (3,))]
    document.undo_stack.undo()
    assert names()[0] == "Conv2d"
    assert not document.undo_stack.canUndo()


def test_copying_within_the_stack(model: StackModel, names: Names) -> None:
    assert drop(model, model.mimeData([model.index(1)]), 2, COPY)
    assert names()[:2] == ["Conv2d", "Conv2d"]


def test_layers_of_another_stack_are_copied_even_when_moved(
    model: StackModel, document: Document, names: Names
) -> None:
    other = StackModel(document)
    assert drop(model, other.mimeData([other.index(5)]), 6, MOVE)
    assert names()[-2:] == ["Linear", "Linear"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"layers": 3}', b'{"layers": [{"type": "nonsense"}]}', b"[" * 100_000]
)
def test_what_is_no_layer_is_refused_with_a_sentence(
    model: StackModel, document: Document, qtbot: QtBot, content: bytes
) -> None:
    mime = QMimeData()
    mime.setData(MIME, content)
    before = document.experiment
    with qtbot.waitSignal(model.refused) as told:
        assert not drop(model, mime, 1)
    assert told.args[0]
    assert document.experiment == before


def test_a_stack_that_is_full_says_so(model: StackModel, document: Document, qtbot: QtBot) -> None:
    with qtbot.waitSignal(model.refused) as told:
        assert not drop(model, mime_of(Clipping(tuple(Dropout() for _ in range(1996)))), 1)
    assert told.args == ["That would be too many: a stack holds at most 2,000 layers."]
    assert len(document.rows) == 5


def test_the_data_cannot_be_dragged(model: StackModel) -> None:
    assert not model.flags(model.index(0)) & Qt.ItemFlag.ItemIsDragEnabled
    assert model.clipping([0]).layers == ()
