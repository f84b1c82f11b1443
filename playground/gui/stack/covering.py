"""Something that lies over the bottom of the stack view hinders nobody: blocks scroll out from under it.

Its height becomes room to scroll below the last block; the wheel and what is dragged pass through it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from playground.gui.stack.block_list import BlockList
from playground.gui.stack.geometry import GAP

_SHAPES = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Move, QEvent.Type.Resize)


class Covering(QObject):
    """Follows what lies over a stack view for as long as both live."""

    def __init__(self, view: BlockList, cover: QWidget) -> None:
        super().__init__(view)
        self._view, self._cover = view, cover
        cover.setAcceptDrops(True)
        cover.installEventFilter(self)
        view.installEventFilter(self)
        self._measure()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Measure anew when either moves; pass on to the view what is meant for the blocks below."""
        if event.type() in _SHAPES:
            self._measure()
        elif watched is self._cover:
            if isinstance(event, QDropEvent):  # also each that enters and moves
                self._pass_drag(event)
                return True
            if isinstance(event, QDragLeaveEvent):
                self._view.dragLeaveEvent(event)
                return True
            if isinstance(event, QWheelEvent):
                return QApplication.sendEvent(self._view.viewport(), event)
        return super().eventFilter(watched, event)

    def _measure(self) -> None:
        """Tell the view how many pixels of its viewport are hidden, from the bottom, with a gap above."""
        viewport, cover = self._view.viewport(), self._cover
        top = viewport.mapFromGlobal(cover.mapToGlobal(QPoint())).y()
        covered = 0 if cover.isHidden() else viewport.height() - top + GAP
        self._view.set_covered(min(max(covered, 0), viewport.height()))

    def _pass_drag(self, event: QDropEvent) -> None:
        """Let the view answer as if the mouse were over it."""
        view = self._view
        spot = view.viewport().mapFromGlobal(self._cover.mapToGlobal(event.position())).toPoint()
        said = event.possibleActions(), event.mimeData(), event.buttons(), event.modifiers()
        passed: QDropEvent
        if isinstance(event, QDragEnterEvent):
            passed = QDragEnterEvent(spot, *said)
            view.dragEnterEvent(passed)
        elif isinstance(event, QDragMoveEvent):
            passed = QDragMoveEvent(spot, *said)
            view.dragMoveEvent(passed)
        else:
            passed = QDropEvent(spot, *said)
            passed.setDropAction(event.dropAction())
            view.dropEvent(passed)
        event.setDropAction(passed.dropAction())
        event.setAccepted(passed.isAccepted())
