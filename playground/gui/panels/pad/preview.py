"""The input of a network for a drawing, pixel by pixel."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.gui.panels.pad.pad import Pad
from playground.gui.panels.pad.raster import Grey, image_of
from playground.gui.style.theme import theme_of

_SIDE = 56  # pixels: twice 28, so that all pixels are squares of the same size


class Preview(QWidget):
    """Shows the input for the drawing on a pad, enlarged pixel by pixel, or scaled down; black if there is none."""

    def __init__(self, pad: Pad, seen: Callable[[], Grey | None], parent: QWidget | None = None) -> None:
        """`seen` is the input of the network, (side, side) in [0, 1], for the drawing on the pad."""
        super().__init__(parent)
        self._image, self._seen = QImage(), seen
        self.setFixedSize(_SIDE, _SIDE)
        pad.changed.connect(self.follow)

    def describe(self, side: int, tip: str) -> None:
        """Say how many pixels there are, and how they come from the drawing."""
        self.setAccessibleName(self.tr("The {0} × {0} picture that the network sees").format(side))
        self.setToolTip(tip)
        shown = side * max(1, round(_SIDE / side)) if side <= _SIDE else _SIDE
        self.setFixedSize(shown, shown)

    @Slot()
    def follow(self) -> None:
        """Show the current input."""
        picture = self._seen()
        self._image = QImage() if picture is None else image_of(picture)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the picture, with a frame on a dark background."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), "black")
        if self._image.width() > self.width():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self.rect(), self._image)
        theme = theme_of(self)
        if theme.dark:
            painter.setPen(theme.color("border"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
