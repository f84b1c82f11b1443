"""Buttons for the pens and the eraser, which show the width of the line."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QStyle, QStyleOptionToolButton, QStylePainter, QToolButton, QWidget

from playground.gui.panels.pad.commands import PadCommands
from playground.gui.panels.pad.strokes import BROAD, FINE, MEDIUM
from playground.gui.style.theme import set_look, theme_of

_SIDE = 26
_DOT = 110.0  # pixels of a dot's diameter per pen width of the pad's side: exaggerated, to distinguish three pens


class ToolButton(QToolButton):
    """A flat button with a dot as large as the pen, or the outline of an eraser."""

    def __init__(self, action: QAction, width: float | None, parent: QWidget | None = None) -> None:
        """`width` is that of the pen, as a share of the pad's side; None for the eraser."""
        super().__init__(parent)
        self._width = width
        self.setDefaultAction(action)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.setAccessibleName(action.text())
        self.setFixedSize(_SIDE, _SIDE)
        set_look(self, "flat")

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """A small square."""
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the button and its symbol."""
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = ""  # the action's text, which Qt would show because there is no icon
        theme = theme_of(self)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = theme.color("muted")
        if self.isChecked():  # not marked by colour alone
            color = theme.color("accent")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        middle = QPointF(self.width() / 2, self.height() / 2)
        if self._width is None:
            painter.translate(middle)
            painter.rotate(-45)
            painter.setPen(QPen(color, 1.4))
            painter.drawRoundedRect(QRectF(-7, -4, 14, 8), 2, 2)
            painter.drawLine(QPointF(-1.5, -4), QPointF(-1.5, 4))
        else:
            radius = max(1.5, (self._width - FINE / 2) * _DOT)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(middle, radius, radius)
        painter.end()


class Tools(QWidget):
    """Three pens and the eraser in two rows."""

    def __init__(self, commands: PadCommands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        tools = ((commands.fine, FINE), (commands.medium, MEDIUM), (commands.broad, BROAD), (commands.erase, None))
        for i, (action, width) in enumerate(tools):
            grid.addWidget(ToolButton(action, width, self), i // 2, i % 2)
