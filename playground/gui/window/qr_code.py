"""Shows a text as a QR code, for the camera of a phone."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

_QUIET = 4  # modules around the code, as the standard asks (ISO/IEC 18004)
_SIZE = 176  # pixels


class QrCode(QWidget):
    """Dark on white in every appearance: many cameras read no other. Empty without a text, or without `segno`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self.modules: tuple[tuple[bool, ...], ...] = ()  # rows; True is dark
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> bool:
        """Show a text, or nothing; return whether it can be shown: the library may not be installed."""
        if text != self.text or (text and not self.modules):
            self.text, self.modules = text, _modules(text) if text else ()
            self.update()
        return bool(self.modules) or not text

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Always the same, so that nothing moves when a text comes."""
        return QSize(_SIZE, _SIZE)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint whole pixels for each module."""
        if not self.modules:
            return
        painter = QPainter(self)
        count = len(self.modules) + 2 * _QUIET
        side = max(1, min(self.width(), self.height()) // count)
        left, top = (self.width() - side * count) // 2, (self.height() - side * count) // 2
        painter.fillRect(QRect(left, top, side * count, side * count), Qt.GlobalColor.white)
        for y, row in enumerate(self.modules):
            for x, dark in enumerate(row):
                if dark:
                    place = QRect(left + (x + _QUIET) * side, top + (y + _QUIET) * side, side, side)
                    painter.fillRect(place, Qt.GlobalColor.black)


def _modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The modules of the smallest code for a text; empty without the library."""
    try:
        import segno
    except ModuleNotFoundError:
        return ()
    return tuple(tuple(map(bool, row)) for row in segno.make_qr(text, error="m").matrix)
