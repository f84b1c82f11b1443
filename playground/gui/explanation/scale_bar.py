"""The legend of an attribution: its colours, and the numbers at the ends and in the middle."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.gui.stack.output_colors import color_table
from playground.gui.stack.output_scale import MIDDLE, TOP, Scale
from playground.gui.style.theme import theme_of
from playground.spec.number_text import amount_text

_HIGH, _WIDE, _GAP, _APART = 8, 180, 2, 6  # pixels


class ScaleBar(QWidget):
    """A line of colours, and its numbers below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.scale = Scale(0.0, True)
        self.setSizePolicy(self.sizePolicy().Policy.Preferred, self.sizePolicy().Policy.Fixed)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers below the line, from left to right."""
        reach = self.scale.reach
        if not self.scale.diverging:
            return "0", amount_text(reach)
        return amount_text(-reach), "0", f"+{amount_text(reach)}"

    def show_scale(self, scale: Scale) -> None:
        """Show another range."""
        self.scale = scale
        self.setAccessibleName(" · ".join(self.numbers))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(_WIDE, _HIGH + _GAP + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """So wide that no number touches the next; one in the middle needs as much room on both sides."""
        ends = 2 * max(self.fontMetrics().horizontalAdvance(number) for number in self.numbers)
        middle = self.fontMetrics().horizontalAdvance(self.numbers[1]) if self.scale.diverging else 0
        return QSize(ends + middle + 2 * _APART, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the colours and the numbers."""
        painter, theme = QPainter(self), theme_of(self)
        width = min(self.width(), max(_WIDE, self.minimumSizeHint().width()))
        table = color_table(theme, diverging=self.scale.diverging)
        count = (2 * MIDDLE if self.scale.diverging else TOP) + 1
        for x in range(width):
            painter.fillRect(x, 0, 1, _HIGH, QColor(table[x * count // width]))
        painter.setPen(theme.color("border"))
        painter.drawRect(0, 0, width - 1, _HIGH)
        painter.setPen(theme.color("muted"))
        room = QRectF(0, _HIGH + _GAP, width, self.fontMetrics().height())
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        for side, number in zip(sides if self.scale.diverging else sides[::2], self.numbers, strict=True):
            painter.drawText(room, side, number)
        painter.end()
