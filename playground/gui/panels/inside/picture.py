"""A large picture of numbers: the mouse and the arrow keys point at one of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.stack.block_output import Values
from playground.gui.stack.output_painter import level_image
from playground.gui.stack.output_scale import BLANK, Scale, levels
from playground.gui.style.theme import theme_of

_LARGEST_CELL = 22.0
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class Shown(NamedTuple):
    """Numbers in rows, and which of them are marked."""

    values: Values  # (rows, columns); of units, as a text is read, `used` of them
    scale: Scale
    used: int
    marked: tuple[int, int, int, int] | None = None  # row, column, height and width of a frame
    grey: bool = False


def in_rows(units: Values) -> Values:
    """Units (count,) as a text is read, twice as wide as high; the rest of the last row is NaN."""
    count = len(units)
    rows = max(1, round((count / 2) ** 0.5)) if count > 6 else 1
    columns = -(-count // rows)
    filled = np.full(rows * columns, np.nan, np.float32)
    filled[:count] = units
    return filled.reshape(rows, columns)


class Picture(QWidget):
    """Shows numbers as colours; `pointed` says at which one, if `pointing` is set."""

    pointed = Signal(int, int)  # row and column
    turned = Signal(int)  # Page up or down: to the map before or after

    def __init__(self, name: str, *, pointing: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Shown | None = None
        self._pointing = pointing
        self._side = 132
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if pointing:
            self.setMouseTracking(True)
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.CrossCursor)

    def show_numbers(self, shown: Shown | None) -> None:
        """Show these numbers; None for none."""
        before, self._shown = self.sizeHint(), shown
        if self.sizeHint() != before:
            self.updateGeometry()
        self.update()

    def set_side(self, side: int) -> None:
        """Set how wide and how high it may be at most, in pixels."""
        if side != self._side:
            self._side = side
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """The size of the picture, with a margin for the frame of the focus."""
        width, height = self._size()
        return QSize(round(width) + 4, round(height) + 4)

    def _size(self) -> tuple[float, float]:
        if self._shown is None:
            return 0.0, 0.0
        rows, columns = self._shown.values.shape
        cell = min(self._side / rows, self._side / columns, _LARGEST_CELL)
        cell = float(int(cell)) if cell >= 1 else cell
        return max(cell * columns, 6.0), max(cell * rows, 6.0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        if self._shown is None:
            return
        theme = theme_of(self)
        found = levels(self._shown.values, self._shown.scale)
        found.reshape(-1)[self._shown.used :] = BLANK
        area = QRectF(2, 2, *self._size())
        painter = QPainter(self)
        image = level_image(found, self._shown.scale, theme, grey=self._shown.grey)
        smaller = area.width() < image.width() or area.height() < image.height()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smaller)
        painter.drawImage(area, image)
        painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "border"), 2 if self.hasFocus() else 1))
        painter.drawRect(area.adjusted(-1, -1, 1, 1) if self.hasFocus() else area)
        if self._shown.marked is not None:
            self._paint_mark(painter, area, self._shown.marked)
        painter.end()

    def _paint_mark(self, painter: QPainter, area: QRectF, marked: tuple[int, int, int, int]) -> None:
        """A frame around numbers, readable on every colour: a light line in a dark one."""
        assert self._shown is not None
        rows, columns = self._shown.values.shape
        row, column, height, width = marked
        across, down = area.width() / columns, area.height() / rows
        frame = QRectF(area.left() + column * across, area.top() + row * down, width * across, height * down)
        frame = frame.intersected(area)
        if min(frame.width(), frame.height()) < 4:
            frame.adjust(-2, -2, 2, 2)
        painter.setPen(QPen(Qt.GlobalColor.black, 3))
        painter.drawRect(frame)
        painter.setPen(QPen(theme_of(self).color("warn") if theme_of(self).dark else Qt.GlobalColor.yellow, 1.4))
        painter.drawRect(frame)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        if self._pointing and self._shown is not None:
            rows, columns = self._shown.values.shape
            width, height = self._size()
            row = int((event.position().y() - 2) / height * rows)
            column = int((event.position().x() - 2) / width * columns)
            self._point(row, column)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        self.mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        step = _STEPS.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.turned.emit(1 if event.key() == Qt.Key.Key_PageDown else -1)
        elif step is None or self._shown is None or self._shown.marked is None:
            super().keyPressEvent(event)
        else:
            self._point(self._shown.marked[0] + step[0], self._shown.marked[1] + step[1])

    def _point(self, row: int, column: int) -> None:
        assert self._shown is not None
        rows, columns = self._shown.values.shape
        row, column = min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)
        if row * columns + column < self._shown.used:
            if self._shown.marked is not None:  # the next key starts from here, also before the answer
                self._shown = self._shown._replace(marked=(row, column, 1, 1))
                self.update()
            self.pointed.emit(row, column)
