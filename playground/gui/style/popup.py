"""A small panel with rounded corners that pops up below something; a click outside or Esc closes it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from playground.gui.style.theme import theme_of

_RADIUS = 8.0  # pixels, of the corners
_GAP = 4  # pixels to what it belongs to


class Popup(QWidget):
    """The frame, the place on the screen and the keys; what is in it comes from a subclass."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # X11 alone may have no compositor; transparent pixels are then black.
        self._masked = QGuiApplication.platformName() == "xcb"
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, not self._masked)
        self._below, self._available = QRect(), QRect()

    def pop_up_below(self, anchor: QRect, screen: QRect) -> None:
        """Show it below a rectangle of the screen, moved to be inside the available part `screen`; focus its first."""
        self._below, self._available = anchor, screen
        self.keep_inside()
        self.show()
        self.setFocus()
        self.focusNextChild()

    def keep_inside(self) -> None:
        """Move it inside the screen, such as after it became larger."""
        screen = self._available
        corner = QPoint(self._below.left(), self._below.bottom() + 1 + _GAP)
        corner.setX(max(screen.left(), min(corner.x(), screen.right() - self.width())))
        corner.setY(max(screen.top(), min(corner.y(), screen.bottom() - self.height())))
        self.move(corner)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Clip the corners if they cannot be transparent."""
        super().resizeEvent(event)
        if self._masked:
            self.setMask(rounded(self.rect()))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("border"))
        if self._masked:
            painter.fillRect(self.rect(), theme.color("panel"))  # also where the mask cuts a pixel
        painter.setBrush(theme.color("panel"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.end()


def rounded(rect: QRect) -> QRegion:
    """The pixels of a rectangle with rounded corners."""
    shape = QPainterPath()
    shape.addRoundedRect(rect.toRectF(), _RADIUS, _RADIUS)
    return QRegion(shape.toFillPolygon().toPolygon())
