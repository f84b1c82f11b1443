"""Takes in pictures that were pasted or dropped, whatever their size."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData
from PySide6.QtGui import QImage

from playground.engine.pictures import read_picture
from playground.gui.drawing.raster import Grey
from playground.gui.files import EXPERIMENT, NETWORK


def source_of(mime: QMimeData) -> Path | QImage | None:
    """The picture that is offered: a file's path, an image, or None if there is neither."""
    for url in mime.urls():
        if url.isLocalFile():
            path = Path(url.toLocalFile())
            return None if path.suffix.lower() in (EXPERIMENT, NETWORK) else path  # those are the window's
    image = mime.imageData() if mime.hasImage() else None
    return image if isinstance(image, QImage) and not image.isNull() else None


def read_in(source: Path | QImage) -> Grey:
    """The grey picture, (H, W), white ink on black, 0–1. It takes long for a photo.

    Raises:
        PictureError: it cannot be read, is no picture, is too large, or shows nothing.
    """
    return read_picture(source if isinstance(source, Path) else png_of(source, quality=100))


def png_of(image: QImage, quality: int = -1) -> bytes:
    """An image as a PNG file; quality: 100 is fast and large, 0 slow and small, -1 Qt's choice."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", quality)  # type: ignore[call-overload]  # PySide wants str, its stubs bytes
    return bytes(buffer.data().data())
