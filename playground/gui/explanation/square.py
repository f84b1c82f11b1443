"""A picture shown pixel by pixel, as large as there is room, with the numbers of the pixel under the mouse."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from playground.gui.explanation.outline import Edge
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import theme_of

_SMALLEST = 84  # pixels


class Square(QWidget):
    """Shows an image that `paint_with` makes at every paint, so that its colours follow the theme."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._make: Callable[[], QImage] | None = None
        self._edges: tuple[Edge, ...] = ()
        self._told: Callable[[int, int], str] | None = None
        self.setAccessibleName(name)
        self.setMinimumSize(_SMALLEST, _SMALLEST)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def show_picture(
        self, make: Callable[[], QImage] | None, told: Callable[[int, int], str], edges: tuple[Edge, ...] = ()
    ) -> None:
        """Show what `make` paints, and lines along the edges of its pixels; `told` says what is at (row, column)."""
        self._make, self._told, self._edges = make, told, edges
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._make, self._told, self._edges = None, None, ()
        self.update()

    def words_at(self, x: float, y: float) -> str:
        """The words for the pixel at a place of the widget; empty outside."""
        if self._make is None or self._told is None:
            return ""
        image, area = self._make(), self.area()
        column = int((x - area.left()) / area.width() * image.width())
        row = int((y - area.top()) / area.height() * image.height())
        inside = area.contains(x, y) and 0 <= row < image.height() and 0 <= column < image.width()
        return self._told(row, column) if inside else ""

    def area(self) -> QRectF:
        """The largest square, in the corner at the top left."""
        side = min(self.width(), self.height())
        return QRectF(0, 0, side, side)

    def event(self, event: QEvent) -> bool:
        """Show the numbers of the pixel under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), plain_tip(self.words_at(event.pos().x(), event.pos().y())), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the image, the lines, and a frame."""
        painter, theme, area = QPainter(self), theme_of(self), self.area()
        if self._make is not None:
            image = self._make()
            painter.drawImage(area, image)
            self._paint_edges(painter, area, image)
        painter.setPen(theme.color("border"))
        painter.drawRect(area.adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_edges(self, painter: QPainter, area: QRectF, image: QImage) -> None:
        across, down = area.width() / image.width(), area.height() / image.height()
        path = QPainterPath()
        for x, y, to_x, to_y in self._edges:
            path.moveTo(area.left() + x * across, area.top() + y * down)
            path.lineTo(area.left() + to_x * across, area.top() + to_y * down)
        painter.setPen(QPen(theme_of(self).color("muted"), 1.0))
        painter.drawPath(path)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(168, 168)

    def resizeEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """As wide as high: the rest of the row is for words."""
        self.setMaximumWidth(max(_SMALLEST, self.height()))
