"""Files with the picture of a widget, as it is shown: PNG and SVG."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRectF
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

SCALE = 2  # pixels of the image per screen pixel at 100 %


def png(widget: QWidget) -> bytes:
    """A PNG file of a widget as it is shown, with `SCALE` times the resolution of a screen at 100 %."""
    return _encoded(picture(widget))


def picture(widget: QWidget) -> QImage:
    """The same as a `QImage`."""
    image = QImage(widget.size() * SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(SCALE)
    image.fill(widget.palette().color(widget.backgroundRole()))
    painter = QPainter(image)
    widget.render(painter, QPoint())
    painter.end()
    return image


def svg(widget: QWidget, title: str) -> bytes:
    """An SVG file of a widget as it is shown."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(QRectF(widget.rect()))
    generator.setResolution(96)
    generator.setTitle(title)
    painter = QPainter(generator)
    painter.fillRect(widget.rect(), widget.palette().color(widget.backgroundRole()))
    widget.render(painter, QPoint())
    painter.end()
    return bytes(data.data())


def _encoded(image: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(data.data())
