"""Signed bars below each other, each with a name, a value and a number; without axes, as in `gui.style.share_bars`."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.gui.stack.output_colors import color_table
from playground.gui.stack.output_scale import MIDDLE
from playground.gui.style.theme import theme_of
from playground.spec.number_text import amount_text

_GAP = 10  # pixels between name, bar and number
_NAME_SHARE = 0.42  # of the width, at most


class Bar(NamedTuple):
    """A bar, and the words before it."""

    name: str
    amount: float


class SignedBars(QWidget):
    """From a common zero: to the right, orange, speaks for; to the left, blue, speaks against."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.bars: tuple[Bar, ...] = ()
        self.setAccessibleName(name)

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        """Show others."""
        self.bars = bars
        self.setAccessibleDescription(", ".join(f"{bar.name}: {_signed(bar.amount)}" for bar in bars))
        self.setMinimumHeight(self.sizeHint().height())
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(360, len(self.bars) * self._high() + 2)

    def _high(self) -> int:
        return self.fontMetrics().height() + 6

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the rows."""
        if not self.bars:
            return
        painter, theme, metrics = QPainter(self), theme_of(self), self.fontMetrics()
        table = color_table(theme, diverging=True)
        high, reach = self._high(), max(abs(bar.amount) for bar in self.bars) or 1.0
        most = max(metrics.horizontalAdvance(bar.name) for bar in self.bars)
        names = min(most, round(self.width() * _NAME_SHARE))
        numbers = max(metrics.horizontalAdvance(_signed(bar.amount)) for bar in self.bars)
        left, wide = names + _GAP, max(20, self.width() - names - numbers - 3 * _GAP)
        zero = left + wide / 2
        for row, bar in enumerate(self.bars):
            top = row * high
            words = metrics.elidedText(bar.name, Qt.TextElideMode.ElideRight, names)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.setPen(theme.color("text"))
            painter.drawText(QRectF(0, top, names, high), Qt.AlignmentFlag.AlignLeft | middle, words)
            painter.drawText(
                QRectF(self.width() - numbers - _GAP, top, numbers, high),
                Qt.AlignmentFlag.AlignRight | middle,
                _signed(bar.amount),
            )
            length = bar.amount / reach * wide / 2
            place = QRectF(min(zero, zero + length), top + 4, abs(length), high - 8)
            painter.fillRect(place, QColor(table[2 * MIDDLE if bar.amount > 0 else 0]))
        painter.setPen(theme.color("muted"))
        painter.drawLine(round(zero), 0, round(zero), len(self.bars) * high)
        painter.end()


def _signed(amount: float) -> str:
    return f"+{amount_text(amount)}" if amount > 0 else amount_text(amount)
