"""The 28 × 28 input of the network, pixel by pixel."""

from __future__ import annotations

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.gui.panels.pad.pad import Pad
from playground.gui.panels.pad.raster import image_of
from playground.gui.style.theme import theme_of

_SIDE = 56  # twice 28, so that all pixels are squares of the same size


class Preview(QWidget):
    """Shows the network's input for a pad's drawing, enlarged without smoothing; black if there is none."""

    def __init__(self, pad: Pad, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self.setFixedSize(_SIDE, _SIDE)
        self.setAccessibleName(self.tr("The 28 × 28 picture that the network sees"))
        self.setToolTip(self.tr("The network sees 28 × 28 pixels, with the ink 20 pixels large and centred."))

        self._pad = pad
        pad.changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        picture = self._pad.picture()
        self._image = QImage() if picture is None else image_of(picture)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Two screen pixels per pixel of the picture."""
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the picture, with a frame on a dark background."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), "black")
        painter.drawImage(self.rect(), self._image)
        theme = theme_of(self)
        if theme.dark:
            painter.setPen(theme.color("border"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
