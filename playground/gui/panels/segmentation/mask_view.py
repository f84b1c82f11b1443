"""The network's mask, pixel by pixel: found, missed and mistaken ink in different colours."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.gui.panels.segmentation.inference import Mask
from playground.gui.style.theme import theme_of

# On black in every theme; distinguishable with any colour vision (Okabe and Ito) and by their brightness.
FOUND, MISSED, MISTAKEN = QColor("#ffffff"), QColor("#2a78b5"), QColor("#e69f00")
_PIXELS = 56  # side of the mask
_SCALE = 2  # screen pixels per mask pixel at 100 %


class MaskView(QWidget):
    """Shows a mask without smoothing; black if there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self.setFixedSize(self.sizeHint())
        self.setAccessibleName(self.tr("The pixels that the network marks as ink"))

    def show_mask(self, mask: Mask | None, truth: Mask | None = None) -> None:
        """Show a mask (56, 56), compared with the true mask if it is known."""
        self._image = QImage() if mask is None else coloured(mask, mask if truth is None else truth)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Two screen pixels per mask pixel."""
        return QSize(_PIXELS * _SCALE, _PIXELS * _SCALE)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the mask, with a frame on a dark background."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), "black")
        painter.drawImage(self.rect(), self._image)
        theme = theme_of(self)
        if theme.dark:
            painter.setPen(theme.color("border"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


def coloured(mask: Mask, truth: Mask) -> QImage:
    """Colour the comparison of two masks, (H, W) both, with one pixel per mask pixel."""
    pixels = np.zeros((*mask.shape, 4), np.uint8)
    for where, color in ((mask & truth, FOUND), (truth & ~mask, MISSED), (mask & ~truth, MISTAKEN)):
        pixels[where, :3] = (color.red(), color.green(), color.blue())
    pixels[..., 3] = 255
    height, width = mask.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
