"""The program's icons: drawings in one colour, recoloured for the theme when loaded."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QPixmapCache

from playground.spec.files.resources import resource

SIZE = 16  # logical pixels
_SCALES = (1, 2, 3)


def icon(name: str, color: str, faint: str) -> QIcon:
    """The icon `resources/icons/<name>.svg` in a colour, and in another one when disabled.

    Raises:
        FileError: there is no icon of that name.
    """
    made = QIcon()
    for mode, shade in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, faint)):
        for scale in _SCALES:
            made.addPixmap(_drawn(name, shade, scale), mode)
    return made


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


def _drawn(name: str, color: str, scale: int) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer  # the first paint needs none and does not wait for it

    key = f"playground icon {name} {color} {scale}"
    pixmap = QPixmap()
    if QPixmapCache.find(key, pixmap):
        return pixmap
    drawing = QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))
    pixmap = QPixmap(SIZE * scale, SIZE * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    drawing.render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    QPixmapCache.insert(key, pixmap)
    return pixmap


def application_icon() -> QIcon:
    """The program's own icon, in its own colours."""
    return QIcon(str(resource("icons", "playground.svg")))
