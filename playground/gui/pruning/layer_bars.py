"""A row for each layer: its name, the score with this layer alone pruned as a bar, and the number."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.style.theme import theme_of
from playground.spec.number_text import percent_text

_ROW, _BAR, _GAP = 22, 8.0, 10.0  # pixels
_NAMES = 0.46  # of the width


class LayerRow(NamedTuple):
    """A layer, translated, and its score."""

    name: str
    score: float


class LayerBars(QWidget):
    """Bars begin at 0; a thin line marks the score of the network as it is."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[LayerRow, ...] = ()
        self._whole = 1.0
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: tuple[LayerRow, ...], whole: float) -> None:
        """Show these layers; `whole` is the score of the network as it is."""
        self.rows, self._whole = rows, whole
        self.setAccessibleDescription(", ".join(f"{row.name}: {percent_text(row.score)}" for row in rows))
        self.setToolTip("")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(260, _ROW * len(self.rows))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(160, _ROW * len(self.rows))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter, theme, metrics = QPainter(self), theme_of(self), self.fontMetrics()
        numbers = metrics.horizontalAdvance(percent_text(1.0)) + 4
        names = _NAMES * (self.width() - numbers)
        bars = max(1.0, self.width() - names - numbers - 2 * _GAP)
        middle, mark = Qt.AlignmentFlag.AlignVCenter, round(names + _GAP + bars * min(1.0, max(0.0, self._whole)))
        for number, row in enumerate(self.rows):
            top = number * _ROW
            painter.setPen(theme.color("text"))
            name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, int(names))
            painter.drawText(QRectF(0, top, names, _ROW), middle, name)
            room = QRectF(names + _GAP, top + (_ROW - _BAR) / 2, bars, _BAR)
            painter.fillRect(room, theme.color("field"))
            room.setWidth(bars * min(1.0, max(0.0, row.score)))
            painter.fillRect(room, theme.color("accent"))
            painter.setPen(theme.color("text"))
            painter.drawLine(mark, top + 4, mark, top + _ROW - 5)
            place = QRectF(self.width() - numbers, top, numbers, _ROW)
            painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, percent_text(row.score))
        painter.end()
