"""Boxes for numbers in dialogs: stepped with the arrow keys and the wheel, without buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit

_INSET = 6  # pixels


def inset(box: QAbstractSpinBox) -> None:
    """Keep the text of a box from its left edge: the padding of a style sheet does not move it."""
    line = box.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    line.setTextMargins(_INSET, 0, 0, 0)
