"""The map: the network's output at every point of the plane, with the data points on top.

A pyqtgraph plot would open in 34 ms instead of 9 and paint a frame in 1.5 ms instead of 0.4; the marks, the keyboard
cursor, rounded corners and mouse handling would have to be written anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.engine.data.sources.patterns import EDGE, Point
from playground.gui.panels.points import colors
from playground.gui.panels.points.contour_lines import paint_figures, paint_lines
from playground.gui.panels.points.scatter import Scatter
from playground.gui.style.theme import Theme, theme_of

if TYPE_CHECKING:
    from playground.engine.inference.confidence_contours import Contour

_CORNER = 6.0  # pixels; radius of the map's corners
_POINT = 3.4  # pixels; radius of a point on a map of 280 pixels, smaller for very many points
_STEP = 0.25  # step of an arrow key in units of the plane; four times as far with Shift
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class DecisionMapWidget(QWidget):
    """Shows levels as in `DecisionMap`; a click, or Enter at the keyboard's cross, requests a point."""

    wanted = Signal(float, float)  # request to add a point here
    unwanted = Signal(float, float, float)  # request to remove the point near this position, and the maximum distance
    pointed = Signal(object)  # (x, y) of the mouse or the cross; None if there is neither
    class_wanted = Signal(int)  # number key pressed, from 0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._levels = QImage()
        self.contours: tuple[Contour, ...] = ()
        self._classes: int | None = 2
        self._scatter: Scatter | None = None
        self._points = QPixmap()  # cache; empty if it must be painted again
        self._painted_for: Theme | None = None
        self._discrete, self.held_out_shown = False, True
        self.wrong: tuple[Point, ...] = ()  # held-out points that the network misclassifies
        self._cross: tuple[float, float] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Map of the plane"))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)
        self.setMinimumSize(160, 160)

    # Content

    def show_levels(self, levels: QImage, classes: int | None, contours: Sequence[Contour] = ()) -> None:
        """Show the network's output over the plane, as an image of 8-bit indices; a null image shows nothing."""
        self._classes, self._levels, self.contours = classes, levels, tuple(contours)
        self._color()
        self.update()

    def show_scatter(self, scatter: Scatter) -> None:
        """Show the data points."""
        self._scatter, self._points = scatter, QPixmap()
        self.update()

    def set_discrete(self, discrete: bool) -> None:
        """Show only the most probable class, without its probability."""
        self._discrete = discrete
        self._color()
        self.update()

    def set_held_out_shown(self, shown: bool) -> None:
        """Show or hide the held-out points."""
        self.held_out_shown, self._points = shown, QPixmap()
        self.update()

    def show_wrong(self, points: tuple[Point, ...]) -> None:
        """Cross out held-out points that the network misclassifies."""
        if points != self.wrong:
            self.wrong = points
            self.update()

    def level_at(self, x: float, y: float) -> int | None:
        """The level at a point of the plane; None if there are no levels."""
        return None if self._levels.isNull() else self._levels.pixelIndex(*self.pixel_at(x, y))

    def pixel_at(self, x: float, y: float) -> tuple[int, int]:
        """Column and row of the levels, from the upper left, at a point of the plane."""
        side = self._levels.width()
        column, row = int((x + EDGE) / (2 * EDGE) * side), int((EDGE - y) / (2 * EDGE) * side)
        return min(max(column, 0), side - 1), min(max(row, 0), side - 1)

    def square(self) -> QRectF:
        """The square of the map, in the middle of the widget."""
        side = min(self.width(), self.height())
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(290, 290)

    # User input

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        x, y = self._plane_point(event.position())
        inside = abs(x) <= EDGE and abs(y) <= EDGE
        removing = event.button() == Qt.MouseButton.RightButton or event.modifiers() & Qt.KeyboardModifier.AltModifier
        if inside and removing:
            self.unwanted.emit(x, y, self.reach())
        elif inside and event.button() == Qt.MouseButton.LeftButton:
            self.wanted.emit(x, y)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        x, y = self._plane_point(event.position())
        self.pointed.emit((x, y) if abs(x) <= EDGE and abs(y) <= EDGE else None)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self.pointed.emit(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = Qt.Key(event.key())
        x, y = self._cross or (0.0, 0.0)
        if key in _ARROWS:
            far = _STEP * (4 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            right, up = _ARROWS[key]
            self._cross = _clamped(x + right * far), _clamped(y + up * far)
            self.pointed.emit(self._cross)
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.wanted.emit(x, y)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.unwanted.emit(x, y, 2 * _STEP)
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_5:
            self.class_wanted.emit(key - Qt.Key.Key_1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        if event.reason() not in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._cross = self._cross or (0.0, 0.0)
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._cross = None
        super().focusOutEvent(event)
        self.update()

    def _plane_point(self, position: QPointF) -> tuple[float, float]:
        """Convert a position in the widget to a point of the plane."""
        square = self.square()
        scale = 2 * EDGE / square.width()
        return (position.x() - square.left()) * scale - EDGE, EDGE - (position.y() - square.top()) * scale

    def reach(self) -> float:
        """The maximum distance of a click or the mouse from a point, in units of the plane: 12 pixels."""
        return 12 * 2 * EDGE / self.square().width()

    # Painting

    def _color(self) -> None:
        if not self._levels.isNull():
            theme = theme_of(self)
            self._levels.setColorTable(colors.table(theme, self._classes, discrete=self._discrete))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.PaletteChange:
            self._points = QPixmap()
            self._color()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._points = QPixmap()
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        theme, square = theme_of(self), self.square()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(colors.rounded(square, _CORNER))
        if self._levels.isNull():
            painter.fillRect(square, theme.color("field"))
        else:
            painter.drawImage(square, self._levels)
        paint_lines(painter, theme, square, self.contours, heights=self._classes is None)
        painter.drawPixmap(square.topLeft(), self._renewed(theme))
        if self.held_out_shown:
            self._paint_wrong(painter, theme, square)
        paint_figures(painter, theme, square, self.contours, heights=self._classes is None)
        self._paint_cross(painter, theme, square)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "border"), 1.0))
        painter.drawRoundedRect(square.adjusted(0.5, 0.5, -0.5, -0.5), _CORNER, _CORNER)
        painter.end()

    def _renewed(self, theme: Theme) -> QPixmap:
        """The points as a pixmap, painted again if they, the size, the screen or the colours have changed."""
        ratio, side = self.devicePixelRatioF(), self.square().width()
        size = QSize(1, 1) * max(1, round(side * ratio))
        if self._points.size() == size and self._painted_for is theme:
            return self._points
        self._points, self._painted_for = QPixmap(size), theme
        self._points.setDevicePixelRatio(ratio)
        self._points.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._points)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_points(painter, theme, side)
        painter.end()
        return self._points

    def _paint_points(self, painter: QPainter, theme: Theme, side: float) -> None:
        scatter = self._scatter
        if scatter is None:
            return
        edge = QColor("#0d0f13" if theme.dark else "#ffffff")
        if self._heights():  # heights near 0 have the same colour as the map
            edge = theme.color("muted")
        many = max(1.0, len(scatter.train) / 800) ** 0.5
        radius = max(1.6, _POINT * (side / 280) ** 0.5 / many)
        if self.held_out_shown:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for color, width in ((edge, 2.6), (None, 1.3)):  # a ring, separated from the map by a wider one behind it
                for point in scatter.held_out:
                    painter.setPen(QPen(color or self._color_of(theme, point[2]), width))
                    self._paint_mark(painter, point, side, radius * 0.95)
        painter.setPen(QPen(edge, 1.0))
        for point in scatter.train:
            painter.setBrush(self._color_of(theme, point[2]))
            self._paint_mark(painter, point, side, radius)

    def _paint_wrong(self, painter: QPainter, theme: Theme, square: QRectF) -> None:
        """Paint a cross over each misclassified point, separated from the map like the points."""
        scale, arm = square.width() / (2 * EDGE), 1.25 * _POINT
        for color, width in ((QColor("#0d0f13" if theme.dark else "#ffffff"), 3.4), (theme.color("error"), 1.8)):
            painter.setPen(QPen(color, width))
            for x, y, _ in self.wrong:
                center = QPointF(square.left() + (x + EDGE) * scale, square.top() + (EDGE - y) * scale)
                for side in (-arm, arm):
                    painter.drawLine(center + QPointF(-arm, side), center + QPointF(arm, -side))

    def _paint_mark(self, painter: QPainter, point: Point, side: float, radius: float) -> None:
        x, y, value = point
        center = QPointF((x + EDGE) / (2 * EDGE) * side, (EDGE - y) / (2 * EDGE) * side)
        colors.mark(painter, center, radius, 0 if self._heights() else int(value))

    def _color_of(self, theme: Theme, value: float) -> QColor:
        if self._heights():
            return colors.height_color(theme, value)
        return colors.class_color(theme, int(value))

    def _heights(self) -> bool:
        return self._scatter is not None and self._scatter.data.task.classes is None

    def _paint_cross(self, painter: QPainter, theme: Theme, square: QRectF) -> None:
        if self._cross is None:
            return
        x = square.left() + (self._cross[0] + EDGE) / (2 * EDGE) * square.width()
        y = square.top() + (EDGE - self._cross[1]) / (2 * EDGE) * square.width()
        for color, width in ((theme.color("panel"), 3.0), (theme.color("text"), 1.0)):
            painter.setPen(QPen(color, width))
            painter.drawLine(QPointF(x - 8, y), QPointF(x + 8, y))
            painter.drawLine(QPointF(x, y - 8), QPointF(x, y + 8))


def _clamped(value: float) -> float:
    return max(-EDGE, min(value, EDGE))
