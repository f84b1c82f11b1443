"""A combo box with an arrow that follows the theme; it ignores the wheel unless it has the focus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QWidget

from playground.gui.style.arrow import paint_arrow
from playground.gui.style.theme import theme_of


class ComboBox(QComboBox):
    """Elides text that does not fit, and scrolls the page below it rather than its entries."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:  # noqa: N802  Qt's name
        super().initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        text_rect = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self)
        # Qt's margin around the text is one pixel.
        option.currentText = option.fontMetrics.elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, text_rect.width() - 1
        )

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  Qt's name
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        super().paintEvent(event)
        painter = QPainter(self)  # the style sheet removes the arrow of the combo box
        color = theme_of(self).color("muted" if self.isEnabled() else "faint")
        paint_arrow(painter, self.width() - 12, self.height() / 2, color, up=False)
        painter.end()
