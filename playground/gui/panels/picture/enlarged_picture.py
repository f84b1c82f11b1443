"""The network's input picture, enlarged pixel by pixel; other pictures can be dropped onto it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.panels.pad.incoming_picture import source_of
from playground.gui.panels.picture.inference import Pixels
from playground.gui.style.theme import theme_of

_SIDE = 224  # default side in pixels
_PAD = 6  # minimum distance in pixels from the text to the edges


class EnlargedPicture(QWidget):
    """A square with the picture, or with instructions if there is none."""

    offered = Signal(object)  # Path or QImage: a picture was dropped
    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self.setAcceptDrops(True)
        self.setMinimumSize(120, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("The picture that the network sees"))

    def show_picture(self, picture: Pixels | None) -> None:
        """Show a picture, (C, H, W) bytes with one or three channels, or none."""
        self._image = None if picture is None else _image(picture)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(_SIDE, _SIDE)

    def square(self) -> QRect:
        """The square of the picture: as large as possible, at the left."""
        side = min(self.width(), self.height())
        return QRect(0, 0, side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        theme, square = theme_of(self), self.square()
        painter = QPainter(self)
        if self._image is None:
            painter.setPen(theme.color("border"))
            painter.setBrush(theme.color("field"))
            painter.drawRoundedRect(square.adjusted(0, 0, -1, -1), 6, 6)
            painter.setPen(theme.color("muted"))
            words = self.tr("Drop a picture here, or click to choose one")
            lines = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(square.adjusted(_PAD, _PAD, -_PAD, -_PAD), lines, words)
        else:
            painter.drawImage(square, self._image)
            painter.setPen(theme.color("border"))
            painter.drawRect(square.adjusted(0, 0, -1, -1))
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton and self.square().contains(event.position().toPoint()):
            self.clicked.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if source_of(event.mimeData(), several=False) is None:
            event.ignore()  # the window handles it
        else:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        source = source_of(event.mimeData(), several=False)
        if source is not None:
            event.acceptProposedAction()
            self.offered.emit(source)


def _image(picture: Pixels) -> QImage:
    rows = np.ascontiguousarray(picture.transpose(1, 2, 0))
    height, width, channels = rows.shape
    layout = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_Grayscale8
    return QImage(rows.data, width, height, width * channels, layout).copy()  # copied, because `rows` owns the memory
