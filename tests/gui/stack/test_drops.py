"""What is dragged is dropped between blocks, into containers and out of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from playground.gui.session.document import Document
from playground.gui.stack.clipboard import Clipping, mime_of
from playground.gui.stack.view import StackView
from playground.spec.layers.regularization import Dropout
from tests.gui.stack.containers import nested_document


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return nested_document()


def drop(view: StackView, row: int, part: float, clipping: Clipping, action: Qt.DropAction) -> None:
    rect = view.visualRect(view.stack.index(row))
    position = QPointF(rect.center().x(), rect.top() + part * rect.height())
    mime = mime_of(clipping)  # the event does not keep it
    event = QDropEvent(
        position,
        Qt.DropAction.CopyAction | Qt.DropAction.MoveAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    view.dropEvent(event)


@pytest.mark.parametrize(
    ("row", "part", "expected"),
    [
        (2, 0.3, "CD[CBR]M[[R]|]FL"),  # the upper half of a container's head
        (2, 0.9, "C[DCBR]M[[R]|]FL"),  # the lower half
        (4, 0.3, "C[CDBR]M[[R]|]FL"),
        (5, 0.75, "C[CBRD]M[[R]|]FL"),  # the last layer in it
        (5, 0.93, "C[CBRD]M[[R]|]FL"),  # its frame's edge
        (6, 0.2, "C[CBR]DM[[R]|]FL"),
        (9, 0.7, "C[CBR]M[[RD]|]FL"),
        (9, 0.98, "C[CBR]M[[RD]|]FL"),
        (10, 0.2, "C[CBR]M[[R]|D]FL"),
        (10, 0.98, "C[CBR]M[[R]|D]FL"),
    ],
)
def test_drops(view: StackView, letters: Callable[[], str], row: int, part: float, expected: str) -> None:
    drop(view, row, part, Clipping((Dropout(),)), Qt.DropAction.CopyAction)
    assert letters() == expected


def test_a_drop_moves_between_stacks(view: StackView, document: Document, letters: Callable[[], str]) -> None:
    assert view.stack.drop(mime_of(view.stack.clipping([3, 6])), Qt.DropAction.MoveAction, (3, 1, 0))
    assert letters() == "C[BR][[R]|CM]FL"
    assert view.selected_paths() == ((2, 1, 0), (2, 1, 1))
    document.undo_stack.undo()
    assert letters() == "C[CBR]M[[R]|]FL"


def test_a_container_is_not_dropped_into_itself(view: StackView, letters: Callable[[], str], qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.refused) as told:
        view.stack.drop(mime_of(view.stack.clipping([2])), Qt.DropAction.MoveAction, (1, 0, 1))
    assert told.args == ["A container cannot be moved into itself."]
    assert letters() == "C[CBR]M[[R]|]FL"
