"""Paints how one number is made: the numbers of a window or of gates, and below them the calculation line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.stack.output_painter import level_image
from playground.gui.stack.output_scale import levels, scale_of
from playground.gui.style.theme import theme_of
from playground.gui.style.translation import translated
from playground.spec.number_text import amount_text, fixed_text

if TYPE_CHECKING:
    from playground.engine.probes.explanation import Explained, Line, Table

_CELL, _HEIGHT, _GAP = 38, 19, 8
_NAMES = 18  # width of the names of rows
_STRIP = 14  # height of the rows of a table that is too wide for numbers
_BETWEEN = 20  # the sign × between two tables
_MOST_ROWS = 9


class Calculation(QWidget):
    """Shows an `Explained`; as high as it needs to be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explained: Explained | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(self.tr("How this number is made"))

    def show_explained(self, explained: Explained | None) -> None:
        """Show a calculation; None for none."""
        before = self.heightForWidth(self.width())
        self._explained = explained
        self.setAccessibleDescription("" if explained is None else "; ".join(map(_spoken, explained.lines)))
        if self.heightForWidth(self.width()) != before:
            self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:  # noqa: N802  Qt's name
        """The height of the tables and lines."""
        if self._explained is None:
            return 0
        rects = self._rects(width)
        top = max((rect.bottom() + 1 for rect in rects), default=0)
        return top + (_GAP if rects else 0) + len(self._explained.lines) * self._line() + 2

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """A usual width, with the height that belongs to it."""
        return QSize(260, self.heightForWidth(260))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """The height at the current width: in a scroll area there is always room for it."""
        return QSize(160, self.heightForWidth(max(160, self.width())))

    def _line(self) -> int:
        return QFontMetrics(self.font()).height() + 4

    def _caption(self) -> int:
        return QFontMetrics(self._small()).height() + 2

    def _small(self) -> QFont:
        small = QFont(self.font())
        small.setPointSizeF(small.pointSizeF() - 1.5)
        return small

    def _rects(self, width: int) -> list[QRect]:
        """The rectangle of each table, with its caption: side by side where a window is multiplied by its weights."""
        assert self._explained is not None
        sizes = [self._table_size(table, width) for table in self._explained.tables]
        beside = len(sizes) == 2 and sum(size.width() for size in sizes) + _BETWEEN <= width and sizes[0] == sizes[1]
        found, left, top = [], 0, 0
        for size in sizes:
            found.append(QRect(left, top, size.width(), size.height()))
            if beside:
                left += size.width() + _BETWEEN
            else:
                top += size.height() + _GAP
        return found

    def _table_size(self, table: Table, width: int) -> QSize:
        rows, columns = table.values.shape
        names = _NAMES if table.rows else 0
        above = self._caption() * (2 if table.columns else 1)
        cells = max(columns * _CELL, *(self._column(table) * columns,))
        if _has_numbers(table, width):
            return QSize(names + cells, above + rows * _HEIGHT)
        side = min(_STRIP, max(1, (width - names) // columns))
        return QSize(names + min(width - names, side * columns), above + rows * (_STRIP if rows < 4 else side))

    def _column(self, table: Table) -> int:
        """The width of a column: its name has to fit."""
        metrics = QFontMetrics(self._small())
        return max([_CELL, *(metrics.horizontalAdvance(translated(name)) + 8 for name in table.columns)])

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        if self._explained is None:
            return
        painter = QPainter(self)
        rects = self._rects(self.width())
        for table, rect in zip(self._explained.tables, rects, strict=True):
            self._paint_table(painter, table, rect)
        if len(rects) == 2 and rects[0].top() == rects[1].top():
            painter.setPen(theme_of(self).color("muted"))
            middle = QRect(rects[0].right() + 1, rects[0].top() + self._caption(), _BETWEEN, 0)
            middle.setBottom(rects[0].bottom())
            painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, "×")
        top = max((rect.bottom() + 1 + _GAP for rect in rects), default=0)
        for number, line in enumerate(self._explained.lines):
            row = QRect(0, top + number * self._line(), self.width(), self._line())
            self._paint_line(painter, line, row, last=number == len(self._explained.lines) - 1)
        painter.end()

    def _paint_line(self, painter: QPainter, line: Line, row: QRect, *, last: bool) -> None:
        theme, sign = theme_of(self), line.operator.value
        if sign == "=":
            painter.setPen(QPen(theme.color("border"), 1))
            painter.drawLine(row.topLeft(), row.topRight())
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(self.font().pointSizeF())
        fixed.setBold(last)
        painter.setFont(fixed)
        painter.setPen(theme.color("accent" if last else "text"))
        value = amount_text(line.value)
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(row, flags | Qt.AlignmentFlag.AlignRight, value)
        painter.setPen(theme.color("muted"))
        painter.drawText(row, flags | Qt.AlignmentFlag.AlignLeft, sign)
        painter.setFont(self.font())
        painter.setPen(theme.color("text"))
        words = row.adjusted(18, 0, -QFontMetrics(fixed).horizontalAdvance(value) - 8, 0)
        elided = QFontMetrics(self.font()).elidedText(
            translated(line.words), Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, flags | Qt.AlignmentFlag.AlignLeft, elided)

    def _paint_table(self, painter: QPainter, table: Table, rect: QRect) -> None:
        theme = theme_of(self)
        painter.setFont(self._small())
        painter.setPen(theme.color("muted"))
        line = QRect(rect.left(), rect.top(), self.width() - rect.left(), self._caption())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, translated(table.name))
        rows, columns = table.values.shape
        names = _NAMES if table.rows else 0
        area = rect.adjusted(names, self._caption() * (2 if table.columns else 1), 0, 0)
        for number, name in enumerate(table.rows):
            row = QRect(rect.left(), area.top() + number * area.height() // rows, names, area.height() // rows)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, name)
        for number, heading in enumerate(table.columns):
            column = QRect(area.left() + number * area.width() // columns, area.top() - self._caption(), 0, 0)
            column.setSize(QSize(area.width() // columns, self._caption()))
            painter.drawText(column, Qt.AlignmentFlag.AlignHCenter, translated(heading))
        self._paint_cells(painter, table, area)

    def _paint_cells(self, painter: QPainter, table: Table, area: QRect) -> None:
        theme, scale = theme_of(self), scale_of(table.values)
        finite = np.nan_to_num(table.values, nan=np.nan, neginf=np.nan)
        image = level_image(levels(finite if np.isneginf(table.values).any() else table.values, scale), scale, theme)
        painter.drawImage(area, image)
        rows, columns = table.values.shape
        numbers = _has_numbers(table, self.width())
        small = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        small.setPointSizeF(self.font().pointSizeF() - 1.5)
        painter.setFont(small)
        for row in range(rows if numbers else 0):
            for column in range(columns):
                value, below = float(table.values[row, column]), QColor(image.pixel(column, row))
                painter.setPen(Qt.GlobalColor.black if below.lightness() > 120 else Qt.GlobalColor.white)
                painter.drawText(_cell(area, rows, columns, row, column), Qt.AlignmentFlag.AlignCenter, _short(value))
        if table.marked is not None:
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRect(_cell(area, rows, columns, *table.marked).adjusted(0, 0, -1, -1))


def _has_numbers(table: Table, width: int) -> bool:
    rows, columns = table.values.shape
    return bool(rows <= _MOST_ROWS and columns * _CELL + (_NAMES if table.rows else 0) <= width)


def _cell(area: QRect, rows: int, columns: int, row: int, column: int) -> QRect:
    left, right = (area.left() + number * area.width() // columns for number in (column, column + 1))
    top, bottom = (area.top() + number * area.height() // rows for number in (row, row + 1))
    return QRect(left, top, max(2, right - left), bottom - top)


def _short(value: float) -> str:
    """A number in a cell: two decimals where they fit."""
    return fixed_text(value, 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0)


def _spoken(line: Line) -> str:
    return f"{line.operator.value} {translated(line.words)} {amount_text(line.value)}".strip()
