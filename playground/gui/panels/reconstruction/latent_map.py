"""The plane of a bottleneck of two numbers as digits; pointing at it decodes the digit there.

It has neither axes nor zoom, so a pyqtgraph plot would replace only the two lines that draw the image.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.panels.pad.raster import Grey, image_of
from playground.gui.style.theme import DARK, theme_of

_SMALLEST = 120
SIDE = 196  # pixels at 100 %: seven for every two of the sheet's twenty rows
_STEP = 1 / 40  # step of an arrow key, as a share of the plane's side


class LatentMap(QWidget):
    """Shows the sheet, a large ring at the drawing's code, and a small one at the pointer."""

    pointed = Signal(object)  # (x, y), 0–1 from the left and from the bottom; None if the pointer left

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._code: QPointF | None = None
        self._point: QPointF | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(_SMALLEST)
        self.setMaximumHeight(SIDE)
        self.setFixedWidth(SIDE)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("The plane of the two numbers in the middle of the network"))
        self.setToolTip(self.tr("Point anywhere: the network paints the digit there. Arrow keys move the point."))

    def show_plane(self, sheet: Grey | None, position: tuple[float, ...] | None) -> None:
        """Show a sheet, (H, W) in [0, 1], and the drawing's code, 0–1 from the left and from the bottom."""
        self._image = QImage() if sheet is None else image_of(sheet)
        self._code = None if position is None else QPointF(position[0], position[1])
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """A size at which the digits are just distinguishable."""
        return QSize(SIDE, SIDE)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Keep the widget square."""
        super().resizeEvent(event)
        self.setFixedWidth(event.size().height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Move the point to the mouse."""
        position = event.position()
        self._point_at(position.x() / self.width(), 1 - position.y() / self.height())

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Remove the point."""
        self._point = None
        self.update()
        self.pointed.emit(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Move the point with the arrow keys."""
        moves = {
            Qt.Key.Key_Left: (-_STEP, 0.0),
            Qt.Key.Key_Right: (_STEP, 0.0),
            Qt.Key.Key_Up: (0.0, _STEP),
            Qt.Key.Key_Down: (0.0, -_STEP),
        }
        move = moves.get(Qt.Key(event.key()))
        if move is None:
            super().keyPressEvent(event)
            return
        begin = self._point or self._code or QPointF(0.5, 0.5)
        self._point_at(begin.x() + move[0], begin.y() + move[1])

    def _point_at(self, x: float, y: float) -> None:
        self._point = QPointF(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))
        self.update()
        self.pointed.emit((self._point.x(), self._point.y()))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the sheet and the marks."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), "black")
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        ratio = self.devicePixelRatioF()
        shown = self._image
        if not shown.isNull():  # averaged, because many pixels are reduced to one
            size = QSize(1, 1) * round(self.height() * ratio)
            shown = shown.scaled(size, mode=Qt.TransformationMode.SmoothTransformation)
        painter.drawImage(self.rect(), shown)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._code is not None:
            self._mark(painter, self._on_screen(self._code), 5.0)
        if self._point is not None:
            self._mark(painter, self._on_screen(self._point), 2.0)
        theme = theme_of(self)
        if self.hasFocus() or theme.dark:
            painter.setPen(theme.color("accent" if self.hasFocus() else "border"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRect(0, 0, self.width() - 1, self.height() - 1))
        painter.end()

    def _on_screen(self, position: QPointF) -> QPointF:
        return QPointF(position.x() * self.width(), (1 - position.y()) * self.height())

    def _mark(self, painter: QPainter, centre: QPointF, radius: float) -> None:
        """Paint a ring that is visible on black and on white."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((QColor("black"), 4.0), (DARK.color("accent"), 2.0)):
            painter.setPen(QPen(color, width))
            painter.drawEllipse(centre, radius, radius)
