"""Imports pasted and dropped pictures of any size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData
from PySide6.QtGui import QImage

from playground.engine.inference.picture_files import PictureError
from playground.engine.inference.pictures import read_picture
from playground.gui.panels.pad.raster import Grey
from playground.gui.session.dropped_files import dropped_files, is_for_window
from playground.spec.files.storage import shown
from playground.spec.messages import Message, message


def source_of(mime: QMimeData, *, several: bool = True) -> Path | QImage | None:
    """The offered picture: the path of a file, an image, or None if there is neither.

    Of several files it is the first that is not for the window. Without `several`, as during a drag, several files are
    left to the window, which reports what it does with them.
    """
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if paths:
        own = (path for path in paths if not is_for_window(path))
        return None if len(paths) > 1 and not several else next(own, None)
    image = mime.imageData() if mime.hasImage() else None
    return image if isinstance(image, QImage) and not image.isNull() else None


def rest_of(mime: QMimeData, source: Path | QImage) -> Message | None:
    """A message that other files were ignored; None if there are none."""
    arrival = dropped_files(mime)
    return arrival.beside(source) if arrival is not None and isinstance(source, Path) else None


def read_in(source: Path | QImage) -> Grey:
    """Read a grey picture, (H, W), white ink on black, 0–1. This takes long for a photo.

    Raises:
        PictureError: it cannot be read, is not a picture, is too large, or is empty; the message names the file.
    """
    with naming(source):
        return read_picture(source if isinstance(source, Path) else png_of(source, quality=100))


@contextmanager
def naming(source: Path | object) -> Iterator[None]:
    """Add the name of the file, if the source is one, to the error message of a picture."""
    try:
        yield
    except PictureError as error:
        if not isinstance(source, Path):
            raise
        file = shown(Path(source.name))
        raise PictureError(message("“{file}” was not read. {why}", file=file, why=error.message)) from error


def png_of(image: QImage, quality: int = -1) -> bytes:
    """Encode an image as PNG; quality 100 is fast and large, 0 slow and small, -1 Qt's default."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", quality)  # type: ignore[call-overload]  # PySide expects str, its stubs bytes
    return bytes(buffer.data().data())
