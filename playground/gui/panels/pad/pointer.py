"""Understands mouse, finger and pen, and tells the pad one thing: where the line goes, and how hard it is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import (
    QEventPoint,
    QInputDevice,
    QMouseEvent,
    QPointingDevice,
    QTabletEvent,
    QTouchEvent,
)

from playground.gui.panels.pad.strokes import NEUTRAL, Point, inside

if TYPE_CHECKING:
    from playground.gui.panels.pad.pad import Pad

_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)  # a quick second press is a "double click"


class Pointer:
    """Follows one pointer at a time; a second finger, or the palm of the hand, does nothing."""

    def __init__(self, pad: Pad) -> None:
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
            self._pad.pen_down(self._point(event.position()), erase=False)
        elif kind == QEvent.Type.MouseMove and self._button:
            self._pad.pen_moved(self._point(event.position()))
        elif kind == QEvent.Type.MouseButtonRelease and self._button and event.button() == Qt.MouseButton.LeftButton:
            self._button = False
            self._pad.pen_up()
        else:
            return False
        event.accept()
        return True

    def _pen(self, event: QTabletEvent) -> bool:
        point = self._point(event.position(), event.pressure())
        if event.type() == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton:
            self._pad.pen_down(point, erase=event.pointerType() == QPointingDevice.PointerType.Eraser)
        elif event.type() == QEvent.Type.TabletMove and event.buttons() & Qt.MouseButton.LeftButton:
            self._pad.pen_moved(point)
        elif event.type() == QEvent.Type.TabletRelease and event.button() == Qt.MouseButton.LeftButton:
            self._pad.pen_up()
        else:
            return False  # hovering, or a button on the pen: Qt makes mouse events of these
        event.accept()
        return True

    def _touch(self, event: QTouchEvent) -> bool:
        event.accept()
        if event.type() == QEvent.Type.TouchCancel:
            self._finger = None
            self._pad.pen_lost()
            return True
        feels = bool(event.pointingDevice().capabilities() & QInputDevice.Capability.Pressure)
        for touch in event.points():
            point = self._point(touch.position(), touch.pressure() if feels else NEUTRAL)
            if self._finger is None and touch.state() == QEventPoint.State.Pressed:
                self._finger = touch.id()
                self._pad.pen_down(point, erase=False)
            elif touch.id() == self._finger:
                self._pad.pen_moved(point)
                if touch.state() == QEventPoint.State.Released:
                    self._finger = None
                    self._pad.pen_up()
        return True

    def _point(self, position: QPointF, pressure: float = NEUTRAL) -> Point:
        square = self._pad.square()
        return inside(
            (position.x() - square.x()) / square.width(), (position.y() - square.y()) / square.height(), pressure
        )
