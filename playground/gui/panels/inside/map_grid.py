"""All maps of a layer in a grid: a click or the arrow keys choose one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from playground.gui.stack.block_output import Values
from playground.gui.stack.output_painter import level_image
from playground.gui.stack.output_scale import Scale, levels
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import theme_of

_SIDE, _GAP, _CAPTION = 38, 5, 13


class Item(NamedTuple):
    """One picture of the grid."""

    name: str  # of a gate; empty for a map
    tip: str
    values: Values  # (rows, columns)
    scale: Scale


class MapGrid(QWidget):
    """Thumbnails in rows; `chosen` gives the place of one."""

    chosen = Signal(int)
    opened = Signal()  # Enter was pressed: the chosen one should get the keyboard

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: Sequence[Item] = ()
        self._current = 0
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("All maps"))

    def show_items(self, items: Sequence[Item], current: int) -> None:
        """Show these pictures, one of them as the chosen one."""
        same = len(items) == len(self._items) and bool(items and items[0].name) == self._named
        self._items, self._current = items, current
        if items:
            self.setAccessibleName(self.tr("All maps: {0}").format(items[current].tip))
        if not same:
            self.updateGeometry()
        self.update()

    @property
    def _named(self) -> bool:
        return bool(self._items and self._items[0].name)

    def _columns(self, width: int) -> int:
        return max(1, (width - 2 + _GAP) // (_SIDE + _GAP))

    def _down(self) -> int:
        return _SIDE + _GAP + (_CAPTION if self._named else 0)

    def heightForWidth(self, width: int) -> int:  # noqa: N802  Qt's name
        """The height of all rows."""
        return max(1, -(-len(self._items) // self._columns(width))) * self._down() + 2

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """A usual width, with the height that belongs to it."""
        return QSize(260, self.heightForWidth(260))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Room for one picture."""
        return QSize(_SIDE + 4, self._down())

    def rect_of(self, number: int) -> QRect:
        """The rectangle of a picture."""
        row, column = divmod(number, self._columns(self.width()))
        top = 2 + row * self._down() + (_CAPTION if self._named else 0)
        return QRect(2 + column * (_SIDE + _GAP), top, _SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        theme, painter = theme_of(self), QPainter(self)
        small = QFont(self.font())
        small.setPointSizeF(small.pointSizeF() - 2)
        painter.setFont(small)
        for number, item in enumerate(self._items):
            frame = self.rect_of(number)
            if not frame.adjusted(0, -_CAPTION, 0, 0).intersects(event.rect()):
                continue
            rows, columns = item.values.shape
            share = min(_SIDE / rows, _SIDE / columns)
            size = QSize(max(3, round(columns * share)), max(3, round(rows * share)))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, share < 1)
            area = QRect(frame.topLeft(), size)
            painter.drawImage(area, level_image(levels(item.values, item.scale), item.scale, theme))
            if item.name:
                painter.setPen(theme.color("muted"))
                painter.drawText(frame.translated(0, -_CAPTION), Qt.AlignmentFlag.AlignLeft, item.name)
            if number == self._current:
                painter.setPen(QPen(theme.color("accent"), 2 if self.hasFocus() else 1))
                painter.drawRect(area.adjusted(-2, -2, 1, 1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        number = self._at(event.position().toPoint())
        if number is not None:
            self.chosen.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        across = self._columns(self.width())
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -across,
            Qt.Key.Key_Down: across,
        }
        step = steps.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif step is None or not self._items:
            super().keyPressEvent(event)
        elif 0 <= self._current + step < len(self._items):
            self.chosen.emit(self._current + step)

    def event(self, event: QEvent) -> bool:
        """Say which map is under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self._at(event.pos())
            QToolTip.showText(event.globalPos(), "" if number is None else plain_tip(self._items[number].tip), self)
            return True
        return super().event(event)

    def _at(self, position: QPoint) -> int | None:
        return next((n for n in range(len(self._items)) if self.rect_of(n).contains(position)), None)
