"""Rows of a name, a share from 0 to 1 as a bar, and the number.

Rows like those of a table, without axes: pyqtgraph would neither elide their names nor align their numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.style.theme import theme_of

_ROW, _BAR, _GAP = 22, 8.0, 10.0  # pixels
_NAMES = 0.46  # of the width


class ShareBars(QWidget):
    """Bars begin at 0; a thin line may mark one share in all rows."""

    def __init__(self, name: str, number_text: Callable[[float], str], parent: QWidget) -> None:
        """name: accessible name. number_text: words a share."""
        super().__init__(parent)
        self.rows: tuple[tuple[str, float], ...] = ()  # name, translated, and share
        self._number_text = number_text
        self._mark: float | None = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[tuple[str, float]], mark: float | None = None) -> None:
        """Show these names and shares, and a line at the share `mark`."""
        self.rows, self._mark = tuple(rows), mark
        texts = [f"{name}: {self._number_text(share)}" for name, share in self.rows]
        self.setAccessibleDescription(", ".join(texts))
        self.setToolTip("\n".join(texts))  # long names are cut short in the rows
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(260, _ROW * len(self.rows))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(160, _ROW * len(self.rows))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        numbers = self.fontMetrics().horizontalAdvance(self._number_text(1.0)) + 4
        names = _NAMES * (self.width() - numbers)
        bars = max(1.0, self.width() - names - numbers - 2 * _GAP)
        for number, row in enumerate(self.rows):
            self._paint_row(painter, number * _ROW, row, (names, bars, numbers))
        painter.end()

    def _paint_row(
        self, painter: QPainter, top: float, row: tuple[str, float], widths: tuple[float, float, float]
    ) -> None:
        (name, share), (names, bars, numbers), theme = row, widths, theme_of(self)
        middle, left = Qt.AlignmentFlag.AlignVCenter, names + _GAP
        painter.setPen(theme.color("text"))
        shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(names))
        painter.drawText(QRectF(0, top, names, _ROW), middle, shown)
        room = QRectF(left, top + (_ROW - _BAR) / 2, bars, _BAR)
        painter.fillRect(room, theme.color("field"))
        room.setWidth(bars * _within(share))
        painter.fillRect(room, theme.color("accent"))
        if self._mark is not None:
            place = round(left + bars * _within(self._mark))
            painter.drawLine(place, int(top) + 4, place, int(top) + _ROW - 5)
        room = QRectF(self.width() - numbers, top, numbers, _ROW)
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, self._number_text(share))


def _within(share: float) -> float:
    return min(1.0, max(0.0, share))
