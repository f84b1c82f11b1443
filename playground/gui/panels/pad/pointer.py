"""Unifies mouse, touch and pen events into one stream of points with pressure."""

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
    """Follows one pointer at a time; a second finger, or the palm of the hand, is ignored."""

    down = Signal(object, bool)  # Point, and whether it is an eraser
    moved = Signal(object)  # Point
    up = Signal()
    lost = Signal()  # the input since `down` was unintended

    def __init__(self, pad: QWidget) -> None:
        super().__init__()  # not a child of the pad, because the pad's event handler would get its ChildAdded event
        self._pad = pad
        self._finger: int | None = None
        self._button = False

    def took(self, event: QEvent) -> bool:
        """Handle an event if it belongs to drawing; return whether it was handled."""
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
            return False  # hovering, or a button on the pen: Qt converts these to mouse events
        event.accept()
        return True

    def _touch(self, event: QTouchEvent) -> bool:
        event.accept()
        if event.type() == QEvent.Type.TouchCancel:
            self._finger = None
            self.lost.emit()
            return True
        has_pressure = bool(event.pointingDevice().capabilities() & QInputDevice.Capability.Pressure)
        for touch in event.points():
            point = self._point(touch.position(), touch.pressure() if has_pressure else NEUTRAL)
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
