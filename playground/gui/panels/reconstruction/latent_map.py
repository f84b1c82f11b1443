"""The plane of a bottleneck of two numbers as digits, on which a pointer paints the digit that stands there.

It has neither axes nor zoom, so that a plot of pyqtgraph would replace only the two lines which draw the image.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.panels.pad.raster import Grey, image_of
from playground.gui.style.theme import DARK, theme_of

_SMALLEST = 120
SIDE = 196  # pixels at 100 %: seven for each two of the sheet's twenty rows
_STEP = 1 / 40  # of the plane's side, that an arrow key moves the point


class LatentMap(QWidget):
    """Shows the sheet, a ring where the drawing lies, and a cross where the pointer is."""

    pointed = Signal(object)  # (x, y), 0–1 from the left and from below; None: nowhere any more

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._place: QPointF | None = None
        self._point: QPointF | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(_SMALLEST)
        self.setMaximumHeight(SIDE)
        self.setFixedWidth(SIDE)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("The plane of the two numbers in the middle of the network"))
        self.setToolTip(self.tr("Point anywhere: the network paints what stands there. Arrow keys move the point."))

    def show_plane(self, sheet: Grey | None, place: tuple[float, ...] | None) -> None:
        """Show a sheet, (H, W) in [0, 1], and where the drawing lies, 0–1 from the left and from below."""
        self._image = QImage() if sheet is None else image_of(sheet)
        self._place = None if place is None else QPointF(place[0], place[1])
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Digits that can just be told apart."""
        return QSize(SIDE, SIDE)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Stay square."""
        super().resizeEvent(event)
        self.setFixedWidth(event.size().height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Point."""
        place = event.position()
        self._point_at(place.x() / self.width(), 1 - place.y() / self.height())

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Point nowhere."""
        self._point = None
        self.update()
        self.pointed.emit(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Move the point."""
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
        begin = self._point or self._place or QPointF(0.5, 0.5)
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
        if not shown.isNull():  # averaged, where many pixels become one
            size = QSize(1, 1) * round(self.height() * ratio)
            shown = shown.scaled(size, mode=Qt.TransformationMode.SmoothTransformation)
        painter.drawImage(self.rect(), shown)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._place is not None:
            self._mark(painter, self._on_screen(self._place), 5.0)
        if self._point is not None:
            self._mark(painter, self._on_screen(self._point), 2.0)
        frame = theme_of(self)
        if self.hasFocus() or frame.dark:
            painter.setPen(frame.color("accent" if self.hasFocus() else "border"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRect(0, 0, self.width() - 1, self.height() - 1))
        painter.end()

    def _on_screen(self, place: QPointF) -> QPointF:
        return QPointF(place.x() * self.width(), (1 - place.y()) * self.height())

    def _mark(self, painter: QPainter, centre: QPointF, radius: float) -> None:
        """A ring that stands out on black and on white."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((QColor("black"), 4.0), (DARK.color("accent"), 2.0)):
            painter.setPen(QPen(color, width))
            painter.drawEllipse(centre, radius, radius)
