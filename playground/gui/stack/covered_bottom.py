"""Keeps the stack view usable under a widget that covers its bottom: blocks can be scrolled out from under it.

The covered height is added to the scroll range; wheel and drag events on the cover are passed to the view.
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

_GEOMETRY_EVENTS = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Move, QEvent.Type.Resize)


class Covering(QObject):
    """Observes a widget that covers a stack view, for as long as both exist."""

    def __init__(self, view: BlockList, cover: QWidget) -> None:
        super().__init__(view)
        self._view, self._cover = view, cover
        cover.setAcceptDrops(True)
        cover.installEventFilter(self)
        view.installEventFilter(self)
        self._measure()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Measure again when either widget moves; pass events meant for the blocks below to the view."""
        if event.type() in _GEOMETRY_EVENTS:
            self._measure()
        elif watched is self._cover:
            if isinstance(event, QDropEvent):  # QDragEnterEvent and QDragMoveEvent are subclasses
                self._pass_drag(event)
                return True
            if isinstance(event, QDragLeaveEvent):
                self._view.dragLeaveEvent(event)
                return True
            if isinstance(event, QWheelEvent):
                return QApplication.sendEvent(self._view.viewport(), event)
        return super().eventFilter(watched, event)

    def _measure(self) -> None:
        """Set the number of covered pixels at the bottom of the viewport, including a gap above the cover."""
        viewport, cover = self._view.viewport(), self._cover
        top = viewport.mapFromGlobal(cover.mapToGlobal(QPoint())).y()
        covered = 0 if cover.isHidden() else viewport.height() - top + GAP
        self._view.set_covered(min(max(covered, 0), viewport.height()))

    def _pass_drag(self, event: QDropEvent) -> None:
        """Let the view handle a drag event as if the mouse were over it."""
        view = self._view
        point = view.viewport().mapFromGlobal(self._cover.mapToGlobal(event.position())).toPoint()
        drag = event.possibleActions(), event.mimeData(), event.buttons(), event.modifiers()
        passed: QDropEvent
        if isinstance(event, QDragEnterEvent):
            passed = QDragEnterEvent(point, *drag)
            view.dragEnterEvent(passed)
        elif isinstance(event, QDragMoveEvent):
            passed = QDragMoveEvent(point, *drag)
            view.dragMoveEvent(passed)
        else:
            passed = QDropEvent(point, *drag)
            passed.setDropAction(event.dropAction())
            view.dropEvent(passed)
        event.setDropAction(passed.dropAction())
        event.setAccepted(passed.isAccepted())
