"""What lies over the bottom of the stack view moves no block and hides none for good; drags and wheel pass it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.session.document import Document
from playground.gui.stack.clipboard import Clipping, mime_of
from playground.gui.stack.geometry import GAP
from playground.gui.stack.view import StackView
from playground.spec.edits import Insert, Remove
from playground.spec.layers.activation import ReLU
from playground.spec.layers.regularization import Dropout

HEIGHT = 80  # of the cover
BOTH = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Shown = tuple[int, list[QRect]]


@pytest.fixture
def cover(view: StackView) -> QFrame:
    """A hidden widget over the view's bottom."""
    view.resize(500, 400)
    made = QFrame(view)
    made.setGeometry(20, 400 - HEIGHT, 460, HEIGHT)
    made.hide()
    view.lie_under(made)
    return made


def lengthen(view: StackView, document: Document, count: int = 20) -> None:
    document.do(Insert((0,), (ReLU(),) * count))
    QApplication.processEvents()


def shown(view: StackView) -> Shown:
    """The offset, and where every block stands."""
    QApplication.processEvents()
    model = view.model()
    return view.verticalScrollBar().value(), [
        view.visualRect(model.index(row, 0)).translated(view.viewport().mapToGlobal(QPoint()))
        for row in range(model.rowCount())
    ]


def last(view: StackView) -> QRect:
    QApplication.processEvents()
    return view.visualRect(view.model().index(view.model().rowCount() - 1, 0))


def clear(view: StackView, cover: QWidget) -> int:
    """The height of the viewport above the cover."""
    return view.viewport().mapFromGlobal(cover.mapToGlobal(QPoint())).y()


def room(view: StackView, cover: QWidget) -> int:
    """What there is to scroll below the last block while the cover stands."""
    return view.viewport().height() - clear(view, cover) + GAP


@pytest.mark.parametrize("count", [0, 1, 2, 20])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_no_block_moves_when_it_comes_or_goes(
    view: StackView, document: Document, cover: QFrame, count: int, share: float
) -> None:
    if count:
        lengthen(view, document, count)
    bar = view.verticalScrollBar()
    bar.setValue(round(bar.maximum() * share))
    before = shown(view)
    cover.show()
    assert shown(view) == before
    bar.setValue(bar.maximum())
    assert last(view).bottom() + 1 <= clear(view, cover) - GAP
    lowest = shown(view)
    cover.hide()
    assert shown(view) == lowest


def test_the_room_goes_when_it_is_left(view: StackView, document: Document, cover: QFrame) -> None:
    lengthen(view, document)
    bar = view.verticalScrollBar()
    end = bar.maximum()
    cover.show()
    assert bar.maximum() == end + room(view, cover)
    bar.setValue(bar.maximum())
    cover.hide()
    bar.setValue(bar.value() - 10)
    assert bar.maximum() == bar.value() > end
    bar.setValue(end - 10)
    assert bar.maximum() == end


def test_room_is_there_only_where_the_cover_would_hide_a_block(view: StackView, cover: QFrame) -> None:
    before = view.verticalScrollBar().maximum()
    assert last(view).bottom() < clear(view, cover) - GAP
    cover.show()
    assert view.verticalScrollBar().maximum() == before == 0


def test_the_room_follows_the_cover_and_the_blocks(view: StackView, document: Document, cover: QFrame) -> None:
    lengthen(view, document)
    bar, end = view.verticalScrollBar(), view.verticalScrollBar().maximum()
    cover.show()
    cover.setGeometry(20, 360, 460, 40)
    assert bar.maximum() == end + room(view, cover)
    cover.setGeometry(20, 300, 460, 100)
    assert bar.maximum() == end + room(view, cover)
    bar.setValue(bar.maximum())
    cover.hide()
    document.do(Remove(tuple((row,) for row in range(20))))
    assert last(view).bottom() < view.viewport().height()
    assert bar.maximum() == 0


def test_a_block_that_is_selected_comes_out_from_under_it(
    qtbot: QtBot, view: StackView, document: Document, cover: QFrame
) -> None:
    lengthen(view, document)
    cover.show()
    view.select_path((24,))
    assert last(view).bottom() + 1 <= clear(view, cover) - GAP
    view.select_rows(0, 1)
    for _ in range(view.model().rowCount()):
        qtbot.keyClick(view, Qt.Key.Key_Down)
        assert view.visualRect(view.currentIndex()).top() >= 0
        assert view.visualRect(view.currentIndex()).bottom() + 1 <= clear(view, cover) - GAP


def drag(kind: Callable[..., QDropEvent], cover: QWidget, y: int = 30) -> bool:
    data = mime_of(Clipping((Dropout(),)))  # the event does not own it
    event = kind(QPoint(200, y), BOTH, data, LEFT, NONE)
    QApplication.sendEvent(cover, event)
    return event.isAccepted()


def test_what_is_dropped_on_it_goes_behind_the_last_block_that_is_seen(
    view: StackView, document: Document, cover: QFrame, names: Callable[[], list[str]]
) -> None:
    cover.show()
    assert drag(QDragEnterEvent, cover)
    drag(QDragMoveEvent, cover)
    assert view._drop is not None
    assert view._drop.path == (5,)
    assert drag(QDropEvent, cover)
    assert names()[-1] == "Dropout"
    lengthen(view, document)
    drag(QDragEnterEvent, cover)
    drag(QDragMoveEvent, cover)
    assert view._drop is not None
    assert 0 < view._drop.y < clear(view, cover)
    QApplication.sendEvent(cover, QDragLeaveEvent())
    assert view._drop is None


def test_the_wheel_scrolls_the_blocks_below_it(view: StackView, document: Document, cover: QFrame) -> None:
    lengthen(view, document)
    cover.show()
    at, turn = QPointF(100, 20), QPoint(0, -120)
    event = QWheelEvent(
        at, cover.mapToGlobal(at), QPoint(), turn, Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(cover, event)
    assert view.verticalScrollBar().value() > 0


def test_the_viewport_keeps_its_width_when_there_is_something_to_scroll(
    view: StackView, document: Document, cover: QFrame
) -> None:
    width = view.viewport().width()
    lengthen(view, document)
    assert view.verticalScrollBar().maximum() > 0
    assert view.viewport().width() == width
