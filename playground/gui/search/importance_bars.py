"""A row for each range: its name, its importance as a bar, and the number."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.style.theme import theme_of
from playground.spec.number_text import fixed_text

_ROW, _BAR, _GAP = 22, 8.0, 10.0  # pixels
_NAMES = 0.46  # of the width


class ImportanceBars(QWidget):
    """Bars from 0 to 1, the largest first."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[tuple[str, float], ...] = ()  # name and share
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[tuple[str, float]]) -> None:
        """Show these names and shares."""
        self.rows = tuple(sorted(rows, key=lambda row: -row[1]))
        text = "\n".join(f"{name}: {fixed_text(share, 2)}" for name, share in self.rows)
        self.setAccessibleDescription(text)
        self.setToolTip(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(260, _ROW * len(self.rows))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(160, _ROW * len(self.rows))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter, theme, metrics = QPainter(self), theme_of(self), self.fontMetrics()
        numbers = metrics.horizontalAdvance(fixed_text(1.0, 2)) + 4
        names = _NAMES * (self.width() - numbers)
        bars = max(1.0, self.width() - names - numbers - 2 * _GAP)
        middle = Qt.AlignmentFlag.AlignVCenter
        for number, (name, share) in enumerate(self.rows):
            top = number * _ROW
            painter.setPen(theme.color("text"))
            painter.drawText(
                QRectF(0, top, names, _ROW), middle, metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(names))
            )
            room = QRectF(names + _GAP, top + (_ROW - _BAR) / 2, bars, _BAR)
            painter.fillRect(room, theme.color("field"))
            room.setWidth(bars * min(1.0, max(0.0, share)))
            painter.fillRect(room, theme.color("accent"))
            place = QRectF(self.width() - numbers, top, numbers, _ROW)
            painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, fixed_text(share, 2))
        painter.end()
