"""A check box with a frame that can be seen: that of Fusion is darker than the window, and so lost on a dark one."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton

from playground.gui.style.theme import theme_of

_ROUNDED = 2.0  # pixels, as Fusion's


class CheckBox(QCheckBox):
    """Has a frame in the theme's colour of secondary text, and of the accent where it has the keyboard."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        super().paintEvent(event)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        name = "faint" if not self.isEnabled() else "accent" if self.hasFocus() else "muted"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme_of(self).color(name), 1.0))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), _ROUNDED, _ROUNDED)
        painter.end()
