"""Understands mouse, finger and pen, and tells the pad one thing: where the line goes, and how hard it is pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import (
    QEventPoint,
    QInputDevice,
    QMouseEvent,
    QPointingDevice,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QWidget

from playground.gui.panels.pad.canvas import square_of
from playground.gui.panels.pad.strokes import NEUTRAL, Point, inside

_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)  # a quick second press is a "double click"


class Pointer(QObject):
    """Follows one pointer at a time; a second finger, or the palm of the hand, does nothing."""

    down = Signal(object, bool)  # Point, and whether it rubs out
    moved = Signal(object)  # Point
    up = Signal()
    lost = Signal()  # what was drawn since `down` was not meant

    def __init__(self, pad: QWidget) -> None:
        super().__init__()  # no child of the pad, which would hand it the event that it becomes one
        self._pad = pad
        self._finger: int | None = None
        self._button = False

    def took(self, event: QEvent) -> bool:
        """Act on an event if it is one of drawing; return whether it was."""
        if isinstance(event, QTabletEvent):
            return self._pen(event)
        if isinstance(event, QTouchEvent):
            return self._touch(event)
        if isinstance(event, QMouseEvent):
            return self._mouse(event)
        return False

    def _mouse(self, event: QMouseEvent) -> bool:
        kind = event.type()
        if kind in _PRESSES and event.button() == Qt.MouseButton.LeftButton:
            self._button = True
            self.down.emit(self._point(event.position()), False)
        elif kind == QEvent.Type.MouseMove and self._button:
            self.moved.emit(self._point(event.position()))
        elif kind == QEvent.Type.MouseButtonRelease and self._button and event.button() == Qt.MouseButton.LeftButton:
            self._button = False
            self.up.emit()
        else:
            return False
        event.accept()
        return True

    def _pen(self, event: QTabletEvent) -> bool:
        point = self._point(event.position(), event.pressure())
        if event.type() == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton:
            self.down.emit(point, event.pointerType() == QPointingDevice.PointerType.Eraser)
        elif event.type() == QEvent.Type.TabletMove and event.buttons() & Qt.MouseButton.LeftButton:
            self.moved.emit(point)
        elif event.type() == QEvent.Type.TabletRelease and event.button() == Qt.MouseButton.LeftButton:
            self.up.emit()
        else:
            return False  # hovering, or a button on the pen: Qt makes mouse events of these
        event.accept()
        return True

    def _touch(self, event: QTouchEvent) -> bool:
        event.accept()
        if event.type() == QEvent.Type.TouchCancel:
            self._finger = None
            self.lost.emit()
            return True
        feels = bool(event.pointingDevice().capabilities() & QInputDevice.Capability.Pressure)
        for touch in event.points():
            point = self._point(touch.position(), touch.pressure() if feels else NEUTRAL)
            if self._finger is None and touch.state() == QEventPoint.State.Pressed:
                self._finger = touch.id()
                self.down.emit(point, False)
            elif touch.id() == self._finger:
                self.moved.emit(point)
                if touch.state() == QEventPoint.State.Released:
                    self._finger = None
                    self.up.emit()
        return True

    def _point(self, position: QPointF, pressure: float = NEUTRAL) -> Point:
        square = square_of(self._pad)
        return inside(
            (position.x() - square.x()) / square.width(), (position.y() - square.y()) / square.height(), pressure
        )
