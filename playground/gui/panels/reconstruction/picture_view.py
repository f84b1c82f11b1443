"""A reconstructed picture, enlarged pixel by pixel."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.panels.pad.raster import Grey, image_of
from playground.gui.style.theme import theme_of


class PictureView(QWidget):
    """Shows a picture as large as possible in the upper left corner; black if there is none."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(84, 84)
        self.setAccessibleName(name)

    def show_picture(self, picture: Grey | None) -> None:
        """Show a picture, (H, W) in [0, 1], or none."""
        self._image = QImage() if picture is None else image_of(picture)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Five screen pixels per pixel of a digit."""
        return QSize(140, 140)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the picture, with a frame on a dark background."""
        side = min(self.width(), self.height())
        square = QRect(0, 0, side, side)
        painter = QPainter(self)
        painter.fillRect(square, "black")
        painter.drawImage(square, self._image)
        theme = theme_of(self)
        if theme.dark:
            painter.setPen(theme.color("border"))
            painter.drawRect(square.adjusted(0, 0, -1, -1))
        painter.end()
